#include "tui/help.h"

#include "tui/text.h"

enum { HELP_COLUMNS = 80, HELP_COMMAND = 32, HELP_OPTION = 29 };

/* Words from column `at` on, further lines indented by `indent`; ends the line. */
static void help_append_filled(struct buf *out, size_t at, size_t indent, struct str text)
{
	struct str word;
	bool first = true;
	while (str_next(&text, ' ', &word)) {
		size_t width = text_width(word);
		if (!first && at + 1 + width > HELP_COLUMNS) {
			buf_append_char(out, '\n');
			buf_append_fill(out, ' ', indent);
			at = indent;
		} else if (!first) {
			buf_append_char(out, ' ');
			at++;
		}
		buf_append(out, word);
		at += width;
		first = false;
	}
	buf_append_char(out, '\n');
}

static void help_append_row(struct buf *out, struct str left, size_t indent, struct str text)
{
	size_t width = text_width(left);
	buf_append(out, left);
	if (width + 2 > indent) {
		buf_append_char(out, '\n');
		width = 0;
	}
	buf_append_fill(out, ' ', indent - width);
	help_append_filled(out, indent, indent, text);
}

static void help_append_usage_row(struct buf *out, const struct command *c)
{
	owned_buf struct buf usage = { 0 };
	command_append_usage(&usage, c);
	help_append_row(out, buf_str(&usage), HELP_COMMAND, command_sentence(c));
}

void help_append_overview(struct buf *out)
{
	help_append_usage_row(out, &command_workbench);
	for (size_t i = 0; commands[i]; i++)
		help_append_usage_row(out, commands[i]);
	buf_append(out, STR("\nmortar help COMMAND says more of one, mortar help --man is the manual "
	                    "page,\nmortar --version the version.\n"));
}

void help_append_command(struct buf *out, const struct command *c)
{
	owned_buf struct buf sentence = { 0 };
	const struct option *o;
	command_append_usage(out, c);
	buf_append(out, STR("\n\n"));
	buf_append(&sentence, command_sentence(c));
	buf_append_char(&sentence, '.');
	help_append_filled(out, 0, 0, buf_str(&sentence));
	struct str details = command_details(c), paragraph;
	while (details.n && str_next(&details, '\n', &paragraph))
		help_append_filled(out, 0, 0, paragraph);
	buf_append_char(out, '\n');
	for (size_t i = 0; (o = args_next(c->options, &i));) {
		owned_buf struct buf left = { 0 };
		buf_append_fill(&left, ' ', o->letter ? 2 : 6);
		args_append_option(&left, o);
		help_append_row(out, buf_str(&left), HELP_OPTION, str_of(o->text));
	}
}

int help_print(const struct command *c)
{
	owned_buf struct buf out = { 0 };
	if (c == &command_workbench)
		help_append_overview(&out);
	else
		help_append_command(&out, c);
	return command_output(buf_str(&out));
}
