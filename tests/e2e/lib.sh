# lib.sh: what the end-to-end tests share; read with `.` from the checkout's root, never run.
#
# A test prints TAP: `ok - TEXT`, or `not ok - TEXT` with the evidence behind `# `.  mortar keeps
# all it writes in $T, which is removed at the end together with the images named $U….
# MORTAR names another executable; GOLDEN_WRITE=1 writes the golden files instead of comparing.
set -u
. tests/env/common.sh
export LC_ALL=C.UTF-8 TERM=dumb

MORTAR=${MORTAR:-$PWD/mortar}
GOLDEN=$PWD/tests/fixtures/e2e
EXAMPLES=$PWD/docs/examples
TEST=$(basename "$0" .test)
T=$(mktemp -d "${TMPDIR:-/tmp}/e2e.XXXXXX")
# Names and labels of images and words in argv: nobody else's on this machine.
U=mortar-e2e-$TEST-$(basename "$T" | cut -d. -f2 | tr 'A-Z' 'a-z')-$$
failures=0

# The images of a rootless buildah stay where they are.
export XDG_DATA_HOME="${XDG_DATA_HOME:-$HOME/.local/share}"
export HOME=$T/home XDG_STATE_HOME=$T/state XDG_CACHE_HOME=$T/cache XDG_CONFIG_HOME=$T/config
unset PESTO_WORKSPACE PIP_CONFIG_FILE PIP_EXTRA_INDEX_URL NO_COLOR DOCKER_BUILDKIT DOCKER_CONTEXT
# No podman of this machine's: podman_start makes one there.
export CONTAINER_HOST=unix://$T/service/podman.sock
mkdir -p "$HOME" "$XDG_STATE_HOME" "$XDG_CACHE_HOME" "$XDG_CONFIG_HOME/mortar"
OUT=$T/out ERR=$T/err code=0
: >"$OUT"; : >"$ERR"

# -- TAP ---------------------------------------------------------------------------------------

ok() { echo "ok - $1"; }

# not_ok TEXT [FILE]…: the files are the evidence.
not_ok() {
	echo "not ok - $1"
	failures=$((failures + 1))
	shift
	for evidence; do
		[ -s "$evidence" ] || continue
		echo "# ${evidence#"$T"/}:"
		head -n 40 "$evidence" | cut -c 1-300 | sed 's/^/#   /' | cat -v
		echo
	done
}

# check TEXT COMMAND…: the command succeeds.
check() {
	check_text=$1
	shift
	if "$@" >"$T/check" 2>&1; then ok "$check_text"; else not_ok "$check_text ($*)" "$T/check" "$OUT" "$ERR"; fi
}

# same TEXT WANTED GOT: two files with the same bytes.
same() {
	if diff -u "$2" "$3" >"$T/diff" 2>&1; then ok "$1"; else not_ok "$1" "$T/diff"; fi
}

# is TEXT WANTED GOT: two strings.
is() {
	if [ "$2" = "$3" ]; then ok "$1"; else
		not_ok "$1"
		printf '# wanted: %s\n#    got: %s\n' "$2" "$3" | cat -v
	fi
}

# has TEXT PATTERN FILE: a line matches.
has() {
	if grep -qE -e "$2" "$3"; then ok "$1"; else not_ok "$1 (no line matches $2)" "$3"; fi
}

# has_not TEXT PATTERN FILE
has_not() {
	if grep -nE -e "$2" "$3" >"$T/check"; then not_ok "$1 (a line matches $2)" "$T/check"; else ok "$1"; fi
}

# golden TEXT NAME GOT: as the file of that name in tests/fixtures/e2e.
golden() {
	if [ -n "${GOLDEN_WRITE:-}" ]; then cp "$3" "$GOLDEN/$2"; fi
	same "$1" "$GOLDEN/$2" "$3"
}

# -- mortar ------------------------------------------------------------------------------------

# mortar ARGUMENT…: its output is in $OUT and $ERR, its exit code in $code.
mortar() {
	code=0
	"$MORTAR" "$@" >"$OUT" 2>"$ERR" </dev/null || code=$?
}

# exits CODE TEXT: what mortar has just done.
exits() {
	if [ "$code" -eq "$1" ]; then ok "$2: exit $1"; else not_ok "$2: exit $code, wanted $1" "$OUT" "$ERR"; fi
}

