#ifndef CORE_OS_SAVE_H
#define CORE_OS_SAVE_H

#include <sys/types.h>

#include "core/base/error.h"
#include "core/base/str.h"

/* The file holds either what it held or all of text, whatever happens: written
 * beside it, fsync, rename; mode and owner of an existing file kept (new: mode less
 * the umask); a symbolic link's target is written. */
bool save_file(const char *path, struct str text, mode_t mode, struct error *err);
/* The same without waiting for the disk: for what can be made again. After a power cut
 * the file may be empty. */
bool save_derived(const char *path, struct str text, mode_t mode, struct error *err);
/* save_file where other programs write too: the file becomes text (p NULL: is removed)
 * only if it still holds what was expected (p NULL: if it is not there), else
 * ERROR_CHANGED and nothing is written.  A file that nobody may write is refused.
 * Mortars that save into one folder wait for one another between look and rename (flock
 * on the folder, 2 seconds at most), so none undoes what another did.  Of any other
 * program only a write in those microseconds is lost, and of one that keeps the file open
 * what it writes later.  A new file replaces none, however late that came.  Temporary
 * files that killed saves of any kind have left in the folder are removed when they are
 * SAVE_STALE seconds old. */
bool save_over(const char *path, struct str expected, struct str text, mode_t mode,
               struct error *err);
enum { SAVE_STALE = 600 };
/* Whether save_file could write it now, found by making a file beside it; nothing stays. */
bool save_check(const char *path, struct error *err);
/* Folders up to the last; those made get mode less the umask. */
bool save_dir(const char *path, mode_t mode, struct error *err);
/* Removes a file or a folder with all that is in it, following no link.  Absent
 * is success; read-only folders of ours are no hindrance. */
bool save_remove(const char *path, struct error *err);

/* Where things lie (XDG Base Directory 0.8), made with 0700 when first asked
 * for; name is appended ("" or NULL: nothing).  The result is interned.  NULL when
 * they cannot be made, belong to somebody else, or there is no home. */
const char *save_state_dir(const char *name, struct error *err);
const char *save_cache_dir(const char *name, struct error *err);
/* For sockets, which go with the session: below XDG_RUNTIME_DIR, else /tmp/mortar-UID.  Of
 * at most SAVE_RUNTIME_MAX plain characters, for the path of a socket is short and other
 * programs read theirs as a pattern. */
const char *save_runtime_dir(struct error *err);
enum { SAVE_RUNTIME_MAX = 50 };
/* Not made; NULL when there is no home. */
const char *save_config_path(const char *name);
const char *save_state_path(const char *name);
const char *save_cache_path(const char *name);

#endif
