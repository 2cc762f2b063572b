/* One command: its program and arguments. */
#include "core/lint/shell_command.h"

/* ---- finding arguments ---- */

const struct script_word *shell_argument(const struct shell_command *c, const char *name)
{
	struct str want = str_of(name);
	for (size_t i = 0; i < c->nargs; i++) {
		struct str a = c->args[i].text;
		if (str_eq(a, want) || (str_has_prefix(want, STR("--")) && str_has_prefix(a, want) &&
		                        a.n > want.n && a.p[want.n] == '='))
			return &c->args[i];
	}
	return NULL;
}

static bool command_is_one_of(struct str word, const char *const *list)
{
	for (; list && *list; list++)
		if (str_eq(word, str_of(*list)))
			return true;
	return false;
}

const struct script_word *shell_operand(const struct shell_command *c, const char *const *valued,
                                       size_t n)
{
	for (size_t i = 0; i < c->nargs; i++) {
		struct str a = c->args[i].text;
		if (a.n > 1 && a.p[0] == '-')
			i += command_is_one_of(a, valued);
		else if (n-- == 0)
			return &c->args[i];
	}
	return NULL;
}

/* ---- finding the program ---- */

/* What runs the words behind it. */
struct command_wrapper {
	const char *name;
	const char *valued;             /* letters of options that take a word */
	unsigned operands;              /* words of its own before the program */
	bool has_user;                  /* its operand names one */
};

static const struct command_wrapper command_wrappers[] = {
	{ "sudo", "ugphCrtTU", 0, false }, { "doas", "uC", 0, false }, { "env", "uCS", 0, false },
	{ "exec", "a", 0, false }, { "command", "", 0, false }, { "builtin", "", 0, false },
	{ "time", "fo", 0, false }, { "nice", "n", 0, false }, { "ionice", "cnp", 0, false },
	{ "nohup", "", 0, false }, { "timeout", "ks", 1, false }, { "stdbuf", "ioe", 0, false },
	{ "eatmydata", "", 0, false }, { "xargs", "adEIiLlnPs", 0, false },
	{ "gosu", "", 1, true }, { "su-exec", "", 1, true }, { "setpriv", "", 0, true },
	{ "chroot", "", 1, false }, { "unbuffer", "", 0, false },
};

static struct str command_base(struct str path)
{
	size_t slash = str_find_last(path, '/');
	return slash == STR_NONE ? path : str_slice(path, slash + 1, STR_NONE);
}

static const struct command_wrapper *command_wrapper(struct str program)
{
	for (size_t i = 0; i < sizeof command_wrappers / sizeof *command_wrappers; i++)
		if (str_eq(program, str_of(command_wrappers[i].name)))
			return &command_wrappers[i];
	return NULL;
}

/* NAME=… as the shell takes it. */
static bool command_is_assignment(const struct script_word *w)
{
	size_t n = str_find(w->text, '=');
	for (size_t i = 0; i < w->text.n && i < n; i++) {
		char c = w->text.p[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
		if (!letter && (i == 0 || c < '0' || c > '9'))
			return false;
	}
	return n != STR_NONE && n > 0;
}

/* Behind the wrapper's own options and operands. */
static size_t command_unwrap(struct shell_command *c, const struct command_wrapper *w,
                             const struct script_word *words, size_t at, size_t n)
{
	unsigned operands = w->operands;
	c->has_user |= w->has_user;
	if (str_eq(str_of(w->name), STR("sudo")) || str_eq(str_of(w->name), STR("doas")))
		c->sudo = &words[at];
	c->from_xargs |= str_eq(str_of(w->name), STR("xargs"));
	for (at++; at < n; at++) {
		struct str a = words[at].text;
		if (a.n > 1 && a.p[0] == '-') {
			bool is_user = c->sudo && (str_has_prefix(a, STR("-u")) ||
			                           str_has_prefix(a, STR("--user")));
			c->has_user |= is_user;
			at += a.n == 2 && strchr(w->valued, a.p[1]) != NULL;
		} else if (operands) {
			operands--;
		} else {
			break;
		}
	}
	return at < n ? at : n;
}

static bool command_is_version(struct str rest)
{
	for (size_t i = 0; i < rest.n; i++)
		if (rest.p[i] != '.' && (rest.p[i] < '0' || rest.p[i] > '9'))
			return false;
	return true;
}

/* pip3.11 is pip, python3 -m pip is it too. */
static void command_python(struct shell_command *c)
{
	static const char *const python[] = { "python", "pypy" };
	for (size_t i = 0; i < sizeof python / sizeof *python; i++) {
		struct str name = str_of(python[i]);
		if (!str_has_prefix(c->program, name) ||
		    !command_is_version(str_slice(c->program, name.n, STR_NONE)))
			continue;
		size_t k = 0;
		while (k < c->nargs && c->args[k].text.n == 2 && c->args[k].text.p[0] == '-' &&
		       strchr("BEIOPqsSuv", c->args[k].text.p[1]))
			k++;
		if (k + 1 >= c->nargs || !str_eq(c->args[k].text, STR("-m")))
			return;
		c->program = c->args[k + 1].text;
		c->args += k + 2;
		c->nargs -= k + 2;
	}
	if (str_has_prefix(c->program, STR("pip")) &&
	    command_is_version(str_slice(c->program, 3, STR_NONE)))
		c->program = STR("pip");
}

void shell_command_name(struct arena *arena, struct shell_command *c,
                        const struct script_word *words, size_t n)
{
	struct script_word *assigned = arena_array(arena, n + 1, sizeof *assigned);
	size_t at = 0;
	for (;;) {
		while (at < n && command_is_assignment(&words[at]))
			assigned[c->nassigned++] = words[at++];
		const struct command_wrapper *w = at < n ? command_wrapper(command_base(words[at].text))
		                                         : NULL;
		if (!w || at + 1 == n)
			break;
		size_t behind = command_unwrap(c, w, words, at, n);
		if (behind == n)
			break;
		at = behind;
	}
	c->assigned = assigned;
	if (at == n)
		return;
	c->name = &words[at];
	c->program = command_base(words[at].text);
	c->args = words + at + 1;
	c->nargs = n - at - 1;
	command_python(c);
}

/* ---- shells ---- */

struct shell_kind shell_kind_of(const struct str *words, size_t n)
{
	static const char *const plain[] = { "sh", "dash", "ash", "busybox", NULL };
	static const char *const more[] = { "bash", "zsh", "ksh", NULL };
	struct shell_kind kind = { 0 };
	struct str program = n ? command_base(words[0]) : STR("");
	kind.is_bash = command_is_one_of(program, more);
	kind.is_other = !kind.is_bash && !command_is_one_of(program, plain);
	for (size_t i = 1; i < n; i++) {
		struct str w = words[i];
		if (str_eq(w, STR("pipefail")))
			kind.pipefail = true;
		else if (str_eq(w, STR("errexit")) ||
		         (w.n > 1 && w.p[0] == '-' && w.p[1] != '-' && str_find(w, 'e') != STR_NONE))
			kind.exits = true;
	}
	return kind;
}
