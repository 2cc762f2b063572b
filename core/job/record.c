#include "core/job/record.h"

#include <errno.h>
#include <stdlib.h>

#include "core/base/check.h"
#include "core/os/clock.h"

enum {
	RECORD_PROGRESS_MS = 100,
	RECORD_IDS_MAX = 1024,          /* of progress; further ones are not told */
};

/* A stream of a step. */
struct record_lane {
	int step, stream;
	double t;                       /* of the first byte gathered */
	struct buf bytes;
	struct mask_stream mask;
};

struct record_id {
	int step;
	struct str id;
	int64_t told_ms;
};

struct record {
	struct loop *loop;
	struct journal_writer *writer;
	const struct mask *mask;
	struct tally *tally;
	struct arena *arena, *ids_arena;
	struct record_lane *lanes;
	struct record_id *ids;
	size_t nlanes, nids;
	uint64_t flush_timer, failed_timer;
	struct error err;
	bool is_failed, is_over;
	void (*failed)(void *data);
	void *data;
};

struct record *record_new(struct loop *loop, struct journal_writer *writer,
                          const struct mask *mask, void (*failed)(void *data), void *data)
{
	struct record *r = xcalloc(1, sizeof *r);
	*r = (struct record){ .loop = loop, .writer = writer, .mask = mask, .failed = failed,
	                      .data = data, .arena = arena_new(), .ids_arena = arena_new() };
	r->ids = xcalloc(RECORD_IDS_MAX, sizeof *r->ids);
	r->tally = tally_new();
	return r;
}

void record_free(struct record *r)
{
	if (!r)
		return;
	loop_untimer(r->loop, r->flush_timer);
	loop_untimer(r->loop, r->failed_timer);
	for (size_t i = 0; i < r->nlanes; i++) {
		buf_finish(&r->lanes[i].bytes);
		mask_stream_finish(&r->lanes[i].mask);
	}
	free(r->lanes);
	free(r->ids);
	tally_free(r->tally);
	arena_free(r->arena);
	arena_free(r->ids_arena);
	free(r);
}

struct arena *record_arena(struct record *r)
{
	return r->arena;
}

struct tally *record_tally(struct record *r)
{
	return r->tally;
}

const struct error *record_error(const struct record *r)
{
	return r->is_failed ? &r->err : NULL;
}

static void record_tell_failure(struct loop *loop, void *data)
{
	(void)loop;
	struct record *r = data;
	r->failed_timer = 0;
	r->failed(r->data);
}

static void record_fail(struct record *r, const struct error *err)
{
	if (r->is_failed)
		return;
	r->is_failed = true;
	r->err = *err;
	if (err->sys == ENOSPC || err->sys == EDQUOT)
		error_prefix(&r->err, "no space left for the journal");
	r->failed_timer = loop_timer(r->loop, 0, record_tell_failure, r);
}

static void record_write_lane(struct record *r, struct record_lane *lane)
{
	struct error err;
	if (lane->bytes.n && !r->is_failed && !r->is_over &&
	    !journal_append_log(r->writer, lane->t, lane->step, lane->stream, buf_str(&lane->bytes),
	                        &err))
		record_fail(r, &err);
	buf_clear(&lane->bytes);
}

/* step -1: of all.  final: also what may be the beginning of a secret. */
static void record_flush(struct record *r, int step, bool final)
{
	for (size_t i = 0; i < r->nlanes; i++) {
		struct record_lane *lane = &r->lanes[i];
		if (step >= 0 && lane->step != step)
			continue;
		if (final)
			mask_flush(r->mask, &lane->mask, &lane->bytes);
		record_write_lane(r, lane);
	}
}

static void record_flush_later(struct loop *loop, void *data)
{
	(void)loop;
	struct record *r = data;
	r->flush_timer = 0;
	record_flush(r, -1, false);
}

