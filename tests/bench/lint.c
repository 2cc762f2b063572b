/* lint DIR: reads, plans and looks at every Dockerfile of the folder, by every rule but those
 * about the build context; prints how many findings there are. */
#include <stdio.h>

#include "core/kind/kind.h"

static size_t lint_one(struct files *files, const char *dir, const char *name)
{
	struct target target = { .root = dir, .file = name, .name = "bench" };
	const struct selection selection = { 0 };
	const struct kind *kind = kind_find("dockerfile");
	owned(problems) struct problems *problems = problems_new();
	owned(settings) struct settings *settings =
		kind->settings(&target, &selection, files, problems);
	owned(plan) struct plan *plan = kind->plan(settings, &selection, files, problems);
	lint_run(kind->rules, &(struct subject){ .settings = settings, .plan = plan,
	                                         .selection = &selection }, problems);
	return problems_count(problems);
}

int main(int argc, char **argv)
{
	owned(arena) struct arena *arena = arena_new();
	owned(files) struct files *disk = files_disk(".");
	struct files_list list;
	struct error err = { 0 };
	size_t n = 0;
	files_keep_no_texts(disk);
	if (argc != 2 || files_list(disk, argv[1], arena, &list, &err) != FILES_OK) {
		fprintf(stderr, "lint: %s\n", err.text);
		return 1;
	}
	for (size_t i = 0; i < list.n; i++)
		n += lint_one(disk, argv[1], list.entries[i].name);
	printf("%zu\n", n);
	return 0;
}
