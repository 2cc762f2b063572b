#include "core/project/git.h"

#include "core/os/spawn.h"
#include "tests/core/project/nobody.h"

/* git_read against what git itself has made: repositories in the test's own folder. */

/* Four words behind git, NULL for none. */
static void git(struct scratch *s, const char *dir, const char *a, const char *b, const char *c,
                const char *d)
{
	const char *const argv[] = { "git", "-c", "protocol.file.allow=always", a, b, c, d, NULL };
	struct spawn spawn = { .argv = argv, .dir = dir, .in = SPAWN_NULL, .out = SPAWN_NULL,
	                       .err = SPAWN_INHERIT };
	int status = -1;
	assert_true(spawn_run(&spawn, 0, NULL, &status, &s->err));
	assert_int_equal(status, 0);
}

/* A repository with one commit: tracked, sub/tracked, sub/gone and .gitignore. */
static const char *make_repository(struct scratch *s)
{
	scratch_mkdir(s, "repo");
	scratch_mkdir(s, "repo/sub");
	const char *dir = scratch_path(s, "repo");
	git(s, dir, "init", "-q", "-b", "main");
	scratch_write(s, "repo/tracked", "1\n");
	scratch_write(s, "repo/sub/tracked", "1\n");
	scratch_write(s, "repo/sub/gone", "1\n");
	scratch_write(s, "repo/.gitignore", "*.o\nbuild/\n");
	git(s, dir, "add", ".", NULL, NULL);
	git(s, dir, "commit", "-q", "-m", "one");
	return dir;
}

static struct git_facts read_facts(struct scratch *s, const char *dir)
{
	struct git_facts facts;
	if (!git_read(s->arena, dir, &facts, &s->err))
		fail_msg("%s", s->err.text);
	return facts;
}

static void check_files(const struct git_facts *facts, const char *expected)
{
	static const char marks[] = { [GIT_CLEAN] = '=', [GIT_MODIFIED] = 'M',
	                              [GIT_UNTRACKED] = '?', [GIT_IGNORED] = '!' };
	owned_buf struct buf out = { 0 };
	for (size_t i = 0; i < facts->nfiles; i++)
		buf_printf(&out, "%c%s ", marks[facts->files[i].state], facts->files[i].path);
	assert_string_equal(buf_text(&out), expected);
}

static void check_described(struct scratch *s, const char *dir, const char *wanted)
{
	const char *described;
	if (!git_describe(s->arena, dir, &described, &s->err))
		fail_msg("%s", s->err.text);
	if (!wanted)
		assert_null(described);
	else
		assert_string_equal(described, wanted);
}

static void test_git__describes_what_is_built(void **state)
{
	struct scratch *s = *state;
	check_described(s, s->dir, NULL);
	const char *dir = make_repository(s);
	struct git_facts facts = read_facts(s, dir);
	check_described(s, dir, arena_printf(s->arena, "%.7s", facts.commit));
	git(s, dir, "tag", "-m", "one", "v1.0");
	check_described(s, dir, "v1.0");
	scratch_write(s, "repo/new", "2\n");
	check_described(s, dir, "v1.0-dirty");
	check_described(s, scratch_path(s, "repo/sub"), "v1.0");
	git(s, dir, "add", ".", NULL, NULL);
	git(s, dir, "commit", "-q", "-m", "two");
	facts = read_facts(s, dir);
	check_described(s, dir, arena_printf(s->arena, "v1.0-1-g%.7s", facts.commit));
}

static void test_git__knows_a_folder_without_a_repository(void **state)
{
	struct scratch *s = *state;
	struct git_facts facts = read_facts(s, s->dir);
	assert_false(facts.is_repository);
	assert_null(facts.branch);
	assert_int_equal(facts.nfiles, 0);
}

static void test_git__reads_a_clean_repository(void **state)
{
	struct scratch *s = *state;
	struct git_facts facts = read_facts(s, make_repository(s));
	assert_true(facts.is_repository);
	assert_string_equal(facts.branch, "main");
	assert_int_equal(strlen(facts.commit), 40);
	assert_false(facts.dirty);
	assert_null(facts.source);
	check_files(&facts, "");
}

static void test_git__tells_where_a_commit_comes_from(void **state)
{
	struct scratch *s = *state;
	setenv("GIT_COMMITTER_DATE", "@1700000000 +0200", 1);
	const char *dir = make_repository(s);
	unsetenv("GIT_COMMITTER_DATE");
	git(s, dir, "remote", "add", "only", "https://u:p@h.example/a.git");
	struct git_facts facts = read_facts(s, dir);
	assert_int_equal(facts.time, 1700000000);
	assert_string_equal(facts.source, "https://h.example/a.git");
	/* Of several it is origin. */
	git(s, dir, "remote", "add", "more", "https://h.example/b.git");
	assert_null(read_facts(s, dir).source);
	git(s, dir, "remote", "add", "origin", "git@h.example:c.git");
	assert_string_equal(read_facts(s, dir).source, "git@h.example:c.git");
	git(s, dir, "remote", "set-url", "origin", s->dir);
	assert_null(read_facts(s, dir).source);
}

