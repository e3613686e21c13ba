"""What was acknowledged, what was on its way, and whether a Recto that was killed says the same. It must not
write anything."""

import hashlib
import json
import random
import re
import threading
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

from program import Forms

# The texts of each type: each says the same words, so that half a save shows.
TEXTS = {"news": ("title", "summary", "body"), "themes": ("title", "summary", "body"),
         "outputs": ("title", "note"), "media": ("title", "alternative_text", "caption")}

# How many wrong things are told at length.
TOLD = 20


@dataclass(frozen=True)
class State:
    """An item as editors and readers see it."""

    words: str | None = None  # what stands in its texts; nothing where it is not there
    version: int = 0
    trashed: bool = False
    public: str | None = None  # what readers see
    known: bool = False  # whether readers ever saw it

    def saved(self, words):
        return replace(self, words=words, version=self.version + 1)

    def published(self):
        return replace(self, public=self.words, known=True)

    def withdrawn(self):
        return replace(self, public=None)

    def in_trash(self):
        return replace(self, public=None, trashed=True)

    def taken_out(self):
        return replace(self, trashed=False)

    def deleted(self):
        return replace(self, words=None, version=0, trashed=False, public=None)


class Item:
    """An item that one editor alone writes: what was acknowledged of it, and what is on its way."""

    def __init__(self, plural, id_, state=State()):
        self.plural, self.id, self.state, self.doubt, self.touched = plural, id_, state, None, True
        # Of a file.
        self.hash = None

    @property
    def path(self):
        return f"/admin/{self.plural}/{self.id}"


class Ledger:
    """All items, and what came of comparing them."""

    def __init__(self):
        self.items, self.sent, self.lock = [], [], threading.Lock()
        self.acknowledged, self.refused, self.applied, self.undone = Counter(), Counter(), Counter(), Counter()
        self.lost, self.half, self.wrong = [], [], []

    def add(self, item):
        with self.lock:
            self.items.append(item)
        return item

    def count(self, counter, what):
        with self.lock:
            counter[what] += 1

    def complain(self, kind, said):
        """Keeps something that must not be, and tells it where it is one of the first."""
        with self.lock:
            kind.append(said)
            if len(self.lost) + len(self.half) + len(self.wrong) <= TOLD:
                print(f"      FAIL  {said}", flush=True)

    @property
    def is_well(self):
        return not (self.lost or self.half or self.wrong)

    # What stands there.

    def compare(self, person, others=0):
        """Compares what was touched, and so many others, with what editors and readers are told; settles what was
        on its way."""
        self.find_sent(person)
        chosen = set(random.sample(range(len(self.items)), min(others, len(self.items))))
        for at, item in enumerate(self.items):
            if item.plural == "media" and item.state.words and not item.hash:
                # Its sender was interrupted before they looked at it.
                item.hash = taken(person, item.id).hash
            if item.touched or at in chosen:
                self.settle(item, observe(person, item))
                item.touched = False

    def states(self):
        """Each item as it stands, when nothing is on its way."""
        return {(item.plural, item.id): item.state for item in self.items}

    def settle(self, item, seen):
        """Holds what was seen against what may be."""
        verb, doubt = item.doubt or (None, None)
        item.doubt = None
        if isinstance(seen, str):
            self.complain(self.half, f"{item.path} after {verb or 'all was acknowledged'}: {seen}")
        elif seen == item.state:
            if verb:
                self.count(self.undone, verb)
        elif doubt and seen == doubt:
            self.count(self.applied, verb)
            item.state = doubt
        else:
            said = f"{item.path} after {verb or 'all was acknowledged'}: it is {seen}, and was {item.state}"
            self.complain(self.lost, said + (f", or should be {doubt}" if doubt else ""))
            item.state = seen

    def find_sent(self, person):
        """Looks for the files whose sending was on its way; each is there as a whole, or not."""
        sent, self.sent = self.sent, []
        for name in sent:
            found = re.findall(r"/admin/media/([0-9a-f-]{36})", person.get(f"/admin/media?q={name}").text())
            ids = sorted(set(found))
            if len(ids) > 1:
                self.complain(self.wrong, f"the file {name} was taken {len(ids)} times")
            self.count(self.applied if ids else self.undone, "upload")
            for id_ in ids[:1]:
                self.add(taken(person, id_))

    def compare_files(self, media):
        """Looks whether each file of the library is there and is what its name says."""
        for item in self.items:
            if not item.hash or item.state.words is None:
                continue
            file = Path(media) / item.hash[:2] / item.hash / "original"
            if not file.exists():
                self.complain(self.lost, f"the file of {item.path} is not there")
            elif hashlib.sha256(file.read_bytes()).hexdigest() != item.hash:
                self.complain(self.half, f"the file of {item.path} is not what was sent")

    def compare_lists(self, person):
        """Looks whether readers are told of nothing that is not public."""
        for plural in TEXTS:
            told, path = {}, f"/api/v1/{plural}?limit=100"
            while path:
                answer = json.loads(person.get(path).text())
                told |= {one["id"]: one for one in answer["data"]}
                path = re.sub(r"^https?://[^/]+", "", (answer.get("links") or {}).get("next") or "")
            for item in (item for item in self.items if item.plural == plural):
                one = told.pop(item.id, None)
                if (one is not None) != (item.state.public is not None):
                    self.complain(self.wrong, f"the list of {plural} and {item.path} disagree: {one}")
            if told:
                self.complain(self.wrong, f"the list of {plural} holds {len(told)} that nobody published")


