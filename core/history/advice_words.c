/* What commands need, as far as their words tell. */
#include "core/history/advice_inside.h"
#include "core/history/context_diff.h"
#include "core/history/fingerprint_inputs.h"

enum { WORDS_FILES_MAX = 4096, WORDS_MANIFESTS = 6 };

/* ---- commands ---- */

static struct str words_command(struct arena *a, const struct instruction *in)
{
	struct buf text owned_buf = { 0 };
	for (size_t i = 0; i < in->parts->nargs; i++) {
		buf_append(&text, in->parts->args[i]);
		buf_append_char(&text, ' ');
	}
	for (size_t i = 0; i < in->parts->nheredocs; i++) {
		buf_append_char(&text, '\n');
		buf_append(&text, in->parts->heredocs[i].text);
	}
	return inputs_command(a, buf_str(&text));
}

/* Commands that read nothing of the folder they run in, but what they name. */
static bool words_is_apart(struct str command)
{
	static const char *const known[] = { "apt-get", "apt", "apk", "dnf", "microdnf", "yum",
		"zypper", "curl", "wget", "useradd", "groupadd", "adduser", "addgroup", "mkdir", "sleep", "echo",
		"printf", "true", "rm", "ln", "touch", "export", "set", "chmod", "chown", "locale-gen",
		"update-ca-certificates" };
	for (size_t at = 0; at < command.n;) {
		size_t end = at;
		while (end < command.n && !memchr("&|;\n", command.p[end], 4))
			end++;
		struct str part = str_trim(str_slice(command, at, end - at));
		struct str first = str_slice(part, 0, str_find(part, ' '));
		bool apart = first.n == 0;
		for (size_t i = 0; i < sizeof known / sizeof *known; i++)
			apart |= str_eq(first, str_of(known[i]));
		if (!apart)
			return false;
		at = end + 1;
	}
	return true;
}

