/* Any bytes as a build's file: what is taken is a build of plain files that can be read,
 * what is refused leaves nothing. */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/check.h"
#include "core/history/list.h"
#include "core/history/pack.h"
#include "core/journal/build.h"
#include "core/os/files.h"
#include "core/os/save.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char fuzz_dir[] = "/tmp/mortar-fuzz-XXXXXX";

static void fuzz_remove(void)
{
	struct error ignored;
	save_remove(fuzz_dir, &ignored);
}

static const char *fuzz_file(void)
{
	static char file[sizeof fuzz_dir + sizeof "/x"];
	if (!file[0]) {
		CHECK(mkdtemp(fuzz_dir));
		atexit(fuzz_remove);
		CHECK(setenv("XDG_STATE_HOME", fuzz_dir, 1) == 0);
		snprintf(file, sizeof file, "%s/x", fuzz_dir);
	}
	return file;
}

static void fuzz_look(const char *dir)
{
	owned(arena) struct arena *arena = arena_new();
	owned(files) struct files *disk = files_disk("/");
	struct files_list list = { 0 };
	struct history_item item;
	struct error err;
	CHECK(files_list(disk, dir, arena, &list, &err) == FILES_OK);
	for (size_t i = 0; i < list.n; i++) {
		struct stat st;
		CHECK(lstat(files_join(arena, dir, list.entries[i].name), &st) == 0);
		CHECK(S_ISREG(st.st_mode) && (st.st_mode & 07777 & ~0600u) == 0);
		CHECK(!str_eq(str_of(list.entries[i].name), STR("request.json")));
	}
	CHECK(history_read_one(arena, dir, &item) && item.imported);
	owned(journal) struct journal *journal = journal_open(dir, &err);
	owned(build) struct build *build = build_new();
	CHECK(journal);
	journal_refresh(journal);
	build_update(build, journal);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *file = fuzz_file();
	struct error err = { 0 };
	owned_fd int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	CHECK(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	const char *dir = history_import(file, &err);
	const char *builds = save_state_dir("builds", &err);
	owned(arena) struct arena *arena = arena_new();
	owned(files) struct files *disk = files_disk("/");
	struct files_list left = { 0 };
	if (dir)
		fuzz_look(dir);
	else
		CHECK(err.code && err.text[0]);
	CHECK(builds && files_list(disk, builds, arena, &left, &err) == FILES_OK);
	CHECK(left.n == (dir != NULL));
	CHECK(!dir || save_remove(dir, &err));
	return 0;
}
