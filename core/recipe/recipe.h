#ifndef CORE_RECIPE_RECIPE_H
#define CORE_RECIPE_RECIPE_H

#include "core/value/value.h"

/* A Dockerfile as instructions that know what caused them. */

enum instruction_kind {
#define INSTRUCTION(id, keyword, layer) INSTRUCTION_##id,
#include "core/recipe/instruction.def"
#undef INSTRUCTION
	INSTRUCTION_UNKNOWN,
};

/* "FROM"; NULL for INSTRUCTION_UNKNOWN. */
const char *instruction_keyword(enum instruction_kind);
/* True for what makes a layer or runs something (BuildKit's k/n counts it). */
bool instruction_makes_layer(enum instruction_kind);

enum instruction_form { FORM_SHELL, FORM_EXEC };

struct heredoc {
	struct str name, text;          /* text without the closing line */
	bool expand, strip_tabs;        /* <<EOF against <<'EOF'; <<-EOF */
};

/* One parse for lint, read and forecast. */
struct instruction_parts {
	struct str keyword;             /* as written */
	const struct pair *flags;       /* --mount=x: {mount, x}; without =: value.p NULL */
	size_t nflags;
	const struct str *args;         /* words; shell form: one, the whole command */
	size_t nargs;
	enum instruction_form form;
	const struct heredoc *heredocs;
	size_t nheredocs;
};

struct instruction {
	enum instruction_kind kind;
	struct str text;                /* as sent, heredocs included, no final newline */
	unsigned first_line, last_line; /* in the recipe's text, from 1 */
	int stage, group;               /* -1: before FROM; no group */
	struct span at;                 /* where it was parsed; source NULL when derived */
	const struct value *const *causes;      /* several: PYTHONPATH comes from many settings */
	size_t ncauses;
	const struct instruction_parts *parts;
};

struct stage {
	struct str name, base;          /* name p NULL: unnamed */
	int from;                       /* a stage, or -1: an image */
	unsigned first, count;          /* instructions, FROM included */
	bool reachable;                 /* the target needs it */
};

struct recipe {
	struct arena *arena;            /* owned */
	struct str text;
	const struct instruction *instructions;
	size_t ninstructions;
	const struct stage *stages;
	size_t nstages;
	const char *const *groups;      /* names of the groups, e.g. PESTO's "step 0: pip" */
	size_t ngroups;
	char escape;                    /* '\\' or '`' */
};
void recipe_free(struct recipe *);
OWN_DEFINE(recipe)

/* Parses a Dockerfile; the recipe borrows the source.  NULL when it cannot be
 * one (errors in problems, with line and column).  target: a stage's name or
 * number that decides what is reachable; NULL or "": the last one. */
struct recipe *recipe_parse(const struct source *, struct str target, struct problems *);
/* For instructions that were made, not read: parses their own text to fill parts,
 * in the arena; false when the text is not one whole instruction. */
bool recipe_parse_instruction(struct arena *, struct str text, struct instruction *ret_instruction,
                              struct error *);

/* Makes a recipe from instructions one after the other.  Text and causes are
 * copied; lines, stages and parts are filled in by recipe_builder_done.  A text
 * that is not exactly one instruction is a CHECK. */
struct recipe_builder;
struct recipe_builder *recipe_builder_new(void);
void recipe_builder_free(struct recipe_builder *);
OWN_DEFINE(recipe_builder)
/* Sets the group of what follows; -1 none.  Names are kept in order of first use. */
void recipe_builder_group(struct recipe_builder *, int group, const char *name);
/* A comment line before what follows ("# …"), for people. */
void recipe_builder_comment(struct recipe_builder *, const char *text);
void recipe_builder_add(struct recipe_builder *, const struct value *const *causes, size_t ncauses,
                        const char *fmt, ...) __attribute__((format(printf, 4, 5)));
/* The recipe; the builder is empty afterwards. */
struct recipe *recipe_builder_done(struct recipe_builder *);

/* How engines count (INTERFACES, the table below "Plan and engines"). */
enum numbering { NUMBERING_BUILDKIT, NUMBERING_CLASSIC, NUMBERING_BUILDAH };
/* The instruction that an engine calls step `ordinal` (from 1) of `stage` (its
 * name or number as that engine prints it; empty: the only one or, for
 * NUMBERING_CLASSIC, the whole file), or -1. */
int recipe_find(const struct recipe *, enum numbering, struct str stage, unsigned ordinal);
/* The reverse: its ordinal and the total as that engine prints them; false when
 * that engine does not count it. */
bool recipe_number(const struct recipe *, enum numbering, int instruction, unsigned *ret_ordinal,
                   unsigned *ret_total);
/* The name BuildKit gives a stage: its AS name, or "stage-N". */
void recipe_stage_name(const struct recipe *, int stage, struct buf *);

#endif
