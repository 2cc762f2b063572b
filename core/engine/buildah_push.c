/* buildah push, with a login of its own for what it pushes. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/check.h"
#include "core/engine/buildah.h"
#include "core/engine/linewise.h"
#include "core/engine/push.h"
#include "core/os/clock.h"
#include "core/os/files.h"
#include "core/os/save.h"
#include "core/os/spawn.h"

/* PUSH_KILL_MS: it ends at once on SIGTERM; this is for one that does not.  PUSH_DRAIN_MS: a
 * pipe that somebody keeps open.  PUSH_SAID_MAX: of the line that says why it failed. */
enum { PUSH_KILL_MS = 800, PUSH_DRAIN_MS = 500, PUSH_READ = 16 * 1024, PUSH_SAID_MAX = 4096 };

struct buildah_push {
	struct work base;
	struct buildah_push *next, **link;
	const struct push_task *task;
	struct arena *arena;
	const char *registry, *dir;     /* dir: of this work, below scratch; NULL: none yet */
	struct credentials_ask *asking;
	struct push_login login;
	bool has_authfile, is_naming;   /* is_naming: the child gives the name */
	struct child child;
	struct linewise lines;
	struct buf said;                /* its "Error: …" */
	int status;
	bool running, cancelled;
	struct error err;
	uint64_t timer, patience;
};

static struct buildah_engine *push_engine(const struct buildah_push *p)
{
	return (struct buildah_engine *)p->base.engine;
}

static void push_close(struct buildah_push *p)
{
	if (p->child.err >= 0) {
		loop_unwatch(p->base.engine->loop, p->child.err);
		close(p->child.err);
	}
	if (p->child.guard > 0)
		close(p->child.guard);
	p->child.err = -1;
	p->child.guard = 0;
}

void buildah_push_drop(struct buildah_push *p)
{
	struct loop *l = p->base.engine->loop;
	struct error ignored = { 0 };
	*p->link = p->next;
	if (p->next)
		p->next->link = p->link;
	credentials_cancel(p->asking);
	if (p->running) {
		spawn_kill_group(p->child.pid, SIGKILL);
		loop_unchild(l, p->child.pid);
		while (waitpid(p->child.pid, NULL, 0) < 0 && errno == EINTR)
			continue;
	}
	push_close(p);
	loop_untimer(l, p->timer);
	loop_untimer(l, p->patience);
	linewise_finish(&p->lines);
	buf_finish(&p->said);
	if (p->dir)
		save_remove(p->dir, &ignored);
	arena_free(p->arena);
	free(p);
}

static const char *push_digestfile(const struct buildah_push *p)
{
	return arena_printf(p->arena, "%s/digest", p->dir);
}

static const char *push_authfile(const struct buildah_push *p)
{
	return arena_printf(p->arena, "%s/auth.json", p->dir);
}

static void push_judge(struct buildah_push *p, struct work_result *ret_result)
{
	owned(files) struct files *disk = files_disk("/");
	struct str digest = { 0 };
	ret_result->cancelled = p->cancelled;
	if (p->cancelled)
		error_set(&ret_result->error, ERROR_CANCELLED, "the push was cancelled");
	else if (p->err.code)
		ret_result->error = p->err;
	else if (!WIFEXITED(p->status) || WEXITSTATUS(p->status) != 0)
		push_failed(p->said.n ? buf_str(&p->said) : STR("buildah does not say why"),
		            p->task->name, &p->login, ret_result);
	else if (!p->task->is_local &&
	         files_read(disk, push_digestfile(p), p->arena, &digest, &ret_result->error) ==
	         FILES_ABSENT)
		error_set(&ret_result->error, ERROR_PROTOCOL, "buildah has not told the digest of %s",
		          p->task->name);
	ret_result->digest = str_trim(digest);
	ret_result->ok = ret_result->error.code == ERROR_NONE;
}

