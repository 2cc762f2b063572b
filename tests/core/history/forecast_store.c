#include "core/os/append.h"
#include "core/os/files.h"
#include "tests/core/history/chain.h"

static struct forecast_known store_known(const char *key, const char *shape, const char *stands,
                                         double ran)
{
	return (struct forecast_known){ str_of(key), str_of(shape), str_of(stands), ran, false };
}

static struct forecast_store *store_open(void)
{
	return forecast_store_open(STR("buildkit"), STR("here"));
}

static void test_store__keeps_the_last_word_on_a_key(void **state)
{
	struct scratch *s = *state;
	const struct forecast_known first[] = { store_known("a1", "a1", "a1", 12.5),
	                                        store_known("b1", "c1", "b1", 13) };
	const struct forecast_known then[] = { store_known("a1", "a1", "a1", 0),
	                                       store_known("b2", "c1", "b1", 14) };
	owned(forecast_store) struct forecast_store *empty = store_open();
	assert_true(forecast_store_is_empty(empty));
	assert_null(forecast_store_find(empty, STR("a1")));
	assert_true(forecast_store_append(empty, first, 2, &s->err));
	assert_true(forecast_store_append(empty, then, 2, &s->err));
	owned(forecast_store) struct forecast_store *store = store_open();
	assert_false(forecast_store_is_empty(store));
	/* Served since, it ran when it ran. */
	assert_true(forecast_store_find(store, STR("a1"))->ran > 12);
	assert_true(str_eq(forecast_store_find(store, STR("b2"))->stands, STR("b1")));
	assert_true(str_eq(forecast_store_like(store, STR("c1"))->key, STR("b2")));
	assert_null(forecast_store_find(store, (struct str){ 0 }));
	owned(forecast_store) struct forecast_store *other =
		forecast_store_open(STR("classic"), STR("here"));
	assert_true(forecast_store_is_empty(other));
}

static void test_store__reads_past_what_is_broken(void **state)
{
	struct scratch *s = *state;
	const struct forecast_known one = store_known("a1", "a1", "a1", 1);
	owned(forecast_store) struct forecast_store *empty = store_open();
	assert_true(forecast_store_append(empty, &one, 1, &s->err));
	owned(files) struct files *disk = files_disk("/");
	struct files_list list;
	const char *dir = scratch_path(s, "mortar/cached");
	assert_int_equal(files_list(disk, dir, s->arena, &list, &s->err), FILES_OK);
	assert_int_equal(list.n, 1);
	const char *path = files_join(s->arena, dir, list.entries[0].name);
	/* A line that a full disk has cut, and what is none of ours. */
	assert_true(append_shared(path, STR("c1 c1\nzz zz zz 1\n\nd1 d1 d1 x\ne1 e1 e1"), &s->err));
	const struct forecast_known two = store_known("b1", "b1", "b1", 1);
	assert_true(forecast_store_append(empty, &two, 1, &s->err));
	owned(forecast_store) struct forecast_store *store = store_open();
	assert_non_null(forecast_store_find(store, STR("a1")));
	assert_non_null(forecast_store_find(store, STR("b1")));
	assert_null(forecast_store_find(store, STR("c1")));
	assert_null(forecast_store_find(store, STR("d1")));
	assert_null(forecast_store_find(store, STR("e1")));
}

static void test_store__forgets_what_was_removed(void **state)
{
	struct scratch *s = *state;
	const struct forecast_known both[] = { store_known("a1", "a1", "a1", 1),
	                                       store_known("b1", "b1", "b1", 2) };
	owned(forecast_store) struct forecast_store *empty = store_open();
	assert_true(forecast_store_append(empty, both, 2, &s->err));
	owned(forecast_store) struct forecast_store *store = store_open();
	const struct str keys[] = { STR("a1"), STR("ff") };
	assert_true(forecast_store_forget(store, keys, 2, &s->err));
	owned(forecast_store) struct forecast_store *after = store_open();
	assert_null(forecast_store_find(after, STR("a1")));
	assert_true(str_eq(forecast_store_find_gone(after, STR("a1"))->stands, STR("a1")));
	assert_non_null(forecast_store_find(after, STR("b1")));
	assert_null(forecast_store_find_gone(after, STR("b1")));
	/* Built again it is there again. */
	assert_true(forecast_store_append(after, both, 1, &s->err));
	owned(forecast_store) struct forecast_store *again = store_open();
	assert_non_null(forecast_store_find(again, STR("a1")));
	assert_true(forecast_store_forget(again, NULL, 0, &s->err));
	owned(forecast_store) struct forecast_store *last = store_open();
	assert_true(forecast_store_find_gone(last, STR("a1")) &&
	            forecast_store_find_gone(last, STR("b1")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CHAIN_TEST(test_store__keeps_the_last_word_on_a_key),
		CHAIN_TEST(test_store__reads_past_what_is_broken),
		CHAIN_TEST(test_store__forgets_what_was_removed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
