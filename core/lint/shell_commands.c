#include "core/lint/shell_commands.h"

#include "core/base/check.h"
#include "core/lint/shell_command.h"
#include "core/lint/shell_script.h"

/* Groups in groups, and scripts in scripts; what lies deeper is not read. */
enum { READER_DEPTH_MAX = 100, READER_SCRIPTS_MAX = 4 };

struct reader {
	struct arena *arena;
	struct shell_lexer lex;
	struct shell_command *list;     /* grows in the heap until all is read */
	size_t n, cap;
	struct shell_kind kind;
	unsigned depth, scripts;
	const struct heredoc *heredocs; /* of the instruction, bodies still to come */
	size_t nheredocs;
	const char *source;
};

/* ---- what becomes of failures ---- */

static bool reader_is_harmless(const struct shell_command *c)
{
	static const char *const programs[] = { "true", ":", "echo", "printf" };
	for (size_t i = 0; i < sizeof programs / sizeof *programs; i++)
		if (str_eq(c->program, str_of(programs[i])))
			return true;
	return str_eq(c->program, STR("exit")) && c->nargs && str_eq(c->args[0].text, STR("0"));
}

static void reader_lose(struct reader *r, size_t first, size_t end, enum shell_lost lost,
                        uint32_t at, uint32_t until)
{
	for (size_t i = first; i < end; i++)
		if (r->list[i].lost == SHELL_FAILS) {
			r->list[i].lost = lost;
			r->list[i].lost_at = at;
			r->list[i].lost_end = until;
		}
}

static void reader_handle(struct reader *r, size_t first)
{
	reader_lose(r, first, r->n, SHELL_HANDLED, 0, 0);
}

/* The command before the operator that is looked at, when there is one at this depth. */
static void reader_join(struct reader *r, size_t first, enum shell_join join)
{
	for (size_t i = r->n; i-- > first;)
		if (r->list[i].depth == r->depth) {
			r->list[i].next = join;
			r->list[i].next_at = r->lex.at;
			return;
		}
}

/* ---- commands ---- */

static void reader_list(struct reader *);
static void reader_script(struct reader *, struct shell_text, struct shell_kind);

static struct shell_command *reader_add(struct reader *r)
{
	if (r->n == r->cap) {
		r->cap = r->cap ? r->cap * 2 : 16;
		r->list = xrealloc(r->list, r->cap, sizeof *r->list);
	}
	r->list[r->n] = (struct shell_command){ .depth = r->depth, .by_bash = r->kind.is_bash };
	return &r->list[r->n++];
}

/* `set -e` and its like. */
static void reader_set(struct reader *r, const struct shell_command *c)
{
	for (size_t i = 0; i < c->nargs; i++) {
		struct str a = c->args[i].text;
		bool on = a.n && a.p[0] == '-';
		if (a.n < 2 || (!on && a.p[0] != '+'))
			continue;
		if (str_find(a, 'e') != STR_NONE)
			r->kind.exits = on;
		if (a.p[a.n - 1] != 'o' || i + 1 == c->nargs)
			continue;
		if (str_eq(c->args[i + 1].text, STR("pipefail")))
			r->kind.pipefail = on;
		else if (str_eq(c->args[i + 1].text, STR("errexit")))
			r->kind.exits = on;
		i++;
	}
}

