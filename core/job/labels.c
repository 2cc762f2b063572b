#include "core/job/labels.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/base/check.h"
#include "core/job/job.h"
#include "core/job/names.h"
#include "core/job/worker.h"

/* A repository on a disk that hangs holds no build up for longer. */
enum { LABELS_MS = 5000, LABELS_NEW = 3 };
#define LABELS_PREFIX "org.opencontainers.image."

struct labels {
	struct loop *loop;
	struct plan *plan;
	struct worker *worker;
	labels_done_fn *done;
	void *data;
	uint64_t timer;
	struct error err;
	bool has_error, wants_labels, wants_names;
};

void labels_free(struct labels *l)
{
	if (!l)
		return;
	worker_free(l->worker);
	loop_untimer(l->loop, l->timer);
	free(l);
}

static void labels_end(struct labels *l, const struct error *why)
{
	loop_untimer(l->loop, l->timer);
	l->timer = 0;
	l->done(l->data, why);
}

static void labels_late(struct loop *loop, void *data)
{
	(void)loop;
	struct labels *l = data;
	struct error err;
	worker_free(l->worker);
	l->worker = NULL;
	error_set(&err, ERROR_SYSTEM, "git has not answered within %d seconds", LABELS_MS / 1000);
	labels_end(l, &err);
}

static struct str labels_text(const struct value *line, const char *key)
{
	const struct value *v = value_get(line, str_of(key));
	return v && value_type(v) != VALUE_NULL ? value_text(v) : (struct str){ 0 };
}

/* In universal time, as RFC 3339 has it; NULL: no time. */
static const char *labels_time(struct arena *a, struct str seconds)
{
	char text[32];
	struct tm tm;
	unsigned long long n;
	if (!str_number(seconds, INT64_MAX, &n))
		return NULL;
	time_t t = (time_t)n;
	if (!gmtime_r(&t, &tm) || !strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &tm))
		return NULL;
	return arena_text(a, str_of(text));
}

static void labels_add_one(struct plan *plan, struct image_task *image, const char *name,
                           const char *value)
{
	struct str option = str_of(arena_printf(plan->arena, "label:" LABELS_PREFIX "%s", name));
	for (size_t i = 0; i < image->noptions; i++)
		if (str_eq(image->options[i].name, option))
			return;
	struct pair *all = arena_array(plan->arena, image->noptions + 1, sizeof *all);
	if (image->noptions)
		memcpy(all, image->options, image->noptions * sizeof *all);
	all[image->noptions++] = (struct pair){ option, str_of(value) };
	image->options = all;
}

void labels_add(struct plan *plan, const struct value *line)
{
	struct arena *a = plan->arena;
	struct str source = labels_text(line, "source"), commit = labels_text(line, "commit");
	const struct value *dirty = value_get(line, STR("dirty"));
	const char *created = labels_time(a, labels_text(line, "time"));
	for (size_t i = 0; i < plan->ntasks; i++) {
		struct image_task *image = &plan->tasks[i].image;
		if (plan->tasks[i].kind != TASK_IMAGE)
			continue;
		if (source.n)
			labels_add_one(plan, image, "source", arena_text(a, source));
		if (commit.n)
			labels_add_one(plan, image, "revision", arena_printf(a, "%.*s%s", STR_ARG(commit),
			               dirty && value_is_true(dirty) ? "-dirty" : ""));
		if (commit.n && created)
			labels_add_one(plan, image, "created", created);
	}
}

static void labels_told(struct labels *l, const struct value *line)
{
	struct str described = labels_text(line, "described");
	if (l->wants_labels)
		labels_add(l->plan, line);
	if (l->wants_names && !described.n)
		l->has_error = !error_set(&l->err, ERROR_PROJECT, "there is no commit yet");
	else if (l->wants_names)
		l->has_error = !names_fill(l->plan, described, &l->err);
}

static void labels_line(void *data, const struct value *line, bool ended_well)
{
	struct labels *l = data;
	if (line && worker_error(line, &l->err)) {
		l->has_error = true;
	} else if (line) {
		labels_told(l, line);
	} else {
		if (!ended_well && !l->has_error)
			error_set(&l->err, ERROR_SYSTEM, "the worker that asks git has died");
		labels_end(l, l->has_error || !ended_well ? &l->err : NULL);
	}
}

/* Whether asking is worth a process. */
static bool labels_has_repository(struct arena *a, const char *root)
{
	struct str path = str_of(files_absolute(a, root));
	for (;;) {
		size_t slash = str_find_last(path, '/');
		if (access(arena_printf(a, "%.*s/.git", STR_ARG(path)), F_OK) == 0)
			return true;
		if (slash == STR_NONE)
			return getenv("GIT_DIR") != NULL;
		path = str_slice(path, 0, slash);
	}
}

struct labels *labels_ask(struct loop *loop, struct plan *plan, const struct selection *s,
                          labels_done_fn *done, void *data)
{
	owned(arena) struct arena *a = arena_new();
	bool labels = !selection_option(s, "no-git-labels").p, names = names_need_git(plan);
	if ((!labels && !names) || !labels_has_repository(a, plan->root))
		return NULL;
	struct labels *l = xcalloc(1, sizeof *l);
	struct value *argument = value_new_object(a);
	value_set(a, argument, "describe", value_new_bool(a, names));
	value_set(a, argument, "dir", value_new_string(a, str_of(plan->root)));
	*l = (struct labels){ .loop = loop, .plan = plan, .done = done, .data = data,
	                      .wants_labels = labels, .wants_names = names };
	l->worker = worker_start(loop, "git", argument, labels_line, l, &l->err);
	l->timer = l->worker ? loop_timer(loop, LABELS_MS, labels_late, l) : 0;
	if (l->worker)
		return l;
	labels_free(l);
	return NULL;
}
