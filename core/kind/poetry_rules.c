/* What `mortar lint` tells of a Poetry project beyond errors. */
#include "core/kind/poetry.h"

static const struct poetry *rules_of(const struct subject *s)
{
	return s->settings->kind_data;
}

/* ---- the lock ---- */

static void rule_lock_stale(const struct rule *rule, const struct subject *s,
                            struct problems *problems)
{
	const struct poetry *p = rules_of(s);
	const struct poetry_freshness *f = &p->freshness;
	if (!p->lock || p->no_freshness || f->state != POETRY_STALE)
		return;
	lint_report(rule, true, problems, value_span(p->lock->content_hash_at),
	            "this lock was made for another pyproject.toml%s%.*s%s: %s; poetry lock brings it "
	            "up to date", f->what_changed.n ? " (changed: " : "", STR_ARG(f->what_changed),
	            f->what_changed.n ? ")" : "", f->install_does ? f->install_does
	            : "poetry install does not install what pyproject.toml asks for");
}

static void rule_lock_missing(const struct rule *rule, const struct subject *s,
                              struct problems *problems)
{
	const struct poetry *p = rules_of(s);
	/* For ours it is an error already. */
	if (p->lock || p->is_derived || !p->source)
		return;
	lint_report(rule, true, problems, (struct span){ p->source, 0, 0 },
	            "there is no poetry.lock beside it, so each build may install something else: "
	            "poetry lock makes one");
}

static void rule_lock_version(const struct rule *rule, const struct subject *s,
                              struct problems *problems)
{
	const struct poetry *p = rules_of(s);
	const struct poetry_freshness *f = &p->freshness;
	struct rule mild = *rule;
	mild.severity = SEVERITY_WARNING;
	if (!p->lock || !p->lock->root || p->no_freshness || f->reading == POETRY_READS)
		return;
	const struct value *at = p->lock->lock_version_at ? p->lock->lock_version_at
	                                                  : p->lock->metadata;
	lint_report(f->reading == POETRY_REFUSES ? rule : &mild, true, problems,
	            at ? value_span(at) : (struct span){ p->lock->source, 0, 0 },
	            "Poetry %.*s, which the build installs, %s a lock of lock-version %.*s",
	            STR_ARG(p->choices.poetry.text),
	            f->reading == POETRY_REFUSES ? "refuses" : "may not understand all of",
	            STR_ARG(p->lock->lock_version.n ? p->lock->lock_version : STR("?")));
}

/* ---- extras and groups ---- */

static const struct poetry_dependency *rules_main(const struct poetry_project *project,
                                                  struct str name)
{
	const struct poetry_group *main = poetry_project_group(project, STR("main"));
	for (size_t i = 0; main && i < main->ndependencies; i++)
		if (poetry_name_eq(main->dependencies[i].name, name))
			return &main->dependencies[i];
	return NULL;
}

/* Extras of [tool.poetry] name main dependencies; those of [project] are requirements. */
static void rules_extras(const struct rule *rule, const struct subject *s,
                         struct problems *problems, bool unknown)
{
	const struct poetry_project *project = rules_of(s)->project;
	for (size_t i = 0; project && i < project->nextras; i++) {
		const struct poetry_extra *extra = &project->extras[i];
		for (size_t k = 0; !extra->is_standard && k < extra->nitems; k++) {
			struct str name = extra->items[k].name;
			struct span at = value_span(extra->items[k].value);
			const struct poetry_dependency *d = rules_main(project, name);
			if (!d && unknown)
				lint_report(rule, true, problems, at,
				            "extra '%.*s' names '%.*s', which is no main dependency: add it to "
				            "[tool.poetry.dependencies] with optional = true",
				            STR_ARG(extra->name), STR_ARG(name));
			else if (d && !d->optional && !unknown)
				lint_report(rule, true, problems, at,
				            "'%.*s' is installed with extra '%.*s' and without it: set "
				            "optional = true where it is a dependency", STR_ARG(name),
				            STR_ARG(extra->name));
		}
	}
}

