/* mortar compare: two builds side by side. */
#include "core/base/utf8.h"
#include "core/history/compare.h"
#include "core/history/log_diff.h"
#include "core/history/why.h"
#include "core/job/compare_ask.h"
#include "core/job/job.h"
#include "core/value/json.h"
#include "tui/command.h"
#include "tui/compare_rows.h"

/* Changed lines that are told of each step's log. */
enum { COMPARE_LOG_LINES = 5000 };

struct compare_call {
	struct arena *arena;
	const char *dir_a, *dir_b;
	struct value *document;
	struct compare_parts parts;
	struct loop *loop;
	struct error err;               /* of the image; code 0: none */
};

/* ---- logs ---- */

/* Steps of which both builds kept output. */
static bool compare_logs(struct compare_call *c, const struct compare *compare, struct error *err)
{
	owned(journal) struct journal *a = journal_open(c->dir_a, err);
	owned(journal) struct journal *b = a ? journal_open(c->dir_b, err) : NULL;
	struct value *list = value_new_array(c->arena);
	if (!b)
		return false;
	journal_refresh(a);
	journal_refresh(b);
	for (size_t i = 0; i < compare->nsteps; i++) {
		int x = compare->steps[i].index_a, y = compare->steps[i].index_b;
		struct log_diff d;
		if (x < 0 || y < 0 || !journal_lines(a, x) || !journal_lines(b, y))
			continue;
		log_diff_make(c->arena, a, x, b, y, &d);
		value_append(list, (struct str){ 0 }, (struct span){ 0 },
		             log_diff_value(c->arena, &d, a, x, b, y, COMPARE_LOG_LINES));
	}
	c->parts.log = list;
	value_set(c->arena, c->document, "logs", list);
	return true;
}

/* ---- the image ---- */

static void compare_image_came(void *data, const struct value *answer, const struct error *why)
{
	struct compare_call *c = data;
	if (why)
		c->err = *why;
	c->parts.image = answer;
	loop_stop(c->loop);
}

static bool compare_image(struct compare_call *c, struct error *err)
{
	owned(loop) struct loop *loop = c->loop = loop_new();
	owned(compare_ask) struct compare_ask *ask = compare_ask_images(loop, c->arena, c->dir_a,
		c->dir_b, compare_image_came, c, err);
	if (!ask || !loop_run(loop, err))
		return false;
	if (!c->parts.image) {
		*err = c->err;
		return false;
	}
	value_set(c->arena, c->document, "image", value_share(c->arena, c->parts.image));
	return true;
}

/* ---- text ---- */

static void compare_text(const struct compare_call *c, struct buf *out)
{
	struct compare_rows rows = { 0 };
	for (int i = 0; i < 2; i++) {
		compare_append_side(out, c->document, i);
		buf_append_char(out, '\n');
	}
	utf8_append_visible(out, compare_get_text(c->document, "explanation"));
	buf_append_char(out, '\n');
	compare_rows_make(&rows, &c->parts);
	for (size_t i = 0; i < rows.n; i++) {
		if (rows.rows[i].kind == COMPARE_ROW_HEAD)
			buf_append_char(out, '\n');
		compare_row_append(out, &rows.rows[i]);
		buf_append_char(out, '\n');
	}
	compare_rows_finish(&rows);
}

static int compare_print(struct compare_call *c, const struct args *args)
{
	owned_buf struct buf out = { 0 };
	if (args_has(args, "json")) {
		value_write_json(&out, c->document, JSON_FILE);
		buf_append_char(&out, '\n');
	} else {
		compare_text(c, &out);
	}
	return command_output(buf_str(&out));
}

/* One build alone: against the one before. */
static bool compare_find(struct compare_call *c, const struct args *args, struct error *err)
{
	const char *first = request_find(args->operands[0], err);
	if (!first)
		return false;
	c->dir_a = args->noperands > 1 ? first : why_before(c->arena, first, true);
	c->dir_b = args->noperands > 1 ? request_find(args->operands[1], err) : first;
	if (!c->dir_a)
		return error_set(err, ERROR_MISSING, "no earlier build of this project is kept to compare "
		                 "%s with", args->operands[0]);
	return c->dir_b != NULL;
}

int cmd_compare(struct arena *arena, const struct args *args)
{
	struct error err;
	struct compare_call c = { .arena = arena };
	if (!compare_find(&c, args, &err))
		return command_fail(&err);
	owned(compare) struct compare *compare = compare_new(c.dir_a, c.dir_b, &err);
	if (!compare)
		return command_fail(&err);
	c.parts.compare = c.document = compare_value(arena, compare);
	if (args_has(args, "logs") && !compare_logs(&c, compare, &err))
		return command_fail(&err);
	/* All else is told although the images may be gone. */
	bool has_images = !args_has(args, "image") || compare_image(&c, &err);
	if (!has_images) {
		c.parts.image_note = err.text;
		value_set(arena, c.document, "image_error", value_new_string(arena, str_of(err.text)));
	}
	int code = compare_print(&c, args);
	return has_images ? code : command_fail(&err);
}
