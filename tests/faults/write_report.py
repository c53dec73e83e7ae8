#!/usr/bin/env python3
"""Runs every fault test with its real durations and writes the table of docs/reliability.md. --check only runs; --seconds N shortens."""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
PAGE = HERE.parents[1] / "docs/reliability.md"
BEGIN, END = "<!-- faults: begin -->", "<!-- faults: end -->"
COLUMNS = ("fault", "what was done", "acknowledged writes", "lost", "told to come later", "cut off", "longest answer")


def table(rows):
    lines = ["| " + " | ".join(COLUMNS) + " |", "|" + " --- |" * len(COLUMNS)]
    lines += ["| " + " | ".join(str(row.get(column, "")) for column in COLUMNS) + " |" for row in rows]
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", default="60", help="how long each fault lasts")
    parser.add_argument("--check", action="store_true", help="leave the page as it is")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        report = pathlib.Path(folder, "rows")
        report.touch()
        environment = {**os.environ, "MB_FAULT_SECONDS": chosen.seconds, "MB_FAULT_REPORT": str(report)}
        failed = [test.name for test in sorted(HERE.glob("test_*.py")) if subprocess.run([sys.executable, test], env=environment).returncode != 0]
        made = table([json.loads(line) for line in report.read_text().splitlines()])
    print(made)
    if failed:
        sys.exit("failed: " + " ".join(failed))
    if not chosen.check:
        page = PAGE.read_text()
        head, rest = page.split(BEGIN)
        PAGE.write_text(head + BEGIN + "\n" + made + "\n" + END + rest.split(END)[1])


if __name__ == "__main__":
    main()
