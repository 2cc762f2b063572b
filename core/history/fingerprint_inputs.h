#ifndef CORE_HISTORY_FINGERPRINT_INPUTS_H
#define CORE_HISTORY_FINGERPRINT_INPUTS_H

#include "core/base/map.h"
#include "core/history/fingerprint_files.h"

/* Private to fingerprints: all that can be seen of what a stage's commands make a path
 * from, sorted by how surely it counts.  Sets work, certain and inputs of the source, whose
 * path is that, and whose link has a hand in it. */
void fingerprint_inputs(struct fingerprint_files *, const struct fingerprint_chain *,
                        const struct fingerprint_subject *, struct str path,
                        struct fingerprint_source *);

/* ---- private to fingerprint_inputs*.c ---- */
/* The words of commands that may be names of files or variables. */
struct inputs_words {
	struct map words;               /* the last part of each path */
	struct str *patterns;           /* those with wildcards */
	size_t npatterns;
	bool all;                       /* "." or "*": whatever there is */
};
/* A command without its comments. */
struct str inputs_command(struct arena *, struct str shell);
void inputs_words_add(struct arena *, struct inputs_words *, struct str text);
void inputs_words_finish(struct inputs_words *);
enum inputs_named { INPUTS_NOT_NAMED, INPUTS_NAMED_DATA, INPUTS_NAMED };
/* A file of the context: DATA is a text that no interpreter would run, by its own name. */
enum inputs_named inputs_words_name(const struct inputs_words *, const char *path);

#endif
