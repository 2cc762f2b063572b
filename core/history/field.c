#include "core/history/field.h"

#include "core/os/clock.h"
#include "core/os/space.h"

static const struct {
	const char *name, *other;
} fields[FIELD_COUNT] = {
	[FIELD_WHEN] = { "when", "time" }, [FIELD_PROJECT] = { "project", NULL },
	[FIELD_PROFILES] = { "profiles", "profile" }, [FIELD_LEVEL] = { "level", "cache" },
	[FIELD_ENGINE] = { "engine", NULL }, [FIELD_TOOK] = { "took", NULL },
	[FIELD_RESULT] = { "result", "state" }, [FIELD_ID] = { "id", NULL },
	[FIELD_KIND] = { "kind", NULL }, [FIELD_IMAGE] = { "image", NULL },
	[FIELD_ROOT] = { "root", "path" }, [FIELD_SIZE] = { "size", NULL },
};

const char *history_field_name(enum history_field field)
{
	return fields[field].name;
}

enum history_field history_field_find(struct str name)
{
	enum history_field f = 0;
	while (f < FIELD_COUNT && !str_eq(name, str_of(fields[f].name)) &&
	       !(fields[f].other && str_eq(name, str_of(fields[f].other))))
		f++;
	return f;
}

double history_took(const struct history_item *item, double now)
{
	if (item->ended > 0)
		return item->ended - item->started;
	return item->state == HISTORY_RUNNING ? (double)(long)(now - item->started) : -1;
}

static void field_profiles(const struct history_item *item, struct buf *out)
{
	for (size_t i = 0; i < item->nprofiles; i++)
		buf_printf(out, "%s%s", i ? "," : "", item->profiles[i]);
}

static void field_result(const struct history_item *item, struct buf *out)
{
	buf_append_text(out, history_state_name(item->state));
	if (item->error[0] && item->state != HISTORY_CANCELLED)
		buf_printf(out, ": %s", item->error);
	else if (item->image[0] && item->state != HISTORY_LOST)
		buf_printf(out, " %s", item->image);
	else if (item->action[0] && item->state != HISTORY_LOST)
		buf_printf(out, " action %s", item->action);
	else if (item->nbuilds && item->state != HISTORY_LOST)
		buf_printf(out, " %zu builds", item->nbuilds);
}

static const char *field_plain(const struct history_item *item, enum history_field field)
{
	switch (field) {
	case FIELD_PROJECT: return item->project;
	case FIELD_LEVEL: return item->level;
	case FIELD_ENGINE: return item->engine;
	case FIELD_ID: return item->id;
	case FIELD_KIND: return item->kind;
	case FIELD_IMAGE: return item->image;
	case FIELD_ROOT: return item->root;
	default: return "";
	}
}

void history_field_text(const struct history_item *item, enum history_field field, double now,
                        struct buf *out)
{
	switch (field) {
	case FIELD_WHEN: clock_append_local(out, item->started); break;
	case FIELD_PROFILES: field_profiles(item, out); break;
	case FIELD_RESULT: field_result(item, out); break;
	case FIELD_SIZE: space_append_bytes(out, item->size); break;
	case FIELD_TOOK:
		if (history_took(item, now) >= 0)
			clock_append_seconds(out, history_took(item, now));
		break;
	default: buf_append_text(out, field_plain(item, field));
	}
}

bool history_field_value(const struct history_item *item, enum history_field field,
                         struct buf *out)
{
	enum { DAY = 10 };
	owned_buf struct buf then = { 0 };
	if (field == FIELD_TOOK || field == FIELD_SIZE)
		return false;
	if (field == FIELD_RESULT) {
		buf_append_text(out, history_state_name(item->state));
	} else if (field == FIELD_WHEN) {
		clock_append_local(&then, item->started);
		buf_append(out, str_slice(buf_str(&then), 0, DAY));
	} else {
		history_field_text(item, field, 0, out);
	}
	return true;
}

void history_text(const struct history_item *item, double now, struct buf *out)
{
	for (enum history_field f = 0; f < FIELD_SIZE; f++) {
		history_field_text(item, f, now, out);
		buf_append_char(out, ' ');
	}
	if (item->pinned)
		buf_append(out, STR("pinned "));
	if (item->imported)
		buf_append(out, STR("imported "));
}
