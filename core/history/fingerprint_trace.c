#include "core/history/fingerprint_trace.h"

#include <string.h>
#include <sys/stat.h>

#include "core/ext/crypto.h"
#include "core/os/files.h"

/* "/a/b" is at or below "/a". */
static bool trace_is_below(const char *path, const char *dir)
{
	size_t n = strlen(dir);
	return !strcmp(dir, "/") || (strncmp(path, dir, n) == 0 && (!path[n] || path[n] == '/'));
}

/* An entry of the context at that path, with what lies below it, as one hash; n 0: there is
 * none. */
static struct str trace_content(struct fingerprint_files *f, const char *path)
{
	owned(sha256) struct sha256 *hash = sha256_new();
	const struct entry *e = f->context ? context_find(f->context, path) : NULL;
	struct fingerprint_taken taken = { 0 };
	struct error ignored;
	struct str content = { 0 };
	/* A link's target may be elsewhere in the stage; a folder's own path would count. */
	if (!e || !S_ISREG(e->mode))
		return content;
	fingerprint_take(f, str_of(path), &taken);
	if (fingerprint_taken_hash(f, &taken, hash, &ignored))
		content = fingerprint_hashed(f->arena, hash);
	fingerprint_taken_finish(&taken);
	return content;
}

/* COPY of one folder or file of the context, to a destination that holds the path: which
 * file of the context that is. */
static struct str trace_copied(struct fingerprint_files *f, const struct fingerprint_link *l,
                               const char *path, const char *to)
{
	const struct instruction_parts *p = l->instruction->parts;
	if (l->instruction->kind != INSTRUCTION_COPY || p->nflags || p->nheredocs || p->nargs != 2 ||
	    strpbrk(arena_text(f->arena, p->args[0]), "$*?[\\"))
		return (struct str){ 0 };
	const char *from = files_clean(f->arena, arena_printf(f->arena, "/%.*s", STR_ARG(p->args[0])));
	const struct entry *e = f->context ? context_find(f->context, from + 1) : NULL;
	bool is_root = !strcmp(from, "/");
	if (!is_root && (!e || !S_ISDIR(e->mode)))
		return (struct str){ 0 };
	const char *rest = path + (strcmp(to, "/") ? strlen(to) : 0);
	const char *file = is_root ? rest : arena_printf(f->arena, "%s%s", from, rest);
	return trace_content(f, file + (file[0] == '/'));
}

/* True: the link may have changed what stands at path. */
static bool trace_touches(struct fingerprint_files *f, const struct fingerprint_link *l,
                          const char *path, const char **ret_to)
{
	if (l->is_meta)
		return false;
	if (l->instruction->kind == INSTRUCTION_WORKDIR)
		return !l->destination || trace_is_below(l->destination, path);
	if (l->instruction->kind != INSTRUCTION_COPY || !l->destination)
		return true;
	*ret_to = files_clean(f->arena, l->destination);
	return trace_is_below(path, *ret_to) || trace_is_below(*ret_to, path);
}

struct fingerprint_origin fingerprint_trace(struct fingerprint_files *f,
                                            const struct fingerprint_chain *c, int stage,
                                            struct str path)
{
	struct fingerprint_origin o = { .link = c->last[stage] };
	const char *wanted = files_clean(f->arena, arena_printf(f->arena, "/%.*s", STR_ARG(path)));
	if (strpbrk(wanted, "*?[\\$"))
		return o;
	for (; o.link >= 0; o.link = c->links[o.link].parent) {
		const struct fingerprint_link *l = &c->links[o.link];
		const char *to = NULL;
		if (l->is_through)
			continue;
		if (!trace_touches(f, l, wanted, &to))
			continue;
		if (to && strcmp(to, wanted) && trace_is_below(wanted, to))
			o.content = trace_copied(f, l, wanted, to);
		break;
	}
	return o;
}
