"""PostgreSQL and Redis restarted, stopped, emptied, cut off and talking nonsense under load: nothing acknowledged is lost, nobody who left is let in."""

import collections
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
from redis_under_test import Redis  # noqa: E402
from server_under_test import PostgresServer, Server, free_port  # noqa: E402

from fault_proxy import FaultProxy  # noqa: E402
from load import Load  # noqa: E402
from report import note  # noqa: E402

SECONDS = float(os.environ.get("MB_FAULT_SECONDS", "3"))
BOOKS = "/api/v1/entities/books/records"
# replicas of one installation share their issuer; here each has a port of its own. Argon2id is quicker to test with.
SHARED = {"PASSWORD_HASH": "argon2id", "JWT_ISSUER": "https://faults.example.com", "REDIS_TIMEOUT_MS": "150"}


def family_of(pid):
    """The process and its children."""
    found = [pid]
    for entry in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            if int(entry.read_text().rpartition(")")[2].split()[1]) == pid:
                found.append(int(entry.parent.name))
        except OSError:
            pass
    return found


class OnPostgres(unittest.TestCase):
    def setUp(self):
        self.cluster = PostgresServer(durable=True, port=free_port()).start()
        self.addCleanup(self.cluster.__exit__)
        self.cluster.query("CREATE DATABASE faults")
        self.proxy = FaultProxy(("127.0.0.1", self.cluster.port))
        self.addCleanup(self.proxy.__exit__)

    def serve(self, port, **settings):
        server = Server(DATABASE_URL=f"postgresql://mb@127.0.0.1:{port}/faults", **{**SHARED, **settings}).start()
        self.addCleanup(server.__exit__)
        return server

    def await_writes(self, server, admin):
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if server.ask("POST", BOOKS, {"title": "after"}, admin).status == 201:
                return
            time.sleep(0.1)
        self.fail("the server did not find its database again: " + server.log_text()[-3000:])

    def check(self, server, admin, load, fault, done):
        """What every fault leaves behind: all that was acknowledged, each once, each with its audit row."""
        self.await_writes(server, admin)
        self.assertEqual(load.dishonest, [])
        lost = load.lost(server, admin)
        self.assertEqual(lost, [])
        titles, cursor = [], ""
        while cursor is not None:
            page = server.ask("GET", f"{BOOKS}?limit=200&fields=title" + (f"&cursor={cursor}" if cursor else ""), token=admin).json()
            titles += [each["title"] for each in page["data"]]
            cursor = page["nextCursor"]
        repeated = [title for title, times in collections.Counter(titles).items() if times > 1 and title != "after"]
        self.assertEqual(repeated, [])
        audited = int(self.cluster.query("SELECT count(*) FROM mb_meta.audit_logs WHERE event_type = 'REGISTRO_CREADO'", "faults")[0][0])
        self.assertEqual(audited, len(titles))
        note(load.row(fault, done, lost))

    def begin(self, port):
        server = self.serve(port)
        admin = server.admin()
        server.define_books(admin)
        return server, admin

    def test_restarted_every_two_seconds(self):
        server, admin = self.begin(self.cluster.port)
        restarts = max(2, int(SECONDS / 2))
        with Load([server], admin) as load:
            for number in range(restarts):
                time.sleep(2)
                self.cluster.crash() if number % 2 else self.cluster.stop()
                self.cluster.start()
        self.check(server, admin, load, "PostgreSQL restarted", f"every 2 s, {restarts} times, every other time as by a power cut")

    def test_cut_off_after_commit_was_sent(self):
        server, admin = self.begin(self.proxy.port)
        self.proxy.share, self.proxy.swallow = 0.05, b"COMMIT\0"
        with Load([server], admin) as load:
            time.sleep(SECONDS)
        self.proxy.swallow = None
        self.assertGreater(self.proxy.swallowed, 0)
        self.check(server, admin, load, "connection cut after COMMIT", f"{self.proxy.swallowed} answers to COMMIT swallowed, and their connections cut")

    def test_stopped_for_a_while(self):
        server, admin = self.begin(self.cluster.port)
        with Load([server], admin) as load:
            time.sleep(SECONDS / 3)
            stopped = family_of(self.cluster.process.pid)
            for pid in stopped:
                os.kill(pid, signal.SIGSTOP)
            time.sleep(SECONDS)
            self.assertEqual(server.ask("GET", "/api/v1/health/live").status, 200)
            for pid in stopped:
                os.kill(pid, signal.SIGCONT)
            time.sleep(SECONDS / 3)
        self.check(server, admin, load, "PostgreSQL stopped by SIGSTOP", f"for {SECONDS:.0f} s")

    def test_a_replica_is_killed(self):
        server, admin = self.begin(self.cluster.port)
        with Load([server], admin) as load:
            for _ in range(max(2, int(SECONDS / 3))):
                time.sleep(1)
                server.kill()
                server.start()
        self.check(server, admin, load, "server killed by SIGKILL, PostgreSQL", "again and again under load")


