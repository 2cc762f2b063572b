#!/bin/sh
# map.sh - docs/HACKING.md lists every source file exactly once, and nothing else.
set -u
have=$(mktemp) want=$(mktemp); trap 'rm -f "$have" "$want"' EXIT
find core tui tests themes -type f \( -name '*.[ch]' -o -name '*.def' -o -name '*.sh' -o -name '*.py' \
	-o -name '*.test' -o -name '*.proto' -o -name '*.theme' -o -name '*.awk' \) ! -path '*/fixtures/*' | sort >"$want"
sed -n 's/^- `\([^`]*\)` — .*/\1/p' docs/HACKING.md | sort >"$have"
diff "$want" "$have" | sed -n 's/^< /missing from docs\/HACKING.md: /p; s/^> /in docs\/HACKING.md but not there (or twice): /p' >"$want.d"
if [ -s "$want.d" ]; then cat "$want.d"; rm -f "$want.d"; echo "not ok map"; exit 1; fi
rm -f "$want.d"
echo "ok map: docs/HACKING.md names every file once"
