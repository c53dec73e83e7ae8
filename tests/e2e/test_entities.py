"""Entities, fields and records against the running server."""
# each run: sqlite postgres

import concurrent.futures
import json
import unittest

from server_under_test import PASSWORD, Server, quoted


class Entities(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server())
        cls.admin = cls.server.admin()
        cls.server.register("ana@example.com")
        cls.ana = cls.server.token("ana@example.com")
        cls.books = cls.server.define_books(cls.admin)

    def create(self, body, token=None, entity="books"):
        return self.server.ask("POST", f"/api/v1/entities/{entity}/records", body, token or self.ana)

    def test_a_user_works_on_records_and_may_not_touch_metadata(self):
        made = self.create({"title": "Rayuela", "pages": 600})
        self.assertEqual((made.status, made.field("ETag")), (201, '"v1"'))
        record = made.json()
        self.assertEqual({name: record[name] for name in ("title", "pages", "isbn", "version")}, {"title": "Rayuela", "pages": 600, "isbn": None, "version": 1})
        path = "/api/v1/entities/books/records/" + record["id"]
        self.assertEqual(made.field("Location"), path)
        self.assertEqual(self.server.ask("GET", path, token=self.ana).json(), record)
        self.assertEqual(self.server.ask("GET", f"/api/v1/entities/{self.books}/records/{record['id']}", token=self.ana).json(), record)
        for method, target, body in (("POST", "/api/v1/metadata/entities", {"name": "x", "display_name": "X"}), ("DELETE", f"/api/v1/metadata/entities/{self.books}", None),
                                     ("POST", f"/api/v1/metadata/entities/{self.books}/fields", {"name": "x", "type": "TEXT"})):
            self.assertEqual(self.server.ask(method, target, body, self.ana).status, 403, target)

    def test_put_replaces_patch_merges_delete_removes(self):
        record = self.create({"title": "Ficciones", "pages": 170, "isbn": "ficciones"}).json()
        path = "/api/v1/entities/books/records/" + record["id"]
        merged = self.server.ask("PATCH", path, {"pages": 203}, self.ana)
        self.assertEqual((merged.status, merged.json()["pages"], merged.json()["isbn"], merged.json()["version"]), (200, 203, "ficciones", 2))
        cleared = self.server.ask("PATCH", path, {"isbn": None}, self.ana)
        self.assertEqual(cleared.json()["isbn"], None)
        replaced = self.server.ask("PUT", path, {"title": "El Aleph"}, self.ana)
        self.assertEqual((replaced.json()["title"], replaced.json()["pages"], replaced.json()["version"]), ("El Aleph", None, 4))
        self.assertEqual(self.server.ask("PUT", path, {"pages": 3}, self.ana).status, 422)
        self.assertEqual(self.server.ask("DELETE", path, token=self.ana).status, 204)
        gone = self.server.ask("GET", path, token=self.ana)
        self.assertEqual((gone.status, gone.code), (404, "REGISTRO_NO_ENCONTRADO"))
        self.assertEqual(self.server.ask("DELETE", path, token=self.ana).status, 404)

    def test_if_match_refuses_what_has_changed(self):
        record = self.create({"title": "Sobre héroes y tumbas"}).json()
        path = "/api/v1/entities/books/records/" + record["id"]
        self.assertEqual(self.server.ask("PATCH", path, {"pages": 1}, self.ana, {"If-Match": '"v1"'}).status, 200)
        for method, body in (("PATCH", {"pages": 2}), ("PUT", {"title": "x"}), ("DELETE", None)):
            refused = self.server.ask(method, path, body, self.ana, {"If-Match": '"v1"'})
            self.assertEqual((refused.status, refused.code, refused.field("ETag")), (412, "PRECONDICION_FALLIDA", '"v2"'), method)
        entity = "/api/v1/metadata/entities/books"
        revision = self.server.ask("GET", entity, token=self.admin).field("ETag")
        for method, below, body in (("PUT", "", {"name": "books", "display_name": "B"}), ("DELETE", "?confirm=books", None), ("POST", "/fields", {"name": "more", "type": "TEXT"})):
            for tag in ('"r0"', '"r999"', 'W/"r1"'):
                refused = self.server.ask(method, entity + below, body, self.admin, {"If-Match": tag})
                self.assertEqual((refused.status, refused.field("ETag")), (412, revision), (method, tag))
            forbidden = self.server.ask(method, entity + below, body, self.ana, {"If-Match": '"r0"'})
            self.assertEqual((forbidden.status, forbidden.field("ETag")), (403, None))
        self.assertEqual(self.server.ask("GET", path, token=self.ana).json()["pages"], 1)
        unchanged = self.server.ask("GET", path, token=self.ana, headers={"If-None-Match": '"v2"'})
        self.assertEqual((unchanged.status, unchanged.body), (304, ""))

    def test_every_violation_is_listed_and_nothing_is_written(self):
        before = self.server.ask("GET", "/api/v1/entities/books/records?count=exact&limit=1", token=self.ana).json()["count"]
        refused = self.create({"title": 7, "pages": 0, "isbn": "x" * 21, "author": "nobody", "version": 3})
        self.assertEqual((refused.status, refused.code), (422, "VALIDACION_FALLIDA"))
        found = {each["field"]: each["code"] for each in refused.json()["details"]}
        self.assertEqual(found, {"title": "TIPO_INVALIDO", "pages": "VALOR_MINIMO", "isbn": "DEMASIADO_LARGO", "author": "CAMPO_DESCONOCIDO", "version": "NOMBRE_RESERVADO"})
        after = self.server.ask("GET", "/api/v1/entities/books/records?count=exact&limit=1", token=self.ana).json()["count"]
        self.assertEqual(before, after)

    def test_a_unique_value_is_taken_once(self):
        self.assertEqual(self.create({"title": "Uno", "isbn": "unico"}).status, 201)
        refused = self.create({"title": "Dos", "isbn": "unico"})
        self.assertEqual((refused.status, refused.code), (409, "VALOR_DUPLICADO"))
        self.assertEqual(refused.json()["details"][0]["field"], "isbn")
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            statuses = list(pool.map(lambda _: self.create({"title": "A la vez", "isbn": "a-la-vez"}).status, range(8)))
        self.assertEqual(sorted(statuses), [201] + [409] * 7)

    def test_pagination_the_cursor_leads_through_every_record_once(self):
        self.define("numbers", [{"name": "n", "type": "INTEGER", "is_indexed": True}, {"name": "name", "type": "TEXT"}])
        for n in (5, 3, None, 3, 1, None, 4, 2, 3, 5, 0):
            self.assertEqual(self.create({"n": n, "name": f"is {n}"}, entity="numbers").status, 201)
        for sort, expected in (("n", [None, None, 0, 1, 2, 3, 3, 3, 4, 5, 5]), ("-n", [5, 5, 4, 3, 3, 3, 2, 1, 0, None, None])):
            seen, cursor = [], None
            while True:
                parameters = {"sort": sort, "limit": 4, **({"cursor": cursor} if cursor else {})}
                page = self.server.ask("GET", "/api/v1/entities/numbers/records?" + quoted(parameters), token=self.ana).json()
                self.assertLessEqual(len(page["data"]), 4)
                seen += page["data"]
                cursor = page["nextCursor"]
                self.assertEqual(page["hasMore"], cursor is not None)
                if cursor is None:
                    break
            self.assertEqual([each["n"] for each in seen], expected)
            self.assertEqual(len({each["id"] for each in seen}), 11)
        page = self.server.ask("GET", "/api/v1/entities/numbers/records?sort=n&limit=4", token=self.ana).json()
        for wrong in ({"sort": "-n", "cursor": page["nextCursor"]}, {"sort": "n", "cursor": self.tampered(page["nextCursor"])},
                      {"sort": "n", "filter[n][gte]": 1, "cursor": page["nextCursor"]}, {"cursor": "junk"}):
            refused = self.server.ask("GET", "/api/v1/entities/numbers/records?" + quoted(wrong), token=self.ana)
            self.assertEqual((refused.status, refused.code), (400, "CURSOR_INVALIDO"), wrong)

    def tampered(self, cursor):
        return cursor[:10] + ("A" if cursor[10] != "A" else "B") + cursor[11:]

    def test_filters_are_typed_and_unknown_ones_are_refused(self):
        self.define("readings", [{"name": "at", "type": "DATETIME"}, {"name": "value", "type": "DECIMAL", "precision": 8, "scale": 2},
                                 {"name": "state", "type": "ENUM", "options": ["ok", "bad"]}, {"name": "checked", "type": "BOOLEAN"}, {"name": "day", "type": "DATE"}])
        rows = [{"at": f"2026-01-0{n}T10:00:00Z", "value": f"{n}.50", "state": "ok" if n % 2 else "bad", "checked": n > 3, "day": f"2026-02-0{n}"} for n in range(1, 6)]
        for row in rows:
            self.assertEqual(self.create(row, entity="readings").status, 201)

        def found(**filters):
            answer = self.server.ask("GET", "/api/v1/entities/readings/records?" + quoted({"sort": "at", **filters}), token=self.ana)
            self.assertEqual(answer.status, 200, answer)
            return [each["value"] for each in answer.json()["data"]]

        self.assertEqual(found(**{"filter[value][gt]": "2.50"}), ["3.50", "4.50", "5.50"])
        self.assertEqual(found(**{"filter[at][lte]": "2026-01-02T11:00:00+01:00"}), ["1.50", "2.50"])
        self.assertEqual(found(**{"filter[state]": "bad"}), ["2.50", "4.50"])
        self.assertEqual(found(**{"filter[checked]": "true", "filter[day][lt]": "2026-02-05"}), ["4.50"])
        self.assertEqual(found(**{"filter[state][null]": "true"}), [])
        for bad, code in (({"filter[value]": "a"}, "PARAMETRO_INVALIDO"), ({"filter[state]": "nope"}, "PARAMETRO_INVALIDO"), ({"filter[day]": "2026-02-30"}, "PARAMETRO_INVALIDO"),
                          ({"filter[nope]": "1"}, "PARAMETRO_DESCONOCIDO"), ({"filter[value][like]": "1"}, "PARAMETRO_INVALIDO"), ({"offset": "3"}, "PARAMETRO_DESCONOCIDO"),
                          ({"limit": "201"}, "PARAMETRO_INVALIDO"), ({"limit": "0"}, "PARAMETRO_INVALIDO"), ({"sort": "nope"}, "PARAMETRO_INVALIDO")):
            refused = self.server.ask("GET", "/api/v1/entities/readings/records?" + quoted(bad), token=self.ana)
            self.assertEqual((refused.status, refused.code), (400, code), bad)
        shown = self.server.ask("GET", "/api/v1/entities/readings/records?fields=value,state&limit=1", token=self.ana).json()["data"][0]
        self.assertEqual(set(shown), {"id", "value", "state"})

    def test_no_name_or_value_of_a_client_is_ever_sql(self):
        payloads = ["'; DROP TABLE users; --", '" OR 1=1 --', "1); DELETE FROM users; --", "\\'; --", "title) UNION SELECT password_hash FROM users --", "%' OR '%'='", "🐘"]
        for text in payloads:
            made = self.create({"title": text})
            self.assertEqual((made.status, made.json()["title"]), (201, text))
            found = self.server.ask("GET", "/api/v1/entities/books/records?" + quoted({"filter[title]": text}), token=self.ana)
            self.assertEqual([each["title"] for each in found.json()["data"]], [text])
            for name in (f"filter[{text}]", f"filter[title][{text}]"):
                self.assertEqual(self.server.ask("GET", "/api/v1/entities/books/records?" + quoted({name: "1"}), token=self.ana).status, 400, name)
            self.assertEqual(self.server.ask("GET", "/api/v1/entities/books/records?" + quoted({"sort": text}), token=self.ana).status, 400)
            self.assertEqual(self.server.ask("POST", "/api/v1/metadata/entities", {"name": text, "display_name": "x"}, self.admin).status, 422, text)
        self.assertEqual(self.server.ask("GET", "/api/v1/admin/users", token=self.admin).status, 200)

    def define(self, name, fields):
        made = self.server.ask("POST", "/api/v1/metadata/entities", {"name": name, "display_name": name}, self.admin)
        self.assertEqual(made.status, 201, made)
        for field in fields:
            added = self.server.ask("POST", f"/api/v1/metadata/entities/{name}/fields", field, self.admin)
            self.assertEqual(added.status, 201, added)
        return made.json()["id"]

    def test_every_type_round_trips_and_refuses_what_it_is_not(self):
        self.define("kinds", [{"name": kind.lower(), "type": kind, **({"options": ["a", "b"]} if kind == "ENUM" else {})}
                              for kind in ("TEXT", "NUMBER", "INTEGER", "DECIMAL", "BOOLEAN", "DATE", "DATETIME", "ENUM", "UUID", "EMAIL", "URL")])
        good = {"text": "ñandú 🐦", "number": 0.1, "integer": -9223372036854775808, "decimal": "-12.30", "boolean": False, "date": "2024-02-29",
                "datetime": "2026-01-24T10:30:00.000Z", "enum": "b", "uuid": "0196f0f0-1234-7abc-8def-001122334455", "email": "ana@example.com", "url": "https://example.com/a?b=c"}
        made = self.create(good, entity="kinds")
        self.assertEqual(made.status, 201, made)
        self.assertEqual({name: made.json()[name] for name in good}, good)
        exact = "2026-01-24T10:30:00.123456Z"
        kept = self.create({"datetime": exact}, entity="kinds").json()
        self.assertEqual(kept["datetime"], exact)
        found = self.server.ask("GET", "/api/v1/entities/kinds/records?" + quoted({"filter[datetime]": kept["datetime"]}), token=self.ana)
        self.assertEqual([each["id"] for each in found.json()["data"]], [kept["id"]])
        bad = {"text": [1, True, {}, "a\u0000b"], "number": ["1", True], "integer": [1.5, "x", True], "decimal": ["a", "1.234", True], "boolean": ["true", 1],
               "date": ["2023-02-29", "24-01-01", 20240101], "datetime": ["2026-01-24T10:30:00", "2026-01-24", 5], "enum": ["c", 1, ""], "uuid": ["0196", 1],
               "email": ["a@b", "a b@example.com", "@example.com"], "url": ["javascript:alert(1)", "ftp://example.com", "https://"]}
        for name, values in bad.items():
            for value in values:
                refused = self.create({name: value}, entity="kinds")
                expected = 400 if isinstance(value, str) and "\u0000" in value else 422
                self.assertEqual(refused.status, expected, (name, value, refused))

    def test_a_definition_changes_while_it_is_used(self):
        entity = self.define("plants", [{"name": "name", "type": "TEXT", "is_required": True}])
        record = self.create({"name": "ceibo"}, entity="plants").json()
        path = f"/api/v1/entities/plants/records/{record['id']}"
        added = self.server.ask("POST", f"/api/v1/metadata/entities/{entity}/fields", {"name": "height", "type": "INTEGER", "default": 3, "is_required": True}, self.admin)
        self.assertEqual(added.status, 201, added)
        self.assertEqual(self.server.ask("GET", path, token=self.ana).json()["height"], 3)
        unsafe = self.server.ask("POST", f"/api/v1/metadata/entities/{entity}/fields", {"name": "color", "type": "TEXT", "is_required": True}, self.admin)
        self.assertEqual((unsafe.status, unsafe.code), (409, "CAMBIO_NO_SEGURO"))
        field = added.json()["id"]
        renamed = self.server.ask("PUT", f"/api/v1/metadata/entities/{entity}/fields/{field}", {"name": "metres", "type": "INTEGER", "default": 3, "is_required": True}, self.admin)
        self.assertEqual(renamed.status, 200, renamed)
        self.assertEqual(self.server.ask("GET", path, token=self.ana).json()["metres"], 3)
        self.assertEqual(self.create({"name": "ombú", "height": 1}, entity="plants").status, 422)
        self.assertEqual(self.server.ask("DELETE", f"/api/v1/metadata/entities/{entity}/fields/{field}", token=self.admin).status, 204)
        self.assertNotIn("metres", self.server.ask("GET", path, token=self.ana).json())
        refused = self.server.ask("DELETE", f"/api/v1/metadata/entities/{entity}", token=self.admin)
        self.assertEqual((refused.status, refused.code), (409, "ENTIDAD_CON_REGISTROS"))
        self.assertEqual(self.server.ask("DELETE", f"/api/v1/metadata/entities/{entity}?confirm=plants", token=self.admin).status, 204)
        self.assertEqual(self.server.ask("GET", path, token=self.ana).code, "ENTIDAD_NO_ENCONTRADA")

    def test_schema_of_an_entity(self):
        schema = self.server.ask("GET", f"/api/v1/metadata/entities/{self.books}/schema", token=self.ana).json()
        self.assertEqual(schema["required"], ["title"])
        self.assertEqual(schema["properties"]["pages"], {"type": ["integer", "null"], "minimum": 1})
        self.assertTrue(schema["properties"]["version"]["readOnly"])

    def test_a_viewer_reads_and_may_not_write(self):
        self.server.register("ver@example.com")
        login = self.server.login("ver@example.com")
        token, identity = login.json()["access_token"], login.json()["user"]["id"]
        self.assertEqual(self.server.ask("PATCH", f"/api/v1/admin/users/{identity}", {"roles": ["viewer"]}, self.admin).status, 200)
        record = self.create({"title": "Solo lectura"}).json()
        path = "/api/v1/entities/books/records/" + record["id"]
        self.assertEqual(self.server.ask("GET", path, token=token).status, 200)
        self.assertEqual(self.server.ask("GET", "/api/v1/entities/books/records", token=token).status, 200)
        for method, target, body in (("POST", "/api/v1/entities/books/records", {"title": "x"}), ("PUT", path, {"title": "x"}), ("PATCH", path, {"title": "x"}), ("DELETE", path, None)):
            refused = self.server.ask(method, target, body, token)
            self.assertEqual((refused.status, refused.code), (403, "SIN_PERMISO"), method)
        self.assertEqual(self.server.ask("GET", path, token=self.ana).json()["title"], "Solo lectura")

    def test_concurrent_patches_lose_nothing(self):
        record = self.create({"title": "Contador", "pages": 1}).json()
        path = "/api/v1/entities/books/records/" + record["id"]
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            statuses = list(pool.map(lambda _: self.server.ask("PATCH", path, {"pages": 2}, self.ana).status, range(40)))
        self.assertEqual(statuses, [200] * 40)
        self.assertEqual(self.server.ask("GET", path, token=self.ana).json()["version"], 41)

    def test_seed000_aliases_work_on_records_with_its_bodies(self):
        made = self.server.ask("POST", "/api/entities/books/records", {"title": "Por el alias"}, self.ana)
        self.assertEqual(made.status, 201)
        refused = self.server.ask("GET", "/api/entities/nope/records", token=self.ana)
        self.assertEqual((refused.status, refused.json()["error_code"]), (404, "ENTITY_NOT_FOUND"))
        self.assertEqual(set(refused.json()), {"detail", "error_code", "timestamp"})


if __name__ == "__main__":
    unittest.main(verbosity=2)
