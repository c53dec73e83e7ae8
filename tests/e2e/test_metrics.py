"""/metrics, read as strictly as the format is written, and held against docs/metrics.md and the alert rules."""
# each run: postgres
# on demand: sqlite

import math
import pathlib
import re
import tempfile
import threading
import time
import unittest

from certificates import Pair
from redis_under_test import Redis
from server_under_test import ADMIN_EMAIL, ADMIN_PASSWORD, DATABASE, ROOT, Server
from test_tls import TlsServer

NAME = r"[a-zA-Z_][a-zA-Z0-9_]*"
LABEL = re.compile(rf'({NAME})="((?:[^"\\\n]|\\["\\n])*)"')
VALUE = re.compile(r"[0-9]+(\.[0-9]+)?(e[+-]?[0-9]+)?")


class Family:
    def __init__(self, kind):
        self.kind = kind
        self.samples = {}  # (suffix, labels) -> value

    def value(self, **labels):
        return self.samples[("", tuple(sorted(labels.items())))]

    def total(self, **labels):
        return sum(value for (suffix, has), value in self.samples.items() if suffix == "" and set(labels.items()) <= set(has))


def parse(text):
    """{name: Family}; fails at the first thing that the format does not allow, or that no client library would write."""
    assert text.endswith("\n") and "\r" not in text
    families, helped, announced, current = {}, set(), None, None
    for line in text[:-1].split("\n"):
        if found := re.fullmatch(rf"# HELP ({NAME}) (\S.*)", line):
            assert found.group(1) not in helped, f"helped twice: {line}"
            helped.add(found.group(1))
            announced = found.group(1)
        elif found := re.fullmatch(rf"# TYPE ({NAME}) (counter|gauge|histogram)", line):
            current = found.group(1)
            assert current == announced and current not in families, f"typed twice or not helped: {line}"
            families[current] = Family(found.group(2))
        else:
            found = re.fullmatch(rf"({NAME})(?:\{{(.*)\}})? (\S+)", line)
            assert found and current, f"no sample: {line!r}"
            name, labels, value = found.groups()
            suffix = name.removeprefix(current)
            assert name.startswith(current) and suffix in ({"_bucket", "_sum", "_count"} if families[current].kind == "histogram" else {""}), f"not of {current}: {line}"
            pairs, rest = [], labels or ""
            while rest:
                pair = LABEL.match(rest)
                assert pair, f"labels: {line}"
                pairs.append(pair.groups())
                rest = rest[pair.end():]
                assert not rest or (rest[0] == "," and len(rest) > 1), f"labels: {line}"
                rest = rest[1:]
            assert labels != "" and len({key for key, _ in pairs}) == len(pairs), f"labels: {line}"
            assert VALUE.fullmatch(value), f"value: {line}"
            key = (suffix, tuple(sorted(pairs)))
            assert key not in families[current].samples, f"twice: {line}"
            families[current].samples[key] = float(value)
    for name, family in families.items():
        if family.kind == "histogram":
            check_histogram(name, family)
        if name.startswith("metabuilder_") and family.kind == "counter":
            assert name.endswith("_total") or name.endswith("_count"), f"{name}: a counter ends in _total"
    assert helped == set(families)
    return families


def check_histogram(name, family):
    series = {}
    for (suffix, labels), value in family.samples.items():
        bound = dict(labels).get("le")
        rest = tuple(pair for pair in labels if pair[0] != "le")
        assert (bound is not None) == (suffix == "_bucket"), f"{name}: {labels}"
        series.setdefault(rest, {"buckets": []})
        if suffix == "_bucket":
            series[rest]["buckets"].append((float(bound), value))
        else:
            series[rest][suffix] = value
    for labels, one in series.items():
        bounds = [bound for bound, _ in one["buckets"]]
        counts = [count for _, count in one["buckets"]]
        assert bounds == sorted(set(bounds)) and bounds[-1] == math.inf, f"{name} {labels}: {bounds}"
        assert counts == sorted(counts) and counts[-1] == one["_count"], f"{name} {labels}: {counts}"
        assert one["_sum"] >= 0


ON_POSTGRESQL_ONLY = {"metabuilder_transactions_repeated_total", "metabuilder_database_connections", "metabuilder_database_callers_waiting"}


