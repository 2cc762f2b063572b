#!/usr/bin/python3
"""monkey.py SEED SECONDS RAW COMMAND… - random keys and sizes for the workbench.

Runs in a pane of tmux (TMUX_COMMAND is how to reach it) and keeps the command on a terminal of
its own, whose bytes go to RAW and to the pane.  Every key of keymap.def, words, escape sequences
and pastes are typed, the pane is given sizes from 1x1 to 200x60, and now and then, when no build
runs, the screen must be what Ctrl-L makes of it.  RAW.words tells how often, and what was wrong;
then the exit code is 1.
"""
import fcntl
import json
import os
import random
import re
import select
import shlex
import signal
import struct
import subprocess
import sys
import termios
import time
import tty

import raw

KEYMAP = os.path.join(os.path.dirname(__file__), "../../tui/keymap.def")
NAMED = {"Up": "\033OA", "Down": "\033OB", "Left": "\033OD", "Right": "\033OC", "PageUp": "\033[5~",
         "PageDown": "\033[6~", "Home": "\033[1~", "End": "\033[4~", "Tab": "\t",
         "BackTab": "\033[Z", "Enter": "\r", "Esc": "\033", "Space": " ", "Delete": "\033[3~",
         "F1": "\033OP", "F2": "\033OQ", "F3": "\033OR", "F4": "\033OS",
         "F5": "\033[15~", "lt": "<"}
TIOCGPTN = 0x80045430
# Leaving is tried too, but not all the time.  A replay goes on by itself: no two pictures of it
# need be alike.  A project that keeps few of its keys shows little.
RARE = {"unset": 0.2, "uncover": 0.3, "undo": 2, "quit": 0.1, "back": 0.4, "suspend": 0.2, "replay": 0}
COMMON = {"build": 4, "enter": 4, "next-pane": 3, "down": 3, "view-2": 2, "view-3": 2, "mouse": 2}
SEQUENCES = ["\033[<0;5;5M", "\033[M !!", "\033[200~pasted\n\033]52;c;?\007text\033[201~", "\033[1;5A",
             "\033[?1;2c", "\033[5;5R", "\033]11;rgb:00/00/00\033\\", "\033P1$r0m\033\\", "\033O", "\033[",
             "\033[99;99;99", "\033x", "\x9b31m", "\xff\xfe", "\0", "\033[I", "\033[O", "\033[15~"]
# Of the palette: actions, places and what is none of them; nothing that begins a replay.
PALETTE = ["42", "99999999999", "wrap", "unfold everything", "panel of problems", "history", "build.json",
           "all messages", "mouse on", "jump began", "\u6f22\u5b57", "zzzzqx", "\x1b]52;c;?\a"]
FILTERS = ["line", "!line", "level:C1", "result:failed", "time:>2h", "(", "\u4f60\u597d", "1", ""]
WORDS = ["config", "ENV", "line [0-9]+", "(", "[", "é", "你好", "😀", "\u202e", "a" * 300, "h0", "99999999999"]
SIZES = [(1, 1), (1, 60), (200, 1), (2, 2), (200, 60), (80, 24), (40, 10), (3, 40), (160, 45)]

ANY_LETTER = "\ufdd0"

# On a busy machine it takes up to a minute more to type so many.
LEAST = 200


def key_bytes(notation):
    """The letter of a mark is chosen when it is typed."""
    def one(match):
        name = match.group(1)
        if name == "a-z":
            return ANY_LETTER
        return chr(ord(name[2]) - ord("a") + 1) if name.startswith("C-") else NAMED[name]
    return re.sub(r"<([A-Za-z0-9-]+)>", one, notation)


def keymap():
    with open(KEYMAP) as source:
        entries = re.findall(r'^ACTION\(\w+, *"([^"]+)", *[^"]+"([^"]+)",', source.read(), re.M)
    keys = [(key_bytes(k), RARE.get(name, COMMON.get(name, 1)))
            for name, notations in entries for k in notations.split()]
    return [k for k, _ in keys], [weight for _, weight in keys]


class Wrong(Exception):
    pass


