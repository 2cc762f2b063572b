/* A working container of buildah's: for a person, whose `buildah run` has our terminal, or our
 * standard input and output; or for a plan (buildah_run_quiet.c). */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/check.h"
#include "core/engine/buildah_run.h"
#include "core/engine/run_owner.h"
#include "core/os/clock.h"
#include "core/os/spawn.h"
#include "core/os/tty.h"
#include "core/value/json.h"

enum { BUILDAH_SAID_MAX = 1 << 20 };

bool buildah_ask(struct arena *a, const char *const *argv, struct str *ret_said,
                 struct error *err)
{
	struct spawn s = { .argv = argv, .in = SPAWN_NULL, .out = SPAWN_PIPE, .err = SPAWN_NULL };
	owned_buf struct buf out = { 0 };
	int status;
	if (!spawn_run(&s, BUILDAH_SAID_MAX, &out, &status, err))
		return false;
	if (status != 0)
		return error_set(err, ERROR_REFUSED, "buildah %s fails", argv[1]);
	if (ret_said)
		*ret_said = arena_str(a, buf_str(&out));
	return true;
}

static bool buildah_remove(struct arena *a, const char *name, struct error *err)
{
	const char *const argv[] = { "buildah", "rm", name, NULL };
	return buildah_ask(a, argv, NULL, err);
}

/* ---- what a killed mortar has left ---- */

static void buildah_sweep(struct buildah_run *r)
{
	static const char *const argv[] = { "buildah", "containers", "--json", NULL };
	struct str said, prefix = STR(RUN_OWNER_SHELL "-");
	struct error ignored = { 0 };
	const struct value *list;
	if (!buildah_ask(r->arena, argv, &said, &ignored) ||
	    !value_parse_json(r->arena, said, &list, &ignored))
		return;
	for (const struct value *v = value_child(list); v; v = value_next(v)) {
		const struct value *name = value_get(v, STR("containername"));
		if (!name || !str_has_prefix(value_text(name), prefix) ||
		    !run_owner_name_is_gone(str_slice(value_text(name), prefix.n, value_text(name).n),
		                            (int64_t)clock_now()))
			continue;
		const char *text = arena_printf(r->arena, "removed the container %.*s, which a mortar "
		                                "that was killed left behind", STR_ARG(value_text(name)));
		if (buildah_remove(r->arena, arena_text(r->arena, value_text(name)), &ignored) &&
		    r->base.sink.warning)
			r->base.sink.warning(r->base.sink.data, str_of(text));
	}
}

/* ---- the end ---- */

void buildah_run_drop(struct buildah_run *r)
{
	struct error ignored;
	*r->link = r->next;
	if (r->next)
		r->next->link = r->link;
	loop_untimer(r->base.engine->loop, r->timer);
	buildah_quiet_drop(r);
	if (r->running) {
		spawn_kill_group(r->child.pid, SIGKILL);
		loop_unchild(r->base.engine->loop, r->child.pid);
		while (waitpid(r->child.pid, NULL, 0) < 0 && errno == EINTR)
			continue;
		if (r->task.interactive)
			tty_give(STDIN_FILENO, getpgrp());
	}
	tty_restore(r->tty);
	if (r->child.guard > 0)
		close(r->child.guard);
	if (r->name)
		buildah_remove(r->arena, r->name, &ignored);
	arena_free(r->arena);
	free(r);
}

void buildah_run_phase(struct buildah_run *r, enum run_phase phase)
{
	r->report.phase = phase;
	if (r->base.sink.run)
		r->base.sink.run(r->base.sink.data, &r->report);
}

void buildah_run_finish(struct buildah_run *r)
{
	struct engine_sink sink = r->base.sink;
	struct work_result result = { .cancelled = r->cancelled, .error = r->err };
	struct error why = { 0 };
	if (r->name && !buildah_remove(r->arena, r->name, &why)) {
		error_prefix(&why, "the working container %s could not be removed (the next mortar shell "
		             "tries again)", r->name);
		if (!result.error.code)
			result.error = why;
	} else if (r->name) {
		buildah_run_phase(r, RUN_REMOVED);
	}
	r->name = NULL;
	if (result.cancelled && !result.error.code)
		error_set(&result.error, ERROR_CANCELLED, "the container was stopped");
	result.ok = result.error.code == ERROR_NONE;
	buildah_run_drop(r);
	sink.done(sink.data, &result);
}

