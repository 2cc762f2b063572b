#ifndef CORE_KIND_IMAGE_SETTINGS_H
#define CORE_KIND_IMAGE_SETTINGS_H

#include "core/config/settings.h"

/* What a project's files say of the image beside its Dockerfile (docs/dockerfile.md):
 *
 *   .mortar.toml   [image] dockerfile, context, target, platform, build-args, secrets (ids
 *                  alone), labels; [image.profiles.NAME] with the same keys over it
 *   .env           NAME=VALUE, for build-args that [image] names without a value
 *
 * Both come with a clone: nothing here names a command, a secret's source or a place outside
 * of the project, and nothing of mortar's own environment is taken. */
#define IMAGE_SETTINGS_FILE ".mortar.toml"
#define IMAGE_SETTINGS_ENV ".env"

/* In the arena given. */
struct image_settings {
	/* .mortar.toml as [image] comes to be with the selected profiles (an empty object where
	 * there is none), a layer for [image] and one for each profile; then .env, where it is
	 * there, as an object of strings. */
	struct document *documents;
	size_t ndocuments;
	const char *const *profiles;    /* the names under [image.profiles], by bytes */
	size_t nprofiles;
	/* Relative to the project's root, clean, inside of it; NULL: not said. */
	const char *dockerfile, *context;
	const struct value *dockerfile_at, *context_at;         /* where they are said, or NULL */
	/* As the command line's options become them: target, platform, build-arg:N, label:K. */
	const struct pair *options;
	size_t noptions;
	const struct value *const *causes;      /* of each of these options: its setting */
	const char *const *secrets;     /* ids, NULL-terminated */
};

/* Reads both files below root.  Of the selection's profiles those that stand under
 * [image.profiles] count; whether the others are known is the kind's to check
 * (cascade_check_profiles with all that it knows).  What is wrong is in problems, with its
 * place, and left out: false then, with what else there is. */
bool image_settings_read(struct files *, struct arena *, const char *root,
                         const struct selection *, struct problems *,
                         struct image_settings *ret_settings);
/* The selection with the project's options in front of its own; of those that the selection
 * has too (of build arguments and labels: by name) none.  Borrows both; the list is in the
 * arena. */
struct selection image_settings_under(const struct image_settings *, struct arena *,
                                      const struct selection *);
/* The setting behind an option as `image_settings_under` gave it, or NULL: the command
 * line's. */
const struct value *image_settings_cause(const struct image_settings *, const struct selection *,
                                         const char *option);
/* A warning for each secret that [image] names and the selection does not give. */
void image_settings_check_secrets(const struct image_settings *, const struct selection *,
                                  struct problems *);

#endif