bool advice_uses(struct str text, struct str name)
{
	for (size_t at; (at = str_find(text, '$')) != STR_NONE;) {
		struct str rest = str_slice(text, at + 1, STR_NONE);
		text = rest;
		if (rest.n && rest.p[0] == '{')
			rest = str_slice(rest, 1, STR_NONE);
		if (!str_has_prefix(rest, name))
			continue;
		char next = rest.n > name.n ? rest.p[name.n] : ' ';
		if (!((next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z') || next == '_' ||
		      (next >= '0' && next <= '9')))
			return true;
	}
	return false;
}

/* ---- folders ---- */

static struct str words_join(struct arena *a, struct str folder, struct str path)
{
	while (path.n > 1 && path.p[path.n - 1] == '/')
		path.n--;
	if (str_eq(path, STR(".")) || str_eq(path, STR("./")) || path.n == 0)
		return folder;
	if (path.p[0] == '/')
		return path;
	if (str_has_prefix(path, STR("./")))
		path = str_slice(path, 2, STR_NONE);
	return str_of(arena_printf(a, "%.*s%s%.*s", STR_ARG(folder),
	                           str_eq(folder, STR("/")) ? "" : "/", STR_ARG(path)));
}

/* The folder that an instruction works in, as far as the file says it. */
static struct str words_folder(struct arena *a, const struct recipe *r, int instruction)
{
	int stage = r->instructions[instruction].stage;
	struct str tail = { 0 };
	for (int at = instruction; stage >= 0;) {
		for (; at >= (int)r->stages[stage].first; at--) {
			const struct instruction *in = &r->instructions[at];
			if (in->kind != INSTRUCTION_WORKDIR || in->parts->nargs == 0)
				continue;
			struct str path = in->parts->args[0];
			tail = tail.n ? words_join(a, path, tail) : path;
			if (path.n && path.p[0] == '/')
				return tail;
		}
		stage = r->stages[stage].from;
		at = stage < 0 ? 0 : (int)(r->stages[stage].first + r->stages[stage].count) - 1;
	}
	return words_join(a, STR("/"), tail);
}

static bool words_is_below(struct str path, struct str folder)
{
	return str_has_prefix(path, folder) && (path.n == folder.n || path.p[folder.n] == '/');
}

/* ---- what a step needs of a COPY ---- */

bool advice_needs(struct arena *a, const struct recipe *r, int copy, int step,
                  const struct fingerprints *f, const struct fingerprint_step *files)
{
	const struct instruction *in = &r->instructions[step], *from = &r->instructions[copy];
	struct str to = from->parts->nargs ? from->parts->args[from->parts->nargs - 1] : STR("");
	if (in->kind == INSTRUCTION_WORKDIR)
		return to.n == 0 || to.p[0] != '/';
	if (in->kind != INSTRUCTION_RUN)
		return false;
	struct str command = words_command(a, in), folder = words_folder(a, r, step);
	struct str dest = words_join(a, words_folder(a, r, copy), to);
	struct inputs_words words = { 0 };
	inputs_words_add(a, &words, command);
	bool needs = words.all || files->nfiles > WORDS_FILES_MAX ||
	             inputs_words_name(&words, arena_text(a, dest)) != INPUTS_NOT_NAMED;
	for (size_t i = 0; i < files->nfiles && !needs; i++)
		needs = inputs_words_name(&words, arena_text(a, f->files[files->files[i]].path)) !=
		        INPUTS_NOT_NAMED;
	inputs_words_finish(&words);
	bool inside = !str_eq(folder, STR("/")) &&
	              (words_is_below(dest, folder) || words_is_below(folder, dest));
	return needs || (inside && !words_is_apart(command));
}

/* ---- what installs, and from which files ---- */

static const struct {
	const char *command, *also;     /* also: what must stand behind it; NULL: nothing */
	const char *manifests[WORDS_MANIFESTS];
} installers[] = {
	{ "pip install", " -r", { "requirements.txt", "constraints.txt" } },
	{ "pip3 install", " -r", { "requirements.txt", "constraints.txt" } },
	{ "poetry install", NULL, { "pyproject.toml", "poetry.lock" } },
	{ "uv sync", NULL, { "pyproject.toml", "uv.lock" } },
	{ "pipenv install", NULL, { "Pipfile", "Pipfile.lock" } },
	{ "pipenv sync", NULL, { "Pipfile", "Pipfile.lock" } },
	{ "npm ci", NULL, { "package.json", "package-lock.json", "npm-shrinkwrap.json" } },
	{ "npm install", NULL, { "package.json", "package-lock.json", "npm-shrinkwrap.json" } },
	{ "yarn install", NULL, { "package.json", "yarn.lock" } },
	{ "pnpm install", NULL, { "package.json", "pnpm-lock.yaml", "pnpm-workspace.yaml" } },
	{ "go mod download", NULL, { "go.mod", "go.sum" } },
	{ "cargo fetch", NULL, { "Cargo.toml", "Cargo.lock" } },
	{ "bundle install", NULL, { "Gemfile", "Gemfile.lock" } },
	{ "composer install", NULL, { "composer.json", "composer.lock" } },
	{ "mvn dependency:", NULL, { "pom.xml" } },
};

static struct str words_base(struct str path)
{
	size_t slash = str_find_last(path, '/');
	return str_slice(path, slash == STR_NONE ? 0 : slash + 1, STR_NONE);
}

static bool words_is_manifest(const char *const *manifests, struct str path)
{
	for (size_t i = 0; i < WORDS_MANIFESTS && manifests[i]; i++)
		if (str_eq(words_base(path), str_of(manifests[i])))
			return true;
	return false;
}

static const char *const *words_installs(struct str command)
{
	for (size_t i = 0; i < sizeof installers / sizeof *installers; i++) {
		size_t at = str_find_str(command, str_of(installers[i].command));
		struct str rest = at == STR_NONE ? STR("") : str_slice(command, at, STR_NONE);
		rest = str_slice(rest, 0, str_find(rest, '&'));
		if (rest.n && (!installers[i].also ||
		               str_find_str(rest, str_of(installers[i].also)) != STR_NONE))
			return installers[i].manifests;
	}
	return NULL;
}

struct str advice_manifests(struct arena *a, const struct instruction *in,
                            const struct advice_pair *p, const struct advice_step *copy,
                            bool *ret_changed)
{
	const char *const *manifests = in->kind == INSTRUCTION_RUN
		? words_installs(words_command(a, in)) : NULL;
	struct buf names owned_buf = { 0 };
	struct context_diff diff;
	size_t others = 0;
	*ret_changed = false;
	if (!manifests)
		return (struct str){ 0 };
	for (size_t i = 0; i < copy->now->nfiles; i++) {
		struct str path = p->now->prints->files[copy->now->files[i]].path;
		bool is_one = words_is_manifest(manifests, path);
		others += !is_one;
		if (is_one && str_find(path, '/') == STR_NONE)
			buf_printf(&names, "%s%.*s", names.n ? ", " : "", STR_ARG(path));
	}
	context_diff_make(a, p->then->prints, copy->then, p->now->prints, copy->now, &diff);
	for (size_t i = 0; i < diff.n; i++)
		*ret_changed |= words_is_manifest(manifests, diff.files[i].path);
	return others ? arena_str(a, buf_str(&names)) : (struct str){ 0 };
}
