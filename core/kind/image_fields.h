#ifndef CORE_KIND_IMAGE_FIELDS_H
#define CORE_KIND_IMAGE_FIELDS_H

#include "core/kind/image_settings.h"

/* Private to image settings: the keys of [image]. */

/* Every key of one layer, each that is wrong told at its place. */
bool image_fields_check(const struct value *layer, struct problems *);
/* The names and forms of [image.profiles]. */
bool image_fields_check_profiles(const struct value *profiles, struct problems *);
/* Fills in all but documents and profiles from the merged [image], whose layers are right;
 * env: .env, or NULL. */
bool image_fields_read(struct arena *, struct files *, const char *root,
                       const struct value *image, const struct value *env, struct problems *,
                       struct image_settings *);
/* Whether the text of the option `secret` is of this id. */
bool image_fields_is_secret(struct str option, struct str id);

#endif
