#!/usr/bin/env python3
"""Can a stranger tell from the time of an answer whether an address has an account? Run on demand; the machine has to be quiet.

usage: enumeration.py [--bin build/release/bin] [--samples 2000] [--database sqlite|postgres]

Each endpoint that takes an identifier is asked for accounts and for nobody in turns, in random order, over one connection. An endpoint passes where
the medians are less than a millisecond apart, or where Mann and Whitney's test finds the two samples alike (p > 0.01), and both get the same answer.
The hash is the cheapest that the server takes, so that its spread hides nothing.
"""
import argparse
import base64
import itertools
import math
import os
import pathlib
import random
import statistics
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/e2e"))

EFFECT_MAX = 0.001
P_MIN = 0.01
WARM_UP = 50


def mann_whitney(first, second):
    """Two-sided p, by the normal approximation with ties corrected. For samples of more than twenty."""
    ranked = sorted([(value, 0) for value in first] + [(value, 1) for value in second])
    n1, n2, n = len(first), len(second), len(ranked)
    rank_sum, ties, at = 0.0, 0, 0
    for _, group in itertools.groupby(ranked, key=lambda each: each[0]):
        group = list(group)
        middle = at + (len(group) + 1) / 2
        rank_sum += middle * sum(1 for _, which in group if which == 0)
        ties += len(group) ** 3 - len(group)
        at += len(group)
    u = rank_sum - n1 * (n1 + 1) / 2
    spread = math.sqrt(n1 * n2 / 12 * (n + 1 - ties / (n * (n - 1))))
    if spread == 0:
        return 1.0
    z = (abs(u - n1 * n2 / 2) - 0.5) / spread
    return min(1.0, math.erfc(max(z, 0.0) / math.sqrt(2)))


def check_statistics():
    """Against values that were worked out by hand, and against samples whose truth is known."""
    # ranks 1 to 4 and 5 to 8: U = 0, mean 8, deviation sqrt(12), z = 7.5 / 3.4641
    assert abs(mann_whitney([1, 2, 3, 4], [5, 6, 7, 8]) - 0.03038) < 0.0001, mann_whitney([1, 2, 3, 4], [5, 6, 7, 8])
    assert mann_whitney([1] * 50, [1] * 50) == 1.0
    draw = random.Random(7)
    alike = [[draw.gauss(0.010, 0.002) for _ in range(2000)] for _ in range(2)]
    assert mann_whitney(*alike) > P_MIN
    assert mann_whitney(alike[0], [each + 0.0005 for each in alike[1]]) < 1e-6


def report(name, known, unknown, answers):
    effect = statistics.median(known) - statistics.median(unknown)
    p = mann_whitney(known, unknown)
    same = len(answers) == 1
    passed = same and (abs(effect) < EFFECT_MAX or p > P_MIN)
    print(f"| {name} | {len(known)} | {statistics.median(known) * 1e3:.3f} | {statistics.median(unknown) * 1e3:.3f} | {effect * 1e6:+.0f} | {p:.3g} |"
          f" {'the same' if same else answers} | {'yes' if passed else 'NO'} |", flush=True)
    return passed


def main():
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--bin", default=ROOT / "build/release/bin")
    asked.add_argument("--samples", type=int, default=2000, help="of each arm")
    asked.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    asked.add_argument("--only", help="one endpoint by its name")
    options = asked.parse_args()
    check_statistics()
    os.environ["MB_BIN_DIR"] = str(options.bin)
    os.environ["MB_E2E_DATABASE"] = options.database
    from server_under_test import PASSWORD, Server

    draw = random.Random(20261121)
    passed = True
    print("| endpoint | samples an arm | known, ms | nobody, ms | effect, µs | p | answer | passes |\n| --- | --- | --- | --- | --- | --- | --- | --- |")
    # nobody is locked out of an endpoint while it is measured: that would be another answer
    with Server(PASSWORD_HASH="bcrypt", BCRYPT_SALT_ROUNDS="4", LOCKOUT_FAILURES="100") as server:
        # an account gets one mail of a kind a minute, so each is asked for once by each endpoint
        accounts = [f"known{number}@example.com" for number in range(options.samples + WARM_UP)]
        for email in accounts:
            answer = server.ask("POST", "/api/v1/auth/register", {"email": email, "password": PASSWORD})
            assert answer.status == 201, answer
        registered = time.monotonic()
        strangers = (f"nobody{number}@example.com" for number in itertools.count())
        known = itertools.cycle(accounts)
        fresh = (f"fresh{number}@example.com" for number in itertools.count())
        wrong = {"password": "no es la buena"}
        basic = lambda email: {"Authorization": "Basic " + base64.b64encode(f"{email}:no es la buena".encode()).decode()}
        endpoints = {
            "login": (known, strangers, lambda email: ("POST", "/api/v1/auth/login", {"email": email, **wrong}, None)),
            "session login": (known, strangers, lambda email: ("POST", "/api/v1/session/login", {"email": email, **wrong}, None)),
            "basic": (known, strangers, lambda email: ("GET", "/api/v1/basic/protected", None, basic(email))),
            "forgot-password": (known, strangers, lambda email: ("POST", "/api/v1/auth/forgot-password", {"email": email}, None)),
            "magic send": (known, strangers, lambda email: ("POST", "/api/v1/magic/send", {"email": email}, None)),
            "resend-verification": (known, strangers, lambda email: ("POST", "/api/v1/auth/resend-verification", {"email": email}, None)),
            "register": (known, fresh, lambda email: ("POST", "/api/v1/auth/register", {"email": email, "password": PASSWORD}, None)),
        }
        for name, (some, none, request) in endpoints.items():
            if options.only not in (None, name):
                continue
            if name == "resend-verification":  # a minute after the mail of the registration
                time.sleep(max(0.0, registered + 61 - time.monotonic()))
            connection = server.connection()
            times, answers = {True: [], False: []}, set()
            order = [True, False] * (options.samples + WARM_UP)
            draw.shuffle(order)
            for number, is_known in enumerate(order):
                method, path, body, headers = request(next(some if is_known else none))
                begun = time.perf_counter()
                answer = server.ask(method, path, body, headers=headers, connection=connection)
                took = time.perf_counter() - begun
                if number >= 2 * WARM_UP:
                    times[is_known].append(took)
                    said = answer.body if answer.status < 400 else answer.code
                    answers.add((answer.status, said))
            connection.close()
            passed = report(name, times[True], times[False], answers) and passed
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
