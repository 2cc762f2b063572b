#ifndef CORE_LINT_SHELL_SCRIPT_H
#define CORE_LINT_SHELL_SCRIPT_H

#include "core/lint/shell_commands.h"

/* Private: the text of a script and its tokens. */

/* Bytes with their places in the source; at has n + 1, the last one behind the text. */
struct shell_text {
	const char *p;
	const uint32_t *at;
	size_t n;
};

/* A run of the source as it stands. */
struct shell_text shell_text_plain(struct arena *, struct str text, uint32_t at);
/* What a shell gets of a command that begins at `at` of the source's text and lies before
 * `end`: without continuations, and without comments and empty lines between them. */
struct shell_text shell_text_joined(struct arena *, struct str source, uint32_t at, uint32_t end,
                                    char escape);
/* The strings of the JSON array in that run, decoded; returns how many. */
size_t shell_text_strings(struct arena *, struct str source, uint32_t at, uint32_t end,
                          struct shell_text **ret_strings);

enum shell_token {
	TOKEN_END, TOKEN_WORD, TOKEN_AND, TOKEN_OR, TOKEN_PIPE, TOKEN_THEN, TOKEN_NEWLINE,
	TOKEN_BACKGROUND, TOKEN_CASE_END, TOKEN_OPEN, TOKEN_CLOSE, TOKEN_REDIRECT,
};

struct shell_lexer {
	struct arena *arena;
	struct shell_text text;
	size_t pos;
	enum shell_token token;         /* the one that is looked at */
	struct script_word word;         /* of TOKEN_WORD */
	uint32_t at, end;               /* of the token in the source */
	bool is_heredoc;                /* TOKEN_REDIRECT: << or <<- */
	/* Delimiters of heredocs whose bodies begin with the next line. */
	struct { struct str name; bool strip_tabs; } open[8];
	size_t nopen;
};

/* Looks at the next token. */
void shell_lexer_next(struct shell_lexer *);
/* The word behind TOKEN_REDIRECT, which becomes what is looked at; of a heredoc whose body
 * follows in this text it is kept as delimiter when bodies is true. */
void shell_lexer_target(struct shell_lexer *, bool bodies);
/* Whether it looks at this word, without quotes. */
bool shell_lexer_is(const struct shell_lexer *, const char *word);

#endif
