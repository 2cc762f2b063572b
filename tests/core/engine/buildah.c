#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "core/base/check.h"
#include "core/engine/buildah.h"
#include "core/os/clock.h"
#include "core/os/save.h"
#include "tests/core/engine/golden.h"
#include "tests/core/os/looping.h"

/* A program named buildah that says what a real one said, and notes how it was called. */
static const char program[] =
	"#!/bin/sh\n"
	"cd \"${0%/*}\"\n"
	"case $1 in\n"
	"--version) echo 'buildah version 1.28.2 (image-spec 1.1.0-rc2)' ;;\n"
	"containers) echo '[]' ;;\n"
	"bud) printf '%s\\n' \"$@\" >args; echo \"$TMPDIR\" >tmpdir\n"
	"	for last; do :; done\n"
	"	cp -R \"$last\" seen; cat \"$last/../Dockerfile\" >dockerfile\n"
	"	cat out; cat err >&2\n"
	"	[ ! -e slow ] || { trap 'echo stopped >stopped; exit 1' TERM; echo $$ >pid\n"
	"	while :; do sleep 0.05; done; }\n"
	"	[ ! -e stuck ] || { trap '' TERM; while :; do sleep 0.05; done; }\n"
	"	exit $(cat code) ;;\n"
	"esac\n";

struct bench {
	char dir[64], scratch[96];
	char *path;                     /* PATH as it was */
	struct loop *loop;
	struct engine *engine;
	struct work *work;
	struct arena *arena;
	struct problems *problems;
	struct recipe *recipe;
	struct image_task task;
	const char *tags[2];
	struct work_result result;
	struct engine_facts facts;
	struct error err;
	char image_id[80];
	int dones;
	const char *cancel_at;
};

static void bench_put(struct bench *b, const char *name, struct str text, mode_t mode)
{
	char path[120];
	struct error err = { 0 };
	snprintf(path, sizeof path, "%s/%s", b->dir, name);
	assert_true(save_file(path, text, mode, &err));
}

static bool bench_has(struct bench *b, const char *name)
{
	char path[120];
	snprintf(path, sizeof path, "%s/%s", b->dir, name);
	return access(path, F_OK) == 0;
}

static void bench_get(struct bench *b, const char *name, struct buf *text)
{
	char path[120];
	snprintf(path, sizeof path, "%s/%s", b->dir, name);
	FILE *f = fopen(path, "rb");
	assert_non_null(f);
	for (size_t n; (n = fread(buf_reserve(text, 4096), 1, 4096, f));)
		buf_grew(text, n);
	fclose(f);
}

static void bench_recipe(struct bench *b, struct str text)
{
	struct source *s = source_new(b->arena, STR("Dockerfile"), NULL, arena_str(b->arena, text));
	recipe_free(b->recipe);
	b->recipe = recipe_parse(s, (struct str){ 0 }, b->problems);
	assert_non_null(b->recipe);
	b->task.recipe = b->recipe;
}

/* What the program says: recorded, with its exit code. */
static void bench_says(struct bench *b, const char *name, const char *suffix, const char *code)
{
	owned_buf struct buf text = { 0 };
	char file[60];
	snprintf(file, sizeof file, "%s%s.buildah", name, suffix);
	golden_read(&text, file);
	bench_put(b, "out", buf_str(&text), 0644);
	buf_clear(&text);
	snprintf(file, sizeof file, "%s%s.buildah-stderr", name, suffix);
	golden_read(&text, file);
	bench_put(b, "err", buf_str(&text), 0644);
	bench_put(b, "code", str_of(code), 0644);
	buf_clear(&text);
	snprintf(file, sizeof file, "%s.dockerfile", name);
	golden_read(&text, file);
	bench_recipe(b, buf_str(&text));
}

