"""A full disk, a full log, too few descriptors, floods and overload: what was acknowledged is there, and every answer is an honest one."""

import collections
import http.client
import multiprocessing
import os
import pathlib
import socket
import subprocess
import sys
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
from server_under_test import ADMIN_EMAIL, ADMIN_PASSWORD, Server  # noqa: E402

from load import Load  # noqa: E402
from report import note  # noqa: E402

SECONDS = float(os.environ.get("MB_FAULT_SECONDS", "3"))
MIB = 1024 * 1024


def can_mount():
    return subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode == 0


def resident_mib(process):
    for line in pathlib.Path(f"/proc/{process.pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


class SmallDisk(Server):
    """Its state folder is a memory file system of that many MiB, seen by the server alone."""

    def __init__(self, mib, ballast_mib=0, **environment):
        super().__init__(**environment)
        mount = f'mount -t tmpfs -o size={mib}m tmpfs "$STATE_DIR" && head -c {ballast_mib}M /dev/zero > "$STATE_DIR/ballast" && exec "$@"'
        self.prefix = ["unshare", "--mount", "sh", "-c", mount, "sh"]

    def inside(self, name):
        return pathlib.Path(f"/proc/{self.process.pid}/root{self.state}/{name}")


@unittest.skipUnless(can_mount(), "needs a mount namespace")
class FullDisk(unittest.TestCase):
    def test_a_full_disk_refuses_writes_serves_reads_and_heals(self):
        with SmallDisk(12, ballast_mib=4) as server:
            admin = server.admin()
            server.define_books(admin)
            made, refused = [], None
            for number in range(100_000):
                answer = server.ask("POST", "/api/v1/entities/books/records", {"title": f"{number:0150d}"}, admin)
                if answer.status != 201:
                    refused = answer
                    break
                made.append(answer.json()["id"])
            self.assertEqual(refused.status, 503, refused)
            self.assertIsNotNone(refused.field("Retry-After"))
            self.assertEqual(server.ask("GET", "/health").status, 200)
            for known in made[:: max(1, len(made) // 50)]:
                self.assertEqual(server.ask("GET", f"/api/v1/entities/books/records/{known}", token=admin).status, 200)
            server.inside("ballast").unlink()
            deadline = time.monotonic() + 30
            while (answer := server.ask("POST", "/api/v1/entities/books/records", {"title": "after"}, admin)).status == 503 and time.monotonic() < deadline:
                time.sleep(0.1)
            self.assertEqual(answer.status, 201, answer)
            lost = [known for known in made if server.ask("GET", f"/api/v1/entities/books/records/{known}", token=admin).status != 200]
            self.assertEqual(lost, [])
            note({"fault": "disk full, SQLite", "what was done": "writes until the file system is full, then 4 MiB freed", "acknowledged writes": len(made), "lost": 0,
                  "told to come later": 1, "cut off": 0})

    def test_a_full_log_stops_nothing(self):
        with Server(log_to="/dev/full", LOG_LEVEL="info") as server:
            admin = server.admin()
            server.define_books(admin)
            with Load([server], admin, writers=2, readers=1) as load:
                time.sleep(SECONDS)
            self.assertEqual(load.dishonest, [])
            self.assertEqual(set(load.statuses), {200, 201})
            self.assertEqual(load.lost(server, admin), [])
            note(load.row("log device full", "every line that the server writes is refused with ENOSPC", []))


class Descriptors(unittest.TestCase):
    def test_with_64_descriptors_200_connections_end_in_answers_or_refusals_and_it_goes_on(self):
        with Server(limit_files=64) as server:
            admin = server.admin()
            server.define_books(admin)
            held = []
            answered = closed = 0
            for number in range(200):
                opened = socket.socket()
                opened.settimeout(5)
                opened.bind((f"127.0.0.{2 + number // 50}", 0))
                try:
                    opened.connect(("127.0.0.1", server.port))
                    opened.sendall(f"GET /health HTTP/1.1\r\nHost: localhost:{server.port}\r\n\r\n".encode())
                except OSError:
                    closed += 1
                held.append(opened)
            for opened in held:
                try:
                    answered += opened.recv(15).startswith(b"HTTP/1.1 ")
                except OSError:
                    closed += 1
            self.assertGreater(answered, 20)
            self.assertIsNone(server.process.poll())
            for opened in held:
                opened.close()
            deadline = time.monotonic() + 30
            status = 0
            while status != 201 and time.monotonic() < deadline:
                try:
                    status = server.ask("POST", "/api/v1/entities/books/records", {"title": "after"}, admin).status
                except OSError:
                    time.sleep(0.1)
            self.assertEqual(status, 201)
            note({"fault": "64 descriptors, 200 connections", "what was done": f"{answered} were answered, the others waited or were closed; then all were closed",
                  "acknowledged writes": 1, "lost": 0, "told to come later": 0, "cut off": 200 - answered})


def percentile(values, share):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * share))] if values else 0.0


def processors_apart():
    """The processors of the server, and that of its clients: what these use is not missing there, as if they were other machines. On one processor all share it."""
    first, *others = sorted(os.sched_getaffinity(0))
    return set(others) or {first}, {first}


