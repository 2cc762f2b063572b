#include "core/engine/endpoint.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/check.h"
#include "core/base/utf8.h"
#include "core/engine/endpoint_context.h"
#include "core/engine/endpoint_kube.h"
#include "core/engine/endpoint_ssh.h"
#include "core/os/listen.h"

/* A login by ssh, or kubectl's way to a pod, takes seconds where a socket takes none. */
enum { ENDPOINT_PATIENCE_MS = 20000 };
#define ENDPOINT_CONTEXT "context:"

struct endpoint {
	struct arena *arena;
	struct endpoint_spec spec;
	struct http_address at;
	const char *shown, *text;
	struct endpoint_ssh *ssh;
	struct endpoint_kube *kube;
};

/* ---- which one is meant ---- */

bool endpoint_is_spec(const char *spec)
{
	return strstr(spec, "://") || str_has_prefix(str_of(spec), STR(ENDPOINT_CONTEXT));
}

bool endpoint_is_far(const char *spec)
{
	return strstr(spec, "ssh://") || str_has_prefix(str_of(spec), STR("kube-pod://"));
}

const char *endpoint_of_docker(struct arena *a)
{
	owned(files) struct files *files = files_disk("/");
	return context_of_docker(a, files, context_docker_dir(a));
}

static const char *endpoint_named(struct arena *a, const struct endpoint_options *o)
{
	for (size_t i = 0; i < o->nnamed && o->spec; i++)
		if (str_eq(o->named[i].name, str_of(o->spec)))
			return arena_text(a, o->named[i].value);
	return NULL;
}

static bool endpoint_resolve(struct arena *a, const struct endpoint_options *o,
                             struct endpoint_spec *ret_spec, struct error *err)
{
	owned(files) struct files *files = files_disk("/");
	const char *dir = context_docker_dir(a), *named = endpoint_named(a, o);
	const char *spec = named ? named : o->spec && *o->spec ? arena_text(a, str_of(o->spec)) : NULL;
	if (!spec)
		spec = context_of_docker(a, files, dir);
	if (str_has_prefix(str_of(spec), STR(ENDPOINT_CONTEXT)))
		return context_resolve(a, files, dir, spec + strlen(ENDPOINT_CONTEXT), ret_spec, err);
	return endpoint_spec_parse(a, spec, ret_spec, err) &&
	       (named || context_environment_tls(a, files, dir, ret_spec, err));
}

/* ---- its life ---- */

static bool endpoint_open(struct endpoint *e, struct loop *l, struct error *err)
{
	if (e->spec.way == ENDPOINT_SSH) {
		e->ssh = endpoint_ssh_new(l, &e->spec, err);
		e->at.unix_path = e->ssh ? endpoint_ssh_socket(e->ssh) : NULL;
		return e->ssh != NULL;
	}
	if (e->spec.way == ENDPOINT_KUBE) {
		e->kube = endpoint_kube_new(l, &e->spec, err);
		e->at.unix_path = e->kube ? endpoint_kube_socket(e->kube) : NULL;
		return e->kube != NULL;
	}
	e->at = e->spec.at;
	return true;
}

struct endpoint *endpoint_new(struct loop *l, const struct endpoint_options *o, struct error *err)
{
	owned_buf struct buf shown = { 0 }, visible = { 0 }, text = { 0 };
	struct endpoint *e = xcalloc(1, sizeof *e);
	e->arena = arena_new();
	if (!endpoint_resolve(e->arena, o, &e->spec, err) || !endpoint_open(e, l, err)) {
		endpoint_free(e);
		return NULL;
	}
	endpoint_spec_append_shown(&shown, &e->spec);
	utf8_append_visible(&visible, buf_str(&shown));
	endpoint_spec_append(&text, &e->spec);
	e->shown = arena_text(e->arena, buf_str(&visible));
	e->at.shown = e->shown;
	e->text = arena_text(e->arena, buf_str(&text));
	return e;
}

void endpoint_free(struct endpoint *e)
{
	if (!e)
		return;
	endpoint_ssh_free(e->ssh);
	endpoint_kube_free(e->kube);
	arena_free(e->arena);
	free(e);
}

const struct http_address *endpoint_address(const struct endpoint *e)
{
	return &e->at;
}

enum endpoint_speaks endpoint_speaks(const struct endpoint *e)
{
	return e->spec.speaks;
}

const char *endpoint_shown(const struct endpoint *e)
{
	return e->shown;
}

const char *endpoint_spec(const struct endpoint *e)
{
	return e->text;
}

int64_t endpoint_patience_ms(const struct endpoint *e)
{
	return e->spec.way == ENDPOINT_DIRECT ? 0 : ENDPOINT_PATIENCE_MS;
}

void endpoint_explain(const struct endpoint *e, struct error *err)
{
	struct error why;
	if (err->code != ERROR_UNREACHABLE)
		return;
	if ((e->ssh && endpoint_ssh_why(e->ssh, &why)) || (e->kube && endpoint_kube_why(e->kube, &why)))
		*err = why;
}

/* ---- logging in ---- */

bool endpoint_login(struct arena *a, const struct endpoint_options *o,
                    struct endpoint_login *ret_login)
{
	static const char *const nothing[] = { "true", NULL };
	struct endpoint_spec *spec = arena_alloc(a, sizeof *spec);
	struct ssh_argv *argv = arena_array(a, 3, sizeof *argv);
	struct ssh_way way = { .to = spec };
	struct error ignored;
	if (!endpoint_resolve(a, o, spec, &ignored) || spec->way != ENDPOINT_SSH)
		return false;
	ssh_argv_check(a, &argv[0], &way);
	way.control = endpoint_ssh_control(a, spec, &ignored);
	if (!way.control)
		return false;
	int fd = listener_connect(way.control);
	if (fd >= 0) {
		close(fd);
		return false;
	}
	ssh_argv_command(a, &argv[1], &way, nothing);
	way.asks = true;
	ssh_argv_command(a, &argv[2], &way, nothing);
	*ret_login = (struct endpoint_login){ spec, argv[0].items, argv[1].items, argv[2].items };
	return true;
}

bool endpoint_login_asks(const struct endpoint_login *login, int status, struct str complaint)
{
	struct ssh_failure f = { .to = login->to, .control = "", .status = status,
	                         .complaint = complaint };
	struct error err = { 0 };
	if (status != 0)
		ssh_explain(&f, &err);
	return err.code == ERROR_REFUSED;
}
