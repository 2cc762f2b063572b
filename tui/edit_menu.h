#ifndef TUI_EDIT_MENU_H
#define TUI_EDIT_MENU_H

#include "tui/edit_places.h"
#include "tui/popup.h"

/* The popup that asks into which file an edit goes (title): what each holds now and what
 * will be shown then.  Title, places and head (the edit in a line) live as long as it;
 * chosen is called once, when it has closed: NULL when it was left. */
typedef void edit_menu_fn(void *data, const struct edit_place *place);
struct popup *edit_menu_new(const char *title, const struct edit_places *places,
                            const struct selection *, const char *head,
                            edit_menu_fn *chosen, void *data);

#endif
