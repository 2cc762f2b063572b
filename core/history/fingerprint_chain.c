/* From a recipe to links: what each instruction is made from. */
#include "core/history/fingerprint_chain.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "core/ext/crypto.h"
#include "core/history/fingerprint_files.h"
#include "core/history/fingerprint_inputs.h"
#include "core/history/fingerprint_scope.h"
#include "core/history/fingerprint_trace.h"
#include "core/os/files.h"
#include "core/recipe/mount.h"

struct chain_maker {
	struct arena *arena;
	const struct fingerprint_subject *subject;
	struct fingerprint_chain *chain;
	struct fingerprint_files files;
	struct fingerprint_taken taken; /* of the instruction at hand */
	struct sha256 *hash;            /* of the same */
	struct scope global, scope;
	struct scope *ends;             /* a stage's scope at its end */
	struct error *err;
};

void fingerprint_hash(struct sha256 *hash, struct str part)
{
	char size[32];
	snprintf(size, sizeof size, "%zu:", part.n);
	sha256_append(hash, str_of(size));
	sha256_append(hash, part);
}

struct str fingerprint_hashed(struct arena *a, struct sha256 *hash)
{
	char hex[SHA256_HEX_SIZE];
	sha256_finish_hex(hash, hex);
	return arena_str(a, (struct str){ hex, FINGERPRINT_KEY_SIZE });
}

static void maker_hash(struct chain_maker *m, struct str part)
{
	fingerprint_hash(m->hash, m->subject->seal ? m->subject->seal(m->subject->data, m->arena, part)
	                                           : part);
}

static struct str maker_flag(const struct instruction_parts *p, const char *name)
{
	for (size_t i = 0; i < p->nflags; i++)
		if (str_eq(p->flags[i].name, str_of(name)))
			return p->flags[i].value;
	return (struct str){ 0 };
}

/* The stage that --from= or from= names, or -1: an image. */
static int maker_stage(const struct recipe *r, struct str from)
{
	unsigned long long number;
	for (size_t i = r->nstages; i-- > 0;)
		if (r->stages[i].name.n == from.n && from.n &&
		    strncasecmp(r->stages[i].name.p, from.p, from.n) == 0)
			return (int)i;
	return str_number(from, r->nstages ? r->nstages - 1 : 0, &number) && r->nstages ? (int)number
	                                                                                : -1;
}

static struct str maker_base_id(const struct chain_maker *m, struct str name)
{
	for (size_t i = 0; i < m->subject->nbases; i++)
		if (str_eq(m->subject->bases[i].name, name))
			return m->subject->bases[i].id;
	return (struct str){ 0 };
}

/* A context besides the main one is told by what is in it; an image in a name's place by its
 * address.  What cannot be read is new every time. */
static void maker_named_context(struct chain_maker *m, struct fingerprint_link *l, struct str name)
{
	const struct image_task *t = m->subject->image;
	struct str option = str_of(arena_printf(m->arena, "build-context:%.*s", STR_ARG(name)));
	struct error ignored;
	char hex[SHA256_HEX_SIZE];
	for (size_t i = 0; i < t->noptions; i++)
		if (str_eq(t->options[i].name, option))
			maker_hash(m, t->options[i].value);
	for (size_t i = 0; i < t->ncontexts; i++) {
		struct context *c = t->contexts[i].context;
		if (!str_eq(str_of(t->contexts[i].name), name))
			continue;
		bool read = context_is_scanned(c) || context_scan(c, &ignored);
		for (size_t k = 0; read && k < context_count(c); k++) {
			const struct entry *e = context_entry(c, k);
			read = !S_ISREG(e->mode) || stat_cache_digest(m->files.digests, e, hex, &ignored);
			maker_hash(m, str_of(arena_printf(m->arena, "%s %o %s", e->path, (unsigned)e->mode,
			                                  S_ISREG(e->mode) ? hex : e->link ? e->link : "")));
		}
		l->is_fresh = l->is_fresh || !read;
	}
}

/* ---- what an instruction takes from elsewhere ---- */

