#include "core/job/doctor.h"

#include "core/base/utf8.h"
#include "core/os/space.h"

const char *doctor_state_name(enum doctor_state state)
{
	static const char *const names[] = { "ok", "absent", "problem" };
	return names[state];
}

static struct value *doctor_visible(struct arena *a, struct str raw)
{
	owned_buf struct buf shown = { 0 };
	utf8_append_visible(&shown, raw);
	return value_new_string(a, arena_str(a, buf_str(&shown)));
}

__attribute__((format(printf, 4, 0)))
static void doctor_format(struct arena *a, struct value *row, const char *key, const char *fmt,
                          va_list args)
{
	owned_buf struct buf text = { 0 };
	buf_vprintf(&text, fmt, args);
	value_set(a, row, key, doctor_visible(a, buf_str(&text)));
}

struct value *doctor_row(struct arena *a, const char *name, enum doctor_state state,
                         const char *fmt, ...)
{
	struct value *row = value_new_object(a);
	va_list args;
	doctor_text(a, row, "name", name);
	doctor_text(a, row, "state", doctor_state_name(state));
	va_start(args, fmt);
	doctor_format(a, row, "text", fmt, args);
	va_end(args);
	return row;
}

void doctor_remedy(struct arena *a, struct value *row, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	doctor_format(a, row, "remedy", fmt, args);
	va_end(args);
}

void doctor_text(struct arena *a, struct value *row, const char *key, const char *text)
{
	if (text && text[0])
		value_set(a, row, key, doctor_visible(a, str_of(text)));
}

void doctor_number(struct arena *a, struct value *row, const char *key, unsigned long long n)
{
	value_set(a, row, key, value_new_integer(a, (long long)n));
}

void doctor_truth(struct arena *a, struct value *row, const char *key, bool is)
{
	value_set(a, row, key, value_new_bool(a, is));
}

void doctor_add(struct value *section, struct value *row)
{
	value_append(section, (struct str){ 0 }, (struct span){ 0 }, row);
}

bool doctor_is_tight(const struct space *space, unsigned long long bytes,
                     unsigned long long inodes)
{
	return space->free < bytes || (space->inodes && space->free_inodes < inodes);
}

const char *doctor_space(struct arena *a, struct value *row, const struct space *space)
{
	owned_buf struct buf text = { 0 };
	doctor_number(a, row, "free", space->free);
	doctor_number(a, row, "total", space->total);
	if (space->inodes)
		doctor_number(a, row, "free_inodes", space->free_inodes);
	space_append_bytes(&text, space->free);
	buf_append_text(&text, " free of ");
	space_append_bytes(&text, space->total);
	if (space->inodes)
		buf_printf(&text, ", %llu%s inodes free", (unsigned long long)space->free_inodes /
		           (space->free_inodes < 100000 ? 1 : 1000),
		           space->free_inodes < 100000 ? "" : " thousand");
	return arena_text(a, buf_str(&text));
}
