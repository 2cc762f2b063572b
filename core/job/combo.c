#include "core/job/combo.h"

static const struct str combo_base = { "base", 4 };

void combo_append_name(struct buf *out, const struct combo *c)
{
	if (c->n == 0)
		buf_append(out, combo_base);
	for (size_t i = 0; i < c->n; i++)
		buf_printf(out, "%s%s", i ? "," : "", c->profiles[i]);
	if (c->n == 1 && str_eq(str_of(c->profiles[0]), combo_base))
		buf_append_char(out, ',');
}

struct combo combo_parse(struct arena *arena, struct str name)
{
	const char **profiles = arena_array(arena, name.n + 1, sizeof *profiles);
	struct combo c = { .profiles = profiles };
	struct str part;
	if (str_eq(name, combo_base))
		return c;
	while (str_next(&name, ',', &part))
		if (part.n)
			profiles[c.n++] = arena_text(arena, part);
	return c;
}

struct combo combo_copy(struct arena *arena, const char *const *profiles, size_t n)
{
	const char **copy = arena_array(arena, n + 1, sizeof *copy);
	for (size_t i = 0; i < n; i++)
		copy[i] = arena_text(arena, str_of(profiles[i]));
	return (struct combo){ copy, n };
}

bool combo_is(const struct combo *c, const char *const *profiles, size_t n)
{
	if (c->n != n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!str_eq(str_of(c->profiles[i]), str_of(profiles[i])))
			return false;
	return true;
}
