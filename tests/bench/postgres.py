#!/usr/bin/env python3
"""Measures the server on PostgreSQL and Redis against pgbench on the same database and the edge alone, and prints a table of ratios as run.py does.

Starts a PostgreSQL of its own that keeps what it acknowledges, and a Redis. Needs wrk and a release build with mb_bench_seed and
mb_bench_bare_http: deploy/bench.sh makes both; deploy/bench.sh --postgres runs this.
"""
import argparse
import os
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "postgres"), str(HERE.parent / "e2e")]

from redis_under_test import Redis  # noqa: E402
from run import CONNECTIONS, Bench, Process, figure, free_port, row, wait_healthy  # noqa: E402
from server import PostgresServer, programs  # noqa: E402

POINT_CLIENTS = (2, 4, 8, 16)  # the best of these is the limit
WRITE_CLIENTS = 16

# The statements of a create and of a refresh, as the store sends them, each by itself.
CREATE = r"""
\set amount random(1, 1000000000)
BEGIN;
SELECT value FROM mb_meta.epoch WHERE name = 'catalogue';
INSERT INTO {records} (id, created_at, updated_at, created_by, version, {fields}) VALUES (gen_random_uuid(), now(), now(), NULL, 1, 'Item', :amount, 'A note of usual length, as a person would write it.');
INSERT INTO mb_meta.audit_logs (log_id, event_type, severity, user_agent, correlation_id, endpoint, http_method, status_code, response_time_ms, metadata, "timestamp") VALUES (gen_random_uuid(), 'REGISTRO_CREADO', 'LOW', 'wrk', gen_random_uuid(), '/api/v1/entities/growing/records', 'POST', 201, 0, '{{"entity": "growing"}}', now());
COMMIT;
"""
REFRESH = r"""
\set number random(1, {families})
BEGIN;
SELECT f.* FROM mb_meta.refresh_token_families f WHERE f.id = (SELECT b.id FROM bench_families b WHERE b.number = :number) FOR NO KEY UPDATE;
SELECT u.* FROM mb_meta.users u WHERE u.id = (SELECT b.user_id FROM bench_families b WHERE b.number = :number) FOR NO KEY UPDATE;
UPDATE mb_meta.refresh_token_families SET prev_jti = current_jti, current_jti = gen_random_uuid(), prev_access_jti = access_jti, access_jti = gen_random_uuid(), rotated_at = now(), last_used_at = now(), expires_at = expires_at + interval '1 second' WHERE id = (SELECT b.id FROM bench_families b WHERE b.number = :number);
INSERT INTO mb_meta.audit_logs (log_id, event_type, severity, user_agent, correlation_id, endpoint, http_method, status_code, response_time_ms, metadata, "timestamp") VALUES (gen_random_uuid(), 'TOKEN_RENOVADO', 'LOW', 'wrk', gen_random_uuid(), '/api/v1/jwt/refresh', 'POST', 200, 0, '{{}}', now());
COMMIT;
"""

#        what the table calls it, scenario, limit, what the limit is called, ratio to reach
TABLE = (("`GET /api/v1/user/me`, revocation asked of Redis", "me", "bare", "the edge alone", 0.28),
         ("`GET /api/v1/user/me`, near cache", "me near", "bare", "the edge alone", 0.45),
         ("point read of a record, 100 k", "point_usual", "pgbench read", "pgbench -M prepared -S, best of 2 to 16 clients", 0.50),
         ("first page of 50, 100 k", "first_usual", "first_small", "first page, 10 k", 0.85),
         ("page at 95 %, 100 k", "deep_usual", "first_small", "first page, 10 k", 0.85),
         ("page at 95 %, 1 M", "deep_large", "first_small", "first page, 10 k", 0.85),
         ("record create with its audit row", "create_growing", "pgbench create", f"pgbench, same statements, {WRITE_CLIENTS} clients", 0.60),
         ("refresh with rotation", "refresh", "pgbench refresh", f"pgbench, same statements, {WRITE_CLIENTS} clients", 0.60),
         ("own profile on two replicas", "me on two", "me", "one replica", 0.90),
         ("point read on two replicas", "point_usual on two", "point_usual", "one replica", 0.90),
         ("record create on two replicas", "create_growing on two", "create_growing", "one replica", 0.90))


