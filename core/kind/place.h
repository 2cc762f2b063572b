#ifndef CORE_KIND_PLACE_H
#define CORE_KIND_PLACE_H

#include "core/os/files.h"

/* What kinds that look for a project from a path upwards begin with. */
struct place {
	const char *dir;                /* absolute: the path, or the folder of the file */
	struct str base;                /* the file's name; n 0: the path is a folder */
};
/* False: there is nothing at that path. */
bool place_of(struct files *, const char *argument, struct arena *, struct place *ret_place);
/* The folder above, in the arena; NULL above the highest. */
const char *place_above(struct arena *, const char *dir);

#endif
