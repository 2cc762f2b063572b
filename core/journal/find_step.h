#ifndef CORE_JOURNAL_FIND_STEP_H
#define CORE_JOURNAL_FIND_STEP_H

#include "core/journal/build.h"

/* STEP of a command line: an index as the journal has it, or a part of a step's text that
 * only one step has.  ERROR_USAGE says which there are. */
bool build_find_step(const struct build *, const char *step, int *ret_step, struct error *err);

#endif