static void maker_source(struct chain_maker *m, struct fingerprint_link *l, struct str from,
                         struct str path, bool is_mount)
{
	int stage = maker_stage(m->chain->recipe, from);
	struct fingerprint_origin origin = { .link = -1 };
	if (stage >= 0 && stage < l->stage)
		origin = fingerprint_trace(&m->files, m->chain, stage, path);
	struct fingerprint_source *all = arena_array(m->arena, l->nsources + 1, sizeof *all);
	if (l->nsources)
		memcpy(all, l->sources, l->nsources * sizeof *all);
	all[l->nsources++] = (struct fingerprint_source){
		.name = str_of(arena_printf(m->arena, "%.*s:%.*s", STR_ARG(from), STR_ARG(path))),
		.stage = stage, .link = origin.link, .content = origin.content, .is_mount = is_mount,
	};
	if (origin.link >= 0 && !origin.content.n)
		fingerprint_inputs(&m->files, m->chain, m->subject, path, &all[l->nsources - 1]);
	l->sources = all;
	if (stage < 0) {
		maker_hash(m, from);
		maker_hash(m, maker_base_id(m, from));
		maker_named_context(m, l, from);
	}
}

static bool maker_files(struct chain_maker *m, struct fingerprint_link *l)
{
	fingerprint_taken_sort(&m->taken);
	if (!fingerprint_taken_hash(&m->files, &m->taken, m->hash, m->err))
		return false;
	uint32_t *entries = arena_array(m->arena, m->taken.n + 1, sizeof *entries);
	if (m->taken.n)
		memcpy(entries, m->taken.entries, m->taken.n * sizeof *entries);
	l->step.files = entries;
	l->step.nfiles = m->taken.n;
	return true;
}

static bool maker_is_url(struct str s)
{
	return str_find_str(s, STR("://")) != STR_NONE || str_has_prefix(s, STR("git@"));
}

static struct str maker_destination(const struct chain_maker *m, struct str word)
{
	struct str to = scope_expand(&m->scope, word);
	if (m->subject->model->keys_contents || (to.n && to.p[0] == '/'))
		return to;
	return str_of(arena_printf(m->arena, "%.*s/%.*s", STR_ARG(m->scope.workdir), STR_ARG(to)));
}

/* From the root; NULL where the base image's own folder or variables count. */
static const char *maker_absolute(const struct chain_maker *m, struct str word)
{
	struct str to = scope_expand(&m->scope, word), dir = m->scope.workdir;
	if (memchr(to.p, '$', to.n) || (dir.n && memchr(dir.p, '$', dir.n)))
		return NULL;
	if (to.n && to.p[0] == '/')
		return arena_text(m->arena, to);
	return dir.n ? arena_printf(m->arena, "%.*s/%.*s", STR_ARG(dir), STR_ARG(to)) : NULL;
}

static bool maker_copy(struct chain_maker *m, struct fingerprint_link *l)
{
	const struct instruction_parts *p = l->instruction->parts;
	struct str from = maker_flag(p, "from");
	bool keys_sources = !m->subject->model->keys_contents;
	for (size_t i = 0; i < p->nflags; i++) {
		if (str_eq(p->flags[i].name, STR("from")))
			continue;
		maker_hash(m, p->flags[i].name);
		maker_hash(m, scope_expand(&m->scope, p->flags[i].value));
	}
	for (size_t i = 0; i < p->nheredocs; i++) {
		maker_hash(m, p->heredocs[i].name);
		maker_hash(m, p->heredocs[i].expand ? scope_expand(&m->scope, p->heredocs[i].text)
		                                    : p->heredocs[i].text);
	}
	for (size_t i = 0; i + 1 < p->nargs; i++) {
		struct str source = scope_expand(&m->scope, p->args[i]);
		if (maker_is_url(source))
			maker_hash(m, source);
		else if (keys_sources || from.n)
			maker_hash(m, str_of(files_clean(m->arena, arena_printf(m->arena, "/%.*s",
			                                                        STR_ARG(source)))));
		if (from.n)
			maker_source(m, l, from, source, false);
		else if (!maker_is_url(source) && !str_has_prefix(source, STR("<<")))
			fingerprint_take(&m->files, source, &m->taken);
	}
	if (p->nargs)
		maker_hash(m, maker_destination(m, p->args[p->nargs - 1]));
	l->destination = p->nargs ? maker_absolute(m, p->args[p->nargs - 1]) : NULL;
	return maker_files(m, l);
}

