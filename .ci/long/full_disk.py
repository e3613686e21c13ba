#!/usr/bin/env python3
"""A disk that fills up in each step: saving, publishing, uploading, signing in, backup, prune, rebuild, restore,
migrate, start. Whatever room is left, nothing is half written, what is said names the way out, and all of it goes
well once there is room again: what readers see is what the database says, and no file is missing.

The disk is a small one in memory that no other process sees.

usage: full_disk.py RECTO [--step STEP]"""

import argparse
import base64
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from program import Program
from proxy import change, make, pdf, publish, take

# The disk in MB, and how much room is left in kB when a step begins.
DISK = 256
ROOM = (0, 4, 16, 64, 256, 1024, 4096)
# What a step writes, in kB: more than the least room that is left, less than the most.
BULK = 180
# How long it may take, in seconds, until all is well again.
HEALED = 20

OLD = Path(__file__).resolve().parents[2] / "tests/data/0.1.0"
# What names a way out.
WAYS = ("make room", "there is no room left for files", "the disk is full", "as soon as the server can write again",
        "that the disk is not full")
INSIDE = "FULL_DISK_INSIDE"


class Disk:
    """A small disk in memory, filled and emptied."""

    def __init__(self, path):
        self.path = path
        path.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK}m", "none", path], check=True)

    def fill(self, left):
        """Leaves so many kB."""
        free = os.statvfs(self.path)
        free = free.f_bavail * free.f_frsize
        with open(self.path / "filler", "wb", buffering=0) as file:
            for _ in range(max(0, free - left * 1024) // 4096):
                file.write(bytes(4096))
            while left == 0:
                try:
                    file.write(bytes(4096))
                except OSError:
                    break

    def make_room(self):
        (self.path / "filler").unlink(missing_ok=True)


def noise(kilobytes):
    """Text that cannot be compressed."""
    return base64.urlsafe_b64encode(os.urandom(kilobytes * 768)).decode()


class Trial:
    """The program on the small disk, and what was found."""

    def __init__(self, program, disk, directory):
        self.program, self.disk, self.directory = program, disk, directory
        self.failed, self.tried, self.number = 0, 0, 0
        self.editor = self.news = self.wanted = None

    def begin(self):
        """Serves, with somebody signed in."""
        self.program.start("serve")
        self.editor = self.editor or self.program.person("editor@example.org")
        self.news = self.news or make(self.editor, "news", title="On a small disk")

    def add_accounts(self):
        """Somebody for each try: an account has a few of them."""
        for left in ROOM:
            self.program.add_account(f"disk-{left}@example.org", "viewer")

    def report(self, step, left, outcome, problems):
        self.tried += 1
        self.failed += bool(problems)
        print(f"{'FAIL' if problems else 'pass'}  {step:10}  {left:5} kB  {outcome}", flush=True)
        for problem in problems:
            print(f"      {problem}", flush=True)

    def run(self, *arguments):
        """A command on the data directory."""
        command = [self.program.executable, *arguments, "--data-dir", str(self.program.data)]
        # `check` is asked whether all is well while the disk is small and its backups are gone.
        environment = {**self.program.environment(), "RECTO_BACKUP_WARN_DAYS": "0", "RECTO_MEDIA_MAX_MEGABYTES": "1"}
        return subprocess.run(command, capture_output=True, text=True, cwd=self.directory, env=environment)

    def is_well(self):
        """What is wrong once there is room again; nothing where all is well."""
        end, problems = time.monotonic() + HEALED, ["nothing was asked"]
        while problems and time.monotonic() < end:
            problems = []
            if self.program.process and self.program.is_alive():
                try:
                    ready = self.program.stranger().get("/health/ready", timeout=5)
                    if ready.status != 200:
                        problems.append(f"not ready: {ready.text().strip()}")
                except OSError as error:
                    problems.append(f"it does not answer: {error}")
            said = self.run("check")
            if said.returncode != 0:
                problems.append(f"check: {said.stdout.strip()} {said.stderr.strip()}")
            if problems:
                time.sleep(0.5)
        if not (self.program.data / "recto.db").exists():
            return [*problems, "there is no database"]
        with sqlite3.connect(f"file:{self.program.data / 'recto.db'}?mode=ro", uri=True) as database:
            told = [row[0] for row in database.execute("PRAGMA integrity_check")]
            if told != ["ok"]:
                problems.append(f"integrity_check: {told[:3]}")
        return problems

    def each(self, step, tried):
        """A step with each amount of room: `tried` gives what came of it, what is wrong with that, and what is to be
        looked at once there is room."""
        for left in ROOM:
            self.number += 1
            self.disk.fill(left)
            try:
                outcome, problems, afterwards = tried(left)
                problems += self.goes_on()
            finally:
                self.disk.make_room()
            problems += self.is_well()
            problems += afterwards()
            self.report(step, left, outcome, problems)

    def goes_on(self):
        """What is wrong with looking while the disk is full."""
        if not (self.program.process and self.program.is_alive() and self.news):
            return []
        looked = {path: self.editor.get(path).status
                  for path in ("/admin/news", f"/admin/news/{self.news}", "/api/v1/projects", "/health/live")}
        return [f"{path} answers {status}" for path, status in looked.items() if status != 200]

    # What editors do.

    def answered(self, answer, is_done=303, refused=503):
        """What came of a form, and what is wrong with that answer."""
        if answer.status == is_done:
            return "done", []
        text = answer.text()
        outcome = f"{refused}, saved" if "Your work is saved" in text else f"{refused}"
        is_told = answer.status == refused and names_a_way(text)
        return outcome, [] if is_told else [f"answers {answer.status}: {words(text)}"]

    def save(self, _):
        form = self.editor.form(f"/admin/news/{self.news}")
        title, body = f"Saved {self.number}", f"<p>{noise(BULK)}</p>"
        before = form.get("title")
        pairs = form.filled(title=title, body=body, do="save")
        answer = self.editor.post(form.action, pairs)
        outcome, problems = self.answered(answer)
        if outcome == "503" and title not in answer.text():
            problems.append("what was typed is lost")

        def afterwards():
            wanted = before if outcome == "503" else title
            there = self.editor.form(f"/admin/news/{self.news}").get("title")
            if there != wanted:
                return [f"the title is ‘{there}’, not ‘{wanted}’"]
            if outcome == "503" and self.editor.post(form.action, pairs).status != 303:
                return ["what was typed cannot be saved once there is room"]
            return []
        return outcome, problems, afterwards

    def publish(self, left):
        self.disk.make_room()
        title = f"Published {self.number}"
        change(self.editor, "news", self.news, "save", title=title, summary="Small.", body=f"<p>{noise(BULK)}</p>")
        form = self.editor.form(f"/admin/news/{self.news}/publish", ends="/publish")
        pairs = [*form.pairs, ("do", "publish")]
        self.disk.fill(left)
        outcome, problems = self.answered(self.editor.post(form.action, pairs))
        if outcome == "done" and self.shown() != title:
            problems.append("published does not mean published")

        def afterwards():
            if outcome == "503":
                if self.shown() == title:
                    return ["it is public, though it was said that it is not"]
                publish(self.editor, "news", self.news)
            end = time.monotonic() + HEALED
            while self.shown() != title:
                if time.monotonic() > end:
                    return [f"readers see ‘{self.shown()}’, not ‘{title}’"]
                time.sleep(0.2)
            return []
        return outcome, problems, afterwards

    def shown(self):
        """The title that readers see."""
        answer = self.editor.get(f"/api/v1/news/{self.news}")
        return json.loads(answer.text())["data"]["title"] if answer.status == 200 else None

    def upload(self, _):
        name = f"small-{self.number}.pdf"
        content = pdf(noise(BULK))
        # The page says of each file that was sent what became of it.
        answer = self.editor.upload("/admin/media/new", [], "file", name, content)
        outcome, problems = self.answered(answer, refused=422)

        def afterwards():
            if outcome != "done":
                take(self.editor, name, content)
            return []
        return outcome, problems, afterwards

    def sign_in(self, left):
        # The log of the database has room for some lines before the disk is asked for more.
        form = self.editor.form(f"/admin/news/{self.news}")
        while left == 0 and self.editor.post(form.action, form.filled(body=f"<p>{noise(20)}</p>", do="save")).status == 303:
            form = self.editor.form(f"/admin/news/{self.news}")
        person = self.program.stranger()
        pairs = [("email", f"disk-{left}@example.org"), ("password", self.program.password)]
        outcome, problems = self.answered(person.post("/admin/sign-in", pairs))

        def afterwards():
            status = person.post("/admin/sign-in", pairs).status
            return [] if status == 303 else [f"signing in answers {status} once there is room"]
        return outcome, problems, afterwards

    # What whoever runs the machine does.

    def commanded(self, said):
        if said.returncode == 0:
            return "done", []
        problems = [] if names_a_way(said.stderr) else [f"says: {said.stderr.strip()}"]
        if "panicked" in said.stderr:
            problems.append("panics")
        return "refused", problems

    def again(self, *arguments):
        def afterwards():
            said = self.run(*arguments)
            return [] if said.returncode == 0 else [f"fails once there is room: {said.stderr.strip()}"]
        return afterwards

    def check(self, _):
        said = self.run("check")
        told = [line for line in said.stdout.splitlines() if "The disk of" in line]
        return "told" if told else "silent", [] if told else [f"check says {said.stdout} {said.stderr}"], lambda: []

    def backup(self, _):
        to = self.disk.path / f"backup-{self.number}"
        outcome, problems = self.commanded(self.run("backup", str(to)))

        def afterwards():
            if outcome == "refused":
                if (to / "manifest.json").exists():
                    return ["what is no backup has a manifest"]
                shutil.rmtree(to, ignore_errors=True)
            wrong = [] if outcome == "done" else self.again("backup", str(to))()
            wrong += self.again("backup", "--verify", str(to))()
            shutil.rmtree(to, ignore_errors=True)
            return wrong
        return outcome, problems, afterwards

    def prune(self, left):
        self.disk.make_room()
        for number in range(5):
            change(self.editor, "news", self.news, "save", summary=f"{number}", body=f"<p>{noise(BULK)}</p>")
        # All but the newest were saved long ago, on one day.
        with sqlite3.connect(self.program.data / "recto.db", timeout=10) as database:
            database.execute(
                "UPDATE revision SET saved_at = '2020-01-01T00:00:00.000+00:00' WHERE item_id = ? AND version < "
                "(SELECT version FROM item WHERE id = item_id)", [self.news])
        database.close()
        self.disk.fill(left)
        outcome, problems = self.commanded(self.run("prune"))
        return outcome, problems, self.again("prune")

    def rebuild(self, _):
        outcome, problems = self.commanded(self.run("rebuild"))
        return outcome, problems, self.again("rebuild")

    def start(self, _):
        """Nobody serves before; what readers see stays."""
        public = self.program.data / "public.db"
        before = public.stat().st_ino
        try:
            self.program.start("serve")
            outcome, problems = "starts", []
        except SystemExit as error:
            outcome, problems = "refused", [] if names_a_way(str(error)) else [f"says: {error}"]

        if public.stat().st_ino != before:
            problems.append("the public store was thrown away")
        if outcome == "refused":
            self.disk.make_room()
            self.program.start("serve")

        def afterwards():
            wrong = []
            title = f"After {self.number}"
            change(self.editor, "news", self.news, "save", title=title)
            publish(self.editor, "news", self.news)
            if self.shown() != title:
                wrong.append("nothing can be published once there is room")
            self.program.stop()
            return wrong
        return outcome, problems, afterwards

    def restore(self, backup):
        """Nobody serves; the data directory holds something else than the backup."""
        said = self.run("restore", str(backup), "--ledger", "none")
        outcome, problems = self.commanded(said)
        self.disk.make_room()
        if outcome == "refused":
            # The database comes last: there is none, or the one that was there.
            told = self.run("user", "list")
            if told.returncode != 0 and "There is nothing in the database" not in told.stderr:
                problems.append(f"what is there cannot be used: {told.stderr.strip()}")
            again = self.run("restore", str(backup), "--ledger", "none")
            if again.returncode != 0:
                problems.append(f"fails once there is room: {again.stderr.strip()}")
        self.run("rebuild")
        kept = [path for path in self.program.data.glob("before-restore-*") if (path / "recto.db").exists()]
        if not kept:
            problems.append("what was there before is not kept")

        def afterwards():
            if not (self.program.data / "recto.db").exists():
                return []
            wrong = [] if self.rows() == self.wanted else ["what was put back is not what was backed up"]
            for path in [*self.program.data.glob("*before-restore-*")]:
                shutil.rmtree(path)
            return wrong
        return outcome, problems, afterwards

    def rows(self):
        """What is public, by the database."""
        with sqlite3.connect(f"file:{self.program.data / 'recto.db'}?mode=ro", uri=True) as database:
            return list(database.execute("SELECT item_id, sequence, document FROM publication ORDER BY item_id"))

    def migrate(self, left):
        """A data directory of release 0.1.0, brought up to date."""
        self.disk.make_room()
        shutil.rmtree(self.program.data)
        shutil.copytree(OLD, self.program.data)
        self.program.data.chmod(0o700)
        self.disk.fill(left)
        planned, problems = self.commanded(self.run("migrate", "--plan"))
        if list(self.program.data.glob("plan-*")):
            problems.append("the plan leaves its copy behind")
        outcome, wrong = self.commanded(self.run("migrate"))
        self.disk.make_room()
        problems += wrong + self.again("migrate")()
        return f"{outcome} (plan {planned})", problems, lambda: []


def names_a_way(text):
    return any(way in text.lower() for way in WAYS)


def words(page):
    """The first words of a page."""
    text = re.sub(r"<(style|script).*?</\1>|<[^>]*>", " ", page, flags=re.S)
    text = " ".join(text.split())
    return text[max(0, text.find("Not saved")):][:300]


def trials(trial, backup, chosen):
    """Every step; those that serve first."""
    served = ("check", "save", "publish", "upload", "sign_in", "backup", "prune", "rebuild")
    if any(map(chosen, served)):
        trial.begin()
        if chosen("sign_in"):
            trial.add_accounts()
        for step in filter(chosen, served):
            trial.each(step, getattr(trial, step))
        trial.program.stop()
    if chosen("start"):
        trial.begin()
        trial.program.stop()
        trial.each("start", trial.start)
    if chosen("restore"):
        trial.program.start("serve")
        trial.run("backup", str(backup))
        trial.wanted = trial.rows()
        trial.program.stop()
        trial.each("restore", lambda _: trial.restore(backup))
    if chosen("migrate"):
        trial.each("migrate", trial.migrate)


def inside(asked):
    """In a place whose disks nobody else sees."""
    with tempfile.TemporaryDirectory() as directory:
        directory = Path(directory)
        disk = Disk(directory / "disk")
        program = Program(asked.recto, directory)
        program.data = disk.path / "data"
        try:
            # The content of an invented centre.
            program.start()
            program.stop()
            trial = Trial(program, disk, directory)
            trials(trial, directory / "backup", lambda step: asked.step in (None, step))
        finally:
            program.stop()
            subprocess.run(["umount", "-l", disk.path], check=False)
    print(f"{trial.tried} tried, {trial.failed} failed")
    return 1 if trial.failed or not trial.tried else 0


def main():
    parser = argparse.ArgumentParser(description="Fills the disk of a program of its own.")
    parser.add_argument("recto", help="the program")
    parser.add_argument("--step", help="this step alone")
    asked = parser.parse_args()
    if INSIDE in os.environ:
        return inside(asked)
    # Whoever is not root is root in there, and of nothing else.
    own = [] if os.geteuid() == 0 else ["--map-root-user"]
    command = ["unshare", "--mount", *own, sys.executable, *sys.argv]
    return subprocess.run(command, env={**os.environ, INSIDE: "1"}).returncode


if __name__ == "__main__":
    sys.exit(main())
