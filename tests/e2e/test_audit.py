"""The audit log: found, taken as a file, sealed, and what somebody with the database in their hands did to it."""
# each run: postgres
# on demand: sqlite

import csv
import io
import json
import subprocess
import time
import unittest

from server_under_test import BIN, DATABASE, Server, cluster


class Explorer(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server())
        cls.admin = cls.server.admin()
        cls.server.register("ana@example.com")
        cls.ana = cls.server.token("ana@example.com")
        cls.user = cls.server.ask("GET", "/api/v1/user/me", token=cls.ana).json()["id"]
        for number in range(7):
            cls.server.ask("PATCH", "/api/v1/user/me", {"display_name": f"Ana {number}"}, cls.ana)
        cls.server.login("ana@example.com", "no es la buena")

    def page(self, query="", token=None):
        return self.server.ask("GET", "/api/v1/admin/audit" + query, token=token or self.admin)

    def walk(self, query):
        rows, cursor = [], ""
        while True:
            answer = self.page(f"{query}{cursor}")
            self.assertEqual(answer.status, 200, answer)
            rows += answer.json()["data"]
            if not answer.json()["hasMore"]:
                return rows
            cursor = "&cursor=" + answer.json()["nextCursor"]

    def test_filters_find_what_fits_and_pages_join(self):
        rows = self.walk(f"?limit=2&event=PERFIL_MODIFICADO&user_id={self.user}")
        self.assertEqual(len(rows), 7)
        self.assertEqual({row["event_type"] for row in rows}, {"PERFIL_MODIFICADO"})
        self.assertEqual(rows, sorted(rows, key=lambda row: row["timestamp"], reverse=True))
        self.assertEqual(len({row["log_id"] for row in rows}), 7)
        failed = self.walk("?event=LOGIN_FALLIDO")
        self.assertEqual((len(failed), failed[0]["severity"], failed[0]["status_code"]), (1, "MEDIUM", 401))
        self.assertEqual(self.walk(f"?correlation_id={failed[0]['correlation_id']}&severity=MEDIUM"), failed)
        self.assertEqual(self.walk(f"?event=LOGIN_FALLIDO&ip_hash={failed[0]['ip_hash']}"), failed)
        self.assertEqual(self.walk("?event=LOGIN_FALLIDO&to=2020-01-01T00:00:00Z"), [])
        self.assertEqual(self.walk("?event=LOGIN_FALLIDO&from=2020-01-01T00:00:00Z"), failed)

    def test_what_cannot_be_read_is_refused(self):
        for query in ("?event=NADA", "?severity=low", "?user_id=x", "?from=ayer", "?limit=0", "?limit=101", "?correlation_id=1"):
            self.assertEqual((self.page(query).status, self.page(query).code), (400, "PARAMETRO_INVALIDO"), query)
        cursor = self.page("?limit=1").json()["nextCursor"]
        self.assertEqual(self.page("?limit=1&cursor=" + cursor).status, 200)
        self.assertEqual(self.page("?limit=1&event=LOGOUT&cursor=" + cursor).code, "CURSOR_INVALIDO")
        self.assertEqual(self.page("?x=1").code, "PARAMETRO_DESCONOCIDO")
        self.assertEqual(self.page(token=self.ana).status, 403)

    def test_a_file_is_taken_in_parts_and_that_is_written_down(self):
        before = len(self.server.audit("BULK_DATA_EXPORT"))
        first = self.server.ask("GET", "/api/v1/admin/audit/export?format=csv&event=PERFIL_MODIFICADO&limit=4", token=self.admin)
        self.assertEqual((first.status, first.field("Content-Type")), (200, "text/csv; charset=utf-8"))
        self.assertIn("audit.csv", first.field("Content-Disposition"))
        rows = list(csv.DictReader(io.StringIO(first.body)))
        self.assertEqual(len(rows), 4)
        self.assertEqual(json.loads(rows[0]["metadata"]), {"fields": "display_name"})
        rest = self.server.ask("GET", "/api/v1/admin/audit/export?format=csv&event=PERFIL_MODIFICADO&limit=4&cursor=" + first.field("Next-Cursor"), token=self.admin)
        rows += list(csv.DictReader(io.StringIO(rest.body)))
        self.assertEqual((len(rows), len({row["log_id"] for row in rows}), rest.field("Next-Cursor")), (7, 7, None))
        lines = self.server.ask("GET", "/api/v1/admin/audit/export?event=PERFIL_MODIFICADO", token=self.admin)
        self.assertEqual(lines.field("Content-Type"), "application/x-ndjson")
        self.assertEqual([json.loads(line)["log_id"] for line in lines.body.splitlines()], [row["log_id"] for row in rows])
        self.assertEqual(len(self.server.audit("BULK_DATA_EXPORT")), before + 3)
        self.assertEqual(self.server.ask("GET", "/api/v1/admin/audit/export", token=self.ana).status, 403)


