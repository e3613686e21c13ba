"""The program under test, and people who use it: starts `recto demo`, or another command that serves, on
loopback, signs in, reads and sends forms as a browser without scripts does. It must not know what is tested
with it."""

import http.client
import os
import re
import resource
import signal
import socket
import subprocess
import sys
import time
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlencode

# How long the program may take to begin: the first start draws pictures and loads content.
START_SECONDS = 180

URLENCODED = "application/x-www-form-urlencoded"


def free_port():
    """A port of this machine that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def quiet_child():
    """A child that hangs up or overflows leaves no core file."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


class NotStarted(SystemExit):
    """It ended before it served, or does not come to it; with what it said."""


class Program:
    """A `recto demo` of its own in this directory; ended with the block that it is used in."""

    # What serves, and what it says as soon as it does.
    command, ready = "demo", "Ctrl-C ends this"

    def __init__(self, executable, directory):
        self.executable = str(Path(executable).resolve())
        self.directory = Path(directory)
        self.data = self.directory / "data"
        self.port = free_port()
        self.password = None
        self.process = None

    def __enter__(self):
        # Whoever ends the script ends what it has started.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self, command=None):
        """Starts it, with another command than usual where one is named, and waits until it answers."""
        command, said_last = (command, "API:") if command else (self.command, self.ready)
        log = self.directory / "recto.log"
        began = log.stat().st_size if log.exists() else 0
        with open(log, "ab") as out:
            self.process = subprocess.Popen(
                [self.executable, command, "--data-dir", str(self.data), "--listen", f"127.0.0.1:{self.port}"],
                stdout=out, stderr=subprocess.STDOUT, cwd=self.directory, preexec_fn=quiet_child,
                env=self.environment(),
            )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            said = log.read_bytes()[began:].decode(errors="replace")
            if self.process.poll() is not None:
                raise NotStarted(f"recto did not start:\n{said}")
            told = re.search(r"^  Password: (\S+)$", said, re.M)
            self.password = told.group(1) if told else self.password
            if said_last in said:
                return
            time.sleep(0.01)
        raise NotStarted(f"recto did not start within {START_SECONDS} s:\n{said}")

    def stop(self):
        """Ends it, at once where it does not end by itself."""
        if self.is_alive():
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.process.wait()

    def is_alive(self):
        return self.process.poll() is None

    def environment(self):
        """This environment without settings that are meant for another Recto."""
        return {name: text for name, text in os.environ.items() if not name.startswith("RECTO_")}

    def run(self, *arguments, typed=None):
        """Runs a command on the same data directory; gives what it printed."""
        command = [self.executable, *arguments, "--data-dir", str(self.data)]
        return subprocess.run(
            command, input=typed, capture_output=True, text=True, cwd=self.directory, check=True,
            env=self.environment(),
        ).stdout

    def add_account(self, email, role):
        """An account with the password that the demonstration's have."""
        name = email.split("@")[0].title()
        self.run("user", "add", "--email", email, "--name", name, "--role", role, "--password-stdin",
                 typed=self.password)

    def person(self, email):
        """Somebody of this account, signed in."""
        person = self.stranger()
        answer = person.post("/admin/sign-in", [("email", email), ("password", self.password)])
        if answer.status != 303:
            raise SystemExit(f"{email} cannot sign in: {answer.status}")
        return person

    def work(self):
        """How many seconds its threads have worked so far."""
        # What follows the name, which may hold anything: utime and stime are the 12th and 13th (proc(5)).
        told = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")

    def stranger(self):
        """Somebody who is not signed in."""
        return Person(self.port)

    def memory(self):
        """What it holds now and what it held at most, in MB; nothing where it does not live."""
        try:
            text = Path(f"/proc/{self.process.pid}/status").read_text()
        except (FileNotFoundError, ProcessLookupError):
            return 0.0, 0.0
        kilobytes = {name: int(number) for name, number in re.findall(r"^(VmRSS|VmHWM):\s+(\d+) kB", text, re.M)}
        return kilobytes.get("VmRSS", 0) / 1024, kilobytes.get("VmHWM", 0) / 1024

    def forget_peak(self):
        """Lets what it held at most be what it holds now (proc(5), clear_refs)."""
        Path(f"/proc/{self.process.pid}/clear_refs").write_text("5")

    def children_memory(self):
        """What its child processes hold of their own now, in MB."""
        held = 0
        own = Path(f"/proc/{self.process.pid}/cmdline").read_bytes()
        tasks = list(Path(f"/proc/{self.process.pid}/task").glob("*/children"))
        if not tasks and self.is_alive():
            raise SystemExit("this machine does not tell which processes are whose children (CONFIG_PROC_CHILDREN)")
        for task in tasks:
            try:
                for child in task.read_text().split():
                    # One that has not become another program yet shares its parent's memory.
                    if Path(f"/proc/{child}/cmdline").read_bytes() == own:
                        continue
                    text = Path(f"/proc/{child}/status").read_text()
                    held += sum(int(number) for number in re.findall(r"^RssAnon:\s+(\d+) kB", text, re.M))
            except (FileNotFoundError, ProcessLookupError):
                continue
        return held / 1024


