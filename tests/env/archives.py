#!/usr/bin/python3
"""Makes the archives of docs/examples/ship-detector/requirements from tests/env/archives, and the
wheels of docs/examples/poetry-service/wheels from tests/env/wheels.

archives.py           writes those that are absent or whose content differs
archives.py --check   exit 1 if one would be written

Same sources, same bytes: sorted, no times, no owners.
"""

import gzip
import io
import os
import sys
import tarfile
import tempfile

import index

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCES = os.path.join(HERE, "archives")
TARGET = os.path.join(HERE, "../../docs/examples/ship-detector/requirements")
WHEELS_TARGET = os.path.join(HERE, "../../docs/examples/poetry-service/wheels")

# Folder below archives/ -> what its members are named under. An sdist has one top folder, as pip
# wants it; PESTO unpacks the others into a folder named like the requirement, so they have none.
ARCHIVES = {"geotools": "", "ship-weights": "", "tinystat-1.0.0": "tinystat-1.0.0/"}

# Package, module, version.
WHEELS = [
    ("mortar-phrases", "mortar_phrases", "1.0.0"),
    ("mortar-colours", "mortar_colours", "1.0.0"),
    ("mortar-checks", "mortar_checks", "1.0.0"),
]


def members(folder):
    found = []
    for path, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        found += [os.path.join(path, name) for name in names]
    return sorted(found)


def tar(folder, prefix):
    text = io.BytesIO()
    with tarfile.open(fileobj=text, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for path in members(folder):
            member = tarfile.TarInfo(prefix + os.path.relpath(path, folder))
            member.size = os.path.getsize(path)
            member.mode = 0o644
            with open(path, "rb") as file:
                archive.addfile(member, file)
    return text.getvalue()


def content(path):
    """The tar inside: another zlib may press the same bytes otherwise."""
    try:
        with gzip.open(path) as file:
            return file.read()
    except (OSError, EOFError):
        return None


def write(path, text):
    with open(path + ".new", "wb") as file:
        with gzip.GzipFile("", "wb", 9, file, 0) as packed:
            packed.write(text)
    os.replace(path + ".new", path)


def wheels(check):
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        for made in WHEELS:
            index.wheel_make(folder, *made, "")
        for name in sorted(os.listdir(folder)):
            path = os.path.join(WHEELS_TARGET, name)
            with open(os.path.join(folder, name), "rb") as file:
                wanted = file.read()
            if os.path.exists(path) and open(path, "rb").read() == wanted:
                continue
            wrong = 1
            if check:
                print("archives.py: %s is not what tests/env/wheels makes" % name)
            else:
                index.replace(path, wanted)
    return wrong


def main(check):
    wrong = wheels(check)
    for name, prefix in sorted(ARCHIVES.items()):
        path = os.path.join(TARGET, name + ".tar.gz")
        text = tar(os.path.join(SOURCES, name), prefix)
        if content(path) == text:
            continue
        wrong = 1
        if check:
            print("archives.py: %s.tar.gz is not what tests/env/archives/%s makes" % (name, name))
        else:
            write(path, text)
    return wrong if check else 0


if __name__ == "__main__":
    if sys.argv[1:] not in ([], ["--check"]):
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1:] == ["--check"]))
