#include "core/journal/index.h"

#include "core/base/check.h"

/* Room for one more item; half as much again each time, since these are large. */
static void *index_grow(void *items, size_t n, size_t *cap, size_t size)
{
	if (n < *cap)
		return items;
	*cap = *cap < 64 ? 64 : *cap + *cap / 2;
	return xrealloc(items, *cap, size);
}

void index_finish(struct index *x)
{
	for (size_t i = 0; i < x->nsteps; i++)
		free(x->steps[i].chunks);
	free(x->steps);
	free(x->events);
	free(x->chunks);
	free(x->lines);
	*x = (struct index){ 0 };
}

void index_add_event(struct index *x, uint64_t offset)
{
	x->events = index_grow(x->events, x->nevents, &x->events_cap, sizeof *x->events);
	x->events[x->nevents++] = offset;
}

static size_t index_slot(int step)
{
	return step >= 0 && step < JOURNAL_STEPS_MAX ? (size_t)step + 1 : 0;
}

static struct step_index *index_make_step(struct index *x, int step)
{
	size_t slot = index_slot(step);
	while (x->nsteps <= slot) {
		x->steps = index_grow(x->steps, x->nsteps, &x->steps_cap, sizeof *x->steps);
		x->steps[x->nsteps++] = (struct step_index){ 0 };
	}
	return &x->steps[slot];
}

const struct step_index *index_step(const struct index *x, int step)
{
	size_t slot = index_slot(step);
	return slot < x->nsteps ? &x->steps[slot] : NULL;
}

static size_t index_lane(const struct chunk *c)
{
	return c->stream == 2;
}

bool index_begin_chunk(struct index *x, const struct line_head *head)
{
	/* In order and apart, so that lines are bounded by the log's bytes. */
	if (head->offset < x->log_end || head->offset >= INDEX_GAP / 2 ||
	    head->length > UINT32_MAX || x->nlines >= UINT32_MAX - 1 || x->nevents > UINT32_MAX)
		return false;
	struct step_index *step = index_make_step(x, head->step);
	x->chunks = index_grow(x->chunks, x->nchunks, &x->chunks_cap, sizeof *x->chunks);
	size_t cap = step->cap;
	step->chunks = index_grow(step->chunks, step->nchunks, &cap, sizeof *step->chunks);
	step->cap = (uint32_t)cap;
	step->chunks[step->nchunks++] = (uint32_t)x->nchunks;
	x->chunks[x->nchunks++] = (struct chunk){
		.offset = head->offset, .event = (uint32_t)(x->nevents - 1),
		.line = (uint32_t)x->nlines, .step_line = step->nlines,
		.step = index_slot(head->step) ? head->step : -1,
		.stream = head->stream == 2 ? 2 : 1,
	};
	x->log_end = head->offset;
	return true;
}

static void index_add_line(struct index *x, struct step_index *step, uint64_t at)
{
	x->lines = index_grow(x->lines, x->nlines, &x->lines_cap, sizeof *x->lines);
	x->lines[x->nlines++] = at;
	step->nlines++;
}

void index_add_bytes(struct index *x, struct str bytes)
{
	struct chunk *c = &x->chunks[x->nchunks - 1];
	struct step_index *step = index_make_step(x, c->step);
	bool *open = &step->open[index_lane(c)];
	size_t at = 0;
	while (at < bytes.n && x->nlines < UINT32_MAX - 1) {
		if (!*open)
			index_add_line(x, step, x->log_end + at);
		const char *newline = memchr(bytes.p + at, '\n', bytes.n - at);
		*open = !newline;
		at = newline ? (size_t)(newline - bytes.p) + 1 : bytes.n;
	}
	x->log_end += bytes.n;
	c->length += (uint32_t)bytes.n;
}

void index_end_chunk(struct index *x, uint64_t gap)
{
	struct chunk *c = &x->chunks[x->nchunks - 1];
	struct step_index *step = index_make_step(x, c->step);
	size_t lane = index_lane(c);
	if (c->length)
		step->gap_line[lane] = 0;
	if (!gap)
		return;
	if (step->gap_line[lane]) {
		uint64_t *told = &x->lines[step->gap_line[lane] - 1];
		*told = INDEX_GAP | ((*told + gap) & ~INDEX_GAP);
		return;
	}
	index_add_line(x, step, INDEX_GAP | (gap & ~INDEX_GAP));
	step->gap_line[lane] = (uint32_t)x->nlines;
	step->open[lane] = false;
}

static bool index_chunk_has(const struct index *x, size_t chunk, size_t n)
{
	return chunk < x->nchunks && x->chunks[chunk].line <= n && n < index_chunk_end(x, chunk);
}

/* Lines are mostly asked for one after another. */
size_t index_chunk_of_line(const struct index *x, size_t n)
{
	size_t low = 0, high = x->nchunks;
	if (index_chunk_has(x, x->asked, n))
		return x->asked;
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;
		if (x->chunks[middle].line <= n)
			low = middle;
		else
			high = middle;
	}
	((struct index *)(uintptr_t)x)->asked = low;
	return low;
}

size_t index_line_of_step(const struct index *x, int step, size_t n)
{
	const struct step_index *s = index_step(x, step);
	size_t low = 0, high = s->nchunks;
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;
		if (x->chunks[s->chunks[middle]].step_line <= n)
			low = middle;
		else
			high = middle;
	}
	const struct chunk *c = &x->chunks[s->chunks[low]];
	return c->line + (n - c->step_line);
}

size_t index_chunk_end(const struct index *x, size_t chunk)
{
	return chunk + 1 < x->nchunks ? x->chunks[chunk + 1].line : x->nlines;
}

size_t index_next_of_lane(const struct index *x, size_t chunk)
{
	const struct chunk *c = &x->chunks[chunk];
	const struct step_index *s = index_step(x, c->step);
	size_t low = 0, high = s->nchunks;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (s->chunks[middle] <= chunk)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < s->nchunks; low++)
		if (x->chunks[s->chunks[low]].stream == c->stream)
			return s->chunks[low];
	return STR_NONE;
}
