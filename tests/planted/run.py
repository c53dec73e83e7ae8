#!/usr/bin/env python3
"""Plants one fault of each kind in a copy of this tree, and sees whether the part of deploy/test.sh that should find it does.

    tests/planted/run.py             all of them, and writes the table in docs/testing.md
    tests/planted/run.py WORD…       those whose kind has one of the words

Each part is run as it is (deploy/test.sh --only PART); a fault is found if that ends with another status than 0 and its output or the
log of its tests names the fault. The copy and its builds are kept in build/planted, and are built through the compiler cache, so that a second run builds little.
"""
import argparse
import dataclasses
import pathlib
import re
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
TREE = ROOT / "build/planted"
PAGE = ROOT / "docs/testing.md"
MARKS = ("<!-- planted: begin -->", "<!-- planted: end -->")


@dataclasses.dataclass(frozen=True)
class Fault:
    kind: str
    part: str    # of deploy/test.sh, that has to find it
    file: str
    before: str  # stands once in the file
    after: str
    told: str    # a regular expression over what the part prints
    alone: bool = False  # the build ends with it, so that nothing else would be found beside it


UNTAKEN = "\n".join(f"    if (c == {value}) return {value * 7 % 1000};" for value in range(2000))

FAULTS = (
    Fault("a race: a lock that is not taken", "tsan", "adapters/memory/shared/memory_replay_guard.cpp",
          "    std::scoped_lock const lock(mutex_);\n", "", r"ThreadSanitizer|failed: contract: shared/"),
    Fault("a leak", "coverage", "core/domain/base/text.cpp",
          "std::string hex(std::string_view bytes)\n{\n", "std::string hex(std::string_view bytes)\n{\n    (void)new std::string(bytes);\n", r"LeakSanitizer"),
    Fault("a write past the end", "coverage", "core/domain/limits/rate.cpp",
          "    if (level <= 0) return 0;\n", "    int volatile past = 4;\n    char volatile few[4] = {};\n    few[past] = 1;\n    if (level <= 0) return 0;\n",
          r"AddressSanitizer: stack-buffer-overflow|out of bounds"),
    Fault("a signed overflow", "tsan", "core/domain/shape/decimal.cpp",
          "std::string_view take_digits(std::string_view& text) noexcept\n{\n",
          "std::string_view take_digits(std::string_view& text) noexcept\n{\n    int volatile most = 2'147'483'647;\n    most = most + 1;\n", r"signed integer overflow"),
    Fault("branches that no test takes", "coverage", "core/domain/base/id.cpp",
          "void format_uuid(uuid_bytes const& bytes, char (&out)[36]) noexcept\n{\n",
          f"int untaken(int c);\nint untaken(int c)\n{{\n{UNTAKEN}\n    return 0;\n}}\n\nvoid format_uuid(uuid_bytes const& bytes, char (&out)[36]) noexcept\n{{\n",
          r"failed: coverage: at least"),
    Fault("an include that the folder may not have", "coverage", "core/domain/base/id.cpp",
          '#include "core/domain/base/id.hpp"\n', '#include "core/domain/base/id.hpp"\n\n#include <sqlite3.h>\n', r"failed: arch: nobody includes what they may not"),
    Fault("an include that a file lacks", "coverage", "core/domain/shape/decimal.cpp",
          "#include <algorithm>\n", "", r"failed: coverage: the build", alone=True),
    Fault("an include that a header lacks", "coverage", "core/domain/limits/rate.hpp",
          "namespace mb::limits {\n", "inline std::map<int, int> planted() { return {}; }\n\nnamespace mb::limits {\n",
          r"failed: coverage: the build|failed: arch: every header compiles alone", alone=True),
    Fault("a link that the folder may not have", "quick", "core/usecases/CMakeLists.txt",
          "mb_precompile(mb_usecases", "target_link_libraries(mb_usecases PRIVATE mb_json)\nmb_precompile(mb_usecases", r"failed: arch: nobody links what they may not"),
    Fault("a warning in what ships", "release", "core/domain/base/id.cpp",
          "std::string format_uuid(uuid_bytes const& bytes)\n{\n", "std::string format_uuid(uuid_bytes const& bytes)\n{\n    int unused_name = 1;\n", r"failed: release: the build", alone=True),
    Fault("a rule that is off", "quick", "core/domain/tokens/family.cpp",
          "    if (held.revoked_at) return refresh_refusal::revoked;\n", "", r"failed: unit: tokens"),
    Fault("an input that ends the program", "fuzz", "adapters/json/reader.cpp",
          "    bool on_array_end(std::size_t, bj::error_code&) { return close(); }\n",
          "    bool on_array_end(std::size_t, bj::error_code&)\n    {\n        if (open_.size() > 3) __builtin_trap();\n        return close();\n    }\n",
          r"failed: mb_fuzz_json"),
)


