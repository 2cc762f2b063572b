#!/bin/sh
# demo.sh - the workbench on the example; without a terminal the same build, printed.
set -eu
cd "$(dirname "$0")/../.."
example=docs/examples/ship-detector
trap 'sh tests/env/release.sh' EXIT
trap 'exit 130' INT TERM HUP
sh tests/env/prepare.sh example docker
if [ -t 0 ] && [ -t 1 ]; then
	./mortar "$example" -p gpu -c all
else
	./mortar build "$example" -p gpu -c all --progress=plain
fi
