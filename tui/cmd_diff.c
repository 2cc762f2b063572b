/* mortar diff: this selection against another one or a git revision. */
#include "core/project/files_git.h"
#include "core/value/json.h"
#include "tui/command.h"
#include "tui/diff_rows.h"

struct diff_call {
	struct project *project;
	struct diff_against against;
	struct selection selection;     /* of the other side */
	struct files *disk, *files;     /* of the other side */
	struct side before;
	bool config, dockerfile;
};

static bool diff_call_against(struct diff_call *c, struct arena *arena, const struct args *args,
                              struct error *err)
{
	const char *given = args_get(args, "against");
	bool selected = c->project->selection.nprofiles > 0;
	return diff_parse_against(arena, given ? str_of(given) : selected ? STR("base") : STR("head"),
	                          &c->against, err);
}

/* The other side's files: those on disk, or git's. */
static bool diff_call_open(struct diff_call *c, struct error *err)
{
	c->disk = files_disk(".");
	c->selection = diff_selection(c->project, &c->against);
	if (c->against.kind != DIFF_REVISION)
		return true;
	c->files = files_git(c->project->target.root, c->against.revision, c->disk, err);
	return c->files != NULL;
}

static void diff_call_finish(struct diff_call *c)
{
	side_finish(&c->before);
	files_free(c->files);
	files_free(c->disk);
}

static bool diff_is_about(const struct diff_call *c, const struct problem *p)
{
	return p->severity == SEVERITY_ERROR ||
	       (side_is_unknown(p) && c->against.kind != DIFF_REVISION);
}

/* What is wrong on the other side alone.  A revision is compared as far as it can be read:
 * nobody can mend it. */
static int diff_call_problems(const struct diff_call *c)
{
	owned_buf struct buf name = { 0 };
	size_t n = 0;
	diff_append_against(&name, &c->against);
	for (size_t i = 0; i < problems_count(c->before.problems); i++) {
		struct problem p = *problems_get(c->before.problems, i);
		if (!diff_is_about(c, &p))
			continue;
		if (n++ == 0)
			command_say("mortar: %s has errors:", buf_text(&name));
		p.severity = SEVERITY_ERROR;
		command_print_problem(&p);
	}
	return n ? error_exit_code(ERROR_PROJECT) : 0;
}

static void diff_append_rows(struct buf *out, const struct diff_rows *rows)
{
	for (size_t i = 0; i < rows->n; i++) {
		diff_row_append(out, &rows->rows[i]);
		buf_append_char(out, '\n');
	}
}

static void diff_call_text(const struct diff_call *c, const struct diff *d, struct buf *out)
{
	struct diff_rows rows = { 0 };
	if (c->config) {
		diff_rows_config(&rows, d, (size_t)-1);
		diff_append_rows(out, &rows);
	}
	if (c->dockerfile && (d->lines.nchanges || !d->before.p)) {
		buf_printf(out, "Dockerfile  +%zu -%zu\n", d->come, d->gone);
		diff_rows_dockerfile(&rows, d);
		diff_append_rows(out, &rows);
	}
	diff_rows_finish(&rows);
}

static bool diff_call_is_empty(const struct diff_call *c, const struct diff *d)
{
	return (!c->config || d->ndifferent == 0) && (!c->dockerfile || d->lines.nchanges == 0);
}

static int diff_call_print(const struct diff_call *c, const struct diff *d, struct arena *arena,
                           bool json)
{
	owned_buf struct buf out = { 0 }, name = { 0 };
	if (json) {
		value_write_json(&out, diff_describe(arena, d, &c->against, c->project, c->config,
		                                     c->dockerfile), JSON_FILE);
		buf_append_char(&out, '\n');
		return command_output(buf_str(&out));
	}
	diff_call_text(c, d, &out);
	if (out.n)
		return command_output(buf_str(&out));
	diff_append_against(&name, &c->against);
	command_say("mortar: nothing differs from %s", buf_text(&name));
	return 0;
}

static int diff_call_run(struct diff_call *c, struct arena *arena, const struct args *args)
{
	struct error err;
	struct diff diff = { 0 };
	if (!diff_call_against(c, arena, args, &err) || !diff_call_open(c, &err))
		return command_fail(&err);
	side_read(&c->before, c->project->kind, &c->project->target, &c->selection,
	          c->files ? c->files : c->disk);
	int broken = diff_call_problems(c);
	if (broken && c->against.kind != DIFF_REVISION)
		return broken;
	diff_make(&diff, &c->before, c->project);
	int code = diff_call_print(c, &diff, arena, args_has(args, "json"));
	if (!code && !broken && args_has(args, "exit-code") && !diff_call_is_empty(c, &diff))
		code = 1;
	diff_finish(&diff);
	return code ? code : broken;
}

int cmd_diff(struct arena *arena, const struct args *args)
{
	int code;
	owned(project) struct project *p = project_open_planned(args, &code);
	if (!p)
		return code;
	struct diff_call call = {
		.project = p,
		.config = args_has(args, "config") || !args_has(args, "dockerfile"),
		.dockerfile = args_has(args, "dockerfile") || !args_has(args, "config"),
	};
	code = diff_call_run(&call, arena, args);
	diff_call_finish(&call);
	return code;
}
