#include "core/engine/docker_options.h"

#include "tests/core/base/testing.h"

/* A task of the options given as "name=value" lines. */
static size_t read_options(const char *text, struct pair *options)
{
	struct str rest = str_of(text), line;
	size_t n = 0;
	while (text[0] && str_next(&rest, '\n', &line)) {
		size_t equals = str_find(line, '=');
		assert_true(n < 16 && equals != STR_NONE);
		options[n++] = (struct pair){ str_slice(line, 0, equals),
		                              str_slice(line, equals + 1, line.n) };
	}
	return n;
}

/* The text with %XX undone. */
static const char *unescape(struct arena *a, struct str text)
{
	char *plain = arena_alloc(a, text.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < text.n; i++) {
		char hex[3] = { 0 };
		if (text.p[i] == '%') {
			memcpy(hex, text.p + i + 1, 2);
			plain[n++] = (char)strtol(hex, NULL, 16);
			i += 2;
		} else {
			plain[n++] = text.p[i];
		}
	}
	return plain;
}

struct row { enum docker_builder builder; const char *options, *want; };

/* A want that begins with '!' is a part of the refusal, with '?' of what is wrong. */
static void check_row(const struct row *r, const char *version, const char *host)
{
	struct pair options[16];
	struct image_task t = { .options = options, .noptions = read_options(r->options, options) };
	owned(arena) struct arena *a = arena_new();
	owned_buf struct buf path = { 0 };
	struct error err = { 0 };
	buf_append_text(&path, "/build");
	if (!docker_options_can(&t, r->builder, version, &err)) {
		if ((r->want[0] != '!' && r->want[0] != '?') || !strstr(err.text, r->want + 1))
			fail_msg("%s is refused: %s", r->options, err.text);
		assert_int_equal(err.code, r->want[0] == '!' ? ERROR_REFUSED : ERROR_USAGE);
		return;
	}
	docker_options_append(&path, &t, r->builder, version, host);
	assert_string_equal(unescape(a, buf_str(&path)), r->want);
}

