#include "core/journal/build.h"

#include <limits.h>
#include <stdlib.h>

#include "core/base/check.h"

/* More tell nobody anything. */
enum { BUILD_PUSHES_MAX = 256 };

struct build *build_new(void)
{
	struct build *b = xcalloc(1, sizeof *b);
	b->arena = arena_new();
	return b;
}

void build_free(struct build *b)
{
	if (!b)
		return;
	arena_free(b->arena);
	map_finish(&b->texts);
	for (size_t i = 0; i < b->nsteps; i++)
		free(b->steps[i].parts);
	free(b->steps);
	free(b->warnings);
	free(b->transfers);
	free(b->artifacts);
	free(b);
}

static struct str build_text(struct build *b, const struct value *object, const char *key)
{
	const struct value *v = value_get(object, str_of(key));
	if (!v || value_type(v) != VALUE_STRING || !value_text(v).n)
		return (struct str){ 0 };
	return arena_str(b->arena, value_text(v));
}

static double build_number(const struct value *object, const char *key)
{
	const struct value *v = value_get(object, str_of(key));
	if (!v || (value_type(v) != VALUE_INTEGER && value_type(v) != VALUE_FLOAT))
		return 0;
	char text[64];
	struct str s = str_slice(value_text(v), 0, sizeof text - 1);
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	double number = strtod(text, NULL);
	return number > -1e15 && number < 1e15 ? number : 0;
}

static uint64_t build_count(const struct value *object, const char *key)
{
	double number = build_number(object, key);
	return number > 0 ? (uint64_t)number : 0;
}

static bool build_flag(const struct value *object, const char *key)
{
	const struct value *v = value_get(object, str_of(key));
	return v && value_is_true(v);
}

static const struct str *build_texts(struct build *b, const struct value *list, size_t *ret_n)
{
	if (!list || value_type(list) != VALUE_ARRAY) {
		*ret_n = 0;
		return NULL;
	}
	size_t n = value_count(list);
	struct str *texts = arena_array(b->arena, n, sizeof *texts);
	n = 0;
	for (const struct value *v = value_child(list); v; v = value_next(v))
		texts[n++] = arena_str(b->arena, value_text(v));
	*ret_n = n;
	return texts;
}

/* The step of an event, made when nobody has announced it; NULL: none. */
static struct step *build_step(struct build *b, int step)
{
	if (step < 0 || step >= JOURNAL_STEPS_MAX)
		return NULL;
	while (b->nsteps <= (size_t)step) {
		if (b->nsteps == b->steps_cap) {
			b->steps_cap = b->steps_cap ? 2 * b->steps_cap : 32;
			b->steps = xrealloc(b->steps, b->steps_cap, sizeof *b->steps);
		}
		b->steps[b->nsteps++] = (struct step){ .group = -1 };
	}
	return &b->steps[step];
}

static void build_describe(struct build *b, struct step *s, const struct value *fields)
{
	const struct value *group = value_get(fields, STR("group"));
	s->name = build_text(b, fields, "name");
	s->stage = build_text(b, fields, "stage");
	s->origin = build_text(b, fields, "origin");
	s->forecast = build_text(b, fields, "forecast");
	s->task = build_text(b, fields, "task");
	s->line = (unsigned)(build_count(fields, "line") & UINT_MAX);
	s->meta = build_flag(fields, "meta");
	s->internal = build_flag(fields, "internal") || s->task.n;
	if (group && value_type(group) == VALUE_INTEGER)
		s->group = (int)build_count(fields, "group");
}

static void build_start(struct build *b, const struct event *e)
{
	const struct value *f = e->fields;
	if (b->started > 0)
		return;
	b->started = b->since = e->t;
	b->id = build_text(b, f, "id");
	b->project = build_text(b, f, "project");
	b->kind = build_text(b, f, "kind");
	b->level = build_text(b, f, "level");
	b->engine = build_text(b, f, "engine");
	b->address = build_text(b, f, "engine_address");
	b->engine_version = build_text(b, f, "engine_version");
	b->pool = build_text(b, f, "pool");
	b->member = build_text(b, f, "member");
	b->image = build_text(b, f, "image");
	b->nbuilds = (size_t)build_count(f, "builds");
	b->title = b->image.n ? b->image : b->project;
	struct str action = build_text(b, f, "action");
	if (action.n)
		b->title = str_of(arena_printf(b->arena, "action %.*s", STR_ARG(action)));
	if (b->nbuilds)
		b->title = str_of(arena_printf(b->arena, "%zu build%s", b->nbuilds,
		                               b->nbuilds == 1 ? "" : "s"));
	b->root = build_text(b, f, "root");
	b->argument = build_text(b, f, "argument");
	b->profiles = build_texts(b, value_get(f, STR("profiles")), &b->nprofiles);
	b->groups = build_texts(b, value_get(f, STR("groups")), &b->ngroups);
	const struct value *steps = value_get(f, STR("steps"));
	int n = 0;
	for (const struct value *v = steps ? value_child(steps) : NULL; v; v = value_next(v)) {
		struct step *s = build_step(b, n++);
		if (s)
			build_describe(b, s, v);
	}
}

