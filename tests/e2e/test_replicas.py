"""Two replicas on one database with a Redis between them: what one changes the other feels at its next request, with Redis and without."""
# each run: postgres
# on demand: sqlite
# alone

import collections
import os
import threading
import time
import unittest

from redis_under_test import Redis
from server_under_test import ADMIN_EMAIL, ADMIN_PASSWORD, DATABASE, START_SECONDS, Server

ROUNDS = 25
RACES = int(os.environ.get("MB_LOGOUT_RACES", "60"))


def eventually(claim):
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if claim():
            return True
        time.sleep(0.02)
    return False


def me(server, token):
    return server.ask("GET", "/api/v1/user/me", token=token).status


class TwoReplicas(unittest.TestCase):
    # the replicas of an installation have one PUBLIC_URL, and with it one issuer; here each has its own port
    SETTINGS = {"PASSWORD_HASH": "argon2id", "REDIS_TIMEOUT_MS": 150, "JWT_ISSUER": "https://replicas.example.com"}

    def setUp(self):
        self.redis = Redis().start()
        self.addCleanup(self.redis.__exit__)
        settings = {**self.SETTINGS, "REDIS_URL": self.redis.url}
        self.one = self.started(Server(**settings))
        self.shared = {**settings, "DATABASE_URL": self.one.environment["DATABASE_URL"]} if DATABASE == "postgres" else settings
        self.other = self.started(Server(state=self.one.state, **self.shared))
        self.one.register("ana@example.com")

    def started(self, server):
        server.start()
        self.addCleanup(server.__exit__)
        return server

    def log_in(self):
        login = self.one.login("ana@example.com")
        self.assertEqual(login.status, 200)
        return login.json()["access_token"], login.cookie("refresh")

    def log_out(self, server, cookie):
        answer = server.ask("POST", "/api/v1/auth/logout", headers={"Cookie": f"refresh={cookie}", "Origin": server.origin})
        self.assertEqual(answer.status, 204, answer)

    def assert_felt(self, rounds):
        """A logout that was answered by one replica is felt by both at the next request."""
        for _ in range(rounds):
            token, cookie = self.log_in()
            for _ in range(3):
                self.assertEqual((me(self.one, token), me(self.other, token)), (200, 200))
            self.log_out(self.one, cookie)
            self.assertEqual((me(self.other, token), me(self.one, token)), (401, 401))


