#include "core/kind/poetry_action.h"

#include <ctype.h>
#include <string.h>

#include "core/base/similar.h"
#include "core/kind/poetry_stage.h"
#include "core/recipe/mount.h"

/* Where an action has the manifests: a folder that no Dockerfile has. */
#define ACTION_PLACE "/mortar"

const struct kind_action poetry_actions[] = {
	{ "add", "add dependencies to pyproject.toml and the lock (poetry add --lock)",
	  "PACKAGE...", true },
	{ "remove", "take dependencies out of pyproject.toml and the lock (poetry remove --lock)",
	  "PACKAGE...", true },
	{ "update", "newer versions into the lock, of all packages or of some (poetry update --lock)",
	  "[PACKAGE...]", true },
	{ "lock", "make the lock fit pyproject.toml, keeping what it can", NULL, true },
	{ "outdated", "packages of the lock of which there are newer versions", NULL, false },
	{ "tree", "what depends on what, by the lock", "[PACKAGE]", false },
	{ "check", "poetry check: is pyproject.toml as it should be", NULL, false },
	{ "build", "build the wheel in the image and leave it in dist/", NULL, true },
	{ "run", "run a script or command of the project in the image", "COMMAND [ARGUMENT...]",
	  false },
	{ "audit", "known vulnerabilities, by pip-audit where the image or the project has it; else "
	  "only what poetry check and pip check find", NULL, false },
	{ "cache-clear", "empty the cache mounts that the Dockerfile's RUNs have", NULL, false },
	{ NULL, NULL, NULL, false },
};

/* Poetry 1 keeps what is locked only when told, and Poetry 2 does not know that word. */
static const char action_lock[] =
	"case \"$(poetry --version)\" in *'version 1.'*) exec poetry lock --no-update ;; esac\n"
	"exec poetry lock";
static const char action_build[] =
	"rm -rf dist && poetry build --format wheel && mkdir -p " ACTION_PLACE
	" && rm -rf " ACTION_PLACE "/dist && cp -R dist " ACTION_PLACE "/dist";
static const char action_audit[] =
	"python=$(poetry run python -c 'import sys; print(sys.executable)') || exit\n"
	"if \"$python\" -c 'import pip_audit' 2>/dev/null; then exec \"$python\" -m pip_audit; fi\n"
	"if command -v pip-audit >/dev/null; then PIPAPI_PYTHON_LOCATION=$python exec pip-audit; fi\n"
	"echo 'Neither the image nor the project has pip-audit: '\\\n"
	"'known vulnerabilities are NOT looked for.'\n"
	"echo 'poetry check:'; poetry check || failed=1\n"
	"echo 'pip check:'; \"$python\" -m pip check || failed=1\n"
	"exit ${failed:-0}";

/* How each is done. */
struct action_way {
	const char *name;
	const char *const *command;     /* the words asked for come behind it */
	const char *script;             /* instead: of /bin/sh */
	size_t least, most;             /* words */
	bool whole;                     /* in the whole stage, where the environment is */
};
static const char *const action_add[] = { "poetry", "add", "--lock", NULL };
static const char *const action_remove[] = { "poetry", "remove", "--lock", NULL };
static const char *const action_update[] = { "poetry", "update", "--lock", NULL };
static const char *const action_outdated[] = { "poetry", "show", "--outdated", NULL };
static const char *const action_tree[] = { "poetry", "show", "--tree", NULL };
static const char *const action_check[] = { "poetry", "check", NULL };
static const char *const action_run[] = { "poetry", "run", NULL };
enum { ACTION_WORDS = 200 };
static const struct action_way action_ways[] = {
	{ "add", action_add, NULL, 1, ACTION_WORDS, false },
	{ "remove", action_remove, NULL, 1, ACTION_WORDS, false },
	{ "update", action_update, NULL, 0, ACTION_WORDS, false },
	{ "lock", NULL, action_lock, 0, 0, false },
	{ "outdated", action_outdated, NULL, 0, 0, false },
	{ "tree", action_tree, NULL, 0, 1, false },
	{ "check", action_check, NULL, 0, 0, false },
	{ "build", NULL, action_build, 0, 0, true },
	{ "run", action_run, NULL, 1, ACTION_WORDS, true },
	{ "audit", NULL, action_audit, 0, 0, true },
	{ "cache-clear", NULL, NULL, 0, 0, false },
};

