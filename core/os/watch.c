#include "core/os/watch.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "core/base/check.h"
#include "core/os/files.h"
#include "core/os/watch_folders.h"

enum { WATCH_POLL_MS = 1000, WATCH_LINKS = 40, WATCH_TRIES = 8 };

enum watch_kind { WATCH_ABSENT, WATCH_FILE, WATCH_FOLDER, WATCH_LINKS_ON };

/* What tells one state of a path from another; all 0 when it is not there. */
struct watch_look {
	dev_t dev;
	ino_t ino;
	mode_t mode;
	off_t size;
	struct timespec modified, changed;
};

struct watched {
	char *given, *path;     /* as added; absolute */
	struct watch_look look; /* as last told, or as added */
	bool is_live;           /* else cleared, and dropped by the next renewal */
	bool is_changed;        /* to be told */
	enum watch_lack lack;   /* why it is looked at each second */
};

struct watch {
	struct loop *loop;
	watch_fn *fn;
	void *data;
	struct watched **all;
	size_t n, cap;
	struct map by_given;
	struct watch_folders folders;
	uint64_t poll_timer, renew_timer, rest_timer;   /* 0: not set */
	int64_t pace_ms;
	bool must_renew;                        /* links or folders on the way changed */
	bool is_telling, is_freed;
};

static void watch_ready(struct loop *, int fd, short revents, void *data);
static void watch_poll(struct loop *, void *data);

struct watch *watch_new(struct loop *l, watch_fn *fn, void *data)
{
	struct watch *w = xcalloc(1, sizeof *w);
	const char *forbidden = getenv("MORTAR_NO_INOTIFY");
	w->loop = l;
	w->fn = fn;
	w->data = data;
	watch_folders_init(&w->folders, !forbidden || strcmp(forbidden, "1") != 0);
	if (w->folders.fd >= 0)
		loop_watch(l, w->folders.fd, POLLIN, watch_ready, w);
	return w;
}

static void watched_free(struct watched *it)
{
	free(it->given);
	free(it->path);
	free(it);
}

void watch_free(struct watch *w)
{
	if (!w)
		return;
	if (w->is_telling) {
		w->is_freed = true;
		return;
	}
	if (w->folders.fd >= 0 && !w->rest_timer)
		loop_unwatch(w->loop, w->folders.fd);
	loop_untimer(w->loop, w->rest_timer);
	loop_untimer(w->loop, w->poll_timer);
	loop_untimer(w->loop, w->renew_timer);
	watch_folders_finish(&w->folders);
	map_finish(&w->by_given);
	for (size_t i = 0; i < w->n; i++)
		watched_free(w->all[i]);
	free(w->all);
	free(w);
}

static struct watch_look watch_look(const char *path)
{
	struct stat st;
	if (stat(path, &st) < 0)
		return (struct watch_look){ 0 };
	return (struct watch_look){ st.st_dev, st.st_ino, st.st_mode, st.st_size, st.st_mtim,
	                            st.st_ctim };
}

