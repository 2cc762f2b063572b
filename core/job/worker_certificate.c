/* {"dir": PATH, "common_name": TEXT} → {"cached": BOOL}: cert.pem and key.pem are there. */
#include <stdlib.h>

#include "core/ext/crypto.h"
#include "core/job/worker.h"
#include "core/os/clock.h"
#include "core/os/files.h"
#include "core/os/save.h"
#include "core/os/tree.h"

/* As PESTO makes it; one that ends within the month is made anew. */
enum { CERTIFICATE_BITS = 4096, CERTIFICATE_DAYS = 3650, CERTIFICATE_DAYS_LEFT = 30 };

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

/* Both at once, so that another build never sees one's key with the other's name. */
static bool certificate_make(struct arena *a, const char *dir, const char *common_name,
                             struct error *err)
{
	owned_buf struct buf key = { 0 }, cert = { 0 };
	struct crypto_subject subject = { .country = "FR", .common_name = common_name };
	if (!crypto_self_signed(&key, &cert, &subject, CERTIFICATE_BITS, CERTIFICATE_DAYS, err))
		return false;
	if (worker_certificate_is_good(dir))
		return true;
	owned_memory char *made = tree_make_beside(dir, err);
	if (!made)
		return false;
	bool ok = save_file(arena_printf(a, "%s/key.pem", made), buf_str(&key), 0600, err) &&
	          save_file(arena_printf(a, "%s/cert.pem", made), buf_str(&cert), 0644, err) &&
	          tree_make_place(made, dir, err);
	struct error ignored;
	if (!ok)
		save_remove(made, &ignored);
	return ok;
}

bool worker_certificate(struct worker_io *io, struct error *err)
{
	const char *dir = worker_text(io, "dir"), *name = worker_text(io, "common_name");
	if (!dir || !name)
		return error_set(err, ERROR_USAGE,
		                 "the worker certificate needs a 'dir' and a 'common_name'");
	bool good = worker_certificate_is_good(dir);
	if (!good && !certificate_make(io->arena, dir, name, err))
		return error_prefix(err, "making the certificate in '%s'", dir);
	struct value *line = value_new_object(io->arena);
	value_set(io->arena, line, "cached", value_new_bool(io->arena, good));
	worker_say(line);
	return true;
}
