#include "tests/fake/screen.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

void screen_expect(const char *name, struct str picture)
{
	owned_buf struct buf path = { 0 }, want = { 0 };
	buf_printf(&path, "tests/fixtures/screens/%s.txt", name);
	FILE *f = fopen(buf_text(&path), getenv("SCREENS_WRITE") ? "w" : "r");
	if (!f)
		fail_msg("%s: cannot be opened (SCREENS_WRITE=1 makes it)", buf_text(&path));
	if (getenv("SCREENS_WRITE")) {
		fwrite(picture.p, 1, picture.n, f);
	} else {
		char *room = buf_reserve(&want, 1 << 20);
		buf_grew(&want, fread(room, 1, 1 << 20, f));
		want.p[want.n] = '\0';
	}
	fclose(f);
	if (getenv("SCREENS_WRITE") || str_eq(buf_str(&want), picture))
		return;
	print_message("%s is:\n%.*s\nit should be:\n%s\n", name, STR_ARG(picture), want.p);
	fail_msg("%s differs", name);
}
