#ifndef CORE_ENGINE_MATCH_H
#define CORE_ENGINE_MATCH_H

#include "core/recipe/recipe.h"

/* Is what an engine announced an instruction of ours?  Engines join continued
 * lines and drop comments, each in its own way, so blanks do not count. */

/* The announced text is the instruction's, but for blanks, continuations and comment
 * lines in it.  A FROM needs only the keyword: engines put other names for its base. */
bool match_text(const struct recipe *, int instruction, struct str announced);
/* The first words are the same keyword: enough where nothing can be imitated. */
bool match_keyword(const struct recipe *, int instruction, struct str announced);
/* Both stages begin alike up to these instructions, so that BuildKit, which knows
 * work by its content, does it once and announces one of the two. */
bool match_is_twin(const struct recipe *, int instruction, int other);

#endif
