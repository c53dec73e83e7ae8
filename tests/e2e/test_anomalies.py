"""Attacks from many addresses, on one account, and on a session: what the server finds of them, once, and who may look."""
# each run: postgres
# on demand: sqlite

import json
import threading
import time
import unittest

from redis_under_test import Redis
from server_under_test import DATABASE, PASSWORD, Server

STUFFING = "ANOMALIA_CREDENTIAL_STUFFING"
BRUTE_FORCE = "ANOMALIA_FUERZA_BRUTA"
UNUSUAL = "ANOMALIA_SESION_INUSUAL"
WRONG = "no es la buena"


class Watched(unittest.TestCase):
    """Servers that believe what a proxy on this machine says about its clients."""

    def server(self, **more):
        server = Server(TRUSTED_PROXIES="127.0.0.0/8", PASSWORD_HASH="argon2id", **more).start()
        self.addCleanup(server.__exit__)
        return server

    def fail(self, server, address, email):
        return server.ask("POST", "/api/v1/auth/login", {"email": email, "password": WRONG}, headers={"X-Forwarded-For": address})

    def fail_from(self, server, count, network="198.51.100"):
        for number in range(1, count + 1):
            self.assertEqual(self.fail(server, f"{network}.{number}", f"nobody{network}.{number}@example.com").status, 401)

    def page(self, server, token, query=""):
        answer = server.ask("GET", "/api/v1/admin/anomalies" + query, token=token)
        self.assertEqual(answer.status, 200, answer)
        return answer.json()

    def found(self, server, token, wanted, query=""):
        """The anomalies, once there are so many; they are written behind the requests."""
        deadline = time.monotonic() + 20
        while True:
            data = self.page(server, token, query)["data"]
            if len(data) >= wanted or time.monotonic() > deadline:
                self.assertEqual(len(data), wanted, data)
                return data
            time.sleep(0.05)

    def settle(self, seconds=2.5):
        time.sleep(seconds)  # more than the job takes to look twice

    def counted(self, server, kind):
        line = next(line for line in server.ask("GET", "/metrics").body.splitlines() if line.startswith(f'metabuilder_anomalies_total{{type="{kind}"'))
        return int(line.split()[-1])