ON_SQLITE_ONLY = {"metabuilder_commits_total"}
ABSENT = ON_SQLITE_ONLY if DATABASE == "postgres" else ON_POSTGRESQL_ONLY


def documented():
    """{name: (type, labels)} of the table in docs/metrics.md."""
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \|([^|]*)\|", (ROOT / "docs/metrics.md").read_text(), re.MULTILINE)
    return {name: (kind, set(re.findall(r"`(\w+)`", labels))) for name, kind, labels in rows}


class Parser(unittest.TestCase):
    def test_it_refuses_what_it_should(self):
        good = '# HELP a_total x\n# TYPE a_total counter\na_total{b="c"} 1\n'
        self.assertEqual(parse(good)["a_total"].value(b="c"), 1)
        for bad in (good[:-1], good + good, good + 'a_total{b="c"} 2\n', good + "b 1\n", good.replace("1", "x"), good.replace("1", "NaN"), good.replace('"c"', '"c'), good.replace('="c"', "=c"),
                    good.replace("TYPE", "TIPE"), good.replace("# HELP a_total x\n", ""), good.replace("{", "{,"), "a 1\n", good.replace('{b="c"}', '{b="c",b="d"}')):
            with self.assertRaises(AssertionError, msg=bad):
                parse(bad)
        histogram = '# HELP h x\n# TYPE h histogram\nh_bucket{le="1"} 2\nh_bucket{le="+Inf"} 3\nh_sum 4\nh_count 3\n'
        parse(histogram)
        for bad in (histogram.replace("} 2", "} 4"), histogram.replace("count 3", "count 2"), histogram.replace('le="+Inf"', 'le="2"')):
            with self.assertRaises(AssertionError, msg=bad):
                parse(bad)