class Answer:
    """What came back."""

    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def text(self):
        return self.body.decode(errors="replace")

    def max_age(self):
        """For how many seconds a cache may tell it without asking; none where nothing is said."""
        told = re.search(r"max-age=(\d+)", self.headers.get("cache-control") or "")
        return int(told.group(1)) if told else None


class Person:
    """A browser without scripts, as far as the server can tell. A request has a connection of its own."""

    def __init__(self, port):
        self.port, self.cookie = port, None

    def send(self, method, path, body=None, kind=None, timeout=60):
        headers = {"accept": "text/html"}
        if self.cookie:
            headers["cookie"] = self.cookie
        if kind:
            headers["content-type"] = kind
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            try:
                connection.request(method, path, body, headers)
            except (BrokenPipeError, ConnectionResetError):
                # Refused before all of it was sent; what was said of it may still be there.
                if connection.sock is None:
                    raise
            answer = connection.getresponse()
            told = Answer(answer.status, answer.headers, answer.read())
        finally:
            connection.close()
        for cookie in told.headers.get_all("set-cookie") or []:
            self.cookie = cookie.split(";")[0]
        return told

    def get(self, path, timeout=60):
        return self.send("GET", path, timeout=timeout)

    def post(self, path, pairs, timeout=60):
        return self.send("POST", path, urlencode(pairs).encode(), URLENCODED, timeout)

    def upload(self, path, pairs, name, file, content):
        """Sends a form with one file."""
        return self.send("POST", path, *multipart(pairs, name, file, content))

    def first_of(self, plural):
        """The id of the first item of a list."""
        found = re.search(rf"/admin/{plural}/([0-9a-f]{{8}}-[0-9a-f-]{{27}})", self.get(f"/admin/{plural}").text())
        if not found:
            raise SystemExit(f"the list of {plural} is empty")
        return found.group(1)

    def form(self, path, ends=None):
        """The form of a page whose address ends so; the item's form where nothing is said."""
        answer = self.get(path)
        if answer.status != 200:
            raise SystemExit(f"{path} answers {answer.status}")
        reader = Forms()
        reader.feed(answer.text())
        wanted = [form for form in reader.forms if (form.action.endswith(ends) if ends else form.id == "item-form")]
        if not wanted:
            raise SystemExit(f"{path} has no form that is looked for")
        return wanted[0]


def multipart(pairs, name, file, content):
    """A form with one file as its bytes, and how they are to be read."""
    mark = "xxBOUNDARYxx"
    body = b""
    for field, text in pairs:
        body += f'--{mark}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{text}\r\n'.encode()
    body += f'--{mark}\r\nContent-Disposition: form-data; name="{name}"; filename="{file}"\r\n\r\n'.encode()
    body += content + f"\r\n--{mark}--\r\n".encode()
    return body, f"multipart/form-data; boundary={mark}"


class Form:
    """What a browser would send of a form, but for its buttons."""

    def __init__(self, attributes):
        self.id, self.action = attributes.get("id"), attributes.get("action") or ""
        self.pairs, self.rich, self.lines = [], [], []

    def get(self, name):
        return next((value for field, value in self.pairs if field == name), None)

    def filled(self, **texts):
        """Its pairs with these texts in them."""
        pairs = [(name, texts.pop(name, value)) for name, value in self.pairs]
        return pairs + list(texts.items())


class Forms(HTMLParser):
    """Reads the forms of a page."""

    def __init__(self):
        super().__init__()
        self.forms, self.open, self.area, self.select = [], None, None, None

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        name = attributes.get("name")
        if tag == "form":
            self.open = Form(attributes)
            self.forms.append(self.open)
        elif not self.open:
            return
        elif tag == "input" and name:
            ticks = attributes.get("type") in ("checkbox", "radio")
            files = attributes.get("type") in ("file", "submit", "image")
            if not files and (not ticks or "checked" in attributes):
                self.open.pairs.append((name, attributes.get("value") or ("on" if ticks else "")))
        elif tag == "textarea" and name:
            self.area = [name, ""]
            (self.open.rich if "data-rich" in attributes else self.open.lines).append(name)
        elif tag == "select" and name:
            self.select = [name, None]
        elif tag == "option" and self.select:
            value = attributes.get("value") or ""
            if self.select[1] is None or "selected" in attributes:
                self.select[1] = value

    def handle_data(self, data):
        if self.area:
            self.area[1] += data

    def handle_endtag(self, tag):
        if tag == "form":
            self.open = None
        elif tag == "textarea" and self.area:
            name, text = self.area
            # The first line break after the tag is none of the text's (HTML, the textarea element).
            self.open.pairs.append((name, text.removeprefix("\n")))
            self.area = None
        elif tag == "select" and self.select:
            self.open.pairs.append((self.select[0], self.select[1] or ""))
            self.select = None