/* Ids come again and again: each is kept once. */
static struct str build_part_id(struct build *b, const struct value *fields)
{
	const struct value *id = value_get(fields, STR("id"));
	struct str text = id ? value_text(id) : (struct str){ 0 };
	size_t known = map_index(&b->texts, text);
	if (known != STR_NONE)
		return b->texts.items[known].key;
	text = arena_str(b->arena, text);
	map_set(&b->texts, text, NULL);
	return text;
}

static bool build_part_is_done(const struct step_part *p)
{
	return p->total && p->current >= p->total;
}

static struct step_part *build_part_known(struct step *s, struct str id)
{
	for (size_t i = 0; i < s->nparts; i++)
		if (str_eq(s->parts[i].id, id))
			return &s->parts[i];
	return NULL;
}

static struct step_part *build_part_new(struct step *s)
{
	size_t out = 0;
	if (s->nparts < STEP_PARTS_MAX) {
		/* Room for one, two, four …: most have one. */
		if (!s->nparts || (s->nparts & (s->nparts - 1)) == 0)
			s->parts = xrealloc(s->parts, s->nparts ? 2 * s->nparts : 1, sizeof *s->parts);
		return &s->parts[s->nparts++];
	}
	while (out < s->nparts && !build_part_is_done(&s->parts[out]))
		out++;
	out = out < s->nparts ? out : 0;
	memmove(s->parts + out, s->parts + out + 1, (s->nparts - out - 1) * sizeof *s->parts);
	return &s->parts[s->nparts - 1];
}

static void build_progress(struct build *b, struct step *s, const struct event *e)
{
	struct str id = build_part_id(b, e->fields);
	struct step_part *known = build_part_known(s, id), *p = known ? known : build_part_new(s);
	uint64_t current = build_count(e->fields, "current");
	if (!known || current < p->current)
		*p = (struct step_part){ .id = id, .since = e->t, .from = current };
	else if (e->t - p->since >= STEP_PART_SPAN) {
		p->rate = (double)(current - p->from) / (e->t - p->since);
		p->since = e->t;
		p->from = current;
	}
	p->current = s->current = current;
	p->total = s->total = build_count(e->fields, "total");
	p->t = e->t;
}

struct step_part step_progress(const struct step *s)
{
	struct step_part sum = { 0 };
	bool known = true;
	for (size_t i = 0; i < s->nparts; i++) {
		const struct step_part *p = &s->parts[i];
		sum.current += p->current;
		sum.total += p->total;
		sum.rate += build_part_is_done(p) ? 0 : step_part_rate(p);
		known = known && p->total;
	}
	sum.total = known ? sum.total : 0;
	return sum;
}

double step_part_rate(const struct step_part *p)
{
	double passed = p->t - p->since;
	/* What came within half a second says little. */
	if (passed < 0.5 || p->current <= p->from)
		return p->rate;
	return (double)(p->current - p->from) / passed;
}

/* What it loaded is of no interest once it has ended. */
static void build_parts_end(struct step *s)
{
	free(s->parts);
	s->parts = NULL;
	s->nparts = 0;
}

static void build_step_done(struct build *b, struct step *s, const struct value *fields)
{
	build_parts_end(s);
	s->seconds = build_number(fields, "seconds");
	if (s->seconds < 0)
		s->seconds = 0;
	s->error = (struct str){ 0 };
	s->image_id = build_text(b, fields, "image_id");
	s->layer = build_text(b, fields, "layer");
	if (build_flag(fields, "ok")) {
		s->state = build_flag(fields, "cached") ? STEP_CACHED : STEP_DONE;
		return;
	}
	s->state = build_flag(fields, "cancelled") ? STEP_CANCELLED : STEP_FAILED;
	s->error = build_text(b, fields, "reason");
}

