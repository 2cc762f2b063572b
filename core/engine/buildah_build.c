#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/check.h"
#include "core/engine/buildah.h"
#include "core/context/folder.h"
#include "core/engine/decoder.h"
#include "core/engine/sentence.h"
#include "core/engine/terms.h"
#include "core/os/files.h"
#include "core/os/save.h"
#include "core/os/spawn.h"
#include "core/value/json.h"

/* BUILDAH_KILL_MS: buildah ends some 40 ms after SIGTERM, its container removed; this is
 * for one that does not.  BUILDAH_DRAIN_MS: a pipe that somebody keeps open after buildah
 * has ended. */
enum { BUILDAH_KILL_MS = 800, BUILDAH_DRAIN_MS = 500, BUILDAH_READ = 64 * 1024,
       BUILDAH_LIST_MAX = 4 << 20 };

struct buildah_work {
	struct work base;
	struct buildah_work *next, **link;
	const struct image_task *task;
	struct arena *arena;
	struct decoder *decoder;
	struct context_folder **folders;        /* of the main context, then of the others */
	size_t nfolders;                /* the last one is being filled */
	const char *temporary;          /* its TMPDIR where it is not below dir */
	const char *dir;                /* of this work, below scratch */
	struct child child;
	int status;
	bool running, cancelled, killed;
	struct error err;
	uint64_t timer;                 /* the next step of filling, or the end */
	uint64_t patience;              /* SIGTERM's or the pipes' */
	struct str before;              /* buildah's containers when it started, as JSON */
};

static struct buildah_engine *buildah_of(const struct buildah_work *w)
{
	return (struct buildah_engine *)w->base.engine;
}

static void buildah_close_pipe(struct buildah_work *w, int *fd)
{
	if (*fd < 0)
		return;
	loop_unwatch(w->base.engine->loop, *fd);
	close(*fd);
	*fd = -1;
}

static void buildah_close_guard(struct buildah_work *w)
{
	if (w->child.guard > 0)
		close(w->child.guard);
	w->child.guard = 0;
}

/* The working containers there are, as `buildah containers --json` tells; p NULL when
 * it does not. */
static struct str buildah_containers(struct arena *a)
{
	static const char *const argv[] = { "buildah", "containers", "--json", NULL };
	struct spawn s = { .argv = argv, .in = SPAWN_NULL, .out = SPAWN_PIPE, .err = SPAWN_NULL };
	owned_buf struct buf out = { 0 };
	struct error ignored = { 0 };
	int status;
	if (!spawn_run(&s, BUILDAH_LIST_MAX, &out, &status, &ignored) || status != 0)
		return (struct str){ 0 };
	return arena_str(a, buf_str(&out));
}

/* A container of ours: on a base image of the recipe, or on what one of its steps made,
 * which has no other name than its id. */
static bool buildah_is_ours(const struct buildah_work *w, struct str image, struct str id)
{
	const struct recipe *r = work_recipe(w->task);
	struct str layers = buf_str(&w->decoder->result.layers), layer;
	for (size_t i = 0; i < r->nstages; i++)
		if (r->stages[i].base.n && str_has_suffix(image, r->stages[i].base))
			return true;
	while (str_next(&layers, '\n', &layer))
		if (layer.n && str_has_prefix(id, layer))
			return true;
	return false;
}

/* After a bad end, which leaves what --force-rm would have removed: what came since the
 * start, from one of this build's images. */
static void buildah_remove_containers(struct buildah_work *w)
{
	owned(arena) struct arena *a = arena_new();
	struct str now = buildah_containers(a);
	const struct value *list;
	struct error ignored = { 0 };
	if (!w->before.p || !now.p || !value_parse_json(a, now, &list, &ignored))
		return;
	const char **argv = arena_array(a, value_count(list) + 3, sizeof *argv);
	size_t n = 0;
	argv[n++] = "buildah";
	argv[n++] = "rm";
	for (const struct value *v = value_child(list); v; v = value_next(v)) {
		const struct value *id = value_get(v, STR("id"));
		const struct value *name = value_get(v, STR("imagename"));
		const struct value *image = value_get(v, STR("imageid"));
		if (!id || !name || !image || value_type(id) != VALUE_STRING || !value_text(id).n ||
		    str_find_str(w->before, value_text(id)) != STR_NONE ||
		    !buildah_is_ours(w, value_text(name), value_text(image)))
			continue;
		argv[n++] = arena_text(a, value_text(id));
	}
	struct spawn s = { .argv = argv, .in = SPAWN_NULL, .out = SPAWN_NULL, .err = SPAWN_NULL };
	int status;
	if (n > 2)
		spawn_run(&s, 0, NULL, &status, &ignored);
}

