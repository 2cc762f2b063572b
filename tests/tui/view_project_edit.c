/* Editing in the merged pane: keys, pictures, and what is in the files then. */
#include "core/base/utf8.h"
#include "tests/tui/journals.h"
#include "tui/app_inside.h"
#include "tui/view_project.h"

#define SHIP "docs/examples/ship-detector"

/* ---- a copy of the example that may be written ---- */

static void copy(struct scratch *s, const char *from, const char *to)
{
	owned(files) struct files *files = files_disk(".");
	struct files_list list;
	assert_true(save_dir(to, 0755, &s->err));
	assert_int_equal(files_list(files, from, s->arena, &list, &s->err), FILES_OK);
	for (size_t i = 0; i < list.n; i++) {
		const char *path = files_join(s->arena, from, list.entries[i].name);
		const char *copied = files_join(s->arena, to, list.entries[i].name);
		struct str text;
		if (list.entries[i].is_dir) {
			copy(s, path, copied);
			continue;
		}
		assert_int_equal(files_read(files, path, s->arena, &text, &s->err), FILES_OK);
		assert_true(save_derived(copied, text, 0644, &s->err));
	}
}

struct bench {
	struct scratch *s;
	struct screen screen;
	struct project *project;
};

static const char *path_of(struct bench *b, const char *name)
{
	return arena_printf(b->s->arena, "%s/ship/pesto/%s", b->s->dir, name);
}

static void write_file(struct bench *b, const char *name, const char *text)
{
	assert_true(save_file(path_of(b, name), str_of(text), 0644, &b->s->err));
}

static void open_screen(struct bench *b, const char *profiles, int rows, int cols)
{
	const char *operands[] = { scratch_path(b->s, "ship"), NULL }, *names[4];
	size_t n = 0;
	for (struct str rest = str_of(profiles), one; rest.n && str_next(&rest, ' ', &one);)
		names[n++] = arena_text(b->s->arena, one);
	struct args args = {
		.operands = operands, .noperands = 1, .has_profiles = true, .profiles = names,
		.nprofiles = n,
	};
	b->screen.loop = loop_new();
	b->project = project_open(&args, 0, &b->s->err);
	if (!b->project)
		fail_msg("%s", b->s->err.text);
	project_read(b->project);
	b->screen.app = app_new(b->screen.loop, b->project, rows, cols);
	app_push(b->screen.app, view_project_new(b->project));
	app_draw(b->screen.app);
}

static struct bench bench_of(void **state, const char *profiles, int rows, int cols)
{
	struct bench b = { .s = *state };
	copy(b.s, SHIP "/pesto", scratch_path(b.s, "ship/pesto"));
	copy(b.s, SHIP "/requirements", scratch_path(b.s, "ship/requirements"));
	scratch_write(b.s, "ship/setup.py", "");
	open_screen(&b, profiles, rows, cols);
	return b;
}

static void finish(struct bench *b)
{
	app_free(b->screen.app);
	loop_free(b->screen.loop);
	project_free(b->project);
}

static void type(struct bench *b, const char *keys)
{
	screen_keys(&b->screen, keys);
}

/* Characters as they are: brackets too. */
static void type_text(struct bench *b, const char *text)
{
	for (struct str rest = str_of(text); rest.n;) {
		size_t size;
		app_key(b->screen.app, utf8_decode(rest, &size));
		app_draw(b->screen.app);
		rest = str_slice(rest, size, rest.n);
	}
}

/* To the line with this text in a document's merged pane. */
static void go(struct bench *b, const char *document, const char *text)
{
	type(b, "/");
	type_text(b, document);
	type(b, "<Enter><Tab>gg/");
	type_text(b, text);
	type(b, "<Enter>");
}

static void shows(struct bench *b, const char *text)
{
	screen_shows(b->s, &b->screen, text);
}

static void holds(struct bench *b, const char *name, const char *text)
{
	const char *now = scratch_read(b->s, path_of(b, name));
	if (!now && text)
		fail_msg("%s is not there", name);
	else if (now && !text)
		fail_msg("%s is there:\n%s", name, now);
	else if (text && strcmp(now, text) != 0)
		fail_msg("%s is\n%sand not\n%s", name, now, text);
}

