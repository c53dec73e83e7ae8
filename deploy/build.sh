# shellcheck shell=bash
# Sourced by the other scripts: building a preset quietly, with the output in build/logs.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
jobs=${MB_JOBS:-$(nproc)}
logs=$root/build/logs
mkdir -p "$logs"

# logged <name> <command…>: runs it with the output in build/logs/<name>.log; shows the end of it where it fails.
logged() {
    local log=$logs/$1.log status=0
    shift
    "$@" >"$log" 2>&1 </dev/null || status=$?
    ((status == 0)) && return 0
    tail -n "${MB_TAIL:-40}" "$log" >&2
    echo "status $status from: $* (the whole output is in $log)" >&2
    return "$status"
}

# build_preset <preset> [target…]: configures and builds; every target where none is named.
build_preset() {
    local preset=$1 started=$SECONDS
    shift
    logged "$preset-configure" cmake -S "$root" --preset "$preset" || return
    logged "$preset-build" ninja -C "$root/build/$preset" -j "$jobs" "$@" || return
    echo "built $preset in $((SECONDS - started)) s"
}
