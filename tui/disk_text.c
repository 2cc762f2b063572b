#include "tui/disk_text.h"

#include "core/base/utf8.h"
#include "core/os/clock.h"
#include "core/os/space.h"

enum { DISK_ID = 19, DISK_NAME = 60 };

static struct str disk_member(const struct value *object, const char *key)
{
	const struct value *v = object ? value_get(object, str_of(key)) : NULL;
	return v ? value_text(v) : (struct str){ 0 };
}

/* One line of a table, whatever is in it. */
static void disk_append_line(struct buf *out, struct buf *line)
{
	utf8_append_visible(out, buf_str(line));
	buf_append_char(out, '\n');
	buf_clear(line);
}

static void disk_head(struct buf *out, bool is_popup, const char *text)
{
	buf_printf(out, "%s%s\n", is_popup ? "\x01" : "", text);
}

void disk_text_engine(struct buf *out, const struct value *engine)
{
	buf_printf(out, "%.*s %.*s at %.*s", STR_ARG(disk_member(engine, "product")),
	           STR_ARG(disk_member(engine, "version")), STR_ARG(disk_member(engine, "address")));
}

void disk_text_name(struct buf *out, enum disk_kind kind, const char *name, const char *id,
                    const char *state)
{
	if (kind == DISK_CACHE)
		buf_printf(out, "%.12s  %s", id, name);
	else if (name[0])
		buf_append_text(out, name);
	else
		buf_printf(out, "%.*s  %s", DISK_ID, id, state);
}

static void disk_append_age(struct buf *line, double seconds)
{
	owned_buf struct buf age = { 0 };
	if (seconds >= 0)
		clock_append_age(&age, seconds);
	buf_printf(line, "  %-14s", age.n ? buf_text(&age) : "-");
}

static void disk_append_size(struct buf *line, bool told, uint64_t bytes)
{
	owned_buf struct buf size = { 0 };
	if (told)
		space_append_bytes(&size, bytes);
	buf_printf(line, "%9s", size.n ? buf_text(&size) : "-");
}

/* ---- the listing ---- */

static void disk_append_kind(struct buf *line, const struct disk_listing *l, enum disk_kind k)
{
	owned_buf struct buf size = { 0 }, sum = { 0 };
	space_append_bytes(&size, l->bytes[k]);
	disk_append_sum(&sum, l->free[k]);
	buf_printf(line, "%-12s %6zu  %6zu in use  %s%s", disk_kind_title(k), l->count[k], l->used[k],
	           k == DISK_IMAGE && !l->is_exact ? "at most " : "", buf_text(&size));
	if (k != DISK_VOLUME)
		buf_printf(line, ", %s of it may go", buf_text(&sum));
}

static void disk_append_item(struct buf *line, const struct disk_item *item)
{
	owned_buf struct buf name = { 0 };
	double t = item->used > 0 ? item->used : item->created;
	disk_text_name(&name, item->kind, item->name, item->id, item->state);
	buf_printf(line, "%-10s", disk_kind_name(item->kind));
	disk_append_size(line, item->has_size, item->size);
	disk_append_size(line, item->has_shared, item->shared);
	disk_append_age(line, t > 0 ? clock_now() - t : -1);
	buf_printf(line, " %-6s  %s", item->in_use ? "in use" : "", buf_text(&name));
}

void disk_text_listing(struct buf *out, const struct disk_listing *l, bool all)
{
	owned_buf struct buf line = { 0 };
	disk_text_engine(&line, l->engine);
	disk_append_line(out, &line);
	for (enum disk_kind k = 0; k < DISK_KINDS; k++) {
		if (!l->has[k])
			continue;
		disk_append_kind(&line, l, k);
		disk_append_line(out, &line);
	}
	if (all && l->n)
		buf_append_text(out, "\nkind           size   shared  last used            what\n");
	for (size_t i = 0; all && i < l->n; i++) {
		disk_append_item(&line, &l->items[i]);
		disk_append_line(out, &line);
	}
}

/* ---- what goes ---- */

