"""The compose file and the Kubernetes manifests: well formed, closed, and with settings that the server accepts."""

import copy
import pathlib
import subprocess
import tempfile
import unittest

from support import DEPLOY, filled, need

need("yamllint", "nginx", "openssl")

try:
    import yaml
except ImportError:
    need("python3-yaml")

import manifest_gates
from server_under_test import BIN

COMPOSE = yaml.safe_load((DEPLOY / "compose/compose.yaml").read_text())
KUBERNETES = list(yaml.safe_load_all((DEPLOY / "kubernetes/metabuilder.yaml").read_text()))


def changed(tree, path, value):
    """A copy with one value replaced; None takes it away."""
    made = copy.deepcopy(tree)
    inner = made
    for step in path[:-1]:
        inner = inner[step]
    if value is None:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    return made


def place_of(kind, name=None):
    return next(at for at, each in enumerate(KUBERNETES) if each["kind"] == kind and name in (None, each["metadata"]["name"]))


class Form(unittest.TestCase):
    def test_yamllint_has_nothing_to_say(self):
        made = subprocess.run(["yamllint", "--strict", "-c", DEPLOY / "yamllint.yaml", DEPLOY / "compose", DEPLOY / "kubernetes"], capture_output=True, text=True)
        self.assertEqual((made.returncode, made.stdout), (0, ""))


class Compose(unittest.TestCase):
    def test_it_keeps_the_rules(self):
        self.assertEqual(manifest_gates.compose(COMPOSE), [])

    def test_each_of_them_fires(self):
        for path, value, why in (
            (("services", "app", "read_only"), False, "root can be written"), (("services", "app", "cap_drop"), None, "capabilities"),
            (("services", "proxy", "cap_add"), ["NET_ADMIN"], "capabilities"), (("services", "app", "security_opt"), None, "privileges"),
            (("services", "database", "user"), None, "runs as root"), (("services", "database", "user"), "0:0", "runs as root"),
            (("services", "app", "privileged"), True, "the machine's"), (("services", "app", "network_mode"), "host", "the machine's"),
            (("services", "memory", "image"), "redis:latest", "pinned"), (("services", "memory", "image"), "redis:7", "pinned"),
            (("services", "proxy", "healthcheck"), None, "health check"), (("services", "app", "deploy", "resources", "limits", "memory"), None, "limit of memory"),
            (("services", "app", "logging"), None, "fill the disk"), (("services", "app", "tmpfs"), ["/tmp"], "executed"),
            (("services", "proxy", "volumes"), ["./secrets/tls:/etc/metabuilder/tls"], "may write"),
            (("services", "proxy", "volumes"), ["/var/run/docker.sock:/var/run/docker.sock:ro"], "holds the machine"),
            (("services", "app", "environment", "MASTER_KEY"), "x", "belongs into a file"),
            (("services", "app", "environment", "DATABASE_URL"), "postgresql://user:word@database/metabuilder", "belongs into a file"),
            (("services", "app", "secrets"), ["database_url"], "is no secret of it"), (("secrets", "master_key"), None, "is not declared"),
            (("secrets", "master_key"), {"environment": "MASTER_KEY"}, "not from a file"), (("services", "database", "ports"), ["5432:5432"], "published"),
            (("services", "app", "networks"), None, "default network"), (("networks", "data", "internal"), False, "leads outside"),
        ):
            found = manifest_gates.compose(changed(COMPOSE, path, value))
            self.assertTrue(any(why in each for each in found), (path, value, found))

    def test_the_proxy_says_the_address_that_the_server_believes(self):
        fixed = COMPOSE["services"]["proxy"]["networks"]["front"]["ipv4_address"]
        self.assertEqual(COMPOSE["services"]["app"]["environment"]["TRUSTED_PROXIES"], fixed)

    def test_every_file_that_is_mounted_is_there(self):
        for service in COMPOSE["services"].values():
            for each in service.get("volumes", []):
                source = each.split(":")[0]
                if source.startswith(".") and "/secrets/" not in source:
                    self.assertTrue((DEPLOY / "compose" / source).is_file(), source)

    def test_nginx_accepts_the_upstream_of_the_containers(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder)
            (path / "nginx.conf").write_text("pid " + folder + "/pid; error_log stderr; events {} http { include upstream.conf; "
                                             "server { listen 127.0.0.1:1; location / { proxy_pass http://metabuilder; } } }")
            (path / "upstream.conf").write_text(filled(DEPLOY / "compose/upstream.conf", **{"app:8080": "127.0.0.1:8080"}))
            made = subprocess.run(["/usr/sbin/nginx", "-t", "-q", "-p", folder, "-c", path / "nginx.conf"], capture_output=True, text=True)
            self.assertEqual((made.returncode, made.stderr), (0, ""))


