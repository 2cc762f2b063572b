#include "core/job/names.h"

#include "core/recipe/quote.h"

static bool names_has(const char *name)
{
	return name && str_find_str(str_of(name), STR(PUSH_GIT)) != STR_NONE;
}

bool names_need_git(const struct plan *plan)
{
	for (size_t i = 0; i < plan->ntasks; i++) {
		const struct task *t = &plan->tasks[i];
		if (t->kind == TASK_PUSH && names_has(t->push.name))
			return true;
		for (size_t k = 0; t->kind == TASK_IMAGE && t->image.tags && t->image.tags[k]; k++)
			if (names_has(t->image.tags[k]))
				return true;
	}
	return false;
}

static void names_append_described(struct buf *out, struct str described)
{
	for (size_t i = 0; i < described.n; i++) {
		char c = described.p[i];
		bool fits = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		            c == '_' || c == '.' || c == '-';
		buf_append_char(out, fits ? c : '-');
	}
}

static bool names_fill_one(struct arena *a, const char **name, struct str described,
                           struct error *err)
{
	owned_buf struct buf out = { 0 }, checked = { 0 };
	struct str rest = str_of(*name), mark = STR(PUSH_GIT), content = STR(PUSH_CONTENT);
	size_t at;
	if (!names_has(*name))
		return true;
	while ((at = str_find_str(rest, mark)) != STR_NONE) {
		buf_append(&out, str_slice(rest, 0, at));
		names_append_described(&out, described);
		rest = str_slice(rest, at + mark.n, rest.n);
	}
	buf_append(&out, rest);
	buf_append(&checked, buf_str(&out));
	while ((at = str_find_str(buf_str(&checked), content)) != STR_NONE)
		buf_replace(&checked, at, content.n, STR("0123456789ab"));
	if (!quote_check_image(buf_str(&checked), err))
		return error_prefix(err, "%s", *name);
	*name = arena_text(a, buf_str(&out));
	return true;
}

static bool names_fill_tags(struct arena *a, struct image_task *image, struct str described,
                            struct error *err)
{
	size_t n = 0;
	while (image->tags && image->tags[n])
		n++;
	const char **tags = arena_array(a, n + 1, sizeof *tags);
	for (size_t i = 0; i < n; i++) {
		tags[i] = image->tags[i];
		if (!names_fill_one(a, &tags[i], described, err))
			return false;
	}
	image->tags = tags;
	return true;
}

bool names_fill(struct plan *plan, struct str described, struct error *err)
{
	for (size_t i = 0; i < plan->ntasks; i++) {
		struct task *t = &plan->tasks[i];
		if ((t->kind == TASK_IMAGE && !names_fill_tags(plan->arena, &t->image, described, err)) ||
		    (t->kind == TASK_PUSH &&
		     !names_fill_one(plan->arena, &t->push.name, described, err)) ||
		    !names_fill_one(plan->arena, &t->name, described, err))
			return false;
	}
	return names_fill_one(plan->arena, &plan->image, described, err);
}
