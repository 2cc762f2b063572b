#include <sys/stat.h>

#include "core/base/check.h"
#include "core/context/context_scan.h"

static unsigned context_weight(char c)
{
	return c == '/' ? 1 : c ? (unsigned)(unsigned char)c + 1 : 0;
}

int context_order(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return (int)context_weight(*a) - (int)context_weight(*b);
}

static int record_order(const void *a, const void *b)
{
	const struct record *x = *(struct record *const *)a, *y = *(struct record *const *)b;
	int order = context_order(x->entry.path, y->entry.path);
	return order ? order : (x->rank < y->rank) - (x->rank > y->rank);
}

/* An entry on the way to the one at hand. */
struct merge_open {
	size_t at;              /* in entries */
	uint32_t rank;          /* the entry's own */
	uint32_t floor;         /* what stands below and is weaker was hidden by a file or link */
};

struct merge {
	struct arena *arena;
	struct entry **entries;
	size_t n, cap;
	struct merge_open *open;
	size_t nopen, open_cap;
};

static const char *merge_open_path(const struct merge *m)
{
	return m->nopen ? m->entries[m->open[m->nopen - 1].at]->path : "";
}

/* Leaves the folders that path does not stand in. */
static void merge_leave(struct merge *m, const char *path)
{
	for (; m->nopen; m->nopen--) {
		const char *folder = merge_open_path(m);
		size_t n = strlen(folder);
		if (!strncmp(path, folder, n) && path[n] == '/')
			return;
	}
}

static void merge_append(struct merge *m, struct entry *e, uint32_t rank, uint32_t floor)
{
	if (m->n == m->cap)
		m->entries = xrealloc(m->entries, m->cap += m->cap / 2 + 64,
		                      sizeof *m->entries);
	if (m->nopen == m->open_cap)
		m->open = xrealloc(m->open, m->open_cap = m->open_cap ? m->open_cap * 2 : 64,
		                   sizeof *m->open);
	m->open[m->nopen++] = (struct merge_open){ m->n, rank, floor };
	m->entries[m->n++] = e;
}

static bool merge_refuse(const struct merge *m, const struct record *r, struct error *err)
{
	return error_set(err, ERROR_PROJECT,
	                 "'%s' would be a file and, for '%s', a folder of the build context",
	                 merge_open_path(m), r->entry.path);
}

/* The stronger entry below makes a folder of what is in its way. */
static bool merge_make_way(struct merge *m, const struct record *r, struct error *err)
{
	if (m->nopen == 0)
		return true;
	struct merge_open *top = &m->open[m->nopen - 1];
	struct entry *e = m->entries[top->at];
	if (S_ISDIR(e->mode))
		return true;
	if (top->rank >= RECORD_GENERATED)
		return merge_refuse(m, r, err);
	*e = (struct entry){ .path = e->path, .mode = S_IFDIR | 0755 };
	return true;
}

/* Folders that nobody listed but something stands in. */
static void merge_add_parents(struct merge *m, const char *path, uint32_t floor)
{
	size_t from = m->nopen ? strlen(merge_open_path(m)) + 1 : 0;
	for (const char *at = strchr(path + from, '/'); at; at = strchr(at + 1, '/')) {
		struct str folder = { path, (size_t)(at - path) };
		struct entry *e = arena_alloc(m->arena, sizeof *e);
		e->path = arena_text(m->arena, folder);
		e->mode = S_IFDIR | 0755;
		merge_append(m, e, 0, floor);
	}
}

/* The n records of one path, strongest first. */
static bool merge_path(struct merge *m, struct record *const *records, size_t n,
                       struct error *err)
{
	struct record *first = records[0];
	merge_leave(m, first->entry.path);
	uint32_t floor = m->nopen ? m->open[m->nopen - 1].floor : 0, own = floor;
	if (first->rank < floor)
		return first->rank < RECORD_GENERATED || merge_refuse(m, first, err);
	for (size_t i = 0; i < n; i++)
		if (!S_ISDIR(records[i]->entry.mode) && records[i]->rank > own)
			own = records[i]->rank;
	if (!merge_make_way(m, first, err))
		return false;
	merge_add_parents(m, first->entry.path, floor);
	merge_append(m, &first->entry, first->rank, own);
	return true;
}

static bool records_are_sorted(const struct record_list *records)
{
	for (size_t i = 1; i < records->n; i++)
		if (record_order(&records->items[i - 1], &records->items[i]) > 0)
			return false;
	return true;
}

bool context_merge(struct record_list *records, struct entry ***ret_entries, size_t *ret_n,
                   struct error *err)
{
	struct merge m = { .arena = records->arena };
	bool ok = true;
	/* One tree comes in order. */
	if (!records_are_sorted(records))
		qsort(records->items, records->n, sizeof *records->items, record_order);
	m.cap = records->n + records->n / 16;
	m.entries = m.cap ? xmalloc(m.cap * sizeof *m.entries) : NULL;
	for (size_t i = 0, n; ok && i < records->n; i += n) {
		const char *path = records->items[i]->entry.path;
		for (n = 1; i + n < records->n; n++)
			if (strcmp(path, records->items[i + n]->entry.path))
				break;
		ok = merge_path(&m, &records->items[i], n, err);
	}
	free(m.open);
	if (!ok) {
		free(m.entries);
		return false;
	}
	*ret_entries = m.entries;
	*ret_n = m.n;
	return true;
}