/* p is gone afterwards. */
static void push_finish(struct loop *l, void *data)
{
	struct buildah_push *p = data;
	struct engine_sink sink = p->base.sink;
	struct work_result result = { 0 };
	owned_buf struct buf digest = { 0 };
	(void)l;
	p->timer = 0;
	push_judge(p, &result);
	buf_append(&digest, result.digest);
	result.digest = buf_str(&digest);
	buildah_push_drop(p);
	sink.done(sink.data, &result);
}

static void push_finish_soon(struct buildah_push *p)
{
	if (!p->timer)
		p->timer = loop_timer(p->base.engine->loop, 0, push_finish, p);
}

/* Besides being logged: why it fails, and that it tries again. */
static void push_line(void *data, struct str line, bool begins)
{
	struct buildah_push *p = data;
	struct str retry = STR("level=warning msg=\"Failed, retrying in "), error = STR("Error: ");
	line = linewise_text(line);
	if (p->base.sink.log) {
		owned_buf struct buf text = { 0 };
		push_append_shown(&text, line);
		buf_append_char(&text, '\n');
		p->base.sink.log(p->base.sink.data, 0, 2, buf_str(&text), clock_now());
	}
	if (!begins)
		return;
	if (str_find_str(line, retry) != STR_NONE && p->base.sink.warning)
		p->base.sink.warning(p->base.sink.data, STR("buildah has failed to push and tries again "
		                                            "by itself: the log says why"));
	if (str_has_prefix(line, error)) {
		buf_clear(&p->said);
		buf_append(&p->said, str_slice(line, error.n, PUSH_SAID_MAX));
	}
}

static void push_ended(struct loop *, pid_t, int status, void *data);

static void push_ready(struct loop *l, int fd, short revents, void *data)
{
	struct buildah_push *p = data;
	char bytes[PUSH_READ];
	ssize_t n;
	(void)l;
	(void)revents;
	do
		n = read(fd, bytes, sizeof bytes);
	while (n < 0 && errno == EINTR);
	if (n > 0) {
		linewise_feed(&p->lines, (struct str){ bytes, (size_t)n }, push_line, p);
		return;
	}
	if (n < 0 && errno == EAGAIN)
		return;
	linewise_end(&p->lines, push_line, p);
	push_close(p);
	if (!p->running)
		push_finish_soon(p);
}

/* False: it cannot be started, err says why. */
static bool push_spawn(struct buildah_push *p, const char *const *argv)
{
	const char *const env[] = { arena_printf(p->arena, "TMPDIR=%s", p->dir), NULL };
	struct spawn s = { .argv = argv, .env = env, .in = SPAWN_NULL, .out = SPAWN_NULL,
	                   .err = SPAWN_PIPE, .group = true, .guard = true, .die_with_parent = true };
	if (!spawn_start(&s, &p->child, &p->err))
		return false;
	p->running = true;
	loop_child(p->base.engine->loop, p->child.pid, push_ended, p);
	loop_watch(p->base.engine->loop, p->child.err, POLLIN, push_ready, p);
	return true;
}

static void push_start(struct buildah_push *p)
{
	const char *argv[12];
	size_t n = 0;
	owned_buf struct buf to = { 0 };
	buf_append(&to, STR("docker://"));
	push_append_reference(&to, str_of(p->task->name));
	argv[n++] = "buildah";
	argv[n++] = "push";
	argv[n++] = "--digestfile";
	argv[n++] = push_digestfile(p);
	if (p->has_authfile) {
		argv[n++] = "--authfile";
		argv[n++] = push_authfile(p);
	}
	if (push_is_loopback(str_of(p->registry)))
		argv[n++] = "--tls-verify=false";
	argv[n++] = p->task->name;
	argv[n++] = arena_text(p->arena, buf_str(&to));
	argv[n] = NULL;
	if (!push_spawn(p, argv))
		push_finish_soon(p);
}

