#include "core/history/results.h"

#include <stdlib.h>

#include "core/base/check.h"
#include "core/ext/crypto.h"
#include "core/os/append.h"
#include "core/os/files.h"
#include "core/os/save.h"

/* Lines have up to some 2 KiB; so many of a work are compared; a lesson is written down so
 * often. */
enum { RESULTS_SIZE_MAX = 8 << 20, RESULTS_LOOK = 128, RESULTS_LESSONS = 9 };

/* One line "= WORK CERTAIN NAME INPUT VALUE INPUT VALUE …". */
struct result {
	struct result *older;           /* of the same work */
	struct str certain, name;
	const struct pair *inputs;      /* sorted */
	size_t n;
};

/* Lines "+ WORK INPUT" and "- WORK INPUT": with another input it gave the same, or not. */
struct result_lesson {
	unsigned same, other;
};

struct results {
	struct arena *arena;
	const char *path;
	struct str text;
	struct map works;               /* to the newest struct result */
	struct map lessons;             /* "WORK INPUT" to struct result_lesson */
	struct buf fresh;               /* lines to be written */
};

/* The input that stands for no input at all: all was the same. */
#define RESULTS_ITSELF STR("0")

/* ---- the file ---- */

static bool results_word(struct str *line, struct str *ret_word)
{
	if (!line->p || !str_next(line, ' ', ret_word) || !ret_word->n)
		return false;
	for (size_t i = 0; i < ret_word->n; i++)
		if (!strchr("0123456789abcdeflu", ret_word->p[i]) || !ret_word->p[i])
			return false;
	return true;
}

static struct result_lesson *results_lesson(const struct results *r, struct str work,
                                            struct str input)
{
	return map_get(&r->lessons, str_of(arena_printf(r->arena, "%.*s %.*s", STR_ARG(work),
	                                                STR_ARG(input))));
}

static void results_take_lesson(struct results *r, bool same, struct str line)
{
	struct str rest = line, word;
	if (!results_word(&rest, &word) || !results_word(&rest, &word) || rest.p)
		return;
	struct result_lesson *l = map_get(&r->lessons, line);
	if (!l) {
		l = arena_alloc(r->arena, sizeof *l);
		map_set(&r->lessons, line, l);
	}
	l->same += same;
	l->other += !same;
}

static void results_take(struct results *r, struct str line)
{
	struct str work, word;
	struct result *one = arena_alloc(r->arena, sizeof *one);
	if (!results_word(&line, &work) || !results_word(&line, &one->certain) ||
	    !results_word(&line, &one->name))
		return;
	struct pair *inputs = arena_array(r->arena, line.n / 4 + 1, sizeof *inputs);
	while (results_word(&line, &word)) {
		inputs[one->n].name = word;
		if (!results_word(&line, &inputs[one->n++].value))
			return;
	}
	one->inputs = inputs;
	one->older = map_get(&r->works, work);
	map_set(&r->works, work, one);
}

static void results_line(struct results *r, struct str line)
{
	struct str rest = str_slice(line, 2, STR_NONE);
	if (str_has_prefix(line, STR("= ")))
		results_take(r, rest);
	else if (str_has_prefix(line, STR("+ ")) || str_has_prefix(line, STR("- ")))
		results_take_lesson(r, line.p[0] == '+', rest);
}

struct results *results_open(const char *path)
{
	struct results *r = xcalloc(1, sizeof *r);
	owned(files) struct files *disk = files_disk("/");
	struct error ignored;
	struct str rest, line;
	r->arena = arena_new();
	r->path = path ? arena_printf(r->arena, "%s.results", path) : NULL;
	if (!r->path || files_read(disk, r->path, r->arena, &r->text, &ignored) != FILES_OK)
		r->text = (struct str){ 0 };
	for (rest = r->text; rest.n && str_next(&rest, '\n', &line);)
		results_line(r, line);
	return r;
}

void results_free(struct results *r)
{
	if (!r)
		return;
	map_finish(&r->works);
	map_finish(&r->lessons);
	buf_finish(&r->fresh);
	arena_free(r->arena);
	free(r);
}

static void results_write(struct results *r, const char *line)
{
	buf_printf(&r->fresh, "%s\n", line);
	results_line(r, str_of(line));
}

