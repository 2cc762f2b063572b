#ifndef CORE_OS_TTY_H
#define CORE_OS_TTY_H

#include <stdbool.h>
#include <sys/types.h>

/* The terminal at a file descriptor, for who hands it on to another program. */
struct tty;

/* Every key as it is typed, also those that would be signals; and back.  NULL: fd is no
 * terminal. */
struct tty *tty_raw(int fd);
/* The same without a change, for what others do to it. */
struct tty *tty_keep(int fd);
/* As it was; NULL is fine. */
void tty_restore(struct tty *);
/* 24 by 80 where it does not say. */
void tty_size(int fd, unsigned *ret_rows, unsigned *ret_cols);
/* The process group becomes the one that the terminal's keys and signals belong to, and is
 * woken if it has asked for them before.  Nothing happens where fd is no terminal of ours. */
void tty_give(int fd, pid_t group);

#endif