static int bench_setup(void **state)
{
	struct bench *b = xcalloc(1, sizeof *b);
	struct error err = { 0 };
	char path[4096];
	snprintf(b->dir, sizeof b->dir, "/tmp/mortar-buildah-XXXXXX");
	CHECK(mkdtemp(b->dir));
	snprintf(b->scratch, sizeof b->scratch, "%s/scratch", b->dir);
	CHECK(save_dir(b->scratch, 0700, &err));
	b->path = xstrdup(getenv("PATH"));
	snprintf(path, sizeof path, "%s:%s", b->dir, b->path);
	setenv("PATH", path, 1);
	unsetenv("BUILDAH_ISOLATION");
	bench_put(b, "buildah", STR(program), 0755);
	b->loop = loop_new();
	b->arena = arena_new();
	b->problems = problems_new();
	b->tags[0] = "image:1";
	b->task.tags = b->tags;
	b->task.context = context_new();
	context_add_bytes(b->task.context, "a.txt", 0640, STR("hello\n"));
	context_add_bytes(b->task.context, "bin/run", 0755, STR("#!/bin/sh\n"));
	*state = b;
	return 0;
}

static int bench_teardown(void **state)
{
	struct bench *b = *state;
	struct error err = { 0 };
	engine_free(b->engine);
	loop_free(b->loop);
	context_free(b->task.context);
	recipe_free(b->recipe);
	problems_free(b->problems);
	arena_free(b->arena);
	setenv("PATH", b->path, 1);
	free(b->path);
	CHECK(save_remove(b->dir, &err));
	free(b);
	return 0;
}

static void bench_ready(void *data, const struct engine_facts *f, const struct error *err)
{
	struct bench *b = data;
	if (f)
		b->facts = *f;
	if (err)
		b->err = *err;
	loop_stop(b->loop);
}

static void bench_probe(struct bench *b)
{
	struct engine_options o = { .spec = "buildah", .scratch = b->scratch, .build_id = "b1" };
	struct error err = { 0 };
	b->engine = engine_new(&o, b->loop, &err);
	assert_non_null(b->engine);
	engine_probe(b->engine, bench_ready, b);
	looping_run(b->loop);
}

static void bench_cancel(struct loop *l, void *data)
{
	struct bench *b = data;
	if (bench_has(b, "pid"))
		engine_cancel(b->work);
	else
		loop_timer(l, 5, bench_cancel, b);
}

static void bench_step(void *data, const struct step_report *s)
{
	struct bench *b = data;
	if (b->cancel_at && s->started && !s->ended &&
	    str_find_str(s->name, str_of(b->cancel_at)) != STR_NONE) {
		b->cancel_at = NULL;
		engine_cancel(b->work);
	}
}

static void bench_done(void *data, const struct work_result *r)
{
	struct bench *b = data;
	b->dones++;
	b->result = *r;
	snprintf(b->image_id, sizeof b->image_id, "%.*s", STR_ARG(r->image_id));
	loop_stop(b->loop);
}

static void bench_start(struct bench *b)
{
	struct engine_sink sink = { .step = bench_step, .done = bench_done, .data = b };
	b->work = engine_image(b->engine, &b->task, &sink);
	assert_int_equal(b->dones, 0);
}

static void bench_build(struct bench *b)
{
	bench_start(b);
	looping_run(b->loop);
	assert_int_equal(b->dones, 1);
	/* Nothing of the work is left in scratch. */
	assert_int_equal(rmdir(b->scratch), 0);
}

static void test_buildah__probe_tells_its_version(void **state)
{
	struct bench *b = *state;
	bench_probe(b);
	assert_string_equal(b->facts.name, "buildah");
	assert_string_equal(b->facts.version, "1.28.2");
	assert_int_equal(b->facts.numbering, NUMBERING_BUILDAH);
}

static void test_buildah__probe_says_how_to_get_one(void **state)
{
	struct bench *b = *state;
	setenv("PATH", "/nonexistent", 1);
	bench_probe(b);
	assert_int_equal(b->err.code, ERROR_UNREACHABLE);
	assert_non_null(strstr(b->err.text, "not in PATH"));
}