class AnomalyDetection(Watched):
    def test_ten_failed_logins_are_silent_and_the_eleventh_address_is_stuffing(self):
        server = self.server()
        admin = server.admin()
        self.fail_from(server, 10)
        for _ in range(5):  # more failures, no more addresses
            self.fail(server, "198.51.100.1", f"other{_}@example.com")
        self.settle()
        self.assertEqual(self.page(server, admin)["data"], [])
        last = self.fail(server, "203.0.113.1", "one.more@example.com")
        self.assertEqual((last.status, last.code), (401, "CREDENCIALES_INVALIDAS"))
        row = self.found(server, admin, 1)[0]
        self.assertEqual((row["type"], row["severity"], row["subject"], row["user_id"]), (STUFFING, "HIGH", "", None))
        self.assertEqual(row["figures"], {"counted": 11, "threshold": 10, "window_seconds": 300})
        self.assertEqual((row["reviewed_at"], row["reviewed_by"]), (None, None))

        events = server.ask("GET", f"/api/v1/admin/audit?event={STUFFING}", token=admin).json()["data"]
        self.assertEqual(len(events), 1)
        self.assertEqual((events[0]["log_id"], events[0]["severity"], events[0]["status_code"]), (row["id"], "HIGH", 401))
        self.assertEqual(events[0]["metadata"], {"counted": "11", "threshold": "10", "window_seconds": "300"})
        self.assertEqual(events[0]["correlation_id"], last.field("X-Correlation-ID"))
        failed = server.ask("GET", f"/api/v1/admin/audit?event=LOGIN_FALLIDO&correlation_id={events[0]['correlation_id']}", token=admin).json()["data"]
        self.assertEqual(events[0]["ip_hash"], failed[0]["ip_hash"])

        lines = [json.loads(line) for line in server.log_text().splitlines() if STUFFING in line]
        self.assertEqual([line["level"].lower() in ("warn", "warning") for line in lines], [True], lines)
        self.assertEqual((self.counted(server, STUFFING), self.counted(server, BRUTE_FORCE)), (1, 0))
        stored = server.rows("SELECT * FROM anomalies")
        self.assertEqual(len(stored), 1)
        for told in (json.dumps([dict(row) for row in stored], default=str), json.dumps(row), json.dumps(events), json.dumps(lines)):
            self.assertNotIn("203.0.113", told)
            self.assertNotIn("198.51.100", told)

    def test_a_long_attack_is_one_row_whose_numbers_grow(self):
        server = self.server()
        admin = server.admin()
        self.fail_from(server, 11)
        first = self.found(server, admin, 1)[0]
        self.fail_from(server, 12, "203.0.113")
        deadline = time.monotonic() + 20
        while self.page(server, admin)["data"][0]["figures"]["counted"] < 22 and time.monotonic() < deadline:
            time.sleep(0.05)
        rows = self.page(server, admin)["data"]
        self.assertEqual([(row["id"], row["figures"]["counted"], row["created_at"]) for row in rows], [(first["id"], 22, first["created_at"])])
        self.assertEqual(len(server.audit(STUFFING)), 1)

    def test_the_sixth_failure_of_an_account_is_brute_force_beside_the_lockout_and_a_name_that_nobody_has_is_answered_alike(self):
        server = self.server()
        admin = server.admin()
        email = server.someone()
        someone = server.ask("GET", "/api/v1/user/me", token=server.token(email)).json()["id"]
        answers = {}
        for name in (email, "nobody.at.all@example.com"):
            answers[name] = []
            for _ in range(5):
                answer = self.fail(server, "198.51.100.1", name)
                answers[name].append((answer.status, answer.code, sorted(key for key, _ in answer.fields)))
        self.settle()
        self.assertEqual(self.page(server, admin)["data"], [])
        self.assertEqual(len(server.audit("CUENTA_BLOQUEADA")), 2)
        for name in answers:
            answer = self.fail(server, "198.51.100.1", name)
            answers[name].append((answer.status, answer.code, sorted(key for key, _ in answer.fields)))
        self.assertEqual(*answers.values())
        self.assertEqual([status for status, _, _ in answers[email]], [401, 401, 401, 401, 423, 423])
        rows = self.found(server, admin, 2)
        self.assertEqual({row["type"] for row in rows}, {BRUTE_FORCE})
        self.assertEqual({row["user_id"] for row in rows}, {someone, None})
        self.assertEqual({row["figures"]["counted"] for row in rows}, {6})
        self.assertEqual(len(server.audit("CUENTA_BLOQUEADA")), 2)
        self.assertEqual(len(server.audit(BRUTE_FORCE)), 2)
        self.assertNotIn("nobody", json.dumps(rows))

    def test_a_session_that_is_used_from_three_addresses_is_unusual_and_goes_on(self):
        server = self.server()
        admin = server.admin()
        email = server.someone()
        login = server.ask("POST", "/api/v1/auth/login", {"email": email, "password": PASSWORD}, headers={"X-Forwarded-For": "198.51.100.1"})
        cookie = login.cookie("refresh")
        for address in ("198.51.100.1", "198.51.100.2", "198.51.100.1"):
            answer = server.refresh(cookie, {"X-Forwarded-For": address})
            self.assertEqual(answer.status, 200, answer)
            cookie = answer.cookie("refresh")
        self.settle()
        self.assertEqual(self.page(server, admin)["data"], [])
        answer = server.refresh(cookie, {"X-Forwarded-For": "203.0.113.1"})
        self.assertEqual(answer.status, 200)
        row = self.found(server, admin, 1)[0]
        self.assertEqual((row["type"], row["figures"]["counted"], row["figures"]["threshold"], row["figures"]["window_seconds"]), (UNUSUAL, 3, 2, 3600))
        session = server.ask("GET", "/api/v1/jwt/sessions", token=answer.json()["access_token"]).json()["data"][0]
        self.assertEqual(row["subject"], session["id"])
        self.assertEqual(server.refresh(answer.cookie("refresh"), {"X-Forwarded-For": "203.0.113.1"}).status, 200)
        data = server.ask("GET", "/api/v1/user/me/data", token=server.token(email)).json()
        self.assertEqual([each["type"] for each in data["anomalies"]], [UNUSUAL])

    def test_who_administers_filters_pages_and_marks_and_nobody_else(self):
        server = self.server()
        admin = server.admin()
        email = server.someone()
        token = server.token(email)
        self.fail_from(server, 11)
        for name in ("a@example.com", "b@example.com", "c@example.com"):
            for _ in range(6):
                self.fail(server, "198.51.100.1", name)
        every = self.found(server, admin, 4)
        self.assertEqual(every, sorted(every, key=lambda row: row["created_at"], reverse=True))
        self.assertEqual(len(self.page(server, admin, f"?type={BRUTE_FORCE}")["data"]), 3)
        self.assertEqual(len(self.page(server, admin, f"?type={UNUSUAL}")["data"]), 0)
        self.assertEqual(len(self.page(server, admin, "?from=2020-01-01T00:00:00Z&to=2021-01-01T00:00:00Z")["data"]), 0)
        walked, cursor = [], ""
        while True:
            page = self.page(server, admin, f"?limit=1&type={BRUTE_FORCE}{cursor}")
            walked += page["data"]
            if not page["hasMore"]:
                break
            cursor = "&cursor=" + page["nextCursor"]
        self.assertEqual(walked, [row for row in every if row["type"] == BRUTE_FORCE])
        first = self.page(server, admin, "?limit=1")["nextCursor"]
        for query, code in (("?type=NADA", "PARAMETRO_INVALIDO"), ("?type=LOGIN_FALLIDO", "PARAMETRO_INVALIDO"), ("?reviewed=si", "PARAMETRO_INVALIDO"), ("?from=ayer", "PARAMETRO_INVALIDO"),
                            ("?limit=0", "PARAMETRO_INVALIDO"), ("?limit=101", "PARAMETRO_INVALIDO"), (f"?limit=1&reviewed=true&cursor={first}", "CURSOR_INVALIDO"), ("?x=1", "PARAMETRO_DESCONOCIDO")):
            answer = server.ask("GET", "/api/v1/admin/anomalies" + query, token=admin)
            self.assertEqual((answer.status, answer.code), (400, code), query)
        self.assertEqual(server.ask("GET", "/api/v1/admin/anomalies", token=token).status, 403)
        self.assertEqual(server.ask("GET", "/api/v1/admin/anomalies").status, 401)

        one = f"/api/v1/admin/anomalies/{every[0]['id']}"
        self.assertEqual(server.ask("PATCH", one, {"reviewed": True}, token).status, 403)
        for body in ({}, {"reviewed": "true"}, {"reviewed": True, "x": 1}):
            self.assertEqual(server.ask("PATCH", one, body, admin).status, 422, body)
        for missing in ("0196f0f0-1234-7abc-8def-001122334455", "x"):
            answer = server.ask("PATCH", f"/api/v1/admin/anomalies/{missing}", {"reviewed": True}, admin)
            self.assertEqual((answer.status, answer.code), (404, "ANOMALIA_NO_ENCONTRADA"))
        marked = server.ask("PATCH", one, {"reviewed": True}, admin)
        me = server.ask("GET", "/api/v1/user/me", token=admin).json()["id"]
        self.assertEqual((marked.status, marked.json()["reviewed_by"]), (200, me))
        again = server.ask("PATCH", one, {"reviewed": True}, admin)
        self.assertEqual(again.json(), marked.json())
        self.assertEqual(len(server.audit("ANOMALIA_REVISADA")), 1)
        self.assertEqual(self.page(server, admin, "?reviewed=true")["data"], [marked.json()])
        self.assertEqual(len(self.page(server, admin, "?reviewed=false")["data"]), 3)
        self.assertIsNone(server.ask("PATCH", one, {"reviewed": False}, admin).json()["reviewed_at"])
        self.assertEqual(len(self.page(server, admin, "?reviewed=false")["data"]), 4)

    def test_an_erased_account_is_in_no_anomaly(self):
        server = self.server()
        admin = server.admin()
        email = server.someone()
        someone = server.ask("GET", "/api/v1/user/me", token=server.token(email)).json()["id"]
        for _ in range(6):
            self.fail(server, "198.51.100.1", email)
        self.assertEqual(self.found(server, admin, 1)[0]["user_id"], someone)
        self.assertEqual(server.ask("DELETE", f"/api/v1/admin/users/{someone}", token=admin).status, 204)
        row = self.page(server, admin)["data"][0]
        self.assertEqual((row["user_id"], row["subject"], row["figures"]["counted"]), (None, "", 6))


