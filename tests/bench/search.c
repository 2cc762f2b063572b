/* search write DIR LOG: makes a build's journal of a log.
 * search count DIR PATTERN: prints how many of its lines the screen's search finds. */
#include <stdio.h>
#include <string.h>

#include "core/history/search.h"
#include "core/os/files.h"

enum { SEARCH_CHUNK = 1 << 16, SEARCH_SLICE = 1 << 14 };

static bool search_write(const char *dir, const char *log, struct error *err)
{
	owned(arena) struct arena *a = arena_new();
	owned(files) struct files *disk = files_disk(".");
	owned(journal_writer) struct journal_writer *w = journal_create(dir, UINT64_MAX, err);
	struct str text, piece;
	if (!w || files_read(disk, log, a, &text, err) != FILES_OK ||
	    !journal_append(w, 1, EVENT_STEP_START, 0, NULL, err))
		return false;
	for (; text.n; text = str_slice(text, piece.n, text.n)) {
		piece = str_slice(text, 0, SEARCH_CHUNK);
		if (!journal_append_log(w, 1, 0, 1, piece, err))
			return false;
	}
	return true;
}

static bool search_count(const char *dir, const char *pattern, struct error *err)
{
	owned(journal) struct journal *journal = journal_open(dir, err);
	if (!journal)
		return false;
	journal_refresh(journal);
	owned(history_search) struct history_search *s = history_search_new(str_of(pattern), err);
	if (!s)
		return false;
	history_search_over(s, journal, -1);
	while (history_search_more(s, SEARCH_SLICE))
		continue;
	printf("%zu\n", history_search_count(s));
	return true;
}

int main(int argc, char **argv)
{
	struct error err = { 0 };
	bool ok = false;
	if (argc == 4 && strcmp(argv[1], "write") == 0)
		ok = search_write(argv[2], argv[3], &err);
	else if (argc == 4)
		ok = search_count(argv[2], argv[3], &err);
	if (!ok)
		fprintf(stderr, "search: %s\n", err.text);
	return !ok;
}
