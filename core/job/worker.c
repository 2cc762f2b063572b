#include "core/job/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/value/json.h"

static const struct {
	const char *name;
	bool (*run)(struct worker_io *, struct error *);
} worker_verbs[] = {
	{ "certificate", worker_certificate },
	{ "doctor", worker_doctor },
	{ "fetch", worker_fetch },
	{ "forecast", worker_forecast },
	{ "git", worker_git },
	{ "images", worker_images },
	{ "keep", worker_keep },
	{ "places", worker_places },
	{ "probe", worker_probe },
	{ "revision", worker_revision },
	{ "run", worker_run },
	{ "shell", worker_shell },
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

static bool worker_read_argument(struct worker_io *io, struct buf *text, struct error *err)
{
	enum { STEP = 64 << 10, MOST = 16 << 20 };
	ssize_t n;
	while ((n = read(worker_in, buf_reserve(text, STEP), STEP)) != 0) {
		if (n < 0 && errno != EINTR)
			return error_set_errno(err, "reading the worker's argument");
		if (text->n > MOST)
			return error_set(err, ERROR_LIMIT, "the worker's argument is too long");
		buf_grew(text, n > 0 ? (size_t)n : 0);
	}
	return value_parse_json(io->arena, buf_str(text), &io->argument, err) ||
	       error_prefix(err, "the worker's argument");
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
	owned(arena) struct arena *arena = arena_new();
	struct worker_io io = { .arena = arena };
	owned_buf struct buf text = { 0 };
	struct error err;
	signal(SIGPIPE, SIG_IGN);
	worker_open();
	for (size_t i = 0; i < sizeof worker_verbs / sizeof *worker_verbs; i++) {
		if (!str_eq(str_of(verb), str_of(worker_verbs[i].name)))
			continue;
		bool ok = worker_read_argument(&io, &text, &err) && worker_verbs[i].run(&io, &err);
		return ok ? 0 : worker_fail(arena, &err);
	}
	error_set(&err, ERROR_USAGE, "there is no worker '%s'", verb);
	return worker_fail(arena, &err);
}
