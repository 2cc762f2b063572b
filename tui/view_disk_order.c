/* Which things are shown, and in which order. */
#include <stdlib.h>

#include "core/base/check.h"
#include "core/os/clock.h"
#include "core/os/space.h"
#include "tui/search.h"
#include "tui/view_disk_inside.h"

/* ---- cells ---- */

static double disk_time(const struct disk_item *item)
{
	return item->used > 0 ? item->used : item->created;
}

const char *disk_column_name(enum disk_kind kind, enum disk_column column)
{
	static const char *const names[DISK_COLUMNS] = {
		[DISK_COLUMN_NAME] = "name", [DISK_COLUMN_SIZE] = "size",
		[DISK_COLUMN_SHARED] = "shared", [DISK_COLUMN_AGE] = "age",
		[DISK_COLUMN_STATE] = "state", [DISK_COLUMN_ID] = "id",
	};
	if (column == DISK_COLUMN_AGE && kind == DISK_CACHE)
		return "last used";
	if (column == DISK_COLUMN_NAME && kind == DISK_CACHE)
		return "what it is";
	return names[column];
}

void disk_cell(const struct disk_item *item, enum disk_column column, struct buf *out)
{
	double t = disk_time(item);
	switch (column) {
	case DISK_COLUMN_NAME:
		buf_append_text(out, item->kind == DISK_IMAGE && item->names[0] ? item->names
		                     : item->name[0] ? item->name : "(none)");
		break;
	case DISK_COLUMN_SIZE:
		if (item->has_size)
			space_append_bytes(out, item->size);
		break;
	case DISK_COLUMN_SHARED:
		if (item->has_shared && item->shared)
			space_append_bytes(out, item->shared);
		break;
	case DISK_COLUMN_AGE:
		if (t > 0)
			clock_append_age(out, clock_now() - t);
		break;
	case DISK_COLUMN_STATE:
		buf_printf(out, "%s%s", item->state, item->in_use && item->kind != DISK_CONTAINER
		           ? item->state[0] ? ", in use" : "in use" : "");
		break;
	default:
		buf_append(out, str_slice(str_of(item->id), str_has_prefix(str_of(item->id),
		           STR("sha256:")) ? 7 : 0, 12));
		break;
	}
}

/* ---- order ---- */

static int order_numbers(double a, double b)
{
	return (a > b) - (a < b);
}

static int order_items(const struct disk_item *a, const struct disk_item *b,
                       enum disk_column column)
{
	switch (column) {
	case DISK_COLUMN_SIZE: return order_numbers((double)a->size, (double)b->size);
	case DISK_COLUMN_SHARED: return order_numbers((double)a->shared, (double)b->shared);
	case DISK_COLUMN_AGE: return order_numbers(disk_time(b), disk_time(a));
	case DISK_COLUMN_STATE: return strcmp(a->state, b->state);
	case DISK_COLUMN_ID: return strcmp(a->id, b->id);
	default: return strcmp(a->name, b->name);
	}
}

/* Equal ones stay as listed. */
static int order_compare(const void *a, const void *b, void *data)
{
	const struct view_disk *v = data;
	size_t x = *(const size_t *)a, y = *(const size_t *)b;
	int order = order_items(&v->listing.items[x], &v->listing.items[y], v->sort);
	if (order)
		return v->sorts_down ? -order : order;
	return x < y ? -1 : x > y;
}

static bool order_passes(const struct view_disk *v, const struct disk_item *item)
{
	struct str needle = buf_str(&v->filter);
	return !needle.n || search_find(str_of(item->names), needle, 0) != STR_NONE ||
	       search_find(str_of(item->name), needle, 0) != STR_NONE ||
	       search_find(str_of(item->id), needle, 0) != STR_NONE ||
	       search_find(str_of(item->state), needle, 0) != STR_NONE;
}

static void order_kind(struct view_disk *v, enum disk_kind kind)
{
	struct list *list = &v->lists[kind];
	size_t here = list->cursor < list->n ? v->rows[kind][list->cursor] : STR_NONE, n = 0;
	v->rows[kind] = xrealloc(v->rows[kind], v->listing.n + 1, sizeof *v->rows[kind]);
	for (size_t i = 0; i < v->listing.n; i++)
		if (v->listing.items[i].kind == kind && !v->gone[i] &&
		    order_passes(v, &v->listing.items[i]))
			v->rows[kind][n++] = i;
	if (v->sort < DISK_COLUMNS)
		qsort_r(v->rows[kind], n, sizeof *v->rows[kind], order_compare, v);
	list_set_count(list, n);
	for (size_t i = 0; i < n && here != STR_NONE; i++)
		if (v->rows[kind][i] == here)
			list->cursor = i;
}

void disk_order(struct view_disk *v)
{
	for (enum disk_kind k = 0; k < DISK_KINDS; k++)
		order_kind(v, k);
}

void disk_sort(struct view_disk *v)
{
	/* The largest and the oldest are what is looked for first. */
	bool down = v->column == DISK_COLUMN_SIZE || v->column == DISK_COLUMN_SHARED ||
	            v->column == DISK_COLUMN_AGE;
	if (v->sort != v->column) {
		v->sort = v->column;
		v->sorts_down = down;
	} else if (v->sorts_down == down) {
		v->sorts_down = !down;
	} else {
		v->sort = DISK_COLUMNS;
	}
	disk_order(v);
}

struct str disk_row_text(const void *view, size_t row)
{
	struct view_disk *v = (struct view_disk *)view;
	const struct disk_item *item = &v->listing.items[v->rows[v->kind][row]];
	buf_clear(&v->line);
	for (enum disk_column c = 0; c < DISK_COLUMNS; c++) {
		disk_cell(item, c, &v->line);
		buf_append_char(&v->line, ' ');
	}
	return buf_str(&v->line);
}
