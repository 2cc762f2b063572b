/* Recordings of the real programs: docker 20.10 (plain08, classic-text), buildx 0.29
 * (plain29, rawjson), buildah 1.28 (both outputs merged), docker-compose 1.29 and 2.40.
 * made*.plain29 and made*.rawjson are written after buildkit's util/progress/progressui
 * and client/graph.go, for what these did not print here. */
#include "core/engine/watched.h"
#include "tests/core/engine/golden.h"

static void told_step(void *data, const struct step_report *s)
{
	struct golden *g = data;
	golden_flush(g);
	buf_printf(&g->text, "step %llu.%llu %s ", (unsigned long long)(s->key >> 32),
	           (unsigned long long)(s->key & 0xffffffff),
	           !s->is_step ? "own" : s->is_meta ? "meta" : "step");
	if (s->stage.n)
		buf_printf(&g->text, "(%.*s) ", STR_ARG(s->stage));
	utf8_append_visible(&g->text, s->name);
	buf_printf(&g->text, " |%s%s%s", s->started ? " started" : "", s->ended ? " ended" : "",
	           s->cached ? " cached" : "");
	if (g->seconds && s->ended)
		buf_printf(&g->text, " %.3f", s->seconds);
	if (s->error.n) {
		buf_append_text(&g->text, " error: ");
		utf8_append_visible(&g->text, s->error);
	}
	buf_append_char(&g->text, '\n');
}

static void told_result(struct golden *g, const struct watched *w, const struct watched_result *r)
{
	golden_flush(g);
	buf_printf(&g->text, "%s%s%s%s%s image %.*s project %.*s id %.*s\n",
	           watched_form_name(watched_form(w)), watched_is_drawn(w) ? " drawn" : "",
	           r->ok ? " ok" : " failed", r->cancelled ? " cancelled" : "",
	           r->lost ? " lost" : "", STR_ARG(r->image), STR_ARG(r->project),
	           STR_ARG(r->image_id));
	if (!r->ok)
		buf_printf(&g->text, "code %d: %s\n", (int)r->error.code, r->error.text);
}

static void told(struct golden *g, enum watched_form form, struct str bytes, size_t piece)
{
	struct engine_sink sink = golden_sink;
	struct watched_result result;
	sink.step = told_step;
	sink.data = g;
	owned(watched) struct watched *w = watched_new(form, &sink);
	for (size_t at = 0; at < bytes.n; at += piece)
		watched_feed(w, str_slice(bytes, at, piece));
	watched_end(w, &result);
	told_result(g, w, &result);
	buf_finish(&g->log);
}

/* Equal in 1-byte, 7-byte and whole feeds, and equal to FILE.watched. */
static void check_recording(const char *file)
{
	static const size_t pieces[] = { (size_t)1 << 30, 7, 1 };
	owned_buf struct buf bytes = { 0 }, expected = { 0 };
	char name[100];
	golden_read(&bytes, file);
	assert_true(bytes.n > 0);
	snprintf(name, sizeof name, "%s.watched", file);
	golden_read(&expected, name);
	for (size_t i = 0; i < 3; i++) {
		/* Only these have times of their own. */
		struct golden g = { .seconds = strstr(file, ".rawjson") || strstr(file, "made.plain") };
		told(&g, WATCHED_AUTO, buf_str(&bytes), pieces[i]);
		if (getenv("GOLDEN_WRITE")) {
			char path[200];
			snprintf(path, sizeof path, "tests/fixtures/engine/%s", name);
			FILE *f = fopen(path, "wb");
			fwrite(g.text.p, 1, g.text.n, f);
			fclose(f);
		} else {
			assert_string_equal(buf_text(&g.text), buf_text(&expected));
		}
		buf_finish(&g.text);
	}
}

#define RECORDING(name, file) \
	static void test_watched__##name(void **state) \
	{ \
		(void)state; \
		check_recording(file); \
	}

