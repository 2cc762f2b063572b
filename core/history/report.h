#ifndef CORE_HISTORY_REPORT_H
#define CORE_HISTORY_REPORT_H

#include "core/base/error.h"
#include "core/base/str.h"

/* A build as a page to be handed on: HTML that is one file, asks no network and runs no
 * script, or Markdown for the summary of a CI run.  Whatever the build printed or was
 * named is text in it and nothing else. */
struct report_options {
	bool markdown;
	const char *against;            /* the folder of an earlier build to compare with; NULL: none */
	size_t lines;                   /* of a step's log, its last ones; 0: no logs */
};

/* Of a failed step three times as many lines are kept, of all steps together so many
 * bytes; what is left out is said. */
enum { REPORT_LINES = 500, REPORT_LOG_BYTES = 8 << 20 };
/* GitHub takes a summary of 1 MiB. */
enum { REPORT_MARKDOWN_MAX = 1 << 20 };

/* Appends the page.  ERROR_MISSING where a folder holds no build.  Reads the journal
 * whole: for commands and workers. */
bool history_report(const char *dir, const struct report_options *, struct buf *out,
                    struct error *);

#endif
