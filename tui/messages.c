#include "tui/messages.h"

#include <stdlib.h>

#include "core/base/check.h"
#include "core/os/clock.h"

void messages_finish(struct messages *m)
{
	for (size_t i = 0; i < m->n; i++)
		free(m->all[i].text);
	free(m->all);
	*m = (struct messages){ 0 };
}

static struct message *messages_next(struct messages *m)
{
	if (!m->all)
		m->all = xcalloc(MESSAGES_MAX, sizeof *m->all);
	if (m->n < MESSAGES_MAX)
		return &m->all[m->n++];
	free(m->all[0].text);
	memmove(m->all, m->all + 1, (MESSAGES_MAX - 1) * sizeof *m->all);
	m->forgotten++;
	return &m->all[MESSAGES_MAX - 1];
}

void messages_add(struct messages *m, bool alert, struct str text)
{
	struct message *last = m->n ? &m->all[m->n - 1] : NULL;
	text = str_slice(text, 0, MESSAGES_TEXT_MAX);
	m->said++;
	if (last && last->alert == alert && str_eq(str_of(last->text), text)) {
		last->times++;
		last->t = clock_now();
		return;
	}
	*messages_next(m) = (struct message){ clock_now(), xstrndup(text.n ? text.p : "", text.n), 1,
	                                      alert };
}
