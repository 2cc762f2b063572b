#include "core/history/compare.h"

#include <stdlib.h>

#include "core/base/check.h"
#include "core/history/compare_inside.h"
#include "core/history/list.h"
#include "core/os/clock.h"
#include "core/os/files.h"
#include "core/value/json.h"

/* ---- the two builds ---- */

static bool compare_open(struct compare_side *side, struct build **ret_build, const char *dir,
                         struct arena *arena, struct error *err)
{
	struct build *build = *ret_build = build_read(dir, err);
	if (!build)
		return false;
	side->dir = arena_text(arena, str_of(dir));
	side->build = build;
	if (!build->id.n)
		return error_set(err, ERROR_MISSING, "'%s' holds no build", dir);
	side->id = arena_text(arena, build->id);
	if (build->started > 0)
		side->seconds = (build->ended > 0 ? build->ended : clock_now()) - build->started;
	build_count_cached(build, &side->layers, &side->cached);
	return true;
}

/* A file of a build's folder; p NULL: it did not keep one. */
static struct str compare_text(struct arena *a, const char *dir, const char *name)
{
	owned(files) struct files *disk = files_disk("/");
	struct str text = { 0 };
	struct error ignored;
	if (files_read(disk, arena_printf(a, "%s/%s", dir, name), a, &text, &ignored) != FILES_OK)
		return (struct str){ 0 };
	return text.p ? text : STR("");
}

/* ---- facts ---- */

static struct str compare_profiles(struct arena *a, const struct build *b)
{
	owned_buf struct buf text = { 0 };
	for (size_t i = 0; i < b->nprofiles; i++)
		buf_printf(&text, "%s%.*s", i ? "+" : "", STR_ARG(b->profiles[i]));
	return arena_str(a, text.n ? buf_str(&text) : STR("(none)"));
}

static struct str compare_result(const struct build *b)
{
	return !b->done ? STR("not ended") : b->ok ? STR("done") : b->cancelled ? STR("cancelled")
	                                                                        : STR("failed");
}

static struct str compare_address(struct arena *a, const char *dir)
{
	struct history_item item;
	return str_of(history_read_one(a, dir, &item) ? item.address : "");
}

static void compare_facts(struct compare *c)
{
	struct arena *a = c->arena;
	const struct build *x = c->a.build, *y = c->b.build;
	const struct { const char *name; struct str a, b; } told[] = {
		{ "project", x->project, y->project },
		{ "profiles", compare_profiles(a, x), compare_profiles(a, y) },
		{ "level", x->level, y->level },
		{ "engine", x->engine, y->engine },
		{ "engine version", x->engine_version, y->engine_version },
		{ "address", compare_address(a, c->a.dir), compare_address(a, c->b.dir) },
		{ "image", x->image, y->image },
		{ "image id", x->image_id, y->image_id },
		{ "result", compare_result(x), compare_result(y) },
	};
	c->nfacts = sizeof told / sizeof *told;
	struct compare_fact *facts = arena_array(a, c->nfacts, sizeof *facts);
	for (size_t i = 0; i < c->nfacts; i++)
		facts[i] = (struct compare_fact){ told[i].name, told[i].a, told[i].b,
		                                  !str_eq(told[i].a, told[i].b) };
	c->facts = facts;
}

/* ---- settings and Dockerfile ---- */

static const struct value *compare_settings_of(struct arena *a, const char *dir)
{
	const struct value *v;
	struct error ignored;
	struct str text = compare_text(a, dir, "settings.json");
	return text.p && value_parse_json(a, text, &v, &ignored) && value_type(v) == VALUE_OBJECT
		? v : NULL;
}

static void compare_document(struct compare *c, struct compare_document *documents,
                             struct str path, const struct value *before,
                             const struct value *after)
{
	struct compare_document *d = &documents[c->ndocuments];
	value_compare(c->arena, before, after, &d->comparison);
	if (!d->comparison.n)
		return;
	d->path = arena_text(c->arena, path);
	c->ndocuments++;
}

static void compare_settings(struct compare *c)
{
	const struct value *before = compare_settings_of(c->arena, c->a.dir);
	const struct value *after = compare_settings_of(c->arena, c->b.dir);
	c->has_settings = before && after;
	if (!c->has_settings)
		return;
	struct compare_document *documents = arena_array(c->arena, value_count(before) +
	                                                 value_count(after) + 1, sizeof *documents);
	for (const struct value *v = value_child(after); v; v = value_next(v))
		compare_document(c, documents, value_key(v), value_get(before, value_key(v)), v);
	for (const struct value *v = value_child(before); v; v = value_next(v))
		if (!value_get(after, value_key(v)))
			compare_document(c, documents, value_key(v), v, NULL);
	c->documents = documents;
}

static void compare_dockerfile(struct compare *c)
{
	struct str before = compare_text(c->arena, c->a.dir, "Dockerfile");
	struct str after = compare_text(c->arena, c->b.dir, "Dockerfile");
	c->has_dockerfile = before.p && after.p;
	if (!c->has_dockerfile)
		return;
	sequence_lines(c->arena, before, after, &c->dockerfile);
	for (size_t i = 0; i < c->dockerfile.nchanges; i++) {
		c->gone += c->dockerfile.changes[i].na;
		c->come += c->dockerfile.changes[i].nb;
	}
}

/* ---- all of it ---- */

const char *compare_state(const struct step *s)
{
	static const char *const names[] = {
		[STEP_WAITING] = "waiting", [STEP_RUNNING] = "running", [STEP_DONE] = "ran",
		[STEP_CACHED] = "cached", [STEP_FAILED] = "failed", [STEP_CANCELLED] = "cancelled",
		[STEP_SKIPPED] = "skipped",
	};
	return names[s->state];
}

bool compare_ran(const struct step *s)
{
	return s->state == STEP_DONE || s->state == STEP_FAILED || s->state == STEP_RUNNING ||
	       (s->state == STEP_CANCELLED && s->started > 0);
}

struct compare *compare_new(const char *dir_a, const char *dir_b, struct error *err)
{
	struct compare_making *m = xcalloc(1, sizeof *m);
	owned(compare) struct compare *c = &m->compare;
	c->arena = arena_new();
	if (!compare_open(&c->a, &m->a, dir_a, c->arena, err) ||
	    !compare_open(&c->b, &m->b, dir_b, c->arena, err))
		return NULL;
	compare_facts(c);
	compare_settings(c);
	compare_dockerfile(c);
	compare_context(m);
	why_make(c->arena, dir_b, c->b.build, dir_a, c->a.build, &m->why);
	compare_pair_steps(m);
	compare_explain(m);
	return take(c);
}

void compare_free(struct compare *c)
{
	struct compare_making *m = (struct compare_making *)c;
	if (!c)
		return;
	build_free(m->a);
	build_free(m->b);
	arena_free(c->arena);
	free(m);
}