static void build_warn(struct build *b, const struct event *e)
{
	struct step *s = build_step(b, e->step < (int)b->nsteps ? e->step : -1);
	if (s)
		s->warnings++;
	if (b->nwarnings == b->warnings_cap) {
		b->warnings_cap = b->warnings_cap ? 2 * b->warnings_cap : 8;
		b->warnings = xrealloc(b->warnings, b->warnings_cap, sizeof *b->warnings);
	}
	b->warnings[b->nwarnings] = arena_str(b->arena, e->text);
	if (b->cancel_requested)
		b->cancel_note = b->warnings[b->nwarnings];
	b->nwarnings++;
}

static void build_transfer(struct build *b, const struct value *fields)
{
	const struct value *files = fields ? value_get(fields, STR("files")) : NULL;
	if (!fields || !build_text(b, fields, "dir").n)
		return;
	if (b->ntransfers == b->transfers_cap) {
		b->transfers_cap = b->transfers_cap ? 2 * b->transfers_cap : 4;
		b->transfers = xrealloc(b->transfers, b->transfers_cap, sizeof *b->transfers);
	}
	struct build_transfer *t = &b->transfers[b->ntransfers++];
	*t = (struct build_transfer){
		.dir = build_text(b, fields, "dir"), .entries = (size_t)build_count(fields, "entries"),
		.count = (size_t)build_count(fields, "count"), .bytes = build_count(fields, "bytes"),
	};
	struct str *paths = arena_array(b->arena, files ? value_count(files) : 0, sizeof *paths);
	for (const struct value *v = files ? value_child(files) : NULL; v; v = value_next(v)) {
		paths[t->nfiles] = build_text(b, v, "path");
		t->nfiles += paths[t->nfiles].n > 0;
	}
	t->files = paths;
}

static void build_artifact(struct build *b, const struct event *e)
{
	if (b->nartifacts == b->artifacts_cap) {
		b->artifacts_cap = b->artifacts_cap ? 2 * b->artifacts_cap : 4;
		b->artifacts = xrealloc(b->artifacts, b->artifacts_cap, sizeof *b->artifacts);
	}
	b->artifacts[b->nartifacts++] = build_text(b, e->fields, "path");
}

/* What was begun on an engine that is lost begins again: instructions wait as if nothing had
 * been, what was that engine's own is over. */
static void build_engine_steps(struct build *b)
{
	for (size_t i = 0; i < b->nsteps; i++) {
		struct step *s = &b->steps[i];
		if (s->task.n)
			continue;
		if (s->internal) {
			if (s->state == STEP_RUNNING || s->state == STEP_FAILED)
				s->state = STEP_CANCELLED;
			continue;
		}
		build_parts_end(s);
		s->state = STEP_WAITING;
		s->started = s->seconds = 0;
		s->current = s->total = 0;
		s->error = s->layer = (struct str){ 0 };
		s->forecast = STR("unknown");
	}
}

/* What the new engine's cache will do. */
static void build_engine_forecasts(struct build *b, const struct value *list)
{
	for (const struct value *v = list ? value_child(list) : NULL; v; v = value_next(v)) {
		uint64_t at = build_count(v, "index");
		if (at < b->nsteps && !b->steps[at].task.n)
			b->steps[at].forecast = build_text(b, v, "forecast");
	}
}

static void build_engine(struct build *b, const struct event *e)
{
	const struct value *f = e->fields;
	if (!f)
		return;
	if (e->step >= 0) {
		struct step *s = build_step(b, e->step < (int)b->nsteps ? e->step : -1);
		if (s)
			s->engine = build_text(b, f, "member");
		return;
	}
	b->engine = build_text(b, f, "engine");
	b->address = build_text(b, f, "address");
	b->engine_version = build_text(b, f, "engine_version");
	b->member = build_text(b, f, "member");
	b->lost = build_text(b, f, "reason");
	b->since = e->t;
	/* Those of an engine that is lost are nothing to this one. */
	b->ntransfers = 0;
	build_engine_steps(b);
	build_engine_forecasts(b, value_get(f, STR("forecasts")));
}

/* What no event has told: meta instructions are done with the image, what a build
 * that ended early has not come to is skipped. */
static void build_settle(struct build *b, double t)
{
	for (size_t i = 0; i < b->nsteps; i++) {
		struct step *s = &b->steps[i];
		if (s->state == STEP_WAITING)
			s->state = b->ok && s->meta ? STEP_DONE : STEP_SKIPPED;
		if (s->state != STEP_RUNNING)
			continue;
		s->seconds = step_seconds(s, t);
		s->state = b->cancelled ? STEP_CANCELLED : b->ok ? STEP_DONE : STEP_FAILED;
	}
}

