/* Where pip finds packages that are not public: PIP_CONFIG_FILE and PIP_EXTRA_INDEX_URL, as
 * PESTO takes them, but without their values in the Dockerfile. */
#include <stdlib.h>

#include "core/base/check.h"
#include "core/kind/pesto.h"

const struct kind_variable pesto_variables[] = {
	{ "pip_config", "PIP_CONFIG_FILE", true },
	{ "extra_index_url", "PIP_EXTRA_INDEX_URL", false },
	{ NULL, NULL, false },
};

/* How the classic builder, which has no mounts, is given it, and where it then stays. */
static const struct {
	enum secret_way way;
	const char *mounted, *stays;
} secrets_ways[] = {
	{ SECRET_COPIED, "--mount=type=secret,id=pip_config,dst=/etc/pip.conf ",
	  "its file stays in a layer, as /etc/pip.conf" },
	{ SECRET_ARGUMENT, "--mount=type=secret,id=extra_index_url ",
	  "its value stays in the image's history, where `docker history` shows it" },
};

/* In the settings' arena: what is told outlives a plan that comes to nothing. */
static struct span secrets_place(const struct pesto_parts *parts, const struct kind_variable *v)
{
	struct arena *arena = parts->pesto->arena;
	return pesto_made_up(arena, arena_printf(arena, "$%s", v->variable));
}

static bool secrets_error(const struct pesto_parts *parts, const struct kind_variable *v,
                          struct problems *problems, const char *text)
{
	return problems_add(problems, SEVERITY_ERROR, "pesto-secret", secrets_place(parts, v), "%s",
	                    text);
}

/* The job has the environment of whoever started it, which for a retry is another's. */
static bool secrets_are_there(const struct pesto_parts *parts, const struct kind_variable *v,
                              const char *file, struct files *files, struct problems *problems)
{
	const char *value = getenv(v->variable);
	if (v->is_file && !files_has(files, file))
		return secrets_error(parts, v, problems, arena_printf(parts->arena, "there is no file "
		                     "'%s': name the pip.conf that the build is to use", file));
	if (!v->is_file && (!value || !value[0]))
		return secrets_error(parts, v, problems, "is not set here, and this build was asked for "
		                     "with it: its value is kept nowhere, so set it again");
	return true;
}

static void secrets_warn(const struct pesto_parts *parts, const struct kind_variable *v,
                         const char *stays, struct problems *problems)
{
	bool allowed = str_eq(selection_option(parts->selection, "allow-secret-in-layer"), STR("true"));
	problems_add(problems, SEVERITY_WARNING, "pesto-secret", secrets_place(parts, v),
	             "the classic builder has no secret mounts: %s, readable by all who have the "
	             "image; %s", stays, allowed
	             ? "mortar's own logs and journal have *** instead"
	             : "a build is refused without --allow-secret-in-layer");
}

bool pesto_secrets_read(struct pesto_parts *parts, struct files *files, struct problems *problems)
{
	const struct selection *s = parts->selection;
	bool classic = str_eq(selection_option(s, "builder"), STR("classic")), ok = true;
	owned_buf struct buf mounts = { 0 };
	parts->secrets = arena_array(parts->arena, PESTO_NSECRETS, sizeof *parts->secrets);
	for (size_t i = 0; pesto_variables[i].id; i++) {
		const struct kind_variable *v = &pesto_variables[i];
		const char *option = arena_printf(parts->arena, "secret:%s", v->id);
		struct str given = selection_option(s, option);
		if (!given.p)
			continue;
		const char *file = v->is_file ? arena_text(parts->arena, given) : NULL;
		ok = secrets_are_there(parts, v, file, files, problems) && ok;
		parts->secrets[parts->nsecrets++] = (struct secret){
			.id = v->id, .file = file, .env = v->is_file ? NULL : v->variable,
			.way = classic ? secrets_ways[i].way : SECRET_MOUNTED };
		if (classic)
			secrets_warn(parts, v, secrets_ways[i].stays, problems);
		else
			buf_append_text(&mounts, secrets_ways[i].mounted);
	}
	parts->pip_mounts = arena_text(parts->arena, buf_str(&mounts));
	return ok;
}

const struct secret *pesto_secret(const struct pesto_parts *parts, enum secret_way way)
{
	for (size_t i = 0; i < parts->nsecrets; i++)
		if (parts->secrets[i].way == way)
			return &parts->secrets[i];
	return NULL;
}

/* Addresses are separated by blanks, hence the quotes. */
const char *pesto_pip(const struct pesto_parts *parts, const char *arguments)
{
	const struct secret *last = parts->nsecrets ? &parts->secrets[parts->nsecrets - 1] : NULL;
	bool exported = last && last->way == SECRET_MOUNTED && last->env;
	return arena_printf(parts->arena, "RUN %s%spip install %s", parts->pip_mounts, exported
	                    ? "export PIP_EXTRA_INDEX_URL=\"$(cat /run/secrets/extra_index_url)\" && "
	                    : "", arguments);
}
