#include "core/lint/overlays.h"

#include <ctype.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/similar.h"

/* What is below an overlay, top one last. */
struct overlay_below {
	const struct layer *layers;
	size_t n;
};

/* Calls each for every overlay that could be read and that has something below it, once
 * where a profile is given twice, which is told by itself. */
typedef void overlay_fn(void *data, const struct document *, const struct layer *,
                        struct overlay_below);

static void overlay_each(const struct settings *s, overlay_fn *each, void *data)
{
	for (size_t i = 0; i < s->ndocuments; i++) {
		const struct document *d = &s->documents[i];
		for (size_t k = 1; k < d->nlayers; k++) {
			const struct layer *l = &d->layers[k];
			struct overlay_below below = { d->layers, l->active ? k : 1 };
			bool any = false, again = false;
			for (size_t j = 0; j < below.n; j++) {
				any |= below.layers[j].value != NULL;
				again |= j > 0 && strcmp(below.layers[j].profile, l->profile) == 0;
			}
			if (l->value && any && !again)
				each(data, d, l, below);
		}
	}
}

/* ---- overlays that change nothing ---- */

struct overlay_idle {
	const struct rule *rule;
	const struct subject *subject;
	struct problems *problems;
};

/* Whether laying upper over lower leaves it as it is. */
static bool overlay_is_within(const struct value *upper, const struct value *lower, bool deep)
{
	if (!lower)
		return false;
	if (!deep || value_type(upper) != VALUE_OBJECT || value_type(lower) != VALUE_OBJECT)
		return value_equal(upper, lower);
	for (const struct value *m = value_child(upper); m; m = value_next(m))
		if (!overlay_is_within(m, value_get(lower, value_key(m)), true))
			return false;
	return true;
}

/* What holds the key at the root, below; NULL: nothing does. */
static const struct value *overlay_root_key(struct overlay_below below, struct str key)
{
	const struct value *v = NULL;
	for (size_t i = below.n; i-- > 0 && !v;)
		v = below.layers[i].value ? value_get(below.layers[i].value, key) : NULL;
	return v;
}

/* By rule deep, objects of several layers lie in one another: each has to hold it. */
static bool overlay_has_objects_below(struct overlay_below below, struct str key)
{
	size_t n = 0;
	for (size_t i = 0; i < below.n; i++) {
		const struct value *v = below.layers[i].value ? value_get(below.layers[i].value, key)
		                                              : NULL;
		n += v && value_type(v) == VALUE_OBJECT;
	}
	return n > 1;
}

static bool overlay_is_idle(const struct layer *l, struct overlay_below below,
                            enum cascade_rule rule)
{
	if (value_type(l->value) != VALUE_OBJECT)
		return value_equal(l->value, below.layers[below.n - 1].value);
	for (const struct value *m = value_child(l->value); m; m = value_next(m)) {
		bool deep = rule == CASCADE_DEEP;
		if (deep && overlay_has_objects_below(below, value_key(m)))
			return false;
		if (!overlay_is_within(m, overlay_root_key(below, value_key(m)), deep))
			return false;
	}
	return true;
}

static void overlay_tell_idle(void *data, const struct document *d, const struct layer *l,
                              struct overlay_below below)
{
	const struct overlay_idle *o = data;
	if (!overlay_is_idle(l, below, o->subject->selection->rule))
		return;
	owned_buf struct buf why = { 0 };
	if (value_type(l->value) == VALUE_OBJECT && !value_child(l->value))
		buf_append(&why, STR("is empty and changes nothing"));
	else if (below.n > 1)
		buf_append(&why, STR("changes nothing, since all it says is said below it"));
	else
		buf_printf(&why, "changes nothing, since %s says all of it", d->layers[0].path);
	lint_report(o->rule, l->active, o->problems, value_span(l->value),
	            "this overlay %s: give it what profile %s changes, or remove it%s",
	            buf_text(&why), l->profile, l->active ? "" : " (this profile is not selected)");
}

void lint_overlay_idle(const struct rule *rule, const struct subject *subject,
                       struct problems *problems)
{
	struct overlay_idle o = { rule, subject, problems };
	overlay_each(subject->settings, overlay_tell_idle, &o);
}

/* ---- keys that no base has ---- */

/* Guessing what was meant costs as much as there are names; after so many it stops. */
enum { OVERLAY_GUESSES = 100, OVERLAY_NAME_LEAST = 5 };

struct overlay_keys {
	const struct rule *rule;
	const struct subject *subject;
	overlay_place_fn *place;
	struct problems *problems;
	struct arena *scratch;
	struct buf pointer;
	const struct document *document;
	const struct layer *layer;
	unsigned guesses;
};