static void disk_append_gone(struct buf *line, const struct disk_gone *gone)
{
	owned_buf struct buf name = { 0 };
	disk_text_name(&name, gone->kind, gone->name, gone->id, gone->state);
	buf_append_text(line, "  ");
	disk_append_size(line, gone->has_size, gone->size);
	disk_append_age(line, gone->age);
	buf_printf(line, "  %s", buf_text(&name));
	if (gone->note)
		buf_printf(line, "  (%s)", gone->note);
}

/* Those with a note always. */
static void disk_append_gone_kind(struct buf *out, const struct disk_preview *p, enum disk_kind k,
                                  size_t most, bool is_popup)
{
	owned_buf struct buf line = { 0 }, sum = { 0 };
	size_t n = 0, shown = 0;
	for (size_t i = 0; i < p->n; i++)
		n += p->gone[i].kind == k;
	if (n == 0)
		return;
	disk_append_sum(&sum, p->sums[k]);
	buf_printf(&line, "%zu %s, %s", n, n == 1 && k != DISK_CACHE ? disk_kind_name(k)
	                                                             : disk_kind_title(k),
	           buf_text(&sum));
	disk_head(out, is_popup, buf_text(&line));
	buf_clear(&line);
	for (size_t i = 0; i < p->n; i++) {
		if (p->gone[i].kind != k || (shown >= most && !p->gone[i].note))
			continue;
		disk_append_gone(&line, &p->gone[i]);
		disk_append_line(out, &line);
		shown++;
	}
	if (shown < n)
		buf_printf(out, "  … and %zu more\n", n - shown);
}

/* In a popup each part has a line. */
static void disk_append_parts(struct buf *out, struct str text, bool is_popup)
{
	owned_buf struct buf line = { 0 };
	for (size_t end = 0; text.n; text = str_slice(text, end, text.n)) {
		end = is_popup ? str_find_str(text, STR("; ")) : STR_NONE;
		end = end == STR_NONE ? text.n : end + 2;
		buf_printf(&line, "  %.*s", STR_ARG(str_trim(str_slice(text, 0, end))));
		disk_append_line(out, &line);
	}
}

static void disk_append_costs(struct buf *out, const struct disk_preview *p, bool is_popup)
{
	if (p->nprojects)
		disk_head(out, is_popup, "what builds lose");
	else if (p->n)
		disk_head(out, is_popup, "no build that is kept here loses a step");
	for (size_t i = 0; i < p->nprojects; i++) {
		owned_buf struct buf all = { 0 };
		disk_append_project(&all, &p->projects[i]);
		disk_append_parts(out, buf_str(&all), is_popup);
	}
}

void disk_text_preview(struct buf *out, const struct disk_preview *p, size_t most, bool is_popup)
{
	owned_buf struct buf line = { 0 }, sum = { 0 };
	for (enum disk_kind k = 0; k < DISK_KINDS; k++)
		disk_append_gone_kind(out, p, k, most, is_popup);
	if (p->nstays)
		disk_head(out, is_popup, "what stays");
	for (size_t i = 0; i < p->nstays; i++) {
		buf_printf(&line, "  %s: %s", p->stays[i].name, p->stays[i].why);
		disk_append_line(out, &line);
	}
	disk_append_costs(out, p, is_popup);
	disk_append_sum(&sum, p->sum);
	buf_printf(&line, p->n ? "%zu thing%s, %s in all" : "nothing goes", p->n,
	           p->n == 1 ? "" : "s", buf_text(&sum));
	disk_head(out, is_popup, buf_text(&line));
}

void disk_text_result(struct buf *out, const struct disk_result *r)
{
	owned_buf struct buf size = { 0 };
	space_append_bytes(&size, r->freed);
	buf_printf(out, "removed %zu thing%s", r->removed, r->removed == 1 ? "" : "s");
	if (r->is_told && r->removed)
		buf_printf(out, ", %s are free", buf_text(&size));
	if (r->refused)
		buf_printf(out, "; %zu %s refused", r->refused, r->refused == 1 ? "was" : "were");
}
