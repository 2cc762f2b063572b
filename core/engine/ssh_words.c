#include "core/engine/ssh_words.h"

#include <string.h>
#include <sys/wait.h>

#include "core/base/check.h"
#include "core/base/utf8.h"

/* What ssh itself ends with when it is not the command's own code (ssh(1), EXIT STATUS), and
 * a shell that knows no such command (POSIX). */
enum { SSH_EXIT = 255, SSH_NO_COMMAND = 127 };

static void ssh_add(struct ssh_argv *v, const char *word)
{
	CHECK(v->n < SSH_ARGV_MAX);
	v->items[v->n++] = word;
}

static void ssh_option(struct ssh_argv *v, const char *option)
{
	ssh_add(v, "-o");
	ssh_add(v, option);
}

/* Nothing here says anything of host keys: that is the user's configuration. */
static void ssh_begin(struct arena *a, struct ssh_argv *v, const struct ssh_way *way)
{
	*v = (struct ssh_argv){ 0 };
	ssh_add(v, "ssh");
	ssh_option(v, way->asks ? "BatchMode=no" : "BatchMode=yes");
	ssh_option(v, arena_printf(a, "ConnectTimeout=%d", SSH_CONNECT_SECONDS));
	ssh_option(v, "ServerAliveInterval=15");
	ssh_option(v, "RemoteCommand=none");
	ssh_option(v, "PermitLocalCommand=no");
	ssh_add(v, "-a");
	ssh_add(v, "-x");
	ssh_add(v, "-T");
	if (way->to->port) {
		ssh_add(v, "-p");
		ssh_add(v, arena_printf(a, "%u", way->to->port));
	}
	if (way->to->user) {
		ssh_add(v, "-l");
		ssh_add(v, way->to->user);
	}
	if (way->control)
		ssh_option(v, arena_printf(a, "ControlPath=%s", way->control));
}

/* ssh takes an IPv6 address without its brackets. */
static void ssh_end(struct arena *a, struct ssh_argv *v, const struct ssh_way *way)
{
	struct str host = str_of(way->to->host);
	if (host.p[0] == '[')
		host = str_slice(host, 1, host.n - 2);
	ssh_add(v, "--");
	ssh_add(v, arena_text(a, host));
}

void ssh_argv_command(struct arena *a, struct ssh_argv *v, const struct ssh_way *way,
                      const char *const *command)
{
	ssh_begin(a, v, way);
	/* The user's own forwards are for the user's own logins. */
	ssh_option(v, "ClearAllForwardings=yes");
	ssh_option(v, way->control ? "ControlMaster=auto" : "ControlMaster=no");
	if (way->control)
		ssh_option(v, arena_printf(a, "ControlPersist=%d", SSH_KEEP_SECONDS));
	ssh_end(a, v, way);
	for (size_t i = 0; command[i]; i++)
		ssh_add(v, command[i]);
}

void ssh_argv_check(struct arena *a, struct ssh_argv *v, const struct ssh_way *way)
{
	ssh_begin(a, v, way);
	ssh_add(v, "-O");
	ssh_add(v, "check");
	ssh_end(a, v, way);
}

void ssh_argv_forward(struct arena *a, struct ssh_argv *v, const struct ssh_way *way,
                      const char *local, const char *remote, bool begins)
{
	ssh_begin(a, v, way);
	ssh_add(v, "-O");
	ssh_add(v, begins ? "forward" : "cancel");
	ssh_add(v, "-L");
	ssh_add(v, arena_printf(a, "%s:%s", local, remote));
	ssh_end(a, v, way);
}

void ssh_append_typed(struct buf *out, const struct endpoint_spec *to)
{
	struct str host = str_of(to->host);
	if (host.p[0] == '[')
		host = str_slice(host, 1, host.n - 2);
	buf_append(out, STR("ssh "));
	if (to->port)
		buf_printf(out, "-p %u ", to->port);
	if (to->user)
		buf_printf(out, "%s@", to->user);
	buf_append(out, host);
}

/* ---- sockets on the other side ---- */

const char *ssh_sockets_command(struct arena *a, const char *const *paths)
{
	owned_buf struct buf list = { 0 };
	for (size_t i = 0; paths[i]; i++)
		buf_printf(&list, " %s", paths[i]);
	/* Single quotes mean the same to every shell that may be there, csh and fish too. */
	return arena_printf(a, "sh -c 'echo sockets; for s in%s; do if test -S $s; then "
	                    "if test -w $s; then echo may $s; else echo may-not $s; fi; fi; done'",
	                    buf_text(&list));
}