static void test_buildah__builds_in_a_private_folder(void **state)
{
	struct bench *b = *state;
	owned_buf struct buf args = { 0 }, tmpdir = { 0 }, dockerfile = { 0 }, file = { 0 };
	struct stat st;
	char path[120];
	struct pair options[] = {
		{ STR("network"), STR("host") }, { STR("build-arg:A"), STR("x y") },
		{ STR("label:l"), STR("v") }, { STR("target"), STR("one") },
	};
	struct pair more[] = { { STR("C1"), { NULL, 0 } } };
	bench_says(b, "stages", "_cached", "0");
	b->task.options = options;
	b->task.noptions = 4;
	b->task.level = (struct level_effect){ .no_cache = true, .args = more, .nargs = 1 };
	bench_probe(b);
	bench_build(b);
	assert_true(b->result.ok);
	assert_true(str_has_prefix(str_of(b->image_id), STR("sha256:3254f4144fc8")));
	bench_get(b, "args", &args);
	assert_true(str_has_prefix(buf_str(&args), STR("bud\n--layers\n--force-rm\n--format\ndocker\n"
		"--pull=false\n--isolation\nchroot\n--network\nhost\n--target\none\n--no-cache\n"
		"--tag\nimage:1\n--build-arg\nA=x y\n--build-arg\nC1=b1\n--label\nl=v\n--file\n")));
	bench_get(b, "tmpdir", &tmpdir);
	assert_true(str_has_prefix(buf_str(&tmpdir), str_of(b->scratch)));
	bench_get(b, "dockerfile", &dockerfile);
	assert_true(str_eq(buf_str(&dockerfile), b->recipe->text));
	bench_get(b, "seen/a.txt", &file);
	assert_string_equal(buf_text(&file), "hello\n");
	snprintf(path, sizeof path, "%s/seen/bin/run", b->dir);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0755);
}

static void test_buildah__tells_a_failing_step(void **state)
{
	struct bench *b = *state;
	bench_says(b, "fail", "", "7");
	bench_probe(b);
	bench_build(b);
	assert_int_equal(b->result.error.code, ERROR_BUILD);
	assert_string_equal(b->result.error.text,
	                    "Dockerfile line 3 failed with exit code 7: RUN echo oops >&2; exit 7");
}

static void test_buildah__a_good_end_needs_an_image(void **state)
{
	struct bench *b = *state;
	bench_says(b, "fail", "", "0");
	bench_probe(b);
	bench_build(b);
	assert_int_equal(b->result.error.code, ERROR_PROTOCOL);
}

static void test_buildah__an_unreadable_context_is_told(void **state)
{
	struct bench *b = *state;
	bench_says(b, "fail", "", "7");
	context_add_tree(b->task.context, "/nonexistent/folder", "x", NULL);
	bench_probe(b);
	bench_build(b);
	assert_non_null(strstr(b->result.error.text, "/nonexistent/folder"));
	assert_false(bench_has(b, "args"));
}

static void test_buildah__cancel_ends_its_process_group(void **state)
{
	struct bench *b = *state;
	bench_says(b, "fail", "", "0");
	bench_put(b, "slow", STR(""), 0644);
	bench_probe(b);
	bench_start(b);
	loop_timer(b->loop, 0, bench_cancel, b);
	looping_run(b->loop);
	assert_int_equal(b->dones, 1);
	assert_true(b->result.cancelled);
	assert_int_equal(b->result.error.code, ERROR_CANCELLED);
	assert_true(bench_has(b, "stopped"));
	assert_int_equal(rmdir(b->scratch), 0);
}

static void test_buildah__cancel_kills_what_does_not_listen(void **state)
{
	struct bench *b = *state;
	bench_says(b, "fail", "", "0");
	bench_put(b, "stuck", STR(""), 0644);
	b->cancel_at = "RUN echo oops";
	bench_probe(b);
	int64_t since = clock_monotonic_ms();
	bench_build(b);
	assert_true(b->result.cancelled);
	assert_true(clock_monotonic_ms() - since < 5000);
}

