/* mortar action: a project's own tools, in a container. */
#include "core/base/similar.h"
#include "core/value/json.h"
#include "tui/command.h"
#include "tui/project.h"

/* ---- which there are ---- */

static void action_list_json(struct arena *arena, const struct kind_action *actions,
                             struct buf *out)
{
	struct value *list = value_new_array(arena);
	for (const struct kind_action *a = actions; a && a->name; a++) {
		struct value *o = value_new_object(arena);
		value_set(arena, o, "name", value_new_string(arena, str_of(a->name)));
		value_set(arena, o, "text", value_new_string(arena, str_of(a->sentence)));
		value_set(arena, o, "words", a->words ? value_new_string(arena, str_of(a->words))
		          : value_new(arena, VALUE_NULL, STR("null"), (struct span){ 0 }));
		value_set(arena, o, "changes_files", value_new_bool(arena, a->changes_files));
		value_append(list, (struct str){ 0 }, (struct span){ 0 }, o);
	}
	value_write_json(out, list, JSON_FILE);
	buf_append_char(out, '\n');
}

static int action_list(struct arena *arena, const struct kind *kind, bool json)
{
	owned_buf struct buf out = { 0 };
	if (json)
		action_list_json(arena, kind->actions, &out);
	else if (!kind->actions)
		command_say("mortar: projects of the kind %s have no actions", kind->name);
	for (const struct kind_action *a = kind->actions; !json && a && a->name; a++) {
		const char *usage = arena_printf(arena, "%s%s%s", a->name, a->words ? " " : "",
		                                 a->words ? a->words : "");
		buf_printf(&out, "%-28s %s%s\n", usage, a->sentence,
		           a->changes_files ? " (changes files)" : "");
	}
	return command_output(buf_str(&out));
}

/* ---- one of them ---- */

static bool action_check(const struct kind *kind, const char *name, struct error *err)
{
	struct similar similar = { .typed = str_of(name) };
	if (!kind->actions)
		return error_set(err, ERROR_USAGE, "projects of the kind %s have no actions", kind->name);
	if (kind_action_find(kind, name))
		return true;
	for (const struct kind_action *a = kind->actions; a->name; a++)
		similar_try(&similar, a->name);
	return error_set(err, ERROR_USAGE, "there is no action '%s'%s%s (mortar action PATH lists "
	                 "them)", name, similar.best ? ": did you mean " : "",
	                 similar.best ? similar.best : "");
}

/* The same as a build, with two more options of the selection. */
static int action_start(struct arena *arena, const struct args *args)
{
	struct args asked = *args;
	struct pair *options = arena_array(arena, args->noptions + args->noperands, sizeof *options);
	const char **operands = arena_array(arena, 2, sizeof *operands);
	size_t n = 0;
	for (; n < args->noptions; n++)
		options[n] = args->options[n];
	options[n++] = (struct pair){ STR("action"), str_of(args->operands[1]) };
	for (size_t i = 2; i < args->noperands; i++)
		options[n++] = (struct pair){ STR("action-word"), str_of(args->operands[i]) };
	operands[0] = args->operands[0];
	operands[1] = NULL;
	asked.options = options;
	asked.noptions = n;
	asked.operands = operands;
	asked.noperands = asked.nbefore = 1;
	return cmd_build(arena, &asked);
}

int cmd_action(struct arena *arena, const struct args *args)
{
	struct error err;
	owned(project) struct project *p = project_open(args, 0, &err);
	if (!p)
		return command_fail(&err);
	if (args->noperands == 1)
		return action_list(arena, p->kind, args_has(args, "json"));
	if (!action_check(p->kind, args->operands[1], &err))
		return command_fail(&err);
	return action_start(arena, args);
}
