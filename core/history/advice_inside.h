#ifndef CORE_HISTORY_ADVICE_INSIDE_H
#define CORE_HISTORY_ADVICE_INSIDE_H

#include "core/history/advice.h"

/* Private to advice*.c. */

/* What an instruction's step is made from by itself, against the build before. */
enum advice_change { ADVICE_SAME, ADVICE_FILES, ADVICE_ARG, ADVICE_OTHER };

struct advice_step {
	enum advice_change change;
	struct str arg;                 /* ADVICE_ARG: the one that has another value */
	bool same_above;                /* what it stands on is the same */
	bool ran;                       /* it really ran, and had ended well in the build before */
	double seconds;
	const struct fingerprint_step *now, *then;      /* NULL: it makes no layer */
};

/* Two neighbours, an entry for each instruction of the recipe. */
struct advice_pair {
	const struct advice_build *now, *then;
	struct advice_step *steps;
};
/* False: the later one was not left to the cache alone. */
bool advice_pair_make(struct arena *, const struct advice_subject *, size_t now,
                      struct advice_pair *ret_pair);

/* ---- advice_words.c ---- */
/* Whether a step may need what a COPY brings: its command names one of the files, or reads
 * whatever is in a folder that the COPY writes into. */
bool advice_needs(struct arena *, const struct recipe *, int copy, int step,
                  const struct fingerprints *, const struct fingerprint_step *files);
/* The files that an installing command reads, of those that the COPY brings, as "a, b"; n 0:
 * it installs nothing, or more than they are.  changed: one of them is another. */
struct str advice_manifests(struct arena *, const struct instruction *,
                            const struct advice_pair *, const struct advice_step *copy,
                            bool *ret_changed);
/* Whether the text has $NAME or ${NAME. */
bool advice_uses(struct str text, struct str name);

#endif
