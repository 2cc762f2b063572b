#!/bin/sh
# prepare.sh [example] [docker|buildah]… - an engine, the base images and the package index are
# there; starts and makes only what is missing.  What it starts is noted for release.sh: an
# engine that somebody started by hand stays.
set -eu
. "$(dirname "$0")/common.sh"

# start SERVER PID-FILE
start() {
	was=$(cat "$2" 2>/dev/null) || was=
	sh "$ENV_HERE/$1.sh" start
	[ "$(cat "$2" 2>/dev/null)" = "$was" ] || echo "$1" >>"$MORTAR_ENV_DIR/started"
}

start engine "$MORTAR_ENV_DIR/dockerd.pid"
sh "$ENV_HERE/base-image.sh" "$@"
start index "$MORTAR_ENV_DIR/index.pid"
