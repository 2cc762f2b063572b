#include "core/ext/yaml.h"

#include <yaml.h>

#include "core/base/check.h"
#include "core/base/utf8.h"

struct yaml_text {
	yaml_parser_t parser;
	yaml_event_t event;             /* what is lent */
	struct str text;
	size_t begin;                   /* behind a byte order mark, which libyaml would count */
	/* Where character number `index` stands.  Marks of events grow nearly always, so each is
	 * looked for from the last one on. */
	size_t index, at;
	unsigned depth;
	bool flows[YAML_DEPTH_MAX];
};

struct yaml_text *yaml_text_new(struct str text)
{
	struct yaml_text *y = xcalloc(1, sizeof *y);
	CHECK(yaml_parser_initialize(&y->parser));
	y->text = text;
	y->begin = y->at = str_has_prefix(text, STR("\xef\xbb\xbf")) ? 3 : 0;
	yaml_parser_set_encoding(&y->parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&y->parser, (const unsigned char *)(text.p ? text.p : "") + y->at,
	                             text.n - y->at);
	return y;
}

void yaml_text_free(struct yaml_text *y)
{
	if (!y)
		return;
	yaml_event_delete(&y->event);
	yaml_parser_delete(&y->parser);
	free(y);
}

static bool yaml_is_tail(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

static size_t yaml_byte(struct yaml_text *y, size_t index)
{
	for (; y->index < index && y->at < y->text.n; y->index++)
		do
			y->at++;
		while (y->at < y->text.n && yaml_is_tail(y->text.p[y->at]));
	for (; y->index > index && y->at > 0; y->index--)
		do
			y->at--;
		while (y->at > 0 && yaml_is_tail(y->text.p[y->at]));
	return y->at;
}

static bool yaml_fail(struct yaml_text *y, size_t *ret_at, struct error *err)
{
	const yaml_parser_t *p = &y->parser;
	const char *problem = p->problem ? p->problem : "it is too large";
	if (p->error == YAML_READER_ERROR)
		*ret_at = y->begin + p->problem_offset;
	else
		*ret_at = yaml_byte(y, p->problem_mark.index);
	if (p->context && p->context_mark.line != p->problem_mark.line)
		return error_set(err, ERROR_SYNTAX, "%s (%s that begins on line %zu)", problem,
		                 p->context, p->context_mark.line + 1);
	return error_set(err, ERROR_SYNTAX, "%s%s%s%s", problem, p->context ? " (" : "",
	                 p->context ? p->context : "", p->context ? ")" : "");
}

static struct str yaml_str(const yaml_char_t *text)
{
	return str_of((const char *)text);
}

static void yaml_open(struct yaml_text *y, struct yaml_event *e, const yaml_char_t *anchor,
                      const yaml_char_t *tag, bool is_flow)
{
	e->anchor = yaml_str(anchor);
	e->tag = yaml_str(tag);
	e->is_flow = is_flow;
	y->flows[y->depth++] = is_flow;
}

/* Whether it is one that is told. */
static bool yaml_take(struct yaml_text *y, struct yaml_event *e)
{
	const yaml_event_t *l = &y->event;
	switch (l->type) {
	case YAML_DOCUMENT_START_EVENT:
		e->kind = YAML_EVENT_DOCUMENT;
		if (l->data.document_start.version_directive) {
			e->major = (unsigned)l->data.document_start.version_directive->major;
			e->minor = (unsigned)l->data.document_start.version_directive->minor;
		}
		return true;
	case YAML_DOCUMENT_END_EVENT:
		e->kind = YAML_EVENT_DOCUMENT_END;
		return true;
	case YAML_ALIAS_EVENT:
		e->kind = YAML_EVENT_ALIAS;
		e->anchor = yaml_str(l->data.alias.anchor);
		return true;
	case YAML_SCALAR_EVENT:
		e->kind = YAML_EVENT_SCALAR;
		e->anchor = yaml_str(l->data.scalar.anchor);
		e->tag = yaml_str(l->data.scalar.tag);
		e->text = (struct str){ (const char *)l->data.scalar.value, l->data.scalar.length };
		e->is_plain = l->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
		return true;
	case YAML_SEQUENCE_START_EVENT:
		e->kind = YAML_EVENT_SEQUENCE;
		yaml_open(y, e, l->data.sequence_start.anchor, l->data.sequence_start.tag,
		          l->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE);
		return true;
	case YAML_MAPPING_START_EVENT:
		e->kind = YAML_EVENT_MAPPING;
		yaml_open(y, e, l->data.mapping_start.anchor, l->data.mapping_start.tag,
		          l->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE);
		return true;
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		e->kind = YAML_EVENT_CLOSE;
		e->is_flow = y->flows[--y->depth];
		return true;
	case YAML_STREAM_END_EVENT:
		e->kind = YAML_EVENT_END;
		return true;
	default:
		return false;
	}
}

bool yaml_text_next(struct yaml_text *y, struct yaml_event *ret_event, size_t *ret_at,
                    struct error *err)
{
	struct yaml_event e = { 0 };
	do {
		yaml_event_delete(&y->event);
		if (!yaml_parser_parse(&y->parser, &y->event))
			return yaml_fail(y, ret_at, err);
		if (y->depth == YAML_DEPTH_MAX && (y->event.type == YAML_SEQUENCE_START_EVENT ||
		                                   y->event.type == YAML_MAPPING_START_EVENT)) {
			*ret_at = yaml_byte(y, y->event.start_mark.index);
			return error_set(err, ERROR_LIMIT, "this is nested deeper than %d levels",
			                 YAML_DEPTH_MAX);
		}
	} while (!yaml_take(y, &e));
	e.at = yaml_byte(y, y->event.start_mark.index);
	e.size = yaml_byte(y, y->event.end_mark.index) - e.at;
	*ret_event = e;
	return true;
}
