#!/usr/bin/env python3
"""House rules that a text shows: what the compiler doesn't check and a reviewer tires of.

usage: text_gate.py ROOT

Ends with status 1 and one line for each violation.
"""
import pathlib
import re
import sys

CODE = {".cpp", ".hpp"}
TEXT = CODE | {".py", ".sh", ".cmake", ".txt", ".md", ".json", ".yml", ".yaml", ".js", ".css", ".html", ".sql", ""}
NOT_OURS = {".git", "build", "var", ".cache", "node_modules", "__pycache__"}

LINES_MAX = 500
# File -> why it may be longer.
LONGER = {}

# Functions that are wrong in every place, with what to use instead.
BANNED = {
    r"system|popen|exec(?:l|v)p?e?": "no shell and no other program from ours",
    r"strcpy|strcat|sprintf|vsprintf|gets": "no bound: use std::string or fmt",
    r"strtok|asctime|ctime|gmtime|localtime": "not safe across threads: use <chrono>",
    r"rand|srand|random_shuffle": "not random: use ports/randomness.hpp",
    r"atoi|atol|atof": "hides errors: use std::from_chars",
}

# What the core may not do; time, randomness and the environment arrive as arguments, and exceptions stop at the adapters.
CORE_BANNED = {
    r"\b(throw|try|catch)\b": "core neither throws nor catches",
    r"\b(system_clock|steady_clock)::now\b": "core draws no time: it arrives as an argument or from ports/clock.hpp",
    r"\brandom_device\b|\bmt19937": "core draws no randomness",
    r"\bgetenv\b": "core reads no environment",
    r"\bstd::(cout|cerr|clog)\b": "core prints nothing",
}

# Put together so that this file doesn't hold what it looks for.
UNFINISHED = re.compile(r"\b(?:FIX" + r"ME|XX" + r"X|TO" + r"DO(?!\((?:soon|perf|test)\)))\b")
MACHINE_PATH = re.compile(r"(?<![\w.$}])/(?:work|home|root|Users)/\w")
NAMESPACES = ((r"core/domain/base/", "mb"), (r"core/domain/(\w+)/", r"mb::\1"), (r"core/usecases/", "mb::usecases"), (r"ports/", "mb::ports"),
              (r"adapters/(\w+)/", r"mb::\1"), (r"tests/fakes/", "mb::fakes"))


def files(root):
    """Every text of ours, below the root, in a fixed order."""
    for path in sorted(root.rglob("*")):
        inner = path.relative_to(root)
        if path.is_file() and not NOT_OURS.intersection(inner.parts) and path.suffix in TEXT:
            yield inner.as_posix(), path


def without_comments_and_texts(code):
    """The code with comments gone and literals emptied, line by line as before."""
    pattern = re.compile(r'R"(?P<mark>[^()\s\\]*)\(.*?\)(?P=mark)"|"(?:\\.|[^"\\\n])*"|(?<![0-9A-Fa-f])\'(?:\\.|[^\'\\\n])+\'|//[^\n]*|/\*.*?\*/',
                         re.DOTALL)
    return pattern.sub(lambda found: '""' + "\n" * found.group().count("\n"), code)


def expected_namespace(name):
    for pattern, namespace in NAMESPACES:
        if found := re.match(pattern, name):
            return found.expand(namespace)
    return None


def lines_with(pattern, text):
    return [text.count("\n", 0, found.start()) + 1 for found in re.finditer(pattern, text)]


def check_code(name, text):
    code = without_comments_and_texts(text)
    if name.endswith(".hpp"):
        if not text.startswith("#pragma once\n"):
            yield f"{name}:1: a header begins with #pragma once"
        for line in lines_with(r"\busing\s+namespace\s+(?!std::\w*literals\b)", code):
            yield f"{name}:{line}: no `using namespace` in a header"
    for included in re.finditer(r'^\s*#\s*include\s*"([^"]+)"', text, re.MULTILINE):
        if not re.match(r"(core|ports|adapters|apps|tests)/", included.group(1)):
            yield f'{name}: includes "{included.group(1)}"; includes are written from the root of the repository'
    namespace = expected_namespace(name)
    below = "" if namespace == "mb" else r"(::\w+)*"
    if namespace and not re.search(rf"\bnamespace {namespace}{below} {{", code):
        yield f"{name}: namespace {namespace} is expected in this folder"
    if name.startswith("tests/"):
        for line in lines_with(r'\bTEST_CASE(?:_METHOD)?\(\s*(?:[\w:<>]+\s*,\s*)?"[^"\n]*;', text):
            yield f"{name}:{line}: no semicolon in the name of a test: ctest would run two halves of the name, which are no test, and pass"
        return
    for functions, why in BANNED.items():
        # not a member, not of another namespace, not a declaration `type name(`
        for line in lines_with(rf"(?:(?<![\w.>:])|(?<=std::)|(?<![\w:])(?<=::))(?:{functions})\s*\(", code):
            yield f"{name}:{line}: {why}"
    for line in lines_with(r"\bstd::regex\b|#\s*include\s*<regex>", code):
        yield f"{name}:{line}: std::regex is not linear in time: use ports/pattern_compiler.hpp"
    if name.startswith(("core/", "ports/")):
        for pattern, why in CORE_BANNED.items():
            for line in lines_with(pattern, code):
                yield f"{name}:{line}: {why}"


def check_markdown(name, text):
    prose = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    titles = len(re.findall(r"^# ", prose, re.MULTILINE))
    if titles != 1:
        yield f"{name}: {titles} titles of the first level instead of one"


def check_first_include(name, text):
    """For a source that has a header of its own name: included first, the header shows that it compiles alone."""
    first = re.search(r"^\s*#\s*include\s*(\S+)", text, re.MULTILINE)
    if not first or first.group(1) != f'"{name[:-4]}.hpp"':
        yield f"{name}: its own header is not included first"


def check(name, text):
    count = text.count("\n")
    if count > LINES_MAX and name not in LONGER and not name.endswith((".json", ".txt")):
        yield f"{name}: {count} lines, at most {LINES_MAX}"
    for line in lines_with(UNFINISHED, text):
        yield f"{name}:{line}: unfinished work is done now or is a TO" + "DO(soon|perf|test)"
    for line in lines_with(MACHINE_PATH, text):
        yield f"{name}:{line}: a path of one machine"
    if name.endswith((".cpp", ".hpp")):
        yield from check_code(name, text)
    if name.endswith(".md"):
        yield from check_markdown(name, text)


def violations(root):
    found = []
    for name, path in files(root):
        try:
            text = path.read_text(encoding="utf-8")
            found += check(name, text)
            if path.suffix == ".cpp" and path.with_suffix(".hpp").is_file():
                found += check_first_include(name, text)
        except UnicodeDecodeError:
            if path.suffix in CODE:
                found.append(f"{name}: is not UTF-8")
    return found


def main(root):
    found = violations(pathlib.Path(root).resolve())
    print("\n".join(found) or "no rule broken")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
