"""The ways into an account beside the login, against the running server."""
# each run: postgres
# on demand: sqlite

import base64
import concurrent.futures
import http.client
import json
import re
import time
import unittest

from server_under_test import PASSWORD, Server, id_text

NEW_PASSWORD = "tres lunas sobre el mar de marzo"


def forge(token):
    raw = bytearray(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    raw[-1] ^= 1
    return base64.urlsafe_b64encode(bytes(raw)).rstrip(b"=").decode()


class WaysIn(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server())

    def link(self, email):
        self.assertEqual(self.server.ask("POST", "/api/v1/auth/forgot-password", {"email": email}).status, 200)
        return self.server.admin_tool("inbox", "--to", email, "--token")

    def reset(self, token, password=NEW_PASSWORD):
        return self.server.ask("POST", "/api/v1/auth/reset-password", {"token": token, "new_password": password})


class PasswordReset(WaysIn):
    def test_forgot_password_answers_alike_for_known_and_unknown(self):
        email = self.server.someone()
        known = self.server.ask("POST", "/api/v1/auth/forgot-password", {"email": email})
        unknown = self.server.ask("POST", "/api/v1/auth/forgot-password", {"email": "nadie@example.com"})
        nonsense = self.server.ask("POST", "/api/v1/auth/forgot-password", {"email": "no es un correo"})
        self.assertEqual([each.status for each in (known, unknown, nonsense)], [200, 200, 200])
        self.assertEqual(known.body, unknown.body)
        self.assertEqual(known.body, nonsense.body)

    def test_a_reset_changes_the_password_and_ends_every_session(self):
        email = self.server.someone()
        login = self.server.login(email)
        token = self.link(email)
        weak = self.reset(token, "abc")
        self.assertEqual((weak.status, weak.json()["details"][0]["field"]), (422, "new_password"))
        self.assertEqual(self.server.ask("GET", "/api/v1/auth/reset-password?token=" + token).status, 200)
        self.assertEqual(self.reset(token).status, 200)
        self.assertEqual(self.server.ask("GET", "/api/v1/user/me", token=login.json()["access_token"]).status, 401)
        self.assertEqual(self.server.refresh(login.cookie("refresh")).status, 401)
        self.assertEqual(self.server.login(email).status, 401)
        self.assertEqual(self.server.login(email, NEW_PASSWORD).status, 200)
        again = self.reset(token, "otra contraseña bien larga")
        self.assertEqual((again.status, again.code), (400, "ENLACE_INVALIDO"))
        row = self.server.audit("RESET_COMPLETADO")[0]
        self.assertEqual((row["severity"], row["endpoint"]), ("HIGH", "/api/v1/auth/reset-password"))
        self.assertIn("password_changed", self.server.admin_tool("inbox", "--to", email))

    def test_a_browser_gets_a_page_with_a_script_that_posts(self):
        token = self.link(self.server.someone())
        page = self.server.ask("GET", "/api/v1/auth/reset-password?token=" + token, headers={"Accept": "text/html"})
        self.assertEqual(page.status, 200)
        for part in ("new_password", token, "/assets/link-form.js"):
            self.assertIn(part, page.body)
        self.assertIn("fetch", self.server.ask("GET", "/assets/link-form.js").body)
        bad = self.server.ask("GET", "/api/v1/auth/reset-password?token=" + "A" * 64, headers={"Accept": "text/html"})
        self.assertEqual(bad.status, 400)
        self.assertNotIn("new_password", bad.body)

    def test_a_wrong_secret_cools_the_link_down(self):
        token = self.link(self.server.someone())
        self.assertEqual(self.reset(forge(token)).status, 400)
        cooling = self.reset(token)
        self.assertEqual(cooling.status, 429)
        self.assertGreater(int(cooling.field("Retry-After")), 30)

    def test_of_50_uses_at_once_one_works(self):
        email = self.server.someone()
        token = self.link(email)
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            # more than the hash lane takes at once is told to come back, and does
            def use(number):
                while True:
                    answer = self.reset(token, f"contraseña larga número {number} de la prueba")
                    if answer.status != 503:
                        return answer.status
            statuses = list(pool.map(use, range(50)))
        self.assertEqual((statuses.count(200), statuses.count(400)), (1, 49), statuses)

    def test_changing_the_password_keeps_this_session_and_ends_the_others(self):
        email = self.server.someone()
        here, there = self.server.token(email), self.server.token(email)
        wrong = self.server.ask("PATCH", "/api/v1/user/password", {"current_password": "no es la buena", "new_password": NEW_PASSWORD}, here)
        self.assertEqual((wrong.status, wrong.code), (401, "CREDENCIALES_INVALIDAS"))
        changed = self.server.ask("PATCH", "/api/v1/user/password", {"current_password": PASSWORD, "new_password": NEW_PASSWORD}, here)
        self.assertEqual(changed.status, 200, changed)
        self.assertEqual(self.server.ask("GET", "/api/v1/user/me", token=here).status, 200)
        self.assertEqual(self.server.ask("GET", "/api/v1/user/me", token=there).status, 401)
        self.assertEqual(self.server.login(email, NEW_PASSWORD).status, 200)
        self.assertTrue(self.server.audit("PASSWORD_CHANGE"))


class ApiKeys(WaysIn):
    def make(self, token, scopes, **more):
        answer = self.server.ask("POST", "/api/v1/keys", {"name": "robot", "scopes": scopes, **more}, token)
        self.assertEqual(answer.status, 201, answer)
        return answer.json()

    def test_a_key_is_shown_once_and_works_until_it_is_revoked(self):
        token = self.server.token(self.server.someone())
        made = self.make(token, ["account", "get"])
        self.assertRegex(made["key"], r"^sk_live_[A-Za-z0-9]{64}$")
        self.assertEqual(made["key_prefix"], made["key"][:16])
        page = self.server.ask("GET", "/api/v1/keys", token=token).json()
        self.assertNotIn(made["key"], json.dumps(page))
        self.assertEqual([each["id"] for each in page["data"]], [made["id"]])
        self.assertEqual(self.server.ask("GET", "/api/v1/user/me", token=made["key"]).status, 200)
        self.assertEqual(self.server.ask("POST", f"/api/v1/keys/{made['id']}/revoke", token=token).status, 200)
        refused = self.server.ask("GET", "/api/v1/user/me", token=made["key"])
        self.assertEqual((refused.status, refused.code), (401, "TOKEN_INVALIDO"))
        self.assertTrue(self.server.audit("API_KEY_REVOCADA"))
        self.assertNotIn(made["key"], self.server.dump())

    def test_its_last_use_is_written_soon(self):
        token = self.server.token(self.server.someone())
        made = self.make(token, ["account"])
        self.server.ask("GET", "/api/v1/user/me", token=made["key"])
        deadline = time.monotonic() + 60
        while self.server.ask("GET", "/api/v1/keys", token=token).json()["data"][0]["last_used_at"] is None:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.2)

    def test_every_row_of_the_contract_takes_a_key_with_its_scope_and_no_other(self):
        contract = self.server.ask("GET", "/openapi.json").json()
        admin = self.server.admin()
        powers = {scope: self.make(admin, [scope])["key"] for scope in ("account", "keys", "password", "administer", "get")}
        rows = 0
        for path, methods in contract["paths"].items():
            for method, operation in methods.items():
                if operation["x-access"] not in ("authenticated", "permission", "admin"):
                    continue
                accepted = next((each["apiKey"] for each in operation["security"] if "apiKey" in each), None)
                target = re.sub(r"\{[^}]*\}", "0196f0f0-1234-7abc-8def-001122334455", path)
                for scope, key in powers.items():
                    if path == "/api/v1/jwt/logout-all" or path == "/api/v1/admin/keys/rotate":
                        continue  # they would end what the rest of this test uses
                    with self.subTest(row=f"{method} {path}", scope=scope):
                        rows += 1
                        answer = self.server.ask(method.upper(), target, {} if "requestBody" in operation else None, key)
                        fits = accepted is not None and scope == (accepted[0] if accepted else "get")
                        self.assertEqual(answer.status == 403 and answer.code == "ALCANCE_INSUFICIENTE", not fits, answer)
                        self.assertNotEqual(answer.status, 401)
        self.assertGreater(rows, 100)

    def test_scopes_bound_what_is_done_to_records(self):
        admin = self.server.admin()
        entity = self.server.define_books(admin)
        token = self.server.token(self.server.someone())
        reader, writer = self.make(token, ["list", f"get:{entity}"])["key"], self.make(token, ["create"])["key"]
        path = "/api/v1/entities/books/records"
        self.assertEqual(self.server.ask("POST", path, {"title": "Rayuela"}, reader).status, 403)
        made = self.server.ask("POST", path, {"title": "Rayuela"}, writer)
        self.assertEqual(made.status, 201)
        one = f"{path}/{made.json()['id']}"
        self.assertEqual(self.server.ask("GET", one, token=reader).status, 200)
        self.assertEqual(self.server.ask("GET", path, token=reader).status, 200)
        self.assertEqual(self.server.ask("GET", one, token=writer).status, 403)
        self.assertEqual(self.server.ask("DELETE", one, token=reader).status, 403)

    def test_a_key_never_exceeds_its_owner(self):
        token = self.server.token(self.server.someone())
        refused = self.server.ask("POST", "/api/v1/keys", {"name": "robot", "scopes": ["get", "administer", "all"]}, token)
        self.assertEqual(refused.status, 422)
        self.assertEqual([each["field"] for each in refused.json()["details"]], ["scopes.1", "scopes.2"])
        owner = self.server.ask("GET", "/api/v1/user/me", token=token).json()["id"]
        made = self.make(token, ["account"])
        self.server.ask("PATCH", f"/api/v1/admin/users/{owner}", {"status": "disabled"}, self.server.admin())
        self.assertEqual(self.server.ask("GET", "/api/v1/user/me", token=made["key"]).status, 401)