static void rule_extra_unknown(const struct rule *rule, const struct subject *s,
                               struct problems *problems)
{
	rules_extras(rule, s, problems, true);
}

static void rule_extra_not_optional(const struct rule *rule, const struct subject *s,
                                    struct problems *problems)
{
	rules_extras(rule, s, problems, false);
}

static void rule_group_unknown(const struct rule *rule, const struct subject *s,
                               struct problems *problems)
{
	const struct poetry_project *project = rules_of(s)->project;
	for (size_t i = 0; project && i < project->ngroups; i++)
		for (size_t k = 0; k < project->groups[i].nincludes; k++) {
			const struct value *name = project->groups[i].includes[k];
			if (!poetry_project_group(project, value_text(name)))
				lint_report(rule, true, problems, value_span(name),
				            "group '%.*s' includes '%.*s', and there is no such group",
				            STR_ARG(project->groups[i].name), STR_ARG(value_text(name)));
		}
}

/* ---- pyproject.toml ---- */

static void rule_requires_python(const struct rule *rule, const struct subject *s,
                                 struct problems *problems)
{
	const struct poetry_project *project = rules_of(s)->project;
	const struct value *key = project && project->poetry
		? value_get(project->poetry, STR("requires-python")) : NULL;
	if (key)
		lint_report(rule, true, problems, value_key_span(key),
		            "requires-python is a key of [project]: here every Poetry refuses the file; "
		            "[tool.poetry] has python = \"%.*s\" among its dependencies",
		            STR_ARG(value_text(key)));
}

static void rules_readme(const struct rule *rule, const struct subject *s,
                         const struct value *readme, struct problems *problems)
{
	const struct poetry *p = rules_of(s);
	bool there = false, ignored = false;
	if (value_type(readme) != VALUE_STRING)
		return;
	for (size_t i = 0; i < p->code.nreadmes; i++)
		there = there || value_is_same(p->code.readmes[i].cause, readme);
	for (size_t i = 0; there && s->plan && i < s->plan->nignores && !i; i++)
		ignored = ignore_matches(s->plan->ignores[i], value_text(readme));
	if (!there || ignored)
		lint_report(rule, true, problems, value_span(readme),
		            "'%.*s' is %s, and the project cannot be installed without it",
		            STR_ARG(value_text(readme)),
		            there ? "kept out of the build context by .dockerignore" : "not there");
}

static void rule_readme(const struct rule *rule, const struct subject *s,
                        struct problems *problems)
{
	const struct poetry_project *project = rules_of(s)->project;
	const struct value *readme = project && project->package_mode ? project->readme : NULL;
	if (readme && value_type(readme) == VALUE_OBJECT)
		readme = value_get(readme, STR("file"));
	if (!readme)
		return;
	rules_readme(rule, s, readme, problems);
	for (const struct value *v = value_child(readme); v; v = value_next(v))
		rules_readme(rule, s, v, problems);
}

/* ---- sources ---- */

static void rule_source_keys(const struct rule *rule, const struct subject *s,
                             struct problems *problems)
{
	static const struct { const char *key, *instead; } gone[] = {
		{ "default", "primary" }, { "secondary", "supplemental" },
	};
	const struct poetry *p = rules_of(s);
	struct poetry_version version;
	if (!p->project || !poetry_version_parse(p->choices.poetry.text, &version) ||
	    !poetry_version_at_least(&version, 2, 0, 0))
		return;
	for (size_t i = 0; i < p->project->nsources; i++)
		for (size_t k = 0; k < sizeof gone / sizeof *gone; k++) {
			const struct value *source = p->project->sources[i];
			const struct value *key = value_get(source, str_of(gone[k].key));
			const struct value *priority = value_get(source, STR("priority"));
			bool named = priority && str_eq(value_text(priority), str_of(gone[k].key));
			if (key || named)
				lint_report(rule, true, problems, key ? value_key_span(key) : value_span(priority),
				            "Poetry %.*s knows no source that is '%s': priority = \"%s\"",
				            STR_ARG(p->choices.poetry.text), gone[k].key, gone[k].instead);
		}
}

