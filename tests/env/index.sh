#!/bin/sh
# index.sh start|stop|status: a loopback package index for the images' pip (see index.py).
#
# start   does nothing when the index runs already, nor when PyPI answers
# stop    stops it if `start` started it
# status  says what pip will find; exit 1 for nothing
set -eu
. "$(dirname "$0")/common.sh"

PID_FILE=$MORTAR_ENV_DIR/index.pid
LOG_FILE=$MORTAR_ENV_DIR/index.log
WHEELS=$MORTAR_ENV_DIR/wheels

index() { "$PYTHON" -B "$ENV_HERE/index.py" "$@"; }

index_answers() { index probe "$INDEX_PORT"; }

index_start() {
	command -v "$PYTHON" >/dev/null || die "python3 is missing; run tests/env/packages.sh demo"
	mkdir -p "$MORTAR_ENV_DIR"
	found=0
	index_answers || found=$?
	case $found in
	0) index build "$WHEELS"; return 0 ;;
	1) ;;
	*) die "port $INDEX_PORT of 127.0.0.1 is taken by another server; free it" ;;
	esac
	if index pypi; then
		say "PyPI answers; no index needed"
		return 0
	fi
	index build "$WHEELS"
	setsid "$PYTHON" -B "$ENV_HERE/index.py" serve "$WHEELS" "$INDEX_PORT" \
		</dev/null >"$LOG_FILE" 2>&1 &
	echo $! >"$PID_FILE"
	wait_for 10 index_answers || { tail "$LOG_FILE" >&2; die "the index did not start"; }
	say "index started at $INDEX_URL, log $LOG_FILE"
}

index_stop() {
	if ! is_process "$PID_FILE" index.py; then
		say "no index was started here; nothing to stop"
		return 0
	fi
	kill "$(cat "$PID_FILE")"
	rm -f "$PID_FILE"
	say "index stopped"
}

index_status() {
	if index_answers; then
		say "the index answers at $INDEX_URL"
	elif index pypi; then
		say "PyPI answers; no index runs"
	else
		say "neither PyPI nor an index answers"
		return 1
	fi
}

case ${1:-} in
start) index_start ;;
stop) index_stop ;;
status) index_status ;;
*) complain "usage: index.sh start|stop|status"; exit 2 ;;
esac