class Sessions(WaysIn):
    def open(self, email, password=PASSWORD):
        return self.server.ask("POST", "/api/v1/session/login", {"email": email, "password": password})

    def with_cookie(self, method, path, cookie, headers=None):
        return self.server.ask(method, path, headers={"Cookie": f"session={cookie}", **(headers or {})})

    def test_a_classic_session_lives_in_its_cookie(self):
        email = self.server.someone()
        opened = self.open(email)
        self.assertEqual((opened.status, opened.json()["email"]), (200, email))
        set_cookie = next(value for name, value in opened.fields if name.lower() == "set-cookie" and value.startswith("session="))
        for attribute in ("HttpOnly", "SameSite=Strict", "Path=/"):
            self.assertIn(attribute, set_cookie)
        cookie = opened.cookie("session")
        self.assertEqual(self.with_cookie("GET", "/api/v1/session/protected", cookie).json()["email"], email)
        self.assertEqual(self.server.ask("GET", "/api/v1/session/protected").status, 401)
        self.assertEqual(self.with_cookie("POST", "/api/v1/session/logout", cookie).code, "ORIGEN_NO_PERMITIDO")
        out = self.with_cookie("POST", "/api/v1/session/logout", cookie, {"Origin": self.server.origin})
        self.assertEqual((out.status, out.cookie("session")), (204, ""))
        self.assertEqual(self.with_cookie("GET", "/api/v1/session/protected", cookie).status, 401)
        self.assertNotIn(cookie, self.server.dump())

    def test_logging_out_everywhere_ends_it(self):
        email = self.server.someone()
        cookie = self.open(email).cookie("session")
        token = self.server.token(email)
        self.assertEqual(self.server.ask("POST", "/api/v1/jwt/logout-all", token=token).json(), {"revoked": 2})
        self.assertEqual(self.with_cookie("GET", "/api/v1/session/protected", cookie).status, 401)

    def test_a_session_ends_when_its_cookie_comes_from_another_address(self):
        email = self.server.someone()
        cookie = self.open(email).cookie("session")
        elsewhere = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30, source_address=("127.0.0.2", 0))
        self.assertEqual(self.server.ask("GET", "/api/v1/session/protected", headers={"Cookie": f"session={cookie}"}, connection=elsewhere).status, 401)
        elsewhere.close()
        self.assertEqual(self.with_cookie("GET", "/api/v1/session/protected", cookie).status, 401)
        self.assertTrue(self.server.audit("SESSION_INVALIDATED"))

    def test_basic_with_each_request(self):
        email = self.server.someone()
        def basic(user, password):
            return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}
        path = "/api/v1/basic/protected"
        self.assertEqual(self.server.ask("GET", path, headers=basic(email, PASSWORD)).json()["email"], email)
        for headers in ({}, {"Authorization": "Basic"}, {"Authorization": "Basic %%%"}, {"Authorization": "Basic " + base64.b64encode(b"nocolon").decode()},
                        basic(email, "no es la buena"), basic("nadie", "x"), {"Authorization": "Bearer " + self.server.token(email)}):
            refused = self.server.ask("GET", path, headers=headers)
            self.assertEqual(refused.status, 401, headers)
            self.assertIn('Basic realm="metabuilder"', refused.field("WWW-Authenticate"))
        for _ in range(5):
            last = self.server.ask("GET", path, headers=basic(email, "no es la buena"))
        self.assertEqual((last.status, last.code), (423, "CUENTA_BLOQUEADA"))
        self.assertEqual(self.server.login(email).status, 423)


