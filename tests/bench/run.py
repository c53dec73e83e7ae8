#!/usr/bin/env python3
"""Measures the server against the limits of the machine it runs on, and prints the table of docs/performance.md.

Every ratio is taken within one round: a limit program runs right before what is held against it, on the same idle machine, and the
figures are medians over the rounds. Needs wrk and a release build with the mb_bench_* targets: deploy/bench.sh makes both.
"""
import argparse
import http.client
import json
import os
import pathlib
import resource
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
CONNECTIONS = 64  # as many as the server takes from one address
LOGIN_CONNECTIONS = 4  # enough to keep two cores hashing; many more would wait past the two seconds that a login may wait
READER_ADDRESS, READER_CONNECTIONS = "127.0.0.2", 16
USERS, SESSIONS = 8000, 2000  # of these sessions the first are read with; a refresh ends the access token of its session, so it takes others
SIZES = {"small": 10_000, "usual": 100_000, "large": 1_000_000, "growing": 100_000}
TICKS = os.sysconf("SC_CLK_TCK")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def busy_seconds():
    """CPU time that the whole machine has spent, on all cores."""
    user, nice, system, _, _, irq, softirq, steal = map(int, pathlib.Path("/proc/stat").read_text().split()[1:9])
    return (user + nice + system + irq + softirq + steal) / TICKS


