#ifndef CORE_HISTORY_LOSS_H
#define CORE_HISTORY_LOSS_H

#include "core/history/forecast_store.h"
#include "core/history/list.h"

/* What builds lose when things go from an engine's disk: steps that run anew then, base images
 * that are fetched anew, images that somebody wants to keep.  Told by what builds on that
 * engine have left: their fingerprints and what forecast_store.h knows. */
struct loss_thing {
	bool is_image;                  /* else a record of the build cache */
	struct str id;
	struct str text;                /* of a record: what it says of itself */
	const char *const *names;       /* of an image, NULL-terminated */
	double made;                    /* seconds since the epoch; 0: unknown */
	bool goes;
};

struct loss_project {
	const char *name, *root;
	size_t steps;                   /* distinct ones that it has there, by its last builds */
	size_t lost;                    /* of them: they run anew */
	size_t unknown;                 /* of them: nobody can say what holds them */
	size_t bases;                   /* base images that go */
	double seconds;                 /* that the lost ones usually take; -1: not known */
	bool is_untold;                 /* how that engine's cache decides is not known here */
};
/* Why a thing that goes is worth a second look. */
struct loss_note { size_t thing; const char *text; };

struct loss {
	const struct loss_project *projects;    /* those that lose something, or may */
	size_t nprojects;
	const struct loss_note *notes;
	size_t nnotes;
	/* Keys of the stores that are gone with the things. */
	struct loss_keys { struct str engine, daemon, *keys; size_t n; bool all; } *stores;
	size_t nstores;
};

/* In the arena; blocks on the history: for workers.  address: of the engine. */
bool loss_find(struct arena *, const char *address, const struct loss_thing *, size_t n,
               struct loss *ret_loss, struct error *);
/* Things have gone: the next forecast knows. */
bool loss_forget(const struct loss *, struct error *);
/* The time since when a build runs that has not ended; 0: none does. */
double loss_busy_since(const char *address);

/* ---- private, for tests ---- */
/* Which of the things holds a step of BuildKit's that ran then; STR_NONE: none is known to. */
size_t loss_match(const struct loss_thing *, size_t n, struct str step_text, double ran);

#endif
