#include "core/engine/info.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>

#include "core/base/check.h"
#include "core/engine/platform.h"
#include "core/engine/service.h"
#include "core/engine/stream.h"
#include "core/os/clock.h"
#include "core/os/spawn.h"
#include "core/value/json.h"

/* /info of a daemon with thousands of labels stays far below. */
enum { INFO_ANSWER_MAX = 4 << 20, INFO_READ = 16 << 10 };

struct engine_asking {
	struct arena *arena;
	struct loop *loop;
	struct engine_facts facts;
	engine_info_fn *done;
	void *data;
	struct engine_info info;
	bool no_usage;
	struct buf answer;
	/* dockerd and podman */
	struct service service;
	struct http_transfer *transfer;
	/* buildah */
	struct child child;
	int status;
	uint64_t timer;
	struct error err;               /* why it could not even be asked */
};

/* ---- the answers ---- */

static const char *info_text(struct arena *a, const struct value *object, const char *key)
{
	return arena_text(a, stream_text(object, key));
}

static uint64_t info_number(const struct value *object, const char *key)
{
	unsigned long long n;
	const struct value *v = value_get(object, str_of(key));
	return v && str_number(value_text(v), 1ull << 62, &n) ? n : 0;
}

static void info_machine(struct arena *a, const struct value *v, const char *os,
                         const char *machine, const char *cpus, struct engine_info *info)
{
	const char *platform = platform_name(a, stream_text(v, os), stream_text(v, machine));
	uint64_t n = info_number(v, cpus);
	info->platform = platform ? platform : "";
	info->cpus = n < 1 << 16 ? (unsigned)n : 0;
}

static bool info_parse(struct arena *a, struct str json, const struct value **ret_value,
                       struct error *err)
{
	if (!value_parse_json(a, json, ret_value, err))
		return error_prefix(err, "what it tells of itself");
	if (value_type(*ret_value) != VALUE_OBJECT)
		return error_set(err, ERROR_PROTOCOL, "what it tells of itself is no JSON object");
	return true;
}

bool engine_info_read_docker(struct arena *a, struct str json, struct engine_info *ret_info,
                             struct error *err)
{
	const struct value *v;
	if (!info_parse(a, json, &v, err))
		return false;
	*ret_info = (struct engine_info){
		.root = info_text(a, v, "DockerRootDir"), .host = info_text(a, v, "Name"),
		.time = clock_parse(stream_text(v, "SystemTime")),
	};
	info_machine(a, v, "OSType", "Architecture", "NCPU", ret_info);
	const struct value *all = value_get(v, STR("SecurityOptions"));
	for (const struct value *o = all ? value_child(all) : NULL; o; o = value_next(o))
		ret_info->is_rootless |= str_find_str(value_text(o), STR("name=rootless")) != STR_NONE;
	/* The same name may be another's, as in containers: the kernel must be ours as well. */
	struct utsname here;
	struct stat st;
	ret_info->is_here = uname(&here) == 0 && !strcmp(here.nodename, ret_info->host) &&
	                    str_eq(stream_text(v, "KernelVersion"), str_of(here.release)) &&
	                    ret_info->root[0] == '/' && stat(ret_info->root, &st) == 0;
	return true;
}

bool engine_info_read_usage(struct str json, uint64_t *ret_used, struct error *err)
{
	owned(arena) struct arena *a = arena_new();
	const struct value *v;
	if (!info_parse(a, json, &v, err))
		return false;
	const struct value *cache = value_get(v, STR("BuildCache"));
	*ret_used = info_number(v, "LayersSize");
	for (const struct value *c = cache ? value_child(cache) : NULL; c; c = value_next(c))
		*ret_used += info_number(c, "Size");
	return true;
}

bool engine_info_read_buildah(struct arena *a, struct str json, struct engine_info *ret_info,
                              struct error *err)
{
	const struct value *v, *host, *store, *rootless;
	struct stat st;
	if (!info_parse(a, json, &v, err))
		return false;
	host = value_get(v, STR("host"));
	store = value_get(v, STR("store"));
	rootless = host ? value_get(host, STR("rootless")) : NULL;
	*ret_info = (struct engine_info){
		.root = store ? info_text(a, store, "GraphRoot") : "",
		.host = host ? info_text(a, host, "hostname") : "",
		.is_rootless = rootless && value_is_true(rootless),
	};
	ret_info->platform = "";
	if (host)
		info_machine(a, host, "os", "arch", "cpus", ret_info);
	ret_info->is_here = ret_info->root[0] == '/' && stat(ret_info->root, &st) == 0;
	return true;
}

/* ---- dockerd, podman ---- */

static bool info_bytes(void *data, struct str bytes, struct error *err)
{
	struct engine_asking *q = data;
	if (q->answer.n + bytes.n > INFO_ANSWER_MAX)
		return error_set(err, ERROR_LIMIT, "it tells more than %d bytes of itself",
		                 INFO_ANSWER_MAX);
	buf_append(&q->answer, bytes);
	return true;
}

static void info_get(struct engine_asking *q, const char *what,
                     void (*done)(void *data, const struct error *))
{
	const char *path = arena_printf(q->arena, "/v%s/%s", q->facts.api_version, what);
	struct http_request r = { .method = "GET", .path = path, .at = q->service.at };
	struct http_events events = { .bytes = info_bytes, .done = done, .data = q };
	buf_clear(&q->answer);
	q->transfer = http_start(q->service.http, &r, &events);
}

