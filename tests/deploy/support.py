"""What the tests of deployment share: tools that may be missing, certificates, and templates that are filled in."""

import pathlib
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/e2e"))
DEPLOY = ROOT / "deploy"
SKIPPED = 77
WAIT_SECONDS = 30


def need(*tools):
    """Ends this test as skipped where a tool is not installed: deploy/install.sh deploy brings them."""
    if missing := [tool for tool in tools if shutil.which(tool) is None and not pathlib.Path("/usr/sbin", tool).exists()]:
        print("not installed:", *missing)
        sys.exit(SKIPPED)


def filled(path, **replacements):
    """The text of a configuration with what it says to adapt adapted. Each replacement must be there: a test of another text proves nothing."""
    text = pathlib.Path(path).read_text()
    for old, new in replacements.items():
        if old not in text:
            raise AssertionError(f"{path} doesn't hold {old}")
        text = text.replace(old, str(new))
    return text


def certificate(folder, name="id.example.com"):
    """Makes a certificate and its key: (chain, key, both in one file)."""
    chain, key, both = folder / "fullchain.pem", folder / "privkey.pem", folder / "site.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", f"/CN={name}",
                    "-addext", f"subjectAltName=DNS:{name}", "-keyout", key, "-out", chain], check=True, capture_output=True)
    both.write_text(chain.read_text() + key.read_text())
    return chain, key, both


def wait_for(what, claim):
    """Asks until `what` answers something true; returns it."""
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        try:
            if answer := what():
                return answer
        except OSError:
            pass
        time.sleep(0.05)
    raise AssertionError(f"never: {claim}")
