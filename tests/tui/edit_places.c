#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/config/cascade.h"
#include "core/config/edit.h"
#include "core/value/json.h"
#include "tui/edit_places.h"

/* A project of one document, in memory, as a screen has it. */
struct project_of_one {
	struct arena *arena;
	struct files *files;
	struct problems *problems;
	struct document document;
	struct settings settings;
	struct selection selection;
};

#define owned_one __attribute__((cleanup(one_finish)))

static void one_finish(struct project_of_one *o)
{
	problems_free(o->problems);
	files_free(o->files);
	arena_free(o->arena);
}

static void one_read(struct project_of_one *o)
{
	problems_free(o->problems);
	o->problems = problems_new();
	cascade_read(o->arena, o->files, &o->selection, ".", "api/c.json", false, o->problems,
	             &o->document);
}

/* texts: base, then overlays p, q, r; NULL: no such file.  profiles: "pq" selects two. */
static struct project_of_one one(const char *const texts[4], const char *profiles,
                                 enum cascade_rule rule)
{
	static const char *const paths[] = {
		"api/c.json", "api/c.p.json", "api/c.q.json", "api/c.r.json",
	};
	struct project_of_one o = { .arena = arena_new(), .files = files_memory(NULL) };
	size_t n = strlen(profiles);
	const char **names = arena_array(o.arena, n, sizeof *names);
	for (size_t i = 0; i < n; i++)
		names[i] = arena_text(o.arena, str_slice(str_of(profiles), i, 1));
	for (size_t i = 0; i < 4; i++)
		if (texts[i])
			files_memory_put(o.files, paths[i], str_of(texts[i]));
	o.selection = (struct selection){ .profiles = names, .nprofiles = n, .rule = rule };
	one_read(&o);
	return o;
}

static struct edit_site site_of(struct project_of_one *o, const char *pointer)
{
	struct edit_site site;
	struct error err;
	o->settings = (struct settings){ .root = ".", .documents = &o->document, .ndocuments = 1 };
	if (!edit_site_find(o->arena, &o->settings, &o->selection, 0, str_of(pointer), &site, &err))
		fail_msg("%s: %s", pointer, err.text);
	return site;
}

/* "b/c.json shows | …": file, effect and lost ones of each place; '>' before the best. */
static const char *shape(struct project_of_one *o, const struct edit_places *places)
{
	static const char *const effects[] = {
		[EDIT_SHOWS] = "shows", [EDIT_SHADOWED] = "shadowed", [EDIT_NOTHING] = "nothing",
		 [EDIT_UNCOVERS] = "uncovers",
		[EDIT_GONE] = "gone", [EDIT_SAME] = "same", [EDIT_REFUSED] = "refused",
	};
	owned_buf struct buf out = { 0 };
	for (size_t i = 0; i < places->n; i++) {
		const struct edit_place *place = &places->places[i];
		buf_printf(&out, "%s%s", i ? " | " : "", i == places->best ? ">" : "");
		for (size_t k = 0; k < place->nfiles; k++)
			buf_printf(&out, "%s%s", k ? "," : "", place->files[k].name + 4);
		buf_printf(&out, "%s %s", place->whole ? " whole" : "", effects[place->effect]);
		if (place->nlost)
			buf_printf(&out, " -%zu", place->nlost);
	}
	return arena_text(o->arena, buf_str(&out));
}

static const char *const sizes[4] = {
	"{\"t\": {\"a\": 1, \"b\": 2}, \"l\": [1, {\"x\": 2}], \"s\": 5}",
	"{\"t\": {\"a\": 10}, \"s\": 6}", NULL, "{}",
};

static void test_edit_places__say_what_will_show(void **state)
{
	(void)state;
	static const struct {
		const char *profiles, *pointer, *json, *shape;
		enum cascade_rule rule;
	} cases[] = {
		{ "", "/s", "7", ">c.json shows", CASCADE_ROOT },
		{ "p", "/s", "7", "c.json shadowed | >c.p.json shows", CASCADE_ROOT },
		{ "pq", "/s", "7", "c.json shadowed | >c.p.json shows | c.q.json shows", CASCADE_ROOT },
		{ "qp", "/s", "7", "c.json shadowed | c.q.json shadowed | >c.p.json shows",
		  CASCADE_ROOT },
		{ "p", "/s", "6", "c.json shadowed | >c.p.json same", CASCADE_ROOT },
		/* The trap of rule root: a part of an object in an overlay hides the rest. */
		{ "r", "/t/a", "7", ">c.json shows | c.r.json shows -1 | c.r.json whole shows",
		  CASCADE_ROOT },
		{ "r", "/t/a", "7", ">c.json shows | c.r.json shows", CASCADE_DEEP },
		{ "p", "/t/b", "7", ">c.json shows | c.p.json shows", CASCADE_DEEP },
		{ "p", "/t/a", "7", "c.json shadowed | >c.p.json shows", CASCADE_DEEP },
		/* An item alone can stand only in an array. */
		{ "r", "/l/1/x", "7", ">c.json shows | c.r.json whole shows", CASCADE_ROOT },
		{ "r", "/l/0", "7", ">c.json shows | c.r.json whole shows", CASCADE_DEEP },
		/* A profile twice in the selection is one file. */
		{ "pp", "/s", "7", "c.json shadowed | >c.p.json shows", CASCADE_ROOT },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		owned_one struct project_of_one o = one(sizes, cases[i].profiles, cases[i].rule);
		struct edit_site site = site_of(&o, cases[i].pointer);
		struct edit_places places;
		edit_places_set(o.arena, &site, site.value, str_of(cases[i].json), &places);
		assert_string_equal(shape(&o, &places), cases[i].shape);
	}
}

