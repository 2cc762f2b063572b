#ifndef TUI_JSON_TEXT_H
#define TUI_JSON_TEXT_H

#include "core/value/json.h"
#include "tui/surface.h"

/* One line of JSON_FILE text in colours.  text: the line without its indent; v:
 * whose line it is, with a key when keyed.  stale: all of it in STYLE_STALE. */
void json_text_draw(struct pen *, struct str text, const struct value *v, bool keyed, bool stale);
/* A value in one line, at most `most` bytes and then "…", for messages and lists. */
void json_text_short(struct buf *, const struct value *, size_t most);

#endif
