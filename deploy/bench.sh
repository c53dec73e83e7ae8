#!/usr/bin/env bash
# Measures: builds what ships and the programs that mark the machine's limits, runs both interleaved, and prints the table of
# docs/performance.md. Arguments go to tests/bench/run.py; `deploy/bench.sh --help` lists them. With --postgres first, the storage is
# PostgreSQL, pgbench is the limit, and the other arguments go to tests/bench/postgres.py.
set -euo pipefail
# shellcheck source=deploy/build.sh
source "$(dirname "${BASH_SOURCE[0]}")/build.sh"

"$root/deploy/install.sh" bench
logged release-configure cmake -S "$root" --preset release
mapfile -t limits < <(ninja -C "$root/build/release" -t targets all | sed -n 's/^\(mb_bench_[a-z0-9_]*\): phony$/\1/p')
build_preset release metabuilder-server metabuilder-admin metabuilder-lab "${limits[@]}"

cd "$root"
if [[ ${1:-} == --postgres ]]; then
    shift
    exec python3 tests/bench/postgres.py "$@"
fi
exec python3 tests/bench/run.py "$@"
