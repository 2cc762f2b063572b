#include "core/journal/journal.h"

static const char *const event_names[] = {
#define EVENT(id, name, text) name,
#include "core/journal/event.def"
#undef EVENT
};

const char *event_name(enum event_kind kind)
{
	return (unsigned)kind < EVENT_UNKNOWN ? event_names[kind] : NULL;
}
