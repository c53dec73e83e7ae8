"""Starting, stopping and configuring the executables."""
# each run: sqlite postgres

import os
import pathlib
import re
import signal
import subprocess
import tempfile
import threading
import time
import unittest

from server_under_test import ADMIN_EMAIL, ADMIN_PASSWORD, BIN, DATABASE, START_SECONDS, Server

PRODUCTION = {
    "MASTER_KEY": "mUaNbJl3Vd1Sx7uK0qWc9eRtYzPoH4fGi6jL8nB2vDk=",
    "JWT_SECRET": "Zr8kT2vQ9mXw4LpN7sYb1cGhJ6fD3aEuVtRo",
    "SMTP_URL": "smtp://localhost:2525",
    "MAIL_FROM": "metabuilder@example.com",
    "PUBLIC_URL": "https://id.example.com",
}


def run(name, *arguments, **environment):
    with tempfile.TemporaryDirectory() as state:
        return subprocess.run([BIN / name, *arguments], env={"PATH": os.environ["PATH"], "STATE_DIR": state, "HOME": state, **environment}, capture_output=True, text=True,
                              timeout=START_SECONDS)


class Configuration(unittest.TestCase):
    def test_every_problem_is_told_at_once_in_spanish_and_ends_with_1(self):
        made = run("metabuilder-server", "--check", PORT="70000", JWT_SECRET="corto", ALLOWED_ORIGINS="*")
        self.assertEqual(made.returncode, 1)
        told = made.stdout + made.stderr
        for name in ("PORT", "JWT_SECRET", "MASTER_KEY", "ALLOWED_ORIGINS"):
            self.assertRegex(told, rf"❌ Error de configuración: .*{name}")
        self.assertIn("JWT_SECRET debe tener mínimo 32 caracteres", told)
        self.assertNotIn("corto", told)

    def test_a_good_configuration_passes_the_check_and_is_printed_without_secrets(self):
        self.assertEqual(run("metabuilder-server", "--check", **PRODUCTION).returncode, 0)
        made = run("metabuilder-server", "--print-config", **PRODUCTION)
        self.assertEqual(made.returncode, 0, made.stderr)
        self.assertIn("PUBLIC_URL=https://id.example.com", made.stdout)
        for secret in ("MASTER_KEY", "JWT_SECRET"):
            self.assertNotIn(PRODUCTION[secret], made.stdout)

    def test_help_and_version(self):
        for name in ("metabuilder-server", "metabuilder-lab", "metabuilder-admin"):
            self.assertEqual(run(name, "--help").returncode, 0)
            self.assertRegex(run(name, "--version").stdout, r"\d+\.\d+\.\d+")

    def test_an_unknown_name_in_the_file_is_named_and_refused(self):
        with tempfile.NamedTemporaryFile("w", suffix=".env") as file:
            file.write("PORT=8080\nJWT_SECERT=x\n")
            file.flush()
            made = run("metabuilder-lab", "--check", "--env-file", file.name)
            self.assertEqual(made.returncode, 1)
            self.assertIn("JWT_SECERT", made.stdout + made.stderr)

    def test_the_lab_refuses_to_listen_to_the_world(self):
        made = run("metabuilder-lab", "--check", HOST="0.0.0.0")
        self.assertEqual(made.returncode, 1)
        self.assertIn("HOST", made.stdout + made.stderr)


class Lab(unittest.TestCase):
    def test_it_makes_and_keeps_its_own_secrets(self):
        with Server() as server:
            secrets = [file for file in server.state.iterdir() if "secret" in file.name]
            self.assertEqual(len(secrets), 1)
            self.assertEqual(secrets[0].stat().st_mode & 0o777, 0o600)
            before = secrets[0].read_text()
            server.stop()
            server.start()
            self.assertEqual(secrets[0].read_text(), before)
            values = re.findall(r"=(.{20,})", before)
            self.assertTrue(values)
            for value in values:
                self.assertNotIn(value.strip(), server.log_text())

    def test_mails_are_printed_and_kept_in_the_inbox(self):
        with Server() as server:
            server.register("ana@example.com", verify=False)
            listed = server.admin_tool("inbox", "--to", "ana@example.com")
            self.assertIn("ana@example.com", listed)
            deadline = time.monotonic() + START_SECONDS
            while "verify-email?token=" not in server.log_text() and time.monotonic() < deadline:
                time.sleep(0.1)
            self.assertIn("verify-email?token=", server.log_text())

    def test_no_password_or_token_reaches_the_log(self):
        with Server() as server:
            server.register("ana@example.com", password="canario-amarillo-veintidos-plumas")
            login = server.login("ana@example.com", "canario-amarillo-veintidos-plumas")
            token, cookie = login.json()["access_token"], login.cookie("refresh")
            server.ask("GET", "/api/v1/user/me", token=token)
            server.refresh(cookie)
            server.login("ana@example.com", "otro-canario-verde")
            server.stop()
            log = server.log_text()
            for canary in ("canario", token, cookie, token.split(".")[2], ADMIN_PASSWORD):
                self.assertNotIn(canary, log)

    def test_the_first_admin_gets_a_password_that_is_printed_once(self):
        with Server(ADMIN_EMAIL="", ADMIN_PASSWORD="") as server:
            found = re.search(r"admin@[\w.]+ .*: ([A-Za-z0-9_-]{16,})", server.log_text())
            self.assertTrue(found, server.log_text())
            email = re.search(r"(admin@[\w.]+)", server.log_text()).group(1)
            self.assertEqual(server.login(email, found.group(1)).status, 200)
            server.stop()
            before = server.log_text()
            server.start()
            self.assertNotIn(found.group(1), server.log_text()[len(before):])


