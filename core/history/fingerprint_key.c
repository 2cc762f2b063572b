/* Links into keys, once it is known what they stand on, and into the file. */
#include "core/ext/crypto.h"
#include "core/history/fingerprint_chain.h"

static struct str key_stands(const struct fingerprint_chain *c, int link)
{
	return link >= 0 ? c->links[link].stands : (struct str){ 0 };
}

struct str fingerprint_source_value(const struct fingerprint_chain *c,
                                    const struct fingerprint_source *s)
{
	if (s->content.n)
		return s->content;
	return s->given.n ? s->given : key_stands(c, s->link);
}

void fingerprint_chain_key(struct arena *a, struct fingerprint_chain *c, size_t i)
{
	struct fingerprint_link *l = &c->links[i];
	owned(sha256) struct sha256 *hash = sha256_new();
	l->step.parent = key_stands(c, l->parent);
	if (l->is_through) {
		l->step.key = l->shape = l->stands = l->step.parent;
		return;
	}
	fingerprint_hash(hash, l->step.parent);
	fingerprint_hash(hash, l->own);
	l->shape = fingerprint_hashed(a, hash);
	struct pair *sources = arena_array(a, l->nsources + 1, sizeof *sources);
	for (size_t k = 0; k < l->nsources; k++) {
		const struct fingerprint_source *from = &l->sources[k];
		sources[k] = (struct pair){ from->name, fingerprint_source_value(c, from) };
		fingerprint_hash(hash, sources[k].value);
	}
	fingerprint_hash(hash, l->shape);
	l->step.key = l->nsources ? fingerprint_hashed(a, hash) : l->shape;
	l->step.sources = sources;
	l->step.nsources = l->nsources;
	l->stands = l->step.key;
}

struct fingerprints fingerprint_chain_write(struct arena *a, const struct fingerprint_chain *c,
                                            struct str daemon)
{
	struct fingerprint_step *steps = arena_array(a, c->n + 1, sizeof *steps);
	struct fingerprints f = {
		.engine = str_of(c->model->engine), .daemon = daemon, .bases = c->bases,
		.nbases = c->nbases, .files = c->files, .nfiles = c->nfiles, .steps = steps,
	};
	for (size_t i = 0; i < c->n; i++)
		if (c->links[i].step.step >= 0)
			steps[f.nsteps++] = c->links[i].step;
	return f;
}