/* The script that `sh -c '…'` or `bash <<EOF` hands to another shell. */
static void reader_inner(struct reader *r, const struct shell_command *c,
                         const struct heredoc *body)
{
	owned(arena) struct arena *scratch = arena_new();
	struct str *words = arena_array(scratch, c->nargs + 1, sizeof *words);
	size_t n = 0;
	words[n++] = c->program;
	while (n <= c->nargs && c->args[n - 1].text.n > 1 && strchr("-+", c->args[n - 1].text.p[0])) {
		words[n] = c->args[n - 1].text;
		bool is_script = words[n].p[0] == '-' && words[n].p[1] != '-' &&
		                 str_find(words[n], 'c') != STR_NONE;
		bool has_name = words[n].p[words[n].n - 1] == 'o' && n < c->nargs;
		n++;
		if (has_name && n <= c->nargs) {
			words[n] = c->args[n - 1].text;
			n++;
		}
		if (is_script && n <= c->nargs) {
			const struct script_word *w = &c->args[n - 1];
			reader_script(r, (struct shell_text){ w->text.p, w->each, w->text.n },
			              shell_kind_of(words, n));
			return;
		}
	}
	if (body && n > c->nargs)
		reader_script(r, shell_text_plain(r->arena, body->text,
		                                  (uint32_t)(body->text.p - r->source)),
		              shell_kind_of(words, n));
}

/* The body that a redirection of the instruction's own line brings along. */
static const struct heredoc *reader_body(struct reader *r)
{
	if (!r->lex.is_heredoc || r->scripts > 1 || r->nheredocs == 0)
		return NULL;
	r->nheredocs--;
	return r->heredocs++;
}

/* Redirections behind a command, whose end moves; returns the last heredoc's body. */
static const struct heredoc *reader_redirects(struct reader *r, uint32_t *ret_end)
{
	const struct heredoc *body = NULL;
	while (r->lex.token == TOKEN_REDIRECT) {
		const struct heredoc *one = reader_body(r);
		body = one ? one : body;
		shell_lexer_target(&r->lex, one == NULL);
		if (r->lex.token != TOKEN_WORD)
			break;
		*ret_end = r->lex.end;
		shell_lexer_next(&r->lex);
	}
	return body;
}

struct reader_words {
	struct script_word *p;
	size_t n, cap;
};

static void reader_words_finish(struct reader_words *w)
{
	free(w->p);
}

static void reader_words_add(struct reader_words *w, const struct script_word *word)
{
	if (w->n == w->cap) {
		w->cap = w->cap ? w->cap * 2 : 16;
		w->p = xrealloc(w->p, w->cap, sizeof *w->p);
	}
	w->p[w->n++] = *word;
}

static bool reader_is_shell(struct str program)
{
	static const char *const shells[] = { "sh", "bash", "dash", "ash", "zsh", "ksh" };
	for (size_t i = 0; i < sizeof shells / sizeof *shells; i++)
		if (str_eq(program, str_of(shells[i])))
			return true;
	return false;
}

static void reader_finish(struct reader *r, const struct reader_words *words, uint32_t at,
                          uint32_t end, const struct heredoc *body)
{
	if (words->n == 0)
		return;
	struct script_word *kept = arena_array(r->arena, words->n, sizeof *kept);
	memcpy(kept, words->p, words->n * sizeof *kept);
	struct shell_command *c = reader_add(r);
	c->at = at;
	c->end = end;
	shell_command_name(r->arena, c, kept, words->n);
	if (str_eq(c->program, STR("set")))
		reader_set(r, c);
	if (reader_is_shell(c->program)) {
		struct shell_command copy = *c;
		reader_inner(r, &copy, body);
	}
}

/* Words and redirections up to an operator; a function's definition: its body. */
static void reader_simple(struct reader *r)
{
	__attribute__((cleanup(reader_words_finish))) struct reader_words words = { 0 };
	const struct heredoc *body = NULL;
	uint32_t at = r->lex.at, end = r->lex.end;
	for (;;) {
		if (r->lex.token == TOKEN_REDIRECT) {
			const struct heredoc *one = reader_redirects(r, &end);
			body = one ? one : body;
		} else if (r->lex.token == TOKEN_WORD) {
			reader_words_add(&words, &r->lex.word);
			end = r->lex.end;
			shell_lexer_next(&r->lex);
		} else {
			break;
		}
	}
	reader_finish(r, &words, at, end, body);
}

/* ---- compounds ---- */

static const char *const reader_closers[] = { "then", "elif", "else", "fi", "do", "done", "esac",
	                                          "}" };

