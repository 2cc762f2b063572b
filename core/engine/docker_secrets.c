#include "core/engine/docker_secrets.h"

#include <stdlib.h>

#include "core/os/files.h"
#include "core/value/json.h"

static bool docker_secrets_refuse(enum docker_builder builder, struct error *err)
{
	if (builder == DOCKER_CLASSIC)
		return error_set(err, ERROR_REFUSED, "the classic builder has no secret mounts: "
		                 "--engine buildah takes the secrets of this build; --engine classic with "
		                 "--allow-secret-in-layer leaves them in the image");
	return error_set(err, ERROR_REFUSED, "secrets cannot be handed to this BuildKit: what stands "
	                 "before it refuses /grpc, over which they travel; --engine buildah takes "
	                 "those of this build; --engine classic with --allow-secret-in-layer leaves "
	                 "them in the image");
}

bool docker_secrets_can(const struct image_task *t, enum docker_builder builder,
                        struct error *err)
{
	for (size_t i = 0; i < t->nsecrets; i++)
		if (t->secrets[i].way == SECRET_MOUNTED && builder != DOCKER_PODMAN)
			return docker_secrets_refuse(builder, err);
	return work_secrets_allowed(t, err);
}

void docker_secrets_each_arg(const struct image_task *t, work_pair_fn *each, void *data)
{
	for (size_t i = 0; i < t->nsecrets; i++) {
		const struct secret *s = &t->secrets[i];
		const char *value = s->way == SECRET_ARGUMENT ? getenv(s->env) : NULL;
		if (value)
			each(data, str_of(s->env), str_of(value));
	}
}

bool docker_secrets_read(struct arena *a, const struct image_task *t,
                         struct docker_secret **ret_secrets, size_t *ret_n, struct error *err)
{
	owned(files) struct files *disk = files_disk("/");
	struct docker_secret *all = arena_array(a, t->nsecrets + 1, sizeof *all);
	size_t n = 0;
	for (size_t i = 0; i < t->nsecrets; i++) {
		const struct secret *s = &t->secrets[i];
		struct docker_secret *out = &all[n];
		const char *value = s->file ? NULL : getenv(s->env);
		if (s->way != SECRET_MOUNTED)
			continue;
		*out = (struct docker_secret){ .id = s->id, .bytes = str_of(value ? value : "") };
		if (s->file && files_read(disk, s->file, a, &out->bytes, err) != FILES_OK)
			return error_set(err, ERROR_PROJECT, "the secret %s: '%s' cannot be read", s->id,
			                 s->file);
		out->path = arena_printf(a, ".mortar-secret-%zu", n + 1);
		for (unsigned more = 2; context_find(t->context, out->path); more++)
			out->path = arena_printf(a, ".mortar-secret-%zu-%u", n + 1, more);
		n++;
	}
	*ret_secrets = all;
	*ret_n = n;
	return true;
}

void docker_secrets_append(struct buf *out, const struct docker_secret *secrets, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		owned_buf struct buf one = { 0 };
		buf_printf(&one, "id=%s,src=%s", secrets[i].id, secrets[i].path);
		buf_append_char(out, i ? ',' : '[');
		value_write_json_string(out, buf_str(&one), false);
	}
	if (n)
		buf_append_char(out, ']');
}
