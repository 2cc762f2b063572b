/* The setting behind an instruction that has changed, and the place to go to. */
#include "core/history/forecast_make.h"

#include <stdio.h>

static bool cause_find(const struct value *tree, const struct value *wanted, struct buf *pointer)
{
	size_t n = pointer->n, index = 0;
	if (value_is_same(tree, wanted))
		return true;
	for (const struct value *v = value_child(tree); v; v = value_next(v), index++) {
		char number[32];
		snprintf(number, sizeof number, "%zu", index);
		value_pointer_append(pointer, value_type(tree) == VALUE_OBJECT ? value_key(v)
		                                                               : str_of(number));
		if (cause_find(v, wanted, pointer))
			return true;
		pointer->n = n;
	}
	return false;
}

static bool cause_differs(const struct forecast_maker *m, const struct document *d,
                          const struct value *cause, struct str pointer)
{
	const struct value *all = m->against ? m->against->settings : NULL;
	const struct value *document = all ? value_get(all, str_of(d->path)) : NULL;
	const struct value *then = document ? value_at(document, pointer) : NULL;
	return !then || !value_equal(then, cause);
}

static struct str cause_place(struct arena *a, struct span at, struct str pointer)
{
	struct origin o = span_origin(at);
	if (!o.path)
		return (struct str){ 0 };
	const char *line = o.line ? arena_printf(a, ":%u", o.line) : "";
	return str_of(arena_printf(a, "%s%s%s%.*s", o.path, line, pointer.n ? " " : "",
	                           STR_ARG(pointer)));
}

struct str forecast_cause(const struct forecast_maker *m, const struct instruction *in)
{
	const struct settings *s = m->s->settings;
	for (size_t i = 0; i < in->ncauses; i++) {
		for (size_t d = 0; s && d < s->ndocuments; d++) {
			owned_buf struct buf pointer = { 0 };
			const struct value *root = s->documents[d].value;
			if (!root || !cause_find(root, in->causes[i], &pointer))
				continue;
			struct str kept = arena_str(m->arena, buf_str(&pointer));
			if (cause_differs(m, &s->documents[d], in->causes[i], kept))
				return cause_place(m->arena, value_span(in->causes[i]), kept);
			break;
		}
	}
	return in->ncauses ? (struct str){ 0 } : cause_place(m->arena, in->at, (struct str){ 0 });
}