static void test_docker_options__become_parameters(void **state)
{
	static const struct row rows[] = {
		{ DOCKER_CLASSIC, "add-host=db=10.0.0.7\nadd-host=me:host-gateway",
		  "/build?extrahosts=db:10.0.0.7&extrahosts=me:host-gateway" },
		{ DOCKER_CLASSIC, "shm-size=64m\nulimit=nofile=1:2\nulimit=core=-1\ncgroup-parent=/x y",
		  "/build?ulimits=[{\"Name\":\"nofile\",\"Soft\":1,\"Hard\":2},"
		  "{\"Name\":\"core\",\"Soft\":-1,\"Hard\":-1}]&shmsize=67108864&cgroupparent=/x y" },
		{ DOCKER_CLASSIC, "cache-from=a:1\ncache-from=type=registry,ref=h:5000/b",
		  "/build?cachefrom=[\"a:1\",\"h:5000/b\"]" },
		{ DOCKER_CLASSIC, "output=type=image\nprovenance=false\nsbom=0", "/build" },
		{ DOCKER_BUILDKIT, "add-host=db=10.0.0.7\ncache-from=a",
		  "/build?extrahosts=db:10.0.0.7&cachefrom=[\"a\"]" },
	};
	static const struct row podman[] = {
		{ DOCKER_PODMAN, "", "/build?extrahosts=[\"mark:240.0.0.1\"]" },
		{ DOCKER_PODMAN, "add-host=v6=::1\nulimit=nofile=1:2\nshm-size=1g",
		  "/build?extrahosts=[\"mark:240.0.0.1\",\"v6:::1\"]&ulimits=[\"nofile=1:2\"]"
		  "&shmsize=1073741824" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		check_row(&rows[i], "20.10.24", NULL);
	for (size_t i = 0; i < sizeof podman / sizeof *podman; i++)
		check_row(&podman[i], "4.3.1", "mark:240.0.0.1");
}

/* Up to 4.3 one repository as it is, then a list. */
static void test_docker_options__podman_keeps_caches_in_repositories(void **state)
{
	static const struct row old = { DOCKER_PODMAN, "cache-from=h:5000/c\ncache-to=h:5000/d",
	                                "/build?cachefrom=h:5000/c&cacheto=h:5000/d" };
	static const struct row new = { DOCKER_PODMAN, "cache-from=h:5000/c\ncache-from=h:5000/d",
	                                "/build?cachefrom=[\"h:5000/c\",\"h:5000/d\"]" };
	static const struct row more = { DOCKER_PODMAN, "cache-to=h:5000/c\ncache-to=h:5000/d",
	                                 "!4.3.1 has no --cache-to more than once: 4.4 has it" };
	static const struct row tagged = { DOCKER_PODMAN, "cache-to=h:5000/c:1",
	                                   "!ref= without a tag, not 'h:5000/c:1'" };
	(void)state;
	check_row(&old, "4.3.1", NULL);
	check_row(&new, "4.4.0", NULL);
	check_row(&new, "5.0.0-dev", NULL);
	check_row(&tagged, "4.3.1", NULL);
	check_row(&more, "4.3.1", NULL);
}

static void test_docker_options__what_a_builder_lacks_is_refused(void **state)
{
	static const struct row rows[] = {
		{ DOCKER_CLASSIC, "ssh=default", "!the classic builder has no --ssh: --engine buil" },
		{ DOCKER_PODMAN, "ssh=default", "!podman's service has no --ssh" },
		{ DOCKER_CLASSIC, "cache-to=type=inline", "!no --cache-to: --engine podman and buildah" },
		{ DOCKER_PODMAN, "cache-to=type=inline", "!no --cache-to type=inline: type=registry" },
		{ DOCKER_CLASSIC, "cache-from=type=registry,ref=a,mode=max",
		  "!no --cache-from with mode=max" },
		{ DOCKER_PODMAN, "cache-to=type=registry,ref=h/c,mode=min",
		  "!no --cache-to with mode=min" },
		{ DOCKER_CLASSIC, "cache-from=type=local,src=/c", "!no --cache-from type=local" },
		{ DOCKER_CLASSIC, "no-cache-filter=web", "!no --no-cache-filter: --engine buildkit" },
		{ DOCKER_PODMAN, "no-cache-filter=web", "!no --no-cache-filter" },
		{ DOCKER_CLASSIC, "build-context:src=/x", "!no --build-context: --engine buildah" },
		{ DOCKER_PODMAN, "build-context:src=/x", "!no --build-context" },
		{ DOCKER_CLASSIC, "output=type=local,dest=/o", "!no --output type=local: --engine buildkit "
		  "and buildah have it" },
		{ DOCKER_PODMAN, "output=type=oci,dest=/o", "!no --output type=oci: a buildkitd" },
		{ DOCKER_CLASSIC, "output=type=cacheonly", "!no --output type=cacheonly" },
		{ DOCKER_CLASSIC, "output=type=image,compression=zstd",
		  "!no --output type=image,compression=" },
		{ DOCKER_CLASSIC, "provenance=true", "!--provenance is BuildKit's" },
		{ DOCKER_PODMAN, "sbom=generator=x", "!--sbom is BuildKit's" },
		{ DOCKER_CLASSIC, "platform=a/b,c/d", "!no images for several platforms" },
		{ DOCKER_BUILDKIT, "shm-size=1m", "!a BuildKit without sessions has no --shm-size" },
		{ DOCKER_BUILDKIT, "ssh=default", "!a BuildKit without sessions has no --ssh" },
		{ DOCKER_CLASSIC, "add-host=x", "?--add-host: it needs NAME=ADDRESS" },
		{ DOCKER_CLASSIC, "ulimit=x", "?--ulimit: it needs NAME=SOFT" },
		{ DOCKER_CLASSIC, "shm-size=x", "?--shm-size: it needs a number" },
		{ DOCKER_CLASSIC, "sbom=x", "?--sbom: it needs true, false" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		check_row(&rows[i], "20.10.24", NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_docker_options__become_parameters),
		cmocka_unit_test(test_docker_options__podman_keeps_caches_in_repositories),
		cmocka_unit_test(test_docker_options__what_a_builder_lacks_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
