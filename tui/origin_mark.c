#include "tui/origin_mark.h"

#include "tui/json_text.h"

struct origin_mark origin_mark(const struct value *v, const struct selection *selection)
{
	static const uint8_t styles[] = { STYLE_LAYER1, STYLE_LAYER2, STYLE_LAYER3 };
	struct span span = value_span(v);
	struct origin_mark mark = { .sign = 'b', .over = value_under(v) != NULL, .ink = INK(BASE) };
	if (!span.source || !span.source->text.p)
		return (struct origin_mark){ 'g', mark.over, INK(MADE) };
	if (!span.source->profile)
		return mark;
	/* A profile given twice counts where it stands last. */
	mark.sign = '+';
	mark.ink = INK(LAYER3);
	for (size_t i = 0; i < selection->nprofiles; i++)
		if (strcmp(selection->profiles[i], span.source->profile) == 0) {
			mark.sign = i < 9 ? (char)('1' + i) : '+';
			mark.ink.style = styles[i < 3 ? i : 2];
		}
	return mark;
}

void origin_describe(struct buf *out, const struct value *v, const struct selection *selection)
{
	bool wins = true;
	for (; v; v = value_under(v), wins = false) {
		struct origin_mark mark = origin_mark(v, selection);
		struct origin at = value_origin(v);
		buf_printf(out, "%s%c ", wins ? "\x01" : "\x02", mark.sign);
		if (at.path && at.line)
			buf_printf(out, "%s:%u:%u", at.path, at.line, at.column);
		else
			buf_append_text(out, at.path ? at.path : "(generated)");
		if (at.profile)
			buf_printf(out, " (profile %s)", at.profile);
		buf_append_text(out, "\n    ");
		json_text_short(out, v, 200);
		buf_append_text(out, wins ? "  wins\n" : "  shadowed\n");
	}
}
