"""Somebody else, while the program is under attack. It must not do anything that costs the program work of
note."""

import http.client
import json
import multiprocessing
import signal
import time


class Watch:
    """Somebody else, in a process of their own so that no work of ours is taken for a wait of theirs:
    looks whether the program is healthy, and writes in a form that saves itself."""

    def __init__(self, program):
        # [longest, moment at which the one on its way began], of each.
        self.health = multiprocessing.Array("d", 2)
        self.autosave = multiprocessing.Array("d", 2)
        self.failed = multiprocessing.Array("c", 200)
        writer = program.person("writer@example.org")
        news = writer.first_of("news")
        form = writer.form(f"/admin/news/{news}")
        beats = [(self.look, (program,), self.health, 0.03), (self.write, (writer, form), self.autosave, 0.2)]
        self.processes = [
            multiprocessing.Process(target=self.beat, args=beat, daemon=True) for beat in beats
        ]
        for process in self.processes:
            process.start()

    def beat(self, what, given, kept, pause):
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        state = {}
        while True:
            began = time.monotonic()
            kept[1] = began
            try:
                what(*given, state)
            except (OSError, http.client.HTTPException, ValueError) as error:
                if not self.failed.value:
                    self.failed.value = f"{what.__name__}: {error or type(error).__name__}".encode()[:199]
            kept[0] = max(kept[0], time.monotonic() - began)
            kept[1] = 0
            time.sleep(pause)

    def look(self, program, state):
        person = state.setdefault("person", program.stranger())
        if person.get("/health/live").status != 200:
            raise ValueError("not healthy")

    def write(self, writer, form, state):
        state["number"] = state.get("number", 0) + 1
        texts = {"summary": f"Written {state['number']} times.", "version": state.get("version", form.get("version"))}
        answer = writer.post(f"{form.action}/autosave", form.filled(**texts))
        if answer.status != 200:
            raise ValueError(f"{answer.status} {answer.text()[:80]}")
        state["version"] = str(json.loads(answer.text())["version"])

    def begin(self):
        for kept in (self.health, self.autosave):
            kept[0] = 0
        self.failed.value = b""

    def worst(self):
        """The longest waits of both since it began, those that still last among them, and what failed first."""
        longest = []
        for kept in (self.health, self.autosave):
            lasting = time.monotonic() - kept[1] if kept[1] else 0
            longest.append(max(kept[0], lasting))
        return *longest, self.failed.value.decode(errors="replace")

    def end(self):
        for process in self.processes:
            process.terminate()
            process.join()
