"""Every kind of token at every door of the route table, against the running server: only the diagonal opens."""
# each run: postgres
# on demand: sqlite

import re
import unittest

from one_time_codes import OneTimeCodes, counted_code
from server_under_test import PASSWORD, Server

UNKNOWN = "0196f0f0-1234-7abc-8def-001122334455"
NEW_PASSWORD = "tres lunas sobre el mar de marzo"

KINDS = ("access", "refresh", "mfa_session", "step_up", "session", "api_key", "verify", "reset", "magic", "device")

# What a row of the contract reads a token from, by its x-access. A class that is not here fails the test until it is.
CLASSES = {"everyone": None, "refresh_cookie": "refresh", "session_cookie": "session", "basic": "basic", "authenticated": "bearer", "permission": "bearer",
           "admin": "bearer"}
# Rows that are open to everyone and take a token all the same, and the door that each is.
TOKEN_ROWS = {
    ("get", "/api/v1/auth/verify-email"): "verify", ("post", "/api/v1/auth/verify-email"): "verify",
    ("get", "/api/v1/magic/verify"): "magic", ("post", "/api/v1/magic/verify"): "magic",
    ("get", "/api/v1/auth/reset-password"): "reset", ("post", "/api/v1/auth/reset-password"): "reset",
    ("post", "/api/v1/mfa/verify"): "mfa_session",
}
# Which kinds a door takes. The others have to be refused there with one of these answers.
DOORS = {
    "bearer": ({"access", "api_key"}, {401}),
    "refresh": ({"refresh"}, {401}),
    "session": ({"session"}, {401}),
    "basic": (set(), {401}),
    "verify": ({"verify"}, {400}),
    "magic": ({"magic"}, {400}),
    "reset": ({"reset"}, {400, 422}),  # 422 where it is longer than any link
    "mfa_session": ({"mfa_session"}, {401}),
    "step_up": ({"step_up"}, {403}),
    "device": ({"device"}, {423}),
}
# Kinds of a later day: their endpoints must come with a row here.
LEFT_OUT = {"/webauthn": "passkeys", "/oauth": "OAuth, the device grant and clients without a user", "/dpop": "tokens bound to a key", "/paseto": "PASETO",
            "linked-accounts": "accounts of other providers"}


