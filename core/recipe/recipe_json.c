#include "core/recipe/recipe.h"
#include "core/value/json.h"

static void recipe_json_string(struct buf *out, const char *key, struct str text)
{
	buf_printf(out, "\"%s\": ", key);
	value_write_json_string(out, text, false);
}

static void recipe_json_keyword(struct buf *out, enum instruction_kind kind, struct str written)
{
	const char *keyword = instruction_keyword(kind);
	recipe_json_string(out, "instruction", keyword ? str_of(keyword) : written);
}

static void recipe_json_flags(struct buf *out, const struct instruction_parts *p)
{
	buf_append_text(out, ", \"flags\": [");
	for (size_t i = 0; i < p->nflags; i++) {
		buf_append_text(out, i ? ", {" : "{");
		recipe_json_string(out, "name", p->flags[i].name);
		buf_append_text(out, ", ");
		if (p->flags[i].value.p)
			recipe_json_string(out, "value", p->flags[i].value);
		else
			buf_append_text(out, "\"value\": null");
		buf_append_char(out, '}');
	}
	buf_append_char(out, ']');
}

static void recipe_json_args(struct buf *out, const struct instruction_parts *p)
{
	buf_append_text(out, ", \"args\": [");
	for (size_t i = 0; i < p->nargs; i++) {
		buf_append_text(out, i ? ", " : "");
		value_write_json_string(out, p->args[i], false);
	}
	buf_printf(out, "], \"form\": \"%s\"", p->form == FORM_EXEC ? "exec" : "shell");
}

static void recipe_json_heredocs(struct buf *out, const struct instruction_parts *p)
{
	buf_append_text(out, ", \"heredocs\": [");
	for (size_t i = 0; i < p->nheredocs; i++) {
		const struct heredoc *h = &p->heredocs[i];
		buf_append_text(out, i ? ", {" : "{");
		recipe_json_string(out, "name", h->name);
		buf_printf(out, ", \"expand\": %s, \"strip_tabs\": %s, ", h->expand ? "true" : "false",
		           h->strip_tabs ? "true" : "false");
		recipe_json_string(out, "text", h->text);
		buf_append_char(out, '}');
	}
	buf_append_char(out, ']');
}

static void recipe_json_parts(struct buf *out, enum instruction_kind kind,
                              const struct instruction_parts *p)
{
	recipe_json_keyword(out, kind, p->keyword);
	recipe_json_flags(out, p);
	recipe_json_args(out, p);
	recipe_json_heredocs(out, p);
	if (p->trigger) {
		buf_append_text(out, ", \"trigger\": {");
		recipe_json_parts(out, p->trigger_kind, p->trigger);
		buf_append_char(out, '}');
	}
}

void recipe_write_json(struct buf *out, const struct recipe *r)
{
	buf_append_char(out, '[');
	for (size_t i = 0; i < r->ninstructions; i++) {
		const struct instruction *in = &r->instructions[i];
		buf_append_text(out, i ? ",\n    {" : "\n    {");
		recipe_json_parts(out, in->kind, in->parts);
		buf_printf(out, ", \"first_line\": %u, \"last_line\": %u, \"stage\": %d}", in->first_line,
		           in->last_line, in->stage);
	}
	buf_append_text(out, r->ninstructions ? "\n]" : "]");
}
