#ifndef CORE_ENGINE_ENDPOINT_RELAY_H
#define CORE_ENGINE_ENDPOINT_RELAY_H

#include "core/os/errand.h"
#include "core/os/loop.h"

/* A private socket of ours, each of whose connections (links) is carried to where it is meant
 * to go by a child's standard input and output, or by another socket.  Its owner decides how,
 * now or later; until then a link waits. */
struct relay;
struct relay_link;

struct relay_end {
	const struct errand_end *child; /* NULL: a socket carried it */
	bool has_answered;              /* at least one byte has come back */
};

struct relay_events {
	/* A link is there; it waits until relay_carry_…. */
	void (*opened)(void *data, struct relay_link *);
	/* The first byte has come back. */
	void (*answered)(void *data, struct relay_link *);
	/* The other side has ended it, while the one that opened it is still there.  It is closed
	 * on return, unless relay_again was called. */
	void (*ended)(void *data, struct relay_link *, const struct relay_end *);
	/* It is gone, whoever ended it, with or without `ended`.  Nothing follows. */
	void (*closed)(void *data, struct relay_link *);
	void *data;
};

/* Makes a folder with the socket in it, and removes those that dead processes have left. */
struct relay *relay_new(struct loop *, const struct relay_events *, struct error *);
/* Closes all links, kills their children; no event follows. */
void relay_free(struct relay *);
OWN_DEFINE(relay)

/* Absolute paths that live as long as the relay. */
const char *relay_socket(const struct relay *);
const char *relay_folder(const struct relay *);

/* false: it cannot be carried so; it still waits. */
bool relay_carry_by_child(struct relay_link *, const char *const *argv, struct error *);
bool relay_carry_by_socket(struct relay_link *, const char *path, struct error *);
/* Inside `ended`: the link waits again, as if it had just opened.  false: something has come
 * back already, or too much was said. */
bool relay_again(struct relay_link *);
/* Whether it waits to be carried. */
bool relay_is_waiting(const struct relay_link *);
/* The first that waits, in the order of their coming; NULL: none does. */
struct relay_link *relay_waiting(struct relay *);
/* Closes one that waits. */
void relay_refuse(struct relay_link *);

#endif
