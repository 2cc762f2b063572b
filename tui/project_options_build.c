/* Options of a build whose texts have parts. */
#include <stdlib.h>
#include <sys/stat.h>

#include "core/base/csv.h"
#include "core/os/files.h"
#include "tui/project_options_inside.h"

static bool options_wrong(const char *name, struct error *err)
{
	return error_prefix(err, "--%s", name);
}

static const char *options_path(const struct options *o, const char *path)
{
	return files_absolute(o->arena, path);
}

static bool options_has_variable(const char *name)
{
	return getenv(name) != NULL;
}

bool options_secret(struct options *o, const char *name, struct str value, struct error *err)
{
	struct secret s;
	struct stat st;
	owned_buf struct buf text = { 0 }, id = { 0 };
	if (!secret_read(o->arena, value, options_has_variable, &s, err))
		return options_wrong(name, err);
	const char *path = s.file ? options_path(o, s.file) : NULL;
	if (s.env && !getenv(s.env))
		return error_set(err, ERROR_USAGE, "--secret: the variable %s of the secret %s is not set",
		                 s.env, s.id);
	if (path && (stat(path, &st) != 0 || S_ISDIR(st.st_mode)))
		return error_set(err, ERROR_USAGE, "--secret: there is no file '%s' for the secret %s",
		                 path, s.id);
	buf_printf(&id, "id=%s", s.id);
	csv_append(&text, buf_str(&id));
	csv_append(&text, str_of(s.env ? arena_printf(o->arena, "env=%s", s.env)
	                               : arena_printf(o->arena, "src=%s", path)));
	return options_add(o, name, buf_str(&text), err);
}

bool options_ssh(struct options *o, const char *name, struct str value, struct error *err)
{
	struct pair ssh;
	struct stat st;
	if (!ssh_read(value, &ssh, err))
		return options_wrong(name, err);
	if (!ssh.value.n && !getenv("SSH_AUTH_SOCK"))
		return error_set(err, ERROR_USAGE, "--ssh: no agent runs for '%.*s', SSH_AUTH_SOCK is not "
		                 "set: ssh-agent and ssh-add make one, or name its socket with %.*s=SOCKET",
		                 STR_ARG(ssh.name), STR_ARG(ssh.name));
	if (!ssh.value.n)
		return options_add(o, name, value, err);
	const char *path = options_path(o, arena_text(o->arena, ssh.value));
	if (stat(path, &st) != 0 || !S_ISSOCK(st.st_mode))
		return error_set(err, ERROR_USAGE, "--ssh: '%s' is no socket of an agent: keys are given "
		                 "to one with ssh-add", path);
	return options_add(o, name, str_of(arena_printf(o->arena, "%.*s=%s", STR_ARG(ssh.name),
	                                                path)), err);
}

bool options_host(struct options *o, const char *name, struct str value, struct error *err)
{
	struct host ignored;
	return host_read(value, &ignored, err) ? options_add(o, name, value, err)
	                                       : options_wrong(name, err);
}

bool options_size(struct options *o, const char *name, struct str value, struct error *err)
{
	uint64_t ignored;
	return size_read(value, &ignored, err) ? options_add(o, name, value, err)
	                                       : options_wrong(name, err);
}

bool options_ulimit(struct options *o, const char *name, struct str value, struct error *err)
{
	struct ulimit ignored;
	return ulimit_read(value, &ignored, err) ? options_add(o, name, value, err)
	                                         : options_wrong(name, err);
}

bool options_word(struct options *o, const char *name, struct str value, struct error *err)
{
	if (!value.n)
		return error_set(err, ERROR_USAGE, "--%s needs a value", name);
	return options_add(o, name, value, err);
}

bool options_cache(struct options *o, const char *name, struct str value, struct error *err)
{
	enum cache_way way = str_eq(str_of(name), STR("cache-to")) ? CACHE_TO : CACHE_FROM;
	struct cache_spec ignored;
	return cache_read(o->arena, value, way, &ignored, err) ? options_add(o, name, value, err)
	                                                       : options_wrong(name, err);
}

/* What an image is pushed by is one option, however it was said. */
bool options_output(struct options *o, const char *name, struct str value, struct error *err)
{
	struct output out;
	owned_buf struct buf text = { 0 };
	if (!output_read(o->arena, value, &out, err))
		return options_wrong(name, err);
	if (out.dest)
		out.dest = options_path(o, out.dest);
	if (out.push && !options_add(o, "push", STR("true"), err))
		return false;
	out.push = false;
	output_append(&text, &out);
	return options_add(o, name, buf_str(&text), err);
}

bool options_attest(struct options *o, const char *name, struct str value, struct error *err)
{
	struct str ignored;
	return attest_read(o->arena, value, &ignored, err) ? options_add(o, name, value, err)
	                                                   : options_wrong(name, err);
}

bool options_stages(struct options *o, const char *name, struct str value, struct error *err)
{
	struct str rest = value, stage;
	while (value.n && str_next(&rest, ',', &stage))
		if (!options_add(o, name, stage, err))
			return false;
	return value.n || error_set(err, ERROR_USAGE, "--%s needs the name of a stage", name);
}

bool options_context(struct options *o, const char *name, struct str value, struct error *err)
{
	struct pair context;
	if (!build_context_read(o->arena, value, &context, err))
		return options_wrong(name, err);
	if (build_context_is_local(context.value))
		context.value = str_of(options_path(o, arena_text(o->arena, context.value)));
	return options_add(o, arena_printf(o->arena, "build-context:%.*s", STR_ARG(context.name)),
	                   context.value, err);
}

bool options_agree(const struct options *o, struct error *err)
{
	bool outputs = false, image = false, pushed = false;
	for (size_t i = 0; i < o->n; i++) {
		bool is_output = str_eq(o->pairs[i].name, STR("output"));
		outputs = outputs || is_output;
		image = image || (is_output && str_has_prefix(o->pairs[i].value, STR("type=image")));
		pushed = pushed || str_eq(o->pairs[i].name, STR("push"));
	}
	if (pushed && outputs && !image)
		return error_set(err, ERROR_USAGE, "--push needs an image: --output type=image beside the "
		                 "other");
	return true;
}