class Robust(Watched):
    def test_what_was_found_last_is_written_when_the_server_ends(self):
        server = self.server()
        self.fail_from(server, 11)
        server.stop()
        self.assertEqual([row["type"] for row in server.rows("SELECT type FROM anomalies")], [STUFFING])

    def test_a_restart_writes_no_second_row_of_a_window(self):
        with Redis() as redis:
            server = self.server(REDIS_URL=redis.url)
            self.fail_from(server, 11)
            self.found(server, server.admin(), 1)
            server.stop()
            server.start()
            admin = server.admin()
            self.fail_from(server, 3, "203.0.113")
            self.settle()
            self.assertEqual([row["figures"]["counted"] for row in self.page(server, admin)["data"]], [12])
            self.assertEqual(len(server.audit(STUFFING)), 1)

    def test_without_redis_a_server_goes_on_from_what_it_counted_itself(self):
        with Redis() as redis:
            server = self.server(REDIS_URL=redis.url)
            admin = server.admin()
            self.fail_from(server, 8)
            redis.kill()
            self.fail_from(server, 3, "203.0.113")
            self.assertEqual(self.found(server, admin, 1)[0]["figures"]["counted"], 11)
            self.assertNotIn("metabuilder_anomaly_counts_alone_total 0\n", server.ask("GET", "/metrics").body)

    def test_replicas_count_one_attack_and_write_it_once(self):
        with Redis() as redis:
            settings = {"REDIS_URL": redis.url, "JWT_ISSUER": "https://replicas.example.com"}
            one = self.server(**settings)
            if DATABASE == "postgres":
                settings["DATABASE_URL"] = one.environment["DATABASE_URL"]
            other = self.server(state=one.state, log_to=one.state / "other.log", **settings)
            admin = one.admin()
            for number in range(1, 6):
                self.fail(one, f"198.51.100.{number}", f"nobody{number}@example.com")
                self.fail(other, f"203.0.113.{number}", f"no.one{number}@example.com")
            self.settle()
            self.assertEqual(self.page(one, admin)["data"], [])
            threads = [threading.Thread(target=self.fail, args=(server, address, f"{address}@example.com"))
                       for server, address in ((one, "192.0.2.1"), (other, "192.0.2.2"), (one, "192.0.2.3"), (other, "192.0.2.4"))]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            self.found(one, admin, 1)
            self.settle()
            self.assertEqual(len(self.page(other, admin)["data"]), 1)
            self.assertEqual(len(one.audit(STUFFING)), 1)
            self.assertEqual(self.counted(one, STUFFING) + self.counted(other, STUFFING), 1)


if __name__ == "__main__":
    unittest.main(verbosity=2)
