#ifndef CORE_RECIPE_PARTS_H
#define CORE_RECIPE_PARTS_H

#include "core/recipe/lines.h"
#include "core/recipe/recipe.h"

/* A logical line taken apart: keyword, flags, arguments, heredocs.  Inside
 * recipe/ only.  Slices point into the line or into the lines' arena; errors are
 * in the lines' problems. */

/* The instruction's kind and parts without heredocs; false when its form is wrong. */
bool parts_split(struct lines *, const struct line *, enum instruction_kind *ret_kind,
                 struct instruction_parts *ret_parts);
/* Reads the bodies of the heredocs that the line opens; line->end and ->last move
 * behind them.  False when one is not closed. */
bool parts_heredocs(struct lines *, struct line *, enum instruction_kind,
                    struct instruction_parts *parts);

/* Is this word a heredoc's ("<<EOF", "3<<-'EOF'")?  ret_heredoc without text;
 * name in the arena. */
bool heredoc_find(struct arena *, struct str word, struct heredoc *ret_heredoc);

/* The words of a line with quotes and escapes kept, as ENV, LABEL and ARG have
 * them; *ret_words in the arena. */
size_t parts_words(struct arena *, struct str line, char escape, struct str **ret_words);

#endif
