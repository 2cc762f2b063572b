#ifndef TUI_FOLLOW_PLAIN_H
#define TUI_FOLLOW_PLAIN_H

#include "core/journal/build.h"

/* A build as lines on stderr, for pipes and CI: "#7 [service] RUN …", "#7 0.312
 * output", "#7 CACHED", "#7 DONE 1.2s", "#7 ERROR: …".  Nothing that a build prints
 * can move a cursor or colour a screen: control characters come out as text. */
struct follow_plain;

struct follow_plain *follow_plain_new(void);
void follow_plain_free(struct follow_plain *);
/* Before the event is applied to build. */
void follow_plain_event(struct follow_plain *, const struct build *, struct journal *,
                        const struct event *);
/* The summary, after the last event. */
void follow_plain_end(struct follow_plain *, const struct build *);

#endif
