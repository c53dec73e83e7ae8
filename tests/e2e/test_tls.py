"""Native TLS, seen by real clients: handshakes, renewal under load, the redirecting port, and what is refused at start."""
# each run: sqlite
# on demand: postgres

import contextlib
import http.client
import os
import pathlib
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import threading
import time
import unittest
import warnings

from certificates import Pair, openssl
from server_under_test import ADMIN_EMAIL, ADMIN_PASSWORD, BIN, START_SECONDS, Server, free_port
from test_operation import PRODUCTION, run

# asking for what is old and weak is what these tests do; unittest would show each of these again
warnings.simplefilter("ignore", DeprecationWarning)

GET = b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"


class TlsServer(Server):
    def __init__(self, pair, **environment):
        super().__init__(**{**pair.environment(), **environment})
        self.pair = pair

    def context(self):
        return ssl.create_default_context(cafile=str(self.pair.certificate))

    def connection(self):
        return http.client.HTTPSConnection("localhost", self.port, timeout=30, context=self.context())

    @property
    def origin(self):
        return f"https://localhost:{self.port}"

    def shake_hands(self, context=None, **more):
        plain = socket.create_connection(("127.0.0.1", self.port), 30)
        try:
            return (context or self.context()).wrap_socket(plain, server_hostname="localhost", **more)
        except BaseException:
            plain.close()
            raise

    def handshake_fails(self, context):
        try:
            self.shake_hands(context).close()
        except (ssl.SSLError, ConnectionError):
            return True
        return False

    def reload(self):
        """Sends SIGHUP and waits until the log tells what came of it."""
        before = self.log_text().count('"module":"tls"')
        self.process.send_signal(signal.SIGHUP)
        deadline = time.monotonic() + START_SECONDS
        while self.log_text().count('"module":"tls"') == before:
            assert time.monotonic() < deadline, self.log_text()[-2000:]
            time.sleep(0.01)


def read_answers(connection, count):
    """The bodies of that many answers, in order."""
    stream = connection.makefile("rb")
    bodies = []
    for _ in range(count):
        status = stream.readline()
        assert status.startswith(b"HTTP/1.1 200"), status
        length = 0
        while (line := stream.readline()) != b"\r\n":
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        bodies.append(stream.read(length))
    return bodies


class WithFolder(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="mb-tls-"))

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder, ignore_errors=True)


