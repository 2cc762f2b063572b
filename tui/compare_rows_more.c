/* Steps, layers and logs of two builds as lines. */
#include "core/os/clock.h"
#include "core/os/space.h"
#include "tui/compare_rows_inside.h"

#include <math.h>

/* A step that took so much longer or shorter, and by so large a share, differs. */
#define ROWS_SECONDS 0.5
#define ROWS_SHARE 0.1

/* ---- steps ---- */

static char rows_state(const struct value *side)
{
	static const struct { const char *name; char sign; } signs[] = {
		{ "cached", '=' }, { "ran", '+' }, { "failed", '!' }, { "running", '>' },
		{ "cancelled", 'x' }, { "skipped", '-' }, { "waiting", '.' },
	};
	struct str state = compare_get_text(side, "state");
	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
		if (str_eq(state, str_of(signs[i].name)))
			return signs[i].sign;
	return ' ';
}

static void rows_append_took(struct buf *out, char state, double seconds)
{
	owned_buf struct buf took = { 0 };
	if (state != '=' && state != '.' && state != '-' && state != ' ')
		clock_append_seconds(&took, seconds > 0 ? seconds : 0);
	buf_printf(out, " %7.*s", STR_ARG(buf_str(&took)));
}

static void rows_append_delta(struct buf *out, double delta)
{
	owned_buf struct buf took = { 0 };
	if (fabs(delta) >= 0.05) {
		buf_append_char(&took, delta < 0 ? '-' : '+');
		clock_append_seconds(&took, fabs(delta));
	}
	buf_printf(out, " %8.*s", STR_ARG(buf_str(&took)));
}

static struct str rows_columns(struct arena *arena, char a, char b, double took_a, double took_b)
{
	owned_buf struct buf out = { 0 };
	buf_printf(&out, "%c %c", a, b);
	rows_append_took(&out, a, took_a);
	rows_append_took(&out, b, took_b);
	rows_append_delta(&out, (took_b > 0 ? took_b : 0) - (took_a > 0 ? took_a : 0));
	return arena_str(arena, buf_str(&out));
}

static char rows_sign(const struct value *step, char a, char b, double took_a, double took_b)
{
	double delta = fabs(took_b - took_a);
	if (a == ' ' || b == ' ')
		return a == ' ' ? '+' : '-';
	if (compare_get_bool(step, "text_differs") || a != b)
		return '~';
	return a != '=' && delta >= ROWS_SECONDS && delta >= ROWS_SHARE * fmax(took_a, took_b) ? '~'
	                                                                                      : ' ';
}

static struct str rows_step_name(struct arena *arena, const struct value *side)
{
	return str_of(arena_printf(arena, "%.0f %.*s", compare_get_number(side, "step"),
	                           STR_ARG(compare_get_text(side, "name"))));
}

/* Only where the reason begins; steps that follow, or have the one just told, go without. */
static void rows_why(struct compare_rows *r, const struct value *v, double step)
{
	struct str why = compare_get_text(v, "why");
	if (!why.n || compare_get_number(v, "root") != step)
		return;
	for (size_t i = r->n; i-- > 0 && r->rows[i].section == COMPARE_STEPS;) {
		if (r->rows[i].kind != COMPARE_ROW_NOTE)
			continue;
		if (str_eq(r->rows[i].text, why))
			return;
		break;
	}
	compare_rows_add(r, COMPARE_STEPS, COMPARE_ROW_NOTE, ' ', why);
}

static bool rows_step(struct compare_rows *r, const struct value *v)
{
	const struct value *x = compare_get(v, "a"), *y = compare_get(v, "b");
	char a = rows_state(x), b = rows_state(y);
	double took_a = compare_get_number(x, "seconds"), took_b = compare_get_number(y, "seconds");
	char sign = rows_sign(v, a, b, took_a, took_b);
	bool is_both = a != ' ' && b != ' ';
	if (compare_get_bool(v, "meta") && is_both && !compare_get_bool(v, "text_differs"))
		return false;
	struct compare_row *row = compare_rows_add(r, COMPARE_STEPS, COMPARE_ROW_STEP, sign,
		rows_step_name(r->arena, b == ' ' ? x : y));
	row->columns = rows_columns(r->arena, a, b, took_a, took_b);
	row->step_a = a == ' ' ? -1 : (int)compare_get_number(x, "step");
	row->step_b = b == ' ' ? -1 : (int)compare_get_number(y, "step");
	if (compare_get_bool(v, "text_differs"))
		compare_rows_add(r, COMPARE_STEPS, COMPARE_ROW_NOTE, ' ',
			str_of(arena_printf(r->arena, "was %.*s", STR_ARG(compare_get_text(x, "name")))));
	if (b != '=')
		rows_why(r, v, compare_get_number(y, "step"));
	return sign != ' ';
}

void compare_rows_steps(struct compare_rows *r, const struct value *compare)
{
	size_t at = r->n, n = 0;
	compare_rows_head(r, COMPARE_STEPS, "steps", STR("the same"));
	compare_rows_add(r, COMPARE_STEPS, COMPARE_ROW_GROUP, ' ',
	                 STR("  A B       A       B      B-A  = cached, + ran, ! failed"));
	for (const struct value *v = compare_first(compare_get(compare, "steps")); v; v = value_next(v))
		n += rows_step(r, v);
	if (n)
		r->rows[at].new = str_of(arena_printf(r->arena, "%zu differ%s", n, n == 1 ? "s" : ""));
}

/* ---- the image ---- */

