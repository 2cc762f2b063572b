# pane.sh: the workbench in a pane of a tmux of its own; read with `.` after lib.sh, never run.
#
# Nothing here waits for a time: only for what is to be seen, with a deadline.  The bytes that mortar
# writes are recorded before tmux sees them, on a terminal of its own inside the pane: in $RAW.
export EDITOR=true T MORTAR PYTHON
unset VISUAL MORTAR_THEME COLORTERM
RAW=$T/raw

printf 'set -g status off\nset -g escape-time 0\nset -g default-terminal "screen-256color"\n' >"$T/tmux.conf"
tm() { tmux -u -S "$T/tmux" -f "$T/tmux.conf" "$@" 2>>"$T/tmux.log"; }
cleanup() { tm kill-server; }

# What runs in the pane: the end is told with whether the terminal is as it was.  What the workbench
# writes into the folder it stands in lies in $T.
cat >"$T/pane" <<'END'
#!/bin/sh
raw=$1
shift
"$PYTHON" tests/e2e/raw.py run "$TERM" 24x80 "$raw" sh -c 'cd "$T" && sh -c "echo \$\$ >\"$T/pid\"; exec \"\$@\"" sh "$MORTAR" "$@"
	echo "left with $?, $(stty -a | grep -ow -e "-\?icanon")" >"$T/left"' sh "$@"
cat "$T/left"
read -r go
END
chmod 755 "$T/pane"

# opens TERM COLSxROWS ARGUMENT…: a new terminal with the workbench in it.
opens() {
	opens_term=$1 opens_size=$2
	shift 2
	tm kill-server
	until_ms 5000 no_server
	: >"$T/left"
	tm new-session -d -x "${opens_size%x*}" -y "${opens_size#*x}" env "TERM=$opens_term" "$T/pane" "$RAW" "$@"
}
no_server() { ! tm has-session; }
keys() { tm send-keys "$@"; }
text() { tm send-keys -l "$1"; }

sees() { tm capture-pane -p >"$T/screen"; grep -qE -e "$1" "$T/screen"; }
# shows TEXT PATTERN [MILLISECONDS]: a line of the screen matches before the deadline.
shows() {
	if until_ms "${3:-10000}" sees "$2"; then ok "$1"; else not_ok "$1 (no line shows $2)" "$T/screen"; fi
}
