#ifndef TUI_DOCTOR_H
#define TUI_DOCTOR_H

#include "core/job/job.h"
#include "tui/term.h"

/* mortar doctor: its document (core/job/doctor.h) asked for, completed and shown. */

/* Calls done once, from the loop, with the document (lent for the call) or why there is
 * none.  engine: as --engine, or NULL.  Freeing the worker ends it without a word. */
typedef void doctor_fn(void *data, const struct value *document, const struct error *);
struct doctor_request;
struct doctor_request *doctor_start(struct loop *, const char *engine, const struct term_facts *,
                                    doctor_fn *, void *data, struct error *);
void doctor_request_free(struct doctor_request *);
OWN_DEFINE(doctor_request)

/* Lines of at most `columns` columns where words allow it; is_popup: heads are marked as
 * popup_new_text wants them. */
void doctor_write_text(struct buf *, const struct value *document, size_t columns, bool is_popup);

#endif
