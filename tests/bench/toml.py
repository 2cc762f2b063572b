#!/usr/bin/python3
"""toml.py FILE RUNS - prints the median of the milliseconds that tomllib takes to read FILE."""
import statistics
import sys
import time
import tomllib

with open(sys.argv[1], encoding="utf-8", newline="") as file:
    TEXT = file.read()
TIMES = []
for _ in range(int(sys.argv[2])):
    start = time.perf_counter()
    tomllib.loads(TEXT)
    TIMES.append((time.perf_counter() - start) * 1000)
print("%.1f" % statistics.median(TIMES))