def run(*command, **more):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True, **more)


def copy():
    """Brings the copy up to this tree, without touching what is the same."""
    listed = set(run("git", "ls-files", "--cached", "--others", "--exclude-standard", cwd=ROOT).stdout.splitlines())
    wanted = {name: (ROOT / name) for name in listed if (ROOT / name).is_file()}
    for old in [each for each in TREE.rglob("*") if each.is_file() and "build" not in each.relative_to(TREE).parts[:1]]:
        if str(old.relative_to(TREE)) not in wanted:
            old.unlink()
    for name, source in wanted.items():
        target = TREE / name
        if not target.exists() or target.read_bytes() != source.read_bytes():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(source.read_bytes())
            target.chmod(source.stat().st_mode)


def rounds(faults):
    """The faults that can be planted together: those of one part, unless the build ends with them."""
    together = {}
    for fault in faults:
        together.setdefault((fault.part, fault.kind if fault.alone else ""), []).append(fault)
    return list(together.values())


def told_of(faults):
    """What the part printed, and what its tests did, with these faults in the copy."""
    files = {fault.file: (TREE / fault.file).read_text() for fault in faults}
    for fault in faults:
        (TREE / fault.file).write_text((TREE / fault.file).read_text().replace(fault.before, fault.after))
    try:
        made = run(TREE / "deploy/test.sh", "--only", faults[0].part)
        if made.returncode == 0:
            return ""
        log = TREE / f"build/logs/{faults[0].part}-tests.log"
        return made.stdout + (log.read_text(errors="replace") if log.exists() else "")
    finally:
        for name, text in files.items():
            (TREE / name).write_text(text)


def write(faults):
    before, _, rest = PAGE.read_text().partition(MARKS[0])
    _, _, after = rest.partition(MARKS[1])
    lines = ["| planted fault | in | part that finds it |", "| --- | --- | --- |"]
    lines += [f"| {fault.kind} | `{fault.file}` | {fault.part} |" for fault in faults]
    PAGE.write_text(before + MARKS[0] + "\n" + "\n".join(lines) + "\n" + MARKS[1] + after)


def main():
    parsed = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parsed.add_argument("words", nargs="*")
    parsed.add_argument("--check", action="store_true", help="only see whether each text to be changed stands once in its file")
    asked = parsed.parse_args()
    wanted = [fault for fault in FAULTS if not asked.words or any(word in f"{fault.kind} {fault.part}" for word in asked.words)]
    if moved := [fault.kind for fault in wanted if (ROOT / fault.file).read_text().count(fault.before) != 1]:
        sys.exit(f"the text to be changed does not stand once in its file: {', '.join(moved)}")
    if asked.check:
        return
    copy()
    missed = []
    for together in rounds(wanted):
        began = time.monotonic()
        told = told_of(together)
        for fault in together:
            well = re.search(fault.told, told) is not None
            print(f"{time.monotonic() - began:.0f} s  {fault.part}: {fault.kind}: {'found' if well else 'NOT FOUND'}", flush=True)
            if not well:
                missed.append(fault.kind)
                (TREE / "build/logs/missed.txt").write_text(told)
    if missed:
        sys.exit(f"not found: {', '.join(missed)}")
    if not asked.words:
        write(wanted)


if __name__ == "__main__":
    main()