static void test_edit_places__say_what_removing_leaves(void **state)
{
	(void)state;
	static const struct {
		const char *profiles, *pointer, *shape;
	} cases[] = {
		{ "", "/s", ">c.json gone" },
		{ "p", "/s", "c.json nothing | >c.p.json uncovers | c.json,c.p.json gone" },
		{ "r", "/s", ">c.json gone" },
		{ "", "/l/0", ">c.json gone" },
		{ "p", "/t/a", "c.json nothing | >c.p.json gone | c.json,c.p.json gone" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		owned_one struct project_of_one o = one(sizes, cases[i].profiles, CASCADE_ROOT);
		struct edit_site site = site_of(&o, cases[i].pointer);
		struct edit_places places;
		edit_places_unset(o.arena, &site, &places);
		assert_string_equal(shape(&o, &places), cases[i].shape);
	}
}

static void test_edit_places__uncover_what_lies_below(void **state)
{
	(void)state;
	static const struct {
		const char *profiles, *pointer, *shape, *removes;
		enum cascade_rule rule;
	} cases[] = {
		{ "p", "/s", ">c.p.json uncovers", "/s", CASCADE_ROOT },
		{ "p", "/t/a", ">c.p.json uncovers", "/t/a", CASCADE_DEEP },
		/* By rule root the key alone would show nothing: all of it goes. */
		{ "p", "/t/a", ">c.p.json uncovers", "/t", CASCADE_ROOT },
		{ "", "/s", "no overlay sets this: api/c.json does; x deletes it there", "",
		  CASCADE_ROOT },
		{ "r", "/s", "no overlay sets this: api/c.json does; x deletes it there", "",
		  CASCADE_ROOT },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		owned_one struct project_of_one o = one(sizes, cases[i].profiles, cases[i].rule);
		struct edit_site site = site_of(&o, cases[i].pointer);
		struct edit_places places;
		struct error err;
		bool ok = edit_places_uncover(o.arena, &site, &places, &err);
		assert_string_equal(ok ? shape(&o, &places) : err.text, cases[i].shape);
		if (ok)
			assert_true(str_eq(places.places[0].pointer, str_of(cases[i].removes)));
	}
	static const char *const own[4] = { "{}", "{\"n\": 1}", NULL, NULL };
	owned_one struct project_of_one o = one(own, "p", CASCADE_ROOT);
	struct edit_site site = site_of(&o, "/n");
	struct edit_places places;
	struct error err;
	assert_false(edit_places_uncover(o.arena, &site, &places, &err));
	assert_string_equal(err.text, "no lower file has this: x deletes it from api/c.p.json");
}

/* ---- what is said against what comes true ---- */

static uint32_t seed;

static unsigned dice(unsigned sides)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 12) % sides;
}

static void make_value(struct buf *out, unsigned depth)
{
	unsigned kind = dice(depth < 3 ? 5 : 3);
	bool object = kind > 3;
	if (kind < 3) {
		buf_printf(out, kind == 2 ? "\"w%u\"" : "%u", dice(9));
		return;
	}
	buf_append_char(out, object ? '{' : '[');
	for (unsigned i = 0, n = dice(4), key = 0; i < n; i++, key++) {
		key += dice(2);
		buf_append(out, i ? STR(", ") : STR(""));
		if (object)
			buf_printf(out, "\"%c\": ", 'a' + (int)key);
		make_value(out, depth + 1);
	}
	buf_append_char(out, object ? '}' : ']');
}

static const char *make_document(struct arena *arena)
{
	owned_buf struct buf out = { 0 };
	buf_append_char(&out, '{');
	for (int key = 'a', n = 0; key < 'e'; key++) {
		if (dice(3) == 0)
			continue;
		buf_printf(&out, "%s\"%c\": ", n++ ? ", " : "", key);
		make_value(&out, 1);
	}
	buf_append_char(&out, '}');
	return arena_text(arena, buf_str(&out));
}

