#ifndef TUI_DOCKERFILE_INSIDE_H
#define TUI_DOCKERFILE_INSIDE_H

#include "tui/dockerfile.h"

/* Private to dockerfile*.c. */

/* In dockerfile_rows.c: rows, boundary and values of the image's Dockerfile, in the arena. */
void dockerfile_read(struct dockerfile *, const struct image_task *);
/* In dockerfile_fill.c: the rows' texts with values in them, once. */
void dockerfile_put_values(struct dockerfile *);

#endif
