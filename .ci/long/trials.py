"""Recto killed while it makes, replaces or changes a whole database: at its first start, while a backup is put back,
while an older database is brought up to date. Each on a place of its own, which is thrown away."""

import json
import random
import shutil
import sqlite3
import time
from collections import Counter
from pathlib import Path

from editors import Shift
from ledger import observe
from program import NotStarted
from served import Served

# What a kill may hit is no longer than this part of what it took when nothing was killed.
LATEST = 1.1

# And how much later, in seconds, than something that was seen.
JUST_AFTER = 0.005

# What PostgreSQL counts, with gaps where something was taken back.
COUNTED = ("audit", "seq")

# How often it is killed in one trial at most.
KILLS = 3


class Trials:
    """What came of all of them."""

    def __init__(self, executable, directory, seed, cluster=None):
        self.executable, self.directory, self.cluster = executable, Path(directory), cluster
        self.random = random.Random(f"trials {seed} {bool(cluster)}")
        self.kills, self.came, self.wrong, self.took, self.number = Counter(), Counter(), [], {}, 0
        self.baselines = []

    def complain(self, said):
        self.wrong.append(said)
        print(f"      FAIL  {said}", flush=True)

    def place(self, cluster=None):
        """A Recto in a directory of its own."""
        self.number += 1
        return Served(self.executable, self.directory / f"trial-{self.number}", cluster)

    def killed(self, served, *arguments, seen=None):
        """Runs a command that is killed at some moment, or just after something is seen; gives whether it was, or had
        ended well before."""
        name = arguments[0]
        began = time.monotonic()
        command = served.begin(*arguments)
        if name not in self.took:
            # The first is not killed, to know how long it takes.
            code = command.end()
            self.took[name] = time.monotonic() - began
        else:
            while seen and command.process.poll() is None and not seen():
                pass
            latest = self.random.choice((0, JUST_AFTER)) if seen else self.took[name] * LATEST
            if latest:
                time.sleep(self.random.uniform(0, latest))
            was_killed = command.kill()
            self.kills[name] += was_killed
            code = command.end()
            if was_killed:
                return True
        if code != 0:
            self.complain(f"{name} ends with {code}: {command.said()}")
        return False

    # The first start.

    def first_start(self):
        """Killed while it makes a database, it makes it the next time."""
        served = self.place(self.cluster)
        for _ in range(self.random.randint(1, KILLS)):
            command = served.begin("serve", "--listen", f"127.0.0.1:{served.port}")
            time.sleep(self.random.uniform(0, self.took.get("first start", 1) * LATEST))
            self.kills["first start"] += command.kill()
        try:
            served.start()
            self.took.setdefault("first start", served.starts[-1] / 1_000)
            self.came["first start"] += 1
        except NotStarted as error:
            self.complain(f"after a first start that was killed: {error}")
        self.away(served)

    def away(self, served):
        if served.process and served.is_alive():
            served.kill()
        shutil.rmtree(served.directory)

    # Putting a backup back.

    def restore(self, history):
        """Killed while a backup is put back over what is there, either stands; run again, the backup does."""
        ledger, main = history.ledger, history.served
        backup = self.directory / "to-restore"
        main.run("backup", str(backup))
        then = ledger.states()
        shift = Shift(history.editors)
        time.sleep(0.4)
        shift.end()
        ledger.compare(history.person)
        now = ledger.states()
        main.kill()
        served = self.place(self.cluster)
        if not self.cluster:
            shutil.copytree(main.data, served.data)
        main.start()
        kills = 0
        # What is replaced is replaced in a moment, which is looked for.
        kept = len(list(served.data.glob("before-restore-*")))
        steps = (None, lambda: len(list(served.data.glob("before-restore-*"))) > kept,
                 lambda: (served.data / "media/recto-database").exists() and not (served.data / "recto.db").exists())
        while kills < KILLS and self.killed(served, "restore", str(backup), "--ledger", "none", seen=self.random.choice(steps)):
            kills += 1
            if self.random.random() < 0.6:
                break
        self.look(history, served, backup, then, None if self.cluster else now)
        self.away(served)
        shutil.rmtree(backup)

    def look(self, history, served, backup, then, now):
        """Starts it, and goes the way that is said where it does not start."""
        # Into an empty database nothing may stand yet; a start would make one, and that is not put back into.
        again = self.cluster is not None
        for _ in range(2):
            if again:
                command = served.begin("restore", str(backup), "--ledger", "none")
                # Of one that had done all when it was killed it is said that something is there.
                if command.end() != 0 and "There is something in the database" not in command.said():
                    return self.complain(f"put back again: {command.said()}")
                self.came["put back again"] += 1
            try:
                served.start()
                break
            except NotStarted as error:
                if "run ‘recto restore’" not in str(error) or again:
                    return self.complain(f"after a restore that was killed: {error}")
                again = True
        person = history.other(served)
        stands = {(item.plural, item.id): observe(person, item) for item in history.ledger.items}
        # What was made since is not there, and was never known there.
        is_then = all(seen == then.get(key) or key not in then and is_absent(seen) for key, seen in stands.items())
        is_now = now is not None and stands == now
        if not is_then and (not is_now or again):
            differ = [f"{key}: {seen}, {then.get(key)}, {(now or {}).get(key)}" for key, seen in stands.items()
                      if seen != then.get(key) and seen != (now or {}).get(key)]
            return self.complain(f"after a restore that was killed neither stands: {differ[:3]}")
        self.came["restored" if is_then else "as it was"] += 1
        if is_then and now is not None:
            self.aside(served, now)
        for finding in served.findings():
            self.complain(f"recto check after a restore: {finding}")

    def aside(self, served, now):
        """What was there before is kept aside as a whole."""
        for kept in served.data.glob("before-restore-*/recto.db"):
            database = sqlite3.connect(kept)
            there = dict(database.execute("SELECT id, version FROM item WHERE deleted_at IS NULL"))
            database.close()
            if all(there.get(id_, 0) == state.version for (_, id_), state in now.items()):
                return
        self.complain("after a restore what was there before is not kept aside as a whole: "
                      f"{sorted(str(path.relative_to(served.data)) for path in served.data.glob('before-restore-*/*'))}")

    # Bringing an older database up to date.

    def migrate(self, old):
        """Killed while a database of 0.1.0 is brought up to date, it is so the next time, and as if never killed."""
        while len(self.baselines) < 2:
            served = self.old(old)
            if self.killed(served, "migrate"):
                self.ended(served)
            self.baselines.append(self.rows(served))
            self.away(served)
        served = self.old(old)
        for _ in range(self.random.randint(1, KILLS)):
            if not self.killed(served, "migrate"):
                break
        if self.random.random() < 0.3:
            # A start does the same.
            try:
                served.start()
                served.kill()
                self.came["migrated by a start"] += 1
            except NotStarted as error:
                self.complain(f"after a migration that was killed: {error}")
        self.ended(served)
        self.came["migrated"] += 1
        one, other = self.baselines
        found = self.rows(served)
        # What differs each time, as ids and moments do, says nothing.
        for key in sorted(key for key in one if one[key] == other.get(key) and key != COUNTED):
            if found.get(key) != one[key]:
                self.complain(f"after a migration that was killed {'.'.join(key)} is not as after one that was not: "
                              f"{difference(one[key], found.get(key, []))}")
        if not self.cluster:
            self.copies(served, rows(old / "recto.db", "?immutable=1"))
        self.away(served)

    def ended(self, served):
        """Brings it up to date until that is done."""
        command = served.begin("migrate")
        if command.end() != 0:
            self.complain(f"migrated again: {command.said()}")

    def copies(self, served, first):
        """What was copied before is whole, and the file gives empty pages back."""
        for kept in served.data.glob("recto.db.before-*[0-9a-z]"):
            if kept.suffix == ".part":
                continue
            # One that was made later has had some of the steps.
            found = rows(kept)
            if "" in found or "m0006" in kept.name and found != first:
                self.complain(f"{kept.name} is no copy of the database as it was: {found.get('')}")
        if served.ask("PRAGMA auto_vacuum") != [2]:
            self.complain("after a migration that was killed the file gives no empty pages back")

    def rows(self, served):
        """What stands in its database."""
        if not self.cluster:
            return rows(served.data / "recto.db")
        backup = served.directory / "rows"
        served.run("backup", str(backup))
        return rows(backup / "database.db")

    def old(self, old):
        served = self.place(self.cluster)
        shutil.copytree(old, served.data)
        if self.cluster:
            (served.data / "recto.db").unlink()
            self.cluster.load(old / "postgres.sql", served.database)
        return served


def is_absent(seen):
    """Whether an item that was looked for is not there."""
    return not isinstance(seen, str) and seen.words is None and seen.public is None


def plain(value):
    """A value to compare: a list of texts has no order."""
    is_list = isinstance(value, str) and value.startswith('["')
    return repr(sorted(json.loads(value)) if is_list else value)


def difference(wanted, found):
    """The first that are in one of both."""
    return f"{[one for one in wanted if one not in found][:3]}, {[one for one in found if one not in wanted][:3]}"


def rows(file, how=""):
    """What stands in each column of a database, sorted; a sentence where it is none."""
    database = sqlite3.connect(f"file:{file}{how}", uri=True)
    try:
        if database.execute("PRAGMA quick_check").fetchone() != ("ok",):
            return {"": "damaged"}
        tables = [name for (name,) in database.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")]
        found = {}
        for table in tables:
            columns = [row[1] for row in database.execute(f'PRAGMA table_info("{table}")')]
            for column in columns:
                found[table, column] = sorted(plain(value) for (value,) in
                                              database.execute(f'SELECT "{column}" FROM "{table}"'))
        return found
    except sqlite3.DatabaseError as error:
        return {"": str(error)}
    finally:
        database.close()