static struct record_lane *record_lane(struct record *r, int step, int stream)
{
	for (size_t i = 0; i < r->nlanes; i++)
		if (r->lanes[i].step == step && r->lanes[i].stream == stream)
			return &r->lanes[i];
	r->lanes = xrealloc(r->lanes, r->nlanes + 1, sizeof *r->lanes);
	r->lanes[r->nlanes] = (struct record_lane){ .step = step, .stream = stream };
	return &r->lanes[r->nlanes++];
}

void record_log(struct record *r, int step, int stream, struct str bytes, double t)
{
	stream = stream == 2 ? 2 : 1;
	tally_log(r->tally, step, stream, bytes);
	struct record_lane *other = record_lane(r, step, 3 - stream);
	if (other->bytes.n)
		record_write_lane(r, other);
	struct record_lane *lane = record_lane(r, step, stream);
	if (!lane->bytes.n)
		lane->t = t > 0 ? t : clock_now();
	mask_feed(r->mask, &lane->mask, bytes, &lane->bytes);
	if (lane->bytes.n >= JOURNAL_CHUNK)
		record_write_lane(r, lane);
	else if (lane->bytes.n && !r->flush_timer)
		r->flush_timer = loop_timer(r->loop, RECORD_DELAY_MS, record_flush_later, r);
}

static bool record_append(struct record *r, enum event_kind kind, int step, struct value *fields,
                          struct error *err)
{
	struct value *clean = fields ? mask_value(r->mask, r->arena, fields) : NULL;
	double now = clock_now();
	bool ok = journal_append(r->writer, now, kind, step, clean, err);
	tally_event(r->tally, now, kind, step, clean);
	arena_free(r->arena);
	r->arena = arena_new();
	return ok;
}

void record_event(struct record *r, enum event_kind kind, int step, struct value *fields)
{
	struct error err;
	record_flush(r, step, kind == EVENT_STEP_DONE || kind == EVENT_BUILD_DONE);
	if (!r->is_failed && !r->is_over && !record_append(r, kind, step, fields, &err))
		record_fail(r, &err);
}

void record_warning(struct record *r, int step, struct str text)
{
	struct value *fields = value_new_object(r->arena);
	value_set(r->arena, fields, "text", value_new_string(r->arena, text));
	record_event(r, EVENT_WARNING, step, fields);
}

/* Whether the id may be told now. */
static bool record_is_due(struct record *r, int step, struct str id, bool whole)
{
	int64_t now = clock_monotonic_ms();
	for (size_t i = 0; i < r->nids; i++) {
		struct record_id *known = &r->ids[i];
		if (known->step != step || !str_eq(known->id, id))
			continue;
		if (!whole && now - known->told_ms < RECORD_PROGRESS_MS)
			return false;
		known->told_ms = now;
		return true;
	}
	if (r->nids == RECORD_IDS_MAX)
		return false;
	r->ids[r->nids++] = (struct record_id){ step, arena_str(r->ids_arena, id), now };
	return true;
}

void record_progress(struct record *r, int step, struct str id, uint64_t current, uint64_t total)
{
	if (!record_is_due(r, step, id, total && current >= total))
		return;
	struct value *fields = value_new_object(r->arena);
	value_set(r->arena, fields, "id", value_new_string(r->arena, id));
	value_set(r->arena, fields, "current", value_new_integer(r->arena, (long long)current));
	value_set(r->arena, fields, "total", value_new_integer(r->arena, (long long)total));
	record_event(r, EVENT_STEP_PROGRESS, step, fields);
}

void record_last(struct record *r, struct value *fields)
{
	struct error err;
	record_flush(r, -1, true);
	struct arena *arena = r->arena;
	r->arena = arena_new();
	if (r->is_failed)
		journal_release_reserve(r->writer);
	if (!record_append(r, EVENT_BUILD_DONE, -1, fields, &err) && !r->is_failed) {
		record_fail(r, &err);
		journal_release_reserve(r->writer);
		record_append(r, EVENT_BUILD_DONE, -1, fields, &err);
	}
	r->is_over = true;
	loop_untimer(r->loop, r->failed_timer);
	arena_free(arena);
	journal_sync(r->writer, &err);
}
