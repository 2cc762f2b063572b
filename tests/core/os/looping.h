#ifndef TESTS_CORE_OS_LOOPING_H
#define TESTS_CORE_OS_LOOPING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/os/loop.h"

static inline void looping_late(struct loop *l, void *data)
{
	(void)l, (void)data;
	fail_msg("no end within ten seconds");
}

/* Until something calls loop_stop, which has to come. */
static inline void looping_run(struct loop *l)
{
	struct error err = { 0 };
	uint64_t late = loop_timer(l, 10000, looping_late, NULL);
	assert_true(loop_run(l, &err));
	loop_untimer(l, late);
}

#endif
