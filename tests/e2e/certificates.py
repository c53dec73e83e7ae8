"""Makes certificates for tests with the openssl command."""

import pathlib
import subprocess

AUTHORITY = """
[ca]
default_ca = own
[own]
dir = {folder}
database = {folder}/index.txt
rand_serial = yes
new_certs_dir = {folder}
default_md = {digest}
policy = any
x509_extensions = server
copy_extensions = none
unique_subject = no
[any]
commonName = supplied
[server]
subjectAltName = {names}
basicConstraints = critical,CA:true
"""
KINDS = {
    "ec": ("EC", "ec_paramgen_curve:P-256"),
    "ec384": ("EC", "ec_paramgen_curve:P-384"),
    "rsa": ("RSA", "rsa_keygen_bits:2048"),
    "rsa1024": ("RSA", "rsa_keygen_bits:1024"),
}


def openssl(*arguments, **more):
    made = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, timeout=60, **more)
    if made.returncode != 0:
        raise RuntimeError(f"openssl {arguments}: {made.stderr.decode()}")
    return made.stdout


class Pair:
    """A self-signed certificate and its key, in a folder of its own below `folder`."""

    def __init__(self, folder, kind="ec", names="DNS:localhost,IP:127.0.0.1", start="20240101000000Z", end="20991231235959Z", digest="sha256"):
        own = pathlib.Path(folder)
        own.mkdir(parents=True)
        self.certificate, self.key = own / "cert.pem", own / "key.pem"
        algorithm, option = KINDS[kind]
        openssl("genpkey", "-algorithm", algorithm, "-pkeyopt", option, "-out", self.key)
        self.key.chmod(0o600)
        config, request = own / "ca.conf", own / "request.pem"
        config.write_text(AUTHORITY.format(folder=own, names=names, digest=digest))
        (own / "index.txt").write_text("")
        openssl("req", "-new", "-key", self.key, "-subj", f"/CN={own.name}", "-out", request)
        openssl("ca", "-batch", "-notext", "-config", config, "-selfsign", "-keyfile", self.key, "-in", request, "-out", self.certificate, "-startdate", start, "-enddate", end)

    def environment(self):
        return {"TLS_CERT_FILE": str(self.certificate), "TLS_KEY_FILE": str(self.key)}
