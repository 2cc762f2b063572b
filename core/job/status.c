#include "core/job/status.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/base/intern.h"
#include "core/value/json.h"

int status_open(void)
{
	unsigned long long fd;
	const char *text = getenv(STATUS_VARIABLE);
	if (!text || !str_number(str_of(text), INT_MAX, &fd) || fd < 3)
		return -1;
	unsetenv(STATUS_VARIABLE);
	return fcntl((int)fd, F_SETFD, FD_CLOEXEC) == 0 ? (int)fd : -1;
}

static void status_place(struct arena *a, struct value *o, const struct origin *at)
{
	if (!at->path)
		return;
	value_set(a, o, "path", value_new_string(a, str_of(at->path)));
	if (at->profile)
		value_set(a, o, "profile", value_new_string(a, str_of(at->profile)));
	value_set(a, o, "line", value_new_integer(a, at->line));
	value_set(a, o, "column", value_new_integer(a, at->column));
}

void status_tell(int fd, const struct error *err)
{
	owned(arena) struct arena *a = arena_new();
	owned_buf struct buf line = { 0 };
	struct value *o = value_new_object(a);
	if (fd < 0)
		return;
	value_set(a, o, "ok", value_new_bool(a, !err));
	if (err) {
		value_set(a, o, "code", value_new_integer(a, err->code));
		value_set(a, o, "sys", value_new_integer(a, err->sys));
		value_set(a, o, "text", value_new_string(a, str_of(err->text)));
		status_place(a, o, &err->at);
	}
	value_write_json(&line, o, JSON_LINE);
	buf_append_char(&line, '\n');
	/* A pipe takes a line this short whole, or its reader is gone. */
	ssize_t n = write(fd, line.p, line.n);
	(void)n;
	close(fd);
}

static unsigned status_number(const struct value *o, const char *key)
{
	const struct value *v = value_get(o, str_of(key));
	unsigned long long n = 0;
	return v && str_number(value_text(v), UINT_MAX, &n) ? (unsigned)n : 0;
}

static const char *status_name(const struct value *o, const char *key)
{
	const struct value *v = value_get(o, str_of(key));
	return v ? intern(value_text(v)) : NULL;
}

bool status_parse(struct str line, struct error *err)
{
	owned(arena) struct arena *a = arena_new();
	const struct value *o;
	struct error broken;
	const struct value *ok = value_parse_json(a, line, &o, &broken) ? value_get(o, STR("ok"))
	                                                               : NULL;
	if (!ok)
		return error_set(err, ERROR_PROTOCOL, "the job said what is no answer");
	if (value_is_true(ok))
		return true;
	const struct value *text = value_get(o, STR("text"));
	unsigned code = status_number(o, "code");
	error_set(err, code && code <= ERROR_LAST ? (enum error_code)code : ERROR_SYSTEM, "%.*s",
	          STR_ARG(text ? value_text(text) : STR("the job could not begin")));
	err->sys = (int)status_number(o, "sys");
	err->at = (struct origin){ .path = status_name(o, "path"),
	                           .profile = status_name(o, "profile"),
	                           .line = status_number(o, "line"),
	                           .column = status_number(o, "column") };
	return false;
}
