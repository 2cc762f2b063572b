/* Keywords that ask several schemas about one value. */
#include "core/base/check.h"
#include "core/config/schema_inside.h"

unsigned check_all(struct check *c, const struct schema_node *node,
                   const struct schema_rule *r, const struct place *at)
{
	unsigned sum = 0;
	(void)node;
	for (size_t i = 0; i < r->nnodes; i++) {
		sum = check_sum(sum, check_node(c, r->nodes[i], at));
		if (sum && check_may_stop(c))
			break;
	}
	return sum;
}

/* ---- none fits: what the nearest branch misses ---- */

struct nearest {
	unsigned penalty;
	size_t first, n;                /* of those that are equally near */
};

static struct nearest check_nearest(struct check *c, const struct schema_rule *r,
                                    const struct place *at)
{
	struct nearest best = { .penalty = ~0U };
	for (size_t i = 0; i < r->nnodes; i++) {
		unsigned penalty = check_as(c, CHECK_SCORE, r->nodes[i], at);
		if (penalty < best.penalty)
			best = (struct nearest){ penalty, i, 0 };
		best.n += penalty == best.penalty;
	}
	return best;
}

/* The first problem of a branch, without its place. */
static void say_first(struct check *c, const struct schema_node *branch,
                      const struct place *at, struct buf *say)
{
	struct problems *kept = c->problems;
	owned(problems) struct problems *first = problems_new();
	c->problems = first;
	check_as(c, CHECK_FIRST, branch, at);
	c->problems = kept;
	if (problems_count(first))
		buf_append(say, problems_get(first, 0)->text);
}

static void say_alternatives(struct check *c, const struct schema_rule *r,
                             const struct place *at, struct buf *say)
{
	enum { ALTERNATIVES_TOLD = 3 };
	size_t told = 0;
	for (size_t i = 0; i < r->nnodes; i++) {
		owned_buf struct buf one = { 0 };
		say_first(c, r->nodes[i], at, &one);
		if (!one.n || str_find_str(buf_str(say), buf_str(&one)) != STR_NONE)
			continue;
		if (told++ == ALTERNATIVES_TOLD) {
			buf_append_text(say, ", or …");
			break;
		}
		buf_printf(say, "%s%s", told > 1 ? ", or " : "", buf_text(&one));
	}
}

/* The alternatives are all of another kind. */
static void say_kinds_wanted(const struct schema_rule *r, const struct place *at,
                             struct buf *say)
{
	owned_buf struct buf wanted = { 0 };
	say_subject(say, at);
	if (!say_expected(&wanted, r->nodes, r->nnodes, false)) {
		buf_printf(say, " fits none of %zu alternatives", r->nnodes);
		return;
	}
	buf_printf(say, " must be %s, not ", buf_text(&wanted));
	say_found(say, at->value);
}

static unsigned check_none(struct check *c, const struct schema_node *node,
                           const struct schema_rule *r, const struct place *at)
{
	if (c->mode == CHECK_QUIET)
		return PENALTY_SMALL;
	struct nearest best = check_nearest(c, r, at);
	if (c->mode == CHECK_SCORE || c->given_up)
		return best.penalty;
	if (best.penalty < PENALTY_KIND && (best.n == 1 || c->mode == CHECK_FIRST))
		return check_node(c, r->nodes[best.first], at);
	owned_buf struct buf text = { 0 };
	if (best.penalty >= PENALTY_KIND) {
		say_kinds_wanted(r, at, &text);
	} else {
		say_alternatives(c, r, at, &text);
	}
	if (check_say(c))
		buf_append(&c->text, buf_str(&text));
	return check_told(c, node, r->keyword->name, at, best.penalty);
}

/* Which branches fit, at most two of them. */
static size_t check_fitting(struct check *c, const struct schema_rule *r, const struct place *at,
                            size_t enough, size_t ret_which[2])
{
	size_t n = 0;
	for (size_t i = 0; i < r->nnodes && n < enough; i++)
		if (!check_as(c, CHECK_QUIET, r->nodes[i], at))
			ret_which[n++] = i;
	return n;
}

unsigned check_any(struct check *c, const struct schema_node *node,
                   const struct schema_rule *r, const struct place *at)
{
	size_t which[2];
	return check_fitting(c, r, at, 1, which) ? 0 : check_none(c, node, r, at);
}

unsigned check_one(struct check *c, const struct schema_node *node,
                   const struct schema_rule *r, const struct place *at)
{
	size_t which[2], n = check_fitting(c, r, at, 2, which);
	if (n < 2)
		return n || c->given_up ? 0 : check_none(c, node, r, at);
	struct buf *say = check_say(c);
	if (say) {
		say_subject(say, at);
		buf_printf(say, " fits more than one of %zu alternatives (%zu and %zu) and must fit "
		           "exactly one", r->nnodes, which[0] + 1, which[1] + 1);
	}
	return check_told(c, node, r->keyword->name, at, PENALTY_SMALL);
}

unsigned check_not(struct check *c, const struct schema_node *node,
                   const struct schema_rule *r, const struct place *at)
{
	if (check_as(c, CHECK_QUIET, r->nodes[0], at) || c->given_up)
		return 0;
	struct buf *say = check_say(c);
	if (say) {
		say_subject(say, at);
		buf_append_text(say, " must not be ");
		if (!say_expected(say, r->nodes, 1, true))
			buf_append_text(say, "as it is: the schema's \"not\" fits it");
	}
	return check_told(c, node, r->keyword->name, at, PENALTY_OTHER);
}

unsigned check_if(struct check *c, const struct schema_node *node,
                  const struct schema_rule *r, const struct place *at)
{
	(void)node;
	bool fits = !check_as(c, CHECK_QUIET, r->nodes[0], at);
	const struct schema_node *next = r->nodes[fits ? 1 : 2];
	return next ? check_node(c, next, at) : 0;
}
