# terminal.sh: a real terminal for the tests beside it; read with `.` after lib.sh, never run.
# tmux has a server of its own; nothing waits for a time: only for what is to be seen.
unset VISUAL EDITOR MORTAR_THEME COLORTERM MORTAR_NO_INOTIFY
printf 'set -g status off\nset -g escape-time 0\nset -g default-terminal "screen-256color"\n' >"$T/tmux.conf"
tm() { tmux -u -S "$T/tmux" -f "$T/tmux.conf" "$@" 2>>"$T/tmux.log"; }
cleanup() { tm kill-server; }
no_server() { ! tm has-session; }

# opens COLSxROWS COMMAND…: a new terminal; nothing begins before its bytes are recorded in $T/raw.
opens() {
	opens_size=$1
	shift
	tm kill-server
	until_ms 5000 no_server
	: >"$T/raw"
	tm new-session -d -x "${opens_size%x*}" -y "${opens_size#*x}" env TERM=screen-256color sh -c 'read -r go; exec "$@"' sh "$@"
	tm pipe-pane "cat >>'$T/raw'"
	keys Enter
}
keys() { tm send-keys "$@"; }
text() { tm send-keys -l "$1"; }
find_text() { keys /; text "$1"; keys Enter; }
sees() { tm capture-pane -p >"$T/screen"; grep -qE -e "$1" "$T/screen"; }
sees_not() { tm capture-pane -p >"$T/screen"; ! grep -qE -e "$1" "$T/screen"; }
# shows TEXT PATTERN: a line of the screen matches before the deadline.
shows() { if until_ms 10000 sees "$2"; then ok "$1"; else not_ok "$1 (no line shows $2)" "$T/screen"; fi; }
hides() { if until_ms 10000 sees_not "$2"; then ok "$1"; else not_ok "$1 (a line shows $2)" "$T/screen"; fi; }
