#include "core/job/login.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/arena.h"
#include "core/base/check.h"
#include "core/engine/endpoint.h"
#include "core/engine/podman.h"
#include "core/os/errand.h"

/* LOGIN_CHECK_MS: a question to a process of this machine.  LOGIN_QUIET_MS: ssh gives up a
 * host that does not answer by itself. */
enum { LOGIN_CHECK_MS = 3000, LOGIN_QUIET_MS = 30000 };

struct login {
	struct loop *loop;
	struct arena *arena;
	struct endpoint_login way;
	struct errand *errand;
	login_fn *fn;
	void *data;
};

/* Where the engine is, when it is another machine's: true, and what endpoint_new takes. */
static bool login_place(struct arena *a, const char *engine, struct endpoint_options *o)
{
	static const char *const words[] = { "auto", "buildkit", "classic" };
	o->spec = engine;
	for (size_t i = 0; i < o->nnamed; i++)
		if (str_eq(o->named[i].name, str_of(engine)))
			o->spec = arena_text(a, o->named[i].value);
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (!o->spec || strcmp(o->spec, words[i]) == 0)
			o->spec = endpoint_of_docker(a);
	if (strcmp(o->spec, "podman") == 0)
		o->spec = podman_place(a, 0);
	return o->spec && endpoint_is_spec(o->spec);
}

static bool login_run(struct login *g, const char *const *argv, int64_t limit_ms, errand_fn *fn)
{
	struct errand_spec spec = { .argv = argv, .socket = -1, .limit_ms = limit_ms };
	struct error ignored;
	g->errand = errand_new(g->loop, &spec, fn, g, &ignored);
	return g->errand != NULL;
}

static void login_tried(void *data, const struct errand_end *end)
{
	struct login *g = data;
	bool asks = !end->is_late && endpoint_login_asks(&g->way, end->status, end->err);
	g->errand = NULL;
	g->fn(g->data, asks ? g->way.asking : NULL);
}

static void login_checked(void *data, const struct errand_end *end)
{
	struct login *g = data;
	g->errand = NULL;
	if (end->status == 0 || !login_run(g, g->way.quiet, LOGIN_QUIET_MS, login_tried))
		g->fn(g->data, NULL);
}

struct login *login_new(struct loop *l, const char *engine, const struct pair *named, size_t nnamed,
                        login_fn *fn, void *data)
{
	owned(arena) struct arena *a = arena_new();
	struct endpoint_options o = { .named = named, .nnamed = nnamed };
	struct endpoint_login way;
	if (!login_place(a, engine, &o) || !endpoint_login(a, &o, &way))
		return NULL;
	struct login *g = xcalloc(1, sizeof *g);
	*g = (struct login){ .loop = l, .arena = take(a), .way = way, .fn = fn, .data = data };
	if (login_run(g, way.check, LOGIN_CHECK_MS, login_checked))
		return g;
	login_free(g);
	return NULL;
}

void login_free(struct login *g)
{
	if (!g)
		return;
	errand_free(g->errand);
	arena_free(g->arena);
	free(g);
}
