#ifndef CORE_HISTORY_REPORT_INSIDE_H
#define CORE_HISTORY_REPORT_INSIDE_H

#include "core/history/compare.h"
#include "core/history/field.h"
#include "core/history/forecast.h"
#include "core/history/report.h"
#include "core/history/times.h"
#include "core/journal/build.h"

/* Private to report*.c: a build with all that a page says of it. */

/* When a step first began and last ended, seconds since the epoch; 0: never. */
struct report_span {
	double from, to;
};

struct report {
	struct arena *arena;
	const struct report_options *options;
	struct buf *out;
	struct history_item item;
	struct journal *journal;
	struct build *build;
	struct report_span *spans;      /* one a step */
	struct times *times;            /* NULL: nothing is known */
	struct forecast forecast;       /* nsteps 0: none */
	struct compare *compare;        /* NULL: nothing to compare with */
	size_t log_left;                /* bytes that logs may still have */
};

/* Text as a person reads it, fit for HTML: <, > and & escaped, what is no character or acts
 * spelled out, tabs as blanks. */
void report_html_text(struct buf *, struct str);
/* The same for Markdown, where nothing of it is markup.  In one line. */
void report_markdown_text(struct buf *, struct str);

/* "cached", "ran", "failed", "cancelled", "skipped", "running". */
const char *report_step_word(const struct step *);
/* "1.2s – 3.4s", as it usually takes; nothing where no run is known. */
void report_usual(const struct report *, const struct step *, struct buf *out);
/* Why the step ran or failed; n 0: nothing is known. */
struct str report_why(const struct report *, size_t step);
/* The stage of a Dockerfile, else the step's group; n 0: neither. */
struct str report_section(const struct report *, size_t step);
/* Steps that are told: those of the image that did something, or nothing because of a
 * failure. */
bool report_shows(const struct report *, size_t step);
/* At most so many bytes, cut between characters. */
struct str report_cut(struct str, size_t most);
/* The log lines of a step from the first that is shown; appends them with `text`, and how
 * many stand before them to *ret_left_out. */
void report_log(struct report *, int step, size_t lines,
                void (*text)(struct buf *, struct str), size_t *ret_left_out);
/* A file of the build's folder, at most REPORT_FILE_MAX of it; n 0: there is none. */
enum { REPORT_FILE_MAX = 256 << 10 };
struct str report_file(const struct report *, const char *name, bool *ret_cut);

void report_timeline(struct report *);
/* What differs from the build that it is compared with. */
void report_compare_html(struct report *);
void report_compare_markdown(struct report *);
void report_html(struct report *);
void report_markdown(struct report *);

#endif