class MagicLinks(WaysIn):
    def magic(self, email):
        self.assertEqual(self.server.ask("POST", "/api/v1/magic/send", {"email": email}).status, 200)
        return self.server.admin_tool("inbox", "--to", email, "--token")

    def test_sending_answers_alike_for_known_and_unknown(self):
        email = self.server.someone()
        answers = [self.server.ask("POST", "/api/v1/magic/send", {"email": each}) for each in (email, "nadie@example.com", "nada")]
        self.assertEqual({(each.status, each.body) for each in answers}, {(200, answers[0].body)})

    def test_json_spends_a_link_at_once_and_a_browser_gets_a_page_first(self):
        email = self.server.someone()
        path = "/api/v1/magic/verify?token=" + self.magic(email)
        for accept in ("text/html", "*/*", "text/html,application/json"):
            page = self.server.ask("GET", path, headers={"Accept": accept})
            self.assertEqual(page.status, 200, accept)
            self.assertIn("<form", page.body)
        tokens = self.server.ask("GET", path, headers={"Accept": "application/json"})
        self.assertEqual(tokens.status, 200, tokens)
        self.assertEqual(self.server.ask("GET", "/api/v1/user/me", token=tokens.json()["access_token"]).json()["email"], email)
        self.assertEqual(self.server.refresh(tokens.cookie("refresh")).status, 200)
        again = self.server.ask("GET", path, headers={"Accept": "application/json"})
        self.assertEqual((again.status, again.code), (400, "ENLACE_INVALIDO"))
        for event in ("MAGIC_LINK_ENVIADO", "MAGIC_LINK_VERIFICADO", "MAGIC_LINK_FALLIDO"):
            self.assertTrue(self.server.audit(event), event)

    def test_the_page_posts_and_the_browser_is_logged_in(self):
        path = "/api/v1/magic/verify?token=" + self.magic(self.server.someone())
        answer = self.server.ask("POST", path, headers={"Accept": "text/html", "Origin": self.server.origin})
        self.assertEqual(answer.status, 200)
        self.assertEqual(self.server.refresh(answer.cookie("refresh")).status, 200)
        self.assertEqual(self.server.ask("POST", path, headers={"Accept": "text/html", "Origin": self.server.origin}).status, 400)

    def test_of_50_uses_at_once_one_logs_in(self):
        path = "/api/v1/magic/verify?token=" + self.magic(self.server.someone())
        with concurrent.futures.ThreadPoolExecutor(50) as pool:
            statuses = list(pool.map(lambda _: self.server.ask("POST", path).status, range(50)))
        self.assertEqual((statuses.count(200), statuses.count(400)), (1, 49), statuses)


