#!/usr/bin/python3
"""pairs.py [--peak PEAKS | --minus | --told] NAME AIM RUNS A B - time two commands, print a row.

A and B, shell commands, are started RUNS times each, A B A B ..., after one run of each
that does not count; the ratio is taken pair by pair, so that a machine that changes its
speed meanwhile changes both. Columns: what, A's median, B's median, the ratio's median
with the smallest and the largest, the aim. --minus: the difference in milliseconds
instead of the ratio. --peak: the peak memory of the largest process instead of the wall
clock, told by the program PEAKS (peaks.c). --told: the milliseconds that the commands
print themselves. A command that fails ends the row.
"""
import argparse
import statistics
import subprocess
import sys
import tempfile
import time


def run(command, given, complaints):
    """Milliseconds, or MiB with --peak."""
    argv = ["/bin/sh", "-c", command]
    with tempfile.NamedTemporaryFile("r") as told, tempfile.TemporaryFile("w+") as printed:
        if given.peak:
            argv = [given.peak, told.name] + argv
        start = time.monotonic()
        code = subprocess.call(argv, stdin=subprocess.DEVNULL, stderr=complaints,
                               stdout=printed if given.told else subprocess.DEVNULL)
        figure = (time.monotonic() - start) * 1000
        if code:
            complaints.seek(0)
            sys.exit("'%s' ended with %d: %s" % (command, code,
                                                 complaints.read()[-400:].strip()))
        printed.seek(0)
        return (int(told.read()) / 1024 if given.peak else
                float(printed.read()) if given.told else figure)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--peak")
    parser.add_argument("--minus", action="store_true")
    parser.add_argument("--told", action="store_true")
    for name in ("name", "aim", "runs", "a", "b"):
        parser.add_argument(name)
    given = parser.parse_args()
    pairs = []
    with tempfile.TemporaryFile("w+") as complaints:
        for i in range(int(given.runs) + 1):
            pair = [run(command, given, complaints) for command in (given.a, given.b)]
            if i:
                pairs.append(pair)
    middle = statistics.median
    unit = "MiB" if given.peak else "ms"
    form = "%+.0f ms (%+.0f to %+.0f)" if given.minus else "%.2f (%.2f to %.2f)"
    each = [a - b if given.minus else a / b for a, b in pairs]
    print("| %s | %.1f %s | %.1f %s | %s | %s |" % (
        given.name, middle(a for a, _ in pairs), unit, middle(b for _, b in pairs), unit,
        form % (middle(each), min(each), max(each)), given.aim), flush=True)


main()
