#include "core/job/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/job/request.h"
#include "core/value/json.h"

static const struct {
	const char *name;
	bool (*run)(struct worker_io *, struct error *);
	bool stays;                     /* until its asker has closed its input */
} worker_verbs[] = {
	{ "advice", worker_advice, false },
	{ "certificate", worker_certificate, false },
	{ "compare", worker_compare, false },
	{ "disk", worker_disk, true },
	{ "doctor", worker_doctor, false },
	{ "fetch", worker_fetch, false },
	{ "forecast", worker_forecast, true },
	{ "git", worker_git, false },
	{ "images", worker_images, false },
	{ "keep", worker_keep, false },
	{ "layers", worker_layers, false },
	{ "lines", worker_lines, false },
	{ "lint", worker_lint, false },
	{ "places", worker_places, false },
	{ "probe", worker_probe, false },
	{ "revision", worker_revision, false },
	{ "run", worker_run, false },
	{ "shell", worker_shell, false },
	{ "stages", worker_stages, false },
};

/* Where the argument comes from and lines go to: of a worker that has a terminal they are
 * not its standard input and output. */
static int worker_in = STDIN_FILENO, worker_out = STDOUT_FILENO;

static void worker_open(void)
{
	unsigned long long fd;
	const char *text = getenv(WORKER_VARIABLE);
	if (!text || !str_number(str_of(text), INT_MAX, &fd) || fd < 3 ||
	    fcntl((int)fd, F_SETFD, FD_CLOEXEC) != 0)
		return;
	unsetenv(WORKER_VARIABLE);
	worker_in = worker_out = (int)fd;
}

bool worker_say(const struct value *line)
{
	owned_buf struct buf text = { 0 };
	value_write_json(&text, line, JSON_LINE);
	buf_append_char(&text, '\n');
	struct str rest = buf_str(&text);
	while (rest.n) {
		ssize_t n = write(worker_out, rest.p, rest.n);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		rest = str_slice(rest, (size_t)n, rest.n);
	}
	return true;
}

struct request *worker_request(const struct worker_io *io, struct error *err)
{
	const struct value *v = value_get(io->argument, STR("request"));
	if (v)
		return request_read_value(v, err);
	error_set(err, ERROR_USAGE, "the worker was given no request");
	return NULL;
}

const char *worker_text(const struct worker_io *io, const char *key)
{
	const struct value *v = value_get(io->argument, str_of(key));
	return v && value_type(v) == VALUE_STRING ? arena_text(io->arena, value_text(v)) : NULL;
}

const struct pair *worker_engines(const struct worker_io *io, const char *key, size_t *ret_n)
{
	const struct value *engines = value_get(io->argument, str_of(key));
	size_t most = engines ? value_count(engines) : 0;
	struct pair *named = arena_array(io->arena, most + 1, sizeof *named);
	*ret_n = 0;
	for (const struct value *v = engines ? value_child(engines) : NULL; v; v = value_next(v))
		named[(*ret_n)++] = (struct pair){ value_key(v), value_text(v) };
	return named;
}

struct value *worker_engines_value(struct arena *a, const struct pair *named, size_t n)
{
	struct value *engines = value_new_object(a);
	for (size_t i = 0; i < n; i++)
		value_set(a, engines, arena_text(a, named[i].name),
		          value_new_string(a, named[i].value));
	return engines;
}

/* False at the end of the input; err is set when that is a fault. */
static bool worker_read_more(struct worker_io *io, struct error *err)
{
	enum { STEP = 64 << 10, MOST = 16 << 20 };
	ssize_t n;
	do
		n = read(worker_in, buf_reserve(&io->input, STEP), STEP);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return error_set_errno(err, "reading the worker's argument");
	buf_grew(&io->input, (size_t)n);
	if (io->input.n > MOST)
		return error_set(err, ERROR_LIMIT, "the worker's argument is too long");
	return n > 0;
}

static bool worker_parse(struct worker_io *io, struct str text, struct error *err)
{
	return value_parse_json(io->arena, arena_str(io->arena, text), &io->argument, err) ||
	       error_prefix(err, "the worker's argument");
}

