#include "core/journal/journal.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "core/base/check.h"
#include "core/base/intern.h"
#include "core/journal/reader.h"
#include "core/os/files.h"
#include "core/os/lock.h"
#include "core/value/json.h"

struct str window_read(struct window *w, uint64_t at)
{
	if (at >= w->at && at < w->at + w->n)
		return (struct str){ w->bytes + (at - w->at), w->n - (size_t)(at - w->at) };
	if (w->fd < 0)
		return (struct str){ 0 };
	if (!w->bytes)
		w->bytes = xmalloc(WINDOW_SIZE);
	w->n = 0;
	ssize_t n;
	do
		n = pread(w->fd, w->bytes, WINDOW_SIZE, (off_t)at);
	while (n < 0 && errno == EINTR);
	if (n <= 0)
		return (struct str){ 0 };
	w->at = at;
	w->n = (size_t)n;
	return (struct str){ w->bytes, w->n };
}

void window_finish(struct window *w)
{
	if (w->fd >= 0)
		close(w->fd);
	free(w->bytes);
	*w = (struct window){ .fd = -1 };
}

static const char *journal_file(const char *dir, const char *name)
{
	owned_buf struct buf path = { 0 };
	buf_printf(&path, "%s/%s", dir, name);
	return intern(buf_str(&path));
}

struct journal *journal_open(const char *dir, struct error *err)
{
	owned(journal) struct journal *j = xcalloc(1, sizeof *j);
	struct stat st;
	struct error no_log;
	j->events.fd = j->log.fd = j->job = -1;
	j->dir = intern(str_of(dir));
	j->path = journal_file(dir, "journal");
	j->lock = journal_file(dir, "lock");
	enum files_result result = files_open(j->path, &j->events.fd, &st, err);
	if (result == FILES_ABSENT)
		error_set(err, ERROR_MISSING, "there is no journal in '%s'", dir);
	if (result != FILES_OK)
		return NULL;
	/* A journal without its log still tells what happened. */
	files_open(journal_file(dir, "log"), &j->log.fd, &st, &no_log);
	journal_refresh(j);
	return take(j);
}

void journal_free(struct journal *j)
{
	if (!j)
		return;
	journal_unfollow(j);
	window_finish(&j->events);
	window_finish(&j->log);
	index_finish(&j->index);
	arena_free(j->arena);
	buf_finish(&j->line);
	free(j);
}

const char *journal_dir(const struct journal *j)
{
	return j->dir;
}

static void journal_index_log(struct journal *j, const struct line_head *head)
{
	if (!index_begin_chunk(&j->index, head))
		return;
	for (uint64_t at = 0; at < head->length;) {
		struct str piece = window_read(&j->log, head->offset + at);
		if (!piece.n)
			break;
		size_t left = head->length - at < piece.n ? (size_t)(head->length - at) : piece.n;
		index_add_bytes(&j->index, str_slice(piece, 0, left));
		at += left;
	}
	index_end_chunk(&j->index, head->gap);
}

/* Takes a whole line in, unless it is an event that is held back. */
static bool journal_index_line(struct journal *j, struct str line)
{
	struct line_head head;
	if (line.n > JOURNAL_EVENT_MAX || !line_head(line, &head))
		return true;
	if (j->until > 0 && head.t > j->until) {
		j->held = head.t;
		return false;
	}
	index_add_event(&j->index, j->taken);
	if (head.kind == EVENT_LOG)
		journal_index_log(j, &head);
	if (head.kind == EVENT_BUILD_DONE)
		j->index.done = true;
	return true;
}

/* A line that goes on past its window: put together, or only measured when it is
 * longer than any event.  false: its end is not there yet, or it is held back. */
static bool journal_take_long(struct journal *j)
{
	uint64_t at = j->scanned;
	for (;;) {
		struct str piece = window_read(&j->events, at);
		size_t newline = str_find(piece, '\n');
		size_t n = newline == STR_NONE ? piece.n : newline;
		if (j->line.n <= JOURNAL_EVENT_MAX)
			buf_append(&j->line, str_slice(piece, 0, n));
		at += n;
		if (newline != STR_NONE)
			break;
		if (!piece.n) {
			j->scanned = at;
			return false;
		}
	}
	bool taken = journal_index_line(j, buf_str(&j->line));
	buf_finish(&j->line);
	if (taken)
		j->taken = at + 1;
	j->scanned = j->taken;
	return taken;
}

