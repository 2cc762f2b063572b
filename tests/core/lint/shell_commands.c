/* Scripts of RUN as commands: what runs, what becomes of its failure, and where it stands. */
#include "tests/core/recipe/dockerfile.h"

#include "core/base/buf.h"
#include "core/lint/shell_commands.h"

static const char *const lost_names[] = { "", "|or", "|next", "|pipe", "|handled" };

/* The commands of the last RUN, one a line: indented by depth, assignments in brackets,
 * program and arguments, what becomes of its failure. */
static const char *commands(struct dockerfile *d, const char *text, struct shell_kind kind)
{
	const struct recipe *r = dockerfile_syntax(d, text);
	assert_non_null(r);
	const struct instruction *in = &r->instructions[r->ninstructions - 1];
	struct shell_commands all = shell_commands_of(d->arena, r, in, kind);
	buf_clear(&d->out);
	for (size_t i = 0; i < all.n; i++) {
		const struct shell_command *c = &all.list[i];
		buf_append_fill(&d->out, ' ', c->depth);
		for (size_t k = 0; k < c->nassigned; k++)
			buf_printf(&d->out, "[%.*s]", STR_ARG(c->assigned[k].text));
		buf_printf(&d->out, "%.*s", STR_ARG(c->program));
		for (size_t k = 0; k < c->nargs; k++)
			buf_printf(&d->out, " <%.*s>", STR_ARG(c->args[k].text));
		buf_printf(&d->out, "%s%s%s\n", lost_names[c->lost], c->sudo ? " sudo" : "",
		           c->from_xargs ? " xargs" : "");
		assert_true(c->end >= c->at && c->end <= r->text.n);
	}
	return buf_text(&d->out);
}

static void test_shell_commands__finds_what_runs(void **state)
{
	struct dockerfile *d = *state;
	static const struct {
		const char *text, *commands;
	} table[] = {
		{ "RUN a b && c", "a <b>\nc\n" },
		{ "RUN a 'b c' \"d $X\" e\\ f", "a <b c> <d $X> <e f>\n" },
		{ "RUN a \\\n  # a comment && z\n\n  b \\\n && c", "a <b>\nc\n" },
		{ "RUN a # b && c", "a\n" },
		{ "RUN a#b", "a#b\n" },
		{ "RUN a; b & c", "a|next\nb|next\nc\n" },
		{ "RUN a || true", "a|or\ntrue\n" },
		{ "RUN a && b || echo no && c", "a|or\nb|or\necho <no>\nc\n" },
		{ "RUN a || b", "a|handled\nb\n" },
		{ "RUN a || { echo x; exit 1; }", "a|handled\n echo <x>|next\n exit <1>\n" },
		{ "RUN a | b |& c", "a|pipe\nb|pipe\nc\n" },
		{ "RUN set -o pipefail; a | b", "set <-o> <pipefail>|next\na\nb\n" },
		{ "RUN set -e; a; b", "set <-e>\na\nb\n" },
		{ "RUN (set -e; a); b; c", " set <-e>|next\n a|next\nb|next\nc\n" },
		{ "RUN ! a", "a|handled\n" },
		{ "RUN if a; then b; c; elif d; then e; else f; fi",
		  " a|handled\n b|next\n c\n d|handled\n e\n f\n" },
		{ "RUN for i in a b; do c $i; done; d", " c <$i>|next\nd\n" },
		{ "RUN for ((i=0;i<3;i++)); do c; done", " c\n" },
		{ "RUN while read x; do a; done < list && b", " read <x>|handled\n a\nb\n" },
		{ "RUN case $x in a|b) c;; (d) e;; *) f; esac && g", " c\n e\n f\ng\n" },
		{ "RUN f() { a; }; b", " a|handled\nb\n" },
		{ "RUN X=1 Y='2 3' a", "[X=1][Y=2 3]a\n" },
		{ "RUN X=1", "[X=1]\n" },
		{ "RUN env -i A=b sudo -E nice -n 5 /usr/bin/pip3.11 install x",
		  "[A=b]pip <install> <x> sudo\n" },
		{ "RUN python3 -m pip install x", "pip <install> <x>\n" },
		{ "RUN python3 -c 'import pip'", "python3 <-c> <import pip>\n" },
		{ "RUN cat l | xargs -n 1 apt-get install", "cat <l>|pipe\napt-get <install> xargs\n" },
		{ "RUN a >b 2>&1 <c &>d x 2>/dev/null", "a <x>\n" },
		{ "RUN a $(b; c || true) `d; e` ${f:-g h}", "a <$(b; c || true)> <`d; e`> <${f:-g h}>\n" },
		{ "RUN a \"$(dirname \"$0\")/x\"", "a <$(dirname \"$0\")/x>\n" },
		{ "RUN sh -c 'a; b'", "sh <-c> <a; b>\n a|next\n b\n" },
		{ "RUN bash -euo pipefail -c \"a | b; c\"",
		  "bash <-euo> <pipefail> <-c> <a | b; c>\n a\n b\n c\n" },
		{ "RUN [\"sh\", \"-c\", \"a\\tb && c\"]", "sh <-c> <a\tb && c>\n a <b>\n c\n" },
		{ "RUN [\"a\", \"b c\"]", "a <b c>\n" },
		{ "RUN <<EOT\na \\\n b\n# c\n\nd\nEOT\n", "a <b>|next\nd\n" },
		{ "RUN <<-EOT\n\tset -e\n\ta\n\tb\n\tEOT\n", "set <-e>\na\nb\n" },
		{ "RUN <<EOT\n#!/bin/bash -e\na\nb\nEOT\n", "a\nb\n" },
		{ "RUN <<EOT\n#!/usr/bin/env python3\na\nEOT\n", "" },
		{ "RUN bash <<EOT\na; b\nEOT\n", "bash\n a|next\n b\n" },
		{ "RUN cat <<EOT > /x && b\na; c\nEOT\n", "cat\nb\n" },
		{ "RUN <<EOT\ncat > /x <<E2\na\nE2\nb\nEOT\n", "cat|next\nb\n" },
		{ "RUN --mount=type=cache,target=/x a", "a\n" },
		{ "RUN [[ $a == b* && -n $c ]] && d", "[[ <$a> <==> <b*>\n-n <$c> <]]>\nd\n" },
		{ "RUN a 'not closed", "a <not closed>\n" },
		{ "RUN a ) } fi && b", "a\nb\n" },
		{ "RUN && a", "a\n" },
		{ "COPY a b", "" },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		const char *got = commands(d, table[i].text, (struct shell_kind){ 0 });
		if (strcmp(got, table[i].commands) != 0)
			fail_msg("%s\nis\n%snot\n%s", table[i].text, got, table[i].commands);
	}
}

