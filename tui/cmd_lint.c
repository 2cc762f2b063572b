/* mortar lint: everything that is wrong with a project, and what is worth a word. */
#include "core/base/utf8.h"
#include "core/job/advice_ask.h"
#include "tui/command.h"
#include "tui/lint.h"

const char *lint_severity_name(enum severity severity)
{
	return severity == SEVERITY_ERROR ? "error" : severity == SEVERITY_WARNING ? "warning" : "note";
}

struct str lint_file(const struct project *p, const struct source *source)
{
	struct str root = str_of(p->target.root);
	if (!source || source->name)
		return str_of(source ? source->name : NULL);
	struct str path = str_of(source->path);
	return str_has_prefix(path, root) && path.n > root.n && path.p[root.n] == '/'
	               ? str_slice(path, root.n + 1, STR_NONE)
	               : path;
}

void lint_write_text(struct buf *out, const struct project *p)
{
	for (size_t i = 0; i < problems_count(p->problems); i++) {
		const struct problem *problem = problems_get(p->problems, i);
		struct origin at = span_origin(problem->at);
		utf8_append_visible(out, at.path ? str_of(at.path) : STR("mortar"));
		if (at.line)
			buf_printf(out, ":%u:%u", at.line, at.column);
		buf_printf(out, ": %s: ", lint_severity_name(problem->severity));
		buf_append(out, problem->text);
		if (problem->schema.n) {
			buf_append(out, STR(" (schema "));
			utf8_append_visible(out, problem->schema);
			buf_append_char(out, ')');
		}
		buf_printf(out, " [%s]\n", problem->rule);
	}
}

/* Advice from builds that were kept; what cannot be had is none. */
static void lint_advise(const struct project *p, const struct recipe *recipe,
                        struct problems *told)
{
	owned(arena) struct arena *arena = arena_new();
	struct request request = project_request(p, arena, "lint");
	advice_wait_report(arena, &request, recipe, told);
}

void lint_read(struct project *p)
{
	owned(problems) struct problems *told = problems_new();
	project_read(p);
	const struct image_task *image = p->plan ? plan_image(p->plan) : NULL;
	const struct context *context = lint_scan(p->plan, p->problems);
	if (image)
		lint_advise(p, image->recipe, told);
	project_lint(p, context, told);
}

/* To stderr: the findings are the result. */
static void lint_say_counts(const size_t counts[])
{
	owned_buf struct buf text = { 0 };
	for (unsigned i = SEVERITY_ERROR; i <= SEVERITY_NOTE; i++)
		if (counts[i])
			buf_printf(&text, "%s%zu %s%s", text.n ? ", " : "", counts[i],
			           lint_severity_name((enum severity)i), counts[i] == 1 ? "" : "s");
	command_say("mortar: %s", text.n ? buf_text(&text) : "nothing is wrong");
}

enum lint_form { LINT_TEXT, LINT_JSON, LINT_SARIF };

static bool lint_form(const struct args *args, enum lint_form *ret_form, struct error *err)
{
	bool json = args_has(args, "json");
	bool sarif = args_has(args, "sarif") || args_has(args, "format");
	*ret_form = json ? LINT_JSON : sarif ? LINT_SARIF : LINT_TEXT;
	if (json && sarif)
		return error_set(err, ERROR_USAGE, "--json and --sarif are two documents: choose one");
	if (args_has(args, "dry-run") && !args_has(args, "fix"))
		return error_set(err, ERROR_USAGE, "--dry-run is for --fix");
	if (args_has(args, "dry-run") && *ret_form != LINT_TEXT)
		return error_set(err, ERROR_USAGE, "--dry-run shows a diff, not a document");
	return true;
}

static int lint_tell(struct arena *arena, const struct project *p, enum lint_form form, bool strict)
{
	owned_buf struct buf out = { 0 };
	size_t counts[3] = { 0 };
	for (size_t i = 0; i < problems_count(p->problems); i++)
		counts[problems_get(p->problems, i)->severity]++;
	counts[SEVERITY_ERROR] = problems_errors(p->problems);
	if (form == LINT_JSON)
		lint_write_json(arena, &out, p, counts);
	else if (form == LINT_SARIF)
		lint_write_sarif(arena, &out, p);
	else
		lint_write_text(&out, p);
	if (form == LINT_TEXT)
		lint_say_counts(counts);
	int code = command_output(buf_str(&out));
	bool bad = counts[SEVERITY_ERROR] || (strict && counts[SEVERITY_WARNING]);
	return code ? code : bad ? 3 : 0;
}

/* Mends; what is left is told, of a dry run the diff alone. */
static int lint_mend(struct arena *arena, struct project *p, const struct args *args,
                     enum lint_form form)
{
	struct error err;
	owned_buf struct buf diff = { 0 };
	bool dry_run = args_has(args, "dry-run");
	size_t n;
	if (!lint_fix(arena, p, dry_run, &diff, &n, &err))
		return command_fail(&err);
	if (form == LINT_TEXT)
		command_say("mortar: %zu finding%s %s", n, n == 1 ? "" : "s",
		            dry_run ? "would be mended" : "mended");
	if (dry_run)
		return command_output(buf_str(&diff));
	return lint_tell(arena, p, form, args_has(args, "strict"));
}

int cmd_lint(struct arena *arena, const struct args *args)
{
	struct error err;
	enum lint_form form;
	if (!lint_form(args, &form, &err))
		return command_fail(&err);
	if (args_has(args, "rules"))
		return lint_list_rules(arena, form == LINT_JSON);
	if (args_has(args, "explain"))
		return lint_explain(args_get(args, "explain"));
	if (!args->noperands) {
		error_set(&err, ERROR_USAGE, "lint wants a PATH, as in mortar lint .");
		return command_fail(&err);
	}
	owned(project) struct project *p = project_open(args, 0, &err);
	if (!p)
		return command_fail(&err);
	if (args_has(args, "strict"))
		project_add_option(p, "strict", "true");
	lint_read(p);
	if (args_has(args, "fix"))
		return lint_mend(arena, p, args, form);
	return lint_tell(arena, p, form, args_has(args, "strict"));
}
