#!/usr/bin/env python3
"""Turns one security rule off at a time, in a copy of this tree, and sees whether a test fails.

    tests/mutations/run.py                 all of them, and writes what it saw into docs/reliability.md
    tests/mutations/run.py WORD…           those whose sentence has one of the words
    tests/mutations/run.py --check         only sees whether each text to be changed stands once in its file

The copy and its build are kept in build/mutations, so that a second run builds little.
"""

import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import time
import xml.etree.ElementTree as xml

from rules import RULES

ROOT = pathlib.Path(__file__).resolve().parents[2]
WORK = ROOT / "build/mutations"
TREE = WORK / "tree"
BUILD = WORK / "build"
REPORT = ROOT / "docs/reliability.md"
MARKS = ("<!-- mutations: begin -->", "<!-- mutations: end -->")


def misplaced():
    for rule in RULES:
        found = (ROOT / rule.file).read_text().count(rule.before)
        if found != 1:
            yield f"{rule.file}: {found} times, not once: {rule.before}"


def run(*command, **more):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **more)


def build(targets):
    return run("ninja", "-C", BUILD, *targets)


def copy():
    """Brings the copy up to this tree without touching what is the same."""
    here = set(run("git", "ls-files", "--cached", "--others", "--exclude-standard", cwd=ROOT).stdout.splitlines())
    here = {name for name in here if (ROOT / name).is_file()}
    for old in [each for each in TREE.rglob("*") if each.is_file() and str(each.relative_to(TREE)) not in here]:
        old.unlink()
    for name in here:
        to = TREE / name
        if not to.exists() or to.read_bytes() != (ROOT / name).read_bytes():
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, to)


def prepare(targets):
    """A copy of this tree as it is, and its build."""
    copy()
    # unoptimised, which compiles in a third of the time, and without warnings: a rule that is off leaves names that nobody uses
    made = run("cmake", "-G", "Ninja", "-S", TREE, "-B", BUILD, "-DCMAKE_CXX_COMPILER_LAUNCHER=ccache", "-DCMAKE_BUILD_TYPE=None",
               "-DCMAKE_CXX_FLAGS=-O0 -w -D_GLIBCXX_ASSERTIONS", "-DCMAKE_EXE_LINKER_FLAGS=-fuse-ld=mold")
    made = made if made.returncode else build(targets)
    if made.returncode:
        sys.exit(f"the tree can't be built:\n{made.stdout[-4000:]}")


def first_failure(tests):
    """The name of the first test case that fails, or nothing."""
    for each in tests:
        try:
            # what wants a server, or a while, looks at other things
            told = run(BUILD / "bin" / each, "~[race]~[postgres]~[redis]~[edge]~[outbound]~[backup]~[runtime]", "--abort", "--reporter", "xml", cwd=TREE, timeout=300)
        except subprocess.TimeoutExpired:
            return "a test that doesn't end"
        if told.returncode == 0:
            continue
        try:
            cases = xml.fromstring(told.stdout).iter("TestCase")
            return next(case.get("name") for case in cases if case.find("OverallResult").get("success") == "false")
        except (xml.ParseError, StopIteration, AttributeError):
            return "the program ends"
    return None


def noticed(rule):
    """What noticed that the rule is off: a test's name, "the compiler", or nothing."""
    file = TREE / rule.file
    whole = file.read_text()
    file.write_text(whole.replace(rule.before, rule.after))
    try:
        built = build(rule.tests)
        if built.returncode:
            sys.exit(f"{rule.says}: doesn't compile without it, so this shows nothing:\n{built.stdout[-3000:]}")
        return first_failure(rule.tests)
    finally:
        file.write_text(whole)


def write(seen):
    before, _, rest = REPORT.read_text().partition(MARKS[0])
    _, _, after = rest.partition(MARKS[1])
    lines = ["| rule that was off | file | first test that failed |", "| --- | --- | --- |"]
    lines += [f"| {rule.says} | {rule.file} | {(by or '**none**').replace('|', ' ')} |" for rule, by in seen]
    REPORT.write_text(before + MARKS[0] + "\n" + "\n".join(lines) + "\n" + MARKS[1] + after)


def main():
    parsed = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parsed.add_argument("words", nargs="*")
    parsed.add_argument("--check", action="store_true")
    asked = parsed.parse_args()
    if wrong := list(misplaced()):
        sys.exit("\n".join(wrong))
    if asked.check:
        return
    wanted = [rule for rule in RULES if not asked.words or any(word in rule.says for word in asked.words)]
    tests = tuple(dict.fromkeys(each for rule in wanted for each in rule.tests))
    prepare(tests)
    if failed := first_failure(tests):
        sys.exit(f"fails with every rule on: {failed}")
    seen = []
    for number, rule in enumerate(wanted, 1):
        begun = time.monotonic()
        seen.append((rule, noticed(rule)))
        print(f"{number}/{len(wanted)} {time.monotonic() - begun:.0f} s  {rule.says}: {seen[-1][1] or 'NOBODY NOTICED'}", flush=True)
    build(tests)
    if not asked.words:
        write(seen)
    if missed := [rule.says for rule, by in seen if by is None]:
        sys.exit(f"{len(missed)} of {len(seen)} were not noticed:\n" + "\n".join(missed))
    print(f"{len(seen)} rules were off, one at a time, and a test failed each time")


if __name__ == "__main__":
    os.environ.setdefault("PYTHONDONTWRITEBYTECODE", "1")
    main()
