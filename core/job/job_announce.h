#ifndef CORE_JOB_JOB_ANNOUNCE_H
#define CORE_JOB_JOB_ANNOUNCE_H

#include "core/job/replan.h"
#include "core/job/runner.h"

/* What a job tells of itself: build.start, build.done and the files beside them. */
struct job_facts {
	const char *dir;
	struct request *request;
	struct replan replan;
	struct steps *steps;
	const struct forecast *forecast;        /* NULL: there is none */
	const struct engine_facts *engine;      /* that it is on; NULL: none answers */
	const char *member;             /* what its pool calls that; NULL: there is none */
	struct str picked;              /* why the pool took that one; n 0: nobody was asked */
	double started;
};

/* The values that must never be written: credentials in PIP_INDEX_URL,
 * PIP_EXTRA_INDEX_URL, a proxy's address, and what the plan's secrets hold. */
void job_announce_secrets(const struct job_facts *, struct mask *);
/* Those of them that the environment holds. */
void job_announce_environment(struct mask *);
/* Dockerfile and settings.json in the build's folder. */
bool job_announce_files(const struct job_facts *, const struct mask *, struct error *);
/* build.start. */
void job_announce_start(struct job_facts *, struct record *);
/* `engine`: the build begins again on the engine of these facts; reason: what has become of
 * the one before. */
void job_announce_engine(const struct job_facts *, struct record *, struct str reason);
/* build.done; returns the exit code that it names. */
int job_announce_end(const struct job_facts *, struct record *, const struct runner_result *);

#endif