static void rows_append_bytes(struct buf *out, double bytes)
{
	owned_buf struct buf text = { 0 };
	if (bytes >= 0)
		space_append_bytes(&text, (uint64_t)bytes);
	buf_printf(out, " %9.*s", STR_ARG(buf_str(&text)));
}

static void rows_layer(struct compare_rows *r, const struct value *v)
{
	const struct value *x = compare_get(v, "a"), *y = compare_get(v, "b");
	bool has_a = x && value_type(x) == VALUE_OBJECT, has_b = y && value_type(y) == VALUE_OBJECT;
	struct str by = compare_get_text(has_b ? y : x, "created_by");
	const struct value *any = compare_first(compare_get(v, "files"));
	char sign = !has_a ? '+' : !has_b ? '-' : any ? '~' : ' ';
	owned_buf struct buf columns = { 0 };
	rows_append_bytes(&columns, has_a ? compare_get_number(x, "size") : -1);
	rows_append_bytes(&columns, has_b ? compare_get_number(y, "size") : -1);
	struct compare_row *row = compare_rows_add(r, COMPARE_IMAGE, COMPARE_ROW_STEP, sign,
		str_of(arena_printf(r->arena, "%.0f %.*s", compare_get_number(has_b ? y : x, "layer"),
		                    STR_ARG(by))));
	row->columns = arena_str(r->arena, buf_str(&columns));
	double wasted = compare_get_number(has_b ? y : x, "wasted");
	if (wasted > 0) {
		owned_buf struct buf text = { 0 };
		space_append_bytes(&text, (uint64_t)wasted);
		buf_append_text(&text, " wasted: overwritten or deleted by later layers");
		compare_rows_add(r, COMPARE_IMAGE, COMPARE_ROW_NOTE, ' ',
		                 arena_str(r->arena, buf_str(&text)));
	}
	if (sign == '~')
		compare_rows_files(r, COMPARE_IMAGE, v, true);
}

static void rows_append_change(struct buf *out, const struct value *image, const char *what)
{
	space_append_bytes(out, (uint64_t)fmax(compare_get_number(compare_get(image, "a"), what), 0));
	buf_append_text(out, " -> ");
	space_append_bytes(out, (uint64_t)fmax(compare_get_number(compare_get(image, "b"), what), 0));
}

void compare_rows_image(struct compare_rows *r, const struct value *image, const char *note)
{
	owned_buf struct buf told = { 0 };
	if (!image) {
		compare_rows_head(r, COMPARE_IMAGE, "image", arena_str(r->arena, str_of(note)));
		return;
	}
	buf_append(&told, compare_counts(r->arena, image));
	buf_append_text(&told, "  ");
	rows_append_change(&told, image, "size");
	buf_append_text(&told, ", wasted ");
	rows_append_change(&told, image, "wasted");
	compare_rows_head(r, COMPARE_IMAGE, "image", arena_str(r->arena, buf_str(&told)));
	compare_rows_files(r, COMPARE_IMAGE, image, false);
	for (const struct value *v = compare_first(compare_get(image, "layers")); v; v = value_next(v))
		rows_layer(r, v);
}

/* ---- logs ---- */

static const struct value *rows_find_step(const struct value *compare, const char *side,
                                          double step)
{
	const struct value *v = compare_first(compare_get(compare, "steps"));
	for (; v; v = value_next(v))
		if (step >= 0 && compare_get_number(compare_get(v, side), "step") == step)
			return compare_get(v, side);
	return NULL;
}

static void rows_one_log(struct compare_rows *r, const struct value *log,
                         const struct value *compare)
{
	const struct value *step = rows_find_step(compare, "b", compare_get_number(log, "b"));
	const char *name = step ? arena_text(r->arena, rows_step_name(r->arena, step)) : "all steps";
	double told = compare_get_number(log, "told"), same = compare_get_number(log, "same");
	double all = compare_get_number(log, "added") + compare_get_number(log, "removed");
	compare_rows_head(r, COMPARE_LOG, arena_printf(r->arena, "log of %s", name),
		str_of(arena_printf(r->arena, "%.*s, %.0f line%s equal (times, sizes, hashes, temporary "
		                    "names masked)", STR_ARG(compare_counts(r->arena, log)), same,
		                    same == 1 ? "" : "s")));
	for (const struct value *v = compare_first(compare_get(log, "changes")); v; v = value_next(v)) {
		compare_rows_add(r, COMPARE_LOG, COMPARE_ROW_GROUP, ' ',
			str_of(arena_printf(r->arena, "@@ -%.0f +%.0f @@", compare_get_number(v, "line_a"),
			                    compare_get_number(v, "line_b"))))->differs = true;
		for (const struct value *l = compare_first(compare_get(v, "removed")); l; l = value_next(l))
			compare_rows_add(r, COMPARE_LOG, COMPARE_ROW_LINE, '-', value_text(l));
		for (const struct value *l = compare_first(compare_get(v, "added")); l; l = value_next(l))
			compare_rows_add(r, COMPARE_LOG, COMPARE_ROW_LINE, '+', value_text(l));
	}
	if (told < all)
		compare_rows_add(r, COMPARE_LOG, COMPARE_ROW_NOTE, ' ',
		                 str_of(arena_printf(r->arena, "%.0f lines more", all - told)));
}

void compare_rows_log(struct compare_rows *r, const struct value *log, const struct value *compare)
{
	if (value_type(log) != VALUE_ARRAY) {
		rows_one_log(r, log, compare);
		return;
	}
	for (const struct value *v = value_child(log); v; v = value_next(v))
		rows_one_log(r, v, compare);
	if (!value_child(log))
		compare_rows_head(r, COMPARE_LOG, "logs", STR("no step has printed in both builds"));
}
