#ifndef CORE_OS_WATCH_FOLDERS_H
#define CORE_OS_WATCH_FOLDERS_H

#include <stdint.h>
#include <sys/inotify.h>

#include "core/base/arena.h"
#include "core/base/map.h"

/* The folders inotify(7) looks at for watch.c, and who wants to know what of them. */
enum watch_part {
	WATCH_ON_THE_WAY,       /* the folder itself moves or goes */
	WATCH_LINK,             /* a name that leads elsewhere, or the first that is not there */
	WATCH_NAME,             /* the name of the watched path itself */
	WATCH_LIST,             /* which names are in the folder */
};

struct watch_interest {
	struct watch_interest *next;
	void *item;
	const char *name;
	enum watch_part part;
};

struct watch_folder {
	const char *path;
	int wd;
	uint32_t mask;
	struct watch_interest *interests;
};

struct watch_folders {
	int fd;                         /* -1: no inotify */
	int sys;                        /* the errno that says why */
	struct arena *arena;            /* all below */
	struct map by_path;             /* of struct watch_folder */
};

void watch_folders_init(struct watch_folders *, bool is_allowed);
void watch_folders_finish(struct watch_folders *);

/* Notes that item wants to know; false, with errno, when inotify cannot tell. */
bool watch_folders_add(struct watch_folders *, const char *path, enum watch_part,
                       const char *name, void *item);

/* Between renew and renewed all interests are added anew; what nobody wants any
 * more is unwatched then.  Nothing that happens meanwhile is lost. */
void watch_folders_renew(struct watch_folders *, struct watch_folders *ret_old);
void watch_folders_renewed(struct watch_folders *, struct watch_folders *old);

/* Calls each for every event there is and every folder it is about; folder NULL:
 * events were lost. */
void watch_folders_read(struct watch_folders *,
                        void (*each)(void *data, const struct watch_folder *folder,
                                     uint32_t mask, const char *name),
                        void *data);

#endif
