/* A plain Dockerfile on the screen: stages, boundary, values, findings, which file. */
#include "core/base/utf8.h"
#include "tests/tui/journals.h"
#include "tui/app_inside.h"
#include "tui/view_project_inside.h"

#define STAGES "tests/fixtures/projects/stages"
#define FINDINGS "tests/fixtures/projects/findings"
#define SHIP "docs/examples/ship-detector"

struct bench {
	struct scratch *s;
	struct screen screen;
	struct project *project;
};

static struct bench bench_open(void **state, const char *path, int rows, int cols)
{
	struct bench b = { .s = *state };
	const char *operands[] = { path, NULL };
	struct args args = { .operands = operands, .noperands = 1 };
	b.screen.loop = loop_new();
	b.project = project_open(&args, 0, &b.s->err);
	if (!b.project)
		fail_msg("%s", b.s->err.text);
	/* What is found in the one with findings alone: other pictures do not change with rules. */
	b.project->lints = strcmp(path, STAGES) != 0;
	project_read(b.project);
	b.screen.app = app_new(b.screen.loop, b.project, rows, cols);
	app_push(b.screen.app, view_project_new(b.project));
	app_draw(b.screen.app);
	return b;
}

static void bench_close(struct bench *b)
{
	app_free(b->screen.app);
	loop_free(b->screen.loop);
	project_free(b->project);
}

static void type(struct bench *b, const char *keys)
{
	screen_keys(&b->screen, keys);
}

static void shows(struct bench *b, const char *text)
{
	screen_shows(b->s, &b->screen, text);
}

static void lacks(struct bench *b, const char *text)
{
	screen_lacks(b->s, &b->screen, text);
}

/* The Dockerfile's pane gets the keys, its cursor goes to the line with the text. */
static void go(struct bench *b, const char *text)
{
	struct view *view = app_view(b->screen.app);
	view_project_go_line(view, 1);
	type(b, "/");
	for (struct str rest = str_of(text); rest.n;) {
		size_t size;
		app_key(b->screen.app, utf8_decode(rest, &size));
		rest = str_slice(rest, size, rest.n);
	}
	type(b, "<Enter>");
}

static void picture(void **state, const char *path, int rows, int cols, const char *text,
                    const char *keys, const char *name)
{
	struct bench b = bench_open(state, path, rows, cols);
	go(&b, text);
	type(&b, keys);
	screen_is(b.s, &b.screen, name);
	bench_close(&b);
}

static void test_view_project_image__looks_as_it_did(void **state)
{
	picture(state, STAGES, 45, 160, "WORKDIR", "", "image-160");
	picture(state, STAGES, 24, 80, "WORKDIR", "", "image-80");
	picture(state, STAGES, 10, 40, "WORKDIR", "", "image-40");
	picture(state, STAGES, 45, 160, "LABEL", "gv", "image-160-values");
	picture(state, STAGES, 45, 160, "RUN pip", "L", "image-160-level");
	picture(state, STAGES, 24, 80, "RUN pip", "LB", "image-80-level-menu");
	picture(state, STAGES, 24, 80, "LABEL", "gS", "image-80-stages");
	picture(state, STAGES, 10, 40, "LABEL", "gS", "image-40-stages");
	picture(state, STAGES, 24, 80, "LABEL", "i", "image-80-step");
	picture(state, FINDINGS, 24, 80, "as Build", "", "findings-80");
	picture(state, FINDINGS, 24, 80, "MAINTAINER", "f", "findings-80-fix");
	picture(state, FINDINGS, 45, 160, "CMD", "gp", "findings-160-panel");
	setlocale(LC_ALL, "C");
	picture(state, STAGES, 24, 80, "LABEL", "gS", "image-80-stages-ascii");
	picture(state, STAGES, 24, 80, "RUN pip", "L", "image-80-ascii");
	setlocale(LC_ALL, "C.UTF-8");
}

static void test_view_project_image__moves_the_boundary_and_takes_it_back(void **state)
{
	struct bench b = bench_open(state, STAGES, 45, 160);
	go(&b, "RUN pip");
	type(&b, "L");
	assert_string_equal(b.project->selection.level, "13");
	shows(&b, "stages  no profile  level 13");
	shows(&b, "level 13: every RUN below runs anew");
	type(&b, "B");
	shows(&b, "2 13");
	type(&b, "<Esc>");
	assert_string_equal(b.project->selection.level, "13");
	/* Once more elsewhere: the way back leads to where it began. */
	go(&b, "WORKDIR");
	type(&b, "L");
	assert_string_equal(b.project->selection.level, "8");
	type(&b, "gL");
	assert_string_equal(b.project->selection.level, "all");
	lacks(&b, "runs anew");
	type(&b, "gL");
	shows(&b, "the cache level was not moved by L");
	bench_close(&b);
}