static void run_ended(struct loop *l, pid_t pid, int status, void *data)
{
	struct buildah_run *r = data;
	(void)l;
	r->running = false;
	/* What its end has left of its group. */
	spawn_kill_group(pid, SIGKILL);
	tty_give(STDIN_FILENO, getpgrp());
	tty_restore(r->tty);
	r->tty = NULL;
	r->report.ended = clock_now();
	r->report.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	buildah_run_phase(r, RUN_EXITED);
	buildah_run_finish(r);
}

/* ---- the way up ---- */

/* The variables of env_under that the image has not. */
static bool run_add_env(struct buildah_run *r, const char **argv, size_t *n, struct error *err)
{
	const char *const ask[] = { "buildah", "inspect", "--type", "container", r->name, NULL };
	struct str said = { 0 };
	const struct value *all, *env;
	if (!r->task.env_under)
		return true;
	if (!buildah_ask(r->arena, ask, &said, err) || !value_parse_json(r->arena, said, &all, err))
		return false;
	env = value_at(all, STR("/OCIv1/config/Env"));
	for (const char *const *e = r->task.env_under; *e; e++) {
		struct str name = str_slice(str_of(*e), 0, str_find(str_of(*e), '=') + 1);
		bool has = false;
		for (const struct value *v = env ? value_child(env) : NULL; v; v = value_next(v))
			has |= str_has_prefix(value_text(v), name);
		if (has)
			continue;
		argv[(*n)++] = "--env";
		argv[(*n)++] = *e;
	}
	return true;
}

static size_t run_count(const char *const *words)
{
	size_t n = 0;
	while (words && words[n])
		n++;
	return n;
}

const char **buildah_run_command(struct buildah_run *r, size_t more, size_t *ret_n,
                                 struct error *err)
{
	const char *const *how = buildah_isolation(r->arena, str_of(r->task.network));
	size_t n = 0, words = BUILDAH_RUN_WORDS + 2 * run_count(r->task.env) +
	                      2 * run_count(r->task.env_under) + more;
	const char **argv = arena_array(r->arena, words, sizeof *argv);
	argv[n++] = "buildah";
	argv[n++] = "run";
	for (; *how; how++)
		argv[n++] = *how;
	if (r->task.workdir) {
		argv[n++] = "--workingdir";
		argv[n++] = r->task.workdir;
	}
	if (r->task.user) {
		argv[n++] = "--user";
		argv[n++] = r->task.user;
	}
	for (const char *const *e = r->task.env; e && *e; e++) {
		argv[n++] = "--env";
		argv[n++] = *e;
	}
	if (!run_add_env(r, argv, &n, err))
		return NULL;
	*ret_n = n;
	return argv;
}

static bool run_try(struct buildah_run *r, struct error *err)
{
	const char *const *how = buildah_isolation(r->arena, str_of(r->task.network));
	size_t n = 0, more = run_count(r->task.trial);
	if (!r->task.trial)
		return true;
	const char **argv = arena_array(r->arena, BUILDAH_RUN_WORDS + more, sizeof *argv);
	argv[n++] = "buildah";
	argv[n++] = "run";
	for (; *how; how++)
		argv[n++] = *how;
	argv[n++] = r->name;
	argv[n++] = "--";
	memcpy(argv + n, r->task.trial, more * sizeof *argv);
	return buildah_ask(r->arena, argv, NULL, err) ||
	       error_set(err, ERROR_REFUSED, "the image's command cannot be run: %s", r->task.trial[0]);
}

