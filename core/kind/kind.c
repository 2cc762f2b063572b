#include "core/kind/kind.h"

#include "core/kind/dockerfile.h"
#include "core/kind/pesto.h"
#include "core/kind/poetry.h"

const struct kind *const kinds[] = { &kind_pesto, &kind_poetry, &kind_dockerfile, NULL };

const struct rule *const *kind_rules(struct arena *arena)
{
	size_t n = 0;
	while (kinds[n])
		n++;
	const struct rule **tables = arena_array(arena, n + 1, sizeof *tables);
	n = 0;
	for (size_t i = 0; kinds[i]; i++)
		if (kinds[i]->rules)
			tables[n++] = kinds[i]->rules;
	return tables;
}

const struct kind *kind_find(const char *name)
{
	for (size_t i = 0; name && kinds[i]; i++)
		if (str_eq(str_of(kinds[i]->name), str_of(name)))
			return kinds[i];
	return NULL;
}

const struct kind_action *kind_action_find(const struct kind *kind, const char *name)
{
	for (const struct kind_action *a = kind->actions; name && a && a->name; a++)
		if (str_eq(str_of(a->name), str_of(name)))
			return a;
	return NULL;
}

/* A named file beats a folder, a near folder beats a far one; then the order of
 * kinds[], which is the order of asking. */
static bool kind_is_better(enum kind_match match, const struct target *target,
                           enum kind_match best, const struct target *best_target)
{
	if (match == KIND_NO || best == KIND_NO)
		return match != KIND_NO;
	if (match != best)
		return match == KIND_FILE || best == KIND_BROKEN;
	return match == KIND_FOLDER && target->distance < best_target->distance;
}

static bool kind_nothing(const char *argument, const char *only, struct error *err)
{
	if (only && !kind_find(only)) {
		owned_buf struct buf known = { 0 };
		for (size_t i = 0; kinds[i]; i++)
			buf_printf(&known, "%s%s", i ? ", " : "", kinds[i]->name);
		return error_set(err, ERROR_USAGE, "there is no kind '%s': there are %s", only,
		                 buf_text(&known));
	}
	return error_set(err, ERROR_PROJECT,
	                 "'%s' is no project: neither it nor a folder above it has "
	                 "pesto/build/build.json, pesto/api/description.json, a pyproject.toml of "
	                 "Poetry or a Dockerfile",
	                 argument);
}

bool kind_recognise(struct files *files, const char *argument, const char *only,
                    struct arena *arena, const struct kind **ret_kind,
                    struct target *ret_target, struct problems *problems, struct error *err)
{
	enum kind_match best = KIND_NO;
	struct error broken = { 0 };
	const struct kind *found = NULL;
	struct target found_target = { 0 };
	for (size_t i = 0; kinds[i]; i++) {
		struct target target = { 0 };
		if (only && !str_eq(str_of(only), str_of(kinds[i]->name)))
			continue;
		enum kind_match match = kinds[i]->recognise(files, argument, arena, &target, &broken);
		if (match == KIND_FOLDER && best == KIND_FOLDER)
			problems_add(problems, SEVERITY_NOTE, "kind-several", (struct span){ 0 },
			             "this is a %s project and a %s project as well: --kind chooses",
			             found->name, kinds[i]->name);
		if (kind_is_better(match, &target, best, &found_target)) {
			best = match;
			found = kinds[i];
			found_target = target;
		}
	}
	if (best == KIND_BROKEN) {
		*err = broken;
		return false;
	}
	if (best == KIND_NO)
		return kind_nothing(argument, only, err);
	*ret_kind = found;
	*ret_target = found_target;
	return true;
}
