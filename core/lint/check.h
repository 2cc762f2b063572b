#ifndef CORE_LINT_CHECK_H
#define CORE_LINT_CHECK_H

#include "core/lint/lint.h"
#include "core/recipe/values.h"

/* What BuildKit's rules share.  Inside lint/ only.  Their names and messages are
 * BuildKit's, word for word; a finding stands where the word stands that it is about. */

/* Where a finding is, and what mends it. */
struct check_place {
	size_t instruction;
	struct span at;                 /* source NULL: the instruction, or what caused it */
	const struct edit *fix;
	size_t nfix;
	bool is_doubtful;               /* a note: what nobody knows here may make it right */
};
/* Where a target was named, a note on what it does not need. */
void check_tell(const struct rule *, const struct subject *, struct problems *,
                const struct check_place *, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));

/* True: there is a file whose text can be looked at. */
bool check_has_text(const struct subject *);

/* An option of the main image's task; n 0: there is none. */
struct str check_option(const struct subject *, const char *name);

/* How Go's %q writes it: in double quotes. */
void check_append_quoted(struct buf *, struct str);
bool check_is_lower(struct str), check_is_upper(struct str);
/* With ASCII letters in lower or upper case, in the arena. */
struct str check_lower(struct arena *, struct str), check_upper(struct arena *, struct str);

/* The name behind AS, as written; p NULL: none. */
struct str check_stage_name(const struct instruction *from);
/* The value of the flag and where all of it stands; p NULL: there is none. */
struct str check_flag(const struct instruction *, struct str name, struct span *ret_at);
/* The last comment above it that may be its description; p NULL: none. */
struct str check_comment(struct arena *, const struct recipe *, size_t instruction);
/* Appends the text in double quotes, as ENV and LABEL take it literally. */
void check_append_literal(struct buf *, struct str text, char escape);

#define CHECK_RULE(name) \
	void check_##name(const struct rule *, const struct subject *, struct problems *)
CHECK_RULE(stage_name_casing);
CHECK_RULE(from_as_casing);
CHECK_RULE(empty_continuation);
CHECK_RULE(instruction_casing);
CHECK_RULE(duplicate_stage);
CHECK_RULE(reserved_stage);
CHECK_RULE(json_args);
CHECK_RULE(maintainer);
CHECK_RULE(undefined_from);
CHECK_RULE(relative_workdir);
CHECK_RULE(undefined_variable);
CHECK_RULE(multiple_instructions);
CHECK_RULE(legacy_pairs);
CHECK_RULE(base_platform);
CHECK_RULE(redundant_platform);
CHECK_RULE(secrets);
CHECK_RULE(default_from);
CHECK_RULE(const_platform);
CHECK_RULE(copy_ignored);
CHECK_RULE(description);
CHECK_RULE(expose_casing);
CHECK_RULE(expose_format);
#undef CHECK_RULE

#endif
