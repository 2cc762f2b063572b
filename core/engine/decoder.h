#ifndef CORE_ENGINE_DECODER_H
#define CORE_ENGINE_DECODER_H

#include "core/engine/engine.h"

/* Decoders know bytes, not transports: buildah's serves podman's socket,
 * buildah's pipe and `mortar watch` alike.  Bytes come in any pieces.  A decoder
 * calls the sink's step, log, progress and warning; never done.  What it learned
 * of the end is in `result`. */
struct decoder;

struct decoder_result {
	bool ended;                     /* the stream said how it ended */
	struct buf image_id;            /* "sha256:…" when told */
	struct buf error;               /* the engine's own words; empty: none */
	bool cancelled;
};

struct decoder_ops {
	bool (*feed)(struct decoder *, struct str bytes, struct error *);
	/* The stream ended: closes what is still open. */
	bool (*end)(struct decoder *, struct error *);
	void (*free)(struct decoder *);
};

struct decoder {
	const struct decoder_ops *ops;
	const struct recipe *recipe;    /* may be NULL (watch) */
	const struct engine_sink *sink;
	struct decoder_result result;
};

/* dockerd's chunked JSON with moby.buildkit.trace (POST /build?version=2). */
struct decoder *decoder_trace_new(const struct recipe *, const struct engine_sink *);
/* dockerd's chunked JSON of the classic builder. */
struct decoder *decoder_classic_new(const struct recipe *, const struct engine_sink *);
/* The text that buildah (and podman) print; stream 1 or 2 with buildah_feed. */
struct decoder *decoder_buildah_new(const struct recipe *, const struct engine_sink *);
void decoder_free(struct decoder *);
OWN_DEFINE(decoder)

static inline bool decoder_feed(struct decoder *d, struct str bytes, struct error *err)
{
	return d->ops->feed(d, bytes, err);
}

static inline bool decoder_end(struct decoder *d, struct error *err)
{
	return d->ops->end(d, err);
}

#endif
