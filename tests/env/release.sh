#!/bin/sh
# release.sh - ends the index and the engine that prepare.sh started, and nothing else.
here=$(dirname "$0")
sh "$here/index.sh" stop
sh "$here/engine.sh" stop
