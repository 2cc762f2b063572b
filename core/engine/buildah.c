#include "core/engine/buildah.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/check.h"
#include "core/engine/terms.h"
#include "core/os/spawn.h"

enum { BUILDAH_VERSION_MAX = 4096, BUILDAH_ARGS = 64 };

static bool buildah_learn(struct buildah_engine *b, struct error *err)
{
	static const char *const argv[] = { "buildah", "--version", NULL };
	struct spawn s = { .argv = argv, .in = SPAWN_NULL, .out = SPAWN_PIPE, .err = SPAWN_NULL,
	                   .die_with_parent = true };
	owned_buf struct buf out = { 0 };
	int status;
	if (!spawn_find("buildah"))
		return error_set(err, ERROR_UNREACHABLE, "buildah is not in PATH; Debian has it as "
		                 "the package 'buildah'");
	if (!spawn_run(&s, BUILDAH_VERSION_MAX, &out, &status, err))
		return false;
	/* "buildah version 1.28.2 (image-spec …)" */
	struct str text = str_trim(buf_str(&out)), head = STR("buildah version ");
	if (status != 0 || !str_has_prefix(text, head))
		return error_set(err, ERROR_UNREACHABLE, "buildah --version fails: %.*s",
		                 STR_ARG(text));
	struct str version = str_slice(text, head.n, text.n);
	size_t blank = str_find(version, ' ');
	version = str_slice(version, 0, blank == STR_NONE ? version.n : blank);
	b->facts = (struct engine_facts){
		.name = "buildah", .product = "buildah", .address = "buildah",
		.version = arena_text(b->arena, version), .numbering = NUMBERING_BUILDAH,
		.abilities = ABILITY_SECRET_MOUNTS | ABILITY_CACHE_MOUNTS | ABILITY_OWN_TERMINAL |
		             ABILITY_CACHE_IS_IMAGES,
	};
	return true;
}

static void buildah_told(struct loop *l, void *data)
{
	(void)l;
	struct buildah_engine *b = data;
	struct error err = { 0 };
	b->timer = 0;
	if (buildah_learn(b, &err))
		b->ready(b->data, &b->facts, NULL);
	else
		b->ready(b->data, NULL, &err);
}

static void buildah_probe(struct engine *e, engine_ready_fn *ready, void *data)
{
	struct buildah_engine *b = (struct buildah_engine *)e;
	b->ready = ready;
	b->data = data;
	b->timer = loop_timer(e->loop, 0, buildah_told, b);
}

static void buildah_free(struct engine *e)
{
	struct buildah_engine *b = (struct buildah_engine *)e;
	while (b->works)
		buildah_work_drop(b->works);
	while (b->runs)
		buildah_run_drop(b->runs);
	while (b->pushes)
		buildah_push_drop(b->pushes);
	loop_untimer(e->loop, b->timer);
	arena_free(b->arena);
	free(b);
}

static const struct engine_ops buildah_ops = {
	.probe = buildah_probe, .image = buildah_image, .run = buildah_run,
	.push = buildah_push, .cancel = buildah_cancel, .free = buildah_free,
};

struct engine *buildah_new(const struct engine_options *o, struct loop *l, struct error *err)
{
	struct buildah_engine *b = xcalloc(1, sizeof *b);
	(void)err;
	b->base = (struct engine){ .ops = &buildah_ops, .loop = l };
	b->arena = arena_new();
	b->scratch = o->scratch ? arena_text(b->arena, str_of(o->scratch)) : NULL;
	b->build_id = arena_text(b->arena, str_of(o->build_id ? o->build_id : "mortar"));
	return &b->base;
}

struct command {
	struct arena *arena;
	const char **argv;
	size_t n, cap;
};

static void command_add(struct command *c, const char *word)
{
	if (c->n + 1 >= c->cap) {
		const char **more = arena_array(c->arena, c->cap * 2, sizeof *more);
		memcpy(more, c->argv, c->n * sizeof *more);
		c->argv = more;
		c->cap *= 2;
	}
	c->argv[c->n++] = word;
	c->argv[c->n] = NULL;
}

static void command_add_option(struct command *c, const char *flag, struct str value)
{
	if (!value.n)
		return;
	command_add(c, flag);
	command_add(c, arena_text(c->arena, value));
}