void buildah_work_drop(struct buildah_work *w)
{
	struct loop *l = w->base.engine->loop;
	struct error ignored = { 0 };
	*w->link = w->next;
	if (w->next)
		w->next->link = w->link;
	if (w->running) {
		spawn_kill_group(w->child.pid, SIGKILL);
		loop_unchild(l, w->child.pid);
		while (waitpid(w->child.pid, NULL, 0) < 0 && errno == EINTR)
			continue;
		w->killed = true;
	}
	buildah_close_pipe(w, &w->child.out);
	buildah_close_pipe(w, &w->child.err);
	buildah_close_guard(w);
	loop_untimer(l, w->timer);
	loop_untimer(l, w->patience);
	/* One that ends by itself on SIGTERM leaves them too, --force-rm or not (1.28.2). */
	if (w->killed || w->cancelled || w->status != 0)
		buildah_remove_containers(w);
	decoder_free(w->decoder);
	for (size_t i = 0; i < w->nfolders; i++)
		context_folder_free(w->folders[i]);
	if (w->dir)
		save_remove(w->dir, &ignored);
	if (w->temporary)
		save_remove(w->temporary, &ignored);
	arena_free(w->arena);
	free(w);
}

static const char *buildah_iidfile(const struct buildah_work *w)
{
	return arena_printf(w->arena, "%s/iid", w->dir);
}

/* Of an image that has no name. */
static void buildah_read_id(struct buildah_work *w)
{
	owned(files) struct files *disk = files_disk("/");
	struct buf *id = &w->decoder->result.image_id;
	struct error ignored;
	struct str text;
	if ((terms_want_image(w->task) && w->task->tags && w->task->tags[0]) || !w->dir ||
	    files_read(disk, buildah_iidfile(w), w->arena, &text, &ignored) != FILES_OK)
		return;
	buf_clear(id);
	buf_append(id, str_trim(text));
}

static void buildah_judge(struct buildah_work *w, struct work_result *ret_result)
{
	struct decoder_result *r = &w->decoder->result;
	struct error *err = &ret_result->error;
	bool good = !w->err.code && WIFEXITED(w->status) && WEXITSTATUS(w->status) == 0;
	ret_result->cancelled = w->cancelled;
	if (w->cancelled)
		error_set(err, ERROR_CANCELLED, "the build was cancelled");
	else if (w->err.code)
		*err = w->err;
	else if (good && r->image_id.n)
		ret_result->ok = true;
	else if (good)
		error_set(err, ERROR_PROTOCOL, "buildah ended well but told no image id");
	else if (WIFSIGNALED(w->status))
		error_set(err, ERROR_UNREACHABLE, "the engine went away: buildah was ended by "
		          "signal %d", WTERMSIG(w->status));
	else
		sentence_of_build(work_recipe(w->task), r, err);
	if (ret_result->ok)
		ret_result->image_id = arena_str(w->arena, buf_str(&r->image_id));
}

/* w is gone afterwards. */
static void buildah_finish(struct buildah_work *w)
{
	struct engine_sink sink = w->base.sink;
	struct work_result result = { 0 };
	struct error ignored = { 0 };
	owned_buf struct buf id = { 0 };
	if (!w->err.code && !w->cancelled && WIFEXITED(w->status) && WEXITSTATUS(w->status) == 0)
		decoder_buildah_good(w->decoder);
	decoder_end(w->decoder, &ignored);
	buildah_read_id(w);
	buildah_judge(w, &result);
	buf_append(&id, result.image_id);
	result.image_id = buf_str(&id);
	buildah_work_drop(w);
	sink.done(sink.data, &result);
}

