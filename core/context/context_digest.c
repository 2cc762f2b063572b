#include <stdio.h>
#include <sys/stat.h>

#include "core/base/check.h"
#include "core/context/context_scan.h"
#include "core/context/entry_reader.h"
#include "core/ext/crypto.h"

enum { DIGEST_CHUNK = 256 * 1024 };

/* What is below an entry, if anything, is fixed by the lengths and NULs, so no two
 * lists of entries give the same bytes. */
static void digest_append_head(struct sha256 *hash, const struct entry *e)
{
	char head[64];
	int n = snprintf(head, sizeof head, "%o %llu ", (unsigned)e->mode,
	                 S_ISREG(e->mode) ? (unsigned long long)e->size : 0ull);
	sha256_append(hash, (struct str){ head, (size_t)n });
	sha256_append(hash, (struct str){ e->path, strlen(e->path) + 1 });
	if (e->link)
		sha256_append(hash, (struct str){ e->link, strlen(e->link) + 1 });
}

static bool digest_append(struct sha256 *hash, struct entry_reader *reader, char *chunk,
                          const struct entry *e, struct error *err)
{
	enum pull pull;
	size_t n = 0;
	digest_append_head(hash, e);
	entry_reader_start(reader, e);
	while ((pull = entry_reader_read(reader, chunk, DIGEST_CHUNK, &n, err)) == PULL_DATA)
		sha256_append(hash, (struct str){ chunk, n });
	return pull == PULL_DONE;
}

bool context_digest(const struct context *c, const char *path, char ret_hex[65], struct error *err)
{
	owned(sha256) struct sha256 *hash = sha256_new();
	owned(entry_reader) struct entry_reader *reader = entry_reader_new(NULL);
	owned_memory char *chunk = xmalloc(DIGEST_CHUNK);
	size_t n = strlen(path), count = context_count(c);
	/* What lies below a folder stands right behind it. */
	for (size_t i = n ? context_index(c, path) : 0; i < count; i++) {
		const struct entry *e = context_entry(c, i);
		if (n && (strncmp(e->path, path, n) || (e->path[n] && e->path[n] != '/')))
			break;
		if (!digest_append(hash, reader, chunk, e, err))
			return false;
	}
	sha256_finish_hex(hash, ret_hex);
	return true;
}
