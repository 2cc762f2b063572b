#ifndef CORE_HISTORY_FORECAST_STORE_H
#define CORE_HISTORY_FORECAST_STORE_H

#include "core/base/error.h"
#include "core/base/own.h"
#include "core/base/str.h"
#include "core/history/results.h"

/* What an engine has built for us: the keys of steps that ended well there, cached or done,
 * by builds that may be deleted since.  A file for each engine in the state folder, `cached/`,
 * a line a step; only jobs of this machine write it, so what was imported or watched never
 * counts. */
struct forecast_known {
	struct str key, shape;          /* as of fingerprint_link */
	struct str stands;              /* what stands on it calls it so: its key, that of a step
	                                 * with the same result, or the image it made */
	double ran;                     /* when it last ran, seconds since the epoch; 0: not seen */
	bool is_gone;                   /* it was removed there since (forecast_store_forget) */
};

struct forecast_store;

/* engine: "classic"; daemon: its own id or address.  Never NULL: what cannot be read is
 * empty, so that builds go on without a forecast. */
struct forecast_store *forecast_store_open(struct str engine, struct str daemon);
void forecast_store_free(struct forecast_store *);
OWN_DEFINE(forecast_store)
/* What stages gave there; lives with the store, is saved with it. */
struct results *forecast_store_results(const struct forecast_store *);
bool forecast_store_is_empty(const struct forecast_store *);

/* The last that was written of this key, or NULL; lives with the store.  What is gone is not
 * found. */
const struct forecast_known *forecast_store_find(const struct forecast_store *, struct str key);
/* The same of one that is gone. */
const struct forecast_known *forecast_store_find_gone(const struct forecast_store *,
                                                      struct str key);
/* The last of that shape, or NULL. */
const struct forecast_known *forecast_store_like(const struct forecast_store *, struct str shape);

/* At the end of the file, in one write, and what was learned of results; the store is as it
 * was.  A file that has grown too long keeps its newer half. */
bool forecast_store_append(const struct forecast_store *, const struct forecast_known *, size_t n,
                           struct error *);
/* The engine has these no more (NULL: any): in one write, as above. */
bool forecast_store_forget(const struct forecast_store *, const struct str *keys, size_t n,
                           struct error *);

#endif
