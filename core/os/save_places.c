#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/intern.h"
#include "core/os/save.h"

/* HOME, or what the system's user list says; NULL when neither is a path. */
static const char *save_home(void)
{
	const char *home = getenv("HOME");
	if (home && home[0] == '/')
		return home;
	const struct passwd *user = getpwuid(getuid());
	return user && user->pw_dir && user->pw_dir[0] == '/' ? user->pw_dir : NULL;
}

/* The folder the variable names, else `standard` below the home; both with
 * "/mortar".  "All paths set in these environment variables must be absolute. If
 * an implementation encounters a relative path … it should consider the path
 * invalid and ignore it." (XDG Base Directory 0.8) */
static bool save_place(struct buf *path, const char *variable, const char *standard)
{
	const char *set = getenv(variable), *home = save_home();
	bool is_set = set && set[0] == '/';
	if (!is_set && !home)
		return false;
	buf_append_text(path, is_set ? set : home);
	while (path->n > 1 && path->p[path->n - 1] == '/')
		path->n--;
	if (!is_set)
		buf_append_text(path, standard);
	buf_append(path, STR("/mortar"));
	return true;
}

/* Ours alone: what lies there is believed later. */
static bool save_place_check(const char *path, struct error *err)
{
	struct stat st;
	if (stat(path, &st) < 0)
		return error_set_errno(err, "cannot use '%s'", path);
	if (st.st_uid != geteuid())
		return error_set(err, ERROR_SYSTEM, "'%s' belongs to user %u, not to you (%u)",
		                 path, (unsigned)st.st_uid, (unsigned)geteuid());
	if ((st.st_mode & 022) && chmod(path, st.st_mode & 0700) < 0)
		return error_set_errno(err, "cannot keep others out of '%s'", path);
	return true;
}

static const char *save_place_made(const char *variable, const char *standard, const char *name,
                                   struct error *err)
{
	owned_buf struct buf path = { 0 };
	if (!save_place(&path, variable, standard)) {
		error_set(err, ERROR_SYSTEM,
		          "you have no home folder: set HOME or %s to an absolute path", variable);
		return NULL;
	}
	if (!save_dir(buf_text(&path), 0700, err) || !save_place_check(buf_text(&path), err))
		return NULL;
	if (name && name[0])
		buf_printf(&path, "/%s", name);
	if (!save_dir(buf_text(&path), 0700, err))
		return NULL;
	return intern(buf_str(&path));
}

const char *save_state_dir(const char *name, struct error *err)
{
	return save_place_made("XDG_STATE_HOME", "/.local/state", name, err);
}

const char *save_cache_dir(const char *name, struct error *err)
{
	return save_place_made("XDG_CACHE_HOME", "/.cache", name, err);
}

static bool save_runtime_fits(const char *path)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	                            "0123456789-._/";
	size_t n = strlen(path);
	return path[0] == '/' && n <= SAVE_RUNTIME_MAX && strspn(path, plain) == n;
}

/* /tmp is everybody's: what lies there under our name may be somebody's trap. */
static bool save_runtime_own(const char *path, struct error *err)
{
	struct stat st;
	if (mkdir(path, 0700) < 0 && errno != EEXIST)
		return error_set_errno(err, "cannot make '%s'", path);
	if (lstat(path, &st) < 0)
		return error_set_errno(err, "cannot use '%s'", path);
	if (!S_ISDIR(st.st_mode) || st.st_uid != geteuid() || (st.st_mode & 077))
		return error_set(err, ERROR_SYSTEM, "'%s' is not a folder of yours alone; remove it, or "
		                 "set XDG_RUNTIME_DIR", path);
	return true;
}

const char *save_runtime_dir(struct error *err)
{
	owned_buf struct buf path = { 0 };
	const char *set = getenv("XDG_RUNTIME_DIR");
	struct error ignored;
	buf_printf(&path, "%s/mortar", set ? set : "");
	if (!save_runtime_fits(buf_text(&path)) || !save_runtime_own(buf_text(&path), &ignored)) {
		buf_clear(&path);
		buf_printf(&path, "/tmp/mortar-%u", (unsigned)geteuid());
		if (!save_runtime_own(buf_text(&path), err))
			return NULL;
	}
	return intern(buf_str(&path));
}

static const char *save_place_path(const char *variable, const char *standard, const char *name)
{
	owned_buf struct buf path = { 0 };
	if (!save_place(&path, variable, standard))
		return NULL;
	buf_printf(&path, "/%s", name);
	return intern(buf_str(&path));
}

const char *save_config_path(const char *name)
{
	return save_place_path("XDG_CONFIG_HOME", "/.config", name);
}

const char *save_state_path(const char *name)
{
	return save_place_path("XDG_STATE_HOME", "/.local/state", name);
}

const char *save_cache_path(const char *name)
{
	return save_place_path("XDG_CACHE_HOME", "/.cache", name);
}