class PostgresBench(Bench):
    def __init__(self, arguments, sizes):
        super().__init__(arguments)
        self.sizes = sizes
        self.cluster = PostgresServer(durable=True, shared_buffers="1GB", max_wal_size="8GB", checkpoint_timeout="30min").start()
        self.cluster.query("CREATE DATABASE state")
        self.redis = Redis().start()

    def environment(self, folder):
        return {**super().environment(folder), "DATABASE_URL": self.cluster.url("state"), "REDIS_URL": self.redis.url, "JWT_ISSUER": "https://bench.example.com"}

    def start_replica(self, **settings):
        """A further server on the same database. @return it and its port"""
        port = free_port()
        with (self.work / "replicas.log").open("ab") as log:
            replica = Process([self.bin / "metabuilder-lab"], {**self.environment("state"), "PORT": str(port), **settings}, log)
        wait_healthy(port, replica.child)
        return replica, port

    def both(self, name, other, other_port):
        """The scenario on two replicas at once, with half of the connections for each."""
        used = -self.server.cpu_seconds() - other.cpu_seconds()
        running = [self.start_wrk(port, "replay.lua", self.work / f"{name}.requests", connections=CONNECTIONS // 2) for port in (self.port, other_port)]
        told = [self.finish_wrk(each) for each in running]
        summed = {key: sum(each[key] for each in told) for key in ("per_second", "requests", "refused", "broken")}
        worst = {key: max(each[key] for each in told) for key in ("p50_ms", "p99_ms")}
        used += self.server.cpu_seconds() + other.cpu_seconds()
        self.note(f"{name} on two", {**summed, **worst, "cpu_us": used * 1e6 / max(1, summed["requests"])})

    def redis_limit(self):
        told = subprocess.run(["redis-benchmark", "-p", str(self.redis.port), "-t", "get", "-c", str(CONNECTIONS), "-n", str(self.seconds * 40_000), "--csv"], capture_output=True,
                              text=True, check=True).stdout
        self.note("redis-benchmark", {"per_second": float(told.splitlines()[-1].split(",")[1].strip('"'))})

    def pgbench(self, name, clients, *arguments, database="limits"):
        best = None
        for count in clients:
            told = self.cluster.run("pgbench", "-n", "-M", "prepared", "-c", count, "-j", 2, "-T", self.seconds, *arguments, self.cluster.url(database))
            per_second = float(re.search(r"^tps = ([\d.]+)", told, re.MULTILINE).group(1))
            if best is None or per_second > best["per_second"]:
                best = {"per_second": per_second, "clients": count}
        self.note(name, best)

    def script(self, name, text):
        file = self.cluster.folder / f"{name}.sql"
        file.write_text(text)
        file.chmod(0o644)
        return "-f", file

    def prepare_limits(self):
        """A database of pgbench's own, with the same rows."""
        self.cluster.query("CREATE DATABASE limits TEMPLATE state")
        self.cluster.run("pgbench", "-i", "-q", "-s", 1, self.cluster.url("limits"))
        self.cluster.query("CREATE TABLE bench_families AS SELECT row_number() OVER (ORDER BY id) AS number, id, user_id FROM mb_meta.refresh_token_families", "limits")
        self.cluster.query("CREATE UNIQUE INDEX ON bench_families (number)", "limits")
        self.cluster.query("VACUUM ANALYZE", "limits")
        self.cluster.query("VACUUM ANALYZE", "state")
        families = self.cluster.query("SELECT count(*) FROM bench_families", "limits")[0][0]
        number = self.cluster.query("SELECT number FROM mb_meta.entities WHERE name = 'growing'", "limits")[0][0]
        fields = self.cluster.query(f"SELECT string_agg('f_' || f.number, ', ' ORDER BY position) FROM mb_meta.fields f JOIN mb_meta.entities e ON e.id = f.entity_id "
                                    f"WHERE e.number = {number}", "limits")[0][0]
        self.create_script = self.script("create", CREATE.format(records=f"mb_data.e_{number}", fields=fields))
        self.refresh_script = self.script("refresh", REFRESH.format(families=families))

    def round(self):
        self.redis_limit()
        self.load("bare", self.bare, self.bare_port, "replay.lua", self.work / "health.requests")
        self.scenario("me")
        replica, port = self.start_replica(REVOCATION_NEAR_CACHE_MS="1000")
        self.load("me near", replica, port, "replay.lua", self.work / "me.requests")
        replica.stop()
        replica, port = self.start_replica()
        self.both("me", replica, port)
        self.pgbench("pgbench read", POINT_CLIENTS, "-S")
        self.scenario("point_usual")
        self.both("point_usual", replica, port)
        for name in ("first_small", "first_usual", "deep_usual", "deep_large"):
            self.scenario(name)
        self.pgbench("pgbench create", (WRITE_CLIENTS,), *self.create_script)
        self.scenario("create_growing")
        self.both("create_growing", replica, port)
        replica.stop()
        self.pgbench("pgbench refresh", (WRITE_CLIENTS,), *self.refresh_script)
        self.refresh()

    def run(self):
        from run import SIZES
        SIZES.update(self.sizes)
        self.seed("state", SIZES)
        self.write_requests()
        self.prepare_limits()
        self.server, _ = self.start_server()
        self.bare = Process([self.bin / "mb_bench_bare_http", str(self.bare_port), str(os.cpu_count())])
        wait_healthy(self.bare_port, self.bare.child)
        try:
            for number in range(self.rounds):
                print(f"round {number + 1} of {self.rounds}, load {os.getloadavg()[0]:.1f}", file=sys.stderr)
                self.round()
        finally:
            self.bare.stop()
            self.server.stop()


def tell(bench):
    """Prints the table. @return whether everything keeps its bound"""
    good = True
    row("scenario on PostgreSQL", "requests/s", "p50 ms", "p99 ms", "CPU µs/request", "limit", "limit/s", "ratio", "to reach", "reached")
    row(*["---"] * 10)
    for title, name, limit, limit_title, wanted in TABLE:
        ratio = bench.ratio(name, limit)
        good &= ratio >= wanted
        row(title, figure(bench.median(name)), f"{bench.median(name, 'p50_ms'):.2f}", f"{bench.median(name, 'p99_ms'):.2f}", f"{bench.median(name, 'cpu_us'):.1f}",
            limit_title, figure(bench.median(limit)), f"{ratio:.2f}", f"{wanted:.2f}", "yes" if ratio >= wanted else "**no**")
    broken = {name: sum(each.get("refused", 0) + each.get("broken", 0) for each in all_of) for name, all_of in bench.figures.items()}
    broken = {name: count for name, count in broken.items() if count}
    version = subprocess.run([programs() / "postgres", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    print(f"\n{version}, synchronous_commit and fsync on; redis-benchmark: {figure(bench.median('redis-benchmark'))} GET/s on {CONNECTIONS} connections. Rounds: {bench.rounds}, {bench.seconds} s each measurement, {os.cpu_count()} cores for server, database and "
          f"load ({CONNECTIONS} connections). " + (f"Requests refused or broken: {broken}." if broken else "No request was refused or broken."))
    return good and not broken


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="one round of 2 s on small tables: shows that it works, proves nothing")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=5, help="of each measurement")
    parser.add_argument("--large", type=int, default=1_000_000, help="records of the largest table")
    parser.add_argument("--preset", default="release", help="the build to measure")
    parser.add_argument("--work", default=HERE.parent.parent / "build/bench", help="folder for what the load generator needs, removed first")
    arguments = parser.parse_args()
    sizes = {"large": arguments.large}
    if arguments.quick:
        arguments.rounds, arguments.seconds = 1, 2
        sizes = {"small": 2_000, "usual": 5_000, "large": 10_000, "growing": 5_000}
    bench = PostgresBench(arguments, sizes)
    try:
        bench.run()
        good = tell(bench)
    finally:
        bench.redis.__exit__()
        bench.cluster.stop()
        bench.cluster.remove()
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
