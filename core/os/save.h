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
/* Not made; NULL when there is no home. */
const char *save_config_path(const char *name);
const char *save_state_path(const char *name);
const char *save_cache_path(const char *name);

#endif
