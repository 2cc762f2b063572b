#!/bin/sh
# size.sh - 95 % of functions under 50 lines, none over 100; files under 600 lines;
# lines of at most 100 columns.
set -u
bad=$(mktemp); trap 'rm -f "$bad"' EXIT
files=$(find core tui -name '*.[ch]' | sort)
all="$files $(find tests -name '*.[ch]' ! -path '*/fixtures/*')"
awk 'FNR >= 600 { over[FILENAME] = FNR } END { for (f in over) print f ": " over[f] " lines; a file has fewer than 600" }' \
	$all >>"$bad"
# Only lines that may be too long, by their bytes, are measured by their characters.
LC_ALL=C awk '{ tabs = gsub(/\t/, "&") } length($0) + 3 * tabs > 100 { print FILENAME ":" FNR "\t" $0 }' $all |
	while IFS= read -r found; do
		printf '%s\n' "${found#*	}" | expand -t 4 | LC_ALL=C.UTF-8 grep -qE '^.{101}' &&
			echo "${found%%	*}: over 100 columns" >>"$bad"
	done
awk -f tests/lint/size.awk $(echo "$files" | grep '\.c$') >>"$bad"
if grep -vq '^ok' "$bad"; then grep -v '^ok' "$bad"; echo "not ok size"; exit 1; fi
cat "$bad"
echo "ok size: functions, files and lines within their limits"
