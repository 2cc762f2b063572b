#include "core/config/settings.h"

struct str selection_option(const struct selection *selection, const char *name)
{
	for (size_t i = selection->noptions; i-- > 0;)
		if (str_eq(selection->options[i].name, str_of(name)))
			return selection->options[i].value;
	return (struct str){ 0 };
}

void settings_free(struct settings *s)
{
	if (s)
		arena_free(s->arena);
}

const struct document *settings_document(const struct settings *s, struct str path)
{
	for (size_t i = 0; i < s->ndocuments; i++)
		if (str_eq(str_of(s->documents[i].path), path))
			return &s->documents[i];
	return NULL;
}