/* ---- bytes ---- */

static void rules_mark(const struct rule *rule, const struct source *source, const char *file,
                       struct problems *problems)
{
	static const char mark[] = "\xef\xbb\xbf";
	if (!source || !str_has_prefix(source->text, str_of(mark)))
		return;
	struct span at = { source, 0, sizeof mark - 1 };
	lint_report_fix(rule, true, problems, at, &(struct edit){ .at = at }, 1,
	                "%s begins with a byte order mark, and Poetry does not read it: save it as "
	                "UTF-8 without one", file);
}

static void rule_mark(const struct rule *rule, const struct subject *s, struct problems *problems)
{
	const struct poetry *p = rules_of(s);
	rules_mark(rule, p->source, "pyproject.toml", problems);
	rules_mark(rule, p->lock ? p->lock->source : NULL, "poetry.lock", problems);
}

const struct rule poetry_rules[] = {
	{ .id = "lock-stale", .severity = SEVERITY_ERROR, .check = rule_lock_stale,
	  .sentence = "A poetry.lock belongs to this pyproject.toml.",
	  .reason = "A stale lock installs something else than pyproject.toml asks for, or ends the "
	            "build." },
	{ .id = "lock-missing", .severity = SEVERITY_WARNING, .check = rule_lock_missing,
	  .sentence = "A Poetry project has a poetry.lock.",
	  .reason = "Without a lock the same commit installs other packages next month." },
	{ .id = "lock-version", .severity = SEVERITY_ERROR, .check = rule_lock_version,
	  .sentence = "The Poetry of the build can read poetry.lock.",
	  .reason = "A Poetry refuses a lock of a format that it does not know." },
	{ .id = "extra-unknown", .severity = SEVERITY_ERROR, .check = rule_extra_unknown,
	  .sentence = "An extra names main dependencies.",
	  .reason = "Poetry 2 refuses the file, older ones install the extra without a word and "
	            "without the package." },
	{ .id = "extra-not-optional", .severity = SEVERITY_WARNING, .check = rule_extra_not_optional,
	  .sentence = "What an extra names is optional.",
	  .reason = "A dependency that is not optional is installed always, so the extra changes "
	            "nothing." },
	{ .id = "group-unknown", .severity = SEVERITY_ERROR, .check = rule_group_unknown,
	  .sentence = "A group includes groups that are there.",
	  .reason = "Poetry cannot resolve a group that includes what is not there." },
	{ .id = "requires-python-misplaced", .severity = SEVERITY_ERROR, .check = rule_requires_python,
	  .sentence = "The key requires-python stands in [project].",
	  .reason = "In [tool.poetry] it makes the whole file invalid, so every poetry command "
	            "fails." },
	{ .id = "readme-not-in-context", .severity = SEVERITY_ERROR, .check = rule_readme,
	  .sentence = "The readme of pyproject.toml is in the build context.",
	  .reason = "The project's metadata has the readme's text, so it cannot be installed "
	            "without it." },
	{ .id = "source-key-removed", .severity = SEVERITY_ERROR, .check = rule_source_keys,
	  .sentence = "Sources have keys that this Poetry knows.",
	  .reason = "Poetry 2 refuses default and secondary, which 1.x had." },
	{ .id = "byte-order-mark", .severity = SEVERITY_ERROR, .check = rule_mark,
	  .sentence = "pyproject.toml and poetry.lock begin without a byte order mark.",
	  .reason = "TOML has none, so every poetry command fails at the first character, though "
	            "editors show nothing there." },
	{ .id = NULL },
};
