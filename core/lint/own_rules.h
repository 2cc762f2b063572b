#ifndef CORE_LINT_OWN_RULES_H
#define CORE_LINT_OWN_RULES_H

#include "core/lint/lint.h"

/* Private: the checks of the table in own.c, by the file that has them. */
#define OWN_CHECK(name) \
	void own_##name(const struct rule *, const struct subject *, struct problems *)

/* own_images.c */
OWN_CHECK(image_unpinned);
OWN_CHECK(image_latest);
OWN_CHECK(add);
OWN_CHECK(user_root);
OWN_CHECK(healthcheck);
/* own_runs.c */
OWN_CHECK(run_alone);
OWN_CHECK(source_in_sh);
OWN_CHECK(cd_lost);
OWN_CHECK(export_lost);
OWN_CHECK(sudo);
OWN_CHECK(pipefail);
OWN_CHECK(swallowed);
/* own_packages.c */
OWN_CHECK(apt_lists);
OWN_CHECK(apt_recommends);
OWN_CHECK(cache_left);
OWN_CHECK(cache_mount);
OWN_CHECK(pip_no_cache);
OWN_CHECK(pin_exact);
OWN_CHECK(single_stage);
/* own_order.c */
OWN_CHECK(deps_after_code);
OWN_CHECK(installed_twice);
OWN_CHECK(arg_busts);
/* own_locks.c */
OWN_CHECK(lock_optional);
OWN_CHECK(lock_ignored);
/* own_poetry.c */
OWN_CHECK(poetry_unpinned);
OWN_CHECK(no_root);
OWN_CHECK(second_install);
OWN_CHECK(dev_deps);
OWN_CHECK(removed_flag);
/* own_stages.c */
OWN_CHECK(venv_moved);
OWN_CHECK(python_minor);
/* own_secrets.c */
OWN_CHECK(secret_copied);
OWN_CHECK(secret_value);
/* own_context.c */
OWN_CHECK(ignore_missing);
OWN_CHECK(context_carries);
OWN_CHECK(build_arg);

#endif
