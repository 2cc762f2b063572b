#ifndef TUI_ACTION_PROMPT_H
#define TUI_ACTION_PROMPT_H

#include "core/kind/kind.h"
#include "tui/popup.h"

/* Before an action of the project's kind begins: what it does, and a line for its words where
 * it takes any; Enter has it done.  The action is the kind's table's. */
struct popup *action_prompt_new(const struct kind_action *);

/* A line of words as a shell would part them, quotes and escapes taken off, nothing put in;
 * in the arena.  false: quotes are not closed. */
bool action_prompt_words(struct arena *, struct str line, const struct str **ret_words,
                         size_t *ret_n, struct error *);

#endif
