#include "tui/follow_plain.h"

#include <stdio.h>
#include <string.h>

#include "core/base/check.h"
#include "core/base/utf8.h"
#include "core/os/clock.h"
#include "core/value/json.h"
#include "tui/command.h"

enum { PLAIN_STREAMS = 3, PLAIN_LINE_MAX = 1 << 16 };

/* A step's output that has not come to the end of a line yet. */
struct plain_step {
	struct buf rest[PLAIN_STREAMS];
	double t;
	bool named;
};

struct follow_plain {
	struct plain_step *steps;
	size_t nsteps;
};

struct follow_plain *follow_plain_new(void)
{
	return xcalloc(1, sizeof(struct follow_plain));
}

void follow_plain_free(struct follow_plain *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->nsteps; i++)
		for (size_t s = 0; s < PLAIN_STREAMS; s++)
			buf_finish(&p->steps[i].rest[s]);
	free(p->steps);
	free(p);
}

static struct plain_step *plain_step(struct follow_plain *p, int step)
{
	size_t need = (size_t)step + 1;
	if (need > p->nsteps) {
		p->steps = xrealloc(p->steps, need, sizeof *p->steps);
		memset(p->steps + p->nsteps, 0, (need - p->nsteps) * sizeof *p->steps);
		p->nsteps = need;
	}
	return &p->steps[step];
}

static void plain_print(struct buf *out)
{
	command_say("%s", buf_text(out));
}

static void plain_name(struct follow_plain *p, const struct build *build, int step)
{
	struct plain_step *ps = plain_step(p, step);
	if (ps->named || (size_t)step >= build->nsteps)
		return;
	const struct step *s = &build->steps[step];
	owned_buf struct buf out = { 0 };
	ps->named = true;
	buf_printf(&out, "#%d ", step);
	if (s->group >= 0 && (size_t)s->group < build->ngroups) {
		buf_append_char(&out, '[');
		utf8_append_visible(&out, build->groups[s->group]);
		buf_append(&out, STR("] "));
	}
	utf8_append_visible(&out, s->name);
	plain_print(&out);
}

static void plain_line(const struct build *build, int step, double t, struct str line)
{
	owned_buf struct buf out = { 0 };
	double start = (size_t)step < build->nsteps ? build->steps[step].started : 0;
	buf_printf(&out, "#%d %.3f ", step, start > 0 && t > start ? t - start : 0.0);
	if (line.n && line.p[line.n - 1] == '\r')
		line.n--;
	utf8_append_visible(&out, line);
	plain_print(&out);
}

static void plain_flush(struct follow_plain *p, const struct build *build, int step)
{
	struct plain_step *ps = plain_step(p, step);
	for (size_t s = 0; s < PLAIN_STREAMS; s++) {
		if (ps->rest[s].n)
			plain_line(build, step, ps->t, buf_str(&ps->rest[s]));
		buf_clear(&ps->rest[s]);
	}
}

static void plain_log(struct follow_plain *p, const struct build *build, struct journal *journal,
                      const struct event *event)
{
	owned_buf struct buf text = { 0 };
	struct plain_step *ps = plain_step(p, event->step);
	struct buf *rest = &ps->rest[event->stream >= 0 && event->stream < PLAIN_STREAMS
	                             ? event->stream : 0];
	journal_read_log(journal, event->offset, event->length, &text);
	plain_name(p, build, event->step);
	ps->t = event->t;
	struct str all = buf_str(&text);
	for (size_t end; (end = str_find(all, '\n')) != STR_NONE;
	     all = str_slice(all, end + 1, all.n)) {
		buf_append(rest, str_slice(all, 0, end));
		plain_line(build, event->step, event->t, buf_str(rest));
		buf_clear(rest);
	}
	buf_append(rest, all);
	if (rest->n > PLAIN_LINE_MAX)
		plain_flush(p, build, event->step);
	if (event->gap)
		command_say("#%d [%llu bytes of output are missing here]", event->step,
		            (unsigned long long)event->gap);
}

static struct str plain_field(const struct event *event, const char *key)
{
	const struct value *v = event->fields ? value_get(event->fields, str_of(key)) : NULL;
	return v && value_type(v) != VALUE_NULL ? value_text(v) : (struct str){ 0 };
}

static void plain_done(struct follow_plain *p, const struct build *build,
                       const struct event *event)
{
	owned_buf struct buf out = { 0 };
	bool ok = str_eq(plain_field(event, "ok"), STR("true"));
	bool cached = str_eq(plain_field(event, "cached"), STR("true"));
	if ((size_t)event->step < build->nsteps && build->steps[event->step].meta && ok &&
	    !plain_step(p, event->step)->named)
		return;
	plain_name(p, build, event->step);
	plain_flush(p, build, event->step);
	buf_printf(&out, "#%d ", event->step);
	if (ok && cached)
		buf_append(&out, STR("CACHED"));
	else if (ok) {
		buf_append(&out, STR("DONE "));
		utf8_append_visible(&out, plain_field(event, "seconds"));
		buf_append_char(&out, 's');
	} else if (str_eq(plain_field(event, "cancelled"), STR("true"))) {
		buf_append(&out, STR("CANCELLED"));
	} else {
		buf_append(&out, STR("ERROR: "));
		utf8_append_visible(&out, plain_field(event, "reason"));
	}
	plain_print(&out);
}

