#!/usr/bin/python3
"""inject.py sweep MORTAR DIR EVERY | project DIR | wanted | files - values that would like to be more.

sweep    each value (or every so many, others in every place) in each place of a PESTO project that ends up in its Dockerfile: the Dockerfile
         has as many instructions as with a harmless value, or the value is refused with its place
project  the folder of a small project gets all that are taken, at once
wanted   the environment that its container has, NUL after every entry
files    the paths of the files that it has, one a line
"""
import json
import os
import subprocess
import sys
import tarfile

VALUES = [
    "a b", " a ", "a\tb", "a'b", 'a"b', "a`touch /pwned`b", "$(touch /pwned)", "$((1+1))", "a\\", "\\\\",
    "\\n", "a\\\"b", "'; touch /pwned; '", '"; touch /pwned; "', "a && touch /pwned", "a; touch /pwned #",
    "#comment", "# syntax=docker/dockerfile:1", "#escape=`", "<<EOF", "<<-'EOF'", "--mount=type=bind,target=/x",
    "--from=evil", "ONBUILD RUN touch /pwned", "RUN touch /pwned", "a=b c=d", "[\"a\", \"b\"]", "[", "*", "?", "[a-z]",
    "~", "!x", "&", "|", ">x", "<x", "%s%n", "{a,b}", "é😀", "\u00db31m", "-rf", "--", "a,b", "a:b", "@/etc/passwd",
    "\\$HOME", "\\${HOME}", "${UNSET_1:-x y}", "\u200b", "\u202e",
]
# No line of a Dockerfile can say these.
REFUSED = ["a\nRUN touch /pwned", "a\\\nRUN touch /pwned", "a\r\nRUN touch /pwned", "a\0b", "\x1b[31m", "\x7f", "\u0085", "${", "${x",
           "${x:?}", "${x/a/b}", "\nEOF\nRUN touch /pwned"]
# What a value becomes that speaks of variables.
BECOMES = {"\\\\": "\\", "\\$HOME": "$HOME", "\\${HOME}": "${HOME}", "${UNSET_1:-x y}": "x y"}


def write(path, value):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as out:
        json.dump(value, out)


def make(root, build, requirements):
    write(root + "/pesto/build/build.json", dict({"name": "inject", "version": "1", "workspace": None,
                                                  "algorithm_path": None}, **build))
    write(root + "/pesto/build/requirements.json", dict({"environments": {}, "requirements": {},
                                                         "dockerBaseImage": "busybox"}, **requirements))


def requirement(name, source, to, kind=None):
    return {"requirements": {name: dict({"from": source, "to": to}, **({"type": kind} if kind else {}))}}


PLACES = {
    "an environment value": lambda v: ({}, {"environments": {"A": v, "B": "b"}}),
    "an environment name": lambda v: ({}, {"environments": {v: "a"}}),
    "the base image": lambda v: ({}, {"dockerBaseImage": v}),
    "the project's name": lambda v: ({"name": v}, {}),
    "the project's version": lambda v: ({"version": v}, {}),
    "a requirement's name": lambda v: ({}, requirement(v, "file:///none/x.tar.gz", "/opt/x")),
    "a requirement's file": lambda v: ({}, requirement("x", "file:///none/" + v, "/opt/x")),
    "a pip requirement's file": lambda v: ({}, requirement("x", "file:///none/" + v, "/opt/x", "pip")),
    "a requirement's path": lambda v: ({}, requirement("x", "file:///none/x", v)),
    "a path of Python's": lambda v: ({}, requirement("x", "file:///none/x.tar.gz", v, "python")),
}


def count(mortar, root):
    """How many instructions the Dockerfile has, or what is said instead."""
    made = subprocess.run([mortar, "dockerfile", root], capture_output=True)
    if made.returncode:
        said = made.stderr.decode()
        placed = made.returncode == 3 and ".json:" in said
        return "refused" if placed else "exit %d: %s" % (made.returncode, said)
    with open(root + "/Dockerfile.made", "wb") as out:
        out.write(made.stdout)
    read = subprocess.run([mortar, "read", root + "/Dockerfile.made", "--as", "dockerfile"], capture_output=True)
    os.remove(root + "/Dockerfile.made")
    if read.returncode:
        return "it cannot be read again: %s\n%s" % (read.stderr.decode(), made.stdout.decode())
    return len(json.loads(read.stdout))


def sweep(mortar, root, every):
    bad = taken = refused = 0
    for i, (place, at) in enumerate(PLACES.items()):
        make(root, *at("busybox"))
        harmless = count(mortar, root)
        for value in (VALUES + REFUSED)[i % int(every)::int(every)]:
            make(root, *at(value))
            got = count(mortar, root)
            taken += got == harmless
            refused += got == "refused"
            if got not in (harmless, "refused") or (value in REFUSED[:6] and got != "refused"):
                bad += 1
                print("%r as %s: %s, not %s" % (value, place, got, harmless))
    print("%d are taken, %d refused" % (taken, refused))
    return 1 if bad else 0


# -- one project with all of them --------------------------------------------------------------------

def environment():
    return {"INJECT_%d" % i: v for i, v in enumerate(VALUES)}


def names():
    """Those that can be copied by every builder; the others are refused with their place."""
    every = 1 if os.environ.get("MORTAR_SOAK") else 4
    return [v for v in VALUES if not set(v) & set("/[\\")][::every]


def project(root):
    """The base image and the name stay; files and environment are ours."""
    path = root + "/pesto/build/requirements.json"
    with open(path) as source:
        settings = json.load(source)
    settings["environments"] = environment()
    for i, name in enumerate(names()):
        with open(root + "/%d.bin" % i, "w") as out:
            out.write("file %d\n" % i)
        tar = root + "/archive-%d.tar.gz" % i
        with tarfile.open(tar, "w:gz") as out:
            out.add(root + "/%d.bin" % i, name)
        settings["requirements"]["r%s%d" % (name, i)] = {"from": "file://" + tar, "to": "/opt/inject/%d%s" % (i, name)}
    write(path, settings)
    return 0


def wanted():
    for name, value in sorted(environment().items()):
        sys.stdout.write("%s=%s\0" % (name, BECOMES.get(value, value)))
    return 0


def files():
    for i, name in enumerate(names()):
        print("/opt/inject/%d%s/%s" % (i, name, name))
    return 0


if __name__ == "__main__":
    verbs = {f.__name__: f for f in (sweep, project, wanted, files)}
    if len(sys.argv) < 2 or sys.argv[1] not in verbs:
        sys.exit(__doc__)
    sys.exit(verbs[sys.argv[1]](*sys.argv[2:]))
