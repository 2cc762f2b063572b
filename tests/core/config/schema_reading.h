#ifndef TESTS_CORE_CONFIG_SCHEMA_READING_H
#define TESTS_CORE_CONFIG_SCHEMA_READING_H

#include "core/config/schema_inside.h"
#include "tests/core/value/reading.h"

/* Schemas tried on documents. */

enum { DRAFT_46 = DRAFT_4 | DRAFT_6, DRAFT_67 = DRAFT_6 | DRAFT_7 };

static inline const struct value *schema_text(struct reading *r, const char *path,
                                              struct str text)
{
	const struct value *v = NULL;
	struct source *source = source_new(r->arena, str_of(path), NULL, text);
	assert_true(value_read_json(r->arena, source, r->problems, &v));
	return v;
}

/* The schema's object with "$schema" in front of its keys, or its bool as it is. */
static inline struct str schema_of_draft(struct reading *r, const char *text,
                                         const struct schema_meta *meta)
{
	if (text[0] != '{')
		return str_of(text);
	return str_of(arena_printf(r->arena, "{\"$schema\": \"%s#\"%s%s", meta->uri,
	                           text[1] == '}' ? "" : ", ", text + 1));
}

/* All problems as printed, without the document's name, one a line. */
static inline const char *schema_problems(struct reading *r, const char *path)
{
	buf_clear(&r->out);
	problems_sort(r->problems);
	for (size_t i = 0; i < problems_count(r->problems); i++) {
		owned_buf struct buf line = { 0 };
		problem_print(&line, problems_get(r->problems, i));
		struct str text = buf_str(&line), head = str_of(path);
		if (str_has_prefix(text, head) && text.n > head.n && text.p[head.n] == ':')
			text = str_slice(text, head.n + 1, text.n);
		buf_printf(&r->out, "%s%.*s", i ? "\n" : "", STR_ARG(text));
	}
	return buf_text(&r->out);
}

struct schema_case {
	unsigned drafts;
	const char *schema, *document, *problems;
};

/* Every case in each of its drafts, the schema named "s". */
static inline void schema_try(struct reading *r, const struct schema_case *cases, size_t n,
                              const struct schema_options *given)
{
	struct schema_options options = given ? *given : (struct schema_options){ 0 };
	options.name = "s";
	for (size_t i = 0; i < n; i++)
		for (const struct schema_meta *meta = schema_metas; meta->draft; meta++) {
			if (!(cases[i].drafts & meta->draft))
				continue;
			reading_again(r);
			const struct value *root = schema_text(r, "s",
				schema_of_draft(r, cases[i].schema, meta));
			const struct value *v = schema_text(r, "d", str_of(cases[i].document));
			owned(schema) struct schema *schema = schema_new(root, &options, r->problems);
			if (schema)
				assert_int_equal(schema_check(schema, v, SEVERITY_ERROR, r->problems),
				                 cases[i].problems[0] == '\0');
			assert_string_equal(schema_problems(r, "d"), cases[i].problems);
		}
}

#endif
