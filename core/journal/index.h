#ifndef CORE_JOURNAL_INDEX_H
#define CORE_JOURNAL_INDEX_H

#include "core/journal/line.h"

/* What a reader keeps of a journal: where things are, never what they say.  8
 * bytes an event, 8 a log line, 32 a chunk of log.
 *
 * A lane is one stream of one step.  Chunks of a lane follow one another in the
 * log with others between; a line belongs to the chunk in which it begins, so
 * lines are in the order in which they began, and the lines of a chunk are
 * neighbours in the order of all. */

struct chunk {
	uint64_t offset;                /* in the log */
	uint32_t length, event;         /* event: its index */
	uint32_t line, step_line;       /* lines that began before it: of all, of its step */
	int32_t step;
	uint8_t stream;
};

struct step_index {
	uint32_t *chunks;               /* indexes into index.chunks */
	uint32_t nchunks, cap;
	uint32_t nlines;
	bool open[2];                   /* the stream's last line has no newline yet */
	uint32_t gap_line[2];           /* number of the line that tells the lane's gap, plus 1 */
};

struct index {
	uint64_t *events;               /* offset of each line */
	struct chunk *chunks;
	uint64_t *lines;                /* offset in the log, or INDEX_GAP | bytes dropped */
	struct step_index *steps;       /* [0]: events without a step; step n is [n + 1] */
	size_t nevents, nchunks, nlines, nsteps;
	size_t events_cap, chunks_cap, lines_cap, steps_cap;
	uint64_t log_end;               /* chunks lie in order: the next begins here or later */
	bool done;                      /* build.done was seen */
	size_t asked;                   /* a cache: the chunk of the line last asked for */
};
#define INDEX_GAP ((uint64_t)1 << 63)

void index_finish(struct index *);
/* A whole line of the journal at this offset. */
void index_add_event(struct index *, uint64_t offset);
/* Begins a chunk for a log event (the last added), if its facts can be true. */
bool index_begin_chunk(struct index *, const struct line_head *);
/* The chunk's bytes, piece by piece, then its gap (0: none). */
void index_add_bytes(struct index *, struct str bytes);
void index_end_chunk(struct index *, uint64_t gap);

const struct step_index *index_step(const struct index *, int step);
/* The chunk in which line n of all began. */
size_t index_chunk_of_line(const struct index *, size_t n);
/* The number among all lines of line n of a step. */
size_t index_line_of_step(const struct index *, int step, size_t n);
/* Lines that began in the chunk end before this number. */
size_t index_chunk_end(const struct index *, size_t chunk);
/* The next chunk of the same step and stream, or STR_NONE. */
size_t index_next_of_lane(const struct index *, size_t chunk);

#endif