class Strict(TwoReplicas):
    def test_a_logout_is_felt_at_the_next_request_on_the_other_replica(self):
        self.assert_felt(ROUNDS)

    def test_a_role_and_an_account_change_are_felt_at_the_next_request_on_the_other_replica(self):
        admin = self.one.admin()
        token, _ = self.log_in()
        ana = self.one.ask("GET", "/api/v1/user/me", token=token).json()["id"]
        for _ in range(ROUNDS):
            for roles, wanted in ((["admin"], 200), (["user"], 403)):
                self.assertEqual(self.one.ask("PATCH", f"/api/v1/admin/users/{ana}", {"roles": roles}, admin).status, 200)
                self.assertEqual(self.other.ask("GET", "/api/v1/admin/users", token=token).status, wanted)
        self.assertEqual(self.one.ask("PATCH", f"/api/v1/admin/users/{ana}", {"status": "disabled"}, admin).status, 200)
        self.assertEqual(me(self.other, token), 401)

    def test_what_a_role_allows_is_felt_at_the_next_request_on_the_other_replica(self):
        admin = self.one.admin()
        token, _ = self.log_in()
        entity = self.one.define_books(admin)
        ana = self.one.ask("GET", "/api/v1/user/me", token=token).json()["id"]
        self.assertEqual(self.one.ask("POST", "/api/v1/admin/roles", {"name": "agente", "permissions": []}, admin).status, 201)
        self.assertEqual(self.one.ask("PATCH", f"/api/v1/admin/users/{ana}", {"roles": ["agente"]}, admin).status, 200)
        records = f"/api/v1/entities/{entity}/records"
        for _ in range(ROUNDS):
            for permissions, wanted in ((["list"], 200), ([], 403)):
                changed = self.one.ask("PUT", "/api/v1/admin/roles/agente", {"permissions": permissions}, admin)
                self.assertEqual(changed.status, 200, changed)
                self.assertEqual(self.other.ask("GET", records, token=token).status, wanted)
        self.assertEqual(self.one.ask("PUT", "/api/v1/admin/roles/agente", {"permissions": ["list"]}, admin).status, 200)
        self.assertEqual(self.other.ask("GET", records, token=token).status, 200)
        self.assertEqual(self.one.ask("DELETE", "/api/v1/admin/roles/agente?confirm=agente", token=admin).status, 204)
        self.assertEqual(self.other.ask("GET", records, token=token).status, 403)
        self.assertEqual(self.other.ask("GET", "/api/v1/user/me", token=token).json()["roles"], [])

    def test_a_new_entity_and_a_rotated_key_are_known_at_the_next_request_on_the_other_replica(self):
        admin = self.one.admin()
        self.assertEqual(me(self.other, admin), 200)
        entity = self.one.define_books(admin)
        self.assertEqual(self.other.ask("GET", f"/api/v1/entities/{entity}/records", token=admin).status, 200)
        self.assertEqual(self.one.ask("POST", "/api/v1/admin/keys/rotate", token=admin).status, 201)
        fresh = self.one.token(ADMIN_EMAIL, ADMIN_PASSWORD)
        self.assertEqual((me(self.other, fresh), me(self.other, admin)), (200, 200))

    def test_a_refreshed_token_is_good_on_the_other_replica_and_its_theft_ends_both(self):
        token, cookie = self.log_in()
        self.assertEqual(me(self.other, token), 200)
        refreshed = self.other.refresh(cookie)
        self.assertEqual(refreshed.status, 200)
        fresh = refreshed.json()["access_token"]
        self.assertEqual((me(self.one, fresh), me(self.one, token)), (200, 200))
        self.assertEqual(self.one.refresh(cookie).status, 401)
        for server in (self.one, self.other):
            self.assertEqual((me(server, fresh), me(server, token)), (401, 401))

    def test_of_a_refresh_that_races_with_logout_all_nothing_works_afterwards(self):
        """Neither what was minted before nor what the race minted; MB_LOGOUT_RACES says how often."""
        for number in range(RACES):
            token, cookie = self.log_in()
            asking, _ = self.log_in()  # a session that does not race: a refresh ends the access token before it
            minted, start = [token, asking], threading.Barrier(3)

            def refresh(server):
                start.wait()
                answer = server.refresh(cookie)
                answers.append(answer)
                if answer.status == 200:
                    minted.append(answer.json()["access_token"])
                    cookies.append(answer.cookie("refresh"))

            answers, cookies = [], [cookie]
            racing = [threading.Thread(target=refresh, args=(server,)) for server in (self.one, self.other)]
            for each in racing:
                each.start()
            start.wait()
            left = (self.one, self.other)[number % 2].ask("POST", "/api/v1/jwt/logout-all", token=asking)
            for each in racing:
                each.join()
            self.assertEqual(left.status, 200, left)
            self.assertEqual(len(answers), 2)
            self.assertLessEqual({each.status for each in answers}, {200, 401}, answers)
            for server in (self.one, self.other):
                self.assertEqual([me(server, each) for each in minted], [401] * len(minted))
                self.assertEqual([server.refresh(each).status for each in cookies], [401] * len(cookies))

    def test_a_key_rotation_under_load_refuses_nobody(self):
        admin = self.one.admin()
        tokens, statuses, stop = [admin], collections.Counter(), threading.Event()

        def ask(server):
            while not stop.is_set():
                try:
                    statuses[me(server, tokens[-1])] += 1
                except OSError as reason:
                    statuses[repr(reason)] += 1

        asking = [threading.Thread(target=ask, args=(server,)) for server in (self.one, self.other) * 2]
        for each in asking:
            each.start()
        for number in range(10):
            server = (self.one, self.other)[number % 2]
            self.assertEqual(server.ask("POST", "/api/v1/admin/keys/rotate", token=admin).status, 201)
            tokens.append(server.token("ana@example.com"))
            time.sleep(0.05)
        stop.set()
        for each in asking:
            each.join()
        self.assertEqual(set(statuses), {200}, statuses)

    def test_without_redis_everything_is_felt_as_well(self):
        token, cookie = self.log_in()
        self.assertEqual(me(self.other, token), 200)
        self.redis.kill()
        self.log_out(self.one, cookie)
        self.assertEqual((me(self.other, token), me(self.one, token)), (401, 401))
        self.assert_felt(2)
        self.redis.start()
        self.assert_felt(3)

    def test_a_redis_that_hangs_and_wakes_lets_nobody_in_again(self):
        token, cookie = self.log_in()
        self.assertEqual((me(self.other, token), me(self.one, token)), (200, 200))
        self.redis.pause()
        self.log_out(self.one, cookie)
        self.assertEqual(me(self.other, token), 401)
        self.redis.resume()
        for _ in range(20):
            self.assertEqual((me(self.other, token), me(self.one, token)), (401, 401))
            time.sleep(0.01)
        self.assert_felt(3)

    def test_an_emptied_redis_lets_nobody_in_again(self):
        token, cookie = self.log_in()
        self.assertEqual(me(self.other, token), 200)
        self.log_out(self.one, cookie)
        self.redis.tell("FLUSHALL")
        self.assertEqual((me(self.other, token), me(self.one, token)), (401, 401))
        self.assert_felt(2)

    def test_a_replica_that_alone_has_lost_redis_waits_before_it_answers_a_logout(self):
        """The other replica still reaches Redis, which knows of nothing: it trusts what it read until that is too old."""
        alone = self.started(Server(state=self.one.state, **{**self.shared, "REDIS_URL": "redis://127.0.0.1:1"}))
        for _ in range(2):
            token, cookie = self.log_in()
            self.assertEqual(me(self.other, token), 200)
            self.log_out(alone, cookie)
            self.assertEqual(me(self.other, token), 401)

    def test_the_admin_tool_is_felt_too(self):
        token, _ = self.log_in()
        self.assertEqual(self.other.ask("GET", "/api/v1/admin/users", token=token).status, 403)
        self.one.admin_tool("user", "roles", "--email", "ana@example.com", "--role", "admin")
        self.assertEqual(self.other.ask("GET", "/api/v1/admin/users", token=token).status, 200)


class Near(TwoReplicas):
    SETTINGS = {**TwoReplicas.SETTINGS, "REVOCATION_NEAR_CACHE_MS": 2000}

    def test_a_logout_is_felt_at_once_where_it_was_made_and_soon_elsewhere(self):
        for _ in range(5):
            token, cookie = self.log_in()
            for _ in range(3):
                self.assertEqual((me(self.one, token), me(self.other, token)), (200, 200))
            self.log_out(self.one, cookie)
            self.assertEqual(me(self.one, token), 401)
            self.assertTrue(eventually(lambda: me(self.other, token) == 401))

    def test_without_redis_nothing_near_is_believed(self):
        token, cookie = self.log_in()
        self.assertEqual(me(self.other, token), 200)
        self.redis.kill()
        self.assertTrue(eventually(lambda: self.one.ask("GET", "/metrics").body.count("metabuilder_redis_up 0") == 1))
        self.log_out(self.one, cookie)
        self.assertEqual((me(self.other, token), me(self.one, token)), (401, 401))


del TwoReplicas  # only its kinds are run

if __name__ == "__main__":
    unittest.main(verbosity=2)