struct action {
	struct plan *plan;
	struct arena *arena;            /* the plan's */
	const struct selection *selection;
	const struct action_way *way;
	const char *const *words;
	size_t nwords;
	struct image_task image;
	const char *const *paths;
	struct problems *problems;
};

bool poetry_action_is_asked(const struct selection *s)
{
	return selection_option(s, "action").p != NULL;
}

static bool action_wrong(struct action *a, const char *why)
{
	return problems_add(a->problems, SEVERITY_ERROR, "action", (struct span){ 0 }, "%s", why);
}

static bool action_unknown(struct action *a, struct str name)
{
	owned_buf struct buf text = { 0 };
	struct similar similar = { .typed = name };
	buf_append_text(&text, "Poetry's actions are");
	for (size_t i = 0; poetry_actions[i].name; i++) {
		buf_printf(&text, "%s %s", i ? "," : "", poetry_actions[i].name);
		similar_try(&similar, poetry_actions[i].name);
	}
	buf_printf(&text, ", not '%.*s'", STR_ARG(name));
	if (similar.best)
		buf_printf(&text, ": did you mean %s?", similar.best);
	return action_wrong(a, buf_text(&text));
}

static bool action_read(struct action *a)
{
	struct str name = selection_option(a->selection, "action");
	const struct selection *s = a->selection;
	const char **words = arena_array(a->arena, s->noptions + 1, sizeof *words);
	for (size_t i = 0; i < sizeof action_ways / sizeof *action_ways; i++)
		if (str_eq(name, str_of(action_ways[i].name)))
			a->way = &action_ways[i];
	for (size_t i = 0; i < s->noptions; i++)
		if (str_eq(s->options[i].name, STR("action-word")))
			words[a->nwords++] = arena_text(a->arena, s->options[i].value);
	a->words = words;
	if (!a->way)
		return action_unknown(a, name);
	if (a->nwords < a->way->least)
		return action_wrong(a, arena_printf(a->arena, "%s needs to be told what: %s %s",
		                                    a->way->name, a->way->name,
		                                    a->way->command == action_run ? "COMMAND" : "PACKAGE"));
	return a->nwords <= a->way->most ||
	       action_wrong(a, arena_printf(a->arena, "%s takes %s, not '%s'", a->way->name,
	                                    a->way->most ? "one word" : "no further words",
	                                    a->words[a->way->most]));
}

/* ---- the image ---- */

/* What stands as it is in a Dockerfile and in its shell. */
static bool action_is_plain(struct str text, const char *more)
{
	for (size_t i = 0; i < text.n; i++)
		if (!isalnum((unsigned char)text.p[i]) && !strchr("/._-", text.p[i]) &&
		    !strchr(more, text.p[i]))
			return false;
	return text.n > 0;
}

/* Folders of path dependencies have to be there for what is copied into them. */
static bool action_make_folders(struct action *a, struct buf *text)
{
	for (const char *const *p = a->paths; p && *p; p++) {
		struct str path = str_of(*p);
		size_t slash = str_find_last(path, '/');
		if (!action_is_plain(path, ""))
			return action_wrong(a, arena_printf(a->arena, "the path dependency '%s' has other than "
			                                    "letters, digits and /._- in its path", *p));
		if (slash != STR_NONE)
			buf_printf(text, "WORKDIR " ACTION_PLACE "/%.*s\n", (int)slash, *p);
	}
	buf_append_text(text, "WORKDIR " ACTION_PLACE "\n");
	return true;
}

