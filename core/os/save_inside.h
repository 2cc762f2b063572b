#ifndef CORE_OS_SAVE_INSIDE_H
#define CORE_OS_SAVE_INSIDE_H

#include <sys/stat.h>

#include "core/os/save.h"

/* Private to save*.c: the steps of a save. */

/* ".NAME.mortar-XXXXXX" is no name that anything of a project has. */
#define SAVE_MARK ".mortar-"

/* What is being saved.  old is NULL for a new file. */
struct saving {
	struct str text;
	mode_t mode;
	const struct stat *old;
	bool is_synced;
};

/* Where it is written, what is there, and a name beside it for mkostemp. */
struct save_place {
	struct buf target, temporary;
	struct str folder;              /* of target */
	struct stat st;
	bool is_there;
};
void save_place_finish(struct save_place *);
#define owned_place __attribute__((cleanup(save_place_finish)))
bool save_find_place(struct save_place *, const char *path, struct error *err);

/* Writes temporary, whose last six bytes become unique; nothing stays of a failure,
 * which errno tells. */
bool save_beside(char *temporary, const struct saving *);
/* So that a new name survives a power cut.  Some file systems cannot. */
bool save_sync_folder(struct str folder);

#endif
