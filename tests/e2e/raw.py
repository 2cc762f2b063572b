#!/usr/bin/python3
"""raw.py run TERM ROWSxCOLS FILE COMMAND… | check TERM ROWSxCOLS [--ascii] [--plain] FILE…

run: the command on a terminal of its own, whose name is TERM.  The bytes that it writes to that
terminal, and nothing that a multiplexer makes of them, go to FILE.  Where the standard input is a
terminal (a pane of tmux), keys, output and its sizes are passed on.  Exit code: the command's.

check: FILE may hold nothing but text that does nothing and the sequences of mortar's own list:
those that terminfo's entry for TERM makes on a screen of that size.  --plain: of a command, which
uses no terminfo, so only what `build --progress tty` writes.  --ascii: the text is ASCII.  What is
wrong is printed with its surroundings; exit code 1.
"""
import curses
import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import tty
import unicodedata

# -- the list ------------------------------------------------------------------------------------

# What ncurses sends of its own accord and for the attributes that mortar uses (no bell, no blink,
# no invisible text).
FIXED = """cr nel ind ri ht cbt home ll clear ed el el1 cuu1 cud1 cuf1 cub1 il1 dl1 ich1 dch1
bold dim sitm ritm smul rmul rev smso rmso sgr0 op oc civis cnorm cvvis smcup rmcup smkx rmkx
smir rmir smam rmam smacs rmacs enacs sc rc""".split()
# Counted in rows and columns of the screen; how many parameters.
COUNTED = {"cup": 2, "csr": 2, "hpa": 1, "vpa": 1, "cuu": 1, "cud": 1, "cuf": 1, "cub": 1, "il": 1,
           "dl": 1, "ich": 1, "dch": 1, "ech": 1, "indn": 1, "rin": 1}
# What `build --progress tty` writes, whose terminal need only know ECMA-48 (tui/follow_tty.c).
PROGRESS = {b"\r", b"\r\n", b"\n", b"\t", b"\033[K", b"\033[J", b"\033[m", b"\033[1m", b"\033[2m",
            b"\033[33m", b"\033[36m", b"\033[31;1m"}
# What stands around the picture (tui/around.c); a title may hold nothing but text.
AROUND = {b"\033]11;?\a", b"\033[?2026$p", b"\033[c", b"\033[22;2t", b"\033[23;2t", b"\033[?1004h",
          b"\033[?1004l", b"\033[?2026h", b"\033[?2026l", b"\033]9;4;0\a", b"\033]9;4;3\a"}
# The mouse, once it is on; what is copied, in base64 alone (tui/copy.c).
POINTER = {b"\033[?1002h", b"\033[?1006h", b"\033[?1006l", b"\033[?1002l"}
COPIED = rb"\033\]52;c;[A-Za-z0-9+/]*=*\033\\"
PERCENT = rb"\033\]9;4;[12];[0-9]{1,3}\a"
TITLE = re.compile(rb"\033\]2;([^\a\033]{0,240})\a")
NOTHING = re.compile(rb"(?!)")


def unpadded(sequence):
    return re.sub(rb"\$<[^>]*>", b"", sequence)


def counted(name, nparameters, rows, cols):
    capability = curses.tigetstr(name)
    if not capability:
        return
    numbers = range(max(rows, cols) + 1)
    for first in numbers:
        for second in numbers if nparameters == 2 else [0]:
            yield unpadded(curses.tparm(capability, first, second))


def palette():
    """Colours by number, attributes together, and a palette of its own where there is one."""
    colours = max(curses.tigetnum("colors"), 0)
    numbers = range(min(colours, 256))
    for name in ("setaf", "setab", "setf", "setb"):
        capability = curses.tigetstr(name)
        for n in numbers if capability else []:
            yield unpadded(curses.tparm(capability, n))
    sgr = curses.tigetstr("sgr")
    for bits in range(64) if sgr else []:
        # standout underline reverse (blink) bold dim (invisible, protected) alternative set
        on = [bits >> i & 1 for i in range(6)]
        yield unpadded(curses.tparm(sgr, *on[:3], 0, *on[3:5], 0, 0, on[5]))


def terminfo_list(term, rows, cols):
    curses.setupterm(term, os.open(os.devnull, os.O_WRONLY))
    known = {b"\r", b"\n", b"\r\n"} | AROUND | POINTER
    known.update(unpadded(curses.tigetstr(name)) for name in FIXED if curses.tigetstr(name))
    known.update(palette())
    for name, nparameters in COUNTED.items():
        known.update(counted(name, nparameters, rows, cols))
    # A sign repeated: the sign is text, what follows it counts.
    if (curses.tigetstr("rep") or b"").endswith(b"\033[%p2%{1}%-%db"):
        known.update(b"\033[%db" % n for n in range(cols + 1))
    known.discard(b"")
    return known


def looks_pattern(known):
    """Several of the list's looks (SGR) in one sequence; what takes off one attribute, where
    the terminal takes an underline off as ECMA-48 says."""
    bodies = {body.group(1) for body in map(re.compile(rb"\x1b\[([0-9;:]*)m").fullmatch, known) if body}
    if b"\033[m" in (curses.tigetstr("sgr0") or b""):
        bodies.add(b"")
    if curses.tigetstr("rmul") == b"\033[24m":
        bodies |= {b"22", b"23", b"24", b"27"}
    one = b"|".join(sorted(map(re.escape, bodies), key=len, reverse=True))
    return rb"\x1b\[(?:%s)(?:;(?:%s))*m" % (one, one) if one else rb"(?!)"


