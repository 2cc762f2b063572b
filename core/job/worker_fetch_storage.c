/* Google's storage has programs of its own: gcloud storage, or gsutil before it. */
#include <errno.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/check.h"
#include "core/job/worker_fetch.h"
#include "core/os/save.h"
#include "core/os/spawn.h"

/* STORAGE_SAID: how much of a line of theirs is told. */
enum { STORAGE_OUTPUT = 64 << 10, STORAGE_SAID = 200 };

/* Why: the line that says so, else the last one. */
static struct str storage_why(struct str said)
{
	struct str line, why = { 0 };
	while (str_next(&said, '\n', &line)) {
		if (str_trim(line).n)
			why = str_trim(line);
		if (str_find_str(line, STR("ERROR")) != STR_NONE ||
		    str_find_str(line, STR("Exception:")) != STR_NONE)
			break;
	}
	return str_slice(why, 0, STORAGE_SAID);
}

/* Both outputs to said; true when it has ended well. */
static bool storage_run(const char *const *argv, struct buf *said, struct error *err)
{
	static const char *const env[] = { "CLOUDSDK_CORE_DISABLE_PROMPTS=1", NULL };
	owned_fd int out = memfd_create("said", MFD_CLOEXEC);
	struct spawn spec = { .argv = argv, .env = env, .in = SPAWN_NULL, .out = out, .err = out,
	                      .group = true, .die_with_parent = true, .guard = true };
	struct child child;
	int status;
	if (out < 0)
		return error_set_errno(err, "no memory for what '%s' says", argv[0]);
	if (!spawn_start(&spec, &child, err))
		return false;
	while (waitpid(child.pid, &status, 0) < 0)
		CHECK(errno == EINTR);
	close(child.guard);
	off_t size = lseek(out, 0, SEEK_END), from = size > STORAGE_OUTPUT ? size - STORAGE_OUTPUT : 0;
	ssize_t n = pread(out, buf_reserve(said, STORAGE_OUTPUT), STORAGE_OUTPUT, from);
	buf_grew(said, n > 0 ? (size_t)n : 0);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return true;
	struct str why = storage_why(buf_str(said));
	return error_set(err, ERROR_MISSING, "%s could not%s%.*s", argv[0], why.n ? ": " : "",
	                 STR_ARG(why));
}

/* The number of the object's version, as "Generation: 12" or alone; "" when not told. */
static const char *storage_generation(struct fetch *f, bool is_gcloud)
{
	const char *const gcloud[] = { "gcloud", "storage", "objects", "describe", f->task.url,
	                               "--format=value(generation)", NULL };
	const char *const gsutil[] = { "gsutil", "stat", f->task.url, NULL };
	owned_buf struct buf said = { 0 };
	struct error ignored;
	struct str rest, line;
	unsigned long long number;
	if (!storage_run(is_gcloud ? gcloud : gsutil, &said, &ignored))
		return "";
	rest = buf_str(&said);
	while (str_next(&rest, '\n', &line)) {
		struct str text = str_trim(line);
		if (!is_gcloud && !str_has_prefix(text, STR("Generation:")))
			continue;
		if (!is_gcloud)
			text = str_trim(str_slice(text, STR("Generation:").n, text.n));
		if (str_number(text, UINT64_MAX, &number))
			return arena_text(f->arena, text);
	}
	return "";
}

bool fetch_storage(struct fetch *f, struct error *err)
{
	const char *part = arena_printf(f->arena, "%s.gs-%ld", f->task.file, (long)getpid());
	const char *const gcloud[] = { "gcloud", "storage", "cp", f->task.url, part, NULL };
	const char *const gsutil[] = { "gsutil", "-q", "cp", f->task.url, part, NULL };
	owned_buf struct buf said = { 0 };
	struct error ignored;
	bool is_gcloud = spawn_find("gcloud");
	if (!is_gcloud && !spawn_find("gsutil"))
		return error_set(err, ERROR_MISSING, "cannot fetch %s: that takes gcloud (gcloud storage "
		                 "cp) or gsutil of the Google Cloud SDK, and neither is in PATH", f->shown);
	const char *generation = storage_generation(f, is_gcloud);
	if (generation[0] && f->known.etag && str_eq(str_of(generation), str_of(f->known.etag)) &&
	    !f->task.sha256) {
		memcpy(f->got, f->have, sizeof f->got);
		return true;
	}
	if (!storage_run(is_gcloud ? gcloud : gsutil, &said, err)) {
		save_remove(part, &ignored);
		return error_prefix(err, "cannot fetch %s", f->shown);
	}
	f->known = (struct kept){ .etag = generation };
	return fetch_place(f, part, err);
}
