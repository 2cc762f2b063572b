#ifndef CORE_RECIPE_SHELL_H
#define CORE_RECIPE_SHELL_H

#include "core/base/arena.h"
#include "core/base/error.h"

/* The words and variables of Dockerfiles, as BuildKit's lexer takes them
 * (frontend/dockerfile/shell): '…', "…", the escape, $NAME, ${NAME}, ${NAME:-x} and its
 * kin, ${NAME#x}, ${NAME%x}, ${NAME/x/y}.  A name goes on over letters that are not ASCII;
 * which those are is left to the builder outside of braces. */

enum shell_variable {
	SHELL_UNSET,
	SHELL_SET,
	SHELL_UNKNOWN,          /* only the build will know */
};
typedef enum shell_variable shell_lookup_fn(void *data, struct str name, struct str *ret_value);

enum shell_result {
	SHELL_DONE,
	SHELL_UNRESOLVED,       /* a value that only the build knows, or a form we leave to it */
	SHELL_FAILED,           /* err says what no builder takes */
};
/* One word with quotes and escapes taken off and variables put in (lookup NULL:
 * they stay as written); the result is in the arena. */
enum shell_result shell_expand(struct arena *, struct str word, char escape, shell_lookup_fn *,
                               void *data, struct str *ret_text, struct error *err);

/* The same of text that is no word: in a heredoc quotes are text (and the escape a backslash). */
struct shell_use {
	struct str name;
	size_t at, size;                /* "$X", "${X:-…}" whole, in the word */
	bool has_default;               /* it says itself what stands there without a value */
};
struct shell_word {
	struct str text;
	char escape;
	bool is_heredoc;
	shell_lookup_fn *lookup;
	void (*use)(void *data, const struct shell_use *);      /* each, inner ones first; or NULL */
	void *data;
};
enum shell_result shell_expand_word(struct arena *, const struct shell_word *, struct str *ret_text,
                                    struct error *err);
/* Divided at blanks that are not quoted, blanks of values too. */
enum shell_result shell_expand_words(struct arena *, const struct shell_word *,
                                     const struct str **ret_words, size_t *ret_count,
                                     struct error *err);

/* Words with all quotes, escapes and variables still in them, as heredocs are
 * looked for; a blank behind "<<" belongs to the word.  False when quotes or
 * braces are not closed. */
bool shell_words(struct arena *, struct str line, const struct str **ret_words, size_t *ret_count);

#endif