class OnRedis(unittest.TestCase):
    def setUp(self):
        self.redis = Redis().start()
        self.addCleanup(self.redis.__exit__)
        self.proxy = FaultProxy(("127.0.0.1", self.redis.port))
        self.addCleanup(self.proxy.__exit__)
        self.server = Server(REDIS_URL=f"redis://127.0.0.1:{self.proxy.port}", **SHARED).start()
        self.addCleanup(self.server.__exit__)
        self.admin = self.server.admin()
        self.server.define_books(self.admin)

    def leave(self):
        """Somebody logs in, is known, and logs out."""
        login = self.server.login("admin@example.com", "siete grullas sobre el tejado")
        token = login.json()["access_token"]
        self.assertEqual(self.server.ask("GET", "/api/v1/user/me", token=token).status, 200)
        answer = self.server.ask("POST", "/api/v1/auth/logout", headers={"Cookie": f"refresh={login.cookie('refresh')}", "Origin": self.server.origin})
        return token, answer.status

    def under(self, fault, done, breaks, heals):
        gone, status = self.leave()
        self.assertEqual(status, 204)
        let_in = []
        with Load([self.server], self.admin) as load:
            breaks()
            end = time.monotonic() + SECONDS
            while time.monotonic() < end:
                answer = self.server.ask("GET", "/api/v1/user/me", token=gone)
                if answer.status not in (401, 503):
                    let_in.append(answer)
                leaver, status = self.leave()
                if status == 204 and self.server.ask("GET", "/api/v1/user/me", token=leaver).status not in (401, 503):
                    let_in.append(leaver)
            heals()
            end = time.monotonic() + SECONDS / 2
            while time.monotonic() < end:
                if (answer := self.server.ask("GET", "/api/v1/user/me", token=gone)).status not in (401, 503):
                    let_in.append(answer)
        self.assertEqual(let_in, [])
        self.assertEqual(load.dishonest, [])
        lost = load.lost(self.server, self.admin)
        self.assertEqual(lost, [])
        note(load.row(fault, done + "; nobody who had left was let in", lost))

    def set_mode(self, mode):
        self.proxy.mode = mode
        self.proxy.cut()

    def test_stopped(self):
        self.under("Redis stopped by SIGSTOP", f"for {SECONDS:.0f} s", self.redis.pause, self.redis.resume)

    def test_emptied(self):
        self.under("Redis flushed", "FLUSHALL under load", lambda: self.redis.tell("FLUSHALL"), lambda: self.redis.tell("FLUSHALL"))

    def test_restarted_empty(self):
        def restart():
            self.redis.kill()
            self.redis.start()

        self.under("Redis restarted empty", "killed and started, without its data", restart, restart)

    def test_talking_nonsense(self):
        self.under("Redis answers garbage", f"random bytes in place of its answers for {SECONDS:.0f} s", lambda: setattr(self.proxy, "mode", "garbage"), lambda: self.set_mode("pass"))

    def test_hanging(self):
        self.under("Redis hangs", f"takes connections and never answers for {SECONDS:.0f} s", lambda: setattr(self.proxy, "mode", "hang"), lambda: self.set_mode("pass"))


HAPROXY = """
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
frontend all
  bind 127.0.0.1:{port}
  default_backend replicas
backend replicas
  balance roundrobin
  server one 127.0.0.1:{one}
  server other 127.0.0.1:{other}
"""


@unittest.skipUnless(shutil.which("haproxy") or pathlib.Path("/usr/sbin/haproxy").exists(), "haproxy is not here: deploy/install.sh deploy")
class BehindHaproxy(unittest.TestCase):
    def test_of_fifty_refreshes_at_once_over_two_replicas_one_wins(self):
        rounds = max(8, int(SECONDS * 3.4))
        folder = pathlib.Path(tempfile.mkdtemp(prefix="mb-haproxy-"))
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        cluster = PostgresServer(durable=False, port=free_port()).start()
        self.addCleanup(cluster.__exit__)
        cluster.query("CREATE DATABASE faults")
        port = free_port()
        with Redis() as redis:
            settings = {**SHARED, "DATABASE_URL": cluster.url("faults"), "REDIS_URL": redis.url, "ALLOWED_ORIGINS": "http://localhost", "ALLOWED_HOSTS": "localhost",
                        "TRUSTED_PROXIES": "127.0.0.1"}
            with Server(**settings) as one, Server(state=one.state, **settings) as other:
                config = folder / "haproxy.cfg"
                config.write_text(HAPROXY.format(port=port, one=one.port, other=other.port))
                proxy = subprocess.Popen([shutil.which("haproxy") or "/usr/sbin/haproxy", "-db", "-f", config], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                self.addCleanup(proxy.wait)
                self.addCleanup(proxy.terminate)
                one.register("ana@example.com")
                winners = collections.Counter()
                for _ in range(rounds):
                    cookie = one.login("ana@example.com").cookie("refresh")
                    statuses, barrier = [], threading.Barrier(50)

                    def refresh():
                        connection = Server.connection(type("Front", (), {"port": port})())
                        connection.connect()
                        barrier.wait()
                        answer = one.ask("POST", "/api/v1/jwt/refresh", headers={"Cookie": f"refresh={cookie}", "Origin": "http://localhost", "Host": "localhost"},
                                         connection=connection)
                        statuses.append(answer.status)
                        connection.close()

                    racing = [threading.Thread(target=refresh) for _ in range(50)]
                    for each in racing:
                        each.start()
                    for each in racing:
                        each.join()
                    self.assertEqual(len(statuses), 50)
                    self.assertLessEqual(set(statuses), {200, 401})
                    winners[statuses.count(200)] += 1
                self.assertEqual(winners, {1: rounds})
                note({"fault": "50 refreshes of one token at once", "what was done": f"over two replicas behind HAProxy, {rounds} rounds: one 200 each", "acknowledged writes": rounds,
                      "lost": 0, "told to come later": 0, "cut off": 0})


if __name__ == "__main__":
    unittest.main(verbosity=2)
