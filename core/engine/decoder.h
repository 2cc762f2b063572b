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
	int failed;                     /* the instruction that failed; -1: none known */
	int exit_code;                  /* what its command ended with; -1: not told */
	struct buf failed_name;         /* the engine's name of what failed */
	unsigned failed_line;           /* of the Dockerfile as the engine has it; 0: not told */
	struct buf failed_text;         /* what stands there */
	struct buf layers;              /* buildah: how its steps' image ids begin, one a line */
};

struct decoder_ops {
	/* stream: 1 or 2 where the engine has two (buildah's stdout and stderr). */
	bool (*feed)(struct decoder *, int stream, struct str bytes, struct error *);
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

/* dockerd's chunked JSON with moby.buildkit.trace (POST /build?version=2), or the lines
 * of `docker buildx build --progress=rawjson`. */
struct decoder *decoder_trace_new(const struct recipe *, const struct engine_sink *);
/* For that, where progress comes as it is (control.h).  A message; which vertex the build
 * failed at, as the daemon says; that what comes next tells all from the build's start again,
 * of which nothing is to be logged twice. */
struct pb_trace;
bool decoder_trace_take(struct decoder *, const struct pb_trace *, struct error *);
void decoder_trace_blame(struct decoder *, struct str digest);
void decoder_trace_replay(struct decoder *);
/* dockerd's chunked JSON of the classic builder. */
struct decoder *decoder_classic_new(const struct recipe *, const struct engine_sink *);
/* The text that `docker build` prints of the classic builder, both its outputs in one. */
struct decoder *decoder_classic_text_new(const struct recipe *, const struct engine_sink *);
/* For that: a line as the builder's stream would have it; the build's failure; the id of
 * the container in which a step runs now, n 0: none does. */
void decoder_classic_line(struct decoder *, struct str line);
void decoder_classic_fail(struct decoder *, struct str message);
struct str decoder_classic_container(const struct decoder *);
/* The text of `--progress=plain`, both outputs in one; without a recipe. */
struct decoder *decoder_plain_new(const struct recipe *, const struct engine_sink *);
/* The text that buildah prints. */
struct decoder *decoder_buildah_new(const struct recipe *, const struct engine_sink *);
/* What comes next on stdout begins a line, though the one before may have no end: known
 * where a transport keeps the engine's writes apart. */
void decoder_buildah_break(struct decoder *);
/* It has ended well, which it does not print of an image without a name. */
void decoder_buildah_good(struct decoder *);
/* podman's chunked JSON (POST /build), which holds the same text. */
struct decoder *decoder_podman_new(const struct recipe *, const struct engine_sink *);
void decoder_free(struct decoder *);
OWN_DEFINE(decoder)

/* false: nothing more can be made of the stream. */
static inline bool decoder_feed(struct decoder *d, struct str bytes, struct error *err)
{
	return d->ops->feed(d, 1, bytes, err);
}

static inline bool decoder_feed_stream(struct decoder *d, int stream, struct str bytes,
                                       struct error *err)
{
	return d->ops->feed(d, stream, bytes, err);
}

static inline bool decoder_end(struct decoder *d, struct error *err)
{
	return d->ops->end(d, err);
}

/* For decoders: the start of every one. */
void decoder_init(struct decoder *, const struct decoder_ops *, const struct recipe *,
                  const struct engine_sink *);
void decoder_finish(struct decoder *);
/* Notes the engine's word of failure and what can be read from it (exit code). */
void decoder_fail(struct decoder *, struct str message);
/* Notes what failed; the first one stays. */
void decoder_fail_at(struct decoder *, int instruction, struct str name);
void decoder_warn(const struct decoder *, struct str text);

#endif
