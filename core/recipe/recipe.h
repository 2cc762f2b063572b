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
/* By its keyword in any case. */
enum instruction_kind instruction_find(struct str keyword);

enum instruction_form { FORM_SHELL, FORM_EXEC };

struct heredoc {
	struct str name, text;          /* text without the closing line, its tabs still there */
	bool expand, strip_tabs;        /* <<EOF against <<'EOF'; <<-EOF */
};

/* One parse for lint, read and forecast. */
struct instruction_parts {
	struct str keyword;             /* as written */
	const struct pair *flags;       /* --mount=x: {mount, x}; without =: value.p NULL */
	size_t nflags;
	/* Words as written, quotes and escapes still in them; decoded for the JSON
	 * form; the whole command as one for the shell form.  ENV and LABEL: each
	 * "name=value", or in the old form a name and all the rest.  HEALTHCHECK:
	 * NONE, or CMD and a command.  ONBUILD: none, see trigger. */
	const struct str *args;
	size_t nargs;
	enum instruction_form form;
	const struct heredoc *heredocs; /* ONBUILD has those of its trigger */
	size_t nheredocs;
	enum instruction_kind trigger_kind;
	const struct instruction_parts *trigger;        /* what ONBUILD puts off, or NULL */
	struct span keyword_at;         /* all spans: source NULL when derived */
	const struct span *flags_at;
	const struct span *args_at;     /* the JSON form: each the whole array */
};

struct instruction {
	enum instruction_kind kind;
	struct str text;                /* as sent, heredocs included, no final newline */
	unsigned first_line, last_line; /* in the recipe's text, from 1; 0: see insert.h */
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
	const unsigned *needs;          /* stages it is made from or copies or mounts from, ascending */
	size_t nneeds;
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
	int target;                     /* the stage to be built; -1: there is no stage */
};
void recipe_free(struct recipe *);
OWN_DEFINE(recipe)

/* Larger texts are refused. */
enum { RECIPE_SIZE_MAX = 16 << 20 };

/* Parses a Dockerfile; the recipe borrows the source.  NULL when it cannot be
 * one (errors in problems, with line and column).  Warnings may be in problems
 * beside a recipe.  target: a stage's name or number that decides what is
 * reachable; p NULL or empty: the last one.  A base name takes the defaults of
 * the ARGs before FROM; where only the build knows one, base stays as written. */
struct recipe *recipe_parse(const struct source *, struct str target, struct problems *);
/* Only the text's form, as BuildKit's own parser looks at it: a file without FROM,
 * unknown flags and missing arguments pass; an unknown instruction is a warning
 * and has no args.  For `mortar read`.  NULL when even that fails. */
struct recipe *recipe_parse_syntax(const struct source *, struct problems *);
/* For instructions that were made, not read: parses a copy of their text to fill
 * parts, in the arena; false when the text is not one whole instruction. */
bool recipe_parse_instruction(struct arena *, struct str text, struct instruction *ret_instruction,
                              struct error *);

/* Makes a recipe from instructions one after the other.  Text and causes are
 * copied; lines, stages and parts are filled in by recipe_builder_done.  A text
 * that is not exactly one instruction is a CHECK there: what comes from outside
 * goes through core/recipe/quote.h first. */
struct recipe_builder;
struct recipe_builder *recipe_builder_new(void);
void recipe_builder_free(struct recipe_builder *);
OWN_DEFINE(recipe_builder)
/* Sets the group of what follows; -1 none.  It is the index of its name in groups. */
void recipe_builder_group(struct recipe_builder *, int group, const char *name);
/* A comment line before what follows ("# …"), for people; control characters
 * become visible text.  As the first line "syntax=…" is a directive. */
void recipe_builder_comment(struct recipe_builder *, const char *text);
void recipe_builder_add(struct recipe_builder *, const struct value *const *causes, size_t ncauses,
                        const char *fmt, ...) __attribute__((format(printf, 4, 5)));
/* What is wanted of it: a stage's name or number, which the recipe has by then.  Else the
 * last stage. */
void recipe_builder_target(struct recipe_builder *, struct str stage);
/* The recipe; the builder is empty afterwards. */
struct recipe *recipe_builder_done(struct recipe_builder *);

/* True for what somebody has to do: an instruction that makes a layer; of FROM one that gets
 * an image, not one that goes on from a stage or from nothing. */
bool recipe_makes_step(const struct recipe *, size_t instruction);

/* How engines count (INTERFACES, the table below "Plan and engines"). */
enum numbering { NUMBERING_BUILDKIT, NUMBERING_CLASSIC, NUMBERING_BUILDAH };
/* The instruction that an engine calls step `ordinal` (from 1) of `stage`, or -1.
 * stage as that engine prints it: NUMBERING_BUILDKIT a name or "stage-N" of
 * "[stage k/n]", NUMBERING_BUILDAH the i of "[i/s] ", both empty when there is
 * no such part; NUMBERING_CLASSIC counts the whole file and looks at no stage.
 * A base image's ONBUILD triggers are in no recipe: engines count them too, so
 * compare the text. */
int recipe_find(const struct recipe *, enum numbering, struct str stage, unsigned ordinal);
/* The reverse: its ordinal and the total as that engine prints them; false when
 * that engine does not announce it. */
bool recipe_number(const struct recipe *, enum numbering, int instruction, unsigned *ret_ordinal,
                   unsigned *ret_total);
/* The name BuildKit gives a stage: its AS name in lower case, or "stage-N". */
void recipe_stage_name(const struct recipe *, int stage, struct buf *);

/* The list of `mortar read --as dockerfile`: one JSON array of {instruction,
 * flags[{name, value}], args, form, heredocs[{name, expand, strip_tabs, text}],
 * first_line, last_line, stage}; ONBUILD has "trigger" with the first five.  A
 * flag without = has the value null.  No final newline. */
void recipe_write_json(struct buf *, const struct recipe *);

#endif
