#include "core/kind/poetry_stage.h"

#include <string.h>
#include <strings.h>


/* The next word of a shell's text, or of a JSON array; *ret_begins: a command begins with it. */
static bool stage_word(struct str *rest, struct str *ret_word, bool *ret_begins)
{
	static const char parts[] = ";&|()`{\n", ends[] = " \t\r\n;&|()'\"`{}\\[],";
	size_t i = 0, n;
	bool goes_on = false;
	*ret_begins = false;
	for (; i < rest->n && strchr(ends, rest->p[i]); i++) {
		/* A line that ends with the escape goes on. */
		if (rest->p[i] == '\n' && goes_on)
			continue;
		*ret_begins = *ret_begins || strchr(parts, rest->p[i]);
		goes_on = rest->p[i] == '\\';
	}
	for (n = i; n < rest->n && !strchr(ends, rest->p[n]);)
		n++;
	*ret_word = str_slice(*rest, i, n - i);
	*rest = str_slice(*rest, n, rest->n);
	return ret_word->n > 0;
}

static bool stage_is_among(struct str word, const char *const *words)
{
	for (; *words; words++)
		if (str_eq(word, str_of(*words)))
			return true;
	return false;
}

/* What stands before a command's name. */
static bool stage_is_before(struct str word)
{
	static const char *const words[] = { "exec", "env", "sudo", "then", "do", "else", "if", "!",
	                                     "time", NULL };
	return str_find(word, '=') != STR_NONE || word.p[0] == '-' || stage_is_among(word, words);
}

/* One word of a command; name: the command's, p NULL as long as it is not known. */
static unsigned stage_use_of(struct str name, struct str word, bool *is_known)
{
	static const char *const works[] = { "install", "check", "lock", "sync", "export", "build",
	                                     "update", "add", "run", "show", "version", NULL };
	static const char *const others[] = { "rm", "echo", "test", "cat", "ls", "mkdir", "chown", "cd",
	                                      "cp", "mv", "chmod", NULL };
	bool is_poetry = str_eq(name, STR("poetry")) || str_has_suffix(name, STR("/poetry"));
	if (*is_known || word.p[0] == '-')
		return POETRY_USE_NONE;
	*is_known = is_poetry;
	if (is_poetry)
		return stage_is_among(word, works) ? POETRY_USE_WORKS : POETRY_USE_NONE;
	return !stage_is_among(name, others) && str_find_str(word, STR("poetry")) != STR_NONE
	       ? POETRY_USE_INSTALLS : POETRY_USE_NONE;
}

unsigned poetry_use(const struct instruction *in)
{
	struct str rest = in->text, word, name = { 0 };
	unsigned use = POETRY_USE_NONE;
	bool begins, is_known = false;
	if (in->kind != INSTRUCTION_RUN)
		return use;
	stage_word(&rest, &word, &begins);
	while (stage_word(&rest, &word, &begins)) {
		if (begins) {
			name = (struct str){ 0 };
			is_known = false;
		}
		if (name.p)
			use |= stage_use_of(name, word, &is_known);
		else if (!stage_is_before(word))
			name = word;
	}
	return use;
}

unsigned poetry_stage_end(const struct recipe *r, int stage)
{
	return r->stages[stage].first + r->stages[stage].count;
}

static unsigned stage_use(const struct recipe *r, int stage)
{
	unsigned use = POETRY_USE_NONE;
	for (unsigned i = r->stages[stage].first; i < poetry_stage_end(r, stage); i++)
		use |= poetry_use(&r->instructions[i]);
	return use;
}

/* Names of stages have no case. */
static bool stage_is(const struct recipe *r, size_t stage, struct str name)
{
	struct str own = r->stages[stage].name;
	return own.n && own.n == name.n && strncasecmp(own.p, name.p, own.n) == 0;
}

int poetry_stage(const struct recipe *r, struct str wanted, struct problems *problems)
{
	unsigned long long number;
	for (size_t i = 0; i < r->nstages && wanted.n; i++)
		if (stage_is(r, i, wanted) ||
		    (str_number(wanted, r->nstages, &number) && number == i))
			return (int)i;
	if (wanted.n) {
		problems_add(problems, SEVERITY_ERROR, "stage", (struct span){ 0 },
		             "the Dockerfile has no stage '%.*s'", STR_ARG(wanted));
		return -1;
	}
	for (size_t i = 0; i < r->nstages; i++)
		if (stage_use(r, (int)i))
			return (int)i;
	for (size_t i = 0; i < r->nstages; i++)
		if (stage_is(r, i, STR("builder")))
			return (int)i;
	if (r->nstages == 1)
		return 0;
	problems_add(problems, SEVERITY_ERROR, "stage", (struct span){ 0 },
	             "no stage of the Dockerfile speaks of Poetry: --stage STAGE says which has it");
	return -1;
}

/* From the build context, and the manifests among it. */
static bool stage_copies_manifests(const struct instruction *in)
{
	if (in->kind != INSTRUCTION_COPY && in->kind != INSTRUCTION_ADD)
		return false;
	for (size_t i = 0; i < in->parts->nflags; i++)
		if (str_eq(in->parts->flags[i].name, STR("from")))
			return false;
	for (size_t i = 0; i + 1 < in->parts->nargs; i++) {
		struct str from = in->parts->args[i];
		if (str_find_str(from, STR("pyproject")) != STR_NONE ||
		    str_find_str(from, STR("poetry.")) != STR_NONE || str_eq(from, STR(".")) ||
		    str_eq(from, STR("./")) || str_find(from, '*') != STR_NONE)
			return true;
	}
	return false;
}

unsigned poetry_stage_bare(const struct recipe *r, int stage)
{
	unsigned first = r->stages[stage].first, end = poetry_stage_end(r, stage), bare = end, had = 0;
	for (unsigned i = first; i < end; i++) {
		const struct instruction *in = &r->instructions[i];
		unsigned use = poetry_use(in);
		if (bare == end && (stage_copies_manifests(in) || (use & POETRY_USE_WORKS)))
			bare = i;
		if (use & POETRY_USE_INSTALLS)
			had = i + 1;
	}
	if (had <= bare)
		return bare;
	/* It comes only behind the manifests; together with work on them all of it is needed. */
	return poetry_use(&r->instructions[had - 1]) & POETRY_USE_WORKS ? end : had;
}

struct str poetry_stage_text(const struct recipe *r, unsigned instruction)
{
	struct str rest = r->text, line;
	unsigned lines = instruction < r->ninstructions ? r->instructions[instruction].first_line - 1
	                                                : (unsigned)-1;
	for (unsigned i = 0; i < lines && str_next(&rest, '\n', &line); i++)
		continue;
	return rest.p ? str_slice(r->text, 0, (size_t)(rest.p - r->text.p)) : r->text;
}