/* Some pointer of the tree; "" at its root. */
static void make_pointer(const struct value *v, struct buf *out)
{
	size_t n = value_count(v);
	if (!value_is_container(v) || n == 0 || (out->n && dice(3) == 0))
		return;
	unsigned at = dice((unsigned)n);
	const struct value *part = value_child(v);
	for (unsigned i = 0; i < at; i++)
		part = value_next(part);
	if (value_type(v) == VALUE_OBJECT)
		value_pointer_append(out, value_key(part));
	else
		buf_printf(out, "/%u", at);
	make_pointer(part, out);
}

/* The document that is shown, with that edit made to it as if it were one file. */
static const struct value *expected(struct project_of_one *o, const struct edit_site *site,
                                    struct str json)
{
	owned_buf struct buf text = { 0 }, changed = { 0 };
	struct edits edits;
	struct error err;
	const struct value *value = NULL;
	value_write_json(&text, site->root, JSON_FILE);
	struct source *source = source_new(o->arena, STR("x"), NULL,
	                                   arena_str(o->arena, buf_str(&text)));
	if (!(json.p ? edit_set(o->arena, source, site->pointer, json, &edits, &err)
	             : edit_unset(o->arena, source, site->pointer, &edits, &err)))
		fail_msg("%s", err.text);
	edit_apply(&changed, source->text, &edits);
	source = source_new(o->arena, STR("x"), NULL, arena_str(o->arena, buf_str(&changed)));
	assert_true(value_read_json(o->arena, source, o->problems, &value));
	return value;
}

static void check_place(struct project_of_one *o, const struct edit_site *site,
                        const struct edit_place *place, struct str json)
{
	const struct value *before = site->root;
	owned_buf struct buf text = { 0 };
	for (size_t i = 0; i < place->nfiles; i++)
		files_memory_put(o->files, place->files[i].path, place->files[i].after);
	one_read(o);
	const struct value *now = o->document.value, *at = value_at(now, site->pointer);
	bool ok = true;
	switch (place->effect) {
	case EDIT_SHOWS:
		ok = at && (place->nlost || value_equal(now, expected(o, site, json)));
		value_write_json(&text, at, JSON_LINE);
		ok = ok && str_eq(buf_str(&text), json) && (!place->whole || place->nlost == 0);
		break;
	case EDIT_SHADOWED: case EDIT_NOTHING: ok = value_equal(now, before); break;
	case EDIT_SAME: ok = value_equal(now, before); break;
	case EDIT_GONE: ok = place->nlost || value_equal(now, expected(o, site, json)); break;
	case EDIT_UNCOVERS: ok = at != NULL; break;
	case EDIT_REFUSED: break;
	}
	if (!ok)
		fail_msg("%.*s in %s: it came otherwise than said (%s)", STR_ARG(site->pointer),
		         place->files[0].name, place->note);
	for (size_t i = 0; i < place->nfiles; i++)
		files_memory_put(o->files, place->files[i].path, place->files[i].before);
	one_read(o);
}

static void check_random(struct arena *arena)
{
	static const char *const selections[] = { "", "p", "pq", "qp", "rpq", "ppr", "prp" };
	const char *texts[4] = { make_document(arena) };
	for (size_t i = 1; i < 4; i++)
		texts[i] = dice(4) ? make_document(arena) : NULL;
	owned_one struct project_of_one o = one(texts, selections[dice(7)],
	                                        dice(2) ? CASCADE_ROOT : CASCADE_DEEP);
	owned_buf struct buf pointer = { 0 };
	struct edit_places places;
	struct error err;
	make_pointer(o.document.value, &pointer);
	if (pointer.n == 0)
		return;
	struct edit_site site = site_of(&o, arena_text(arena, buf_str(&pointer)));
	const struct value *origin = site.value;
	if (value_type(origin) == VALUE_OBJECT)
		site = edit_site_member(o.arena, &site, STR("n~/w"));
	else if (value_type(origin) == VALUE_ARRAY)
		site = edit_site_item(o.arena, &site);
	edit_places_set(o.arena, &site, origin, STR("77"), &places);
	assert_true(places.n > 0 && places.best < places.n);
	for (size_t i = 0; i < places.n; i++)
		check_place(&o, &site, &places.places[i], STR("77"));
	/* Each check has read the document again. */
	site = site_of(&o, arena_text(arena, buf_str(&pointer)));
	edit_places_unset(o.arena, &site, &places);
	assert_true(places.n > 0 && places.best < places.n);
	for (size_t i = 0; i < places.n; i++)
		check_place(&o, &site, &places.places[i], (struct str){ 0 });
	site = site_of(&o, arena_text(arena, buf_str(&pointer)));
	if (edit_places_uncover(o.arena, &site, &places, &err))
		check_place(&o, &site, &places.places[0], (struct str){ 0 });
}

static void test_edit_places__come_true(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 2000; i++) {
		owned(arena) struct arena *arena = arena_new();
		seed = i * 7919 + 1;
		check_random(arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_edit_places__say_what_will_show),
		cmocka_unit_test(test_edit_places__say_what_removing_leaves),
		cmocka_unit_test(test_edit_places__uncover_what_lies_below),
		cmocka_unit_test(test_edit_places__come_true),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