static void maker_mount(struct chain_maker *m, struct fingerprint_link *l, struct str mount)
{
	struct str text = scope_expand(&m->scope, mount);
	struct str type = mount_get(m->arena, text, "type"), from = mount_get(m->arena, text, "from");
	struct str path = mount_get(m->arena, text, "source");
	maker_hash(m, text);
	if (type.n && !str_eq(type, STR("bind")) && !from.n)
		return;
	path = path.n ? path : mount_get(m->arena, text, "src");
	if (from.n)
		maker_source(m, l, from, path, true);
	else
		fingerprint_take(&m->files, path, &m->taken);
}

/* ---- what a RUN sees ---- */

static int pair_order(const void *a, const void *b)
{
	return str_cmp(((const struct pair *)a)->name, ((const struct pair *)b)->name);
}

static void maker_args(struct chain_maker *m, struct fingerprint_link *l)
{
	const struct scope *s = &m->scope;
	bool only_args = m->subject->model->keys_args;
	struct pair *list = arena_array(m->arena, s->n + 1, sizeof *list);
	size_t n = 0;
	for (size_t i = 0; i < s->n; i++) {
		const struct scope_variable *v = &s->variables[i];
		if (!v->is_set || (only_args && !v->is_arg))
			continue;
		l->is_fresh = l->is_fresh || v->is_fresh;
		list[n++] = (struct pair){ v->name, m->subject->seal
			? m->subject->seal(m->subject->data, m->arena, v->value) : v->value };
	}
	if (only_args)
		qsort(list, n, sizeof *list, pair_order);
	for (size_t i = 0; i < n; i++) {
		fingerprint_hash(m->hash, list[i].name);
		fingerprint_hash(m->hash, list[i].value);
	}
	l->step.args = list;
	l->step.nargs = n;
}

/* What BuildKit's key of a RUN has of its surroundings: of hosts the names in their order, not
 * the addresses (solver/llbsolver/ops/exec.go, CacheMap; tried on dockerd 20.10). */
static void maker_surroundings(struct chain_maker *m)
{
	const struct image_task *t = m->subject->image;
	struct str network = { 0 }, host;
	for (size_t i = 0; i < t->noptions; i++) {
		struct str name = t->options[i].name, value = t->options[i].value;
		if (str_eq(name, STR("network")))
			network = value;
		else if (str_eq(name, STR("ulimit")) || str_eq(name, STR("shm-size")) ||
		         str_eq(name, STR("cgroup-parent")))
			maker_hash(m, value);
		if (str_eq(name, STR("add-host"))) {
			size_t end = str_find(value, '=');
			host = str_slice(value, 0, end == STR_NONE ? str_find(value, ':') : end);
			maker_hash(m, host);
		}
	}
	if (network.n && !str_eq(network, STR("default")))
		maker_hash(m, network);
}

static bool maker_run(struct chain_maker *m, struct fingerprint_link *l)
{
	const struct instruction_parts *p = l->instruction->parts;
	for (size_t i = 0; i < p->nflags; i++) {
		maker_hash(m, p->flags[i].name);
		if (str_eq(p->flags[i].name, STR("mount")))
			maker_mount(m, l, p->flags[i].value);
		else
			maker_hash(m, scope_expand(&m->scope, p->flags[i].value));
	}
	maker_hash(m, p->form == FORM_EXEC ? STR("exec") : m->scope.shell);
	for (size_t i = 0; i < p->nargs; i++)
		maker_hash(m, p->args[i]);
	for (size_t i = 0; i < p->nheredocs; i++)
		maker_hash(m, p->heredocs[i].text);
	if (!m->subject->model->chains_all) {
		maker_hash(m, m->scope.workdir);
		maker_hash(m, m->scope.user);
		maker_surroundings(m);
	}
	maker_args(m, l);
	return maker_files(m, l);
}

