#!/bin/sh
# release.sh - ends the index and the engine that prepare.sh started, and nothing else.
. "$(dirname "$0")/common.sh"
for server in index engine; do
	grep -qx "$server" "$MORTAR_ENV_DIR/started" 2>/dev/null && sh "$ENV_HERE/$server.sh" stop
done
rm -f "$MORTAR_ENV_DIR/started"
