"""Runs the commands that the documents of operation print, against real executables. Paths of the system become paths of a folder of its own."""

import os
import pathlib
import re
import socket
import subprocess
import tempfile
import unittest

from support import DEPLOY, ROOT, need, wait_for

need("age", "age-keygen", "sqlite3", "curl", "systemd-analyze")

from server_under_test import BIN, Server, free_port


def blocks(name):
    found = re.findall(r"^```sh\n(.*?)^```", (ROOT / "docs" / name).read_text(), re.MULTILINE | re.DOTALL)
    assert found, name
    return "\n".join(found)


def run(script, folder, **environment):
    variables = {"PATH": f"{BIN}:{os.environ['PATH']}", "HOME": str(folder), **{name: str(value) for name, value in environment.items()}}
    return subprocess.run(["bash", "-euo", "pipefail", "-c", script], cwd=folder, env=variables, capture_output=True, text=True, timeout=120)


class Documents(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def passes(self, made):
        self.assertEqual(made.returncode, 0, f"{made.stdout}\n{made.stderr}")
        return made.stdout

    def test_backup_and_restore_works_as_printed(self):
        parts = blocks("backup-and-restore.md").partition("metabuilder-admin restore")
        with Server() as server:
            server.define_books(server.admin())
            # the commands name the programs alone
            environment = {name: value for name, value in server.environment.items() if name not in ("PATH", "HOME")}
            self.passes(run(parts[0], self.folder, **environment))
            self.assertEqual(server.stop(), 0)
            (server.state / "metabuilder.db").unlink()
            recipient = "BACKUP_AGE_RECIPIENT=$(age-keygen -y backup-key.txt)\nexport BACKUP_AGE_RECIPIENT\n"
            printed = self.passes(run(recipient + parts[1] + parts[2], self.folder, **environment))
            self.assertIn("sesiones cerradas", printed)
            server.start()
            self.assertEqual(server.ask("GET", "/api/v1/metadata/entities", token=server.admin()).json()["data"][0]["name"], "books")

    def test_the_checklist_of_production_works_as_printed(self):
        script = blocks("production.md")
        for place in ("/etc/metabuilder", "/etc/systemd/system", "/usr/local/bin", "/var/lib/metabuilder"):
            self.assertIn(place, script)
            (self.folder / place[1:]).mkdir(parents=True)
            script = script.replace(place, f"{self.folder}{place}")
        (self.folder / "build/release").mkdir(parents=True)
        (self.folder / "build/release/bin").symlink_to(BIN)
        (self.folder / "deploy").symlink_to(DEPLOY)
        # what the units call is not installed at the place that they name
        script = script.replace("systemd-analyze verify", f"sed -i 's#/usr/local/bin/metabuilder#{self.folder}&#' {self.folder}/etc/systemd/system/*.service\nsystemd-analyze verify --man=no")
        before, mark, after = script.partition("set -a;")
        printed = self.passes(run(before, self.folder))
        self.assertIn("la configuración es correcta (perfil production)", printed)
        # what the unit does then
        secrets, state, port = self.folder / "etc/metabuilder/credentials", self.folder / "var/lib/metabuilder", str(free_port())
        server = subprocess.Popen([BIN / "metabuilder-server", "--env-file", self.folder / "etc/metabuilder/metabuilder.env"], stdout=subprocess.DEVNULL,
                                  env={"PORT": port, "STATE_DIR": str(state), "MASTER_KEY_FILE": str(secrets / "master_key"), "JWT_SECRET_FILE": str(secrets / "jwt_secret")})
        self.addCleanup(server.wait, 60)
        self.addCleanup(server.terminate)
        wait_for(lambda: socket.create_connection(("127.0.0.1", int(port)), 1).close() is None, "the server listens")
        printed = self.passes(run(mark + after, self.folder))
        self.assertIn("ana@example.com", printed)
        self.assertEqual((self.folder / "etc/metabuilder/credentials/master_key").stat().st_mode & 0o777, 0o600)

    def test_what_the_runbooks_look_at_is_there(self):
        with Server() as server:
            server.register("ana@example.com")
            environment = {name: value for name, value in server.environment.items() if name not in ("PATH", "HOME")}
            environment |= {"SMTP_URL": "smtp://localhost:2525", "MAIL_FROM": "metabuilder@example.com"}
            printed = self.passes(run(blocks("runbooks/dependencies.md"), self.folder, URL=f"http://localhost:{server.port}", **environment))
            self.assertIn("MAIL_FROM=metabuilder@example.com", printed)

    def test_every_path_and_command_that_the_documents_name_is_there(self):
        help_of = subprocess.run([BIN / "metabuilder-admin", "--help"], capture_output=True, text=True, env={"PATH": os.environ["PATH"]}).stdout
        for path in (*(ROOT / "docs" / name for name in ("production.md", "scaling.md", "backup-and-restore.md", "postgresql.md")), *(ROOT / "docs/runbooks").glob("*.md")):
            text = path.read_text()
            for name in re.findall(r"`((?:deploy|docs|tests)/[\w./-]+)`", text):
                self.assertTrue((ROOT / name).exists(), f"{path.name}: {name}")
            for name in re.findall(r"\]\((?!https?:)([\w./-]+)(?:#[\w-]+)?\)", text):
                self.assertTrue((path.parent / name).exists(), f"{path.name}: {name}")
            for command in re.findall(r"metabuilder-admin (?:--env-file \S+ )?([a-z]+)", text):
                self.assertIn(f"  {command} ", help_of, path.name)


if __name__ == "__main__":
    unittest.main(verbosity=2)