static void test_git__an_address_for_all_has_no_secrets(void **state)
{
	static const struct { const char *url, *wanted; } rows[] = {
		{ "https://h/a.git", "https://h/a.git" },
		{ "https://user:pass@h:8443/a", "https://h:8443/a" },
		{ "https://token@h/a", "https://h/a" },
		{ "https://a@b:c@h/a@b", "https://h/a@b" },
		{ "http://h/a?private_token=x#y", "http://h/a" },
		{ "https://user:p/w@h/a", "https://user:p/w@h/a" },     /* the host ends at the slash */
		{ "ssh://git@h:22/a", "ssh://git@h:22/a" },
		{ "ssh://git:pass@h/a", "ssh://git@h/a" },
		{ "git+ssh://git:pass@h/a", "git+ssh://git@h/a" },
		{ "git://u@h/a", "git://h/a" },
		{ "git@h:team/a.git", "git@h:team/a.git" },
		{ "h:a", NULL }, { "host:a", "host:a" },
		{ "/srv/git/a", NULL }, { "./a:b", NULL }, { "../a", NULL }, { "a", NULL }, { "", NULL },
		{ "file:///srv/a", NULL }, { "https://", NULL }, { "https://u@", NULL },
		{ "ext::sh -c evil", NULL }, { "https://h/a\nb", NULL }, { "https://h/\xc3\xa9", NULL },
	};
	struct scratch *s = *state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *got = git_public_url(s->arena, rows[i].url);
		if (rows[i].wanted && got)
			assert_string_equal(got, rows[i].wanted);
		else
			assert_true(!rows[i].wanted && !got);
	}
}

static void change_files(struct scratch *s)
{
	scratch_write(s, "repo/tracked", "changed\n");
	scratch_write(s, "repo/new", "");
	scratch_write(s, "repo/a.o", "");
	scratch_mkdir(s, "repo/build");
	scratch_write(s, "repo/build/x", "");
	scratch_mkdir(s, "repo/sub/more");
	scratch_write(s, "repo/sub/more/new [x]", "");
	scratch_write(s, "repo/sub/staged", "");
	unlink(scratch_path(s, "repo/sub/gone"));
	git(s, scratch_path(s, "repo"), "add", "sub/staged", NULL, NULL);
}

static void test_git__tells_modified_untracked_and_ignored_apart(void **state)
{
	struct scratch *s = *state;
	const char *dir = make_repository(s);
	change_files(s);
	struct git_facts facts = read_facts(s, dir);
	assert_true(facts.dirty);
	check_files(&facts, "!a.o !build ?new Msub/gone ?sub/more/new [x] Msub/staged Mtracked ");
}

static void test_git__reads_a_folder_inside_and_through_links(void **state)
{
	struct scratch *s = *state;
	make_repository(s);
	change_files(s);
	struct git_facts facts = read_facts(s, scratch_path(s, "repo/sub"));
	check_files(&facts, "Mgone ?more/new [x] Mstaged ");
	assert_int_equal(symlink("repo/sub", scratch_path(s, "link")), 0);
	facts = read_facts(s, scratch_path(s, "link"));
	check_files(&facts, "Mgone ?more/new [x] Mstaged ");
	facts = read_facts(s, scratch_path(s, "repo/sub/../sub/"));
	check_files(&facts, "Mgone ?more/new [x] Mstaged ");
	facts = read_facts(s, scratch_path(s, "repo/sub/more"));
	check_files(&facts, "?new [x] ");
	facts = read_facts(s, scratch_path(s, "repo/build"));
	check_files(&facts, "!. ");
	assert_false(facts.dirty);
}

static void test_git__a_change_elsewhere_leaves_the_folder_clean(void **state)
{
	struct scratch *s = *state;
	make_repository(s);
	scratch_write(s, "repo/sub-new", "");
	scratch_write(s, "repo/tracked", "changed\n");
	struct git_facts facts = read_facts(s, scratch_path(s, "repo/sub"));
	assert_false(facts.dirty);
	check_files(&facts, "");
}

