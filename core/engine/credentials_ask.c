/* The file and the helper that it names, asked from the loop. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "core/base/check.h"
#include "core/engine/credentials.h"
#include "core/os/files.h"
#include "core/os/spawn.h"

/* CREDENTIALS_QUOTE: of what a helper says of itself. */
enum { CREDENTIALS_ANSWER_MAX = 256 * 1024, CREDENTIALS_QUOTE = 200 };

struct credentials_ask {
	struct loop *loop;
	struct arena *arena;
	char *host;
	credentials_told_fn *told;
	void *data;
	uint64_t timer;
	const char *helper;
	struct child child;
	bool running;
	struct buf answer;              /* of the helper */
};

static void ask_close(struct credentials_ask *c)
{
	if (c->child.out >= 0) {
		loop_unwatch(c->loop, c->child.out);
		close(c->child.out);
	}
	if (c->child.guard > 0)
		close(c->child.guard);
	c->child.out = -1;
	c->child.guard = 0;
}

static void ask_stop(struct credentials_ask *c)
{
	if (!c->running)
		return;
	c->running = false;
	spawn_kill_group(c->child.pid, SIGKILL);
	loop_unchild(c->loop, c->child.pid);
	while (waitpid(c->child.pid, NULL, 0) < 0 && errno == EINTR)
		continue;
}

void credentials_cancel(struct credentials_ask *c)
{
	if (!c)
		return;
	ask_stop(c);
	ask_close(c);
	loop_untimer(c->loop, c->timer);
	if (c->answer.p)
		explicit_bzero(c->answer.p, c->answer.n);
	buf_finish(&c->answer);
	arena_free(c->arena);
	free(c->host);
	free(c);
}

/* c is gone afterwards, whatever told does. */
static void ask_tell(struct credentials_ask *c, const struct credential *found,
                     const struct error *err)
{
	ask_stop(c);
	ask_close(c);
	loop_untimer(c->loop, c->timer);
	c->timer = 0;
	c->told(c->data, found, err);
	credentials_cancel(c);
}

