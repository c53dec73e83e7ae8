"""Counts the entries of a JUnit report of ctest: prints `passed failed skipped` on standard output.

usage: count_tests.py report.xml log

Names what failed and what was skipped, with the reason, on standard error. Ends with status 1 where the report is missing or
empty. ctest also calls an entry skipped when its program is missing, or when a fixture that it needs failed: that is a failure.
"""
import sys
import xml.etree.ElementTree as tree


def verdict(case):
    """passed, failed or skipped, and the reason."""
    for kind in ("failure", "error"):
        if (node := case.find(kind)) is not None:
            return "failed", node.get("message", "")
    if (node := case.find("skipped")) is not None:
        reason = node.get("message", "")
        return ("skipped" if reason.startswith("SKIP_") or reason == "Disabled" else "failed"), reason
    return ("passed" if case.get("status") == "run" else "failed"), case.get("status", "")


def main(report, log):
    try:
        cases = list(tree.parse(report).getroot().iter("testcase"))
    except (OSError, tree.ParseError) as problem:
        print(problem, file=sys.stderr)
        return 1
    if not cases:
        return 1
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    for case in cases:
        how, reason = verdict(case)
        counts[how] += 1
        if how != "passed":
            print(f"{how}: {case.get('name')} ({reason})", file=sys.stderr)
        if how == "failed":
            output = (case.findtext("system-out") or "").strip().splitlines()
            print("\n".join("    " + line for line in output[-30:]), file=sys.stderr)
    if counts["failed"]:
        print(f"the whole output is in {log}", file=sys.stderr)
    print(counts["passed"], counts["failed"], counts["skipped"])
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
