#ifndef TUI_LINK_H
#define TUI_LINK_H

#include "core/config/settings.h"
#include "core/recipe/recipe.h"

/* Which instruction follows from which value: the table behind the linked
 * selection, in both directions.  Pure; borrows settings and recipe.
 *
 * Values are told apart by where they were written, since the cascade and the
 * generated documents share and copy nodes: a value of description.json and the
 * same value inside service.json are one. */
struct link;

struct link_cause {
	const struct value *value;
	size_t document;                /* where it shows: of settings->documents, or STR_NONE */
	struct str pointer;             /* RFC 6901 in it */
	struct origin at;               /* path NULL: written nowhere */
};

/* settings or recipe may be NULL: then nothing is linked. */
struct link *link_new(const struct settings *, const struct recipe *);
void link_free(struct link *);
OWN_DEFINE(link)

/* What caused an instruction, in the kind's order; lives with the link. */
size_t link_causes(const struct link *, size_t instruction, const struct link_cause **ret_causes);

/* Sets lit[i] (one bool an instruction) where the value at the pointer, a part of it or
 * what contains it is a cause; others become false.  Returns how many are lit. */
size_t link_instructions(const struct link *, size_t document, struct str pointer, bool *lit);

/* Calls each for the value and what contains it, outermost first, along an RFC 6901
 * pointer; false when nothing is there. */
bool link_walk(const struct value *root, struct str pointer,
               void (*each)(void *data, const struct value *), void *data);

#endif