static void test_view_project_image__says_where_no_boundary_can_be(void **state)
{
	struct bench b = bench_open(state, STAGES, 45, 160);
	go(&b, "syntax=");
	type(&b, "L");
	shows(&b, "none is here or above");
	go(&b, "make -C docs");
	type(&b, "L");
	shows(&b, "this stage is not built");
	assert_string_equal(b.project->selection.level, "all");
	type(&b, "<F2><BackTab>L");
	shows(&b, "L is about a line of the Dockerfile");
	bench_close(&b);
	b = bench_open(state, SHIP, 45, 160);
	go(&b, "pip -V");
	type(&b, "L");
	shows(&b, "pesto has cache levels of its own: B shows them");
	bench_close(&b);
}

static void test_view_project_image__puts_values_in_and_takes_them_out(void **state)
{
	struct bench b = bench_open(state, STAGES, 45, 160);
	go(&b, "WORKDIR");
	shows(&b, "WORKDIR $APP_HOME");
	shows(&b, "APP_HOME = /opt/app  ENV, line 6");
	type(&b, "gv");
	shows(&b, "WORKDIR /opt/app");
	shows(&b, "FROM debian:12-slim AS base");
	/* No shell puts it in there. */
	shows(&b, "echo '$APP_HOME' > raw");
	shows(&b, "version=$VERSION home=\"/opt/app/");
	type(&b, "gv");
	shows(&b, "WORKDIR $APP_HOME");
	bench_close(&b);
}

/* The values are where they were put, by style. */
static void test_view_project_image__marks_what_was_put_in(void **state)
{
	struct bench b = bench_open(state, STAGES, 45, 160);
	size_t filled = 0;
	go(&b, "syntax=");
	type(&b, "gv");
	const struct surface *s = app_draw(b.screen.app);
	for (int i = 0; i < s->rows * s->cols; i++)
		filled += s->cells[i].style == STYLE_FILLED;
	/* 12; /opt/app three times; the index's URL. */
	assert_int_equal(filled, strlen("12") + 3 * strlen("/opt/app") +
	                 strlen("https://index.example/simple"));
	bench_close(&b);
}

static void test_view_project_image__goes_to_a_stage(void **state)
{
	struct bench b = bench_open(state, STAGES, 45, 160);
	go(&b, "WORKDIR");
	type(&b, "gS");
	shows(&b, "Stages");
	type(&b, "G<Enter>");
	lacks(&b, "Stages");
	shows(&b, "Dockerfile:20 ");
	bench_close(&b);
}

static void test_view_project_image__chooses_a_dockerfile(void **state)
{
	struct bench b = bench_open(state, STAGES, 45, 160);
	type(&b, "<F2><Tab><Tab><Tab>");
	go(&b, "WORKDIR");
	type(&b, "<Tab>/api.Dockerfile<Enter>");
	shows(&b, "another Dockerfile: Enter chooses it");
	shows(&b, "leaves out what api.Dockerfile.dockerignore names");
	type(&b, "<Enter>");
	shows(&b, "api.Dockerfile is the Dockerfile that is built now");
	shows(&b, "COPY api /");
	shows(&b, "the Dockerfile that is built");
	type(&b, "/Dockerfile.worker<Enter>");
	shows(&b, "leaves out what .dockerignore names");
	bench_close(&b);
}

/* What a worker has told, as it would be after its answer. */
static void test_view_project_image__says_what_was_advised_at_the_line(void **state)
{
	struct bench b = bench_open(state, STAGES, 24, 80);
	struct view_project *v = (struct view_project *)app_view(b.screen.app);
	static struct dockerfile_advice advice[] = {
		{ 12, { "moving this below line 13 would have saved 212 s", 48 } },
	};
	v->advised.items = advice;
	v->advised.n = 1;
	v->advised.changed(v);
	go(&b, "COPY requirements");
	shows(&b, "12i  COPY requirements.txt .");
	shows(&b, "i moving this below line 13 would have saved 212 s");
	go(&b, "RUN pip");
	lacks(&b, "212 s");
	v->advised.items = NULL;
	v->advised.n = 0;
	bench_close(&b);
}

/* ---- findings, in a copy that may be written ---- */

static struct bench bench_copy(void **state)
{
	struct scratch *s = *state;
	owned(files) struct files *files = files_disk(".");
	struct str text;
	assert_int_equal(files_read(files, FINDINGS "/Dockerfile", s->arena, &text, &s->err), FILES_OK);
	assert_true(save_dir(scratch_path(s, "found"), 0755, &s->err));
	assert_true(save_derived(scratch_path(s, "found/Dockerfile"), text, 0644, &s->err));
	return bench_open(state, scratch_path(s, "found"), 45, 160);
}