static bool maker_meta(struct chain_maker *m, struct fingerprint_link *l)
{
	const struct instruction_parts *p = l->instruction->parts;
	enum instruction_kind kind = l->instruction->kind;
	bool expands = kind != INSTRUCTION_CMD && kind != INSTRUCTION_ENTRYPOINT &&
	               kind != INSTRUCTION_ONBUILD && kind != INSTRUCTION_SHELL;
	if (kind == INSTRUCTION_ONBUILD || kind == INSTRUCTION_HEALTHCHECK)
		maker_hash(m, l->instruction->text);
	maker_hash(m, p->form == FORM_EXEC ? STR("exec") : m->scope.shell);
	for (size_t i = 0; i < p->nargs; i++)
		maker_hash(m, expands ? scope_expand(&m->scope, p->args[i]) : p->args[i]);
	return true;
}

static bool maker_own(struct chain_maker *m, struct fingerprint_link *l)
{
	maker_hash(m, str_of(instruction_keyword(l->instruction->kind)));
	switch (l->instruction->kind) {
	case INSTRUCTION_COPY:
	case INSTRUCTION_ADD:
		return maker_copy(m, l);
	case INSTRUCTION_RUN:
		return maker_run(m, l);
	case INSTRUCTION_WORKDIR:
		scope_take(&m->scope, l->instruction);
		maker_hash(m, m->scope.workdir);
		maker_hash(m, m->scope.user);
		if (m->scope.workdir.n && m->scope.workdir.p[0] == '/')
			l->destination = arena_text(m->arena, m->scope.workdir);
		return true;
	default:
		return maker_meta(m, l);
	}
}

/* ---- stages ---- */

static struct fingerprint_link *maker_link(struct chain_maker *m, size_t instruction)
{
	struct fingerprint_chain *c = m->chain;
	struct fingerprint_link *l = &c->links[c->n++];
	const struct instruction *in = &c->recipe->instructions[instruction];
	int stage = in->stage;
	*l = (struct fingerprint_link){ .instruction = in, .stage = stage, .parent = c->last[stage],
	                                .base = -1, .is_meta = !instruction_makes_layer(in->kind) };
	l->step.instruction = (int)instruction;
	l->step.step = m->subject->step ? m->subject->step(m->subject->data, (int)instruction) : -1;
	l->step.text = m->subject->seal ? m->subject->seal(m->subject->data, m->arena, in->text)
	                                : in->text;
	c->last[stage] = (int)(c->n - 1);
	return l;
}

static void maker_from(struct chain_maker *m, struct fingerprint_link *l, int stage)
{
	struct fingerprint_chain *c = m->chain;
	const struct instruction_parts *p = l->instruction->parts;
	struct str name = p->nargs ? scope_expand(&m->global, p->args[0]) : (struct str){ 0 };
	int from = maker_stage(c->recipe, name);
	m->scope = (struct scope){ .arena = m->arena, .escape = c->recipe->escape,
	                           .global = &m->global, .args = m->subject->args,
	                           .nargs = m->subject->nargs };
	l->is_through = (from >= 0 && from < stage) || str_eq(name, STR("scratch"));
	if (from >= 0 && from < stage) {
		m->scope = scope_inherit(&m->ends[from], !m->subject->model->ends_args);
		l->parent = c->last[from];
		return;
	}
	if (l->is_through)
		return;
	struct str platform = maker_flag(p, "platform");
	for (size_t i = 0; !platform.n && i < m->subject->image->noptions; i++)
		if (str_eq(m->subject->image->options[i].name, STR("platform")))
			platform = m->subject->image->options[i].value;
	maker_hash(m, STR("FROM"));
	maker_hash(m, name);
	maker_hash(m, platform);
	maker_hash(m, maker_base_id(m, name));
	maker_named_context(m, l, name);
	l->base = (int)c->nbases;
	c->bases[c->nbases++] = (struct fingerprint_base){ name, maker_base_id(m, name) };
}