/* Empties every cache mount of the recipe, each once, by a RUN that has them all. */
static bool action_clear(struct action *a, struct buf *text)
{
	const struct recipe *r = a->image.recipe;
	owned_buf struct buf mounts = { 0 }, command = { 0 };
	for (size_t i = 0; i < r->ninstructions; i++) {
		const struct instruction_parts *parts = r->instructions[i].parts;
		for (size_t k = 0; k < parts->nflags; k++) {
			struct str value = parts->flags[k].value, target;
			if (!str_eq(parts->flags[k].name, STR("mount")) ||
			    !str_eq(mount_get(a->arena, value, "type"), STR("cache")) ||
			    str_find_str(buf_str(&mounts), value) != STR_NONE)
				continue;
			target = mount_get(a->arena, value, "target");
			target = target.p ? target : mount_get(a->arena, value, "dst");
			if (!action_is_plain(target, "${}"))
				return action_wrong(a, arena_printf(a->arena, "the cache mount at '%.*s' is left "
				                                    "alone: its path has other than letters, "
				                                    "digits and /._-", STR_ARG(target)));
			buf_printf(&mounts, "--mount=%.*s ", STR_ARG(value));
			buf_printf(&command, " \\\n    && du -sh \"%.*s\" && rm -rf \"%.*s\"/* \"%.*s\"/.[!.]*",
			           STR_ARG(target), STR_ARG(target), STR_ARG(target));
		}
	}
	if (!mounts.n)
		return action_wrong(a, "no RUN of the Dockerfile has a cache mount: nothing is kept that "
		                    "could be cleared");
	buf_printf(text, "ARG MORTAR_ACTION\nRUN %s: \"$MORTAR_ACTION\"%s\n", buf_text(&mounts),
	           buf_text(&command));
	static const struct pair anew = { STR("MORTAR_ACTION"), { NULL, 0 } };
	a->image.level.args = &anew;
	a->image.level.nargs = 1;
	return true;
}

/* What belongs to the finished image or makes it anew is no part of this one. */
static void action_options(struct action *a)
{
	static const char *const left_out[] = { "target", "pull", "push", "output", "cache-to",
	                                        "provenance", "sbom", "no-cache-filter" };
	struct pair *options = arena_array(a->arena, a->image.noptions + 1, sizeof *options);
	size_t n = 0;
	for (size_t i = 0; i < a->image.noptions; i++) {
		struct str name = a->image.options[i].name;
		bool stays = !str_has_prefix(name, STR("label:"));
		for (size_t k = 0; k < sizeof left_out / sizeof *left_out; k++)
			stays = stays && !str_eq(name, str_of(left_out[k]));
		if (stays)
			options[n++] = a->image.options[i];
	}
	a->image.options = options;
	a->image.noptions = n;
}

/* The stage, or what of it is enough, as a Dockerfile of its own. */
static bool action_cut(struct action *a)
{
	const struct recipe *r = a->image.recipe;
	static const char *const none[] = { NULL };
	owned_buf struct buf text = { 0 };
	int stage = poetry_stage(r, selection_option(a->selection, "stage"), a->problems);
	if (stage < 0)
		return false;
	unsigned end = a->way->whole ? poetry_stage_end(r, stage) : poetry_stage_bare(r, stage);
	struct str before = poetry_stage_text(r, end);
	a->image.level = (struct level_effect){ .name = "all", .first_forced = -1 };
	buf_append(&text, before);
	if (before.n && before.p[before.n - 1] != '\n')
		buf_append_char(&text, '\n');
	if (!a->way->command && !a->way->script) {
		if (!action_clear(a, &text))
			return false;
	} else if (!a->way->whole && !action_make_folders(a, &text)) {
		return false;
	}
	const struct source *source = source_new(a->arena, STR("(action)"), NULL,
	                                         arena_str(a->arena, buf_str(&text)));
	struct recipe *cut = recipe_parse(source, (struct str){ 0 }, a->problems);
	if (!cut)
		return false;
	recipe_free(a->plan->recipe);
	a->image.recipe = a->plan->recipe = cut;
	a->image.tags = none;
	action_options(a);
	return true;
}

/* ---- the run ---- */

