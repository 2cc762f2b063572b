#include "core/engine/images.h"

#include "tests/core/os/scratch.h"

static void check_images(const struct engine_images *images, const char *wanted)
{
	owned_buf struct buf out = { 0 };
	for (size_t i = 0; i < images->n; i++) {
		const struct engine_image *m = &images->items[i];
		buf_printf(&out, "%s:%s %s %llu %.0f\n", m->name, m->tag, m->id,
		           (unsigned long long)m->size, m->created);
	}
	assert_string_equal(buf_text(&out), wanted);
}

static void test_images__reads_dockerds_list(void **state)
{
	struct scratch *s = *state;
	struct engine_images images;
	struct str json = STR("[{\"Id\":\"sha256:aa\",\"Size\":12,\"Created\":5,"
		"\"RepoTags\":[\"svc:1.0\",\"other:1\",\"svc:latest\"]},"
		"{\"Id\":\"sha256:bb\",\"Size\":13,\"Created\":9,"
		"\"RepoTags\":[\"localhost/svc:1.0-gpu\"]},{\"Id\":\"sha256:cc\",\"RepoTags\":null},"
		"{\"Id\":\"sha256:dd\",\"RepoTags\":[\"host:5000/svc:1\",\"svc2:1\",\"svc\"]}]");
	assert_true(engine_images_read_docker(s->arena, json, STR("svc"), &images, &s->err));
	check_images(&images, "svc:1.0-gpu sha256:bb 13 9\nsvc:1.0 sha256:aa 12 5\n"
	             "svc:latest sha256:aa 12 5\n");
}

static void test_images__reads_buildahs_list(void **state)
{
	struct scratch *s = *state;
	struct engine_images images;
	struct str json = STR("[{\"id\":\"46a9\",\"names\":[\"localhost/svc:1\"],\"size\":\"2.13 MB\","
		"\"created\":1795257073},{\"id\":\"46aa\",\"names\":[\"docker.io/library/svc:2\"],"
		"\"size\":\"147 KB\",\"created\":3},{\"id\":\"46ab\",\"names\":null,\"size\":\"x\"}]");
	assert_true(engine_images_read_buildah(s->arena, json, STR("svc"), &images, &s->err));
	check_images(&images, "svc:1 46a9 2130000 1795257073\nsvc:2 46aa 147000 3\n");
	assert_true(engine_images_read_buildah(s->arena, STR("null"), STR("svc"), &images, &s->err));
	assert_int_equal(images.n, 0);
}

static void test_images__refuses_nonsense(void **state)
{
	static const char *const texts[] = { "", "{", "{}", "7", "[] []" };
	struct scratch *s = *state;
	struct engine_images images;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		assert_false(engine_images_read_docker(s->arena, str_of(texts[i]), STR("svc"), &images,
		                                       &s->err));
	struct str odd = STR("[1,\"x\",null,[],{},{\"RepoTags\":\"svc:1\"},{\"RepoTags\":[7,null,{}]},"
	                     "{\"RepoTags\":[\"svc:1\"],\"Size\":\"x\",\"Created\":-4,\"Id\":[]}]");
	assert_true(engine_images_read_docker(s->arena, odd, STR("svc"), &images, &s->err));
	check_images(&images, "svc:1  0 0\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_images__reads_dockerds_list),
		SCRATCH_TEST(test_images__reads_buildahs_list),
		SCRATCH_TEST(test_images__refuses_nonsense),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
