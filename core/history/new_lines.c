#include "core/history/new_lines.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/check.h"
#include "core/base/map.h"
#include "core/history/list.h"
#include "core/history/log_text.h"
#include "core/history/mask_line.h"
#include "core/os/files.h"

enum {
	LINES_LOOK_MAX = 200,           /* builds looked at for those to compare with */
	LINES_FIRST = 1024,             /* slots; a power of two */
	LINES_MASKED = 4096,            /* bytes of a line that tell it from others */
	LINES_RUNS_MAX = 9,             /* one digit */
};

/* A line of a step: step -1 is a free slot. */
struct known_slot {
	uint64_t hash;
	int32_t step;
	uint8_t runs;                   /* in which it was */
	uint8_t last;                   /* the last of them */
};

struct known_lines {
	struct known_slot *slots;
	size_t nslots, n;
	uint8_t *runs;                  /* of each step: builds in which it ran */
	size_t nsteps;
	unsigned learnt;                /* builds */
	struct buf scratch;
};

/* ---- a set of lines ---- */

struct known_lines *known_lines_new(void)
{
	return xcalloc(1, sizeof(struct known_lines));
}

void known_lines_free(struct known_lines *k)
{
	if (!k)
		return;
	free(k->slots);
	free(k->runs);
	buf_finish(&k->scratch);
	free(k);
}

static uint64_t known_hash(struct known_lines *k, struct str text)
{
	buf_clear(&k->scratch);
	mask_line_append(&k->scratch, str_slice(text, 0, LINES_MASKED), MASK_LINE_NUMBERS);
	return map_hash(str_trim(buf_str(&k->scratch)));
}

static struct known_slot *known_find(const struct known_lines *k, int step, uint64_t hash)
{
	size_t at = (hash ^ (uint64_t)step * 0x9e3779b97f4a7c15u) & (k->nslots - 1);
	while (k->slots[at].step >= 0 && (k->slots[at].hash != hash || k->slots[at].step != step))
		at = (at + 1) & (k->nslots - 1);
	return &k->slots[at];
}

static void known_grow(struct known_lines *k)
{
	struct known_slot *old = k->slots;
	size_t n = k->nslots;
	k->nslots = n ? 2 * n : LINES_FIRST;
	k->slots = xcalloc(k->nslots, sizeof *k->slots);
	for (size_t i = 0; i < k->nslots; i++)
		k->slots[i].step = -1;
	for (size_t i = 0; i < n; i++)
		if (old[i].step >= 0)
			*known_find(k, old[i].step, old[i].hash) = old[i];
	free(old);
}

static struct known_slot *known_add(struct known_lines *k, int step, uint64_t hash)
{
	if (2 * k->n >= k->nslots)
		known_grow(k);
	struct known_slot *slot = known_find(k, step, hash);
	if (slot->step < 0) {
		*slot = (struct known_slot){ .hash = hash, .step = step };
		k->n++;
	}
	return slot;
}

static uint8_t *known_runs(struct known_lines *k, int step)
{
	size_t need = (size_t)step + 1;
	if (need > k->nsteps) {
		k->runs = xrealloc(k->runs, need, sizeof *k->runs);
		memset(k->runs + k->nsteps, 0, need - k->nsteps);
		k->nsteps = need;
	}
	return &k->runs[step];
}

bool known_lines_any(const struct known_lines *k)
{
	for (size_t i = 0; i < k->nsteps; i++)
		if (k->runs[i])
			return true;
	return false;
}

enum known_line known_lines_tell(struct known_lines *k, int step, struct str text)
{
	unsigned runs = step >= 0 && (size_t)step < k->nsteps ? k->runs[step] : 0;
	if (!runs)
		return KNOWN_NOT;
	uint64_t hash = known_hash(k, text);
	/* An empty line, or one of blanks, is news to nobody. */
	if (!k->scratch.n || !str_trim(buf_str(&k->scratch)).n)
		return KNOWN_SEEN;
	const struct known_slot *slot = k->nslots ? known_find(k, step, hash) : NULL;
	if (!slot || slot->step < 0)
		return KNOWN_NEW;
	return runs >= 2 && 2u * slot->runs > runs ? KNOWN_USUAL : KNOWN_SEEN;
}

/* ---- former builds ---- */

static bool former_counts(struct arena *arena, const struct history_item *item,
                          const struct build *b, const char *dir)
{
	return item->state == HISTORY_DONE && !item->nbuilds && item->started < b->started &&
	       str_eq(str_of(item->root), b->root) && str_eq(str_of(item->project), b->project) &&
	       str_eq(str_of(item->engine), b->engine) && strcmp(item->dir, dir) != 0 &&
	       access(arena_printf(arena, "%s/imported", item->dir), F_OK) != 0;
}

size_t new_lines_former(struct arena *arena, const struct build *b, const char *dir,
                        const char *ret_dirs[NEW_LINES_BUILDS])
{
	struct history_list list = { 0 };
	struct error ignored;
	size_t n = 0;
	if (b->nbuilds || !b->root.n || str_eq(b->engine, STR("watch")) ||
	    !history_read(arena, LINES_LOOK_MAX, &list, &ignored))
		return 0;
	for (size_t i = 0; i < list.n && n < NEW_LINES_BUILDS; i++)
		if (former_counts(arena, &list.items[i], b, dir))
			ret_dirs[n++] = list.items[i].dir;
	return n;
}

static struct str learn_key(struct arena *arena, const struct step *s)
{
	return str_of(arena_printf(arena, "%.*s\n%.*s", STR_ARG(s->stage), STR_ARG(s->name)));
}