static void command_add_arg(void *data, struct str name, struct str value)
{
	struct command *c = data;
	command_add(c, "--build-arg");
	command_add(c, arena_printf(c->arena, "%.*s=%.*s", STR_ARG(name), STR_ARG(value)));
}

static void command_add_label(void *data, struct str name, struct str value)
{
	struct command *c = data;
	command_add(c, "--label");
	command_add(c, arena_printf(c->arena, "%.*s=%.*s", STR_ARG(name), STR_ARG(value)));
}

static void command_add_secrets(struct command *c, const struct image_task *t)
{
	for (size_t i = 0; i < t->nsecrets; i++) {
		const struct secret *s = &t->secrets[i];
		if (s->way != SECRET_MOUNTED)
			continue;
		command_add(c, "--secret");
		if (s->file)
			command_add(c, arena_printf(c->arena, "id=%s,src=%s", s->id, s->file));
		else
			command_add(c, arena_printf(c->arena, "id=%s,env=%s", s->id, s->env));
	}
}

static void command_add_variable(void *data, struct str name, struct str value)
{
	struct command *c = data;
	command_add(c, arena_printf(c->arena, "%.*s=%.*s", STR_ARG(name), STR_ARG(value)));
}

const char *const *buildah_environment(struct arena *a, const struct image_task *t,
                                       const char *temporary)
{
	struct command c = { .arena = a, .cap = BUILDAH_ARGS };
	c.argv = arena_array(a, c.cap, sizeof *c.argv);
	command_add_variable(&c, STR("TMPDIR"), str_of(temporary));
	/* buildah hands these on to RUN (--http-proxy); as build arguments they would stand in its
	 * own arguments, and in the history of what comes behind an ARG (1.28.2: their names). */
	work_each_proxy(t, command_add_variable, &c);
	return c.argv;
}

/* chroot works as root in a container and without root, where runc often does not, and
 * gives RUN the host's network; a network that must be another needs a real one. */
static bool buildah_is_chroot(struct str network)
{
	const char *chosen = getenv("BUILDAH_ISOLATION");
	if (chosen && *chosen)
		return strcmp(chosen, "chroot") == 0;
	return !network.n || str_eq(network, STR("host"));
}

