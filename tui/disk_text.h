#ifndef TUI_DISK_TEXT_H
#define TUI_DISK_TEXT_H

#include "core/job/disk.h"

/* An engine's disk and a prune of it as lines of text, for the command line and popups. */

/* "dockerd 20.10.24 at unix:///var/run/docker.sock" */
void disk_text_engine(struct buf *, const struct value *engine);
/* A line a kind, and with all a line a thing. */
void disk_text_listing(struct buf *, const struct disk_listing *, bool all);
/* What goes, at most so many of a kind, what stays, how much that is and what it costs.
 * is_popup: heads are marked as popup_new_text wants them. */
void disk_text_preview(struct buf *, const struct disk_preview *, size_t most, bool is_popup);
/* "removed 12 things, 1.2 GiB; 1 was refused" */
void disk_text_result(struct buf *, const struct disk_result *);
/* What a thing is called where there is little room: its name, else the first of its id. */
void disk_text_name(struct buf *, enum disk_kind, const char *name, const char *id,
                    const char *state);

#endif
