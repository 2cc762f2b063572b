#!/usr/bin/python3
"""screen.py MORTAR PROJECT SCRATCH [RUNS] - the workbench in a pty, in milliseconds and bytes.

PROJECT is copied and given 1,000 configuration files; SCRATCH is an empty folder. What is
counted is what mortar writes to its terminal, byte by byte. A frame is what follows a key
until nothing has come for QUIET seconds; its time is that of its last byte. The build is a
journal that grows by a log line every 38 ms (26 a second), kept by this process. Each row
ends with its aim; exit 1 when one is missed.
"""
import errno
import fcntl
import json
import os
import pty
import random
import select
import shutil
import signal
import statistics
import struct
import subprocess
import sys
import termios
import time

QUIET = 0.012
KEYS = 1000
LINES_PER_SECOND = 26
FILES = 1000
WORDS = ("Collecting", "linking", "copying", "src/module.c", "warning: unused variable",
         "Downloading numpy-2.0.whl (19.2 MB)", "done in 12 ms", "Get:1", "Unpacking",
         "Setting up libpython3.11-minimal:amd64 (3.11.2-6+deb12u3) ...")


class Screen:
    """The workbench in a terminal of so many rows and columns."""

    def __init__(self, argv, rows, cols, env):
        self.start = time.monotonic()
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))
            os.execve(argv[0], argv, env)
        self.last = self.start

    def read(self, seconds):
        """What comes within so many seconds, at once when something does."""
        if not select.select([self.fd], [], [], seconds)[0]:
            return b""
        try:
            bytes_ = os.read(self.fd, 65536)
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            return b""
        self.last = time.monotonic()
        return bytes_

    def frame(self, seconds=2.0):
        """All until it is quiet."""
        all_ = self.read(seconds)
        while True:
            more = self.read(QUIET)
            if not more:
                return all_
            all_ += more

    def settle(self, seconds=0.5):
        """All until it is quiet for longer: workers have answered."""
        all_ = b""
        while True:
            more = self.read(seconds)
            if not more:
                return all_
            all_ += more

    def during(self, seconds):
        """All of so many seconds: what runs is never quiet."""
        end, all_ = time.monotonic() + seconds, b""
        while time.monotonic() < end:
            all_ += self.read(0.1)
        return all_

    def until(self, word):
        all_ = b""
        while word not in all_:
            more = self.read(5)
            if not more:
                sys.exit("screen.py: %r is not to be seen in %r" % (word, all_[-2000:]))
            all_ += more
        return all_

    def key(self, keys):
        """Types; returns (milliseconds to the last byte, the bytes)."""
        start = time.monotonic()
        os.write(self.fd, keys)
        bytes_ = self.frame()
        return (self.last - start) * 1000, bytes_

    def counter(self, name):
        with open("/proc/%d/status" % self.pid) as status:
            for line in status:
                if line.startswith(name + ":"):
                    return int(line.split()[1])
        raise KeyError(name)

    def cpu_ms(self):
        with open("/proc/%d/schedstat" % self.pid) as stat:
            return int(stat.read().split()[0]) / 1e6

    def end(self):
        os.kill(self.pid, signal.SIGTERM)
        while self.read(0.5):
            pass
        os.waitpid(self.pid, 0)
        os.close(self.fd)


