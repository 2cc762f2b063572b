#!/bin/sh
# engine.sh start|stop|status: an engine for the demo and the tests.
#
# start   starts Debian's dockerd when none answers; one that answers is used as it is
# stop    stops it if `start` started it, else leaves it alone
# status  says what answers; exit 1 when nothing does
#
# The daemon keeps its images in $MORTAR_ENV_DIR/docker, so it never touches those of a daemon
# that is only switched off. It listens where DOCKER_HOST says if that is a unix socket, else at
# /var/run/docker.sock; a tcp DOCKER_HOST that does not answer is an error.
set -eu
. "$(dirname "$0")/common.sh"

PID_FILE=$MORTAR_ENV_DIR/dockerd.pid
LOG_FILE=$MORTAR_ENV_DIR/dockerd.log
DATA_ROOT=$MORTAR_ENV_DIR/docker
# Its own containerd has a socket there: a path of at most 108 bytes, so not in a deep home.
EXEC_ROOT=/run/mortar-env-$(echo "$MORTAR_ENV_DIR" | cksum | cut -d" " -f1)

engine_version() {
	timeout 10 "$DOCKER" version --format '{{.Server.Version}}' 2>/dev/null
}

engine_answers() { engine_version >/dev/null; }

engine_is_ours() { is_process "$PID_FILE" "$DATA_ROOT"; }

engine_socket() {
	case ${DOCKER_HOST:-} in
	'') echo /var/run/docker.sock ;;
	unix://*) echo "${DOCKER_HOST#unix://}" ;;
	*) die "no engine answers at DOCKER_HOST=$DOCKER_HOST; start it, or unset DOCKER_HOST" ;;
	esac
}

# engine_has_listener SOCKET: somebody listens there, even if this user may not speak to it (flag
# 00010000 of /proc/net/unix). A daemon started at the same path would take its place.
engine_has_listener() {
	awk -v name="${1#/var}" '$4 == "00010000" && ($8 == name || $8 == "/var" name) { found = 1 }
		END { exit !found }' /proc/net/unix
}

# engine_launch SOCKET OPTION...: in its own session, so that no terminal takes it along.
engine_launch() {
	launch_socket=$1
	shift
	: >"$LOG_FILE"
	rm -f "$PID_FILE"
	as_root setsid dockerd --host "unix://$launch_socket" --group "$(id -gn)" \
		--data-root "$DATA_ROOT" --exec-root "$EXEC_ROOT" --pidfile "$PID_FILE" \
		--log-level warn "$@" </dev/null >>"$LOG_FILE" 2>&1 &
	launch_job=$!
	wait_for 60 engine_is_settled "$launch_job" && engine_answers
}

# Answers, or has given up: both end the wait.
engine_is_settled() { ! kill -0 "$1" 2>/dev/null || engine_answers; }

engine_log_says_net() { grep -qiE 'iptables|bridge|NAT chain' "$LOG_FILE"; }

engine_start() {
	if engine_answers; then
		return 0
	fi
	command -v dockerd >/dev/null || die "dockerd is missing; run tests/env/packages.sh demo"
	socket=$(engine_socket)
	if engine_has_listener "$socket"; then
		complain "an engine listens at $socket but does not let $(id -un) in; as root, run:"
		echo "    adduser $(id -un) docker" >&2
		die "and log in again"
	fi
	need_root "no engine answers, and one has to be started" \
		"dockerd --host unix://$socket --group $(id -gn) >/var/log/dockerd.log 2>&1 &"
	as_root true    # A password is asked for here, not behind the wait.
	mkdir -p "$MORTAR_ENV_DIR"
	if engine_launch "$socket"; then
		say "dockerd $(engine_version) started at $socket, log $LOG_FILE"
		return 0
	fi
	# A sandbox may lack netfilter, or bridges too; builds and runs with --network host need
	# neither. Without a bridge only where there is none: dockerd would remove another's docker0.
	if engine_log_says_net && engine_launch "$socket" --iptables=false --ip6tables=false; then
		say "dockerd started at $socket without netfilter: use --network host"
		return 0
	fi
	if engine_log_says_net && [ ! -e /sys/class/net/docker0 ] &&
	   engine_launch "$socket" --iptables=false --ip6tables=false --bridge=none; then
		say "dockerd started at $socket without a bridge: only --network host works"
		return 0
	fi
	tail -n 20 "$LOG_FILE" >&2
	die "dockerd did not start; its log is $LOG_FILE"
}

engine_stop() {
	if ! engine_is_ours; then
		say "no engine was started here; nothing to stop"
		return 0
	fi
	pid=$(cat "$PID_FILE")
	as_root kill "$pid"
	if ! wait_for 30 engine_is_gone "$pid"; then
		as_root kill -9 "$pid"
	fi
	rm -f "$PID_FILE" 2>/dev/null || as_root rm -f "$PID_FILE"
	say "dockerd stopped"
}

engine_is_gone() { [ ! -d "/proc/$1" ]; }

engine_status() {
	version=$(engine_version) || { say "no engine answers"; return 1; }
	if engine_is_ours; then
		say "dockerd $version, started here (pid $(cat "$PID_FILE"), log $LOG_FILE)"
	else
		say "an engine answers: $version, not started here"
	fi
}

case ${1:-} in
start) engine_start ;;
stop) engine_stop ;;
status) engine_status ;;
*) complain "usage: engine.sh start|stop|status"; exit 2 ;;
esac
