#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/base/check.h"
#include "core/base/intern.h"
#include "core/journal/journal.h"
#include "core/os/append.h"
#include "core/os/lock.h"
#include "core/value/json.h"

/* Bytes of a step's stream that were dropped and not told yet. */
struct writer_gap {
	int step, stream;
	bool told;              /* that a gap has begun */
	uint64_t bytes;
};

struct journal_writer {
	struct append journal, log;
	const char *reserve;    /* interned */
	int lock;
	uint64_t log_limit;
	struct buf line;
	struct writer_gap *gaps;
	size_t ngaps, cap;
};

static const char *writer_path(const char *dir, const char *name)
{
	owned_buf struct buf path = { 0 };
	buf_printf(&path, "%s/%s", dir, name);
	return intern(buf_str(&path));
}

/* Filled, not only sized: a sparse file keeps nothing free. */
static bool writer_fill_reserve(struct journal_writer *w, struct error *err)
{
	char *zeros = xcalloc(1, JOURNAL_RESERVE);
	struct append reserve;
	bool ok = append_create(&reserve, w->reserve, err);
	if (ok) {
		ok = append_write(&reserve, (struct str){ zeros, JOURNAL_RESERVE }, err);
		append_close(&reserve);
	}
	free(zeros);
	return ok;
}

struct journal_writer *journal_create(const char *dir, uint64_t log_limit, struct error *err)
{
	owned(journal_writer) struct journal_writer *w = xcalloc(1, sizeof *w);
	w->journal.fd = w->log.fd = w->lock = -1;
	w->log_limit = log_limit ? log_limit : UINT64_MAX;
	w->reserve = writer_path(dir, "reserve");
	/* The lock first: whoever sees the journal sees that its job lives. */
	if (!lock_take(writer_path(dir, "lock"), &w->lock, err) || !writer_fill_reserve(w, err) ||
	    !append_create(&w->log, writer_path(dir, "log"), err) ||
	    !append_create(&w->journal, writer_path(dir, "journal"), err))
		return NULL;
	return take(w);
}

void journal_writer_free(struct journal_writer *w)
{
	if (!w)
		return;
	append_close(&w->journal);
	append_close(&w->log);
	if (w->lock >= 0) {
		journal_release_reserve(w);
		close(w->lock);
	}
	buf_finish(&w->line);
	free(w->gaps);
	free(w);
}

static void writer_begin(struct journal_writer *w, double t, enum event_kind kind, int step)
{
	buf_clear(&w->line);
	buf_printf(&w->line, "{\"t\":%.3f,\"ev\":\"%s\"", t, event_name(kind));
	if (step >= 0)
		buf_printf(&w->line, ",\"step\":%d", step);
}

static bool writer_end(struct journal_writer *w, struct error *err)
{
	buf_append_text(&w->line, "}\n");
	return append_write(&w->journal, buf_str(&w->line), err);
}

static bool writer_log_event(struct journal_writer *w, double t, const struct writer_gap *lane,
                             uint64_t length, struct error *err)
{
	writer_begin(w, t, EVENT_LOG, lane->step);
	buf_printf(&w->line, ",\"stream\":%d,\"offset\":%llu,\"length\":%llu", lane->stream,
	           (unsigned long long)(w->log.size - length), (unsigned long long)length);
	if (lane->bytes)
		buf_printf(&w->line, ",\"gap\":%llu", (unsigned long long)lane->bytes);
	return writer_end(w, err);
}

/* What was dropped of this step (-1: of every step) since the last time. */
static bool writer_tell_gaps(struct journal_writer *w, double t, int step, struct error *err)
{
	for (size_t i = 0; i < w->ngaps; i++) {
		struct writer_gap *gap = &w->gaps[i];
		if (!gap->bytes || (step >= 0 && gap->step != step))
			continue;
		if (!writer_log_event(w, t, gap, 0, err))
			return false;
		gap->bytes = 0;
	}
	return true;
}

bool journal_append(struct journal_writer *w, double t, enum event_kind kind, int step,
                    const struct value *fields, struct error *err)
{
	CHECK(event_name(kind));
	bool ends = kind == EVENT_BUILD_DONE || (kind == EVENT_STEP_DONE && step >= 0);
	if (ends && !writer_tell_gaps(w, t, kind == EVENT_BUILD_DONE ? -1 : step, err))
		return false;
	writer_begin(w, t, kind, step);
	for (const struct value *v = fields ? value_child(fields) : NULL; v; v = value_next(v)) {
		buf_append_char(&w->line, ',');
		value_write_json_string(&w->line, value_key(v), false);
		buf_append_char(&w->line, ':');
		value_write_json(&w->line, v, JSON_LINE);
	}
	return writer_end(w, err);
}

static struct writer_gap *writer_gap_of(struct journal_writer *w, int step, int stream)
{
	for (size_t i = 0; i < w->ngaps; i++)
		if (w->gaps[i].step == step && w->gaps[i].stream == stream)
			return &w->gaps[i];
	if (w->ngaps == w->cap) {
		w->cap = w->cap ? 2 * w->cap : 8;
		w->gaps = xrealloc(w->gaps, w->cap, sizeof *w->gaps);
	}
	w->gaps[w->ngaps] = (struct writer_gap){ .step = step, .stream = stream };
	return &w->gaps[w->ngaps++];
}

static bool writer_drop(struct journal_writer *w, double t, struct writer_gap lane, uint64_t n,
                        struct error *err)
{
	struct writer_gap *gap = writer_gap_of(w, lane.step, lane.stream);
	gap->bytes += n;
	if (gap->told)
		return true;
	gap->told = true;
	if (!writer_log_event(w, t, gap, 0, err))
		return false;
	gap->bytes = 0;
	return true;
}

/* At most `most` bytes, up to the end of a line where there is one. */
static struct str writer_piece(struct str bytes, size_t most)
{
	if (bytes.n <= most)
		return bytes;
	struct str piece = str_slice(bytes, 0, most);
	size_t newline = str_find_last(piece, '\n');
	return newline == STR_NONE ? piece : str_slice(piece, 0, newline + 1);
}

bool journal_append_log(struct journal_writer *w, double t, int step, int stream, struct str bytes,
                        struct error *err)
{
	struct writer_gap lane = { .step = step, .stream = stream };
	uint64_t room = w->log_limit > w->log.size ? w->log_limit - w->log.size : 0;
	struct str kept = str_slice(bytes, 0, bytes.n < room ? bytes.n : (size_t)room);
	size_t dropped = bytes.n - kept.n;
	while (kept.n) {
		struct str piece = writer_piece(kept, JOURNAL_CHUNK);
		if (!append_write(&w->log, piece, err) ||
		    !writer_log_event(w, t, &lane, piece.n, err))
			return false;
		kept = str_slice(kept, piece.n, kept.n);
	}
	return !dropped || writer_drop(w, t, lane, dropped, err);
}

void journal_release_reserve(struct journal_writer *w)
{
	unlink(w->reserve);
}

bool journal_sync(struct journal_writer *w, struct error *err)
{
	return append_sync(&w->log, err) && append_sync(&w->journal, err);
}