/* Some part of it: the rest is checked by bytes in other tests. */
static void has(struct bench *b, const char *name, const char *part)
{
	const char *now = scratch_read(b->s, path_of(b, name));
	if (!now || !strstr(now, part))
		fail_msg("'%s' is not in %s:\n%s", part, name, now ? now : "(not there)");
}

#define GPU_CONFIG(size, rest) \
	"{\n    \"tiling\": {\n        \"size\": " size "\n    }" rest "\n}\n"
#define GPU_MODEL ",\n    \"model\": {\n        \"device\": \"cuda:0\",\n" \
                  "        \"precision\": \"float16\"\n    }"

/* ---- changing ---- */

static void test_view_project_edit__changes_exactly_the_value(void **state)
{
	struct bench b = bench_of(state, "gpu", 24, 80);
	go(&b, "config.json", "\"size\"");
	type(&b, "c");
	screen_is(b.s, &b.screen, "edit-80-line");
	type(&b, "<C-u>1024<Enter>");
	screen_is(b.s, &b.screen, "edit-80-menu");
	type(&b, "<Enter>");
	holds(&b, "api/config.gpu.json", GPU_CONFIG("1024", GPU_MODEL));
	shows(&b, "pesto/api/config.gpu.json: /tiling/size 2048 → 1024 (u undoes)");
	shows(&b, "\"size\": 1024");
	finish(&b);
}

static void test_view_project_edit__shows_the_dockerfile_that_follows(void **state)
{
	struct bench b = bench_of(state, "gpu stateful", 45, 160);
	go(&b, "requirements.json", "SHIP_WORKERS");
	type(&b, "c");
	screen_is(b.s, &b.screen, "edit-160-line");
	type(&b, "<C-u>eight<Enter>");
	screen_is(b.s, &b.screen, "edit-160-menu");
	type(&b, "<Enter>");
	has(&b, "build/requirements.stateful.json", "\"SHIP_WORKERS\": \"eight\"\n");
	screen_is(b.s, &b.screen, "edit-160-saved");
	type(&b, "j");
	screen_lacks(b.s, &b.screen, "+ 3");
	finish(&b);
}

static void test_view_project_edit__says_that_a_lower_file_will_not_show(void **state)
{
	struct bench b = bench_of(state, "gpu", 24, 80);
	go(&b, "config.json", "\"size\"");
	type(&b, "c<C-u>100<Enter>k");
	shows(&b, "will not show: 2048 of");
	type(&b, "<Enter>");
	has(&b, "api/config.json", "\"size\": 100,\n");
	has(&b, "api/config.gpu.json", "2048");
	shows(&b, "/tiling/size 2048 → 100; will not show: 2048 of");
	finish(&b);
}

static void test_view_project_edit__makes_an_overlay(void **state)
{
	struct bench b = bench_of(state, "stateful gpu", 24, 80);
	go(&b, "user_definitions.json", "\"minItems\"");
	type(&b, "c<C-u>2<Enter>j");
	/* By rule root a part of the object would hide the rest of it. */
	screen_is(b.s, &b.screen, "edit-80-new-overlay");
	type(&b, "j");
	shows(&b, "writes all of /Pixels as it shows");
	type(&b, "<Enter>");
	shows(&b, "\"minItems\": 2,");
	holds(&b, "api/user_definitions.stateful.json",
	      "{\n    \"Pixels\": {\n"
	      "        \"$schema\": \"http://json-schema.org/draft-06/schema#\",\n"
	      "        \"description\": \"A grid of numbers\",\n        \"type\": \"array\",\n"
	      "        \"minItems\": 2,\n        \"items\": {\n            \"type\": \"array\",\n"
	      "            \"minItems\": 1,\n            \"items\": {\n"
	      "                \"type\": \"number\"\n            }\n        }\n    }\n}\n");
	type(&b, "u");
	holds(&b, "api/user_definitions.stateful.json", NULL);
	type(&b, "<C-r>");
	has(&b, "api/user_definitions.stateful.json", "\"minItems\": 2,");
	finish(&b);
}

