"""One long history of a Recto: editors work, versions are pruned, backups are taken, and again and again something
of it is killed; it starts again by itself, and is compared with what was acknowledged."""

import itertools
import random
import shutil
import sqlite3
import time
from collections import Counter

from editors import Editor, Shift
from ledger import Ledger
from program import NotStarted, Person
from served import PASSWORD, Served

# Who works; the first is administrator.
NAMES = ("ada", "grace", "mary", "rosalind")

# The longest that they work before something is killed, in seconds.
ROUND = 1.0

# After how many kills all lists and files are compared, and so many items that were not touched since the last.
EVERYTHING, OTHERS = 25, 200


# What must not be in a database: an item without its newest version kept, or public and not.
HALVES = (
    "SELECT count(*) FROM item WHERE deleted_at IS NULL"
    " AND version <> (SELECT max(version) FROM revision WHERE item_id = item.id)",
    "SELECT count(*) FROM item WHERE (published_version IS NOT NULL)"
    " <> EXISTS (SELECT 1 FROM publication WHERE item_id = item.id AND document IS NOT NULL)",
)


class History:
    """A Recto on SQLite, or in a PostgreSQL cluster where one is given, with all that was done to it."""

    def __init__(self, executable, directory, seed, cluster=None):
        self.cluster, self.random = cluster, random.Random(f"{seed} {bool(cluster)}")
        self.served = Served(executable, directory, cluster)
        self.ledger, self.kills, self.backups, self.aged = Ledger(), Counter(), Counter(), 0
        # How many backups were begun, and after how many kills everything was compared last.
        self.taken = self.looked = 0

    def begin(self, seed):
        """The first start, accounts, and a project with a table."""
        for at, name in enumerate(NAMES):
            self.served.run("user", "add", "--email", f"{name}@example.org", "--name", name.title(), "--role",
                            "editor" if at else "administrator", "--password-stdin", typed=PASSWORD)
        self.served.start()
        people = [self.served.person(f"{name}@example.org") for name in NAMES]
        self.person = people[0]
        theme = made(self.person, "themes", number="1", title="Theme")
        project = made(self.person, "projects", code="1.01", title="Project", theme=theme, status="active")
        # No two themes have the same number.
        numbers = [itertools.cycle(range(2 + at, 999, len(NAMES))) for at in range(len(NAMES))]
        self.editors = [Editor(self.ledger, person, name, seed, person is people[0], project, own)
                        for name, person, own in zip(NAMES, people, numbers)]

    def round(self):
        """Works until something is killed, and looks at what is left."""
        draw, known = self.random, {item.id: item.state.version for item in self.ledger.items if item.state.words}
        commands = []
        shift = Shift(self.editors)
        time.sleep(draw.uniform(0, ROUND / 2))
        if draw.random() < 0.3:
            commands.append(self.served.begin("prune"))
        if draw.random() < 0.3:
            self.taken += 1
            commands.append(self.served.begin("backup", str(self.served.directory / f"backup-{self.taken}")))
        time.sleep(draw.uniform(0, ROUND / 2))
        whom = draw.choice(("server", "server", "command", "both")) if commands else "server"
        if whom != "command":
            self.served.kill()
            self.kills["server"] += 1
        if whom != "server":
            for command in commands:
                self.kills[command.arguments[0]] += command.kill()
        elif draw.random() < 0.2 and self.cluster:
            whom = "server and cluster"
            self.cluster.crash()
            self.kills["cluster"] += 1
        shift.end()
        for command in commands:
            self.ended(command, known, whom)
        if whom != "command":
            self.start()
        is_due = self.kills.total() >= self.looked + EVERYTHING
        self.ledger.compare(self.person, OTHERS if is_due else 0)
        if is_due:
            self.looked = self.kills.total()
            self.everything()

    def start(self):
        """Starts it again, as whatever looks after it would."""
        if self.random.random() < 0.2:
            self.served.age(10)
            self.aged += 1
        try:
            self.served.start()
        except NotStarted as error:
            self.ledger.complain(self.ledger.wrong, f"it does not start by itself: {error}")
            raise

    def ended(self, command, known, whom):
        """Looks at a command that has ended, or will."""
        name, code = command.arguments[0], command.end()
        is_killed = code is not None and code < 0
        # One that worked in the cluster when that was ended says so.
        if code != 0 and not is_killed and (code != 1 or whom != "server and cluster"):
            self.ledger.complain(self.ledger.wrong, f"{name} ended with {code}, {whom} was killed: {command.said()}")
        if name == "backup":
            self.verify(command.arguments[1], code, known)

    def verify(self, directory, code, known):
        """Looks whether a backup is one as a whole, or none."""
        verify = self.served.begin("backup", "--verify", directory)
        verified, said = verify.end(), verify.said()
        self.backups["finished" if code == 0 else "killed"] += 1
        if verified == 0:
            self.backups["verified"] += 1
            self.holds(directory, known)
        elif code == 0:
            self.ledger.complain(self.ledger.wrong, f"a finished backup cannot be put back: {said}")
        elif "no backup, or one that was not finished" not in said:
            self.ledger.complain(self.ledger.wrong, f"of a backup that was killed it is said: {said}")
        shutil.rmtree(directory, ignore_errors=True)

    def holds(self, directory, known):
        """Looks whether everything is in a backup that was acknowledged before it began."""
        database = sqlite3.connect(f"file:{directory}/database.db?mode=ro", uri=True)
        there = dict(database.execute("SELECT id, version FROM item WHERE deleted_at IS NULL"))
        for half in HALVES:
            (number,) = database.execute(half).fetchone()
            if number:
                self.ledger.complain(self.ledger.half, f"in a backup there are {number}: {half}")
        database.close()
        gone = {item.id for item in self.ledger.items if item.state.words is None}
        for id_, version in known.items():
            if there.get(id_, 0) < version and id_ not in gone:
                said = f"{id_} is in a backup as version {there.get(id_)}, and was {version}"
                self.ledger.complain(self.ledger.lost, said)

    def everything(self):
        """Compares all of it: lists, files, and what `recto check` says."""
        self.ledger.compare_lists(self.person)
        self.ledger.compare_files(self.served.data / "media")
        for finding in self.served.findings():
            self.ledger.complain(self.ledger.wrong, f"recto check: {finding}")
        self.tidy()

    def tidy(self):
        """Takes away the files that nothing names, as they would be after a day; without them `recto check` finds
        nothing."""
        named = set(self.served.ask("SELECT hash FROM upload"))
        for kept in (self.served.data / "media").glob("??/*"):
            if kept.name not in named and len(kept.name) == 64:
                shutil.rmtree(kept)
        check = self.served.begin("check")
        if check.end() != 0 or "Nothing is wrong." not in check.said():
            self.ledger.complain(self.ledger.wrong, f"recto check, once files without a name are gone: {check.said()}")

    def end(self):
        """The last comparison, and a last prune, which reads all versions that are kept."""
        prune = self.served.begin("prune")
        if prune.end() != 0:
            self.ledger.complain(self.ledger.wrong, f"the last prune says: {prune.said()}")
        self.ledger.compare(self.person, len(self.ledger.items))
        self.everything()
        self.served.stop()

    def other(self, served):
        """The administrator at another Recto with the same accounts."""
        person = Person(served.port)
        person.cookie = self.person.cookie
        return person


def made(person, plural, **filled):
    """A new item that is none of the ledger's; gives its id."""
    form = person.form(f"/admin/{plural}/new")
    answer = person.post(form.action, form.filled(**filled, do="save"))
    if answer.status != 303:
        raise SystemExit(f"{plural} cannot be made: {answer.status} {answer.text()}")
    return form.get("item")
