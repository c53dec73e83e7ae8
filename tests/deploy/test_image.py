"""The image: what the Dockerfile says, and the file system that it makes, run read-only without a container engine."""

import http.client
import pathlib
import shutil
import stat
import subprocess
import sys
import tempfile
import unittest

from support import DEPLOY, ROOT, SKIPPED, need, wait_for

need("bwrap", "age", "ldd", "strip")

# in a chroot, and in a container without rights, nobody can make a namespace
if (made := subprocess.run(["bwrap", "--unshare-all", "--uid", "65532", "--ro-bind", "/", "/", "true"], capture_output=True, text=True)).returncode != 0:
    print(made.stderr.strip())
    sys.exit(SKIPPED)

import manifest_gates
from server_under_test import BIN, free_port
from test_operation import PRODUCTION

DOCKERFILE = (DEPLOY / "docker/Dockerfile").read_text()
IGNORED = (ROOT / ".dockerignore").read_text()


class Rules(unittest.TestCase):
    def test_the_dockerfile_keeps_them(self):
        self.assertEqual(manifest_gates.dockerfile(DOCKERFILE, IGNORED), [])

    def test_each_of_them_fires(self):
        for old, new, why in (
            ("debian:12.12-slim", "debian:latest", "pinned"), ("debian:12.12-slim", "debian", "pinned"), ("FROM scratch", "FROM debian:12.12-slim", "scratch"),
            ("COPY . .", "ADD . .", "ADD"), ("USER 65532:65532\n", "", "USER"), ("USER 65532:65532", "USER 0:0", "USER"), ("USER 65532:65532", "USER metabuilder", "USER"),
            ("ENV HOST", "ENV MASTER_KEY=x HOST", "secret"), ("ARG DEBIAN", "ARG DB_PASSWORD=x\nARG DEBIAN", "secret"),
            ('ENTRYPOINT ["/usr/local/bin/metabuilder-server"]', "ENTRYPOINT /usr/local/bin/metabuilder-server", "ENTRYPOINT"),
            ("HEALTHCHECK", "# HEALTHCHECK", "HEALTHCHECK"), ("COPY --from=build /image/ /", "COPY build /", "another stage"),
            ("EXPOSE 8080", "RUN true", "runs something"), ("RUN deploy/install.sh", "RUN curl https://example.com/x | sh", "fetched"),
        ):
            self.assertIn(old, DOCKERFILE)
            found = manifest_gates.dockerfile(DOCKERFILE.replace(old, new), IGNORED)
            self.assertTrue(any(why in each for each in found), (new, found))
        for name in (".git", "**/.env", "**/secrets"):
            found = manifest_gates.dockerfile(DOCKERFILE, IGNORED.replace(name + "\n", ""))
            self.assertEqual(found, [f".dockerignore lacks {name}"])


class Image(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.tree = pathlib.Path(cls.folder.name, "image")
        # the step of the Dockerfile, as it stands there
        assert "RUN deploy/docker/rootfs.sh build/release/bin /image" in DOCKERFILE
        subprocess.run([DEPLOY / "docker/rootfs.sh", BIN, cls.tree], check=True)
        assert "COPY --from=build --chown=65532:65532 /image.state/ /var/lib/\n" in DOCKERFILE
        shutil.copytree(f"{cls.tree}.state", cls.tree / "var/lib", dirs_exist_ok=True)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def sandbox(self, *command, **environment):
        variables = {"PATH": "/usr/local/bin", "STATE_DIR": "/var/lib/metabuilder", "LOG_FORMAT": "json", **environment}
        return ["bwrap", "--unshare-all", "--share-net", "--die-with-parent", "--ro-bind", str(self.tree), "/", "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp",
                "--tmpfs", "/var/lib/metabuilder", "--uid", "65532", "--gid", "65532", "--cap-drop", "ALL", "--new-session", "--clearenv",
                *(word for name, value in variables.items() for word in ("--setenv", name, value)), *command]

    def test_nothing_is_in_it_that_an_intruder_could_use(self):
        names = {path.name for path in self.tree.rglob("*")}
        self.assertFalse(names & {"sh", "bash", "dash", "busybox", "perl", "python3", "apt", "dpkg", "curl", "wget"})
        for path in self.tree.rglob("*"):
            mode = path.lstat().st_mode
            self.assertFalse(mode & (stat.S_ISUID | stat.S_ISGID), path)
            self.assertTrue(stat.S_ISREG(mode) or stat.S_ISDIR(mode), path)
            self.assertEqual(mode & 0o022, 0o022 if path == self.tree / "tmp" else 0, path)

    def test_every_program_finds_its_libraries(self):
        for program in sorted((self.tree / "usr/local/bin").iterdir()):
            made = subprocess.run(self.sandbox(f"/usr/local/bin/{program.name}", "--version"), capture_output=True, text=True, timeout=60)
            self.assertEqual(made.returncode, 0, made.stderr)

    def test_it_serves_read_only_with_its_state_in_memory_and_its_own_health_check(self):
        port = free_port()
        settings = {**PRODUCTION, "PORT": str(port), "ALLOWED_HOSTS": "id.example.com"}
        with open(pathlib.Path(self.folder.name, "log"), "wb") as log:
            server = subprocess.Popen(self.sandbox("/usr/local/bin/metabuilder-server", **settings), stdout=log, stderr=log, stdin=subprocess.DEVNULL)
            try:
                def health():
                    if server.poll() is not None:
                        raise AssertionError(pathlib.Path(log.name).read_text())
                    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
                    connection.request("GET", "/api/v1/health/ready", headers={"Host": "id.example.com"})
                    status = connection.getresponse().status
                    connection.close()
                    return status == 200
                wait_for(health, "the server in the image is ready")
                check = subprocess.run(self.sandbox("/usr/local/bin/metabuilder-server", "--healthcheck", **settings), capture_output=True, text=True, timeout=60)
                self.assertEqual(check.returncode, 0, check.stderr)
            finally:
                server.terminate()
                server.wait(60)
            away = subprocess.run(self.sandbox("/usr/local/bin/metabuilder-server", "--healthcheck", **settings), capture_output=True, text=True, timeout=60)
            self.assertEqual(away.returncode, 1)

    def test_what_is_no_state_can_not_be_written(self):
        made = subprocess.run(self.sandbox("/usr/local/bin/metabuilder-server", **{**PRODUCTION, "STATE_DIR": "/etc/state"}), capture_output=True, text=True, timeout=60)
        self.assertEqual(made.returncode, 1)
        self.assertIn("STATE_DIR", made.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
