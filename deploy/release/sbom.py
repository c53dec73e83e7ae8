#!/usr/bin/env python3
"""Writes the bill of materials of executables: CycloneDX 1.6 JSON on standard output.

usage: sbom.py [--version V] [--build FOLDER] executable…
       sbom.py --check sbom.cdx.json executable…

Runtime: the Debian packages of the libraries that the loader finds (ldd, dpkg -S). With --build, the packages too whose headers were compiled in,
as ninja recorded them: header-only and static libraries are loaded by nobody. The same input gives the same bytes; SOURCE_DATE_EPOCH is
the time, where it is set. --check ends with 1 where an executable is another than the bill says, or loads a library that is not in it.
"""
import argparse
import datetime
import functools
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import uuid

NAMESPACE = uuid.UUID("6c9d3c2e-8f2b-5a55-9d0c-0a3f6f1d2b7e")


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, env={**os.environ, "LC_ALL": "C"})


@functools.lru_cache(maxsize=None)
def digest(path):
    return hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()


@functools.lru_cache(maxsize=None)
def loaded_by(executable):
    """The files that the loader takes, by the paths that it prints."""
    made = run("ldd", executable)
    if made.returncode != 0 or "not found" in made.stdout:
        raise SystemExit(f"sbom.py: {executable}: {made.stdout}{made.stderr}")
    found = re.findall(r"(?:=>\s+)?(/\S+)\s+\(0x", made.stdout)
    return sorted(set(found))


def compiled_into(build):
    """The headers outside of the project that any object was made from."""
    listing = run("ninja", "-C", str(build), "-t", "deps").stdout
    return sorted({str(pathlib.Path(path).resolve()) for path in re.findall(r"^\s+(/usr/\S+)$", listing, re.MULTILINE)})


def owners_of(paths):
    """{path: package} by dpkg's own record. A path is looked up as it is and as it was before /lib became a link."""
    spelled = {}
    for path in paths:
        real = str(pathlib.Path(path).resolve())
        for each in (path, real, re.sub(r"^/usr(?=/lib)", "", real), "/usr" + real if real.startswith("/lib") else real):
            spelled.setdefault(each, path)
    owners, names = {}, sorted(spelled)
    for begin in range(0, len(names), 500):
        for line in run("dpkg", "-S", *names[begin:begin + 500]).stdout.splitlines():
            package, _, path = line.rpartition(": ")
            if path in spelled and not line.startswith("diversion "):
                owners.setdefault(spelled[path], package.split(",")[0].strip())
    if missing := sorted(set(paths) - owners.keys()):
        raise SystemExit(f"sbom.py: no package owns {', '.join(missing)}")
    return owners


def licenses_of(package):
    """The names in the copyright file, where it is in the machine-readable form."""
    name = package.split(":")[0]
    try:
        text = pathlib.Path(f"/usr/share/doc/{name}/copyright").read_text(errors="replace")
    except OSError:
        return []
    return sorted({line.strip() for line in re.findall(r"^License: *(\S.*)$", text, re.MULTILINE)})


def component_of(package, how, files):
    shown = run("dpkg-query", "--show", "--showformat", "${Package}\t${Version}\t${Architecture}\t${source:Package}\t${source:Version}\t${Maintainer}", package).stdout
    name, version, architecture, source, source_version, maintainer = shown.split("\t")
    release = dict(line.split("=", 1) for line in pathlib.Path("/etc/os-release").read_text().splitlines() if "=" in line)
    distribution = f"{release['ID'].strip(chr(34))}-{release['VERSION_ID'].strip(chr(34))}"
    purl = f"pkg:deb/debian/{name}@{version.replace('+', '%2B').replace(':', '%3A')}?arch={architecture}&distro={distribution}"
    made = {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl, "supplier": {"name": maintainer}, "scope": "required"}
    if licenses := licenses_of(package):
        made["licenses"] = [{"license": {"name": each}} for each in licenses]
    made["properties"] = [{"name": "metabuilder:how", "value": how}, {"name": "debian:source", "value": f"{source} {source_version}"}]
    if files:
        made["components"] = [{"type": "file", "bom-ref": f"{purl}#{path}", "name": path, "hashes": [{"alg": "SHA-256", "content": digest(path)}]} for path in sorted(files)]
    return made


def bill(executables, version, build=None):
    libraries = sorted({path for each in executables for path in loaded_by(each)})
    owners = owners_of(libraries)
    by_package = {}
    for path, package in owners.items():
        by_package.setdefault(package, []).append(path)
    components = [component_of(package, "loaded", files) for package, files in sorted(by_package.items())]
    if build is not None:
        headers = set(owners_of(compiled_into(build)).values()) - by_package.keys()
        components += [component_of(package, "compiled in", []) for package in sorted(headers)]
    programs = [{"type": "application", "bom-ref": path.name, "name": path.name, "version": version, "hashes": [{"alg": "SHA-256", "content": digest(path)}]}
                for path in sorted(map(pathlib.Path, executables), key=lambda path: path.name)]
    reference = f"metabuilder@{version}"
    made = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json", "bomFormat": "CycloneDX", "specVersion": "1.6", "serialNumber": "", "version": 1,
        "metadata": {"component": {"type": "application", "bom-ref": reference, "name": "metabuilder", "version": version,
                                   "licenses": [{"license": {"id": "MIT"}}], "components": programs}},
        "components": components,
        "dependencies": [{"ref": reference, "dependsOn": sorted(each["bom-ref"] for each in components)}],
    }
    if when := os.environ.get("SOURCE_DATE_EPOCH"):
        made["metadata"]["timestamp"] = datetime.datetime.fromtimestamp(int(when), datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    made["serialNumber"] = f"urn:uuid:{uuid.uuid5(NAMESPACE, json.dumps(made, sort_keys=True))}"
    return made


def differences(made, executables):
    """What executables are or load that the bill doesn't say."""
    programs = {each["name"]: each["hashes"][0]["content"] for each in made["metadata"]["component"]["components"]}
    known = {each["name"]: each["hashes"][0]["content"] for component in made["components"] for each in component.get("components", [])}
    for path in map(pathlib.Path, executables):
        if programs.get(path.name) != digest(path):
            yield f"{path.name}: is not the one that the bill was made for"
        for library in loaded_by(path):
            if library not in known:
                yield f"{path.name}: loads {library}, which is in no component"
            elif known[library] != digest(library):
                yield f"{path.name}: loads another {library} than the bill says"


def main():
    options = argparse.ArgumentParser(description="bill of materials, CycloneDX 1.6")
    options.add_argument("--version", default="0.0.0")
    options.add_argument("--build", type=pathlib.Path)
    options.add_argument("--check", type=pathlib.Path)
    options.add_argument("executables", nargs="+")
    given = options.parse_args()
    if given.check:
        found = list(differences(json.loads(given.check.read_text()), given.executables))
        print("\n".join(found) or "the bill says what is there")
        return 1 if found else 0
    print(json.dumps(bill(given.executables, given.version, given.build), indent=2, sort_keys=True, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
