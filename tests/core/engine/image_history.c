#include "core/engine/image_history.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

/* As dockerd 20.10 says it of both builders, newest first. */
static const char said[] =
	"[{\"CreatedBy\":\"CMD [\\\"true\\\"]\",\"Size\":0},"
	"{\"CreatedBy\":\"RUN |1 A=b /bin/sh -c make it # buildkit\",\"Size\":300},"
	"{\"CreatedBy\":\"RUN /bin/sh -c make # buildkit\",\"Size\":20},"
	"{\"CreatedBy\":\"COPY a b # buildkit\",\"Size\":7},"
	"{\"CreatedBy\":\"|1 A=b /bin/sh -c make all\",\"Size\":5},"
	"{\"CreatedBy\":\"/bin/sh -c make old\",\"Size\":4},"
	"{\"CreatedBy\":\"/bin/sh -c #(nop) WORKDIR /app\"},7,"
	"{\"CreatedBy\":\"/bin/sh -c #(nop)  CMD [\\\"sh\\\"]\",\"Size\":-1}]";

static void test_image_history__instructions_as_they_were_written(void **state)
{
	static const struct { const char *text; uint64_t size; } wanted[] = {
		{ "CMD [\"sh\"]", 0 }, { "WORKDIR /app", 0 }, { "RUN make old", 4 }, { "RUN make all", 5 },
		{ "COPY a b", 7 }, { "RUN make", 20 }, { "RUN make it", 300 }, { "CMD [\"true\"]", 0 },
	};
	struct image_history h;
	struct error err = { 0 };
	owned(arena) struct arena *a = arena_new();
	(void)state;
	assert_true(image_history_read(a, str_of(said), &h, &err));
	assert_int_equal(h.n, sizeof wanted / sizeof *wanted);
	for (size_t i = 0; i < h.n; i++) {
		assert_string_equal(arena_text(a, h.entries[i].text), wanted[i].text);
		assert_int_equal(h.entries[i].size, wanted[i].size);
	}
}

static void test_image_history__what_is_none(void **state)
{
	static const char *const table[] = { "", "{}", "[", "3" };
	struct image_history h;
	owned(arena) struct arena *a = arena_new();
	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct error err = { 0 };
		assert_false(image_history_read(a, str_of(table[i]), &h, &err));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_image_history__instructions_as_they_were_written),
		cmocka_unit_test(test_image_history__what_is_none),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
