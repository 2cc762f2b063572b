#ifndef CORE_ENGINE_SESSION_H
#define CORE_ENGINE_SESSION_H

#include "core/engine/engine.h"

/* What a BuildKit asks of whoever wants something built (reference: buildkit's session/ and
 * fsutil): files, secrets, agents, credentials, a place for its results.  We are the gRPC
 * server, the daemon the client, on a pipe of bytes that is not our business: one call of
 * the control connection, or a connection of its own.
 *
 *   /moby.filesync.v1.FileSync/DiffCopy        folders of `dirs`, of each the files that the
 *                                              daemon has not got; no other file is read
 *   /moby.filesync.v1.FileSend/DiffCopy        results, into `exports`
 *   /moby.filesync.v1.Auth/Credentials         credentials.h
 *   /moby.buildkit.secrets.v1.Secrets/GetSecret
 *   /moby.sshforward.v1.SSH/CheckAgent, ForwardAgent
 *   /grpc.health.v1.Health/Check
 *
 * Everything else is answered with status 12. */
struct session;

/* A folder as the daemon names it.  The context must be scanned.  The daemon's
 * exclude-patterns are not applied: they are the lines of a .dockerignore, which every
 * context has behind it, and to apply them again would take generated files away, or obey a
 * .dockerignore in whose place the Dockerfile's own was taken.  Its include-patterns and
 * followpaths are applied.  mtimes decide what is sent again, so what is generated gets one
 * that follows its content: within the first second of the epoch, which is what an image
 * shows of it. */
struct session_dir {
	const char *name;               /* "context", "dockerfile", a named context */
	const struct context *context;
	struct str file_name, file_text;        /* context NULL: the only file */
};

/* A result.  is_dir: a folder, made where there is none, into which files are put beside
 * what is there; else a file, replaced when all of it has come. */
struct session_export {
	bool is_dir;
	const char *path;
};

/* Borrowed until the session is freed. */
struct session_options {
	const char *build_id;           /* for messages to the daemon; may be NULL */
	const char *shared_key;         /* NULL: session_shared_key of the dirs' contexts */
	const struct session_dir *dirs;
	size_t ndirs;
	const struct secret *secrets;   /* those of SECRET_MOUNTED are handed out */
	size_t nsecrets;
	const struct pair *ssh;         /* id → path of the agent's socket, n 0: SSH_AUTH_SOCK */
	size_t nssh;
	const struct session_export *exports;   /* as the exporters are counted in Solve */
	size_t nexports;
};

/* From the loop, or from inside session_feed and session_drained; lent for the call.
 * session_free is allowed in all but send and unsent. */
struct session_events {
	/* Bytes for the daemon, and how many of them are not on their way yet. */
	void (*send)(void *data, struct str bytes);
	size_t (*unsent)(void *data);
	/* The following may be NULL. */
	/* Once a DiffCopy of one of `dirs` that ended well. */
	void (*transferred)(void *data, const struct transfer_report *);
	/* Of an export: what, a path, has so many bytes now; total 0: unknown. */
	void (*progress)(void *data, struct str what, uint64_t current, uint64_t total);
	void (*warning)(void *data, struct str text);
	/* A fault of ours, which the daemon was told too and will fail by: a file that has
	 * changed under us, a full disk.  It is the build's error.  Only the first one is told. */
	void (*failed)(void *data, const struct error *);
	void *data;
};

/* NULL: nothing can be served so (a context that is not scanned, two dirs of a name). */
struct session *session_new(struct loop *, const struct session_options *,
                            const struct session_events *, struct error *);
/* Fresh and random: an id that comes again gets the files of the build before. */
const char *session_id(const struct session *);
/* Of Control.Session, names in lower case; lent as long as the session lives. */
const struct pair *session_metadata(const struct session *, size_t *ret_n);
/* What came through the pipe; room in it again. */
void session_feed(struct session *, struct str bytes);
void session_drained(struct session *);
/* Exports that are not whole are removed.  NULL is fine; allowed inside events. */
void session_free(struct session *);
OWN_DEFINE(session)

/* What chooses the copy of earlier files that the daemon compares with: the same for the same
 * folders, and of this user alone. */
enum { SESSION_KEY_SIZE = 65 };
bool session_shared_key(const struct session_options *, char ret_key[SESSION_KEY_SIZE],
                        struct error *);

/* More than docker's own client allows BuildKit refuses nobody but helps nobody either. */
enum { SESSION_SECRET_MAX = 500 * 1024 };

#endif
