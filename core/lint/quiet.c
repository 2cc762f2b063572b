#include "core/lint/quiet.h"

#include <stdlib.h>

#include "core/base/check.h"
#include "core/base/similar.h"
#include "core/lint/comments.h"

enum quiet_form { QUIET_IGNORE, QUIET_SKIP, QUIET_EXPERIMENTAL, QUIET_SEVERITY };

/* One rule's name as it stands somewhere. */
struct quiet_word {
	enum quiet_form form;
	struct str rule;
	struct span at;
	int instruction;                /* -1: the whole file */
	const struct preferences_rule *preference;      /* or NULL: a comment's */
	bool is_used;
};

struct quiet {
	const struct subject *subject;
	const struct rule *rules;
	struct arena *arena;
	struct quiet_word *words;
	size_t n, cap;
	bool has_errors;                /* check=error=true */
	struct problems *wrong;
};

enum { QUIET_UNKNOWN, QUIET_OPTION, QUIET_UNUSED };
const struct rule lint_quiet_rules[] = {
	[QUIET_UNKNOWN] = {
		.id = "lint-unknown-rule", .severity = SEVERITY_WARNING,
		.sentence = "What is ignored is a rule that there is.",
		.reason = "What was meant is told still." },
	[QUIET_OPTION] = {
		.id = "lint-option", .severity = SEVERITY_WARNING,
		.sentence = "A comment that speaks to a linter says what it understands.",
		.reason = "BuildKit refuses a Dockerfile whose check directive it cannot read; nobody "
		          "reads the others." },
	[QUIET_UNUSED] = {
		.id = "lint-unused", .severity = SEVERITY_NOTE,
		.sentence = "What is ignored is still there.",
		.reason = "A word without use hides what comes later.  Told with --strict." },
	/* core/history/advice.h */
	{ .id = "cache-order", .severity = SEVERITY_NOTE,
	  .sentence = "What changes often stands below what takes long.",
	  .reason = "Told of builds that were kept: what another order would have saved over them." },
	{ .id = NULL },
};

void quiet_free(struct quiet *q)
{
	if (!q)
		return;
	free(q->words);
	problems_free(q->wrong);
	arena_free(q->arena);
	free(q);
}

static void quiet_add(struct quiet *q, const struct quiet_word *word)
{
	if (q->n == q->cap)
		q->words = xrealloc(q->words, q->cap = q->cap ? q->cap * 2 : 16, sizeof *q->words);
	q->words[q->n++] = *word;
}

/* ---- reading ---- */

/* BuildKit takes it instead of the file's directive. */
#define QUIET_ARGUMENT "build-arg:BUILDKIT_DOCKERFILE_CHECK"

static bool quiet_is_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == '_';
}

static struct span quiet_span(const struct source *source, struct str part)
{
	return source ? (struct span){ source, (uint32_t)(part.p - source->text.p),
	                               (uint32_t)part.n }
	              : (struct span){ 0 };
}

/* The names of a list; what stands behind the last of them is a reason. */
static void quiet_names(struct quiet *q, const struct source *source, struct str list,
                        enum quiet_form form, int instruction)
{
	for (size_t at = 0; at < list.n;) {
		size_t end = at;
		while (end < list.n && quiet_is_name(list.p[end]))
			end++;
		if (end == at)
			break;
		struct str name = str_slice(list, at, end - at);
		quiet_add(q, &(struct quiet_word){ .form = form, .rule = name,
		                                   .at = quiet_span(source, name),
		                                   .instruction = instruction });
		size_t comma = end;
		while (comma < list.n && list.p[comma] == ' ')
			comma++;
		if (comma == list.n || list.p[comma] != ',')
			break;
		for (at = comma + 1; at < list.n && list.p[at] == ' ';)
			at++;
	}
}

static bool quiet_wrong(struct quiet *q, struct span at, const char *what, struct str text)
{
	const struct rule *rule = &lint_quiet_rules[QUIET_OPTION];
	return problems_add(q->wrong, rule->severity, rule->id, at, "%s '%.*s'", what,
	                    STR_ARG(text));
}

static bool quiet_is_bool(struct str text, bool *ret_value)
{
	static const char *const words[] = { "1", "t", "T", "true", "TRUE", "True",
	                                     "0", "f", "F", "false", "FALSE", "False" };
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (str_eq(text, str_of(words[i]))) {
			*ret_value = i < 6;
			return true;
		}
	return false;
}

/* "skip=A,B;error=true;experimental=all", of the file or of one instruction, where error
 * counts for nothing. */