bool results_save(struct results *r, struct error *err)
{
	owned_buf struct buf text = { 0 };
	if (!r->path || !r->fresh.n)
		return true;
	if (r->text.n > RESULTS_SIZE_MAX) {
		struct str half = str_slice(r->text, r->text.n / 2, r->text.n);
		half = str_slice(half, str_find(half, '\n') + 1, half.n);
		if (!save_derived(r->path, half, 0600, err))
			return false;
	}
	/* After a line that a full disk has cut, the first is still whole. */
	buf_append_char(&text, '\n');
	buf_append(&text, buf_str(&r->fresh));
	bool ok = append_shared(r->path, buf_str(&text), err);
	r->fresh.n = 0;
	return ok;
}

/* ---- a source now against results then ---- */

static int results_order(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;
	int order = str_cmp(x->name, y->name);
	return order ? order : str_cmp(x->value, y->value);
}

static struct result results_now(const struct results *r, const struct fingerprint_chain *c,
                                 const struct fingerprint_source *s)
{
	struct pair *inputs = arena_array(r->arena, s->ninputs + 1, sizeof *inputs);
	for (size_t i = 0; i < s->ninputs; i++) {
		const struct fingerprint_input *in = &s->inputs[i];
		char hex[SHA256_HEX_SIZE];
		inputs[i] = (struct pair){ in->name, in->value };
		if (!in->source)
			continue;
		sha256_hex(fingerprint_source_value(c, in->source), hex);
		inputs[i].value = arena_str(r->arena, (struct str){ hex, FINGERPRINT_INPUT_SIZE });
	}
	if (s->ninputs)
		qsort(inputs, s->ninputs, sizeof *inputs, results_order);
	return (struct result){ .certain = s->certain, .inputs = inputs, .n = s->ninputs };
}

/* By the inputs alone. */
static struct str results_name(const struct results *r, const struct fingerprint_source *s,
                               const struct result *now)
{
	owned(sha256) struct sha256 *hash = sha256_new();
	fingerprint_hash(hash, s->work);
	fingerprint_hash(hash, now->certain);
	for (size_t i = 0; i < now->n; i++) {
		fingerprint_hash(hash, now->inputs[i].name);
		fingerprint_hash(hash, now->inputs[i].value);
	}
	return fingerprint_hashed(r->arena, hash);
}

/* The same with another result. */
static struct str results_rename(const struct results *r, struct str name)
{
	owned(sha256) struct sha256 *hash = sha256_new();
	fingerprint_hash(hash, STR("another"));
	fingerprint_hash(hash, name);
	return fingerprint_hashed(r->arena, hash);
}

/* Calls for each input that is not the same in both, by its name; false: each ended it. */
static bool results_differ(const struct result *a, const struct result *b,
                           bool (*each)(void *data, struct str input), void *data)
{
	size_t i = 0, k = 0;
	while (i < a->n || k < b->n) {
		int order = i == a->n ? 1 : k == b->n ? -1 : results_order(&a->inputs[i], &b->inputs[k]);
		if (order && !each(data, order < 0 ? a->inputs[i].name : b->inputs[k].name))
			return false;
		i += order <= 0;
		k += order >= 0;
	}
	return true;
}

struct results_look {
	const struct results *r;
	struct str work;
	size_t n, suspects;             /* inputs that differ; those without a lesson for them */
	struct str suspect;             /* the last */
};

static bool results_suspect(void *data, struct str input)
{
	struct results_look *look = data;
	const struct result_lesson *l = results_lesson(look->r, look->work, input);
	look->n++;
	if (input.p[0] == "clu"[SIGHT_CERTAIN])
		return false;
	if ((l && l->other) || (input.p[0] == "clu"[SIGHT_LIKELY] && (!l || !l->same))) {
		look->suspects++;
		look->suspect = input;
	}
	return true;
}

/* False: they cannot have given the same. */
static bool results_compare(const struct results *r, struct str work, const struct result *now,
                            const struct result *then, struct results_look *ret)
{
	*ret = (struct results_look){ .r = r, .work = work };
	return str_eq(now->certain, then->certain) &&
	       results_differ(now, then, results_suspect, ret);
}

/* The newest with the same inputs, else the newest whose other inputs do not count. */
static const struct result *results_find(const struct results *r, struct str work,
                                         const struct result *now, size_t *ret_differ)
{
	const struct result *found = NULL;
	struct results_look look;
	size_t n = 0;
	for (const struct result *then = map_get(&r->works, work); then && n < RESULTS_LOOK;
	     then = then->older, n++) {
		if (!results_compare(r, work, now, then, &look) || look.suspects || (found && look.n))
			continue;
		found = then;
		*ret_differ = look.n;
		if (!look.n)
			break;
	}
	return found;
}

