"""The configurations of nginx and HAProxy as they are in the repository, in front of real servers and of one that misbehaves."""

import http.client
import http.server
import json
import pathlib
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
import unittest

from support import DEPLOY, certificate, filled, need, wait_for

need("nginx", "haproxy", "openssl")

from server_under_test import PASSWORD, Server, free_port

NAME = "id.example.com"


class Upstream(http.server.ThreadingHTTPServer):
    """Notes each request, and answers it or hangs up."""

    daemon_threads = True

    def __init__(self, hangs_up=False, readiness=200):
        super().__init__(("127.0.0.1", 0), Noting)
        self.hangs_up, self.readiness = hangs_up, readiness
        self.seen = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()

    def handle_error(self, *_):
        pass  # a proxy that lets go of a connection is no news


class Noting(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        asks_readiness = self.path == "/api/v1/health/ready"
        if not asks_readiness:
            self.server.seen.append((self.command, self.path, list(self.headers.items())))
            if self.server.hangs_up:
                self.close_connection = True
                return
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(self.server.readiness if asks_readiness else 200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    do_POST = do_PATCH = do_GET

    def log_message(self, *_):
        pass


class Client(http.client.HTTPSConnection):
    """Asks the proxy by its public name, from any address of loopback."""

    def __init__(self, port, name=NAME, source="127.0.0.1"):
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        super().__init__(name, port, timeout=30, context=context)
        self.tls, self.source = context, source

    def connect(self):
        plain = socket.create_connection(("127.0.0.1", self.port), 30, (self.source, 0))
        self.sock = self.tls.wrap_socket(plain, server_hostname=self.host)


class Proxy:
    """A proxy with the repository's configuration, on free ports, in front of two upstreams."""

    def __init__(self, one, two):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="mb-proxy-"))
        self.folder.chmod(0o755)
        self.plain, self.secure = free_port(), free_port()
        self.chain, self.key, self.both = certificate(self.folder, NAME)
        self.one, self.two = one, two

    def __enter__(self):
        self.write()
        self.log = open(self.folder / "log", "wb")
        self.process = subprocess.Popen(self.command, stdout=self.log, stderr=self.log, stdin=subprocess.DEVNULL)
        wait_for(lambda: socket.create_connection(("127.0.0.1", self.secure), 1).close() is None, "the proxy listens")
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(30)
        self.log.close()
        shutil.rmtree(self.folder)

    def checked(self):
        return subprocess.run(self.check, capture_output=True, text=True, stdin=subprocess.DEVNULL)

    def ask(self, method, path, body=None, headers=None, **client):
        connection = Client(self.secure, **client)
        try:
            connection.request(method, path, body=body, headers={} if headers is None else headers)
            answer = connection.getresponse()
            answer.body = answer.read()
            return answer
        finally:
            connection.close()

    def post(self, path, body, **client):
        return self.ask("POST", path, json.dumps(body), {"Content-Type": "application/json"}, **client)


class Nginx(Proxy):
    def write(self):
        (self.folder / "conf.d").mkdir()
        shutil.copy("/etc/nginx/mime.types", self.folder)
        (self.folder / "nginx.conf").write_text(filled(DEPLOY / "nginx/nginx.conf", **{"/tmp/": f"{self.folder}/", ":8088": f":{free_port()}"}))
        (self.folder / "conf.d/upstream.conf").write_text(filled(DEPLOY / "nginx/upstream.conf", **{"127.0.0.1:8080": f"127.0.0.1:{self.one}",
            "127.0.0.1:8081": f"127.0.0.1:{self.two}"}))
        (self.folder / "conf.d/metabuilder.conf").write_text(filled(DEPLOY / "nginx/metabuilder.conf", **{
            "listen 80": f"listen 127.0.0.1:{self.plain}", "listen 443": f"listen 127.0.0.1:{self.secure}",
            "/etc/metabuilder/tls/fullchain.pem": self.chain, "/etc/metabuilder/tls/privkey.pem": self.key}))
        start = ["/usr/sbin/nginx", "-p", self.folder, "-c", self.folder / "nginx.conf"]
        self.command, self.check = [*start, "-g", "daemon off;"], [*start, "-t"]
        self.main = self.folder / "conf.d/metabuilder.conf"


