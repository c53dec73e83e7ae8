#!/usr/bin/env python3
"""The dependency rule over what the compiler really included: its depfiles, as ninja recorded them.

Boost and the drivers sit in the default include path, so the link graph alone stops nothing.

usage: include_gate.py --source ROOT --build DIR [--compiler C++] [--only-built]

Every .cpp and every .hpp of core/ and ports/ must have been compiled (headers: as the first include of the .cpp of the same name, or by
all_verify_interface_header_sets), else the gate would pass by not looking; --only-built drops that demand. Ends with status 1 and one line for each violation.
"""
import argparse
import pathlib
import re
import subprocess
import sys

# Folder of the project -> the folders that it may include.
ALLOWED = {
    "core/domain": ("core/domain",),
    "ports": ("core/domain", "ports"),
    "core/usecases": ("core/domain", "ports", "core/usecases"),
}

# Third-party headers -> the folders whose translation units may include them. The apps are not among them: they include no driver.
CONFINED = {
    r"/boost/json": ("adapters/json",),
    r"/boost/(?!json)": ("adapters/http", "adapters/json"),
    r"/(SQLiteCpp/|sqlite3)": ("adapters/sqlite",),
    r"/openssl/": ("adapters/openssl", "adapters/http/edge", "adapters/outbound"),
    r"/(argon2\.h|crypt\.h|zxcvbn)": ("adapters/openssl",),
    r"/re2/": ("adapters/re2",),
    r"/(qrencode\.h|png\.h|pngconf\.h|pnglibconf\.h)": ("adapters/qr",),
    r"/spdlog/": ("adapters/log",),
    r"/curl/": ("adapters/outbound",),
    r"/(libpq|postgres_ext|pg_config)": ("adapters/postgres",),
    r"/hiredis/": ("adapters/redis",),
    r"/maxminddb": ("adapters/maxminddb",),
    r"/(pqxx|fido)": (),
    r"/CLI/": ("apps/composition/arguments.cpp",),
}

STANDARD = """algorithm any array atomic barrier bit bitset charconv chrono codecvt compare complex concepts condition_variable coroutine
deque exception execution filesystem format forward_list fstream functional future initializer_list iomanip ios iosfwd iostream istream
iterator latch limits list locale map memory memory_resource mutex new numbers numeric optional ostream queue random ranges ratio regex
scoped_allocator semaphore set shared_mutex source_location span sstream stack stdexcept stop_token streambuf string string_view
strstream syncstream system_error thread tuple type_traits typeindex typeinfo unordered_map unordered_set utility valarray variant vector
version cassert cctype cerrno cfenv cfloat cinttypes climits clocale cmath csetjmp csignal cstdarg cstddef cstdint cstdio cstdlib cstring
ctime cuchar cwchar cwctype""".split()

# The object library that compiles each header alone puts `<header>.cxx` into such a folder.
HEADER_ALONE = re.compile(r"_verify_interface_header_sets/(.+\.hpp)\.cxx$")


def standard_closure(compiler):
    """Every file that the standard library may include: those of the compiler and of libc, which has more where it is fortified."""
    guarded = "".join(f"#if __has_include(<{name}>)\n#include <{name}>\n#endif\n" for name in STANDARD)
    closure = set()
    for fortify in ("-U_FORTIFY_SOURCE", "-D_FORTIFY_SOURCE=3"):
        made = subprocess.run([compiler, "-std=c++20", "-O1", "-D_GLIBCXX_ASSERTIONS", "-U_FORTIFY_SOURCE", fortify, "-M", "-x", "c++", "-"],
                              input=guarded, capture_output=True, text=True, check=True)
        closure |= {str(pathlib.Path(word).resolve()) for word in made.stdout.replace("\\\n", " ").split()[1:] if word != "-"}
    return closure


def read_deps(build):
    """[(source, [included …])] of every object that is up to date; paths absolute."""
    listing = subprocess.run(["ninja", "-C", str(build), "-t", "deps"], capture_output=True, text=True, check=True).stdout
    found = []
    for block in listing.split("\n\n"):
        head, _, rest = block.strip().partition("\n")
        if "(VALID)" not in head or not rest:
            continue
        paths = [str((pathlib.Path(build) / line.strip()).resolve()) for line in rest.splitlines()]
        found.append((paths[0], paths[1:]))
    return found


def relative(path, source):
    """The path below the root of the project, or None."""
    try:
        return pathlib.Path(path).relative_to(source).as_posix()
    except ValueError:
        return None


def inside(path, folders):
    return any(path == folder or path.startswith(folder + "/") for folder in folders)


def owner_of(unit, source, build):
    """The file of the project that an object stands for: its source, or the header that it compiles alone."""
    if alone := HEADER_ALONE.search(unit):
        return alone.group(1)
    return None if relative(unit, build) else relative(unit, source)


def violations(units, source, build, standard):
    """One line for each forbidden include of each unit of [(source, [included …])]."""
    found = set()
    for unit, included in units:
        owner = owner_of(unit, source, build)
        if owner is None or inside(owner, ["tests"]):
            continue
        rule = next((folder for folder in ALLOWED if inside(owner, [folder])), None)
        for path in included:
            own = None if relative(path, build) else relative(path, source)
            if own is None:
                if rule and path not in standard:
                    found.add(f"{owner}: includes {path}; {rule} may include the standard library only")
                for pattern, folders in CONFINED.items():
                    if not rule and re.search(pattern, path) and not inside(owner, folders):
                        found.add(f"{owner}: includes {path}; that is for {' '.join(folders) or 'nobody yet'}")
            elif rule and not inside(own, ALLOWED[rule]):
                found.add(f"{owner}: includes {own}; {rule} may include {' '.join(ALLOWED[rule])} only")
            elif re.match(r"apps/(admin/|metabuilder-)", owner) and inside(own, ["adapters"]) and not inside(own, ["adapters/config"]):
                found.add(f"{owner}: includes {own}; only apps/composition names adapters")
    return sorted(found)


def direct_violations(source):
    """<…> lines of core and ports that name no header of the standard library: pthread.h comes along with <mutex>, but is not ours."""
    found = []
    for path in guarded_files(source):
        for number, line in enumerate((source / path).read_text().splitlines(), 1):
            name = re.match(r"\s*#\s*include\s*<([^>]+)>", line)
            if name and name.group(1) not in STANDARD:
                found.append(f"{path}:{number}: includes <{name.group(1)}>, which is not of the standard library")
    return found


def guarded_files(source):
    return sorted(path.relative_to(source).as_posix() for top in ("core", "ports") for path in (source / top).rglob("*.?pp"))


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--source", type=lambda text: pathlib.Path(text).resolve(), required=True)
    options.add_argument("--build", type=lambda text: pathlib.Path(text).resolve(), required=True)
    options.add_argument("--compiler", default="c++")
    options.add_argument("--only-built", action="store_true")
    given = options.parse_args()

    units = read_deps(given.build)
    found = direct_violations(given.source) + violations(units, given.source, given.build, standard_closure(given.compiler))
    if not given.only_built:
        seen = {owner_of(unit, given.source, given.build) for unit, _ in units}
        # text_gate.py sees to it that a source includes its own header first, so the header was compiled with nothing before it
        seen |= {owner[:-4] + ".hpp" for owner in seen if owner and owner.endswith(".cpp")}
        found += [f"{path}: was not compiled, so its includes are not known" for path in guarded_files(given.source) if path not in seen]
    print("\n".join(found) or f"{len(units)} objects, no forbidden include")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
