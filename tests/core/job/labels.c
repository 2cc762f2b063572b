#include "core/job/labels.h"

#include "core/value/json.h"
#include "tests/core/os/scratch.h"

static void check_labels(struct scratch *s, const struct pair *options, size_t noptions,
                         const char *line, const char *wanted)
{
	owned(plan) struct plan *plan = plan_new();
	owned_buf struct buf out = { 0 };
	const struct value *v;
	plan_add(plan, &(struct task){ .kind = TASK_STAGE, .name = "certificate" });
	plan_add(plan, &(struct task){ .kind = TASK_IMAGE, .name = "svc:1", .image = {
		.context = context_new(), .options = options, .noptions = noptions } });
	assert_true(value_parse_json(s->arena, str_of(line), &v, &s->err));
	labels_add(plan, v);
	const struct image_task *image = &plan->tasks[1].image;
	for (size_t i = 0; i < image->noptions; i++)
		buf_printf(&out, "%.*s=%.*s\n", STR_ARG(image->options[i].name),
		           STR_ARG(image->options[i].value));
	assert_string_equal(buf_text(&out), wanted);
}

static void test_labels__tell_where_an_image_comes_from(void **state)
{
	struct scratch *s = *state;
	check_labels(s, NULL, 0, "{\"repository\":true,\"commit\":\"abc\",\"time\":1700000000,"
	             "\"source\":\"https://h/p\",\"dirty\":false}",
	             "label:org.opencontainers.image.source=https://h/p\n"
	             "label:org.opencontainers.image.revision=abc\n"
	             "label:org.opencontainers.image.created=2023-11-14T22:13:20Z\n");
	check_labels(s, NULL, 0, "{\"repository\":true,\"commit\":\"abc\",\"time\":0,\"dirty\":true}",
	             "label:org.opencontainers.image.revision=abc-dirty\n"
	             "label:org.opencontainers.image.created=1970-01-01T00:00:00Z\n");
	/* Before the first commit, and without a repository. */
	check_labels(s, NULL, 0, "{\"repository\":true,\"dirty\":true}", "");
	check_labels(s, NULL, 0, "{\"repository\":false,\"dirty\":false,\"files\":[]}", "");
}

static void test_labels__leave_what_was_asked_for(void **state)
{
	static const struct pair options[] = {
		{ STR("network"), STR("host") },
		{ STR("label:org.opencontainers.image.revision"), STR("") },
	};
	check_labels(*state, options, 2, "{\"commit\":\"abc\",\"time\":0,\"dirty\":false}",
	             "network=host\nlabel:org.opencontainers.image.revision=\n"
	             "label:org.opencontainers.image.created=1970-01-01T00:00:00Z\n");
}

static void labels_never(void *data, const struct error *why)
{
	(void)data, (void)why;
	fail();
}

static void test_labels__ask_nobody_where_there_is_nothing_to_ask(void **state)
{
	static const struct pair off[] = { { STR("no-git-labels"), STR("true") } };
	struct scratch *s = *state;
	const struct selection none = { 0 }, without = { .options = off, .noptions = 1 };
	owned(loop) struct loop *loop = loop_new();
	owned(plan) struct plan *plan = plan_new();
	plan->root = s->dir;
	assert_null(labels_ask(loop, plan, &none, labels_never, NULL));
	scratch_mkdir(s, ".git");
	assert_null(labels_ask(loop, plan, &without, labels_never, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_labels__tell_where_an_image_comes_from),
		SCRATCH_TEST(test_labels__leave_what_was_asked_for),
		SCRATCH_TEST(test_labels__ask_nobody_where_there_is_nothing_to_ask),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
