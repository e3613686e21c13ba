#!/usr/bin/env python3
"""Hostile texts at every door that takes text, from four accounts at once: each is answered soon, costs
little memory, keeps nobody else waiting, writes nothing that was refused, and the program lives.

usage: attack.py RECTO [--kind KIND] [--door WORDS] [--name WORDS]"""

import argparse
import http.client
import json
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from urllib.parse import urlencode

from program import URLENCODED, Program, multipart, quiet_child
from texts import bibliographies, echoes, rich_texts
from watch import Watch

# The bounds, in seconds and MB.
ANSWER, HEALTH, AUTOSAVE, MEMORY = 1.0, 0.1, 0.5, 64
# How long a pipe is waited for that nobody opens.
OPENED = 5
# When a request is given up; and how long the program may take to be itself again after that.
GIVEN_UP, RECOVERY = 10, 20
# Longer than the pauses of those who look and write meanwhile.
TURN = 0.3

HOSTILE = ("viewer", "contributor", "editor", "hostile")
TYPES = ("themes", "projects", "news", "events", "pages", "people", "outputs", "organisations", "media")
# The contributor's project.
CODE = "3.07"


class Post:
    """A form as its bytes and how they are to be read, and what it is called where it is told of."""

    def __init__(self, what, path, body, kind=URLENCODED):
        self.what, self.path, self.body, self.kind = what, path, body, kind