RECORDING(reads_plain_of_buildkit_0_8, "stages.plain08")
RECORDING(reads_plain_of_buildx, "stages.plain29")
RECORDING(reads_rawjson, "stages.rawjson")
RECORDING(reads_the_classic_builders_text, "stages.classic-text")
RECORDING(reads_buildah_with_both_outputs_in_one, "stages.buildah-merged")
RECORDING(reads_buildah_without_layers, "stages.buildah-nolayers")
RECORDING(tells_hits_of_plain, "stages_cached.plain29")
RECORDING(tells_hits_of_rawjson, "stages_cached.rawjson")
RECORDING(tells_hits_of_the_classic_builder, "stages_cached.classic-text")
RECORDING(tells_hits_of_buildah, "stages_cached.buildah-merged")
RECORDING(tells_a_command_that_fails_in_plain_0_8, "fail.plain08")
RECORDING(tells_a_command_that_fails_in_plain, "fail.plain29")
RECORDING(tells_a_command_that_fails_in_rawjson, "fail.rawjson")
RECORDING(tells_a_command_that_fails_in_classic, "fail.classic-text")
RECORDING(tells_a_command_that_fails_in_buildah, "fail.buildah-merged")
RECORDING(tells_a_base_that_is_not_there_in_plain, "missing.plain29")
RECORDING(tells_a_base_that_is_not_there_in_classic, "missing.classic-text")
RECORDING(tells_a_base_that_is_not_there_in_buildah, "missing.buildah-merged")
RECORDING(tells_a_file_that_is_not_there_in_rawjson, "nofile.rawjson")
RECORDING(tells_a_file_that_is_not_there_in_classic, "nofile.classic-text")
RECORDING(is_not_fooled_in_plain, "imitation.plain29")
RECORDING(is_not_fooled_in_classic, "imitation.classic-text")
RECORDING(is_not_fooled_in_buildah, "imitation.buildah-merged")
RECORDING(tells_composes_builds_apart, "two.compose1")
RECORDING(tells_composes_builds_by_buildkit_apart, "two.compose1bk")
RECORDING(tells_services_of_compose_2_as_stages, "two.compose2")
RECORDING(reads_downloads_warnings_platforms_and_the_name, "made.plain29")
RECORDING(tells_a_cancelled_build, "made_cancelled.plain29")
RECORDING(reads_groups_warnings_and_zones_of_rawjson, "made.rawjson")
RECORDING(tells_an_output_that_ends_too_early, "made_lost.rawjson")
RECORDING(tells_a_picture_from_text, "stages.tty")

/* The answers to POST /build that other tests have recorded. */
static void check_stream(const char *file, const char *step, const char *end)
{
	owned_buf struct buf bytes = { 0 };
	struct golden g = { 0 };
	golden_read(&bytes, file);
	told(&g, WATCHED_AUTO, buf_str(&bytes), 100);
	if (!strstr(buf_text(&g.text), step) || !strstr(buf_text(&g.text), end))
		fail_msg("%s: neither '%s' nor '%s' in\n%s", file, step, end, buf_text(&g.text));
	buf_finish(&g.text);
}

static void test_watched__reads_answers_of_engines(void **state)
{
	(void)state;
	check_stream("stages.trace", "step (one) COPY a.txt /w/ | started ended\n",
	             "stream ok image mortar-rec:1 ");
	check_stream("stages.classic", "step (one) COPY a.txt /w/ | started ended\n", "stream ok ");
	check_stream("stages.podman", "step (one) COPY a.txt /w/ | started ended\n", "stream ok ");
	check_stream("fail.classic", "error: The command", "failed with exit code 7: RUN echo oops");
	check_stream("fail.trace", "error: ", "failed with exit code 7: RUN echo oops");
}

static void check_text(enum watched_form form, const char *text, const char *wanted)
{
	struct golden g = { 0 };
	told(&g, form, str_of(text), 5);
	if (!strstr(buf_text(&g.text), wanted))
		fail_msg("no '%s' in\n%s", wanted, buf_text(&g.text));
	buf_finish(&g.text);
}

static void test_watched__says_why_there_is_no_end(void **state)
{
	(void)state;
	check_text(WATCHED_AUTO, "", "auto failed lost image");
	check_text(WATCHED_AUTO, "", "there was no output");
	check_text(WATCHED_AUTO, "hello\n", "nothing of it was recognised");
	check_text(WATCHED_AUTO, "ERROR: Cannot connect to the Docker daemon\n",
	           "the build failed: ERROR: Cannot connect to the Docker daemon");
	check_text(WATCHED_AUTO, "Step 1/2 : FROM a\n ---> 3875058e07fb\nStep 2/2 : RUN x\n",
	           "the output ended before the build did");
	check_text(WATCHED_AUTO, "#1 [1/2] FROM a\n#1 DONE 0.1s\n", "ended before the build did");
	check_text(WATCHED_AUTO, "STEP 1/2: FROM a\nSTEP 2/2: RUN x\nout\n",
	           "ended before the build did");
	check_text(WATCHED_AUTO, "#1 [1/1] FROM a\n#1 DONE 0.1s\n", "plain ok");
}

static void test_watched__keeps_what_it_cannot_read(void **state)
{
	(void)state;
	check_text(WATCHED_RAWJSON, "{\"vertexes\":[{\"digest\":7}]\nnot json {\n{\"logs\":3}\n",
	           "log 0 1 {\"vertexes\":[{\"digest\":7}]\\nnot json {");
	check_text(WATCHED_PLAIN, "#x [1/1] FROM a\n#1\n#99999999999999999999 x\n",
	           "log 0 1 #x [1/1] FROM a\\n#1\\n#99999999999999999999 x\\n");
	check_text(WATCHED_AUTO, "#1 [1/1] FROM a\n#1 DONE 0.1s\nlater\n", "log 0 1 later\\n");
	check_text(WATCHED_CLASSIC, "Step 2/2 : RUN x\n", "log 0 1 Step 2/2 : RUN x\\n");
}

