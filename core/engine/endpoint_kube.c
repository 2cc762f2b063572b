#include "core/engine/endpoint_kube.h"

#include <stdlib.h>
#include <sys/wait.h>

#include "core/base/check.h"

enum { KUBE_ARGV_MAX = 16 };

struct endpoint_kube {
	const struct endpoint_spec *to;
	struct relay *relay;
	struct error why;               /* code 0: nothing went wrong */
};

const char *const *kube_argv(struct arena *a, const struct endpoint_spec *to)
{
	const char **argv = arena_array(a, KUBE_ARGV_MAX, sizeof *argv);
	size_t n = 0;
	argv[n++] = "kubectl";
	if (to->context)
		argv[n++] = arena_printf(a, "--context=%s", to->context);
	if (to->namespace)
		argv[n++] = arena_printf(a, "--namespace=%s", to->namespace);
	argv[n++] = "exec";
	argv[n++] = "-i";
	if (to->container)
		argv[n++] = arena_printf(a, "--container=%s", to->container);
	argv[n++] = to->pod;
	argv[n++] = "--";
	argv[n++] = "buildctl";
	argv[n++] = "dial-stdio";
	return argv;
}

static void kube_opened(void *data, struct relay_link *link)
{
	struct endpoint_kube *k = data;
	owned(arena) struct arena *a = arena_new();
	struct error err = { 0 };
	if (relay_carry_by_child(link, kube_argv(a, k->to), &err))
		return;
	k->why = err;
	k->why.code = ERROR_UNREACHABLE;
	relay_refuse(link);
}

static void kube_answered(void *data, struct relay_link *link)
{
	struct endpoint_kube *k = data;
	(void)link;
	k->why = (struct error){ 0 };
}

/* The last line that says something. */
static struct str kube_last_line(struct str text)
{
	struct str line, last = { 0 };
	while (str_next(&text, '\n', &line))
		if (str_trim(line).n)
			last = str_trim(line);
	return last;
}

static void kube_ended(void *data, struct relay_link *link, const struct relay_end *end)
{
	struct endpoint_kube *k = data;
	owned_buf struct buf shown = { 0 };
	struct str last = kube_last_line(end->child->err);
	int status = end->child->status;
	(void)link;
	if (status == 0)
		return;
	endpoint_spec_append_shown(&shown, k->to);
	error_set(&k->why, ERROR_UNREACHABLE, "%s: %s%s%.*s", buf_text(&shown),
	          end->has_answered ? "the connection was cut" : "kubectl does not get in",
	          last.n ? ": " : "", STR_ARG(last));
}

static void kube_closed(void *data, struct relay_link *link)
{
	(void)data, (void)link;
}

struct endpoint_kube *endpoint_kube_new(struct loop *l, const struct endpoint_spec *to,
                                        struct error *err)
{
	struct endpoint_kube *k = xcalloc(1, sizeof *k);
	struct relay_events events = { kube_opened, kube_answered, kube_ended, kube_closed, k };
	k->to = to;
	k->relay = relay_new(l, &events, err);
	if (k->relay)
		return k;
	free(k);
	return NULL;
}

void endpoint_kube_free(struct endpoint_kube *k)
{
	if (!k)
		return;
	relay_free(k->relay);
	free(k);
}

const char *endpoint_kube_socket(const struct endpoint_kube *k)
{
	return relay_socket(k->relay);
}

bool endpoint_kube_why(const struct endpoint_kube *k, struct error *ret_why)
{
	if (k->why.code)
		*ret_why = k->why;
	return k->why.code != ERROR_NONE;
}
