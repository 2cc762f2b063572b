#ifndef TUI_CMD_HISTORY_H
#define TUI_CMD_HISTORY_H

#include "tui/args.h"

/* Private to cmd_history*.c: what mortar history does, by its first operand. */
int history_export_builds(struct arena *, const struct args *);
int history_import_files(struct arena *, const struct args *);
int history_trend(struct arena *, const struct args *);

/* The folders of the builds named behind the verb, from dirs[1] on.  All are found before
 * the first is touched: a slip of the pen changes nothing. */
bool history_find_builds(const struct args *, const char **dirs, struct error *);

#endif
