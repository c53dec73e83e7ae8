#!/usr/bin/env bash
# From a fresh clone to a verdict: installs what is missing, builds, runs every test. The last line is `N passed, 0 failed`
# (`, N skipped` may follow), or it counts what failed and the status is 1.
#
#   deploy/test.sh                everything: what ships, the suite under sanitizers and with coverage floors, fuzzing
#   deploy/test.sh --quick        the inner loop: the suite in the dev preset
#   deploy/test.sh --only PART    one part: release, dev, asan, tsan, coverage, fuzz; may be repeated
#
# MB_JOBS         parallel compilations and tests (the number of processors)
# MB_FUZZ_SECONDS seconds for each fuzz target (60)
set -euo pipefail
# shellcheck source=deploy/build.sh
source "$(dirname "${BASH_SOURCE[0]}")/build.sh"

core_branches_min=90        # percent of the branches of core/, of its own tests and everybody's
everything_branches_min=80  # percent of the branches of all code that ships
fuzz_seconds=${MB_FUZZ_SECONDS:-60}
whole=(release asan tsan fuzz)
all_parts=(dev coverage "${whole[@]}")

passed=0
failed=0
skipped=0

# check <passed|failed> <claim>: counts one check that is not a ctest entry.
check() {
    if [[ $1 == passed ]]; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
    echo "$1: $2"
}

# suite <preset> [ctest argument…]: runs the suite of a built preset and counts its entries.
suite() {
    local preset=$1 report=$logs/$1-tests.xml started=$SECONDS counts p f s
    shift
    rm -f "$report"
    # The verdict is read from the report, so the status says nothing new.
    "${unrandomised[@]}" ctest --test-dir "$root/build/$preset" --parallel "$jobs" --output-on-failure --no-tests=error \
        --output-junit "$report" "$@" >"$logs/$preset-tests.log" 2>&1 </dev/null || true
    if ! counts=$(python3 "$root/deploy/count_tests.py" "$report" "$logs/$preset-tests.log"); then
        check failed "$preset: no test ran"
        return
    fi
    read -r p f s <<<"$counts"
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
    echo "$preset: $p passed, $f failed, $s skipped in $((SECONDS - started)) s"
}

# ThreadSanitizer of g++ 12 doesn't know the address layout of kernels that randomise more than 28 bits.
unrandomised=()
without_randomisation() {
    if setarch --addr-no-randomize true 2>/dev/null; then unrandomised=(setarch --addr-no-randomize); fi
    "$@"
    unrandomised=()
}

# The inner loop, which knows everything but what instruments find.
part_dev() {
    if build_preset dev; then suite dev; else check failed "dev: the build"; fi
}

# The link graph, the depfiles, the texts and what runs the server elsewhere are the same in every preset: in a whole run their tests, and
# those that drive the executables, run on what ships. The instrumented presets have all that look inside, and drive the executables on SQLite.
part_release() {
    if ! build_preset release metabuilder-server metabuilder-admin metabuilder-lab mb_testing; then
        check failed "release: the build"
        return
    fi
    check passed "release: what ships builds without a warning"
    suite release --label-regex '^(arch|deploy|e2e|e2e_again|faults)$'
}

part_asan() {
    export ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1 UBSAN_OPTIONS=print_stacktrace=1
    if build_preset asan; then suite asan --label-exclude '^(arch|deploy|e2e_again|faults)$'; else check failed "asan: the build"; fi
}

# ThreadSanitizer looks on while coverage is counted: one build and one run for both.
part_tsan() {
    export TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1
    without_randomisation suite_with_coverage tsan
}

part_coverage() { suite_with_coverage coverage; }

