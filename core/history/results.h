#ifndef CORE_HISTORY_RESULTS_H
#define CORE_HISTORY_RESULTS_H

#include "core/base/map.h"
#include "core/history/fingerprint_chain.h"

/* What stages gave: engines compare what is copied or mounted from a stage by its content,
 * which a forecast cannot see.  So it is called by a name, the same for the same inputs, and
 * for others where experience says that they do not count.  Beside the forecast store's file
 * in the state folder, with ".results"; only jobs of this machine write it. */
struct results;

/* path NULL: there is no state folder.  Never NULL: what cannot be read is empty. */
struct results *results_open(const char *path);
void results_free(struct results *);
OWN_DEFINE(results)

/* Sets given and is_same of a source that has work.  anew: what makes it runs anew. */
void results_guess(struct results *, const struct fingerprint_chain *, struct fingerprint_source *,
                   bool anew);

/* ---- learning, in memory until results_save ---- */
/* The engine showed that what is there is what it is called; anew as above. */
void results_confirm(struct results *, const struct fingerprint_chain *,
                     const struct fingerprint_source *, bool anew);
/* It showed that it is none of the names that are keys of `others`; what is called like one
 * of them gets a new name. */
void results_deny(struct results *, const struct fingerprint_chain *, struct fingerprint_source *,
                  const struct map *others);
/* It showed nothing; the name is kept. */
void results_keep(struct results *, const struct fingerprint_chain *,
                  const struct fingerprint_source *);
/* Other names that the source may have, the likeliest first; false: there are no more.
 * Begin with *at 0. */
bool results_other(const struct results *, const struct fingerprint_source *, size_t *at,
                   struct str *ret_name);
/* At the end of the file, in one write.  A file that has grown too long keeps its newer
 * half. */
bool results_save(struct results *, struct error *);

#endif
