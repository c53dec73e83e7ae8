#!/usr/bin/env python3
"""A PostgreSQL server of the tests' own: in a temporary folder, on a unix socket, ended by its process id. Standard library only.

usage: server.py start FILE   starts one, and writes its URL, its process id and its folder to FILE, a line each
       server.py stop FILE    ends it and removes its folder; so does the next start, where a run was cut short

The server never runs as root: there it runs as the user that Debian's package makes.
"""
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time

START_SECONDS = 60
SUPERUSER = "mb"


def programs():
    """The folder of the newest server that is installed."""
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    if on_path := shutil.which("initdb"):
        return pathlib.Path(on_path).resolve().parent
    raise SystemExit("there is no PostgreSQL server here: run deploy/install.sh")


def unprivileged():
    """Arguments of subprocess that give up the rights of root."""
    if os.geteuid() != 0:
        return {}
    account = pwd.getpwnam("postgres")
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def is_running(pid, folder):
    """Whether the process is there and is the server of that folder, and no other that got the number since."""
    try:
        return str(folder).encode() in pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


class PostgresServer:
    """One cluster. `durable` keeps what it acknowledged through a crash; without it tests are faster. `port` listens on loopback too."""

    def __init__(self, durable=False, port=None, **settings):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="mb-pg-"))
        self.port = port or 5432
        self.rights = unprivileged()
        self.process = None
        self.settings = {
            "unix_socket_directories": self.folder,
            "listen_addresses": "127.0.0.1" if port else "",
            "port": self.port,
            "max_connections": 200,
            "shared_buffers": "128MB",
            "fsync": "on" if durable else "off",
            "full_page_writes": "on" if durable else "off",
            **settings,
        }
        if self.rights:
            os.chown(self.folder, self.rights["user"], self.rights["group"])
        self.run("initdb", "--pgdata", self.folder / "data", "--username", SUPERUSER, "--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8",
                 "--no-sync")

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()
        self.remove()

    def run(self, program, *arguments):
        made = subprocess.run([programs() / program, *map(str, arguments)], capture_output=True, text=True, cwd=self.folder, **self.rights)
        if made.returncode != 0:
            raise RuntimeError(f"{program}: {made.stdout}{made.stderr}")
        return made.stdout

    def start(self):
        options = [part for name, value in self.settings.items() for part in ("-c", f"{name}={value}")]
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen([programs() / "postgres", "-D", self.folder / "data", *options], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            cwd=self.folder, start_new_session=True, **self.rights)
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            ready = subprocess.run([programs() / "pg_isready", "-q", "-h", self.folder, "-p", str(self.port)], check=False)
            if ready.returncode == 0:
                return self
            time.sleep(0.02)
        raise RuntimeError("PostgreSQL did not start:\n" + (self.folder / "log").read_text(errors="replace")[-4000:])

    def end(self, how):
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(START_SECONDS)
        self.process = None

    def stop(self):
        """Lets nobody finish, and writes everything down."""
        self.end(signal.SIGINT)

    def crash(self):
        """Ends as after a power cut, but for what the disk would have lost."""
        self.end(signal.SIGQUIT)

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, database="postgres", user=SUPERUSER):
        return f"postgresql://{user}@/{database}?host={self.folder}&port={self.port}"

    def query(self, text, database="postgres"):
        """The rows of an answer, each a list of texts."""
        told = self.run("psql", "-X", "-A", "-t", "-F", "\x1f", "-v", "ON_ERROR_STOP=1", "-c", text, self.url(database))
        return [line.split("\x1f") for line in told.splitlines()]


def start(file):
    stop(file)
    server = PostgresServer().start()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"{server.url()}\n{server.process.pid}\n{server.folder}\n")


def stop(file):
    if not file.exists():
        return
    _, pid, folder = file.read_text().split("\n")[:3]
    if is_running(int(pid), folder):
        os.kill(int(pid), signal.SIGINT)
        deadline = time.monotonic() + START_SECONDS
        while is_running(int(pid), folder) and time.monotonic() < deadline:
            time.sleep(0.02)
    shutil.rmtree(folder, ignore_errors=True)
    file.unlink()


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] not in ("start", "stop"):
        raise SystemExit(__doc__)
    (start if sys.argv[1] == "start" else stop)(pathlib.Path(sys.argv[2]))