static bool reader_is_closer(const struct reader *r)
{
	for (size_t i = 0; i < sizeof reader_closers / sizeof *reader_closers; i++)
		if (shell_lexer_is(&r->lex, reader_closers[i]))
			return true;
	return false;
}

/* Takes this word when it is looked at. */
static bool reader_take(struct reader *r, const char *word)
{
	if (!shell_lexer_is(&r->lex, word))
		return false;
	shell_lexer_next(&r->lex);
	return true;
}

static void reader_skip_lines(struct reader *r)
{
	while (r->lex.token == TOKEN_NEWLINE || r->lex.token == TOKEN_THEN)
		shell_lexer_next(&r->lex);
}

static void reader_inside(struct reader *r)
{
	r->depth++;
	if (r->depth < READER_DEPTH_MAX)
		reader_list(r);
	else
		r->lex.pos = r->lex.text.n, r->lex.token = TOKEN_END;
	r->depth--;
}

static void reader_if(struct reader *r)
{
	do {
		size_t first = r->n;
		reader_inside(r);
		reader_handle(r, first);
		if (reader_take(r, "then"))
			reader_inside(r);
	} while (reader_take(r, "elif"));
	if (reader_take(r, "else"))
		reader_inside(r);
	reader_take(r, "fi");
}

static void reader_while(struct reader *r)
{
	size_t first = r->n;
	reader_inside(r);
	reader_handle(r, first);
	if (reader_take(r, "do"))
		reader_inside(r);
	reader_take(r, "done");
}

static void reader_for(struct reader *r)
{
	while (r->lex.token == TOKEN_WORD && !shell_lexer_is(&r->lex, "do"))
		shell_lexer_next(&r->lex);
	/* for ((;;)) */
	while (r->lex.token != TOKEN_WORD && r->lex.token != TOKEN_END)
		shell_lexer_next(&r->lex);
	while (r->lex.token != TOKEN_END && !shell_lexer_is(&r->lex, "do"))
		shell_lexer_next(&r->lex);
	if (reader_take(r, "do"))
		reader_inside(r);
	reader_take(r, "done");
}

static void reader_case(struct reader *r)
{
	while (r->lex.token == TOKEN_WORD && !reader_take(r, "in"))
		shell_lexer_next(&r->lex);
	for (;;) {
		reader_skip_lines(r);
		if (r->lex.token == TOKEN_END || reader_take(r, "esac"))
			return;
		while (r->lex.token != TOKEN_END && r->lex.token != TOKEN_CLOSE)
			shell_lexer_next(&r->lex);
		shell_lexer_next(&r->lex);
		reader_inside(r);
		if (r->lex.token == TOKEN_CASE_END)
			shell_lexer_next(&r->lex);
		else if (!shell_lexer_is(&r->lex, "esac"))
			return;
	}
}

static void reader_subshell(struct reader *r)
{
	struct shell_kind kind = r->kind;
	shell_lexer_next(&r->lex);
	reader_inside(r);
	r->kind = kind;
	if (r->lex.token == TOKEN_CLOSE)
		shell_lexer_next(&r->lex);
}

/* name() { … }: nothing runs yet. */
static void reader_function(struct reader *r)
{
	size_t first = r->n;
	while (r->lex.token == TOKEN_OPEN || r->lex.token == TOKEN_CLOSE ||
	       r->lex.token == TOKEN_NEWLINE)
		shell_lexer_next(&r->lex);
	if (reader_take(r, "{")) {
		reader_inside(r);
		reader_take(r, "}");
	}
	reader_handle(r, first);
}

static bool reader_is_function(const struct reader *r)
{
	struct shell_lexer ahead = r->lex;
	if (ahead.token != TOKEN_WORD || ahead.pos >= ahead.text.n)
		return false;
	while (ahead.pos < ahead.text.n && ahead.text.p[ahead.pos] == ' ')
		ahead.pos++;
	return ahead.pos < ahead.text.n && ahead.text.p[ahead.pos] == '(';
}

