#include "tui/run_log.h"

#include <stdlib.h>

#include "core/base/check.h"

/* Half of it goes, so that it is seldom done. */
static size_t run_log_drop(struct run_log *l)
{
	size_t most = l->most ? l->most : RUN_LOG_MOST, n = 0;
	if (l->text.n <= most)
		return 0;
	while (n + 1 < l->n && l->text.n - l->lines[n].at > most / 2)
		n++;
	size_t from = l->lines[n].at;
	buf_shift(&l->text, from);
	l->n -= n;
	memmove(l->lines, l->lines + n, l->n * sizeof *l->lines);
	for (size_t i = 0; i < l->n; i++)
		l->lines[i].at -= from;
	l->dropped += n;
	return n;
}

static size_t run_log_take(struct run_log *l, int which)
{
	struct str text = buf_str(&l->part[which]);
	if (l->n == l->cap) {
		l->cap = l->cap ? 2 * l->cap : 256;
		l->lines = xrealloc(l->lines, l->cap, sizeof *l->lines);
	}
	l->lines[l->n++] = (struct run_line){ l->text.n, text.n, l->part_t[which], which + 1 };
	buf_append(&l->text, text);
	/* An empty line takes room as well. */
	buf_append_char(&l->text, '\n');
	buf_clear(&l->part[which]);
	return run_log_drop(l);
}

size_t run_log_add(struct run_log *l, int stream, struct str bytes, double t)
{
	int which = stream == 2;
	struct buf *part = &l->part[which];
	size_t dropped = 0;
	while (bytes.n) {
		size_t eol = str_find(bytes, '\n'), room = RUN_LOG_LINE - part->n;
		struct str piece = str_slice(bytes, 0, eol < room ? eol : room);
		if (!part->n)
			l->part_t[which] = t;
		buf_append(part, piece);
		bytes = str_slice(bytes, piece.n, bytes.n);
		bool ends = bytes.n && bytes.p[0] == '\n';
		if (ends)
			bytes = str_slice(bytes, 1, bytes.n);
		if (ends || part->n == RUN_LOG_LINE)
			dropped += run_log_take(l, which);
	}
	return dropped;
}

size_t run_log_end(struct run_log *l)
{
	size_t dropped = 0;
	for (int which = 0; which < 2; which++)
		if (l->part[which].n)
			dropped += run_log_take(l, which);
	return dropped;
}

struct str run_log_line(const struct run_log *l, size_t line)
{
	return str_slice(buf_str(&l->text), l->lines[line].at, l->lines[line].n);
}

void run_log_finish(struct run_log *l)
{
	buf_finish(&l->text);
	buf_finish(&l->part[0]);
	buf_finish(&l->part[1]);
	free(l->lines);
	*l = (struct run_log){ 0 };
}
