"""Rows for the table of docs/reliability.md: each test adds what it did and saw to the file that MB_FAULT_REPORT names."""

import json
import os


def note(row):
    path = os.environ.get("MB_FAULT_REPORT")
    if path:
        with open(path, "a", encoding="utf-8") as report:
            report.write(json.dumps(row) + "\n")
