#ifndef TUI_EDIT_PLACES_H
#define TUI_EDIT_PLACES_H

#include "tui/edit_site.h"

/* The files into which an edit may go.  Each is tried before it is offered: the file's
 * text is edited in memory and the document put together with it by the cascade, so what
 * is said of a place is what will be shown.  Nothing is written here. */
enum edit_effect {
	EDIT_SHOWS,             /* what is set is what is shown then */
	EDIT_SHADOWED,          /* what is set does not show: another file wins */
	EDIT_NOTHING,           /* what is removed was not shown */
	EDIT_UNCOVERS,          /* what a lower file holds is shown then */
	EDIT_GONE,              /* nothing is there any more */
	EDIT_SAME,              /* the file holds this already */
	EDIT_REFUSED,           /* cannot be done there; note says why */
};

struct edit_place {
	const struct edit_file *files;  /* before and after; several: they change together */
	size_t nfiles;
	struct str pointer;             /* what is set or removed in them; a key above for whole */
	bool whole;                     /* with all that is shown around it */
	const struct value *held;       /* what the (first) file holds at the site; NULL: nothing */
	enum edit_effect effect;
	size_t nlost;                   /* other values that are shown now and will not be */
	const char *note;               /* the effect in a sentence or two */
};

struct edit_places {
	struct edit_place *places;      /* in the order of the cascade */
	size_t n;
	size_t best;                    /* where what is shown comes from */
};

/* Sets the site's value to this JSON text.  origin: what is shown there now, or around a
 * new one; its file is the best place. */
void edit_places_set(struct arena *, const struct edit_site *, const struct value *origin,
                     struct str json, struct edit_places *ret_places);
/* Removes it from one of the files that have it, or from all of them. */
void edit_places_unset(struct arena *, const struct edit_site *, struct edit_places *ret_places);
/* Removes what an overlay sets, so that a lower file's value shows: one place, whose
 * pointer is one above the site where more must go.  false: err says why there is none. */
bool edit_places_uncover(struct arena *, const struct edit_site *,
                         struct edit_places *ret_places, struct error *);

#endif
