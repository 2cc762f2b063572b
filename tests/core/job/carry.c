#include "core/job/carry.h"

#include "tests/core/os/scratch.h"

/* A project in "project" and what its container gave in "run". */
struct carry_case {
	struct scratch *s;
	struct run_task task;
	struct carry *carry;
	char told[400];
};

static void case_told(void *data, const struct carried *c)
{
	static const char *const how[] = { [CARRIED_NEW] = "new", [CARRIED_CHANGED] = "changed",
	                                   [CARRIED_SAME] = "same" };
	struct carry_case *k = data;
	snprintf(k->told + strlen(k->told), sizeof k->told - strlen(k->told), "%s%s %s",
	         k->told[0] ? ", " : "", c->path, how[c->how]);
}

static void case_init(struct carry_case *c, void **state, const struct run_copy *copies)
{
	struct scratch *s = *state;
	*c = (struct carry_case){ .s = s, .task = { .copies_out = copies,
		.root = scratch_path(s, "project"), .dir = scratch_path(s, "run") } };
	assert_true(save_dir(scratch_path(s, "project"), 0755, &s->err));
	assert_true(save_dir(scratch_path(s, "run/0"), 0755, &s->err));
	assert_true(save_dir(scratch_path(s, "run/1"), 0755, &s->err));
}

static const struct run_copy files[] = {
	{ .container = "/w/a.toml", .path = "a.toml" },
	{ .container = "/w/b.lock", .path = "b.lock", .may_lack = true },
	{ 0 },
};
static const struct run_copy folder[] = { { .container = "/w/dist", .path = "out" }, { 0 } };

static bool case_place(struct carry_case *c)
{
	bool ok = carry_place(c->carry, false, case_told, c, &c->s->err);
	carry_free(c->carry);
	c->carry = NULL;
	return ok;
}

