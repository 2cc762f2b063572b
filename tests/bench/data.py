#!/usr/bin/python3
"""data.py json FILE MB FIRST | tree DIR FILES BYTES | log FILE LINES - what is measured on.

json: an object of small objects, about MB megabytes, the first of them number FIRST;
two of them overlap where their numbers do. tree: so many files of so many bytes, a
hundred in a folder. log: lines like a build's. The same bytes in every run.
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


if sys.argv[1] == "json":
    write_json(sys.argv[2], float(sys.argv[3]), int(sys.argv[4]))
elif sys.argv[1] == "log":
    write_log(sys.argv[2], int(sys.argv[3]))
else:
    write_tree(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
