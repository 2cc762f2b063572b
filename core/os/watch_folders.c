#include "core/os/watch_folders.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	WATCH_SELF_MASK = IN_MOVE_SELF | IN_DELETE_SELF | IN_ONLYDIR,
	WATCH_LIST_MASK = WATCH_SELF_MASK | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO,
	WATCH_NAME_MASK = WATCH_LIST_MASK | IN_MODIFY | IN_CLOSE_WRITE | IN_ATTRIB,
};

void watch_folders_init(struct watch_folders *f, bool is_allowed)
{
	*f = (struct watch_folders){ .fd = -1, .sys = ENOSYS, .arena = arena_new() };
	if (!is_allowed)
		return;
	f->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (f->fd < 0)
		f->sys = errno;
}

void watch_folders_finish(struct watch_folders *f)
{
	own_fd_close(&f->fd);
	map_finish(&f->by_path);
	arena_free(f->arena);
}

static uint32_t watch_folders_mask(enum watch_part part)
{
	switch (part) {
	case WATCH_ON_THE_WAY:
		return WATCH_SELF_MASK;
	case WATCH_LIST:
	case WATCH_LINK:
		return WATCH_LIST_MASK;
	case WATCH_NAME:
		break;
	}
	return WATCH_NAME_MASK;
}

static struct watch_folder *watch_folders_get(struct watch_folders *f, const char *path)
{
	struct watch_folder *folder = map_get(&f->by_path, str_of(path));
	if (folder)
		return folder;
	folder = arena_alloc(f->arena, sizeof *folder);
	folder->path = arena_text(f->arena, str_of(path));
	folder->wd = -1;
	map_set(&f->by_path, str_of(folder->path), folder);
	return folder;
}

/* Two paths can be one folder (a bind mount), hence IN_MASK_ADD. */
static bool watch_folders_arm(struct watch_folders *f, struct watch_folder *folder, uint32_t mask)
{
	if (folder->wd >= 0 && (folder->mask & mask) == mask)
		return true;
	if (f->fd < 0) {
		errno = f->sys;
		return false;
	}
	int wd = inotify_add_watch(f->fd, folder->path, mask | IN_MASK_ADD);
	if (wd < 0)
		return false;
	folder->wd = wd;
	folder->mask |= mask;
	return true;
}

bool watch_folders_add(struct watch_folders *f, const char *path, enum watch_part part,
                       const char *name, void *item)
{
	struct watch_folder *folder = watch_folders_get(f, path);
	if (!watch_folders_arm(f, folder, watch_folders_mask(part)))
		return false;
	if (part == WATCH_ON_THE_WAY)
		return true;
	struct watch_interest *interest = arena_alloc(f->arena, sizeof *interest);
	*interest = (struct watch_interest){ folder->interests, item,
	                                     arena_text(f->arena, str_of(name)), part };
	folder->interests = interest;
	return true;
}

void watch_folders_renew(struct watch_folders *f, struct watch_folders *ret_old)
{
	*ret_old = *f;
	*f = (struct watch_folders){ .fd = f->fd, .sys = f->sys, .arena = arena_new() };
}

static int watch_folders_order(const void *a, const void *b)
{
	const struct watch_folder *x = *(struct watch_folder *const *)a;
	const struct watch_folder *y = *(struct watch_folder *const *)b;
	return (x->wd > y->wd) - (x->wd < y->wd);
}

/* What all records of one folder want; most have one. */
static uint32_t watch_folders_wanted(struct watch_folder **sorted, size_t n,
                                     struct watch_folder **at)
{
	uint32_t mask = 0;
	int wd = (*at)->wd;
	while (at > sorted && at[-1]->wd == wd)
		at--;
	for (; at < sorted + n && (*at)->wd == wd; at++)
		mask |= (*at)->mask;
	return mask;
}

void watch_folders_renewed(struct watch_folders *f, struct watch_folders *old)
{
	size_t n = f->by_path.n;
	struct watch_folder **sorted = arena_array(old->arena, n + 1, sizeof *sorted);
	for (size_t i = 0; i < n; i++)
		sorted[i] = f->by_path.items[i].value;
	qsort(sorted, n, sizeof *sorted, watch_folders_order);
	for (size_t i = 0; i < old->by_path.n; i++) {
		struct watch_folder *was = old->by_path.items[i].value;
		struct watch_folder **is = bsearch(&was, sorted, n, sizeof *sorted,
		                                   watch_folders_order);
		uint32_t wanted = is ? watch_folders_wanted(sorted, n, is) : 0;
		if (was->wd >= 0 && !is)
			inotify_rm_watch(f->fd, was->wd);
		else if (was->wd >= 0 && was->mask & ~wanted)
			inotify_add_watch(f->fd, (*is)->path, wanted);  /* fewer wake-ups */
	}
	old->fd = -1;
	watch_folders_finish(old);
}

typedef void watch_each_fn(void *data, const struct watch_folder *, uint32_t mask,
                           const char *name);

static void watch_folders_event(struct watch_folders *f, const struct inotify_event *event,
                                watch_each_fn *each, void *data)
{
	const char *name = event->len ? event->name : "";
	if (event->mask & IN_Q_OVERFLOW) {
		each(data, NULL, event->mask, name);
		return;
	}
	for (size_t i = 0; i < f->by_path.n; i++) {
		struct watch_folder *folder = f->by_path.items[i].value;
		if (folder->wd != event->wd)
			continue;
		if (event->mask & IN_IGNORED)
			folder->wd = -1;
		each(data, folder, event->mask, name);
	}
}

void watch_folders_read(struct watch_folders *f, watch_each_fn *each, void *data)
{
	_Alignas(struct inotify_event) char events[16384];
	ssize_t n;
	while ((n = read(f->fd, events, sizeof events)) > 0)
		for (char *at = events; at < events + n;) {
			const struct inotify_event *event = (const void *)at;
			watch_folders_event(f, event, each, data);
			at += sizeof *event + event->len;
		}
}