static void test_carry__new_changed_and_the_same(void **state)
{
	struct carry_case c;
	case_init(&c, state, files);
	scratch_write(c.s, "project/a.toml", "old");
	chmod(scratch_path(c.s, "project/a.toml"), 0640);
	c.carry = carry_new(&c.task);
	scratch_write(c.s, "run/0/a.toml", "new");
	scratch_write(c.s, "run/1/b.lock", "lock");
	assert_true(case_place(&c));
	assert_string_equal(c.told, "a.toml changed, b.lock new");
	assert_string_equal(scratch_read(c.s, scratch_path(c.s, "project/a.toml")), "new");
	assert_string_equal(scratch_read(c.s, scratch_path(c.s, "project/b.lock")), "lock");
	struct stat st;
	assert_int_equal(stat(scratch_path(c.s, "project/a.toml"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640);
	c.told[0] = '\0';
	c.carry = carry_new(&c.task);
	assert_true(case_place(&c));
	assert_string_equal(c.told, "a.toml same, b.lock same");
}

static void test_carry__what_somebody_changes_meanwhile_stays(void **state)
{
	static const char *const which[] = { "project/a.toml", "project/b.lock" };
	for (int i = 0; i < 2; i++) {
		struct carry_case c;
		case_init(&c, state, files);
		scratch_write(c.s, "project/a.toml", "old");
		unlink(scratch_path(c.s, "project/b.lock"));
		c.carry = carry_new(&c.task);
		scratch_write(c.s, "run/0/a.toml", "new");
		scratch_write(c.s, "run/1/b.lock", "lock");
		scratch_write(c.s, which[i], "mine");
		assert_false(case_place(&c));
		assert_int_equal(c.s->err.code, ERROR_CHANGED);
		assert_string_equal(scratch_read(c.s, scratch_path(c.s, which[i])), "mine");
		/* Nor is the other written. */
		assert_string_equal(scratch_read(c.s, scratch_path(c.s, "project/a.toml")),
		                    i ? "old" : "mine");
		assert_string_equal(c.told, "");
	}
}

static void test_carry__a_file_that_was_to_come(void **state)
{
	struct carry_case c;
	case_init(&c, state, files);
	c.carry = carry_new(&c.task);
	assert_true(save_remove(scratch_path(c.s, "run/0"), &c.s->err));
	scratch_write(c.s, "run/1/b.lock", "lock");
	assert_false(case_place(&c));
	assert_int_equal(c.s->err.code, ERROR_BUILD);
	assert_non_null(strstr(c.s->err.text, "/w/a.toml"));
	assert_int_equal(access(scratch_path(c.s, "project/b.lock"), F_OK), -1);
}

static void test_carry__a_folder_is_filled(void **state)
{
	struct carry_case c;
	case_init(&c, state, folder);
	assert_true(save_dir(scratch_path(c.s, "run/0/dist/deep"), 0755, &c.s->err));
	assert_true(save_dir(scratch_path(c.s, "project/out"), 0755, &c.s->err));
	scratch_write(c.s, "project/out/kept", "kept");
	scratch_write(c.s, "run/0/dist/deep/tool", "run me");
	chmod(scratch_path(c.s, "run/0/dist/deep/tool"), 0755);
	assert_int_equal(symlink("../kept", scratch_path(c.s, "run/0/dist/deep/link")), 0);
	c.carry = carry_new(&c.task);
	assert_true(case_place(&c));
	assert_string_equal(scratch_read(c.s, scratch_path(c.s, "project/out/kept")), "kept");
	assert_string_equal(scratch_read(c.s, scratch_path(c.s, "project/out/deep/link")), "kept");
	struct stat st;
	assert_int_equal(stat(scratch_path(c.s, "project/out/deep/tool"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0755);
}

static void test_carry__nothing_leaves_its_place(void **state)
{
	/* In the container; then here: what stands in the way. */
	static const char *const links[] = { "/etc/passwd", "../../x", "deep/../../x" };
	struct carry_case c;
	for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
		case_init(&c, state, folder);
		assert_true(save_dir(scratch_path(c.s, "run/0/dist"), 0755, &c.s->err));
		assert_int_equal(symlink(links[i], scratch_path(c.s, "run/0/dist/link")), 0);
		scratch_write(c.s, "run/0/dist/file", "x");
		c.carry = carry_new(&c.task);
		assert_false(case_place(&c));
		assert_int_equal(c.s->err.code, ERROR_BUILD);
		assert_int_equal(access(scratch_path(c.s, "project/out/file"), F_OK), -1);
		assert_true(save_remove(scratch_path(c.s, "run"), &c.s->err));
	}
	case_init(&c, state, folder);
	assert_true(save_dir(scratch_path(c.s, "run/0/dist/deep"), 0755, &c.s->err));
	assert_true(save_dir(scratch_path(c.s, "elsewhere"), 0755, &c.s->err));
	assert_true(save_dir(scratch_path(c.s, "project/out"), 0755, &c.s->err));
	scratch_write(c.s, "run/0/dist/deep/file", "x");
	assert_int_equal(symlink("../../elsewhere", scratch_path(c.s, "project/out/deep")), 0);
	c.carry = carry_new(&c.task);
	assert_false(case_place(&c));
	assert_int_equal(access(scratch_path(c.s, "elsewhere/file"), F_OK), -1);
}

static void test_carry__a_folder_stands_where_a_file_is_to_be(void **state)
{
	struct carry_case c;
	case_init(&c, state, files);
	assert_true(save_dir(scratch_path(c.s, "project/b.lock"), 0755, &c.s->err));
	scratch_write(c.s, "project/a.toml", "old");
	c.carry = carry_new(&c.task);
	scratch_write(c.s, "run/0/a.toml", "new");
	scratch_write(c.s, "run/1/b.lock", "lock");
	assert_false(case_place(&c));
	assert_non_null(strstr(c.s->err.text, "a folder here"));
	assert_string_equal(scratch_read(c.s, scratch_path(c.s, "project/a.toml")), "old");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, scratch_setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_carry__new_changed_and_the_same),
		TEST(test_carry__what_somebody_changes_meanwhile_stays),
		TEST(test_carry__a_file_that_was_to_come),
		TEST(test_carry__a_folder_is_filled),
		TEST(test_carry__nothing_leaves_its_place),
		TEST(test_carry__a_folder_stands_where_a_file_is_to_be),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