/* What the helper says of its failure, unless it could hold what it was asked for. */
static void ask_failed(struct credentials_ask *c, int status)
{
	struct error err = { 0 };
	struct str text = str_trim(buf_str(&c->answer));
	text = str_slice(text, 0, str_find(text, '\n'));
	if (str_find(text, '{') != STR_NONE || str_find(text, '"') != STR_NONE)
		text = (struct str){ 0 };
	text = str_slice(text, 0, CREDENTIALS_QUOTE);
	if (str_has_prefix(text, STR("credentials not found"))) {
		ask_tell(c, NULL, NULL);
		return;
	}
	if (text.n)
		error_set(&err, ERROR_REFUSED, "%s get failed for %s: %.*s", c->helper, c->host,
		          STR_ARG(text));
	else
		error_set(&err, ERROR_REFUSED, "%s get failed for %s (%s %d)", c->helper, c->host,
		          WIFSIGNALED(status) ? "signal" : "exit code",
		          WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
	ask_tell(c, NULL, &err);
}

/* False: it said more than any credential has. */
static bool ask_read(struct credentials_ask *c)
{
	while (c->child.out >= 0) {
		char *room = buf_reserve(&c->answer, 4096);
		ssize_t n = read(c->child.out, room, 4096);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return true;
		if (n <= 0) {
			loop_unwatch(c->loop, c->child.out);
			close(c->child.out);
			c->child.out = -1;
			return true;
		}
		buf_grew(&c->answer, (size_t)n);
		if (c->answer.n > CREDENTIALS_ANSWER_MAX)
			return false;
	}
	return true;
}

static void ask_too_much(struct credentials_ask *c)
{
	struct error err = { 0 };
	error_set(&err, ERROR_LIMIT, "%s get printed more than %d bytes", c->helper,
	          CREDENTIALS_ANSWER_MAX);
	ask_tell(c, NULL, &err);
}

static void ask_ready(struct loop *l, int fd, short revents, void *data)
{
	struct credentials_ask *c = data;
	(void)l;
	(void)fd;
	(void)revents;
	if (!ask_read(c))
		ask_too_much(c);
}

/* What a grandchild may print later counts no more. */
static void ask_ended(struct loop *l, pid_t pid, int status, void *data)
{
	struct credentials_ask *c = data;
	struct credential found;
	struct error err = { 0 };
	(void)l;
	c->running = false;
	spawn_kill_group(pid, SIGKILL);
	if (!ask_read(c))
		ask_too_much(c);
	else if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		ask_failed(c, status);
	else if (credentials_of_helper(c->arena, c->helper, buf_str(&c->answer), &found, &err))
		ask_tell(c, &found, NULL);
	else
		ask_tell(c, NULL, &err);
}

static void ask_late(struct loop *l, void *data)
{
	struct credentials_ask *c = data;
	struct error err = { 0 };
	(void)l;
	c->timer = 0;
	error_set(&err, ERROR_LIMIT, "%s get has not answered for %d seconds: does it wait for "
	          "somebody to unlock something?", c->helper, CREDENTIALS_MS / 1000);
	ask_tell(c, NULL, &err);
}

/* Its question fits a pipe that is empty. */
static bool ask_write(struct credentials_ask *c)
{
	const char *key = credentials_key(c->host);
	size_t n = strlen(key);
	ssize_t put = write(c->child.in, key, n);
	close(c->child.in);
	c->child.in = -1;
	/* One that has ended without reading says why by its end. */
	return put == (ssize_t)n || errno == EPIPE;
}

static void ask_helper(struct credentials_ask *c, const char *path)
{
	const char *const argv[] = { c->helper, "get", NULL };
	struct spawn s = { .argv = argv, .in = SPAWN_PIPE, .out = SPAWN_PIPE, .err = SPAWN_NULL,
	                   .group = true, .guard = true, .die_with_parent = true };
	struct error err = { 0 };
	if (!spawn_find(c->helper)) {
		error_set(&err, ERROR_MISSING, "%s asks for %s, which is not in PATH", path, c->helper);
		ask_tell(c, NULL, &err);
		return;
	}
	if (!spawn_start(&s, &c->child, &err)) {
		ask_tell(c, NULL, &err);
		return;
	}
	c->running = true;
	loop_child(c->loop, c->child.pid, ask_ended, c);
	loop_watch(c->loop, c->child.out, POLLIN, ask_ready, c);
	c->timer = loop_timer(c->loop, CREDENTIALS_MS, ask_late, c);
	if (ask_write(c))
		return;
	error_set_errno(&err, "asking %s", c->helper);
	ask_tell(c, NULL, &err);
}

/* What is no file, or too large to be one that docker wrote, is refused unread. */
static enum files_result ask_file(struct arena *a, const char *path, struct str *ret_text,
                                  struct error *err)
{
	owned(files) struct files *disk = files_disk("/");
	owned_fd int fd = -1;
	struct stat st;
	enum files_result found = files_open(path, &fd, &st, err);
	if (found == FILES_OK && st.st_size > CREDENTIALS_FILE_MAX) {
		error_set(err, ERROR_LIMIT, "%s has more than %d bytes", path, CREDENTIALS_FILE_MAX);
		return FILES_FAILED;
	}
	return found == FILES_OK ? files_read(disk, path, a, ret_text, err) : found;
}

static void ask_start(struct loop *l, void *data)
{
	struct credentials_ask *c = data;
	const char *path = credentials_path(c->arena);
	struct credentials_found found = { 0 };
	struct error err = { 0 };
	struct str text = { 0 };
	(void)l;
	c->timer = 0;
	enum files_result read = ask_file(c->arena, path, &text, &err);
	if (read == FILES_FAILED ||
	    (read == FILES_OK &&
	     !credentials_find(c->arena, path, text, c->host, &found, &err))) {
		ask_tell(c, NULL, &err);
	} else if (found.kind == CREDENTIALS_HELPER) {
		c->helper = found.helper;
		ask_helper(c, path);
	} else {
		ask_tell(c, found.kind == CREDENTIALS_KNOWN ? &found.known : NULL, NULL);
	}
}

struct credentials_ask *credentials_ask(struct loop *loop, const char *host,
                                        credentials_told_fn *told, void *data)
{
	struct credentials_ask *c = xcalloc(1, sizeof *c);
	*c = (struct credentials_ask){ .loop = loop, .arena = arena_new(), .told = told, .data = data };
	c->host = xstrdup(host);
	c->child = (struct child){ .in = -1, .out = -1, .err = -1 };
	c->timer = loop_timer(loop, 0, ask_start, c);
	return c;
}