# The newest build's folder, and an event's fields in its journal.
build_dir() { ls -d "$XDG_STATE_HOME"/mortar/builds/*/ 2>/dev/null | sort | tail -n 1; }
journal_of() { cat "$XDG_STATE_HOME/mortar/builds/$1/journal"; }
journal_has() { journal_of "$1" 2>/dev/null | grep -q "\"ev\":\"$2\""; }
build_state() { "$MORTAR" history --json | jq -r --arg id "$1" '.[] | select(.id == $id) | .state'; }
build_is() { [ "$(build_state "$1")" = "$2" ]; }
job_pid() { journal_of "$1" | jq -r 'select(.ev == "build.start") | .pid'; }

# soak REDUCED FULL: how often, or for how long: `make test` takes the first number, `make soak` the second.
soak() { if [ -n "${MORTAR_SOAK:-}" ]; then echo "$2"; else echo "$1"; fi; }

# -- waiting -----------------------------------------------------------------------------------

now_ms() { echo $(($(date +%s%N) / 1000000)); }

# until_ms MILLISECONDS COMMAND…: 0 as soon as the command succeeds, 1 after the deadline.
until_ms() {
	until_end=$(($(now_ms) + $1))
	shift
	while ! "$@"; do
		[ "$(now_ms)" -lt "$until_end" ] || return 1
		sleep 0.02
	done
}

gone() { ! kill -0 "$1" 2>/dev/null; }

# A number of seconds that nobody else sleeps: so a RUN's process is found wherever it hangs.
NAP=75.$(printf '%06d' $(($$ % 1000000)))
nap_pids() {
	ps -eo pid,args | awk -v nap="sleep $NAP" '{ pid = $1 ""; sub(/^ *[0-9]+ /, "") } $0 == nap { print pid }'
}
napping() { [ -n "$(nap_pids)" ]; }
woken() { [ -z "$(nap_pids)" ]; }
nap_end() { for nap in $(nap_pids); do as_root kill -9 "$nap"; done; }

# -- images ------------------------------------------------------------------------------------

# base_make STORE NAME SCRIPT (docker, buildah, or the podman of podman_start): an image $U-NAME:1 on busybox whose `pip` succeeds at once, but for
# what an install.sh in the folder to be installed does; its `python3`, which is what the second
# RUN of a PESTO build calls, is the script (without SCRIPT: stdin).
base_make() {
	[ $# -eq 3 ] || set -- "$1" "$2" "$(cat)"
	base_dir=$T/base-$2
	mkdir -p "$base_dir"
	printf '#!/bin/sh\n%s\n' "$3" >"$base_dir/python3"
	cat >"$base_dir/pip" <<-'END'
	#!/bin/sh
	echo "pip $*"
	[ ! -f "$2/install.sh" ] || . "$2/install.sh"
	END
	chmod 755 "$base_dir/python3" "$base_dir/pip"
	case $1 in
	docker)
		printf 'FROM %s\nLABEL mortar.e2e=%s\nCOPY python3 pip /bin/\n' "$BUSYBOX_IMAGE" "$U" \
			>"$base_dir/Dockerfile"
		DOCKER_BUILDKIT=0 "$DOCKER" build -q -t "$U-$2:1" "$base_dir" >"$T/base.log" 2>&1 ;;
	podman)
		printf 'FROM localhost/%s\nCOPY python3 pip /bin/\n' "$BUSYBOX_IMAGE" >"$base_dir/Dockerfile"
		podman --remote build -q -t "localhost/$U-$2:1" "$base_dir" >"$T/base.log" 2>&1 ;;
	buildah)
		base_worker=$(buildah from --pull-never "localhost/$BUSYBOX_IMAGE") &&
		buildah copy -q "$base_worker" "$base_dir/python3" "$base_dir/pip" /bin/ >"$T/base.log" 2>&1 &&
		buildah config --label "mortar.e2e=$U" "$base_worker" &&
		buildah commit -q --format docker "$base_worker" "localhost/$U-$2:1" >>"$T/base.log" 2>&1
		base_status=$?
		[ -z "$base_worker" ] || buildah rm "$base_worker" >/dev/null
		return $base_status ;;
	esac || { not_ok "the base image $U-$2:1 is made for $1" "$T/base.log"; exit 1; }
}

# project_make DIR BASE-IMAGE: a small PESTO project named $U; its algorithm is one file.
project_make() {
	mkdir -p "$1"
	cp -r "$EXAMPLES/manual-xxx/." "$1"
	rm -f "$1"/pesto/api/*.p?.json
	printf '{\n    "name": "%s",\n    "version": "1",\n    "workspace": null,\n    "algorithm_path": null\n}\n' \
		"$U" >"$1/pesto/build/build.json"
	printf '{\n    "environments": {},\n    "requirements": {},\n    "dockerBaseImage": "%s"\n}\n' \
		"$2" >"$1/pesto/build/requirements.json"
	echo 'one = 1' >"$1/algorithm.py"
}

images_untag_docker() {
	for i in $("$DOCKER" images --format '{{.Repository}}:{{.Tag}}' --filter "reference=$U*"); do
		"$DOCKER" rmi -f "$i"
	done
}

# Containers first: an image in use cannot be removed; nor can the base while there are images on
# it, which have no name where a later build took it.
images_remove_docker() {
	for c in $("$DOCKER" ps -aq --filter "label=mortar.e2e=$U"); do "$DOCKER" rm -f "$c"; done
	images_untag_docker
	"$DOCKER" image prune -f --filter "label=mortar.e2e=$U"
	images_untag_docker
}

# buildah_workers: the working containers on any of our images, named or not.
buildah_workers() {
	buildah images -aq --no-trunc --filter "label=mortar.e2e=$U" | sed 's/^sha256://' >"$T/ours"
	buildah containers --json | jq -r --rawfile ours "$T/ours" '.[]? | select(.imageid != "" and (.imageid as $i | $ours | contains($i))).id'
}

images_remove_buildah() {
	for c in $(buildah_workers); do buildah rm "$c"; done
	for i in $(buildah images -aq --filter "label=mortar.e2e=$U"; buildah images -q --filter "reference=$U*"); do
		buildah rmi -f "$i"
	done
}

# buildah_own [IMAGE]…: a store for buildah of this test's own, which knows these images. In one
# that is shared a build fails ("layer not known") while another test removes images.
buildah_own() {
	mkdir -p "$T/buildah"
	for image; do
		buildah push -q "localhost/$image" \
			"containers-storage:[vfs@$T/buildah/root+$T/buildah/run]localhost/$image" >"$T/buildah.log" 2>&1 ||
			{ not_ok "buildah has a store of its own" "$T/buildah.log"; exit 1; }
	done
	printf '[storage]\ndriver = "vfs"\ngraphroot = "%s"\nrunroot = "%s"\n' \
		"$T/buildah/root" "$T/buildah/run" >"$T/storage.conf"
	export CONTAINERS_STORAGE_CONF=$T/storage.conf
}

# -- podman --------------------------------------------------------------------------------------

# podman_start [IMAGE]…: a service for this test, at CONTAINER_HOST, which knows these images.
podman_start() {
	mkdir -p "$T/service"
	sh tests/env/podman.sh start "$T/service" "$@" >"$T/podman.address" 2>"$T/podman.err" ||
		{ not_ok "a podman service starts" "$T/podman.err"; exit 1; }
}
podman_stop() { [ ! -d "$T/service" ] || sh tests/env/podman.sh stop "$T/service"; }
# The working containers it has.
podman_workers() { podman --remote ps -aq --external; }

# -- the end -----------------------------------------------------------------------------------

# A test's own clean-up: it may define it anew.
cleanup() { :; }

lib_leave() {
	lib_status=$?
	trap - EXIT INT TERM
	cleanup >/dev/null 2>&1
	nap_end >/dev/null 2>&1
	for id in $("$MORTAR" history --json 2>/dev/null | jq -r '.[] | select(.state == "running") | .id'); do
		"$MORTAR" cancel "$id" >/dev/null 2>&1
		until_ms 5000 build_is "$id" cancelled || kill -9 "$(job_pid "$id")" 2>/dev/null
	done
	podman_stop >/dev/null 2>&1
	"$DOCKER" version >/dev/null 2>&1 && images_remove_docker >/dev/null 2>&1
	command -v buildah >/dev/null && images_remove_buildah >/dev/null 2>&1
	rm -rf "$T"
	[ "$lib_status" -ne 0 ] || [ "$failures" -eq 0 ] || lib_status=1
	exit "$lib_status"
}
trap lib_leave EXIT
trap 'exit 130' INT TERM