static void test_view_project_edit__keeps_what_is_no_json(void **state)
{
	struct bench b = bench_of(state, "gpu", 24, 80);
	go(&b, "config.json", "\"size\"");
	type(&b, "c<C-u>");
	type_text(&b, "{\"a\": ");
	type(&b, "<Enter>");
	screen_is(b.s, &b.screen, "edit-80-no-json");
	type(&b, "<C-u>wide<Enter>");
	screen_lacks(b.s, &b.screen, "Into which file?");
	type(&b, "<Esc>");
	shows(&b, "nothing was changed");
	holds(&b, "api/config.gpu.json", GPU_CONFIG("2048", GPU_MODEL));
	type(&b, "c<Up>");
	shows(&b, "\"size\": wide");
	/* Esc on the question goes back to the line. */
	type(&b, "<C-u>7<Enter><Esc>8<Enter><Enter>");
	holds(&b, "api/config.gpu.json", GPU_CONFIG("78", GPU_MODEL));
	finish(&b);
}

static void test_view_project_edit__takes_words_for_strings(void **state)
{
	struct bench b = bench_of(state, "gpu", 24, 80);
	go(&b, "config.json", "\"device\"");
	type(&b, "c<C-u>");
	type_text(&b, "cuda:1 \"x\"");
	type(&b, "<Enter><Enter>");
	has(&b, "api/config.gpu.json", "\"device\": \"cuda:1 \\\"x\\\"\",\n");
	/* What is JSON stays what it is. */
	type(&b, "c<C-u>");
	type_text(&b, "[1, {\"a\": null}]");
	type(&b, "<Enter><Enter>");
	has(&b, "api/config.gpu.json", "\"device\": [");
	finish(&b);
}

static void test_view_project_edit__edits_controls_as_escapes(void **state)
{
	struct bench b = bench_of(state, "", 24, 80);
	write_file(&b, "api/config.json",
	           "{\"evil\": \"a\\u001b[31m\xe2\x80\xae\x7f z\", \"\\u0000~/k\": 1}\n");
	type(&b, "gM");
	go(&b, "config.json", "evil");
	type(&b, "c");
	screen_is(b.s, &b.screen, "edit-80-controls");
	type(&b, "<Backspace>!\"<Enter>");
	holds(&b, "api/config.json",
	      "{\"evil\": \"a\\u001b[31m\\u202e\\u007f z!\", \"\\u0000~/k\": 1}\n");
	type(&b, "jc<C-u>2<Enter>");
	holds(&b, "api/config.json",
	      "{\"evil\": \"a\\u001b[31m\\u202e\\u007f z!\", \"\\u0000~/k\": 2}\n");
	finish(&b);
}

static void test_view_project_edit__finds_the_file_behind_what_is_generated(void **state)
{
	struct bench b = bench_of(state, "gpu", 24, 80);
	go(&b, "service.json", "\"overlap\"");
	type(&b, "jj");
	shows(&b, "/config/properties/tiling/properties/overlap/minimum");
	type(&b, "c<C-u>1<Enter><Enter>");
	has(&b, "api/config_schema.json", "\"minimum\": 1\n");
	shows(&b, "/config/properties/tiling/properties/overlap/minimum");
	type(&b, "/GeoJSON Polygon<Enter>c");
	shows(&b, "no file holds this: it is generated");
	finish(&b);
}

static void test_view_project_edit__knows_the_chosen_build_file(void **state)
{
	struct bench b = bench_of(state, "gpu", 24, 80);
	type(&b, "/build.p2.json<Enter><Enter>");
	go(&b, "build.json", "\"version\"");
	shows(&b, "2.0.0.dev0-gpu");
	/* As the file has it, not as the profiles make it; there is nothing to ask. */
	type(&b, "c");
	shows(&b, "\"version\": \"2.0.0.dev0\"");
	type(&b, "<Backspace>9\"<Enter>");
	has(&b, "build/build.p2.json", "\"version\": \"2.0.0.dev09\"");
	/* PESTO adds what is not there: no file has it. */
	write_file(&b, "build/build.p2.json", "{\"name\": \"x\", \"version\": \"1\"}\n");
	app_reread(b.screen.app);
	type(&b, "/workspace<Enter>c");
	shows(&b, "no file holds this: it is generated, by (pesto)");
	type(&b, "gga");
	type_text(&b, "workspace: null");
	type(&b, "<Enter>");
	holds(&b, "build/build.p2.json",
	      "{\"name\": \"x\", \"version\": \"1\", \"workspace\": null}\n");
	finish(&b);
}

