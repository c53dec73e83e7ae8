"""The bill of materials, and the signature over what is released."""

import copy
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

from support import DEPLOY, need

need("minisign", "ldd", "dpkg", "readelf", "ninja")

from server_under_test import BIN

sys.path.insert(0, str(DEPLOY / "release"))
import sbom

PROGRAMS = [BIN / "metabuilder-server", BIN / "metabuilder-admin"]


def make(*options, **environment):
    made = subprocess.run([sys.executable, DEPLOY / "release/sbom.py", "--version", "9.9.9", *options, *PROGRAMS], capture_output=True, text=True,
                          env={**os.environ, **environment})
    assert made.returncode == 0, made.stderr
    return made.stdout


class Bill(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.bill = json.loads(make("--build", BIN.parent))

    def test_the_same_input_gives_the_same_bytes(self):
        made = make()
        self.assertEqual(make(LC_ALL="C.UTF-8", TZ="Pacific/Kiritimati"), made)
        self.assertNotIn("timestamp", made)
        self.assertEqual(json.loads(make(SOURCE_DATE_EPOCH="1769250600"))["metadata"]["timestamp"], "2026-01-24T10:30:00Z")

    def test_it_has_the_form_of_cyclonedx_1_6(self):
        self.assertEqual((self.bill["bomFormat"], self.bill["specVersion"], self.bill["version"]), ("CycloneDX", "1.6", 1))
        self.assertRegex(self.bill["serialNumber"], r"^urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
        references = []

        def walk(component):
            self.assertIn(component["type"], ("application", "library", "file"))
            self.assertTrue(component["name"])
            references.append(component["bom-ref"])
            for each in component.get("hashes", []):
                self.assertEqual(each["alg"], "SHA-256")
                self.assertRegex(each["content"], r"^[0-9a-f]{64}$")
            for each in component.get("components", []):
                walk(each)

        for each in [self.bill["metadata"]["component"], *self.bill["components"]]:
            walk(each)
        self.assertEqual(len(references), len(set(references)))
        for each in self.bill["components"]:
            self.assertRegex(each["purl"], r"^pkg:deb/debian/[a-z0-9.+-]+@[^?]+\?arch=\w+&distro=\w+-\d+$")
        [edges] = self.bill["dependencies"]
        self.assertEqual(set(edges["dependsOn"]), {each["bom-ref"] for each in self.bill["components"]})

    def test_every_library_that_an_executable_needs_is_in_it_and_what_was_compiled_in(self):
        names = {file["name"].split("/")[-1] for each in self.bill["components"] for file in each.get("components", [])}
        for program in PROGRAMS:
            needed = re.findall(r"\(NEEDED\).*\[(.*)\]", subprocess.run(["readelf", "--dynamic", program], capture_output=True, text=True, check=True).stdout)
            self.assertTrue(needed)
            self.assertLessEqual(set(needed), names)
        packages = {each["name"] for each in self.bill["components"]}
        self.assertLessEqual({"libc6", "libssl3", "libboost1.81-dev", "libcli11-dev"}, packages)

    def test_the_check_fires_on_a_library_that_is_missing_and_on_another_executable(self):
        self.assertEqual(list(sbom.differences(self.bill, PROGRAMS)), [])
        for at, component in enumerate(self.bill["components"]):
            if "components" not in component:
                continue
            planted = copy.deepcopy(self.bill)
            del planted["components"][at]
            self.assertTrue(any("is in no component" in each for each in sbom.differences(planted, PROGRAMS)), component["name"])
        with tempfile.TemporaryDirectory() as folder:
            other = pathlib.Path(folder, "metabuilder-server")
            other.write_bytes(PROGRAMS[0].read_bytes() + b"\0")
            other.chmod(0o755)
            self.assertTrue(any("not the one" in each for each in sbom.differences(self.bill, [other])))


class Signature(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.place = pathlib.Path(cls.folder.name)
        cls.pair("ours")
        cls.pair("theirs")
        cls.bill = make()

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    @classmethod
    def pair(cls, name):
        subprocess.run(["minisign", "-G", "-W", "-p", cls.place / f"{name}.pub", "-s", cls.place / f"{name}.key"], check=True, capture_output=True)

    def setUp(self):
        self.release = pathlib.Path(tempfile.mkdtemp(dir=self.place))
        for program in PROGRAMS:
            shutil.copy(program, self.release)
        (self.release / "docs").mkdir()
        (self.release / "docs/with a space.md").write_text("text\n")
        (self.release / "sbom.cdx.json").write_text(self.bill)
        self.sign()

    def tearDown(self):
        shutil.rmtree(self.release)

    def sign(self, key="ours"):
        subprocess.run([DEPLOY / "release/sign.sh", self.release, self.place / f"{key}.key"], check=True, capture_output=True)

    def verify(self, key="ours"):
        return subprocess.run([DEPLOY / "release/verify.sh", self.release, self.place / f"{key}.pub"], capture_output=True, text=True)

    def refused(self, why, key="ours"):
        made = self.verify(key)
        self.assertEqual(made.returncode, 1, made.stdout)
        self.assertIn(why, made.stderr)

    def test_what_was_signed_is_verified_and_can_be_signed_again(self):
        self.assertEqual(self.verify().returncode, 0, self.verify().stderr)
        self.sign()
        self.assertEqual(self.verify().returncode, 0)

    def test_a_flipped_bit_is_refused(self):
        for name in ("metabuilder-server", "sbom.cdx.json", "docs/with a space.md"):
            path = self.release / name
            before = path.read_bytes()
            path.write_bytes(bytes([before[0] ^ 1]) + before[1:])
            self.refused("another than was signed")
            path.write_bytes(before)
        self.assertEqual(self.verify().returncode, 0)

    def test_another_key_and_other_sums_are_refused(self):
        self.refused("signature", key="theirs")
        sums = self.release / "SHA256SUMS"
        before = sums.read_text()
        sums.write_text("\n".join(before.splitlines()[1:]) + "\n")
        self.refused("signature")
        sums.write_text(before)
        self.sign("theirs")
        self.refused("signature")

    def test_a_missing_an_added_and_an_unsigned_file_are_refused(self):
        (self.release / "metabuilder-extra").write_text("x")
        self.refused("was not signed: metabuilder-extra")
        (self.release / "metabuilder-extra").unlink()
        (self.release / "metabuilder-admin").unlink()
        self.refused("missing")
        (self.release / "SHA256SUMS.minisig").unlink()
        self.refused("nothing was signed")

    def test_a_stale_bill_is_refused_even_where_it_was_signed(self):
        with open(self.release / "metabuilder-server", "ab") as program:
            program.write(b"\0")
        self.sign()
        self.refused("bill of materials was made for another metabuilder-server")
        (self.release / "sbom.cdx.json").unlink()
        self.sign()
        self.refused("no bill")


if __name__ == "__main__":
    unittest.main(verbosity=2)
