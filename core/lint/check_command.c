/* BuildKit's rules about commands, MAINTAINER, and what is copied. */
#include "core/lint/check.h"

/* ---- CMD, ENTRYPOINT ---- */

/* A word that means itself to a shell. */
static bool command_is_plain(struct str word)
{
	for (size_t i = 0; i < word.n; i++) {
		char c = word.p[i];
		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		      (c && strchr("_./:@%+,-=", c))))
			return false;
	}
	return word.n > 0;
}

/* What only a shell can do. */
static bool command_is_builtin(struct str word)
{
	static const char *const names[] = {
		".", ":", "alias", "bg", "break", "case", "cd", "command", "continue", "do", "done",
		"elif", "else", "esac", "eval", "exec", "exit", "export", "fc", "fg", "fi", "for",
		"function", "getopts", "hash", "if", "jobs", "local", "read", "readonly", "return",
		"set", "shift", "source", "then", "time", "times", "trap", "type", "ulimit", "umask",
		"unalias", "unset", "until", "wait", "while",
	};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_eq(word, str_of(names[i])))
			return true;
	return false;
}

/* The command as a JSON array, where it is the same without a shell. */
static bool command_as_json(struct str command, struct buf *out)
{
	struct str rest = command, word;
	size_t n = 0;
	buf_append_char(out, '[');
	while (str_next(&rest, ' ', &word)) {
		if (!word.n)
			continue;
		if (!command_is_plain(word) ||
		    (n == 0 && (command_is_builtin(word) || str_find(word, '=') != STR_NONE)))
			return false;
		buf_printf(out, "%s\"%.*s\"", n++ ? ", " : "", STR_ARG(word));
	}
	buf_append_char(out, ']');
	return n > 0;
}

/* ENTRYPOINT and CMD are put together in the JSON form alone, so that changing one where
 * the file has both would change what runs. */
static bool command_is_alone(const struct recipe *r, enum instruction_kind kind)
{
	enum instruction_kind other = kind == INSTRUCTION_CMD ? INSTRUCTION_ENTRYPOINT
	                                                      : INSTRUCTION_CMD;
	for (size_t i = 0; i < r->ninstructions; i++)
		if (r->instructions[i].kind == other)
			return false;
	return true;
}

void check_json_args(const struct rule *rule, const struct subject *s, struct problems *problems)
{
	const struct recipe *r = s->recipe;
	owned(arena) struct arena *arena = arena_new();
	bool *has_shell = arena_array(arena, check_has_text(s) ? r->nstages + 1 : 1, 1);
	for (size_t i = 0; check_has_text(s) && i < r->ninstructions; i++) {
		const struct instruction *in = &r->instructions[i];
		struct str base;
		owned_buf struct buf json = { 0 };
		if (in->kind == INSTRUCTION_FROM) {
			int from = values_base(s->values, in->stage, &base);
			has_shell[in->stage] = from >= 0 && has_shell[from];
		} else if (in->kind == INSTRUCTION_SHELL) {
			has_shell[in->stage] = true;
		}
		if ((in->kind != INSTRUCTION_CMD && in->kind != INSTRUCTION_ENTRYPOINT) ||
		    in->parts->form == FORM_EXEC || has_shell[in->stage])
			continue;
		bool can = in->parts->nargs == 1 && in->first_line == in->last_line &&
		           command_is_alone(r, in->kind) &&
		           command_as_json(in->parts->args[0], &json);
		struct edit edit = { can ? in->parts->args_at[0] : (struct span){ 0 }, buf_str(&json) };
		struct check_place place = { i, in->parts->keyword_at, can ? &edit : NULL, can, false };
		check_tell(rule, s, problems, &place, "JSON arguments recommended for %.*s to prevent "
		           "unintended behavior related to OS signals", STR_ARG(in->parts->keyword));
	}
}

/* ---- MAINTAINER ---- */

void check_maintainer(const struct rule *rule, const struct subject *s,
                      struct problems *problems)
{
	const struct recipe *r = s->recipe;
	for (size_t i = 0; check_has_text(s) && i < r->ninstructions; i++) {
		const struct instruction *in = &r->instructions[i];
		const struct instruction_parts *p = in->parts;
		owned_buf struct buf label = { 0 };
		if (in->kind != INSTRUCTION_MAINTAINER || !p->nargs)
			continue;
		struct str name = p->args[0];
		if (name.n > 1 && name.p[0] == '"' &&
		    str_find(str_slice(name, 1, STR_NONE), '"') == name.n - 2)
			name = str_slice(name, 1, name.n - 2);
		buf_append_text(&label, check_is_lower(p->keyword) ? "label" : "LABEL");
		buf_append_text(&label, " org.opencontainers.image.authors=");
		check_append_literal(&label, name, r->escape);
		struct span whole = p->keyword_at;
		whole.size = p->args_at[0].at + p->args_at[0].size - whole.at;
		struct edit edit = { whole, buf_str(&label) };
		bool can = in->first_line == in->last_line;
		struct check_place place = { i, p->keyword_at, can ? &edit : NULL, can, false };
		check_tell(rule, s, problems, &place,
		           "Maintainer instruction is deprecated in favor of using label");
	}
}