static bool run_start(struct buildah_run *r, struct error *err)
{
	size_t n, entry = run_count(r->task.entrypoint), more = run_count(r->task.argv);
	const char **argv = buildah_run_command(r, entry + more, &n, err);
	if (!argv)
		return false;
	if (r->task.tty)
		argv[n++] = "--tty";
	argv[n++] = r->name;
	argv[n++] = "--";
	if (entry)
		memcpy(argv + n, r->task.entrypoint, entry * sizeof *argv);
	if (more)
		memcpy(argv + n + entry, r->task.argv, more * sizeof *argv);
	/* On a terminal all of the container comes by stdout; what else buildah says of its end is
	 * its exit code, in words. */
	struct spawn s = { .argv = argv, .in = SPAWN_INHERIT, .out = SPAWN_INHERIT,
	                   .err = r->task.tty ? SPAWN_NULL : SPAWN_INHERIT, .group = true,
	                   .guard = true, .die_with_parent = true };
	/* buildah leaves it as it needs it. */
	r->tty = tty_keep(STDIN_FILENO);
	if (!spawn_start(&s, &r->child, err))
		return false;
	r->running = true;
	loop_child(r->base.engine->loop, r->child.pid, run_ended, r);
	tty_give(STDIN_FILENO, r->child.pid);
	r->report.started = clock_now();
	buildah_run_phase(r, RUN_RUNNING);
	return true;
}

static bool run_create(struct buildah_run *r, struct error *err)
{
	const char *argv[] = { "buildah", "from", "--pull-never", "--name", NULL, NULL, NULL };
	struct str said, id = r->task.image;
	/* buildah knows ids without it. */
	id = str_has_prefix(id, STR("sha256:")) ? str_slice(id, 7, id.n) : id;
	argv[4] = r->task.name;
	argv[5] = arena_text(r->arena, id);
	if (!buildah_ask(r->arena, argv, &said, err))
		return error_set(err, ERROR_REFUSED, "buildah makes no container of the image %.*s",
		                 STR_ARG(str_slice(id, 0, 12)));
	r->name = r->task.name;
	buildah_run_phase(r, RUN_CREATED);
	return true;
}

static void run_begin(struct loop *l, void *data)
{
	struct buildah_run *r = data;
	(void)l;
	r->timer = 0;
	buildah_sweep(r);
	if (r->cancelled || !run_create(r, &r->err) || !run_try(r, &r->err) ||
	    !(r->task.interactive ? run_start(r, &r->err) : buildah_quiet_start(r, &r->err)))
		buildah_run_finish(r);
}

/* Asked twice it is killed. */
static void buildah_run_cancel(struct work *w)
{
	struct buildah_run *r = (struct buildah_run *)w;
	if (r->running)
		spawn_kill_group(r->child.pid, r->cancelled ? SIGKILL : SIGTERM);
	r->cancelled = true;
}

struct work *buildah_run(struct engine *e, const struct run_task *t,
                         const struct engine_sink *sink, struct error *err)
{
	struct buildah_engine *b = (struct buildah_engine *)e;
	if (!t->interactive && !t->is_planned) {
		error_set(err, ERROR_REFUSED, "buildah makes images and serves no containers; dockerd "
		          "does, and podman, which has buildah's images: use --engine podman");
		return NULL;
	}
	struct buildah_run *r = xcalloc(1, sizeof *r);
	*r = (struct buildah_run){
		.base = { .engine = e, .sink = *sink, .cancel = buildah_run_cancel },
		.next = b->runs, .link = &b->runs, .task = *t, .arena = arena_new(),
		.report = { .exit_code = -1, .probe_exit = -1 },
	};
	if (r->next)
		r->next->link = &r->next;
	b->runs = r;
	/* The name is all by which one is known that a killed mortar has left. */
	if (!t->interactive) {
		owned_buf struct buf name = { 0 };
		buf_append(&name, STR(RUN_OWNER_SHELL "-"));
		run_owner_append_name(&name, (int64_t)clock_now());
		r->task.name = arena_text(r->arena, buf_str(&name));
	}
	CHECK(r->task.name);
	r->timer = loop_timer(e->loop, 0, run_begin, r);
	return &r->base;
}