def attack(server, seconds, told):
    """A process of its own: 60 connections that guess passwords, each for another account, since one that is locked would not be hashed for."""
    # what else runs on the clients' processor is never kept waiting by this process, but by the server alone
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    end, statuses, slow, broken = time.monotonic() + seconds, collections.Counter(), [], []

    def guess(number):
        connection, count = server.connection(), 0
        while time.monotonic() < end:
            begun, count = time.monotonic(), count + 1
            body = {"email": f"user{number}-{count}@example.com", "password": "wrong, and long enough"}
            try:
                statuses[server.ask("POST", "/api/v1/auth/login", body, connection=connection).status] += 1
                slow.append(time.monotonic() - begun)
            except Exception as reason:
                broken.append(repr(reason))
                break
        connection.close()

    guessing = [threading.Thread(target=guess, args=(number,)) for number in range(60)]
    for each in guessing:
        each.start()
    for each in guessing:
        each.join()
    told.put((statuses, max(slow), broken))


class Flood(unittest.TestCase):
    """Wrong passwords from 64 connections: they are told so, or to come later; others go on working."""

    def setUp(self):
        own = os.sched_getaffinity(0)
        self.of_server, of_clients = processors_apart()
        os.sched_setaffinity(0, of_clients)
        self.addCleanup(os.sched_setaffinity, 0, own)

    def probe(self, server, token, cookies, record, seconds):
        """Seconds that each refresh and each read of a record took."""
        took = collections.defaultdict(list)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            begun = time.monotonic()
            answer = server.refresh(cookies[0], {})
            self.assertEqual(answer.status, 200, answer)
            cookies[0] = answer.cookie("refresh")
            took["refresh"].append(time.monotonic() - begun)
            for _ in range(4):
                begun = time.monotonic()
                answer = server.ask("GET", f"/api/v1/entities/books/records/{record}", token=token)
                self.assertEqual(answer.status, 200, answer)
                took["read"].append(time.monotonic() - begun)
        return took

    def flood(self, limited):
        server = Server(RATE_LIMIT_ENABLED=limited, RATE_LIMIT_DEFAULT="1000000/1m")
        server.prefix = ["taskset", "--cpu-list", ",".join(map(str, self.of_server))]
        with server:
            login = server.login(ADMIN_EMAIL, ADMIN_PASSWORD)
            token, cookies = server.admin(), [login.cookie("refresh")]
            server.define_books(token)
            record = server.ask("POST", "/api/v1/entities/books/records", {"title": "Rayuela"}, token).json()["id"]
            before = self.probe(server, token, cookies, record, SECONDS)
            told = multiprocessing.Queue()
            attacker = multiprocessing.Process(target=attack, args=(server, SECONDS + 1, told))
            attacker.start()
            time.sleep(0.5)
            during = self.probe(server, token, cookies, record, SECONDS)
            statuses, longest, broken = told.get(timeout=60)
            attacker.join()
            self.assertEqual(broken, [])
            self.assertLessEqual(set(statuses), {401, 423, 429, 503})
            self.assertLess(longest, 20)  # and never a time-out: a client of this test gives up after 30 s
            ratios = {kind: percentile(during[kind], 0.99) / percentile(before[kind], 0.99) for kind in before}
            note({"fault": "login flood" + (", limits on" if limited == "true" else ", limits off"), "what was done": f"60 connections of wrong passwords: {dict(sorted(statuses.items()))}",
                  "acknowledged writes": len(during["refresh"]), "lost": 0, "told to come later": statuses[503] + statuses[429], "cut off": 0,
                  "longest answer": f"{longest:.2f} s; p99 of others " + ", ".join(f"{kind} {ratio:.1f} times" for kind, ratio in sorted(ratios.items()))})

    def test_without_limits_the_hash_queue_holds(self):
        self.flood("false")

    def test_with_limits_most_are_refused_before_hashing(self):
        self.flood("true")


class Overload(unittest.TestCase):
    def test_twice_what_may_be_inside_ends_in_answers_and_503_within_two_seconds_and_flat_memory(self):
        with Server(HTTP_MAX_CONCURRENT="16", HTTP_BACKPRESSURE_QUEUE="8", BCRYPT_SALT_ROUNDS="10") as server:
            admin = server.admin()
            server.define_books(admin)
            health, stop = [], threading.Event()

            def watch():
                # from an address of its own: one address may hold 64 connections, and those of the load end a little after their clients
                while not stop.is_set():
                    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30, source_address=("127.0.0.2", 0))
                    health.append(server.ask("GET", "/api/v1/health/live", connection=connection).status)
                    connection.close()
                    time.sleep(0.02)

            watcher = threading.Thread(target=watch)
            watcher.start()
            with Load([server], admin, writers=40, readers=8) as load:
                time.sleep(SECONDS / 2)
                early = resident_mib(server.process)
                time.sleep(SECONDS)
                late = resident_mib(server.process)
            stop.set()
            watcher.join()
            self.assertEqual(load.dishonest, [])
            self.assertEqual(load.cut_off, 0)
            self.assertEqual(set(health), {200})
            self.assertLess(late - early, 32)
            self.assertEqual(load.lost(server, admin), [])
            note(load.row("twice HTTP_MAX_CONCURRENT", f"48 clients, 16 may be inside, 8 wait; resident {early:.0f} to {late:.0f} MiB", []))


if __name__ == "__main__":
    unittest.main(verbosity=2)