class TokensForOneAnother(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server())
        cls.rows = [(method, path, operation) for path, methods in cls.server.ask("GET", "/openapi.json").json()["paths"].items()
                    for method, operation in methods.items()]

    def post(self, path, body=None, token=None, **headers):
        return self.server.ask("POST", "/api/v1/" + path, body, token, headers)

    def mailed(self, path, email):
        self.assertEqual(self.post(path, {"email": email}).status, 200)
        return self.server.admin_tool("inbox", "--to", email, "--token")

    def one_of_each(self):
        """A token of every kind: those of a factor are of an account that has one, so that all of them are good."""
        email, unverified, protected = self.server.someone(), "new." + self.server.someone(), self.server.someone()
        self.server.register(unverified, verify=False)
        login = self.server.login(email)
        access = login.json()["access_token"]
        scopes = ["account", "keys", "get", "list"]
        made = {
            "access": access,
            "refresh": login.cookie("refresh"),
            "device": login.cookie("dev"),
            "api_key": self.post("keys", {"name": "robot", "scopes": scopes}, access).json()["key"],
            "session": self.post("session/login", {"email": email, "password": PASSWORD}).cookie("session"),
            "verify": self.server.admin_tool("inbox", "--to", unverified, "--token"),
            "reset": self.mailed("auth/forgot-password", email),
            "magic": self.mailed("magic/send", email),
        }
        token = self.server.token(protected)
        secret = self.post("mfa/setup", token=token).json()["secret"]
        enabled = self.post("mfa/enable", {"code": OneTimeCodes(lambda second: counted_code(secret, second // 30)).code()}, token)
        self.assertEqual(enabled.status, 200, enabled)
        codes = enabled.json()["recovery_codes"]
        made["mfa_session"] = self.server.login(protected).json()["mfa_session_token"]
        made["step_up"] = self.post("mfa/step-up", {"recovery_code": codes[0]}, token).json()["step_up_token"]
        self.assertEqual(set(made), set(KINDS))
        self.assertTrue(all(made.values()), made)
        return made, {"email": email, "protected": token, "code": codes[1]}

    def knock(self, door, token, row=None, about=None):
        """One request at a door, with nothing but the token to open it."""
        method, path, operation = row or (None, None, {})
        target = re.sub(r"\{[^}]*\}", UNKNOWN, path) if path else None
        body = {} if "requestBody" in operation else None
        own = {"Origin": self.server.origin}
        ask = self.server.ask
        if door == "bearer":
            return ask(method.upper(), target or "/api/v1/user/me", body, token)
        if door in ("refresh", "session"):
            return ask(method.upper(), target, body, headers={"Cookie": f"{door}={token}", **own})
        if door == "basic":
            return ask(method.upper(), target, headers={"Authorization": "Basic " + token})
        if door in ("verify", "magic") or (door == "reset" and method == "get"):
            return ask(method.upper(), f"{target}?token={token}", headers={"Accept": "application/json"})
        if door == "reset":
            return self.post("auth/reset-password", {"token": token, "new_password": NEW_PASSWORD})
        if door == "mfa_session":
            return self.post("mfa/verify", {"mfa_session_token": token, "recovery_code": about["code"]})
        if door == "step_up":
            return ask(method.upper(), target, body, about["protected"], {"X-Step-Up-Token": token})
        return self.post("auth/login", {"email": about["locked"], "password": PASSWORD}, Cookie=f"dev={token}")

    def doors(self):
        """[(door, row)] of the whole contract: each row that takes a token, and what it takes beside it."""
        found = []
        for row in self.rows:
            method, path, operation = row
            self.assertIn(operation["x-access"], CLASSES, f"{method} {path}: a class without a row in this table")
            door = CLASSES[operation["x-access"]] or TOKEN_ROWS.get((method, path))
            if door:
                found.append((door, row))
            # what asks for the factor first answers 403 to who didn't show it; enabling one says 409 to who has one
            if operation["x-step-up"] != "none" and operation["x-access"] == "authenticated" and not path.endswith(("/mfa/enable", "/user/password")):
                found.append(("step_up", row))
        return found

    def test_no_kind_opens_a_door_of_another_at_any_row_of_the_contract(self):
        tokens, about = self.one_of_each()
        seen, cells = set(), 0
        for door, row in self.doors():
            takes, refusals = DOORS[door]
            seen.add(door)
            for kind in KINDS:
                if kind in takes:
                    continue
                cells += 1
                with self.subTest(row=f"{row[0]} {row[1]}", door=door, token=kind):
                    answer = self.knock(door, tokens[kind], row, about)
                    self.assertIn(answer.status, refusals, answer)
        self.assertEqual(seen, set(DOORS) - {"device"}, "every door is in the contract")
        wrong = {door: len(KINDS) - len(takes) for door, (takes, _) in DOORS.items()}
        self.assertEqual(cells, sum(wrong[door] for door, _ in self.doors()), "every cell was tried")
        self.assertGreater(cells, 400)

        # a browser that is known passes a lock that strangers caused, and nothing else does
        about["locked"] = about["email"]
        for _ in range(5):
            self.server.login(about["email"], "no es la buena")
        for kind in KINDS:
            if kind != "device":
                with self.subTest(door="device", token=kind):
                    self.assertEqual(self.knock("device", tokens[kind], None, about).status, 423)
        self.assertEqual(self.knock("device", tokens["device"], None, about).status, 200)

        # what was refused everywhere else still opens its own door; the reset comes last, since it ends the others
        self.assertEqual(self.knock("step_up", tokens["step_up"], self.row("get", "/api/v1/mfa/recovery-codes"), about).status, 200)
        for kind, door, method, path in (
                ("access", "bearer", "get", "/api/v1/user/me"), ("api_key", "bearer", "get", "/api/v1/user/me"),
                ("session", "session", "get", "/api/v1/session/protected"), ("verify", "verify", "post", "/api/v1/auth/verify-email"),
                ("magic", "magic", "post", "/api/v1/magic/verify"), ("mfa_session", "mfa_session", "post", "/api/v1/mfa/verify"),
                ("refresh", "refresh", "post", "/api/v1/jwt/refresh"), ("reset", "reset", "post", "/api/v1/auth/reset-password")):
            with self.subTest(opens=door, token=kind):
                if kind == "magic":  # closed while strangers hold the account locked
                    who = self.server.ask("GET", "/api/v1/admin/users?q=" + about["email"], token=self.server.admin()).json()["data"][0]["id"]
                    self.assertEqual(self.server.ask("POST", f"/api/v1/admin/users/{who}/unlock", token=self.server.admin()).status, 200)
                answer = self.knock(door, tokens[kind], self.row(method, path), about)
                self.assertEqual(answer.status, 200, answer)

    def row(self, method, path):
        return next(row for row in self.rows if row[:2] == (method, path))

    def test_the_kind_that_a_row_is_for_gets_past_its_door(self):
        """Past the door it may still be too little, of the wrong form, or about nothing; it is never 401."""
        admin = self.server.admin()
        ends = ("/api/v1/jwt/logout-all", "/api/v1/auth/logout", "/api/v1/session/logout", "/api/v1/user/me", "/api/v1/jwt/refresh")
        tried = 0
        for method, path, operation in self.rows:
            door = CLASSES[operation["x-access"]]
            if door not in ("bearer", "refresh", "session"):
                continue
            tried += 1
            with self.subTest(row=f"{method} {path}"):
                if door == "bearer" and path not in ends:
                    token = admin
                else:
                    email = self.server.someone()
                    login = self.server.login(email)
                    token = {"bearer": login.json()["access_token"], "refresh": login.cookie("refresh")}.get(door)
                    if door == "session":
                        token = self.post("session/login", {"email": email, "password": PASSWORD}).cookie("session")
                answer = self.knock(door, token, (method, path, operation))
                self.assertNotIn(answer.status, (401, 500, 503), answer)
        self.assertGreater(tried, 50)

    def test_a_token_opens_nothing_where_none_is_asked_for(self):
        """Rows that are open to everyone answer the same whatever is sent along."""
        tokens, _ = self.one_of_each()
        email = self.server.someone()
        asked = {
            "auth/login": {"email": email, "password": "no es la buena"}, "session/login": {"email": email, "password": "no es la buena"},
            "auth/forgot-password": {"email": "nadie@example.com"}, "magic/send": {"email": "nadie@example.com"},
            "auth/resend-verification": {"email": "nadie@example.com"},
        }
        for path, body in asked.items():
            bare = self.post(path, body)
            for kind, token in tokens.items():
                with self.subTest(row=path, token=kind):
                    answer = self.server.ask("POST", "/api/v1/" + path, body, token, {"Cookie": f"refresh={token}; session={token}; dev={token}",
                                                                                    "X-Step-Up-Token": token})
                    allowed = {bare.status} | ({423} if bare.status == 401 else set())
                    self.assertIn(answer.status, allowed, answer)
                    self.assertIsNone(answer.cookie("refresh"))
                    self.assertIsNone(answer.cookie("session"))

    def test_what_does_not_exist_yet_is_left_out_by_name(self):
        for part, what in LEFT_OUT.items():
            self.assertEqual([path for _, path, _ in self.rows if part in path], [], f"{what}: there are endpoints now; add the kind to KINDS and DOORS")


if __name__ == "__main__":
    unittest.main(verbosity=2)