void ssh_sockets_read(struct arena *a, struct str answer, struct ssh_sockets *ret_sockets)
{
	struct str line;
	*ret_sockets = (struct ssh_sockets){ 0 };
	while (str_next(&answer, '\n', &line)) {
		struct ssh_sockets *s = ret_sockets;
		bool may = str_has_prefix(line, STR("may "));
		bool may_not = str_has_prefix(line, STR("may-not "));
		struct str path = str_slice(line, str_find(line, ' ') + 1, line.n);
		const char **where = may ? &s->found : &s->denied;
		s->is_told |= str_eq(line, STR("sockets"));
		if (s->is_told && (may || may_not) && !*where && endpoint_is_remote_path(path))
			*where = arena_text(a, path);
	}
}

/* ---- failures ---- */

/* The last line that says something. */
static struct str ssh_last_line(struct str text)
{
	struct str line, last = { 0 };
	while (str_next(&text, '\n', &line))
		if (str_trim(line).n)
			last = str_trim(line);
	return last;
}

static bool ssh_says(const struct ssh_failure *f, const char *words)
{
	return str_find_str(f->complaint, str_of(words)) != STR_NONE;
}

/* "FILE:LINE" of the key that is another now; n 0: ssh does not tell. */
static struct str ssh_offending(const struct ssh_failure *f)
{
	struct str rest = f->complaint, line;
	while (str_next(&rest, '\n', &line)) {
		size_t at = str_find_str(line, STR(" key in "));
		if (str_has_prefix(line, STR("Offending ")) && at != STR_NONE)
			return str_trim(str_slice(line, at + strlen(" key in "), line.n));
	}
	return (struct str){ 0 };
}

static void ssh_explain_key(const struct ssh_failure *f, const char *shown, const char *typed,
                            struct error *err)
{
	struct str place = ssh_offending(f);
	if (!ssh_says(f, "HOST IDENTIFICATION HAS CHANGED") && !place.n)
		error_set(err, ERROR_REFUSED, "%s: its host key is not known here; run `%s` once, "
		          "compare the key that it shows, and answer there", shown, typed);
	else
		error_set(err, ERROR_UNREACHABLE, "%s: its host key is not the one known here%s%.*s%s: "
		          "somebody may be in between. Only if its owner says that the key is new, remove "
		          "the old one and run `%s`", shown, place.n ? " (" : "", STR_ARG(place),
		          place.n ? ")" : "", typed);
}

static void ssh_explain_ssh(const struct ssh_failure *f, const char *shown, struct error *err)
{
	owned_buf struct buf typed = { 0 };
	struct str last = ssh_last_line(f->complaint);
	ssh_append_typed(&typed, f->to);
	if (ssh_says(f, "Host key verification failed") || ssh_says(f, "host key is known"))
		ssh_explain_key(f, shown, buf_text(&typed), err);
	else if (ssh_says(f, "Permission denied ("))
		error_set(err, ERROR_REFUSED, "%s: %.*s; no key of yours is taken there, or the agent has "
		          "none (ssh-add -l). To be asked once for all: %s -fN -o ControlMaster=yes -o "
		          "ControlPath=%s", shown, STR_ARG(last), buf_text(&typed), f->control);
	else if (f->was_open)
		error_set(err, ERROR_UNREACHABLE, "%s: the connection was cut%s%.*s", shown,
		          last.n ? ": " : "", STR_ARG(last));
	else if (last.n)
		error_set(err, ERROR_UNREACHABLE, "%s: %.*s", shown, STR_ARG(last));
	else
		error_set(err, ERROR_UNREACHABLE, "%s: ssh fails without a word; see `%s`", shown,
		          buf_text(&typed));
}

bool ssh_has_no_docker(const struct ssh_failure *f)
{
	return WIFEXITED(f->status) &&
	       (WEXITSTATUS(f->status) == SSH_NO_COMMAND ||
	        (WEXITSTATUS(f->status) != SSH_EXIT && ssh_says(f, "ommand not found")));
}

void ssh_explain(const struct ssh_failure *f, struct error *ret_err)
{
	owned_buf struct buf shown = { 0 };
	struct str last = ssh_last_line(f->complaint);
	endpoint_spec_append_shown(&shown, f->to);
	if (WIFEXITED(f->status) && WEXITSTATUS(f->status) == SSH_EXIT)
		ssh_explain_ssh(f, buf_text(&shown), ret_err);
	else if (WIFSIGNALED(f->status))
		error_set(ret_err, ERROR_UNREACHABLE, "%s: ssh was ended by signal %d", buf_text(&shown),
		          WTERMSIG(f->status));
	else if (last.n)
		error_set(ret_err, ERROR_UNREACHABLE, "%s: docker there says: %.*s", buf_text(&shown),
		          STR_ARG(last));
	else
		error_set(ret_err, ERROR_UNREACHABLE, "%s: `docker system dial-stdio` there ends with %d "
		          "and says nothing", buf_text(&shown), WEXITSTATUS(f->status));
}
