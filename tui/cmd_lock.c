/* mortar lock: whether a poetry.lock is that of its pyproject.toml, told without Poetry. */
#include <stdarg.h>

#include "core/base/utf8.h"
#include "core/kind/poetry_lock.h"
#include "core/os/files.h"
#include "core/project/files_git.h"
#include "core/value/json.h"
#include "tui/command.h"

/* So many commits back a pyproject.toml is looked for that has the lock's hash. */
enum { LOCK_COMMITS = 30 };

struct locking {
	struct arena *arena;
	struct files *files;
	struct problems *problems;      /* of the lock */
	const char *folder, *toml, *lock_path;
	const struct poetry_project *project;
	const struct poetry_lock *lock; /* NULL: there is none */
	struct poetry_freshness told;
	const char *since;              /* the commit that what_changed starts from, or NULL */
};

/* PATH is a folder or one of the two files in it. */
static void lock_paths(struct locking *l, const char *path)
{
	struct str name = str_of(path);
	size_t slash = str_find_last(name, '/');
	if (slash != STR_NONE)
		name = str_slice(name, slash + 1, name.n);
	bool is_lock = str_has_suffix(name, STR(".lock")), is_toml = str_has_suffix(name, STR(".toml"));
	bool is_file = (is_lock || is_toml) && files_has(l->files, path);
	l->folder = !is_file ? path : slash == STR_NONE ? "."
		: arena_text(l->arena, str_slice(str_of(path), 0, slash ? slash : 1));
	l->toml = is_file && is_toml ? path : files_join(l->arena, l->folder, "pyproject.toml");
	l->lock_path = is_file && is_lock ? path : files_join(l->arena, l->folder, "poetry.lock");
	l->toml = files_clean(l->arena, l->toml);
	l->lock_path = files_clean(l->arena, l->lock_path);
}

/* NULL with err's code ERROR_NONE: it is not there. */
static const struct source *lock_source(struct locking *l, const char *path, struct error *err)
{
	struct str text;
	if (files_read(l->files, path, l->arena, &text, err) != FILES_OK)
		return NULL;
	return source_new(l->arena, str_of(path), NULL, text);
}

/* The exit code, 0 where both could be read as far as they are there. */
static int lock_read(struct locking *l)
{
	struct error err = { 0 };
	size_t conflicts;
	const struct value *root = NULL;
	owned(problems) struct problems *problems = problems_new(), *types = problems_new();
	const struct source *source = lock_source(l, l->toml, &err);
	if (!source && err.code == ERROR_NONE)
		error_set(&err, ERROR_USAGE, "there is no %s: name a folder that has one, or the file "
		          "itself", l->toml);
	if (!source)
		return command_fail(&err);
	if (!poetry_toml_read(l->arena, source, problems, &root, &conflicts)) {
		for (size_t i = 0; i < problems_count(problems); i++)
			command_print_problem(problems_get(problems, i));
		return 3;
	}
	/* What is of a wrong type is told by lint; it is hashed all the same. */
	l->project = poetry_project_read(l->arena, root, types);
	source = lock_source(l, l->lock_path, &err);
	if (!source && err.code != ERROR_NONE)
		return command_fail(&err);
	l->lock = source ? poetry_lock_read(l->arena, source, l->problems) : NULL;
	return 0;
}

/* ---- what changed, by git ---- */

/* The newest commit whose pyproject.toml has the lock's hash. */
static void lock_ask_git(struct locking *l)
{
	const char *absolute = files_absolute(l->arena, l->toml);
	for (unsigned i = 0; i < LOCK_COMMITS && !l->since; i++) {
		struct str text;
		size_t conflicts;
		struct error ignored;
		const struct value *then;
		const char *revision = i ? arena_printf(l->arena, "HEAD~%u", i) : "HEAD";
		owned(problems) struct problems *problems = problems_new();
		owned(files) struct files *git = files_git(l->folder, revision, l->files, &ignored);
		if (!git)
			return;
		if (!files_git_holds(git, absolute) ||
		    files_read(git, absolute, l->arena, &text, &ignored) != FILES_OK)
			continue;
		struct source *source = source_new(l->arena, str_of(l->toml), NULL, text);
		if (!poetry_toml_read(l->arena, source, problems, &then, &conflicts))
			continue;
		struct str changed = poetry_changed_since(l->arena, then, l->project->root,
		                                          l->told.rules, l->told.found);
		if (!changed.n)
			continue;
		l->told.what_changed = changed;
		l->since = revision;
	}
}

/* ---- telling ---- */

static const char *lock_state(const struct locking *l)
{
	static const char *const states[] = { "fresh", "stale", "no-lock", "no-hash", "broken" };
	return states[l->told.state];
}

static const char *lock_reading(const struct locking *l)
{
	static const char *const readings[] = { "reads", "warns", "refuses" };
	return readings[l->told.reading];
}

__attribute__((format(printf, 2, 3)))
static void lock_line(struct buf *out, const char *fmt, ...)
{
	owned_buf struct buf line = { 0 };
	va_list args;
	va_start(args, fmt);
	buf_vprintf(&line, fmt, args);
	va_end(args);
	utf8_append_visible(out, buf_str(&line));
	buf_append_char(out, '\n');
}

