#include "core/history/loss.h"

#include "core/history/remove.h"
#include "tests/core/history/kept.h"

/* A step that engine has built: its key, and when it ran or which image it made. */
static void loss_built(struct scratch *s, const char *engine, const char *key, const char *stands,
                       double ran)
{
	owned(forecast_store) struct forecast_store *store =
		forecast_store_open(str_of(engine), STR("D1"));
	const struct forecast_known known = { str_of(key), str_of(key), str_of(stands), ran, false };
	assert_true(forecast_store_append(store, &known, 1, &s->err));
}

static const char *loss_history(struct scratch *s, const char *id, const char *engine,
                                const struct fingerprint_step *steps, size_t n)
{
	static const struct kept_step kept[] = {
		{ "FROM base:1", 0, "", NULL },
		{ "RUN --mount=type=cache,target=/c make all", 12, "", NULL },
		{ "COPY a /a", 1, "", NULL }, { "RUN make all", 3, "", NULL }, { NULL, 0, NULL, NULL },
	};
	static const struct fingerprint_base base = { STR("base:1"), STR("sha256:ba5e") };
	struct fingerprints f = { .engine = str_of(engine), .daemon = STR("D1"), .bases = &base,
	                          .nbases = 1, .steps = steps, .nsteps = n };
	const char *dir = kept_build(s, id, "all", 20, kept);
	kept_fingerprints(s, dir, &f);
	return dir;
}

static const struct fingerprint_step loss_steps[] = {
	{ .step = 0, .instruction = 0, .key = STR("f0"), .text = STR("FROM base:1") },
	{ .step = 1, .instruction = 1, .key = STR("a1"), .parent = STR("f0"),
	  .text = STR("RUN --mount=type=cache,target=/c make all") },
	{ .step = 2, .instruction = 2, .key = STR("a2"), .parent = STR("a1"),
	  .text = STR("COPY a /a") },
	{ .step = 3, .instruction = 3, .key = STR("a3"), .parent = STR("a2"),
	  .text = STR("RUN make all") },
};

static void loss_ask(struct scratch *s, const struct loss_thing *things, size_t n,
                     struct loss *ret_loss)
{
	if (!loss_find(s->arena, "unix:///d.sock", things, n, ret_loss, &s->err))
		fail_msg("%s", s->err.text);
}

static void test_loss__a_record_is_found_by_time_and_text(void **state)
{
	(void)state;
	static const struct loss_thing things[] = {
		{ .id = STR("old"), .text = STR("mount / from exec /bin/sh -c make all"), .made = 90 },
		{ .id = STR("late"), .text = STR("mount / from exec /bin/sh -c make all"), .made = 140 },
		{ .id = STR("run"), .text = STR("mount / from exec /bin/sh -c make all"), .made = 100.3 },
		{ .id = STR("else"), .text = STR("mount / from exec /bin/sh -c make"), .made = 100.1 },
		{ .id = STR("copy"), .text = STR("fileop target"), .made = 100.02 },
		{ .id = STR("new"), .text = STR("[stage-0 2/3] RUN make new"), .made = 100.2 },
	};
	enum { N = sizeof things / sizeof *things };
	assert_int_equal(loss_match(things, N, STR("RUN make all"), 100), 2);
	assert_int_equal(loss_match(things, N, STR("RUN --network=none  make all"), 100), 2);
	assert_int_equal(loss_match(things, N, STR("COPY a /a"), 100), 4);
	assert_int_equal(loss_match(things, N, STR("RUN make new"), 100), 5);
	assert_int_equal(loss_match(things, N, STR("RUN make none"), 100), STR_NONE);
	assert_int_equal(loss_match(things, N, STR("RUN make all"), 0), STR_NONE);
	assert_int_equal(loss_match(things, N, STR("RUN make all"), 300), STR_NONE);
}