static void test_shell_commands__words_know_their_places(void **state)
{
	struct dockerfile *d = *state;
	static const struct {
		const char *text, *word;
		unsigned line, column;
	} table[] = {
		{ "RUN a && \\\n  bee c", "bee", 2, 3 },
		{ "RUN a && \\\n# x\n\n \\\n  bee", "bee", 5, 3 },
		{ "RUN sh -c 'a; \"bee\" c'", "bee", 1, 15 },
		{ "RUN sh -c \"a \\\"x\\\"; bee\"", "bee", 1, 21 },
		{ "RUN [\"sh\", \"-c\", \"\\u0061 && bee\"]", "bee", 1, 29 },
		{ "RUN <<EOT\na\n  bee\nEOT", "bee", 3, 3 },
		{ "RUN bash -c \"sh -c 'a; bee'\"", "bee", 1, 24 },
		{ "# escape=`\nRUN a; `\n bee", "bee", 3, 2 },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		const struct recipe *r = dockerfile_syntax(d, table[i].text);
		const struct instruction *in = &r->instructions[0];
		struct shell_commands all = shell_commands_of(d->arena, r, in, (struct shell_kind){ 0 });
		bool found = false;
		for (size_t k = 0; k < all.n; k++) {
			const struct script_word *w = all.list[k].name;
			if (!w || !str_eq(w->text, str_of(table[i].word)))
				continue;
			struct origin at = span_origin((struct span){ in->at.source, w->at, w->size });
			assert_int_equal(at.line, table[i].line);
			assert_int_equal(at.column, table[i].column);
			found = true;
		}
		if (!found)
			fail_msg("no %s in %s", table[i].word, table[i].text);
	}
}

static void test_shell_commands__other_shells_are_left_alone(void **state)
{
	struct dockerfile *d = *state;
	struct str cmd[] = { STR("cmd"), STR("/S"), STR("/C") };
	struct str bash[] = { STR("/bin/bash"), STR("-eo"), STR("pipefail"), STR("-c") };
	assert_string_equal(commands(d, "RUN a && b", shell_kind_of(cmd, 3)), "");
	struct shell_kind kind = shell_kind_of(bash, 4);
	assert_true(kind.is_bash && kind.exits && kind.pipefail && !kind.is_other);
	assert_string_equal(commands(d, "RUN a | b; c", kind), "a\nb\nc\n");
}

static void test_shell_commands__depth_has_a_floor(void **state)
{
	struct dockerfile *d = *state;
	owned_buf struct buf text = { 0 };
	buf_append(&text, STR("RUN "));
	buf_append_fill(&text, '(', 20000);
	buf_append(&text, STR("a"));
	assert_string_equal(commands(d, buf_text(&text), (struct shell_kind){ 0 }), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DOCKERFILE_TEST(test_shell_commands__finds_what_runs),
		DOCKERFILE_TEST(test_shell_commands__words_know_their_places),
		DOCKERFILE_TEST(test_shell_commands__other_shells_are_left_alone),
		DOCKERFILE_TEST(test_shell_commands__depth_has_a_floor),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
