"""Accounts of other systems: hashes that other programs made, and files that are not good."""
# each run: postgres
# on demand: sqlite

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

from server_under_test import ADMIN_EMAIL, BIN, ROOT, Server, id_text

if missing := [tool for tool in ("htpasswd", "argon2") if not shutil.which(tool)]:
    print(f"skipped: {', '.join(missing)} missing; deploy/install.sh installs them")
    sys.exit(77)

WORDS = "dos barcas cruzan la ría"


def htpasswd(password, cost=10):
    """$2y$, by Apache's tool."""
    made = subprocess.run(["htpasswd", "-niBC", str(cost), "x"], input=password, capture_output=True, text=True, check=True)
    return made.stdout.strip().removeprefix("x:")


def argon2(password, *options):
    """$argon2id$ or $argon2i$, by the tool of the reference implementation."""
    return subprocess.run(["argon2", "a salt of ours", *options, "-e"], input=password, capture_output=True, text=True, check=True).stdout.strip()


class Import(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        cls.server = cls.enterClassContext(Server(METABUILDER_LANG="en"))

    def file(self, *lines):
        path = pathlib.Path(self.folder, "accounts.ndjson")
        path.write_text("".join((line if isinstance(line, str) else json.dumps(line, ensure_ascii=False)) + "\n" for line in lines))
        return path

    def run_import(self, path, *options):
        return subprocess.run([BIN / "metabuilder-admin", "user", "import", path, *options], env=self.server.environment, capture_output=True, text=True, timeout=120)

    def users(self):
        return self.server.rows("SELECT count(*) AS n FROM users")[0]["n"]

    def hash_of(self, email):
        return self.server.rows(f"SELECT password_hash FROM users WHERE email = '{email}'")[0]["password_hash"]

    def test_hashes_of_other_programs_let_in_and_are_replaced_by_ours(self):
        hashes = {"apache": htpasswd(WORDS), "argon2id": argon2(WORDS, "-id", "-t", "3", "-m", "12", "-p", "2"), "argon2i": argon2(WORDS, "-i", "-t", "3", "-m", "12")}
        self.assertEqual([text.split("$")[1] for text in hashes.values()], ["2y", "argon2id", "argon2i"])
        made = self.run_import(self.file(*({"email": f"{name}@Example.com", "username": f"old.{name}", "display_name": "De otra casa", "email_verified": True,
                                            "roles": ["user"], "password_hash": text} for name, text in hashes.items())))
        self.assertEqual((made.returncode, made.stderr), (0, ""), made)
        self.assertIn("3 accounts made", made.stdout)
        for name, text in hashes.items():
            with self.subTest(hash=name):
                email = f"{name}@example.com"
                self.assertEqual(self.hash_of(email), text)
                self.assertEqual(self.server.login(email, "otra cosa bien distinta").code, "CREDENCIALES_INVALIDAS")
                self.assertEqual(self.hash_of(email), text)
                first = self.server.login(email, WORDS)
                self.assertEqual(first.status, 200, first)
                self.assertEqual(first.json()["user"]["display_name"], "De otra casa")
                ours = self.hash_of(email)
                self.assertTrue(ours.startswith("mb1$bcrypt$"), ours)
                by_name = self.server.ask("POST", "/api/v1/auth/login", {"username": f"old.{name}", "password": WORDS})
                self.assertEqual(by_name.status, 200)
                self.assertEqual(self.hash_of(email), ours)
        whole = self.server.audit("USUARIOS_IMPORTADOS")[0]
        self.assertEqual((whole["severity"], whole["metadata"]["accounts"], whole["metadata"]["by"]), ("HIGH", "3", "operator"))
        each = [row for row in self.server.audit("REGISTRO") if row["metadata"].get("import", "").replace("-", "") == id_text(whole["log_id"])]
        self.assertEqual(len(each), 3)

    def test_an_unverified_account_verifies_first_and_one_without_a_password_asks_for_one(self):
        made = self.run_import(self.file({"email": "late@example.com", "password_hash": htpasswd(WORDS)}, {"email": "none@example.com", "email_verified": True}))
        self.assertEqual(made.returncode, 0, made)
        self.assertEqual(self.server.login("late@example.com", WORDS).code, "EMAIL_NO_VERIFICADO")
        for password in ("", WORDS):
            self.assertEqual(self.server.login("none@example.com", password).code, "CREDENCIALES_INVALIDAS")
        self.server.ask("POST", "/api/v1/auth/forgot-password", {"email": "none@example.com"})
        token = self.server.admin_tool("inbox", "--to", "none@example.com", "--token")
        self.assertEqual(self.server.ask("POST", "/api/v1/auth/reset-password", {"token": token, "new_password": WORDS}).status, 200)
        self.assertEqual(self.server.login("none@example.com", WORDS).status, 200)

    def test_all_that_is_wrong_is_told_and_nothing_is_written(self):
        before = self.users()
        good = {"email": "good@example.com", "password_hash": htpasswd(WORDS, 4)}
        path = self.file(good, "", "{not json", {"email": "not an address", "roles": ["pirate"]}, {"email": "a@example.com", "colour": "red"}, {"email": "GOOD@example.com"},
                         {"email": ADMIN_EMAIL}, {"email": "b@example.com", "roles": ["admin"]}, {"email": "c@example.com", "password_hash": "$2b$15$" + "C" * 53},
                         {"email": "d@example.com", "password_hash": "$argon2id$v=19$m=262144,t=3,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"},
                         {"email": "e@example.com", "display_name": "x" * 20_000})
        made = self.run_import(path)
        self.assertEqual((made.returncode, made.stdout), (1, ""))
        told = [line.split(" ", 2)[2] for line in made.stderr.splitlines() if line.startswith("❌ line")]
        self.assertEqual([line.strip() for line in told], [
            "3: / FORMATO_INVALIDO JSON: syntax", "4: /email FORMATO_INVALIDO email", "4: /roles/0 OPCION_INVALIDA", "5: /colour CAMPO_DESCONOCIDO",
            "6: /email VALOR_DUPLICADO 1", "7: /email VALOR_DUPLICADO account", "8: /roles/0 NO_PERMITIDO_AQUI", "9: /password_hash FORMATO_INVALIDO bcrypt, argon2",
            "10: /password_hash FORMATO_INVALIDO bcrypt, argon2", "11: / DEMASIADO_LARGO 16384"])
        self.assertIn("10 problems in 10 accounts; made: 0", made.stderr)
        self.assertEqual(self.users(), before)

    def test_the_document_works_as_printed(self):
        script = "\n".join(re.findall(r"^```sh\n(.*?)^```", (ROOT / "docs/importing-accounts.md").read_text(), re.MULTILINE | re.DOTALL))
        made = subprocess.run(["bash", "-euo", "pipefail", "-c", script], cwd=self.folder, capture_output=True, text=True, timeout=120,
                              env={**self.server.environment, "PATH": f"{BIN}:{os.environ['PATH']}"})
        self.assertEqual(made.returncode, 0, made)
        self.assertEqual(made.stdout.splitlines(), ["2 accounts would be made; 0 exist already", "2 accounts made; 0 existed already"])
        self.assertEqual(self.server.login("ana@example.com", WORDS).status, 200)
        self.assertEqual(list(pathlib.Path(self.folder).glob("*.ndjson")), [])

    def test_options(self):
        before = self.users()
        boss = {"email": "boss@example.com", "email_verified": True, "roles": ["admin"], "password_hash": htpasswd(WORDS, 4)}
        known = {"email": ADMIN_EMAIL, "roles": ["user"]}
        path = self.file(boss, known)
        dry = self.run_import(path, "--dry-run", "--allow-admin", "--skip-existing")
        self.assertEqual((dry.returncode, dry.stdout.strip()), (0, "1 accounts would be made; 1 exist already"))
        self.assertEqual(self.users(), before)
        self.assertEqual(self.run_import(path, "--allow-admin").returncode, 1)
        self.assertEqual(self.run_import(path, "--skip-existing").returncode, 1)
        self.assertEqual(self.users(), before)
        made = self.run_import(path, "--allow-admin", "--skip-existing")
        self.assertEqual((made.returncode, made.stdout.strip()), (0, "1 accounts made; 1 existed already"))
        self.assertEqual(self.server.ask("GET", "/api/v1/admin/users", token=self.server.token("boss@example.com", WORDS)).status, 200)
        self.assertEqual(self.server.ask("GET", "/api/v1/admin/users", token=self.server.admin()).status, 200)
        again = self.run_import(path, "--allow-admin", "--skip-existing")
        self.assertEqual((again.returncode, again.stdout.strip()), (0, "0 accounts made; 2 existed already"))

    def test_what_is_no_file_of_accounts_is_refused(self):
        for path in ("/dev/null", self.folder, self.folder + "/nowhere"):
            made = self.run_import(path)
            self.assertEqual(made.returncode, 1, path)
            self.assertIn("user_lines.read", made.stderr)
        self.assertIn("holds no account", self.run_import(self.file()).stderr)

    def test_many_accounts_while_the_server_answers(self):
        count = 3_000
        hashed = htpasswd(WORDS, 4)
        path = self.file(*({"email": f"bulk{i}@example.com", "username": f"bulk{i}", "email_verified": True, "password_hash": hashed} for i in range(count)))
        with subprocess.Popen([BIN / "metabuilder-admin", "user", "import", path], env=self.server.environment, stdout=subprocess.PIPE, text=True) as importing:
            answered = 0
            while importing.poll() is None:
                self.assertEqual(self.server.ask("POST", "/api/v1/auth/register", {"email": f"meanwhile{answered}@example.com", "password": WORDS}).status, 201)
                answered += 1
            self.assertEqual(importing.returncode, 0, importing.stdout.read())
        self.assertGreater(answered, 0)
        self.assertEqual(self.server.rows("SELECT count(*) AS n FROM users WHERE email LIKE 'bulk%'")[0]["n"], count)
        self.assertEqual(self.server.login(f"bulk{count - 1}@example.com", WORDS).status, 200)


if __name__ == "__main__":
    unittest.main(verbosity=2)