/* A verb that stays goes on to read later. */
static bool worker_read_argument(struct worker_io *io, bool stays, struct error *err)
{
	struct error fault = { 0 };
	size_t end = STR_NONE;
	while ((!stays || (end = str_find(buf_str(&io->input), '\n')) == STR_NONE) &&
	       worker_read_more(io, &fault))
		continue;
	if (fault.code) {
		*err = fault;
		return false;
	}
	end = end == STR_NONE ? io->input.n : end;
	bool ok = worker_parse(io, str_slice(buf_str(&io->input), 0, end), err);
	buf_shift(&io->input, end + (end < io->input.n));
	return ok;
}

struct worker_waiting {
	struct worker_io *io;
	struct loop *loop;
	bool asked, touched, left;
};

static void worker_readable(struct loop *loop, int fd, short revents, void *data)
{
	(void)fd, (void)revents;
	struct worker_waiting *w = data;
	struct error ignored;
	w->left = !worker_read_more(w->io, &ignored);
	w->asked = str_find(buf_str(&w->io->input), '\n') != STR_NONE;
	if (w->asked || w->left)
		loop_stop(loop);
}

static void worker_touched(struct loop *loop, int fd, short revents, void *data)
{
	(void)fd, (void)revents;
	struct worker_waiting *w = data;
	w->touched = true;
	loop_stop(loop);
}

static void worker_waited(struct loop *loop, void *data)
{
	worker_touched(loop, -1, 0, data);
}

/* What was asked before it is answered by the last of them. */
static bool worker_take_last(struct worker_io *io)
{
	struct str text = buf_str(&io->input), rest = text, line, last = { 0 };
	struct error ignored;
	size_t taken = str_find_last(text, '\n') + 1;
	for (rest.n = taken - 1; str_next(&rest, '\n', &line);)
		last = line;
	arena_free(io->arena);
	io->arena = arena_new();
	bool ok = worker_parse(io, last, &ignored);
	buf_shift(&io->input, taken);
	return ok;
}

enum worker_call worker_wait(struct worker_io *io, int fd, int64_t wait_ms)
{
	owned(loop) struct loop *loop = loop_new();
	struct worker_waiting w = { .io = io, .loop = loop,
	                            .asked = str_find(buf_str(&io->input), '\n') != STR_NONE };
	struct error ignored;
	loop_watch(loop, worker_in, POLLIN | POLLHUP, worker_readable, &w);
	if (fd >= 0)
		loop_watch(loop, fd, POLLIN, worker_touched, &w);
	if (wait_ms >= 0)
		loop_timer(loop, wait_ms, worker_waited, &w);
	if (!w.asked && !loop_run(loop, &ignored))
		return WORKER_LEFT;
	if (w.asked)
		return worker_take_last(io) ? WORKER_ASKED : WORKER_LEFT;
	return w.left ? WORKER_LEFT : WORKER_TOUCHED;
}

static int worker_fail(struct arena *arena, const struct error *err)
{
	struct value *line = value_new_object(arena);
	value_set(arena, line, "error", value_new_string(arena, str_of(err->text)));
	value_set(arena, line, "code", value_new_integer(arena, err->code));
	worker_say(line);
	return error_exit_code(err->code);
}

int worker_main(const char *verb)
{
	struct worker_io io = { .arena = arena_new() };
	struct error err;
	int code = -1;
	signal(SIGPIPE, SIG_IGN);
	worker_open();
	for (size_t i = 0; i < sizeof worker_verbs / sizeof *worker_verbs; i++) {
		if (!str_eq(str_of(verb), str_of(worker_verbs[i].name)))
			continue;
		bool ok = worker_read_argument(&io, worker_verbs[i].stays, &err) &&
		          worker_verbs[i].run(&io, &err);
		code = ok ? 0 : worker_fail(io.arena, &err);
	}
	if (code < 0) {
		error_set(&err, ERROR_USAGE, "there is no worker '%s'", verb);
		code = worker_fail(io.arena, &err);
	}
	buf_finish(&io.input);
	arena_free(io.arena);
	return code;
}