static void build_pushed(struct build *b, const struct value *fields)
{
	struct build_push *all;
	if (b->npushes >= BUILD_PUSHES_MAX)
		return;
	all = arena_array(b->arena, b->npushes + 1, sizeof *all);
	if (b->npushes)
		memcpy(all, b->pushes, b->npushes * sizeof *all);
	all[b->npushes++] = (struct build_push){ build_text(b, fields, "ref"),
	                                         build_text(b, fields, "digest") };
	b->pushes = all;
}

/* What a watched build's output has told by its end alone, and a name that its content has. */
static void build_learn(struct build *b, const struct value *fields)
{
	struct str image = build_text(b, fields, "image"), project = build_text(b, fields, "project");
	struct str version = build_text(b, fields, "engine_version");
	if (!b->nbuilds && image.n)
		b->title = b->image = image;
	b->project = project.n ? project : b->project;
	b->engine_version = version.n ? version : b->engine_version;
}

static void build_done(struct build *b, const struct event *e)
{
	const struct value *f = e->fields;
	b->done = true;
	b->ended = e->t;
	b->ok = build_flag(f, "ok");
	b->cancelled = build_flag(f, "cancelled");
	b->exit_code = (int)build_count(f, "exit") & 0xff;
	b->error = build_text(b, f, "error");
	b->image_id = build_text(b, f, "image_id");
	build_learn(b, f);
	if (!b->ok && !b->exit_code)
		b->exit_code = b->cancelled ? error_exit_code(ERROR_CANCELLED) : 1;
	build_settle(b, e->t);
}

void build_apply(struct build *b, const struct event *e)
{
	struct step *s = e->kind == EVENT_STEP_ADD || e->kind == EVENT_STEP_START ||
	                 e->kind == EVENT_STEP_PROGRESS || e->kind == EVENT_STEP_DONE ?
	                 build_step(b, e->step) : NULL;
	if (b->done)
		return;
	if (e->kind == EVENT_BUILD_START)
		build_start(b, e);
	if (e->kind == EVENT_STEP_ADD && s)
		build_describe(b, s, e->fields);
	if (e->kind == EVENT_STEP_START && s) {
		s->state = STEP_RUNNING;
		s->started = e->t;
		s->build = e->fields ? build_text(b, e->fields, "build") : s->build;
		s->image = e->fields ? build_text(b, e->fields, "image") : s->image;
		s->engine = e->fields ? build_text(b, e->fields, "engine") : s->engine;
	}
	if (e->kind == EVENT_STEP_PROGRESS && s)
		build_progress(b, s, e);
	if (e->kind == EVENT_STEP_DONE && s)
		build_step_done(b, s, e->fields);
	if (e->kind == EVENT_WARNING)
		build_warn(b, e);
	if (e->kind == EVENT_TRANSFER)
		build_transfer(b, e->fields);
	if (e->kind == EVENT_ARTIFACT && e->fields)
		build_artifact(b, e);
	if (e->kind == EVENT_PUSH && e->fields)
		build_pushed(b, e->fields);
	if (e->kind == EVENT_ENGINE)
		build_engine(b, e);
	if (e->kind == EVENT_CANCEL) {
		b->cancel_requested = true;
		b->engine_busy = b->engine_busy || (e->fields && build_flag(e->fields, "busy"));
	}
	if (e->kind == EVENT_BUILD_DONE)
		build_done(b, e);
}

bool build_update(struct build *b, struct journal *j)
{
	struct event e;
	bool any = false;
	while (journal_next(j, &b->cursor, &e)) {
		any = true;
		if (e.kind != EVENT_LOG)
			build_apply(b, &e);
	}
	return any;
}

double step_seconds(const struct step *s, double now)
{
	double running = s->state == STEP_RUNNING && now > s->started ? now - s->started : 0;
	return s->seconds + running;
}

void build_count_cached(const struct build *b, size_t *ret_all, size_t *ret_cached)
{
	*ret_all = 0;
	*ret_cached = 0;
	for (size_t i = 0; i < b->nsteps; i++) {
		if (b->steps[i].meta || b->steps[i].internal)
			continue;
		++*ret_all;
		*ret_cached += b->steps[i].state == STEP_CACHED;
	}
}

int build_failed_step(const struct build *b)
{
	for (size_t i = 0; i < b->nsteps; i++)
		if (b->steps[i].state == STEP_FAILED)
			return (int)i;
	return -1;
}

struct build *build_from(struct journal *j)
{
	struct build *b = build_new();
	journal_refresh(j);
	build_update(b, j);
	return b;
}

struct build *build_read(const char *dir, struct error *err)
{
	owned(journal) struct journal *j = journal_open(dir, err);
	return j ? build_from(j) : NULL;
}
