"""Fuzz testing (seed 004 phase 8): malformed tokens, invalid base64, truncated JSON, missing headers. Nothing of it gets in, and nothing ends in a 5xx."""
# each run: sqlite
# on demand: postgres

import base64
import hashlib
import hmac
import json
import random
import re
import unittest

from server_under_test import PASSWORD, Server

SECRET = "9fQ2vL7xT4mZ8kR1bW6yH3nC5pD0sJqE"
UNKNOWN = "0196f0f0-1234-7abc-8def-001122334455"
JUNK = "ABCDEFabcdef0123456789-_.=+/ ~%\"'{}[]:,\\\u00e9"


def encode(raw):
    return base64.urlsafe_b64encode(raw if isinstance(raw, bytes) else raw.encode()).rstrip(b"=").decode()


class Fuzz(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server(JWT_SECRET=SECRET))
        cls.draw = random.Random(20261121)
        email = cls.server.someone()
        login = cls.server.login(email)
        cls.access, cls.refresh, cls.device = login.json()["access_token"], login.cookie("refresh"), login.cookie("dev")
        cls.session = cls.server.ask("POST", "/api/v1/session/login", {"email": email, "password": PASSWORD}).cookie("session")
        cls.key = cls.server.ask("POST", "/api/v1/keys", {"name": "robot", "scopes": ["account"]}, cls.access).json()["key"]
        cls.rows = [(method.upper(), path, operation) for path, methods in cls.server.ask("GET", "/openapi.json").json()["paths"].items()
                    for method, operation in methods.items()]

    def mutated(self, text):
        """Edited in one to three places, never what it was."""
        while True:
            made = text
            for _ in range(self.draw.randint(1, 3)):
                at, char = self.draw.randrange(len(made)), self.draw.choice(JUNK)
                made = self.draw.choice((made[:at] + char + made[at:], made[:at] + made[at + 1:], made[:at] + char + made[at + 1:], made[:at], made[at:] + char))
                if not made:
                    break
            # a header field has neither these nor spaces at its ends
            made = made.strip().replace("\u00e9", "%")
            if made and made != text:
                return made

    def me(self, token):
        return self.server.ask("GET", "/api/v1/user/me", token=token)

    def test_fuzz_malformed_tokens_in_every_carrier_open_nothing(self):
        own = {"Origin": self.server.origin}
        carriers = {
            "access": (self.access, self.me, {401}),
            "api key": (self.key, self.me, {401}),
            "refresh": (self.refresh, lambda token: self.server.ask("POST", "/api/v1/jwt/refresh", headers={"Cookie": f"refresh={token}", **own}), {400, 401}),
            "session": (self.session, lambda token: self.server.ask("GET", "/api/v1/session/protected", headers={"Cookie": f"session={token}"}), {400, 401}),
        }
        for name, (good, ask, refusals) in carriers.items():
            for _ in range(250):
                token = self.mutated(good)
                if ";" in token:
                    continue
                with self.subTest(carrier=name, token=token):
                    self.assertIn(ask(token).status, refusals)
        self.assertEqual(self.me(self.access).status, 200)
        self.assertEqual(self.me(self.key).status, 200)
        self.assertEqual(self.server.refresh(self.refresh).status, 200)

    def test_fuzz_what_is_not_base64_is_no_token(self):
        header, payload, signature = self.access.split(".")
        basic = base64.b64encode(b"ana:x").decode()
        for bad in ("%%%", "A", "AAAAA", "AA=A", "====", "\\u0041", payload + "=", payload + "==", payload[:-1] + "+", payload + "\t"):
            with self.subTest(part=bad):
                for token in (f"{bad}.{payload}.{signature}", f"{header}.{bad}.{signature}", f"{header}.{payload}.{bad}"):
                    self.assertEqual(self.me(token.strip()).status, 401)
                for path in ("auth/verify-email", "magic/verify"):
                    answer = self.server.ask("POST", f"/api/v1/{path}?token=" + bad.replace("%", "%25").replace("\t", "%09").replace("+", "%2B"))
                    self.assertEqual((answer.status, answer.code), (400, "ENLACE_INVALIDO"))
        for bad in (basic[:-1], basic + "=", basic[:3] + "-" + basic[4:], "_" + basic, "A", "", base64.b64encode(b"no colon").decode(),
                    base64.b64encode(b"\xff\xfe:x").decode(), base64.b64encode(b":").decode(), base64.b64encode(b"a\0b:c").decode()):
            with self.subTest(basic=bad):
                answer = self.server.ask("GET", "/api/v1/basic/protected", headers={"Authorization": "Basic " + bad})
                self.assertEqual(answer.status, 401)

    def test_fuzz_truncated_json_in_a_payload_that_is_rightly_signed_is_no_token(self):
        header, payload, signature = self.access.split(".")
        raw = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)).decode()

        def signed(text, head=header):
            body = f"{head}.{encode(text)}"
            return f"{body}.{encode(hmac.new(SECRET.encode(), body.encode(), hashlib.sha256).digest())}"

        self.assertEqual(signed(raw), self.access, "this test signs as the server does")
        claims = json.loads(raw)
        broken = [raw[:length] for length in range(0, len(raw), 7)]
        broken += [raw + raw, raw[1:], "[" + raw + "]", "null", "7", '""', "{}", "\ufeff" + raw, raw.replace('"sub"', '"sub":1,"sub"', 1)]
        broken += [json.dumps({key: value for key, value in claims.items() if key != left_out}) for left_out in claims]
        # no roles at all are of the right type, and when a token was issued is no condition
        broken += [json.dumps({**claims, key: wrong}) for key in claims for wrong in (None, [], {}, True, -1, "", "x" * 500)
                   if (key, wrong) not in (("roles", []), ("iat", -1))]
        for text in broken:
            with self.subTest(payload=text[:200]):
                answer = self.me(signed(text))
                self.assertEqual(answer.status, 401, answer)
        head = base64.urlsafe_b64decode(header + "=" * (-len(header) % 4)).decode()
        for length in range(0, len(head), 5):
            self.assertEqual(self.me(signed(raw, encode(head[:length]))).status, 401)
        self.assertEqual(self.me(self.access).status, 200)

    def test_fuzz_truncated_json_in_a_body_is_400_on_every_row_that_takes_one(self):
        admin = self.server.admin()
        tried = 0
        for method, path, operation in self.rows:
            if "requestBody" not in operation:
                continue
            target = re.sub(r"\{[^}]*\}", UNKNOWN, path)
            for body in ('{"email": "ana@exam', "{", '{"a": 1', '{"a": 1}}', "[1, 2", "nul", "", '{"a": "\\u12"}', '{"a": 1e999}', "{'a': 1}", '{"a": "\\ud800"}',
                         '{"a": 1, "a": 2}', "\ufeff{}", "[" * 40 + "]" * 40):
                tried += 1
                with self.subTest(row=f"{method} {path}", body=body[:40]):
                    answer = self.server.ask(method, target, body.encode(), admin, {"Content-Type": "application/json"})
                    self.assertIn(answer.status, (400, 404, 422), answer)
        self.assertGreater(tried, 200)
        self.assertEqual(self.server.ask("GET", "/health").status, 200)

    def test_fuzz_missing_headers(self):
        body = json.dumps({"email": "nadie@example.com", "password": "x"}).encode()
        # no Content-Type; a wrong one
        for headers in ({}, {"Content-Type": ""}, {"Content-Type": "text/plain"}, {"Content-Type": "application/x-www-form-urlencoded"}):
            with self.subTest(headers=headers):
                self.assertEqual(self.server.ask("POST", "/api/v1/auth/login", body, headers=headers).status, 415)
        # no Origin beside a cookie; no Authorization; no Host
        self.assertEqual(self.server.ask("POST", "/api/v1/auth/logout", headers={"Cookie": f"refresh={self.refresh}"}).status, 403)
        for method, path, operation in self.rows:
            if operation["x-access"] in ("authenticated", "permission", "admin", "basic", "session_cookie", "refresh_cookie"):
                target = re.sub(r"\{[^}]*\}", UNKNOWN, path)
                with self.subTest(row=f"{method} {path}"):
                    answer = self.server.ask(method, target, {} if "requestBody" in operation else None, headers={"Origin": self.server.origin})
                    self.assertEqual(answer.status, 401, answer)
                    self.assertTrue(answer.field("WWW-Authenticate"))
        connection = self.server.connection()
        connection.putrequest("GET", "/api/v1/user/me", skip_host=True)
        connection.putheader("Authorization", "Bearer " + self.access)
        connection.endheaders()
        self.assertEqual(connection.getresponse().status, 400)
        connection.close()


if __name__ == "__main__":
    unittest.main(verbosity=2)
