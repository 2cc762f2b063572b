#include <stdint.h>

#include "core/base/check.h"
#include "core/config/dotenv.h"

/* A .env, and behind a NUL what NAME=VALUE is set to: read, set, read again, removed. */

static const struct value *dotenv_of(struct arena *a, struct str text, bool *ret_ok)
{
	owned(problems) struct problems *problems = problems_new();
	const struct value *all = NULL;
	*ret_ok = dotenv_read(a, source_new(a, STR(".env"), NULL, text), problems, &all);
	CHECK(all && (*ret_ok || problems_errors(problems)));
	return all;
}

static struct str dotenv_edited(struct arena *a, struct str text, const struct edits *edits)
{
	owned_buf struct buf out = { 0 };
	edit_apply(&out, text, edits);
	return arena_str(a, buf_str(&out));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	owned(arena) struct arena *a = arena_new();
	struct str rest = { (const char *)data, size }, text, name;
	struct edits edits;
	struct error err;
	bool ok;
	if (!size || !str_next(&rest, '\0', &text))
		return 0;
	text = arena_str(a, text);
	dotenv_of(a, text, &ok);
	size_t equals = rest.p ? str_find(rest, '=') : STR_NONE;
	if (equals == STR_NONE)
		return 0;
	name = arena_str(a, str_slice(rest, 0, equals));
	struct str value = arena_str(a, str_slice(rest, equals + 1, rest.n));
	if (!dotenv_set(a, source_new(a, STR(".env"), NULL, text), name, value, &edits, &err))
		return 0;
	CHECK(ok);
	text = dotenv_edited(a, text, &edits);
	const struct value *all = dotenv_of(a, text, &ok), *v = value_get(all, name);
	/* What another line puts in may be another text now, or too long. */
	CHECK(v && str_eq(value_text(v), value));
	if (!ok)
		return 0;
	CHECK(dotenv_unset(a, source_new(a, STR(".env"), NULL, text), name, &edits, &err));
	CHECK(!value_get(dotenv_of(a, dotenv_edited(a, text, &edits), &ok), name));
	return 0;
}
