"""Backups: what leaves the house is encrypted, what comes back is whole, and nobody's session comes back with it."""
# each run: sqlite

import os
import pathlib
import pty
import re
import shutil
import sqlite3
import stat
import subprocess
import sys
import tempfile
import unittest

from server_under_test import BIN, START_SECONDS, Server
from test_operation import PRODUCTION, run

if shutil.which("age") is None:
    print("age is not installed")
    sys.exit(77)

CANARY = "Rayuela la del canario amarillo"


def identity(folder, name="key"):
    """(path of the private key, public key)"""
    path = pathlib.Path(folder, name)
    made = subprocess.run(["age-keygen", "-o", path], capture_output=True, text=True, check=True)
    return str(path), re.search(r"age1\w+", made.stderr).group()


class Backup(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.key, self.recipient = identity(folder.name)
        self.copy = str(self.folder / "copy.mbb")

    def tool(self, server, *arguments, **environment):
        return subprocess.run([BIN / "metabuilder-admin", *arguments], env={**server.environment, **environment}, capture_output=True, text=True, timeout=START_SECONDS)

    def refused(self, server, why, *arguments, **environment):
        made = self.tool(server, *arguments, **environment)
        self.assertEqual(made.returncode, 1, made.stdout)
        self.assertRegex(made.stderr, why)
        return made

    def filled(self, server):
        admin = server.admin()
        server.define_books(admin)
        self.assertEqual(server.ask("POST", "/api/v1/entities/books/records", {"title": CANARY}, admin).status, 201)

    def titles(self, server):
        return [each["title"] for each in server.ask("GET", "/api/v1/entities/books/records", token=server.admin()).json()["data"]]

    def nothing_left_behind(self, server):
        for place in (self.folder, server.state):
            names = [path.name for path in place.iterdir()]
            self.assertFalse([name for name in names if re.search(r"partial|snapshot|restoring", name)], names)

    def test_the_rehearsal_on_an_empty_host(self):
        """Backup at t0, logout at t1, restore elsewhere: the data is there, no session is."""
        with Server(BACKUP_AGE_RECIPIENT=self.recipient) as server:
            self.filled(server)
            server.register("ana@example.com")
            out, stays = server.login("ana@example.com"), server.login("ana@example.com")
            server.admin_tool("backup", self.copy)  # t0
            self.assertEqual(server.ask("POST", "/api/v1/auth/logout", headers={"Cookie": f"refresh={out.cookie('refresh')}", "Origin": server.origin}).status, 204)  # t1
            self.assertEqual(server.ask("GET", "/api/v1/user/me", token=stays.json()["access_token"]).status, 200)
            secrets = (server.state / "secrets.env").read_text()
            server.stop()

            with Server(BACKUP_AGE_RECIPIENT=self.recipient) as host:
                host.stop()
                shutil.rmtree(host.state)
                host.state.mkdir(mode=0o700)
                (host.state / "secrets.env").write_text(secrets)
                (host.state / "secrets.env").chmod(0o600)
                said = self.tool(host, "restore", self.copy, "--identity", self.key)
                self.assertEqual(said.returncode, 0, said.stderr)
                self.assertRegex(said.stdout, r"sesiones cerradas: [23]")
                self.nothing_left_behind(host)
                host.start()
                self.assertEqual(self.titles(host), [CANARY])
                for login in (out, stays):
                    self.assertEqual(host.ask("GET", "/api/v1/user/me", token=login.json()["access_token"]).status, 401)
                    self.assertEqual(host.refresh(login.cookie("refresh")).status, 401)
                self.assertEqual(host.login("ana@example.com").status, 200)
                [row] = [each for each in host.audit("SESSION_INVALIDATED") if "restored_backup" in each["metadata"].values()]
                self.assertEqual(row["metadata"]["restore"], "1")

    def test_what_reaches_the_target_is_encrypted_private_and_written_down(self):
        with Server(BACKUP_AGE_RECIPIENT=self.recipient) as server:
            self.filled(server)
            said = server.admin_tool("backup", self.copy)
            written = pathlib.Path(self.copy).read_bytes()
            self.assertTrue(written.startswith(b"age-encryption.org/v1\n"))
            for clear in (b"SQLite format", b"MetaBuilder backup", CANARY.encode(), b"Rayuela"):
                self.assertNotIn(clear, written)
            self.assertEqual(stat.S_IMODE(os.stat(self.copy).st_mode), 0o600)
            [row] = server.audit("BACKUP_CREATED")
            self.assertEqual(row["metadata"]["encrypted"], "true")
            self.assertIn(re.search(r"sha256 ([0-9a-f]{64})", said).group(1), row["metadata"].values())
            self.nothing_left_behind(server)
            # what the digest says is what is inside
            clear = subprocess.run(["age", "--decrypt", "--identity", self.key, self.copy], capture_output=True, check=True).stdout
            self.assertTrue(clear.startswith(b"MetaBuilder backup 1\nprogram "))
            self.assertIn(b"SQLite format 3", clear)

    def test_a_recipient_of_the_command_line_wins_and_several_can_read(self):
        other, also = identity(self.folder, "other"), identity(self.folder, "also")
        with Server(BACKUP_AGE_RECIPIENT=self.recipient) as server:
            self.filled(server)
            server.admin_tool("backup", self.copy, "--recipient", other[1], "--recipient", also[1])
            server.stop()
            self.refused(server, "no identity matched", "restore", self.copy, "--identity", self.key)
            for key in (other[0], also[0]):
                self.assertEqual(self.tool(server, "restore", self.copy, "--identity", key).returncode, 0)

    def test_without_a_recipient_it_is_said_that_the_copy_is_in_clear(self):
        with Server() as server:
            made = self.tool(server, "backup", self.copy)
            self.assertEqual(made.returncode, 0, made.stderr)
            self.assertIn("BACKUP_AGE_RECIPIENT", made.stderr)
            self.assertEqual(server.audit("BACKUP_CREATED")[0]["metadata"]["encrypted"], "false")

    def test_a_folder_gets_a_file_that_is_named_after_the_time(self):
        with Server(BACKUP_AGE_RECIPIENT=self.recipient) as server:
            place = self.folder / "backups"
            place.mkdir()
            self.assertIn(str(place), server.admin_tool("backup", str(place)))
            [file] = place.iterdir()
            self.assertRegex(file.name, r"^metabuilder-\d{8}T\d{6}Z\.backup\.age$")

    def test_an_existing_target_is_never_replaced(self):
        with Server() as server:
            pathlib.Path(self.copy).write_text("mine")
            self.refused(server, "exists", "backup", self.copy)
            self.assertEqual(pathlib.Path(self.copy).read_text(), "mine")
            self.refused(server, "no/such", "backup", str(self.folder / "no/such/copy"))
            self.assertEqual(server.audit("BACKUP_CREATED"), [])
            self.nothing_left_behind(server)

    def test_without_age_nothing_is_written(self):
        with Server(BACKUP_AGE_RECIPIENT=self.recipient) as server:
            self.refused(server, "age: ", "backup", self.copy, PATH="/nonexistent")
            # one that ends at once, and one that fails after it wrote something
            for script in ("exit 3", "head -c 100; exit 1"):
                false = self.folder / "bin"
                false.mkdir(exist_ok=True)
                (false / "age").write_text(f"#!/bin/sh\n{script}\n")
                (false / "age").chmod(0o755)
                self.refused(server, "age ended with status", "backup", self.copy, PATH=f"{false}:/usr/bin:/bin")
            self.assertFalse(os.path.exists(self.copy))
            self.assertEqual(server.audit("BACKUP_CREATED"), [])
            self.nothing_left_behind(server)

    def test_a_restore_that_is_refused_leaves_the_database_byte_for_byte_as_it_was(self):
        with Server() as server:
            self.filled(server)
            server.admin_tool("backup", self.copy)
            server.admin_tool("backup", self.copy + ".age", "--recipient", self.recipient)
            self.refused(server, "stop the server", "restore", self.copy)
            server.stop()
            database = server.state / "metabuilder.db"
            before = database.read_bytes()
            whole, sealed = pathlib.Path(self.copy).read_bytes(), pathlib.Path(self.copy + ".age").read_bytes()
            flipped = bytearray(whole)
            flipped[len(whole) // 2] ^= 1
            newer = whole.replace(b"\nschema ", b"\nschema 9", 1)
            foreign = whole.replace(b"\nengine sqlite\n", b"\nengine postgresql\n", 1)
            bad = self.folder / "bad"
            for content, why, arguments in (
                (bytes(flipped), "cut short or altered", ()), (whole[:-1], "cut short or altered", ()), (whole[:5000], "cut short or altered", ()), (newer, r"schema 9\d*, this program", ()),
                (foreign, "postgresql", ()), (b"rubbish", "no backup", ()), (sealed, "--identity", ()), (sealed[:-1], "age", ("--identity", self.key)),
                (sealed[:-70_000], "age", ("--identity", self.key)), (sealed, "age", ("--identity", str(self.folder / "absent"))),
            ):
                bad.write_bytes(content)
                self.refused(server, why, "restore", str(bad), *arguments)
                self.assertEqual(database.read_bytes(), before)
                self.nothing_left_behind(server)
            self.refused(server, "absent", "restore", str(self.folder / "absent"))
            (server.state / "secrets.env").unlink()  # another MASTER_KEY is drawn
            self.refused(server, "MASTER_KEY", "restore", self.copy)
            self.assertEqual(database.read_bytes(), before)
            self.nothing_left_behind(server)

    def test_what_stood_there_is_kept_beside_it(self):
        with Server() as server:
            self.filled(server)
            server.admin_tool("backup", self.copy)
            server.stop()
            server.admin_tool("restore", self.copy)
            kept = server.state / "metabuilder.db.before-restore"
            with sqlite3.connect(kept) as database:
                self.assertEqual(database.execute("SELECT count(*) FROM mb_meta_entities").fetchone(), (1,))
            database.close()


class Offline(unittest.TestCase):
    """Commands that help to make a configuration, and need none."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def test_keys_go_to_a_private_file_that_the_server_takes(self):
        file = self.folder / "secrets.env"
        made = run("metabuilder-admin", "keys", "generate", "--file", str(file), ENVIRONMENT="production")
        self.assertEqual(made.returncode, 0, made.stderr)
        self.assertEqual(stat.S_IMODE(file.stat().st_mode), 0o600)
        values = dict(line.split("=", 1) for line in file.read_text().splitlines())
        self.assertEqual(list(values), ["MASTER_KEY", "JWT_SECRET", "METRICS_TOKEN"])
        for value in values.values():
            self.assertNotIn(value, made.stdout + made.stderr)
        rest = {name: value for name, value in PRODUCTION.items() if name not in values}
        self.assertEqual(run("metabuilder-server", "--check", "--env-file", str(file), **rest).returncode, 0)
        again = run("metabuilder-admin", "keys", "generate", "--file", str(file))
        self.assertEqual(again.returncode, 1)
        self.assertEqual(dict(line.split("=", 1) for line in file.read_text().splitlines()), values)

    def test_keys_go_to_a_folder_one_a_file_and_replace_none(self):
        made = run("metabuilder-admin", "keys", "generate", "--folder", str(self.folder))
        self.assertEqual(made.returncode, 0, made.stderr)
        self.assertEqual({path.name for path in self.folder.iterdir()}, {"master_key", "jwt_secret", "metrics_token"})
        settings = {**PRODUCTION, "MASTER_KEY": "", "JWT_SECRET": "", "MASTER_KEY_FILE": str(self.folder / "master_key"), "JWT_SECRET_FILE": str(self.folder / "jwt_secret")}
        self.assertEqual(run("metabuilder-server", "--check", **settings).returncode, 0)
        (self.folder / "master_key").unlink()
        self.assertEqual(run("metabuilder-admin", "keys", "generate", "--folder", str(self.folder)).returncode, 1)
        self.assertFalse((self.folder / "master_key").exists())

    def test_keys_are_printed_on_a_terminal_and_nowhere_else(self):
        piped = run("metabuilder-admin", "keys", "generate")
        self.assertEqual((piped.returncode, piped.stdout), (1, ""))
        self.assertIn("--file", piped.stderr)
        ours, theirs = pty.openpty()
        shown = subprocess.run([BIN / "metabuilder-admin", "keys", "generate", "MASTER_KEY"], env={"PATH": os.environ["PATH"]}, stdout=theirs, timeout=START_SECONDS)
        os.close(theirs)
        self.assertEqual(shown.returncode, 0)
        self.assertRegex(os.read(ours, 4096).decode(), r"^MASTER_KEY=[\w+/]{43}=\r?\n$")
        os.close(ours)

    def test_a_pair_of_paseto_keys_belongs_together(self):
        file = self.folder / "paseto.env"
        self.assertEqual(run("metabuilder-admin", "keys", "generate", "PASETO_PRIVATE_KEY", "--file", str(file)).returncode, 0)
        import base64

        private, public = (line.split("=", 1)[1] for line in file.read_text().splitlines())
        self.assertTrue(private.startswith("k4.secret.") and public.startswith("k4.public."))
        seed, half = (base64.urlsafe_b64decode(text.split(".")[2] + "==") for text in (private, public))
        self.assertEqual((len(seed), len(half), seed[32:]), (64, 32, half))

    def test_a_name_that_is_none_is_refused(self):
        made = run("metabuilder-admin", "keys", "generate", "SMTP_PASSWORD", "--file", str(self.folder / "x"))
        self.assertEqual(made.returncode, 1)
        self.assertFalse((self.folder / "x").exists())

    def test_config_check_says_what_the_server_would(self):
        bad = {"PORT": "70000", "JWT_SECRET": "corto", "ALLOWED_ORIGINS": "*"}
        self.assertEqual(run("metabuilder-admin", "config", "check", **bad).stderr, run("metabuilder-server", "--check", **bad).stderr)
        self.assertEqual(run("metabuilder-admin", "config", "check", **bad).returncode, 1)
        good = run("metabuilder-admin", "config", "check", **PRODUCTION)
        self.assertEqual(good.returncode, 0, good.stderr)
        self.assertIn("production", good.stdout)
        file = self.folder / "bad.env"
        file.write_text("PORT=70000\n")
        self.assertIn("PORT", run("metabuilder-admin", "--env-file", str(file), "config", "check", **PRODUCTION).stderr)
        self.assertIn("good", run("metabuilder-admin", "config", "check", METABUILDER_LANG="en", **PRODUCTION).stdout)


if __name__ == "__main__":
    unittest.main(verbosity=2)