static void test_loss__steps_of_buildkit(void **state)
{
	struct scratch *s = *state;
	struct loss loss;
	loss_history(s, "20260102-030405-0001", "buildkit", loss_steps, 4);
	loss_built(s, "buildkit", "a1", "a1", 100);
	loss_built(s, "buildkit", "a2", "a2", 120);
	loss_built(s, "buildkit", "a3", "a3", 0);
	struct loss_thing things[] = {
		{ .id = STR("r1"), .text = STR("mount / from exec /bin/sh -c make all"), .made = 100.5 },
		{ .id = STR("r2"), .text = STR("fileop target"), .made = 120.5, .goes = true },
		{ .is_image = true, .id = STR("sha256:ba5e"), .goes = true },
	};
	loss_ask(s, things, 3, &loss);
	assert_int_equal(loss.nprojects, 1);
	assert_string_equal(loss.projects[0].name, "p");
	assert_int_equal(loss.projects[0].steps, 3);
	assert_int_equal(loss.projects[0].lost, 1);
	/* When it ran was not seen, and something goes. */
	assert_int_equal(loss.projects[0].unknown, 1);
	assert_int_equal(loss.projects[0].bases, 1);
	assert_true(loss_forget(&loss, &s->err));
	owned(forecast_store) struct forecast_store *store =
		forecast_store_open(STR("buildkit"), STR("D1"));
	assert_non_null(forecast_store_find(store, STR("a1")));
	assert_non_null(forecast_store_find_gone(store, STR("a2")));
	/* Where nothing of the cache stays, nothing is served. */
	things[0].goes = true;
	loss_ask(s, things, 3, &loss);
	assert_int_equal(loss.projects[0].lost, 2);
	assert_int_equal(loss.projects[0].unknown, 0);
	assert_true(loss_forget(&loss, &s->err));
	owned(forecast_store) struct forecast_store *after =
		forecast_store_open(STR("buildkit"), STR("D1"));
	assert_non_null(forecast_store_find_gone(after, STR("a1")));
	assert_non_null(forecast_store_find_gone(after, STR("a3")));
}

static void test_loss__steps_of_classic_are_images(void **state)
{
	struct scratch *s = *state;
	struct loss loss;
	loss_history(s, "20260102-030405-0001", "classic", loss_steps, 4);
	loss_built(s, "classic", "a1", "0123456789ab", 100);
	loss_built(s, "classic", "a2", "abcdefabcdef", 101);
	const struct loss_thing things[] = {
		{ .is_image = true, .id = STR("sha256:0123456789abcdef") },
		{ .is_image = true, .id = STR("sha256:abcdefabcdef0123"), .goes = true },
	};
	loss_ask(s, things, 2, &loss);
	assert_int_equal(loss.nprojects, 1);
	assert_int_equal(loss.projects[0].steps, 2);
	assert_int_equal(loss.projects[0].lost, 1);
	assert_int_equal(loss.projects[0].unknown, 0);
	/* Of another engine's disk nothing is lost. */
	assert_true(loss_find(s->arena, "unix:///other", things, 2, &loss, &s->err));
	assert_int_equal(loss.nprojects, 0);
}

static void test_loss__engines_whose_cache_nobody_knows(void **state)
{
	struct scratch *s = *state;
	struct loss loss;
	static const struct kept_step kept[] = { { "RUN x", 1, "", NULL }, { NULL, 0, NULL, NULL } };
	kept_build(s, "20260102-030405-0001", "all", 2, kept);
	struct loss_thing image = { .is_image = true, .id = STR("sha256:0123456789abcdef") };
	loss_ask(s, &image, 1, &loss);
	assert_int_equal(loss.nprojects, 0);
	image.goes = true;
	loss_ask(s, &image, 1, &loss);
	assert_true(loss.nprojects == 1 && loss.projects[0].is_untold);
}

static const char *loss_note_of(const struct loss *loss, size_t thing)
{
	for (size_t i = 0; i < loss->nnotes; i++)
		if (loss->notes[i].thing == thing)
			return loss->notes[i].text;
	return "";
}

static void test_loss__images_that_somebody_wants(void **state)
{
	struct scratch *s = *state;
	struct loss loss;
	static const char *const ours[] = { "p:1", NULL }, *const theirs[] = { "q:1", NULL };
	const char *dir = loss_history(s, "20260102-030405-0001", "buildkit", loss_steps, 4);
	assert_true(history_pin(dir, true, &s->err));
	const struct loss_thing things[] = {
		{ .is_image = true, .id = STR("sha256:20260102-030405-0001"), .names = ours, .goes = true },
		{ .is_image = true, .id = STR("sha256:77"), .names = theirs, .goes = true },
		{ .is_image = true, .id = STR("sha256:78"), .goes = true },
		{ .is_image = true, .id = STR("sha256:79"), .names = theirs },
	};
	loss_ask(s, things, 4, &loss);
	assert_int_equal(loss.nnotes, 2);
	assert_string_equal(loss_note_of(&loss, 0), "of the pinned build 20260102-030405-0001");
	assert_non_null(strstr(loss_note_of(&loss, 1), "another tool"));
	assert_true(loss_busy_since("unix:///d.sock") == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		KEPT_TEST(test_loss__a_record_is_found_by_time_and_text),
		KEPT_TEST(test_loss__steps_of_buildkit),
		KEPT_TEST(test_loss__steps_of_classic_are_images),
		KEPT_TEST(test_loss__engines_whose_cache_nobody_knows),
		KEPT_TEST(test_loss__images_that_somebody_wants),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
