#!/usr/bin/env python3
"""What is withdrawn is gone behind a caching proxy too: nginx that tells stale answers while it fetches
new ones. The first request after an answer's time may still be told what was; the second may not.

usage: proxy.py RECTO"""

import json
import struct
import subprocess
import sys
import tempfile
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from program import Person, Program, free_port

# What a cache may keep at most: an answer that can be withdrawn, one that says that something is
# gone, and one that says that nothing is there.
REVOCABLE, GONE, MISSING = 600, 60, 5
# How much later than an answer's time, in seconds, the first request comes: nginx counts whole seconds,
# so it keeps what it has up to one longer. And how much later the second, which is judged.
FIRST, SECOND = 1.1, 1.9

CONFIG = """
daemon off;
master_process off;
pid {dir}/nginx.pid;
error_log {dir}/nginx.log warn;
events {{}}
http {{
  access_log off;
  client_body_temp_path {dir}/body;
  proxy_temp_path {dir}/proxy;
  fastcgi_temp_path {dir}/fastcgi;
  uwsgi_temp_path {dir}/uwsgi;
  scgi_temp_path {dir}/scgi;
  proxy_cache_path {dir}/cache keys_zone=answers:10m;
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass http://127.0.0.1:{upstream};
      proxy_cache answers;
      proxy_cache_use_stale updating;
      proxy_cache_background_update on;
      add_header X-Cache $upstream_cache_status always;
    }}
  }}
}}
"""


class Nginx:
    """An nginx before the program, with a cache of its own."""

    def __init__(self, directory, upstream):
        self.directory, self.port = Path(directory), free_port()
        config = self.directory / "nginx.conf"
        config.write_text(CONFIG.format(dir=self.directory, port=self.port, upstream=upstream))
        self.command = ["nginx", "-p", str(self.directory), "-e", f"{self.directory}/nginx.log", "-c", str(config)]

    def __enter__(self):
        self.process = subprocess.Popen(self.command)
        for _ in range(50):
            try:
                Person(self.port).get("/health/live")
                return self
            except OSError:
                time.sleep(0.1)
        raise SystemExit("nginx did not start")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


def twice(through, path, until):
    """The two answers after that moment."""
    answers = []
    for later in (FIRST, SECOND):
        time.sleep(max(0.0, until + later - time.monotonic()))
        answers.append(through.get(path))
    return answers


class Subject:
    """An address, what makes an answer of it wrong once its item is withdrawn, and until when caches keep it."""

    def __init__(self, name, path, shows=None, gone=(410,)):
        self.name, self.path, self.shows, self.gone = name, path, shows, gone
        self.problems, self.until = [], 0.0

    def wrong(self, condition, said):
        if condition and said not in self.problems:
            self.problems.append(said)

    def first(self, through):
        """Fetches it while it is public, into the cache."""
        answer = through.get(self.path)
        self.wrong(answer.status != 200, f"answers {answer.status} while it is public")
        self.wrong(self.shows and self.shows not in answer.text(), "does not show the item while it is public")
        control = answer.headers.get("cache-control") or ""
        self.wrong("stale-" in control, f"lets caches tell it stale: {control}")
        age = answer.max_age()
        if age is None or age > REVOCABLE or "immutable" in control:
            self.wrong(True, f"may be kept too long: {control or 'nothing is said'}")
            age = 0
        self.until = time.monotonic() + age
        return self

    def is_wrong(self, answer):
        """Whether an answer still tells what is withdrawn."""
        return self.shows in answer.text() if self.shows else answer.status not in self.gone

    def second(self, through):
        """Asks twice, when the cached answer's time is over; the second is judged."""
        first, second = twice(through, self.path, self.until)
        told = f"{first.status} {first.headers.get('x-cache')}, {second.status} {second.headers.get('x-cache')}"
        self.wrong(self.is_wrong(second), f"is told after its time ({told})")
        return told


def done(answer, what):
    """Where it led; ends everything where something else came back."""
    if answer.status != 303:
        raise SystemExit(f"{what} answers {answer.status}")
    return answer.headers["location"]


def make(editor, plural, **texts):
    """A new item, a draft; gives its id."""
    form = editor.form(f"/admin/{plural}/new")
    return done(editor.post(form.action, form.filled(**texts, do="save")), plural).split("/")[3].split("?")[0]


def take(editor, name, content):
    """A new media item of this file, a draft; gives its id."""
    return done(editor.upload("/admin/media/new", [], "file", name, content), name).split("/")[3].split("?")[0]


def change(editor, plural, id_, do, **texts):
    form = editor.form(f"/admin/{plural}/{id_}")
    return done(editor.post(form.action, form.filled(**texts, do=do)), f"{do} of {plural}")


def publish(editor, plural, id_):
    """Publishes it together with what the page offers."""
    form = editor.form(f"/admin/{plural}/{id_}/publish", ends="/publish")
    done(editor.post(form.action, [*form.pairs, ("do", "publish")]), f"publishing of {plural}")


