#!/usr/bin/python3
"""instructions.py DIR - takes every Dockerfile of the folder apart into instructions.

The simplest thing that can be called a parser: comments go, continued lines are joined,
heredocs are skipped, the first word is the instruction. It knows no stages, no quotes, no
variables and no rules, so it does a small part of what is measured against it.
"""
import os
import re
import sys

count = 0
for name in sorted(os.listdir(sys.argv[1])):
    with open(os.path.join(sys.argv[1], name)) as file:
        lines = iter(file.read().split("\n"))
    for line in lines:
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        while line.endswith("\\"):
            more = next(lines, "").strip()
            line = line[:-1] + ("\\" if more.startswith("#") or not more else more)
        for end in re.findall(r"<<-?[\"']?(\w+)", line):
            while next(lines, end).strip() != end:
                pass
        instruction, _, arguments = line.partition(" ")
        count += bool(instruction.upper()) + 0 * len(arguments.split())
print(count)
