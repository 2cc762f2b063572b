#include "core/ext/pb_control.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/ext/pb.h"

#define BYTES(literal) ((struct str){ literal, sizeof(literal) - 1 })

static void written(const struct buf *b, struct str wanted)
{
	assert_int_equal(b->n, wanted.n);
	assert_memory_equal(b->p, wanted.p, wanted.n);
}

static void test_pb_control__writes_a_solve_as_old_and_new_daemons_read_it(void **state)
{
	(void)state;
	owned_buf struct buf b = { 0 };
	struct pair name = { STR("name"), STR("a:1") }, file = { STR("filename"), STR("D") };
	struct pair ref = { STR("ref"), STR("r") };
	struct pb_typed exporter = { STR("moby"), &name, 1 }, cache = { STR("registry"), &ref, 1 };
	const char *const entitlements[] = { "network.host", NULL };
	struct pb_solve s = {
		.ref = STR("x"), .session = STR("s"), .frontend = STR("f"), .attrs = &file, .nattrs = 1,
		.exporters = &exporter, .nexporters = 1, .cache_imports = &cache, .ncache_imports = 1,
		.entitlements = entitlements,
	};
	pb_solve_append(&b, &s);
	/* Fields 1, 3 and 4 (the exporter of before 0.13), 5, 6, 7, 8 with 5 in it, 9, 13. */
	written(&b, BYTES("\x0a\x01" "x" "\x1a\x04" "moby" "\x22\x0b\x0a\x04" "name" "\x12\x03" "a:1"
	                  "\x2a\x01" "s" "\x32\x01" "f"
	                  "\x3a\x0d\x0a\x08" "filename" "\x12\x01" "D"
	                  "\x42\x16\x2a\x14\x0a\x08" "registry" "\x12\x08\x0a\x03" "ref" "\x12\x01" "r"
	                  "\x4a\x0c" "network.host"
	                  "\x6a\x13\x0a\x04" "moby" "\x12\x0b\x0a\x04" "name" "\x12\x03" "a:1"));
}

static void test_pb_control__a_solve_without_a_result_has_no_exporter(void **state)
{
	(void)state;
	owned_buf struct buf b = { 0 };
	struct pb_solve s = { .ref = STR("x") };
	pb_solve_append(&b, &s);
	written(&b, BYTES("\x0a\x01" "x" "\x42\x00"));
}

static void test_pb_control__reads_what_solve_answers(void **state)
{
	(void)state;
	owned(arena) struct arena *a = arena_new();
	struct error err = { 0 };
	const struct pair *answer;
	size_t n;
	assert_true(pb_solve_answer_parse(a, BYTES("\x0a\x06\x0a\x01" "k" "\x12\x01" "v" "\x0a\x00"
	                                           "\x12\x03new"), &answer, &n, &err));
	assert_int_equal(n, 2);
	assert_true(str_eq(answer[0].name, STR("k")) && str_eq(answer[0].value, STR("v")));
	assert_int_equal(answer[1].name.n + answer[1].value.n, 0);
}

static void test_pb_control__reads_workers(void **state)
{
	(void)state;
	owned(arena) struct arena *a = arena_new();
	struct error err = { 0 };
	const struct pb_worker *w;
	size_t n;
	static const char bytes[] =
		"\x0a\x23\x0a\x04" "moby" "\x1a\x0e\x0a\x05" "amd64" "\x12\x05" "linux"
		"\x2a\x0b\x0a\x02" "bk" "\x12\x05" "v0.24";
	assert_true(pb_workers_parse(a, BYTES(bytes), &w, &n, &err));
	assert_int_equal(n, 1);
	assert_true(str_eq(w->id, STR("moby")));
	assert_int_equal(w->nplatforms, 1);
	assert_true(str_eq(w->platforms->os, STR("linux")));
	assert_true(str_eq(w->platforms->architecture, STR("amd64")));
	assert_true(str_eq(w->version.version, STR("v0.24")));
}

static void test_pb_control__reads_a_version(void **state)
{
	(void)state;
	owned(arena) struct arena *a = arena_new();
	struct error err = { 0 };
	struct pb_version v;
	assert_true(pb_info_parse(a, BYTES("\x0a\x07\x12\x05" "v0.24"), &v, &err));
	assert_true(str_eq(v.version, STR("v0.24")));
	assert_true(pb_info_parse(a, BYTES(""), &v, &err));
	assert_int_equal(v.version.n, 0);
}