static void plain_field_append(struct buf *out, const char *before, const struct event *event,
                               const char *key, const char *after)
{
	if (!plain_field(event, key).n)
		return;
	buf_append_text(out, before);
	utf8_append_visible(out, plain_field(event, key));
	buf_append_text(out, after);
}

/* Of a batch: one of its builds. */
static void plain_engine(struct follow_plain *p, const struct build *build,
                         const struct event *event, struct buf *out)
{
	if (event->step >= 0) {
		plain_name(p, build, event->step);
		buf_printf(out, "#%d on ", event->step);
		utf8_append_visible(out, plain_field(event, "member"));
		plain_field_append(out, ": ", event, "reason", "");
		return;
	}
	buf_append(out, STR("begun anew on "));
	utf8_append_visible(out, plain_field(event, "engine"));
	plain_field_append(out, " (", event, "member", ")");
	plain_field_append(out, ": ", event, "reason", "");
}

static void plain_begin(const struct event *event, struct buf *out)
{
	buf_append(out, STR("build "));
	utf8_append_visible(out, plain_field(event, "id"));
	if (str_eq(plain_field(event, "engine"), STR("watch"))) {
		buf_append(out, STR(" of something else, watched"));
		return;
	}
	if (plain_field(event, "builds").n) {
		buf_append(out, STR(" of "));
		utf8_append_visible(out, plain_field(event, "builds"));
		buf_append(out, STR(" combinations"));
	} else if (plain_field(event, "action").n) {
		plain_field_append(out, ", action ", event, "action", "");
	} else if (plain_field(event, "image").n) {
		buf_append(out, STR(" of "));
		utf8_append_visible(out, plain_field(event, "image"));
	}
	buf_append(out, STR(", level "));
	utf8_append_visible(out, plain_field(event, "level"));
	buf_append(out, STR(", on "));
	utf8_append_visible(out, plain_field(event, "engine"));
	if (!plain_field(event, "member").n)
		return;
	plain_field_append(out, " (", event, "member", "");
	plain_field_append(out, " of the pool ", event, "pool", "");
	buf_append_char(out, ')');
}

static void plain_pushed(const struct event *event, struct buf *out)
{
	buf_append(out, STR("pushed "));
	utf8_append_visible(out, plain_field(event, "ref"));
	buf_append(out, STR(" as "));
	utf8_append_visible(out, plain_field(event, "digest"));
}

void follow_plain_event(struct follow_plain *p, const struct build *build,
                        struct journal *journal, const struct event *event)
{
	owned_buf struct buf out = { 0 };
	switch (event->kind) {
	case EVENT_BUILD_START:
		plain_begin(event, &out);
		plain_print(&out);
		break;
	case EVENT_STEP_START:
		if (event->step < 0)
			break;
		plain_name(p, build, event->step);
		if (!plain_field(event, "engine").n)
			break;
		buf_printf(&out, "#%d on ", event->step);
		utf8_append_visible(&out, plain_field(event, "engine"));
		plain_print(&out);
		break;
	case EVENT_ENGINE:
		plain_engine(p, build, event, &out);
		plain_print(&out);
		break;
	case EVENT_LOG:
		if (event->step >= 0)
			plain_log(p, build, journal, event);
		break;
	case EVENT_STEP_DONE:
		if (event->step >= 0)
			plain_done(p, build, event);
		break;
	case EVENT_WARNING:
		buf_append(&out, STR("warning: "));
		utf8_append_visible(&out, event->text);
		plain_print(&out);
		break;
	case EVENT_PUSH:
		plain_pushed(event, &out);
		plain_print(&out);
		break;
	case EVENT_CANCEL:
		command_say("%s", str_eq(plain_field(event, "busy"), STR("true"))
		            ? "cancel requested, engine still busy"
		            : "cancelling: waiting for the engine to stop");
		break;
	default:
		break;
	}
}

void follow_plain_end(struct follow_plain *p, const struct build *build)
{
	owned_buf struct buf out = { 0 };
	for (size_t i = 0; i < p->nsteps; i++)
		plain_flush(p, build, (int)i);
	if (!build->done)
		return;
	size_t cached, counted;
	build_count_cached(build, &counted, &cached);
	buf_append_text(&out, build->ok ? "built " : build->cancelled ? "cancelled " : "failed ");
	utf8_append_visible(&out, build->title);
	buf_append(&out, STR(" in "));
	clock_append_seconds(&out, build->ended - build->started);
	if (!build->nbuilds)
		buf_printf(&out, ", %zu of %zu steps cached", cached, counted);
	if (build->member.n) {
		buf_append(&out, STR(", on "));
		utf8_append_visible(&out, build->member);
	}
	if (build->error.n) {
		buf_append(&out, STR(": "));
		utf8_append_visible(&out, build->error);
	}
	plain_print(&out);
}