static void test_view_project_edit__goes_from_the_dockerfile_to_its_one_cause(void **state)
{
	struct bench b = bench_of(state, "gpu", 24, 80);
	type(&b, "<BackTab>/ENV SHIP_WORKERS<Enter>c<C-u>3<Enter><Enter>");
	has(&b, "build/requirements.gpu.json", "\"SHIP_WORKERS\": 3,");
	type(&b, "u<Tab>/ENV PYTHONPATH<Enter>c");
	shows(&b, "settings make this line");
	type(&b, "gg/RUN mkdir<Enter>c");
	shows(&b, "nothing in the configuration causes this line");
	type(&b, "<Tab>c");
	shows(&b, "c changes a value of the merged pane");
	finish(&b);
}

/* ---- adding and deleting ---- */

static void test_view_project_edit__adds_keys_and_items(void **state)
{
	struct bench b = bench_of(state, "gpu", 24, 80);
	go(&b, "config.json", "\"size\"");
	type(&b, "a");
	type_text(&b, "\"stri\\u0064e\" : 32");
	screen_is(b.s, &b.screen, "edit-80-add");
	type(&b, "<Enter>");
	shows(&b, "/tiling/stride = 32");
	type(&b, "<Enter>");
	holds(&b, "api/config.gpu.json",
	      GPU_CONFIG("2048,\n        \"stride\": 32", GPU_MODEL));
	/* The cursor is on what was added; a word is a string. */
	type(&b, "c<C-u>33<Enter><Enter>gga");
	type_text(&b, "note:a word: or two");
	type(&b, "<Enter><Enter>");
	has(&b, "api/config.json", ",\n    \"note\": \"a word: or two\"\n}");
	type(&b, "gg/cargo<Enter>a");
	type_text(&b, "ferry");
	type(&b, "<Enter><Enter>");
	has(&b, "api/config.json", "        \"tanker\",\n        \"ferry\"\n");
	type(&b, "c<Backspace><Backspace>s\"<Enter><Enter>");
	has(&b, "api/config.json", "\"ferrs\"\n");
	finish(&b);
}

static void test_view_project_edit__says_what_a_new_key_needs(void **state)
{
	static const struct {
		const char *text, *says;
	} cases[] = {
		{ "word", "a key, a colon and a value are needed" },
		{ ": 5", "a key, a colon and a value are needed" },
		{ "\"a\\q\": 5", "the key" },
		{ "\"size", "a key, a colon and a value are needed" },
		{ "\"size\" 5: 6", "a key, a colon and a value are needed" },
		{ "size: 5", "'size' is there already: c changes it" },
	};
	struct bench b = bench_of(state, "gpu", 24, 80);
	go(&b, "config.json", "\"size\"");
	type(&b, "a");
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		type(&b, "<C-u>");
		type_text(&b, cases[i].text);
		type(&b, "<Enter>");
		shows(&b, cases[i].says);
	}
	holds(&b, "api/config.gpu.json", GPU_CONFIG("2048", GPU_MODEL));
	finish(&b);
}

static void test_view_project_edit__deletes_from_the_file_that_is_chosen(void **state)
{
	struct bench b = bench_of(state, "gpu", 24, 80);
	go(&b, "config.json", "\"size\"");
	type(&b, "x");
	screen_is(b.s, &b.screen, "edit-80-delete");
	type(&b, "j<Enter>");
	shows(&b, "2 files: /tiling/size 2048 removed");
	holds(&b, "api/config.gpu.json", "{\n    \"tiling\": {}" GPU_MODEL "\n}\n");
	has(&b, "api/config.json", "\"tiling\": {\n        \"overlap\": 64\n    },");
	type(&b, "u");
	shows(&b, "removed (2 files)");
	holds(&b, "api/config.gpu.json", GPU_CONFIG("2048", GPU_MODEL));
	has(&b, "api/config.json", "\"size\": 512,\n");
	/* Held by one file alone: at once. */
	type(&b, "/threshold<Enter>x");
	shows(&b, "pesto/api/config.json: /threshold 1.50 removed");
	has(&b, "api/config.json", "{\n    \"tiling\": {");
	type(&b, "gg x");
	shows(&b, "a whole file is not deleted here");
	finish(&b);
}