static bool watch_is_same_time(struct timespec a, struct timespec b)
{
	return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

static void watch_compare(struct watched *it)
{
	struct watch_look now = watch_look(it->path), was = it->look;
	bool is_same = now.dev == was.dev && now.ino == was.ino && now.mode == was.mode &&
	               now.size == was.size && watch_is_same_time(now.modified, was.modified) &&
	               watch_is_same_time(now.changed, was.changed);
	it->is_changed |= !is_same;
}

static enum watch_kind watch_kind(const char *path)
{
	struct stat st;
	if (lstat(path, &st) < 0)
		return WATCH_ABSENT;
	if (S_ISLNK(st.st_mode))
		return WATCH_LINKS_ON;
	return S_ISDIR(st.st_mode) ? WATCH_FOLDER : WATCH_FILE;
}

/* A walk from the root to what a path means, links followed one by one. */
struct watch_trace {
	struct watch *watch;
	struct watched *item;
	struct buf at;          /* the folder reached; "" is the root */
	struct buf rest;        /* names to go */
	int links;
};

static bool watch_trace_name(struct watch_trace *t, struct buf *name)
{
	struct str rest = buf_str(&t->rest), part = { 0 };
	while (part.n == 0 || str_eq(part, STR(".")))
		if (!str_next(&rest, '/', &part))
			return false;
	buf_clear(name);
	buf_append(name, part);
	buf_shift(&t->rest, rest.p ? (size_t)(rest.p - t->rest.p) : t->rest.n);
	return true;
}

static bool watch_trace_is_last(const struct watch_trace *t)
{
	struct str rest = buf_str(&t->rest), part;
	while (str_next(&rest, '/', &part))
		if (part.n && !str_eq(part, STR(".")))
			return false;
	return true;
}

/* The link at path is replaced by its target in what is to go. */
static bool watch_trace_link(struct watch_trace *t, const char *path)
{
	char target[PATH_MAX];
	ssize_t n = readlink(path, target, sizeof target);
	if (n <= 0 || n == sizeof target || ++t->links > WATCH_LINKS)
		return false;
	buf_replace(&t->rest, 0, 0, STR("/"));
	buf_replace(&t->rest, 0, 0, (struct str){ target, (size_t)n });
	if (target[0] == '/')
		buf_clear(&t->at);
	return true;
}

/* What inotify's errno says. */
static enum watch_lack watch_lack_of(int sys)
{
	switch (sys) {
	case ENOSPC: return WATCH_LACKS_WATCHES;
	case EMFILE: return WATCH_LACKS_INSTANCES;
	case ENFILE: case ENOMEM: return WATCH_LACKS_FILES;
	case EACCES: case EPERM: return WATCH_LACKS_RIGHTS;
	default: return WATCH_LACKS_INOTIFY;
	}
}

const char *watch_lack_text(enum watch_lack lack)
{
	static const char *const texts[WATCH_LACK_COUNT] = {
		[WATCH_LACKS_NOTHING] = "",
		[WATCH_LACKS_WATCHES] = "inotify has no watch left (sysctl fs.inotify.max_user_watches "
		                        "allows more)",
		[WATCH_LACKS_INSTANCES] = "inotify has no instance left (sysctl "
		                          "fs.inotify.max_user_instances or ulimit -n allows more)",
		[WATCH_LACKS_FILES] = "the system has no file or memory left for inotify",
		[WATCH_LACKS_INOTIFY] = "there is no inotify here",
		[WATCH_LACKS_RIGHTS] = "a folder on the way may not be read",
		[WATCH_LACKS_SIGHT] = "inotify does not see what others change on this file system "
		                      "(network or FUSE)",
	};
	return texts[lack];
}

/* Those whose files change without this kernel: from linux/magic.h and the like. */
bool watch_is_blind(unsigned long type)
{
	static const unsigned long types[] = {
		0x6969 /* nfs */, 0xff534d42 /* cifs */, 0xfe534d42 /* smb2 */, 0x517b /* smb */,
		0x01021997 /* 9p */, 0x65735546 /* fuse, virtiofs */, 0x00c36400 /* ceph */,
		0x5346414f /* afs */, 0x6b414653 /* kafs */, 0x73757245 /* coda */,
		0x0bd00bd0 /* lustre */, 0x47504653 /* gpfs */, 0x01161970 /* gfs2 */,
		0x7461636f /* ocfs2 */, 0x786f4256 /* vboxsf */, 0xbacbacbc /* vmhgfs */,
		0xaad7aaea /* panfs */, 0x19830326 /* fhgfs */,
	};
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (types[i] == (type & 0xffffffff))
			return true;
	return false;
}

static bool watch_is_blind_at(const char *folder)
{
	struct statfs fs;
	return statfs(folder, &fs) == 0 && watch_is_blind((unsigned long)fs.f_type);
}

enum watch_walked { WATCH_WALK_ON, WATCH_WALK_DONE, WATCH_WALK_AGAIN };

static bool watch_trace_add(struct watch_trace *t, const char *folder, enum watch_part part,
                            const char *name)
{
	if (watch_folders_add(&t->watch->folders, folder, part, name, t->item)) {
		if (part != WATCH_ON_THE_WAY && !t->item->lack && watch_is_blind_at(folder))
			t->item->lack = WATCH_LACKS_SIGHT;
		return true;
	}
	int sys = errno;
	bool is_gone = sys == ENOENT || sys == ENOTDIR;
	/* That a folder on the way moves may stay unseen where it cannot be read. */
	if (!is_gone && part != WATCH_ON_THE_WAY)
		t->item->lack = watch_lack_of(sys);
	return !is_gone;
}

/* Interest first, then a second look: what happens between the two is not lost. */
static enum watch_walked watch_trace_step(struct watch_trace *t, const char *name)
{
	owned_buf struct buf path = { 0 };
	if (!strcmp(name, "..")) {
		size_t slash = str_find_last(buf_str(&t->at), '/');
		t->at.n = slash == STR_NONE ? 0 : slash;
		return WATCH_WALK_ON;
	}
	buf_append(&path, buf_str(&t->at));
	buf_printf(&path, "/%s", name);
	const char *whole = buf_text(&path), *folder = t->at.n ? buf_text(&t->at) : "/";
	enum watch_kind kind = watch_kind(whole);
	bool is_last = watch_trace_is_last(t), ok;
	if (kind == WATCH_FOLDER && !is_last) {
		ok = watch_trace_add(t, whole, WATCH_ON_THE_WAY, "");
	} else {
		bool is_end = is_last && kind != WATCH_LINKS_ON;
		ok = watch_trace_add(t, folder, is_end ? WATCH_NAME : WATCH_LINK, name) &&
		     watch_kind(whole) == kind;
		if (ok && kind == WATCH_FOLDER)
			ok = watch_trace_add(t, whole, WATCH_LIST, "");
	}
	if (!ok)
		return WATCH_WALK_AGAIN;
	if (kind == WATCH_LINKS_ON)
		return watch_trace_link(t, whole) ? WATCH_WALK_ON : WATCH_WALK_DONE;
	if (kind != WATCH_FOLDER || is_last)
		return WATCH_WALK_DONE;
	buf_clear(&t->at);
	buf_append(&t->at, buf_str(&path));
	return WATCH_WALK_ON;
}

static bool watch_trace(struct watch *w, struct watched *it)
{
	struct watch_trace t = { .watch = w, .item = it };
	owned_buf struct buf name = { 0 };
	enum watch_walked walked = WATCH_WALK_ON;
	buf_append_text(&t.rest, it->path);
	if (watch_trace_is_last(&t))
		watch_trace_add(&t, "/", WATCH_LIST, "");
	while (walked == WATCH_WALK_ON && watch_trace_name(&t, &name))
		walked = watch_trace_step(&t, buf_text(&name));
	buf_finish(&t.at);
	buf_finish(&t.rest);
	return walked != WATCH_WALK_AGAIN;
}

/* Sees to it that every change of it from now on is told. */
static void watch_attend(struct watch *w, struct watched *it)
{
	int tries = WATCH_TRIES;
	it->lack = WATCH_LACKS_NOTHING;
	while (!watch_trace(w, it))
		if (--tries == 0) {
			it->lack = WATCH_LACKS_SIGHT;   /* it moves faster than can be followed */
			break;
		}
	if (it->lack && !w->poll_timer)
		w->poll_timer = loop_timer(w->loop, WATCH_POLL_MS, watch_poll, w);
}

/* Drops what was cleared and attends to the rest anew. */
static void watch_renew(struct watch *w)
{
	struct watch_folders old;
	size_t kept = 0;
	w->must_renew = false;
	watch_folders_renew(&w->folders, &old);
	map_finish(&w->by_given);
	for (size_t i = 0; i < w->n; i++) {
		struct watched *it = w->all[i];
		if (!it->is_live) {
			watched_free(it);
			continue;
		}
		w->all[kept++] = it;
		map_set(&w->by_given, str_of(it->given), it);
		watch_attend(w, it);
		watch_compare(it);
	}
	w->n = kept;
	watch_folders_renewed(&w->folders, &old);
}

/* The callback may add, clear and free: w->all only ever grows meanwhile. */
static void watch_tell(struct watch *w)
{
	w->is_telling = true;
	for (size_t i = 0; i < w->n && !w->is_freed; i++) {
		struct watched *it = w->all[i];
		if (!it->is_changed || !it->is_live)
			continue;
		it->is_changed = false;
		it->look = watch_look(it->path);
		w->fn(w, it->given, w->data);
	}
	w->is_telling = false;
	if (w->is_freed)
		watch_free(w);
}

static bool watch_is_list_event(uint32_t mask)
{
	return mask & (IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO);
}

/* Whether the event makes the name lead elsewhere than when it was traced. */
static bool watch_is_turn(const struct watch_folder *folder, const char *name, uint32_t mask)
{
	owned_buf struct buf path = { 0 };
	if (!watch_is_list_event(mask))
		return false;
	if (mask & IN_ISDIR)
		return true;
	buf_printf(&path, "%s/%s", folder->path, name);
	return watch_kind(buf_text(&path)) == WATCH_LINKS_ON;
}

static void watch_event(void *data, const struct watch_folder *folder, uint32_t mask,
                        const char *name)
{
	struct watch *w = data;
	if (mask & (IN_Q_OVERFLOW | IN_IGNORED | IN_MOVE_SELF | IN_DELETE_SELF | IN_UNMOUNT))
		w->must_renew = true;
	for (size_t i = 0; !folder && i < w->n; i++)
		w->all[i]->is_changed = true;
	for (struct watch_interest *it = folder ? folder->interests : NULL; it; it = it->next) {
		struct watched *item = it->item;
		if (it->part == WATCH_LIST) {
			item->is_changed |= watch_is_list_event(mask);
		} else if (name[0] && !strcmp(it->name, name)) {
			bool is_end = it->part == WATCH_NAME;
			item->is_changed |= is_end;
			w->must_renew |= !is_end || watch_is_turn(folder, name, mask);
		}
	}
}

void watch_set_pace(struct watch *w, int64_t ms)
{
	w->pace_ms = ms;
}

static void watch_rested(struct loop *l, void *data)
{
	struct watch *w = data;
	w->rest_timer = 0;
	loop_watch(l, w->folders.fd, POLLIN, watch_ready, w);
}

static void watch_ready(struct loop *l, int fd, short revents, void *data)
{
	struct watch *w = data;
	(void)revents;
	if (w->pace_ms) {
		loop_unwatch(l, fd);
		w->rest_timer = loop_timer(l, w->pace_ms, watch_rested, w);
	}
	watch_folders_read(&w->folders, watch_event, w);
	if (w->must_renew)
		watch_renew(w);
	watch_tell(w);
}

static void watch_poll(struct loop *l, void *data)
{
	struct watch *w = data;
	w->poll_timer = 0;
	for (size_t i = 0; i < w->n; i++)
		if (w->all[i]->is_live && w->all[i]->lack)
			watch_compare(w->all[i]);
	if (watch_lack(w))
		w->poll_timer = loop_timer(l, WATCH_POLL_MS, watch_poll, w);
	watch_tell(w);
}

static void watch_forget(struct loop *l, void *data)
{
	struct watch *w = data;
	(void)l;
	w->renew_timer = 0;
	for (size_t i = 0; i < w->n; i++)
		if (!w->all[i]->is_live) {
			watch_renew(w);
			break;
		}
	if (!watch_lack(w)) {
		loop_untimer(w->loop, w->poll_timer);
		w->poll_timer = 0;
	}
	watch_tell(w);
}

void watch_add(struct watch *w, const char *path)
{
	struct watched *it = map_get(&w->by_given, str_of(path));
	if (it) {
		it->is_live = true;
		return;
	}
	owned(arena) struct arena *scratch = arena_new();
	it = xcalloc(1, sizeof *it);
	it->given = xstrdup(path);
	it->path = xstrdup(files_absolute(scratch, path));
	it->is_live = true;
	if (w->n == w->cap) {
		w->cap = w->cap ? w->cap * 2 : 64;
		w->all = xrealloc(w->all, w->cap, sizeof *w->all);
	}
	w->all[w->n++] = it;
	map_set(&w->by_given, str_of(it->given), it);
	watch_attend(w, it);
	it->look = watch_look(it->path);
}

/* Forgotten only in the next turn: mostly the same paths are added again at once,
 * and nothing that happened to them meanwhile may be lost. */
void watch_clear(struct watch *w)
{
	for (size_t i = 0; i < w->n; i++)
		w->all[i]->is_live = false;
	if (w->n && !w->renew_timer)
		w->renew_timer = loop_timer(w->loop, 0, watch_forget, w);
}

enum watch_lack watch_lack(const struct watch *w)
{
	for (size_t i = 0; i < w->n; i++)
		if (w->all[i]->is_live && w->all[i]->lack)
			return w->all[i]->lack;
	return WATCH_LACKS_NOTHING;
}
