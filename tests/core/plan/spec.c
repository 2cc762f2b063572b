#include "core/plan/spec.h"

#include "tests/core/base/testing.h"

struct row { const char *text, *want; };
typedef bool show_fn(struct arena *, struct str text, struct buf *out, struct error *);

/* A want that begins with '!' is a part of the message. */
static void check(const struct row *rows, size_t n, show_fn *show)
{
	owned(arena) struct arena *a = arena_new();
	for (size_t i = 0; i < n; i++) {
		owned_buf struct buf out = { 0 };
		struct error err = { 0 };
		bool ok = show(a, str_of(rows[i].text), &out, &err);
		if (!ok && (rows[i].want[0] != '!' || !strstr(err.text, rows[i].want + 1)))
			fail_msg("'%s' is refused: %s", rows[i].text, err.text);
		if (!ok)
			assert_int_equal(err.code, ERROR_USAGE);
		if (ok && strcmp(buf_text(&out), rows[i].want))
			fail_msg("'%s' reads as %s, not %s", rows[i].text, buf_text(&out), rows[i].want);
	}
}
#define CHECK_ROWS(rows, show) check(rows, sizeof(rows) / sizeof *(rows), show)

static void append_attrs(struct buf *out, const struct pair *attrs, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_printf(out, " %.*s=%.*s", STR_ARG(attrs[i].name), STR_ARG(attrs[i].value));
}

static bool show_output(struct arena *a, struct str text, struct buf *out, struct error *err)
{
	struct output o, again;
	owned_buf struct buf line = { 0 };
	if (!output_read(a, text, &o, err))
		return false;
	buf_printf(out, "%s %s%s", output_name(o.type), o.dest ? o.dest : "-", o.push ? " push" : "");
	append_attrs(out, o.attrs, o.nattrs);
	/* What is written of it reads as the same. */
	output_append(&line, &o);
	assert_true(output_read(a, buf_str(&line), &again, err));
	assert_int_equal(o.type, again.type);
	assert_int_equal(o.push, again.push);
	assert_int_equal(o.nattrs, again.nattrs);
	assert_str(str_of(again.dest), o.dest ? o.dest : "");
	return true;
}

static void test_spec__outputs(void **state)
{
	static const struct row rows[] = {
		{ "out", "local out" },
		{ "/a b/c", "local /a b/c" },
		{ "type=local,dest=out", "local out" },
		{ "type=local,\"dest=/a,b\"", "local /a,b" },
		{ "type=tar,dest=x.tar", "tar x.tar" },
		{ "type=oci,dest=x.tar,compression=zstd", "oci x.tar compression=zstd" },
		{ "type=docker,dest=x.tar", "docker x.tar" },
		{ "type=image", "image -" },
		{ "type=image,push=true", "image - push" },
		{ "type=image,push=false", "image -" },
		{ "type=registry", "image - push" },
		{ "type=cacheonly", "cacheonly -" },
		{ "TYPE=tar,Dest=x", "tar x" },
		{ "type=tar,dest=x,dest=y", "tar y" },
		{ "type=zip,dest=x", "!there is no type 'zip': image, registry, local" },
		{ "dest=x", "!it needs a type, as in type=local,dest=DIR" },
		{ "type=local", "!type=local needs dest=, the folder to write" },
		{ "type=tar,dest=", "!type=tar needs dest=, the file to write" },
		{ "type=tar,dest=-", "!has no stdout" },
		{ "-", "!has no stdout" },
		{ "type=image,dest=x", "!type=image has no dest=" },
		{ "type=image,name=x", "!named by --tag" },
		{ "type=oci,dest=x,tar=false", "!tar=false is not known here" },
		{ "type=tar,x", "!'x' is not KEY=VALUE" },
		{ "", "!needs dest=" },
	};
	(void)state;
	CHECK_ROWS(rows, show_output);
}

static bool show_from(struct arena *a, struct str text, struct buf *out, struct error *err)
{
	struct cache_spec c;
	if (!cache_read(a, text, CACHE_FROM, &c, err))
		return false;
	buf_printf(out, "%.*s", STR_ARG(c.type));
	append_attrs(out, c.attrs, c.nattrs);
	return true;
}

static bool show_to(struct arena *a, struct str text, struct buf *out, struct error *err)
{
	struct cache_spec c;
	if (!cache_read(a, text, CACHE_TO, &c, err))
		return false;
	buf_printf(out, "%.*s", STR_ARG(c.type));
	append_attrs(out, c.attrs, c.nattrs);
	return true;
}

