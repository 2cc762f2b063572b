/* {"build": FOLDER} → a line {"stage": …} for each stage of the build's Dockerfile that its image
 * was made from (docs/formats.md, "layers --json"): each is built once more from the cache, as an
 * image of its own, and asked for its history.  What the cache has not any more is not made
 * again: the line says which instruction that is. */
#include <string.h>

#include "core/base/check.h"
#include "core/engine/image_history.h"
#include "core/history/list.h"
#include "core/job/prepare.h"
#include "core/job/replan.h"
#include "core/job/retry.h"
#include "core/job/steps.h"
#include "core/job/worker.h"
#include "core/os/save.h"

/* A step that the cache serves takes no longer. */
enum { STAGES_PATIENCE_MS = 2000 };

struct stages {
	struct arena *arena;
	struct loop *loop;
	struct replan replan;
	struct problems *problems;
	const struct image_task *image;
	const struct recipe *recipe;
	struct engine *engine;
	const struct engine_facts *facts;
	/* the stage at hand */
	const struct recipe *cut;
	struct image_task task;
	struct work *work;
	const struct instruction *running, *missing;    /* missing: from the cache */
	uint64_t timer;
	struct str id;
	struct error err;
	bool ok;
};

/* ---- building a stage ---- */

static void stages_miss(struct stages *s, const struct instruction *in)
{
	if (s->missing || !s->work)
		return;
	s->missing = in;
	engine_cancel(s->work);
}

static void stages_takes_time(struct loop *loop, void *data)
{
	struct stages *s = data;
	(void)loop;
	s->timer = 0;
	if (s->running)
		stages_miss(s, s->running);
}

static void stages_step(void *data, const struct step_report *report)
{
	struct stages *s = data;
	size_t i = (size_t)report->instruction;
	if (report->instruction < 0 || !recipe_makes_step(s->cut, i) ||
	    s->cut->instructions[i].kind == INSTRUCTION_FROM)
		return;
	loop_untimer(s->loop, s->timer);
	s->timer = 0;
	s->running = report->started && !report->ended ? &s->cut->instructions[i] : NULL;
	if (s->running)
		s->timer = loop_timer(s->loop, STAGES_PATIENCE_MS, stages_takes_time, s);
	else if (report->ended && !report->cached)
		stages_miss(s, &s->cut->instructions[i]);
}

static void stages_log(void *data, uint64_t key, int stream, struct str bytes, double t)
{
	(void)data, (void)key, (void)stream, (void)bytes, (void)t;
}

static void stages_progress(void *data, uint64_t key, struct str id, uint64_t current,
                            uint64_t total)
{
	(void)data, (void)key, (void)id, (void)current, (void)total;
}

static void stages_warning(void *data, struct str text)
{
	(void)data, (void)text;
}

static void stages_done(void *data, const struct work_result *result)
{
	struct stages *s = data;
	s->work = NULL;
	loop_untimer(s->loop, s->timer);
	s->timer = 0;
	s->ok = result->ok;
	s->err = result->error;
	s->id = result->ok ? arena_str(s->arena, result->image_id) : (struct str){ 0 };
	loop_stop(s->loop);
}

static void stages_untagged(void *data, const struct error *ignored)
{
	struct stages *s = data;
	(void)ignored;
	loop_stop(s->loop);
}

/* The recipe's text up to the end of a stage, which then is the last one. */
static struct str stages_text(const struct stages *s, size_t stage)
{
	const struct stage *at = &s->recipe->stages[stage];
	unsigned last = s->recipe->instructions[at->first + at->count - 1].last_line;
	struct str rest = s->recipe->text, line;
	for (unsigned i = 0; i < last && str_next(&rest, '\n', &line); i++)
		continue;
	return rest.p ? str_slice(s->recipe->text, 0, (size_t)(rest.p - s->recipe->text.p))
	              : s->recipe->text;
}

static void stages_fill(struct stages *s, const char *const *tags)
{
	static const char *const left_out[] = { "target", "pull", "push", "output", "cache-to",
	                                        "provenance", "sbom", "no-cache-filter" };
	struct pair *options = arena_array(s->arena, s->image->noptions + 1, sizeof *options);
	size_t n = 0;
	for (size_t i = 0; i < s->image->noptions; i++) {
		bool stays = !str_has_prefix(s->image->options[i].name, STR("label:"));
		for (size_t k = 0; k < sizeof left_out / sizeof *left_out; k++)
			stays = stays && !str_eq(s->image->options[i].name, str_of(left_out[k]));
		if (stays)
			options[n++] = s->image->options[i];
	}
	s->task = *s->image;
	s->task.recipe = s->cut;
	s->task.level = (struct level_effect){ .name = s->image->level.name,
	                                       .args = s->image->level.args,
	                                       .nargs = s->image->level.nargs, .first_forced = -1 };
	s->task.tags = tags;
	s->task.options = options;
	s->task.noptions = n;
}

