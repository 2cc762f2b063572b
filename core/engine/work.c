#include "core/engine/work.h"

#include <stdlib.h>

struct str work_option(const struct image_task *t, const char *name)
{
	struct str value = { 0 };
	for (size_t i = 0; i < t->noptions; i++)
		if (str_eq(t->options[i].name, str_of(name)))
			value = t->options[i].value;
	return value;
}

bool work_option_is_on(const struct image_task *t, const char *name)
{
	struct str value = work_option(t, name);
	return value.n && !str_eq(value, STR("0")) && !str_eq(value, STR("false")) &&
	       !str_eq(value, STR("no"));
}

const struct recipe *work_recipe(const struct image_task *t)
{
	return t->level.recipe ? t->level.recipe : t->recipe;
}

static void work_each_option(const struct image_task *t, struct str prefix, work_pair_fn *each,
                             void *data)
{
	for (size_t i = 0; i < t->noptions; i++) {
		struct str name = t->options[i].name;
		if (str_has_prefix(name, prefix))
			each(data, str_slice(name, prefix.n, name.n), t->options[i].value);
	}
}

void work_each_arg(const struct image_task *t, const char *build_id, work_pair_fn *each,
                   void *data)
{
	work_each_option(t, STR("build-arg:"), each, data);
	for (size_t i = 0; i < t->level.nargs; i++) {
		struct pair p = t->level.args[i];
		each(data, p.name, p.value.p ? p.value : str_of(build_id));
	}
}

void work_each_proxy(const struct image_task *t, work_pair_fn *each, void *data)
{
	static const char *const names[] = { "HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy",
	                                     "FTP_PROXY", "ftp_proxy" };
	struct str url = work_option(t, "proxy");
	const char *kept = url.p && !url.n ? getenv("MORTAR_PROXY") : NULL;
	for (size_t i = 0; (url.n || kept) && i < sizeof names / sizeof *names; i++)
		each(data, str_of(names[i]), kept ? str_of(kept) : url);
}

bool work_secrets_allowed(const struct image_task *t, struct error *err)
{
	for (size_t i = 0; i < t->nsecrets; i++)
		if (t->secrets[i].way != SECRET_MOUNTED && !work_option_is_on(t, "allow-secret-in-layer"))
			return error_set(err, ERROR_REFUSED, "the classic builder would leave the secret %s "
			                 "in the image: --engine buildah does not; with "
			                 "--allow-secret-in-layer it is built all the same",
			                 t->secrets[i].id);
	return true;
}

void work_each_label(const struct image_task *t, work_pair_fn *each, void *data)
{
	work_each_option(t, STR("label:"), each, data);
}

void work_log(void *work, uint64_t key, int stream, struct str bytes, double t)
{
	const struct engine_sink *to = &((struct work *)work)->sink;
	if (to->log)
		to->log(to->data, key, stream, bytes, t);
}

void work_progress(void *work, uint64_t key, struct str id, uint64_t current, uint64_t total)
{
	const struct engine_sink *to = &((struct work *)work)->sink;
	if (to->progress)
		to->progress(to->data, key, id, current, total);
}

void work_warning(void *work, struct str text)
{
	const struct engine_sink *to = &((struct work *)work)->sink;
	if (to->warning)
		to->warning(to->data, text);
}