/* A program's own red must not swallow what the builder says. */
static void test_watched__finds_the_builder_behind_a_commands_colour(void **state)
{
	(void)state;
	check_text(WATCHED_AUTO,
	           "Step 1/1 : RUN x\n ---> Running in 0123456789ab\n\x1b[91mred\n"
	           "Removing intermediate container 0123456789ab\n ---> aaaaaaaaaaaa\n"
	           "Successfully built aaaaaaaaaaaa\n", "classic ok image  project  id aaaaaaaaaaaa");
	check_text(WATCHED_AUTO,
	           "Step 1/1 : RUN x\r\n ---> Running in 0123456789ab\r\nno end"
	           "Removing intermediate container 0123456789ab\r\n ---> aaaaaaaaaaaa\r\n"
	           "Successfully built aaaaaaaaaaaa\r\nSuccessfully tagged h:5000/w/web:1\r\n",
	           "classic ok image h:5000/w/web:1 project web id aaaaaaaaaaaa");
}

/* Without a newline at its end, a failure's sentence stands behind the output. */
static void test_watched__cuts_the_failure_off_the_output(void **state)
{
	(void)state;
	const char *text = "Step 1/1 : RUN x\n ---> Running in 0123456789ab\nno end"
	                   "The command '/bin/sh -c x' returned a non-zero code: 3\n";
	check_text(WATCHED_AUTO, text, "log 4294967297 1 no end\n");
	check_text(WATCHED_AUTO, text, "code 11: failed with exit code 3: RUN x");
}

static void test_watched__finds_forms_by_name(void **state)
{
	enum watched_form form;
	(void)state;
	assert_true(watched_form_find(NULL, &form));
	assert_int_equal(form, WATCHED_AUTO);
	assert_true(watched_form_find("compose", &form));
	assert_int_equal(form, WATCHED_COMPOSE);
	assert_false(watched_form_find("tty", &form));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_watched__reads_plain_of_buildkit_0_8),
		cmocka_unit_test(test_watched__reads_plain_of_buildx),
		cmocka_unit_test(test_watched__reads_rawjson),
		cmocka_unit_test(test_watched__reads_the_classic_builders_text),
		cmocka_unit_test(test_watched__reads_buildah_with_both_outputs_in_one),
		cmocka_unit_test(test_watched__reads_buildah_without_layers),
		cmocka_unit_test(test_watched__tells_hits_of_plain),
		cmocka_unit_test(test_watched__tells_hits_of_rawjson),
		cmocka_unit_test(test_watched__tells_hits_of_the_classic_builder),
		cmocka_unit_test(test_watched__tells_hits_of_buildah),
		cmocka_unit_test(test_watched__tells_a_command_that_fails_in_plain_0_8),
		cmocka_unit_test(test_watched__tells_a_command_that_fails_in_plain),
		cmocka_unit_test(test_watched__tells_a_command_that_fails_in_rawjson),
		cmocka_unit_test(test_watched__tells_a_command_that_fails_in_classic),
		cmocka_unit_test(test_watched__tells_a_command_that_fails_in_buildah),
		cmocka_unit_test(test_watched__tells_a_base_that_is_not_there_in_plain),
		cmocka_unit_test(test_watched__tells_a_base_that_is_not_there_in_classic),
		cmocka_unit_test(test_watched__tells_a_base_that_is_not_there_in_buildah),
		cmocka_unit_test(test_watched__tells_a_file_that_is_not_there_in_rawjson),
		cmocka_unit_test(test_watched__tells_a_file_that_is_not_there_in_classic),
		cmocka_unit_test(test_watched__is_not_fooled_in_plain),
		cmocka_unit_test(test_watched__is_not_fooled_in_classic),
		cmocka_unit_test(test_watched__is_not_fooled_in_buildah),
		cmocka_unit_test(test_watched__tells_composes_builds_apart),
		cmocka_unit_test(test_watched__tells_composes_builds_by_buildkit_apart),
		cmocka_unit_test(test_watched__tells_services_of_compose_2_as_stages),
		cmocka_unit_test(test_watched__reads_downloads_warnings_platforms_and_the_name),
		cmocka_unit_test(test_watched__tells_a_cancelled_build),
		cmocka_unit_test(test_watched__reads_groups_warnings_and_zones_of_rawjson),
		cmocka_unit_test(test_watched__tells_an_output_that_ends_too_early),
		cmocka_unit_test(test_watched__tells_a_picture_from_text),
		cmocka_unit_test(test_watched__reads_answers_of_engines),
		cmocka_unit_test(test_watched__says_why_there_is_no_end),
		cmocka_unit_test(test_watched__keeps_what_it_cannot_read),
		cmocka_unit_test(test_watched__finds_the_builder_behind_a_commands_colour),
		cmocka_unit_test(test_watched__cuts_the_failure_off_the_output),
		cmocka_unit_test(test_watched__finds_forms_by_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
