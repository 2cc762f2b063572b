/* mortar layers: sizes, stage by stage. */
#include "core/base/utf8.h"
#include "core/job/job.h"
#include "core/job/worker.h"
#include "core/os/space.h"
#include "core/value/json.h"
#include "tui/command.h"

struct layers {
	struct arena *arena;
	struct loop *loop;
	struct value *stages;
	struct error err;
	bool ok;
};

static unsigned long long layers_number(const struct value *o, const char *key)
{
	unsigned long long n = 0;
	const struct value *v = value_get(o, str_of(key));
	return v && str_number(value_text(v), 1ull << 62, &n) ? n : 0;
}

static struct str layers_text(const struct value *o, const char *key)
{
	const struct value *v = value_get(o, str_of(key));
	return v && value_type(v) == VALUE_STRING ? value_text(v) : (struct str){ 0 };
}

/* The line is lent: its tree again, in an arena of ours. */
static void layers_line(void *data, const struct value *line, bool ended_well)
{
	struct layers *l = data;
	owned_buf struct buf text = { 0 };
	const struct value *copy, *stage = line ? value_get(line, STR("stage")) : NULL;
	struct error ignored;
	if (!line) {
		l->ok = ended_well && !l->err.code;
		if (!ended_well && !l->err.code)
			error_set(&l->err, ERROR_SYSTEM, "the worker that asks the engine has died");
		loop_stop(l->loop);
		return;
	}
	worker_error(line, &l->err);
	if (!stage)
		return;
	value_write_json(&text, stage, JSON_LINE);
	if (value_parse_json(l->arena, arena_str(l->arena, buf_str(&text)), &copy, &ignored))
		value_append(l->stages, (struct str){ 0 }, (struct span){ 0 }, (struct value *)copy);
}

static void layers_row(struct buf *out, const char *what, unsigned long long size, struct str text)
{
	owned_buf struct buf bytes = { 0 };
	space_append_bytes(&bytes, size);
	buf_printf(out, "  %-9s %10s  ", what, buf_text(&bytes));
	utf8_append_visible(out, text);
	buf_append_char(out, '\n');
}

static void layers_append_stage(struct arena *a, struct buf *out, const struct value *stage)
{
	const struct value *layers = value_get(stage, STR("layers"));
	owned_buf struct buf bytes = { 0 };
	utf8_append_visible(out, layers_text(stage, "stage"));
	if (!layers) {
		buf_append_text(out, "  ");
		utf8_append_visible(out, layers_text(stage, "why"));
		buf_append_char(out, '\n');
		return;
	}
	space_append_bytes(&bytes, layers_number(stage, "size"));
	buf_printf(out, "  %s%s\n", buf_text(&bytes),
	           value_is_true(value_get(stage, STR("target"))) ? "  (the image)" : "");
	if (layers_number(stage, "base_size"))
		layers_row(out, "base", layers_number(stage, "base_size"), layers_text(stage, "base"));
	for (const struct value *v = value_child(layers); v; v = value_next(v))
		if (layers_number(v, "size"))
			layers_row(out, layers_number(v, "line")
			           ? arena_printf(a, "line %llu", layers_number(v, "line")) : "",
			           layers_number(v, "size"), layers_text(v, "text"));
}

static void layers_write(struct layers *l, bool json, struct buf *out)
{
	if (json) {
		value_write_json(out, l->stages, JSON_FILE);
		buf_append_char(out, '\n');
		return;
	}
	for (const struct value *v = value_child(l->stages); v; v = value_next(v))
		layers_append_stage(l->arena, out, v);
}

int cmd_layers(struct arena *arena, const struct args *args)
{
	owned(loop) struct loop *loop = loop_new();
	struct layers l = { .arena = arena, .loop = loop, .stages = value_new_array(arena) };
	struct value *argument = value_new_object(arena);
	struct error err;
	owned_buf struct buf out = { 0 };
	const char *dir = request_find(args->noperands ? args->operands[0] : NULL, &err);
	if (!dir)
		return command_fail(&err);
	value_set(arena, argument, "build", value_new_string(arena, str_of(dir)));
	owned(worker) struct worker *worker = worker_start(loop, "stages", argument, layers_line, &l,
	                                                   &err);
	if (!worker || !loop_run(loop, &err))
		return command_fail(&err);
	if (!l.ok)
		return command_fail(&l.err);
	layers_write(&l, args_has(args, "json"), &out);
	return command_output(buf_str(&out));
}
