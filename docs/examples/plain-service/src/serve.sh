#!/bin/sh
[ "$LOG_LEVEL" != debug ] || set -x
cat /service/greeting.txt
