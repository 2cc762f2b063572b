#!/bin/sh
# size.sh - 95 % of functions under 50 lines, none over 100; files under 600 lines;
# lines of at most 100 columns.
set -u
bad=$(mktemp); trap 'rm -f "$bad"' EXIT
files=$(find core tui -name '*.[ch]' | sort)
for f in $files $(find tests -name '*.[ch]' ! -path '*/fixtures/*'); do
	n=$(wc -l <"$f")
	[ "$n" -lt 600 ] || echo "$f: $n lines; a file has fewer than 600" >>"$bad"
	expand -t 4 "$f" | LC_ALL=C.UTF-8 grep -nE '^.{101}' | sed "s|^\\([0-9]*\\):.*|$f:\\1: over 100 columns|" >>"$bad"
done
awk -f tests/lint/size.awk $(echo "$files" | grep '\.c$') >>"$bad"
if grep -vq '^ok' "$bad"; then grep -v '^ok' "$bad"; echo "not ok size"; exit 1; fi
cat "$bad"
echo "ok size: functions, files and lines within their limits"
