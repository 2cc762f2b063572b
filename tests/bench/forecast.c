/* forecast DIR: prints what of a forecast grows with the context, in milliseconds: listing and
 * digests of all files, the first time, by a second process, and by the worker that stays, with
 * nothing and with one file changed. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "core/context/listing.h"
#include "core/context/stat_cache.h"
#include "core/os/clock.h"

static double now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* false: err. */
static bool look(const char *dir, struct listings *listings, struct stat_cache *digests,
                 double *ret_ms, struct error *err)
{
	char hex[65];
	double start = now_ms();
	owned(context) struct context *c = context_new();
	if (listings)
		listings_update(listings);
	context_remember(c, listings);
	context_add_tree(c, dir, "", NULL);
	if (!context_scan(c, err))
		return false;
	for (size_t i = 0; i < context_count(c); i++)
		if (!stat_cache_digest(digests, context_entry(c, i), hex, err))
			return false;
	*ret_ms = now_ms() - start;
	return true;
}

static bool process(const char *dir, double *ret_ms, struct error *err)
{
	double start = now_ms();
	owned(stat_cache) struct stat_cache *digests = stat_cache_open(dir);
	bool ok = look(dir, NULL, digests, ret_ms, err) && stat_cache_save(digests, err);
	*ret_ms = now_ms() - start;
	return ok;
}

/* Times of files made a moment ago are not believed. */
static void settle(void)
{
	nanosleep(&(struct timespec){ .tv_sec = 2, .tv_nsec = 100000000 }, NULL);
}

static bool touch(const char *dir)
{
	char path[4096];
	snprintf(path, sizeof path, "%s/touched", dir);
	FILE *f = fopen(path, "w");
	if (!f)
		return false;
	fprintf(f, "%f\n", clock_now());
	return fclose(f) == 0;
}

int main(int argc, char **argv)
{
	double first, second, warm, same, one;
	struct error err = { 0 };
	if (argc != 2)
		return 2;
	settle();
	owned(listings) struct listings *listings = listings_new();
	owned(stat_cache) struct stat_cache *digests = NULL;
	bool ok = process(argv[1], &first, &err) && process(argv[1], &second, &err);
	digests = stat_cache_open(argv[1]);
	ok = ok && look(argv[1], listings, digests, &warm, &err) &&
	     look(argv[1], listings, digests, &same, &err) && touch(argv[1]) &&
	     look(argv[1], listings, digests, &one, &err);
	if (!ok) {
		fprintf(stderr, "forecast: %s\n", err.text);
		return 1;
	}
	printf("| forecast of 100,000 files: the first look | %.1f ms | |  | 2000 ms |\n", first);
	printf("| the next process | %.1f ms | |  |  |\n", second);
	printf("| the worker that stays, nothing changed | %.1f ms | |  | 100 ms |\n", same);
	printf("| one file changed | %.1f ms | |  | 100 ms |\n", one);
	return first <= 2000 && same <= 100 && one <= 100 ? 0 : 1;
}
