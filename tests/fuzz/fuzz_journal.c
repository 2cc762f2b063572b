/* A journal and its log from anywhere: up to the first NUL is the journal, the rest
 * the log. */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/base/check.h"
#include "core/journal/build.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char fuzz_dir[] = "/tmp/mortar-fuzz-XXXXXX";

static void fuzz_remove(void)
{
	owned_buf struct buf path = { 0 };
	static const char *const names[] = { "/journal", "/log", "" };
	for (size_t i = 0; i < 3; i++) {
		buf_clear(&path);
		buf_printf(&path, "%s%s", fuzz_dir, names[i]);
		remove(buf_text(&path));
	}
}

static void fuzz_write(const char *name, struct str bytes)
{
	owned_buf struct buf path = { 0 };
	buf_printf(&path, "%s/%s", fuzz_dir, name);
	owned_fd int fd = open(buf_text(&path), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	CHECK(fd >= 0 && write(fd, bytes.p, bytes.n) == (ssize_t)bytes.n);
}

/* Every line of every step is there and together they are all lines. */
static void fuzz_lines(struct journal *j, size_t nsteps)
{
	owned_buf struct buf scratch = { 0 };
	double t;
	for (size_t i = 0; i < journal_lines(j, -1); i++)
		CHECK(journal_line(j, -1, i, &scratch, &t).n <= JOURNAL_LINE_MAX);
	for (size_t step = 0; step < nsteps; step++)
		for (size_t i = 0; i < journal_lines(j, (int)step); i++)
			CHECK(journal_line(j, (int)step, i, &scratch, NULL).n <= JOURNAL_LINE_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool made;
	struct str all = { size ? (const char *)data : "", size };
	size_t nul = str_find(all, '\0');
	struct error err;
	if (!made) {
		CHECK(mkdtemp(fuzz_dir));
		atexit(fuzz_remove);
		made = true;
	}
	fuzz_write("journal", str_slice(all, 0, nul));
	fuzz_write("log", nul == STR_NONE ? (struct str){ "", 0 } : str_slice(all, nul + 1, size));
	owned(journal) struct journal *j = journal_open(fuzz_dir, &err);
	CHECK(j);
	owned(build) struct build *b = build_new();
	build_update(b, j);
	build_failed_step(b);
	fuzz_lines(j, b->nsteps < 64 ? b->nsteps : 64);
	return 0;
}
