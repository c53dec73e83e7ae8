"""Second factors, against the running server, with an app (oathtool) and a camera (zbarimg) that know nothing of it."""
# each run: postgres
# on demand: sqlite

import base64
import concurrent.futures
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.parse

from one_time_codes import OneTimeCodes, counted_code
from server_under_test import PASSWORD, Server

UNKNOWN = "0196f0f0-1234-7abc-8def-001122334455"
NEW_PASSWORD = "tres lunas sobre el mar de marzo"
if missing := [tool for tool in ("oathtool", "zbarimg") if not shutil.which(tool)]:
    print(f"skipped: {', '.join(missing)} missing; deploy/install.sh installs them")
    sys.exit(77)


def oathtool(secret, at=None):
    """The code of an app, now or at a second of the epoch."""
    when = [f"--now=@{int(at)}"] if at is not None else []
    return subprocess.run(["oathtool", "--totp", "--base32", *when, secret], capture_output=True, text=True, check=True).stdout.strip()


def photograph(png):
    with tempfile.TemporaryDirectory() as folder:
        picture = pathlib.Path(folder, "qr.png")
        picture.write_bytes(png)
        return subprocess.run(["zbarimg", "--quiet", "--raw", picture], capture_output=True, text=True, check=True).stdout.rstrip("\n")


class App(OneTimeCodes):
    def __init__(self, secret):
        super().__init__(lambda second: oathtool(secret, second))
        self.secret = secret

    def wrong(self):
        now = int(time.time()) // 30
        good = {self.code_at(step * 30) for step in range(now - 2, now + 4)}
        return next(f"{number:06d}" for number in range(1_000_000) if f"{number:06d}" not in good)


class SecondFactors(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server())

    def post(self, path, body=None, token=None, step_up=None, **fields):
        headers = {**({"X-Step-Up-Token": step_up} if step_up else {}), **fields}
        return self.server.ask("POST", "/api/v1/mfa/" + path, body, token, headers)

    def enrolled(self):
        """(address, access token, app, recovery codes) of a new account with a second factor."""
        email = self.server.someone()
        token = self.server.token(email)
        offer = self.post("setup", token=token)
        self.assertEqual(offer.status, 200, offer)
        app = App(offer.json()["secret"])
        made = self.post("enable", {"code": app.code()}, token)
        self.assertEqual(made.status, 200, made)
        return email, token, app, made.json()["recovery_codes"]

    def begun(self, email, password=PASSWORD):
        answer = self.server.login(email, password)
        self.assertEqual(answer.status, 200, answer)
        self.assertTrue(answer.json()["mfa_required"])
        return answer.json()["mfa_session_token"]

    def verify(self, begun, **shown):
        return self.post("verify", {"mfa_session_token": begun, **shown})

    def step_up(self, token, **shown):
        answer = self.post("step-up", shown, token)
        self.assertEqual(answer.status, 200, answer)
        return answer.json()["step_up_token"]


