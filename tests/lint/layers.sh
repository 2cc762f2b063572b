#!/bin/sh
# layers.sh - fail when an #include goes up the house, or a library leaves its room.
#
# Our includes are written from the root ("core/base/str.h"), so the direction of
# every dependency is visible in the line itself and one pass can check them all.
set -u
bad=$(mktemp); trap 'rm -f "$bad"' EXIT

# room            may include (itself is implied)
allow='
core/base
core/value        core/base
core/os           core/base
core/ext          core/base core/value core/os
core/journal      core/base core/value core/os
core/config       core/base core/value core/os core/ext
core/project      core/base core/value core/os core/ext core/config
core/recipe       core/base core/value
core/context      core/base core/value core/os core/ext core/project
core/plan         core/base core/value core/config core/os core/recipe core/context
core/lint         core/base core/value core/os core/config core/project core/recipe core/context core/plan
core/kind         core/base core/value core/os core/ext core/config core/project core/recipe core/context core/plan core/lint
core/engine       core/base core/value core/os core/ext core/recipe core/context core/plan
core/history      core/base core/value core/os core/ext core/journal core/config core/project core/recipe core/context core/plan
core/job          core/base core/value core/os core/ext core/journal core/config core/project core/recipe core/context core/plan core/lint core/kind core/engine core/history
tui               core/base core/value core/os core/journal core/config core/project core/recipe core/context core/plan core/lint core/kind core/history core/job
tests             core tui tests
'
# header          the only files that may include it (a prefix)
rooms='
curses.h          tui/term_curses
term.h>           tui/term_curses
cJSON             core/value/
yaml.h            core/ext/yaml
pcre2             core/ext/regex
git2              core/ext/git
curl/             core/ext/http
nghttp2/          core/ext/h2
protobuf-c        core/ext/pb
pb-c.h            core/ext/pb
archive           core/ext/archive
openssl/ssl       core/ext/tls
openssl/          core/ext/crypto
cmocka.h          tests/
'

find core tui tests -name '*.[ch]' -o -name '*.def' | xargs awk -v allow="$allow" '
function room(path, parts) {
	split(path, parts, "/")
	return parts[1] == "core" && parts[3] != "" ? parts[1] "/" parts[2] : parts[1]
}
BEGIN {
	rows = split(allow, row, "\n")
	for (i = 1; i <= rows; i++) {
		n = split(row[i], word, " ")
		for (k = 1; k <= n; k++)
			may[word[1], word[k]] = 1
	}
}
/^ *# *include "/ {
	split($0, quoted, "\"")
	to = quoted[2]
	if (to ~ /\.pb-c\.h$/ || to == "lazy_libraries.h")
		next
	from = room(FILENAME)
	top = to
	sub("/.*", "", top)
	if (from != room(to) && !((from, room(to)) in may) && !((from, top) in may))
		print FILENAME ": " from " may not include " to
}' >>"$bad"
echo "$rooms" | while read -r lib room; do
	test -n "$lib" || continue
	grep -rlE "^ *# *include *[<\"][^>\"]*$lib" core tui tests --include='*.[ch]' | while read -r f; do
		case $lib:$f in
		openssl/:core/ext/tls*) ;;
		archive:core/ext/archive*|archive:tests/*) ;;
		yaml.h:core/ext/yaml*) ;;
		yaml.h:*) grep -qE '^ *# *include *<yaml' "$f" && echo "$f: <$lib> lives only in $room*" >>"$bad" ;;
		archive:*) grep -qE '^ *# *include *<archive' "$f" && echo "$f: <$lib> lives only in $room*" >>"$bad" ;;
		*:"$room"*) ;;
		*) echo "$f: <$lib> lives only in $room*" >>"$bad" ;;
		esac
	done
done
# Only core/os waits, forks and opens.
grep -nwE '(poll|ppoll|select|epoll_wait|fork|vfork|posix_spawn|execvp|execve|open|openat|fopen|popen|system) ?\(' \
	$(find core tui -name '*.c' ! -path 'core/os/*') |
	grep -vE '//|/\*|^\S+\s*\*' | sed 's/$/   (only core\/os may)/' >>"$bad"
if [ -s "$bad" ]; then sort -u "$bad"; echo "not ok layers"; exit 1; fi
echo "ok layers: every include goes down, every library is in its room"
