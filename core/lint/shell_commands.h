#ifndef CORE_LINT_SHELL_COMMANDS_H
#define CORE_LINT_SHELL_COMMANDS_H

#include <stdint.h>

#include "core/recipe/recipe.h"

/* The commands of a RUN as a shell finds them (POSIX, and of bash what is written most):
 * divided at ; && || | & and line ends, in groups, loops and conditions, in `sh -c '…'` and
 * in heredocs.  Variables and $(…) stay as written, and nothing is run.  Every word
 * knows where it stands in the Dockerfile, behind continuations and in quotes too.  Any
 * text is read; what no shell takes is read as far as it goes. */

/* Longer scripts are not read: no rule says anything of them. */
enum { SHELL_SCRIPT_MAX = 1 << 16 };

struct script_word {
	struct str text;                /* quotes and escapes taken off */
	const uint32_t *each;           /* where each byte of it stands in the source */
	uint32_t at, size;              /* in the source, with quotes */
	bool is_quoted;                 /* some of it is */
	bool has_variable;              /* or a substitution: the shell will know the text */
	bool has_wildcard;              /* * ? [ that the shell looks for files with */
};

/* What becomes of a command's failure. */
enum shell_lost {
	SHELL_FAILS,                    /* it fails the script */
	SHELL_LOST_OR,                  /* what stands behind || always succeeds */
	SHELL_LOST_NEXT,                /* what follows behind ; or & or on the next line decides */
	SHELL_LOST_PIPE,                /* what it writes into decides */
	SHELL_HANDLED,                  /* somebody looks at it: if, while, !, || and so on */
};

enum shell_join { SHELL_END, SHELL_AND, SHELL_OR, SHELL_THEN, SHELL_BACKGROUND, SHELL_PIPE };

struct shell_command {
	/* "apt-get", without its folder; pip for pip3.11 and for python -m pip. */
	struct str program;
	const struct script_word *name;  /* its word */
	const struct script_word *args;  /* behind it; lent by the arena as all is */
	size_t nargs;
	const struct script_word *assigned;      /* NAME=value in front, those of env too */
	size_t nassigned;
	const struct script_word *sudo;  /* NULL: not by it */
	bool has_user;                  /* sudo, gosu and their like name one */
	bool from_xargs;                /* more words come from its input */
	uint32_t at, end;               /* in the source, redirections included */
	unsigned depth;                 /* 0: stands in no group, loop, condition or sh -c */
	enum shell_join next;           /* to what follows at the same depth */
	uint32_t next_at;               /* of that operator */
	enum shell_lost lost;
	/* Of SHELL_LOST_OR the || and all behind it, else the operator. */
	uint32_t lost_at, lost_end;
	bool by_bash;                   /* sh has not all that bash has */
};

struct shell_commands {
	const struct shell_command *list;
	size_t n;
};

/* The shell that takes a script. */
struct shell_kind {
	bool is_other;                  /* cmd, powershell, python …: not read */
	bool is_bash;                   /* or zsh, ksh: has `source` and pipefail */
	bool exits, pipefail;           /* set -e, set -o pipefail */
};
/* By SHELL's words, as ["/bin/bash", "-o", "pipefail", "-c"]. */
struct shell_kind shell_kind_of(const struct str *words, size_t n);

/* Of a RUN that was read from a file, in either form, with its heredocs; of anything else
 * and of other shells' scripts none. */
struct shell_commands shell_commands_of(struct arena *, const struct recipe *,
                                        const struct instruction *, struct shell_kind);

/* The first argument with this text, or NULL.  A name like "--flag" is also found as
 * "--flag=…". */
const struct script_word *shell_argument(const struct shell_command *, const char *name);
/* The n-th (from 0) argument that is no option, or NULL; what follows one of the options
 * in `valued` (ended by NULL, may be NULL) is that option's. */
const struct script_word *shell_operand(const struct shell_command *, const char *const *valued,
                                       size_t n);

#endif
