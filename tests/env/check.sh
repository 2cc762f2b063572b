#!/bin/sh
# check.sh [classic|buildkit|buildah]...: proves that this machine can build and run the example.
#
# Lays the example's workspace out by hand (workspace.py), builds it with the plain clients, runs
# the image and asks the service. mortar has no part in it: what fails here fails for it too.
# Needs engine.sh, base-image.sh and index.sh to have done their work.
set -eu
. "$(dirname "$0")/common.sh"

# What goes into the service and a word that must come out.
REQUEST='{"pixels": [[0,0,0,0,0,0],[0,9,9,0,0,0],[0,9,9,0,0,0],[0,0,0,0,0,0]], "metadata": {"scene": 7}}'
WORD='"kind": "cargo"'

ask() {
	"$PYTHON" -B - "$1" <<-'END'
	import sys, urllib.request
	print(urllib.request.urlopen(sys.argv[1] + "/api/v1/health", timeout=2).read().decode())
	END
}

ask_process() {
	"$PYTHON" -B - "$1" "$REQUEST" <<-'END'
	import sys, urllib.request
	request = urllib.request.Request(sys.argv[1] + "/api/v1/process", sys.argv[2].encode())
	print(urllib.request.urlopen(request, timeout=5).read().decode())
	END
}

service_answers() { ask "$1" >/dev/null 2>&1; }

# expect_service URL NAME
expect_service() {
	wait_for 20 service_answers "$1" || die "$2: the service does not answer at $1"
	answer=$(ask_process "$1")
	case $answer in
	*"$WORD"*'"profile": "gpu"'*) ;;
	*) die "$2: the service answered $answer" ;;
	esac
}

# check_docker NAME DOCKER_BUILDKIT
check_docker() {
	image=mortar-env-check:$1
	DOCKER_BUILDKIT=$2 "$DOCKER" build --network host -t "$image" "$workspace" >"$workspace.log" 2>&1 ||
		{ tail -n 20 "$workspace.log" >&2; die "$1: the build failed"; }
	container=$("$DOCKER" run -d --network host -e PESTO_PORT="$port" "$image")
	expect_service "http://127.0.0.1:$port" "$1"
	"$DOCKER" exec "$container" sh -c 'echo "$SHIP_TITLE, $SHIP_DEVICE, $PATH, $PYTHONPATH"'
	"$DOCKER" rm -f "$container" >/dev/null
	"$DOCKER" rmi "$image" >/dev/null
	container=
}

check_buildah() {
	image=localhost/mortar-env-check:buildah
	buildah bud --layers --isolation chroot --format docker -t "$image" "$workspace" \
		>"$workspace.log" 2>&1 ||
		{ tail -n 20 "$workspace.log" >&2; die "buildah: the build failed"; }
	worker=$(buildah from --pull-never "$image")
	PESTO_PORT=$port buildah run --isolation chroot --env PESTO_PORT="$port" "$worker" processing \
		>"$workspace.log" 2>&1 &
	service=$!
	expect_service "http://127.0.0.1:$port" buildah
	kill "$service" 2>/dev/null || true
	wait "$service" 2>/dev/null || true
	service=
	buildah rm "$worker" >/dev/null
	buildah rmi "$image" >/dev/null
	worker=
}

clean() {
	[ -z "$container" ] || "$DOCKER" rm -f "$container" >/dev/null
	[ -z "$service" ] || kill "$service" 2>/dev/null || true
	[ -z "$worker" ] || buildah rm "$worker" >/dev/null
	rm -rf "$workspace" "$workspace.log"
}

container="" service="" worker=""
workspace=$(mktemp -d "${TMPDIR:-/tmp}/mortar-check.XXXXXX")
trap clean EXIT
trap 'exit 130' INT TERM
port=$("$PYTHON" -c 'import socket; s = socket.socket(); s.bind(("", 0)); print(s.getsockname()[1])')
"$PYTHON" -B "$ENV_HERE/workspace.py" "$workspace"

[ $# -gt 0 ] || set -- classic buildkit buildah
for engine; do
	case $engine in
	classic) check_docker classic 0 ;;
	buildkit) check_docker buildkit 1 ;;
	buildah) check_buildah ;;
	*) complain "usage: check.sh [classic|buildkit|buildah]..."; exit 2 ;;
	esac
	say "$engine: the example builds, runs and answers"
done
