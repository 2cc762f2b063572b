#ifndef CORE_KIND_POETRY_CHOICE_H
#define CORE_KIND_POETRY_CHOICE_H

#include "core/config/settings.h"
#include "core/kind/poetry_lock.h"

/* What a derived build is made with: [poetry] of the project's .mortar.toml, the profiles of
 * the selection, and for the rest what lock and pyproject.toml say.  Everything in the arena
 * it was read into. */

/* A text and where it comes from. */
struct poetry_choice {
	struct str text;
	const struct value *cause;      /* NULL: nothing says it, it is our default */
};

enum poetry_pick { POETRY_EXTRA, POETRY_GROUP };
/* An extra or a group that is installed beside the main dependencies. */
struct poetry_picked {
	enum poetry_pick what;
	struct str name;                /* as the project has it */
	const struct value *cause;      /* where it is declared */
	const struct value *chosen_by;  /* of [poetry]; NULL: a profile */
};

struct poetry_choices {
	struct poetry_choice poetry;    /* the version: "1.8.5" */
	bool poetry_in_image;           /* poetry = "image": the builder's base has it already */
	struct poetry_choice python;    /* "3.11"; n 0 where base images say it */
	struct poetry_choice builder, runtime;  /* base images */
	struct poetry_choice user;      /* "10001:10001" */
	const struct str *command;      /* of CMD; NULL: none is known */
	size_t ncommand;
	const struct value *command_cause;      /* or NULL */
	bool no_cache_mounts;           /* cache-mounts = false */
	const struct value *cache_mounts_cause;
	const struct poetry_picked *picked;     /* extras first, each once */
	size_t npicked;
};

/* Rules of what is told: "poetry-settings" for [poetry] itself, "profile" for names that
 * are neither extra nor group, "poetry-python" where no Python fits.  table: [poetry] or
 * NULL; lock: or NULL. */
void poetry_choices_read(struct arena *, const struct poetry_project *, const struct poetry_lock *,
                         const struct value *table, const struct selection *,
                         struct problems *, struct poetry_choices *ret_choices);

/* Names that select something, sorted: extras and groups but main; a name that is both
 * stands as extra:NAME and group:NAME. */
size_t poetry_profiles(struct arena *, const struct poetry_project *,
                       const char *const **ret_profiles);
/* What a profile selects, "slim", "extra:slim" or "group:dev"; false: nothing, or both. */
bool poetry_profile_find(const struct poetry_project *, struct str profile,
                         struct poetry_picked *ret_picked);

#endif
