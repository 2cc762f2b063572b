#ifndef CORE_KIND_PESTO_INIT_H
#define CORE_KIND_PESTO_INIT_H

#include "core/base/arena.h"
#include "core/base/error.h"

/* A new PESTO project: what has to be known, and the files that follow from it.  They are
 * those of `pesto init` under pesto/, and, where the folder has no Python package yet, the
 * least that step 3 of the build can install and PESTO's service can call. */

enum init_answer {
	INIT_NAME, INIT_VERSION, INIT_TITLE, INIT_DESCRIPTION, INIT_ORGANIZATION, INIT_EMAIL,
	INIT_LICENCE, INIT_KEYWORDS, INIT_BASE_IMAGE, INIT_NANSWERS,
};

struct init_question {
	const char *text;
	/* false: err says what would be right. */
	bool (*check)(struct str answer, struct error *err);
};
extern const struct init_question init_questions[INIT_NANSWERS];

/* What is taken where nothing is answered; it passes the check.  dir: the project's
 * folder; answers: those before this one.  In the arena. */
struct str init_standard(struct arena *, const char *dir, enum init_answer,
                         const struct str answers[INIT_NANSWERS]);

struct init_file {
	const char *path;               /* relative to the project's folder */
	struct str text;
};
struct init_made {
	const struct init_file *files;  /* as they were written */
	size_t n;
	const char *package;            /* the file of a package that was there already, or NULL */
};
/* Writes all of them, or none: a file that is there already is never touched, and is
 * ERROR_PROJECT that names it.  Answers are checked ones.  Lists in the arena. */
bool init_make(struct arena *, const char *dir, const struct str answers[INIT_NANSWERS],
               struct init_made *ret_made, struct error *);
/* What init_make would refuse, to be known before anybody is asked. */
bool init_check(struct arena *, const char *dir, struct error *);

#endif