class Setup(SecondFactors):
    def test_the_picture_says_the_uri_and_an_app_that_read_it_gets_in(self):
        email = self.server.someone()
        token = self.server.token(email)
        answer = self.post("setup", token=token)
        self.assertEqual((answer.status, answer.field("Cache-Control")), (200, "no-store"))
        offer = answer.json()
        png = base64.b64decode(offer["qr_png"], validate=True)
        self.assertEqual(png[:8], b"\x89PNG\r\n\x1a\n")
        self.assertEqual(photograph(png), offer["otpauth_uri"])
        uri = urllib.parse.urlsplit(offer["otpauth_uri"])
        self.assertEqual((uri.scheme, uri.netloc, urllib.parse.unquote(uri.path)), ("otpauth", "totp", f"/MetaBuilder:{email}"))
        asked = dict(urllib.parse.parse_qsl(uri.query))
        self.assertEqual(asked, {"secret": offer["secret"], "issuer": "MetaBuilder", "algorithm": "SHA1", "digits": "6", "period": "30"})
        self.assertEqual(len(base64.b32decode(offer["secret"])), 20)
        self.assertEqual(oathtool(offer["secret"], 90), counted_code(offer["secret"], 3))

        self.assertEqual(self.server.login(email).json().get("mfa_required"), None)
        made = self.post("enable", {"code": App(asked["secret"]).code()}, token)
        self.assertEqual(made.status, 200, made)
        codes = made.json()["recovery_codes"]
        self.assertEqual(len(set(codes)), 8)
        for code in codes:
            self.assertRegex(code, r"^([A-Z2-7]{6}-){3}[A-Z2-7]{6}$")
        self.assertTrue(self.server.ask("GET", "/api/v1/user/me", token=token).json()["mfa_enabled"])
        again = self.post("setup", token=token)
        self.assertEqual((again.status, again.code), (409, "MFA_YA_ACTIVADO"))
        self.assertIn("factor_added", self.server.admin_tool("inbox", "--to", email))

    def test_enabling_takes_the_setup_first_and_then_its_code(self):
        token = self.server.token(self.server.someone())
        early = self.post("enable", {"code": "123456"}, token)
        self.assertEqual((early.status, early.code), (409, "MFA_NO_ACTIVADO"))
        app = App(self.post("setup", token=token).json()["secret"])
        wrong = self.post("enable", {"code": app.wrong()}, token)
        self.assertEqual((wrong.status, wrong.code), (401, "CODIGO_INVALIDO"))
        self.assertEqual(self.post("enable", {"code": app.code(), "is_admin": True}, token).status, 422)
        self.assertEqual(self.post("enable", {"code": app.code()}, token).status, 200)

    def test_the_key_is_nowhere_in_the_database_in_any_form_and_neither_are_the_codes(self):
        email, _, app, codes = self.enrolled()
        dump = self.server.dump().lower()
        key = base64.b32decode(app.secret)
        for form in (app.secret.lower(), key.hex(), base64.b64encode(key).decode().lower().rstrip("=")):
            self.assertNotIn(form, dump)
        for code in codes:
            self.assertNotIn(code.lower(), dump)
            self.assertNotIn(code.lower().replace("-", ""), dump)
        sealed = self.server.rows(f"SELECT mfa_secret FROM users WHERE email = '{email}'")[0]["mfa_secret"]
        self.assertGreater(len(sealed), 20 + 12 + 16)  # nonce and tag
        self.assertNotIn(app.secret, self.server.log_text())


