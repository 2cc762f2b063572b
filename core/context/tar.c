#include "core/context/tar.h"

#include <stdio.h>
#include <sys/stat.h>

#include "core/base/check.h"
#include "core/context/entry_reader.h"
#include "core/context/tar_header.h"

/* What one pull gives at most. */
enum { TAR_CHUNK = 256 * 1024 };

enum tar_stage { TAR_NEXT, TAR_DATA, TAR_END, TAR_DONE, TAR_FAILED };

struct tar {
	const struct context *context;
	const struct entry *first;
	size_t nfirst;
	size_t at;                      /* the next entry: first ones, then the context's */
	enum tar_stage stage;
	struct entry_reader *reader;
	struct buf head;                /* bytes that come before any data, from head_at on */
	size_t head_at;
	size_t pad;                     /* zeros behind the data at hand */
	char *chunk;
	size_t n;
};

struct tar *tar_new(const struct context *context, const struct entry *first, size_t nfirst)
{
	struct tar *t = xcalloc(1, sizeof *t);
	t->context = context;
	t->first = first;
	t->nfirst = nfirst;
	t->reader = entry_reader_new(NULL);
	t->chunk = xmalloc(TAR_CHUNK);
	return t;
}

void tar_free(struct tar *t)
{
	if (!t)
		return;
	entry_reader_free(t->reader);
	buf_finish(&t->head);
	free(t->chunk);
	free(t);
}

static bool tar_is_sent_first(const struct tar *t, const char *path)
{
	for (size_t i = 0; i < t->nfirst; i++)
		if (!strcmp(t->first[i].path, path))
			return true;
	return false;
}

/* The entry to send next, or NULL. */
static const struct entry *tar_find(struct tar *t)
{
	if (t->at < t->nfirst)
		return &t->first[t->at++];
	while (t->at - t->nfirst < context_count(t->context)) {
		const struct entry *e = context_entry(t->context, t->at++ - t->nfirst);
		if (!tar_is_sent_first(t, e->path))
			return e;
	}
	return NULL;
}

/* Moves on to the next entry, or to the two blocks of zeros that end a tar. */
static void tar_next(struct tar *t)
{
	bool is_first = t->at == 0;
	const struct entry *e = tar_find(t);
	buf_clear(&t->head);
	t->head_at = 0;
	if (!e) {
		buf_append_fill(&t->head, '\0', 2 * TAR_BLOCK);
		t->stage = TAR_END;
		return;
	}
	if (is_first && !tar_header_is_plain(e)) {
		static const struct entry root = { .path = ".", .mode = S_IFDIR | 0755 };
		tar_header_append(&t->head, &root);
	}
	tar_header_append(&t->head, e);
	t->stage = TAR_DATA;
	t->pad = S_ISREG(e->mode) ? (size_t)(-e->size % TAR_BLOCK) : 0;
	entry_reader_start(t->reader, e);
}

/* Moves as much of the head as fits; true when all of it is through. */
static bool tar_put_head(struct tar *t)
{
	struct str rest = str_slice(buf_str(&t->head), t->head_at, TAR_CHUNK - t->n);
	if (rest.n)
		memcpy(t->chunk + t->n, rest.p, rest.n);
	t->n += rest.n;
	t->head_at += rest.n;
	return t->head_at == t->head.n;
}

static void tar_put_data(struct tar *t, struct error *err)
{
	size_t n = 0;
	enum pull pull = entry_reader_read(t->reader, t->chunk + t->n, TAR_CHUNK - t->n, &n, err);
	if (pull == PULL_DATA) {
		t->n += n;
		return;
	}
	t->stage = pull == PULL_FAILED ? TAR_FAILED : TAR_NEXT;
	if (pull == PULL_DONE) {
		/* The chunk's size and all that is before are whole blocks. */
		memset(t->chunk + t->n, 0, t->pad);
		t->n += t->pad;
	}
}

enum pull tar_pull(struct tar *t, struct str *ret_bytes, struct error *err)
{
	if (t->stage == TAR_FAILED) {
		error_set(err, ERROR_PROJECT, "the build context has failed before");
		return PULL_FAILED;
	}
	if (t->stage == TAR_DONE)
		return PULL_DONE;
	t->n = 0;
	while (t->n < TAR_CHUNK && t->stage != TAR_DONE) {
		if (t->stage == TAR_NEXT)
			tar_next(t);
		if (!tar_put_head(t))
			break;
		if (t->stage == TAR_END)
			t->stage = TAR_DONE;
		else if (t->n < TAR_CHUNK)
			tar_put_data(t, err);
		if (t->stage == TAR_FAILED)
			return PULL_FAILED;
	}
	*ret_bytes = (struct str){ t->chunk, t->n };
	return PULL_DATA;
}