static void test_buildah__cancel_before_it_started_leaves_nothing(void **state)
{
	struct bench *b = *state;
	bench_says(b, "fail", "", "0");
	bench_probe(b);
	bench_start(b);
	engine_cancel(b->work);
	looping_run(b->loop);
	assert_true(b->result.cancelled);
	assert_false(bench_has(b, "args"));
	assert_int_equal(rmdir(b->scratch), 0);
}

static void test_buildah__freeing_the_engine_ends_its_work(void **state)
{
	struct bench *b = *state;
	struct error err = { 0 };
	bench_says(b, "fail", "", "0");
	bench_put(b, "stuck", STR(""), 0644);
	bench_probe(b);
	bench_start(b);
	for (int i = 0; i < 2000 && !bench_has(b, "dockerfile"); i++)
		loop_turn(b->loop, 5, &err);
	engine_free(b->engine);
	b->engine = NULL;
	assert_int_equal(b->dones, 0);
	assert_int_equal(rmdir(b->scratch), 0);
}

static void test_buildah__isolation_follows_the_network_and_the_environment(void **state)
{
	struct bench *b = *state;
	static struct pair none[] = { { STR("network"), STR("none") } };
	static struct pair pull[] = { { STR("pull"), STR("true") } };
	const char *const *argv = buildah_command(b->arena, &b->task, "b", "D", "I", "C");
	assert_string_equal(argv[6], "--pull=false");
	assert_string_equal(argv[7], "--isolation");
	b->task.options = none;
	b->task.noptions = 1;
	argv = buildah_command(b->arena, &b->task, "b", "D", "I", "C");
	assert_string_equal(argv[7], "--network");
	b->task.options = pull;
	setenv("BUILDAH_ISOLATION", "oci", 1);
	argv = buildah_command(b->arena, &b->task, "b", "D", "I", "C");
	assert_string_equal(argv[6], "--pull=always");
	assert_string_equal(argv[7], "--tag");
	unsetenv("BUILDAH_ISOLATION");
}

static bool bench_names(const char *const *words, const char *part)
{
	for (; *words; words++)
		if (strstr(*words, part))
			return true;
	return false;
}

static void test_buildah__secrets_stand_in_no_arguments(void **state)
{
	static const struct secret secrets[] = {
		{ "pip_config", "/etc/pip.conf", NULL, SECRET_MOUNTED },
		{ "extra_index_url", NULL, "PIP_EXTRA_INDEX_URL", SECRET_MOUNTED },
	};
	static struct pair options[] = { { STR("proxy"), STR("") } };
	struct bench *b = *state;
	setenv("PIP_EXTRA_INDEX_URL", "https://u:hunter2@h", 1);
	setenv("MORTAR_PROXY", "http://u:hunter2@p", 1);
	b->task.secrets = secrets;
	b->task.nsecrets = 2;
	b->task.options = options;
	b->task.noptions = 1;
	const char *const *argv = buildah_command(b->arena, &b->task, "b", "D", "I", "C");
	assert_true(bench_names(argv, "id=pip_config,src=/etc/pip.conf"));
	assert_true(bench_names(argv, "id=extra_index_url,env=PIP_EXTRA_INDEX_URL"));
	assert_false(bench_names(argv, "hunter2"));
	const char *const *env = buildah_environment(b->arena, &b->task, "/t");
	assert_true(bench_names(env, "TMPDIR=/t"));
	assert_true(bench_names(env, "https_proxy=http://u:hunter2@p"));
	unsetenv("PIP_EXTRA_INDEX_URL");
	unsetenv("MORTAR_PROXY");
}

/* The command's words on one line. */
static const char *bench_command(struct bench *b, const struct pair *options, size_t n)
{
	owned_buf struct buf line = { 0 };
	b->task.options = options;
	b->task.noptions = n;
	for (const char *const *w = buildah_command(b->arena, &b->task, "b", "D", "I", "C"); *w; w++)
		buf_printf(&line, "%s ", *w);
	return arena_text(b->arena, buf_str(&line));
}