/* The step's lines, each once. */
static void learn_step(struct known_lines *k, struct journal *j, int former, int step,
                       struct buf *line, struct log_text *text)
{
	size_t bytes = 0;
	uint8_t *runs = known_runs(k, step);
	if (*runs == LINES_RUNS_MAX)
		return;
	++*runs;
	for (size_t i = 0, n = journal_lines(j, former); i < n && bytes < NEW_LINES_LOG_MAX; i++) {
		struct str raw = journal_line(j, former, i, line, NULL);
		bytes += raw.n + 1;
		log_text_read(text, raw);
		struct known_slot *slot = known_add(k, step, known_hash(k, text->text));
		slot->runs += slot->last != k->learnt;
		slot->last = (uint8_t)k->learnt;
	}
}

bool known_lines_learn(struct known_lines *k, const struct build *b, const char *dir,
                       struct error *err)
{
	owned(arena) struct arena *arena = arena_new();
	owned(journal) struct journal *j = journal_open(dir, err);
	owned_map struct map steps = { 0 };
	owned_buf struct buf line = { 0 };
	struct log_text text = { 0 };
	if (!j || k->learnt == LINES_RUNS_MAX)
		return j != NULL;
	owned(build) struct build *former = build_from(j);
	k->learnt++;
	for (size_t i = 0; i < b->nsteps; i++)
		map_set(&steps, learn_key(arena, &b->steps[i]), (void *)(uintptr_t)(i + 1));
	for (size_t i = 0; i < former->nsteps; i++) {
		size_t step = (size_t)(uintptr_t)map_get(&steps, learn_key(arena, &former->steps[i]));
		if (step && former->steps[i].state == STEP_DONE)
			learn_step(k, j, (int)i, (int)step - 1, &line, &text);
	}
	log_text_finish(&text);
	return true;
}

/* ---- from one process to another ---- */

enum { SAY_LINES = 1024, SAY_DIGITS = 16 };

static bool known_say_piece(int step, struct buf *digits, bool (*say)(const struct value *))
{
	owned(arena) struct arena *arena = arena_new();
	struct value *line = value_new_object(arena);
	value_set(arena, line, "step", value_new_integer(arena, step));
	value_set(arena, line, "lines", value_new_string(arena, buf_str(digits)));
	bool goes_on = !digits->n || say(line);
	buf_clear(digits);
	return goes_on;
}

static int known_by_step(const void *a, const void *b)
{
	int32_t x = ((const struct known_slot *)a)->step, y = ((const struct known_slot *)b)->step;
	return (x > y) - (x < y);
}

/* The slots that are taken, a step's together; the caller frees. */
static struct known_slot *known_sorted(const struct known_lines *k)
{
	struct known_slot *all = xcalloc(k->n + 1, sizeof *all);
	size_t n = 0;
	for (size_t i = 0; i < k->nslots; i++)
		if (k->slots[i].step >= 0)
			all[n++] = k->slots[i];
	qsort(all, n, sizeof *all, known_by_step);
	return all;
}

/* Each line is 16 hex digits and the number of builds it was in. */
void known_lines_say(const struct known_lines *k, bool (*say)(const struct value *))
{
	owned_buf struct buf digits = { 0 };
	for (size_t step = 0; step < k->nsteps; step++) {
		owned(arena) struct arena *arena = arena_new();
		struct value *line = value_new_object(arena);
		value_set(arena, line, "step", value_new_integer(arena, (long long)step));
		value_set(arena, line, "runs", value_new_integer(arena, k->runs[step]));
		if (k->runs[step] && !say(line))
			return;
	}
	owned_memory struct known_slot *slots = known_sorted(k);
	int step = -1;
	for (size_t i = 0; i < k->n; i++) {
		const struct known_slot *slot = &slots[i];
		if ((slot->step != step || digits.n >= SAY_LINES * (SAY_DIGITS + 1)) &&
		    !known_say_piece(step, &digits, say))
			return;
		step = slot->step;
		buf_printf(&digits, "%016llx%u", (unsigned long long)slot->hash, slot->runs);
	}
	known_say_piece(step, &digits, say);
}

static bool known_take_hash(struct str digits, uint64_t *ret_hash)
{
	*ret_hash = 0;
	for (size_t i = 0; i < digits.n; i++) {
		const char *all = "0123456789abcdef", *at = strchr(all, digits.p[i]);
		if (!digits.p[i] || !at)
			return false;
		*ret_hash = *ret_hash << 4 | (uint64_t)(at - all);
	}
	return true;
}

void known_lines_take(struct known_lines *k, const struct value *line)
{
	const struct value *at = value_get(line, STR("step")), *v = value_get(line, STR("runs"));
	unsigned long long step, runs;
	if (!at || !str_number(value_text(at), JOURNAL_STEPS_MAX - 1, &step))
		return;
	if (v && str_number(value_text(v), LINES_RUNS_MAX, &runs))
		*known_runs(k, (int)step) = (uint8_t)runs;
	v = value_get(line, STR("lines"));
	struct str digits = v ? value_text(v) : (struct str){ 0 };
	for (; digits.n > SAY_DIGITS; digits = str_slice(digits, SAY_DIGITS + 1, digits.n)) {
		uint64_t hash;
		char n = digits.p[SAY_DIGITS];
		if (known_take_hash(str_slice(digits, 0, SAY_DIGITS), &hash) && n >= '1' && n <= '9')
			known_add(k, (int)step, hash)->runs = (uint8_t)(n - '0');
	}
}
