#!/usr/bin/python3
"""edit_kill.py MORTAR PROJECT N - kills `mortar set` N times at random moments.

After each kill the file is what it was or what it was to become, whole; nothing else but temporary
files that no project has is in its folder.  Prints how often it was killed, how often before it
had written, and how many temporary files are left.
"""
import os
import random
import re
import subprocess
import sys
import time

FILE = "pesto/api/config.json"
TEMPORARY = re.compile(r"^\.config\.json\.mortar-\w{6}$")


def start(mortar, project, n):
    return subprocess.Popen([mortar, "set", project, FILE, "/n", str(n)], stdin=subprocess.DEVNULL,
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def text_of(n, filler):
    return '{\n    "n": %d,\n    "filler": "%s"\n}\n' % (n, filler)


def main():
    mortar, project, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    path = os.path.join(project, FILE)
    folder = os.path.dirname(path)
    filler = "x" * (1 << 20)
    with open(path, "w") as out:
        out.write(text_of(0, filler))
    names = set(os.listdir(folder))
    took = []
    for n in range(1, 6):
        begun = time.monotonic()
        assert start(mortar, project, n).wait() == 0, "mortar set fails"
        took.append(time.monotonic() - begun)
    usual = sorted(took)[2]
    now, killed, before = 5, 0, 0
    while killed < count:
        process = start(mortar, project, now + 1)
        time.sleep(random.uniform(0.3, 1.1) * usual)
        process.kill()
        was_killed = process.wait() != 0
        with open(path) as got:
            text = got.read()
        if text not in (text_of(now, filler), text_of(now + 1, filler)):
            sys.exit("not one whole version: %d bytes" % len(text))
        written = text == text_of(now + 1, filler)
        if not was_killed and not written:
            sys.exit("it ended well without having written")
        killed += was_killed
        before += was_killed and not written
        now += written
        strange = [n for n in os.listdir(folder) if n not in names and not TEMPORARY.match(n)]
        if strange:
            sys.exit("left in the folder: %s" % strange)
    print(killed, before, len(set(os.listdir(folder)) - names))


main()
