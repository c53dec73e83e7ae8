"""Starts the real executables on a free loopback port, speaks HTTP to them, and stops them. Standard library only."""

import atexit
import contextlib
import functools
import http.client
import itertools
import json
import os
import pathlib
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/postgres"))

from server import PostgresServer  # noqa: E402

# what the servers keep their rows in: sqlite or postgres
DATABASE = os.environ.get("MB_E2E_DATABASE", "sqlite")
BIN = pathlib.Path(os.environ.get("MB_BIN_DIR", ROOT / "build/dev/bin"))
ADMIN_EMAIL = "admin@example.com"
ADMIN_PASSWORD = "siete grullas sobre el tejado"
PASSWORD = "un caballo sube la torre"
# sanitizers and coverage make everything slower; nothing here asserts a time
START_SECONDS = 60


@functools.cache
def cluster():
    """The PostgreSQL of this file's tests, and of no other's."""
    made = PostgresServer(durable=True).start()
    atexit.register(lambda: (made.stop(), made.remove()))
    return made


database_numbers = itertools.count(1)
account_numbers = itertools.count(1)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


_shared = []


def shared_redis():
    """One Redis for all servers of this test, where MB_E2E_REDIS asks for it. Their keys are apart, since each state folder has its own master key."""
    if not _shared:
        from redis_under_test import Redis

        _shared.append(Redis().start())
        atexit.register(_shared[0].__exit__)
    return _shared[0]


class Answer:
    def __init__(self, status, fields, body):
        self.status = status
        self.fields = fields
        self.body = body

    def json(self):
        return json.loads(self.body)

    @property
    def code(self):
        return self.json().get("code")

    def field(self, name):
        return next((value for known, value in self.fields if known.lower() == name.lower()), None)

    def cookie(self, name):
        for known, value in self.fields:
            if known.lower() == "set-cookie" and value.startswith(name + "="):
                return value.split(";")[0][len(name) + 1:]
        return None

    def __repr__(self):
        return f"<{self.status} {self.body[:300]!r}>"


