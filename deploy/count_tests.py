"""Counts the tests of a run of ctest: prints `passed failed skipped` on standard output.

usage: count_tests.py report.xml folder log

`report.xml` is the JUnit report of ctest. An entry that ran a program of Catch2 left a report of its own in `folder`, in the XML of Catch2
and named after the entry: its tests are counted instead of the entry. (Its JUnit reporter keeps each assertion that held, and the tests of
short memory count allocations.) Names what failed and what was skipped, with the reason, on standard error. Ends
with status 1 if the report is missing or empty. ctest also calls an entry skipped if its program is missing, or if a fixture that it
needs failed: that is a failure. So is an entry that failed though its own report says that all is well: it crashed, or ran no test.
"""
import pathlib
import re
import sys
import xml.etree.ElementTree as tree

SHOWN_LINES = 30
SHOWN_PLACES = 5


def cases_of(path, kind):
    """The elements of that kind in a report; none if it is missing or was cut off."""
    try:
        return list(tree.parse(path).getroot().iter(kind))
    except (OSError, tree.ParseError):
        return []


def verdict(entry):
    """passed, failed or skipped, and the reason, of an entry of ctest."""
    if (node := entry.find("failure")) is not None:
        return "failed", node.get("message", "")
    if (node := entry.find("skipped")) is not None:
        reason = node.get("message", "")
        return ("skipped" if reason.startswith("SKIP_") or reason == "Disabled" else "failed"), reason
    return ("passed" if entry.get("status") == "run" else "failed"), entry.get("status", "")


def verdict_of_case(case):
    """The same of a test of Catch2: where it failed, and on what."""
    if case.find("OverallResult").get("success") == "true":
        return "passed", ""
    places = [node for node in case.iter() if node.get("success") == "false" and node.tag == "Expression" or node.tag in ("Failure", "FatalErrorCondition", "Exception")]
    told = [f"{node.get('filename')}:{node.get('line')}: " + " ".join(" ".join(node.itertext()).split()) for node in places[:SHOWN_PLACES]]
    return "failed", "\n".join(told)


def told(entry, folder):
    """[(name, verdict, reason)] of an entry, from its own report if it left one."""
    how, reason = verdict(entry)
    name = entry.get("name")
    report = folder / (re.sub(r"[^A-Za-z0-9_]", "_", name) + ".xml")
    inner = [(f"{name}: {case.get('name')}", *verdict_of_case(case)) for case in cases_of(report, "TestCase")]
    output = (entry.findtext("system-out") or "").strip().splitlines()[-SHOWN_LINES:]
    if not inner or (how == "failed" and all(each != "failed" for _, each, _ in inner)):
        inner.append((name, how, "\n".join([reason, *output]) if how == "failed" else reason))
    return inner


def main(report, folder, log):
    entries = cases_of(report, "testcase")
    if not entries:
        print(f"{report} is missing, or holds no test", file=sys.stderr)
        return 1
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    for name, how, reason in (each for entry in entries for each in told(entry, pathlib.Path(folder))):
        counts[how] += 1
        if how != "passed":
            print(f"{how}: {name} ({reason})", file=sys.stderr)
    if counts["failed"]:
        print(f"the whole output is in {log}", file=sys.stderr)
    print(counts["passed"], counts["failed"], counts["skipped"])
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