static void test_buildah__options_become_flags(void **state)
{
	static const struct pair run[] = {
		{ STR("add-host"), STR("db=10.0.0.7") }, { STR("add-host"), STR("v6=[::1]") },
		{ STR("ulimit"), STR("nofile=1:2") }, { STR("shm-size"), STR("64m") },
		{ STR("cgroup-parent"), STR("/x") }, { STR("ssh"), STR("git=/run/a") },
	};
	static const struct pair caches[] = {
		{ STR("cache-from"), STR("type=registry,ref=h/c") }, { STR("cache-to"), STR("h/d") },
		{ STR("build-context:base"), STR("docker-image://alpine") },
		{ STR("build-context:src"), STR("/there") },
	};
	static const struct pair output[] = { { STR("output"), STR("type=tar,dest=/o.tar") } };
	static const struct pair both[] = { { STR("output"), STR("type=local,dest=/o") },
	                                    { STR("output"), STR("type=image") } };
	const struct named_context src[] = { { "src", NULL } };
	struct bench *b = *state;
	assert_non_null(strstr(bench_command(b, run, 6), " --add-host db:10.0.0.7 --add-host v6:::1 "
	                       "--ulimit nofile=1:2 --shm-size 67108864 --ssh git=/run/a "
	                       "--cgroup-parent /x "));
	b->task.contexts = src;
	b->task.ncontexts = 1;
	assert_non_null(strstr(bench_command(b, caches, 4), " --cache-from h/c --cache-to h/d "
	                       "--build-context base=docker-image://alpine --build-context src=C-0 "));
	b->task.ncontexts = 0;
	/* No image is named where none is wanted. */
	assert_non_null(strstr(bench_command(b, output, 1), " --output type=tar,dest=/o.tar "));
	assert_null(strstr(bench_command(b, output, 1), " --tag "));
	assert_non_null(strstr(bench_command(b, both, 2), " --tag "));
}

static void test_buildah__chroot_has_no_memory_and_group_of_its_own(void **state)
{
	static const struct pair shm[] = { { STR("shm-size"), STR("64m") } };
	static const struct pair none[] = { { STR("cgroup-parent"), STR("/x") },
	                                    { STR("network"), STR("none") } };
	static const struct pair two[] = { { STR("output"), STR("type=tar,dest=/a") },
	                                   { STR("output"), STR("type=tar,dest=/b") } };
	struct bench *b = *state;
	struct error err = { 0 };
	b->task.options = shm;
	b->task.noptions = 1;
	assert_false(buildah_can(&b->task, "1.28.2", &err));
	assert_int_equal(err.code, ERROR_REFUSED);
	assert_non_null(strstr(err.text, "--shm-size where RUN is run by chroot"));
	setenv("BUILDAH_ISOLATION", "oci", 1);
	assert_true(buildah_can(&b->task, "1.28.2", &err));
	setenv("BUILDAH_ISOLATION", "chroot", 1);
	assert_false(buildah_can(&b->task, "1.28.2", &err));
	unsetenv("BUILDAH_ISOLATION");
	b->task.options = none;
	b->task.noptions = 2;
	assert_true(buildah_can(&b->task, "1.28.2", &err));
	b->task.options = two;
	assert_false(buildah_can(&b->task, "1.28.2", &err));
	assert_non_null(strstr(err.text, "two files or folders"));
}

