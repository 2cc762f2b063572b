#ifndef TUI_PROFILE_PICKER_H
#define TUI_PROFILE_PICKER_H

#include "tui/popup.h"
#include "tui/project.h"

/* The popup of `p`: which profiles, in which order, and the merge rule.  Enter
 * applies them to the project and has it read again. */
struct popup *profile_picker_new(struct project *);

/* The same to choose profiles for something else: Enter hands them over, in their order,
 * and the project stays as it is.  title is lent; data must live as long as the view
 * beneath. */
typedef void profile_picker_fn(void *data, const char *const *profiles, size_t n);
struct popup *profile_picker_ask(struct project *, const char *title, profile_picker_fn *chosen,
                                 void *data);

#endif
