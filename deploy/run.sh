#!/usr/bin/env bash
# From a fresh clone to a running MetaBuilder: installs what is missing, and runs the lab on http://localhost:8080.
#
#   deploy/run.sh [option of the lab…]                     starts the package in dist/ if one is there, else builds what ships
#   deploy/run.sh --build [option of the lab…]             builds, although a package is there
#   deploy/run.sh --package FILE [option of the lab…]      starts that package, which deploy/release/package.sh made, without compiling
#
# `deploy/run.sh --help` lists the options of the lab.
set -euo pipefail
# shellcheck source=deploy/build.sh
source "$(dirname "${BASH_SOURCE[0]}")/build.sh"

package=""
case ${1:-} in
    --package)
        package=$(readlink --canonicalize-existing -- "${2:?deploy/run.sh: --package wants the file of a package}")
        shift 2
        ;;
    --build) shift ;;
    *) [[ ! -d $root/dist ]] || package=$(find "$root/dist" -maxdepth 1 -name 'metabuilder-*.tar.gz' | sort --version-sort | tail -n 1) ;;
esac

if [[ -n $package ]]; then
    name=$(basename "$package" .tar.gz)
    mkdir -p "$root/build/package"
    tar --extract --gzip --file "$package" --directory "$root/build/package"
    programs=$root/build/package/$name/bin
    mapfile -t needed <"$root/build/package/$name/packages.txt"
    "$root/deploy/install.sh" --only curl age "${needed[@]}"
    echo "Starting $name without compiling; deploy/run.sh --build compiles."
else
    programs=$root/build/release/bin
    "$root/deploy/install.sh"
    MB_PROGRESS=1 build_preset release metabuilder-lab metabuilder-server metabuilder-admin
fi

cat <<TEXT
MetaBuilder is starting on http://localhost:8080 (Ctrl+C ends it).
What to do next, in another terminal:
    curl http://localhost:8080/health                  is it well?
    ${programs#"$root/"}/metabuilder-admin --help         users, mails of the lab, keys
    README.md                                          a tour of five requests; http://localhost:8080/api-docs has them all
TEXT
# The lab keeps its state below the working folder, so that it is the same from wherever this was called.
cd "$root"
exec "$programs/metabuilder-lab" "$@"