static void test_spec__caches(void **state)
{
	static const struct row from[] = {
		{ "host:5000/app:cache", "registry ref=host:5000/app:cache" },
		{ "type=registry,ref=app", "registry ref=app" },
		{ "type=local,src=/c", "local src=/c" },
		{ "type=inline", "!read from the image that has it" },
		{ "type=registry", "!needs ref=" },
		{ "type=local,dest=/c", "!needs src=" },
		{ "type=s3,bucket=b", "!there is no type 's3': registry, or local" },
		{ "ref=app", "!it needs a type" },
		{ "a,b", "!'a' is not KEY=VALUE" },
	};
	static const struct row to[] = {
		{ "app:cache", "registry ref=app:cache" },
		{ "type=inline", "inline" },
		{ "type=registry,ref=app,mode=max", "registry ref=app mode=max" },
		{ "type=local,dest=/c", "local dest=/c" },
		{ "type=local,src=/c", "!needs dest=" },
		{ "type=gha", "!there is no type 'gha': registry, inline or local" },
	};
	(void)state;
	CHECK_ROWS(from, show_from);
	CHECK_ROWS(to, show_to);
}

static bool variable_is_there(const char *name)
{
	return strcmp(name, "TOKEN") == 0;
}

static bool show_secret(struct arena *a, struct str text, struct buf *out, struct error *err)
{
	struct secret s;
	if (!secret_read(a, text, variable_is_there, &s, err))
		return false;
	buf_printf(out, "%s file=%s env=%s", s.id, s.file ? s.file : "-", s.env ? s.env : "-");
	assert_int_equal(s.way, SECRET_MOUNTED);
	return true;
}

static void test_spec__secrets(void **state)
{
	static const struct row rows[] = {
		{ "id=x,src=/f", "x file=/f env=-" },
		{ "id=x,source=/f", "x file=/f env=-" },
		{ "id=x,env=E", "x file=- env=E" },
		{ "type=env,id=x,src=E", "x file=- env=E" },
		{ "id=TOKEN", "TOKEN file=- env=TOKEN" },
		{ "id=TOKEN,type=file", "TOKEN file=TOKEN env=-" },
		{ "id=x", "x file=x env=-" },
		{ "src=/f", "!it needs id=" },
		{ "id=x,src=/f,env=E", "!src= or env=" },
		{ "id=x,value=1", "!there is no 'value'" },
		{ "id=x,type=vault", "!there is no type 'vault'" },
		{ "x", "!'x' is not KEY=VALUE" },
	};
	(void)state;
	CHECK_ROWS(rows, show_secret);
}

static bool show_host(struct arena *a, struct str text, struct buf *out, struct error *err)
{
	struct host h;
	(void)a;
	if (!host_read(text, &h, err))
		return false;
	buf_printf(out, "%.*s at %.*s", STR_ARG(h.name), STR_ARG(h.address));
	return true;
}

static bool show_limit(struct arena *a, struct str text, struct buf *out, struct error *err)
{
	struct ulimit u;
	(void)a;
	if (!ulimit_read(text, &u, err))
		return false;
	buf_printf(out, "%.*s %lld %lld", STR_ARG(u.name), (long long)u.soft, (long long)u.hard);
	return true;
}

static bool show_size(struct arena *a, struct str text, struct buf *out, struct error *err)
{
	uint64_t bytes;
	(void)a;
	if (!size_read(text, &bytes, err))
		return false;
	buf_printf(out, "%llu", (unsigned long long)bytes);
	return true;
}

