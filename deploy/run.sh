#!/usr/bin/env bash
# From a fresh clone to a running MetaBuilder: installs what is missing, builds what ships, and runs the lab on http://localhost:8080.
# Arguments go to metabuilder-lab; `deploy/run.sh --help` lists them.
set -euo pipefail
# shellcheck source=deploy/build.sh
source "$(dirname "${BASH_SOURCE[0]}")/build.sh"

"$root/deploy/install.sh"
build_preset release metabuilder-lab metabuilder-server metabuilder-admin

cat <<'TEXT'
MetaBuilder is starting on http://localhost:8080 (Ctrl+C ends it).
What to do next, in another terminal:
    curl http://localhost:8080/health                  is it well?
    build/release/bin/metabuilder-admin --help         users, mails of the lab, keys
    README.md                                          a tour of five requests; http://localhost:8080/api-docs has them all
TEXT
# The lab keeps its state below the working folder, so that it is the same from wherever this was called.
cd "$root"
exec build/release/bin/metabuilder-lab "$@"
