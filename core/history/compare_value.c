/* A comparison of two builds as JSON. */
#include "core/history/compare.h"

/* Of more files the counts alone are told. */
enum { VALUE_FILES_MAX = 10000 };

static void value_add(struct value *list, struct value *item)
{
	value_append(list, (struct str){ 0 }, (struct span){ 0 }, item);
}

static struct value *value_null(struct arena *a)
{
	return value_new(a, VALUE_NULL, STR("null"), (struct span){ 0 });
}

static void value_put(struct arena *a, struct value *o, const char *key, struct str text)
{
	value_set(a, o, key, value_new_string(a, text));
}

static void value_put_count(struct arena *a, struct value *o, const char *key, size_t n)
{
	value_set(a, o, key, value_new_integer(a, (long long)n));
}

static void value_put_seconds(struct arena *a, struct value *o, const char *key, double seconds)
{
	value_set(a, o, key, value_new(a, VALUE_FLOAT, str_of(arena_printf(a, "%.3f", seconds)),
	                               (struct span){ 0 }));
}

static struct value *value_side(struct arena *a, const struct compare_side *side)
{
	struct value *o = value_new_object(a);
	value_put(a, o, "id", str_of(side->id));
	value_put_seconds(a, o, "started", side->build->started);
	value_put_seconds(a, o, "seconds", side->seconds);
	value_put_count(a, o, "layers", side->layers);
	value_put_count(a, o, "cached", side->cached);
	return o;
}

static struct value *value_facts(struct arena *a, const struct compare *c)
{
	struct value *list = value_new_array(a);
	for (size_t i = 0; i < c->nfacts; i++) {
		struct value *o = value_new_object(a);
		value_put(a, o, "name", str_of(c->facts[i].name));
		value_put(a, o, "a", c->facts[i].a);
		value_put(a, o, "b", c->facts[i].b);
		value_set(a, o, "differs", value_new_bool(a, c->facts[i].differs));
		value_add(list, o);
	}
	return list;
}

static struct value *value_settings(struct arena *a, const struct compare *c)
{
	struct value *o = value_new_object(a), *list = value_new_array(a);
	value_set(a, o, "known", value_new_bool(a, c->has_settings));
	for (size_t i = 0; i < c->ndocuments; i++) {
		struct value *document = value_new_object(a);
		value_put(a, document, "path", str_of(c->documents[i].path));
		value_set(a, document, "differences",
		          comparison_describe(a, &c->documents[i].comparison));
		value_add(list, document);
	}
	value_set(a, o, "documents", list);
	return o;
}

static struct value *value_lines(struct arena *a, const struct str *lines, size_t n)
{
	struct value *list = value_new_array(a);
	for (size_t i = 0; i < n; i++)
		value_add(list, value_new_string(a, lines[i]));
	return list;
}

static struct value *value_dockerfile(struct arena *a, const struct compare *c)
{
	struct value *o = value_new_object(a), *list = value_new_array(a);
	const struct sequence_lines *l = &c->dockerfile;
	value_set(a, o, "known", value_new_bool(a, c->has_dockerfile));
	value_put_count(a, o, "added", c->come);
	value_put_count(a, o, "removed", c->gone);
	for (size_t i = 0; i < l->nchanges; i++) {
		const struct sequence_change *change = &l->changes[i];
		struct value *hunk = value_new_object(a);
		value_put_count(a, hunk, "line_a", change->a + 1);
		value_put_count(a, hunk, "line_b", change->b + 1);
		value_set(a, hunk, "removed", value_lines(a, l->a + change->a, change->na));
		value_set(a, hunk, "added", value_lines(a, l->b + change->b, change->nb));
		value_add(list, hunk);
	}
	value_set(a, o, "changes", list);
	return o;
}

static struct value *value_bases(struct arena *a, const struct compare *c)
{
	struct value *list = value_new_array(a);
	for (size_t i = 0; i < c->nbases; i++) {
		const struct compare_base *b = &c->bases[i];
		struct value *o = value_new_object(a);
		value_put(a, o, "name", str_of(b->name));
		value_set(a, o, "a", b->a.p ? value_new_string(a, b->a) : value_null(a));
		value_set(a, o, "b", b->b.p ? value_new_string(a, b->b) : value_null(a));
		value_set(a, o, "differs", value_new_bool(a, b->differs));
		value_add(list, o);
	}
	return list;
}

static struct value *value_context(struct arena *a, const struct compare *c)
{
	struct value *o = value_new_object(a), *list = value_new_array(a);
	value_set(a, o, "known", value_new_bool(a, c->has_context));
	for (int i = 0; i <= FILE_MODE; i++)
		value_put_count(a, o, context_diff_name((enum forecast_change)i), c->context.counts[i]);
	for (size_t i = 0; i < c->context.n && i < VALUE_FILES_MAX; i++) {
		const struct context_file *f = &c->context.files[i];
		struct value *file = value_new_object(a);
		value_put(a, file, "change", str_of(context_diff_name(f->change)));
		value_put(a, file, "path", f->path);
		value_put_count(a, file, "size_a", f->size_a);
		value_put_count(a, file, "size_b", f->size_b);
		value_add(list, file);
	}
	value_set(a, o, "files", list);
	return o;
}

static void value_step_side(struct arena *a, struct value *o, const char *which,
                            const struct step *s, int index, double seconds)
{
	struct value *side = s ? value_new_object(a) : value_null(a);
	value_set(a, o, which, side);
	if (!s)
		return;
	value_set(a, side, "step", value_new_integer(a, index));
	value_put(a, side, "name", s->name);
	value_put(a, side, "state", str_of(compare_state(s)));
	value_put_seconds(a, side, "seconds", seconds);
}

static struct value *value_steps(struct arena *a, const struct compare *c)
{
	struct value *list = value_new_array(a);
	for (size_t i = 0; i < c->nsteps; i++) {
		const struct compare_step *s = &c->steps[i];
		const struct step *any = s->b ? s->b : s->a;
		struct value *o = value_new_object(a);
		value_put(a, o, "stage", any->stage);
		value_set(a, o, "meta", value_new_bool(a, any->meta));
		value_set(a, o, "internal", value_new_bool(a, any->internal || any->task.n));
		value_step_side(a, o, "a", s->a, s->index_a, s->seconds_a);
		value_step_side(a, o, "b", s->b, s->index_b, s->seconds_b);
		value_set(a, o, "text_differs", value_new_bool(a, s->text_differs));
		value_put_seconds(a, o, "delta", s->seconds_b - s->seconds_a);
		value_put(a, o, "why", s->why);
		value_set(a, o, "root", s->root >= 0 && c->steps[s->root].b
		          ? value_new_integer(a, c->steps[s->root].index_b) : value_null(a));
		value_add(list, o);
	}
	return list;
}

struct value *compare_value(struct arena *a, const struct compare *c)
{
	struct value *o = value_new_object(a);
	value_set(a, o, "a", value_side(a, &c->a));
	value_set(a, o, "b", value_side(a, &c->b));
	value_put_seconds(a, o, "delta", c->b.seconds - c->a.seconds);
	value_put(a, o, "explanation", c->explanation);
	value_set(a, o, "facts", value_facts(a, c));
	value_set(a, o, "bases", value_bases(a, c));
	value_set(a, o, "settings", value_settings(a, c));
	value_set(a, o, "dockerfile", value_dockerfile(a, c));
	value_set(a, o, "context", value_context(a, c));
	value_set(a, o, "steps", value_steps(a, c));
	return o;
}