class Build:
    """A build that runs: journal, log and lock as a job keeps them."""

    def __init__(self, state, nsteps=24, here=12):
        self.dir = os.path.join(state, "mortar", "builds", "20260102-030405-abcd")
        os.makedirs(self.dir, 0o700)
        self.lock = open(os.path.join(self.dir, "lock"), "w")
        fcntl.lockf(self.lock, fcntl.LOCK_EX)
        self.log = open(os.path.join(self.dir, "log"), "wb", buffering=0)
        self.journal = open(os.path.join(self.dir, "journal"), "wb", buffering=0)
        self.offset = self.lines = 0
        self.chance = random.Random(1)
        self.step = here
        steps = [{"index": i, "name": "RUN step number %d of this image" % i, "group": i * 3 // nsteps,
                  "line": i + 1} for i in range(nsteps)]
        if nsteps > 24:
            for step in steps:
                del step["group"]
                step["stage"] = "stage%d" % (step["index"] // 40)
        self.steps = steps
        self.event("build.start", id="20260102-030405-abcd", format=1, project="bench",
                   kind="pesto", profiles=["gpu"], level="all", engine="buildkit",
                   root="/bench", image="bench:1", pid=os.getpid(), groups=["base", "pip", "algorithm"],
                   steps=steps)
        for i in range(here):
            self.event("step.done", step=i, ok=True, cached=True, seconds=0)
        self.event("step.start", step=here)

    def event(self, name, **fields):
        line = {"t": round(time.time(), 3), "ev": name}
        line.update(fields)
        self.journal.write(json.dumps(line).encode() + b"\n")

    def say(self):
        """One more line, of 20 to 120 bytes."""
        words = [self.chance.choice(WORDS) for _ in range(self.chance.randrange(1, 5))]
        text = ("[%5d] %s\n" % (self.lines, " ".join(words))).encode()
        self.log.write(text)
        self.event("log", step=self.step, stream=1, offset=self.offset, length=len(text))
        self.offset += len(text)
        self.lines += 1

    def bulk(self, lines):
        """So many lines at once, in chunks as a job writes them."""
        while lines > 0:
            text = b"".join(b"[%7d] compiling module %d of this image, take %d\n" % (i, i * 7, i % 9)
                            for i in range(self.lines, self.lines + min(lines, 500)))
            self.log.write(text)
            self.event("log", step=self.step, stream=1, offset=self.offset, length=len(text))
            self.offset += len(text)
            self.lines += 500
            lines -= 500

    def former(self, n):
        """How long steps took in a build before."""
        where = os.path.join(os.path.dirname(self.dir), "20260101-00000%d-abcd" % n)
        os.makedirs(where, 0o700)
        took = [{"step": s["index"], "stage": s.get("stage", ""), "name": s["name"],
                 "cached": False, "ok": True, "seconds": 0.5 + n, "lines": 1} for s in self.steps]
        with open(os.path.join(where, "times.json"), "w") as out:
            json.dump({"format": 1, "root": "/bench", "project": "bench", "engine": "buildkit",
                       "engine_address": "", "level": "all", "ok": True, "started": 1.0,
                       "seconds": 9000, "path": 8000, "steps": took}, out)
        return where

    def end(self):
        self.log.close()
        self.journal.close()
        self.lock.close()
        shutil.rmtree(self.dir)


failed = 0


def row(name, value, unit, spread, aim):
    global failed
    missed = aim is not None and value > aim
    failed |= missed
    print("| %s | %.1f %s | | %s | %s |" % (
        name, value, unit, spread,
        "" if aim is None else "%g %s%s" % (aim, unit, " (missed)" if missed else "")), flush=True)


def spread(values, form="%.1f"):
    return ("median " + form + ", largest " + form) % (statistics.median(values), max(values))


def percentile(values, part):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * part))]


def measure_first_frame(argv, env, runs):
    times, work = [], []
    for i in range(runs + 1):
        screen = Screen(argv, 45, 160, env)
        screen.until(b"pane")
        if i:
            times.append((screen.last - screen.start) * 1000)
            work.append(screen.cpu_ms())
        screen.end()
    row("first frame, %d configuration files" % FILES, statistics.median(times), "ms",
        "%.1f to %.1f, processor %.1f" % (min(times), max(times), statistics.median(work)), 30)


