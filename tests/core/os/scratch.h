#ifndef TESTS_CORE_OS_SCRATCH_H
#define TESTS_CORE_OS_SCRATCH_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/arena.h"
#include "core/base/error.h"
#include "core/os/save.h"

/* A folder of its own for each test, removed after it. */
struct scratch {
	struct arena *arena;
	const char *dir;
	struct error err;
};

static inline int scratch_setup(void **state)
{
	struct scratch *s = calloc(1, sizeof *s);
	s->arena = arena_new();
	char *dir = arena_text(s->arena, STR("/tmp/mortar-test-XXXXXX"));
	assert_non_null(mkdtemp(dir));
	s->dir = dir;
	*state = s;
	return 0;
}

static inline int scratch_teardown(void **state)
{
	struct scratch *s = *state;
	bool gone = save_remove(s->dir, &s->err);
	arena_free(s->arena);
	free(s);
	return gone ? 0 : -1;
}

static inline const char *scratch_path(struct scratch *s, const char *name)
{
	return arena_printf(s->arena, "%s/%s", s->dir, name);
}

static inline const char *scratch_write(struct scratch *s, const char *name, const char *text)
{
	const char *path = scratch_path(s, name);
	FILE *f = fopen(path, "we");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
	return path;
}

static inline const char *scratch_mkdir(struct scratch *s, const char *name)
{
	const char *path = scratch_path(s, name);
	assert_int_equal(mkdir(path, 0700), 0);
	return path;
}

/* What the file holds, or NULL. */
static inline const char *scratch_read(struct scratch *s, const char *path)
{
	char text[4096];
	FILE *f = fopen(path, "re");
	if (!f)
		return NULL;
	size_t n = fread(text, 1, sizeof text, f);
	fclose(f);
	return arena_text(s->arena, (struct str){ text, n });
}

/* How many names the folder has. */
static inline int scratch_names(const char *dir)
{
	DIR *d = opendir(dir);
	assert_non_null(d);
	int n = -2;
	while (readdir(d))
		n++;
	closedir(d);
	return n;
}

/* Until scratch_unlimit, no file grows past so many bytes: the error of a full disk, but
 * for its number. */
struct scratch_limit {
	struct rlimit old;
	void (*before)(int);
};
static inline struct scratch_limit scratch_limit(rlim_t bytes)
{
	struct scratch_limit l;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &l.old), 0);
	struct rlimit small = { .rlim_cur = bytes, .rlim_max = l.old.rlim_max };
	l.before = signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	return l;
}
static inline void scratch_unlimit(const struct scratch_limit *l)
{
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &l->old), 0);
	signal(SIGXFSZ, l->before);
}

#define SCRATCH_TEST(f) cmocka_unit_test_setup_teardown(f, scratch_setup, scratch_teardown)

#endif
