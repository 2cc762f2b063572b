/* toml FILE RUNS: prints the median of the milliseconds that reading it took, in one process. */
#include <stdio.h>
#include <stdlib.h>

#include "core/config/toml.h"
#include "core/os/clock.h"
#include "core/os/files.h"

static int toml_compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

/* A tree of its own each time, freed before the next. */
static double toml_once(const struct source *file)
{
	owned(arena) struct arena *a = arena_new();
	owned(problems) struct problems *problems = problems_new();
	const struct value *root;
	double start = clock_now();
	struct source *source = source_new(a, str_of(file->path), NULL, file->text);
	if (!toml_read(a, source, problems, &root)) {
		fprintf(stderr, "toml: it cannot be read\n");
		exit(1);
	}
	return (clock_now() - start) * 1000;
}

int main(int argc, char **argv)
{
	struct str text;
	struct error err = { 0 };
	owned(arena) struct arena *a = arena_new();
	owned(files) struct files *files = files_disk(".");
	int runs = argc == 3 ? atoi(argv[2]) : 0;
	if (runs < 1 || files_read(files, argv[1], a, &text, &err) != FILES_OK) {
		fprintf(stderr, "toml: FILE RUNS: %s\n", err.text);
		return 1;
	}
	double *times = arena_array(a, (size_t)runs, sizeof *times);
	const struct source *file = source_new(a, str_of(argv[1]), NULL, text);
	for (int i = 0; i < runs; i++)
		times[i] = toml_once(file);
	qsort(times, (size_t)runs, sizeof *times, toml_compare);
	printf("%.1f\n", times[runs / 2]);
	return 0;
}