/* True: s->id is the stage's image, which has the name tags[0] where the engine needs one. */
static bool stages_build(struct stages *s, size_t stage, const char **tags, struct error *err)
{
	struct engine_sink sink = { .step = stages_step, .log = stages_log, .warning = stages_warning,
	                            .progress = stages_progress, .done = stages_done, .data = s };
	const struct source *source = source_new(s->arena, STR("Dockerfile"), NULL,
	                                         stages_text(s, stage));
	owned(recipe) struct recipe *cut = recipe_parse(source, (struct str){ 0 }, s->problems);
	if (!cut)
		return error_set(err, ERROR_PROJECT, "the Dockerfile cannot be cut behind a stage");
	s->cut = cut;
	s->running = s->missing = NULL;
	if (!(s->facts->abilities & ABILITY_CACHE_IS_IMAGES)) {
		owned_buf struct buf tag = { 0 };
		engine_append_temporary_tag(&tag);
		tags[0] = arena_text(s->arena, buf_str(&tag));
	}
	stages_fill(s, tags);
	s->work = engine_image(s->engine, &s->task, &sink);
	if (!loop_run(s->loop, err))
		return false;
	if (s->missing) {
		struct str name = steps_name(s->arena, s->missing->text);
		return error_set(err, ERROR_MISSING, "not in the cache any more: line %u: %.*s",
		                 s->missing->first_line, STR_ARG(str_slice(name, 0, 200)));
	}
	if (!s->ok)
		*err = s->err;
	return s->ok;
}

/* ---- what is told ---- */

static void stages_set_number(struct stages *s, struct value *o, const char *key, uint64_t n)
{
	value_set(s->arena, o, key, value_new_integer(s->arena, (long long)n));
}

/* The stage's own entries are the last ones, one for each instruction behind FROM; a base image
 * with ONBUILD has more, so they are compared. */
static bool stages_fits(struct str entry, const struct instruction *in)
{
	const char *keyword = instruction_keyword(in->kind);
	return keyword && str_has_prefix(entry, str_of(keyword));
}

static void stages_add_layers(struct stages *s, size_t stage, const struct image_history *h,
                              struct value *o)
{
	const struct stage *at = &s->recipe->stages[stage];
	size_t own = at->count - 1, below = h->n > own ? h->n - own : 0;
	struct value *layers = value_new_array(s->arena);
	uint64_t base = 0, sum = 0;
	bool fits = h->n >= own;
	for (size_t i = 0; fits && i < own; i++)
		fits = stages_fits(h->entries[below + i].text,
		                   &s->recipe->instructions[at->first + 1 + i]);
	for (size_t i = 0; i < h->n; i++) {
		const struct image_history_entry *e = &h->entries[i];
		const struct instruction *in = fits && i >= below
			? &s->recipe->instructions[at->first + 1 + i - below] : NULL;
		sum += e->size;
		base += fits && i < below ? e->size : 0;
		if (fits ? i < below : !e->size)
			continue;
		struct value *layer = value_new_object(s->arena);
		if (in)
			stages_set_number(s, layer, "line", in->first_line);
		value_set(s->arena, layer, "text", value_new_string(s->arena,
		          in ? steps_name(s->arena, in->text) : e->text));
		stages_set_number(s, layer, "size", e->size);
		value_append(layers, (struct str){ 0 }, (struct span){ 0 }, layer);
	}
	stages_set_number(s, o, "size", sum);
	stages_set_number(s, o, "base_size", base);
	value_set(s->arena, o, "layers", layers);
}

