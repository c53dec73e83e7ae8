# shellcheck shell=bash
# Sourced by the other scripts: building a preset quietly, with the output in build/logs.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
jobs=${MB_JOBS:-$(nproc)}
logs=$root/build/logs
mkdir -p "$logs"

# ccache reads what the compiler found out instead of preprocessing each file itself: nothing to wait for when the cache is empty.
export CCACHE_DEPEND=${CCACHE_DEPEND:-1}

# logged <name> <command…>: runs it with the output in build/logs/<name>.log; shows the end of it if it fails.
logged() {
    local log=$logs/$1.log status=0
    shift
    if [[ ${MB_PROGRESS:-} == 1 ]]; then
        "$@" 2>&1 </dev/null | tee "$log" | progress || status=$?
    else
        "$@" >"$log" 2>&1 </dev/null || status=$?
    fi
    ((status == 0)) && return 0
    tail -n "${MB_TAIL:-40}" "$log" >&2
    echo "status $status from: $* (the whole output is in $log)" >&2
    return "$status"
}

# progress: of the output of ninja, shows how much is done and about how long the rest takes; on one line of a terminal, else now and then.
progress() {
    local line began=$SECONDS shown=-10 ready all now
    while IFS= read -r line; do
        [[ $line =~ ^\[([1-9][0-9]*)/([0-9]+)\] ]] || continue
        ready=${BASH_REMATCH[1]} all=${BASH_REMATCH[2]} now=$((SECONDS - began))
        if [[ -t 1 ]]; then
            printf '\rbuilding: %d of %d, about %d s left \033[K' "$ready" "$all" "$((now * (all - ready) / ready))"
            ((ready < all)) || printf '\n'
        elif ((now >= shown + 10 || ready == all)); then
            shown=$now
            printf 'building: %d of %d, about %d s left\n' "$ready" "$all" "$((now * (all - ready) / ready))"
        fi
    done
}

# build_preset <preset> [target…]: configures and builds; every target if none is named.
build_preset() {
    local preset=$1 started=$SECONDS
    shift
    MB_PROGRESS="" logged "$preset-configure" cmake -S "$root" --preset "$preset" || return
    logged "$preset-build" ninja -C "$root/build/$preset" -j "$jobs" "$@" || return
    echo "built $preset in $((SECONDS - started)) s"
}