static void reader_command(struct reader *r)
{
	uint32_t ignored;
	if (r->lex.token == TOKEN_OPEN) {
		reader_subshell(r);
	} else if (reader_take(r, "{")) {
		reader_inside(r);
		reader_take(r, "}");
	} else if (reader_take(r, "if")) {
		reader_if(r);
	} else if (reader_take(r, "while") || reader_take(r, "until")) {
		reader_while(r);
	} else if (reader_take(r, "for") || reader_take(r, "select")) {
		reader_for(r);
	} else if (reader_take(r, "case")) {
		reader_case(r);
	} else if (reader_take(r, "function")) {
		shell_lexer_next(&r->lex);
		reader_function(r);
	} else if (reader_is_function(r)) {
		shell_lexer_next(&r->lex);
		reader_function(r);
	} else {
		reader_simple(r);
		return;
	}
	reader_redirects(r, &ignored);
}

/* ---- lists ---- */

static void reader_pipeline(struct reader *r)
{
	size_t first = r->n;
	bool is_not = false;
	while (shell_lexer_is(&r->lex, "!")) {
		is_not = true;
		shell_lexer_next(&r->lex);
	}
	reader_command(r);
	while (r->lex.token == TOKEN_PIPE) {
		reader_join(r, first, SHELL_PIPE);
		if (!r->kind.pipefail)
			reader_lose(r, first, r->n, SHELL_LOST_PIPE, r->lex.at, r->lex.end);
		shell_lexer_next(&r->lex);
		while (r->lex.token == TOKEN_NEWLINE)
			shell_lexer_next(&r->lex);
		reader_command(r);
	}
	if (is_not)
		reader_handle(r, first);
}

static uint32_t reader_end(const struct reader *r, size_t first, uint32_t end)
{
	for (size_t i = first; i < r->n; i++)
		end = r->list[i].end > end ? r->list[i].end : end;
	return end;
}

static void reader_and_or(struct reader *r)
{
	size_t first = r->n;
	reader_pipeline(r);
	while (r->lex.token == TOKEN_AND || r->lex.token == TOKEN_OR) {
		bool is_or = r->lex.token == TOKEN_OR;
		uint32_t at = r->lex.at, behind_at = r->lex.end;
		reader_join(r, first, is_or ? SHELL_OR : SHELL_AND);
		shell_lexer_next(&r->lex);
		while (r->lex.token == TOKEN_NEWLINE)
			shell_lexer_next(&r->lex);
		size_t behind = r->n;
		bool harmless = true;
		reader_pipeline(r);
		for (size_t i = behind; i < r->n; i++)
			harmless &= reader_is_harmless(&r->list[i]);
		if (is_or)
			reader_lose(r, first, behind, harmless && r->n > behind ? SHELL_LOST_OR : SHELL_HANDLED,
			            at, reader_end(r, behind, behind_at));
	}
}

/* Items up to what closes the list around. */
static void reader_list(struct reader *r)
{
	size_t first = r->n, item = r->n;
	uint32_t at = 0, end = 0;
	bool waits = true;
	for (;;) {
		if (r->lex.token == TOKEN_NEWLINE || r->lex.token == TOKEN_THEN) {
			if (!at) {
				at = r->lex.at;
				end = r->lex.end;
				reader_join(r, first, SHELL_THEN);
			}
			shell_lexer_next(&r->lex);
			continue;
		}
		if (r->lex.token == TOKEN_END || r->lex.token == TOKEN_CLOSE ||
		    r->lex.token == TOKEN_CASE_END || reader_is_closer(r))
			return;
		if (r->n > item && (!r->kind.exits || !waits))
			reader_lose(r, item, r->n, SHELL_LOST_NEXT, at, end);
		size_t pos = r->lex.pos;
		item = r->n;
		at = 0;
		waits = true;
		reader_and_or(r);
		if (r->lex.token == TOKEN_BACKGROUND) {
			at = r->lex.at;
			end = r->lex.end;
			waits = false;
			reader_join(r, first, SHELL_BACKGROUND);
			shell_lexer_next(&r->lex);
		}
		/* What no shell takes: on with the next token. */
		if (r->lex.pos == pos)
			shell_lexer_next(&r->lex);
	}
}

