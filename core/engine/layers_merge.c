/* Layers one over the other: what a container sees, and what nobody sees any more. */
#include <stdlib.h>

#include "core/base/check.h"
#include "core/engine/layers_inside.h"

struct merging {
	struct image_layers *layers;
	struct image_file *files;       /* file NULL: hidden by now */
	size_t n, cap;
	struct map at;                  /* path → index into files, + 1 */
	struct map hidden;              /* by the layer at hand: folders whose insides go */
};

static void merge_hide(struct merging *m, size_t i)
{
	struct image_file *f = &m->files[i];
	if (!f->file)
		return;
	((struct image_layer *)m->layers->layers)[f->layer].wasted += f->file->size;
	f->file = NULL;
}

static size_t merge_find(const struct merging *m, const char *path)
{
	return (size_t)map_get(&m->at, str_of(path)) - 1;
}

/* Whether a folder above it is hidden. */
static bool merge_is_inside(const struct merging *m, const char *path)
{
	if (map_has(&m->hidden, STR("")))
		return true;
	for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/'))
		if (map_has(&m->hidden, (struct str){ path, (size_t)(slash - path) }))
			return true;
	return false;
}

/* What the layer takes away from those below, before it brings anything itself. */
static void merge_take_away(struct merging *m, const struct image_layer *layer)
{
	for (size_t i = 0; i < layer->nfiles; i++) {
		const struct layer_file *f = &layer->files[i];
		size_t under = merge_find(m, f->path);
		if (f->kind == LAYER_DIR)
			continue;
		if (f->kind == LAYER_OPAQUE || f->kind == LAYER_WHITEOUT ||
		    (under != STR_NONE && m->files[under].file &&
		     m->files[under].file->kind == LAYER_DIR))
			map_set(&m->hidden, str_of(f->path), m);
		if (f->kind == LAYER_WHITEOUT && under != STR_NONE)
			merge_hide(m, under);
	}
	for (size_t i = 0; m->hidden.n && i < m->n; i++)
		if (m->files[i].file && merge_is_inside(m, m->files[i].file->path))
			merge_hide(m, i);
	map_finish(&m->hidden);
}

static void merge_bring(struct merging *m, size_t number)
{
	const struct image_layer *layer = &m->layers->layers[number];
	for (size_t i = 0; i < layer->nfiles; i++) {
		const struct layer_file *f = &layer->files[i];
		size_t at = merge_find(m, f->path);
		if (f->kind >= LAYER_WHITEOUT)
			continue;
		if (at != STR_NONE) {
			merge_hide(m, at);
		} else {
			if (m->n == m->cap) {
				m->cap = m->cap ? 2 * m->cap : 256;
				m->files = xrealloc(m->files, m->cap, sizeof *m->files);
			}
			at = m->n++;
			map_set(&m->at, str_of(f->path), (void *)(at + 1));
		}
		m->files[at] = (struct image_file){ f, number };
	}
}

static int merge_order(const void *a, const void *b)
{
	return strcmp(((const struct image_file *)a)->file->path,
	              ((const struct image_file *)b)->file->path);
}

void layers_merge(struct arena *arena, struct image_layers *layers)
{
	struct merging m = { .layers = layers };
	for (size_t i = 0; i < layers->n; i++) {
		merge_take_away(&m, &layers->layers[i]);
		merge_bring(&m, i);
	}
	struct image_file *files = arena_array(arena, m.n + 1, sizeof *files);
	for (size_t i = 0; i < m.n; i++)
		if (m.files[i].file)
			files[layers->nfiles++] = m.files[i];
	qsort(files, layers->nfiles, sizeof *files, merge_order);
	layers->files = files;
	for (size_t i = 0; i < layers->n; i++) {
		layers->size += layers->layers[i].size;
		layers->wasted += layers->layers[i].wasted;
	}
	free(m.files);
	map_finish(&m.at);
}
