#include "core/config/effect.h"

const struct layer *document_layer(const struct document *d, const char *profile)
{
	for (size_t i = 0; i < d->nlayers; i++) {
		const char *other = d->layers[i].profile;
		if (d->layers[i].present &&
		    (profile && other ? strcmp(profile, other) == 0 : profile == other))
			return &d->layers[i];
	}
	return NULL;
}

const char *document_overlay_path(struct arena *arena, const char *base, const char *profile)
{
	struct str path = str_of(base);
	size_t slash = str_find_last(path, '/'), point = str_find_last(path, '.');
	if (point == STR_NONE || (slash != STR_NONE && point < slash))
		point = path.n;
	return arena_printf(arena, "%.*s.%s%s", (int)point, base, profile, base + point);
}

struct str effect_settle(struct arena *arena, const struct value *root, struct str pointer)
{
	owned_buf struct buf out = { 0 };
	struct str rest = str_slice(pointer, 1, STR_NONE), token;
	if (!pointer.n)
		return pointer;
	while (str_next(&rest, '/', &token)) {
		const struct value *at = root ? value_at(root, buf_str(&out)) : NULL;
		if (at && value_type(at) == VALUE_ARRAY && str_eq(token, STR("-")) && value_count(at))
			buf_printf(&out, "/%zu", value_count(at) - 1);
		else
			buf_printf(&out, "/%.*s", STR_ARG(token));
	}
	return arena_str(arena, buf_str(&out));
}

/* ---- other files ---- */

static const struct value *layer_at(const struct layer *l, struct str pointer)
{
	return l && l->value ? value_at(l->value, pointer) : NULL;
}

static void effect_others(struct arena *arena, const struct document *d, const struct layer *own,
                          const char *profile, struct str pointer, struct effect *e)
{
	struct effect_other *lower = arena_array(arena, d->nlayers, sizeof *lower);
	struct effect_other *idle = arena_array(arena, d->nlayers, sizeof *idle);
	size_t below = own ? (size_t)(own - d->layers) : 0;
	for (size_t i = below; own && i-- > 0;) {
		const struct value *v = layer_at(&d->layers[i], pointer);
		if (v && d->layers[i].active)
			lower[e->nlower++] = (struct effect_other){ &d->layers[i], v };
	}
	for (size_t i = 0; !profile && i < d->nlayers; i++) {
		const struct value *v = layer_at(&d->layers[i], pointer);
		if (v && !d->layers[i].active)
			idle[e->nidle++] = (struct effect_other){ &d->layers[i], v };
	}
	e->lower = lower;
	e->idle = idle;
}

/* ---- what shows ---- */

/* Whether v, or a part of what it is put together from, was read from there. */
static bool effect_is_from(const struct value *v, const struct source *source)
{
	if (!value_is_merged(v))
		return value_span(v).source == source;
	for (v = value_under(v); v; v = value_under(v))
		if (value_span(v).source == source)
			return true;
	return false;
}

/* What the configuration has at the pointer, or the nearest thing above it. */
static const struct value *effect_nearest(const struct value *root, struct str pointer)
{
	const struct value *v = root ? value_at(root, pointer) : NULL;
	while (root && !v) {
		pointer = str_slice(pointer, 0, str_find_last(pointer, '/'));
		v = value_at(root, pointer);
	}
	while (v && value_is_merged(v))
		v = value_under(v);
	return v;
}

/* ---- what is lost ---- */

struct effect_loss {
	struct arena *arena;
	struct str pointer;             /* of the change */
	struct buf at;
	struct str *names;
	size_t n;
};

static void effect_compare(struct effect_loss *l, const struct value *was, const struct value *is);

static void effect_compare_parts(struct effect_loss *l, const struct value *was,
                                 const struct value *is)
{
	size_t length = l->at.n, index = 0;
	bool object = value_type(was) == VALUE_OBJECT;
	const struct value *item = object ? NULL : value_child(is);
	for (const struct value *v = value_child(was); v; v = value_next(v)) {
		if (object)
			value_pointer_append(&l->at, value_key(v));
		else
			buf_printf(&l->at, "/%zu", index++);
		effect_compare(l, v, object ? value_get(is, value_key(v)) : item);
		item = item ? value_next(item) : NULL;
		l->at.n = length;
	}
}

static void effect_compare(struct effect_loss *l, const struct value *was, const struct value *is)
{
	if (str_eq(buf_str(&l->at), l->pointer) || (is && value_is_same(was, is)))
		return;
	if (is && value_is_container(was) && value_type(was) == value_type(is)) {
		effect_compare_parts(l, was, is);
	} else if (!is || value_type(was) != value_type(is)) {
		if (l->n < EFFECT_NAMED)
			l->names[l->n] = arena_str(l->arena, buf_str(&l->at));
		l->n++;
	}
}

static void effect_losses(struct arena *arena, const struct document *before,
                          const struct document *after, struct str pointer, struct effect *e)
{
	struct effect_loss l = { .arena = arena, .pointer = pointer };
	l.names = arena_array(arena, EFFECT_NAMED, sizeof *l.names);
	if (before->value && after->value)
		effect_compare(&l, before->value, after->value);
	e->lost = l.names;
	e->nlost = l.n;
	e->nlost_named = l.n < EFFECT_NAMED ? l.n : EFFECT_NAMED;
	buf_finish(&l.at);
}

/* What stands around the pointer's last token. */
static struct str effect_above(struct str pointer)
{
	size_t last = str_find_last(pointer, '/');
	return str_slice(pointer, 0, last == STR_NONE ? 0 : last);
}

void effect_tell(struct arena *arena, const struct document *before, const struct document *after,
                 const char *profile, struct str pointer, bool removed, struct effect *ret_effect)
{
	struct effect e = { 0 };
	const struct layer *own = document_layer(after, profile);
	const struct value *around = layer_at(document_layer(before, profile), effect_above(pointer));
	e.old = layer_at(document_layer(before, profile), pointer);
	e.closed_up = removed && around && value_type(around) == VALUE_ARRAY;
	if (!e.closed_up) {
		e.now = layer_at(own, pointer);
		e.shows = after->value ? value_at(after->value, pointer) : NULL;
		effect_others(arena, after, own, profile, pointer, &e);
	}
	if (e.now && e.shows)
		e.is_shown = effect_is_from(e.shows, value_span(e.now).source);
	if (!e.is_shown)
		e.winner = effect_nearest(after->value, pointer);
	effect_losses(arena, before, after, e.closed_up ? effect_above(pointer) : pointer, &e);
	*ret_effect = e;
}
