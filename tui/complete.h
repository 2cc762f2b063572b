#ifndef TUI_COMPLETE_H
#define TUI_COMPLETE_H

#include "core/base/arena.h"
#include "core/base/buf.h"

/* What may stand where somebody is typing: from the tables of commands, options and
 * words, and from what is here (projects, builds, engines by name).  Reads projects and
 * journals, runs nothing, expands nothing. */
enum complete_files {
	COMPLETE_WORDS,                 /* nothing but the candidates */
	COMPLETE_FILES,                 /* file names as well */
	COMPLETE_DIRS,                  /* folders as well */
};
/* words: those after the program's name, the last one up to the cursor ("" for a new
 * one).  Appends a line a candidate that could replace it: the whole word, and behind a
 * tab what it is, if that is known.  None has a control character. */
enum complete_files complete_words(struct arena *, int nwords, char *const *words,
                                   struct buf *candidates);

/* The words of a command line up to the cursor, with quotes and backslashes taken off
 * as a POSIX shell would; variables and commands in it stay as they are written.  At
 * least one, the last one being typed; NULL-terminated, in the arena. */
char *const *complete_split(struct arena *, struct str line, int *ret_nwords);

#endif
