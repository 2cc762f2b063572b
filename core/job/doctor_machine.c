/* Rows about the machine and the session mortar runs in. */
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "core/job/doctor.h"
#include "core/os/clock.h"
#include "core/os/inotify_use.h"
#include "core/os/lock.h"
#include "core/os/logind.h"
#include "core/os/space.h"

/* DOCTOR_FILES: a job and a screen hold a few dozen files open each, a walk over a deep
 * context one for each folder on the way.  DOCTOR_EPOCH: 2023-06-10, Debian 12's release:
 * a clock before it was never set. */
enum { DOCTOR_FILES = 256, DOCTOR_EPOCH = 1686355200 };

static struct value *doctor_inotify_row(struct arena *a, const char *name, const char *sysctl,
                                        unsigned long long used, unsigned long long limit)
{
	bool near = inotify_use_is_near(used, limit);
	struct value *row = doctor_row(a, name, near ? DOCTOR_PROBLEM : DOCTOR_OK,
	                               "%llu of %llu in use by your processes%s", used, limit,
	                               near ? ": mortar may have to look at files every second" : "");
	doctor_number(a, row, "used", used);
	doctor_number(a, row, "limit", limit);
	if (near)
		doctor_remedy(a, row, "%ssysctl fs.inotify.%s=%llu (and the same in a file in "
		              "/etc/sysctl.d)", geteuid() ? "sudo " : "", sysctl,
		              limit < 512 ? 1024 : limit * 2);
	return row;
}

struct value *doctor_inotify(struct arena *a, const struct inotify_use *use)
{
	struct value *all = value_new_array(a);
	const char *forbidden = getenv("MORTAR_NO_INOTIFY");
	if (forbidden && !strcmp(forbidden, "1")) {
		struct value *row = doctor_row(a, "inotify", DOCTOR_PROBLEM, "MORTAR_NO_INOTIFY=1: files "
		                               "are looked at every second");
		doctor_remedy(a, row, "unset MORTAR_NO_INOTIFY");
		doctor_add(all, row);
	}
	if (!use->is_known) {
		doctor_add(all, doctor_row(a, "inotify", DOCTOR_ABSENT, "this kernel tells no limits of "
		                           "inotify; without it files are looked at every second"));
		return all;
	}
	doctor_add(all, doctor_inotify_row(a, "watches", "max_user_watches", use->watches,
	                                   use->max_watches));
	doctor_add(all, doctor_inotify_row(a, "instances", "max_user_instances", use->instances,
	                                   use->max_instances));
	if (use->unread)
		doctor_add(all, doctor_row(a, "unread", DOCTOR_ABSENT, "%u of your %u processes do not let "
		                           "themselves be looked at", use->unread, use->processes));
	return all;
}

/* ---- session ---- */

static struct value *doctor_session_row(struct arena *a, const struct logind *l, const char *user)
{
	struct value *row;
	switch (l->place) {
	case LOGIND_NONE:
		return doctor_row(a, "logout", DOCTOR_OK, "no systemd-logind runs here (a container, or "
		                  "another init), so nothing ends builds at logout");
	case LOGIND_ELSEWHERE:
		return doctor_row(a, "logout", DOCTOR_OK, "mortar runs outside of login sessions, so "
		                  "builds do not end with one");
	case LOGIND_MANAGER:
		if (l->lingers)
			return doctor_row(a, "logout", DOCTOR_OK, "builds go on after logout: %s lingers",
			                  user);
		row = doctor_row(a, "logout", DOCTOR_PROBLEM, "builds end at your last logout: mortar runs "
		                 "below your service manager, and %s does not linger", user);
		doctor_remedy(a, row, "loginctl enable-linger");
		return row;
	default:
		break;
	}
	if (!l->kills)
		return doctor_row(a, "logout", DOCTOR_OK, "builds go on after logout: %s", l->said);
	row = doctor_row(a, "logout", DOCTOR_PROBLEM, "builds end at logout: %s", l->said);
	doctor_remedy(a, row, "%sstart mortar by systemd-run --user --scope mortar",
	              l->lingers ? "" : "loginctl enable-linger, and ");
	return row;
}

struct value *doctor_session(struct arena *a, const struct logind *l, const char *user)
{
	static const char *const places[] = { "none", "session", "manager", "elsewhere" };
	struct value *all = value_new_array(a), *row = doctor_session_row(a, l, user);
	doctor_text(a, row, "logind", places[l->place]);
	doctor_text(a, row, "user", user);
	doctor_text(a, row, "said", l->said);
	if (l->place != LOGIND_NONE) {
		doctor_truth(a, row, "kill_user_processes", l->kills);
		doctor_truth(a, row, "linger", l->lingers);
	}
	doctor_add(all, row);
	return all;
}

/* ---- limits ---- */

static struct value *doctor_files(struct arena *a)
{
	struct rlimit limit;
	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur == RLIM_INFINITY)
		return doctor_row(a, "open files", DOCTOR_OK, "as many as wanted");
	unsigned long long n = limit.rlim_cur;
	struct value *row = doctor_row(a, "open files", n < DOCTOR_FILES ? DOCTOR_PROBLEM : DOCTOR_OK,
	                               "at most %llu", n);
	doctor_number(a, row, "limit", n);
	if (n < DOCTOR_FILES)
		doctor_remedy(a, row, "ulimit -n 1024");
	return row;
}

static struct value *doctor_file_size(struct arena *a, unsigned long long log_limit)
{
	struct rlimit limit;
	if (getrlimit(RLIMIT_FSIZE, &limit) < 0 || limit.rlim_cur == RLIM_INFINITY)
		return doctor_row(a, "file size", DOCTOR_OK, "no limit");
	owned_buf struct buf text = { 0 };
	bool small = limit.rlim_cur < log_limit;
	space_append_bytes(&text, limit.rlim_cur);
	struct value *row = doctor_row(a, "file size", small ? DOCTOR_PROBLEM : DOCTOR_OK,
	                               "at most %s%s", buf_text(&text),
	                               small ? ", less than a build's log may have" : "");
	doctor_number(a, row, "limit", limit.rlim_cur);
	if (small)
		doctor_remedy(a, row, "ulimit -f unlimited, or a smaller log_limit in config.toml");
	return row;
}

static struct value *doctor_pidfd(struct arena *a)
{
	owned_fd int fd = lock_watch_process(getpid());
	if (fd >= 0)
		return doctor_row(a, "pidfd", DOCTOR_OK, "a job that dies is noticed at once");
	return doctor_row(a, "pidfd", DOCTOR_ABSENT, "this kernel has none: a job that dies is noticed "
	                  "a little later");
}

static struct value *doctor_clock(struct arena *a)
{
	owned_buf struct buf text = { 0 };
	double now = clock_now();
	clock_append_local(&text, now);
	if (now >= DOCTOR_EPOCH)
		return doctor_row(a, "clock", DOCTOR_OK, "%s", buf_text(&text));
	struct value *row = doctor_row(a, "clock", DOCTOR_PROBLEM, "%s cannot be right",
	                               buf_text(&text));
	doctor_remedy(a, row, "timedatectl set-ntp true, or date -s");
	return row;
}

struct value *doctor_limits(struct arena *a, unsigned long long log_limit)
{
	struct value *all = value_new_array(a);
	doctor_add(all, doctor_files(a));
	doctor_add(all, doctor_file_size(a, log_limit));
	doctor_add(all, doctor_pidfd(a));
	doctor_add(all, doctor_clock(a));
	return all;
}