def png(width, height, colour):
    """A picture of one colour (PNG, third edition)."""
    def chunk(name, content):
        check = zlib.crc32(name + content)
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", check)
    rows = (b"\0" + bytes(colour) * width) * height
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def pdf(words):
    return f"%PDF-1.7\n%{words}\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n".encode()


def document(editor, plural, id_):
    """The public document of an item."""
    return json.loads(editor.get(f"/api/v1/{plural}/{id_}").text())["data"]


def prepare(editor):
    """Publishes an item of each kind that can be withdrawn; gives the items and what shows them."""
    title = "News that is withdrawn soon"
    picture = take(editor, "with-news.png", png(700, 200, (200, 30, 30)))
    change(editor, "media", picture, "save", alternative_text="One colour")
    news = make(editor, "news", title=title, summary="Withdrawn soon.", image=picture)
    publish(editor, "news", news)
    alone = take(editor, "alone.png", png(700, 200, (30, 30, 200)))
    change(editor, "media", alone, "save", alternative_text="Another colour")
    publish(editor, "media", alone)
    report = take(editor, "report.pdf", pdf("a report"))
    output = json.loads(editor.get("/api/v1/outputs?availability=open&limit=1").text())["data"][0]["id"]
    change(editor, "outputs", output, "save", file=report)
    publish(editor, "outputs", output)

    slug = document(editor, "news", news)["slug"]
    subjects = [
        Subject("news by address", f"/api/v1/news/{slug}"),
        Subject("news by id", f"/api/v1/news/{news}"),
        Subject("list of news", "/api/v1/news?sort=-date&limit=50", shows=title),
        Subject("search", "/api/v1/search?q=withdrawn", shows=title),
        Subject("feed of news", "/api/v1/news.atom", shows=title),
        Subject("sitemap", "/sitemap.xml", shows=slug),
        Subject("output", f"/api/v1/outputs/{output}"),
    ]
    for name, id_ in (("picture of news", picture), ("media item alone", alone), ("file of output", report)):
        told = document(editor, "media", id_)
        subjects.append(Subject(f"{name}, its document", f"/api/v1/media/{id_}"))
        subjects.append(Subject(f"{name}, the file", told["url"]))
        if told.get("variants"):
            subjects.append(Subject(f"{name}, a variant", told["variants"][0]["url"]))
    return [("news", news), ("media", alone), ("outputs", output)], subjects


def row(name, problems, told=""):
    """Says what came of one; gives whether it passed."""
    print(f"{'pass' if not problems else 'FAIL'}  {name:32} {told}", flush=True)
    for problem in problems:
        print(f"      {'':32} {problem}")
    return not problems


def missing_then_there(through, editor):
    """What is not there yet is found soon after it is published."""
    slug = "not-there-yet"
    path = f"/api/v1/news/{slug}"
    first, asked = through.get(path), time.monotonic()
    news = make(editor, "news", title="Not there yet", summary="Soon.", slug=slug)
    publish(editor, "news", news)
    stale, second = twice(through, path, asked + MISSING)
    problems = []
    age = first.max_age()
    if first.status != 404 or age is None or age > MISSING:
        problems.append(f"404 says ‘{first.headers.get('cache-control')}’; at most {MISSING} s are wanted")
    if second.status != 200:
        problems.append(f"answers {second.status} after it was published")
    return row("missing, then published", problems, f"{stale.status}, {second.status}")


def gone_then_there(through, editor, news):
    """What was withdrawn is found again soon after it is published again."""
    path = f"/api/v1/news/{news}"
    gone, asked = through.get(path), time.monotonic()
    age = gone.max_age()
    problems = []
    if gone.status != 410 or age is None or age > GONE:
        problems.append(f"{gone.status} says ‘{gone.headers.get('cache-control')}’; at most {GONE} s are wanted")
    publish(editor, "news", news)
    stale, second = twice(through, path, asked + min(age or 0, GONE))
    if second.status != 200:
        problems.append(f"answers {second.status} after it was published again")
    return row("withdrawn, then published again", problems, f"{stale.status}, {second.status}")


def main(executable):
    with tempfile.TemporaryDirectory() as directory, Program(executable, directory) as program:
        editor = program.person("editor@example.org")
        with Nginx(directory, program.port) as nginx:
            through = Person(nginx.port)
            items, subjects = prepare(editor)
            for subject in subjects:
                subject.first(through)
            for plural, id_ in items:
                change(editor, plural, id_, "unpublish")
            with ThreadPoolExecutor(len(subjects)) as pool:
                told = list(pool.map(lambda subject: subject.second(through), subjects))
            passed = [row(subject.name, subject.problems, said) for subject, said in zip(subjects, told)]
            passed.append(gone_then_there(through, editor, items[0][1]))
            passed.append(missing_then_there(through, editor))
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