def taken(person, id_):
    """A file that was taken, as its page shows it."""
    item = Item("media", id_)
    page = person.get(item.path).text()
    hashes = set(re.findall(r"/admin/media-files/([0-9a-f]{64})/", page))
    item.hash = hashes.pop() if len(hashes) == 1 else None
    item.state = State(fields_of(page).get("title"), 1)
    return item


def fields_of(page):
    """The texts of an item's form, the last of each name."""
    reader = Forms()
    reader.feed(page)
    return next((dict(form.pairs) for form in reader.forms if form.id == "item-form"), {})


def repeats(words):
    """How often a long text says the words: the same number for the same words."""
    return hashlib.sha256(words.encode()).digest()[0] % 40 + 1


def texts(plural, words):
    """What each text of an item says."""
    body = f"<p>{words}</p>" * repeats(words)
    return {name: body if name == "body" else words for name in TEXTS[plural]}


def words_of(plural, fields, bare=False):
    """The words that all texts of an item say; nothing where they differ. With `bare` a text may be missing."""
    words = fields.get("title")
    for name in TEXTS[plural][1:] if words else ():
        text = re.sub(r"<[^>]*>", "", fields.get(name) or "")
        if bare and not text:
            continue
        wanted = repeats(words) if name == "body" else 1
        if text.count(words) != wanted or text.replace(words, "").strip():
            return None
    return words


def observe(person, item):
    """An item as it is told; a sentence where that makes no sense."""
    page = person.get(item.path)
    if page.status not in (200, 404):
        return f"its page answers {page.status}"
    state = State()
    if page.status == 200:
        fields, trashed = fields_of(page.text()), 'value="untrash"' in page.text()
        version = fields.get("version") or ""
        # What lies in the trash cannot be written in; nobody has described a file when it was sent.
        words = words_of(item.plural, fields, trashed or item.plural == "media" and version == "1")
        if words is None or not version.isdigit():
            return f"it says {str(fields)[:300]}"
        state = State(words, int(version), trashed)
    answer = person.get(f"/api/v1/{item.plural}/{item.id}")
    if answer.status not in (200, 404, 410):
        return f"readers are answered {answer.status}"
    state = replace(state, known=answer.status != 404)
    if answer.status == 200:
        words = words_of(item.plural, json.loads(answer.text())["data"])
        if words is None:
            return f"readers are told {answer.text()[:300]}"
        state = replace(state, public=words)
    return state
