#!/usr/bin/python3
"""gone_in.py PID COMMAND…: runs the command and prints after how many milliseconds, counted from
its start, the process was gone."""
import os
import subprocess
import sys
import time


def is_there(pid):
    try:
        with open(f"/proc/{pid}/stat", "rb") as stat:
            return stat.read().rpartition(b")")[2].split()[0] != b"Z"
    except OSError:
        return False


def main(pid, command):
    began = time.monotonic()
    with open(os.devnull, "r+b") as null:
        child = subprocess.Popen(command, stdin=null, stdout=null, stderr=null)
    while is_there(pid):
        if time.monotonic() - began > 20:
            sys.exit("still there after 20 seconds")
        time.sleep(0.001)
    print(round((time.monotonic() - began) * 1000))
    child.wait()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