class KnownDevices(WaysIn):
    def test_who_fails_elsewhere_does_not_lock_a_known_browser_out(self):
        email = self.server.someone()
        login = self.server.login(email)
        device = login.cookie("dev")
        self.assertTrue(device)
        for _ in range(6):
            last = self.server.login(email, "no es la buena")
        self.assertEqual(last.status, 423)
        self.assertEqual(self.server.login(email).status, 423)
        known = self.server.ask("POST", "/api/v1/auth/login", {"email": email, "password": PASSWORD}, headers={"Cookie": f"dev={device}"})
        self.assertEqual(known.status, 200)
        forged = device[:-2] + ("AA" if device[-2:] != "AA" else "BB")
        self.assertEqual(self.server.ask("POST", "/api/v1/auth/login", {"email": email, "password": PASSWORD}, headers={"Cookie": f"dev={forged}"}).status, 423)


class Privacy(WaysIn):
    def test_gdpr_delete_removes_the_account_from_every_table_and_audit_logs_stay_anonymous(self):
        email = self.server.someone()
        login = self.server.login(email)
        token, identity = login.json()["access_token"], login.json()["user"]["id"]
        self.server.ask("POST", "/api/v1/session/login", {"email": email, "password": PASSWORD})
        self.server.ask("POST", "/api/v1/keys", {"name": "robot", "scopes": ["get"]}, token)
        self.server.ask("POST", "/api/v1/magic/send", {"email": email})
        self.server.login(email, "no es la buena")
        own = {"refresh_token_families": 1, "sessions": 1, "api_keys": 1, "email_tokens": 2, "login_attempts": 3}
        of = lambda table: [row for row in self.server.rows(f"SELECT * FROM {table}")
                            if any(id_text(value) == identity.replace("-", "") for name, value in dict(row).items() if name.endswith("user_id") and value is not None)]
        for table, rows in own.items():
            self.assertEqual(len(of(table)), rows, table)
        events = len(self.server.rows("SELECT * FROM audit_logs"))
        self.assertTrue(of("audit_logs"))
        self.assertIn(email, self.server.dump())

        self.assertEqual(self.server.ask("DELETE", "/api/v1/user/me", token=token).status, 204)
        for table in (*own, "audit_logs"):
            self.assertEqual(of(table), [], table)
        self.assertNotIn(email, self.server.dump())
        self.assertEqual(len(self.server.rows("SELECT * FROM audit_logs")), events + 1, "what happened stays, and one row says that it was erased")

    def test_own_data_is_shown_and_erased(self):
        email = self.server.someone()
        login = self.server.login(email)
        token, identity = login.json()["access_token"], login.json()["user"]["id"]
        self.server.ask("POST", "/api/v1/keys", {"name": "robot", "scopes": ["get"]}, token)
        data = self.server.ask("GET", "/api/v1/user/me/data", token=token)
        self.assertEqual(data.status, 200, data)
        self.assertEqual((data.json()["user"]["email"], data.json()["complete"]), (email, True))
        for part in ("sessions", "links", "api_keys", "login_attempts", "events"):
            self.assertTrue(data.json()[part], part)
        for secret in ("password_hash", "mb1$", "sk_live_" + "x" * 64):
            self.assertNotIn(secret, data.body)
        erased = self.server.ask("DELETE", "/api/v1/user/me", token=token)
        self.assertEqual((erased.status, erased.cookie("refresh")), (204, ""))
        self.assertEqual(self.server.ask("GET", "/api/v1/user/me", token=token).status, 401)
        self.assertEqual(self.server.login(email).status, 401)
        row = self.server.audit("CUENTA_ELIMINADA")[0]
        self.assertEqual((row["user_id"], row["actor_id"], row["ip_hash"], row["metadata"]["initiatedBy"]), (None, None, None, "owner"))
        self.assertEqual(self.server.ask("GET", f"/api/v1/admin/users/{identity}", token=self.server.admin()).status, 404)
        self.server.register(email)
        self.assertEqual(self.server.login(email).status, 200)

    def test_an_administrator_erases_an_account_and_the_last_one_stays(self):
        email = self.server.someone()
        identity = self.server.login(email).json()["user"]["id"]
        admin = self.server.admin()
        self.assertEqual(self.server.ask("DELETE", f"/api/v1/admin/users/{identity}", token=admin).status, 204)
        self.assertEqual(self.server.login(email).status, 401)
        refused = self.server.ask("DELETE", "/api/v1/user/me", token=admin)
        self.assertEqual((refused.status, refused.code), (409, "ULTIMO_ADMIN"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