void results_guess(struct results *r, const struct fingerprint_chain *c,
                   struct fingerprint_source *s, bool anew)
{
	struct result now = results_now(r, c, s);
	size_t differ = 0;
	const struct result *then = results_find(r, s->work, &now, &differ);
	const struct result_lesson *itself = results_lesson(r, s->work, RESULTS_ITSELF);
	s->given = then ? then->name : results_name(r, s, &now);
	s->is_same = then != NULL;
	if (then && anew && itself && itself->other >= itself->same) {
		s->given = results_rename(r, s->given);
		s->is_same = false;
	}
}

/* ---- learning ---- */

void results_keep(struct results *r, const struct fingerprint_chain *c,
                  const struct fingerprint_source *s)
{
	struct result now = results_now(r, c, s);
	size_t differ = 0;
	const struct result *then = results_find(r, s->work, &now, &differ);
	owned_buf struct buf line = { 0 };
	if (then && !differ && str_eq(then->name, s->given))
		return;
	buf_printf(&line, "= %.*s %.*s %.*s", STR_ARG(s->work), STR_ARG(s->certain),
	           STR_ARG(s->given));
	for (size_t i = 0; i < now.n; i++)
		buf_printf(&line, " %.*s %.*s", STR_ARG(now.inputs[i].name),
		           STR_ARG(now.inputs[i].value));
	results_write(r, arena_text(r->arena, buf_str(&line)));
}

static void results_teach(struct results *r, struct str work, bool same, struct str input)
{
	const struct result_lesson *l = results_lesson(r, work, input);
	if (!l || (same ? l->same : l->other) < RESULTS_LESSONS)
		results_write(r, arena_printf(r->arena, "%c %.*s %.*s", same ? '+' : '-', STR_ARG(work),
		                              STR_ARG(input)));
}

struct results_teaching {
	struct results *r;
	struct str work;
	bool same;
};

static bool results_teach_each(void *data, struct str input)
{
	struct results_teaching *t = data;
	results_teach(t->r, t->work, t->same, input);
	return true;
}

/* The result of one of these names that has the fewest other inputs; NULL: none that can be
 * compared. */
static const struct result *results_nearest(const struct results *r, struct str work,
                                            const struct result *now, const struct map *names,
                                            struct results_look *ret_look)
{
	const struct result *found = NULL;
	struct results_look look;
	size_t n = 0;
	for (const struct result *then = map_get(&r->works, work); then && n < RESULTS_LOOK;
	     then = then->older, n++) {
		if (!map_has(names, then->name) || !results_compare(r, work, now, then, &look) ||
		    (found && look.n >= ret_look->n))
			continue;
		found = then;
		*ret_look = look;
	}
	return found;
}

void results_confirm(struct results *r, const struct fingerprint_chain *c,
                     const struct fingerprint_source *s, bool anew)
{
	struct result now = results_now(r, c, s);
	struct results_look look;
	owned_map struct map names = { 0 };
	map_set(&names, s->given, r);
	const struct result *then = results_nearest(r, s->work, &now, &names, &look);
	struct results_teaching t = { r, s->work, true };
	if (then && look.n)
		results_differ(&now, then, results_teach_each, &t);
	else if (then && anew)
		results_teach(r, s->work, true, RESULTS_ITSELF);
	results_keep(r, c, s);
}

void results_deny(struct results *r, const struct fingerprint_chain *c,
                  struct fingerprint_source *s, const struct map *others)
{
	struct result now = results_now(r, c, s);
	struct results_look look;
	const struct result *then = results_nearest(r, s->work, &now, others, &look);
	struct results_teaching t = { r, s->work, false };
	/* One that was never seen not to count is to blame; of several none knows which. */
	if (then && !look.n)
		results_teach(r, s->work, false, RESULTS_ITSELF);
	else if (then && !look.suspects)
		results_differ(&now, then, results_teach_each, &t);
	else if (then && look.suspects == 1)
		results_teach(r, s->work, false, look.suspect);
	while (map_has(others, s->given))
		s->given = results_rename(r, s->given);
	results_keep(r, c, s);
}

bool results_other(const struct results *r, const struct fingerprint_source *s, size_t *at,
                   struct str *ret_name)
{
	const struct result *then = map_get(&r->works, s->work);
	for (size_t i = 0; then && i < *at; i++)
		then = then->older;
	if (!then || *at >= RESULTS_LOOK)
		return false;
	*ret_name = then->name;
	++*at;
	return true;
}
