#!/usr/bin/env python3
"""Every alert of deploy/prometheus has a test that it speaks and one that it is silent, and its section in the runbook; no section is left over.

usage: alerts_gate.py ROOT

Ends with status 1 and one line for each violation.
"""
import pathlib
import re
import sys


def violations(root):
    rules = (root / "deploy/prometheus/metabuilder.rules.yml").read_text()
    tests = (root / "deploy/prometheus/metabuilder.test.yml").read_text()
    runbook = (root / "docs/runbooks/alerts.md").read_text()
    alerts = re.findall(r"- alert: (\w+)", rules)
    sections = re.findall(r"^## (\w+)$", runbook, re.MULTILINE)
    for alert in alerts:
        body = rules.split(f"- alert: {alert}\n")[1].split("- alert:")[0]
        if f"docs/runbooks/alerts.md#{alert.lower()}\n" not in body:
            yield f"{alert}: its runbook annotation leads elsewhere"
        if alert not in sections:
            yield f"{alert}: no section in docs/runbooks/alerts.md"
        outcomes = re.findall(rf"alertname: {alert}\n\s+exp_alerts:( \[\])?", tests)
        if " []" not in outcomes or "" not in outcomes:
            yield f"{alert}: metabuilder.test.yml lacks a case where it is silent, or one where it speaks"
    for section in sorted(set(sections) - set(alerts)):
        yield f"{section}: a section in docs/runbooks/alerts.md without an alert"
    for name, found in (("alert", alerts), ("section", sections)):
        for twice in sorted({each for each in found if found.count(each) > 1}):
            yield f"{twice}: {name} stands twice"
    if not alerts:
        yield "no alert was found"


def main(root):
    found = list(violations(pathlib.Path(root)))
    print("\n".join(found) or "every alert is tested and explained")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
