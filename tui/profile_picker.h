#ifndef TUI_PROFILE_PICKER_H
#define TUI_PROFILE_PICKER_H

#include "tui/popup.h"
#include "tui/project.h"

/* The popup of `p`: which profiles, in which order, and the merge rule.  Enter
 * applies them to the project and has it read again. */
struct popup *profile_picker_new(struct project *);

#endif
