#!/usr/bin/env bash
# From a fresh clone to a verdict: installs what is missing, builds, runs every test. The last line is `N passed, 0 failed`
# (`, N skipped` may follow), or it counts what failed and the status is 1.
#
#   deploy/test.sh                everything: what ships, coverage and its floors, sanitizers, fuzzing
#   deploy/test.sh --quick        the inner loop: all tests that run in process, and the gates over texts and links
#   deploy/test.sh --only PART    one part: quick, dev, asan, release, coverage, tsan, fuzz; may be repeated
#
# docs/testing.md says what each part finds, and how to run one test.
#
# MB_JOBS         parallel compilations (the number of processors); twice as many tests, since many wait for servers
# MB_FUZZ_SECONDS seconds for each fuzz target (15)
set -euo pipefail
# shellcheck source=deploy/build.sh
source "$(dirname "${BASH_SOURCE[0]}")/build.sh"

core_branches_min=93        # percent of the branches of core/
everything_branches_min=85  # percent of the branches of all code that ships
fuzz_seconds=${MB_FUZZ_SECONDS:-15}
whole=(release coverage tsan fuzz)
all_parts=(quick dev asan "${whole[@]}")
# Labels of ctest: what runs in process, and what drives executables.
in_process='unit|contract|adapters|http|apps'
executables='e2e|faults|deploy'

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
    local preset=$1 report=$logs/$1-tests.xml reports=$root/build/$1/reports started=$SECONDS counts p f s
    shift
    rm -rf "$report" "$reports"
    mkdir -p "$reports"
    # The verdict is read from the report, so the status says nothing new.
    "${unrandomised[@]}" ctest --test-dir "$root/build/$preset" --parallel $((2 * jobs)) --output-on-failure --no-tests=error \
        --output-junit "$report" "$@" >"$logs/$preset-tests.log" 2>&1 </dev/null || true
    if ! counts=$(python3 "$root/deploy/count_tests.py" "$report" "$reports" "$logs/$preset-tests.log"); then
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

# in_process <preset> [label…]: the tests that run in process, and those of the labels.
in_process() {
    local preset=$1 labels=$in_process each
    shift
    for each in "$@"; do labels+="|$each"; done
    if build_preset "$preset" mb_tests; then suite "$preset" --label-regex "^($labels)\$"; else check failed "$preset: the build"; fi
}

part_quick() { in_process quick texts links; }

# Each file compiled alone, as an editor does it, and the whole suite.
part_dev() { if build_preset dev; then suite dev; else check failed "dev: the build"; fi; }

# What drives executables runs on what ships.
part_release() {
    if ! build_preset release metabuilder-server metabuilder-admin metabuilder-lab mb_testing; then
        check failed "release: the build"
        return
    fi
    check passed "release: what ships builds without a warning"
    suite release --label-regex "^($executables|texts|links|artefacts)\$"
}

export ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1 UBSAN_OPTIONS=print_stacktrace=1 TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1

part_asan() { in_process asan; }

part_tsan() { without_randomisation in_process tsan; }

# Under AddressSanitizer. Each file of the product is compiled alone here, without precompiled headers: a missing include, or a forbidden one, is found in this part.
part_coverage() {
    if ! build_preset coverage; then
        check failed "coverage: the build"
        return
    fi
    find "$root/build/coverage" -name '*.gcda' -delete
    suite coverage --label-regex "^($in_process|includes)\$"
    # Branches that only an exception of the standard library takes are not ours to take, nor are those of what a closing brace destroys.
    # gcovr 5 waits for ever if a worker met a line that it can't read: it is told to go on, and never given more than ten minutes.
    if ! logged coverage-collect timeout 600 gcovr --gcov-ignore-parse-errors --root "$root" --object-directory "$root/build/coverage" -j "$jobs" --exclude-throw-branches \
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
        --quick) parts+=(quick) ;;
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
[[ " ${parts[*]} " =~ \ (coverage|fuzz)\  ]] && groups+=(full)
[[ " ${parts[*]} " =~ \ (dev|release)\  ]] && groups+=(full deploy)
"$root/deploy/install.sh" "${groups[@]}"

for part in "${parts[@]}"; do
    began=$SECONDS
    "part_$part"
    echo "part $part took $((SECONDS - began)) s"
done

echo "took $SECONDS s"
verdict="$passed passed, $failed failed"
((skipped)) && verdict+=", $skipped skipped"
echo "$verdict"
((failed == 0 && passed > 0))