class Stopping(unittest.TestCase):
    def test_sigterm_finishes_what_is_in_flight_and_exits_0(self):
        with Server() as server:
            answers = []
            logins = [threading.Thread(target=lambda: answers.append(server.login(ADMIN_EMAIL, ADMIN_PASSWORD).status)) for _ in range(4)]
            for login in logins:
                login.start()
            time.sleep(0.15)  # the hashes are under way, or waiting for it: both must end in an answer
            self.assertEqual(server.stop(), 0)
            for login in logins:
                login.join()
            self.assertEqual(len(answers), 4)
            self.assertIn(200, answers)
            self.assertLessEqual(set(answers), {200, 503})  # one that waited too long on a busy machine is told so

    def test_a_second_server_on_the_same_port_is_refused_with_the_variable_named(self):
        with Server() as server:
            made = run("metabuilder-lab", PORT=str(server.port), ADMIN_EMAIL=ADMIN_EMAIL, ADMIN_PASSWORD=ADMIN_PASSWORD)
            self.assertEqual(made.returncode, 1)
            self.assertIn("PORT", made.stdout + made.stderr)


class Database(unittest.TestCase):
    @unittest.skipUnless(DATABASE == "sqlite", "a file of SQLite")
    def test_a_corrupt_or_newer_database_is_refused_with_the_command_that_helps(self):
        import sqlite3

        with Server() as server:
            server.stop()
            file = pathlib.Path(server.state) / "metabuilder.db"
            with sqlite3.connect(file) as database:
                database.execute("INSERT INTO schema_migrations SELECT max(version) + 1, name, checksum, applied_at FROM schema_migrations")
            database.close()
            with self.assertRaises(RuntimeError) as refused:
                server.start()
            self.assertIn("metabuilder-admin", str(refused.exception))
            file.write_bytes(b"this is no database" * 1000)
            for leftover in ("metabuilder.db-wal", "metabuilder.db-shm"):
                (pathlib.Path(server.state) / leftover).unlink(missing_ok=True)
            with self.assertRaises(RuntimeError) as refused:
                server.start()
            self.assertIn("metabuilder-admin", str(refused.exception))

    @unittest.skipUnless(DATABASE == "sqlite", "a file of SQLite")
    def test_a_restored_backup_has_the_data_and_no_session_comes_back(self):
        with Server() as server:
            admin = server.admin()
            server.define_books(admin)
            server.ask("POST", "/api/v1/entities/books/records", {"title": "Rayuela"}, admin)
            copy = str(server.state / "copy.db")
            server.admin_tool("backup", copy)
            server.ask("POST", "/api/v1/jwt/logout-all", token=admin)
            with self.assertRaises(RuntimeError) as refused:
                server.admin_tool("restore", copy)
            self.assertIn("stop the server", str(refused.exception))
            server.stop()
            (server.state / "metabuilder.db").write_bytes(b"damaged" * 1000)
            server.admin_tool("restore", copy)
            server.start()
            self.assertEqual(server.ask("GET", "/api/v1/user/me", token=admin).status, 401)
            found = server.ask("GET", "/api/v1/entities/books/records", token=server.admin()).json()["data"]
            self.assertEqual([each["title"] for each in found], ["Rayuela"])

    def test_a_refused_write_leaves_the_database_byte_for_byte_as_it_was(self):
        with Server() as server:
            admin = server.admin()
            server.define_books(admin)
            state = server.written()
            for method, path, body in (("POST", "/api/v1/auth/register", {"email": "x", "password": "y"}), ("POST", "/api/v1/entities/books/records", {"pages": "x"}),
                                       ("POST", "/api/v1/metadata/entities", {"name": "1x", "display_name": ""}), ("POST", "/api/v1/metadata/entities", {"name": "books", "display_name": "B"}),
                                       ("POST", "/api/v1/metadata/entities/books/fields", {"name": "title", "type": "TEXT"}), ("PATCH", "/api/v1/user/me", {"username": "x"}),
                                       ("DELETE", "/api/v1/entities/books/records/x", None), ("GET", "/api/v1/entities/books/records?sort=nope", None)):
                self.assertGreaterEqual(server.ask(method, path, body, admin).status, 400, path)
            self.assertEqual(server.written(), state)


if __name__ == "__main__":
    unittest.main(verbosity=2)
