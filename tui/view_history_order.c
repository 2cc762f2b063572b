/* Which builds the history shows, in which order and under which heads. */
#include <stdlib.h>

#include "core/base/check.h"
#include "core/os/clock.h"
#include "tui/view_history_inside.h"

/* ---- filter ---- */

bool history_set_filter(struct view_history *h, struct str text, struct error *err)
{
	struct history_filter *wanted = history_filter_new(text, clock_now(), err);
	if (!wanted)
		return false;
	history_filter_free(h->wanted);
	h->wanted = wanted;
	buf_clear(&h->filter);
	buf_append(&h->filter, text);
	history_order(h, true);
	return true;
}

bool history_only(struct view_history *h)
{
	owned_buf struct buf value = { 0 }, word = { 0 }, filter = { 0 };
	const struct history_row *row = h->list.cursor < h->list.n ? &h->rows[h->list.cursor] : NULL;
	struct error err;
	if (!row || !row->entry ||
	    !history_field_value(&row->entry->item, (enum history_field)h->column, &value))
		return false;
	history_filter_write((enum history_field)h->column, buf_str(&value), &word);
	buf_append(&filter, buf_str(&h->filter));
	size_t at = str_find_str(buf_str(&filter), buf_str(&word));
	if (at != STR_NONE)
		buf_replace(&filter, at, word.n, STR(""));
	else
		buf_printf(&filter, "%s%s", filter.n ? " " : "", buf_text(&word));
	return history_set_filter(h, str_trim(buf_str(&filter)), &err);
}

/* ---- order ---- */

static int order_numbers(double a, double b)
{
	return (a > b) - (a < b);
}

static int order_by(const struct history_entry *a, const struct history_entry *b,
                    enum column column)
{
	owned_buf struct buf one = { 0 }, other = { 0 };
	if (column == COLUMN_WHEN)
		return order_numbers(a->item.started, b->item.started);
	if (column == COLUMN_TOOK)
		return order_numbers(history_took(&a->item, 0), history_took(&b->item, 0));
	if (column == COLUMN_RESULT && a->item.state != b->item.state)
		return (int)a->item.state - (int)b->item.state;
	history_cell(a, column, &one);
	history_cell(b, column, &other);
	return str_cmp(buf_str(&one), buf_str(&other));
}

/* Equal ones stay as listed: newest first. */
static int order_compare(const void *a, const void *b, void *data)
{
	const struct view_history *h = data;
	const struct history_entry *x = *(struct history_entry *const *)a;
	const struct history_entry *y = *(struct history_entry *const *)b;
	int order = order_by(x, y, h->sort);
	if (order)
		return h->sorts_down ? -order : order;
	return x->at < y->at ? -1 : x->at > y->at;
}

void history_sort(struct view_history *h)
{
	/* The latest and the longest are what is looked for first. */
	bool down = h->column == COLUMN_WHEN || h->column == COLUMN_TOOK;
	if (h->sort != h->column) {
		h->sort = h->column;
		h->sorts_down = down;
	} else if (h->sorts_down == down) {
		h->sorts_down = !down;
	} else {
		h->sort = COLUMN_COUNT;
	}
	history_order(h, false);
}

/* ---- groups ---- */

static size_t order_group(struct view_history *h, struct map *names, const struct history_entry *e)
{
	owned_buf struct buf name = { 0 };
	history_field_value(&e->item, (enum history_field)h->group, &name);
	size_t at = map_index(names, buf_str(&name));
	if (at == STR_NONE) {
		struct str kept = arena_str(h->rows_arena, buf_str(&name));
		at = h->ngroups++;
		h->groups[at] = (struct history_group){ kept, .folded = folds_has(&h->folds, kept) };
		map_set(names, kept, &h->groups[at]);
	}
	h->groups[at].n++;
	h->groups[at].of[e->item.state]++;
	return at;
}

/* Groups stand in the order of their first builds; returns the number of rows. */
static size_t order_rows_grouped(struct view_history *h, struct history_entry *const *shown,
                                 size_t n)
{
	owned_map struct map names = { 0 };
	owned_memory size_t *group_of = xcalloc(n + 1, sizeof *group_of);
	owned_memory size_t *next = xcalloc(n + 1, sizeof *next);
	size_t rows = 0;
	h->groups = arena_array(h->rows_arena, n + 1, sizeof *h->groups);
	for (size_t i = 0; i < n; i++)
		group_of[i] = order_group(h, &names, shown[i]);
	for (size_t g = 0; g < h->ngroups; g++) {
		h->rows[rows++] = (struct history_row){ NULL, g };
		next[g] = rows;
		rows += h->groups[g].folded ? 0 : h->groups[g].n;
	}
	for (size_t i = 0; i < n; i++)
		if (!h->groups[group_of[i]].folded)
			h->rows[next[group_of[i]]++] = (struct history_row){ shown[i], group_of[i] };
	return rows;
}

