# common.sh: what the scripts of tests/env share; read with `.`, never run.
#
# Everything they make lies in one folder, $MORTAR_ENV_DIR: removing it (with the engine
# stopped) gives a machine as it was, but for the packages and the images of a foreign engine.

# dockerd, debootstrap and iptables lie where Debian's users do not look.
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

MORTAR_ENV_DIR=${MORTAR_ENV_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/mortar-env}
ENV_HERE=$(cd "$(dirname "$0")" && pwd)

# The images the example and the tests stand on; the revision goes up when their making changes.
BASE_IMAGE=mortar-example-base:12
BASE_IMAGE_GPU=mortar-example-base:12-gpu
BUSYBOX_IMAGE=mortar-test-busybox:1
POETRY_IMAGE=mortar-test-poetry:12
PYTHON_IMAGE=mortar-test-python:12
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

# Debian's rootless buildah would copy whole trees (vfs) though kernels since 5.13 need not; who has
# chosen, or has images that way, keeps it.
storage=${XDG_DATA_HOME:-$HOME/.local/share}/containers/storage
if [ "$(id -u)" != 0 ] && [ ! -e "$storage/vfs" ] && [ -z "${STORAGE_DRIVER:-}" ] &&
   [ ! -e "${XDG_CONFIG_HOME:-$HOME/.config}/containers/storage.conf" ]; then
	export STORAGE_DRIVER=overlay
fi

say() { echo "${0##*/}: $*"; }
complain() { echo "${0##*/}: $*" >&2; }
die() { complain "$*"; exit 1; }

# may_be_root: by sudo even if it has to ask for a password, but only where somebody can type it.
may_be_root() {
	[ "$(id -u)" = 0 ] && return 0
	command -v sudo >/dev/null 2>&1 || return 1
	sudo -n true 2>/dev/null || [ -t 0 ]
}

# need_root WHAT COMMAND...: where root cannot be had, prints the commands to run as root, exit 1.
need_root() {
	may_be_root && return 0
	complain "$1, which takes root, and neither root nor sudo is to be had; as root, run:"
	shift
	printf '    %s\n' "$@" >&2
	exit 1
}

# as_root COMMAND...: need_root comes first.
as_root() {
	if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
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