/* Names such as field_1 and field_2, or mask_a and mask_b, are meant to be so. */
static bool overlay_is_series(struct str a, struct str b)
{
	size_t i = 0, j = 0;
	if (a.n == b.n && a.n && memcmp(a.p, b.p, a.n - 1) == 0)
		return true;
	for (;; i++, j++) {
		while (i < a.n && isdigit((unsigned char)a.p[i]))
			i++;
		while (j < b.n && isdigit((unsigned char)b.p[j]))
			j++;
		if (i == a.n || j == b.n || a.p[i] != b.p[j])
			return i == a.n && j == b.n;
	}
}

/* The key of a layer below that was probably meant, or NULL.  One that the overlay has
 * as well is meant where it stands. */
static const char *overlay_meant(struct overlay_keys *o, const struct value *upper, struct str key,
                                 const struct value *const *below, size_t n, bool open)
{
	struct similar similar = { .typed = key };
	if (o->guesses++ >= OVERLAY_GUESSES || (open && key.n < OVERLAY_NAME_LEAST))
		return NULL;
	for (size_t i = 0; i < n; i++)
		for (const struct value *m = value_child(below[i]); m; m = value_next(m))
			if (!value_get(upper, value_key(m)) && !(open && overlay_is_series(key, value_key(m))))
				similar_try(&similar, arena_text(o->scratch, value_key(m)));
	if (open && similar.best && similar.distance * 4 > key.n)
		return NULL;
	return similar.best;
}

static void overlay_tell_key(struct overlay_keys *o, const struct value *upper,
                             const struct value *m, const struct value *const *below, size_t n)
{
	struct str key = value_key(m);
	enum overlay_place place = o->place(o->subject, o->document, buf_str(&o->pointer), key);
	if (place == OVERLAY_DECLARED)
		return;
	const char *meant = overlay_meant(o, upper, key, below, n, place == OVERLAY_OPEN);
	if (meant)
		lint_report(o->rule, o->layer->active, o->problems, value_key_span(m),
		            "no base has '%.*s': did you mean '%s'?%s", STR_ARG(key), meant,
		            o->layer->active ? "" : " (this profile is not selected)");
	/* Of profiles that are not selected there may be hundreds: the likely ones will do. */
	else if (place == OVERLAY_CLOSED && o->layer->active)
		lint_report(o->rule, true, o->problems, value_key_span(m),
		            "no base has '%.*s': add it to %s if it is meant", STR_ARG(key),
		            o->document->layers[0].path);
}

static void overlay_walk(struct overlay_keys *o, const struct value *upper,
                         const struct value *const *below, size_t n)
{
	for (const struct value *m = value_child(upper); m; m = value_next(m)) {
		struct arena_mark mark = arena_mark(o->scratch);
		const struct value **inside = arena_array(o->scratch, n, sizeof *inside);
		size_t ninside = 0, length = o->pointer.n;
		bool known = false;
		for (size_t i = 0; i < n; i++) {
			const struct value *v = value_get(below[i], value_key(m));
			known |= v != NULL;
			if (v && value_type(v) == VALUE_OBJECT)
				inside[ninside++] = v;
		}
		if (!known) {
			overlay_tell_key(o, upper, m, below, n);
		} else if (ninside && value_type(m) == VALUE_OBJECT &&
		           !value_has_like_keys(inside[0], m)) {
			value_pointer_append(&o->pointer, value_key(m));
			overlay_walk(o, m, inside, ninside);
			o->pointer.n = length;
		}
		arena_rewind(o->scratch, mark);
	}
}

static void overlay_check_keys(void *data, const struct document *d, const struct layer *l,
                               struct overlay_below below)
{
	struct overlay_keys *o = data;
	const struct value **values = arena_array(o->scratch, below.n, sizeof *values);
	size_t n = 0;
	for (size_t i = 0; i < below.n; i++)
		if (below.layers[i].value && value_type(below.layers[i].value) == VALUE_OBJECT)
			values[n++] = below.layers[i].value;
	o->document = d;
	o->layer = l;
	o->guesses = 0;
	if (n && value_type(l->value) == VALUE_OBJECT)
		overlay_walk(o, l->value, values, n);
}

void lint_overlay_keys(const struct rule *rule, const struct subject *subject,
                       overlay_place_fn *place, struct problems *problems)
{
	owned(arena) struct arena *scratch = arena_new();
	struct overlay_keys o = { .rule = rule, .subject = subject, .place = place,
		.problems = problems, .scratch = scratch };
	overlay_each(subject->settings, overlay_check_keys, &o);
	buf_finish(&o.pointer);
}
