#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "core/base/check.h"
#include "core/history/list.h"
#include "core/job/job.h"
#include "core/job/lost.h"
#include "core/job/running.h"
#include "core/job/status.h"
#include "core/job/twins.h"
#include "core/journal/build.h"
#include "core/os/files.h"
#include "tests/core/os/scratch.h"

static int start_setup(void **state)
{
	int failed = scratch_setup(state);
	struct scratch *s = *state;
	unsetenv("TEST_JOB");
	return failed || setenv("XDG_STATE_HOME", s->dir, 1) || setenv("XDG_CACHE_HOME", s->dir, 1);
}

#define START_TEST(f) cmocka_unit_test_setup_teardown(f, start_setup, scratch_teardown)

/* The example project on an engine that is not there. */
static struct request start_request(struct scratch *s)
{
	struct request r = {
		.id = request_new_id(&s->err), .kind = "pesto", .engine = "unix:///nonexistent/socket",
		.argument = files_absolute(s->arena, "docs/examples/ship-detector"),
		.selection = { .level = "C1" }, .log_limit = 1 << 20,
	};
	assert_non_null(r.id);
	return r;
}

static void start_end(struct loop *loop, void *data)
{
	struct journal_writer *w = data;
	struct error err;
	journal_append(w, 9, EVENT_BUILD_DONE, -1, NULL, &err);
	loop_stop(loop);
}

static void start_stop(struct loop *loop, int signal, void *data)
{
	(void)signal;
	start_end(loop, data);
}

/* A job that only waits to be cancelled, instead of the real one. */
static int start_waiting_job(const char *id)
{
	struct error err;
	owned(arena) struct arena *a = arena_new();
	const char *dir = arena_printf(a, "%s/%s", save_state_dir("builds", &err), id);
	owned(loop) struct loop *loop = loop_new();
	owned(journal_writer) struct journal_writer *w = journal_create(dir, 0, &err);
	CHECK(w);
	running_add(id);
	struct value *f = value_new_object(a);
	value_set(a, f, "image", value_new_string(a, STR("i:1")));
	CHECK(journal_append(w, 1, EVENT_BUILD_START, -1, f, &err));
	loop_signal(loop, SIGTERM, start_stop, w);
	loop_timer(loop, 60000, start_end, w);
	status_tell(status_open(), NULL);
	return loop_run(loop, &err) ? 0 : 1;
}

static int start_job(const char *id)
{
	const char *how = getenv("TEST_JOB");
	if (!how)
		return job_main(id);
	if (strcmp(how, "wait") == 0)
		return start_waiting_job(id);
	fprintf(stderr, "first line\nit broke here\n");
	return 1;
}

static struct journal *start_journal(struct scratch *s, const char *id)
{
	const char *dir = request_find(id, &s->err);
	struct journal *j = dir ? journal_open(dir, &s->err) : NULL;
	assert_non_null(j);
	return j;
}

static void start_more(struct journal *j, void *data)
{
	if (journal_state(j, NULL) != JOURNAL_RUNNING)
		loop_stop(data);
}

static void start_await_end(struct scratch *s, struct journal *j)
{
	owned(loop) struct loop *loop = loop_new();
	assert_true(journal_follow(j, loop, start_more, loop, &s->err));
	assert_true(loop_run(loop, &s->err));
	journal_unfollow(j);
}

static void test_job_start__tells_in_the_journal_that_no_engine_answers(void **state)
{
	struct scratch *s = *state;
	struct request r = start_request(s);
	assert_true(job_start(&r, NULL, &s->err));
	owned(journal) struct journal *j = start_journal(s, r.id);
	start_await_end(s, j);
	owned(build) struct build *b = build_new();
	assert_true(build_update(b, j));
	assert_true(b->done && !b->ok && b->exit_code == 4);
	assert_true(str_eq(b->project, STR("ship-detector")) && str_eq(b->level, STR("C1")));
	assert_true(b->nsteps > 20 && b->ngroups == 5);
	assert_true(str_eq(b->id, str_of(r.id)));
	assert_non_null(strstr(b->error.p, "/nonexistent/socket"));
	static const char *const files[] = { "Dockerfile", "settings.json", "request.json", "log" };
	struct stat st;
	for (size_t i = 0; i < 4; i++) {
		const char *path = arena_printf(s->arena, "%s/%s", journal_dir(j), files[i]);
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_mode & 07777, 0600);
	}
	assert_true(waitpid(-1, NULL, WNOHANG) == -1);
}

static void test_job_start__gives_the_projects_error_with_its_place(void **state)
{
	struct scratch *s = *state;
	struct request r = start_request(s);
	struct pair text = { .value = STR("{\n  \"xxx\": 01\n}\n") };
	text.name = str_of(files_absolute(s->arena,
		"docs/examples/ship-detector/pesto/api/config.json"));
	r.texts = &text;
	r.ntexts = 1;
	assert_false(job_start(&r, NULL, &s->err));
	assert_int_equal(s->err.code, ERROR_PROJECT);
	assert_int_equal(s->err.at.line, 2);
	assert_non_null(strstr(s->err.at.path, "config.json"));
	size_t n;
	assert_non_null(request_list(s->arena, &n, &s->err));
	assert_int_equal(n, 0);
}