/* ---- empty lines in an instruction ---- */

/* Takes a line's end off; true when the next line goes on. */
static bool command_continues(struct str line, char escape)
{
	while (line.n && strchr(" \t\r\n", line.p[line.n - 1]))
		line.n--;
	return line.n && line.p[line.n - 1] == escape &&
	       (line.n < 2 || line.p[line.n - 2] != escape);
}

/* The next whole line from *at on, its end included. */
static struct str command_line(struct str text, size_t *at)
{
	struct str rest = str_slice(text, *at, STR_NONE);
	struct str line = str_slice(rest, 0, str_find(rest, '\n'));
	if (line.n < rest.n)
		line.n++;
	*at += line.n;
	return line;
}

/* The edits that remove the empty lines of the instruction at `at`; the place of the last
 * line that belongs to it, heredocs apart. */
static size_t command_empty(struct arena *arena, const struct source *source, size_t at,
                            char escape, struct edit **ret_edits, struct span *ret_last)
{
	struct edit *edits = NULL;
	size_t n = 0, cap = 0;
	struct str line = command_line(source->text, &at);
	for (bool more = command_continues(line, escape); more && at < source->text.n;) {
		line = command_line(source->text, &at);
		struct str text = str_trim(line);
		*ret_last = (struct span){ source, (uint32_t)(text.p - source->text.p),
		                           (uint32_t)text.n };
		if (text.n && text.p[0] == '#')
			continue;
		if (text.n) {
			more = command_continues(line, escape);
			continue;
		}
		if (n == cap) {
			struct edit *grown = arena_array(arena, cap = cap ? cap * 2 : 4, sizeof *grown);
			for (size_t k = 0; k < n; k++)
				grown[k] = edits[k];
			edits = grown;
		}
		struct span gone = { source, (uint32_t)(line.p - source->text.p), (uint32_t)line.n };
		edits[n++] = (struct edit){ gone, STR("") };
	}
	*ret_edits = edits;
	return n;
}

void check_empty_continuation(const struct rule *rule, const struct subject *s,
                              struct problems *problems)
{
	const struct recipe *r = s->recipe;
	owned(arena) struct arena *arena = arena_new();
	for (size_t i = 0; check_has_text(s) && i < r->ninstructions; i++) {
		const struct instruction *in = &r->instructions[i];
		struct edit *edits;
		struct check_place place = { .instruction = i };
		if (!in->at.source)
			continue;
		place.nfix = command_empty(arena, in->at.source, in->at.at, r->escape, &edits, &place.at);
		place.fix = edits;
		if (place.nfix)
			check_tell(rule, s, problems, &place, "Empty continuation line");
	}
}

/* ---- COPY, ADD ---- */

static bool command_is_local(struct str source)
{
	return source.n && !str_has_prefix(source, STR("<<")) &&
	       !str_has_prefix(source, STR("git@")) && str_find_str(source, STR("://")) == STR_NONE;
}

static bool command_is_ignored(const struct ignore *ignore, struct str path)
{
	if (str_eq(path, STR(".")) || str_eq(path, STR("/")))
		return ignore_is_all(ignore);
	while (str_has_prefix(path, STR("/")))
		path = str_slice(path, 1, STR_NONE);
	return ignore_matches(ignore, path);
}

void check_copy_ignored(const struct rule *rule, const struct subject *s,
                        struct problems *problems)
{
	const struct recipe *r = s->recipe;
	const struct ignore *ignore = plan_image(s->plan)->ignore;
	owned(arena) struct arena *arena = arena_new();
	/* Behind an exception it is hard to say what is left. */
	for (size_t i = 0; ignore && !ignore_has_exceptions(ignore) && i < r->ninstructions; i++) {
		const struct instruction *in = &r->instructions[i];
		struct span at;
		if ((in->kind != INSTRUCTION_COPY && in->kind != INSTRUCTION_ADD) ||
		    check_flag(in, STR("from"), &at).p)
			continue;
		for (size_t k = 0; k + 1 < in->parts->nargs; k++) {
			struct str source;
			owned_buf struct buf clean = { 0 }, quoted = { 0 };
			if (!command_is_local(in->parts->args[k]) ||
			    !values_expand(s->values, (int)i, arena, in->parts->args[k], &source) ||
			    !command_is_local(source))
				continue;
			ignore_append_clean(&clean, source);
			if (!command_is_ignored(ignore, buf_str(&clean)))
				continue;
			check_append_quoted(&quoted, buf_str(&clean));
			struct check_place place = { .instruction = i, .at = in->parts->args_at[k] };
			check_tell(rule, s, problems, &place,
			           "Attempting to %s file %s that is excluded by .dockerignore",
			           in->kind == INSTRUCTION_ADD ? "Add" : "Copy", buf_text(&quoted));
		}
	}
}