static void test_spec__hosts_limits_and_sizes(void **state)
{
	static const struct row hosts[] = {
		{ "db=10.0.0.7", "db at 10.0.0.7" }, { "db:10.0.0.7", "db at 10.0.0.7" },
		{ "db=::1", "db at ::1" }, { "db:::1", "db at ::1" }, { "db=[fe80::1]", "db at fe80::1" },
		{ "here=host-gateway", "here at host-gateway" },
		{ "db", "!NAME=ADDRESS" }, { "db=", "!NAME=ADDRESS" }, { "=1.2.3.4", "!NAME=ADDRESS" },
		{ "db=there", "!NAME=ADDRESS" }, { "a,b=1.2.3.4", "!NAME=ADDRESS" },
		{ "a b=1.2.3.4", "!NAME=ADDRESS" },
	};
	static const struct row limits[] = {
		{ "nofile=1024", "nofile 1024 1024" }, { "nofile=1024:2048", "nofile 1024 2048" },
		{ "core=-1", "core -1 -1" }, { "core=0:-1", "core 0 -1" },
		{ "nofile=2:1", "!soft limit" }, { "nofile=-1:5", "!soft limit" },
		{ "files=1", "!there is no limit 'files'" }, { "nofile", "!NAME=SOFT" },
		{ "nofile=", "!NAME=SOFT" }, { "nofile=1:2:3", "!NAME=SOFT" },
		{ "nofile=99999999999999999999", "!NAME=SOFT" },
	};
	static const struct row sizes[] = {
		{ "1", "1" }, { "64m", "67108864" }, { "64M", "67108864" }, { "64mb", "67108864" },
		{ "1g", "1073741824" }, { "2k", "2048" }, { "5b", "5" }, { "7B", "7" },
		{ "0", "!a number of bytes" }, { "", "!a number" }, { "m", "!a number" },
		{ "1.5g", "!a number" }, { "-1", "!a number" }, { "b", "!a number" },
		{ "9999999999999g", "!a number" }, { "1mm", "!a number" },
	};
	(void)state;
	CHECK_ROWS(hosts, show_host);
	CHECK_ROWS(limits, show_limit);
	CHECK_ROWS(sizes, show_size);
}

static bool show_ssh(struct arena *a, struct str text, struct buf *out, struct error *err)
{
	struct pair p;
	(void)a;
	if (!ssh_read(text, &p, err))
		return false;
	buf_printf(out, "%.*s at %.*s", STR_ARG(p.name), STR_ARG(p.value));
	return true;
}

static bool show_attest(struct arena *a, struct str text, struct buf *out, struct error *err)
{
	struct str attrs;
	if (!attest_read(a, text, &attrs, err))
		return false;
	buf_printf(out, "%s%.*s", attrs.p ? "on " : "off", STR_ARG(attrs));
	return true;
}

static bool show_context(struct arena *a, struct str text, struct buf *out, struct error *err)
{
	struct pair p;
	if (!build_context_read(a, text, &p, err))
		return false;
	buf_printf(out, "%.*s %s %.*s", STR_ARG(p.name),
	           build_context_is_local(p.value) ? "here" : "at", STR_ARG(p.value));
	return true;
}

static void test_spec__agents_attestations_and_contexts(void **state)
{
	static const struct row ssh[] = {
		{ "default", "default at " }, { "git=/run/a.sock", "git at /run/a.sock" },
		{ "", "!it needs ID" }, { "=x", "!it needs ID" }, { "git=", "!it needs ID" },
		{ "git=/a,/b", "!one socket" },
	};
	static const struct row attest[] = {
		{ "true", "on " }, { "1", "on " }, { "false", "off" }, { "0", "off" },
		{ "mode=max", "on mode=max" }, { "generator=x,a=b", "on generator=x,a=b" },
		{ "max", "!true, false or attributes" },
	};
	static const struct row contexts[] = {
		{ "src=../lib", "src here ../lib" },
		{ "alpine=docker-image://alpine:3.18", "alpine at docker-image://alpine:3.18" },
		{ "docker.io/library/alpine:latest=x", "alpine here x" },
		{ "ghcr.io/a/b:1=https://h/x.git", "ghcr.io/a/b:1 at https://h/x.git" },
		{ "a=git@h:x.git", "a at git@h:x.git" },
		{ "src", "!NAME=PATH" }, { "=x", "!NAME=PATH" }, { "a=", "!NAME=PATH" },
		{ "Src=x", "!in small letters" },
		{ "a=oci-layout://x", "!a context is a folder here" },
		{ "context=x", "!another name" }, { "dockerfile=x", "!another name" },
	};
	(void)state;
	CHECK_ROWS(ssh, show_ssh);
	CHECK_ROWS(attest, show_attest);
	CHECK_ROWS(contexts, show_context);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_spec__outputs),
		cmocka_unit_test(test_spec__caches),
		cmocka_unit_test(test_spec__secrets),
		cmocka_unit_test(test_spec__hosts_limits_and_sizes),
		cmocka_unit_test(test_spec__agents_attestations_and_contexts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