static void quiet_read_check(struct quiet *q, const struct source *source, struct str check,
                             int instruction)
{
	struct str rest = check, part;
	while (str_next(&rest, ';', &part)) {
		size_t equals = str_find(part, '=');
		struct str key = str_trim(str_slice(part, 0, equals));
		struct str value = equals == STR_NONE ? (struct str){ 0 }
		                                      : str_trim(str_slice(part, equals + 1, STR_NONE));
		bool on = false;
		if (value.p && str_eq(key, STR("skip")))
			quiet_names(q, source, value, QUIET_SKIP, instruction);
		else if (value.p && str_eq(key, STR("experimental")))
			quiet_names(q, source, value, QUIET_EXPERIMENTAL, instruction);
		else if (value.p && str_eq(key, STR("error")) && quiet_is_bool(value, &on))
			q->has_errors |= on && instruction < 0;
		else
			quiet_wrong(q, quiet_span(source, part), "check takes skip=RULE,RULE, error=true or "
			            "false, and experimental=RULE with ';' between them, not", part);
	}
}

/* "mortar: ignore=…"; a sentence that only begins like that is none. */
static void quiet_read_ours(struct quiet *q, const struct comment *c, int instruction)
{
	struct str text = c->text;
	if (!str_has_prefix(text, STR("mortar:")))
		return;
	text = str_trim(str_slice(text, strlen("mortar:"), STR_NONE));
	size_t equals = 0;
	while (equals < text.n && quiet_is_name(text.p[equals]))
		equals++;
	if (equals == text.n || text.p[equals] != '=')
		return;
	struct str key = str_slice(text, 0, equals), list = str_slice(text, equals + 1, STR_NONE);
	if (str_eq(key, STR("ignore")))
		quiet_names(q, c->at.source, list, QUIET_IGNORE, instruction);
	else if (!str_eq(key, STR("ignore-file")))
		quiet_wrong(q, c->at, "mortar understands ignore=RULE and ignore-file=RULE, not", key);
	else if (instruction > 0)
		quiet_wrong(q, c->at, "above the first instruction, not here, stands", key);
	else
		quiet_names(q, c->at.source, list, QUIET_IGNORE, -1);
}

static void quiet_read_comments(struct quiet *q)
{
	const struct recipe *r = q->subject->recipe;
	const struct image_task *image = plan_image(q->subject->plan);
	struct span at = { 0 };
	struct str check = { 0 };
	for (size_t i = 0; i < image->noptions; i++)
		if (str_eq(image->options[i].name, STR(QUIET_ARGUMENT)))
			check = image->options[i].value;
	if (!check.p)
		check = comments_check(r, &at);
	if (check.p)
		quiet_read_check(q, at.source, check, -1);
	for (size_t i = 0; i < r->ninstructions; i++) {
		struct comment *comments;
		struct arena_mark mark = arena_mark(q->arena);
		size_t n = comments_above(q->arena, r, i, &comments);
		for (size_t k = 0; k < n; k++) {
			struct str local = comment_check(comments[k].text);
			if (local.p)
				quiet_read_check(q, comments[k].at.source, local, (int)i);
			quiet_read_ours(q, &comments[k], (int)i);
		}
		arena_rewind(q->arena, mark);
	}
}

static void quiet_read_preferences(struct quiet *q)
{
	const struct preferences *p = q->subject->preferences;
	for (size_t i = 0; p && i < p->nlint_rules; i++)
		quiet_add(q, &(struct quiet_word){
			.form = p->lint_rules[i].is_severity ? QUIET_SEVERITY : QUIET_IGNORE,
			.rule = str_of(p->lint_rules[i].rule), .at = p->lint_rules[i].at,
			.instruction = -1, .preference = &p->lint_rules[i] });
}

struct quiet *quiet_new(const struct subject *subject, const struct rule *rules)
{
	struct quiet *q = xcalloc(1, sizeof *q);
	q->subject = subject;
	q->rules = rules;
	q->arena = arena_new();
	q->wrong = problems_new();
	quiet_read_preferences(q);
	if (subject->recipe && !subject->for_derived)
		quiet_read_comments(q);
	return q;
}

/* ---- judging ---- */

/* The instruction that the place is in, or -1. */
static int quiet_instruction(const struct recipe *r, struct span at)
{
	size_t low = 0, high = r ? r->ninstructions : 0;
	if (!high || !at.source || r->instructions[0].at.source != at.source)
		return -1;
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;
		if (r->instructions[middle].at.at <= at.at)
			low = middle;
		else
			high = middle;
	}
	struct span in = r->instructions[low].at;
	return at.at >= in.at && at.at <= in.at + in.size ? (int)low : -1;
}