static void test_git__has_no_commit_before_the_first(void **state)
{
	struct scratch *s = *state;
	scratch_mkdir(s, "repo");
	const char *dir = scratch_path(s, "repo");
	git(s, dir, "init", "-q", "-b", "dev/one");
	scratch_write(s, "repo/new", "");
	struct git_facts facts = read_facts(s, dir);
	assert_string_equal(facts.branch, "dev/one");
	assert_null(facts.commit);
	assert_true(facts.dirty);
	check_files(&facts, "?new ");
}

static void test_git__names_a_detached_head_by_its_commit(void **state)
{
	struct scratch *s = *state;
	const char *dir = make_repository(s);
	git(s, dir, "checkout", "-q", "--detach", NULL);
	struct git_facts facts = read_facts(s, dir);
	assert_int_equal(strlen(facts.branch), 7);
	assert_int_equal(strncmp(facts.branch, facts.commit, 7), 0);
}

static void test_git__reads_a_bare_repository(void **state)
{
	struct scratch *s = *state;
	make_repository(s);
	git(s, s->dir, "clone", "-q", "--bare", "repo");
	struct git_facts facts = read_facts(s, scratch_path(s, "repo.git"));
	assert_true(facts.is_repository);
	assert_string_equal(facts.branch, "main");
	assert_false(facts.dirty);
	assert_int_equal(facts.nfiles, 0);
}

static void test_git__reads_submodules_and_work_trees(void **state)
{
	struct scratch *s = *state;
	const char *dir = make_repository(s);
	scratch_mkdir(s, "outer");
	const char *outer = scratch_path(s, "outer");
	git(s, outer, "init", "-q", "-b", "main");
	git(s, outer, "submodule", "add", "-q", "../repo");
	git(s, outer, "commit", "-q", "-m", "one");
	struct git_facts facts = read_facts(s, outer);
	check_files(&facts, "");
	scratch_write(s, "outer/repo/tracked", "changed\n");
	facts = read_facts(s, outer);
	check_files(&facts, "Mrepo ");
	facts = read_facts(s, scratch_path(s, "outer/repo"));
	check_files(&facts, "Mtracked ");
	git(s, dir, "worktree", "add", "-q", "../second");
	scratch_write(s, "second/sub/new", "");
	facts = read_facts(s, scratch_path(s, "second/sub"));
	assert_string_equal(facts.branch, "second");
	check_files(&facts, "?new ");
}

static void test_git__explains_a_repository_of_another_user(void **state)
{
	struct scratch *s = *state;
	const char *dir = make_repository(s);
	struct git_facts facts;
	/* Only root can make one; everybody else reads their own. */
	bool foreign = geteuid() == 0;
	if (foreign) {
		assert_int_equal(chown(dir, 12345, 12345), 0);
		assert_int_equal(chown(scratch_path(s, "repo/.git"), 12345, 12345), 0);
	}
	assert_int_equal(git_read(s->arena, dir, &facts, &s->err), !foreign);
	assert_int_equal(strstr(s->err.text, "safe.directory") != NULL, foreign);
	scratch_write(s, ".gitconfig", arena_printf(s->arena, "[safe]\n\tdirectory = %s\n", dir));
	assert_true(git_read(s->arena, dir, &facts, &s->err));
}

static void test_git__explains_a_broken_repository(void **state)
{
	struct scratch *s = *state;
	struct git_facts facts;
	make_repository(s);
	scratch_write(s, "repo/.git/HEAD", "nonsense\n");
	assert_false(git_read(s->arena, scratch_path(s, "repo"), &facts, &s->err));
	assert_true(strlen(s->err.text) > 10);
	s->err = (struct error){ 0 };
	assert_false(git_read(s->arena, scratch_path(s, "absent"), &facts, &s->err));
	assert_true(strlen(s->err.text) > 10);
}

#define GIT_TEST(f) cmocka_unit_test_setup_teardown(f, nobody_setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		GIT_TEST(test_git__describes_what_is_built),
		GIT_TEST(test_git__knows_a_folder_without_a_repository),
		GIT_TEST(test_git__reads_a_clean_repository),
		GIT_TEST(test_git__tells_where_a_commit_comes_from),
		GIT_TEST(test_git__an_address_for_all_has_no_secrets),
		GIT_TEST(test_git__tells_modified_untracked_and_ignored_apart),
		GIT_TEST(test_git__reads_a_folder_inside_and_through_links),
		GIT_TEST(test_git__a_change_elsewhere_leaves_the_folder_clean),
		GIT_TEST(test_git__has_no_commit_before_the_first),
		GIT_TEST(test_git__names_a_detached_head_by_its_commit),
		GIT_TEST(test_git__reads_a_bare_repository),
		GIT_TEST(test_git__reads_submodules_and_work_trees),
		GIT_TEST(test_git__explains_a_repository_of_another_user),
		GIT_TEST(test_git__explains_a_broken_repository),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
