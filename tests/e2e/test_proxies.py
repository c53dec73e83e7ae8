"""What a proxy in front says about its clients, and what is believed of it."""
# each run: sqlite
# on demand: postgres

import unittest

from server_under_test import ADMIN_EMAIL, ADMIN_PASSWORD, Server

LOGIN = "/api/v1/auth/login"


class Proxies(unittest.TestCase):
    def login(self, server, forwarded_for=None):
        headers = {"X-Forwarded-For": forwarded_for} if forwarded_for else {}
        return server.ask("POST", LOGIN, {"email": "nobody@example.com", "password": "no tiene cuenta"}, headers=headers).status

    def test_without_trusted_proxies_a_client_can_not_name_another_address(self):
        with Server(RATE_LIMIT_ENABLED="true", RATE_LIMIT_CREDENTIALS="2/1m") as server:
            self.assertEqual([self.login(server, f"198.51.100.{i}") for i in range(4)], [401, 401, 429, 429])

    def test_the_limit_and_the_audit_are_of_the_client_behind_the_proxy(self):
        with Server(RATE_LIMIT_ENABLED="true", RATE_LIMIT_CREDENTIALS="2/1m", TRUSTED_PROXIES="127.0.0.0/8,10.0.0.0/8") as server:
            self.assertEqual([self.login(server, "198.51.100.1") for _ in range(3)], [401, 401, 429])
            # what the client itself wrote on the left changes nothing; neither does a trusted hop in between
            self.assertEqual(self.login(server, "203.0.113.9, 198.51.100.1, 10.0.0.7"), 429)
            self.assertEqual(self.login(server, "198.51.100.1, 203.0.113.9"), 401)
            hashes = {row["ip_hash"] for row in server.audit("LOGIN_FALLIDO")}
            self.assertEqual(len(hashes), 2)

    def test_host_and_scheme_come_from_the_configuration_alone(self):
        with Server(TRUSTED_PROXIES="127.0.0.1") as server:
            headers = {"X-Forwarded-For": "198.51.100.1", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https", "Forwarded": "host=evil.example;proto=https"}
            page = server.ask("GET", "/", headers=headers)
            self.assertEqual(page.status, 200)
            self.assertNotIn("evil.example", page.body)
            self.assertIsNone(page.field("Strict-Transport-Security"))
            self.assertNotIn("evil.example", server.ask("GET", "/openapi.json", headers=headers).body)
            answer = server.ask("POST", LOGIN, {"email": ADMIN_EMAIL, "password": ADMIN_PASSWORD}, headers=headers)
            self.assertNotIn("Secure", answer.field("Set-Cookie"))
            self.assertEqual(server.ask("GET", "/", headers={"Host": "evil.example"}).status, 400)

    def test_metrics_are_for_this_machine_and_not_for_whom_it_speaks_for(self):
        for more in ({}, {"TRUSTED_PROXIES": "127.0.0.1"}):
            with Server(**more) as server:
                self.assertEqual(server.ask("GET", "/metrics").status, 200)
                for headers in ({"X-Forwarded-For": "198.51.100.1"}, {"X-Forwarded-For": "127.0.0.1"}, {"Forwarded": "for=198.51.100.1"}, {"X-Real-IP": "198.51.100.1"}, {"Via": "1.1 proxy"}):
                    self.assertEqual(server.ask("GET", "/metrics", headers=headers).status, 401, headers)
        token = "hRk2v9PzQ4mW7xT1"
        with Server(METRICS_TOKEN=token) as server:
            self.assertEqual(server.ask("GET", "/metrics").status, 401)
            self.assertEqual(server.ask("GET", "/metrics", headers={"Authorization": "Bearer " + token[:-1]}).status, 403)
            self.assertEqual(server.ask("GET", "/metrics", headers={"Authorization": "Bearer " + token, "X-Forwarded-For": "198.51.100.1"}).status, 200)


if __name__ == "__main__":
    unittest.main(verbosity=2)
