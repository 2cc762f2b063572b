#!/bin/sh
# prepare.sh [example] [docker|buildah]… - an engine, the base images and the package index are
# there; starts and makes only what is missing.  release.sh ends what this started.
set -eu
here=$(dirname "$0")
. "$here/common.sh"
# Who called is a user until release.sh; what ran before the first user is nobody's to end.
mkdir -p "$MORTAR_ENV_DIR/users"
: >"$MORTAR_ENV_DIR/users/$PPID"
sh "$here/engine.sh" status >/dev/null 2>&1 || : >"$MORTAR_ENV_DIR/engine-is-ours"
sh "$here/index.sh" status >/dev/null 2>&1 || : >"$MORTAR_ENV_DIR/index-is-ours"
sh "$here/engine.sh" start
sh "$here/base-image.sh" "$@"
sh "$here/index.sh" start
