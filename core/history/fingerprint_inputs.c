/* Up a stage, and all that its commands could have read on the way. */
#include "core/history/fingerprint_inputs.h"

#include <stdlib.h>
#include <string.h>

#include "core/ext/crypto.h"
#include "core/os/files.h"

/* Files that no command names are taken together, by folder and ending; what is beyond so
 * many kinds is one more. */
enum { INPUTS_KINDS_MAX = 48, INPUTS_KIND_SIZE = 96 };

struct inputs_kind {
	struct str name;
	struct sha256 *hash;            /* owned */
};

struct inputs_maker {
	struct arena *arena;
	struct fingerprint_files *files;
	const struct fingerprint_chain *chain;
	const struct fingerprint_subject *subject;
	const char *wanted;             /* from the root; NULL: wildcards are in it */
	struct inputs_words words;
	struct sha256 *certain, *work;  /* owned */
	struct inputs_kind kinds[INPUTS_KINDS_MAX];
	size_t nkinds;
	struct fingerprint_input *list;
	size_t n, cap;
	bool names_data, names_program;
};

static void inputs_add(struct inputs_maker *m, enum fingerprint_sight sight, struct str name,
                       struct str value, const struct fingerprint_source *source)
{
	char hex[SHA256_HEX_SIZE];
	if (m->n == m->cap) {
		struct fingerprint_input *old = m->list;
		m->cap = m->cap ? 2 * m->cap : 16;
		m->list = arena_array(m->arena, m->cap, sizeof *m->list);
		if (m->n)
			memcpy(m->list, old, m->n * sizeof *old);
	}
	sha256_hex(name, hex);
	/* An input that is judged otherwise has another name. */
	hex[0] = "clu"[sight];
	name = arena_str(m->arena, (struct str){ hex, FINGERPRINT_INPUT_SIZE });
	sha256_hex(value, hex);
	value = arena_str(m->arena, (struct str){ hex, FINGERPRINT_INPUT_SIZE });
	for (size_t i = 0; i < m->n; i++)
		if (str_eq(m->list[i].name, name) && str_eq(m->list[i].value, value) && !source)
			return;
	m->list[m->n++] = (struct fingerprint_input){ sight, name, value, source };
}

static bool inputs_is_below(const char *path, const char *dir)
{
	size_t n = strlen(dir);
	return !strcmp(dir, "/") || (strncmp(path, dir, n) == 0 && (!path[n] || path[n] == '/'));
}

/* What the link brings becomes a part of what is wanted. */
static bool inputs_lands(const struct inputs_maker *m, const struct fingerprint_link *l,
                         const char *path)
{
	const char *slash = path ? strrchr(path, '/') : NULL, *last = strrchr(m->wanted ? m->wanted
	                                                                                : "/", '/');
	if (!m->wanted)
		return true;
	if (l->instruction->kind == INSTRUCTION_RUN)
		return false;
	if (!l->destination || l->instruction->kind == INSTRUCTION_ADD)
		return true;
	const char *to = files_clean(m->arena, l->destination);
	if (inputs_is_below(to, m->wanted))
		return true;
	return inputs_is_below(m->wanted, to) &&
	       (!path || !strcmp(slash ? slash + 1 : path, last + 1));
}

/* "src/…/x.c" is of the kind "src *.c". */
static struct sha256 *inputs_kind(struct inputs_maker *m, const char *path)
{
	const char *slash = strchr(path, '/'), *name = strrchr(path, '/');
	const char *dot = strrchr(name ? name : path, '.');
	struct str kind = str_of(arena_printf(m->arena, "%.*s *%.*s", slash ? (int)(slash - path) : 0,
	                                      path, INPUTS_KIND_SIZE, dot ? dot : ""));
	for (size_t i = 0; i < m->nkinds; i++)
		if (i + 1 == INPUTS_KINDS_MAX || str_eq(m->kinds[i].name, kind))
			return m->kinds[i].hash;
	m->kinds[m->nkinds] = (struct inputs_kind){ kind, sha256_new() };
	return m->kinds[m->nkinds++].hash;
}

static void inputs_take_files(struct inputs_maker *m, const struct fingerprint_link *l)
{
	for (size_t i = 0; i < l->step.nfiles; i++) {
		const struct entry *e = context_entry(m->files->context, l->step.files[i]);
		struct str digest = m->files->known[l->step.files[i]];
		enum inputs_named named = inputs_words_name(&m->words, e->path);
		bool lands = inputs_lands(m, l, e->path);
		struct sha256 *hash = lands || named ? m->certain : inputs_kind(m, e->path);
		m->names_data = m->names_data || named == INPUTS_NAMED_DATA;
		m->names_program = m->names_program || named == INPUTS_NAMED;
		fingerprint_hash(hash, str_of(e->path));
		fingerprint_hash(hash, digest);
		/* What runs a file runs it, or fails: its mode shows where it is copied itself. */
		if (lands)
			fingerprint_hash(hash, str_of(arena_printf(m->arena, "%o", (unsigned)e->mode)));
	}
}

static void inputs_take_sources(struct inputs_maker *m, const struct fingerprint_link *l)
{
	for (size_t i = 0; i < l->nsources; i++)
		inputs_add(m, inputs_lands(m, l, NULL) ? SIGHT_CERTAIN : SIGHT_LIKELY,
		           str_of(arena_printf(m->arena, "from %.*s", STR_ARG(l->sources[i].name))),
		           l->sources[i].content, &l->sources[i]);
}

