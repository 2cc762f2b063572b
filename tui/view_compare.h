#ifndef TUI_VIEW_COMPARE_H
#define TUI_VIEW_COMPARE_H

#include "tui/view.h"

/* Two builds side by side: what differs, and one line that explains the difference in time.
 * What is compared is asked of workers; images only when the user says so. */

/* Folders of builds, copied.  dir_a NULL: the build before dir_b, of the same project and,
 * if there is one, the same profiles. */
struct view *view_compare_new(const char *dir_a, const char *dir_b);

#endif