static void buildah_finish_now(struct loop *l, void *data)
{
	(void)l;
	struct buildah_work *w = data;
	w->timer = 0;
	buildah_finish(w);
}

/* Over when buildah has ended and its pipes are empty. */
static void buildah_check_end(struct buildah_work *w)
{
	if (w->running || w->child.out >= 0 || w->child.err >= 0 || w->timer)
		return;
	w->timer = loop_timer(w->base.engine->loop, 0, buildah_finish_now, w);
}

static void buildah_read(struct buildah_work *w, int *fd, int stream)
{
	char bytes[BUILDAH_READ];
	struct error ignored = { 0 };
	while (*fd >= 0) {
		ssize_t n = read(*fd, bytes, sizeof bytes);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return;
		if (n <= 0) {
			buildah_close_pipe(w, fd);
			return;
		}
		decoder_feed_stream(w->decoder, stream, (struct str){ bytes, (size_t)n }, &ignored);
		if ((size_t)n < sizeof bytes)
			return;
	}
}

/* stderr first: what a step said there was written before the next one was announced. */
static void buildah_ready(struct loop *l, int fd, short revents, void *data)
{
	struct buildah_work *w = data;
	(void)l;
	(void)fd;
	(void)revents;
	buildah_read(w, &w->child.err, 2);
	buildah_read(w, &w->child.out, 1);
	buildah_check_end(w);
}

static void buildah_drained(struct loop *l, void *data)
{
	(void)l;
	struct buildah_work *w = data;
	w->patience = 0;
	spawn_kill_group(w->child.pid, SIGKILL);
	buildah_close_pipe(w, &w->child.out);
	buildah_close_pipe(w, &w->child.err);
	buildah_check_end(w);
}

static void buildah_ended(struct loop *l, pid_t pid, int status, void *data)
{
	struct buildah_work *w = data;
	w->running = false;
	w->status = status;
	buildah_close_guard(w);
	/* By somebody else's hand: its RUN would go on. */
	if (WIFSIGNALED(status) && !w->killed) {
		w->killed = true;
		spawn_kill_group(pid, SIGKILL);
	}
	loop_untimer(l, w->patience);
	w->patience = loop_timer(l, BUILDAH_DRAIN_MS, buildah_drained, w);
	buildah_ready(l, -1, 0, w);
}

/* Where it puts its temporary files; with an agent a socket among them, whose path may have
 * 107 bytes in all.  NULL: err. */
static const char *buildah_temporary(struct buildah_work *w, struct error *err)
{
	const char *dir = arena_printf(w->arena, "%s/tmp", w->dir);
	if (!work_option(w->task, "ssh").p)
		return save_dir(dir, 0700, err) ? dir : NULL;
	char *made = arena_printf(w->arena, "/tmp/mortar-XXXXXX");
	if (!mkdtemp(made)) {
		error_set_errno(err, "cannot make a folder in /tmp");
		return NULL;
	}
	return w->temporary = made;
}

static void buildah_start(struct buildah_work *w, const char *folder)
{
	struct buildah_engine *b = buildah_of(w);
	const char *dockerfile = arena_printf(w->arena, "%s/Dockerfile", w->dir);
	const char *temporary = buildah_temporary(w, &w->err);
	const char *const *env = buildah_environment(w->arena, w->task, temporary ? temporary : "");
	struct spawn s = { .env = env, .dir = w->dir, .in = SPAWN_NULL, .out = SPAWN_PIPE,
	                   .err = SPAWN_PIPE, .group = true, .guard = true,
	                   .die_with_parent = true };
	s.argv = buildah_command(w->arena, w->task, b->build_id, dockerfile, buildah_iidfile(w),
	                         folder);
	if (!temporary || !save_derived(dockerfile, work_recipe(w->task)->text, 0600, &w->err) ||
	    !spawn_start(&s, &w->child, &w->err)) {
		w->timer = loop_timer(b->base.loop, 0, buildah_finish_now, w);
		return;
	}
	w->running = true;
	loop_child(b->base.loop, w->child.pid, buildah_ended, w);
	loop_watch(b->base.loop, w->child.out, POLLIN, buildah_ready, w);
	loop_watch(b->base.loop, w->child.err, POLLIN, buildah_ready, w);
}

