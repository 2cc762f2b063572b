#ifndef CORE_LINT_OWN_H
#define CORE_LINT_OWN_H

#include "core/lint/lint.h"
#include "core/lint/shell_commands.h"

/* Private: what our rules about Dockerfiles share. */

/* One rule at its work.  Of a recipe that was made, not read, it sees no instruction. */
struct own {
	const struct rule *rule;
	const struct subject *subject;
	struct problems *problems;
	const struct recipe *recipe;
	struct arena *arena;
	/* Of each stage: what it is made from, the image's name, whether the final image has it. */
	int *below;
	struct str *images;
	bool *final;
};
struct own own_open(const struct rule *, const struct subject *, struct problems *);
void own_close(struct own *);
#define owned_own __attribute__((cleanup(own_close)))

/* ---- instructions ---- */

/* The next instruction of that kind from *at on (0 first), which moves behind it. */
const struct instruction *own_next(const struct own *, enum instruction_kind, size_t *at);
size_t own_index(const struct own *, const struct instruction *);
/* Its stage, or NULL before the first FROM. */
const struct stage *own_stage(const struct own *, const struct instruction *);
/* The target needs it: what is found elsewhere is a note. */
bool own_is_reached(const struct own *, const struct instruction *);
/* It makes a layer or a setting of the final image: in the target or a stage it is made from. */
bool own_is_final(const struct own *, const struct instruction *);
bool own_stage_is_final(const struct own *, int stage);
/* The stage that this one is made from with the variables given, or -1 and the image's name. */
int own_base(const struct own *, int stage, struct str *ret_image);
/* The text with variables put in; false: only the build knows some. */
bool own_expand(const struct own *, const struct instruction *, struct str word,
                struct str *ret_text);
/* The value that this variable certainly has there, or {NULL, 0}. */
struct str own_variable(const struct own *, const struct instruction *, struct str name);

/* The value of a flag, {NULL, 0} when it is not there. */
struct str own_flag(const struct instruction *, const char *name);
/* A RUN with --mount=type=…; one whose field has `part` in it (NULL: any). */
bool own_has_mount(const struct own *, const struct instruction *, const char *type,
                   const char *field, const char *part);

/* ---- copies ---- */

/* A COPY or ADD that takes files of the context (not of a stage, not a heredoc). */
bool own_copies_context(const struct instruction *);
/* Its sources are all args but the last. */
size_t own_sources(const struct instruction *);
struct str own_source(const struct own *, const struct instruction *, size_t i);
/* The path in the image that a word of that instruction means, absolute and clean;
 * {NULL, 0}: not known. */
struct str own_path(const struct own *, const struct instruction *, struct str word);
/* The source is the whole context. */
bool own_is_whole(struct str source);
/* It brings code from the context, not only what dependencies are installed from. */
bool own_copies_code(const struct own *, const struct instruction *);
/* The stage that COPY --from names, or -1. */
int own_copies_from(const struct own *, const struct instruction *);
/* The last part of a path. */
struct str own_base_name(struct str path);

/* ---- commands ---- */

struct own_run {
	size_t at;                      /* the next instruction to look at; 0 first */
	const struct instruction *in;
	struct shell_commands commands;
};
/* The next RUN whose text has `part` (NULL: any), its commands read.  What it returned
 * before is lent until the rule ends. */
bool own_next_run(const struct own *, struct own_run *, const char *part);
struct shell_commands own_commands(const struct own *, const struct instruction *);
struct shell_kind own_shell(const struct own *, const struct instruction *);

enum own_tool {
	OWN_APT, OWN_APK, OWN_DNF, OWN_ZYPPER, OWN_PACMAN, OWN_PIP, OWN_POETRY, OWN_UV, OWN_PIPENV,
	OWN_PDM, OWN_NPM, OWN_YARN, OWN_PNPM, OWN_GO, OWN_CARGO, OWN_BUNDLE, OWN_COMPOSER,
	OWN_CONDA, OWN_GEM, OWN_NONE,
};
/* A command that installs something. */
struct own_install {
	enum own_tool tool;
	const struct script_word *verb;  /* "install"; NULL: the program alone is it */
	size_t first;                   /* the argument behind it */
};
bool own_is_install(const struct shell_command *, struct own_install *ret_install);
/* Packages or files that it names, one after the other (*at 0 first), options and what
 * belongs to them left out; NULL: no more. */
const struct script_word *own_next_package(const struct shell_command *,
                                          const struct own_install *, size_t *at);
/* It names only files that were built or brought along, as in pip install dist/x.whl. */
bool own_is_local_install(const struct shell_command *, const struct own_install *);
/* The package's name without version, extras and architecture. */
struct str own_package_name(struct str word);
/* "apt-get install", as it is called there. */
const char *own_command_text(const struct own *, const struct shell_command *,
                             const struct own_install *);

bool own_is_one_of(struct str, const char *const *list);
/* Some command of the RUN is `rm` (or find … -delete) of a path with this part. */
bool own_removes(const struct shell_commands *, const char *part);

/* ---- findings ---- */

struct span own_span(const struct instruction *, uint32_t at, uint32_t end);
struct span own_word_span(const struct instruction *, const struct script_word *);
struct edit own_edit(const struct instruction *, uint32_t at, uint32_t end, struct str text);

#endif
