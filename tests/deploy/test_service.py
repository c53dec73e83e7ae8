"""The systemd unit, and what the server owes whoever supervises it: readiness, a watchdog, an answer to --healthcheck."""

import os
import pathlib
import re
import socket
import subprocess
import tempfile
import unittest

from support import DEPLOY, need, wait_for

need("systemd-analyze", "faketime")

from certificates import Pair
from server_under_test import BIN, Server
from test_tls import TlsServer

UNITS = sorted((DEPLOY / "systemd").glob("*.service"))


class Unit(unittest.TestCase):
    def analyze(self, unit):
        return subprocess.run(["systemd-analyze", "security", "--offline=true", "--threshold=20", "--no-pager", unit], capture_output=True, text=True)

    def test_the_sandbox_leaves_an_exposure_of_at_most_2(self):
        self.assertTrue(UNITS)
        for unit in UNITS:
            made = self.analyze(unit)
            self.assertEqual(made.returncode, 0, f"{unit.name}: {made.stdout[-200:]}{made.stderr}")

    def test_the_gate_fires_where_the_sandbox_is_opened(self):
        with tempfile.TemporaryDirectory() as folder:
            opened = pathlib.Path(folder, "metabuilder.service")
            opened.write_text(re.sub(r"^(ProtectSystem|SystemCallFilter|CapabilityBoundingSet|PrivateDevices|DynamicUser)=.*\n", "",
                                     (DEPLOY / "systemd/metabuilder.service").read_text(), flags=re.MULTILINE))
            self.assertNotEqual(self.analyze(opened).returncode, 0)

    def test_systemd_understands_every_line(self):
        with tempfile.TemporaryDirectory() as folder:
            for unit in sorted((DEPLOY / "systemd").glob("*.*")):
                # the executables are not installed on this machine
                text = re.sub(r"/usr/local/bin/metabuilder-\w+", "/bin/true", unit.read_text())
                pathlib.Path(folder, unit.name).write_text(text)
            made = subprocess.run(["systemd-analyze", "verify", "--man=no", *sorted(pathlib.Path(folder).iterdir())], capture_output=True, text=True)
            told = [line for line in made.stderr.splitlines() if folder in line or "metabuilder" in line]
            self.assertEqual((made.returncode, told), (0, []))

    def test_no_secret_is_in_the_environment_of_the_unit(self):
        for unit in UNITS:
            for name in re.findall(r"(\w*(?:KEY|SECRET|PASSWORD|PEPPER|SALT|TOKEN)\w*)=", unit.read_text()):
                self.assertTrue(name.endswith("_FILE"), name)


class Supervised(unittest.TestCase):
    def test_readiness_life_and_the_end_are_told(self):
        with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
            address = f"{folder}/notify"
            ear.bind(address)
            ear.settimeout(30)
            with Server(NOTIFY_SOCKET=address, WATCHDOG_USEC="300000") as server:
                self.assertEqual(ear.recv(100), b"READY=1")
                for _ in range(3):
                    self.assertEqual(ear.recv(100), b"WATCHDOG=1")
                self.assertEqual(server.stop(), 0)
                heard = b""
                while heard != b"STOPPING=1":
                    heard = ear.recv(100)
                    self.assertIn(heard, (b"WATCHDOG=1", b"STOPPING=1"))

    def test_a_watchdog_of_another_process_is_not_fed(self):
        with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
            address = f"{folder}/notify"
            ear.bind(address)
            ear.settimeout(30)
            with Server(NOTIFY_SOCKET=address, WATCHDOG_USEC="100000", WATCHDOG_PID="1") as server:
                self.assertEqual(ear.recv(100), b"READY=1")
                ear.settimeout(0.5)
                self.assertRaises(TimeoutError, ear.recv, 100)
                server.stop()

    def test_a_supervisor_that_does_not_listen_stops_nobody(self):
        for where in ("/nonexistent/notify", "relative", "/", "@", "@" + "x" * 200):
            with Server(NOTIFY_SOCKET=where, WATCHDOG_USEC="rubbish") as server:
                self.assertEqual(server.ask("GET", "/health").status, 200)

    def test_the_health_check_speaks_tls_where_the_server_does(self):
        with tempfile.TemporaryDirectory() as folder:
            with TlsServer(Pair(f"{folder}/tls")) as server:
                made = subprocess.run([BIN / "metabuilder-lab", "--healthcheck"], env=server.environment, capture_output=True, text=True, timeout=60)
                self.assertEqual(made.returncode, 0, made.stderr)

    def test_the_health_check_knows_a_server_that_runs_from_one_that_does_not(self):
        with Server(state=None) as server:
            def check():
                return subprocess.run([BIN / "metabuilder-lab", "--healthcheck"], env=server.environment, capture_output=True, text=True, timeout=60)
            self.assertEqual(check().returncode, 0)
            server.process.send_signal(19)  # SIGSTOP: it listens, and doesn't answer
            try:
                hung = check()
            finally:
                server.process.send_signal(18)
            self.assertEqual(hung.returncode, 1)
            self.assertIn("PORT", hung.stderr)
            server.stop()
            stopped = check()
            self.assertEqual(stopped.returncode, 1)
            self.assertIn("PORT", stopped.stderr)


class Clock(unittest.TestCase):
    def test_a_jump_of_the_wall_clock_is_told_and_stops_nobody(self):
        [library] = pathlib.Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")
        with tempfile.TemporaryDirectory() as folder:
            offset = pathlib.Path(folder, "offset")
            offset.write_text("+0")
            with Server(LD_PRELOAD=library, FAKETIME_TIMESTAMP_FILE=offset, FAKETIME_NO_CACHE="1", FAKETIME_DONT_FAKE_MONOTONIC="1") as server:
                token = server.admin()
                self.assertEqual(server.ask("GET", "/api/v1/user/me", token=token).status, 200)
                offset.write_text("+1h")
                wait_for(lambda: "ALERTA_RELOJ" in server.log_text(), "the jump is told")
                [jump] = re.findall(r'"jump_seconds":(\d+)', server.log_text())
                self.assertAlmostEqual(int(jump), 3600, delta=10)
                # the token has ended by the wall clock, and a new one is good
                self.assertEqual(server.ask("GET", "/api/v1/user/me", token=token).status, 401)
                self.assertEqual(server.ask("GET", "/api/v1/user/me", token=server.admin()).status, 200)
                self.assertEqual(server.stop(), 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
