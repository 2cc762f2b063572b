#!/bin/sh
# Run by the stage `tested`.
set -eu
grep -q ' from version ' greeting.txt
[ "$(wc -l <installed.txt)" -eq 2 ]
echo "two requirements, one greeting"
