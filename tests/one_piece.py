#!/usr/bin/env python3
"""Writes a source that compiles several test files in one piece.

usage: one_piece.py OUT FILE…

Test files give their own names no namespace, so the names of two files may clash. Therefore each file is included in a namespace of
its own. What the files include comes first, outside of those namespaces; `#pragma once` makes the includes in the files do nothing.
"""
import pathlib
import re
import sys

INCLUDE = re.compile(r"^#include .*$", re.MULTILINE)


def piece_of(files):
    includes = dict.fromkeys(line for file in files for line in INCLUDE.findall(file.read_text()))
    bodies = [f'namespace piece_{number}_{re.sub("[^a-z0-9]", "_", file.stem)} {{\n#include "{file}"\n}}' for number, file in enumerate(files)]
    return "\n".join([*includes, *bodies, ""])


def main(out, *files):
    pathlib.Path(out).write_text(piece_of([pathlib.Path(file) for file in files]))


if __name__ == "__main__":
    main(*sys.argv[1:])
