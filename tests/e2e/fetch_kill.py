#!/usr/bin/python3
"""fetch_kill.py MORTAR PROJECT SERVED URL TIMES - kill -9 of a fetch and its worker at random moments.

The archive of URL is made in SERVED. After each kill the cache has no file or folder that is not
whole; after some of them the fetch is let end: it succeeds, and leaves nothing else behind.
"""
import glob
import hashlib
import io
import os
import random
import shutil
import signal
import subprocess
import sys
import tarfile
import time

mortar, project, served, url, times = sys.argv[1:6]
chance = random.Random(4)
cache = os.environ["XDG_CACHE_HOME"]
NAMES = {"", ".kept", ".lock", ".part", ".about"}
files = {"d%02d/f%d" % (i % 40, i): chance.randbytes(2500) for i in range(1200)}


def serve():
    with tarfile.open(os.path.join(served, "many.tar.gz"), "w:gz", compresslevel=1) as out:
        for name, body in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(body)
            out.addfile(entry, io.BytesIO(body))
    with open(os.path.join(served, "many.tar.gz"), "rb") as from_:
        return hashlib.sha256(from_.read()).hexdigest()


def start():
    return subprocess.Popen([mortar, "context", project], start_new_session=True,
                            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def all_whole(digest):
    for path in glob.glob(cache + "/mortar/requirements/*/many.tar.gz"):
        with open(path, "rb") as from_:
            assert hashlib.sha256(from_.read()).hexdigest() == digest, "half a file: " + path
    for path in glob.glob(cache + "/mortar/requirements/*/unpacked"):
        found = {os.path.relpath(os.path.join(top, name), path)
                 for top, _, names in os.walk(path) for name in names}
        assert found == set(files), "half a folder: %d of %d" % (len(found), len(files))
        for name in chance.sample(sorted(files), 50):
            with open(os.path.join(path, name), "rb") as from_:
                assert from_.read() == files[name], "half a file: " + name


def nothing_else():
    for path in glob.glob(cache + "/mortar/requirements/*/many*") + \
            glob.glob(cache + "/mortar/requirements/*/.*") + \
            glob.glob(cache + "/mortar/requirements/*/unpacked*"):
        name = os.path.basename(path)
        assert name in ("unpacked", "unpacked.sha256") or \
            name[:len("many.tar.gz")] == "many.tar.gz" and \
            name[len("many.tar.gz"):] in NAMES - {".part", ".about"}, "left behind: " + path


def forget():
    shutil.rmtree(cache + "/mortar/requirements", ignore_errors=True)


def let_end(digest):
    """Seconds that what is still to be done takes."""
    begun = time.monotonic()
    run = start()
    said = run.communicate()[1]
    assert run.returncode == 0, said.decode()
    all_whole(digest)
    assert glob.glob(cache + "/mortar/requirements/*/unpacked"), "there is no folder"
    nothing_else()
    return time.monotonic() - begun


def kill_after(seconds):
    """True when there was something to kill."""
    run = start()
    time.sleep(seconds)
    lives = run.poll() is None
    if lives:
        os.killpg(run.pid, signal.SIGKILL)
    run.communicate()
    return lives


def main():
    digest = serve()
    with open(os.path.join(project, "pesto/build/requirements.json"), "w") as out:
        out.write('{"environments": {}, "dockerBaseImage": "b:1",\n"requirements": {"it": '
                  '{"to": "/opt/it", "from": "%s"}}}\n' % url)
    let_end(digest)                 # makes the certificate too, which takes its time
    forget()
    whole = let_end(digest)
    killed = parts = goes_on = tried = 0
    while killed < int(times):
        tried += 1
        assert tried < 20 * int(times), "it ends before it can be killed"
        if chance.random() < 0.5:
            forget()
        else:
            goes_on += bool(glob.glob(cache + "/mortar/requirements/*/many.tar.gz.part"))
        killed += kill_after(chance.random() * whole)
        parts += bool(glob.glob(cache + "/mortar/requirements/*/many.tar.gz.part"))
        all_whole(digest)
        if chance.random() < 0.2:
            let_end(digest)
    let_end(digest)
    print("%d times, %d left a part of the file, %d went on with one" % (killed, parts, goes_on))


main()