static bool info_came(struct engine_asking *q, const struct error *err, struct error *ret_err)
{
	int status = http_status(q->transfer);
	q->transfer = NULL;
	if (err)
		*ret_err = *err;
	else if (status != 200)
		error_set(ret_err, ERROR_PROTOCOL, "%s answers with status %d", q->facts.address, status);
	return !err && status == 200;
}

/* Without the sum the rest is still worth telling. */
static void info_weighed(void *data, const struct error *err)
{
	struct engine_asking *q = data;
	struct error ignored;
	q->info.has_used = info_came(q, err, &ignored) &&
	                   engine_info_read_usage(buf_str(&q->answer), &q->info.used, &ignored);
	q->done(q->data, &q->info, NULL);
}

static void info_told(void *data, const struct error *err)
{
	struct engine_asking *q = data;
	struct error fault;
	struct str text = arena_str(q->arena, buf_str(&q->answer));
	if (!info_came(q, err, &fault) ||
	    !engine_info_read_docker(q->arena, text, &q->info, &fault))
		q->done(q->data, NULL, &fault);
	else if (q->info.is_here || q->no_usage)
		q->done(q->data, &q->info, NULL);
	else
		info_get(q, "system/df", info_weighed);
}

/* ---- buildah ---- */

static void info_close(struct engine_asking *q)
{
	if (q->child.out < 0)
		return;
	loop_unwatch(q->loop, q->child.out);
	close(q->child.out);
	q->child.out = -1;
}

/* When both the process and what it says have ended. */
static void info_end(struct engine_asking *q)
{
	struct error err = { 0 };
	struct str text = arena_str(q->arena, buf_str(&q->answer));
	if (q->child.pid || q->child.out >= 0)
		return;
	if (q->status != 0)
		error_set(&err, ERROR_REFUSED, "buildah info fails");
	else
		engine_info_read_buildah(q->arena, text, &q->info, &err);
	q->done(q->data, err.code ? NULL : &q->info, err.code ? &err : NULL);
}

static void info_ended(struct loop *l, pid_t pid, int status, void *data)
{
	(void)l, (void)pid;
	struct engine_asking *q = data;
	q->child.pid = 0;
	q->status = status;
	info_end(q);
}

static void info_readable(struct loop *l, int fd, short revents, void *data)
{
	(void)l, (void)revents;
	struct engine_asking *q = data;
	ssize_t n = read(fd, buf_reserve(&q->answer, INFO_READ), INFO_READ);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	buf_grew(&q->answer, n > 0 ? (size_t)n : 0);
	if (n > 0 && q->answer.n <= INFO_ANSWER_MAX)
		return;
	info_close(q);
	info_end(q);
}

static void info_failed(struct loop *l, void *data)
{
	(void)l;
	struct engine_asking *q = data;
	q->timer = 0;
	q->done(q->data, NULL, &q->err);
}

static void info_run(struct engine_asking *q)
{
	static const char *const argv[] = { "buildah", "info", NULL };
	struct spawn s = { .argv = argv, .in = SPAWN_NULL, .out = SPAWN_PIPE, .err = SPAWN_NULL,
	                   .group = true, .die_with_parent = true };
	if (!spawn_start(&s, &q->child, &q->err)) {
		q->child = (struct child){ .out = -1 };
		q->timer = loop_timer(q->loop, 0, info_failed, q);
		return;
	}
	loop_watch(q->loop, q->child.out, POLLIN, info_readable, q);
	loop_child(q->loop, q->child.pid, info_ended, q);
}

/* ---- both ---- */

struct engine_asking *engine_info_ask(struct loop *l, const struct engine_facts *f,
                                      engine_info_fn *done, void *data)
{
	struct engine_asking *q = xcalloc(1, sizeof *q);
	q->arena = arena_new();
	q->loop = l;
	q->done = done;
	q->data = data;
	q->facts.address = arena_text(q->arena, str_of(f->address));
	q->facts.api_version = f->api_version ? arena_text(q->arena, str_of(f->api_version)) : "";
	q->child.out = -1;
	bool is_asked = engine_keeps_images(f);
	if (!is_asked)
		error_set(&q->err, ERROR_REFUSED, "%s tells no more of itself", f->product);
	if (is_asked && !f->spec)
		info_run(q);
	else if (is_asked && service_init(&q->service, l, f->spec, &q->err))
		info_get(q, "info", info_told);
	else
		q->timer = loop_timer(l, 0, info_failed, q);
	return q;
}

void engine_info_without_usage(struct engine_asking *q)
{
	q->no_usage = true;
}

void engine_asking_free(struct engine_asking *q)
{
	if (!q)
		return;
	service_finish(&q->service);
	loop_untimer(q->loop, q->timer);
	info_close(q);
	if (q->child.pid > 0) {
		loop_unchild(q->loop, q->child.pid);
		spawn_kill_group(q->child.pid, SIGKILL);
		while (waitpid(q->child.pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	buf_finish(&q->answer);
	arena_free(q->arena);
	free(q);
}
