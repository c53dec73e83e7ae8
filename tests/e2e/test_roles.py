"""Roles that an administrator makes: what they allow, how far, and what is written down of who tried more."""
# each run: postgres
# on demand: sqlite

import concurrent.futures
import json
import unittest

from server_under_test import ADMIN_EMAIL, Server


class Roles(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server())
        cls.admin = cls.server.admin()
        cls.books = cls.server.define_books(cls.admin)

    def ask(self, method, path, body=None, token=None, headers=None):
        return self.server.ask(method, "/api/v1" + path, body, token or self.admin, headers)

    def made(self, name, permissions, **more):
        answer = self.ask("POST", "/admin/roles", {"name": name, "permissions": permissions, **more})
        self.assertEqual(answer.status, 201, answer)
        return answer

    def someone(self, *roles):
        """A new account with these roles: its address, its id and a token."""
        email = self.server.someone()
        token = self.server.token(email)
        user = self.ask("GET", "/user/me", token=token).json()["id"]
        self.assertEqual(self.ask("PATCH", f"/admin/users/{user}", {"roles": list(roles)}).status, 200)
        return email, user, token

    def last(self, event):
        row = self.server.audit(event)[0]
        metadata = row["metadata"]
        return row, json.loads(metadata) if isinstance(metadata, str) else metadata

    def test_a_role_is_made_shown_changed_and_deleted(self):
        made = self.made("agente", ["list:books", "get:books"], description="Atiende")
        self.assertEqual(made.json(), {"name": "agente", "description": "Atiende", "permissions": [f"list:{self.books}", f"get:{self.books}"],
                                       "administers": False, "built_in": False, "version": 1})
        self.assertEqual(made.field("ETag"), '"v1"')
        names = [each["name"] for each in self.ask("GET", "/admin/roles").json()["data"]]
        self.assertEqual(names, sorted(names))
        self.assertLessEqual({"admin", "agente", "editor", "user", "viewer"}, set(names))
        again = self.ask("POST", "/admin/roles", {"name": "agente", "permissions": []})
        self.assertEqual((again.status, again.code), (409, "ROL_YA_EXISTE"))

        late = self.ask("PUT", "/admin/roles/agente", {"permissions": []}, headers={"If-Match": '"v2"'})
        self.assertEqual((late.status, late.code, late.field("ETag")), (412, "PRECONDICION_FALLIDA", '"v1"'))
        changed = self.ask("PUT", "/admin/roles/agente", {"permissions": ["get"]}, headers={"If-Match": '"v1"'})
        self.assertEqual((changed.status, changed.json()["permissions"], changed.json()["description"]), (200, ["get"], ""))
        self.assertEqual(self.ask("GET", "/admin/roles/agente").field("ETag"), '"v2"')
        self.assertEqual(self.ask("DELETE", "/admin/roles/agente").status, 204)
        gone = self.ask("GET", "/admin/roles/agente")
        self.assertEqual((gone.status, gone.code), (404, "ROL_NO_ENCONTRADO"))
        row, metadata = self.last("ROLE_CHANGED")
        self.assertEqual((metadata["role"], metadata["change"], row["severity"]), ("agente", "deleted", "HIGH"))

    def test_bad_input_is_told_whole_and_changes_nothing(self):
        before = self.ask("GET", "/admin/roles").body
        bad = self.ask("POST", "/admin/roles", {"name": "Jefe de sala", "permissions": ["get", "get:nada", "fly", "get"]})
        self.assertEqual(bad.status, 422)
        self.assertEqual(len(bad.json()["details"]), 4, bad)
        for body in ({"name": "x"}, {"name": "x", "permissions": "get"}, {"name": "x", "permissions": [], "administers": "yes"},
                     {"name": "x", "permissions": [], "extra": 1}, {"name": "x", "permissions": ["get"] * 501}):
            self.assertEqual(self.ask("POST", "/admin/roles", body).status, 422, body)
        for name in ("admin", "viewer"):
            for method, body in (("PUT", {"permissions": []}), ("DELETE", None)):
                refused = self.ask(method, f"/admin/roles/{name}", body)
                self.assertEqual((refused.status, refused.code), (409, "ROL_INTEGRADO"))
        self.assertEqual(self.ask("GET", "/admin/roles").body, before)

    def test_a_role_decides_by_entity_and_action_and_its_change_is_felt_at_the_next_request(self):
        self.made("lector", ["list:books"])
        _, _, token = self.someone("lector")
        records = f"/entities/{self.books}/records"
        self.assertEqual(self.ask("GET", records, token=token).status, 200)
        refused = self.ask("POST", records, {"title": "uno"}, token)
        self.assertEqual((refused.status, refused.code), (403, "SIN_PERMISO"))
        row, metadata = self.last("PERMISSION_DENIED")
        self.assertEqual((metadata["rule"], metadata["action"], row["status_code"]), ("default:deny", "create", 403))
        for permissions, wanted in ((["create:books"], (403, 201)), (["list"], (200, 403)), ([], (403, 403)), (["create", "list"], (200, 201))):
            self.assertEqual(self.ask("PUT", "/admin/roles/lector", {"permissions": permissions}).status, 200)
            self.assertEqual((self.ask("GET", records, token=token).status, self.ask("POST", records, {"title": "uno"}, token).status), wanted, permissions)
        self.assertEqual(self.ask("GET", f"/metadata/entities/{self.books}/schema", token=token).status, 200)
        self.assertEqual(self.ask("PUT", "/admin/roles/lector", {"permissions": []}).status, 200)
        self.assertEqual(self.ask("GET", f"/metadata/entities/{self.books}/schema", token=token).status, 403)
        self.assertEqual(self.last("PERMISSION_DENIED")[1]["action"], "schema")

    def test_own_records_only(self):
        self.made("autor", ["create:books", "list:books:own", "get:books:own", "update:books:own", "delete:books:own"])
        _, _, ana = self.someone("autor")
        _, _, eva = self.someone("autor")
        records = f"/entities/{self.books}/records"
        mine = self.ask("POST", records, {"title": "de Ana"}, ana).json()["id"]
        self.ask("POST", records, {"title": "de Eva"}, eva)
        self.assertEqual([each["id"] for each in self.ask("GET", records, token=ana).json()["data"]], [mine])
        self.assertEqual(self.ask("GET", f"{records}?count=exact", token=ana).json()["count"], 1)
        self.assertEqual(self.ask("GET", f"{records}/{mine}", token=ana).status, 200)
        for method, body in (("GET", None), ("PATCH", {"title": "x"}), ("PUT", {"title": "x"}), ("DELETE", None)):
            refused = self.ask(method, f"{records}/{mine}", body, eva)
            self.assertEqual((refused.status, refused.code), (404, "REGISTRO_NO_ENCONTRADO"), method)
            self.assertEqual(self.last("PERMISSION_DENIED")[1]["rule"], "ownership:deny")
        self.assertEqual(self.ask("PUT", "/admin/roles/autor", {"permissions": ["get:books", "update:books:own"]}).status, 200)
        seen = self.ask("PATCH", f"{records}/{mine}", {"title": "x"}, eva)
        self.assertEqual((seen.status, seen.code), (403, "SIN_PERMISO"))
        self.assertEqual(self.ask("PATCH", f"{records}/{mine}", {"title": "cambiado"}, ana).status, 200)

    def test_an_attempt_at_more_than_one_has_is_written_down(self):
        _, user, token = self.someone("user")
        for method, path, body in (("PATCH", f"/admin/users/{user}", {"roles": ["admin"]}), ("POST", "/admin/roles", {"name": "mio", "permissions": []}),
                                   ("PUT", "/admin/roles/user", {"permissions": ["delete"]}), ("DELETE", "/admin/roles/viewer", None)):
            before = len(self.server.audit("PRIVILEGE_ESCALATION_ATTEMPT"))
            refused = self.ask(method, path, body, token)
            self.assertEqual((refused.status, refused.code), (403, "SIN_PERMISO"))
            self.assertEqual(len(self.server.audit("PRIVILEGE_ESCALATION_ATTEMPT")), before + 1)
        row, metadata = self.last("PRIVILEGE_ESCALATION_ATTEMPT")
        self.assertEqual((row["severity"], row["status_code"], row["endpoint"], metadata["rule"]),
                         ("CRITICAL", 403, "/api/v1/admin/roles/{name}", "default:deny"))

        self.made("gestor", [], administers=True)
        _, other, manager = self.someone("gestor")
        refused = self.ask("PATCH", f"/admin/users/{other}", {"roles": ["gestor", "admin"]}, manager)
        self.assertEqual((refused.status, refused.code), (403, "SIN_PERMISO"))
        self.assertEqual(self.last("PRIVILEGE_ESCALATION_ATTEMPT")[1], {"action": "grant_role", "rule": "grant:deny", "role": "admin"})
        self.assertEqual(self.ask("GET", "/admin/users", token=manager).status, 200)

    def test_a_foreign_origin_is_written_down_too(self):
        before = len(self.server.audit("PERMISSION_DENIED"))
        refused = self.ask("PATCH", "/user/me", {"display_name": "x"}, headers={"Origin": "https://evil.example"})
        self.assertEqual((refused.status, refused.code), (403, "ORIGEN_NO_PERMITIDO"))
        self.assertEqual(len(self.server.audit("PERMISSION_DENIED")), before + 1)
        self.assertEqual(self.last("PERMISSION_DENIED")[1]["rule"], "origin:deny")

    def test_a_role_in_use_is_deleted_where_that_is_confirmed(self):
        self.made("temporal", ["list"])
        _, user, token = self.someone("temporal", "viewer")
        refused = self.ask("DELETE", "/admin/roles/temporal")
        self.assertEqual((refused.status, refused.code), (409, "ROL_EN_USO"))
        self.assertEqual(self.ask("DELETE", "/admin/roles/temporal?confirm=temporal").status, 204)
        self.assertEqual(self.ask("GET", f"/admin/users/{user}").json()["roles"], ["viewer"])
        self.assertEqual(self.ask("GET", "/user/me", token=token).status, 200)
        self.assertEqual(self.last("ROLE_CHANGED")[1]["holders"], "1")
        self.assertEqual(self.ask("PATCH", f"/admin/users/{user}", {"roles": ["temporal"]}).status, 422)

    def test_of_twenty_who_change_one_version_at_once_one_does(self):
        self.made("disputado", [])
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            def change(_):
                return self.ask("PUT", "/admin/roles/disputado", {"permissions": ["get"]}, headers={"If-Match": '"v1"'}).status
            statuses = list(pool.map(change, range(20)))
        self.assertEqual((statuses.count(200), statuses.count(412)), (1, 19), statuses)

    def test_the_last_admin_stays(self):
        admin = next(each for each in self.ask("GET", "/admin/users?role=admin").json()["data"] if each["email"] == ADMIN_EMAIL)
        for body in ({"roles": []}, {"roles": ["user"]}, {"status": "disabled"}):
            refused = self.ask("PATCH", f"/admin/users/{admin['id']}", body)
            self.assertEqual((refused.status, refused.code), (409, "ULTIMO_ADMIN"), body)
        self.assertEqual(self.ask("DELETE", "/user/me").code, "ULTIMO_ADMIN")


if __name__ == "__main__":
    unittest.main(verbosity=2)