static bool maker_stage_links(struct chain_maker *m, int stage)
{
	const struct recipe *r = m->chain->recipe;
	const struct stage *s = &r->stages[stage];
	for (unsigned k = 0; k < s->count; k++) {
		const struct instruction *in = &r->instructions[s->first + k];
		bool is_from = in->kind == INSTRUCTION_FROM;
		if (in->kind == INSTRUCTION_UNKNOWN)
			continue;
		if (!instruction_makes_layer(in->kind) && !m->subject->model->chains_all) {
			scope_take(&m->scope, in);
			continue;
		}
		struct fingerprint_link *l = maker_link(m, s->first + k);
		m->taken.n = 0;
		if (is_from)
			maker_from(m, l, stage);
		else if (!maker_own(m, l))
			return false;
		l->own = fingerprint_hashed(m->arena, m->hash);
		if (in->kind != INSTRUCTION_WORKDIR)
			scope_take(&m->scope, in);
	}
	m->ends[stage] = m->scope;
	return true;
}

static struct scope maker_global(struct arena *a, const struct recipe *r,
                                 const struct fingerprint_arg *args, size_t nargs)
{
	struct scope s = { .arena = a, .escape = r->escape, .args = args, .nargs = nargs };
	for (size_t i = 0; i < r->ninstructions && r->instructions[i].stage < 0; i++)
		scope_take(&s, &r->instructions[i]);
	return s;
}

/* What was found by its place in the context becomes its place in the list. */
static void maker_number_files(struct chain_maker *m)
{
	uint32_t *index;
	struct fingerprint_chain *c = m->chain;
	c->files = fingerprint_files_list(&m->files, &index, &c->nfiles);
	for (size_t i = 0; i < c->n; i++)
		for (size_t k = 0; k < c->links[i].step.nfiles; k++)
			((uint32_t *)c->links[i].step.files)[k] = index[c->links[i].step.files[k]];
}

bool fingerprint_chain_make(struct arena *a, const struct fingerprint_subject *s,
                            struct fingerprint_chain *ret_chain, struct error *err)
{
	const struct recipe *r = s->recipe;
	owned(sha256) struct sha256 *hash = sha256_new();
	struct fingerprint_chain c = {
		.model = s->model, .recipe = r,
		.links = arena_array(a, r->ninstructions + 1, sizeof *c.links),
		.last = arena_array(a, r->nstages + 1, sizeof *c.last),
		.bases = arena_array(a, r->nstages + 1, sizeof *c.bases),
	};
	struct chain_maker m = { .arena = a, .subject = s, .chain = &c, .hash = hash, .err = err,
	                         .ends = arena_array(a, r->nstages + 1, sizeof *m.ends) };
	bool ok = true;
	fingerprint_files_init(&m.files, a, s->image->context, s->digests);
	m.global = maker_global(a, r, s->args, s->nargs);
	for (size_t i = 0; i < r->nstages; i++)
		c.last[i] = -1;
	for (size_t i = 0; ok && i < r->nstages; i++)
		if (r->stages[i].reachable)
			ok = maker_stage_links(&m, (int)i);
	fingerprint_taken_finish(&m.taken);
	if (!ok)
		return false;
	maker_number_files(&m);
	*ret_chain = c;
	return true;
}

const struct fingerprint_base *fingerprint_bases(struct arena *a, const struct recipe *r,
                                                 const struct fingerprint_arg *args, size_t nargs,
                                                 size_t *ret_n)
{
	struct scope global = maker_global(a, r, args, nargs);
	struct fingerprint_base *list = arena_array(a, r->ninstructions + 1, sizeof *list);
	size_t n = 0;
	for (size_t i = 0; i < r->ninstructions; i++) {
		const struct instruction *in = &r->instructions[i];
		struct str name = { 0 };
		if (in->stage < 0 || !r->stages[in->stage].reachable || !in->parts->nargs)
			continue;
		if (in->kind == INSTRUCTION_FROM)
			name = scope_expand(&global, in->parts->args[0]);
		else if (in->kind == INSTRUCTION_COPY)
			name = maker_flag(in->parts, "from");
		bool known = !name.n || str_eq(name, STR("scratch")) || maker_stage(r, name) >= 0;
		for (size_t k = 0; k < n; k++)
			known = known || str_eq(list[k].name, name);
		if (!known)
			list[n++] = (struct fingerprint_base){ .name = name };
	}
	*ret_n = n;
	return list;
}
