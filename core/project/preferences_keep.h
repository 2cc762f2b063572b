#ifndef CORE_PROJECT_PREFERENCES_KEEP_H
#define CORE_PROJECT_PREFERENCES_KEEP_H

#include "core/base/error.h"

/* Writes into the user's config.toml that the project at root (absolute) builds on this
 * engine:
 *
 *     [project."/root"]
 *     engine = "name"
 *
 * Every other byte stays.  A file that is no TOML is left alone (ERROR_PROJECT, with its
 * place); one that is not there is made. */
bool preferences_keep_engine(const char *config_path, const char *root, const char *name,
                             struct error *err);

#endif
