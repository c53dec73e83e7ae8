#!/usr/bin/env bash
# Shows that what ships depends on its sources only: builds HEAD twice, in folders of different length, under different locale, time zone and umask,
# without a compiler cache, and compares the executables byte by byte. Takes twice as long as a build; no part of deploy/test.sh.
#
#   deploy/release/reproducible.sh [folder]     builds below that folder (a temporary one), removed at the end
#
# MB_TARGETS  what to build and compare (metabuilder-server metabuilder-admin)
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=$(mktemp -d "${1:-${TMPDIR:-/tmp}}/metabuilder-reproducible.XXXXXX")
trap 'rm -rf "$work"' EXIT
read -r -a targets <<<"${MB_TARGETS:-metabuilder-server metabuilder-admin}"
SOURCE_DATE_EPOCH=$(git -C "$root" log -1 --format=%ct)
export SOURCE_DATE_EPOCH CCACHE_DISABLE=1

# build <folder> <umask> <jobs> <NAME=value…>
build() {
    local sources=$1 mask=$2 jobs=$3
    shift 3
    mkdir -p "$sources"
    git -C "$root" archive HEAD | tar --extract --directory "$sources"
    (
        umask "$mask"
        env "$@" cmake -S "$sources" --preset release >"$work/log" 2>&1 && env "$@" ninja -C "$sources/build/release" -j "$jobs" "${targets[@]}" >>"$work/log" 2>&1
    ) || { tail -n 30 "$work/log" >&2; exit 1; }
}

one=$work/a
two=$work/quite/another/and/much/longer/place
build "$one" 022 "$(nproc)" LC_ALL=C TZ=UTC
build "$two" 077 "$(nproc)" LC_ALL=C.UTF-8 TZ=Pacific/Kiritimati

status=0
for target in "${targets[@]}"; do
    if cmp "$one/build/release/bin/$target" "$two/build/release/bin/$target"; then
        echo "same: $(sha256sum <"$one/build/release/bin/$target" | cut -c -64) $target"
    else
        echo "differs: $target" >&2
        status=1
    fi
done
exit $status
