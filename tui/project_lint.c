/* An open project: what the rules find in it. */
#include "core/base/check.h"
#include "core/job/findings.h"
#include "tui/project.h"

void project_lint(struct project *p, const struct context *context,
                  const struct problems *told)
{
	owned(arena) struct arena *arena = arena_new();
	if (p->settings)
		lint_run(p->kind->rules,
		         &(struct subject){ .settings = p->settings, .plan = p->plan,
		                            .selection = &p->selection, .context = context,
		                            .preferences = p->preferences, .told = told,
		                            .known = kind_rules(arena) },
		         p->problems);
	problems_sort(p->problems);
}

/* ---- found by somebody else ---- */

struct lint_sources {
	struct project *project;
	const struct problems *told;    /* so far */
	const struct source *last;      /* most are of one file */
};

static const struct source *lint_source_of(const struct source *s, const struct findings_file *f)
{
	return s && findings_is_file(f, s) ? s : NULL;
}

static const struct source *lint_layer_source(const struct project *p,
                                              const struct findings_file *f)
{
	const struct source *found = NULL;
	for (size_t i = 0; p->settings && !found && i < p->settings->ndocuments; i++) {
		const struct document *d = &p->settings->documents[i];
		for (size_t k = 0; !found && k < d->nlayers; k++)
			if (d->layers[k].value)
				found = lint_source_of(value_span(d->layers[k].value).source, f);
	}
	return found;
}

/* A file that was read and is none of these: an ignore file. */
static const struct source *lint_text_source(struct project *p, const struct findings_file *f)
{
	owned(arena) struct arena *arena = arena_new();
	size_t n;
	const struct pair *texts = project_texts(p->files, arena, &n);
	for (size_t i = 0; i < n; i++) {
		if (!texts[i].value.p || !str_eq(texts[i].name, str_of(f->path)))
			continue;
		p->found = p->found ? p->found : arena_new();
		struct source *s = source_new(p->found, str_of(f->path), f->profile,
		                              arena_str(p->found, texts[i].value));
		s->name = f->name ? arena_text(p->found, str_of(f->name)) : NULL;
		return s;
	}
	return NULL;
}

static const struct source *lint_find_source(void *data, const struct findings_file *f)
{
	struct lint_sources *l = data;
	struct project *p = l->project;
	const struct image_task *image = p->plan ? plan_image(p->plan) : NULL;
	const struct recipe *r = image ? image->recipe : NULL;
	const struct source *found = lint_source_of(l->last, f);
	if (!found && r && r->ninstructions)
		found = lint_source_of(r->instructions[0].at.source, f);
	found = found ? found : lint_layer_source(p, f);
	for (size_t i = 0; !found && i < problems_count(p->problems); i++)
		found = lint_source_of(problems_get(p->problems, i)->at.source, f);
	for (size_t i = 0; !found && i < problems_count(l->told); i++)
		found = lint_source_of(problems_get(l->told, i)->at.source, f);
	return l->last = found ? found : lint_text_source(p, f);
}

struct problems *project_lint_told(struct project *p, const struct value *findings)
{
	CHECK(p->unlinted);
	struct problems *before = p->problems, *all = problems_copy(p->unlinted);
	struct lint_sources sources = { .project = p, .told = all };
	findings_read(findings, lint_find_source, &sources, all);
	problems_sort(all);
	p->problems = all;
	return before;
}