/* What it would pass over, take the last of, or fail at once it runs. */
static void test_buildah__caches_it_cannot_keep_are_refused(void **state)
{
	static const struct {
		const char *version, *from, *from2, *to, *to2, *output, *want;
	} rows[] = {
		{ "1.28.2", "h:5000/c", NULL, "type=registry,ref=h:5000/c,mode=max", NULL, NULL, NULL },
		{ "1.29.0-dev", "h/c", "h/d", "h/c", "h/d", NULL, NULL },
		{ "1.9.1", NULL, NULL, NULL, NULL, NULL, NULL },
		{ "1.28.2", "h/c", "h/d", NULL, NULL, NULL,
		  "buildah 1.28.2 has no --cache-from more than once: 1.29 has it" },
		{ "1.28.2", "h/c", NULL, "h/c", "h/d", NULL, "no --cache-to more than once: 1.29" },
		{ "1.26.4", "h/c", NULL, NULL, NULL, NULL, "buildah 1.26.4 has no --cache-from: 1.27" },
		{ "1.26.4", NULL, NULL, "h/c", NULL, NULL, "buildah 1.26.4 has no --cache-to: 1.27" },
		{ "1.28.2", "h/c:1", NULL, NULL, NULL, NULL, "ref= without a tag, not 'h/c:1'" },
		{ "1.28.2", NULL, NULL, "h/c@sha256:0", NULL, NULL, "ref= without a tag" },
		{ "1.28.2", "type=local,src=/c", NULL, NULL, NULL, NULL, "no --cache-from type=local" },
		{ "1.28.2", NULL, NULL, "type=inline", NULL, NULL, "no --cache-to type=inline: type=reg" },
		{ "1.28.2", NULL, NULL, "type=local,dest=/c", NULL, NULL, "no --cache-to type=local" },
		{ "1.28.2", NULL, NULL, "type=registry,ref=h/c,mode=min", NULL, NULL,
		  "buildah has no --cache-to with mode=min" },
		{ "1.28.2", NULL, NULL, "type=registry,ref=h/c,compression=zstd", NULL, NULL,
		  "no --cache-to with compression=zstd" },
		{ "1.28.2", "docker://h/c", NULL, NULL, NULL, NULL,
		  "?--cache-from: ref= is no repository" },
		{ "1.28.2", "h/C", NULL, NULL, NULL, NULL, "?--cache-from: ref= is no repository" },
		{ "1.28.2", "h/c", NULL, NULL, NULL, "/o", "no --cache-from where files come out" },
		{ "1.28.2", NULL, NULL, "h/c", NULL, "/o", NULL },
	};
	struct bench *b = *state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct pair all[] = { { STR("cache-from"), str_of(rows[i].from) },
		                            { STR("cache-from"), str_of(rows[i].from2) },
		                            { STR("cache-to"), str_of(rows[i].to) },
		                            { STR("cache-to"), str_of(rows[i].to2) },
		                            { STR("output"), str_of(rows[i].output) } };
		struct pair options[5];
		struct error err = { 0 };
		const char *want = rows[i].want;
		b->task.options = options;
		b->task.noptions = 0;
		for (size_t k = 0; k < 5; k++)
			if (all[k].value.p)
				options[b->task.noptions++] = all[k];
		bool can = buildah_can(&b->task, rows[i].version, &err);
		bool is_usage = want && want[0] == '?';
		if (can != !want || (want && !strstr(err.text, want + is_usage)))
			fail_msg("row %zu: %s", i, can ? "is taken" : err.text);
		assert_true(can || err.code == (is_usage ? ERROR_USAGE : ERROR_REFUSED));
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, bench_setup, bench_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_buildah__probe_tells_its_version),
		TEST(test_buildah__probe_says_how_to_get_one),
		TEST(test_buildah__builds_in_a_private_folder),
		TEST(test_buildah__tells_a_failing_step),
		TEST(test_buildah__a_good_end_needs_an_image),
		TEST(test_buildah__an_unreadable_context_is_told),
		TEST(test_buildah__cancel_ends_its_process_group),
		TEST(test_buildah__cancel_kills_what_does_not_listen),
		TEST(test_buildah__cancel_before_it_started_leaves_nothing),
		TEST(test_buildah__freeing_the_engine_ends_its_work),
		TEST(test_buildah__secrets_stand_in_no_arguments),
		TEST(test_buildah__isolation_follows_the_network_and_the_environment),
		TEST(test_buildah__options_become_flags),
		TEST(test_buildah__caches_it_cannot_keep_are_refused),
		TEST(test_buildah__chroot_has_no_memory_and_group_of_its_own),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
