#ifndef CORE_ENGINE_LAYERS_INSIDE_H
#define CORE_ENGINE_LAYERS_INSIDE_H

#include "core/engine/layers.h"
#include "core/base/map.h"

/* For layers*.c alone. */

/* One layer's tar; left counts down.  The files come sorted. */
bool layers_read_one(struct arena *, struct archive_stream *, struct layers_limits *left,
                     struct image_layer *ret_layer, struct error *);
/* A path without ".", empty parts and a leading '/'; ".." stays. */
const char *layers_clean(struct arena *, const char *path);
/* Puts the layers in order and names what made them, by the documents of the archive
 * (path → struct str), its layers (path → struct image_layer) and links (path → path). */
bool layers_order(struct arena *, const struct map *documents, const struct map *layers,
                  const struct map *links, struct image_layers *ret_layers, struct error *);
/* What a container sees, and what is wasted. */
void layers_merge(struct arena *, struct image_layers *);

#endif
