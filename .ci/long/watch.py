"""Somebody else, while the program is under attack. It must not do anything that costs the program work of
note."""

import http.client
import json
import multiprocessing
import signal
import time


class Look:
    """Looks whether the program is healthy."""

    pause = 0.03

    def __init__(self, program):
        self.person = program.stranger()

    def prepare(self):
        pass

    def once(self):
        if self.person.get("/health/live").status != 200:
            raise ValueError("not healthy")


class Write:
    """Writes in a form that saves itself."""

    pause = 0.2

    def __init__(self, program):
        self.person = program.person("writer@example.org")
        self.path = f"/admin/news/{self.person.first_of('news')}"
        self.number = 0

    def prepare(self):
        self.form = self.person.form(self.path)
        self.version = self.form.get("version")

    def once(self):
        self.number += 1
        texts = {"summary": f"Written {self.number} times.", "version": self.version}
        answer = self.person.post(f"{self.path}/autosave", self.form.filled(**texts))
        if answer.status != 200:
            raise ValueError(f"{answer.status} {answer.text()[:80]}")
        self.version = str(json.loads(answer.text())["version"])


class Beat:
    """Does it again and again in a process of its own, so that no work of ours is taken for a wait of
    theirs, and keeps the longest that it took and what went wrong first."""

    def __init__(self, what):
        self.what = what
        self.longest = multiprocessing.Value("d", 0)
        # The moment at which the one on its way began; nought between two.
        self.began = multiprocessing.Value("d", 0)
        self.failed = multiprocessing.Array("c", 200)
        # What began earlier belongs to what was before.
        self.since = multiprocessing.Value("d", 0)
        self.process = multiprocessing.Process(target=self.go_on, daemon=True)
        self.process.start()

    def go_on(self):
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        prepared = False
        while True:
            try:
                prepared = prepared or self.what.prepare() is None
            except (OSError, http.client.HTTPException, SystemExit):
                time.sleep(self.what.pause)
                continue
            began = self.began.value = time.monotonic()
            failed = ""
            try:
                self.what.once()
            except (OSError, http.client.HTTPException, ValueError) as error:
                failed, prepared = f"{type(self.what).__name__.lower()}: {error or type(error).__name__}", False
            if began >= self.since.value:
                self.longest.value = max(self.longest.value, time.monotonic() - began)
                if failed and not self.failed.value:
                    self.failed.value = failed.encode()[:199]
            self.began.value = 0
            time.sleep(self.what.pause)

    def begin(self):
        self.since.value, self.longest.value, self.failed.value = time.monotonic(), 0, b""

    def worst(self):
        """The longest since it began, one that still lasts among them, and what went wrong first."""
        began = self.began.value
        lasting = time.monotonic() - max(began, self.since.value) if began else 0
        return max(self.longest.value, lasting), self.failed.value.decode(errors="replace")


class Watch:
    """One who looks and one who writes."""

    def __init__(self, program):
        self.beats = [Beat(Look(program)), Beat(Write(program))]

    def begin(self):
        for beat in self.beats:
            beat.begin()

    def worst(self):
        """The longest waits of both since it began, and what went wrong first."""
        (health, unhealthy), (autosave, unsaved) = (beat.worst() for beat in self.beats)
        return health, autosave, unhealthy or unsaved

    def end(self):
        for beat in self.beats:
            beat.process.terminate()
            beat.process.join()
