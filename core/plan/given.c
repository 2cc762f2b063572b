#include "core/plan/given.h"

#include <string.h>

static const char given_prefix[] = "build-arg:";

static const char *const given_proxies[] = { "HTTP_PROXY", "http_proxy", "HTTPS_PROXY",
                                             "https_proxy", "FTP_PROXY", "ftp_proxy" };
enum { GIVEN_PROXIES = sizeof given_proxies / sizeof *given_proxies };

/* Later ones win, in the order in which engines add them. */
struct givens {
	struct pair *args;
	size_t n;
};

static void given_add(struct givens *g, struct str name, struct str value)
{
	g->args[g->n++] = (struct pair){ name, value };
}

static void given_add_proxy(struct givens *g, struct str url)
{
	for (size_t i = 0; i < GIVEN_PROXIES; i++)
		given_add(g, str_of(given_proxies[i]), url.n ? url : (struct str){ 0 });
}

struct values *given_values(const struct image_task *t, const struct recipe *r, bool ends_args)
{
	owned(arena) struct arena *a = arena_new();
	struct givens g = { .args = arena_array(a, t->noptions + t->level.nargs + t->nsecrets +
	                                        GIVEN_PROXIES, sizeof *g.args) };
	struct values_given given = { .ends_args = ends_args };
	struct str proxy = { 0 };
	for (size_t i = 0; i < t->noptions; i++)
		if (str_eq(t->options[i].name, STR("proxy")))
			proxy = t->options[i].value;
	if (proxy.p)
		given_add_proxy(&g, proxy);
	for (size_t i = 0; i < t->noptions; i++) {
		struct pair option = t->options[i];
		if (str_has_prefix(option.name, str_of(given_prefix)))
			given_add(&g, str_slice(option.name, strlen(given_prefix), STR_NONE), option.value);
		else if (str_eq(option.name, STR("platform")))
			given.platform = arena_text(a, option.value);
	}
	bool is_sent = !t->level.recipe || t->level.recipe == r;
	for (size_t i = 0; is_sent && i < t->level.nargs; i++)
		given_add(&g, t->level.args[i].name, t->level.args[i].value);
	for (size_t i = 0; i < t->nsecrets; i++)
		if (t->secrets[i].way == SECRET_ARGUMENT)
			given_add(&g, str_of(t->secrets[i].env), (struct str){ 0 });
	given.args = g.args;
	given.nargs = g.n;
	return values_new(r, &given);
}
