#ifndef CORE_HISTORY_LOG_TEXT_H
#define CORE_HISTORY_LOG_TEXT_H

#include <stdint.h>

#include "core/base/buf.h"

/* A log line as a person reads it: of what carriage returns wrote over only the
 * last is kept, and looks (ECMA-48 SGR, "ESC [ … m") are taken out of the text and
 * told beside it.  Every other control character stays, for who shows it to spell
 * out.  Looks end with their line. */
enum log_attribute {
	LOG_BOLD = 1, LOG_FAINT = 2, LOG_ITALIC = 4, LOG_UNDERLINE = 8, LOG_REVERSE = 16,
};

/* A colour: LOG_PLAIN, LOG_INDEXED | one of xterm's 256 (the first 8 and their bright
 * ones are the usual names), or LOG_DIRECT | 0xRRGGBB. */
enum { LOG_PLAIN = 0, LOG_INDEXED = 1 << 24, LOG_DIRECT = 2 << 24 };

struct log_look {
	uint32_t fg, bg;
	unsigned attributes;
};

/* From this byte of the text to the next run or the end; {0} before the first. */
struct log_run {
	size_t at;
	struct log_look look;
};

/* {0} is an empty one; used again and again, then finished. */
struct log_text {
	struct str text;                /* of the line given, or of buf */
	struct log_run *runs;
	size_t nruns;
	size_t redraws;                 /* texts of the line that were written over */
	/* log_text.c's own */
	size_t cap;
	struct buf buf;
};

/* The text borrows the line, and lives until the next log_text_read. */
void log_text_read(struct log_text *, struct str line);
void log_text_finish(struct log_text *);

#endif
