"""Replicas that share a Redis, and what its loss means (security.md section 3)."""
# each run: sqlite
# alone

import time
import unittest

from redis_under_test import Redis
from server_under_test import START_SECONDS, Server

LIMITED = {"RATE_LIMIT_ENABLED": "true", "RATE_LIMIT_CREDENTIALS": "6/1h", "RATE_LIMIT_DEFAULT": "1000/1m"}


def eventually(claim):
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if claim():
            return True
        time.sleep(0.05)
    return False


def metric(server, name):
    for line in server.ask("GET", "/metrics").body.splitlines():
        if line.startswith(f"metabuilder_{name} "):
            return float(line.split()[1])
    return None


def ready(server):
    answer = server.ask("GET", "/api/v1/health/ready")
    return answer.status, answer.json()["dependencies"].get("redis")


def allowed(servers, tries):
    """Logins that were judged and not held back, the servers taking turns."""
    answers = [servers[i % len(servers)].login("nadie@example.com") for i in range(tries)]
    return sum(answer.status != 429 for answer in answers)


class SharedLimits(unittest.TestCase):
    def test_two_replicas_allow_one_allowance_between_them(self):
        with Redis() as redis, Server(REDIS_URL=redis.url, **LIMITED) as one, Server(state=one.state, REDIS_URL=redis.url, **LIMITED) as other:
            self.assertEqual(allowed([one, other], 10), 6)
            self.assertEqual(allowed([other], 1), 0)
            self.assertEqual(one.ask("GET", "/health").status, 200)

    def test_without_redis_each_server_has_an_allowance_of_its_own(self):
        with Server(**LIMITED) as one:
            self.assertEqual(allowed([one], 10), 6)
            self.assertEqual(ready(one), (200, None))

    def test_when_redis_is_lost_each_replica_allows_a_part_and_says_so_until_it_is_back(self):
        for lose, find in (("kill", "start"), ("pause", "resume")):
            with self.subTest(lose), Redis() as redis, Server(REDIS_URL=redis.url, REDIS_TIMEOUT_MS=200, RATE_LIMIT_FALLBACK_PERCENT=34, **LIMITED) as server:
                self.assertEqual(ready(server), (200, "ok"))
                self.assertEqual(metric(server, "redis_up"), 1)
                getattr(redis, lose)()
                self.assertEqual(allowed([server], 10), 2)  # 34 % of 6
                self.assertGreaterEqual(metric(server, "rate_limits_decided_alone_total"), 10)
                self.assertEqual(metric(server, "redis_up"), 0)
                self.assertTrue(eventually(lambda: ready(server) == (200, "unavailable")), ready(server))
                getattr(redis, find)()
                self.assertTrue(eventually(lambda: metric(server, "redis_up") == 1))
                self.assertTrue(eventually(lambda: ready(server) == (200, "ok")))
                self.assertEqual(allowed([server], 10), 6)

    def test_an_emptied_redis_gives_a_new_allowance_and_not_more(self):
        with Redis() as redis, Server(REDIS_URL=redis.url, **LIMITED) as server:
            self.assertEqual(allowed([server], 8), 6)
            redis.tell("FLUSHALL")
            self.assertEqual(allowed([server], 8), 6)


class Starting(unittest.TestCase):
    def test_a_server_starts_without_its_redis_and_finds_it_later(self):
        with Redis(password="una clave de prueba") as redis:
            redis.kill()
            with Server(REDIS_URL=redis.url.replace(" ", "%20"), **LIMITED) as server:
                self.assertEqual(ready(server), (200, "unavailable"))
                self.assertEqual(server.admin() != "", True)
                redis.start()
                self.assertTrue(eventually(lambda: ready(server) == (200, "ok")))
                self.assertNotIn("clave de prueba", server.log_text())
                self.assertNotIn("una%20clave", server.log_text())

    def test_redis_over_tls_is_refused_with_the_way_out(self):
        with self.assertRaises(RuntimeError) as refused:
            Server(REDIS_URL="rediss://cache.example.com").start()
        self.assertIn("stunnel", str(refused.exception))


if __name__ == "__main__":
    unittest.main(verbosity=2)