def children_seconds():
    """CPU time of the programs that have run and ended, the load generator among them."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


class Process:
    """A program that runs until stop(), and what it has used."""

    def __init__(self, command, env=None, log=None):
        self.child = subprocess.Popen(command, env=env, stdout=log or subprocess.DEVNULL, stderr=subprocess.STDOUT)

    def cpu_seconds(self):
        fields = pathlib.Path(f"/proc/{self.child.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def resident_mib(self):
        for line in pathlib.Path(f"/proc/{self.child.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        raise RuntimeError("no VmRSS")

    def stop(self):
        self.child.send_signal(signal.SIGTERM)
        self.child.wait(timeout=40)


def wait_healthy(port, child, deadline=30.0):
    """Seconds until GET /health is answered with 200."""
    begun = time.monotonic()
    while time.monotonic() - begun < deadline:
        if child.poll() is not None:
            raise RuntimeError(f"the server ended with status {child.returncode}; see server.log")
        try:
            asked = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
            asked.request("GET", "/health")
            if asked.getresponse().status == 200:
                return time.monotonic() - begun
        except OSError:
            time.sleep(0.0005)
    raise RuntimeError("the server does not answer")


class Bench:
    def __init__(self, arguments):
        self.bin = ROOT / "build" / arguments.preset / "bin"
        self.seconds, self.rounds = arguments.seconds, arguments.rounds
        self.work = pathlib.Path(arguments.work).resolve()
        shutil.rmtree(self.work, ignore_errors=True)
        self.work.mkdir(parents=True)
        self.port, self.bare_port = free_port(), free_port()
        self.figures = {}  # name -> its measurements, in order
        self.measurements = 0
        self.tokens_spent = SESSIONS

    # -- preparing

    def environment(self, folder):
        own = {"STATE_DIR": str(self.work / folder), "PORT": str(self.port), "RATE_LIMIT_ENABLED": "false", "LOG_LEVEL": "warning",
               "JWT_EXPIRY_ACCESS": "24h"}
        return {"PATH": os.environ["PATH"], **own}

    def seed(self, folder, sizes):
        begun = time.monotonic()
        subprocess.run([self.bin / "mb_bench_seed", self.work / folder / "bench", str(USERS), *(f"{name}={count}" for name, count in sizes.items())],
                       env=self.environment(folder), check=True)
        print(f"seeded {folder}: {sizes} in {time.monotonic() - begun:.0f} s", file=sys.stderr)

    def lines(self, name):
        return (self.work / "state/bench" / name).read_text().splitlines()

    def request(self, method, path, token=None, body=None):
        head = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}"]
        if token:
            head.append(f"Authorization: Bearer {token}")
        if body is not None:
            head += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
        return "\r\n".join(head) + "\r\n\r\n" + (body or "")

    def write_requests(self):
        """One file of requests for each scenario."""
        access = self.lines("access")[:SESSIONS]
        turn = lambda i: access[i % len(access)]  # every request another session: no cache line of one row
        kinds = {"health": [self.request("GET", "/health")], "me": [self.request("GET", "/api/v1/user/me", each) for each in access],
                 "me_key": [self.request("GET", "/api/v1/user/me", each) for each in self.lines("keys")[:SESSIONS]]}
        for name in SIZES:
            records = f"/api/v1/entities/{name}/records"
            pages = {"first": "", "deep": "&cursor=" + self.lines(f"{name}.cursor")[0], "sorted_first": "&sort=amount",
                     "sorted_deep": "&sort=amount&cursor=" + self.lines(f"{name}.sorted.cursor")[0]}
            for kind, query in pages.items():
                kinds[f"{kind}_{name}"] = [self.request("GET", f"{records}?limit=50{query}", turn(i)) for i in range(200)]
            kinds[f"point_{name}"] = [self.request("GET", f"{records}/{each}", turn(i)) for i, each in enumerate(self.lines(name))]
            note = "A note of usual length, as a person would write it."
            bodies = [json.dumps({"title": f"Item number {i}", "amount": i * 7919 % 1_000_000_000, "note": note}) for i in range(4000)]
            kinds[f"create_{name}"] = [self.request("POST", records, turn(i), each) for i, each in enumerate(bodies)]
        logins = [line.split(" ", 1) for line in self.lines("logins")[SESSIONS:]]
        kinds["login"] = [self.request("POST", "/api/v1/auth/login", body=json.dumps({"email": who, "password": word})) for who, word in logins]
        for kind, requests in kinds.items():
            (self.work / f"{kind}.requests").write_text("".join(each + "\x1e" for each in requests))

    def start_server(self):
        with (self.work / "server.log").open("ab") as log:
            process = Process([self.bin / "metabuilder-lab"], self.environment("state"), log)
        return process, wait_healthy(self.port, process.child)

    # -- measuring

    def note(self, name, measured):
        self.measurements += 1
        measured["number"] = self.measurements
        self.figures.setdefault(name, []).append(measured)
        print(f"  {name}: {measured['per_second']:.0f}/s" + (f", p99 {measured['p99_ms']:.2f} ms" if "p99_ms" in measured else ""), file=sys.stderr)

    def limit(self, name, *command):
        done = subprocess.run([str(each) for each in command], env=self.environment("limits"), check=True, capture_output=True, text=True)
        self.note(name, json.loads(done.stdout))

    def start_wrk(self, port, script, *arguments, connections=CONNECTIONS, seconds=None):
        seconds = seconds or self.seconds
        return subprocess.Popen(["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "15s", "-s", HERE / script,
                                 f"http://127.0.0.1:{port}/", "--", *map(str, arguments)], stdout=subprocess.PIPE, text=True)

    def finish_wrk(self, running):
        output = running.communicate()[0]
        if running.returncode != 0:
            raise RuntimeError(output)
        return json.loads(output.splitlines()[-1])

    def load(self, name, process, port, script, *arguments, **options):
        time.sleep(0.3)  # the connections of the run before are gone
        if process.child.poll() is not None:
            raise RuntimeError(f"the server ended with status {process.child.returncode} before {name}; see server.log")
        own, children, busy, begun = process.cpu_seconds(), children_seconds(), busy_seconds(), time.monotonic()
        measured = self.finish_wrk(self.start_wrk(port, script, *arguments, **options))
        own, children = process.cpu_seconds() - own, children_seconds() - children
        measured["others"] = max(0, busy_seconds() - busy - own - children) / (time.monotonic() - begun) / os.cpu_count()
        measured["cpu_us"] = own * 1e6 / max(1, measured["requests"])
        measured["resident_mib"] = process.resident_mib()
        self.note(name, measured)

    def scenario(self, name, **options):
        self.load(name, self.server, self.port, "replay.lua", self.work / f"{name}.requests", **options)

    def refresh(self):
        count = 2 * CONNECTIONS
        some = self.lines("refresh")[self.tokens_spent:self.tokens_spent + count]
        self.tokens_spent += count
        (self.work / "tokens").write_text("\n".join(some) + "\n")
        self.load("refresh", self.server, self.port, "refresh.lua", self.work / "tokens", f"127.0.0.1:{self.port}", f"http://localhost:{self.port}")

    def read_points(self, name):
        done = subprocess.run([self.bin / "mb_bench_reader", READER_ADDRESS, str(self.port), str(READER_CONNECTIONS), str(self.seconds),
                               self.work / "point_usual.requests"], check=True, capture_output=True, text=True)
        self.note(name, json.loads(done.stdout))

    def reads_beside_writes(self):
        time.sleep(0.3)
        self.read_points("reads alone")
        writing = self.start_wrk(self.port, "replay.lua", self.work / "create_growing.requests", seconds=self.seconds + 2)
        time.sleep(1)
        self.read_points("reads beside creates")
        self.note("creates beside reads", self.finish_wrk(writing))

    def round(self):
        loops = self.bin / "mb_bench_sql_loops"
        bare = lambda: self.load("bare", self.bare, self.bare_port, "replay.lua", self.work / "health.requests")
        for name in ("health", "me", "point_usual"):
            bare()
            self.scenario(name)
        self.scenario("me")
        self.scenario("me_key")
        for name in ("small", "large"):
            self.scenario(f"point_{name}")
        self.limit("page loop", loops, "usual", self.seconds, "page")
        for name in ("first_small", "first_usual", "first_large", "deep_usual", "deep_large", "sorted_first_usual", "sorted_deep_usual", "sorted_deep_large"):
            self.scenario(name)
        self.limit("create loop", loops, "growing", self.seconds, "create")
        self.scenario("create_growing")
        self.scenario("create_large")
        self.limit("refresh loop", loops, "growing", self.seconds, "refresh")
        self.refresh()
        self.limit("bcrypt", self.bin / "mb_bench_bcrypt", max(4, self.seconds))
        self.scenario("login", connections=LOGIN_CONNECTIONS, seconds=max(10, self.seconds))
        self.limit("bcrypt alone", self.bin / "mb_bench_bcrypt", max(4, self.seconds), 1)
        self.load("login alone", self.server, self.port, "replay.lua", self.work / "login.requests", connections=1, seconds=max(10, self.seconds))
        self.reads_beside_writes()

    def run(self):
        self.seed("state", SIZES)
        self.seed("limits", {name: SIZES[name] for name in ("usual", "growing")})
        self.write_requests()
        starts = []
        for _ in range(5):
            self.server, seconds = self.start_server()
            starts.append(seconds * 1000)
            self.server.stop()
        self.server, _ = self.start_server()
        time.sleep(2)
        self.start_ms, self.idle_mib = statistics.median(starts), self.server.resident_mib()
        self.bare = Process([self.bin / "mb_bench_bare_http", str(self.bare_port), str(os.cpu_count())])
        wait_healthy(self.bare_port, self.bare.child)
        try:
            for number in range(self.rounds):
                print(f"round {number + 1} of {self.rounds}, load {os.getloadavg()[0]:.1f}", file=sys.stderr)
                self.round()
        finally:
            self.bare.stop()
            self.server.stop()

    # -- telling

    def median(self, name, what="per_second"):
        return statistics.median(each[what] for each in self.figures[name])

    def ratio(self, name, limit, what="per_second"):
        """The median of the ratios, each to the measurement of the limit that came last before."""
        return statistics.median(each[what] / self.before(each, limit)[what] for each in self.figures[name])

    def before(self, measured, name):
        return [each for each in self.figures[name] if each["number"] < measured["number"]][-1]


#        what the table calls it, scenario, limit, what the limit is called, ratio to reach
TABLE = (("`GET /health`", "health", "bare", "the edge alone", 0.75),
         ("`GET /api/v1/user/me`", "me", "bare", "the edge alone", 0.45),
         ("point read of a record, 100 k", "point_usual", "bare", "the edge alone", 0.35),
         ("first page of 50, 100 k", "first_usual", "page loop", "the SQL on one thread", 0.30),
         ("page at 95 %, 100 k", "deep_usual", "first_small", "first page, 10 k", 0.85),
         ("page at 95 %, 1 M", "deep_large", "first_small", "first page, 10 k", 0.85),
         ("first page, 1 M", "first_large", "first_small", "first page, 10 k", 0.85),
         ("record create, 100 k", "create_growing", "create loop", "the SQL, 64 a commit", 0.50),
         ("refresh with rotation", "refresh", "refresh loop", "the SQL, 64 a commit", 0.50),
         ("login, bcrypt 12", "login", "bcrypt", "bcrypt on all cores", 0.95))
GROWTH = (("first page, 10 k", "first_small", None), ("point read, 10 k", "point_small", None), ("point read, 1 M", "point_large", "point_small"),
          ("first page by amount, 100 k", "sorted_first_usual", None), ("page at 95 % by amount, 100 k", "sorted_deep_usual", "sorted_first_usual"),
          ("page at 95 % by amount, 1 M", "sorted_deep_large", "sorted_first_usual"), ("record create, 1 M", "create_large", "create_growing"))


def figure(number):
    return f"{number:,.0f}" if number >= 100 else f"{number:.2f}"


def row(*cells):
    print("| " + " | ".join(cells) + " |")


def tell(bench):
    """Prints the tables. @return whether everything that has a bound keeps it"""
    good = True
    columns = lambda name: [figure(bench.median(name)), f"{bench.median(name, 'p50_ms'):.2f}", f"{bench.median(name, 'p99_ms'):.2f}",
                            f"{bench.median(name, 'cpu_us'):.1f}", f"{bench.median(name, 'resident_mib'):.0f}"]

    def verdict(kept):
        nonlocal good
        good &= kept
        return "yes" if kept else "**no**"

    row("scenario", "requests/s", "p50 ms", "p99 ms", "CPU µs/request", "resident MiB", "limit", "limit/s", "ratio", "to reach", "reached")
    row(*["---"] * 11)
    row("the edge alone, a fixed answer", *columns("bare"), *["–"] * 5)
    for title, name, limit, limit_title, wanted in TABLE:
        ratio = bench.ratio(name, limit)
        row(title, *columns(name), limit_title, figure(bench.median(limit)), f"{ratio:.2f}", f"{wanted:.2f}", verdict(ratio >= wanted))
    print()
    row("growth", "requests/s", "p50 ms", "p99 ms", "CPU µs/request", "resident MiB", "against", "ratio")
    row(*["---"] * 8)
    titles = {name: title for title, name, *_ in (*TABLE, *GROWTH)}
    for title, name, against in GROWTH:
        row(title, *columns(name), *([titles[against], f"{bench.ratio(name, against):.2f}"] if against else ["–", "–"]))
    print()
    row("what else", "measured", "to reach", "reached")
    row(*["---"] * 4)
    ratio = bench.ratio("reads beside creates", "reads alone", "p99_ms")
    row(f"p99 of point reads on {READER_CONNECTIONS} connections while {CONNECTIONS} create records, against alone",
        f"{bench.median('reads beside creates', 'p99_ms'):.2f} ms against {bench.median('reads alone', 'p99_ms'):.2f} ms, {ratio:.1f} times",
        "at most 4 times", verdict(ratio <= 4))
    row("requests/s of both at that time", f"{figure(bench.median('reads beside creates'))} reads (alone {figure(bench.median('reads alone'))}), "
        f"{figure(bench.median('creates beside reads'))} creates", "–", "–")
    ratio = 1 / bench.ratio("me_key", "me")
    row("own profile with an API key, against an access token", f"{figure(bench.median('me_key'))} requests/s against {figure(bench.median('me'))}, {ratio:.2f} times the cost",
        "at most 1.3 times", verdict(ratio <= 1.3))
    beyond = statistics.median(each["p50_ms"] - 1000 / bench.before(each, "bcrypt alone")["per_second"] for each in bench.figures["login alone"])
    row("one login at a time, beyond one bcrypt 12", f"{beyond:.1f} ms", "at most 5 ms", verdict(beyond <= 5))
    row("start to the first healthy answer, 1.2 M records", f"{bench.start_ms:.0f} ms", "under 100 ms", verdict(bench.start_ms < 100))
    row("resident when idle", f"{bench.idle_mib:.1f} MiB", "under 25 MB", verdict(bench.idle_mib * 1.048576 < 25))
    broken = {name: sum(each.get("refused", 0) + each.get("broken", 0) for each in all_of) for name, all_of in bench.figures.items()}
    broken = {name: count for name, count in broken.items() if count}
    others = [each["others"] for all_of in bench.figures.values() for each in all_of if "others" in each]
    print(f"\nRounds: {bench.rounds}, {bench.seconds} s each measurement, {os.cpu_count()} cores. Programs that are no part of this took "
          f"{statistics.median(others):.0%} of the cores (median; {max(others):.0%} at most): above a few percent the figures are too low. "
          + (f"Requests refused or broken: {broken}." if broken else "No request was refused or broken."))
    return good and not broken


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="one round of 2 s: shows that it works, proves nothing")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=5, help="of each measurement")
    parser.add_argument("--preset", default="release", help="the build to measure")
    parser.add_argument("--work", default=ROOT / "build/bench", help="folder for databases, removed first; on the disk to be measured")
    parser.add_argument("--figures", help="a file for every single measurement, as JSON")
    arguments = parser.parse_args()
    if arguments.quick:
        arguments.rounds, arguments.seconds = 1, 2
    bench = Bench(arguments)
    bench.run()
    if arguments.figures:
        pathlib.Path(arguments.figures).write_text(json.dumps(bench.figures, indent=1))
    sys.exit(0 if tell(bench) else 1)


if __name__ == "__main__":
    main()
