#!/bin/sh
# run.sh FUZZER CORPUS SECONDS - one fuzz target on its kept corpus; prints one TAP line.
set -u
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
mkdir -p "$work/new"
if ASAN_OPTIONS=detect_leaks=1 "$1" -max_total_time="$3" -timeout=10 -rss_limit_mb=2048 -print_final_stats=0 \
	-artifact_prefix="$work/" "$work/new" "$2" >"$work/log" 2>&1
then
	echo "ok $(basename "$1") $(grep -o '^#[0-9]*' "$work/log" | tail -n 1)"
else
	tail -n 40 "$work/log"
	for f in "$work"/crash-* "$work"/oom-* "$work"/timeout-* "$work"/leak-*; do
		[ -e "$f" ] && { echo "input $f:"; base64 "$f" | head -n 20; }
	done
	echo "not ok $(basename "$1")"
	exit 1
fi