class Attack:
    """The program under attack, the accounts that attack it, and what has come of it so far."""

    def __init__(self, program):
        self.program = program
        program.add_account("hostile@example.org", "editor")
        program.add_account("writer@example.org", "editor")
        self.people = [program.person(f"{name}@example.org") for name in HOSTILE]
        self.editor = self.people[HOSTILE.index("editor")]
        self.ids = {plural: self.editor.first_of(plural) for plural in TYPES}
        self.project = json.loads(self.editor.get(f"/api/v1/projects/{CODE}").text())["data"]["id"]
        self.ids["projects"] = self.project
        self.watch = Watch(program)
        self.rows = []

    # What is sent.

    def forms(self, door, text):
        """The text in every form of a kind of door, in its rich texts; where it has none, in all lines."""
        posts = []
        for plural in TYPES:
            if door == "new" and plural == "media":
                continue
            form = self.editor.form(f"/admin/{plural}/{'new' if door == 'new' else self.ids[plural]}")
            names = form.rich or form.lines or ["name"]
            pairs = [(name, text if name in names else value) for name, value in form.pairs
                     if name != "item" and not name.startswith("outputs.")]
            path = form.action + ("/autosave" if door == "autosave" else "")
            pairs = pairs if door == "autosave" else [*pairs, ("do", "save")]
            posts.append(Post(plural, path, urlencode(pairs).encode()))
        return posts

    def imports(self, hostile):
        """The text pasted, and as a file."""
        path = f"/admin/projects/{self.project}/outputs/import"
        field, blank = ("html", "text") if hostile.suffix == ".html" else ("text", "html")
        pasted = urlencode([(field, hostile.text), (blank, "")]).encode()
        sent = multipart([("html", ""), ("text", "")], "file", hostile.file, hostile.text.encode())
        return [Post("paste", path, pasted), Post("file", path, *sent)]

    def signed_out(self, text):
        """The text as it is to a form's address, and in what a form was before the session ended."""
        form = f"/admin/news/{self.ids['news']}"
        pairs = {"email": "nobody@example.org", "password": "wrong", "next": form, "resume": text}
        # As few bytes as a body can be read from: a quotation mark may stand as it is.
        resumed = "&".join(f"{name}={value}" for name, value in pairs.items())
        return [Post(form, form, text.encode()), Post("sign-in", "/admin/sign-in", resumed.encode())]

    # What is measured.

    def written(self):
        """How many lines the audit has of what the attackers have changed."""
        database = sqlite3.connect(f"file:{self.program.data}/recto.db?mode=ro", uri=True)
        try:
            (number,) = database.execute(
                "SELECT count(*) FROM audit JOIN account ON account.id = account_id "
                f"WHERE verb NOT LIKE 'sign%' AND email IN ({','.join('?' * len(HOSTILE))})",
                [f"{name}@example.org" for name in HOSTILE],
            ).fetchone()
            return number
        finally:
            database.close()

    def at_once(self, post, people):
        """Sends a form from all of them at once; gives a status and seconds for each."""
        told = [None] * len(people)
        gate = threading.Barrier(len(people))

        def send(at):
            gate.wait()
            began = time.monotonic()
            try:
                answer = people[at].send("POST", post.path, post.body, post.kind, GIVEN_UP)
                status, saved = answer.status, is_saved(answer)
            except (OSError, http.client.HTTPException):
                status, saved = 0, False
            told[at] = status, time.monotonic() - began, saved

        threads = [threading.Thread(target=send, args=(at,)) for at in range(len(people))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return told

    def assault(self, kind, name, door, posts, people=None):
        """Sends these forms one after the other, each from all accounts at once, and judges it."""
        people = people or self.people
        row = Row(kind, name, door)
        self.watch.begin()
        before, written = self.program.memory()[0], self.written()
        self.program.forget_peak()
        children = Peak(self.program)
        for post in posts:
            for who, (status, seconds, saved) in zip(HOSTILE, self.at_once(post, people)):
                row.answer(f"{post.what} as {who}", status, seconds, saved)
            if 0 in row.statuses:
                break
        # Those who look and write have their turn, and a program that dies its time.
        time.sleep(TURN)
        row.health, row.autosave, failed = self.watch.worst()
        row.memory = children.end()
        row.memory += max(0.0, self.program.memory()[1] - before)
        self.recover(row)
        row.judge(failed, self.written() - written)
        self.rows.append(row)
        row.tell()

    def recover(self, row):
        """Waits until it is itself again, where it was busy; starts it anew where it does not live."""
        deadline = time.monotonic() + RECOVERY
        busy = row.slowest[0] > ANSWER or 0 in row.statuses
        while busy and self.program.is_alive() and time.monotonic() < deadline:
            busy = not self.is_calm()
        if not self.program.is_alive():
            row.wrong("the program died")
        elif busy:
            row.wrong(f"not itself again after {RECOVERY} s")
            self.program.process.kill()
            self.program.process.wait()
        if not self.program.is_alive():
            self.program.start()

    def is_calm(self):
        """Whether it is healthy and has nothing to do but for those who look and write."""
        try:
            before = self.program.work()
            time.sleep(TURN)
            healthy = self.program.stranger().get("/health/live", 5).status == 200
            return healthy and self.program.work() - before < TURN / 2
        except (OSError, http.client.HTTPException):
            time.sleep(TURN)
            return False

    def command(self, kind, name, file, calm):
        """Imports a file on the command line, which may take so many seconds and MB more than a calm one."""
        row = Row(kind, name, "command line")
        self.watch.begin()
        written = self.written()
        status, seconds, memory = run_import(self.program, file)
        row.answer(f"exit {status}", 200 if status in (0, 1) else 0, max(0.0, seconds - calm[1]), False)
        if status not in (0, 1):
            row.wrong(f"the command ended with {status}" if status is not None else f"not ended after {GIVEN_UP} s")
        row.memory = max(0.0, memory - calm[2])
        row.health, row.autosave, failed = self.watch.worst()
        row.judge(failed, self.written() - written)
        self.rows.append(row)
        row.tell()


def is_saved(answer):
    """Whether an answer says that something was written."""
    if answer.status == 303:
        if answer.headers["location"].startswith("/admin/sign-in"):
            raise http.client.HTTPException("signed out")
        return True
    return answer.status == 200 and b'"outcome":"saved"' in answer.body


def run_import(program, file):
    """Looks at an import on the command line; gives its exit code, seconds and most memory in MB."""
    began = time.monotonic()
    process = subprocess.Popen(
        [program.executable, "import", "outputs", str(file), "--project", CODE, "--dry-run",
         "--data-dir", str(program.data)],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env=program.environment(), preexec_fn=bounded_child,
    )
    killer = threading.Timer(GIVEN_UP, process.kill)
    killer.start()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    killer.cancel()
    seconds = time.monotonic() - began
    ended = None if seconds >= GIVEN_UP else process.returncode
    return ended, seconds, used.ru_maxrss / 1024


def bounded_child():
    """What it is given costs this machine at most 4 GB."""
    quiet_child()
    resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))


class Peak(threading.Thread):
    """The most that the child processes of the program held at a time, in MB."""

    def __init__(self, program):
        super().__init__(daemon=True)
        self.program, self.most, self.ending = program, 0.0, threading.Event()
        self.start()

    def run(self):
        while not self.ending.wait(0.02):
            self.most = max(self.most, self.program.children_memory())

    def end(self):
        self.ending.set()
        self.join()
        return self.most


