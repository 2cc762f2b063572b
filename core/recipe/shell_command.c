#include "core/recipe/shell_command.h"

#include "core/base/map.h"
#include "core/recipe/text.h"

enum { COMMAND_DEPTH_MAX = 64, COMMAND_NAMES_MAX = 16, COMMAND_END = -1 };

struct command {
	struct str in;
	size_t at;
	unsigned depth;
	struct map own;                 /* names that the command sets */
	void (*use)(void *data, const struct shell_use *);      /* NULL: own is gathered */
	void *data;
};

static void command_until(struct command *c, int stop, bool quoted);

static int command_peek(const struct command *c, size_t ahead)
{
	return c->at + ahead < c->in.n ? (unsigned char)c->in.p[c->at + ahead] : COMMAND_END;
}

static struct str command_name(const struct command *c, size_t ahead)
{
	size_t n = 0;
	struct str rest = str_slice(c->in, c->at + ahead, STR_NONE);
	while (n < rest.n && text_is_name(rest.p[n], n))
		n++;
	return str_slice(rest, 0, n);
}

static void command_skip_past(struct command *c, char end)
{
	size_t n = str_find(str_slice(c->in, c->at, STR_NONE), end);
	c->at = n == STR_NONE ? c->in.n : c->at + n + 1;
}

static void command_down(struct command *c, int stop, bool quoted)
{
	if (c->depth == COMMAND_DEPTH_MAX) {
		c->at = c->in.n;
		return;
	}
	c->depth++;
	command_until(c, stop, quoted);
	c->depth--;
}

/* "${" and what follows, up to its brace. */
static void command_braces(struct command *c, struct shell_use *use, bool quoted)
{
	c->at += 2;
	if (command_peek(c, 0) == '#' || command_peek(c, 0) == '!')
		c->at++;
	use->name = command_name(c, 0);
	c->at += use->name.n;
	int next = command_peek(c, command_peek(c, 0) == ':');
	use->has_default = next == '-' || next == '+' || next == '=';
	if (!c->use && next == '=' && use->name.n)
		map_set(&c->own, use->name, c);
	command_down(c, '}', quoted);
}

static void command_dollar(struct command *c, bool quoted)
{
	struct shell_use use = { .at = c->at };
	int next = command_peek(c, 1);
	if (next == '(') {
		c->at += 2;
		command_down(c, ')', false);
		return;
	}
	if (next == '{') {
		command_braces(c, &use, quoted);
	} else {
		use.name = command_name(c, 1);
		c->at += 1 + use.name.n;
	}
	use.size = c->at - use.at;
	if (c->use && use.name.n && !map_has(&c->own, use.name))
		c->use(c->data, &use);
}

static bool command_is_word_start(const struct command *c)
{
	return c->at == 0 || memchr(" \t\n;&|(`{", c->in.p[c->at - 1], 9);
}

/* The names behind "for" and "read". */
static void command_take_names(struct command *c, size_t ahead, size_t most)
{
	while (most--) {
		while (command_peek(c, ahead) == ' ' || command_peek(c, ahead) == '\t')
			ahead++;
		struct str name = command_name(c, ahead);
		bool is_flag = command_peek(c, ahead) == '-';
		if (name.n == 0 && !is_flag)
			return;
		if (name.n)
			map_set(&c->own, name, c);
		ahead += name.n;
		while (is_flag && command_peek(c, ahead) != COMMAND_END && command_peek(c, ahead) != ' ')
			ahead++;
	}
}

/* A word that may set a variable. */
static void command_word(struct command *c)
{
	struct str name = command_name(c, 0);
	int next = command_peek(c, name.n);
	if (!c->use && name.n) {
		if (next == '=' || (next == '+' && command_peek(c, name.n + 1) == '='))
			map_set(&c->own, name, c);
		else if (str_eq(name, STR("for")))
			command_take_names(c, name.n, 1);
		else if (str_eq(name, STR("read")))
			command_take_names(c, name.n, COMMAND_NAMES_MAX);
	}
	c->at += name.n ? name.n : 1;
}

/* What stands outside of quotes. */
static void command_plain(struct command *c, int byte)
{
	if (byte == '\'') {
		c->at++;
		command_skip_past(c, '\'');
	} else if (byte == '"') {
		c->at++;
		command_down(c, '"', true);
	} else if (byte == '(') {
		c->at++;
		command_down(c, ')', false);
	} else if (byte == '#' && command_is_word_start(c)) {
		command_skip_past(c, '\n');
	} else if (command_is_word_start(c)) {
		command_word(c);
	} else {
		c->at++;
	}
}

static void command_until(struct command *c, int stop, bool quoted)
{
	for (int byte; (byte = command_peek(c, 0)) != COMMAND_END;) {
		if (byte == stop) {
			c->at++;
			return;
		}
		if (byte == '\\') {
			c->at = c->at + 2 < c->in.n ? c->at + 2 : c->in.n;
		} else if (byte == '$') {
			command_dollar(c, quoted);
		} else if (byte == '`') {
			c->at++;
			command_down(c, '`', false);
		} else if (quoted) {
			c->at++;
		} else {
			command_plain(c, byte);
		}
	}
}

void shell_command(struct str text, bool is_heredoc,
                   void (*use)(void *data, const struct shell_use *), void *data)
{
	struct command c = { .in = text, .data = data };
	command_until(&c, COMMAND_END - 1, is_heredoc);
	c.at = 0;
	c.use = use;
	command_until(&c, COMMAND_END - 1, is_heredoc);
	map_finish(&c.own);
}
