#include <stdint.h>

#include "core/base/check.h"
#include "core/base/utf8.h"
#include "core/recipe/quote.h"
#include "core/recipe/recipe.h"
#include "core/recipe/stage_graph.h"
#include "core/recipe/values.h"
#include "core/value/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Instructions in order, with text and lines that are those of the source. */
static void check_list(const struct recipe *r)
{
	unsigned line = 0;
	for (size_t i = 0; i < r->ninstructions; i++) {
		const struct instruction *in = &r->instructions[i];
		CHECK(in->first_line > line && in->last_line >= in->first_line);
		CHECK(str_eq(span_text(in->at), in->text) && span_origin(in->at).line == in->first_line);
		line = in->last_line;
		for (size_t k = 0; k < in->parts->nargs; k++)
			CHECK((size_t)in->parts->args_at[k].at + in->parts->args_at[k].size <= r->text.n);
	}
}

/* Between instructions there are comments and blanks alone: what was read can be written. */
static void check_bytes(const struct recipe *r, struct str text)
{
	size_t done = str_has_prefix(text, STR("\xef\xbb\xbf")) ? 3 : 0;
	for (size_t i = 0; i < r->ninstructions; i++) {
		struct span at = r->instructions[i].at;
		struct str gap = str_slice(text, done, at.at - done), line;
		CHECK(at.at >= done);
		while (str_next(&gap, '\n', &line))
			/* Blanks are Unicode's too. */
			CHECK((line = str_trim(line)).n == 0 || line.p[0] == '#' ||
			      (unsigned char)line.p[0] >= 0x80 || line.p[0] == '\v' || line.p[0] == '\f');
		done = (size_t)at.at + at.size;
	}
}

static size_t count_lines(struct str text)
{
	size_t n = 0;
	for (size_t i = 0; i < text.n; i++)
		n += text.p[i] == '\n';
	return n;
}

/* Every use is a variable's text in its instruction, and filled in it has as many lines. */
static void check_values(struct arena *arena, const struct recipe *r)
{
	struct pair args[] = { { STR("A"), STR("x\ny $B \"'") }, { STR("B"), { NULL, 0 } } };
	struct values_given given = { .args = args, .nargs = 2, .platform = "linux/arm64/v8" };
	owned(values) struct values *v = values_new(r, &given);
	CHECK(count_lines(values_recipe_text(v, arena)) == count_lines(r->text));
	for (size_t i = 0; i < r->ninstructions && i < 64; i++) {
		const struct instruction *in = &r->instructions[i];
		struct variable_use *uses;
		size_t n = values_uses(v, (int)i, arena, &uses);
		for (size_t k = 0; k < n; k++) {
			struct str use = span_text(uses[k].at);
			CHECK(uses[k].at.at >= in->at.at &&
			      uses[k].at.at + uses[k].at.size <= in->at.at + in->at.size);
			CHECK(use.n > 1 && use.p[0] == '$' && uses[k].name.n);
		}
		CHECK(count_lines(values_text(v, arena, (int)i)) == count_lines(in->text));
	}
}

/* A row for each stage in order, and nothing that acts on a terminal. */
static void check_graph(struct arena *arena, const struct recipe *r)
{
	const struct stage_row *rows;
	size_t n = stage_graph(arena, r, true, &rows), stages = 0;
	for (size_t i = 0; i < n; i++) {
		CHECK(rows[i].stage < 0 || rows[i].stage == (int)stages);
		stages += rows[i].stage >= 0;
		for (size_t at = 0, size; at < rows[i].text.n; at += size) {
			uint32_t rune = utf8_decode(str_slice(rows[i].text, at, STR_NONE), &size);
			CHECK(rune != UTF8_BAD && !utf8_is_control(rune));
		}
	}
	CHECK(stages == r->nstages);
}

static void check_numbers(const struct recipe *r)
{
	owned_buf struct buf name = { 0 };
	for (size_t i = 0; i < r->ninstructions && i < 64; i++) {
		unsigned k, n;
		for (enum numbering by = NUMBERING_BUILDKIT; by <= NUMBERING_BUILDAH; by++) {
			if (!recipe_number(r, by, (int)i, &k, &n))
				continue;
			buf_clear(&name);
			buf_printf(&name, by == NUMBERING_BUILDKIT ? "stage-%d" : "%d",
			           r->instructions[i].stage + (by == NUMBERING_BUILDAH));
			int found = recipe_find(r, by, buf_str(&name), k);
			/* A stage may bear the name of another's number. */
			CHECK(k >= 1 && k <= n && (found == (int)i || by == NUMBERING_BUILDKIT));
		}
	}
}

/* The value in quotes is one word of one ENV, whatever it was. */
static void check_quoting(struct arena *arena, struct str text)
{
	owned_buf struct buf line = { 0 };
	struct instruction in;
	struct error err;
	buf_append_text(&line, "ENV V=");
	if (!quote_value(&line, text, &err))
		return;
	CHECK(recipe_parse_instruction(arena, buf_str(&line), &in, &err));
	CHECK(in.parts->nargs == 1);
	CHECK(str_eq(str_slice(buf_str(&line), 4, STR_NONE), in.parts->args[0]));
	buf_clear(&line);
	buf_append_text(&line, "RUN echo ");
	CHECK(quote_shell(&line, text, &err));
	CHECK(recipe_parse_instruction(arena, buf_str(&line), &in, &err));
	buf_clear(&line);
	buf_append_text(&line, "COPY ");
	struct str words[] = { text, STR("/x") };
	if (!quote_copy(&line, words, 2, &err))
		return;
	CHECK(recipe_parse_instruction(arena, buf_str(&line), &in, &err));
	CHECK(in.parts->nargs == 2 && in.parts->nflags == 0 && in.parts->nheredocs == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	owned(arena) struct arena *arena = arena_new();
	owned(problems) struct problems *problems = problems_new();
	owned_buf struct buf out = { 0 };
	struct str text = { (const char *)data, size };
	struct source *source = source_new(arena, STR("Dockerfile"), NULL, text);
	struct error err;
	const struct value *list;
	owned(recipe) struct recipe *whole = recipe_parse(source, STR(""), problems);
	CHECK((whole == NULL) == (problems_errors(problems) > 0));
	owned(recipe) struct recipe *syntax = recipe_parse_syntax(source, problems);
	CHECK(syntax || !whole);
	if (whole) {
		check_numbers(whole);
		check_graph(arena, whole);
	}
	if (syntax) {
		check_list(syntax);
		check_bytes(syntax, text);
		check_values(arena, syntax);
		recipe_write_json(&out, syntax);
		CHECK(value_parse_json(arena, buf_str(&out), &list, &err));
	}
	check_quoting(arena, text);
	quote_check_image(text, &err);
	for (size_t i = 0; i < problems_count(problems); i++)
		problem_print(&out, problems_get(problems, i));
	return 0;
}
