#ifndef TESTS_FAKE_SCREEN_H
#define TESTS_FAKE_SCREEN_H

#include "core/base/buf.h"

/* A picture of a screen against its golden file tests/fixtures/screens/NAME.txt;
 * fails the test and shows both where they differ.  With SCREENS_WRITE set in the
 * environment the file is written instead: look at the difference with git. */
void screen_expect(const char *name, struct str picture);

#endif
