#!/usr/bin/env bash
# Measures how long a newcomer, a developer and CI wait, on a clean clone of HEAD with nothing compiled before (CCACHE_DISABLE=1), and
# writes the table in docs/testing.md. Takes about as long as .ci/run and twice deploy/test.sh --quick. The packages are there already.
#
#   deploy/times.sh [folder]     clones below that folder (a temporary one), removed at the end
# shellcheck disable=SC2016  # the grave accents are of Markdown
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
page=$root/docs/testing.md
work=$(mktemp -d "${1:-${TMPDIR:-/tmp}}/metabuilder-times.XXXXXX")
clone=$work/clone
trap 'rm -rf "$work"' EXIT
export CCACHE_DISABLE=1
rows=()

# row <seconds> <seconds at most> <what>: prints it, and keeps it for the page.
row() {
    rows+=("| $3 | $1 | $2 |")
    printf '%6s s  %s (at most %s s)\n' "$1" "$3" "$2"
}

# seconds <command…>: how long it takes, its output in $work/log. The verdict of a failed command is shown, and ends the script.
seconds() {
    local began=$SECONDS
    "$@" >"$work/log" 2>&1 </dev/null || { tail -n 40 "$work/log" >&2; exit 1; }
    took=$((SECONDS - began))
}

# Ends with the first answer; the lab is ended by its number.
first_answer() {
    local server answered=1
    "$clone/deploy/run.sh" &
    server=$!
    while kill -0 "$server" 2>/dev/null; do
        if curl --silent --fail --max-time 2 http://localhost:8080/health; then answered=0; break; fi
        sleep 0.2
    done
    kill -TERM "$server" 2>/dev/null || true
    wait "$server" || true
    return $answered
}

if (exec 3<>/dev/tcp/127.0.0.1/8080) 2>/dev/null; then
    echo "times.sh: something listens on port 8080 already" >&2
    exit 1
fi
"$root/deploy/install.sh" full deploy
git clone --quiet --no-local "$root" "$clone"

seconds first_answer
row "$took" 120 '`deploy/run.sh`, to the first healthy answer'
seconds "$clone/deploy/test.sh" --quick
row "$took" 360 '`deploy/test.sh --quick`'
printf '\n// changed\n' >>"$clone/core/usecases/tokens/refresh_session.cpp"
seconds "$clone/deploy/test.sh" --quick
row "$took" 60 '`deploy/test.sh --quick`, after a change of one use case'

# CI starts from a clone of its own.
rm -rf "$clone"
git clone --quiet --no-local "$root" "$clone"
seconds "$clone/.ci/run"
row "$took" 1320 '`.ci/run`'
while read -r _ part _ each _; do row "$each" "" "of it, part \`$part\`"; done < <(grep -E '^part [a-z-]+ took [0-9]+ s$' "$work/log")

{
    sed '/<!-- times: begin -->/q' "$page"
    echo "| what | seconds | at most |"
    echo "| --- | --- | --- |"
    printf '%s\n' "${rows[@]}"
    echo
    echo "Measured on $(date --iso-8601) with $(nproc) processors, at $(git -C "$root" log -1 --format='commit of %cs')."
    sed -n '/<!-- times: end -->/,$p' "$page"
} >"$work/page"
cp "$work/page" "$page"
tail -n 2 "$work/log"
