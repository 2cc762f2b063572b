#include "core/ext/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "core/base/buf.h"
#include "core/base/check.h"
#include "core/ext/regex_ecma.h"

/* A subject that needs more is given up: well under a second, also without JIT. */
enum { REGEX_MATCH_LIMIT = 1000000, REGEX_HEAP_KIB = 16 * 1024 };
enum { REGEX_JIT_STACK_FIRST = 32 * 1024, REGEX_JIT_STACK_MAX = 1024 * 1024 };

struct regex {
	pcre2_code *code;
	pcre2_match_data *data;
	pcre2_match_context *context;
	pcre2_jit_stack *stack;
	size_t overruns;
};

/* A pattern of ours, which is right: whether it matches in the text. */
static bool regex_has(const char *pattern, struct str text)
{
	struct error err;
	owned(regex) struct regex *re = regex_new(str_of(pattern), 0, &err);
	size_t at, size;
	CHECK(re);
	return regex_find(re, text, 0, &at, &size);
}

/* Capital letters that are meant as such: not those of \S, \P{Lu} or (*UTF). */
static bool regex_has_capital(struct str pattern, bool literal)
{
	owned_buf struct buf plain = { 0 };
	if (literal)
		return regex_has("\\p{Lu}", pattern);
	for (size_t i = 0; i < pattern.n; i++) {
		char c = pattern.p[i];
		if (c == '\\' && ++i + 1 < pattern.n && pattern.p[i + 1] == '{') {
			size_t end = str_find(str_slice(pattern, i, pattern.n), '}');
			i = end == STR_NONE ? pattern.n : i + end;
		} else if (c != '\\') {
			buf_append_char(&plain, c);
		}
	}
	return regex_has("(?s)^(?:\\(\\*[A-Z_=0-9]+\\))*+.*\\p{Lu}", buf_str(&plain));
}

/* An ECMA pattern is told by no byte: it has been translated. */
static pcre2_code *regex_compile(struct str pattern, uint32_t options, bool is_ecma,
                                 struct error *err)
{
	int number;
	PCRE2_SIZE at;
	pcre2_compile_context *context = pcre2_compile_context_create(NULL);
	CHECK(context);
	pcre2_set_max_pattern_length(context, is_ecma ? PCRE2_UNSET : REGEX_PATTERN_MAX);
	pcre2_code *code = pcre2_compile((PCRE2_SPTR)(pattern.p ? pattern.p : ""), pattern.n,
	                                 options, &number, &at, context);
	pcre2_compile_context_free(context);
	if (code)
		return code;
	PCRE2_UCHAR text[256];
	pcre2_get_error_message(number, text, sizeof text / sizeof *text);
	if (is_ecma)
		error_set(err, ERROR_USAGE, "the pattern cannot be used: %s", text);
	else
		error_set(err, ERROR_USAGE, "the search pattern is wrong at byte %zu: %s", at + 1,
		          text);
	return NULL;
}

/* Takes the code. */
static struct regex *regex_of(pcre2_code *code)
{
	struct regex *re = xcalloc(1, sizeof *re);
	re->code = code;
	re->data = pcre2_match_data_create(1, NULL);
	re->context = pcre2_match_context_create(NULL);
	CHECK(re->data && re->context);
	pcre2_set_match_limit(re->context, REGEX_MATCH_LIMIT);
	pcre2_set_heap_limit(re->context, REGEX_HEAP_KIB);
	return re;
}

/* Without JIT: it costs more than a few matches of a short text. */
static struct regex *regex_new_ecma(struct str pattern, struct error *err)
{
	owned_buf struct buf translated = { 0 };
	if (pattern.n > REGEX_PATTERN_MAX) {
		error_set(err, ERROR_USAGE, "the pattern has over %d bytes", REGEX_PATTERN_MAX);
		return NULL;
	}
	if (!regex_ecma_translate(pattern, &translated, err))
		return NULL;
	uint32_t options = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_MATCH_UNSET_BACKREF;
	pcre2_code *code = regex_compile(buf_str(&translated), options, true, err);
	return code ? regex_of(code) : NULL;
}

struct regex *regex_new(struct str pattern, unsigned flags, struct error *err)
{
	bool literal = flags & REGEX_LITERAL;
	if (flags & REGEX_ECMA)
		return regex_new_ecma(pattern, err);
	uint32_t options = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF;
	/* Literal patterns take few other options. */
	options |= literal ? PCRE2_LITERAL : PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C;
	if ((flags & REGEX_IGNORE_CASE) ||
	    ((flags & REGEX_SMART_CASE) && !regex_has_capital(pattern, literal)))
		options |= PCRE2_CASELESS;
	pcre2_code *code = regex_compile(pattern, options, false, err);
	if (!code)
		return NULL;
	struct regex *re = regex_of(code);
	/* Where there is no JIT, matching is slower and no different. */
	if (pcre2_jit_compile(code, PCRE2_JIT_COMPLETE) == 0)
		re->stack = pcre2_jit_stack_create(REGEX_JIT_STACK_FIRST, REGEX_JIT_STACK_MAX,
		                                   NULL);
	if (re->stack)
		pcre2_jit_stack_assign(re->context, NULL, re->stack);
	return re;
}

void regex_free(struct regex *re)
{
	if (!re)
		return;
	pcre2_jit_stack_free(re->stack);
	pcre2_match_context_free(re->context);
	pcre2_match_data_free(re->data);
	pcre2_code_free(re->code);
	free(re);
}

bool regex_find(struct regex *re, struct str text, size_t from, size_t *ret_at, size_t *ret_size)
{
	if (from > text.n)
		return false;
	int found = pcre2_match(re->code, (PCRE2_SPTR)(text.p ? text.p : ""), text.n, from, 0,
	                        re->data, re->context);
	if (found < 0) {
		re->overruns += found != PCRE2_ERROR_NOMATCH;
		return false;
	}
	const PCRE2_SIZE *place = pcre2_get_ovector_pointer(re->data);
	/* \K in a look-ahead can put the start behind the end. */
	size_t start = place[0] < place[1] ? place[0] : place[1];
	*ret_at = start;
	*ret_size = place[1] - start;
	return true;
}

size_t regex_overruns(const struct regex *re)
{
	return re->overruns;
}
