/* A working container that a plan runs: what it prints goes to the sink, files go in and come
 * out. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/engine/buildah_run.h"
#include "core/engine/copies.h"
#include "core/os/clock.h"
#include "core/os/spool.h"
#include "core/os/tree.h"
#include "core/value/json.h"

enum { QUIET_READ = 16 * 1024, QUIET_DRAIN_MS = 2000 };

/* ---- files ---- */

static bool quiet_write(struct copies_pack *pack, const char *path, struct error *err)
{
	owned(spool) struct spool *out = spool_new(path, 0600, err);
	struct str bytes;
	uint64_t total = 0;
	enum pull pull = PULL_FAILED;
	while (out && (pull = copies_pack_pull(pack, &bytes, err)) == PULL_DATA) {
		total += bytes.n;
		if (total > COPIES_BYTES_MAX)
			return error_set(err, ERROR_LIMIT, "there are more than %llu GiB of it",
			                 (unsigned long long)(COPIES_BYTES_MAX >> 30));
		if (!spool_append(out, bytes, err))
			return false;
	}
	return out && pull == PULL_DONE && spool_finish(out, err);
}

static bool quiet_copy_in(struct buildah_run *r, const struct run_copy *c, struct error *err)
{
	owned(copies_pack) struct copies_pack *pack = NULL;
	/* buildah unpacks what is a tar. */
	const char *tar = arena_printf(r->arena, "%s/in.tar", r->task.dir);
	const char *const argv[] = { "buildah", "add", "--quiet", r->name, tar,
	                             arena_text(r->arena, copies_folder(c)), NULL };
	if (!copies_pack_new(&r->task, c, &pack, err))
		return false;
	return !pack || (quiet_write(pack, tar, err) && buildah_ask(r->arena, argv, NULL, err)) ||
	       error_prefix(err, "'%s' cannot be copied to %s", c->path, c->container);
}

/* The same way as out of any other container: a tar, unpacked with nothing believed. */
static bool quiet_copy_out(struct buildah_run *r, const char *mount, size_t n, struct error *err)
{
	const struct run_copy *c = &r->task.copies_out[n];
	struct error why = { 0 };
	owned_fd int fd = tree_within(mount, c->container, &why);
	owned(copies_pack) struct copies_pack *pack = NULL;
	if (fd < 0 && why.code == ERROR_MISSING && c->may_lack)
		return true;
	struct run_task task = { .root = arena_printf(r->arena, "/proc/self/fd/%d", fd) };
	struct run_copy from = { .container = c->container, .path = "" };
	if (fd >= 0 && copies_pack_new(&task, &from, &pack, &why) &&
	    quiet_write(pack, copies_tar(r->arena, &r->task, n), &why) &&
	    copies_unpack(&r->task, n, &why))
		return true;
	*err = why;
	return error_prefix(err, "%s cannot be copied out of the container", c->container);
}

static bool quiet_copy_all(struct buildah_run *r, struct error *err)
{
	const char *const argv[] = { "buildah", "mount", r->name, NULL };
	bool accepted = run_accepts(&r->task, r->report.exit_code);
	struct str mount;
	if (!buildah_ask(r->arena, argv, &mount, err))
		return error_set(err, ERROR_REFUSED, "buildah lets only root look into a container from "
		                 "outside: --engine podman, which has buildah's images, copies for others");
	for (size_t n = 0; r->task.copies_out[n].container; n++)
		if (copies_is_due(&r->task.copies_out[n], accepted) &&
		    !quiet_copy_out(r, arena_text(r->arena, str_trim(mount)), n, err))
			return false;
	return true;
}

/* ---- its end ---- */

static void quiet_close(struct buildah_run *r, int *fd)
{
	if (*fd < 0)
		return;
	loop_unwatch(r->base.engine->loop, *fd);
	close(*fd);
	*fd = -1;
}

void buildah_quiet_drop(struct buildah_run *r)
{
	if (r->task.interactive || !r->child.pid)
		return;
	quiet_close(r, &r->child.out);
	quiet_close(r, &r->child.err);
}

static void quiet_check_end(struct buildah_run *r)
{
	if (r->running || r->child.out >= 0 || r->child.err >= 0)
		return;
	loop_untimer(r->base.engine->loop, r->timer);
	r->timer = 0;
	r->report.ended = clock_now();
	r->report.exit_code = WIFEXITED(r->status) ? WEXITSTATUS(r->status)
	                                           : 128 + WTERMSIG(r->status);
	buildah_run_phase(r, RUN_EXITED);
	if (!r->cancelled && r->task.copies_out)
		quiet_copy_all(r, &r->err);
	buildah_run_finish(r);
}

