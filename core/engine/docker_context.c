#include "core/engine/docker_context.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/check.h"

/* DOCKER_NAME_MAX: what a plain tar header holds, and the first must be plain. */
enum { DOCKER_NAME_MAX = 99 };

struct docker_context {
	const struct context *context;
	const struct recipe *recipe;
	struct entry *first;            /* the Dockerfile, an ignore file, secrets */
	size_t nfirst;
	char *name;
	struct buf ignore;
	struct tar *tar;
	bool own;                       /* the Dockerfile is none of the context's */
};

static bool docker_context_reads(const struct entry *e, struct str text)
{
	owned(entry_reader) struct entry_reader *reader = entry_reader_new(e);
	struct error ignored = { 0 };
	struct str bytes;
	size_t at = 0;
	enum pull pull;
	while ((pull = entry_pull(reader, &bytes, &ignored)) == PULL_DATA) {
		if (!str_eq(bytes, str_slice(text, at, bytes.n)))
			return false;
		at += bytes.n;
	}
	return pull == PULL_DONE && at == text.n;
}

/* An entry that is this very Dockerfile, by name and content. */
static const struct entry *docker_context_find(const struct context *c, struct str text)
{
	for (size_t i = 0; i < context_count(c); i++) {
		const struct entry *e = context_entry(c, i);
		const char *slash = strrchr(e->path, '/');
		const char *name = slash ? slash + 1 : e->path;
		if (S_ISREG(e->mode) && e->size == text.n && strlen(e->path) <= DOCKER_NAME_MAX &&
		    (strstr(name, "ockerfile") || strstr(name, "ontainerfile")) &&
		    docker_context_reads(e, text))
			return e;
	}
	return NULL;
}

static struct entry docker_context_entry(const char *path, struct str bytes)
{
	return (struct entry){ .path = path, .bytes = bytes, .mode = S_IFREG | 0644,
	                       .size = bytes.n };
}

/* The context's own patterns, then what is ours. */
static void docker_context_ignore(struct docker_context *d, const char *file)
{
	const struct entry *theirs = context_find(d->context, file);
	struct error ignored = { 0 };
	struct str bytes;
	if (theirs && S_ISREG(theirs->mode)) {
		owned(entry_reader) struct entry_reader *reader = entry_reader_new(theirs);
		while (entry_pull(reader, &bytes, &ignored) == PULL_DATA)
			buf_append(&d->ignore, bytes);
		buf_append_char(&d->ignore, '\n');
	}
	if (d->own)
		buf_printf(&d->ignore, "%s\n", d->name);
	if (!theirs)
		buf_printf(&d->ignore, "%s\n", file);
	d->first[d->nfirst++] = docker_context_entry(file, buf_str(&d->ignore));
}

struct docker_context *docker_context_new(const struct context *c, const struct recipe *r,
                                          enum docker_builder builder,
                                          const struct docker_secret *secrets, size_t nsecrets)
{
	struct docker_context *d = xcalloc(1, sizeof *d);
	const struct entry *there = docker_context_find(c, r->text);
	d->context = c;
	d->recipe = r;
	d->first = xcalloc(2 + nsecrets, sizeof *d->first);
	if (there) {
		d->name = xstrdup(there->path);
		d->first[d->nfirst++] = *there;
	} else {
		d->own = true;
		d->name = xstrdup(".mortar.dockerfile");
		for (unsigned n = 2; context_find(c, d->name); n++) {
			free(d->name);
			d->name = xasprintf(".mortar-%u.dockerfile", n);
		}
		d->first[d->nfirst++] = docker_context_entry(d->name, r->text);
	}
	if (builder == DOCKER_PODMAN)
		docker_context_ignore(d, ".containerignore");
	else if (builder == DOCKER_CLASSIC && d->own)
		docker_context_ignore(d, ".dockerignore");
	for (size_t i = 0; i < nsecrets; i++)
		d->first[d->nfirst++] = docker_context_entry(secrets[i].path, secrets[i].bytes);
	d->tar = tar_new(c, d->first, d->nfirst);
	return d;
}

void docker_context_free(struct docker_context *d)
{
	if (!d)
		return;
	tar_free(d->tar);
	buf_finish(&d->ignore);
	free(d->first);
	free(d->name);
	free(d);
}

const char *docker_context_dockerfile(const struct docker_context *d)
{
	return d->name;
}

enum pull docker_context_pull(struct docker_context *d, struct str *ret_bytes, struct error *err)
{
	return tar_pull(d->tar, ret_bytes, err);
}

static bool docker_context_takes(const struct docker_context *d, struct str source)
{
	owned_buf struct buf path = { 0 };
	while (str_has_prefix(source, STR("./")) || str_has_prefix(source, STR("/")))
		source = str_slice(source, str_find(source, '/') + 1, source.n);
	if (!source.n || str_eq(source, STR(".")))
		return true;
	buf_append(&path, source);
	return fnmatch(buf_text(&path), d->name, 0) == 0;
}

int docker_context_leak(const struct docker_context *d)
{
	for (size_t i = 0; d->own && i < d->recipe->ninstructions; i++) {
		const struct instruction *in = &d->recipe->instructions[i];
		bool from = false;
		if ((in->kind != INSTRUCTION_COPY && in->kind != INSTRUCTION_ADD) || in->stage < 0 ||
		    !d->recipe->stages[in->stage].reachable)
			continue;
		for (size_t k = 0; k < in->parts->nflags; k++)
			from = from || str_eq(in->parts->flags[k].name, STR("from"));
		for (size_t k = 0; !from && k + 1 < in->parts->nargs; k++)
			if (docker_context_takes(d, in->parts->args[k]))
				return (int)i;
	}
	return -1;
}
