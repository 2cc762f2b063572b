#!/usr/bin/python3
"""toml_suite.py FOLDER MORTAR - runs a public TOML suite through `mortar read --tagged`.

FOLDER has files-toml-1.0.0, which lists valid/NAME.toml with NAME.json, and invalid/NAME.toml.
Trees are compared by type and value: floats as numbers, times without trailing zeros of their
fractions. An invalid file has to be refused with exit code 3 and one place. Prints what is
wrong and, last, how many files were run; exit code 1 where something is wrong.
"""
import json
import os
import re
import subprocess
import sys


def plain(kind, text):
    """What two texts of that type are alike by."""
    if kind == "float":
        number = float(text.replace("_", ""))
        return "nan" if number != number else number
    if kind == "integer":
        return int(text)
    if kind in ("datetime", "datetime-local", "time-local"):
        text = text.upper().replace(" ", "T").replace("Z", "+00:00")
        return re.sub(r"(\.\d*?)0+(?=\D|$)", r"\1", text).replace(".+", "+").rstrip(".")
    return text


def is_scalar(tree):
    return isinstance(tree, dict) and set(tree) == {"type", "value"} and \
        isinstance(tree["value"], str)


def difference(wanted, got, where=""):
    """None, or a sentence."""
    if is_scalar(wanted):
        if is_scalar(got) and got["type"] == wanted["type"] and \
                plain(got["type"], got["value"]) == plain(wanted["type"], wanted["value"]):
            return None
        return "%s: wanted %s, got %s" % (where or "/", wanted, got)
    if type(wanted) is not type(got) or len(wanted) != len(got):
        return "%s: wanted %.200s, got %.200s" % (where or "/", wanted, got)
    for key in wanted if isinstance(wanted, dict) else range(len(wanted)):
        if isinstance(wanted, dict) and key not in got:
            return "%s/%s is missing" % (where, key)
        told = difference(wanted[key], got[key], "%s/%s" % (where, key))
        if told:
            return told
    return None


def run(folder, name, mortar):
    """None, or what is wrong with one file."""
    path = os.path.join(folder, name)
    done = subprocess.run([mortar, "read", path, "--as", "toml", "--tagged"], timeout=60,
                          capture_output=True, check=False)
    if name.startswith("valid/"):
        if done.returncode:
            return "was refused: %r" % done.stderr
        with open(path[:-len("toml")] + "json", encoding="utf-8") as wanted:
            return difference(json.load(wanted), json.loads(done.stdout))
    lines = done.stderr.decode(errors="replace").splitlines()
    if done.returncode != 3 or done.stdout:
        return "was taken, exit code %d" % done.returncode
    if len(lines) != 1 or not re.search(r":\d+:\d+: ", lines[0]):
        return "was not refused at one place: %s" % lines
    return None


def main():
    folder, mortar = sys.argv[1:]
    with open(os.path.join(folder, "files-toml-1.0.0"), encoding="utf-8") as listed:
        names = [line.strip() for line in listed if line.strip().endswith(".toml")]
    wrong = 0
    for name in names:
        told = run(folder, name, mortar)
        if told:
            wrong += 1
            print("%s %s" % (name, told))
    print("%d files, %d wrong" % (len(names), wrong))
    sys.exit(1 if wrong or not names else 0)


main()
