#ifndef CORE_KIND_IMAGE_FILE_H
#define CORE_KIND_IMAGE_FILE_H

#include "core/context/ignore.h"
#include "core/os/files.h"
#include "core/value/problem.h"

/* A folder's Dockerfiles, for every kind that builds from one that is there.  Texts and names
 * are in the arena given. */

/* Dockerfile, Containerfile, NAME.Dockerfile, Dockerfile.NAME and the same of Containerfile;
 * never an ignore file. */
bool image_file_is_name(struct str base);
/* Those that lie in the folder itself, "Dockerfile" and "Containerfile" first, then by bytes;
 * names in it.  0 also where it cannot be listed. */
size_t image_files(struct files *, struct arena *, const char *root,
                   const char *const **ret_names);
/* The one that is taken where none is named: Dockerfile, else Containerfile, else the only one
 * there is; NULL: there is none, or it has to be chosen. */
const char *image_file_usual(struct files *, struct arena *, const char *root);

struct image_file {
	const char *file;               /* relative to the root */
	const struct source *source;    /* NULL: it could not be read */
};
/* false: it could not be read, which is in problems. */
bool image_file_read(struct files *, struct arena *, const char *root, const char *file,
                     struct problems *, struct image_file *ret_file);

/* As BuildKit looks for it: FILE.dockerignore beside the Dockerfile (file: relative to the
 * root), else .dockerignore of the context (its folder, as to be opened).  NULL: there is
 * none, or (an error in problems) it cannot be read.  The caller's. */
struct ignore *image_file_ignore(struct files *, struct arena *, const char *root,
                                 const char *file, const char *context, struct problems *);

#endif
