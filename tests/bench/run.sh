#!/bin/sh
# run.sh - measures mortar against what a user would use instead; prints a table.
#
# BENCH_RUNS   runs of each command that count (default 5; 15 for figures worth keeping)
# BENCH_ONLY   a list of: build transfer before merge context start search toml forecast screen
#              (all unless given)
# BUILD        the folder of the build (default build)
# DOCKER_HOST  another daemon than the usual one (a unix socket)
#
# What docs/benchmarks.md holds came from here. Offline; needs what `make test` installs.
set -eu
cd "$(dirname "$0")/../.."
. tests/env/common.sh
BUILD=${BUILD:-build}
RUNS=${BENCH_RUNS:-5}
ONLY=${BENCH_ONLY:-build transfer before merge context start search toml forecast screen}
case $BUILD in /*) ;; *) BUILD=$PWD/$BUILD ;; esac
MORTAR=$BUILD/mortar
EXAMPLE=docs/examples/ship-detector
TMP=$(mktemp -d "${TMPDIR:-/tmp}/mortar-bench.XXXXXX")
trap 'rm -rf "$TMP"' EXIT
trap 'exit 130' INT TERM
export XDG_STATE_HOME="$TMP/state" XDG_CONFIG_HOME="$TMP/config" LC_ALL=C

# row [--peak|--minus|--told] NAME AIM A B: memory hardly varies, so three runs tell.
row() {
	case $1 in
	--peak) "$PYTHON" tests/bench/pairs.py --peak "$TMP/peaks" "$2" "$3" 3 "$4" "$5" ;;
	--minus | --told) "$PYTHON" tests/bench/pairs.py "$1" "$2" "$3" "$RUNS" "$4" "$5" ;;
	*) "$PYTHON" tests/bench/pairs.py "$1" "$2" "$RUNS" "$3" "$4" ;;
	esac || failed=1
}

data() { "$PYTHON" tests/bench/data.py "$@"; }

# bench_builder NAME VERSION AIM: VERSION is the API's, 1 classic and 2 BuildKit.
bench_builder() {
	mortar="exec $MORTAR build $EXAMPLE -c all -q -t mortar-bench:1 --engine $1"
	client="DOCKER_BUILDKIT=$(($2 - 1)) exec $DOCKER build -q --network host -t mortar-bench:1 \
		-f $TMP/Dockerfile $TMP/context"
	bare="curl -sf --unix-socket $socket -H Content-Type:application/x-tar -H Expect: \
		--data-binary @$TMP/context.tar \
		'http://docker/build?version=$2&networkmode=host&t=mortar-bench:1&dockerfile=Dockerfile'"
	sh -c "$mortar" >/dev/null
	row "cached build, $1, and the docker client" "$3" "$mortar" "$client"
	row --minus "cached build, $1, and the bare request" "+15 ms" "$mortar" "$bare"
	row --peak "its peak memory and the client's" 0.4 "$mortar" "$client"
}

bench_build() {
	sh tests/env/prepare.sh docker >/dev/null
	socket=${DOCKER_HOST:-unix:///var/run/docker.sock}
	socket=${socket#unix://}
	"$MORTAR" context "$EXAMPLE" -o "$TMP/context"
	"$MORTAR" dockerfile "$EXAMPLE" -c all >"$TMP/Dockerfile"
	tar cf "$TMP/context.tar" -C "$TMP/context" . -C "$TMP" Dockerfile
	bench_builder buildkit 2 0.8
	bench_builder classic 1 1.0
	"$DOCKER" rmi -f mortar-bench:1 >/dev/null
	sh tests/env/release.sh >/dev/null
}

# bench_sent NAME AIM BEFORE DIR: a build of DIR with BuildKit after BEFORE, by each.
bench_sent() {
	row "$1, and the docker client" "$2" "$3; exec $MORTAR build $4 -q -t mortar-bench:1 --engine buildkit" \
		"$3; DOCKER_BUILDKIT=1 exec $DOCKER build -q -t mortar-bench:1 $4"
}

# What is sent to dockerd's BuildKit.  A folder that has a new name is sent whole.
bench_transfer() {
	sh tests/env/prepare.sh docker >/dev/null
	mkdir "$TMP/sent" "$TMP/one"
	printf 'FROM %s\nCOPY . /sent\nRUN true\n' "$BUSYBOX_IMAGE" | tee "$TMP/sent/Dockerfile" >"$TMP/one/Dockerfile"
	data tree "$TMP/sent/data" 10000 23000
	head -c 300000000 /dev/urandom >"$TMP/one/large"
	bench_sent "10,000 files, 230 MB, unchanged" 0.7 : "$TMP/sent"
	row --peak "its peak memory and the client's" 0.4 \
		"exec $MORTAR build $TMP/sent -q -t mortar-bench:1 --engine buildkit" \
		"DOCKER_BUILDKIT=1 exec $DOCKER build -q -t mortar-bench:1 $TMP/sent"
	bench_sent "the same, one file changed" 0.7 "date +%N >$TMP/sent/data/folder-0003/file-000300.bin" "$TMP/sent"
	mv "$TMP/sent" "$TMP/sent.0"
	bench_sent "the same, sent whole" 0.9 "d=$TMP/sent.\$(date +%N); mv $TMP/sent.* \$d" "\$d"
	mv "$TMP/one" "$TMP/one.0"
	bench_sent "one file of 300 MB, sent whole" 0.9 "d=$TMP/one.\$(date +%N); mv $TMP/one.* \$d" "\$d"
	rm -rf "$TMP"/sent.* "$TMP"/one.*
	"$DOCKER" rmi -f mortar-bench:1 >/dev/null
	sh tests/env/release.sh >/dev/null
}

# All that comes before the engine, as one process does it: reading, the cascade and its checks, the
# Dockerfile, requirements and certificate that are there, the context looked at and its tar pulled.
# The run that does not count makes the certificate, as opening the project does.
bench_before() {
	row "everything before the engine, and mortar --version" "33 ms" \
		"$MORTAR context $EXAMPLE -p gpu -t - >/dev/null" "exec $MORTAR --version"
}

bench_merge() {
	cp -r "$EXAMPLE" "$TMP/large"
	data json "$TMP/large/pesto/api/config.json" 50 0
	data json "$TMP/large/pesto/api/config.x.json" 25 160000
	ours="$MORTAR config $TMP/large pesto/api/config.json -p x --merge deep | cat"
	theirs="jq -s '.[0] * .[1]' $TMP/large/pesto/api/config.json \
		$TMP/large/pesto/api/config.x.json | cat"
	row "merge 50 MB and 25 MB of JSON, and jq" 0.25 "$ours" "$theirs"
	row --peak "its peak memory and jq's" "" "exec ${ours% | cat}" "exec ${theirs% | cat}"
	rm -rf "$TMP/large"
}

# bench_tree NAME FILES BYTES AIM
bench_tree() {
	cp -r "$EXAMPLE" "$TMP/tree"
	data tree "$TMP/tree/data" "$2" "$3"
	row "context of $1, and tar c" "$4" "$MORTAR context $TMP/tree -t - | cat" \
		"tar c -C $TMP tree | cat"
	row --peak "its peak memory and tar's" "" "exec $MORTAR context $TMP/tree -t -" \
		"exec tar cf /dev/stdout -C $TMP tree"
	rm -rf "$TMP/tree"
}

bench_context() {
	bench_tree "10,000 files, 340 MB" 10000 34000 1.2
	bench_tree "100,000 files of 100 bytes" 100000 100 ""
}

bench_start() {
	row "mortar --version, and docker --version" "" "exec $MORTAR --version" \
		"exec $DOCKER --version"
	row --peak "its peak memory" "" "exec $MORTAR --version" "exec $DOCKER --version"
	row "mortar config, and mortar --version" "" "exec $MORTAR config $EXAMPLE" \
		"exec $MORTAR --version"
	row "mortar dockerfile, and mortar --version" "" "exec $MORTAR dockerfile $EXAMPLE" \
		"exec $MORTAR --version"
}

# bench_program NAME: of tests/bench, with the core.
bench_program() {
	libraries=$(sed -n 's/^LIBS_CORE = //p' config.mk)
	cc -O2 -std=c11 -D_GNU_SOURCE -I. -o "$TMP/$1" "tests/bench/$1.c" "$BUILD/libcore.a" \
		$(pkg-config --cflags --libs $libraries) -lm
}

# What grows with the context; nothing to compare with.
bench_forecast() {
	bench_program forecast
	data tree "$TMP/files" 100000 100
	XDG_CACHE_HOME=$TMP/cache "$TMP/forecast" "$TMP/files" || failed=1
	rm -rf "$TMP/files"
}

bench_search() {
	bench_program search
	data log "$TMP/log" 1000000
	mkdir "$TMP/journal"
	"$TMP/search" write "$TMP/journal" "$TMP/log"
	for pattern in "undefined reference to main" "\\[ 999999\\]" "Collecting wheel"; do
		row "search '$pattern' in 1,000,000 lines, and grep -c" 3 \
			"$TMP/search count $TMP/journal '$pattern' | cat" \
			"grep -c '$pattern' $TMP/log | cat"
	done
}

# tomllib of Python 3.11: by whole processes, then one reading in a process that is there.
bench_toml() {
	bench_program toml
	data lock "$TMP/poetry.lock" 2
	row "read a poetry.lock of 2 MB, and tomllib" 0.1 "exec $MORTAR read --as toml $TMP/poetry.lock" \
		"exec $PYTHON -c 'import tomllib; tomllib.load(open(\"$TMP/poetry.lock\", \"rb\"))'"
	row --told "the reading alone" 0.1 "exec $TMP/toml $TMP/poetry.lock 9" \
		"exec $PYTHON tests/bench/toml.py $TMP/poetry.lock 3"
	row --peak "its peak memory and tomllib's" "" "exec $MORTAR read --as toml $TMP/poetry.lock" \
		"exec $PYTHON -c 'import tomllib; tomllib.load(open(\"$TMP/poetry.lock\", \"rb\"))'"
}

# Nothing to compare with: the figure, what it is made of, and the aim.
bench_screen() {
	mkdir "$TMP/screen"
	"$PYTHON" tests/bench/screen.py "$MORTAR" "$PWD/$EXAMPLE" "$TMP/screen" "$RUNS" || failed=1
}

failed=0
cc -O2 -o "$TMP/peaks" tests/bench/peaks.c
echo "| what | mortar | the other | ratio, pair by pair | aim (at most) |"
echo "|---|---|---|---|---|"
for part in $ONLY; do
	"bench_$part"
done
exit "$failed"