/* Something of its own still has the pipes. */
static void quiet_drained(struct loop *l, void *data)
{
	(void)l;
	struct buildah_run *r = data;
	r->timer = 0;
	buildah_quiet_drop(r);
	quiet_check_end(r);
}

static void quiet_ended(struct loop *l, pid_t pid, int status, void *data)
{
	struct buildah_run *r = data;
	r->running = false;
	r->status = status;
	spawn_kill_group(pid, SIGKILL);
	r->timer = loop_timer(l, QUIET_DRAIN_MS, quiet_drained, r);
	quiet_check_end(r);
}

static void quiet_ready(struct loop *l, int fd, short revents, void *data)
{
	struct buildah_run *r = data;
	char bytes[QUIET_READ];
	(void)l, (void)revents;
	ssize_t n = read(fd, bytes, sizeof bytes);
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	int stream = fd == r->child.err ? 2 : 1;
	if (n > 0 && r->base.sink.log)
		r->base.sink.log(r->base.sink.data, 0, stream, (struct str){ bytes, (size_t)n },
		                 clock_now());
	if (n > 0)
		return;
	quiet_close(r, stream == 2 ? &r->child.err : &r->child.out);
	quiet_check_end(r);
}

/* ---- the way up ---- */

static size_t quiet_count(const char *const *words)
{
	size_t n = 0;
	while (words && words[n])
		n++;
	return n;
}

static const char *const *quiet_texts(struct arena *a, const struct value *config, const char *key)
{
	const struct value *list = config ? value_get(config, str_of(key)) : NULL;
	size_t n = 0;
	if (!list || value_type(list) != VALUE_ARRAY)
		return NULL;
	const char **texts = arena_array(a, value_count(list) + 1, sizeof *texts);
	for (const struct value *v = value_child(list); v; v = value_next(v))
		texts[n++] = arena_text(a, value_text(v));
	return texts;
}

/* What is to be run: `buildah run` knows nothing of an image's own entrypoint and command. */
static bool quiet_words(struct buildah_run *r, const char *const **ret_entry,
                        const char *const **ret_argv, struct error *err)
{
	const char *const ask[] = { "buildah", "inspect", "--type", "container", r->name, NULL };
	struct str said = { 0 };
	const struct value *all;
	*ret_entry = r->task.entrypoint;
	*ret_argv = r->task.argv;
	if (r->task.entrypoint)
		return true;
	if (!buildah_ask(r->arena, ask, &said, err) || !value_parse_json(r->arena, said, &all, err))
		return false;
	const struct value *config = value_at(all, STR("/OCIv1/config"));
	*ret_entry = quiet_texts(r->arena, config, "Entrypoint");
	if (!r->task.argv)
		*ret_argv = quiet_texts(r->arena, config, "Cmd");
	return quiet_count(*ret_entry) + quiet_count(*ret_argv) > 0 ||
	       error_set(err, ERROR_REFUSED, "the image has no command");
}

static bool quiet_spawn(struct buildah_run *r, struct error *err)
{
	const char *const *entry, *const *words;
	size_t n;
	if (!quiet_words(r, &entry, &words, err))
		return false;
	size_t nentry = quiet_count(entry), nwords = quiet_count(words);
	const char **argv = buildah_run_command(r, nentry + nwords, &n, err);
	if (!argv)
		return false;
	argv[n++] = r->name;
	argv[n++] = "--";
	for (size_t i = 0; i < nentry; i++)
		argv[n++] = entry[i];
	for (size_t i = 0; i < nwords; i++)
		argv[n++] = words[i];
	struct spawn s = { .argv = argv, .in = SPAWN_NULL, .out = SPAWN_PIPE, .err = SPAWN_PIPE,
	                   .group = true, .guard = true, .die_with_parent = true };
	return spawn_start(&s, &r->child, err);
}

bool buildah_quiet_start(struct buildah_run *r, struct error *err)
{
	struct loop *loop = r->base.engine->loop;
	for (const struct run_copy *c = r->task.copies_in; c && c->container; c++)
		if (!quiet_copy_in(r, c, err))
			return false;
	if (!quiet_spawn(r, err))
		return false;
	r->running = true;
	loop_child(loop, r->child.pid, quiet_ended, r);
	loop_watch(loop, r->child.out, POLLIN, quiet_ready, r);
	loop_watch(loop, r->child.err, POLLIN, quiet_ready, r);
	r->report.started = clock_now();
	buildah_run_phase(r, RUN_RUNNING);
	return true;
}
