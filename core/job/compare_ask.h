#ifndef CORE_JOB_COMPARE_ASK_H
#define CORE_JOB_COMPARE_ASK_H

#include "core/base/error.h"
#include "core/os/loop.h"
#include "core/value/value.h"

/* What two builds differ in, asked in workers: the screen reads no whole log, and speaks to
 * no engine. */
struct compare_ask;

/* Called once, from the loop: the document of docs/formats.md, "compare" (of all, of "log"
 * or of "image"), in the arena given; NULL: why it cannot be told. */
typedef void compare_ask_fn(void *data, const struct value *answer, const struct error *why);

/* The folders of two builds; dir_a NULL: the build before, of the same project and, if
 * there is one, the same profiles. */
struct compare_ask *compare_ask_builds(struct loop *, struct arena *, const char *dir_a,
                                       const char *dir_b, compare_ask_fn *, void *data,
                                       struct error *);
/* Their logs, of a step each; -1: of all. */
struct compare_ask *compare_ask_logs(struct loop *, struct arena *, const char *dir_a, int step_a,
                                     const char *dir_b, int step_b, compare_ask_fn *, void *data,
                                     struct error *);
/* Their images, from the engines that built them; NULL with ERROR_MISSING when one of them
 * has none. */
struct compare_ask *compare_ask_images(struct loop *, struct arena *, const char *dir_a,
                                       const char *dir_b, compare_ask_fn *, void *data,
                                       struct error *);
void compare_ask_free(struct compare_ask *);
OWN_DEFINE(compare_ask)

#endif