class Reports(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server())
        cls.admin = cls.server.admin()
        cls.server.register("ana@example.com")
        cls.ana = cls.server.token("ana@example.com")

    def report(self, name, query=""):
        answer = self.server.ask("GET", f"/api/v1/admin/reports/{name}{query}", token=self.admin)
        self.assertEqual(answer.status, 200, answer)
        return answer.json()

    def test_every_question_has_its_answer(self):
        listed = self.server.ask("GET", "/api/v1/admin/reports", token=self.admin).json()["data"]
        self.assertEqual(len(listed), 12)
        for each in listed:
            made = self.report(each["name"])
            self.assertEqual((made["report"], made["question"], made["complete"]), (each["name"], each["question"], True))
        self.assertEqual(self.server.ask("GET", "/api/v1/admin/reports/nada", token=self.admin).status, 404)
        for query in ("?from=ayer", "?target_ms=0", "?target_ms=60001", "?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z"):
            refused = self.server.ask("GET", "/api/v1/admin/reports/response-targets" + query, token=self.admin)
            self.assertEqual((refused.status, refused.code), (400, "PARAMETRO_INVALIDO"), query)
        self.assertEqual(self.server.ask("GET", "/api/v1/admin/reports/sensitive-access", token=self.ana).status, 403)

    def test_what_was_done_is_in_the_answers(self):
        self.server.ask("GET", "/api/v1/user/me/data", token=self.ana)
        self.assertIn("SENSITIVE_DATA_ACCESSED", [row["event_type"] for row in self.report("sensitive-access")["data"]])
        self.server.ask("POST", "/api/v1/admin/roles", {"name": "mio", "permissions": []}, self.ana)
        last = self.report("configuration-changes")["data"][0]
        self.assertEqual((last["event_type"], last["outcome"], last["rule"]), ("PRIVILEGE_ESCALATION_ATTEMPT", "refused", "default:deny"))
        self.assertIn("user", [row["role"] for row in self.report("endpoints-by-role")["data"]])
        self.assertTrue(all(row["percent"] == 100 for row in self.report("response-targets", "?target_ms=60000")["data"]))
        self.assertGreaterEqual(self.report("logins-by-country")["data"][0]["successful"], 2)

    def test_attempts_are_filtered_and_paged(self):
        self.server.login("ana@example.com", "no es la buena")
        page = self.server.ask("GET", "/api/v1/admin/login-attempts?successful=false&limit=1", token=self.admin)
        self.assertEqual((page.status, page.json()["data"][0]["failure_reason"]), (200, "CREDENCIALES_INVALIDAS"))
        self.assertNotIn("ana@example.com", page.body)
        every = self.server.ask("GET", "/api/v1/admin/login-attempts", token=self.admin).json()["data"]
        self.assertGreaterEqual(len(every), 3)
        self.assertEqual(self.server.ask("GET", "/api/v1/admin/login-attempts?successful=si", token=self.admin).code, "PARAMETRO_INVALIDO")
        self.assertEqual(self.server.ask("GET", "/api/v1/admin/login-attempts", token=self.ana).status, 403)

    def test_stray_and_suspicious_requests_are_counted_and_written_when_the_server_ends(self):
        with Server() as server:
            for path in ("/wp-login.php", "/.env", "/api/v1/nada?id=1%27%20OR%20%271%27=%271"):
                self.assertEqual(server.ask("GET", path).status, 404)
            server.ask("POST", "/api/v1/auth/login", {"email": "a@b.example", "password": "' OR '1'='1"})
            server.stop()
            rows = {event: json.loads(row["metadata"]) if isinstance(row["metadata"], str) else row["metadata"]
                    for event in ("RUTA_DESCONOCIDA", "INYECCION_DETECTADA") for row in server.audit(event)}
            self.assertEqual(rows, {"RUTA_DESCONOCIDA": {"requests": "3"}, "INYECCION_DETECTADA": {"requests": "2"}})


