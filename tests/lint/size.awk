# Function lengths: from the line of the opening brace in column 1 to its closing
# one.  Prints what breaks the limits and a line with the figures.
FNR == 1 { inside = 0 }
/^\{/ { inside = 1; start = FNR; next }
/^\}/ && inside {
	inside = 0
	n = FNR - start - 1
	total++
	if (n > 50) { over++; long = long sprintf("\n%s:%d: %d lines", FILENAME, start, n) }
	if (n > 100) printf "%s:%d: a function of %d lines; none has over 100\n", FILENAME, start, n
	if (n > longest) longest = n
}
END {
	if (total && over * 20 > total)
		printf "%d of %d functions have over 50 lines (at most 5 %%):%s\n", over, total, long
	printf "ok functions: %d, over 50 lines: %d, longest %d\n", total, over, longest
}
