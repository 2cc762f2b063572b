#include <stdint.h>

#include "core/base/check.h"
#include "core/config/toml.h"
#include "core/ext/crypto.h"
#include "core/kind/poetry_lock.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A version, a pyproject.toml and a poetry.lock, parted by NUL: whatever they hold, a hash is made
 * or refused at a place, a fresh lock has the hash that is expected, and nothing has changed since
 * the same text. */
static void check_project(const struct poetry_project *p, const struct source *source)
{
	for (size_t i = 0; i < p->ngroups; i++)
		for (size_t j = 0; j < p->groups[i].ndependencies; j++) {
			const struct poetry_dependency *d = &p->groups[i].dependencies[j];
			const struct value *v = d->standard ? d->standard : d->poetry;
			struct span at = value_span(v);
			CHECK(at.source == source && (size_t)at.at + at.size <= source->text.n);
			CHECK(d->name.n == 0 || poetry_project_dependency(p, d->name));
		}
	CHECK(p->ngroups && poetry_project_group(p, STR("Main")) == &p->groups[0]);
}

static void check_hash(struct arena *a, const struct value *root, enum poetry_rules rules)
{
	char hex[POETRY_HASH_SIZE], again[POETRY_HASH_SIZE];
	struct error err = { 0 };
	owned_buf struct buf text = { 0 };
	bool done = poetry_hash(root, rules, hex, &err);
	CHECK(done == poetry_hash_text(&text, root, rules, &err));
	CHECK(done || err.at.line);
	if (!done)
		return;
	sha256_hex(buf_str(&text), again);
	CHECK(str_eq(str_of(hex), str_of(again)));
	CHECK(!poetry_changed_since(a, root, root, rules, str_of(hex)).n);
	for (size_t i = 0; i < text.n; i++)
		CHECK(text.p[i] >= ' ' && text.p[i] <= '~');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	owned(arena) struct arena *a = arena_new();
	owned(problems) struct problems *problems = problems_new();
	struct str rest = { (const char *)data, size }, version, text;
	const struct value *root;
	size_t conflicts;
	if (!size || !str_next(&rest, '\0', &version) || !str_next(&rest, '\0', &text))
		return 0;
	struct source *source = source_new(a, STR("pyproject.toml"), NULL, text);
	bool read = poetry_toml_read(a, source, problems, &root, &conflicts);
	CHECK(read == !problems_count(problems) && (!read || !conflicts));
	struct poetry_lock *lock = rest.p ? poetry_lock_read(a, source_new(a, STR("poetry.lock"), NULL,
		                                                     rest), problems) : NULL;
	if (!read)
		return 0;
	const struct poetry_project *project = poetry_project_read(a, root, problems);
	check_project(project, source);
	for (int rules = 0; rules < POETRY_RULES_COUNT; rules++)
		check_hash(a, root, (enum poetry_rules)rules);
	struct poetry_freshness f;
	struct error err;
	if (!poetry_check_lock(a, project, lock, version, &f, &err))
		return 0;
	CHECK(f.install_does && (f.state == POETRY_NO_LOCK) == !lock);
	CHECK(f.state != POETRY_FRESH || str_eq(f.found, str_of(f.expected)));
	CHECK(f.state == POETRY_STALE || !f.what_changed.n);
	return 0;
}