class Seals(unittest.TestCase):
    def tamper(self, server, text):
        """As somebody who owns the database: past the server and its rights."""
        if DATABASE == "postgres":
            cluster().run("psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-c", text.replace("audit_logs", "mb_meta.audit_logs"), cluster().url(server.database))
            return
        import sqlite3

        with sqlite3.connect(f"{server.state}/metabuilder.db", timeout=20) as database:
            database.execute(text)

    def verify(self, server, *more):
        made = subprocess.run([BIN / "metabuilder-admin", "audit", "verify", *more], env=server.environment, capture_output=True, text=True, timeout=60)
        return made.returncode, made.stdout

    def test_one_changed_one_removed_and_one_reordered_row_show(self):
        with Server() as server:
            server.register("ana@example.com")
            token = server.token("ana@example.com")
            for number in range(6):
                server.ask("PATCH", "/api/v1/user/me", {"display_name": f"Ana {number}"}, token)
            code, said = self.verify(server)
            self.assertEqual(code, 0, said)
            time.sleep(1.1)
            self.assertIn("filas selladas", server.admin_tool("audit", "seal", "--settled", "1"))
            code, said = self.verify(server)
            self.assertEqual(code, 0, said)
            noted = next(line.split()[-1] for line in said.splitlines() if line.startswith("último sello"))
            self.assertEqual(self.verify(server, "--noted", noted)[0], 0)
            self.assertEqual(self.verify(server, "--noted", noted[:-1] + ("0" if noted[-1] != "0" else "1"))[0], 1)
            self.assertEqual(self.verify(server, "--noted", "mal")[0], 1)

            changed, removed, moved = [row["log_id"] for row in server.audit("PERFIL_MODIFICADO")[:3]]

            def literal(value):
                return f"'{value}'" if isinstance(value, str) else "x'" + value.hex() + "'"

            later = "timestamp - interval '1 second'" if DATABASE == "postgres" else "timestamp - 1000000"
            self.tamper(server, f"UPDATE audit_logs SET status_code = 500 WHERE log_id = {literal(changed)}")
            self.tamper(server, f"DELETE FROM audit_logs WHERE log_id = {literal(removed)}")
            self.tamper(server, f"UPDATE audit_logs SET timestamp = {later} WHERE log_id = {literal(moved)}")
            code, said = self.verify(server)
            self.assertEqual(code, 1)

            def text(value):
                hexed = value.replace("-", "") if isinstance(value, str) else value.hex()
                return "-".join((hexed[:8], hexed[8:12], hexed[12:16], hexed[16:20], hexed[20:]))

            found = {tuple(line.split()[1:3]) for line in said.splitlines() if line.startswith("❌ row_")}
            self.assertEqual(found, {("row_changed", text(changed)), ("row_removed", text(removed)), ("row_reordered", text(moved))}, said)

    def test_the_server_seals_by_itself(self):
        with Server() as server:
            deadline = time.monotonic() + 90
            while time.monotonic() < deadline and "metabuilder_audit_rows_sealed_total 0" in server.ask("GET", "/metrics").body:
                time.sleep(1)
            self.assertNotIn("metabuilder_audit_rows_sealed_total 0", server.ask("GET", "/metrics").body)
            self.assertEqual(self.verify(server)[0], 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
