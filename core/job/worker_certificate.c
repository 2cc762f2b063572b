/* {"dir": PATH, "common_name": TEXT, "early": BOOL or absent} → {"cached": BOOL}: cert.pem and
 * key.pem are there.  early: nobody waits for it yet. */
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "core/ext/crypto.h"
#include "core/job/worker.h"
#include "core/os/clock.h"
#include "core/os/files.h"
#include "core/os/lock.h"
#include "core/os/save.h"
#include "core/os/tree.h"

/* As PESTO makes it; one that ends within the month is made anew. */
enum { CERTIFICATE_BITS = 4096, CERTIFICATE_DAYS = 3650, CERTIFICATE_DAYS_LEFT = 30 };
/* A build that waits for an early one must not wait long on a busy machine. */
enum { CERTIFICATE_NICE = 10 };

static struct str certificate_read(struct arena *a, const char *dir, const char *name)
{
	owned(files) struct files *disk = files_disk("/");
	struct str text = { 0 };
	struct error ignored;
	files_read(disk, arena_printf(a, "%s/%s", dir, name), a, &text, &ignored);
	return text;
}

bool worker_certificate_is_good(const char *dir)
{
	owned(arena) struct arena *a = arena_new();
	struct str cert = certificate_read(a, dir, "cert.pem");
	struct str key = certificate_read(a, dir, "key.pem");
	return crypto_certificate_valid(cert, key, (int64_t)clock_now(), CERTIFICATE_DAYS_LEFT);
}

/* Both at once, so that nobody ever sees one's key with the other's name. */
static bool certificate_write(struct arena *a, const char *dir, struct str key, struct str cert,
                              struct error *err)
{
	owned_memory char *made = tree_make_beside(dir, err);
	if (!made)
		return false;
	bool ok = save_file(arena_printf(a, "%s/key.pem", made), key, 0600, err) &&
	          save_file(arena_printf(a, "%s/cert.pem", made), cert, 0644, err) &&
	          tree_make_place(made, dir, err);
	struct error ignored;
	if (!ok)
		save_remove(made, &ignored);
	return ok;
}

/* Who asked may leave meanwhile: until the files are written that costs nothing, and then
 * it waits until they lie where they belong. */
static bool certificate_make(struct arena *a, const char *dir, const char *common_name,
                             struct error *err)
{
	owned_buf struct buf key = { 0 }, cert = { 0 };
	struct crypto_subject subject = { .country = "FR", .common_name = common_name };
	sigset_t ends;
	if (!crypto_self_signed(&key, &cert, &subject, CERTIFICATE_BITS, CERTIFICATE_DAYS, err))
		return false;
	sigemptyset(&ends);
	sigaddset(&ends, SIGTERM);
	sigprocmask(SIG_BLOCK, &ends, NULL);
	bool ok = certificate_write(a, dir, buf_str(&key), buf_str(&cert), err);
	sigprocmask(SIG_UNBLOCK, &ends, NULL);
	return ok;
}

/* What was being written when somebody was killed: "ssl.XXXXXX". */
static void certificate_sweep(struct arena *a, const char *dir)
{
	owned(files) struct files *disk = files_disk("/");
	struct str all = str_of(dir);
	size_t slash = str_find_last(all, '/');
	const char *above = arena_text(a, str_slice(all, 0, slash));
	const char *prefix = arena_printf(a, "%s.", dir + slash + 1);
	struct files_list list;
	struct error ignored;
	if (files_list(disk, above, a, &list, &ignored) != FILES_OK)
		return;
	for (size_t i = 0; i < list.n; i++)
		if (list.entries[i].is_dir && str_has_prefix(str_of(list.entries[i].name), str_of(prefix)))
			save_remove(files_join(a, above, list.entries[i].name), &ignored);
}

/* One at a time: who waits finds what the other has made. */
static bool certificate_await(struct arena *a, const char *dir, const char *common_name,
                              bool *ret_good, struct error *err)
{
	owned_fd int lock = -1;
	const char *above = arena_text(a, str_slice(str_of(dir), 0, str_find_last(str_of(dir), '/')));
	if (!save_dir(above, 0700, err) ||
	    !lock_await(arena_printf(a, "%s.lock", dir), &lock, err))
		return false;
	certificate_sweep(a, dir);
	*ret_good = worker_certificate_is_good(dir);
	return *ret_good || certificate_make(a, dir, common_name, err);
}

bool worker_certificate(struct worker_io *io, struct error *err)
{
	const char *dir = worker_text(io, "dir"), *name = worker_text(io, "common_name");
	const struct value *early = value_get(io->argument, STR("early"));
	if (!dir || dir[0] != '/' || !name)
		return error_set(err, ERROR_USAGE,
		                 "the worker certificate needs a 'dir' and a 'common_name'");
	if (early && value_is_true(early))
		setpriority(PRIO_PROCESS, 0, CERTIFICATE_NICE);
	bool good = worker_certificate_is_good(dir);
	if (!good && !certificate_await(io->arena, dir, name, &good, err))
		return error_prefix(err, "making the certificate in '%s'", dir);
	struct value *line = value_new_object(io->arena);
	value_set(io->arena, line, "cached", value_new_bool(io->arena, good));
	worker_say(line);
	return true;
}