class Handshakes(WithFolder):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pairs = {kind: Pair(cls.folder / kind, kind) for kind in ("ec", "rsa")}
        cls.servers = {kind: TlsServer(pair).start() for kind, pair in cls.pairs.items()}
        cls.server = cls.servers["ec"]

    @classmethod
    def tearDownClass(cls):
        codes = [server.stop() for server in cls.servers.values()]
        super().tearDownClass()
        assert codes == [0, 0], codes

    def limited(self, server, version, ciphers=None):
        context = server.context()
        context.minimum_version = context.maximum_version = version
        if ciphers:
            context.set_ciphers(ciphers)
        return context

    def test_1_2_and_1_3_are_spoken_with_both_kinds_of_key(self):
        for kind, server in self.servers.items():
            for version, name in ((ssl.TLSVersion.TLSv1_2, "TLSv1.2"), (ssl.TLSVersion.TLSv1_3, "TLSv1.3")):
                with self.subTest(kind=kind, version=name), server.shake_hands(self.limited(server, version)) as connection:
                    self.assertEqual(connection.version(), name)
                    connection.sendall(GET)
                    self.assertIn(b'"activo"', read_answers(connection, 1)[0])

    def test_older_versions_are_refused(self):
        for version in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1):
            with self.subTest(version=version):
                self.assertTrue(self.server.handshake_fails(self.limited(self.server, version, "ALL:@SECLEVEL=0")))

    def test_only_ephemeral_exchanges_and_sealed_ciphers_are_accepted(self):
        for kind, name in (("ec", "ECDSA"), ("rsa", "RSA")):
            server = self.servers[kind]
            for cipher in ("AES128-GCM-SHA256", "AES128-SHA", f"ECDHE-{name}-AES128-SHA256", f"ECDHE-{name}-AES128-SHA", "DHE-RSA-AES128-GCM-SHA256", "AES256-CCM", "NULL-SHA256:@SECLEVEL=0"):
                with self.subTest(kind=kind, cipher=cipher):
                    self.assertTrue(server.handshake_fails(self.limited(server, ssl.TLSVersion.TLSv1_2, cipher)))
            for cipher in (f"ECDHE-{name}-AES128-GCM-SHA256", f"ECDHE-{name}-AES256-GCM-SHA384", f"ECDHE-{name}-CHACHA20-POLY1305"):
                with self.subTest(kind=kind, cipher=cipher), server.shake_hands(self.limited(server, ssl.TLSVersion.TLSv1_2, cipher)) as connection:
                    self.assertEqual(connection.cipher()[0], cipher)

    def test_keys_are_agreed_on_x25519_and_p256_alone(self):
        # Debian's own Python can't be told to offer X25519 alone
        for group, agrees in (("X25519", True), ("P-256", True), ("P-384", False), ("P-521", False)):
            with self.subTest(group=group):
                told = subprocess.run(["openssl", "s_client", "-tls1_3", "-groups", group, "-connect", f"127.0.0.1:{self.server.port}"], input=b"", capture_output=True)
                self.assertEqual(told.returncode == 0, agrees, told.stderr.decode())

    def test_http_1_1_is_chosen_and_a_client_of_another_protocol_refused(self):
        context = self.server.context()
        context.set_alpn_protocols(["h2", "http/1.1"])
        with self.server.shake_hands(context) as connection:
            self.assertEqual(connection.selected_alpn_protocol(), "http/1.1")
        context.set_alpn_protocols(["h2"])
        self.assertTrue(self.server.handshake_fails(context))

    def test_a_session_is_resumed_by_its_ticket(self):
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            with self.subTest(version=version):
                context = self.limited(self.server, version)
                with self.server.shake_hands(context) as first:
                    first.sendall(GET)
                    read_answers(first, 1)
                    session = first.session
                    self.assertTrue(session.has_ticket)
                    self.assertTrue(0 < session.ticket_lifetime_hint <= 3600)
                with self.server.shake_hands(context, session=session) as second:
                    self.assertTrue(second.session_reused)
                    second.sendall(GET)
                    read_answers(second, 1)

    def test_no_early_data_and_no_renegotiation(self):
        session = self.folder / "session.pem"
        target = ["-connect", f"127.0.0.1:{self.server.port}", "-CAfile", str(self.pairs["ec"].certificate)]
        openssl("s_client", "-tls1_3", "-ign_eof", "-sess_out", session, *target, input=GET.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        self.assertIn("Max Early Data: 0", openssl("sess_id", "-in", session, "-noout", "-text").decode())
        made = subprocess.run(["openssl", "s_client", "-tls1_2", *target], input=b"R\n", capture_output=True, timeout=60)
        self.assertIn(b"RENEGOTIATING", made.stdout + made.stderr)
        self.assertIn(b"no renegotiation", made.stdout + made.stderr)

    def test_plain_text_on_this_port_is_told_nothing(self):
        for sent in (GET, b"\x00", b"SSH-2.0-x\r\n", b"\x80\x2e\x01\x03\x01"):
            with self.subTest(sent=sent), socket.create_connection(("127.0.0.1", self.server.port), 30) as plain:
                plain.sendall(sent)
                with contextlib.suppress(ConnectionError):
                    self.assertEqual(plain.recv(1000), b"")

    def test_a_handshake_has_five_seconds_and_an_open_connection_more(self):
        silent, halting = (socket.create_connection(("127.0.0.1", self.server.port), 30) for _ in range(2))
        begun = time.monotonic()
        with silent, halting, self.server.shake_hands() as open_one:
            halting.sendall(b"\x16\x03\x01")
            for each in (silent, halting):
                each.settimeout(max(0.1, begun + 4 - time.monotonic()))
                with self.assertRaises(TimeoutError):
                    each.recv(1)
            for each in (silent, halting):
                each.settimeout(30)
                with contextlib.suppress(ConnectionError):
                    self.assertEqual(each.recv(1), b"")
            self.assertGreaterEqual(time.monotonic() - begun, 4.9)
            open_one.sendall(GET)
            read_answers(open_one, 1)

    def test_many_requests_in_one_record_are_answered_in_order_and_one_in_many_records_too(self):
        with self.server.shake_hands() as connection:
            connection.sendall(b"".join(GET.replace(b"/health", b"/openapi.json" if i % 2 else b"/health") for i in range(100)))
            sizes = [len(body) > 1000 for body in read_answers(connection, 100)]
            self.assertEqual(sizes, [bool(i % 2) for i in range(100)])
            for byte in GET:
                connection.sendall(bytes([byte]))
            self.assertIn(b'"activo"', read_answers(connection, 1)[0])

    def test_a_reader_that_is_late_loses_nothing(self):
        with self.server.shake_hands() as connection:
            count = 60
            sender = threading.Thread(target=lambda: connection.sendall(GET.replace(b"/health", b"/openapi.json") * count))
            sender.start()
            time.sleep(0.5)
            bodies = read_answers(connection, count)
            sender.join()
            self.assertEqual(len(set(bodies)), 1)

    def test_bodies_arrive_whole(self):
        answer = self.server.ask("POST", "/api/v1/auth/login", {"email": "nobody@example.com", "password": "x" * 1000})
        self.assertEqual(answer.status, 401, answer)
        answer = self.server.ask("POST", "/api/v1/auth/login", b"x" * 20_000, headers={"Content-Type": "application/json"})
        self.assertEqual(answer.status, 413, answer)

    def test_garbage_inside_a_handshake_ends_that_connection_alone(self):
        for sent in (b"\x16\x03\x01\x00\x05abcde" * 50, b"\x16" + b"\xff" * 40_000, b"\x16\x03\x01\x40\x00" + b"\x01" * 20_000):
            with socket.create_connection(("127.0.0.1", self.server.port), 30) as plain, contextlib.suppress(ConnectionError):
                plain.sendall(sent)
                while plain.recv(1000):
                    pass
        self.assertEqual(self.server.ask("GET", "/health").status, 200)


class Fields(WithFolder):
    def test_cookies_are_bound_to_the_host_and_hsts_is_said_for_names_of_the_network(self):
        pair = Pair(self.folder / "fields", names="DNS:id.example.com,DNS:localhost")
        with TlsServer(pair, PUBLIC_URL="https://id.example.com") as server:
            login = server.ask("POST", "/api/v1/auth/login", {"email": ADMIN_EMAIL, "password": ADMIN_PASSWORD}, headers={"Host": "id.example.com"})
            self.assertEqual(login.status, 200, login)
            self.assertEqual(login.field("Strict-Transport-Security"), "max-age=31536000; includeSubDomains")
            cookie = login.field("Set-Cookie")
            self.assertTrue(cookie.startswith("__Host-refresh="), cookie)
            for attribute in ("; Secure", "; HttpOnly", "; SameSite=Strict", "; Path=/"):
                self.assertIn(attribute, cookie)
            self.assertNotIn("Domain", cookie)
            token = cookie.split(";")[0]
            origin = {"Host": "id.example.com", "Origin": "https://id.example.com", "Cookie": token}
            self.assertEqual(server.ask("POST", "/api/v1/jwt/refresh", headers=origin).status, 200)
            self.assertEqual(server.ask("GET", "/health", headers={"Host": "other.example.com"}).status, 400)
        with TlsServer(pair) as server:
            answer = server.ask("GET", "/health")
            self.assertIsNone(answer.field("Strict-Transport-Security"))
            self.assertIn("__Host-refresh=", server.ask("POST", "/api/v1/auth/login", {"email": ADMIN_EMAIL, "password": ADMIN_PASSWORD}).field("Set-Cookie"))


class Redirecting(WithFolder):
    def test_the_plain_port_leads_to_public_url_whatever_the_client_says(self):
        port = free_port()
        with TlsServer(Pair(self.folder / "redirect"), TLS_REDIRECT_PORT=port) as server:
            def ask(method, target, body=None, **fields):
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
                connection.request(method, target, body, {"Host": "localhost", **fields})
                answer = connection.getresponse()
                answer.read()
                connection.close()
                return answer

            for target, where in (("/", "/"), ("/a%20b/%C3%B1?x=1&y=%2F", "/a%20b/%C3%B1?x=1&y=%2F"), ("/api/v1/user/me", "/api/v1/user/me"), ("/a?", "/a"), ("/a/", "/a/")):
                answer = ask("GET", target)
                self.assertEqual((answer.status, answer.getheader("Location")), (308, server.origin + where))
            answer = ask("POST", "/api/v1/auth/login", b'{"email":"a@b.c","password":"secreto"}', **{"Content-Type": "application/json"})
            self.assertEqual((answer.status, answer.getheader("Location")), (308, server.origin + "/api/v1/auth/login"))
            answer = ask("GET", "/", **{"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"})
            self.assertEqual(answer.getheader("Location"), server.origin + "/")
            answer = ask("GET", "/", Host="evil.example")
            self.assertEqual((answer.status, answer.getheader("Location")), (400, None))
            for target in ("//evil.example/", "/%5cevil.example", "/..%2fx"):
                self.assertEqual(ask("GET", target).status, 400, target)
        with self.assertRaises(ConnectionRefusedError):
            ask("GET", "/")


class Renewing(WithFolder):
    def replace(self, server, by):
        shutil.copyfile(by.certificate, server.pair.certificate)
        shutil.copyfile(by.key, server.pair.key)

    def shown(self, server):
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        with server.shake_hands(context) as connection:
            return ssl.DER_cert_to_PEM_cert(connection.getpeercert(True))

    def test_no_request_fails_while_certificates_change_and_a_bad_file_keeps_the_old_one(self):
        served = Pair(self.folder / "served")
        others = [Pair(self.folder / f"other{i}", kind) for i, kind in enumerate(("ec", "rsa"))]
        with TlsServer(served) as server:
            trusting = ssl.create_default_context()
            for pair in (served, *others):
                trusting.load_verify_locations(str(pair.certificate))
            failures, answered, stop = [], [0, 0], threading.Event()

            def fresh():
                session = None
                while not stop.is_set():
                    try:
                        with server.shake_hands(trusting, session=session) as connection:
                            connection.sendall(GET)
                            read_answers(connection, 1)
                            session = connection.session
                        answered[0] += 1
                    except Exception as failure:
                        failures.append(repr(failure))

            def kept():
                with server.shake_hands(trusting) as connection:
                    while not stop.is_set():
                        try:
                            connection.sendall(GET)
                            read_answers(connection, 1)
                            answered[1] += 1
                        except Exception as failure:
                            failures.append(repr(failure))

            clients = [threading.Thread(target=work) for work in (fresh, fresh, kept)]
            for client in clients:
                client.start()
            for i in range(20):
                self.replace(server, others[i % 2])
                server.reload()
                self.assertEqual(self.shown(server).strip(), others[i % 2].certificate.read_text().strip())
            stop.set()
            for client in clients:
                client.join()
            self.assertEqual(failures, [])
            self.assertGreater(answered[0], 20)
            self.assertGreater(answered[1], 20)
            self.assertNotIn('"level":"error"', server.log_text())

            old = self.shown(server)
            for break_it in (lambda: server.pair.certificate.write_text("no certificate"), lambda: shutil.copyfile(others[0].certificate, server.pair.certificate), lambda: server.pair.key.unlink()):
                break_it()
                server.reload()
                self.assertEqual(self.shown(server), old)
            errors = [line for line in server.log_text().splitlines() if '"level":"error"' in line]
            self.assertEqual(len(errors), 3)
            for line, variable in zip(errors, ("TLS_CERT_FILE", "TLS_KEY_FILE", "TLS_KEY_FILE")):
                self.assertIn(variable, line)
            self.assertEqual(server.stop(), 0)


class RefusedAtStart(WithFolder):
    def check(self, certificate, key, program="metabuilder-server", **more):
        return run(program, "--check", **{**PRODUCTION, "TLS_CERT_FILE": str(certificate), "TLS_KEY_FILE": str(key), **more})

    def test_each_with_one_line_that_names_the_variable_and_the_remedy(self):
        good = Pair(self.folder / "good", names="DNS:id.example.com")
        other = Pair(self.folder / "other")
        made = self.check(good.certificate, good.key)
        self.assertEqual((made.returncode, made.stderr), (0, ""))

        junk, folder, encrypted = self.folder / "junk.pem", self.folder, self.folder / "encrypted.pem"
        junk.write_text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
        junk.chmod(0o600)
        openssl("pkey", "-in", good.key, "-aes256", "-passout", "pass:secreto", "-out", encrypted)
        broken_chain, large = self.folder / "chain.pem", self.folder / "large.pem"
        broken_chain.write_text(good.certificate.read_text() + junk.read_text())
        large.write_text(good.certificate.read_text() + "#" * 256 * 1024)
        p384, short = Pair(self.folder / "p384", "ec384"), Pair(self.folder / "short", "rsa1024")
        for name, certificate, key, variable, words in (
            ("no file", self.folder / "none", good.key, "TLS_CERT_FILE", "compruebe la ruta"), ("a folder", folder, good.key, "TLS_CERT_FILE", "compruebe la ruta"),
            ("too large", large, good.key, "TLS_CERT_FILE", "256 KiB"), ("no certificate", junk, good.key, "TLS_CERT_FILE", "fullchain.pem"), ("a key instead", good.key, good.key, "TLS_CERT_FILE", "fullchain.pem"),
            ("a broken chain", broken_chain, good.key, "TLS_CERT_FILE", "fullchain.pem"), ("no key file", good.certificate, self.folder / "none", "TLS_KEY_FILE", "déselo a leer"),
            ("no key", good.certificate, junk, "TLS_KEY_FILE", "clave privada en PEM"), ("encrypted", good.certificate, encrypted, "TLS_KEY_FILE", "openssl pkey"),
            ("another's", good.certificate, other.key, "TLS_KEY_FILE", "no es la clave de TLS_CERT_FILE"), ("P-384", p384.certificate, p384.key, "TLS_KEY_FILE", "P-256"),
            ("1024 bits", short.certificate, short.key, "TLS_KEY_FILE", "2048"),
        ):
            with self.subTest(name):
                made = self.check(certificate, key)
                self.assertEqual(made.returncode, 1)
                lines = made.stderr.splitlines()
                self.assertEqual(len(lines), 1, made.stderr)
                self.assertIn(f"❌ Error de configuración: {variable} ", lines[0])
                self.assertIn(words, lines[0])
        for mode, accepted in ((0o600, True), (0o400, True), (0o640, True), (0o440, True), (0o604, False), (0o644, False), (0o602, False), (0o601, False), (0o660, False)):
            with self.subTest(mode=oct(mode)):
                good.key.chmod(mode)
                made = self.check(good.certificate, good.key)
                self.assertEqual(made.returncode, 0 if accepted else 1, made.stderr)
                self.assertEqual("chmod 600" in made.stderr, not accepted)
        good.key.chmod(0o600)
        self.assertIn("renew it", self.check(*self.of_yesterday("english"), METABUILDER_LANG="en").stderr)

    def of_yesterday(self, name):
        pair = Pair(self.folder / name, start="20240101000000Z", end="20240102000000Z")
        return pair.certificate, pair.key

    def test_a_certificate_out_of_its_time_is_refused_in_production_and_told_in_the_lab(self):
        later = Pair(self.folder / "later", start="20980101000000Z")
        for name, (certificate, key), words in (("expired", self.of_yesterday("expired"), "caducó el 2024-01-02"), ("early", (later.certificate, later.key), "no vale hasta el 2098-01-01")):
            with self.subTest(name):
                made = self.check(certificate, key)
                self.assertEqual(made.returncode, 1)
                self.assertIn("TLS_CERT_FILE " + words, made.stderr)
                made = run("metabuilder-lab", "--check", TLS_CERT_FILE=str(certificate), TLS_KEY_FILE=str(key))
                self.assertEqual((made.returncode, made.stderr), (0, ""))

    def test_settings_that_do_not_fit_together(self):
        pair = Pair(self.folder / "together")
        for name, more, variable in (("no key", {"TLS_KEY_FILE": ""}, "TLS_KEY_FILE"), ("plain url", {"PUBLIC_URL": "http://id.example.com"}, "PUBLIC_URL"), ("same port", {"TLS_REDIRECT_PORT": "8080"}, "TLS_REDIRECT_PORT")):
            with self.subTest(name):
                made = self.check(pair.certificate, pair.key, **more)
                self.assertEqual(made.returncode, 1)
                self.assertIn(f"{variable} ", made.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
