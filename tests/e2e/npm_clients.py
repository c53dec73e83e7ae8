"""Puts the clients of tests/e2e/clients into the build folder, with their packages as the lock file says, and runs them."""

import fcntl
import functools
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys

from server_under_test import BIN

SOURCE = pathlib.Path(__file__).resolve().parent / "clients"
FOLDER = BIN.parent / "npm-clients"
WAIT_SECONDS = 60


def without(why):
    """Ends the test: skipped on the machine of a developer, failed where CI says that everything has to be there."""
    in_ci = os.environ.get("CI", "").lower() in ("1", "true")
    print(f"{'failed' if in_ci else 'skipped'}: {why}")
    sys.exit(1 if in_ci else 77)


@functools.cache
def need():
    """Installs what isn't yet, once for all the tests of a build folder."""
    if missing := [tool for tool in ("node", "npm") if not shutil.which(tool)]:
        without(f"{', '.join(missing)} missing; deploy/install.sh installs them")
    FOLDER.mkdir(exist_ok=True)
    wanted = hashlib.sha256(b"".join((SOURCE / name).read_bytes() for name in (".npmrc", "package.json", "package-lock.json"))).hexdigest()
    noted = FOLDER / "installed"
    with open(FOLDER / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # tests run side by side
        if not noted.exists() or noted.read_text() != wanted:
            noted.unlink(missing_ok=True)
            copy()
            made = subprocess.run(["npm", "ci", "--no-progress"], cwd=FOLDER, capture_output=True, text=True, timeout=600, stdin=subprocess.DEVNULL)
            if made.returncode != 0:
                without(f"npm ci ended with {made.returncode}: {made.stderr[-2000:]}")
            noted.write_text(wanted)
        copy()


def copy():
    for each in SOURCE.iterdir():
        if each.is_file() and (not (FOLDER / each.name).exists() or (FOLDER / each.name).read_bytes() != each.read_bytes()):
            shutil.copyfile(each, FOLDER / each.name)


def run(script, *words):
    """What a client prints."""
    need()
    made = subprocess.run(["node", FOLDER / script, *map(str, words)], capture_output=True, text=True, timeout=WAIT_SECONDS, stdin=subprocess.DEVNULL)
    if made.returncode != 0:
        raise RuntimeError(f"{script} ended with {made.returncode}: {made.stderr}")
    return made.stdout.strip()


class Running:
    """A client that stays until it is left. `said` is the first line that it printed."""

    def __init__(self, script, *words):
        need()
        self.process = subprocess.Popen(["node", FOLDER / script, *map(str, words)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.said = self.process.stdout.readline().strip()
        if not self.said:
            raise RuntimeError(f"{script} ended with {self.process.wait()}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(WAIT_SECONDS)
        self.process.stdout.close()