static void file_has(struct bench *b, const char *part, bool wanted)
{
	owned(files) struct files *files = files_disk(".");
	struct str text;
	assert_int_equal(files_read(files, scratch_path(b->s, "found/Dockerfile"), b->s->arena, &text,
	                            &b->s->err), FILES_OK);
	if ((str_find_str(text, str_of(part)) != STR_NONE) != wanted)
		fail_msg("'%s' is%s in %.*s", part, wanted ? " not" : "", STR_ARG(text));
}

static void test_view_project_image__mends_what_is_under_the_cursor(void **state)
{
	struct bench b = bench_copy(state);
	go(&b, "MAINTAINER");
	shows(&b, "MaintainerDeprecated (f mends it)");
	type(&b, "f");
	shows(&b, "- MAINTAINER Jane Doe");
	shows(&b, "+ LABEL org.opencontainers.image.authors=\"Jane Doe\"");
	type(&b, "n");
	file_has(&b, "MAINTAINER", true);
	type(&b, "fy");
	shows(&b, "MaintainerDeprecated mended (u undoes)");
	file_has(&b, "MAINTAINER", false);
	file_has(&b, "LABEL org.opencontainers.image.authors=\"Jane Doe\"", true);
	/* Nothing else was touched. */
	file_has(&b, "ENV STAGE build", true);
	type(&b, "u");
	file_has(&b, "MAINTAINER Jane Doe\n", true);
	file_has(&b, "LABEL", false);
	go(&b, "COPY --from");
	type(&b, "f");
	shows(&b, "nothing was found at this line");
	bench_close(&b);
}

static void test_view_project_image__mends_all_of_a_file(void **state)
{
	struct bench b = bench_copy(state);
	go(&b, "RUN pip");
	type(&b, "gFy");
	file_has(&b, "MAINTAINER", false);
	file_has(&b, "ENV STAGE=build", true);
	file_has(&b, "CMD [\"app\", \"--serve\"]", true);
	type(&b, "u");
	file_has(&b, "MAINTAINER Jane Doe", true);
	file_has(&b, "CMD app --serve", true);
	bench_close(&b);
}

static void test_view_project_image__ignores_a_rule_where_it_found_something(void **state)
{
	struct bench b = bench_copy(state);
	go(&b, "as Build");
	type(&b, "Iy");
	file_has(&b, "# mortar: ignore=FromAsCasing\nFROM debian:12-slim as Build", true);
	lacks(&b, "FromAsCasing (f mends it)");
	/* The next one joins it. */
	go(&b, "as Build");
	type(&b, "Iy");
	file_has(&b, "# mortar: ignore=FromAsCasing,StageNameCasing\nFROM", true);
	type(&b, "uu");
	file_has(&b, "ignore=", false);
	bench_close(&b);
}

/* What another program has written meanwhile stays. */
static void test_view_project_image__never_mends_over_somebody_else(void **state)
{
	struct bench b = bench_copy(state);
	go(&b, "MAINTAINER");
	type(&b, "f");
	scratch_write(b.s, "found/Dockerfile", "FROM scratch\n");
	type(&b, "y");
	file_has(&b, "FROM scratch\n", true);
	lacks(&b, "mended");
	bench_close(&b);
}

static void test_view_project_image__previews_in_full_or_says_how_much_is_left(void **state)
{
	(void)state;
	owned_buf struct buf out = { 0 };
	view_fix_preview(STR("a\nb\nc\n"), STR("a\nB\nc\n"), 9, &out);
	assert_string_equal(buf_text(&out), "\x02line 2\n- b\n\x01+ B\n");
	buf_clear(&out);
	view_fix_preview(STR("a\nb\nc\n"), STR("x\ny\nz\x1b\n"), 5, &out);
	assert_string_equal(buf_text(&out),
	                    "\x02line 1\n- a\n- b\n- c\n\x01+ x\n\x01+ y\n\x02""and 1 more lines\n");
	buf_clear(&out);
	view_fix_preview(STR("a\n"), STR("\x1b\n"), 5, &out);
	assert_string_equal(buf_text(&out), "\x02line 1\n- a\n\x01+ \\x1b\n");
}

/* State and cache of the user are left alone. */
static int image_setup(void **state)
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

#define T(name) cmocka_unit_test_setup_teardown(test_view_project_image__##name, image_setup, \
                                                scratch_teardown)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		T(looks_as_it_did), T(moves_the_boundary_and_takes_it_back),
		T(says_where_no_boundary_can_be), T(puts_values_in_and_takes_them_out),
		T(marks_what_was_put_in), T(goes_to_a_stage), T(chooses_a_dockerfile),
		T(says_what_was_advised_at_the_line),
		T(mends_what_is_under_the_cursor), T(mends_all_of_a_file),
		T(ignores_a_rule_where_it_found_something), T(never_mends_over_somebody_else),
		T(previews_in_full_or_says_how_much_is_left),
	};
	/* Workers are this very program: as one of them it has nothing to say. */
	if (argc > 1 && strcmp(argv[1], "worker") == 0)
		return 0;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
