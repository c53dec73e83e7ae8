"""Backups of PostgreSQL, by its own programs, through the same pipe."""
# each run: sqlite

import itertools
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

os.environ["MB_E2E_DATABASE"] = "postgres"

from server_under_test import BIN, START_SECONDS, Server, cluster

if missing := [name for name in ("age", "pg_dump", "pg_restore", "psql") if shutil.which(name) is None]:
    print("not installed:", *missing)
    sys.exit(77)

from test_backup import CANARY, identity

numbers = itertools.count(1)


class OnPostgres(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.key, self.recipient = identity(folder.name)
        self.copy = str(self.folder / "copy.age")

    def tool(self, server, *arguments, **environment):
        return subprocess.run([BIN / "metabuilder-admin", *arguments], env={**server.environment, **environment}, capture_output=True, text=True, timeout=START_SECONDS)

    def refused(self, server, why, *arguments, **environment):
        made = self.tool(server, *arguments, **environment)
        self.assertEqual(made.returncode, 1, made.stdout)
        self.assertRegex(made.stderr, why)

    def empty_database(self):
        name = f"restored_{next(numbers)}"
        cluster().query(f"CREATE DATABASE {name}")
        return cluster().url(name)

    def schemas(self, url):
        return cluster().run("psql", "-X", "-A", "-t", "-c", "SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'mb\\_%'", url).strip()

    def filled(self, server):
        admin = server.admin()
        server.define_books(admin)
        self.assertEqual(server.ask("POST", "/api/v1/entities/books/records", {"title": CANARY}, admin).status, 201)

    def test_the_rehearsal_on_an_empty_database(self):
        with Server(BACKUP_AGE_RECIPIENT=self.recipient) as server:
            self.filled(server)
            server.register("ana@example.com")
            out, stays = server.login("ana@example.com"), server.login("ana@example.com")
            made = self.tool(server, "backup", self.copy)  # t0
            self.assertEqual(made.returncode, 0, made.stderr)
            written = pathlib.Path(self.copy).read_bytes()
            self.assertTrue(written.startswith(b"age-encryption.org/v1\n"))
            for clear in (b"PGDMP", b"MetaBuilder backup", b"Rayuela"):
                self.assertNotIn(clear, written)
            self.assertEqual(server.audit("BACKUP_CREATED")[0]["metadata"]["encrypted"], "true")
            self.assertEqual(server.ask("POST", "/api/v1/auth/logout", headers={"Cookie": f"refresh={out.cookie('refresh')}", "Origin": server.origin}).status, 204)  # t1
            server.stop()
            server.environment["DATABASE_URL"] = self.empty_database()
            said = self.tool(server, "restore", self.copy, "--identity", self.key)
            self.assertEqual(said.returncode, 0, said.stderr)
            server.start()
            for login in (out, stays):
                self.assertEqual(server.ask("GET", "/api/v1/user/me", token=login.json()["access_token"]).status, 401)
                self.assertEqual(server.refresh(login.cookie("refresh")).status, 401)
            self.assertEqual(server.login("ana@example.com").status, 200)
            found = server.ask("GET", "/api/v1/entities/books/records", token=server.admin()).json()["data"]
            self.assertEqual([each["title"] for each in found], [CANARY])

    def test_a_restore_that_is_refused_leaves_nothing_in_the_database(self):
        with Server() as server:
            self.filled(server)
            clear = str(self.folder / "clear")
            self.assertEqual(self.tool(server, "backup", self.copy, "--recipient", self.recipient).returncode, 0)
            self.assertEqual(self.tool(server, "backup", clear).returncode, 0)
            self.refused(server, "pg_dump: ", "backup", str(self.folder / "none"), PATH="/nonexistent")
            self.assertFalse((self.folder / "none").exists())
            self.refused(server, "stop every server first", "restore", clear)
            server.stop()
            self.refused(server, "not empty", "restore", clear)
            server.environment["DATABASE_URL"] = url = self.empty_database()
            whole, sealed = pathlib.Path(clear).read_bytes(), pathlib.Path(self.copy).read_bytes()
            flipped = bytearray(whole)
            flipped[len(whole) // 2] ^= 1
            bad = self.folder / "bad"
            for content, why, arguments in (
                (bytes(flipped), "cut short or altered", ()), (whole[:-1], "cut short or altered", ()), (whole.replace(b"\nschema ", b"\nschema 9", 1), "this program knows", ()),
                (whole.replace(b"\nengine postgresql\n", b"\nengine sqlite\n", 1), "the backup is one of sqlite", ()), (sealed, "--identity", ()),
                (sealed[:-1], "age", ("--identity", self.key)),
            ):
                bad.write_bytes(content)
                self.refused(server, why, "restore", str(bad), *arguments)
                self.assertEqual(self.schemas(url), "0")
            (server.state / "secrets.env").unlink()  # another MASTER_KEY is drawn
            self.refused(server, "MASTER_KEY", "restore", clear)
            self.assertEqual(self.schemas(url), "0")

    def test_the_password_is_in_no_list_of_processes(self):
        with Server() as server:
            spy = self.folder / "bin"
            spy.mkdir()
            (spy / "pg_dump").write_text(f"#!/bin/sh\necho \"$@\" > {self.folder}/arguments\nenv > {self.folder}/environment\nexit 1\n")
            (spy / "pg_dump").chmod(0o755)
            url = server.environment["DATABASE_URL"]
            separator = "&" if "?" in url else "?"
            self.refused(server, "pg_dump ended", "backup", self.copy, PATH=f"{spy}:/usr/bin:/bin", DATABASE_URL=f"{url}{separator}password=canario-amarillo")
            self.assertNotIn("canario", (self.folder / "arguments").read_text())
            environment = (self.folder / "environment").read_text()
            self.assertIn("PGPASSWORD=canario-amarillo", environment)
            self.assertNotIn("MASTER_KEY", environment)
            self.assertFalse(os.path.exists(self.copy))


if __name__ == "__main__":
    unittest.main(verbosity=2)