static void push_learned(void *data, const struct credential *c, const struct error *err)
{
	struct buildah_push *p = data;
	struct buf text = { 0 };
	p->asking = NULL;
	p->login.is_known = c != NULL;
	/* Without one buildah looks for logins of its own. */
	if (err) {
		p->login.why = *err;
		if (p->base.sink.warning)
			p->base.sink.warning(p->base.sink.data, str_of(err->text));
	}
	if (c && c->is_registry_token)
		error_set(&p->err, ERROR_REFUSED, "%s has a registrytoken for %s, which buildah cannot "
		          "use: --engine buildkit or classic can", p->login.path, p->registry);
	else if (c) {
		push_append_authfile(&text, p->registry, c);
		p->has_authfile = save_derived(push_authfile(p), buf_str(&text), 0600, &p->err);
		explicit_bzero(text.p, text.n);
		buf_finish(&text);
	}
	if (p->err.code)
		push_finish_soon(p);
	else
		push_start(p);
}

static void push_ask(struct buildah_push *p)
{
	p->asking = credentials_ask(p->base.engine->loop, p->registry, push_learned, p);
}

static void push_drained(struct loop *l, void *data)
{
	struct buildah_push *p = data;
	(void)l;
	p->patience = 0;
	linewise_end(&p->lines, push_line, p);
	push_close(p);
	push_finish_soon(p);
}

static void push_ended(struct loop *l, pid_t pid, int status, void *data)
{
	struct buildah_push *p = data;
	p->running = false;
	p->status = status;
	loop_untimer(l, p->patience);
	p->patience = 0;
	spawn_kill_group(pid, SIGKILL);
	if (p->is_naming && WIFEXITED(status) && WEXITSTATUS(status) == 0 && !p->task->is_local &&
	    !p->cancelled) {
		p->is_naming = false;
		push_close(p);
		push_ask(p);
	} else if (p->child.err < 0) {
		push_finish_soon(p);
	} else {
		p->patience = loop_timer(l, PUSH_DRAIN_MS, push_drained, p);
	}
}

static bool push_prepare(struct buildah_push *p)
{
	struct buildah_engine *b = push_engine(p);
	if (!b->facts.name)
		return error_set(&p->err, ERROR_UNREACHABLE, "buildah was not asked what it is");
	if (!b->scratch)
		return error_set(&p->err, ERROR_USAGE, "buildah needs a folder for its login");
	p->dir = arena_printf(p->arena, "%s/push-%u", b->scratch, ++b->nworks);
	return save_remove(p->dir, &p->err) && save_dir(p->dir, 0700, &p->err);
}

static bool push_name(struct buildah_push *p)
{
	const char *const argv[] = { "buildah", "tag", p->task->image, p->task->name, NULL };
	p->is_naming = true;
	return push_spawn(p, argv);
}

static void push_kill(struct loop *l, void *data)
{
	struct buildah_push *p = data;
	(void)l;
	p->patience = 0;
	spawn_kill_group(p->child.pid, SIGKILL);
}

static void push_cancel(struct work *base)
{
	struct buildah_push *p = (struct buildah_push *)base;
	if (p->cancelled)
		return;
	p->cancelled = true;
	credentials_cancel(p->asking);
	p->asking = NULL;
	if (p->running) {
		spawn_kill_group(p->child.pid, SIGTERM);
		p->patience = loop_timer(base->engine->loop, PUSH_KILL_MS, push_kill, p);
	} else if (!p->timer && !p->patience) {
		push_finish_soon(p);
	}
}

struct work *buildah_push(struct engine *e, const struct push_task *t,
                          const struct engine_sink *sink)
{
	struct buildah_engine *b = (struct buildah_engine *)e;
	struct buildah_push *p = xcalloc(1, sizeof *p);
	p->base = (struct work){ .engine = e, .sink = *sink, .cancel = push_cancel };
	p->next = b->pushes;
	p->link = &b->pushes;
	if (p->next)
		p->next->link = &p->next;
	b->pushes = p;
	p->task = t;
	p->arena = arena_new();
	p->registry = push_registry(p->arena, t->name);
	p->login.path = credentials_path(p->arena);
	p->child = (struct child){ .in = -1, .out = -1, .err = -1 };
	if (!push_prepare(p) || (t->image && !push_name(p)) || (!t->image && t->is_local))
		push_finish_soon(p);
	else if (!t->image)
		push_ask(p);
	return &p->base;
}
