/* What PESTO's own builds have left, and which build a full version names. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/kind/pesto.h"

const char *pesto_workspace_root(struct arena *arena)
{
	const char *workspace = getenv("PESTO_WORKSPACE"), *home = getenv("HOME");
	if (workspace && workspace[0])
		return workspace;
	return files_join(arena, home && home[0] ? home : "/", ".pesto");
}

/* The profile behind the last '-' that makes one, n 0: none does. */
static const char *workspaces_last(const struct settings *s, struct str text)
{
	const char *longest = NULL;
	for (size_t i = 0; i < s->nprofiles; i++) {
		struct str name = str_of(s->profiles[i]);
		if (text.n > name.n + 1 && str_has_suffix(text, name) &&
		    text.p[text.n - name.n - 1] == '-' && (!longest || strlen(longest) < name.n))
			longest = s->profiles[i];
	}
	return longest;
}

struct variant pesto_variant(const struct settings *s, struct arena *arena, struct str tag)
{
	struct variant v = { .version = tag };
	const char **profiles, *last;
	while ((last = workspaces_last(s, v.version))) {
		v.version.n -= strlen(last) + 1;
		v.nprofiles++;
	}
	v.profiles = profiles = arena_array(arena, v.nprofiles + 1, sizeof *profiles);
	v.version = tag;
	for (size_t i = v.nprofiles; i-- > 0; v.version.n -= strlen(profiles[i]) + 1)
		profiles[i] = workspaces_last(s, v.version);
	return v;
}

static int workspaces_order(const void *a, const void *b)
{
	const struct workspace *left = a, *right = b;
	return strcmp(left->path, right->path);
}

void pesto_workspaces(const struct settings *s, struct files *files, struct arena *arena,
                      struct workspaces *ret_workspaces)
{
	struct files_list list = { 0 };
	struct error ignored;
	struct stat st;
	const char *root = files_absolute(arena, pesto_workspace_root(arena));
	const char *dir = s->name ? files_join(arena, root, s->name) : NULL;
	*ret_workspaces = (struct workspaces){ .root = root };
	if (!dir || strchr(s->name, '/') ||
	    files_list(files, dir, arena, &list, &ignored) != FILES_OK)
		return;
	struct workspace *items = arena_array(arena, list.n + 1, sizeof *items);
	size_t n = 0;
	for (size_t i = 0; i < list.n; i++) {
		const char *version = list.entries[i].name;
		const char *path = arena_printf(arena, "%s/%s/%s", dir, version, s->name);
		if (!files_has(files, files_join(arena, path, "pesto/build/build.json")))
			continue;
		struct workspace w = { pesto_variant(s, arena, str_of(version)), path, 0 };
		if (stat(path, &st) == 0)
			w.modified = (double)st.st_mtime;
		items[n++] = w;
	}
	qsort(items, n, sizeof *items, workspaces_order);
	ret_workspaces->items = items;
	ret_workspaces->n = n;
}
