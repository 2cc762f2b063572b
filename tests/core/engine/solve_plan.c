#include "core/engine/solve_plan.h"

#include "tests/core/base/testing.h"

/* A task of the options given as "name=value" lines, and what a daemon is told of it. */
static const char *const tags[] = { "app:1", "host:5000/app:2", NULL };

static const struct solve_facts dockerd20 = {
	.daemon = SOLVE_DOCKERD, .version = "20.10.24", .build_id = "b1", .agent = "/run/agent" };
static const struct solve_facts dockerd28 = {
	.daemon = SOLVE_DOCKERD, .version = "28.5.2", .build_id = "b1",
	.host_gateway = "172.17.0.1" };
static const struct solve_facts dockerd29 = {
	.daemon = SOLVE_DOCKERD, .version = "29.1.0", .has_containerd_store = true,
	.build_id = "b1" };
static const struct solve_facts buildkitd24 = {
	.daemon = SOLVE_BUILDKITD, .version = "v0.24.0", .build_id = "b1" };
static const struct solve_facts buildkitd10 = {
	.daemon = SOLVE_BUILDKITD, .version = "v0.10.6", .build_id = "b1" };

static void append_pairs(struct buf *out, const char *what, const struct pair *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_printf(out, "%s %.*s=%.*s\n", what, STR_ARG(p[i].name), STR_ARG(p[i].value));
}

static void append_parts(struct buf *out, const char *what, const struct solve_part *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		buf_printf(out, "%s %s\n", what, p[i].type);
		append_pairs(out, " with", p[i].attrs, p[i].nattrs);
	}
}

static void append_plan(struct buf *out, const struct solve_plan *p)
{
	buf_printf(out, "exporter %s\n", p->exporter[0] ? p->exporter : "(none)");
	append_pairs(out, " with", p->exporter_attrs, p->nexporter_attrs);
	append_parts(out, "of several", p->exporters, p->nexporters);
	append_pairs(out, "attr", p->attrs, p->nattrs);
	append_parts(out, "import", p->imports, p->nimports);
	append_parts(out, "export", p->exports, p->nexports);
	for (const char *const *e = p->entitlements; *e; e++)
		buf_printf(out, "allow %s\n", *e);
	for (size_t i = 0; i < p->noutputs; i++)
		buf_printf(out, "%s %s\n", p->outputs[i].is_dir ? "folder" : "file",
		           p->outputs[i].path ? p->outputs[i].path : "(none)");
	append_pairs(out, "ssh", p->ssh, p->nssh);
	buf_append_text(out, p->has_image ? "image\n" : "no image\n");
}

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

static bool make(struct arena *a, const char *text, const struct solve_facts *facts,
                 struct solve_plan *plan, struct error *err)
{
	struct pair options[16];
	struct image_task task = { .tags = tags, .options = options,
	                           .noptions = read_options(text, options) };
	return solve_plan_make(a, &task, facts, plan, err);
}

/* want: lines that are all there, in that order; "!CODE:" and a part of the message. */
struct row { const char *options; const struct solve_facts *facts; const char *want; };

static void check_refused(const struct row *r, const struct error *err)
{
	const char *want = r->want + 2;
	if (r->want[0] != '!' || !strstr(err->text, want))
		fail_msg("%s is refused: %s", r->options, err->text);
	assert_int_equal(err->code, r->want[1] == 'u' ? ERROR_USAGE : ERROR_REFUSED);
}

static void check_lines(const struct row *r, const char *got)
{
	struct str rest = str_of(r->want), line, all = str_of(got);
	while (str_next(&rest, '\n', &line)) {
		size_t at = str_find_str(all, line);
		if (line.n && (at == STR_NONE || (at + line.n < all.n && all.p[at + line.n] != '\n')))
			fail_msg("%s gives\n%s without '%.*s'", r->options, got, STR_ARG(line));
		all = line.n ? str_slice(all, at + line.n, all.n) : all;
	}
}

