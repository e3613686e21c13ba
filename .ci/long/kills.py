#!/usr/bin/env python3
"""A thousand kills: editors save, publish, upload and delete, versions are pruned and backups taken, and SIGKILL
meets the server or a command at any moment; also first starts, backups that are put back, and migrations. Nothing
that was acknowledged is lost, nothing stands half, readers see what is public.

usage: kills.py RECTO [--kills N] [--postgres-kills N] [--seconds N] [--seed S]"""

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

from history import History
from served import POSTGRES, Cluster
from trials import Trials

# A data directory of the first release.
OLD = Path(__file__).parents[2] / "tests/data/0.1.0"

# After how many kills of a history there is a trial, and after how many of both it is told how far it is.
TRIAL, TELL = 8, 50


def run(executable, directory, kills, deadline, seed, cluster=None):
    """A history with its trials, until there were so many kills; gives both."""
    history = History(executable, Path(directory) / "history", seed, cluster)
    trials = Trials(executable, directory, seed, cluster)
    number = told = turn = 0
    try:
        history.begin(seed)
        while number < kills and time.monotonic() < deadline:
            history.round()
            if history.kills.total() // TRIAL > turn:
                turn = history.kills.total() // TRIAL
                trial(trials, history, turn)
            number = history.kills.total() + trials.kills.total()
            if number // TELL > told:
                told = number // TELL
                print(f"      {number} kills", flush=True)
        history.end()
    finally:
        if history.served.process and history.served.is_alive():
            history.served.kill()
    return history, trials


def trial(trials, history, turn):
    """The trials in turn."""
    kind = turn % 4
    if kind in (0, 1):
        trials.restore(history)
    elif kind == 2:
        trials.first_start()
    else:
        trials.migrate(OLD)


def counts(counter):
    """How many in all, and of what."""
    parts = ", ".join(f"{what} {number}" for what, number in sorted(counter.items()))
    return f"{counter.total()}: {parts}" if parts else "0"


def tell(name, history, trials):
    """The figures; gives whether all is well."""
    ledger, starts = history.ledger, history.served.starts[1:] or [0]
    middle, longest = statistics.median(starts), max(starts)
    for what, told in (
        ("kills", counts(history.kills + trials.kills)),
        ("acknowledged", counts(ledger.acknowledged)),
        ("refused", counts(ledger.refused)),
        ("on their way, done", counts(ledger.applied)),
        ("on their way, not", counts(ledger.undone)),
        ("ms until it serves", f"median {middle:.0f}, at most {longest:.0f}, {len(starts)} starts"),
        ("backups", f"{counts(history.backups)}; versions aged {history.aged} times"),
        ("trials", counts(trials.came)),
        ("lost", len(ledger.lost)), ("half", len(ledger.half)), ("wrong", len(ledger.wrong) + len(trials.wrong)),
    ):
        print(f"{name:10}  {what:20}  {told}")
    return ledger.is_well and not trials.wrong


def main():
    parser = argparse.ArgumentParser(description="Kills a program of its own.")
    parser.add_argument("recto", help="the program")
    parser.add_argument("--kills", type=int, default=1_000, help="how many on SQLite")
    parser.add_argument("--postgres-kills", type=int, default=200, help="how many on PostgreSQL")
    parser.add_argument("--seconds", type=int, default=24 * 3_600, help="when each of both ends at the latest")
    parser.add_argument("--seed", type=int, default=1, help="which moments")
    asked = parser.parse_args()
    well = True
    with tempfile.TemporaryDirectory() as directory:
        if asked.kills:
            done = run(asked.recto, directory, asked.kills, time.monotonic() + asked.seconds, asked.seed)
            well = tell("SQLite", *done)
    if asked.postgres_kills and not POSTGRES.exists():
        print(f"PostgreSQL  skipped: there is no {POSTGRES}")
    elif asked.postgres_kills:
        with tempfile.TemporaryDirectory() as directory, Cluster(directory) as cluster:
            deadline = time.monotonic() + asked.seconds
            done = run(asked.recto, directory, asked.postgres_kills, deadline, asked.seed, cluster)
            well = tell("PostgreSQL", *done) and well
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
