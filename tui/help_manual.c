/* The manual page: the tables as man(7). */
#include "core/base/utf8.h"
#include "tui/help.h"

enum manual_part { MANUAL_SECTION, MANUAL_TEXT, MANUAL_ITEM, MANUAL_COMMANDS, MANUAL_OPTIONS };

static const struct manual_row {
	enum manual_part part;
	const char *term, *text;
} manual[] = {
#define SECTION(title) { MANUAL_SECTION, title, NULL },
#define TEXT(text) { MANUAL_TEXT, NULL, text },
#define ITEM(term, text) { MANUAL_ITEM, term, text },
#define COMMANDS() { MANUAL_COMMANDS, NULL, NULL },
#define OPTIONS() { MANUAL_OPTIONS, NULL, NULL },
#include "tui/manual.def"
};

/* Text that stands for itself: no request, no escape, hyphens that can be copied. */
static void manual_append(struct buf *out, struct str text)
{
	size_t size;
	for (; text.n; text = str_slice(text, size, text.n)) {
		uint32_t rune = utf8_decode(text, &size);
		bool begins = out->n == 0 || out->p[out->n - 1] == '\n';
		if (begins && (rune == '.' || rune == '\''))
			buf_append(out, STR("\\&"));
		if (rune == '\\')
			buf_append(out, STR("\\e"));
		else if (rune == '-')
			buf_append(out, STR("\\-"));
		else if (rune == '\'')
			buf_append(out, STR("\\(aq"));
		else if (rune == '~')
			buf_append(out, STR("\\(ti"));
		else if (rune > 0x7f)
			buf_printf(out, "\\[u%04X]", (unsigned)rune);
		else
			buf_append_char(out, (char)rune);
	}
}

static void manual_append_line(struct buf *out, struct str text)
{
	manual_append(out, text);
	buf_append_char(out, '\n');
}

/* A term in bold, and what it means indented below. */
static void manual_append_item(struct buf *out, struct str term, struct str text)
{
	buf_append(out, STR(".TP\n\\fB"));
	manual_append(out, term);
	buf_append(out, STR("\\fR\n"));
	manual_append_line(out, text);
}

static void manual_append_taken(struct buf *out, const struct command *c)
{
	const struct option *o;
	buf_append(out, STR("Takes"));
	for (size_t i = 0, n = 0; (o = args_next(c->options, &i)); n++) {
		buf_append(out, n ? STR(",\n") : STR("\n"));
		buf_append(out, STR("\\fB"));
		manual_append(out, STR("--"));
		manual_append(out, str_of(o->name));
		buf_append(out, STR("\\fR"));
	}
	buf_append(out, STR(".\n"));
}

static void manual_append_command(struct buf *out, const struct command *c)
{
	owned_buf struct buf usage = { 0 }, sentence = { 0 };
	command_append_usage(&usage, c);
	buf_append(&sentence, command_sentence(c));
	buf_append_char(&sentence, '.');
	manual_append_item(out, buf_str(&usage), buf_str(&sentence));
	struct str details = command_details(c), paragraph;
	while (details.n && str_next(&details, '\n', &paragraph))
		manual_append_line(out, paragraph);
	manual_append_taken(out, c);
}

static void manual_append_commands(struct buf *out)
{
	buf_append(out, STR(".SH COMMANDS\n"));
	manual_append_command(out, &command_workbench);
	for (size_t i = 0; commands[i]; i++)
		manual_append_command(out, commands[i]);
}

static void manual_append_options(struct buf *out)
{
	const struct option *o;
	buf_append(out, STR(".SH OPTIONS\n"));
	for (size_t i = 0; (o = args_next(NULL, &i));) {
		owned_buf struct buf term = { 0 }, text = { 0 };
		args_append_option(&term, o);
		buf_printf(&text, "%s.", o->text);
		manual_append_item(out, buf_str(&term), buf_str(&text));
	}
}

static void manual_append_head(struct buf *out)
{
	buf_append(out, STR(".TH MORTAR 1 " MORTAR_DATE " \"mortar " MORTAR_VERSION "\" "
	                    "\"User Commands\"\n"
	                    ".SH NAME\nmortar \\- terminal workbench for container images that are "
	                    "built from layered configuration\n"
	                    ".SH SYNOPSIS\n.B mortar\n[\\fIPATH\\fR]\n.br\n.B mortar\n\\fICOMMAND\\fR "
	                    "[\\fIOPTION\\fR]... [\\fIOPERAND\\fR]...\n"));
}

static void manual_append_row(struct buf *out, const struct manual_row *row, bool after_text)
{
	switch (row->part) {
	case MANUAL_SECTION:
		buf_printf(out, ".SH \"%s\"\n", row->term);
		break;
	case MANUAL_TEXT:
		if (after_text)
			buf_append(out, STR(".PP\n"));
		manual_append_line(out, str_of(row->text));
		break;
	case MANUAL_ITEM:
		manual_append_item(out, str_of(row->term), str_of(row->text));
		break;
	case MANUAL_COMMANDS:
		manual_append_commands(out);
		break;
	case MANUAL_OPTIONS:
		manual_append_options(out);
		break;
	}
}

void help_append_manual(struct buf *out)
{
	manual_append_head(out);
	for (size_t i = 0; i < sizeof manual / sizeof *manual; i++)
		manual_append_row(out, &manual[i], i && manual[i - 1].part == MANUAL_TEXT);
}