class TwoSteps(SecondFactors):
    def test_a_login_in_two_steps(self):
        email, _, app, codes = self.enrolled()
        first = self.server.login(email)
        self.assertEqual(set(first.json()), {"mfa_required", "mfa_session_token", "expires_in", "methods"})
        self.assertEqual((first.json()["expires_in"], first.json()["methods"]), (300, ["totp", "recovery_code"]))
        self.assertIsNone(first.cookie("refresh"))
        begun = first.json()["mfa_session_token"]
        claims = json.loads(base64.urlsafe_b64decode(begun.split(".")[1] + "=="))
        self.assertEqual((claims["type"], claims["exp"] - claims["iat"]), ("mfa_session", 300))
        self.assertNotIn("email", claims)

        code = app.code()
        second = self.verify(begun, code=code)
        self.assertEqual(second.status, 200, second)
        self.assertEqual(self.server.ask("GET", "/api/v1/user/me", token=second.json()["access_token"]).json()["email"], email)
        self.assertEqual(self.server.refresh(second.cookie("refresh")).status, 200)
        replayed = self.verify(self.begun(email), code=code)
        self.assertEqual((replayed.status, replayed.code), (401, "CODIGO_INVALIDO"))
        spaced = self.verify(self.begun(email), code=code[:3] + " " + code[3:])
        self.assertEqual(spaced.code, "CODIGO_INVALIDO")

        recovered = self.verify(self.begun(email), recovery_code=codes[0].lower().replace("-", " "))
        self.assertEqual(recovered.status, 200, recovered)
        self.assertEqual(self.verify(self.begun(email), recovery_code=codes[0]).code, "CODIGO_INVALIDO")
        for event in ("MFA_ACTIVADO", "MFA_SOLICITADO", "MFA_VERIFICADO", "MFA_FALLIDO", "MFA_RECUPERACION_USADA"):
            self.assertTrue(self.server.audit(event), event)
        self.assertIn("recovery_code_used", self.server.admin_tool("inbox", "--to", email))

    def test_codes_of_another_account_are_refused(self):
        email, _, _, _ = self.enrolled()
        _, _, others_app, others_codes = self.enrolled()
        for shown in ({"code": others_app.code()}, {"recovery_code": others_codes[0]}):
            answer = self.verify(self.begun(email), **shown)
            self.assertEqual((answer.status, answer.code), (401, "CODIGO_INVALIDO"), shown)

    def test_five_wrong_codes_lock_the_second_step_until_an_admin_unlocks(self):
        email, token, app, codes = self.enrolled()
        answers = [self.verify(self.begun(email), code=app.wrong()) for _ in range(6)]
        self.assertEqual([each.status for each in answers], [401, 401, 401, 401, 423, 423])
        self.assertEqual(answers[4].code, "CUENTA_BLOQUEADA")
        self.assertGreater(int(answers[4].field("Retry-After")), 1700)
        self.assertEqual(self.verify(self.begun(email), recovery_code=codes[0]).status, 423)
        self.assertEqual(self.post("step-up", {"code": app.code()}, token).status, 423)
        self.assertIn("factor_attempts", self.server.admin_tool("inbox", "--to", email))
        admin = self.server.admin()
        who = self.server.ask("GET", "/api/v1/admin/users?q=" + email, token=admin).json()["data"][0]
        self.assertIn("locked_until", who)
        self.assertEqual(self.server.ask("POST", f"/api/v1/admin/users/{who['id']}/unlock", token=admin).status, 200)
        self.assertEqual(self.verify(self.begun(email), code=app.code()).status, 200)

    def test_of_50_uses_of_one_code_at_once_one_is_accepted(self):
        # a browser that is known has a count of its own, so each of 50 losers would lock: here nobody is locked out
        with Server(LOCKOUT_FAILURES=100) as server:
            self.server, shared = server, self.server
            try:
                email, _, app, codes = self.enrolled()
                for shown in ({"code": app.code()}, {"recovery_code": codes[0]}):
                    tokens = [self.begun(email)] * 50
                    with concurrent.futures.ThreadPoolExecutor(50) as pool:
                        answers = list(pool.map(lambda begun: self.verify(begun, **shown), tokens))
                    statuses = sorted(each.status for each in answers)
                    self.assertEqual(statuses, [200] + [401] * 49, shown)
                sessions = server.rows("SELECT * FROM refresh_token_families")
                used = server.rows("SELECT * FROM mfa_recovery_codes WHERE used_at IS NOT NULL")
                self.assertEqual((len(sessions), len(used)), (3, 1))
            finally:
                self.server = shared

    def test_no_other_way_in_gets_past_it(self):
        email, _, app, _ = self.enrolled()
        basic = base64.b64encode(f"{email}:{PASSWORD}".encode()).decode()
        refused = self.server.ask("GET", "/api/v1/basic/protected", headers={"Authorization": "Basic " + basic})
        self.assertEqual((refused.status, refused.code), (403, "MFA_REQUERIDO"))

        classic = self.server.ask("POST", "/api/v1/session/login", {"email": email, "password": PASSWORD})
        self.assertIsNone(classic.cookie("session"))
        opened = self.verify(classic.json()["mfa_session_token"], code=app.code())
        self.assertEqual((opened.status, opened.json()["email"]), (200, email))
        shown = self.server.ask("GET", "/api/v1/session/protected", headers={"Cookie": "session=" + opened.cookie("session")})
        self.assertEqual(shown.status, 200)

        alias = self.server.ask("POST", "/api/auth/login", {"username": email, "password": PASSWORD})
        self.assertTrue(alias.json()["mfa_required"])

        self.server.ask("POST", "/api/v1/magic/send", {"email": email})
        link = self.server.admin_tool("inbox", "--to", email, "--token")
        page = self.server.ask("POST", "/api/v1/magic/verify?token=" + link, headers={"Accept": "text/html", "Origin": self.server.origin})
        self.assertEqual((page.status, page.cookie("refresh")), (200, None))
        self.assertIn("one-time-code", page.body)
        begun = re.search(r'data-token="([^"]+)"', page.body).group(1)
        self.assertEqual(self.verify(begun, code=app.code()).status, 200)

        self.server.ask("POST", "/api/v1/auth/forgot-password", {"email": email})
        reset = self.server.admin_tool("inbox", "--to", email, "--token")
        waiting = self.begun(email)
        answer = self.server.ask("POST", "/api/v1/auth/reset-password", {"token": reset, "new_password": NEW_PASSWORD})
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(self.verify(waiting, code=app.wrong()).code, "TOKEN_INVALIDO")  # begun with the old password
        self.begun(email, NEW_PASSWORD)