static void lock_tell_stale(const struct locking *l, struct buf *out)
{
	const struct poetry_freshness *f = &l->told;
	lock_line(out, "%s has %.*s", l->lock_path, STR_ARG(f->found));
	if (l->since)
		lock_line(out, "changed since %s: %.*s", l->since, STR_ARG(f->what_changed));
	else if (f->what_changed.n)
		lock_line(out, "changed: %.*s", STR_ARG(f->what_changed));
	else
		lock_line(out, "what changed cannot be told: neither the last commits nor this file "
		          "with some of its entries left out has the lock's hash");
}

static void lock_tell(const struct locking *l, struct buf *out)
{
	const struct poetry_freshness *f = &l->told;
	lock_line(out, "%s %s", f->expected, f->state == POETRY_FRESH ? "fresh" : "stale");
	if (f->version.n)
		lock_line(out, "by the rules of Poetry %.*s", STR_ARG(f->version));
	else
		lock_line(out, "by the rules of Poetry %s%s", poetry_rules_text(f->rules), !l->lock
		          ? "" : f->is_told_by_hash ? ", which the hash itself tells"
		          : ": the lock does not say which Poetry wrote it");
	if (f->is_older_hash)
		lock_line(out, "without dependency-groups, as Poetry %.*s has made it",
		          STR_ARG(l->lock->generator));
	if (f->state == POETRY_NO_LOCK)
		lock_line(out, "there is no %s", l->lock_path);
	else if (f->state == POETRY_BROKEN)
		lock_line(out, "%s cannot be read", l->lock_path);
	else if (f->state == POETRY_NO_HASH)
		lock_line(out, "%s has no content-hash", l->lock_path);
	else if (f->state == POETRY_STALE)
		lock_tell_stale(l, out);
	if (f->reading != POETRY_READS)
		lock_line(out, "its lock-version %.*s is %s", STR_ARG(l->lock->lock_version),
		          f->reading == POETRY_REFUSES ? "none that this Poetry reads"
		                                       : "newer than this Poetry's own");
	lock_line(out, "%s", f->install_does);
}

static struct value *lock_string(struct arena *a, struct str text)
{
	return text.n ? value_new_string(a, text)
	              : value_new(a, VALUE_NULL, STR("null"), (struct span){ 0 });
}

static void lock_tell_json(const struct locking *l, struct buf *out)
{
	static const struct str none;
	struct arena *a = l->arena;
	const struct poetry_freshness *f = &l->told;
	struct value *o = value_new_object(a);
	value_set(a, o, "pyproject", value_new_string(a, str_of(l->toml)));
	value_set(a, o, "lock", lock_string(a, l->lock ? str_of(l->lock_path) : none));
	value_set(a, o, "fresh", value_new_bool(a, f->state == POETRY_FRESH));
	value_set(a, o, "state", value_new_string(a, str_of(lock_state(l))));
	value_set(a, o, "expected", value_new_string(a, str_of(f->expected)));
	value_set(a, o, "found", lock_string(a, f->found));
	value_set(a, o, "rules", value_new_string(a, str_of(poetry_rules_text(f->rules))));
	value_set(a, o, "poetry", lock_string(a, f->version));
	value_set(a, o, "generator", lock_string(a, l->lock ? l->lock->generator : none));
	value_set(a, o, "lock_version", lock_string(a, l->lock ? l->lock->lock_version : none));
	value_set(a, o, "changed", lock_string(a, f->what_changed));
	value_set(a, o, "since", lock_string(a, str_of(l->since)));
	value_set(a, o, "reading", value_new_string(a, str_of(lock_reading(l))));
	value_set(a, o, "install", value_new_string(a, str_of(f->install_does)));
	value_set(a, o, "packages", value_new_integer(a, l->lock ? (long long)l->lock->npackages : 0));
	value_write_json(out, o, JSON_FILE);
	buf_append_char(out, '\n');
}

int cmd_lock(struct arena *arena, const struct args *args)
{
	struct error err = { 0 };
	owned_buf struct buf out = { 0 };
	owned(files) struct files *files = files_disk(".");
	owned(problems) struct problems *problems = problems_new();
	struct locking l = { .arena = arena, .files = files, .problems = problems };
	const char *version = args_get(args, "poetry");
	lock_paths(&l, args->operands[0]);
	int code = lock_read(&l);
	if (code)
		return code;
	if (!poetry_check_lock(arena, l.project, l.lock, str_of(version), &l.told, &err))
		return command_fail(&err);
	for (size_t i = 0; i < problems_count(problems); i++)
		command_print_problem(problems_get(problems, i));
	if (l.told.state == POETRY_STALE)
		lock_ask_git(&l);
	if (args_has(args, "json"))
		lock_tell_json(&l, &out);
	else
		lock_tell(&l, &out);
	code = command_output(buf_str(&out));
	return code ? code : l.told.state == POETRY_FRESH ? 0 : 3;
}