class Server:
    """One running metabuilder-lab with a state folder of its own."""

    def __init__(self, state=None, limit_files=None, log_to=None, **environment):
        self.state = pathlib.Path(state or tempfile.mkdtemp(prefix="mb-e2e-"))
        self.owns_state = state is None
        self.port = free_port()
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.state),
            "PORT": str(self.port),
            "STATE_DIR": str(self.state),
            "ADMIN_EMAIL": ADMIN_EMAIL,
            "ADMIN_PASSWORD": ADMIN_PASSWORD,
            "RATE_LIMIT_ENABLED": "false",
            "LOG_FORMAT": "json",
        }
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "GCOV_PREFIX"):
            if name in os.environ:
                self.environment[name] = os.environ[name]
        if os.environ.get("MB_E2E_REDIS"):
            self.environment["REDIS_URL"] = shared_redis().url
        self.environment.update({name: str(value) for name, value in environment.items()})
        # Passwords of tests need no protection, and the usual cost is a third of a second for each login. The tour keeps it.
        self.environment.setdefault("BCRYPT_SALT_ROUNDS", "4")
        if DATABASE == "postgres" and "DATABASE_URL" not in self.environment:
            self.database = f"e2e_{next(database_numbers)}"
            cluster().query(f"CREATE DATABASE {self.database}")
            self.environment["DATABASE_URL"] = cluster().url(self.database)
        self.log = pathlib.Path(log_to or self.state / "server.log")
        self.prefix = []
        self.limit_files = limit_files
        self.process = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()
        if self.owns_state:
            shutil.rmtree(self.state, ignore_errors=True)

    def start(self):
        def limit():
            resource.setrlimit(resource.RLIMIT_NOFILE, (self.limit_files, self.limit_files))

        with open(self.log, "ab") as log:
            self.process = subprocess.Popen([*self.prefix, BIN / "metabuilder-lab"], env=self.environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                                            preexec_fn=limit if self.limit_files else None)
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError(f"the server ended with {self.process.returncode}:\n{self.log_text()[-4000:]}")
            try:
                if self.ask("GET", "/health").status == 200:
                    return self
            except OSError:
                time.sleep(0.02)
        raise RuntimeError("the server did not answer in time")

    def stop(self):
        """Ends it as an operator would; returns its exit code."""
        if self.process is None:
            return None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(START_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait()
        self.process = None
        return code

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.process = None

    def log_text(self):
        return self.log.read_text(errors="replace")

    def connection(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    @property
    def origin(self):
        return f"http://localhost:{self.port}"

    def ask(self, method, path, body=None, token=None, headers=None, connection=None):
        sent = {"Host": f"localhost:{self.port}"}
        if body is not None and not isinstance(body, (bytes, str)):
            body = json.dumps(body)
            sent["Content-Type"] = "application/json"
        if token:
            sent["Authorization"] = f"Bearer {token}"
        sent.update(headers or {})
        own = connection is None
        connection = connection or self.connection()
        try:
            with contextlib.suppress(*((BrokenPipeError, ConnectionResetError) if body else ())):
                connection.request(method, path, body=body, headers=sent)
            answer = connection.getresponse()  # also to a request that the server had enough of before it was whole
            return Answer(answer.status, answer.getheaders(), answer.read().decode())
        finally:
            if own:
                connection.close()

    def admin_tool(self, *arguments):
        made = subprocess.run([BIN / "metabuilder-admin", *arguments], env=self.environment, capture_output=True, text=True, timeout=START_SECONDS)
        if made.returncode != 0:
            raise RuntimeError(f"metabuilder-admin {arguments}: {made.stdout}{made.stderr}")
        return made.stdout.strip()

    # what most tests need first

    def register(self, email, username=None, password=PASSWORD, verify=True):
        body = {"email": email, "password": password}
        if username:
            body["username"] = username
        answer = self.ask("POST", "/api/v1/auth/register", body)
        assert answer.status == 201, answer
        if verify:
            token = self.admin_tool("inbox", "--to", email, "--token")
            answer = self.ask("POST", "/api/v1/auth/verify-email?token=" + token)
            assert answer.status == 200, answer

    def someone(self):
        """The address of a new account, which is verified."""
        email = f"someone{next(account_numbers)}@example.com"
        self.register(email)
        return email

    def login(self, email, password=PASSWORD):
        return self.ask("POST", "/api/v1/auth/login", {"email": email, "password": password})

    def token(self, email, password=PASSWORD):
        answer = self.login(email, password)
        assert answer.status == 200, answer
        return answer.json()["access_token"]

    def admin(self):
        return self.token(ADMIN_EMAIL, ADMIN_PASSWORD)

    def refresh(self, cookie, headers=None):
        return self.ask("POST", "/api/v1/jwt/refresh", headers={"Cookie": f"refresh={cookie}", "Origin": self.origin, **(headers or {})})

    def define_books(self, admin):
        answer = self.ask("POST", "/api/v1/metadata/entities", {"name": "books", "display_name": "Books"}, admin)
        assert answer.status == 201, answer
        entity = answer.json()["id"]
        for field in (
            {"name": "title", "type": "TEXT", "is_required": True, "max_length": 200},
            {"name": "pages", "type": "INTEGER", "min": 1, "is_indexed": True},
            {"name": "isbn", "type": "TEXT", "max_length": 20, "is_unique": True},
        ):
            answer = self.ask("POST", f"/api/v1/metadata/entities/{entity}/fields", field, admin)
            assert answer.status == 201, answer
        return entity

    def audit(self, event):
        """Rows of audit_logs of that event, newest first, read from the database itself."""
        return self.rows(f"SELECT * FROM audit_logs WHERE event_type = '{event}' ORDER BY timestamp DESC")

    def rows(self, question):
        """Rows by name, past the server. Names of tables are SQLite's."""
        if DATABASE == "postgres":
            question = question.replace("mb_meta_", "mb_meta.").replace("mb_data_", "mb_data.")
            told = cluster().run("psql", "-X", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", f"SELECT row_to_json(q) FROM ({question}) q",
                                 cluster().url(self.database) + "&options=-csearch_path%3Dmb_meta")
            return [json.loads(line) for line in told.splitlines()]
        import sqlite3

        with sqlite3.connect(f"file:{self.state}/metabuilder.db?mode=ro", uri=True) as database:
            database.row_factory = sqlite3.Row
            return [{**row, "metadata": json.loads(row["metadata"])} if "metadata" in row.keys() else row for row in database.execute(question).fetchall()]

    def dump(self):
        """Every row of every table as one text."""
        if DATABASE == "postgres":
            told = cluster().run("pg_dump", "--data-only", "--inserts", cluster().url(self.database))
            return "\n".join(line for line in told.splitlines() if not line.startswith(("\\restrict", "\\unrestrict")))
        import sqlite3

        with sqlite3.connect(f"file:{self.state}/metabuilder.db?mode=ro", uri=True) as database:
            return "\n".join(database.iterdump())

    def written(self):
        """Every row that a request may have written, to be compared with a later look: the mails are out, and what seals the log is left out."""
        deadline = time.monotonic() + START_SECONDS
        while self.rows("SELECT id FROM outbox WHERE sent_at IS NULL AND failed_at IS NULL") and time.monotonic() < deadline:
            time.sleep(0.05)
        return [line for line in self.dump().splitlines() if "audit_seals" not in line]


def id_text(stored):
    """An identity of a row as hexadecimal digits."""
    return stored.replace("-", "") if isinstance(stored, str) else bytes(stored).hex()


def quoted(parameters):
    return urllib.parse.urlencode(parameters)