class LostFactor(SecondFactors):
    def test_the_operator_takes_a_lost_factor_away_and_every_session_with_it(self):
        email, token, _, _ = self.enrolled()
        self.server.admin_tool("user", "remove-factor", "--email", email)
        self.assertEqual(self.server.ask("GET", "/api/v1/user/me", token=token).status, 401)
        self.assertTrue(self.server.login(email).json()["access_token"])
        self.assertIn("factor_removed", self.server.admin_tool("inbox", "--to", email))
        row = self.server.audit("MFA_DESACTIVADO")[0]
        self.assertIn("administrator", row["metadata"] if isinstance(row["metadata"], str) else json.dumps(row["metadata"]))
        for arguments in (("--email", email), ("--email", "nadie@example.com")):
            with self.assertRaises(RuntimeError):
                self.server.admin_tool("user", "remove-factor", *arguments)


class StepUp(SecondFactors):
    def test_what_a_stolen_session_must_not_do_takes_a_fresh_code(self):
        email, _, app, codes = self.enrolled()
        token = self.verify(self.begun(email), code=app.code()).json()["access_token"]
        change = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
        asks = {
            "password": lambda **more: self.server.ask("PATCH", "/api/v1/user/password", change, token, more),
            "codes": lambda **more: self.server.ask("GET", "/api/v1/mfa/recovery-codes", token=token, headers=more),
            "new codes": lambda **more: self.server.ask("POST", "/api/v1/mfa/recovery-codes", token=token, headers=more),
            "disable": lambda **more: self.server.ask("POST", "/api/v1/mfa/disable", token=token, headers=more),
            "erase": lambda **more: self.server.ask("DELETE", "/api/v1/user/me", token=token, headers=more),
        }
        before = len(self.server.audit("PERMISSION_DENIED"))
        for name, ask in asks.items():
            for header in ({}, {"X-Step-Up-Token": ""}, {"X-Step-Up-Token": "x.y.z"}, {"X-Step-Up-Token": token}):
                answer = ask(**header)
                self.assertEqual((answer.status, answer.code), (403, "STEP_UP_REQUERIDO"), (name, header))
        written = self.server.audit("PERMISSION_DENIED")[:-before or None]
        self.assertEqual(len(written), 20)
        for row in written:
            metadata = json.loads(row["metadata"]) if isinstance(row["metadata"], str) else row["metadata"]
            self.assertEqual((row["status_code"], metadata["action"], metadata["rule"]), (403, "step_up", "step_up:missing"))
        refused = self.post("step-up", {"password": PASSWORD}, token)
        self.assertEqual((refused.status, refused.code), (403, "MFA_REQUERIDO"))

        up = {"X-Step-Up-Token": self.step_up(token, recovery_code=codes[0])}
        self.assertEqual(asks["codes"](**up).json()["left"], 7)
        renewed = asks["new codes"](**up)
        self.assertEqual(len(set(renewed.json()["recovery_codes"]) - set(codes)), 8)
        self.assertEqual(self.verify(self.begun(email), recovery_code=codes[1]).code, "CODIGO_INVALIDO")
        self.assertEqual({name: asks["codes"](**up).json()[name] for name in ("used", "left")}, {"used": 0, "left": 8})
        self.assertEqual(asks["password"](**up).status, 200)
        self.assertEqual(asks["disable"](**up).status, 200)
        self.assertIn("factor_removed", self.server.admin_tool("inbox", "--to", email))
        self.assertEqual(self.server.rows(f"SELECT mfa_secret FROM users WHERE email = '{email}'")[0]["mfa_secret"], None)
        self.assertTrue(self.server.login(email, NEW_PASSWORD).json()["access_token"])

    def test_a_step_up_token_is_of_one_session_and_one_account(self):
        email, _, app, codes = self.enrolled()
        first = self.verify(self.begun(email), code=app.code()).json()["access_token"]
        second = self.verify(self.begun(email), recovery_code=codes[0]).json()["access_token"]
        other_email, other, other_app, other_codes = self.enrolled()
        up = self.step_up(first, recovery_code=codes[1])
        read = lambda token: self.server.ask("GET", "/api/v1/mfa/recovery-codes", token=token, headers={"X-Step-Up-Token": up})
        self.assertEqual(read(first).status, 200)
        for token in (second, other):
            self.assertEqual((read(token).status, read(token).code), (403, "STEP_UP_REQUERIDO"))
        for at in (len(up) - 1, len(up) // 2, up.index(".") + 3):
            forged = up[:at] + ("A" if up[at] != "A" else "B") + up[at + 1:]
            answer = self.server.ask("GET", "/api/v1/mfa/recovery-codes", token=first, headers={"X-Step-Up-Token": forged})
            self.assertEqual(answer.code, "STEP_UP_REQUERIDO")

    def test_an_account_without_a_factor_shows_its_password(self):
        token = self.server.token(self.server.someone())
        self.assertEqual(self.post("step-up", {"code": "123456"}, token).code, "MFA_NO_ACTIVADO")
        self.assertEqual(self.post("step-up", {"password": "otra"}, token).code, "CREDENCIALES_INVALIDAS")
        for body in ({}, {"code": "123456", "password": PASSWORD}, {"code": "123456", "recovery_code": "x"}, {"code": 123456}, {"code": None}):
            self.assertEqual(self.post("step-up", body, token).status, 422, body)
        self.step_up(token, password=PASSWORD)
        self.assertTrue(self.server.audit("REAUTENTICACION"))

    def test_an_api_key_steps_up_to_nothing(self):
        _, token, _, codes = self.enrolled()
        wanted = {"name": "robot", "scopes": ["account", "password"]}
        self.assertEqual(self.server.ask("POST", "/api/v1/keys", wanted, token).code, "STEP_UP_REQUERIDO")
        up = {"X-Step-Up-Token": self.step_up(token, recovery_code=codes[0])}
        key = self.server.ask("POST", "/api/v1/keys", wanted, token, up).json()["key"]
        for method, path, body in (("POST", "setup", None), ("POST", "enable", {"code": "123456"}), ("POST", "disable", None), ("GET", "recovery-codes", None),
                                   ("POST", "recovery-codes", None), ("POST", "step-up", {"password": PASSWORD})):
            answer = self.server.ask(method, "/api/v1/mfa/" + path, body, key)
            self.assertEqual((answer.status, answer.code), (403, "ALCANCE_INSUFICIENTE"), path)
        change = self.server.ask("PATCH", "/api/v1/user/password", {"current_password": PASSWORD, "new_password": NEW_PASSWORD}, key)
        self.assertEqual((change.status, change.code), (403, "STEP_UP_REQUERIDO"))


class Contract(SecondFactors):
    def test_every_row_that_wants_a_fresh_proof_refuses_without_one_and_writes_only_that_down(self):
        with Server() as server:
            self.server, shared = server, self.server
            try:
                self.refuses_every_row()
            finally:
                self.server = shared

    def refuses_every_row(self):
        token = self.server.admin()
        app = App(self.post("setup", token=token).json()["secret"])
        recovery = self.post("enable", {"code": app.code()}, token).json()["recovery_codes"]
        self.server.someone()
        contract = self.server.ask("GET", "/openapi.json").json()
        rows = [(method.upper(), path, operation) for path, methods in contract["paths"].items() for method, operation in methods.items()
                if operation["x-step-up"] != "none"]
        self.assertEqual(len(rows), 15)
        target = lambda path: path.replace("{id}", UNKNOWN).replace("{name}", "nobody")
        bodies = {
            "/api/v1/user/password": {"current_password": PASSWORD, "new_password": NEW_PASSWORD}, "/api/v1/mfa/enable": {"code": "123456"},
            "/api/v1/keys": {"name": "robot", "scopes": ["account"]}, "/api/v1/admin/users/{id}": {"roles": ["admin"]},
            "/api/v1/admin/roles": {"name": "clerk", "permissions": []}, "/api/v1/admin/roles/{name}": {"permissions": []},
            "/api/v1/admin/anomalies/{id}": {"reviewed": True},
        }
        ask = lambda method, path, operation, **headers: self.server.ask(
            method, target(path), bodies.get(path) if "requestBody" in operation else None, token, headers)
        noted = lambda line: line.startswith("INSERT INTO") and "audit_logs" in line
        before = self.server.written()
        for method, path, operation in rows:
            answer = ask(method, path, operation)
            with self.subTest(row=f"{method} {path}"):
                expected = (409, "MFA_YA_ACTIVADO") if path.endswith("/enable") else (403, "STEP_UP_REQUERIDO")
                self.assertEqual((answer.status, answer.code), expected)
                self.assertIn("STEP_UP_REQUERIDO", operation["responses"]["403"]["description"])
                self.assertIn("X-Step-Up-Token", [each["name"] for each in operation["parameters"]])
        after = self.server.written()
        self.assertEqual([line for line in after if not noted(line)], [line for line in before if not noted(line)])
        self.assertEqual(len(after), len(before) + len(rows) - 1)  # all but the 409
        up = {"X-Step-Up-Token": self.step_up(token, recovery_code=recovery[0])}
        for method, path, operation in rows:
            if operation["x-step-up"] == "of_factor":
                with self.subTest(row=f"{method} {path}, with the factor"):
                    self.assertNotEqual(ask(method, path, operation, **up).code, "STEP_UP_REQUERIDO")

    def test_a_key_that_was_made_with_the_factor_works_without_it(self):
        with Server() as server:
            token = server.admin()
            key = server.ask("POST", "/api/v1/keys", {"name": "robot", "scopes": ["administer"]}, token).json()["key"]
            app = App(server.ask("POST", "/api/v1/mfa/setup", token=token).json()["secret"])
            self.assertEqual(server.ask("POST", "/api/v1/mfa/enable", {"code": app.code()}, token).status, 200)
            self.assertEqual(server.ask("POST", "/api/v1/admin/keys/rotate", token=token).code, "STEP_UP_REQUERIDO")
            self.assertEqual(server.ask("POST", "/api/v1/admin/keys/rotate", token=key).status, 201)

    def test_ones_data_says_when_codes_were_used(self):
        email, _, app, codes = self.enrolled()
        token = self.verify(self.begun(email), recovery_code=codes[0]).json()["access_token"]
        data = self.server.ask("GET", "/api/v1/user/me/data", token=token).json()
        self.assertEqual(len(data["recovery_codes"]), 8)
        self.assertEqual(sum(each["used_at"] is not None for each in data["recovery_codes"]), 1)
        self.assertNotIn(app.secret, json.dumps(data))


if __name__ == "__main__":
    unittest.main(verbosity=2)
