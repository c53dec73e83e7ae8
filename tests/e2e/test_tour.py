"""Runs the commands of README.md as they are printed, and the same tour through the aliases of seed 000."""
# each run: sqlite postgres

import os
import pathlib
import re
import subprocess
import tempfile
import unittest

from server_under_test import ADMIN_EMAIL, ADMIN_PASSWORD, BIN, ROOT, Server


def blocks():
    return re.findall(r"^```sh\n(.*?)^```", (ROOT / "README.md").read_text(), re.MULTILINE | re.DOTALL)


class Tour(unittest.TestCase):
    def run_tour(self, script):
        with Server(BCRYPT_SALT_ROUNDS=12) as server, tempfile.TemporaryDirectory() as folder:
            # the printed paths are those of a clone that ran deploy/run.sh
            binaries = pathlib.Path(folder) / "build/release/bin"
            binaries.parent.mkdir(parents=True)
            binaries.symlink_to(BIN)
            script = script.replace("localhost:8080", f"localhost:{server.port}")
            environment = {**server.environment, "ADMIN_EMAIL": ADMIN_EMAIL, "ADMIN_PASSWORD": ADMIN_PASSWORD}
            made = subprocess.run(["bash", "-euo", "pipefail", "-c", script], cwd=folder, env=environment, capture_output=True, text=True, timeout=300)
            self.assertEqual(made.returncode, 0, f"{made.stdout}\n{made.stderr}\n{server.log_text()[-2000:]}")
            return made.stdout

    def test_the_tour_works_as_printed(self):
        printed = self.run_tour("\n".join(blocks()))
        for expected in ('"title":"Rayuela"', '"pages":635', '"username":"ana"', '"access_token"'):
            self.assertIn(expected, printed)

    def test_the_same_tour_through_the_aliases_of_seed_000_with_its_bodies(self):
        script = "\n".join(blocks())
        script = re.sub(r"/api/v1/(auth|metadata|entities)\b", r"/api/\1", script)
        script = script.replace("jq -r .access_token", "jq -r .token")
        script = script.replace("""-d '{"email":"ana@example.com","password\"""", """-d '{"username":"ana","password\"""")
        script = script.replace('-d "{\\"email\\":', '-d "{\\"username\\":')
        self.assertIn('{"username":"ana","password"', script)
        self.assertNotIn("/api/v1/auth", script)
        printed = self.run_tour(script)
        for expected in ('"title":"Rayuela"', '"pages":635', '"username":"ana"'):
            self.assertIn(expected, printed)


if __name__ == "__main__":
    unittest.main(verbosity=2)
