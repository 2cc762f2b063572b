#ifndef TUI_RECEIPT_H
#define TUI_RECEIPT_H

#include "tui/args.h"

/* The files that tell scripts of a build which ended well: --iidfile (the image's id,
 * nothing else) and --metadata-file (JSON, docs/formats.md).  Each is written whole or
 * not at all. */
struct receipt {
	const char *iidfile, *metadata;         /* NULL: not asked for */
};

/* Before the build: takes away what an earlier one left, so that after a failure there
 * is nothing to be mistaken, and finds out whether the files can be written. */
bool receipt_prepare(const struct args *, struct receipt *ret_receipt, struct error *);
/* After it: writes them for the build in dir; nothing when that has not ended well. */
bool receipt_write(const struct receipt *, const char *dir, struct error *);

#endif
