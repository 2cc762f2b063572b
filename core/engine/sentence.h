#ifndef CORE_ENGINE_SENTENCE_H
#define CORE_ENGINE_SENTENCE_H

#include "core/engine/decoder.h"

/* Engines tell of a failure in chains of wrapped errors.  Here they become one
 * sentence: what failed, where in the Dockerfile, why. */

/* Of a build that failed: ERROR_CANCELLED, else ERROR_BUILD. */
void sentence_of_build(const struct recipe *, const struct decoder_result *, struct error *ret_err);
/* Of an answer of 400 or more with its body (ERROR_REFUSED, for a Dockerfile that
 * cannot be one ERROR_BUILD). */
void sentence_of_refusal(int status, struct str body, struct error *ret_err);
/* What the command ended with when the message tells (dockerd's "exit code: 7" and
 * "non-zero code: 7", buildah's "exit status 7"), else -1. */
int sentence_exit_code(struct str message);
/* The engine's word without what every message of its kind begins with. */
struct str sentence_reason(struct str message);
/* Whether a line of a client reads as its last word on a build that failed. */
bool sentence_is_failure(struct str line);
/* "docker.io/library/foo:1" as people write it: "foo:1". */
struct str sentence_image(struct str reference);

#endif