class Kubernetes(unittest.TestCase):
    def test_they_keep_the_rules(self):
        self.assertEqual(manifest_gates.kubernetes(KUBERNETES), [])

    def test_each_of_them_fires(self):
        deployment, config = place_of("Deployment"), place_of("ConfigMap")
        pod, out = (deployment, "spec", "template", "spec"), (place_of("NetworkPolicy", "to-what-it-needs"), "spec", "egress", 1)
        server = (*pod, "containers", 0)
        for path, value, why in (
            ((deployment, "spec", "replicas"), 1, "one replica"), ((deployment, "spec", "selector", "matchLabels"), {"app": "x"}, "its own pods"),
            ((*pod, "automountServiceAccountToken"), None, "token"), ((place_of("ServiceAccount"), "automountServiceAccountToken"), True, "token"),
            ((*pod, "enableServiceLinks"), None, "taken for settings"), ((*pod, "hostNetwork"), True, "the node's"),
            ((*pod, "securityContext", "runAsNonRoot"), None, "not restricted"), ((*pod, "securityContext", "seccompProfile"), None, "not restricted"),
            ((*server, "securityContext", "readOnlyRootFilesystem"), False, "not restricted"), ((*server, "securityContext", "capabilities"), None, "not restricted"),
            ((*server, "securityContext", "allowPrivilegeEscalation"), True, "not restricted"), ((*server, "image"), "metabuilder", "pinned"),
            ((*server, "livenessProbe", "httpGet", "path"), "/api/v1/health/ready", "livenessProbe doesn't ask"), ((*server, "readinessProbe"), None, "readinessProbe doesn't ask"),
            ((*server, "readinessProbe", "httpGet", "httpHeaders"), [], "names no host"), ((*server, "lifecycle"), None, "preStop"),
            ((*pod, "terminationGracePeriodSeconds"), 30, "killed"), ((*server, "resources"), None, "resources"),
            ((*server, "env"), [{"name": "MASTER_KEY", "value": "x"}], "belongs into a file"), ((config, "data", "JWT_SECRET"), "x", "belongs into a file"),
            ((config, "data", "PORT"), 8080, "not a string"), ((*server, "volumeMounts", 0, "readOnly"), False, "secrets can be written"),
            ((*pod, "volumes", 0), {"name": "secrets", "emptyDir": {"sizeLimit": "1Mi"}}, "no secret as files"), ((*pod, "volumes", 1, "emptyDir"), {}, "no limit"),
            ((*pod, "volumes", 1), {"name": "state", "hostPath": {"path": "/"}}, "of the node"), ((place_of("PodDisruptionBudget"), "spec", "minAvailable"), 2, "budget"),
            ((place_of("Service"), "spec", "selector"), {"app": "x"}, "no Service"), ((place_of("Namespace"), "metadata", "labels"), {}, "restricted profile"),
            ((place_of("NetworkPolicy", "nothing"), "spec", "policyTypes"), ["Ingress"], "denies everything"), ((*out, "to"), [], "with anybody"), ((*out, "ports"), None, "any port"),
        ):
            found = manifest_gates.kubernetes(changed(KUBERNETES, path, value))
            self.assertTrue(any(why in each for each in found), (path, value, found))
        planted = [*KUBERNETES, {"kind": "Secret", "metadata": {"name": "metabuilder"}}]
        self.assertEqual(manifest_gates.kubernetes(planted), ["metabuilder: a Secret has no place in a repository"])


class Settings(unittest.TestCase):
    """The server reads what the manifests give it, with the secrets that make-secrets.sh makes."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.secrets = pathlib.Path(cls.folder.name, "secrets")
        cls.make()
        (cls.secrets / "smtp_password").write_text("canario-amarillo-veintidos\n")

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    @classmethod
    def make(cls):
        subprocess.run([DEPLOY / "compose/make-secrets.sh", cls.secrets], check=True, capture_output=True)

    def check(self, variables):
        given = {name: value.replace("/run/secrets/", f"{self.secrets}/").replace("/etc/metabuilder/secrets/", f"{self.secrets}/") for name, value in variables.items()}
        return subprocess.run([BIN / "metabuilder-server", "--check"], env={"PATH": "/usr/bin:/bin", **given}, capture_output=True, text=True, timeout=60)

    def test_the_settings_of_both_pass_the_check(self):
        for variables in (COMPOSE["services"]["app"]["environment"], KUBERNETES[place_of("ConfigMap")]["data"]):
            made = self.check(variables)
            self.assertEqual(made.returncode, 0, made.stderr)
            # each of the files is one that the server reads
            for name in (each for each in variables if each.endswith("_FILE")):
                self.assertIn(name, self.check({**variables, name: "/nonexistent"}).stderr)

    def test_secrets_are_made_once_and_kept(self):
        before = {each.name: each.read_text() for each in self.secrets.iterdir() if each.is_file()}
        self.make()
        self.assertEqual({each.name: each.read_text() for each in self.secrets.iterdir() if each.is_file()}, before)
        self.assertEqual(self.secrets.stat().st_mode & 0o777, 0o700)
        self.assertLessEqual({path["file"].split("/")[-1] for path in COMPOSE["secrets"].values()}, before.keys())


if __name__ == "__main__":
    unittest.main(verbosity=2)