static void test_view_project_edit__deletes_an_override(void **state)
{
	struct bench b = bench_of(state, "gpu", 24, 80);
	go(&b, "requirements.json", "\"dockerBaseImage\"");
	type(&b, "D");
	shows(&b, "then \"mortar-example-base:12\" of");
	shows(&b, "\"dockerBaseImage\": \"mortar-example-base:12\"");
	type(&b, "D");
	shows(&b, "no overlay sets this: pesto/build/requirements.json does; x deletes it");
	/* By rule root the whole object goes: that is asked. */
	type(&b, "gg/SHIP_WORKERS<Enter>D");
	shows(&b, "then \"2\" of");
	type(&b, "<Enter>");
	holds(&b, "build/requirements.gpu.json", "{}\n");
	type(&b, "gM/SHIP_TITLE<Enter>uuD");
	finish(&b);
}

/* ---- others write too ---- */

static void test_view_project_edit__never_overwrites_what_another_wrote(void **state)
{
	struct bench b = bench_of(state, "gpu", 24, 80);
	go(&b, "config.json", "\"size\"");
	type(&b, "c<C-u>11<Enter>");
	write_file(&b, "api/config.gpu.json", GPU_CONFIG("999", ""));
	type(&b, "<Enter>");
	holds(&b, "api/config.gpu.json", GPU_CONFIG("999", ""));
	shows(&b, "is not as it was read");
	/* What was typed is still there, and goes into what the file is now. */
	type(&b, "<Enter><Enter>");
	holds(&b, "api/config.gpu.json", GPU_CONFIG("11", ""));
	write_file(&b, "api/config.gpu.json", GPU_CONFIG("12", ""));
	type(&b, "u");
	shows(&b, "not undone:");
	holds(&b, "api/config.gpu.json", GPU_CONFIG("12", ""));
	shows(&b, "\"size\": 12");
	finish(&b);
}

static void test_view_project_edit__goes_on_when_files_are_read_again(void **state)
{
	struct bench b = bench_of(state, "gpu", 24, 80);
	go(&b, "config.json", "\"size\"");
	type(&b, "c<C-u>11");
	write_file(&b, "api/config.gpu.json", GPU_CONFIG("999", ""));
	app_reread(b.screen.app);
	shows(&b, "meanwhile it was changed on disk: it is 999 now");
	type(&b, "<Enter>");
	shows(&b, "/tiling/size 999 → 11");
	/* What is asked is still right while only something else has changed. */
	write_file(&b, "api/config.gpu.json", GPU_CONFIG("999", ",\n    \"x\": 1"));
	app_reread(b.screen.app);
	shows(&b, "Into which file?");
	type(&b, "<Enter>");
	holds(&b, "api/config.gpu.json", GPU_CONFIG("11", ",\n    \"x\": 1"));
	write_file(&b, "api/config.gpu.json", GPU_CONFIG("999", ""));
	app_reread(b.screen.app);
	type(&b, "c<C-u>11<Enter>");
	write_file(&b, "api/config.gpu.json", GPU_CONFIG("998", ""));
	app_reread(b.screen.app);
	screen_lacks(b.s, &b.screen, "Into which file?");
	shows(&b, "meanwhile it was changed on disk: it is 998 now");
	type(&b, "<Enter><Enter>");
	holds(&b, "api/config.gpu.json", GPU_CONFIG("11", ""));
	/* It is gone, then its file is broken: nothing typed is lost, nothing written. */
	type(&b, "c2");
	write_file(&b, "api/config.gpu.json", "{}\n");
	write_file(&b, "api/config.json", "{}\n");
	app_reread(b.screen.app);
	type(&b, "<Enter>");
	screen_lacks(b.s, &b.screen, "Into which file?");
	write_file(&b, "api/config.json", "{");
	app_reread(b.screen.app);
	type(&b, "<Enter>");
	shows(&b, "must be mended first");
	type(&b, "<Esc>c");
	shows(&b, "must be mended first");
	holds(&b, "api/config.json", "{");
	/* A question without a line is dropped. */
	write_file(&b, "api/config.json", "{\"size\": 1}\n");
	write_file(&b, "api/config.gpu.json", "{\"size\": 2}\n");
	app_reread(b.screen.app);
	type(&b, "gg/\"size\"<Enter>x");
	shows(&b, "From which file?");
	app_reread(b.screen.app);
	shows(&b, "From which file?");
	write_file(&b, "api/config.gpu.json", "{}\n");
	app_reread(b.screen.app);
	shows(&b, "nothing was done");
	finish(&b);
}

