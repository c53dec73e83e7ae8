#!/usr/bin/env python3
"""What ships is hardened: readelf over executables.

usage: hardening_gate.py executable…

Ends with 77 (skipped) where none of them was built, 1 and one line for each missing defence.
"""
import os
import re
import subprocess
import sys

SKIPPED = 77


def readelf(option, path):
    return subprocess.run(["readelf", "--wide", option, path], capture_output=True, text=True, check=True,
                          env={**os.environ, "LC_ALL": "C"}).stdout


def missing(path):
    """The defences that an executable lacks."""
    header, segments = readelf("--file-header", path), readelf("--program-headers", path)
    dynamic, symbols = readelf("--dynamic", path), readelf("--symbols", path)
    flags = " ".join(re.findall(r"\((?:FLAGS|FLAGS_1)\)(.*)", dynamic))
    loads = [line.split() for line in segments.splitlines() if line.strip().startswith("LOAD")]
    stack = re.search(r"GNU_STACK.*", segments)
    holds = {
        "position independent (-fPIE -pie)": "DYN (Position-Independent" in header and "PIE" in flags,
        "all symbols bound at start (-z now)": "NOW" in flags,
        "read-only relocations (-z relro)": "GNU_RELRO" in segments,
        "no executable stack (-z noexecstack)": stack is not None and "RWE" not in stack.group(),
        # the flags are the words between the two sizes and the alignment: "R E", "RW"
        "no segment both writable and executable": all(not {"W", "E"} <= set("".join(line[6:-1])) for line in loads),
        "not to be loaded as a library (-z nodlopen)": "NOOPEN" in flags,
        "fortified calls (-D_FORTIFY_SOURCE)": re.search(r"__\w+_chk(@|\s|$)", symbols, re.MULTILINE) is not None,
        "stack protector (-fstack-protector-strong)": "__stack_chk_fail" in symbols,
    }
    return [defence for defence, there in holds.items() if not there]


def main(paths):
    built = [path for path in paths if os.path.exists(path)]
    if not built:
        print("no release build: deploy/test.sh --only release makes one")
        return SKIPPED
    found = [f"{path}: lacks {defence}" for path in built for defence in missing(path)]
    found += [f"{path}: was not built" for path in paths if path not in built]
    print("\n".join(found) or f"{len(built)} executables, every defence in place")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
