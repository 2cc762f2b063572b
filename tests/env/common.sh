# common.sh: what the scripts of tests/env share; read with `.`, never run.
#
# Everything they make lies in one folder, $MORTAR_ENV_DIR: removing it (with the engine
# stopped) gives a machine as it was, but for the packages and the images of a foreign engine.

MORTAR_ENV_DIR=${MORTAR_ENV_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/mortar-env}
ENV_HERE=$(cd "$(dirname "$0")" && pwd)

# The images the example and the tests stand on; the revision goes up when their making changes.
BASE_IMAGE=mortar-example-base:12
BASE_IMAGE_GPU=mortar-example-base:12-gpu
BUSYBOX_IMAGE=mortar-test-busybox:1
BASE_REVISION=1

# The package index for a machine that PyPI does not answer; the base image has the port written in it.
INDEX_PORT=8765
INDEX_URL=http://127.0.0.1:$INDEX_PORT/simple/

# Debian's client: another one in front of it in PATH may lack its builder's plugin.
DOCKER=/usr/bin/docker
[ -x "$DOCKER" ] || DOCKER=docker

# Debian's interpreter: no version manager's shim that a change of folder turns into another.
PYTHON=/usr/bin/python3
[ -x "$PYTHON" ] || PYTHON=python3

say() { echo "${0##*/}: $*"; }
complain() { echo "${0##*/}: $*" >&2; }
die() { complain "$*"; exit 1; }

# Runs its arguments as root; says what to do where that cannot be.
as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif command -v sudo >/dev/null 2>&1; then
		sudo "$@"
	else
		die "needs root and there is no sudo; as root, run: $*"
	fi
}

# wait_for SECONDS COMMAND...: 0 as soon as the command succeeds, 1 after the deadline.
wait_for() {
	wait_tries=$(($1 * 10))
	shift
	while ! "$@"; do
		wait_tries=$((wait_tries - 1))
		[ "$wait_tries" -gt 0 ] || return 1
		sleep 0.1
	done
}

# is_process PIDFILE WORD: the process of the file lives and its command line has the word
# (a pid left by a crash may be another program's by now).
is_process() {
	[ -s "$1" ] && tr '\0' ' ' 2>/dev/null <"/proc/$(cat "$1")/cmdline" | grep -qF -e "$2"
}
