#!/usr/bin/python3
"""around.py MORTAR PROJECT: the workbench on a terminal that answers, too late, in pieces, or not.

Each case opens the workbench on a pseudoterminal of its own, where this is the terminal: what it is
asked it answers as the case says.  Prints TAP; waits for bytes, never for a time.
"""
import os
import re
import select
import signal
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import raw

BACKGROUND, SYNCHRONIZED, LAST = b"\033]11;?\a", b"\033[?2026$p", b"\033[c"
LIGHT = b"\033]11;rgb:fbfb/fbfb/f8f8\a"
DEADLINE = 10
# The screen's own background in 256 colours, of the built-in dark and the light theme.
DARK_BACK, LIGHT_BACK = b"48;5;234", b"48;5;231"


class Terminal:
    def __init__(self, mortar, project, term="xterm-256color", **environment):
        for name in ("TMUX", "STY", "COLORTERM", "COLORFGBG", "NO_COLOR", "MORTAR_THEME"):
            os.environ.pop(name, None)
        os.environ.update(environment)
        self.pid, self.fd = raw.spawn(term, 24, 80, [mortar, project])
        for name in environment:
            os.environ.pop(name, None)
        self.bytes = b""

    def read(self, seconds):
        if not select.select([self.fd], [], [], seconds)[0]:
            return False
        try:
            got = os.read(self.fd, 65536)
        except OSError:
            return False
        self.bytes += got
        return bool(got)

    def sees(self, pattern, since=0):
        """Waits until the bytes from an offset on hold the pattern."""
        end = time.monotonic() + DEADLINE
        while not re.search(pattern, self.bytes[since:], re.S):
            left = end - time.monotonic()
            if left <= 0 or not self.read(left):
                return False
        return True

    def says(self, answer):
        os.write(self.fd, answer)

    def ends(self):
        """q, q; all that is still sent, and the exit code."""
        self.says(b"Q")
        while self.read(DEADLINE):
            pass
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


failures = 0


def tell(good, words, terminal=None):
    global failures
    print(("ok - " if good else "not ok - ") + words)
    if not good:
        failures += 1
        if terminal:
            print("# %r" % terminal.bytes[-1500:])


def first_frame(t):
    return t.sees(re.escape(LAST)) and t.sees(rb"Dockerfile")


def light(mortar, project):
    t = Terminal(mortar, project)
    tell(first_frame(t) and t.sees(re.escape(DARK_BACK)), "the first frame waits for no answer", t)
    at = len(t.bytes)
    t.says(LIGHT + b"\033[?2026;2$y\033[?62;22c")
    tell(t.sees(re.escape(LIGHT_BACK), at), "a light background brings the light theme", t)
    tell(t.sees(rb"\033\[\?2026h.*\033\[\?2026l", at), "who knows mode 2026 gets the frame as one", t)
    at = len(t.bytes)
    t.says(b"\t")
    tell(t.sees(rb"merged", at) and b"2026" not in t.bytes[at:], "a short frame is sent as it is", t)
    tell(t.ends() == 0 and t.bytes.rfind(b"\033[23;2t") > t.bytes.rfind(b"\033[22;2t"),
         "the title is given back at the end", t)


def pieces(mortar, project):
    t = Terminal(mortar, project)
    first_frame(t)
    at = len(t.bytes)
    for piece in (LIGHT[:3], LIGHT[3:12], LIGHT[12:]):
        t.says(piece)
    tell(t.sees(re.escape(LIGHT_BACK), at), "an answer in pieces is one answer", t)
    at = len(t.bytes)
    t.says(b"?")
    tell(t.sees(rb"keys", at) and b"rgb" not in t.bytes[at:], "and none of it is typed", t)
    t.ends()


def silent(mortar, project):
    t = Terminal(mortar, project)
    first_frame(t)
    at = len(t.bytes)
    t.says(b"?")
    tell(t.sees(rb"next problem", at), "a terminal that never answers is none the worse", t)
    at = len(t.bytes)
    t.says(b"\033")
    tell(t.sees(rb"tree", at), "ESC alone is a key there", t)
    t.ends()


def quick(mortar, project):
    t = Terminal(mortar, project)
    first_frame(t)
    t.says(b"Q")
    t.sees(re.escape(b"\033[23;2t"))
    t.says(LIGHT + b"\033[?62;22c")
    while t.read(DEADLINE):
        pass
    code = os.waitstatus_to_exitcode(os.waitpid(t.pid, 0)[1])
    tell(code == 0, "an answer that comes after the end is taken too", t)


def unasked(mortar, project):
    for term, environment in (("vt100", {}), ("linux", {})):
        t = Terminal(mortar, project, term, **environment)
        t.sees(rb"Dockerfile")
        tell(b"\033]" not in t.bytes and b"1004" not in t.bytes, "%s is asked nothing" % term, t)
        t.ends()


def chosen(mortar, project):
    t = Terminal(mortar, project, MORTAR_THEME="contrast")
    first_frame(t)
    at = len(t.bytes)
    t.says(LIGHT + b"\033[?62;22c")
    t.says(b"?")
    tell(t.sees(rb"next problem", at) and LIGHT_BACK not in t.bytes,
         "a theme that was chosen stays, whatever the background", t)
    t.ends()
    t = Terminal(mortar, project, COLORFGBG="0;15")
    tell(first_frame(t) and t.sees(re.escape(LIGHT_BACK)), "COLORFGBG is believed at once", t)
    t.ends()
    t = Terminal(mortar, project, MORTAR_THEME="terminal")
    tell(first_frame(t) and t.sees(rb"\033\[[0-9;]*36m") and b"48;5" not in t.bytes,
         "the theme `terminal` uses the sixteen alone", t)
    t.ends()
    t = Terminal(mortar, project, MORTAR_THEME="mono")
    tell(first_frame(t) and not re.search(rb"\033\[[0-9;]*[34][0-9]m", t.bytes),
         "the theme `mono` uses none", t)
    t.ends()


def titled(mortar, project):
    t = Terminal(mortar, project)
    tell(t.sees(rb"\033\]2;mortar: ship-detector\a"), "the title is the project's", t)
    t.ends()
    config = os.path.join(os.environ["XDG_CONFIG_HOME"], "mortar", "config.toml")
    with open(config, "w") as out:
        out.write("[terminal]\ntitle = false\nsynchronized = false\n")
    t = Terminal(mortar, project)
    first_frame(t)
    tell(b"\033]2;" not in t.bytes and b"\033[22;2t" not in t.bytes and SYNCHRONIZED not in t.bytes,
         "both have a switch", t)
    t.ends()
    os.unlink(config)


def main(argv):
    signal.alarm(300)
    for case in (light, pieces, silent, quick, unasked, chosen, titled):
        case(*argv)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
