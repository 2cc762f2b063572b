#!/usr/bin/python3
"""data.py json FILE MB FIRST | tree DIR FILES BYTES | log FILE LINES | dockerfiles DIR FILES - what is measured on.

json: an object of small objects, about MB megabytes, the first of them number FIRST;
two of them overlap where their numbers do. tree: so many files of so many bytes, a
hundred in a folder. log: lines like a build's. dockerfiles: 15 to 200 lines each, with stages,
long RUN lines, heredocs, comments, and faults of every kind that lint tells of. The same bytes
in every run.
"""
import json
import os
import random
import sys


def write_json(path, megabytes, first):
    chance = random.Random(first)
    size, number = 2, first
    with open(path, "w") as out:
        out.write("{")
        while size < megabytes * 1e6:
            item = {"id": number, "name": "item number %d" % number,
                    "enabled": bool(number & 1), "ratio": round(chance.random(), 6),
                    "tags": ["a", "b"],
                    "box": {"x": number % 640, "y": number % 480, "w": 32, "h": 32}}
            line = '%s\n"item-%07d": %s' % ("," if number > first else "", number,
                                            json.dumps(item))
            out.write(line)
            size += len(line)
            number += 1
        out.write("\n}\n")


def write_tree(path, files, size):
    chance = random.Random(size)
    for i in range(files):
        folder = os.path.join(path, "folder-%04d" % (i // 100))
        if i % 100 == 0:
            os.makedirs(folder)
        with open(os.path.join(folder, "file-%06d.bin" % i), "wb") as out:
            out.write(chance.randbytes(size))


def write_log(path, lines):
    chance = random.Random(lines)
    words = ["copying", "linking", "compiling", "src/module.c", "include/header.h", "warning:",
             "unused variable", "error:", "undefined reference", "to main", "done in 12 ms",
             "Collecting", "wheel", "requirement already satisfied"]
    with open(path, "w") as out:
        for i in range(lines):
            text = " ".join(chance.choice(words) for _ in range(chance.randrange(3, 11)))
            out.write("[%7d] %s\n" % (i, text))


def write_dockerfiles(path, files):
    bases = ["python:3.12-slim", "debian", "node:latest", "golang:1.22 as Build", "alpine:3.20"]
    packages = ["curl", "git", "build-essential", "libpq-dev", "ca-certificates", "jq", "make"]

    def install(chance):
        some = chance.sample(packages, chance.randrange(1, len(packages)))
        clean = chance.choice(["", " && \\\n    rm -rf /var/lib/apt/lists/*"])
        return "RUN apt-get update && \\\n    apt-get install -y \\\n        %s%s" % (
            " \\\n        ".join(some), clean)

    lines = [
        install, lambda c: "ENV NAME_%d=\"value %d\" PATH=/opt/bin:$PATH" % (c.randrange(9), c.randrange(99)),
        lambda c: "ENV LEGACY_%d some value" % c.randrange(9), lambda c: "ARG VERSION_%d=1.%d" % (c.randrange(9), c.randrange(9)),
        lambda c: "COPY --chown=1000:1000 src/part_%d /app/part_%d" % (c.randrange(20), c.randrange(20)),
        lambda c: "COPY . .", lambda c: "RUN cd /app && make -j$(nproc) install PREFIX=/usr/local || true",
        lambda c: "RUN pip install -r requirements.txt", lambda c: "RUN <<EOF\nset -e\nfor i in a b c; do\n  echo $i\ndone\nEOF",
        lambda c: "# a comment about the next instruction", lambda c: "EXPOSE %d/TCP" % c.randrange(1, 9999),
        lambda c: "LABEL org.example.part.%d=\"text\"" % c.randrange(9), lambda c: "WORKDIR app/%d" % c.randrange(9),
        lambda c: "RUN --mount=type=cache,target=/root/.cache/pip pip install --no-deps package-%d==1.0" % c.randrange(99),
        lambda c: "USER root", lambda c: "ADD files-%d.txt /srv/" % c.randrange(9), lambda c: "",
    ]
    os.makedirs(path)
    for i in range(files):
        chance = random.Random(i)
        text = ["# syntax=docker/dockerfile:1"]
        for stage in range(chance.randrange(1, 4)):
            base = chance.choice(bases).split(" as ")[0]
            text += ["", "FROM %s AS stage%d" % (base, stage)]
            text += [chance.choice(lines)(chance) for _ in range(chance.randrange(8, 30))]
        text += ["CMD python -m app" if i % 2 else 'CMD ["python", "-m", "app"]', ""]
        with open(os.path.join(path, "%04d.Dockerfile" % i), "w") as out:
            out.write("\n".join(text))


if sys.argv[1] == "dockerfiles":
    write_dockerfiles(sys.argv[2], int(sys.argv[3]))
elif sys.argv[1] == "json":
    write_json(sys.argv[2], float(sys.argv[3]), int(sys.argv[4]))
elif sys.argv[1] == "log":
    write_log(sys.argv[2], int(sys.argv[3]))
else:
    write_tree(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