class Monkey:
    def __init__(self, seed, recording, command):
        self.chance = random.Random(seed)
        self.out, self.command = recording, command
        self.keys, self.weights = keymap()
        self.size = tuple(os.get_terminal_size(0))
        self.typed, self.sizes, self.looks, self.lives, self.pid = 0, 0, 0, 0, 0
        signal.signal(signal.SIGWINCH, lambda *_: self.resized())

    # -- the workbench ---------------------------------------------------------------------------

    def start(self):
        rows, cols = os.get_terminal_size(0)[::-1]
        self.pid, self.fd = raw.spawn(os.environ["TERM"], rows, cols, self.command)
        self.name = "/dev/pts/%d" % struct.unpack("i", fcntl.ioctl(self.fd, TIOCGPTN, bytes(4)))
        self.modes = termios.tcgetattr(self.fd)
        self.lives += 1
        self.take(10)

    def resized(self):
        try:
            raw.set_size(self.fd, *os.get_terminal_size(0)[::-1])
        except OSError:
            pass

    def take(self, seconds):
        """Passes output on; False when nothing came, or when the workbench has ended."""
        if not select.select([self.fd], [], [], seconds)[0]:
            return False
        try:
            got = os.read(self.fd, 65536)
        except OSError:
            got = b""
        if not got:
            self.ended()
            return False
        self.out.write(got)
        os.write(1, got)
        return True

    def waits(self):
        """It sleeps and has read all that was typed."""
        try:
            with open("/proc/%d/stat" % self.pid) as stat:
                sleeps = stat.read().rpartition(")")[2].split()[0] == "S"
            inner = os.open(self.name, os.O_RDWR | os.O_NOCTTY)
            unread = fcntl.ioctl(inner, termios.FIONREAD, bytes(4))
            os.close(inner)
        except OSError:
            return True
        return sleeps and unread == bytes(4)

    def quiet(self, most, gap=0.15):
        """Nothing is written for a while, by one who has nothing more to do."""
        end = time.monotonic() + most
        while self.take(gap) or not self.waits():
            if time.monotonic() > end:
                return

    def ended(self):
        """It may leave when it is told to: then well, and it is started again."""
        modes = termios.tcgetattr(self.fd)
        status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        os.close(self.fd)
        self.pid = 0
        if status:
            raise Wrong("it ended with %d" % status)
        if modes != self.modes:
            raise Wrong("it left the terminal with other modes: %r, not %r" % (modes, self.modes))
        self.start()

    def type(self, text):
        self.typed += 1
        os.write(self.fd, text.encode("utf-8", "surrogateescape"))
        while self.take(0):
            pass

    # -- what it does ----------------------------------------------------------------------------

    def tmux(self, *words):
        return subprocess.run(shlex.split(os.environ["TMUX_COMMAND"]) + list(words),
                              stdout=subprocess.PIPE, check=True).stdout

    def resize(self):
        cols, rows = self.chance.choice(SIZES)
        if self.chance.random() < 0.5:
            cols, rows = self.chance.randint(1, 200), self.chance.randint(1, 60)
        self.sizes += 1
        self.size = cols, rows
        self.tmux("resize-window", "-x", str(cols), "-y", str(rows))

    def pointed(self):
        """The mouse: pressed and let go, drawn with the button held, its wheel; also outside."""
        col, row = self.chance.randint(0, 210), self.chance.randint(0, 70)
        if self.chance.random() < 0.6:
            cols, rows = self.size
            col, row = self.chance.randint(1, cols), self.chance.randint(1, rows)
        button = self.chance.choice([0, 0, 0, 1, 2, 32, 64, 65, 66, 4, 999])
        kinds = self.chance.choice(["Mm", "M", "m", "MM"])
        return "".join("\033[<%d;%d;%d%s" % (button, col, row, kind) for kind in kinds)

    def step(self):
        dice = self.chance.random()
        if dice < 0.04:
            self.resize()
        elif dice < 0.07:
            self.type(self.chance.choice(SEQUENCES))
        elif dice < 0.10:
            self.type("/" + self.chance.choice(WORDS) + "\r")
        elif dice < 0.12:
            self.type(str(self.chance.randint(0, 10 ** self.chance.randint(1, 12))))
        elif dice < 0.14:
            self.type(":" + self.chance.choice(PALETTE) + self.chance.choice(["\r", "\x1b"]))
        elif dice < 0.16:
            self.type("&" + self.chance.choice(FILTERS) + "\r")
        elif dice < 0.19:
            self.type(self.pointed())
        else:
            key = self.chance.choices(self.keys, self.weights)[0]
            self.type(key.replace(ANY_LETTER, self.chance.choice("abcdz")))
        self.take(self.chance.choice([0, 0, 0.01, 0.03]))

    # -- what must hold --------------------------------------------------------------------------

    @staticmethod
    def helper_is_busy(pid):
        """The one that foretells stays, and sleeps until a file changes."""
        try:
            with open("/proc/%s/cmdline" % pid, "rb") as words:
                stays = words.read().split(b"\0")[1:3] == [b"worker", b"forecast"]
            with open("/proc/%s/stat" % pid) as stat:
                sleeps = stat.read().rpartition(")")[2].split()[0] == "S"
            with open("/proc/%s/task/%s/children" % (pid, pid)) as children:
                return not (stays and sleeps and not children.read())
        except OSError:
            return False

    def helpers(self):
        """The processes that it has started and that have something to do."""
        try:
            with open("/proc/%d/task/%d/children" % (self.pid, self.pid)) as children:
                return [pid for pid in children.read().split() if self.helper_is_busy(pid)]
        except FileNotFoundError:
            return []

    def is_busy(self):
        """A build runs or has just ended, and with it a clock, or a helper has something to tell."""
        rows = subprocess.run([os.environ["MORTAR_LOOK"], "history", "--json"],
                              stdout=subprocess.PIPE, check=True).stdout
        return self.helpers() or any(
            row["state"] == "running" or row["started"] + row.get("seconds", 0) > time.time() - 3
            for row in json.loads(rows))

    def idle(self):
        end = time.monotonic() + 60
        self.quiet(5)
        # tmux tells the size of a pane a quarter of a second after it has changed.
        while self.is_busy() or self.size != tuple(os.get_terminal_size(0)):
            self.quiet(5)
            if time.monotonic() > end:
                raise Wrong("it is busy for a minute")

    def picture(self, *options):
        """The pane when tmux has come to the end of what was written."""
        old = None
        while old != (new := self.tmux("capture-pane", "-p", *options).decode()):
            old = new
            self.quiet(2, 0.05)
        return new

    def drawn(self):
        """All but the last line: its message goes with any key."""
        return self.picture("-e").removesuffix("\n").rpartition("\n")[0]

    @staticmethod
    def seen(picture):
        """What an eye sees of it, line by line: of a blank the background alone."""
        ink, lines = {}, []
        for line in picture.split("\n"):
            cells = []
            for codes, sign in re.findall(r"\x1b\[([0-9;:]*)m|(.)", line):
                if sign:
                    blank = sign == " " and not ink.keys() & {"4", "7"}
                    cells.append((sign, ink.get("48") if blank else tuple(sorted(ink.items()))))
                    continue
                for code in re.findall(r"[34]8;5;[0-9]+|[0-9:]+", codes) or ["0"]:
                    if code == "0":
                        ink = {}
                    elif re.fullmatch("[34]8;5;.*", code):
                        ink[code[:2]] = code
                    elif re.fullmatch("(3|9)[0-79]|4[0-79]|10[0-7]", code):
                        ink["48" if code[:-1] in ("4", "10") else "38"] = code
                    else:
                        ink[code] = code
            while cells and cells[-1][0] == " ":
                cells.pop()
            lines.append(cells)
        return lines

    def look(self):
        """What has been drawn bit by bit is what is drawn anew."""
        self.type("j")          # an unfinished sequence or count ends here
        # A message of several lines takes rows from the view, so a second look has none but
        # what a count says; on fewer rows or columns that is too much as well.
        for key in "", "9":
            self.type(key)
            self.idle()
            lives, shown = self.lives, self.drawn()
            self.type("\014")
            self.quiet(5)
            again = self.drawn()
            if lives != self.lives or self.size[1] < 8 or self.size[0] < 40:
                return
            if self.seen(shown) == self.seen(again):
                self.looks += 1
                return
        raise Wrong("Ctrl-L shows another screen\n-- before\n%s\n-- after\n%s" % (shown, again))

    def answers(self):
        """From wherever it is, the help opens and closes, and Q leaves."""
        self.tmux("resize-window", "-x", "80", "-y", "24")
        for text, wanted in (("\033", None), ("\033", None), ("\033", None), ("\033OQ", "merged +Docker"),
                             ("?", "a number before a key"), ("q", "merged +Docker")):
            end = time.monotonic() + 10
            self.type(text)
            self.quiet(5)
            while wanted and not re.search(wanted, self.picture()):
                if time.monotonic() > end:
                    raise Wrong("no %r after %r:\n%s" % (wanted, text, self.picture()))
                self.quiet(1)
        lives = self.lives
        self.type("Q")
        end = time.monotonic() + 10
        while self.lives == lives:
            self.take(0.1)
            if time.monotonic() > end:
                raise Wrong("Q does not leave")


def main(argv):
    seed, seconds, recording = int(argv[0]), float(argv[1]), argv[2]
    outer = termios.tcgetattr(0)
    tty.setraw(0)
    wrong = ""
    with open(recording, "wb", buffering=0) as out:
        try:
            monkey = Monkey(seed, out, argv[3:])
            monkey.start()
            end = time.monotonic() + seconds
            next_look = 0
            while time.monotonic() < end + (60 if monkey.typed < LEAST else 0):
                monkey.step()
                if time.monotonic() > next_look:
                    monkey.look()
                    next_look = time.monotonic() + 0.5
            monkey.answers()
        except Wrong as fault:
            wrong = "%s\n" % fault
        if monkey.pid:
            os.kill(monkey.pid, signal.SIGKILL)
    termios.tcsetattr(0, termios.TCSANOW, outer)
    with open(recording + ".words", "w") as out:
        out.write("%d keys, %d sizes, %d looks, %d lives\n" %
                  (monkey.typed, monkey.sizes, monkey.looks, monkey.lives))
        out.write(wrong)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