class Row:
    """What came of one text at one kind of door."""

    def __init__(self, kind, name, door):
        self.kind, self.name, self.door = kind, name, door
        self.statuses, self.slowest, self.saved = Counter(), (0.0, ""), Counter()
        self.memory = self.health = self.autosave = 0.0
        self.problems = []

    def wrong(self, said):
        self.problems.append(said)

    def answer(self, where, status, seconds, saved):
        self.statuses[status] += 1
        self.slowest = max(self.slowest, (seconds, where))
        self.saved[where.endswith("viewer")] += saved

    def judge(self, failed, written):
        """Holds what was measured to the bounds."""
        seconds, where = self.slowest
        errors = sum(number for status, number in self.statuses.items() if status == 0 or status >= 500)
        for is_wrong, said in (
            (seconds > ANSWER, f"{where} took {seconds:.1f} s"),
            (errors, f"{errors} without an answer, or with an error of the server"),
            (self.memory > MEMORY, f"{self.memory:.0f} MB more"),
            (self.health > HEALTH, f"health took {self.health:.2f} s"),
            (self.autosave > AUTOSAVE, f"another account’s autosave took {self.autosave:.2f} s"),
            (failed, f"another account: {failed}"),
            (self.saved[True], "a viewer was told that it is saved"),
            (written > sum(self.saved.values()), f"{written} written, of {sum(self.saved.values())} that were taken"),
        ):
            if is_wrong:
                self.wrong(said)

    def tell(self):
        statuses = " ".join(f"{status or 'none'}×{number}" for status, number in sorted(self.statuses.items()))
        print(
            f"{'FAIL' if self.problems else 'pass'}  {self.kind:20}  {self.name:48.48}  {self.door:12}  "
            f"{self.slowest[0]:6.2f}  {self.memory:6.0f}  {self.health:6.2f}  {self.autosave:8.2f}  {statuses}",
            flush=True,
        )
        for problem in self.problems:
            print(f"      {'':20}  {problem}", flush=True)


HEAD = (f"      {'kind':20}  {'text':48}  {'door':12}  {'s':>6}  {'MB':>6}  {'health':>6}  {'autosave':>8}  answers\n"
        f"      {'':20}  {'at most':48}  {'':12}  {ANSWER:6}  {MEMORY:6}  {HEALTH:6}  {AUTOSAVE:8}")


def endless(directory):
    """Files that never end, or never begin, and how many seconds they are waited for."""
    pipe = Path(directory) / "pipe.bib"
    os.mkfifo(pipe)
    return [("device without end", "/dev/zero", 0), ("pipe that nobody writes to", pipe, OPENED)]


def attack(program, directory, chosen):
    attack = Attack(program)
    print(HEAD)
    try:
        for door in ("existing", "new", "autosave"):
            for one in filter(chosen, rich_texts()):
                if chosen.door(door):
                    attack.assault(one.kind, one.name, door, attack.forms(door, one.text))
        for one in filter(chosen, bibliographies()):
            if chosen.door("import"):
                attack.assault(one.kind, one.name, "import", attack.imports(one))
        if chosen.door("signed out"):
            strangers = [program.stranger() for _ in HOSTILE]
            for one in filter(chosen, echoes()):
                posts = attack.signed_out(one.text)
                attack.assault(one.kind, one.name, "signed out", posts, strangers)
        if chosen.door("command line"):
            commands(attack, directory, chosen)
    finally:
        attack.watch.end()
    failed = [row for row in attack.rows if row.problems]
    print(f"{len(attack.rows)} tried, {len(failed)} failed")
    return 1 if failed or not attack.rows else 0


def commands(attack, directory, chosen):
    """The same texts as files on the command line."""
    calm = Path(directory) / "calm.bib"
    calm.write_text("@article{x, title={t}, author={A, B}, year=2020}")
    calm = run_import(attack.program, calm)
    if calm[0] != 0:
        raise SystemExit(f"a calm import ends with {calm[0]}")
    for one in filter(chosen, bibliographies()):
        file = Path(directory) / one.file
        file.write_text(one.text)
        attack.command(one.kind, one.name, file, calm)
    for name, file, waits in endless(directory):
        if chosen.kind in (None, "endless") and (chosen.name or "") in name:
            attack.command("endless", name, file, (calm[0], calm[1] + waits, calm[2]))


class Chosen:
    """Which of all are tried."""

    def __init__(self, asked):
        self.kind, self.name, self.asked_door = asked.kind, asked.name, asked.door

    def __call__(self, one):
        return (self.kind in (None, one.kind)) and (self.name is None or self.name in one.name)

    def door(self, door):
        return self.asked_door in (None, door)


def main():
    parser = argparse.ArgumentParser(description="Attacks a program of its own.")
    parser.add_argument("recto", help="the program, a release build")
    parser.add_argument("--kind", help="texts of this kind alone")
    parser.add_argument("--name", help="texts in whose name this stands")
    parser.add_argument("--door", help="existing, new, autosave, import, signed out or command line alone")
    asked = parser.parse_args()
    load, processors = os.getloadavg()[0], os.cpu_count()
    if load > processors / 2:
        print(f"This machine is busy already (load {load:.1f} on {processors} processors): times may be too long.")
    with tempfile.TemporaryDirectory() as directory, Program(asked.recto, directory) as program:
        return attack(program, directory, Chosen(asked))


if __name__ == "__main__":
    sys.exit(main())
