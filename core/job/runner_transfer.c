/* What an engine asked for of a build's folders: an event, and a line in the output of the
 * step that loads them. */
#include "core/base/utf8.h"
#include "core/job/runner_inside.h"
#include "core/os/clock.h"
#include "core/os/space.h"

/* TRANSFER_NAMED: files of the line; the event has more. */
enum { TRANSFER_NAMED = 8 };

static struct value *transfer_text(struct arena *a, struct str text)
{
	owned_buf struct buf valid = { 0 };
	utf8_append_valid(&valid, text);
	return value_new_string(a, arena_str(a, buf_str(&valid)));
}

static void transfer_event(struct runner *r, const struct transfer_report *t)
{
	struct arena *a = record_arena(r->s.record);
	struct value *f = value_new_object(a), *files = value_new_array(a);
	value_set(a, f, "dir", transfer_text(a, t->dir));
	value_set(a, f, "entries", value_new_integer(a, (long long)t->nentries));
	value_set(a, f, "count", value_new_integer(a, (long long)t->count));
	value_set(a, f, "bytes", value_new_integer(a, (long long)t->bytes));
	for (size_t i = 0; i < t->nfiles; i++) {
		struct value *file = value_new_object(a);
		value_set(a, file, "path", transfer_text(a, t->files[i].path));
		value_set(a, file, "size", value_new_integer(a, (long long)t->files[i].size));
		value_append(files, (struct str){ 0 }, (struct span){ 0 }, file);
	}
	value_set(a, f, "files", files);
	record_event(r->s.record, EVENT_TRANSFER, -1, f);
}

static void transfer_line(struct buf *out, const struct transfer_report *t)
{
	if (!t->count) {
		buf_printf(out, "the engine asked for nothing: it has all %zu entries as they are\n",
		           t->nentries);
		return;
	}
	buf_printf(out, "the engine asked for %zu of %zu entries (", t->count, t->nentries);
	space_append_bytes(out, t->bytes);
	buf_append_text(out, "): ");
	for (size_t i = 0; i < t->nfiles && i < TRANSFER_NAMED; i++) {
		buf_append_text(out, i ? ", " : "");
		utf8_append_visible(out, t->files[i].path);
	}
	if (t->count > TRANSFER_NAMED)
		buf_printf(out, ", %zu more", t->count - TRANSFER_NAMED);
	buf_append_char(out, '\n');
}

/* The step and what is to be said in it may come in either order. */
static void transfer_tell(struct runner *r)
{
	if (r->context_step < 0 || !r->context_note.n)
		return;
	record_log(r->s.record, r->context_step, 1, buf_str(&r->context_note), clock_now());
	buf_clear(&r->context_note);
}

void runner_loads(struct runner *r, int step, struct str name)
{
	if (!str_eq(name, STR("[internal] load build context")))
		return;
	r->context_step = step;
	transfer_tell(r);
}

void runner_transferred(void *data, const struct transfer_report *t)
{
	struct runner *r = data;
	transfer_event(r, t);
	/* The look for an ignore file comes before the step, and is no news. */
	if (!str_eq(t->dir, STR("context")) || (r->context_step < 0 && t->nentries <= 1))
		return;
	buf_clear(&r->context_note);
	transfer_line(&r->context_note, t);
	transfer_tell(r);
}
