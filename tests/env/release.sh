#!/bin/sh
# release.sh - ends the index and the engine that prepare.sh started, and nothing else; not
# while somebody else, who called prepare.sh meanwhile, still uses them.
here=$(dirname "$0")
. "$here/common.sh"
rm -f "$MORTAR_ENV_DIR/users/$PPID"
for user in "$MORTAR_ENV_DIR"/users/*; do
	[ -e "$user" ] || continue
	[ ! -d "/proc/${user##*/}" ] || exit 0
	rm -f "$user"
done
for part in index engine; do
	[ -e "$MORTAR_ENV_DIR/$part-is-ours" ] || continue
	sh "$here/$part.sh" stop
	rm -f "$MORTAR_ENV_DIR/$part-is-ours"
done
