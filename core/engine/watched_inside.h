#ifndef CORE_ENGINE_WATCHED_INSIDE_H
#define CORE_ENGINE_WATCHED_INSIDE_H

#include "core/base/map.h"
#include "core/engine/decoder.h"
#include "core/engine/linewise.h"
#include "core/engine/watched.h"

/* What watch.c (which decoder gets a line) and watched_steps.c (what its reports mean)
 * share.  One output may hold several builds: each is a section with a decoder of its
 * own, and the steps of all are told as those of one. */

enum { WATCHED_IMAGES = 16 };

struct watched_step {
	uint64_t key;                   /* as told */
	struct str stage, text;
	unsigned ordinal, total;
	bool is_step, is_from, is_export;
	bool started, ended, fetched;
};

struct watched_stage {
	bool done;                      /* its last step has ended well */
};

struct watched {
	const struct engine_sink *sink;
	enum watched_form form;           /* as asked, then as recognised */
	bool asked;
	struct linewise lines;
	struct arena *arena;
	bool own_told, drawn, in_warnings;
	/* the section */
	enum watched_form section_form;   /* never WATCHED_COMPOSE */
	struct decoder *decoder;        /* NULL: nothing recognised in it yet */
	struct engine_sink inner;
	uint64_t section;               /* its number; part of its keys */
	struct str service;             /* n 0: none */
	struct str stage;               /* of the classic builder and buildah: where we are */
	unsigned nfroms;
	struct map steps, stages;       /* by the decoder's key; by name */
	bool exported;
	size_t nopen;
	struct buf said;                /* a last word of failure, since the last step's */
	struct str failed_text, failed_error;   /* of the first step that failed */
	bool cancelled;
	/* all of it */
	size_t nsections;
	struct str images[WATCHED_IMAGES];
	size_t nimages;
	struct str image_id;
	bool failed;
	struct watched_result result;
};

/* The sink of the section's decoder. */
struct engine_sink watched_steps_sink(struct watched *);
/* A line that is no step's: into the log of "output", and looked at. */
void watched_own(struct watched *, struct str line);
void watched_name_image(struct watched *, struct str reference);
/* All that has begun has ended, and the last of every stage, or an export, was there. */
bool watched_is_complete(const struct watched *);
/* The section's output has ended. */
void watched_close(struct watched *);

#endif
