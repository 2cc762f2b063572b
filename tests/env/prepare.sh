#!/bin/sh
# prepare.sh [docker|buildah]… - an engine, the base images and the package index are
# there; starts and makes only what is missing.  release.sh ends what this started.
set -eu
here=$(dirname "$0")
sh "$here/engine.sh" start
sh "$here/base-image.sh" "$@"
sh "$here/index.sh" start
