#ifndef TESTS_FAKE_BUILDKITD_H
#define TESTS_FAKE_BUILDKITD_H

#include <stdint.h>

#include "core/base/error.h"
#include "core/os/loop.h"

/* A peer that speaks BuildKit's Control as buildkitd and dockerd do, over a real socket,
 * and builds nothing: what it says and asks for comes from a script.
 *
 * It serves Info, ListWorkers, DiskUsage, Prune, ListenBuildHistory, UpdateBuildHistory,
 * Solve, Status and Session.  A script runs for each Solve, a directive a line; words are
 * separated by blanks, "…" holds blanks and \n, \t, \", \\ and \xHH; # begins a comment.
 *
 *     vertex ID NAME [input=ID]… [group=ID]  announces one
 *     start ID · end ID [cached] · fail ID MESSAGE
 *     log ID STREAM BYTES · status ID TEXT [current=N] [total=N] [done]
 *     warn ID TEXT [url=U] [line=N]
 *     replay FILE       a recorded stream, as BuildKit's history keeps it
 *     ask DIR [follow=P]… [include=P]… [exclude=P]… [want=none|first]    FileSync: all files else
 *     secret ID · auth HOST · health · ssh ID · send BYTES     asks the session for more
 *     pause MS          · wait   until the client takes its Solve back
 *     survive           from here on a lost connection does not end the build
 *     drop              closes every connection
 *     say HEX           bytes of ours between HTTP/2's frames, on the connection of Solve
 *     goaway CODE TEXT  · flood settings|pings|windows|empty   endlessly
 *     big N             a message of N bytes on Status
 *     refuse CODE MESSAGE      at once: there never was a build
 *     error CODE MESSAGE [source=FILE line=N [to=N]] [vertex=ID] [exit=N]    the end
 *     answer KEY=VALUE…        the good end
 *
 * What it was asked and told it writes down, a line each (buildkitd_log). */
struct buildkitd;

struct buildkitd_options {
	const char *unix_path;          /* NULL: a port of the loopback */
	const char *ca, *cert, *key;    /* TLS with cert; clients' certificates with ca */
	const char *script;             /* text; NULL: every Solve is refused */
	const char *folder;             /* of the files that the script names */
	/* POST /grpc with Upgrade first; neither Info nor history; Status only from now on, and
	 * no details with errors. */
	bool is_dockerd;
	/* At each connection instead of an answer: silent, garbage, half, giant, close, or what
	 * flood takes; NULL: none. */
	const char *fault;
};

struct buildkitd *buildkitd_new(struct loop *, const struct buildkitd_options *, struct error *);
void buildkitd_free(struct buildkitd *);
uint16_t buildkitd_port(const struct buildkitd *);
/* So far; lent until more happens. */
const char *buildkitd_log(struct buildkitd *);
/* Another script, for the Solves to come. */
void buildkitd_script(struct buildkitd *, const char *script);

#endif
