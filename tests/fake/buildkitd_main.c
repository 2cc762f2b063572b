/* buildkitd [--unix PATH | --port-file FILE] [--cert FILE --key FILE [--ca FILE]] [--dockerd]
 *           [--script FILE] [--fault NAME]
 * - the peer of buildkitd.h as a program, for tests from outside; what it writes down goes to
 * its stdout.  It ends with a signal. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/base/arena.h"
#include "core/base/check.h"
#include "core/os/files.h"
#include "tests/fake/buildkitd.h"

struct daemon {
	struct buildkitd *peer;
	size_t shown;
};

static void daemon_show(struct loop *l, void *data)
{
	struct daemon *d = data;
	const char *log = buildkitd_log(d->peer);
	(void)l;
	fputs(log + d->shown, stdout);
	fflush(stdout);
	d->shown = strlen(log);
}

static void daemon_end(struct loop *l, int signal, void *data)
{
	(void)signal, (void)data;
	loop_stop(l);
}

static const char *argument(int argc, char **argv, const char *name)
{
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], name) == 0)
			return i + 1 < argc ? argv[i + 1] : "";
	return NULL;
}

static const char *read_text(struct arena *arena, const char *path)
{
	owned(files) struct files *files = files_disk("/");
	struct str text;
	struct error err = { 0 };
	if (!path)
		return NULL;
	char *whole = realpath(path, NULL);
	CHECK(whole && files_read(files, whole, arena, &text, &err) == FILES_OK);
	free(whole);
	return arena_text(arena, text);
}

int main(int argc, char **argv)
{
	owned(arena) struct arena *arena = arena_new();
	owned(loop) struct loop *loop = loop_new();
	struct error err = { 0 };
	const char *script = argument(argc, argv, "--script");
	const char *port = argument(argc, argv, "--port-file");
	const struct buildkitd_options options = {
		.unix_path = argument(argc, argv, "--unix"), .ca = argument(argc, argv, "--ca"),
		.cert = argument(argc, argv, "--cert"), .key = argument(argc, argv, "--key"),
		.script = read_text(arena, script), .folder = "tests/fixtures/buildkitd",
		.is_dockerd = argument(argc, argv, "--dockerd"), .fault = argument(argc, argv, "--fault"),
	};
	struct daemon d = { .peer = buildkitd_new(loop, &options, &err) };
	if (!d.peer) {
		fprintf(stderr, "%s\n", err.text);
		return 1;
	}
	if (port) {
		FILE *f = fopen(port, "we");
		CHECK(f && fprintf(f, "%u\n", buildkitd_port(d.peer)) > 0 && fclose(f) == 0);
	}
	loop_hook(loop, daemon_show, &d);
	loop_signal(loop, SIGTERM, daemon_end, NULL);
	loop_signal(loop, SIGINT, daemon_end, NULL);
	CHECK(loop_run(loop, &err));
	daemon_show(loop, &d);
	buildkitd_free(d.peer);
	return 0;
}
