"""Editors at work: each writes in what is their own, one thing after the other, and enters into the ledger what was
on its way and what was acknowledged. They must not know when they are interrupted."""

import http.client
import json
import random
import threading
import time
import zlib
from contextlib import contextmanager
from urllib.parse import urlencode

from ledger import Item, State, taken, texts
from program import URLENCODED, Forms
from proxy import pdf, png

# How many things of their own an editor keeps at most.
KEPT = 25


class Interrupted(Exception):
    """The program has gone."""


class Editor:
    """Somebody who is signed in, with what is their own."""

    def __init__(self, ledger, person, name, seed, is_administrator, project, numbers):
        self.ledger, self.person, self.name, self.project, self.numbers = ledger, person, name, project, numbers
        self.is_administrator, self.random = is_administrator, random.Random(f"{seed} {name}")
        self.items, self.number = [], 0
        self.verbs = {self.create: 3, self.save: 6, self.autosave: 6, self.publish: 5, self.withdraw: 1, self.trash: 2,
                      self.take_out: 2, self.upload: 3, self.grid: 5} | ({self.delete: 3} if is_administrator else {})

    def work(self, ended):
        """Works until it is ended, or the program is."""
        while not ended.is_set():
            try:
                self.once()
            except Interrupted:
                return

    def once(self):
        (verb,) = self.random.choices(list(self.verbs), list(self.verbs.values()))
        verb()

    def words(self):
        self.number += 1
        return f"Words {self.number} of {self.name}"

    def any(self, *plurals, where):
        """One of their own of these types of which this is true; none where there is none."""
        found = [item for item in self.items if item.plural in plurals and where(item.state)]
        return self.random.choice(found) if found else None

    # What is sent.

    def ask(self, method, path, body=None, kind=None):
        try:
            return self.person.send(method, path, body, kind)
        except (OSError, http.client.HTTPException):
            raise Interrupted from None

    def form(self, path, ends=None):
        """The form of a page; ends the verb where there is none."""
        answer = self.ask("GET", path)
        reader = Forms()
        reader.feed(answer.text())
        for form in reader.forms:
            if form.action.endswith(ends) if ends else form.id == "item-form":
                return form
        self.ledger.complain(self.ledger.wrong, f"{path} answers {answer.status} without its form, to {self.name}")
        raise Interrupted

    def post(self, path, pairs):
        return self.ask("POST", path, urlencode(pairs).encode(), URLENCODED)

    @contextmanager
    def doing(self, verb, item, after):
        """Enters that this is on its way. Whoever does it calls what is given with the answer."""
        item.doubt, item.touched = (verb, after), True
        yield lambda answer, is_done: self.answered(verb, item, after, answer, is_done)

    def answered(self, verb, item, after, answer, is_done):
        item.doubt = None
        if is_done:
            item.state = after
            self.ledger.count(self.ledger.acknowledged, verb)
            return
        where = answer.headers.get("location") or ""
        self.ledger.count(self.ledger.refused, f"{verb} {answer.status}")
        if answer.status >= 500 and answer.status != 503 or "/sign-in" in where:
            said = f"{verb} of {item.path} answers {answer.status} {where} {answer.text()[:200]}"
            self.ledger.complain(self.ledger.wrong, said)

    def pressed(self, verb, item, after, do, form, **filled):
        with self.doing(verb, item, after) as answered:
            answer = self.post(form.action, form.filled(**filled, do=do))
            answered(answer, is_redirect(answer))

    # The verbs.

    def make_room(self):
        """Leaves something of their own as it is from now on, where they have enough; gives whether there is room."""
        if len(self.items) >= KEPT and self.random.random() < 0.4:
            self.items.remove(self.random.choice(self.items))
        return len(self.items) < KEPT

    def create(self):
        if not self.make_room():
            return self.save()
        plural = self.random.choice(("news",) * 7 + ("themes",))
        form, words = self.form(f"/admin/{plural}/new"), self.words()
        item = self.ledger.add(Item(plural, form.get("item")))
        self.items.append(item)
        filled = texts(plural, words)
        if plural == "themes":
            filled["number"] = str(next(self.numbers))
        self.pressed("create", item, item.state.saved(words), "save", form, **filled)

    def save(self):
        item = self.any("news", "themes", "media", where=lambda state: state.words and not state.trashed)
        if item:
            form, words = self.form(item.path), self.words()
            self.pressed("save", item, item.state.saved(words), "save", form, **texts(item.plural, words))

    def autosave(self):
        item = self.any("news", "themes", where=lambda state: state.words and not state.trashed)
        if not item:
            return
        form = self.form(item.path)
        for _ in range(self.random.randint(1, 4)):
            words, version = self.words(), item.state.version
            with self.doing("autosave", item, item.state.saved(words)) as answered:
                sent = form.filled(**texts(item.plural, words), version=str(version))
                answer = self.post(f"{item.path}/autosave", sent)
                answered(answer, b'"outcome":"saved"' in answer.body)

    def publish(self):
        item = self.any("news", "themes", "media", where=lambda state: state.words and not state.trashed)
        # Nobody has described a file when it was sent.
        if not item or item.plural == "media" and item.state.version == 1:
            return
        form = self.form(f"{item.path}/publish", "/publish")
        self.pressed("publish", item, item.state.published(), "publish", form)

    def withdraw(self):
        item = self.any("news", "themes", "media", where=lambda state: state.public)
        if item:
            self.pressed("withdraw", item, item.state.withdrawn(), "unpublish", self.form(item.path))

    def trash(self):
        item = self.any("news", "themes", "media", "outputs", where=lambda state: state.words and not state.trashed)
        if item:
            self.pressed("trash", item, item.state.in_trash(), "trash", self.form(item.path))

    def take_out(self):
        item = self.any("news", "themes", "media", "outputs", where=lambda state: state.trashed)
        if item:
            form = self.form(item.path)
            sent = [("item", item.id), ("version", str(item.state.version)), ("do", "untrash")]
            with self.doing("take out", item, item.state.taken_out()) as answered:
                answer = self.post(form.action, sent)
                answered(answer, is_redirect(answer))

    def delete(self):
        item = self.any("news", "themes", "media", "outputs", where=lambda state: state.trashed)
        if item:
            form = self.form(f"{item.path}/delete", "/delete")
            self.pressed("delete", item, item.state.deleted(), "delete", form)
            if item.state.words is None:
                self.items.remove(item)

    def upload(self):
        if not self.make_room():
            return self.save()
        self.number += 1
        name = f"{self.name}f{self.number}"
        if self.random.random() < 0.5:
            file, content = f"{name}.pdf", pdf(name * self.random.randint(1, 20_000))
        else:
            # No two are alike.
            colour = zlib.crc32(name.encode()).to_bytes(4, "big")[:3]
            file, content = f"{name}.png", png(self.random.randint(400, 900), self.random.randint(20, 90), colour)
        self.ledger.sent.append(name)
        try:
            answer = self.person.upload("/admin/media/new", [], "file", file, content)
        except (OSError, http.client.HTTPException):
            raise Interrupted from None
        self.ledger.sent.remove(name)
        if not is_redirect(answer):
            return self.answered("upload", Item("media", name), State(), answer, False)
        self.ledger.count(self.ledger.acknowledged, "upload")
        id_ = answer.headers["location"].split("/")[3].split("?")[0]
        item = Item("media", id_, State(name, 1))
        self.items.append(self.ledger.add(item))
        seen = None
        try:
            seen = taken(self.person, id_)
        except (OSError, http.client.HTTPException):
            pass
        item.hash = seen and seen.hash

    def grid(self):
        """Rows of the table: some that are there, some that are new."""
        rows = [item for item in self.items if item.plural == "outputs" and item.state.words and not item.state.trashed]
        rows = self.random.sample(rows, min(len(rows), self.random.randint(0, 3)))
        if not rows or self.random.random() < 0.3 and self.make_room():
            rows.append(self.ledger.add(Item("outputs", new_id(self.random))))
            self.items.append(rows[-1])
        sent = []
        for item in rows:
            words = self.words()
            item.doubt, item.touched = ("grid", item.state.saved(words)), True
            sent.append({"id": item.id, "version": item.state.version or None,
                         "cells": texts("outputs", words) | {"year": "2024"}})
        answer = self.ask("POST", f"/admin/projects/{self.project}/outputs/save", json.dumps({"rows": sent}).encode(),
                          "application/json")
        told = json.loads(answer.text()) if answer.status == 200 else [{}] * len(rows)
        for item, one in zip(rows, told):
            self.answered("grid", item, item.doubt[1], answer, one.get("outcome") == "saved")


def is_redirect(answer):
    """Whether an answer leads on, and not to the door."""
    return answer.status == 303 and not answer.headers["location"].startswith("/admin/sign-in")


def new_id(random_):
    """An id as a browser makes it: UUID, version 7 (RFC 9562)."""
    moment = int(time.time() * 1_000)
    rest = random_.getrandbits(76)
    number = moment << 80 | 7 << 76 | (rest >> 64 & 0xFFF) << 64 | 0b10 << 62 | rest & (1 << 62) - 1
    digits = f"{number:032x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


class Shift:
    """All editors at work at once."""

    def __init__(self, editors):
        self.ended = threading.Event()
        self.threads = [threading.Thread(target=editor.work, args=(self.ended,)) for editor in editors]
        for thread in self.threads:
            thread.start()

    def end(self):
        self.ended.set()
        for thread in self.threads:
            thread.join()
