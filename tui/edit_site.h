#ifndef TUI_EDIT_SITE_H
#define TUI_EDIT_SITE_H

#include "core/config/settings.h"

/* The document whose files hold a value that is shown, and where in them.  Usually that
 * is where it is shown; what a generated document shows was written in another one.
 * Borrows settings and selection. */
struct edit_site {
	const struct settings *settings;
	const struct selection *selection;
	const struct document *document;
	struct str pointer;             /* RFC 6901; in the arena */
	const struct value *value;      /* as the files make it; NULL: nothing is there yet */
	const struct value *root;       /* all that the files make, without what a kind adds */
	bool behind;                    /* one more item, whatever array a file has there */
};

/* The site of what a document shows at the pointer.  false: no file holds it
 * (ERROR_MISSING), and err says why. */
bool edit_site_find(struct arena *, const struct settings *, const struct selection *,
                    size_t document, struct str pointer, struct edit_site *ret_site,
                    struct error *);
/* The site of a member that the object does not have yet, of one item more of the array. */
struct edit_site edit_site_member(struct arena *, const struct edit_site *object, struct str key);
struct edit_site edit_site_item(struct arena *, const struct edit_site *array);

/* A file of the document, as it was read and as it would be. */
struct edit_file {
	const char *name, *path;        /* from the project's root; to open it */
	const char *profile;            /* NULL: the base file */
	const struct value *value;      /* as it would be; NULL: nothing */
	struct str before, after;       /* texts; p NULL: there is no file */
};
/* The files that take part in this selection, those too that are not there: the base,
 * then the profiles' overlays in the order of the cascade.  after is before. */
size_t edit_site_files(struct arena *, const struct edit_site *, struct edit_file **ret_files);
/* What the document is when its files (all of them) hold those values. */
const struct value *edit_site_merge(struct arena *, const struct edit_site *,
                                    const struct edit_file *files, size_t n);

#endif