# suite_with_coverage <preset>: the suite of a preset that counts, and the floors.
suite_with_coverage() {
    local preset=$1
    if ! build_preset "$preset"; then
        check failed "$preset: the build"
        return
    fi
    find "$root/build/$preset" -name '*.gcda' -delete
    suite "$preset" --label-exclude '^(arch|deploy|e2e_again|faults)$'
    # Branches that only an exception of the standard library takes are not ours to take, nor are those of what a closing brace destroys.
    # gcovr 5 waits for ever where a worker met a line that it can't read: it is told to go on, and never given more than ten minutes.
    if ! logged coverage-collect timeout 600 gcovr --gcov-ignore-parse-errors --root "$root" --object-directory "$root/build/$preset" -j "$jobs" --exclude-throw-branches \
        --exclude-unreachable-branches --exclude-branches-by-pattern '^\s*\}[})]*;?\s*$' --filter "$root/(core|ports|adapters|apps)/" --json "$logs/coverage.json"; then
        check failed "coverage: the report"
        return
    fi
    floor core $core_branches_min core
    floor everything $everything_branches_min core ports adapters apps
}

# floor <name> <percent> <filter…>: fails where fewer branches were taken.
floor() {
    local name=$1 percent=$2 filters=() folder
    shift 2
    for folder in "$@"; do filters+=(--filter "$root/$folder/"); done
    if logged "coverage-$name" gcovr --root "$root" --add-tracefile "$logs/coverage.json" "${filters[@]}" --branches --fail-under-branch "$percent"; then
        check passed "coverage: $(tail -n 3 "$logs/coverage-$name.log" | awk '/^TOTAL/ { print $4 }') of the branches of $name, at least $percent% wanted"
    else
        check failed "coverage: at least $percent% of the branches of $name are wanted"
    fi
}

# fuzz <binary>: new inputs go to build/fuzz/corpus, findings to build/fuzz/findings; seeds are in tests/fuzz/corpus.
fuzz() {
    local target=$1 name
    name=$(basename "$target")
    local corpus=$root/build/fuzz/corpus/$name seeds=$root/tests/fuzz/corpus/${name#mb_fuzz_}
    local options=(-max_total_time="$fuzz_seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1)
    mkdir -p "$corpus" "$root/build/fuzz/findings"
    options+=(-artifact_prefix="$root/build/fuzz/findings/$name-")
    [[ -f $seeds.dict ]] && options+=(-dict="$seeds.dict")
    local folders=("$corpus")
    [[ -d $seeds ]] && folders+=("$seeds")
    "$target" "${options[@]}" "${folders[@]}" >"$logs/$name.log" 2>&1 </dev/null
}

part_fuzz() {
    if ! build_preset fuzz mb_fuzz; then
        check failed "fuzz: the build"
        return
    fi
    local targets=("$root"/build/fuzz/bin/mb_fuzz_*) target name batch pids
    while ((${#targets[@]})); do
        batch=("${targets[@]:0:jobs}") targets=("${targets[@]:jobs}") pids=()
        for target in "${batch[@]}"; do
            fuzz "$target" &
            pids+=($!)
        done
        for target in "${batch[@]}"; do
            name=$(basename "$target")
            if wait "${pids[0]}"; then
                check passed "$name: no finding in $(awk '/number_of_executed_units/ { print $2 }' "$logs/$name.log") runs"
            else
                tail -n 30 "$logs/$name.log"
                check failed "$name: the input is in build/fuzz/findings"
            fi
            pids=("${pids[@]:1}")
        done
    done
}

usage() {
    sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "${BASH_SOURCE[0]}"
    exit "$1"
}

parts=()
while (($#)); do
    case $1 in
        --quick) parts+=(dev) ;;
        --only)
            [[ " ${all_parts[*]} " == *" ${2:-} "* ]] || usage 2 >&2
            parts+=("$2")
            shift
            ;;
        --help | -h) usage 0 ;;
        *) usage 2 >&2 ;;
    esac
    shift
done
((${#parts[@]})) || parts=("${whole[@]}")

groups=()
[[ " ${parts[*]} " =~ \ (tsan|coverage|fuzz)\  ]] && groups+=(full)
[[ " ${parts[*]} " =~ \ (dev|release)\  ]] && groups+=(deploy)
"$root/deploy/install.sh" "${groups[@]}"

for part in "${parts[@]}"; do "part_$part"; done

echo "took $SECONDS s"
verdict="$passed passed, $failed failed"
((skipped)) && verdict+=", $skipped skipped"
echo "$verdict"
((failed == 0 && passed > 0))