def palette_pattern():
    """A colour of the palette set, which oc takes back, where the terminal can."""
    if curses.tigetflag("ccc") > 0 and (curses.tigetstr("initc") or b"").startswith(b"\033]4;%p1%d;rgb:"):
        return (rb"\033\]4;[0-9]{1,3};rgb:[0-9A-F]{2}/[0-9A-F]{2}/[0-9A-F]{2}\033\\")
    return rb"(?!)"


def progress_list(rows):
    return PROGRESS | {b"\033[%dA" % n for n in range(1, rows + 1)}


# -- the parser ----------------------------------------------------------------------------------

def is_text(sign):
    """True for what is drawn, and for the joiners that scripts and emoji are written with."""
    return (sign in "\u200c\u200d" or
            unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Zl", "Zp") and
            ord(sign) & 0xfffe != 0xfffe and not 0xfdd0 <= ord(sign) <= 0xfdef)


def text_at(raw, at):
    """The sign at an offset and its bytes; None where it is no UTF-8."""
    for size in range(1, 5):
        try:
            return raw[at:at + size].decode(), size
        except UnicodeDecodeError:
            pass
    return None, 1


def faults(raw, known, pattern, ascii_only):
    """Offsets and words of all that must not be there."""
    longest = max(map(len, known))
    at = 0
    while at < len(raw):
        colour, title = pattern.match(raw, at), TITLE.match(raw, at)
        if title:
            yield from ((at, "a title: " + words) for _, words in
                        faults(title.group(1), {b"no"}, NOTHING, ascii_only))
            at = title.end()
            continue
        size = len(colour.group()) if colour else next((n for n in range(min(longest, len(raw) - at), 0, -1)
                     if raw[at:at + n] in known), 0)
        if not size:
            sign, size = text_at(raw, at)
            if sign is None:
                yield at, "no UTF-8"
            elif not is_text(sign):
                yield at, "U+%04X, which begins nothing of the list" % ord(sign)
            elif ascii_only and sign > "~":
                yield at, "U+%04X where only ASCII can be shown" % ord(sign)
        at += size


def check(argv):
    term, size = argv[:2]
    rows, cols = (int(n) for n in size.split("x"))
    files = [a for a in argv[2:] if not a.startswith("--")]
    known, pattern = progress_list(rows), NOTHING
    if "--plain" not in argv:
        known = terminfo_list(term, rows, cols)
        pattern = re.compile(b"|".join([palette_pattern(), looks_pattern(known), PERCENT, COPIED]))
    bad = 0
    for name in files:
        with open(name, "rb") as source:
            raw = source.read()
        for at, words in faults(raw, known, pattern, "--ascii" in argv):
            bad += 1
            if bad <= 20:
                print("%s: byte %d: %s: %r" % (os.path.basename(name), at, words,
                                               raw[max(at - 40, 0):at + 40]))
    if bad > 20:
        print("and %d more" % (bad - 20))
    return 1 if bad else 0


# -- the terminal --------------------------------------------------------------------------------

def set_size(fd, rows, cols):
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("4H", rows, cols, 0, 0))


def spawn(term, rows, cols, argv):
    """The command on a new terminal: its process id, and the other end of the terminal, on which
    stands what the command writes and no echo of what is typed."""
    fd, inner = pty.openpty()
    set_size(fd, rows, cols)
    modes = termios.tcgetattr(inner)
    modes[3] &= ~termios.ECHO
    termios.tcsetattr(inner, termios.TCSANOW, modes)
    pid = os.fork()
    if pid == 0:
        os.close(fd)
        os.login_tty(inner)
        os.environ["TERM"] = term
        os.execvp(argv[0], argv)
    os.close(inner)
    return pid, fd


def relay(fd, out, outer):
    """Until the terminal's other end is closed; outer: our own terminal takes part."""
    def resized(*_):
        set_size(fd, *os.get_terminal_size(0)[::-1])
    if outer:
        signal.signal(signal.SIGWINCH, resized)
    readers = [fd, 0] if outer else [fd]
    while True:
        ready = select.select(readers, [], [])[0]
        if 0 in ready:
            keys = os.read(0, 4096)
            if keys:
                os.write(fd, keys)
            else:
                readers.remove(0)
        if fd in ready:
            try:
                got = os.read(fd, 65536)
            except OSError:
                return
            if not got:
                return
            out.write(got)
            if outer:
                os.write(1, got)


def run(argv):
    term, size, name = argv[:3]
    rows, cols = (int(n) for n in size.split("x"))
    outer = os.isatty(0)
    if outer:
        rows, cols = os.get_terminal_size(0)[::-1]
    before = termios.tcgetattr(0) if outer else None
    pid, fd = spawn(term, rows, cols, argv[3:])
    try:
        if outer:
            tty.setraw(0)
        with open(name, "wb", buffering=0) as out:
            relay(fd, out, outer)
    finally:
        if outer:
            termios.tcsetattr(0, termios.TCSANOW, before)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) & 255


if __name__ == "__main__":
    verbs = {"run": run, "check": check}
    if len(sys.argv) < 4 or sys.argv[1] not in verbs:
        sys.exit(__doc__)
    sys.exit(verbs[sys.argv[1]](sys.argv[2:]))
