"""The country of an address and the risk of a login, against the running server, with databases that are written here."""
# each run: sqlite
# on demand: postgres

import pathlib
import signal
import sys
import tempfile
import time
import unittest

from server_under_test import PASSWORD, ROOT, START_SECONDS, Server

sys.path.insert(0, str(ROOT / "tests/maxminddb"))
import mmdb  # noqa: E402

SPAIN, FRANCE, NOWHERE, ARGENTINA = "192.0.2.10", "198.51.100.10", "233.252.0.10", "2001:db8::10"


class Countries(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = pathlib.Path(folder.name, "countries.mmdb")
        mmdb.write(self.file, mmdb.COUNTRIES)

    def serving(self, **environment):
        server = Server(GEOIP_DB=self.file, TRUSTED_PROXIES="127.0.0.1", **environment).start()
        self.addCleanup(server.stop)
        return server

    def login(self, server, email, address, password=PASSWORD, device=None):
        headers = {"X-Forwarded-For": address, **({"Cookie": f"dev={device}"} if device else {})}
        return server.ask("POST", "/api/v1/auth/login", {"email": email, "password": password}, headers=headers)

    def last(self, server):
        return dict(server.rows("SELECT country_code, risk_score, is_suspicious, successful FROM login_attempts ORDER BY attempt_time DESC LIMIT 1")[0])

    def test_the_country_of_a_login_is_written_down_and_told(self):
        server = self.serving()
        email = server.someone()
        for address, country in ((SPAIN, "ES"), (FRANCE, "FR"), (ARGENTINA, "AR"), (NOWHERE, None)):
            self.assertEqual(self.login(server, email, address).status, 200)
            self.assertEqual(self.last(server)["country_code"], country)
            self.assertEqual(server.audit("LOGIN_EXITOSO")[0]["country_code"], country)
        self.assertEqual(self.login(server, email, FRANCE, "no es la buena").status, 401)
        self.assertEqual(server.audit("LOGIN_FALLIDO")[0]["country_code"], "FR")
        admin = server.admin()
        self.assertEqual(server.audit("LOGIN_EXITOSO")[0]["country_code"], "ES")  # 127.0.0.1, in this database
        shown = server.ask("GET", "/api/v1/admin/login-attempts?limit=2", token=admin).json()["data"][1]
        self.assertEqual((shown["country_code"], shown["successful"]), ("FR", False))
        event = server.ask("GET", "/api/v1/admin/audit?event=LOGIN_FALLIDO", token=admin).json()["data"][0]
        self.assertEqual((event["country_code"], event["risk_score"]), ("FR", shown["risk_score"]))
        counted = {row["country_code"]: row["attempts"] for row in server.ask("GET", "/api/v1/admin/reports/logins-by-country", token=admin).json()["data"]}
        self.assertEqual((counted["FR"], counted["AR"], counted[None]), (2, 1, 1))
        for address in (SPAIN, FRANCE, NOWHERE, ARGENTINA):
            self.assertNotIn(address, server.dump())

    def test_a_login_from_another_country_and_browser_is_suspicious(self):
        server = self.serving()
        email = server.someone()
        first = self.login(server, email, SPAIN)
        device = first.cookie("dev")
        self.assertEqual((self.last(server)["risk_score"], bool(self.last(server)["is_suspicious"])), (0, False))
        self.login(server, email, SPAIN, device=device)
        self.assertEqual(self.last(server)["risk_score"], 0)
        self.login(server, email, SPAIN)
        self.assertEqual(self.last(server)["risk_score"], 20)
        self.login(server, email, FRANCE, "no es la buena")
        self.assertEqual((self.last(server)["risk_score"], bool(self.last(server)["is_suspicious"])), (60, True))
        self.login(server, email, FRANCE)
        self.assertEqual((self.last(server)["risk_score"], bool(self.last(server)["is_suspicious"]), bool(self.last(server)["successful"])), (60, True, True))
        row = server.audit("LOGIN_EXITOSO")[0]
        self.assertEqual((row["risk_score"], row["metadata"]["risk"]), (60, "new_country,new_device"))
        token = self.login(server, email, FRANCE).json()["access_token"]
        data = server.ask("GET", "/api/v1/user/me/data", token=token).json()
        self.assertEqual(data["login_habits"]["countries"], ["FR", "ES"])
        self.assertEqual(sum(data["login_habits"]["logins_by_hour"]), 5)
        self.assertEqual(data["login_attempts"][1]["risk_score"], 60)

    def test_an_address_that_guesses_is_remembered(self):
        server = self.serving()
        email = server.someone()
        device = self.login(server, email, SPAIN).cookie("dev")
        for i in range(10):
            self.login(server, f"nadie{i}@example.com", SPAIN, "no es la buena")
        self.assertEqual(self.login(server, email, SPAIN, device=device).status, 200)
        self.assertEqual(self.last(server)["risk_score"], 35)
        self.assertEqual(server.audit("LOGIN_EXITOSO")[0]["metadata"]["risk"], "attacking_address")

    def test_the_audit_log_with_countries_is_sealed_and_verified(self):
        server = self.serving()
        email = server.someone()
        self.login(server, email, SPAIN)
        self.login(server, email, FRANCE)
        time.sleep(1.1)
        server.admin_tool("audit", "seal", "--settled", "1")
        self.assertIn("intactas", server.admin_tool("audit", "verify"))

    def test_erasing_an_account_forgets_its_habits(self):
        server = self.serving()
        email = server.someone()
        token = self.login(server, email, FRANCE).json()["access_token"]
        self.assertIn("FR", server.rows(f"SELECT login_habits FROM users WHERE email = '{email}'")[0]["login_habits"])
        proof = server.ask("POST", "/api/v1/mfa/step-up", {"password": PASSWORD}, token).json()["step_up_token"]
        erased = server.ask("DELETE", "/api/v1/user/me", token=token, headers={"X-Step-Up-Token": proof})
        self.assertEqual(erased.status, 204, erased)
        self.assertEqual(server.rows("SELECT count(*) AS n FROM users WHERE login_habits IS NOT NULL")[0]["n"], 0)

    def test_a_new_file_is_read_at_a_signal_and_a_broken_one_changes_nothing(self):
        server = self.serving()
        email = server.someone()

        def country():
            self.assertEqual(self.login(server, email, SPAIN).status, 200)
            return self.last(server)["country_code"]

        def after_signal(line):
            before = server.log_text().count(line)
            server.process.send_signal(signal.SIGHUP)
            deadline = time.monotonic() + START_SECONDS
            while server.log_text().count(line) == before:
                self.assertLess(time.monotonic(), deadline)
                time.sleep(0.02)
            return country()

        self.assertEqual(country(), "ES")
        mmdb.write(self.file, {"192.0.2.0/24": {"country": {"iso_code": "IT"}}})
        self.assertEqual(country(), "ES")
        self.assertEqual(after_signal("country database read again"), "IT")
        self.file.write_bytes(self.file.read_bytes()[:40])
        self.assertEqual(after_signal("the old one stays"), "IT")
        self.file.unlink()
        self.assertEqual(after_signal("the old one stays"), "IT")

    def test_a_missing_or_broken_file_is_refused_at_the_start(self):
        folder = self.file.parent
        broken = folder / "broken.mmdb"
        broken.write_bytes(self.file.read_bytes()[:200])
        for path, why in ((folder / "nowhere.mmdb", "no se puede leer"), (folder, "no se puede leer"), (broken, "MMDB")):
            with self.subTest(path=path.name), self.assertRaisesRegex(RuntimeError, f"GEOIP_DB.*{why}"):
                with Server(GEOIP_DB=path):
                    pass

    def test_without_a_file_nobody_knows_a_country(self):
        with Server(TRUSTED_PROXIES="127.0.0.1") as server:
            email = server.someone()
            self.assertEqual(self.login(server, email, SPAIN).status, 200)
            self.assertEqual(self.last(server)["country_code"], None)
            self.assertEqual(self.login(server, email, FRANCE).status, 200)
            self.assertEqual(self.last(server)["risk_score"], 20)


if __name__ == "__main__":
    unittest.main(verbosity=2)
