#include "core/engine/blame.h"

#include "core/engine/base64.h"
#include "core/engine/stream.h"
#include "core/ext/pb_control.h"
#include "core/recipe/insert.h"
#include "core/value/json.h"

/* A line number beyond is none. */
enum { BLAME_LINE_MAX = 1000000 };

static unsigned blame_number(const struct value *v, unsigned max)
{
	unsigned long long n;
	if (!v || value_type(v) != VALUE_INTEGER || !str_number(value_text(v), max, &n))
		return 0;
	return (unsigned)n;
}

static const struct value *blame_member(const struct value *object, const char *name)
{
	return object && value_type(object) == VALUE_OBJECT ? value_get(object, str_of(name)) : NULL;
}

static void blame_lines(struct blame *b, struct str text, unsigned first, unsigned last)
{
	struct str line;
	for (unsigned n = 1; n <= last && str_next(&text, '\n', &line); n++) {
		if (n < first)
			continue;
		if (b->text.n)
			buf_append_char(&b->text, '\n');
		buf_append(&b->text, str_slice(line, 0, BLAME_TEXT_MAX));
		if (b->text.n >= BLAME_TEXT_MAX)
			return;
	}
}

/* {"info": {"filename", "data"}, "ranges": [{"start": {"line"}, "end": {"line"}}]}; a chain
 * of errors may have several, of which the first is the innermost. */
static void blame_source(struct blame *b, const struct value *v)
{
	const struct value *info = blame_member(v, "info"), *data = blame_member(info, "data");
	const struct value *ranges = blame_member(v, "ranges");
	const struct value *range =
		ranges && value_type(ranges) == VALUE_ARRAY ? value_child(ranges) : NULL;
	unsigned first = blame_number(blame_member(blame_member(range, "start"), "line"),
	                              BLAME_LINE_MAX);
	unsigned last = blame_number(blame_member(blame_member(range, "end"), "line"),
	                             BLAME_LINE_MAX);
	owned_buf struct buf text = { 0 };
	if (!first || b->line)
		return;
	b->line = first;
	buf_append(&b->file, info ? stream_text(info, "filename") : (struct str){ 0 });
	if (data && value_type(data) == VALUE_STRING && base64_decode(&text, value_text(data)))
		blame_lines(b, buf_str(&text), first, last > first ? last : first);
}

static void blame_detail(struct blame *b, const struct pb_detail *d)
{
	owned(arena) struct arena *a = arena_new();
	const struct value *v;
	struct error ignored = { 0 };
	if (!str_has_suffix(d->type, STR("+json")) || !value_parse_json(a, d->bytes, &v, &ignored) ||
	    value_type(v) != VALUE_OBJECT)
		return;
	if (str_has_suffix(d->type, STR("errdefs.Source+json"))) {
		blame_source(b, v);
	} else if (str_has_suffix(d->type, STR("errdefs.Vertex+json"))) {
		buf_clear(&b->digest);
		buf_append(&b->digest, stream_text(v, "digest"));
	} else if (str_has_suffix(d->type, STR("ExitMessage+json"))) {
		const struct value *code = blame_member(v, "Code");
		unsigned n = blame_number(code, 255);
		if (n)
			b->exit_code = (int)n;
	}
}

void blame_read(struct blame *ret_blame, struct str details)
{
	owned(arena) struct arena *a = arena_new();
	struct pb_details all;
	struct error ignored = { 0 };
	*ret_blame = (struct blame){ .exit_code = -1 };
	if (!details.n || !pb_details_parse(a, details, &all, &ignored))
		return;
	for (size_t i = 0; i < all.n; i++)
		blame_detail(ret_blame, &all.all[i]);
}

void blame_finish(struct blame *b)
{
	buf_finish(&b->digest);
	buf_finish(&b->file);
	buf_finish(&b->text);
}

/* The instruction of ours at that line, when the text there is ours; else -1. */
static int blame_instruction(const struct recipe *r, const struct blame *b)
{
	unsigned line = r ? recipe_file_line(r, b->line) : 0;
	for (size_t i = 0; r && i < r->ninstructions; i++) {
		const struct instruction *in = &r->instructions[i];
		if (line < in->first_line || line > in->last_line)
			continue;
		struct str text = str_trim(buf_str(&b->text));
		return text.n && str_find_str(in->text, text) != STR_NONE ? (int)i : -1;
	}
	return -1;
}

void blame_tell(const struct blame *b, struct decoder *d)
{
	struct decoder_result *r = &d->result;
	if (b->digest.n)
		decoder_trace_blame(d, buf_str(&b->digest));
	if (b->exit_code >= 0 && r->exit_code < 0)
		r->exit_code = b->exit_code;
	if (!b->line)
		return;
	if (r->failed < 0)
		r->failed = blame_instruction(d->recipe, b);
	r->failed_line = d->recipe ? recipe_file_line(d->recipe, b->line) : b->line;
	buf_clear(&r->failed_text);
	buf_append(&r->failed_text, buf_str(&b->text));
}
