#!/bin/sh
# size.sh - 95 % of functions under 50 lines, none over 100; files under 600 lines;
# lines of at most 100 columns.
set -u
bad=$(mktemp); trap 'rm -f "$bad"' EXIT
files=$(find core tui -name '*.[ch]' | sort)
for f in $files $(find tests -name '*.[ch]' ! -path '*/fixtures/*'); do
	n=$(wc -l <"$f")
	[ "$n" -lt 600 ] || echo "$f: $n lines; a file has fewer than 600" >>"$bad"
	expand -t 8 "$f" | awk -v f="$f" 'length($0) > 100 { print f ":" NR ": " length($0) " columns; at most 100" }' >>"$bad"
done
awk -f tests/lint/size.awk $(echo "$files" | grep '\.c$') >>"$bad"
if grep -vq '^ok' "$bad"; then grep -v '^ok' "$bad"; echo "not ok size"; exit 1; fi
cat "$bad"
echo "ok size: functions, files and lines within their limits"