static void reader_script(struct reader *r, struct shell_text text, struct shell_kind kind)
{
	if (kind.is_other || text.n > SHELL_SCRIPT_MAX || r->scripts == READER_SCRIPTS_MAX)
		return;
	struct shell_lexer lex = r->lex;
	struct shell_kind outer = r->kind;
	unsigned depth = r->depth;
	r->lex = (struct shell_lexer){ .arena = r->arena, .text = text };
	r->kind = kind;
	r->depth += r->scripts > 0;
	r->scripts++;
	shell_lexer_next(&r->lex);
	for (;;) {
		reader_list(r);
		if (r->lex.token == TOKEN_END)
			break;
		shell_lexer_next(&r->lex);
	}
	r->scripts--;
	r->depth = depth;
	r->kind = outer;
	r->lex = lex;
}

/* ---- instructions ---- */

/* A heredoc alone is a script; one that begins with #! says whose. */
static void reader_heredoc(struct reader *r, const struct heredoc *h, struct shell_kind kind)
{
	struct str line = str_slice(h->text, 0, str_find(h->text, '\n')), word;
	if (str_has_prefix(line, STR("#!"))) {
		struct str words[8], rest = str_trim(str_slice(line, 2, STR_NONE));
		size_t n = 0;
		while (n < 8 && str_next(&rest, ' ', &word))
			if (word.n && !str_has_suffix(word, STR("/env")) && !str_eq(word, STR("-S")))
				words[n++] = word;
		kind = shell_kind_of(words, n);
	}
	reader_script(r, shell_text_plain(r->arena, h->text, (uint32_t)(h->text.p - r->source)), kind);
}

static void reader_exec(struct reader *r, const struct instruction_parts *p)
{
	__attribute__((cleanup(reader_words_finish))) struct reader_words words = { 0 };
	struct span at = p->args_at[0];
	struct shell_text *strings;
	size_t n = shell_text_strings(r->arena, at.source->text, at.at, at.at + at.size, &strings);
	for (size_t i = 0; i < n; i++) {
		uint32_t from = strings[i].at[0];
		reader_words_add(&words, &(struct script_word){
			.text = { strings[i].p, strings[i].n }, .each = strings[i].at, .at = from,
			.size = strings[i].at[strings[i].n] - from, .is_quoted = true });
	}
	r->scripts = 1;
	reader_finish(r, &words, at.at, at.at + at.size, NULL);
}

struct shell_commands shell_commands_of(struct arena *arena, const struct recipe *recipe,
                                        const struct instruction *in, struct shell_kind kind)
{
	const struct instruction_parts *p = in->parts;
	struct reader r = { .arena = arena };
	if (in->kind != INSTRUCTION_RUN || !in->at.source || p->nargs == 0 ||
	    in->text.n > SHELL_SCRIPT_MAX)
		return (struct shell_commands){ 0 };
	struct str source = in->at.source->text;
	struct span at = p->args_at[0];
	r.source = source.p;
	bool alone = p->nheredocs == 1 && str_has_prefix(p->args[0], STR("<<")) &&
	             str_find(p->args[0], ' ') == STR_NONE;
	r.heredocs = p->heredocs;
	r.nheredocs = alone ? 0 : p->nheredocs;
	if (p->form == FORM_EXEC)
		reader_exec(&r, p);
	else if (alone)
		reader_heredoc(&r, &p->heredocs[0], kind);
	else
		reader_script(&r, shell_text_joined(arena, source, at.at, at.at + at.size,
		                                    recipe->escape), kind);
	struct shell_command *kept = arena_array(arena, r.n + 1, sizeof *kept);
	if (r.n)
		memcpy(kept, r.list, r.n * sizeof *kept);
	free(r.list);
	return (struct shell_commands){ kept, r.n };
}
