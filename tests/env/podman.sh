#!/bin/sh
# podman.sh start|stop DIR [IMAGE]...: a podman service of the caller's own, all of it in DIR.
#
# start  gives it the images, which buildah has (base-image.sh), and prints its address; the
#        service's log is DIR/podman.log
# stop   ends it and removes its images
#
# Its store is its own: in one that is shared, a build fails while somebody else removes images.
# runc and cgroupfs, since a sandbox may have neither crun nor systemd.
set -eu
. "$(dirname "$0")/common.sh"
unset CONTAINER_HOST    # else podman is a client of what is there

podman_answers() {
	[ -S "$PODMAN_SOCKET" ] && podman --remote --url "unix://$PODMAN_SOCKET" version >/dev/null 2>&1
}

podman_is_settled() { ! kill -0 "$1" 2>/dev/null || podman_answers; }

podman_start() {
	command -v podman >/dev/null || die "podman is missing; run tests/env/packages.sh test"
	for image; do
		buildah push -q "localhost/$image" \
			"containers-storage:[overlay@$PODMAN_DIR/storage+$PODMAN_DIR/run]localhost/$image" >&2
	done
	runtime=
	command -v crun >/dev/null || runtime="--runtime $(command -v runc)"
	# podman asks for more open files than a sandbox may allow (4.3: 1048576), and then starts
	# no container.
	limits=$(ulimit -Hn)
	if [ "$limits" != unlimited ] && [ "$limits" -lt 1048576 ]; then
		printf '[containers]\ndefault_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]\n' >"$PODMAN_DIR/containers.conf"
		export CONTAINERS_CONF="$PODMAN_DIR/containers.conf"
	fi
	# What a killed service leaves goes with the rest.
	mkdir -p "$PODMAN_DIR/scratch"
	TMPDIR=$PODMAN_DIR/scratch setsid podman --root "$PODMAN_DIR/storage" --runroot "$PODMAN_DIR/run" --tmpdir "$PODMAN_DIR/tmp" \
		--storage-driver overlay $runtime --cgroup-manager cgroupfs system service --time 0 \
		"unix://$PODMAN_SOCKET" </dev/null >"$PODMAN_DIR/podman.log" 2>&1 &
	echo $! >"$PODMAN_DIR/podman.pid"
	if wait_for 30 podman_is_settled $! && podman_answers; then
		echo "unix://$PODMAN_SOCKET"
		return 0
	fi
	tail -n 20 "$PODMAN_DIR/podman.log" >&2
	die "podman's service did not start"
}

podman_is_gone() { [ ! -d "/proc/$1" ]; }

podman_stop() {
	if is_process "$PODMAN_DIR/podman.pid" "$PODMAN_SOCKET"; then
		pid=$(cat "$PODMAN_DIR/podman.pid")
		kill "$pid"
		wait_for 10 podman_is_gone "$pid" || kill -9 "$pid"
	fi
	rm -f "$PODMAN_DIR/podman.pid" "$PODMAN_SOCKET"
	if [ "$(id -u)" = 0 ]; then
		for mounted in $(awk -v dir="$PODMAN_DIR/" 'index($2, dir) == 1 { print $2 }' /proc/mounts | sort -r); do
			umount "$mounted"
		done
		rm -rf "$PODMAN_DIR/storage" "$PODMAN_DIR/run" "$PODMAN_DIR/tmp" "$PODMAN_DIR/scratch"
	else
		podman unshare rm -rf "$PODMAN_DIR/storage" "$PODMAN_DIR/run" "$PODMAN_DIR/tmp" "$PODMAN_DIR/scratch"
	fi
}

PODMAN_DIR=${2:-}
[ $# -ge 2 ] && [ -d "$PODMAN_DIR" ] || { complain "usage: podman.sh start|stop DIR [IMAGE]..."; exit 2; }
PODMAN_SOCKET=$PODMAN_DIR/podman.sock
verb=$1
shift 2
case $verb in
start) podman_start "$@" ;;
stop) podman_stop ;;
*) complain "usage: podman.sh start|stop DIR [IMAGE]..."; exit 2 ;;
esac
