#ifndef CORE_HISTORY_FINGERPRINT_H
#define CORE_HISTORY_FINGERPRINT_H

#include <sys/types.h>

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/error.h"

/* What each step of a build was made from, as its engine's cache compares it: the file
 * `fingerprints` in the build's folder.  A file from outside is hostile (history import):
 * reading checks every number. */
struct fingerprint_file {
	struct str path;                /* in the context */
	struct str digest;              /* hex SHA-256 of the content or of the link's target */
	mode_t mode;                    /* type and permission bits */
	uint64_t size;
};

struct fingerprint_base {
	struct str name;                /* as FROM or --from= names it, ARGs put in */
	struct str id;                  /* its id on that engine; n 0: not known */
};

struct fingerprint_step {
	int step;                       /* index into build.start's steps */
	int instruction;                /* index into the recipe that was sent */
	/* Equal keys on one engine: its cache serves the step. */
	struct str key;                 /* hex */
	struct str parent;              /* the key of what it stands on; n 0: nothing */
	struct str text;                /* as the engine compares it */
	const struct pair *args;        /* ARGs and variables that count here; secrets hashed */
	size_t nargs;
	const uint32_t *files;          /* what it copies or mounts from the context: into files */
	size_t nfiles;
	const struct pair *sources;     /* other stages and images that it copies or mounts from:
	                                 * "builder:/out" and the key of what stands there */
	size_t nsources;
};

struct fingerprints {
	struct str engine;              /* "buildkit" */
	struct str daemon;              /* the daemon's own id, or its address */
	const struct fingerprint_base *bases;
	size_t nbases;
	const struct fingerprint_file *files;   /* sorted by path as contexts are */
	size_t nfiles;
	const struct fingerprint_step *steps;   /* ascending by step; those that make layers */
	size_t nsteps;
};

/* More bytes than this are no fingerprints. */
enum { FINGERPRINTS_SIZE_MAX = 256 << 20 };

/* The file's text. */
void fingerprints_write(struct buf *, const struct fingerprints *);
/* All parts borrow the text. */
bool fingerprints_parse(struct arena *, struct str text, struct fingerprints *ret, struct error *);
/* Of a build's folder, in the arena; ERROR_MISSING when there is none. */
bool fingerprints_read(struct arena *, const char *build_dir, struct fingerprints *ret,
                       struct error *);

/* The step with that index of build.start, or NULL. */
const struct fingerprint_step *fingerprints_find(const struct fingerprints *, int step);

#endif
