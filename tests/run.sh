#!/bin/sh
# run.sh MODE - run the tests and sum them up as "N passed, N failed".
#
# MODE: unit, lint, check (both), e2e, fuzz, all (everything).  Of e2e, engines is what
# builds on engines and screens the rest; of all, beside is what runs at the same time as
# engines.  Every part prints TAP ("ok …", "not ok …"); a part that ends badly without a
# "not ok" counts as one failure.  BUILD names the folder of the binaries (default build).
set -u
cd "$(dirname "$0")/.." || exit 2
BUILD=${BUILD:-build}
LOGS=$BUILD/logs
mkdir -p "$LOGS"
passed=0 failed=0

# What failed, once more and in short, for the end.
FAILURES=${FAILURES:-$LOGS/failures}

# tally NAME STATUS LOG SECONDS: add up one part's TAP and show what failed.
tally() {
	ok=$(grep -c '^ok' "$3")
	bad=$(grep -c '^not ok' "$3")
	if [ "$2" -ne 0 ] && [ "$bad" -eq 0 ]; then bad=1; fi
	if [ "$2" -eq 0 ] && [ "$ok" -eq 0 ] && [ "$bad" -eq 0 ]; then bad=1; fi
	passed=$((passed + ok)) failed=$((failed + bad))
	if [ "$bad" -gt 0 ]; then
		printf 'FAILED %s (status %s)\n' "$1" "$2"
		sed 's/^/    /' "$3" | tail -n 60
		{
			printf '%s (status %s, %s s)\n' "$1" "$2" "$4"
			if grep -q '^not ok' "$3"; then grep -A 6 '^not ok' "$3"; else tail -n 8 "$3"; fi |
				cut -c 1-200 | head -n 24
		} >>"$FAILURES"
	else
		printf '%-44s %4d %5s s\n' "$1" "$ok" "$4"
	fi
}

part() {
	name=$1; shift
	log=$LOGS/$(echo "$name" | tr '/ ' '__').log
	since=$(date +%s)
	"$@" >"$log" 2>&1
	tally "$name" $? "$log" $(($(date +%s) - since))
}

run_unit() {
	for t in $(find tests/core tests/tui -name '*.c' 2>/dev/null | sort); do
		t=${t%.c}
		CMOCKA_MESSAGE_OUTPUT=TAP part "$t" timeout 300 "$BUILD/$t"
	done
}

run_lint() {
	for t in tests/lint/*.sh; do
		part "$t" sh "$t"
	done
}

# Tests of engines share their images and caches: only one of them runs at a time, but for those
# that say "# lane: beside", whose images and builds are nobody else's.
run_e2e() {
	seconds=900
	[ "${MORTAR_SOAK:-}" = 1 ] && seconds=7200
	for t in tests/e2e/*.test; do
		kind=screens
		grep -qE 'base_make|podman_start|buildah|\$DOCKER|ENGINES' "$t" &&
			! grep -q '^# lane: beside' "$t" && kind=engines
		case ${1:-$kind} in
		"$kind") part "$t" timeout "${E2E_TIMEOUT:-$seconds}" sh "$t" ;;
		esac
	done
}

# The engine and the index end with us, however we end.
run_prepared() {
	trap 'sh tests/env/release.sh' EXIT
	trap 'exit 130' INT TERM HUP
	if sh tests/env/prepare.sh; then
		run_e2e "$@"
	else
		echo "FAILED: the test environment could not be prepared" | tee -a "$FAILURES"
		failed=$((failed + 1))
	fi
	trap - EXIT
	sh tests/env/release.sh
}

run_fuzz() {
	seconds=${FUZZ_SECONDS:-2}
	[ "${MORTAR_SOAK:-}" = 1 ] && seconds=600
	for f in tests/fuzz/fuzz_*.c; do
		name=$(basename "$f" .c)
		part "fuzz/$name" sh tests/fuzz/run.sh "$BUILD/fuzz/$name" "tests/fuzz/corpus/${name#fuzz_}" "$seconds"
	done
}

run_beside() {
	run_lint
	run_unit
	if command -v clang >/dev/null; then
		# One build for both: clang's warnings are errors, and the fuzzers need its objects.
		# Not `mortar`, which would take the place of the program that is tested.
		make --no-print-directory -j"$(nproc)" CC=clang BUILD="$BUILD-fuzz" SAN=1 \
			CFLAGS="-O1 -g -fsanitize=fuzzer-no-link" "$BUILD-fuzz/mortar" fuzzers >"$LOGS/clang.log" 2>&1 &&
			echo "ok clang builds it without a warning" >"$LOGS/clang.tap" ||
			{ grep -A 4 error: "$LOGS/clang.log"; echo "not ok clang builds it without a warning"; } >"$LOGS/clang.tap"
		part clang cat "$LOGS/clang.tap"
		BUILD=$BUILD-fuzz run_fuzz
	fi
	run_prepared screens
}

# The sums of another of these in a log of its own.
add_sums() {
	sum=$(grep -E '^[0-9]+ passed, [0-9]+ failed$' "$1" | tail -n 1)
	grep -vxF "${sum:-nothing}" "$1"
	sum=${sum:-0 passed, 1 failed}
	passed=$((passed + ${sum%% *})) sum=${sum#*, }
	failed=$((failed + ${sum%% *}))
}

run_all() {
	make --no-print-directory -j"$(nproc)" mortar test-binaries >"$LOGS/make.log" 2>&1 ||
		{ tail -n 40 "$LOGS/make.log"; echo "0 passed, 1 failed"; exit 1; }
	FAILURES=$LOGS/failures-beside sh tests/run.sh beside >"$LOGS/beside.log" 2>&1 &
	run_prepared engines
	wait $!
	add_sums "$LOGS/beside.log"
	cat "$LOGS/failures-beside" >>"$FAILURES"
}

: >"$FAILURES"
case ${1:-check} in
unit) run_unit ;;
lint) run_lint ;;
check) run_lint; run_unit ;;
e2e) run_prepared ;;
engines|screens) run_prepared "$1" ;;
beside) run_beside ;;
fuzz) run_fuzz ;;
all) run_all ;;
*) echo "usage: run.sh unit|lint|check|e2e|engines|screens|fuzz|beside|all" >&2; exit 2 ;;
esac

[ ! -s "$FAILURES" ] || { echo "What failed:"; sed 's/^/  /' "$FAILURES"; }
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