static bool stages_tell(struct stages *s, size_t stage, struct error *err)
{
	struct arena *a = s->arena;
	struct value *line = value_new_object(a), *o = value_new_object(a);
	const struct stage *at = &s->recipe->stages[stage];
	const char **tags = arena_array(a, 2, sizeof *tags);
	struct image_history history = { 0 };
	struct error why = { 0 };
	owned_buf struct buf name = { 0 };
	recipe_stage_name(s->recipe, (int)stage, &name);
	tags[0] = tags[1] = NULL;
	bool ok = stages_build(s, stage, tags, &why) &&
	          image_history_ask(a, s->facts, arena_text(a, s->id), &history, &why);
	value_set(a, o, "stage", value_new_string(a, arena_str(a, buf_str(&name))));
	stages_set_number(s, o, "line", s->recipe->instructions[at->first].first_line);
	value_set(a, o, "target", value_new_bool(a, (int)stage == s->recipe->target));
	value_set(a, o, "base", value_new_string(a, arena_str(a, at->base)));
	if (ok)
		stages_add_layers(s, stage, &history, o);
	else
		value_set(a, o, "why", value_new_string(a, arena_str(a, str_of(why.text))));
	value_set(a, line, "stage", o);
	if (s->ok && tags[0]) {
		engine_untag(s->engine, tags[0], stages_untagged, s);
		if (!loop_run(s->loop, err))
			return false;
	}
	/* An engine that is gone or cannot is the same for every stage. */
	if (!ok && (why.code == ERROR_REFUSED || why.code == ERROR_UNREACHABLE)) {
		*err = why;
		return false;
	}
	return worker_say(line);
}

/* ---- the way there ---- */

struct stages_probe {
	struct loop *loop;
	const struct engine_facts *facts;
	struct engine_facts told;
	struct error *err;
};

static void stages_ready(void *data, const struct engine_facts *f, const struct error *err)
{
	struct stages_probe *p = data;
	loop_stop(p->loop);
	if (err)
		*p->err = *err;
	else
		p->told = *f;
	p->facts = err ? NULL : &p->told;
}

static bool stages_all(struct stages *s, struct error *err)
{
	for (size_t i = 0; i < s->recipe->nstages; i++)
		if (s->recipe->stages[i].reachable && !stages_tell(s, i, err))
			return false;
	return true;
}

static bool stages_on_engine(struct stages *s, const struct history_item *item,
                             const struct request *request, const char *scratch, struct error *err)
{
	struct engine_options options = {
		.spec = item->spec[0] ? item->spec : strstr(item->address, "://") ? item->address
		                                                                  : item->engine,
		.named = request->named, .nnamed = request->nnamed, .scratch = scratch,
		.build_id = item->id,
	};
	struct stages_probe probe = { .loop = s->loop, .err = err };
	/* The builder of then: an address alone leads to dockerd's usual one. */
	if (strcmp(item->engine, "buildkit") == 0 || strcmp(item->engine, "classic") == 0)
		if (!strstr(request->engine, "://"))
			options.spec = request->engine[0] && strcmp(request->engine, "auto") != 0
				? request->engine : item->engine;
	owned(engine) struct engine *engine = engine_new(&options, s->loop, err);
	if (!engine)
		return false;
	engine_probe(engine, stages_ready, &probe);
	if (!loop_run(s->loop, err) || !probe.facts)
		return false;
	s->engine = engine;
	s->facts = probe.facts;
	return stages_all(s, err);
}

static bool stages_of(struct stages *s, const char *dir, const char *scratch, struct error *err)
{
	struct history_item item;
	if (!history_read_one(s->arena, dir, &item))
		return error_set(err, ERROR_MISSING, "'%s' holds no build", dir);
	if (item.state != HISTORY_DONE || item.nbuilds)
		return error_set(err, ERROR_USAGE, "the build %s made no image: name one that did (mortar "
		                 "history)", item.id);
	owned(request) struct request *request = retry_read(dir, err);
	bool ok = request && replan_make(&s->replan, request, err);
	s->image = ok ? plan_image(s->replan.plan) : NULL;
	if (ok && !s->image)
		ok = error_set(err, ERROR_PROJECT, "the project builds no image");
	ok = ok && prepare_context(s->replan.plan, err);
	if (ok) {
		s->recipe = steps_recipe(s->image);
		ok = stages_on_engine(s, &item, request, scratch, err);
	}
	replan_finish(&s->replan);
	return ok;
}

bool worker_stages(struct worker_io *io, struct error *err)
{
	owned(loop) struct loop *loop = loop_new();
	owned(problems) struct problems *problems = problems_new();
	const char *dir = worker_text(io, "build");
	struct stages s = { .arena = io->arena, .loop = loop, .problems = problems };
	struct error ignored;
	char scratch[] = "/tmp/mortar-stages-XXXXXX";
	if (!dir)
		return error_set(err, ERROR_USAGE, "the worker stages needs a 'build'");
	if (!mkdtemp(scratch))
		return error_set_errno(err, "cannot make a folder in /tmp");
	bool ok = stages_of(&s, dir, scratch, err);
	save_remove(scratch, &ignored);
	return ok;
}
