#!/usr/bin/env bash
# Packs what ships into dist/metabuilder-<version>-<architecture>.tar.gz: the executables, a bill of materials, the Debian packages that the
# executables need (packages.txt), the settings and the license. deploy/run.sh starts such a package without compiling.
#
#   deploy/release/package.sh [folder]     writes the archive there (dist)
set -euo pipefail
# shellcheck source=deploy/build.sh
source "$(dirname "${BASH_SOURCE[0]}")/../build.sh"

folder=${1:-$root/dist}
programs=(metabuilder-server metabuilder-admin metabuilder-lab)
"$root/deploy/install.sh"
build_preset release "${programs[@]}"

version=$(sed -n 's/^project(MetaBuilder VERSION \([0-9.]*\).*/\1/p' "$root/CMakeLists.txt")
name=metabuilder-$version-$(dpkg --print-architecture)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/$name/bin" "$folder"
for program in "${programs[@]}"; do strip --strip-unneeded -o "$work/$name/bin/$program" "$root/build/release/bin/$program"; done
cp "$root/LICENSE" "$root/.env.example" "$work/$name"
python3 "$root/deploy/release/sbom.py" --version "$version" --build "$root/build/release" "$work/$name"/bin/* >"$work/$name/sbom.cdx.json"
ldd "$work/$name"/bin/* | awk '$2 == "=>" && $3 ~ /^\// { print $3 }' | sort -u |
    while read -r library; do dpkg --search "$library" 2>/dev/null || dpkg --search "$(readlink --canonicalize "$library")"; done |
    cut -d: -f1 | sort -u >"$work/$name/packages.txt"
tar --create --gzip --file "$folder/$name.tar.gz" --directory "$work" --owner=0 --group=0 --sort=name "$name"
echo "packed $folder/$name.tar.gz"
