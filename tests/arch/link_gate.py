#!/usr/bin/env python3
"""The dependency rule over the link graph, which configuring writes to link_graph.txt: one target per folder.

usage: link_gate.py link_graph.txt

A line of the graph is `folder|target|what it links|what it passes on`, the last two lists with spaces between. Ends with status 1 and one line for each violation.
"""
import re
import sys

CORE = {"core/domain", "ports", "core/usecases"}
# Folder -> the folders whose targets it may link.
ALLOWED = {
    "core/domain": set(),
    "ports": {"core/domain"},
    "core/usecases": {"core/domain", "ports"},
    "adapters/posix": {"core/domain"},
    "adapters/json": {"core/domain"},
    "adapters/backup": {"core/domain", "ports", "adapters/openssl", "adapters/posix"},
    "adapters/config": {"core/domain", "ports", "adapters/posix"},
    "adapters/log": {"core/domain", "ports", "adapters/json"},
    "adapters/memory/shared": {"core/domain", "ports"},
    "adapters/memory/database": {"core/domain", "ports"},
    "adapters/openssl": {"core/domain", "ports", "adapters/json"},
    "adapters/outbound": {"core/domain", "ports", "adapters/json", "adapters/log"},
    "adapters/qr": {"core/domain", "ports"},
    "adapters/re2": {"core/domain", "ports"},
    "adapters/redis": {"core/domain", "ports"},
    "adapters/runtime": {"core/domain", "ports"},
    "adapters/user_lines": CORE | {"adapters/json", "adapters/posix"},
    "adapters/maxminddb": {"core/domain", "ports", "adapters/posix"},
    "adapters/sql": {"core/domain", "ports", "adapters/json"},
    "adapters/sqlite": {"core/domain", "ports", "adapters/json", "adapters/posix", "adapters/sql"},
    "adapters/postgres": {"core/domain", "ports", "adapters/json", "adapters/sql"},
    "adapters/http/edge": {"core/domain", "ports", "adapters/runtime"},
    "apps/admin": {"apps/composition", "adapters/config"},
    "adapters/http": CORE | {"adapters/http/edge", "adapters/json", "adapters/log", "adapters/runtime"},
}
APP = {"apps/admin", "apps/composition", "adapters/config"}


def allowed(folder):
    """The folders that a folder may link, or None where no rule knows it."""
    if folder.startswith("apps/metabuilder-"):
        return APP
    return ALLOWED.get(folder)


def read_graph(lines):
    """[(folder, target, [linked …], [passed on …])]"""
    graph = []
    for line in filter(None, (line.strip() for line in lines)):
        folder, target, linked, passed_on = line.split("|")
        graph.append((folder, target, linked.split(), passed_on.split()))
    return graph


def violations(graph):
    folder_of = {target: folder for folder, target, _, _ in graph}
    found = [f"{target}: {wanted} has no target" for wanted, target in (("core/domain", "mb_domain"), ("ports", "mb_ports"),
                                                                         ("core/usecases", "mb_usecases")) if folder_of.get(target) != wanted]
    for folder, target, linked, passed_on in graph:
        if folder.startswith("tests") or folder == "apps/composition":
            continue
        may = allowed(folder)
        if may is None:
            found.append(f"{target}: {folder} has no rule in link_gate.py")
            continue
        public = [name for name in passed_on if not name.startswith("$<LINK_ONLY:")]
        for name in sorted({re.sub(r"^\$<LINK_ONLY:(.*)>$", r"\1", name) for name in linked + passed_on}):
            if name in folder_of:
                if folder_of[name] not in may:
                    found.append(f"{target}: links {name}; {folder} may link {' '.join(sorted(may)) or 'nothing'}")
            elif folder in CORE:
                found.append(f"{target}: links {name}; {folder} is built on the standard library only")
            # a plain path or -lname passes no headers on, so that PRIVATE says nothing about it
            elif name in public and "::" in name and name != "Threads::Threads":
                found.append(f"{target}: passes {name} on; third-party libraries are PRIVATE")
    return found


def main(path):
    with open(path, encoding="utf-8") as file:
        graph = read_graph(file)
    found = violations(graph)
    print("\n".join(found) or f"{len(graph)} targets, no forbidden link")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
