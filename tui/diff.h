#ifndef TUI_DIFF_H
#define TUI_DIFF_H

#include "core/base/sequence.h"
#include "core/kind/side.h"
#include "core/value/compare.h"
#include "tui/project.h"

/* What a project is, with this selection, against another selection or a git revision:
 * its documents and its Dockerfile.  Screen and command share it. */
enum diff_kind { DIFF_BASE, DIFF_PROFILES, DIFF_REVISION };
struct diff_against {
	enum diff_kind kind;
	const char *const *profiles;    /* PROFILES: in order; none for BASE */
	size_t nprofiles;
	const char *revision;           /* REVISION: as git rev-parse takes it */
};

/* base, head, profiles=P1,P2 or rev=REVISION; the arena keeps its parts. */
bool diff_parse_against(struct arena *, struct str text, struct diff_against *ret_against,
                        struct error *);
/* Blanks and commas part them. */
void diff_parse_profiles(struct arena *, struct str text, struct diff_against *ret_against);
/* Appends "base", "gpu+stateful", "git HEAD". */
void diff_append_against(struct buf *, const struct diff_against *);
/* The project's selection with the other one's profiles; lent parts of both. */
struct selection diff_selection(const struct project *, const struct diff_against *);

struct diff_document {
	const char *path;
	const struct document *before, *after;  /* NULL: that side has none of this path */
	bool unreadable_before, unreadable_after;       /* an error: not compared */
	struct comparison comparison;
};

struct diff {
	struct arena *arena;
	struct diff_document *documents;
	size_t ndocuments;
	size_t ndifferent;              /* documents that differ */
	/* The Dockerfiles; a side without one (errors) has none to be compared. */
	struct str before, after;       /* p NULL: none */
	struct sequence_lines lines;
	size_t gone, come;              /* lines */
	struct str fault;               /* the first error on the other side; p NULL: none */
};

/* Compares the other side with the project as it was read last; borrows both until they
 * are read again.  {0} is an empty diff. */
void diff_make(struct diff *, const struct side *before, const struct project *);
void diff_finish(struct diff *);
bool diff_is_empty(const struct diff *);

/* The document of `mortar diff --json`, in the arena.  config, dockerfile: which parts. */
struct value *diff_describe(struct arena *, const struct diff *, const struct diff_against *,
                            const struct project *, bool config, bool dockerfile);

#endif