static void test_view_project_edit__says_why_it_cannot_write(void **state)
{
	struct bench b = bench_of(state, "gpu", 24, 80);
	go(&b, "config.json", "\"size\"");
	type(&b, "c<C-u>11<Enter>");
	assert_int_equal(chmod(path_of(&b, "api/config.gpu.json"), 0444), 0);
	type(&b, "<Enter>");
	shows(&b, "what you typed is still here");
	holds(&b, "api/config.gpu.json", GPU_CONFIG("2048", GPU_MODEL));
	type(&b, "<Esc>u");
	shows(&b, "nothing was changed here that could be undone");
	type(&b, "<C-r>");
	shows(&b, "nothing was undone that could be done again");
	finish(&b);
}

static void test_view_project_edit__lives_on_any_size(void **state)
{
	struct bench b = bench_of(state, "stateful gpu", 10, 40);
	go(&b, "config.json", "\"size\"");
	type(&b, "c<C-u>1024");
	screen_is(b.s, &b.screen, "edit-40-line");
	type(&b, "<Enter>");
	screen_is(b.s, &b.screen, "edit-40-menu");
	type(&b, "<Enter>a");
	type_text(&b, "key: value");
	screen_is(b.s, &b.screen, "edit-40-add");
	for (int rows = 1; rows < 30; rows++)
		for (int cols = 1; cols < 170; cols += cols < 60 ? 1 : 19) {
			app_resize(b.screen.app, rows, cols);
			app_draw(b.screen.app);
		}
	finish(&b);
}

static int edit_setup(void **state)
{
	int failed = scratch_setup(state);
	struct scratch *s = *state;
	static const char *const places[] = {
		"XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "HOME",
	};
	for (size_t i = 0; i < sizeof places / sizeof *places; i++)
		setenv(places[i], s->dir, 1);
	return failed || !setlocale(LC_ALL, "C.UTF-8");
}

#define EDIT_TEST(f) cmocka_unit_test_setup_teardown(f, edit_setup, scratch_teardown)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		EDIT_TEST(test_view_project_edit__changes_exactly_the_value),
		EDIT_TEST(test_view_project_edit__shows_the_dockerfile_that_follows),
		EDIT_TEST(test_view_project_edit__says_that_a_lower_file_will_not_show),
		EDIT_TEST(test_view_project_edit__makes_an_overlay),
		EDIT_TEST(test_view_project_edit__keeps_what_is_no_json),
		EDIT_TEST(test_view_project_edit__takes_words_for_strings),
		EDIT_TEST(test_view_project_edit__edits_controls_as_escapes),
		EDIT_TEST(test_view_project_edit__finds_the_file_behind_what_is_generated),
		EDIT_TEST(test_view_project_edit__knows_the_chosen_build_file),
		EDIT_TEST(test_view_project_edit__goes_from_the_dockerfile_to_its_one_cause),
		EDIT_TEST(test_view_project_edit__adds_keys_and_items),
		EDIT_TEST(test_view_project_edit__says_what_a_new_key_needs),
		EDIT_TEST(test_view_project_edit__deletes_from_the_file_that_is_chosen),
		EDIT_TEST(test_view_project_edit__deletes_an_override),
		EDIT_TEST(test_view_project_edit__never_overwrites_what_another_wrote),
		EDIT_TEST(test_view_project_edit__goes_on_when_files_are_read_again),
		EDIT_TEST(test_view_project_edit__says_why_it_cannot_write),
		EDIT_TEST(test_view_project_edit__lives_on_any_size),
	};
	/* Workers are this very program: as one of them it has nothing to say. */
	if (argc > 1 && strcmp(argv[1], "worker") == 0)
		return 0;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