/* Where the cursor goes: the same build, else the head it hides under. */
static void order_place_cursor(struct view_history *h, const struct history_entry *here,
                               const char *group)
{
	for (size_t i = 0; i < h->list.n && here; i++)
		if (h->rows[i].entry == here) {
			h->list.cursor = i;
			return;
		}
	for (size_t i = 0; i < h->list.n && group; i++)
		if (!h->rows[i].entry && str_eq(h->groups[h->rows[i].group].name, str_of(group))) {
			h->list.cursor = i;
			return;
		}
}

/* Each build's predecessor among those like it. */
static void order_link(struct view_history *h)
{
	for (size_t i = 0; i < h->series.n; i++)
		((struct history_series *)h->series.items[i].value)->newest = NULL;
	for (size_t i = h->n; i > 0; i--) {
		struct history_entry *entry = h->entries[i - 1];
		if (!entry->read || !entry->series)
			continue;
		entry->older = entry->series->newest;
		entry->series->newest = entry;
	}
}

static size_t order_matching(struct view_history *h, bool anew, struct history_entry **shown)
{
	size_t n = 0;
	for (size_t i = 0; i < h->n; i++) {
		struct history_entry *entry = h->entries[i];
		if (!entry->read)
			continue;
		if (anew || !entry->asked) {
			entry->asked = true;
			entry->matches = history_filter_passes(h->wanted, &entry->item);
		}
		if (entry->matches)
			shown[n++] = entry;
	}
	return n;
}

void history_order(struct view_history *h, bool anew)
{
	struct arena *old = h->rows_arena;
	const struct history_row *row = h->list.cursor < h->list.n ? &h->rows[h->list.cursor] : NULL;
	const struct history_entry *here = row ? row->entry : NULL;
	owned_memory char *group = row && h->ngroups ? xstrndup(h->groups[row->group].name.p,
	                                                        h->groups[row->group].name.n) : NULL;
	h->rows_arena = arena_new();
	h->ngroups = 0;
	struct history_entry **shown = arena_array(h->rows_arena, h->n + 1, sizeof *shown);
	size_t n = h->nmatching = order_matching(h, anew, shown);
	order_link(h);
	if (h->sort < COLUMN_COUNT)
		qsort_r(shown, n, sizeof *shown, order_compare, h);
	h->rows = arena_array(h->rows_arena, 2 * n + 1, sizeof *h->rows);
	if (h->group < COLUMN_COUNT)
		n = order_rows_grouped(h, shown, n);
	else
		for (size_t i = 0; i < n; i++)
			h->rows[i] = (struct history_row){ shown[i], 0 };
	list_set_count(&h->list, n);
	order_place_cursor(h, here, group);
	arena_free(old);
}

bool history_group(struct view_history *h)
{
	if (h->group == h->column) {
		h->group = COLUMN_COUNT;
	} else {
		if (h->column == COLUMN_TOOK || h->column == COLUMN_ID)
			return false;
		h->group = h->column;
	}
	history_order(h, false);
	return true;
}

/* ---- folds ---- */

bool history_fold(struct view_history *h, int fold)
{
	if (!h->ngroups || h->list.cursor >= h->list.n)
		return false;
	const struct history_group *group = &h->groups[h->rows[h->list.cursor].group];
	bool folded = fold < 0 ? !group->folded : fold;
	if (folded == group->folded)
		return false;
	folds_set(&h->folds, group->name, folded);
	history_order(h, false);
	return true;
}

bool history_fold_all(struct view_history *h, bool folded)
{
	bool any = false;
	for (size_t i = 0; i < h->ngroups; i++) {
		any |= h->groups[i].folded != folded;
		folds_set(&h->folds, h->groups[i].name, folded);
	}
	history_order(h, false);
	return any;
}

bool history_to_head(struct view_history *h, bool down)
{
	for (size_t i = h->list.cursor; down ? i + 1 < h->list.n : i > 0; ) {
		i = down ? i + 1 : i - 1;
		if (h->rows[i].entry)
			continue;
		list_go(&h->list, i);
		return true;
	}
	return false;
}

void history_order_finish(struct view_history *h)
{
	arena_free(h->rows_arena);
	folds_finish(&h->folds);
	history_filter_free(h->wanted);
	buf_finish(&h->filter);
}