class Metrics(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        cls.redis = cls.enterClassContext(Redis())
        cls.server = cls.enterClassContext(TlsServer(Pair(pathlib.Path(folder, "pair")), REDIS_URL=cls.redis.url))
        cls.admin = cls.server.admin()
        cls.server.register("ana@example.com")
        cls.ana = cls.server.token("ana@example.com")

    def read(self):
        answer = self.server.ask("GET", "/metrics")
        self.assertEqual(answer.field("Content-Type"), "text/plain; version=0.0.4; charset=utf-8")
        return parse(answer.body)

    def grows_by(self, count, work, name, **labels):
        before = self.read()[name].total(**labels)
        work()
        self.assertEqual(self.read()[name].total(**labels) - before, count, (name, labels))

    def test_every_family_is_documented_with_its_type_and_its_labels_and_none_else(self):
        for path in ("/health", "/nope"):
            self.server.ask("GET", path)
        seen, told = self.read(), documented()
        self.assertEqual(set(seen), set(told))
        for name, family in seen.items():
            self.assertEqual(family.kind, told[name][0], name)
            self.assertEqual(bool(family.samples), name not in ABSENT, name)
            for _, labels in family.samples:
                self.assertEqual({key for key, _ in labels} - {"le"}, told[name][1], name)

    def test_without_tls_there_is_no_expiry_to_alert_on(self):
        with Server() as plain:
            families = parse(plain.ask("GET", "/metrics").body)
            self.assertEqual(families["metabuilder_tls_certificate_expiry_timestamp_seconds"].samples, {})
        expiry = self.read()["metabuilder_tls_certificate_expiry_timestamp_seconds"].value()
        self.assertEqual(time.gmtime(expiry)[:6], (2099, 12, 31, 23, 59, 59))

    def test_answers_are_counted_by_route_and_status_with_their_time(self):
        def ask():
            for _ in range(5):
                self.server.ask("GET", "/api/v1/user/me", token=self.ana)

        self.grows_by(5, ask, "metabuilder_http_requests_total", method="GET", route="/api/v1/user/me", status="200")
        histogram = self.read()["metabuilder_http_request_duration_seconds"].samples
        labels = (("method", "GET"), ("route", "/api/v1/user/me"))
        self.assertGreaterEqual(histogram[("_count", labels)], 5)
        self.assertGreater(histogram[("_sum", labels)], 0)
        login = (("method", "POST"), ("route", "/api/v1/auth/login"))
        slow = histogram[("_bucket", tuple(sorted((*login, ("le", "0.005")))))]
        self.assertLess(slow, histogram[("_count", login)], "a password is not hashed in 5 ms")
        self.grows_by(1, lambda: self.server.ask("GET", "/nope"), "metabuilder_http_requests_total", route="(none)", status="404")

    def test_counts_are_exact_while_many_threads_count(self):
        def ask():
            connection = self.server.connection()
            for _ in range(100):
                self.server.ask("GET", "/health", connection=connection)
            connection.close()

        def all_at_once():
            clients = [threading.Thread(target=ask) for _ in range(8)]
            for each in clients:
                each.start()
            for each in clients:
                each.join()

        self.grows_by(800, all_at_once, "metabuilder_http_requests_total", route="/health", status="200")

    def test_the_four_counts_of_security(self):
        login = lambda: self.server.login("nadie@example.com")
        self.grows_by(1, login, "metabuilder_failed_login_count")
        self.grows_by(0, lambda: self.server.token("ana@example.com"), "metabuilder_failed_login_count")
        self.grows_by(1, lambda: self.server.ask("GET", "/api/v1/user/me", token="x.y.z"), "metabuilder_invalid_token_count")
        self.grows_by(0, lambda: self.server.ask("GET", "/api/v1/user/me"), "metabuilder_invalid_token_count")
        self.grows_by(1, lambda: self.server.ask("GET", "/api/v1/admin/users", token=self.ana), "metabuilder_unauthorized_access_count")
        families = self.read()
        answers = families["metabuilder_http_requests_total"]
        failed = sum(value for (_, labels), value in answers.samples.items() if dict(labels)["status"] >= "500")
        self.assertAlmostEqual(families["metabuilder_error_rate_5xx"].value(), failed / answers.total(), places=3)

    def test_what_the_storage_and_the_jobs_did(self):
        def write():
            self.server.ask("PATCH", "/api/v1/user/me", {"display_name": "Ana"}, self.ana)

        before = self.read()
        write()
        after = self.read()
        for name in {"metabuilder_transactions_total", "metabuilder_commits_total"} - ABSENT:
            self.assertGreater(after[name].value(), before[name].value())
        self.assertGreaterEqual(after["metabuilder_catalogue_loads_total"].value(), 1)
        deadline = time.monotonic() + 30
        while self.read()["metabuilder_mails_total"].value(result="sent") < 1:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.1)
        self.assertGreaterEqual(self.read()["metabuilder_task_runs_total"].value(task="mail"), 1)

    def test_the_process_and_its_connections(self):
        families = self.read()
        self.assertEqual(families["metabuilder_build_info"].total(), 1)
        self.assertLess(abs(families["process_start_time_seconds"].value() - time.time()), 600)
        self.assertGreater(families["process_resident_memory_bytes"].value(), 1e6)
        self.assertGreaterEqual(families["process_max_fds"].value(), families["process_open_fds"].value())
        held = [self.server.shake_hands() for _ in range(5)]
        more = self.read()
        self.assertGreaterEqual(more["metabuilder_connections_open"].value(), 5)
        self.assertGreaterEqual(more["process_open_fds"].value(), families["process_open_fds"].value() + 4)
        for each in held:
            each.close()
        self.grows_by(1, lambda: self.server.handshake_fails(self.old_client()), "metabuilder_tls_handshakes_failed_total")
        self.grows_by(2, lambda: self.server.ask("GET", "/health"), "metabuilder_tls_handshakes_total")  # and that of reading again

    def old_client(self):
        import ssl

        context = self.server.context()
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
        context.set_ciphers("ALL:@SECLEVEL=0")
        return context

    def test_every_name_in_an_alert_rule_exists(self):
        known = set(documented())
        known |= {name + suffix for name in known for suffix in ("_bucket", "_sum", "_count")}
        for file in (ROOT / "deploy/prometheus").glob("*.yml"):
            for name in re.findall(r"\b(?:metabuilder|process)_\w+", file.read_text()):
                self.assertIn(name, known, file)


if __name__ == "__main__":
    unittest.main(verbosity=2)