static void check(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		owned(arena) struct arena *a = arena_new();
		owned_buf struct buf out = { 0 };
		struct solve_plan plan;
		struct error err = { 0 };
		if (!make(a, rows[i].options, rows[i].facts, &plan, &err)) {
			check_refused(&rows[i], &err);
			continue;
		}
		append_plan(&out, &plan);
		check_lines(&rows[i], buf_text(&out));
	}
}
#define CHECK_ROWS(rows) check(rows, sizeof(rows) / sizeof *(rows))

static void test_solve_plan__version_of_buildkit(void **state)
{
	static const struct { const struct solve_facts facts; unsigned want; } rows[] = {
		{ { .daemon = SOLVE_DOCKERD, .version = "19.03.15" }, 0 },
		{ { .daemon = SOLVE_DOCKERD, .version = "20.10.24" }, 8 },
		{ { .daemon = SOLVE_DOCKERD, .version = "20.10.24+dfsg1" }, 8 },
		{ { .daemon = SOLVE_DOCKERD, .version = "23.0.1" }, 10 },
		{ { .daemon = SOLVE_DOCKERD, .version = "24.0.9" }, 11 },
		{ { .daemon = SOLVE_DOCKERD, .version = "26.1.0" }, 13 },
		{ { .daemon = SOLVE_DOCKERD, .version = "31.0.0" }, 25 },
		{ { .daemon = SOLVE_DOCKERD, .version = "dev" }, 0 },
		{ { .daemon = SOLVE_DOCKERD }, 0 },
		{ { .daemon = SOLVE_BUILDKITD, .version = "v0.24.0" }, 24 },
		{ { .daemon = SOLVE_BUILDKITD, .version = "0.11.6-0ubuntu1" }, 11 },
		{ { .daemon = SOLVE_BUILDKITD, .version = "v1.2.0" }, 999 },
		{ { .daemon = SOLVE_BUILDKITD, .version = "v0.0.0+unknown" }, 999 },
		{ { .daemon = SOLVE_BUILDKITD, .version = "master" }, 0 },
		{ { .daemon = SOLVE_BUILDKITD }, 0 },
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_int_equal(solve_buildkit(&rows[i].facts), rows[i].want);
}

static void test_solve_plan__what_is_built(void **state)
{
	static const struct row rows[] = {
		{ "", &dockerd20, "exporter moby\n with name=app:1,host:5000/app:2\nimage" },
		{ "target=web\nbuild-arg:A=1\nlabel:K=v\nplatform=linux/arm64\npull=true", &dockerd20,
		  "attr build-arg:A=1\nattr label:K=v\nattr target=web\nattr image-resolve-mode=pull\n"
		  "attr platform=linux/arm64" },
		{ "proxy=http://p:3128\nbuild-arg:HTTP_PROXY=mine", &dockerd20,
		  "attr build-arg:HTTP_PROXY=http://p:3128\nattr build-arg:HTTP_PROXY=mine" },
		{ "", &dockerd29, "attr image-resolve-mode=local" },
		{ "platform=linux/amd64,linux/arm64", &dockerd28,
		  "!rdockerd 28.5.2 has no images for several platforms: a buildkitd has it" },
		{ "platform=linux/amd64,linux/arm64", &dockerd29,
		  "attr platform=linux/amd64,linux/arm64" },
		{ "build-context:src=../lib\nbuild-context:alpine=docker-image://alpine:3.18", &dockerd28,
		  "attr context:src=local:src\nattr context:alpine=docker-image://alpine:3.18" },
		{ "build-context:src=../lib", &dockerd20,
		  "!rdockerd 20.10.24 has no --build-context: BuildKit 0.10 was the first with it, "
		  "dockerd 23.0" },
		{ "provenance=true\nsbom=generator=x", &buildkitd24,
		  "attr attest:provenance=mode=min\nattr attest:sbom=generator=x" },
		{ "provenance=mode=max\nsbom=1", &dockerd29,
		  "attr attest:provenance=mode=max\nattr attest:sbom=" },
		{ "provenance=false\nsbom=false", &dockerd20, "exporter moby" },
		{ "provenance=true", &dockerd20, "!rhas no --provenance: BuildKit 0.11" },
		{ "provenance=true", &dockerd28, "!rhas no --provenance: a buildkitd has it" },
		{ "sbom=1", &buildkitd10, "!rbuildkitd v0.10.6 has no --sbom: BuildKit 0.11" },
		{ "sbom=yes", &buildkitd24, "!u--sbom: " },
	};
	(void)state;
	CHECK_ROWS(rows);
}

static void test_solve_plan__what_run_gets(void **state)
{
	static const struct row rows[] = {
		{ "network=host\nnetwork=none", &dockerd20, "attr force-network-mode=none" },
		{ "network=host", &dockerd20, "attr force-network-mode=host\nallow network.host" },
		{ "network=host\nnetwork=default", &dockerd20, "exporter moby\nimage" },
		{ "network=mine", &buildkitd24, "!rBuildKit knows the networks host, none and default" },
		{ "add-host=db=10.0.0.7\nadd-host=v6:[::1]", &dockerd20,
		  "attr add-hosts=db=10.0.0.7,v6=::1" },
		{ "add-host=me=host-gateway", &dockerd28, "attr add-hosts=me=172.17.0.1" },
		{ "add-host=me=host-gateway", &dockerd20, "!rdoes not tell the address" },
		{ "add-host=me", &dockerd20, "!u--add-host: it needs NAME=ADDRESS" },
		{ "shm-size=64m\nulimit=nofile=10:20\nulimit=core=-1\ncgroup-parent=/x", &dockerd28,
		  "attr shm-size=67108864\nattr cgroup-parent=/x\nattr ulimit=nofile=10:20,core=-1:-1" },
		{ "shm-size=64m", &dockerd20, "!rhas no --shm-size: BuildKit 0.10 was the first with it, "
		  "dockerd 23.0; --engine classic, podman and buildah have it" },
		{ "ulimit=nofile=1", &dockerd20, "!rhas no --ulimit" },
		{ "cgroup-parent=/x", &dockerd20, "!rhas no --cgroup-parent" },
		{ "ssh=default\nssh=git=/run/g", &dockerd20, "ssh default=/run/agent\nssh git=/run/g" },
		{ "ssh=default", &dockerd28, "!uSSH_AUTH_SOCK is not set" },
	};
	(void)state;
	CHECK_ROWS(rows);
}

static void test_solve_plan__caches(void **state)
{
	static const struct row rows[] = {
		{ "cache-from=h:5000/a:c\ncache-from=type=registry,ref=b", &dockerd20,
		  "attr cache-imports=[{\"Type\":\"registry\",\"Attrs\":{\"ref\":\"h:5000/a:c\"}},"
		  "{\"Type\":\"registry\",\"Attrs\":{\"ref\":\"b\"}}]\n"
		  "import registry\n with ref=h:5000/a:c\nimport registry\n with ref=b" },
		{ "cache-to=type=inline", &dockerd20, "export inline" },
		{ "build-arg:BUILDKIT_INLINE_CACHE=1", &dockerd20, "export inline" },
		{ "build-arg:BUILDKIT_INLINE_CACHE=0", &dockerd20, "exporter moby" },
		{ "cache-to=h:5000/a:c", &dockerd20, "!rdockerd 20.10.24 has no --cache-to type=registry: "
		  "a buildkitd has it, and dockerd from 24.0 with containerd's image store; type=inline" },
		{ "cache-to=type=registry,ref=a,mode=max", &buildkitd24,
		  "export registry\n with ref=a\n with mode=max" },
		{ "cache-to=type=registry,ref=a", &dockerd29, "export registry" },
		{ "cache-to=type=inline\ncache-to=a", &buildkitd10,
		  "!rhas no --cache-to more than once: BuildKit 0.11" },
		{ "cache-to=type=inline\ncache-to=a", &buildkitd24, "export inline\nexport registry" },
		{ "cache-from=type=s3", &buildkitd24, "!u--cache-from: there is no type 's3'" },
	};
	(void)state;
	CHECK_ROWS(rows);
}

static void test_solve_plan__outputs(void **state)
{
	static const struct row rows[] = {
		{ "output=type=local,dest=/o", &dockerd20, "exporter local\nfolder /o\nno image" },
		{ "output=type=tar,dest=/o.tar", &dockerd20, "exporter tar\nfile /o.tar\nno image" },
		{ "output=type=cacheonly", &dockerd20, "exporter (none)\nno image" },
		{ "output=type=image", &dockerd20,
		  "exporter moby\n with name=app:1,host:5000/app:2\nimage" },
		{ "output=type=image,compression=zstd", &dockerd28,
		  "!rhas no --output type=image,compression=" },
		{ "output=type=oci,dest=/o", &dockerd28, "!rdockerd 28.5.2 has no --output type=oci: a "
		  "buildkitd has it, and dockerd from 24.0 with containerd's image store; docker save" },
		{ "output=type=oci,dest=/o,compression=zstd", &dockerd29,
		  "exporter oci\n with name=app:1,host:5000/app:2\n with compression=zstd\nfile /o\n"
		  "no image" },
		{ "output=type=docker,dest=/o", &buildkitd24, "exporter docker\nfile /o" },
		{ "output=type=docker,dest=/o\nsbom=1", &buildkitd24, "!rholds one image alone" },
		{ "output=type=docker,dest=/o\nplatform=a/b,c/d", &buildkitd24, "!rtype=oci does" },
		{ "", &buildkitd24, "exporter image\n with name=app:1,host:5000/app:2\nno image" },
		{ "push=true", &buildkitd24,
		  "exporter image\n with name=app:1,host:5000/app:2\n with push=true" },
		{ "output=type=registry", &buildkitd24, " with push=true" },
		{ "push=true", &dockerd20, "exporter moby\n with name=app:1,host:5000/app:2\nimage" },
		{ "push=true\noutput=type=local,dest=/o", &buildkitd24, "!u--push needs an image" },
		{ "output=type=image\noutput=type=local,dest=/o", &buildkitd10,
		  "!rhas no --output more than once: BuildKit 0.13" },
		{ "output=type=image\noutput=type=cacheonly\noutput=type=local,dest=/o", &dockerd28,
		  "exporter moby\nof several moby\n with name=app:1,host:5000/app:2\nof several local\n"
		  "file (none)\nfolder /o\nimage" },
		{ "output=type=zip,dest=/o", &dockerd20, "!u--output: there is no type 'zip'" },
	};
	(void)state;
	CHECK_ROWS(rows);
}

static void test_solve_plan__levels_decide_what_runs(void **state)
{
	static const char *const stages[] = { "web", "two", NULL };
	static const struct pair args[] = { { STR("C1"), { 0 } } };
	struct image_task task = { .level = { .no_cache_stages = stages, .args = args, .nargs = 1 } };
	owned(arena) struct arena *a = arena_new();
	owned_buf struct buf out = { 0 }, all = { 0 };
	struct solve_plan plan;
	struct error err;
	(void)state;
	assert_true(solve_plan_make(a, &task, &dockerd20, &plan, &err));
	append_pairs(&out, "attr", plan.attrs, plan.nattrs);
	assert_string_equal(buf_text(&out), "attr build-arg:C1=b1\nattr no-cache=web,two\n");
	/* No name: none is given. */
	assert_int_equal(plan.nexporter_attrs, 0);
	task.level.no_cache = true;
	assert_true(solve_plan_make(a, &task, &dockerd20, &plan, &err));
	append_pairs(&all, "attr", plan.attrs, plan.nattrs);
	assert_string_equal(buf_text(&all), "attr build-arg:C1=b1\nattr no-cache=\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_solve_plan__version_of_buildkit),
		cmocka_unit_test(test_solve_plan__what_is_built),
		cmocka_unit_test(test_solve_plan__what_run_gets),
		cmocka_unit_test(test_solve_plan__caches),
		cmocka_unit_test(test_solve_plan__outputs),
		cmocka_unit_test(test_solve_plan__levels_decide_what_runs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
