#ifndef CORE_ENGINE_SSH_WORDS_H
#define CORE_ENGINE_SSH_WORDS_H

#include "core/engine/endpoint_spec.h"

/* What is said to the system's ssh, and what its answers mean.  Pure. */

/* An argument list that is built up; NULL at its end. */
enum { SSH_ARGV_MAX = 40 };
struct ssh_argv {
	const char *items[SSH_ARGV_MAX + 1];
	size_t n;
};

/* Whose connection is shared.  NULL: the one that the user's own ssh_config names. */
struct ssh_way {
	const struct endpoint_spec *to;
	const char *control;            /* the socket of ours, made with the first login */
	bool asks;                      /* a person is there to be asked */
};

/* SSH_KEEP_SECONDS: a login of ours stays for the next process.  SSH_CONNECT_SECONDS: what
 * does not take a connection by then is not there. */
enum { SSH_KEEP_SECONDS = 300, SSH_CONNECT_SECONDS = 10 };

/* A command on the other side, its words in `command`, NULL at the end, which a shell there
 * puts together. */
void ssh_argv_command(struct arena *, struct ssh_argv *, const struct ssh_way *,
                      const char *const *command);
/* Whether there is a shared connection: exit 0. */
void ssh_argv_check(struct arena *, struct ssh_argv *, const struct ssh_way *);
/* Makes the shared connection carry the local socket to the one on the other side; or ends
 * that. */
void ssh_argv_forward(struct arena *, struct ssh_argv *, const struct ssh_way *,
                      const char *local, const char *remote, bool begins);
/* As a person would type it: "ssh -p 22 user@host". */
void ssh_append_typed(struct buf *, const struct endpoint_spec *);

/* The command that tells which of these sockets (of plain characters, or with $(id -u)) there
 * are, and its answer: the first that may be used.  is_root: a user's own are not meant. */
const char *ssh_sockets_command(struct arena *, const char *const *paths);
struct ssh_sockets {
	bool is_told;                   /* the answer is one */
	const char *found, *denied;     /* the first of each; or NULL */
};
void ssh_sockets_read(struct arena *, struct str answer, struct ssh_sockets *ret_sockets);

/* Why a child of ours has failed, by its exit status and what it printed as errors. */
struct ssh_failure {
	const struct endpoint_spec *to;
	const char *control;            /* where a login would be looked for */
	int status;                     /* as wait(2) */
	struct str complaint;
	bool was_open;                  /* it had worked before */
};
/* ERROR_REFUSED: ssh has something to ask of a person; else ERROR_UNREACHABLE. */
void ssh_explain(const struct ssh_failure *, struct error *ret_err);
/* Whether there is no docker command on the other side. */
bool ssh_has_no_docker(const struct ssh_failure *);

#endif
