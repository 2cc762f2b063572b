#include "tui/early.h"

#include "core/os/lock.h"
#include "tests/core/os/looping.h"
#include "tests/core/os/scratch.h"

/* The plan of a project whose certificate lies in dir/ssl. */
static struct plan *plan_with(struct scratch *s)
{
	struct plan *plan = plan_new();
	plan_add(plan, &(struct task){ .kind = TASK_FETCH, .name = "x" });
	plan_add(plan, &(struct task){ .kind = TASK_STAGE, .name = "certificate", .stage = {
		.dir = scratch_path(s, "made/ssl"), .common_name = "x" } });
	return plan;
}

struct waiting {
	struct early *early;
	struct loop *loop;
};

static void look(struct loop *loop, void *data)
{
	struct waiting *w = data;
	if (!w->early->worker && !w->early->timer)
		loop_stop(loop);
	else
		loop_timer(loop, 5, look, w);
}

static void too_late(struct loop *loop, void *data)
{
	(void)loop, (void)data;
	fail_msg("no certificate within five minutes");
}

/* How long a key takes is chance, and it gives way to whatever else there is to do. */
static void await(struct early *e, struct loop *loop)
{
	struct waiting w = { e, loop };
	struct error err;
	uint64_t late = loop_timer(loop, 300000, too_late, NULL);
	loop_timer(loop, 0, look, &w);
	assert_true(loop_run(loop, &err));
	loop_untimer(loop, late);
}

static void test_early__makes_the_certificate_once(void **state)
{
	struct scratch *s = *state;
	struct early early = { 0 };
	owned(loop) struct loop *loop = loop_new();
	owned(plan) struct plan *plan = plan_with(s);
	early_begin(&early, loop, plan);
	assert_true(early.timer);
	await(&early, loop);
	assert_int_equal(access(scratch_path(s, "made/ssl/cert.pem"), F_OK), 0);
	assert_int_equal(access(scratch_path(s, "made/ssl/key.pem"), F_OK), 0);
	early_begin(&early, loop, plan);
	assert_false(early.timer);
	early_finish(&early);
}

static void test_early__does_nothing_where_nothing_is_needed(void **state)
{
	struct early early = { 0 };
	owned(loop) struct loop *loop = loop_new();
	owned(plan) struct plan *plan = plan_new();
	struct scratch *s = *state;
	early_begin(&early, loop, NULL);
	early_begin(&early, loop, plan);
	assert_false(early.timer);
	early_finish(&early);
	/* What is there already is no reason to start anybody. */
	owned(plan) struct plan *other = plan_with(s);
	assert_int_equal(mkdir(scratch_path(s, "made"), 0700), 0);
	assert_int_equal(mkdir(scratch_path(s, "made/ssl"), 0700), 0);
	scratch_write(s, "made/ssl/cert.pem", "x");
	early_begin(&early, loop, other);
	await(&early, loop);
	assert_string_equal(scratch_read(s, scratch_path(s, "made/ssl/cert.pem")), "x");
	early_finish(&early);
}

/* Until the lock is held, or no longer. */
struct held {
	const char *lock;
	bool wanted;
};

static void look_at_lock(struct loop *loop, void *data)
{
	struct held *h = data;
	if ((lock_holder(h->lock) != 0) == h->wanted)
		loop_stop(loop);
	else
		loop_timer(loop, 5, look_at_lock, h);
}

static void await_lock(struct loop *loop, const char *lock, bool wanted)
{
	struct held h = { lock, wanted };
	loop_timer(loop, 0, look_at_lock, &h);
	looping_run(loop);
}

/* It holds the lock while it makes the key. */
static void test_early__leaves_nothing_when_it_is_given_up(void **state)
{
	struct scratch *s = *state;
	struct early early = { 0 };
	owned(loop) struct loop *loop = loop_new();
	owned(plan) struct plan *plan = plan_with(s);
	const char *lock = scratch_path(s, "made/ssl.lock");
	early_begin(&early, loop, plan);
	await_lock(loop, lock, true);
	assert_non_null(early.worker);
	early_finish(&early);
	assert_null(early.worker);
	await_lock(loop, lock, false);
	assert_int_equal(access(scratch_path(s, "made/ssl"), F_OK), -1);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
#define TEST(f) cmocka_unit_test_setup_teardown(f, scratch_setup, scratch_teardown)
		TEST(test_early__makes_the_certificate_once),
		TEST(test_early__does_nothing_where_nothing_is_needed),
		TEST(test_early__leaves_nothing_when_it_is_given_up),
	};
	if (argc == 3 && strcmp(argv[1], "worker") == 0)
		return worker_main(argv[2]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
