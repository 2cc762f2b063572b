#ifndef TESTS_FUZZ_EDITING_H
#define TESTS_FUZZ_EDITING_H

#include "core/base/check.h"
#include "core/config/edit.h"
#include "core/value/json.h"

/* What every edit of JSON text keeps: the result is the tree changed at that pointer
 * and nowhere else, and all bytes outside of the edits are those that were there. */

static inline const struct value *editing_read(struct arena *a, struct str text)
{
	const struct value *v = NULL;
	struct error ignored;
	return value_parse_json(a, text, &v, &ignored) ? v : NULL;
}

/* The same children in the same order, but for the one at `but`. */
static inline void editing_check_others(const struct value *old, const struct value *new,
                                        const struct value *but_old, const struct value *but_new)
{
	const struct value *a = value_child(old), *b = value_child(new);
	for (;;) {
		if (a && a == but_old)
			a = value_next(a);
		if (b && b == but_new)
			b = value_next(b);
		if (!a || !b)
			break;
		CHECK(str_eq(value_key(a), value_key(b)) && value_equal(a, b));
		a = value_next(a);
		b = value_next(b);
	}
	CHECK(!a && !b);
}

static inline const struct value *editing_child(const struct value *v, struct str token,
                                                bool behind)
{
	owned_buf struct buf pointer = { 0 };
	const struct value *last = NULL;
	if (v && behind && value_type(v) == VALUE_ARRAY && str_eq(token, STR("-"))) {
		for (last = value_child(v); last && value_next(last);)
			last = value_next(last);
		return last;
	}
	buf_append_char(&pointer, '/');
	buf_append(&pointer, token);
	return v ? value_at(v, buf_str(&pointer)) : NULL;
}

/* new is old with `value` at the pointer; value NULL: with nothing there. */
static inline void editing_check_tree(const struct value *old, const struct value *new,
                                      struct str pointer, const struct value *value)
{
	struct str rest = str_slice(pointer, 1, STR_NONE), token;
	if (!pointer.n)
		rest.p = NULL;
	while (str_next(&rest, '/', &token)) {
		bool is_last = !rest.p, goes = is_last && !value;
		const struct value *below_old = editing_child(old, token, false);
		const struct value *below_new = goes ? NULL : editing_child(new, token, true);
		CHECK(new && value_is_container(new) && (goes || below_new));
		CHECK(!old || value_type(old) == value_type(new));
		if (old)
			editing_check_others(old, new, below_old, below_new);
		else
			CHECK(value_count(new) == 1);
		old = below_old;
		new = below_new;
	}
	CHECK(!value || value_equal(value, new));
}

static inline void editing_check_bytes(struct str old, struct str new, const struct edits *edits)
{
	size_t at = 0, to = 0;
	for (size_t i = 0; i < edits->n; i++) {
		const struct edit *e = &edits->edits[i];
		CHECK(e->at.at >= at && (size_t)e->at.at + e->at.size <= old.n);
		CHECK(str_eq(str_slice(old, at, e->at.at - at), str_slice(new, to, e->at.at - at)));
		to += e->at.at - at;
		CHECK(str_eq(e->text, str_slice(new, to, e->text.n)));
		to += e->text.n;
		at = e->at.at + e->at.size;
	}
	CHECK(str_eq(str_slice(old, at, STR_NONE), str_slice(new, to, STR_NONE)));
}

/* One edit of *text: set to value, or unset when value.p is NULL.  False when it was
 * refused; else *text, in the arena, is what it makes. */
static inline bool editing_step(struct arena *a, struct str *text, struct str pointer,
                                struct str value)
{
	owned_buf struct buf out = { 0 };
	struct edits edits = { 0 };
	struct error err = { 0 };
	const struct source *source = source_new(a, STR("f"), NULL, *text);
	bool ok = value.p ? edit_set(a, source, pointer, value, &edits, &err)
	                  : edit_unset(a, source, pointer, &edits, &err);
	CHECK(ok == (err.code == ERROR_NONE));
	if (!ok)
		return false;
	edit_apply(&out, *text, &edits);
	struct str made = arena_str(a, buf_str(&out));
	const struct value *old = editing_read(a, *text), *new = editing_read(a, made);
	const struct value *set = value.p ? editing_read(a, value) : NULL;
	CHECK(new && (!value.p || set));
	editing_check_bytes(*text, made, &edits);
	editing_check_tree(old, new, pointer, set);
	*text = made;
	return true;
}

#endif