/* On to the next context; false: there is none, or err. */
static bool buildah_next_folder(struct buildah_work *w, struct error *err)
{
	size_t i = w->nfolders;
	if (i > w->task->ncontexts)
		return false;
	struct context *context = i ? w->task->contexts[i - 1].context : w->task->context;
	const char *dir = i ? arena_printf(w->arena, "%s/context-%zu", w->dir, i - 1)
	                    : arena_printf(w->arena, "%s/context", w->dir);
	if (!context_is_scanned(context) && !context_scan(context, err))
		return false;
	w->folders[i] = context_folder_new(dir, context, err);
	w->nfolders += w->folders[i] != NULL;
	return w->folders[i] != NULL;
}

/* Fills the folders between the loop's other turns, then starts. */
static void buildah_fill(struct loop *l, void *data)
{
	struct buildah_work *w = data;
	const char *folder = arena_printf(w->arena, "%s/context", w->dir);
	w->timer = 0;
	switch (context_folder_step(w->folders[w->nfolders - 1], &w->err)) {
	case PULL_DATA:
		w->timer = loop_timer(l, 0, buildah_fill, w);
		return;
	case PULL_FAILED:
		buildah_finish(w);
		return;
	case PULL_DONE:
		break;
	}
	if (buildah_next_folder(w, &w->err))
		w->timer = loop_timer(l, 0, buildah_fill, w);
	else if (w->err.code)
		buildah_finish(w);
	else
		buildah_start(w, folder);
}

static bool buildah_prepare(struct buildah_work *w, struct error *err)
{
	struct buildah_engine *b = buildah_of(w);
	if (!b->facts.name)
		return error_set(err, ERROR_UNREACHABLE, "buildah was not asked what it is");
	if (!work_secrets_allowed(w->task, err) || !buildah_can(w->task, b->facts.version, err))
		return false;
	if (buildah_runs_all(w->task) && !w->task->level.no_cache && w->base.sink.warning)
		w->base.sink.warning(w->base.sink.data, STR("every step runs: of what its cache serves "
		                     "buildah writes no files"));
	if (!b->scratch)
		return error_set(err, ERROR_USAGE, "buildah needs a folder for the context");
	w->dir = arena_printf(w->arena, "%s/buildah-%u", b->scratch, ++b->nworks);
	w->folders = arena_array(w->arena, w->task->ncontexts + 1, sizeof(struct context_folder *));
	return save_remove(w->dir, err) && save_dir(w->dir, 0700, err) && buildah_next_folder(w, err);
}

struct work *buildah_image(struct engine *e, const struct image_task *t,
                           const struct engine_sink *sink)
{
	struct buildah_engine *b = (struct buildah_engine *)e;
	struct buildah_work *w = xcalloc(1, sizeof *w);
	w->base = (struct work){ .engine = e, .sink = *sink };
	w->next = b->works;
	w->link = &b->works;
	if (w->next)
		w->next->link = &w->next;
	b->works = w;
	w->task = t;
	w->arena = arena_new();
	w->child = (struct child){ .pid = -1, .in = -1, .out = -1, .err = -1 };
	w->decoder = decoder_buildah_new(work_recipe(t), &w->base.sink);
	if (buildah_prepare(w, &w->err)) {
		w->before = buildah_containers(w->arena);
		w->timer = loop_timer(e->loop, 0, buildah_fill, w);
	} else {
		w->timer = loop_timer(e->loop, 0, buildah_finish_now, w);
	}
	return &w->base;
}

static void buildah_kill(struct loop *l, void *data)
{
	(void)l;
	struct buildah_work *w = data;
	w->patience = 0;
	w->killed = true;
	spawn_kill_group(w->child.pid, SIGKILL);
}

void buildah_cancel(struct work *base)
{
	struct buildah_work *w = (struct buildah_work *)base;
	struct loop *l = base->engine->loop;
	if (w->cancelled)
		return;
	w->cancelled = true;
	if (!w->running) {
		loop_untimer(l, w->timer);
		w->timer = loop_timer(l, 0, buildah_finish_now, w);
		return;
	}
	spawn_kill_group(w->child.pid, SIGTERM);
	w->patience = loop_timer(l, BUILDAH_KILL_MS, buildah_kill, w);
}
