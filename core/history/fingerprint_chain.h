#ifndef CORE_HISTORY_FINGERPRINT_CHAIN_H
#define CORE_HISTORY_FINGERPRINT_CHAIN_H

#include "core/context/stat_cache.h"
#include "core/history/cache_model.h"
#include "core/history/fingerprint.h"
#include "core/plan/plan.h"

/* A build's instructions as an engine's cache compares them: links that stand on one
 * another.  What a link is made from is known from the project; which key it has also
 * hangs on what the engine did before (forecast_store.h). */
struct fingerprint_arg {
	struct str name, value;
	bool is_fresh;                  /* another value in every build */
};

/* What a command may have made a path from. */
enum fingerprint_sight {
	SIGHT_CERTAIN,                  /* it counts: it is copied itself, or the command names it */
	SIGHT_LIKELY,                   /* it counts until it was seen not to */
	SIGHT_UNLIKELY,                 /* it does not until it was seen to */
};
enum { FINGERPRINT_INPUT_SIZE = 16 };
struct fingerprint_input {
	enum fingerprint_sight sight;
	struct str name, value;         /* hashes; the name's first letter is c, l or u as sight */
	const struct fingerprint_source *source;        /* the value is what this is called; or NULL */
};

/* What a link copies or mounts from elsewhere than the context. */
struct fingerprint_source {
	struct str name;                /* "builder:/out", "busybox:/bin/sh" */
	int stage;                      /* -1: an image, named in own */
	int link;                       /* what last had a hand in it; -1: nothing had */
	struct str content;             /* its hash, where no command had a hand in it */
	bool is_mount;
	/* Where commands had a hand in it (work n 0: not so): which ones, and what they saw. */
	struct str work;
	struct str certain;             /* hash of what certainly counts */
	const struct fingerprint_input *inputs; /* the rest, by name */
	size_t ninputs;
	/* By results.h, before the link's key is asked for. */
	struct str given;               /* what stands there is called so; n 0: as the link is */
	bool is_same;                   /* it was given before */
};

struct fingerprint_link {
	struct fingerprint_step step;   /* key, parent and sources' keys: by fingerprint_chain_key */
	const struct instruction *instruction;
	struct str own;                 /* hash of all that it is by itself */
	int stage;
	int parent;                     /* the link it stands on; -1: nothing */
	int base;                       /* FROM an image: into bases; else -1 */
	bool is_through;                /* FROM of a stage or of nothing: nothing of its own */
	bool is_meta;                   /* makes no layer */
	bool is_fresh;                  /* an ARG that it sees has another value in every build */
	const char *destination;        /* of COPY and WORKDIR, from the root; NULL: not known */
	struct fingerprint_source *sources;
	size_t nsources;
	/* By forecast_make: a level runs it whatever the cache has; it is said to be served. */
	bool is_forced, is_hit;
	struct str shape;               /* key but for what sources hold */
	struct str stands;              /* what stands on it calls it so */
};

struct fingerprint_chain {
	const struct cache_model *model;
	const struct recipe *recipe;
	struct fingerprint_link *links; /* a stage's links follow each other, in order */
	size_t n;
	int *last;                      /* a stage's last link, or -1 */
	struct fingerprint_base *bases;
	size_t nbases;
	const struct fingerprint_file *files;
	size_t nfiles;
};

struct fingerprint_subject {
	const struct image_task *image; /* its context scanned, or NULL */
	const struct recipe *recipe;    /* that is sent */
	const struct cache_model *model;
	const struct fingerprint_arg *args;     /* build-args; secrets as their hashes */
	size_t nargs;
	const struct fingerprint_base *bases;   /* ids that are known */
	size_t nbases;
	int (*step)(void *data, int instruction);
	/* The text, or where it holds a secret one that tells nothing of it but changes with
	 * it; in the arena. */
	struct str (*seal)(void *data, struct arena *, struct str text);
	void *data;
	struct stat_cache *digests;
};

/* The images that a build stands on or copies from, ARGs put in; scratch left out. */
const struct fingerprint_base *fingerprint_bases(struct arena *, const struct recipe *,
                                                 const struct fingerprint_arg *, size_t nargs,
                                                 size_t *ret_n);
/* false when a file of the context cannot be read. */
bool fingerprint_chain_make(struct arena *, const struct fingerprint_subject *,
                            struct fingerprint_chain *ret_chain, struct error *);
/* The key of links[i], those before it being known: sets step.key, step.parent, shape, and
 * stands to the key. */
void fingerprint_chain_key(struct arena *, struct fingerprint_chain *, size_t i);
/* What stands there is called so, in keys. */
struct str fingerprint_source_value(const struct fingerprint_chain *,
                                    const struct fingerprint_source *);
/* As it is written down; borrows the chain. */
struct fingerprints fingerprint_chain_write(struct arena *, const struct fingerprint_chain *,
                                            struct str daemon);

/* ---- private to fingerprint_chain*.c ---- */
struct sha256;
/* A part of what is hashed, which no other parts can be mistaken for. */
void fingerprint_hash(struct sha256 *, struct str part);
enum { FINGERPRINT_KEY_SIZE = 32 };     /* hex digits */
struct str fingerprint_hashed(struct arena *, struct sha256 *);

#endif
