/* mortar doctor: what is here, what is missing, and how to get it. */
#include "core/value/json.h"
#include "tui/command.h"
#include "tui/doctor.h"

struct cmd_doctor {
	struct loop *loop;
	const struct args *args;
	const struct term_facts *term;
	int code;
};

/* Wider than this, lines are hard to follow. */
enum { CMD_DOCTOR_NARROW = 40, CMD_DOCTOR_USUAL = 80, CMD_DOCTOR_WIDE = 100 };

static size_t cmd_doctor_columns(const struct term_facts *term)
{
	int cols = term->is_terminal && term->cols > 0 ? term->cols : CMD_DOCTOR_USUAL;
	cols = cols < CMD_DOCTOR_NARROW ? CMD_DOCTOR_NARROW : cols;
	return (size_t)(cols > CMD_DOCTOR_WIDE ? CMD_DOCTOR_WIDE : cols);
}

static int cmd_doctor_exit(const struct value *document)
{
	unsigned long long code;
	const struct value *v = value_get(document, STR("exit"));
	return v && str_number(value_text(v), 255, &code) ? (int)code : 1;
}

static void cmd_doctor_done(void *data, const struct value *document, const struct error *err)
{
	struct cmd_doctor *c = data;
	owned_buf struct buf out = { 0 };
	loop_stop(c->loop);
	if (err) {
		c->code = command_fail(err);
		return;
	}
	if (args_has(c->args, "json")) {
		value_write_json(&out, document, JSON_FILE);
		buf_append_char(&out, '\n');
	} else {
		doctor_write_text(&out, document, cmd_doctor_columns(c->term), false);
	}
	int written = command_output(buf_str(&out));
	c->code = written ? written : cmd_doctor_exit(document);
}

int cmd_doctor(struct arena *arena, const struct args *args)
{
	owned(loop) struct loop *loop = loop_new();
	struct term_facts term = term_facts();
	struct cmd_doctor c = { .loop = loop, .args = args, .term = &term, .code = 1 };
	struct error err;
	(void)arena;
	owned(doctor_request) struct doctor_request *request =
		doctor_start(loop, args_get(args, "engine"), &term, cmd_doctor_done, &c, &err);
	if (!request || !loop_run(loop, &err))
		return command_fail(&err);
	return c.code;
}