static void test_pb_control__reads_what_lies_in_the_cache(void **state)
{
	(void)state;
	owned(arena) struct arena *a = arena_new();
	struct error err = { 0 };
	struct pb_usage u;
	static const char bytes[] =
		"\x0a\x02id\x10\x01\x18\x01\x20\xff\xff\x03\x2a\x03old\x32\x02\x08\x02\x40\x05"
		"\x4a\x02in\x52\x07regular\x58\x01";
	assert_true(pb_usage_parse(a, BYTES(bytes), &u, &err));
	assert_true(str_eq(u.id, STR("id")) && str_eq(u.type, STR("regular")));
	assert_true(u.is_mutable && u.in_use && u.shared);
	assert_int_equal(u.size, 65535);
	assert_int_equal(u.count, 5);
	assert_true(u.created == 2000000000 && u.last_used == 0);
	/* The parent of before 0.10. */
	assert_int_equal(u.nparents, 1);
	assert_true(str_eq(u.parents[0], STR("old")));
	/* A size that cannot be. */
	assert_true(pb_usage_parse(a, BYTES("\x20\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), &u, &err));
	assert_int_equal(u.size, 0);
}

static void test_pb_control__writes_what_is_to_be_pruned(void **state)
{
	(void)state;
	owned_buf struct buf b = { 0 };
	const char *const filters[] = { "id==x", "unused-for=1h", NULL };
	struct pb_prune p = { .filters = filters, .all = true, .keep_ns = 3, .keep_bytes = 300 };
	pb_prune_append(&b, &p);
	written(&b, BYTES("\x0a\x05id==x\x0a\x0dunused-for=1h\x10\x01\x18\x03\x20\xac\x02"));
}

static void test_pb_control__reads_history(void **state)
{
	(void)state;
	owned(arena) struct arena *a = arena_new();
	owned_buf struct buf b = { 0 };
	struct error err = { 0 };
	struct pb_history h;
	struct pb_history_request r = { .early_exit = true, .ref = STR("x"), .limit = 2 };
	pb_history_request_append(&b, &r);
	written(&b, BYTES("\x12\x01x\x18\x01\x28\x02"));
	static const char good[] = "\x08\x01\x12\x0d\x0a\x01" "r" "\x4a\x06\x0a\x01" "k" "\x12\x01" "v"
	                           "\x78\x04";
	assert_true(pb_history_parse(a, BYTES(good), &h, &err));
	assert_int_equal(h.kind, PB_HISTORY_COMPLETE);
	assert_true(str_eq(h.ref, STR("r")));
	assert_int_equal(h.nanswer, 1);
	assert_int_equal(h.details.n, 0);
	assert_int_equal(h.cached_steps, 4);
	static const char failed[] = "\x08\x01\x12\x0b\x0a\x01" "r" "\x2a\x06\x08\x02\x12\x02" "no";
	assert_true(pb_history_parse(a, BYTES(failed), &h, &err));
	assert_int_equal(h.code, 2);
	assert_true(str_eq(h.message, STR("no")));
	assert_int_equal(h.details.n, 6);
}

static void test_pb_control__refuses_what_is_no_message(void **state)
{
	(void)state;
	static const struct str wrong[] = {
		BYTES("\x0a"), BYTES("\x0a\x05" "ab"), BYTES("hello"), BYTES("\x0b\x0c"),
	};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		owned(arena) struct arena *a = arena_new();
		struct error err = { 0 };
		struct pb_usage u;
		struct pb_history h;
		assert_false(pb_usage_parse(a, wrong[i], &u, &err));
		assert_int_equal(err.code, ERROR_PROTOCOL);
		assert_false(pb_history_parse(a, wrong[i], &h, &err));
	}
	/* An event of nothing, and of a kind that there is not. */
	owned(arena) struct arena *a = arena_new();
	struct error err = { 0 };
	struct pb_history h;
	assert_false(pb_history_parse(a, BYTES("\x08\x01"), &h, &err));
	assert_false(pb_history_parse(a, BYTES("\x08\x07\x12\x00"), &h, &err));
	assert_int_equal(err.code, ERROR_PROTOCOL);
}

static void test_pb_control__refuses_a_message_that_is_too_large(void **state)
{
	(void)state;
	owned(arena) struct arena *a = arena_new();
	owned_buf struct buf b = { 0 };
	struct error err = { 0 };
	const struct pb_usage *u;
	size_t n;
	buf_append_fill(&b, 0, PB_SIZE_MAX + 1);
	assert_false(pb_usages_parse(a, buf_str(&b), &u, &n, &err));
	assert_int_equal(err.code, ERROR_LIMIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pb_control__writes_a_solve_as_old_and_new_daemons_read_it),
		cmocka_unit_test(test_pb_control__a_solve_without_a_result_has_no_exporter),
		cmocka_unit_test(test_pb_control__reads_what_solve_answers),
		cmocka_unit_test(test_pb_control__reads_workers),
		cmocka_unit_test(test_pb_control__reads_a_version),
		cmocka_unit_test(test_pb_control__reads_what_lies_in_the_cache),
		cmocka_unit_test(test_pb_control__writes_what_is_to_be_pruned),
		cmocka_unit_test(test_pb_control__reads_history),
		cmocka_unit_test(test_pb_control__refuses_what_is_no_message),
		cmocka_unit_test(test_pb_control__refuses_a_message_that_is_too_large),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