static bool journal_take_line(struct journal *j)
{
	if (j->scanned > j->taken)
		return journal_take_long(j);
	struct str piece = window_read(&j->events, j->taken);
	size_t newline = str_find(piece, '\n');
	if (newline == STR_NONE) {
		/* What lies in a window is stale once the file has grown. */
		j->events.n = 0;
		return piece.n ? journal_take_long(j) : false;
	}
	if (!journal_index_line(j, str_slice(piece, 0, newline)))
		return false;
	j->taken += newline + 1;
	j->scanned = j->taken;
	return true;
}

bool journal_refresh(struct journal *j)
{
	uint64_t before = j->taken;
	j->events.n = j->log.n = 0;
	j->held = 0;
	while (journal_take_line(j))
		;
	return j->taken > before;
}

void journal_rewind(struct journal *j, double until)
{
	index_finish(&j->index);
	j->taken = j->scanned = 0;
	j->until = until;
	journal_refresh(j);
}

void journal_until(struct journal *j, double until)
{
	j->until = until;
}

double journal_held(const struct journal *j)
{
	return j->held;
}

enum journal_state journal_state(const struct journal *j, pid_t *ret_job)
{
	pid_t job = j->index.done ? 0 : lock_holder(j->lock);
	if (ret_job)
		*ret_job = job > 0 ? job : 0;
	if (j->index.done)
		return JOURNAL_DONE;
	return job ? JOURNAL_RUNNING : JOURNAL_LOST;
}

/* The bytes of the line that begins at `at`; it was whole when it was indexed. */
static struct str journal_event_line(struct journal *j, uint64_t at)
{
	struct str piece = window_read(&j->events, at);
	size_t newline = str_find(piece, '\n');
	if (newline != STR_NONE)
		return str_slice(piece, 0, newline);
	j->events.n = 0;
	buf_clear(&j->line);
	while ((piece = window_read(&j->events, at)).n) {
		newline = str_find(piece, '\n');
		buf_append(&j->line, str_slice(piece, 0, newline));
		if (newline != STR_NONE || j->line.n > JOURNAL_EVENT_MAX)
			break;
		at += piece.n;
	}
	return buf_str(&j->line);
}

/* The tree of a line that is more than a log event. */
static bool journal_event_fields(struct journal *j, struct event *e)
{
	struct error broken;
	arena_free(j->arena);
	j->arena = arena_new();
	if (!value_parse_json(j->arena, e->line, &e->fields, &broken))
		return false;
	const struct value *text = value_get(e->fields, STR("text"));
	if (e->kind == EVENT_WARNING && text)
		e->text = value_text(text);
	return true;
}

bool journal_next(struct journal *j, struct cursor *cursor, struct event *ret_event)
{
	while (cursor->next < j->index.nevents) {
		struct str line = journal_event_line(j, j->index.events[cursor->next++]);
		struct line_head head;
		if (!line_head(line, &head) || head.kind == EVENT_UNKNOWN)
			continue;
		struct event e = {
			.t = head.t, .kind = head.kind, .line = line, .stream = head.stream,
			.step = head.step < JOURNAL_STEPS_MAX ? head.step : -1,
			.offset = head.offset, .length = head.length, .gap = head.gap,
		};
		if (e.kind != EVENT_LOG && !journal_event_fields(j, &e))
			continue;
		*ret_event = e;
		return true;
	}
	return false;
}

bool journal_read_log(struct journal *j, uint64_t offset, uint64_t length, struct buf *out)
{
	while (length) {
		struct str piece = window_read(&j->log, offset);
		if (!piece.n)
			return false;
		piece = str_slice(piece, 0, length < piece.n ? (size_t)length : piece.n);
		buf_append(out, piece);
		offset += piece.n;
		length -= piece.n;
	}
	return true;
}
