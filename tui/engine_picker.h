#ifndef TUI_ENGINE_PICKER_H
#define TUI_ENGINE_PICKER_H

#include "core/job/engine_list.h"
#include "tui/popup.h"
#include "tui/project.h"

/* The engines there are, with health, version, disk and builds that run there: one is
 * picked for this project, until mortar is left or for good. */
struct popup *engine_picker_new(struct loop *, struct project *);

/* "ok", ".." awaited, "--" silent: a state in a form that is no colour. */
const char *engine_row_sign(const struct engine_row *);
/* Appends "dockerd 20.10.24 buildkit"; "40.1 GiB free, 2.1 GiB used"; "2 builds".  Nothing
 * where nothing is known. */
void engine_row_append_product(struct buf *, const struct engine_row *);
void engine_row_append_disk(struct buf *, const struct engine_row *);
void engine_row_append_builds(struct buf *, const struct engine_row *);

#endif