class Haproxy(Proxy):
    def write(self):
        self.main = self.folder / "haproxy.cfg"
        self.main.write_text(filled(DEPLOY / "haproxy/haproxy.cfg", **{
            "bind :80": f"bind 127.0.0.1:{self.plain}", "bind :443": f"bind 127.0.0.1:{self.secure}", "127.0.0.1:8080": f"127.0.0.1:{self.one}",
            "127.0.0.1:8081": f"127.0.0.1:{self.two}", "/etc/metabuilder/tls/site.pem": self.both}))
        self.command = ["/usr/sbin/haproxy", "-db", "-f", self.main]
        self.check = ["/usr/sbin/haproxy", "-c", "-f", self.main]


class Behaviour:
    """What is asked of both."""

    kind = None

    def test_the_configuration_is_accepted_without_a_warning_and_a_broken_one_is_not(self):
        proxy = self.kind(free_port(), free_port())
        proxy.write()
        made = proxy.checked()
        self.assertEqual(made.returncode, 0, made.stderr)
        self.assertNotRegex((made.stdout + made.stderr).lower(), r"warn|alert|emerg")
        proxy.main.write_text(proxy.main.read_text() + "\nno_such_directive on;\n")
        self.assertNotEqual(proxy.checked().returncode, 0)
        shutil.rmtree(proxy.folder)

    def test_a_session_works_through_it_while_one_of_two_servers_is_away(self):
        with Server(PUBLIC_URL=f"https://{NAME}", ALLOWED_HOSTS=f"{NAME},localhost", TRUSTED_PROXIES="127.0.0.1") as server, self.kind(server.port, free_port()) as proxy:
            self.assertEqual(proxy.ask("GET", "/health").status, 200)
            server.register("ana@example.com")
            login = proxy.post("/api/v1/auth/login", {"email": "ana@example.com", "password": PASSWORD})
            self.assertEqual(login.status, 200, login.body)
            self.assertRegex(login.headers["Set-Cookie"], r"^__Host-refresh=.*Secure")
            self.assertIn("max-age", login.headers["Strict-Transport-Security"])
            token = json.loads(login.body)["access_token"]
            for _ in range(20):
                self.assertEqual(proxy.ask("GET", "/api/v1/user/me", headers={"Authorization": f"Bearer {token}"}).status, 200)
            # encoded slashes and doubled ones reach the server as they were sent, which refuses them
            for path in ("/api/v1//user/me", "/api/v1%2fuser/me"):
                self.assertIn(proxy.ask("GET", path).status, (400, 404), path)
            self.assertEqual(proxy.ask("GET", "/metrics").status, 404)
            log = (proxy.folder / "log").read_text()
            proxy.ask("GET", "/api/v1/auth/verify-email?token=canario-amarillo")
            self.assertNotIn("canario", log + (proxy.folder / "log").read_text())

    def test_the_audit_log_names_the_client_and_neither_the_proxy_nor_what_the_client_claims(self):
        with Server(PUBLIC_URL=f"https://{NAME}", ALLOWED_HOSTS=f"{NAME},localhost", TRUSTED_PROXIES="127.0.0.1") as server, self.kind(server.port, server.port) as proxy:
            server.register("ana@example.com")
            body = {"email": "ana@example.com", "password": PASSWORD}
            direct = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30, source_address=("127.0.0.2", 0))
            direct.request("POST", "/api/v1/auth/login", json.dumps(body), {"Host": "localhost", "Content-Type": "application/json"})
            self.assertEqual(direct.getresponse().status, 200)
            direct.close()
            claims = {"Content-Type": "application/json", "X-Forwarded-For": "6.6.6.6", "Forwarded": "for=6.6.6.6"}
            for source in ("127.0.0.2", "127.0.0.3"):
                self.assertEqual(proxy.ask("POST", "/api/v1/auth/login", json.dumps(body), claims, source=source).status, 200)
            other, same, known = [row["ip_hash"] for row in server.audit("LOGIN_EXITOSO")]
            self.assertEqual(same, known)
            self.assertNotEqual(other, known)

    def test_plain_http_is_sent_to_https(self):
        with self.kind(free_port(), free_port()) as proxy:
            connection = http.client.HTTPConnection("127.0.0.1", proxy.plain, timeout=30)
            connection.request("POST", "/api/v1/auth/login?x=1", headers={"Host": NAME})
            answer = connection.getresponse()
            self.assertEqual((answer.status, answer.headers["Location"]), (308, f"https://{NAME}/api/v1/auth/login?x=1"))
            connection.close()

    def test_another_name_gets_no_answer(self):
        with Upstream() as upstream, self.kind(upstream.server_port, upstream.server_port) as proxy:
            with self.assertRaises((OSError, http.client.HTTPException)):
                proxy.ask("GET", "/health", name="other.example.com")
            connection = http.client.HTTPConnection("127.0.0.1", proxy.plain, timeout=2)
            with self.assertRaises((OSError, http.client.HTTPException)):
                connection.request("GET", "/health", headers={"Host": "other.example.com"})
                connection.getresponse()
            connection.close()
            self.assertEqual(upstream.seen, [])

    def test_what_a_client_claims_about_itself_ends_at_the_proxy(self):
        with Upstream() as upstream, self.kind(upstream.server_port, upstream.server_port) as proxy:
            claims = {"X-Forwarded-For": "6.6.6.6", "X-Real-IP": "6.6.6.6", "Forwarded": "for=6.6.6.6", "X-Forwarded-Host": "evil.example.com",
                      "X-Forwarded-Proto": "http", "Proxy": "http://6.6.6.6"}
            self.assertEqual(proxy.ask("GET", "/health", headers=claims, source="127.0.0.2").status, 200)
            [(_, _, fields)] = upstream.seen
            named = {}
            for name, value in fields:
                named.setdefault(name.lower(), []).append(value)
            self.assertEqual(named["x-forwarded-for"], ["127.0.0.2"])
            self.assertEqual(named["x-forwarded-proto"], ["https"])
            self.assertEqual(named["host"], [NAME])
            self.assertFalse({"x-real-ip", "forwarded", "x-forwarded-host", "proxy"} & named.keys())
            self.assertNotIn("6.6.6.6", str(fields))

    def test_a_body_of_1_mib_passes_and_one_byte_more_is_refused(self):
        with Upstream() as upstream, self.kind(upstream.server_port, upstream.server_port) as proxy:
            self.assertEqual(proxy.ask("POST", "/x", b"x" * 1024 * 1024).status, 200)
            connection = Client(proxy.secure)
            connection.putrequest("POST", "/x")
            connection.putheader("Content-Length", str(1024 * 1024 + 1))
            connection.endheaders()
            self.assertEqual(connection.getresponse().status, 413)
            connection.close()
            self.assertEqual(len(upstream.seen), 1)

    def test_a_field_as_large_as_the_server_takes_passes_and_a_header_beyond_is_refused(self):
        with Upstream() as upstream, self.kind(upstream.server_port, upstream.server_port) as proxy:
            self.assertEqual(proxy.ask("GET", "/x", headers={"X-Long": "x" * 8000}).status, 200)
            refused = proxy.ask("GET", "/x", headers={f"X-Long-{i}": "x" * 8000 for i in range(4)})
            self.assertIn(refused.status, (400, 431))
            self.assertEqual(len(upstream.seen), 1)

    def test_what_is_not_idempotent_is_never_sent_twice(self):
        with Upstream(hangs_up=True) as upstream, self.kind(upstream.server_port, upstream.server_port) as proxy:
            for method in ("POST", "PATCH"):
                upstream.seen.clear()
                self.assertIn(proxy.ask(method, "/x", b"{}").status, (502, 503))
                self.assertEqual([each[0] for each in upstream.seen], [method])

    def test_an_address_that_is_away_costs_an_answer_of_the_proxy_and_no_hanging(self):
        with self.kind(free_port(), free_port()) as proxy:
            self.assertIn(proxy.ask("GET", "/health").status, (502, 503))


class BehindNginx(Behaviour, unittest.TestCase):
    kind = Nginx


class BehindHaproxy(Behaviour, unittest.TestCase):
    kind = Haproxy

    def test_a_server_that_is_not_ready_gets_no_requests(self):
        with Upstream() as ready, Upstream(readiness=503) as away, self.kind(ready.server_port, away.server_port) as proxy:
            wait_for(lambda: b"two is DOWN" in (proxy.folder / "log").read_bytes(), "the second server is seen to be away")
            away.seen.clear()
            for _ in range(10):
                self.assertEqual(proxy.ask("GET", "/x").status, 200)
            self.assertEqual(away.seen, [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
