#!/usr/bin/python3
"""keys.py TERM ROWSxCOLS FILE STEP… -- COMMAND…

The command on a terminal of its own.  A STEP is KEYS=>PATTERN: the keys are typed (Python's
escapes), and the bytes that come from then on have to match the pattern before a deadline.  The
step `idle` waits for a second in which the command writes nothing and neither it nor a helper of
its own is woken.  A STEP that is KEYS<=NUMBER: what the keys make it write is something, of at most
so many bytes.  All bytes go to FILE.  Exit code 1 and a sentence: a step was not seen.  The command is ended when it has not
ended by itself.
"""
import os
import re
import select
import signal
import sys
import time

import raw

DEADLINE = 15


class Terminal:
    def __init__(self, term, size, name, argv):
        rows, cols = (int(n) for n in size.split("x"))
        self.out = open(name, "wb", buffering=0)
        self.pid, self.fd = raw.spawn(term, rows, cols, argv)

    def read(self, seconds):
        """What comes within that time; b"" for nothing, None at the end."""
        if not select.select([self.fd], [], [], max(seconds, 0))[0]:
            return b""
        try:
            got = os.read(self.fd, 65536)
        except OSError:
            got = b""
        self.out.write(got)
        return got or None

    def expect(self, pattern):
        seen, end = b"", time.monotonic() + DEADLINE
        wanted = re.compile(pattern.encode(), re.S)
        while not wanted.search(seen):
            got = self.read(end - time.monotonic())
            if not got:
                return False
            seen += got
        return True

    def wakes(self):
        """Of the command and of the helpers it has, by process."""
        counts = {}
        with open("/proc/%d/task/%d/children" % (self.pid, self.pid)) as children:
            pids = [str(self.pid)] + children.read().split()
        for pid in pids:
            try:
                with open("/proc/%s/status" % pid) as status:
                    counts[pid] = re.search(r"\nvoluntary_ctxt_switches:\s*(\d+)", status.read()).group(1)
            except OSError:
                pass
        return counts

    def frame(self):
        """All that comes until nothing comes for a while."""
        seen, got = b"", self.read(DEADLINE)
        while got:
            seen += got
            got = self.read(0.2)
        return seen

    def idle(self):
        end = time.monotonic() + DEADLINE
        while time.monotonic() < end:
            before, second = self.wakes(), time.monotonic() + 1
            quiet = True
            while quiet and time.monotonic() < second:
                quiet = self.read(second - time.monotonic()) == b""
            if quiet and self.wakes() == before:
                return True
        return False

    def end(self):
        try:
            os.kill(self.pid, signal.SIGTERM)
        except ProcessLookupError:
            pass
        while self.read(DEADLINE):
            pass
        os.waitpid(self.pid, 0)


def step(terminal, text):
    if text == "idle":
        return terminal.idle()
    if re.search("<=[0-9]+$", text):
        keys, most = text.rsplit("<=", 1)
        os.write(terminal.fd, keys.encode().decode("unicode_escape").encode("latin-1"))
        taken = len(terminal.frame())
        if not 0 < taken <= int(most):
            print("%d bytes" % taken)
        return 0 < taken <= int(most)
    keys, _, pattern = text.partition("=>")
    os.write(terminal.fd, keys.encode().decode("unicode_escape").encode("latin-1"))
    return terminal.expect(pattern)


def main(argv):
    at = argv.index("--")
    terminal = Terminal(*argv[:3], argv[at + 1:])
    try:
        for text in argv[3:at]:
            if not step(terminal, text):
                print("not seen: %s" % text)
                return 1
    finally:
        terminal.end()
    return 0


if __name__ == "__main__":
    if len(sys.argv) < 5 or "--" not in sys.argv:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1:]))
