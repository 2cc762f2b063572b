#ifndef TUI_PROJECT_OPTIONS_INSIDE_H
#define TUI_PROJECT_OPTIONS_INSIDE_H

#include "core/plan/spec.h"

/* Shared by project_options.c and project_options_build.c. */

enum { OPTIONS_MAX = 256 };

struct options {
	struct arena *arena;
	struct pair *pairs;
	size_t n;
};

bool options_add(struct options *, const char *name, struct str value, struct error *);

/* Options with parts: checked, their paths made absolute, since the job has another working
 * directory; the message names the option. */
typedef bool options_fn(struct options *, const char *name, struct str value, struct error *);
options_fn options_secret, options_ssh, options_host, options_size, options_ulimit, options_word,
	options_cache, options_output, options_attest, options_stages, options_context;
/* What all of them say together is possible. */
bool options_agree(const struct options *, struct error *);

#endif
