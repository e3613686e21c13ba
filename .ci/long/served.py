"""A Recto that can be killed: `recto serve` on SQLite or in a PostgreSQL cluster of its own, and commands
beside it. It must not know what is written, nor judge what is left."""

import os
import shutil
import signal
import sqlite3
import subprocess
import time
from pathlib import Path

from program import Program, free_port, quiet_child

# Everybody's password.
PASSWORD = "wandering-otter-lantern-91"

# Where Debian puts it.
POSTGRES = Path("/usr/lib/postgresql/15/bin")

# How long a command may take that nobody kills, in seconds.
PATIENCE = 120

# What `recto check` may find after kills: a file whose sending was interrupted.
NAMELESS = "belong to no media item"


class Cluster:
    """A PostgreSQL of its own in this directory, durable as people run it; ended with the block."""

    def __init__(self, directory):
        self.directory, self.port, self.made = Path(directory) / "postgres", free_port(), 0

    def __enter__(self):
        self.directory.mkdir()
        if os.geteuid() == 0:
            # It does not run as root; the way to it must be open.
            self.directory.parent.chmod(0o755)
            shutil.chown(self.directory, "postgres")
        self.run("initdb", "-A", "trust", "-U", "postgres", "--locale=C.UTF-8", "-E", "UTF8")
        self.start()
        return self

    def __exit__(self, *_):
        self.run("pg_ctl", "-m", "immediate", "stop")

    def start(self):
        settings = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.directory}"
        self.run("pg_ctl", "-l", str(self.directory / "log"), "-o", settings, "-w", "start")

    def crash(self):
        """Ends it as a power cut would that loses nothing which was synced, and starts it again."""
        self.run("pg_ctl", "-m", "immediate", "stop")
        self.start()

    def run(self, name, *arguments):
        given = [str(POSTGRES / name), "-D", str(self.directory / "data"), *arguments]
        given = (["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []) + given
        # It goes on in the background with what it is given: a pipe would never end.
        subprocess.run(given, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True, cwd=self.directory)

    def ask(self, sql, database="postgres"):
        """The rows of a statement, as lines."""
        command = [str(POSTGRES / "psql"), "-XAtq", "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres",
                   "-d", database, "-c", sql]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()

    def load(self, file, address):
        """Fills a database with what pg_dump wrote."""
        command = [str(POSTGRES / "psql"), "-Xq", "-v", "ON_ERROR_STOP=1", "-f", str(file), address]
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True)

    def database(self):
        """A new, empty database; gives its address."""
        self.made += 1
        self.ask(f"CREATE DATABASE recto{self.made}")
        return f"postgres://postgres@127.0.0.1:{self.port}/recto{self.made}"


class Served(Program):
    """A `recto serve` in this directory, on a new database of the cluster where one is given."""

    command, ready = "serve", "API: "

    def __init__(self, executable, directory, cluster=None):
        super().__init__(executable, directory)
        self.directory.mkdir(exist_ok=True)
        self.cluster, self.database = cluster, cluster and cluster.database()
        self.password, self.starts = PASSWORD, []
        self.scratch = self.directory / "scratch"
        self.scratch.mkdir(exist_ok=True)

    def environment(self):
        # Not each of them has been backed up.
        settings = {"TMPDIR": str(self.scratch), "RECTO_BACKUP_WARN_DAYS": "0"}
        if self.database:
            settings["RECTO_DATABASE"] = self.database
        return super().environment() | settings

    def start(self):
        began = time.monotonic()
        super().start()
        self.starts.append(1_000 * (time.monotonic() - began))

    def kill(self):
        """Ends it as nothing that runs can prevent."""
        self.process.kill()
        self.process.wait()

    def begin(self, *arguments):
        """Begins a command beside it."""
        return Command(self, arguments)

    def findings(self):
        """What `recto check` finds, but for files without a name."""
        check = self.begin("check")
        code, said = check.end(), check.said()
        found = [line for line in said.splitlines() if line.startswith("- ") and NAMELESS not in line]
        return found if code in (0, 1) else [*found, f"it ends with {code}: {said}"]

    def ask(self, sql):
        """The rows of a statement in its database, the first column of each."""
        if self.cluster:
            return self.cluster.ask(sql, self.database.rpartition("/")[2])
        database = sqlite3.connect(self.data / "recto.db", isolation_level=None)
        try:
            return [row[0] for row in database.execute(sql)]
        finally:
            database.close()

    def age(self, days):
        """Lets all that was saved so far have been saved so many days earlier, while it does not run."""
        earlier = (f"saved_at - interval '{days} days'" if self.cluster
                   else f"strftime('%Y-%m-%dT%H:%M:%f+00:00', saved_at, '-{days} days')")
        self.ask(f"UPDATE revision SET saved_at = {earlier}")


class Command:
    """A command of Recto in a process of its own."""

    def __init__(self, served, arguments):
        self.arguments = arguments
        self.out = served.directory / f"{arguments[0]}.out"
        with open(self.out, "wb") as out:
            self.process = subprocess.Popen(
                [served.executable, *arguments, "--data-dir", str(served.data)], stdin=subprocess.DEVNULL,
                stdout=out, stderr=subprocess.STDOUT, cwd=served.directory, env=served.environment(),
                preexec_fn=quiet_child,
            )

    def kill(self):
        """Kills it; gives whether it still ran."""
        self.process.kill()
        return self.process.wait() == -signal.SIGKILL

    def end(self):
        """Waits for its end; gives its exit code."""
        try:
            return self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return None

    def said(self):
        return self.out.read_text(errors="replace")