static size_t start_count(struct scratch *s)
{
	size_t n;
	assert_non_null(request_list(s->arena, &n, &s->err));
	return n;
}

static void test_job_start__who_was_launched_waits_for_its_request(void **state)
{
	struct scratch *s = *state;
	struct request r = start_request(s);
	struct launch *launch = job_launch(r.id, &s->err);
	assert_non_null(launch);
	assert_true(job_start(&r, launch, &s->err));
	launch_free(launch);
	owned(journal) struct journal *j = start_journal(s, r.id);
	start_await_end(s, j);
	assert_int_equal(start_count(s), 1);
}

static void test_job_start__who_was_launched_in_vain_leaves_nothing(void **state)
{
	struct scratch *s = *state;
	struct request r = start_request(s);
	launch_free(job_launch(r.id, &s->err));
	assert_int_equal(start_count(s), 0);
}

/* As when the command that would have said what to build was killed. */
static void test_job_start__who_is_never_asked_goes_with_its_folder(void **state)
{
	struct scratch *s = *state;
	struct request r = start_request(s);
	int status;
	pid_t pid = fork();
	if (pid == 0)
		_exit(job_launch(r.id, &s->err) ? 0 : 1);
	waitpid(pid, &status, 0);
	assert_int_equal(status, 0);
	const char *dir = arena_printf(s->arena, "%s/%s", save_state_dir("builds", &s->err), r.id);
	for (int i = 0; i < 1000 && access(dir, F_OK) == 0; i++)
		poll(NULL, 0, 10);
	assert_int_equal(access(dir, F_OK), -1);
}

static void test_job_start__refuses_what_it_does_not_know(void **state)
{
	struct scratch *s = *state;
	struct request r = start_request(s);
	r.kind = "nonsense";
	assert_false(job_start(&r, NULL, &s->err));
	assert_int_equal(s->err.code, ERROR_USAGE);
	r = start_request(s);
	r.engine = "nonsense";
	assert_false(job_start(&r, NULL, &s->err));
	assert_true(s->err.code == ERROR_USAGE || s->err.code == ERROR_UNREACHABLE);
}

static void test_job_start__tells_the_last_words_of_a_job_that_died(void **state)
{
	struct scratch *s = *state;
	struct request r = start_request(s);
	setenv("TEST_JOB", "die", 1);
	assert_false(job_start(&r, NULL, &s->err));
	assert_string_equal(s->err.text, "the job died before it began: it broke here");
}

static void test_job_start__makes_a_session_that_can_be_cancelled(void **state)
{
	struct scratch *s = *state;
	struct request r = start_request(s);
	pid_t job;
	setenv("TEST_JOB", "wait", 1);
	assert_true(job_start(&r, NULL, &s->err));
	owned(journal) struct journal *j = start_journal(s, r.id);
	assert_int_equal(journal_state(j, &job), JOURNAL_RUNNING);
	/* setsid, then orphaned: its group and session are those of the one between. */
	assert_int_not_equal(getsid(job), getsid(0));
	assert_true(waitpid(-1, NULL, WNOHANG) == -1);
	assert_true(job_cancel(journal_dir(j), &s->err));
	start_await_end(s, j);
	assert_int_equal(journal_state(j, NULL), JOURNAL_DONE);
	assert_false(job_cancel(journal_dir(j), &s->err));
	assert_int_equal(s->err.code, ERROR_MISSING);
}

static void start_ignore(void *data)
{
	(void)data;
}

/* What twins say goes to the journal of a build of our own. */
static const char *start_twins(struct scratch *s, const char *other)
{
	owned(loop) struct loop *loop = loop_new();
	owned(mask) struct mask *mask = mask_new();
	const char *id = request_new_id(&s->err);
	const char *dir = request_find(id, &s->err);
	owned(journal_writer) struct journal_writer *w = journal_create(dir, 0, &s->err);
	assert_non_null(w);
	owned(record) struct record *record = record_new(loop, w, mask, start_ignore, NULL);
	owned(twins) struct twins *t = twins_new(record, id, "i:1");
	twins_end(t, record, true);
	assert_true(job_cancel(other, &s->err));
	owned(journal) struct journal *j = journal_open(other, &s->err);
	start_await_end(s, j);
	twins_end(t, record, true);
	return scratch_read(s, arena_printf(s->arena, "%s/journal", dir));
}

