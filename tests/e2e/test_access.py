"""For every row of the contract, as /openapi.json tells it: who is refused, and how."""
# each run: postgres
# on demand: sqlite

import json
import re
import unittest

from server_under_test import Server

UNKNOWN = "0196f0f0-1234-7abc-8def-001122334455"
WITH_BODY = ("requestBody",)


class EveryRow(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server())
        cls.admin = cls.server.admin()
        cls.server.register("ana@example.com")
        cls.ana = cls.server.token("ana@example.com")
        cls.contract = cls.server.ask("GET", "/openapi.json").json()
        cls.rows = [(method.upper(), path, operation) for path, methods in cls.contract["paths"].items() for method, operation in methods.items()]

    def target(self, path, operation):
        path = re.sub(r"\{[^}]*\}", UNKNOWN, path)
        return path + "?token=x" if any(each["name"] == "token" for each in operation["parameters"]) else path

    def test_the_table_is_whole(self):
        self.assertEqual(self.contract["openapi"], "3.1.0")
        self.assertGreater(len(self.rows), 40)
        self.assertEqual(len({operation["operationId"] for _, _, operation in self.rows}), len(self.rows))

    def test_401_without_a_token_with_a_broken_one_and_with_one_of_another_kind(self):
        refresh = self.server.login("ana@example.com").cookie("refresh")
        for method, path, operation in self.rows:
            if operation["x-access"] not in ("authenticated", "permission", "admin"):
                continue
            with self.subTest(row=f"{method} {path}"):
                body = {} if "requestBody" in operation else None
                for headers in ({}, {"Authorization": "Bearer x.y.z"}, {"Authorization": "Bearer " + refresh}):
                    answer = self.server.ask(method, self.target(path, operation), body, headers=headers)
                    self.assertEqual(answer.status, 401, answer)
                    self.assertIn("Bearer", answer.field("WWW-Authenticate"))

    def test_403_for_who_is_no_admin(self):
        for method, path, operation in self.rows:
            if operation["x-access"] == "admin":
                with self.subTest(row=f"{method} {path}"):
                    answer = self.server.ask(method, self.target(path, operation), {} if "requestBody" in operation else None, self.ana)
                    self.assertEqual((answer.status, answer.code), (403, "SIN_PERMISO"))

    def test_405_names_what_is_allowed(self):
        for path, methods in self.contract["paths"].items():
            with self.subTest(path=path):
                other = next(method for method in ("PUT", "DELETE", "PATCH", "POST", "GET") if method.lower() not in methods)
                answer = self.server.ask(other, re.sub(r"\{[^}]*\}", UNKNOWN, path), token=self.admin)
                self.assertEqual((answer.status, answer.code), (405, "METODO_NO_PERMITIDO"))
                allowed = set(answer.field("Allow").split(", "))
                expected = {method.upper() for method in methods} | {"OPTIONS"} | ({"HEAD"} if "get" in methods else set())
                self.assertEqual(allowed, expected)

    def test_a_body_is_json_of_the_right_shape_and_size(self):
        for method, path, operation in self.rows:
            if "requestBody" not in operation:
                continue
            target = self.target(path, operation)
            with self.subTest(row=f"{method} {path}"):
                for content_type in ("text/plain", "application/x-www-form-urlencoded", "application/jsonx", ""):
                    answer = self.server.ask(method, target, "{}", self.admin, {"Content-Type": content_type})
                    self.assertEqual((answer.status, answer.code), (415, "TIPO_NO_SOPORTADO"), content_type)
                for broken in ("{", "", "{'a':1}", '{"a":1}x', "\ufeff{}", '{"a":"\\u0000"}', '{"a":1e999}', "[" * 40 + "]" * 40):
                    answer = self.server.ask(method, target, broken.encode(), self.admin, {"Content-Type": "application/json"})
                    self.assertEqual((answer.status, answer.code), (400, "JSON_INVALIDO"), broken)
                large = self.server.ask(method, target, ('{"a":"' + "x" * 1_100_000 + '"}').encode(), self.admin, {"Content-Type": "application/json"})
                self.assertEqual((large.status, large.code), (413, "CUERPO_DEMASIADO_GRANDE"))
                twice = self.server.ask(method, target, b'{"name":"a","name":"b"}', self.admin, {"Content-Type": "application/json"})
                self.assertEqual(twice.status, 422, twice)

    def test_unknown_members_and_unknown_parameters_are_refused(self):
        for path, known in (("/api/v1/auth/register", {"email": "eva@example.com", "password": "x"}), ("/api/v1/auth/login", {"email": "a@b.example", "password": "x"})):
            answer = self.server.ask("POST", path, {**known, "is_admin": True})
            self.assertEqual((answer.status, answer.json()["details"][0]["code"]), (422, "CAMPO_DESCONOCIDO"))
        for path in ("/health", "/api/v1/user/me", "/api/v1/admin/users"):
            self.assertEqual(self.server.ask("GET", path + "?nope=1", token=self.admin).code, "PARAMETRO_DESCONOCIDO")
        self.assertEqual(self.server.ask("GET", "/api/v1/admin/users?limit=1&limit=2", token=self.admin).code, "PARAMETRO_INVALIDO")

    def test_every_answer_carries_the_headers_and_a_correlation_id(self):
        for method, target, token in (("GET", "/health", None), ("GET", "/nope", None), ("GET", "/api/v1/user/me", None), ("GET", "/", None), ("POST", "/health", None),
                                      ("GET", "/api/v1/user/me", self.ana)):
            answer = self.server.ask(method, target, token=token)
            self.assertEqual(answer.field("X-Content-Type-Options"), "nosniff")
            self.assertEqual(answer.field("X-Frame-Options"), "DENY")
            self.assertEqual(answer.field("Referrer-Policy"), "no-referrer")
            self.assertIn("default-src 'self'", answer.field("Content-Security-Policy"))
            self.assertNotIn("unsafe", answer.field("Content-Security-Policy"))
            self.assertEqual(answer.field("Cache-Control"), "no-store")
            self.assertIsNone(answer.field("Server"))
            self.assertRegex(answer.field("X-Correlation-ID"), r"^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$")
            if answer.status >= 400:
                self.assertEqual(answer.json()["correlationId"], answer.field("X-Correlation-ID"))
        sent = "0196F0F0-1234-4ABC-8DEF-001122334455"
        self.assertEqual(self.server.ask("GET", "/health", headers={"X-Correlation-ID": sent}).field("X-Correlation-ID"), sent.lower())
        self.assertNotEqual(self.server.ask("GET", "/health", headers={"X-Correlation-ID": "evil\tid"}).field("X-Correlation-ID"), "evil\tid")

    def test_errors_speak_spanish_and_english_and_their_code_stays(self):
        spanish = self.server.ask("GET", "/api/v1/user/me")
        english = self.server.ask("GET", "/api/v1/user/me", headers={"Accept-Language": "fr, en;q=0.8, es;q=0.5"})
        self.assertEqual(spanish.code, english.code)
        self.assertIn("autenticarte", spanish.json()["error"])
        self.assertIn("authenticate", english.json()["error"])
        self.assertEqual(set(spanish.json()), {"error", "code", "correlationId", "timestamp"})

    def test_cors_answers_only_the_listed_origin(self):
        own = self.server.origin
        preflight = self.server.ask("OPTIONS", "/api/v1/user/me", headers={"Origin": own, "Access-Control-Request-Method": "PATCH"})
        self.assertEqual((preflight.status, preflight.field("Access-Control-Allow-Origin")), (204, own))
        self.assertIn("PATCH", preflight.field("Access-Control-Allow-Methods"))
        for origin in ("https://evil.example", "null", own + ".evil.example", own.replace("http", "https")):
            answer = self.server.ask("GET", "/api/v1/user/me", token=self.ana, headers={"Origin": origin})
            self.assertIsNone(answer.field("Access-Control-Allow-Origin"), origin)
            self.assertIn("Origin", answer.field("Vary"))
            refused = self.server.ask("PATCH", "/api/v1/user/me", {"display_name": "Eva"}, self.ana, {"Origin": origin})
            self.assertEqual((refused.status, refused.code), (403, "ORIGEN_NO_PERMITIDO"), origin)
        allowed = self.server.ask("GET", "/api/v1/user/me", token=self.ana, headers={"Origin": own})
        self.assertEqual((allowed.field("Access-Control-Allow-Origin"), allowed.field("Access-Control-Allow-Credentials")), (own, "true"))

    def test_service_endpoints(self):
        health = self.server.ask("GET", "/health").json()
        self.assertEqual(health["estado"], "activo")
        self.assertRegex(health["timestamp"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
        self.assertEqual(self.server.ask("GET", "/api/v1/health/live").status, 200)
        ready = self.server.ask("GET", "/api/v1/health/ready").json()
        self.assertTrue(ready["ready"])
        self.assertIn("database", ready["dependencies"])
        metrics = self.server.ask("GET", "/metrics").body
        for name in ("failed_login_count", "invalid_token_count", "unauthorized_access_count", "error_rate_5xx"):
            self.assertIn("metabuilder_" + name, metrics)
        for path, text in (("/", "MetaBuilder"), ("/api-docs", "api-docs.js"), ("/assets/pages.css", "--ink"), ("/assets/api-docs.js", "fetch")):
            answer = self.server.ask("GET", path)
            self.assertEqual(answer.status, 200, path)
            self.assertIn(text, answer.body)
        head = self.server.ask("HEAD", "/health")
        self.assertEqual((head.status, head.body), (200, ""))
        self.assertGreater(int(head.field("Content-Length")), 10)

    def test_an_unknown_path_or_method_is_told_without_reading_the_body(self):
        body = b'{"a":"' + b"x" * 200_000 + b'"}'
        self.assertEqual(self.server.ask("POST", "/api/v1/nope", body, self.admin, {"Content-Type": "application/json"}).status, 404)
        self.assertEqual(self.server.ask("PUT", "/api/v1/user/me", body, self.admin, {"Content-Type": "application/json"}).status, 405)

    def test_malformed_ids_in_paths_are_404(self):
        for path in ("/api/v1/admin/users/x", "/api/v1/metadata/entities/x", "/api/v1/entities/x/records", "/api/v1/entities/x/records/y"):
            self.assertEqual(self.server.ask("GET", path, token=self.admin).status, 404, path)
        self.assertEqual(self.server.ask("DELETE", "/api/v1/jwt/sessions/x", token=self.admin).code, "SESION_NO_ENCONTRADA")


class Limits(unittest.TestCase):
    def test_rate_limits_refuse_with_the_time_to_wait(self):
        with Server(RATE_LIMIT_ENABLED="true", RATE_LIMIT_CREDENTIALS="3/1m", RATE_LIMIT_DEFAULT="5/1m") as server:
            admin = server.admin()
            answers = [None, *(server.login("nadie@example.com") for _ in range(3))]
            self.assertEqual([answer.status for answer in answers[1:]], [401, 401, 429])
            self.assertEqual(answers[3].code, "DEMASIADAS_SOLICITUDES")
            self.assertGreaterEqual(int(answers[3].field("Retry-After")), 1)
            self.assertEqual(answers[3].field("RateLimit-Policy"), '"credentials";q=3;w=60')
            self.assertEqual(answers[3].field("RateLimit"), f'"credentials";r=0;t={answers[3].field("Retry-After")}')
            self.assertEqual([answer.field("RateLimit").split(";")[1] for answer in answers[1:]], ["r=1", "r=0", "r=0"])
            for allowed in (True,) * 5 + (False,):
                last = server.ask("GET", "/api/v1/user/me", token=admin)
                self.assertEqual(last.status, 200 if allowed else 429, last)
            self.assertEqual(last.field("RateLimit-Policy"), '"default";q=5;w=60')
            self.assertEqual(last.field("RateLimit"), f'"default";r=0;t={last.field("Retry-After")}')
            self.assertEqual(server.ask("GET", "/health").status, 200)


if __name__ == "__main__":
    unittest.main(verbosity=2)