static void inputs_take_variable(struct inputs_maker *m, struct str name, struct str value)
{
	inputs_add(m, map_has(&m->words.words, name) ? SIGHT_CERTAIN : SIGHT_LIKELY,
	           str_of(arena_printf(m->arena, "variable %.*s", STR_ARG(name))), value, NULL);
}

/* Instructions without a layer that a command may feel. */
static void inputs_take_meta(struct inputs_maker *m, const struct fingerprint_link *l)
{
	const struct instruction_parts *p = l->instruction->parts;
	enum instruction_kind kind = l->instruction->kind;
	struct str name = p->nargs ? p->args[0] : (struct str){ 0 };
	if (kind == INSTRUCTION_ENV)
		inputs_take_variable(m, str_slice(name, 0, str_find(name, '=')), l->own);
	else if (kind == INSTRUCTION_USER || kind == INSTRUCTION_SHELL)
		inputs_add(m, SIGHT_LIKELY, str_of(instruction_keyword(kind)), l->own, NULL);
}

static struct str inputs_seal(const struct inputs_maker *m, struct str text)
{
	const struct fingerprint_subject *s = m->subject;
	return s->seal ? s->seal(s->data, m->arena, text) : text;
}

/* The commands themselves: another command is another work. */
static void inputs_take_text(struct inputs_maker *m, const struct fingerprint_link *l)
{
	const struct instruction_parts *p = l->instruction->parts;
	bool is_shell = l->instruction->kind == INSTRUCTION_RUN && p->form == FORM_SHELL;
	if (!is_shell || p->nheredocs || p->nargs != 1) {
		fingerprint_hash(m->work, l->step.text);
		return;
	}
	for (size_t i = 0; i < p->nflags; i++) {
		fingerprint_hash(m->work, p->flags[i].name);
		fingerprint_hash(m->work, inputs_seal(m, p->flags[i].value));
	}
	fingerprint_hash(m->work, inputs_seal(m, inputs_command(m->arena, p->args[0])));
}

static void inputs_take_link(struct inputs_maker *m, const struct fingerprint_link *l)
{
	if (l->base >= 0)
		inputs_add(m, SIGHT_LIKELY, STR("base"), m->chain->bases[l->base].id, NULL);
	if (l->base >= 0 || l->is_through)
		return;
	if (l->is_meta) {
		inputs_take_meta(m, l);
		return;
	}
	inputs_take_text(m, l);
	for (size_t i = 0; i < l->step.nargs; i++)
		inputs_take_variable(m, l->step.args[i].name, l->step.args[i].value);
	inputs_take_files(m, l);
	inputs_take_sources(m, l);
}

/* Of the commands that name what is wanted; if none does, of all. */
static void inputs_read_words(struct inputs_maker *m, int link)
{
	const char *slash = m->wanted ? strrchr(m->wanted, '/') : NULL;
	struct str name = str_of(slash ? slash + 1 : "");
	bool any = false;
	for (int pass = 0; pass < 2 && !any; pass++) {
		for (int at = link; at >= 0; at = m->chain->links[at].parent) {
			const struct instruction *in = m->chain->links[at].instruction;
			bool takes = in->kind == INSTRUCTION_RUN &&
			             (pass || (name.n && str_find_str(in->text, name) != STR_NONE));
			any = any || takes;
			for (size_t i = 0; takes && i < in->parts->nargs; i++)
				inputs_words_add(m->arena, &m->words, in->parts->args[i]);
			for (size_t i = 0; takes && i < in->parts->nheredocs; i++)
				inputs_words_add(m->arena, &m->words, in->parts->heredocs[i].text);
		}
	}
}

static int inputs_order(const void *a, const void *b)
{
	const struct fingerprint_input *x = a, *y = b;
	int order = str_cmp(x->name, y->name);
	return order ? order : str_cmp(x->value, y->value);
}

static void inputs_finish(struct inputs_maker *m, struct fingerprint_source *s)
{
	/* A command that names texts alone has no program to read others. */
	enum fingerprint_sight others = m->names_data && !m->names_program ? SIGHT_UNLIKELY
	                                                                   : SIGHT_LIKELY;
	for (size_t i = 0; i < m->nkinds; i++) {
		inputs_add(m, others, m->kinds[i].name, fingerprint_hashed(m->arena, m->kinds[i].hash),
		           NULL);
		sha256_free(m->kinds[i].hash);
	}
	if (m->n)
		qsort(m->list, m->n, sizeof *m->list, inputs_order);
	s->work = fingerprint_hashed(m->arena, m->work);
	s->certain = fingerprint_hashed(m->arena, m->certain);
	s->inputs = m->list;
	s->ninputs = m->n;
	sha256_free(m->work);
	sha256_free(m->certain);
	inputs_words_finish(&m->words);
}

void fingerprint_inputs(struct fingerprint_files *files, const struct fingerprint_chain *c,
                        const struct fingerprint_subject *subject, struct str path,
                        struct fingerprint_source *s)
{
	struct inputs_maker m = { .arena = files->arena, .files = files, .chain = c,
	                          .subject = subject, .certain = sha256_new(), .work = sha256_new() };
	const char *wanted = files_clean(m.arena, arena_printf(m.arena, "/%.*s", STR_ARG(path)));
	m.wanted = strpbrk(wanted, "*?[\\$") ? NULL : wanted;
	fingerprint_hash(m.work, str_of(wanted));
	inputs_read_words(&m, s->link);
	for (int at = s->link; at >= 0; at = c->links[at].parent)
		inputs_take_link(&m, &c->links[at]);
	inputs_finish(&m, s);
}
