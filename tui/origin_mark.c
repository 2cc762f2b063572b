#include "tui/origin_mark.h"

#include "tui/json_text.h"

static bool origin_is_written(const struct value *v)
{
	struct span span = value_span(v);
	return span.source && span.source->text.p;
}

/* The layer whose file the value was read from: the last one, if a profile is
 * selected twice. */
static size_t origin_layer(const struct document *d, const struct value *v)
{
	struct span span = value_span(v);
	for (size_t i = d->nlayers; i-- > 0;)
		if (d->layers[i].active && d->layers[i].value && span.source &&
		    value_span(d->layers[i].value).source == span.source)
			return i;
	return STR_NONE;
}

void origin_find(const struct value *winner, const struct document *document, struct str pointer,
                 struct origin_stack *ret_stack)
{
	struct origin_stack *s = ret_stack;
	size_t layer = document ? origin_layer(document, winner) : STR_NONE;
	s->n = 0;
	s->values[s->n++] = winner;
	if (layer == STR_NONE) {
		const struct value *v = value_under(winner);
		for (; v && s->n < ORIGIN_MAX; v = value_under(v))
			s->values[s->n++] = v;
		return;
	}
	while (layer-- > 0 && s->n < ORIGIN_MAX) {
		const struct layer *l = &document->layers[layer];
		const struct value *v = l->active && l->value ? value_at(l->value, pointer) : NULL;
		if (v)
			s->values[s->n++] = v;
	}
}

struct origin_mark origin_mark(const struct value *v, bool over, const struct selection *selection)
{
	static const uint8_t styles[] = { STYLE_LAYER1, STYLE_LAYER2, STYLE_LAYER3 };
	struct origin_mark mark = { .sign = 'b', .over = over, .ink = INK(BASE) };
	if (!origin_is_written(v))
		return (struct origin_mark){ 'g', over, INK(MADE) };
	const char *profile = value_span(v).source->profile;
	if (!profile)
		return mark;
	mark.sign = '+';
	mark.ink = INK(LAYER3);
	/* A profile given twice counts where it stands last. */
	for (size_t i = 0; i < selection->nprofiles; i++)
		if (strcmp(selection->profiles[i], profile) == 0) {
			mark.sign = i < 9 ? (char)('1' + i) : '+';
			mark.ink.style = styles[i < 3 ? i : 2];
		}
	return mark;
}

void origin_place(struct buf *out, const struct value *v)
{
	struct origin at = value_origin(v);
	const struct source *source = value_span(v).source;
	if (at.path && at.line)
		buf_printf(out, "%s:%u:%u", source->name ? source->name : at.path, at.line, at.column);
	else
		buf_append_text(out, at.path ? at.path : "(generated)");
}

void origin_describe(struct buf *out, const struct origin_stack *stack,
                     const struct selection *selection)
{
	for (size_t i = 0; i < stack->n; i++) {
		const struct value *v = stack->values[i];
		const struct source *source = value_span(v).source;
		buf_printf(out, "%s%c ", i ? "\x02" : "\x01", origin_mark(v, false, selection).sign);
		origin_place(out, v);
		if (source && source->profile)
			buf_printf(out, "  (profile %s)", source->profile);
		buf_append_text(out, "\n    ");
		json_text_short(out, v, 200);
		buf_append_text(out, i ? "  shadowed\n" : stack->n > 1 ? "  wins\n" : "\n");
	}
}
