"""Accounts, tokens and sessions against the running server: the tests that seed 004 names, and what contract.md promises beside them."""
# each run: sqlite postgres
# alone

import base64
import concurrent.futures
import hashlib
import hmac
import json
import socket
import time
import unittest

from server_under_test import ADMIN_EMAIL, ADMIN_PASSWORD, PASSWORD, Server, id_text


def encode(part):
    return base64.urlsafe_b64encode(json.dumps(part).encode() if not isinstance(part, bytes) else part).rstrip(b"=").decode()


def decode(part):
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


class Identity(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server())

    def unique(self):
        Identity.number = getattr(Identity, "number", 0) + 1
        return f"user{Identity.number}@example.com"

    def test_register_answers_alike_for_a_known_and_an_unknown_address(self):
        email = self.unique()
        first = self.server.ask("POST", "/api/v1/auth/register", {"email": email, "password": PASSWORD})
        second = self.server.ask("POST", "/api/v1/auth/register", {"email": email.upper(), "password": PASSWORD})
        self.assertEqual((first.status, second.status), (201, 201))
        self.assertEqual(first.body, second.body)

    def test_register_lists_everything_that_is_wrong(self):
        answer = self.server.ask("POST", "/api/v1/auth/register", {"email": "no es un correo", "password": "abc"})
        self.assertEqual((answer.status, answer.code), (422, "VALIDACION_FALLIDA"))
        self.assertEqual({each["field"] for each in answer.json()["details"]}, {"email", "password"})

    def test_email_verification_login_without_it_is_403_EMAIL_NO_VERIFICADO(self):
        email = self.unique()
        self.server.register(email, verify=False)
        answer = self.server.login(email)
        self.assertEqual((answer.status, answer.code), (403, "EMAIL_NO_VERIFICADO"))
        # a wrong password tells nothing of the account's state
        self.assertEqual(self.server.login(email, "otra cosa distinta").code, "CREDENCIALES_INVALIDAS")

    def test_a_verification_link_works_once_and_a_browser_gets_a_page_that_consumes_nothing(self):
        email = self.unique()
        self.server.register(email, verify=False)
        token = self.server.admin_tool("inbox", "--to", email, "--token")
        page = self.server.ask("GET", "/api/v1/auth/verify-email?token=" + token, headers={"Accept": "text/html"})
        self.assertEqual(page.status, 200)
        self.assertIn("<form", page.body)
        self.assertEqual(self.server.ask("GET", "/api/v1/auth/verify-email?token=" + token).status, 200)
        again = self.server.ask("POST", "/api/v1/auth/verify-email?token=" + token)
        self.assertEqual((again.status, again.code), (400, "ENLACE_INVALIDO"))
        self.assertEqual(self.server.login(email).status, 200)

    def test_account_lockout_5_failures_423_sixth_423_admin_unlock_login(self):
        email = self.unique()
        self.server.register(email)
        statuses = [self.server.login(email, "no es la buena").status for _ in range(5)]
        self.assertEqual(statuses, [401, 401, 401, 401, 423])
        sixth = self.server.login(email)
        self.assertEqual((sixth.status, sixth.code), (423, "CUENTA_BLOQUEADA"))
        self.assertGreater(int(sixth.field("Retry-After")), 1700)
        admin = self.server.admin()
        found = self.server.ask("GET", "/api/v1/admin/users?q=" + email, token=admin).json()["data"][0]
        self.assertIn("locked_until", found)
        self.assertEqual(self.server.ask("POST", f"/api/v1/admin/users/{found['id']}/unlock", token=admin).status, 200)
        self.assertEqual(self.server.login(email).status, 200)
        for event in ("LOGIN_FALLIDO", "CUENTA_BLOQUEADA", "CUENTA_DESBLOQUEADA"):
            self.assertTrue(self.server.audit(event), event)

    def test_an_unknown_account_locks_like_a_known_one(self):
        statuses = [self.server.login("nadie@example.com", "no es la buena").status for _ in range(6)]
        self.assertEqual(statuses, [401, 401, 401, 401, 423, 423])

    def test_login_by_username_and_the_shape_of_tokens(self):
        email = self.unique()
        self.server.register(email, username="usuaria." + email.split("@")[0])
        answer = self.server.ask("POST", "/api/v1/auth/login", {"username": ("Usuaria." + email.split("@")[0]), "password": PASSWORD})
        self.assertEqual(answer.status, 200)
        token = answer.json()["access_token"]
        header, payload = (decode(part) for part in token.split(".")[:2])
        self.assertEqual(set(header), {"alg", "typ", "kid"})
        self.assertEqual(set(payload), {"sub", "jti", "kid", "roles", "iss", "aud", "iat", "exp"})
        self.assertEqual(payload["exp"] - payload["iat"], 900)
        self.assertNotIn(email, json.dumps(payload))
        cookie = next(value for name, value in answer.fields if name.lower() == "set-cookie")
        for attribute in ("HttpOnly", "SameSite=Strict", "Path=/"):
            self.assertIn(attribute, cookie)
        refresh = decode(answer.cookie("refresh").split(".")[1])
        self.assertEqual(refresh["exp"] - refresh["iat"], 7 * 86400)

    def test_family_tracking_reuse_is_401_revokes_the_family_and_is_logged(self):
        email = self.unique()
        self.server.register(email)
        stolen = self.server.login(email).cookie("refresh")
        first = self.server.refresh(stolen)
        self.assertEqual(first.status, 200)
        access = first.json()["access_token"]
        self.assertEqual(self.server.ask("GET", "/api/v1/user/me", token=access).status, 200)
        again = self.server.refresh(stolen)
        self.assertEqual((again.status, again.code), (401, "TOKEN_ROBO_DETECTADO"))
        self.assertEqual(self.server.ask("GET", "/api/v1/user/me", token=access).status, 401)
        self.assertEqual(self.server.refresh(first.cookie("refresh")).status, 401)
        row = self.server.audit("TOKEN_ROBO_DETECTADO")[0]
        self.assertEqual((row["severity"], row["status_code"], row["http_method"]), ("CRITICAL", 401, "POST"))
        self.assertEqual(row["endpoint"], "/api/v1/jwt/refresh")

    def test_race_condition_200_rounds_of_two_refreshes_give_one_200_and_one_401_and_a_living_family(self):
        email = self.unique()
        self.server.register(email)
        cookie = self.server.login(email).cookie("refresh")
        for round_number in range(200):
            request = (f"POST /api/v1/jwt/refresh HTTP/1.1\r\nHost: localhost:{self.server.port}\r\nOrigin: {self.server.origin}\r\n"
                       f"Cookie: refresh={cookie}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").encode()
            pair = [socket.create_connection(("127.0.0.1", self.server.port)) for _ in range(2)]
            # both have begun before either is whole: a client that is put to sleep between two sends must not turn a race into a sequence
            for each in pair:
                each.sendall(request[:-2])
            time.sleep(0.02)
            for each in pair:
                each.sendall(request[-2:])
            answers = []
            for each in pair:
                with each:
                    answers.append(b"".join(iter(lambda: each.recv(65536), b"")).decode())
            statuses = sorted(answer.split(" ")[1] for answer in answers)
            self.assertEqual(statuses, ["200", "401"], f"round {round_number}: {answers}")
            winner = next(answer for answer in answers if " 200 " in answer.split("\r\n")[0])
            loser = next(answer for answer in answers if " 401 " in answer.split("\r\n")[0])
            self.assertIn("REFRESH_CONCURRENTE", loser)
            cookie = winner.split("Set-Cookie: refresh=")[1].split(";")[0]
        self.assertEqual(self.server.refresh(cookie).status, 200)

    def test_kid_rotation_a_token_of_a_retired_key_is_still_valid(self):
        admin = self.server.admin()
        before = self.server.ask("GET", "/api/v1/admin/keys", token=admin).json()["data"]
        made = self.server.ask("POST", "/api/v1/admin/keys/rotate", token=admin)
        self.assertEqual(made.status, 201)
        self.assertEqual(self.server.ask("GET", "/api/v1/user/me", token=admin).status, 200)
        fresh = self.server.admin()
        self.assertEqual(decode(fresh.split(".")[0])["kid"], made.json()["kid"])
        after = self.server.ask("GET", "/api/v1/admin/keys", token=fresh).json()["data"]
        self.assertEqual(len(after), len(before) + 1)
        self.assertEqual(sum(key["state"] == "active" for key in after), 1)
        self.assertTrue(self.server.audit("CLAVE_JWT_ROTADA"))

    def test_rbac_admin_200_user_403_anonymous_401(self):
        email = self.unique()
        self.server.register(email)
        user, admin = self.server.token(email), self.server.admin()
        for path in ("/api/v1/admin/users", "/api/v1/admin/keys", "/api/v1/metadata/entities"):
            self.assertEqual(self.server.ask("GET", path, token=admin).status, 200, path)
            refused = self.server.ask("GET", path, token=user)
            self.assertEqual((refused.status, refused.code), (403, "SIN_PERMISO"), path)
            self.assertEqual(self.server.ask("GET", path).status, 401, path)
        self.assertTrue(self.server.audit("PERMISSION_DENIED"))

    def test_a_changed_role_is_felt_at_the_next_request_and_the_last_admin_stays(self):
        email = self.unique()
        self.server.register(email)
        user, admin = self.server.token(email), self.server.admin()
        me = self.server.ask("GET", "/api/v1/user/me", token=user).json()["id"]
        self.assertEqual(self.server.ask("GET", "/api/v1/admin/users", token=user).status, 403)
        self.assertEqual(self.server.ask("PATCH", f"/api/v1/admin/users/{me}", {"roles": ["admin"]}, admin).status, 200)
        self.assertEqual(self.server.ask("GET", "/api/v1/admin/users", token=user).status, 200)
        self.assertEqual(self.server.ask("PATCH", f"/api/v1/admin/users/{me}", {"roles": ["user"]}, admin).status, 200)
        self.assertEqual(self.server.ask("GET", "/api/v1/admin/users", token=user).status, 403)
        own = self.server.ask("GET", "/api/v1/user/me", token=admin).json()["id"]
        refused = self.server.ask("PATCH", f"/api/v1/admin/users/{own}", {"roles": ["user"]}, admin)
        self.assertEqual((refused.status, refused.code), (409, "ULTIMO_ADMIN"))

    def test_a_disabled_account_loses_its_sessions_at_once(self):
        email = self.unique()
        self.server.register(email)
        login = self.server.login(email)
        user, admin = login.json()["access_token"], self.server.admin()
        identity = login.json()["user"]["id"]
        self.assertEqual(self.server.ask("PATCH", f"/api/v1/admin/users/{identity}", {"status": "disabled"}, admin).status, 200)
        self.assertEqual(self.server.ask("GET", "/api/v1/user/me", token=user).status, 401)
        self.assertEqual(self.server.refresh(login.cookie("refresh")).status, 401)
        self.assertEqual(self.server.login(email).code, "CUENTA_DESHABILITADA")

    def test_sessions_are_listed_revoked_and_ended_everywhere(self):
        email = self.unique()
        self.server.register(email)
        tokens = [self.server.token(email) for _ in range(3)]
        first = self.server.ask("GET", "/api/v1/jwt/sessions?limit=2", token=tokens[0]).json()
        self.assertEqual((len(first["data"]), first["hasMore"]), (2, True))
        rest = self.server.ask("GET", "/api/v1/jwt/sessions?limit=2&cursor=" + first["nextCursor"], token=tokens[0]).json()
        self.assertEqual((len(rest["data"]), rest["hasMore"], rest["nextCursor"]), (1, False, None))
        every = first["data"] + rest["data"]
        self.assertEqual(sum(each["current"] for each in every), 1)
        other = next(each for each in every if not each["current"])
        self.assertEqual(self.server.ask("DELETE", "/api/v1/jwt/sessions/" + other["id"], token=tokens[0]).status, 204)
        self.assertEqual(sorted(self.server.ask("GET", "/api/v1/user/me", token=each).status for each in tokens), [200, 200, 401])
        self.assertEqual(self.server.ask("POST", "/api/v1/jwt/logout-all", token=tokens[0]).json(), {"revoked": 2})
        self.assertEqual([self.server.ask("GET", "/api/v1/user/me", token=each).status for each in tokens], [401, 401, 401])

    def test_another_users_session_and_cursor_are_refused(self):
        mine, theirs = self.unique(), self.unique()
        self.server.register(mine)
        self.server.register(theirs)
        for _ in range(2):
            self.server.token(theirs)
        token, other = self.server.token(mine), self.server.token(theirs)
        page = self.server.ask("GET", "/api/v1/jwt/sessions?limit=1", token=other).json()
        refused = self.server.ask("DELETE", "/api/v1/jwt/sessions/" + page["data"][0]["id"], token=token)
        self.assertEqual((refused.status, refused.code), (404, "SESION_NO_ENCONTRADA"))
        refused = self.server.ask("GET", "/api/v1/jwt/sessions?limit=1&cursor=" + page["nextCursor"], token=token)
        self.assertEqual((refused.status, refused.code), (400, "CURSOR_INVALIDO"))

    def test_logout_is_felt_at_the_next_request(self):
        email = self.unique()
        self.server.register(email)
        login = self.server.login(email)
        access, cookie = login.json()["access_token"], login.cookie("refresh")
        out = self.server.ask("POST", "/api/v1/auth/logout", headers={"Cookie": f"refresh={cookie}", "Origin": self.server.origin})
        self.assertEqual(out.status, 204)
        self.assertEqual(out.cookie("refresh"), "")
        self.assertEqual(self.server.ask("GET", "/api/v1/user/me", token=access).status, 401)
        self.assertEqual(self.server.refresh(cookie).status, 401)

    def test_a_cookie_needs_the_origin_of_who_asks(self):
        email = self.unique()
        self.server.register(email)
        cookie = self.server.login(email).cookie("refresh")
        for headers in ({}, {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
            answer = self.server.ask("POST", "/api/v1/jwt/refresh", headers={"Cookie": f"refresh={cookie}", **headers})
            self.assertEqual((answer.status, answer.code), (403, "ORIGEN_NO_PERMITIDO"), headers)
        self.assertEqual(self.server.ask("POST", "/api/v1/jwt/refresh", headers={"Cookie": f"refresh={cookie}", "Sec-Fetch-Site": "same-origin"}).status, 200)

    def test_attacks_on_tokens_alg_none_confusion_and_malformed(self):
        good = self.server.admin()
        header, payload, signature = good.split(".")
        fields, claims = decode(header), decode(payload)
        refresh = self.server.login(ADMIN_EMAIL, ADMIN_PASSWORD).cookie("refresh")
        weak = hmac.new(b"secret", f"{header}.{payload}".encode(), hashlib.sha256).digest()
        bad = [
            f"{encode({**fields, 'alg': 'none'})}.{payload}.",
            f"{encode({**fields, 'alg': 'none'})}.{payload}.{signature}",
            f"{encode({**fields, 'alg': 'RS256'})}.{payload}.{signature}",
            f"{encode({**fields, 'alg': 'HS512'})}.{payload}.{signature}",
            f"{encode({**fields, 'alg': 'hs256'})}.{payload}.{signature}",
            f"{encode({**fields, 'kid': '0' * 16})}.{payload}.{signature}",
            f"{header}.{encode({**claims, 'roles': ['admin', 'root']})}.{signature}",
            f"{header}.{encode({**claims, 'exp': claims['exp'] + 1})}.{signature}",
            f"{header}.{payload}.{encode(weak)}",
            f"{header}.{payload}", f"{header}.{payload}.{signature}.x", f"{header}.{payload}.{signature}=", f"{header}..{signature}",
            f"{header}.{payload[:-4]}.{signature}", "....", "a", "a.b.c", "%%%.%%%.%%%", "null", "e30.e30.e30", refresh, good[:-1], good + "A", "x" * 6000,
        ]
        for token in bad:
            answer = self.server.ask("GET", "/api/v1/user/me", token=token)
            self.assertEqual((answer.status, answer.code), (401, "TOKEN_INVALIDO"), token)
            self.assertIn("Bearer", answer.field("WWW-Authenticate"))
        for scheme in ("Basic x", "Bearer", "Bearer ", "bearer", "Token " + good):
            self.assertEqual(self.server.ask("GET", "/api/v1/user/me", headers={"Authorization": scheme}).status, 401, scheme)
        self.assertEqual(self.server.ask("GET", "/api/v1/user/me", headers={"Authorization": "bEaReR " + good}).status, 200)
        self.assertEqual(self.server.refresh(good).status, 401)

    def test_own_account_is_read_and_changed(self):
        email, other = self.unique(), self.unique()
        self.server.register(email)
        self.server.register(other, username="ocupada")
        token = self.server.token(email)
        answer = self.server.ask("PATCH", "/api/v1/user/me", {"display_name": "Ana Ñandú", "username": "Ana.Nueva"}, token)
        self.assertEqual((answer.status, answer.json()["display_name"], answer.json()["username"]), (200, "Ana Ñandú", "ana.nueva"))
        self.assertEqual(self.server.ask("PATCH", "/api/v1/user/me", {"display_name": None}, token).json()["display_name"], None)
        taken = self.server.ask("PATCH", "/api/v1/user/me", {"username": "ocupada"}, token)
        self.assertEqual((taken.status, taken.code), (409, "USUARIO_YA_EXISTE"))
        for member in ("id", "roles", "email_verified", "status", "email"):
            self.assertEqual(self.server.ask("PATCH", "/api/v1/user/me", {member: "x"}, token).status, 422, member)

    def test_every_row_of_the_audit_log_carries_its_request(self):
        email = self.unique()
        correlation = "0196f0f0-1234-4abc-8def-001122334455"
        self.server.ask("POST", "/api/v1/auth/login", {"email": email, "password": "x"}, headers={"X-Correlation-ID": correlation})
        row = self.server.audit("LOGIN_FALLIDO")[0]
        self.assertEqual(id_text(row["correlation_id"]), correlation.replace("-", ""))
        self.assertEqual((row["endpoint"], row["http_method"], row["status_code"]), ("/api/v1/auth/login", "POST", 401))
        self.assertGreaterEqual(row["response_time_ms"], 0)
        self.assertTrue(row["ip_hash"])
        self.assertNotIn("127.0.0.1", "".join(str(value) for value in dict(row).values()))

    def test_parallel_guesses_never_exceed_the_lockout(self):
        email = self.unique()
        self.server.register(email)
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            # who waits for two seconds behind the hashes of a busy machine is told to come back, and does
            def guess(_):
                while True:
                    answer = self.server.login(email, "no es la buena")
                    if answer.status != 503:
                        return answer.status
            statuses = list(pool.map(guess, range(16)))
        self.assertEqual(statuses.count(401), 4, statuses)
        self.assertEqual(statuses.count(423), 12, statuses)

    def test_seed000_aliases_speak_its_language(self):
        email = self.unique()
        self.server.register(email, username=email.split("@")[0])
        answer = self.server.ask("POST", "/api/auth/login", {"username": email.split("@")[0], "password": PASSWORD})
        self.assertEqual(answer.status, 200)
        self.assertEqual(set(answer.json()), {"token", "user_info"})
        refused = self.server.ask("GET", "/api/metadata/entities", token=answer.json()["token"])
        self.assertEqual(refused.status, 403)
        self.assertEqual(set(refused.json()), {"detail", "error_code", "timestamp"})
        self.assertEqual(refused.json()["error_code"], "FORBIDDEN")


class Restart(unittest.TestCase):
    def test_tokens_keys_and_lockouts_outlive_the_process(self):
        with Server() as server:
            server.register("ana@example.com")
            token = server.token("ana@example.com")
            for _ in range(5):
                server.login("beto@example.com", "no es la buena")
            self.assertEqual(server.stop(), 0)
            server.start()
            self.assertEqual(server.ask("GET", "/api/v1/user/me", token=token).status, 200)
            self.assertEqual(server.login("beto@example.com", "no es la buena").status, 423)


if __name__ == "__main__":
    unittest.main(verbosity=2)
