#ifndef CORE_HISTORY_LOG_TEXT_H
#define CORE_HISTORY_LOG_TEXT_H

#include <stdint.h>

#include "core/base/buf.h"

/* A log line as a person reads it: of what carriage returns wrote over only the
 * last is kept, and colours (ECMA-48 SGR, "ESC [ … m") are taken out of the text and
 * told beside it.  Every other control character stays, for who shows it to spell
 * out.  Colours end with their line. */
enum log_colour {
	LOG_PLAIN, LOG_RED, LOG_GREEN, LOG_YELLOW, LOG_BLUE, LOG_MAGENTA, LOG_CYAN, LOG_FAINT,
	LOG_BOLD,
};

/* From this byte of the text to the next run or the end; LOG_PLAIN before the first. */
struct log_run {
	size_t at;
	enum log_colour colour;
};

/* {0} is an empty one; used again and again, then finished. */
struct log_text {
	struct str text;                /* of the line given, or of buf */
	struct log_run *runs;
	size_t nruns;
	/* log_text.c's own */
	size_t cap;
	struct buf buf;
};

/* The text borrows the line, and lives until the next log_text_read. */
void log_text_read(struct log_text *, struct str line);
void log_text_finish(struct log_text *);

#endif
