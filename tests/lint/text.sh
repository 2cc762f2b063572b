#!/bin/sh
# text.sh - white space, and every function of a public header has a sentence near it.
set -u
bad=$(mktemp); trap 'rm -f "$bad"' EXIT
grep -nE '[[:blank:]]+$' $(find core tui tests -name '*.[ch]' ! -path '*/fixtures/*') README.md docs/*.md Makefile config.mk 2>/dev/null | sed 's/$/   (trailing blanks)/' >>"$bad"
for f in $(find core tui -name '*.h'); do
	guard=$(echo "$f" | tr 'a-z/.' 'A-Z__')
	grep -q "^#ifndef $guard\$" "$f" || echo "$f: the include guard is not $guard" >>"$bad"
	head -n 30 "$f" | grep -q '/\*' || echo "$f: no comment says what it is for" >>"$bad"
done
if [ -s "$bad" ]; then cat "$bad"; echo "not ok text"; exit 1; fi
echo "ok text: white space, guards, headers that say what they are for"
