#ifndef CORE_ENGINE_WATCHED_H
#define CORE_ENGINE_WATCHED_H

#include "core/engine/engine.h"

/* A build that somebody else runs, known by its output alone: what speaks there is told
 * by its first lines, and each kind of it has a decoder.  An engine's sink hears of it:
 * every step has instruction -1 and says what it is by is_step, is_meta and stage; what
 * nobody understands is the log of a step "output".  done is not called. */
struct watched;

enum watched_form {
	WATCHED_AUTO,             /* not told yet */
	WATCHED_RAWJSON,          /* docker buildx build --progress=rawjson */
	WATCHED_PLAIN,            /* --progress=plain; docker compose 2 prints it too */
	WATCHED_CLASSIC,          /* the classic builder's text */
	WATCHED_BUILDAH,          /* buildah's and podman's text, both outputs in one */
	WATCHED_COMPOSE,          /* docker-compose 1: a build after the other */
	WATCHED_STREAM,           /* the answer to POST /build of dockerd or podman */
};
/* "rawjson" …; "auto". */
const char *watched_form_name(enum watched_form);
/* Who prints it, for people: "docker buildx rawjson"; NULL for WATCHED_AUTO. */
const char *watched_form_speaker(enum watched_form);
/* name NULL: WATCHED_AUTO; false: none of that name. */
bool watched_form_find(const char *name, enum watched_form *ret_form);

/* Borrows the sink. */
struct watched *watched_new(enum watched_form, const struct engine_sink *);
void watched_free(struct watched *);
OWN_DEFINE(watched)

void watched_feed(struct watched *, struct str bytes);
/* What it is; WATCHED_AUTO as long as nothing was recognised. */
enum watched_form watched_form(const struct watched *);
/* It draws on a terminal, which nobody can read back. */
bool watched_is_drawn(const struct watched *);

/* Lent as long as the watch. */
struct watched_result {
	bool ok, cancelled;
	bool lost;                      /* the output ended before the build did */
	struct str image;               /* "web:1"; of several "web:1, db:1"; n 0: not told */
	struct str project;             /* the first image's name, or the service's; n 0 */
	struct str image_id;
	struct error error;             /* when not ok */
};
/* "web" of an image called "registry:5000/team/web:1.2". */
struct str watched_project(struct str image);
/* The output has ended: ends what is open, and says how the build ended by all that was
 * seen of it. */
void watched_end(struct watched *, struct watched_result *ret_result);

#endif
