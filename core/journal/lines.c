/* The lines of the log, whole, out of the chunks they came in. */
#include <inttypes.h>

#include "core/base/check.h"
#include "core/journal/reader.h"

size_t journal_lines(const struct journal *j, int step)
{
	if (step < 0)
		return j->index.nlines;
	const struct step_index *s = index_step(&j->index, step);
	return s ? s->nlines : 0;
}

static double lines_time(struct journal *j, const struct chunk *c)
{
	struct str line = window_read(&j->events, j->index.events[c->event]);
	struct line_head head;
	return line_head(str_slice(line, 0, str_find(line, '\n')), &head) ? head.t : 0;
}

/* Appends the log from `at` to a newline or `end`; true when the newline came. */
static bool lines_append(struct journal *j, uint64_t at, uint64_t end, struct buf *line)
{
	while (at < end && line->n < JOURNAL_LINE_MAX) {
		struct str piece = window_read(&j->log, at);
		if (!piece.n)
			return false;
		piece = str_slice(piece, 0, end - at < piece.n ? (size_t)(end - at) : piece.n);
		size_t newline = str_find(piece, '\n');
		buf_append(line, str_slice(piece, 0, newline));
		if (newline != STR_NONE)
			return true;
		at += piece.n;
	}
	return line->n >= JOURNAL_LINE_MAX;
}

static struct str lines_assemble(struct journal *j, size_t chunk, uint64_t at, struct buf *scratch)
{
	buf_clear(scratch);
	const struct chunk *c = &j->index.chunks[chunk];
	while (!lines_append(j, at, c->offset + c->length, scratch)) {
		chunk = index_next_of_lane(&j->index, chunk);
		if (chunk == STR_NONE)
			break;
		c = &j->index.chunks[chunk];
		at = c->offset;
	}
	return str_slice(buf_str(scratch), 0, JOURNAL_LINE_MAX);
}

struct str journal_line(struct journal *j, int step, size_t n, struct buf *scratch, double *ret_t)
{
	CHECK(n < journal_lines(j, step));
	const struct index *x = &j->index;
	size_t line = step < 0 ? n : index_line_of_step(x, step, n);
	size_t chunk = index_chunk_of_line(x, line);
	const struct chunk *c = &x->chunks[chunk];
	if (ret_t)
		*ret_t = lines_time(j, c);
	uint64_t at = x->lines[line];
	if (at & INDEX_GAP) {
		buf_clear(scratch);
		buf_printf(scratch, "[%" PRIu64 " bytes were not kept]", at & ~INDEX_GAP);
		return buf_str(scratch);
	}
	struct str rest = window_read(&j->log, at);
	uint64_t end = c->offset + c->length;
	rest = str_slice(rest, 0, end - at < rest.n ? (size_t)(end - at) : rest.n);
	size_t newline = str_find(rest, '\n');
	if (newline != STR_NONE && newline <= JOURNAL_LINE_MAX)
		return str_slice(rest, 0, newline);
	return lines_assemble(j, chunk, at, scratch);
}

int journal_line_step(const struct journal *j, size_t n, size_t *ret_of_step)
{
	CHECK(n < j->index.nlines);
	const struct chunk *c = &j->index.chunks[index_chunk_of_line(&j->index, n)];
	*ret_of_step = c->step_line + (n - c->line);
	return c->step;
}

size_t journal_line_of_all(const struct journal *j, int step, size_t n)
{
	CHECK(n < journal_lines(j, step));
	return step < 0 ? n : index_line_of_step(&j->index, step, n);
}