static bool quiet_means(const struct quiet_word *w, const char *rule)
{
	return str_eq(w->rule, str_of(rule)) ||
	       (str_eq(w->rule, STR("all")) && w->form != QUIET_SEVERITY);
}

/* Whether the word reaches a finding of this rule at this instruction. */
static bool quiet_reaches(const struct quiet_word *w, const struct rule *rule, int instruction)
{
	if ((w->instruction >= 0 && w->instruction != instruction) || !quiet_means(w, rule->id))
		return false;
	bool is_check = lint_find(lint_check_rules, rule->id) != NULL;
	switch (w->form) {
	case QUIET_SKIP:
		return is_check && !rule->is_off && !(w->instruction >= 0 && rule->is_global);
	case QUIET_EXPERIMENTAL:
		return is_check && rule->is_off;
	case QUIET_IGNORE:
	case QUIET_SEVERITY:
		break;
	}
	return true;
}

bool quiet_tells(struct quiet *q, const struct problem *p, enum severity *ret_severity)
{
	const struct rule *rule = lint_find_any(q->rules, p->rule);
	*ret_severity = p->severity;
	if (!rule)
		return true;
	int instruction = quiet_instruction(q->subject->recipe, p->at);
	bool on = !rule->is_off, ignored = false, chosen = false;
	for (size_t i = 0; i < q->n; i++) {
		struct quiet_word *w = &q->words[i];
		if (!quiet_reaches(w, rule, instruction))
			continue;
		w->is_used = true;
		ignored |= w->form == QUIET_IGNORE || w->form == QUIET_SKIP;
		on |= w->form == QUIET_EXPERIMENTAL;
		if (w->form != QUIET_SEVERITY)
			continue;
		on = !w->preference->is_off;
		chosen = true;
		/* What was made a note because it concerns nothing that was selected stays one. */
		if (p->severity == rule->severity)
			*ret_severity = w->preference->severity;
	}
	if (q->has_errors && !chosen && *ret_severity == SEVERITY_WARNING &&
	    lint_find(lint_check_rules, rule->id))
		*ret_severity = SEVERITY_ERROR;
	return on && !ignored;
}

/* ---- what is wrong with the words ---- */

static void quiet_try(struct similar *similar, bool *known, const struct rule *rules)
{
	for (; rules && rules->id; rules++) {
		*known |= str_eq(similar->typed, str_of(rules->id));
		similar_try(similar, rules->id);
	}
}

/* The nearest name of a rule; NULL and known true: it is one. */
static const char *quiet_nearest(const struct quiet *q, struct str name, bool *ret_known)
{
	struct similar similar = { .typed = name };
	*ret_known = str_eq(name, STR("all"));
	quiet_try(&similar, ret_known, q->rules);
	quiet_try(&similar, ret_known, lint_check_rules);
	quiet_try(&similar, ret_known, lint_own_rules);
	quiet_try(&similar, ret_known, lint_quiet_rules);
	for (const struct rule *const *t = q->subject->known; t && *t; t++)
		quiet_try(&similar, ret_known, *t);
	return similar.best;
}

static bool quiet_is_strict(const struct quiet *q)
{
	return str_eq(selection_option(q->subject->selection, "strict"), STR("true")) &&
	       q->subject->recipe && q->subject->context;
}

void quiet_report(const struct quiet *q, struct problems *problems)
{
	for (size_t i = 0; i < problems_count(q->wrong); i++)
		problems_add_problem(problems, problems_get(q->wrong, i));
	for (size_t i = 0; i < q->n && problems_has_room(problems, SEVERITY_WARNING); i++) {
		const struct quiet_word *w = &q->words[i];
		bool known;
		const char *near = quiet_nearest(q, w->rule, &known);
		if (!known)
			lint_report(&lint_quiet_rules[QUIET_UNKNOWN], true, problems, w->at,
			            "there is no rule '%.*s'%s%s%s", STR_ARG(w->rule),
			            near ? ": did you mean '" : ": mortar lint --rules lists them",
			            near ? near : "", near ? "'?" : "");
		else if (quiet_is_strict(q) && !w->is_used && w->form != QUIET_SEVERITY &&
		         w->form != QUIET_EXPERIMENTAL && !(w->preference && w->preference->is_users))
			lint_report(&lint_quiet_rules[QUIET_UNUSED], true, problems, w->at,
			            "nothing of '%.*s' is found here: it need not be ignored",
			            STR_ARG(w->rule));
	}
}