bool buildah_can(const struct image_task *t, const char *version, struct error *err)
{
	static const char *const names[] = { "shm-size", "cgroup-parent" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (work_option(t, names[i]).n && buildah_is_chroot(work_option(t, "network")))
			return error_set(err, ERROR_REFUSED, "buildah has no --%s where RUN is run by chroot: "
			                 "BUILDAH_ISOLATION=oci has it, and --engine classic and podman",
			                 names[i]);
	if (!terms_can(t, TERMS_BUILDAH, version, err))
		return false;
	if (work_option(t, "cache-from").p && buildah_runs_all(t))
		return error_set(err, ERROR_REFUSED, "buildah has no --cache-from where files come out: "
		                 "every step runs for them; --engine buildkit has it");
	return true;
}

static void command_add_isolation(struct command *c, struct str network)
{
	const char *chosen = getenv("BUILDAH_ISOLATION");
	if ((chosen && *chosen) || !buildah_is_chroot(network))
		return;
	command_add(c, "--isolation");
	command_add(c, "chroot");
}

const char *const *buildah_isolation(struct arena *a, struct str network)
{
	struct command c = { .arena = a, .cap = BUILDAH_ARGS };
	c.argv = arena_array(a, c.cap, sizeof *c.argv);
	command_add_isolation(&c, network);
	command_add_option(&c, "--network", network);
	return c.argv;
}

static bool command_add_host(void *data, struct str value, struct error *err)
{
	struct command *c = data;
	struct host h;
	if (host_read(value, &h, err)) {
		command_add(c, "--add-host");
		command_add(c, arena_printf(c->arena, "%.*s:%.*s", STR_ARG(h.name), STR_ARG(h.address)));
	}
	return true;
}

static bool command_add_ulimit(void *data, struct str value, struct error *err)
{
	(void)err;
	command_add_option(data, "--ulimit", value);
	return true;
}

static bool command_add_ssh(void *data, struct str value, struct error *err)
{
	(void)err;
	command_add_option(data, "--ssh", value);
	return true;
}

static bool command_add_size(void *data, struct str value, struct error *err)
{
	struct command *c = data;
	uint64_t bytes;
	if (size_read(value, &bytes, err)) {
		command_add(c, "--shm-size");
		/* Without a unit: it goes to mount as it is, which knows no b (1.28.2). */
		command_add(c, arena_printf(c->arena, "%llu", (unsigned long long)bytes));
	}
	return true;
}

static bool command_add_from(void *data, struct str value, struct error *err)
{
	struct command *c = data;
	(void)err;
	command_add_option(c, "--cache-from", terms_cache_ref(c->arena, value, CACHE_FROM));
	return true;
}

static bool command_add_to(void *data, struct str value, struct error *err)
{
	struct command *c = data;
	(void)err;
	command_add_option(c, "--cache-to", terms_cache_ref(c->arena, value, CACHE_TO));
	return true;
}

static void command_add_contexts(struct command *c, const struct image_task *t,
                                 const char *folder)
{
	struct str prefix = STR("build-context:");
	for (size_t i = 0; i < t->noptions; i++) {
		struct str name = t->options[i].name;
		if (!str_has_prefix(name, prefix) || build_context_is_local(t->options[i].value))
			continue;
		command_add(c, "--build-context");
		command_add(c, arena_printf(c->arena, "%.*s=%.*s",
		                            STR_ARG(str_slice(name, prefix.n, name.n)),
		                            STR_ARG(t->options[i].value)));
	}
	for (size_t i = 0; i < t->ncontexts; i++) {
		command_add(c, "--build-context");
		command_add(c, arena_printf(c->arena, "%s=%s-%zu", t->contexts[i].name, folder, i));
	}
}

bool buildah_runs_all(const struct image_task *t)
{
	owned(arena) struct arena *a = arena_new();
	struct output ignored;
	return terms_output(a, t, &ignored);
}

/* What terms_can has let through. */
static void command_add_terms(struct command *c, const struct image_task *t, const char *folder)
{
	struct error ignored;
	struct output o;
	terms_each(t, "add-host", command_add_host, c, &ignored);
	terms_each(t, "ulimit", command_add_ulimit, c, &ignored);
	terms_each(t, "shm-size", command_add_size, c, &ignored);
	terms_each(t, "ssh", command_add_ssh, c, &ignored);
	terms_each(t, "cache-from", command_add_from, c, &ignored);
	terms_each(t, "cache-to", command_add_to, c, &ignored);
	command_add_option(c, "--cgroup-parent", work_option(t, "cgroup-parent"));
	command_add_contexts(c, t, folder);
	if (terms_output(c->arena, t, &o)) {
		command_add(c, "--output");
		command_add(c, arena_printf(c->arena, "type=%s,dest=%s", output_name(o.type), o.dest));
	}
}

const char *const *buildah_command(struct arena *a, const struct image_task *t,
                                   const char *build_id, const char *dockerfile,
                                   const char *iidfile, const char *folder)
{
	struct command c = { .arena = a, .cap = BUILDAH_ARGS };
	struct str network = work_option(t, "network");
	c.argv = arena_array(a, c.cap, sizeof *c.argv);
	command_add(&c, "buildah");
	command_add(&c, "bud");
	/* --layers: else nothing is cached; docker: else HEALTHCHECK is dropped. */
	command_add(&c, "--layers");
	command_add(&c, "--force-rm");
	command_add(&c, "--format");
	command_add(&c, "docker");
	command_add(&c, work_option_is_on(t, "pull") ? "--pull=always" : "--pull=false");
	command_add_isolation(&c, network);
	command_add_option(&c, "--network", network);
	command_add_option(&c, "--platform", work_option(t, "platform"));
	command_add_option(&c, "--target", work_option(t, "target"));
	if (t->level.no_cache || buildah_runs_all(t))
		command_add(&c, "--no-cache");
	const char *const *tags = terms_want_image(t) ? t->tags : NULL;
	for (const char *const *tag = tags; tag && *tag; tag++)
		command_add_option(&c, "--tag", str_of(*tag));
	if (!tags || !tags[0])
		command_add_option(&c, "--iidfile", str_of(iidfile));
	work_each_arg(t, build_id, command_add_arg, &c);
	work_each_label(t, command_add_label, &c);
	command_add_secrets(&c, t);
	command_add_terms(&c, t, folder);
	command_add(&c, "--file");
	command_add(&c, dockerfile);
	command_add(&c, folder);
	return c.argv;
}