static void test_job_start__builds_of_one_image_know_each_other(void **state)
{
	struct scratch *s = *state;
	struct request r = start_request(s);
	setenv("TEST_JOB", "wait", 1);
	assert_true(job_start(&r, NULL, &s->err));
	const char *said = start_twins(s, request_find(r.id, &s->err));
	const char *running = strstr(said, arena_printf(s->arena, "build %s of the same image is "
	                             "running: i:1 goes to the one that finishes last", r.id));
	assert_non_null(running);
	assert_non_null(strstr(running + 1, "is still running: i:1 goes to it if it succeeds"));
	/* It was cancelled, so it has no tag to fight for. */
	assert_null(strstr(said, "finished first"));
}

static void test_job_start__what_runs_is_listed_and_what_was_killed_is_not(void **state)
{
	struct scratch *s = *state;
	struct request r = start_request(s);
	size_t n;
	setenv("TEST_JOB", "wait", 1);
	assert_true(job_start(&r, NULL, &s->err));
	running_add("20200101-000000-dead");
	const char *const *ids = running_list(s->arena, NULL, &n, &s->err);
	assert_int_equal(n, 1);
	assert_string_equal(ids[0], r.id);
	const char *left = save_state_path("running/20200101-000000-dead");
	assert_int_equal(access(left, F_OK), -1);
	running_list(s->arena, r.id, &n, &s->err);
	assert_int_equal(n, 0);
	assert_true(job_cancel(request_find(r.id, &s->err), &s->err));
}

static void test_job_start__what_a_killed_build_held_for_nothing_goes_with_the_next(void **state)
{
	struct scratch *s = *state;
	struct request r = start_request(s);
	const char *dead = save_state_dir("builds/20200101-000000-dead", &s->err);
	struct str zeros = STR("00000000");
	static const char *const files[] = { "journal", "log", "stderr", "reserve", "scratch/a/b" };
	for (size_t i = 0; i < 5; i++) {
		const char *path = arena_printf(s->arena, "%s/%s", dead, files[i]);
		const char *dir = arena_text(s->arena, str_slice(str_of(path), 0,
		                                                 str_find_last(str_of(path), '/')));
		assert_true(save_dir(dir, 0700, &s->err) && save_file(path, zeros, 0600, &s->err));
	}
	assert_int_equal(lost_keeps(dead), 16);
	running_add("20200101-000000-dead");
	setenv("TEST_JOB", "wait", 1);
	assert_true(job_start(&r, NULL, &s->err));
	const char *mine = request_find(r.id, &s->err);
	size_t n;
	assert_non_null(running_list(s->arena, NULL, &n, &s->err));
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(access(arena_printf(s->arena, "%s/%s", dead, files[i]), F_OK),
		                 i < 3 ? 0 : -1);
	assert_int_equal(lost_keeps(dead), 0);
	/* Never of one that runs. */
	assert_int_equal(access(arena_printf(s->arena, "%s/reserve", mine), F_OK), 0);
	assert_true(job_cancel(mine, &s->err));
}

/* Held, as a front end holds it, so that it waits for job_start. */
static void test_job_start__an_interrupt_ends_a_job_whose_engine_is_silent(void **state)
{
	struct scratch *s = *state;
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	struct request r = start_request(s);
	sigset_t held;
	size_t n;
	snprintf(at.sun_path, sizeof at.sun_path, "%s/silent", s->dir);
	owned_fd int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(listen(fd, 8), 0);
	r.engine = arena_printf(s->arena, "unix://%s", at.sun_path);
	sigemptyset(&held);
	sigaddset(&held, SIGINT);
	sigprocmask(SIG_BLOCK, &held, NULL);
	raise(SIGINT);
	assert_false(job_start(&r, NULL, &s->err));
	assert_int_equal(s->err.code, ERROR_CANCELLED);
	sigprocmask(SIG_UNBLOCK, &held, NULL);
	assert_non_null(request_list(s->arena, &n, &s->err));
	assert_int_equal(n, 0);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		START_TEST(test_job_start__tells_in_the_journal_that_no_engine_answers),
		START_TEST(test_job_start__gives_the_projects_error_with_its_place),
		START_TEST(test_job_start__who_was_launched_waits_for_its_request),
		START_TEST(test_job_start__who_was_launched_in_vain_leaves_nothing),
		START_TEST(test_job_start__who_is_never_asked_goes_with_its_folder),
		START_TEST(test_job_start__refuses_what_it_does_not_know),
		START_TEST(test_job_start__tells_the_last_words_of_a_job_that_died),
		START_TEST(test_job_start__makes_a_session_that_can_be_cancelled),
		START_TEST(test_job_start__builds_of_one_image_know_each_other),
		START_TEST(test_job_start__what_runs_is_listed_and_what_was_killed_is_not),
		START_TEST(test_job_start__what_a_killed_build_held_for_nothing_goes_with_the_next),
		START_TEST(test_job_start__an_interrupt_ends_a_job_whose_engine_is_silent),
	};
	signal(SIGPIPE, SIG_IGN);
	if (argc == 3 && strcmp(argv[1], "job") == 0)
		return start_job(argv[2]);
	if (argc == 3 && strcmp(argv[1], "worker") == 0)
		return worker_main(argv[2]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