def measure_keys(argv, env):
    screen = Screen(argv, 45, 160, env)
    screen.until(b"pane")
    screen.settle()
    cpu = screen.cpu_ms()
    times = [screen.key(b"j" if i // 20 % 2 == 0 else b"k")[0] for i in range(KEYS)]
    cpu = (screen.cpu_ms() - cpu) / KEYS
    row("key to frame, %d keys, 99th percentile" % KEYS, percentile(times, 0.99), "ms",
        spread(times) + ", processor %.1f" % cpu, 16)
    screen.end()


def keys_here(screen, keys, n, name, aim):
    sizes = [len(screen.key(keys)[1]) for _ in range(n)]
    row(name, statistics.median(sizes), "B", spread(sizes, "%.0f"), aim)


def measure_bytes(argv, env, rows, cols):
    size = " at %dx%d" % (cols, rows)
    screen = Screen(argv, rows, cols, env)
    screen.until(b"pane")
    screen.settle()
    linked = cols >= 120        # panes beside each other
    screen.key(b"gg")
    sizes = [len(screen.key(b"j")[1]) for _ in range(18)]
    # Where another file begins the other panes go there; the rest stay within the tree.
    others = sorted(sizes)[12:]
    row("j in the tree" + size, statistics.median(sorted(sizes)[:12]), "B",
        spread(sorted(sizes)[:12], "%.0f"), 300)
    if linked:
        row("the same onto another document", statistics.median(others), "B",
            spread(others, "%.0f"), 1500)
    screen.key(b"/requirements.json\r")
    screen.key(b"\t")
    keys_here(screen, b"j", 15, "j in the merged document" + size, 1500 if linked else 300)
    screen.key(b"\t")
    screen.key(b"gg")
    keys_here(screen, b"j", 40, "j in the Dockerfile" + size, 1500 if linked else 300)
    screen.end()


def measure_idle(argv, env):
    screen = Screen(argv, 45, 160, env)
    screen.until(b"pane")
    screen.settle(1.5)
    wakes = screen.counter("voluntary_ctxt_switches")
    bytes_ = screen.read(10)
    row("idle for 10 s", len(bytes_), "B", "", 0)
    row("its wake-ups", screen.counter("voluntary_ctxt_switches") - wakes, "", "", 0)
    screen.end()


def feed(screen, build, seconds):
    """Bytes that a build at its pace makes."""
    total, start, n = 0, time.monotonic(), 0
    while True:
        due = start + n / LINES_PER_SECOND
        now = time.monotonic()
        if now >= start + seconds:
            return total
        if now >= due:
            build.say()
            n += 1
        else:
            total += len(screen.read(due - now))


def measure_build(argv, env, state, rows, cols, aim):
    build = Build(state)
    for _ in range(60):
        build.say()
    screen = Screen(argv, rows, cols, env)
    screen.until(b"pane")
    screen.settle()
    screen.key(b"\x1bOR")
    feed(screen, build, 2)
    cpu = screen.cpu_ms()
    seconds = 15
    rate = feed(screen, build, seconds) / seconds
    cpu = (screen.cpu_ms() - cpu) / seconds
    row("live build, 26 lines a second, at %dx%d" % (cols, rows), rate, "B/s",
        "processor %.1f ms/s" % cpu, aim)
    screen.end()
    build.end()


def keys_over(screen, keys, n):
    """Milliseconds of each key, there and back in turns of twenty."""
    return [screen.key(keys[i // 20 % 2])[0] for i in range(n)]


def measure_large(argv, env, state):
    """2,000 steps in fifty stages, a step with 1,000,000 lines, ten builds before."""
    build = Build(state, 2000, 1000)
    formers = [build.former(n) for n in range(10)]
    for step in range(1001, 1008):
        build.event("step.start", step=step)
    build.bulk(1000000)
    screen = Screen(argv, 45, 160, env)
    screen.until(b"pane")
    screen.settle()
    screen.key(b"\x1bOR")
    screen.during(4)
    screen.key(b"a")
    screen.key(b"\t")
    for name, keys in (("log", (b"k", b"j")), ("pages of the log", (b"\x15", b"\x04"))):
        times = keys_over(screen, keys, 100)
        row("2,000 steps, 1,000,000 lines: a key in the %s, 99th percentile" % name,
            percentile(times, 0.99), "ms", spread(times), 16)
    sizes = [len(screen.key(b"k")[1]) for _ in range(20)]
    row("k in the log", statistics.median(sizes), "B", spread(sizes, "%.0f"), 300)
    screen.key(b"&module 7.*take 3\r")
    screen.key(b"/compiling\r")
    times = keys_over(screen, (b"k", b"j"), 200)
    row("…while a filter and a search look at all lines", percentile(times, 0.99), "ms",
        spread(times), 16)
    screen.during(3)
    screen.key(b"&\r")
    screen.key(b"\t")
    times = keys_over(screen, (b"j", b"k"), 200)
    row("…in the steps", percentile(times, 0.99), "ms", spread(times), 16)
    screen.end()
    build.end()
    for where in formers:
        shutil.rmtree(where)


def main():
    mortar, example, scratch = sys.argv[1:4]
    runs = int(sys.argv[4]) if len(sys.argv) > 4 else 15
    project, state = os.path.join(scratch, "project"), os.path.join(scratch, "state")
    shutil.copytree(example, project)
    have = sum(len(names) for _, _, names in os.walk(os.path.join(project, "pesto")))
    for i in range(FILES - have):
        with open(os.path.join(project, "pesto/api/config.p%04d.json" % i), "w") as out:
            out.write('{"threshold": %d, "overlay": {"number": %d}}\n' % (i, i))
    env = {"PATH": os.environ["PATH"], "HOME": scratch, "XDG_STATE_HOME": state,
           "TERM": os.environ.get("BENCH_TERM", "xterm-256color"), "LC_ALL": "C.UTF-8"}
    argv, small = [mortar, project], [mortar, example]
    # The certificates are there, as they are but for the first minute of a project.
    for path in project, example:
        subprocess.run([mortar, "context", path], env=env, check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
    only = os.environ.get("BENCH_SCREEN", "frame keys bytes idle build large").split()
    if "frame" in only:
        measure_first_frame(argv, env, runs)
    if "keys" in only:
        measure_keys(argv, env)
    for rows, cols in (24, 80), (45, 160):
        if "bytes" in only:
            measure_bytes(small, env, rows, cols)
    if "idle" in only:
        measure_idle(argv, env)
    for rows, cols, aim in (24, 80, 1500), (45, 160, 4000):
        if "build" in only:
            measure_build(small, env, state, rows, cols, aim)
    if "large" in only:
        measure_large(small, env, state)
    sys.exit(failed)


main()