static const struct run_copy *action_copies_in(struct action *a)
{
	size_t n = 3, more = 0;
	while (a->paths && a->paths[more])
		more++;
	struct run_copy *copies = arena_array(a->arena, n + more + 1, sizeof *copies);
	static const struct run_copy manifests[] = {
		{ .container = ACTION_PLACE "/pyproject.toml", .path = "pyproject.toml" },
		{ .container = ACTION_PLACE "/poetry.lock", .path = "poetry.lock", .may_lack = true },
		{ .container = ACTION_PLACE "/poetry.toml", .path = "poetry.toml", .may_lack = true },
	};
	memcpy(copies, manifests, sizeof manifests);
	for (size_t i = 0; i < more; i++)
		copies[n++] = (struct run_copy){
			.container = arena_printf(a->arena, ACTION_PLACE "/%s", a->paths[i]),
			.path = a->paths[i] };
	copies[n] = (struct run_copy){ 0 };
	return copies;
}

static const struct run_copy action_manifests[] = {
	{ .container = ACTION_PLACE "/pyproject.toml", .path = "pyproject.toml" },
	{ .container = ACTION_PLACE "/poetry.lock", .path = "poetry.lock", .may_lack = true },
	{ 0 },
};
static const struct run_copy action_wheels[] = {
	{ .container = ACTION_PLACE "/dist", .path = "dist" },
	{ 0 },
};

static const char *const *action_command(struct action *a)
{
	const char **argv = arena_array(a->arena, a->nwords + 5, sizeof *argv);
	size_t n = 0;
	for (; a->way->command && a->way->command[n]; n++)
		argv[n] = a->way->command[n];
	if (a->way->script) {
		argv[n++] = "/bin/sh";
		argv[n++] = "-c";
		argv[n++] = a->way->script;
	}
	for (size_t i = 0; i < a->nwords; i++)
		argv[n++] = a->words[i];
	argv[n] = NULL;
	return argv;
}

static const char *action_name(struct action *a)
{
	owned_buf struct buf name = { 0 };
	buf_printf(&name, "poetry %s", a->way->name);
	for (size_t i = 0; i < a->nwords; i++)
		buf_printf(&name, " %s", a->words[i]);
	return arena_text(a->arena, buf_str(&name));
}

static void action_add_run(struct action *a, unsigned image)
{
	static const char *const env[] = { "POETRY_NO_INTERACTION=1", NULL };
	static const char *const bare[] = { "POETRY_NO_INTERACTION=1",
	                                    "POETRY_VIRTUALENVS_CREATE=false", NULL };
	const struct kind_action *action = NULL;
	const char *const *words = action_command(a);
	unsigned *after = arena_array(a->arena, 1, sizeof *after);
	const char **entry = arena_array(a->arena, 2, sizeof *entry);
	*after = image;
	entry[0] = words[0];
	entry[1] = NULL;
	for (size_t i = 0; poetry_actions[i].name; i++)
		if (strcmp(poetry_actions[i].name, a->way->name) == 0)
			action = &poetry_actions[i];
	struct run_task run = {
		.image_task = (int)image, .entrypoint = entry, .argv = words + 1, .user = "0",
		.env = a->way->whole ? env : bare,
		.copies_in = a->way->whole ? NULL : action_copies_in(a),
		.workdir = a->way->whole ? NULL : ACTION_PLACE,
	};
	if (action->changes_files)
		run.copies_out = a->way->whole ? action_wheels : action_manifests;
	for (size_t i = 0; i < a->image.noptions; i++)
		if (str_eq(a->image.options[i].name, STR("network")))
			run.network = arena_text(a->arena, a->image.options[i].value);
	plan_add(a->plan, &(struct task){ .kind = TASK_RUN, .name = action_name(a), .after = after,
	                                  .nafter = 1, .run = run });
}

bool poetry_action_add(struct plan *plan, const struct selection *selection,
                       const struct image_task *image, const char *const *paths,
                       struct problems *problems)
{
	struct action a = { .plan = plan, .arena = plan->arena, .selection = selection,
	                    .image = *image, .paths = paths, .problems = problems };
	bool ok = action_read(&a) && action_cut(&a);
	/* Also where it failed: the contexts are the plan's. */
	unsigned index = plan_add(plan, &(struct task){ .kind = TASK_IMAGE, .name = "image",
	                                                .image = a.image });
	if (ok && (a.way->command || a.way->script))
		action_add_run(&a, index);
	return ok;
}
