#include "core/kind/image_file.h"

#include <stdlib.h>

static const char *const image_file_names[] = { "Dockerfile", "Containerfile" };
enum { IMAGE_FILE_NAMES = sizeof image_file_names / sizeof *image_file_names };

bool image_file_is_name(struct str base)
{
	for (size_t i = 0; i < IMAGE_FILE_NAMES; i++) {
		struct str name = str_of(image_file_names[i]);
		struct str rest = str_slice(base, name.n, STR_NONE);
		struct str front = str_slice(base, 0, base.n > name.n ? base.n - name.n : 0);
		if (str_eq(base, name) ||
		    (str_has_prefix(base, name) && rest.n > 1 && rest.p[0] == '.' &&
		     !str_has_suffix(base, STR(".dockerignore"))) ||
		    (str_has_suffix(base, name) && front.n > 1 && front.p[front.n - 1] == '.'))
			return true;
	}
	return false;
}

/* 0 and 1 for the plain names, 2 for others. */
static size_t image_file_rank(const char *name)
{
	size_t i = 0;
	while (i < IMAGE_FILE_NAMES && strcmp(name, image_file_names[i]) != 0)
		i++;
	return i;
}

static int image_file_order(const void *a, const void *b)
{
	const char *x = *(const char *const *)a, *y = *(const char *const *)b;
	size_t rank_x = image_file_rank(x), rank_y = image_file_rank(y);
	if (rank_x != rank_y)
		return rank_x < rank_y ? -1 : 1;
	return strcmp(x, y);
}

size_t image_files(struct files *files, struct arena *arena, const char *root,
                   const char *const **ret_names)
{
	struct files_list list = { 0 };
	struct error ignored;
	size_t n = 0;
	if (files_list(files, root, arena, &list, &ignored) != FILES_OK)
		list.n = 0;
	const char **names = arena_array(arena, list.n + 1, sizeof *names);
	for (size_t i = 0; i < list.n; i++)
		if (!list.entries[i].is_dir && image_file_is_name(str_of(list.entries[i].name)))
			names[n++] = arena_text(arena, str_of(list.entries[i].name));
	if (n)
		qsort(names, n, sizeof *names, image_file_order);
	*ret_names = names;
	return n;
}

const char *image_file_usual(struct files *files, struct arena *arena, const char *root)
{
	const char *const *names;
	for (size_t i = 0; i < IMAGE_FILE_NAMES; i++)
		if (files_has(files, files_join(arena, root, image_file_names[i])))
			return image_file_names[i];
	return image_files(files, arena, root, &names) == 1 ? names[0] : NULL;
}

bool image_file_read(struct files *files, struct arena *arena, const char *root, const char *file,
                     struct problems *problems, struct image_file *ret_file)
{
	struct error err;
	struct str text;
	const char *path = files_join(arena, root, file);
	*ret_file = (struct image_file){ .file = arena_text(arena, str_of(file)) };
	switch (files_read(files, path, arena, &text, &err)) {
	case FILES_ABSENT:
		return problems_add(problems, SEVERITY_ERROR, "dockerfile", (struct span){ 0 },
		                    "there is no file '%s'", path);
	case FILES_FAILED:
		return problems_add(problems, SEVERITY_ERROR, "dockerfile", (struct span){ 0 }, "%s",
		                    err.text);
	case FILES_OK:
		break;
	}
	ret_file->source = source_new(arena, str_of(path), NULL, text);
	return true;
}

struct ignore *image_file_ignore(struct files *files, struct arena *arena, const char *root,
                                 const char *file, const char *context, struct problems *problems)
{
	const char *const paths[] = {
		files_join(arena, root, arena_printf(arena, "%s.dockerignore", file)),
		files_join(arena, context, ".dockerignore"),
	};
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		struct str text;
		struct error err;
		switch (files_read(files, paths[i], arena, &text, &err)) {
		case FILES_OK:
			return ignore_parse(source_new(arena, str_of(paths[i]), NULL, text), problems);
		case FILES_FAILED:
			problems_add(problems, SEVERITY_ERROR, "ignore", (struct span){ 0 }, "%s",
			             err.text);
			return NULL;
		case FILES_ABSENT:
			break;
		}
	}
	return NULL;
}
