#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "core/kind/image_file.h"

static void test_image_file__lists_a_folder(void **state)
{
	static const char *const there[] = {
		"/p/web.Dockerfile", "/p/Containerfile", "/p/Dockerfile", "/p/Dockerfile.dockerignore",
		"/p/Dockerfile.api", "/p/sub/Dockerfile", "/p/a.Containerfile",
	};
	owned(arena) struct arena *a = arena_new();
	owned(files) struct files *files = files_memory(NULL);
	owned_buf struct buf out = { 0 };
	const char *const *names;
	(void)state;
	for (size_t i = 0; i < sizeof there / sizeof *there; i++)
		files_memory_put(files, there[i], STR("FROM scratch\n"));
	size_t n = image_files(files, a, "/p", &names);
	for (size_t i = 0; i < n; i++)
		buf_printf(&out, "%s ", names[i]);
	assert_string_equal(buf_text(&out), "Dockerfile Containerfile Dockerfile.api "
	                    "a.Containerfile web.Dockerfile ");
	assert_int_equal(image_files(files, a, "/nowhere", &names), 0);
}

static void test_image_file__says_what_cannot_be_read(void **state)
{
	owned(arena) struct arena *a = arena_new();
	owned(files) struct files *files = files_memory(NULL);
	owned(problems) struct problems *problems = problems_new();
	struct image_file file;
	(void)state;
	assert_false(image_file_read(files, a, "/p", "web.Dockerfile", problems, &file));
	assert_null(file.source);
	assert_string_equal(arena_text(a, problems_get(problems, 0)->text),
	                    "there is no file '/p/web.Dockerfile'");
}

/* Its own before the context's; beside the Dockerfile, wherever the context is. */
static void test_image_file__has_its_own_ignore_file(void **state)
{
	static const struct { const char *there, *file, *context, *ignored; } rows[] = {
		{ "/p/.dockerignore", "web.Dockerfile", "/p", "/p/.dockerignore" },
		{ "/p/web.Dockerfile.dockerignore", "web.Dockerfile", "/p",
		  "/p/web.Dockerfile.dockerignore" },
		{ "/p/docker/web.Dockerfile.dockerignore", "docker/web.Dockerfile", "/p",
		  "/p/docker/web.Dockerfile.dockerignore" },
		{ "/p/docker/.dockerignore", "docker/Dockerfile", "/p", NULL },
		{ "/p/Dockerfile.dockerignore", "web.Dockerfile", "/p", NULL },
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		owned(arena) struct arena *a = arena_new();
		owned(files) struct files *files = files_memory(NULL);
		owned(problems) struct problems *problems = problems_new();
		files_memory_put(files, rows[i].there, STR("*.log\n"));
		struct ignore *ignore = image_file_ignore(files, a, "/p", rows[i].file, rows[i].context,
		                                          problems);
		assert_int_equal(ignore != NULL, rows[i].ignored != NULL);
		ignore_free(ignore);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_image_file__lists_a_folder),
		cmocka_unit_test(test_image_file__says_what_cannot_be_read),
		cmocka_unit_test(test_image_file__has_its_own_ignore_file),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
