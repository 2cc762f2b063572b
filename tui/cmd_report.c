/* mortar report: a build as HTML or Markdown. */
#include <string.h>

#include "core/history/report.h"
#include "core/job/request.h"
#include "core/os/save.h"
#include "tui/command.h"

static bool report_ask(const struct args *args, struct report_options *options, struct error *err)
{
	unsigned long long lines = REPORT_LINES;
	const char *format = args_get(args, "format"), *count = args_get(args, "log-lines");
	const char *output = args_get(args, "output");
	if (count && !str_number(str_of(count), 1000000, &lines))
		return error_set(err, ERROR_USAGE, "--log-lines needs a number up to 1000000, not '%s'",
		                 count);
	options->lines = (size_t)lines;
	options->markdown = format ? strcmp(format, "markdown") == 0
	                           : output && str_has_suffix(str_of(output), STR(".md"));
	return true;
}

int cmd_report(struct arena *arena, const struct args *args)
{
	struct error err;
	struct report_options options = { 0 };
	owned_buf struct buf page = { 0 };
	const char *output = args_get(args, "output");
	(void)arena;
	if (!report_ask(args, &options, &err))
		return command_fail(&err);
	const char *dir = request_find(args->noperands ? args->operands[0] : NULL, &err);
	const char *against = args_get(args, "against");
	if (dir && against)
		options.against = request_find(against, &err);
	if (!dir || (against && !options.against) || !history_report(dir, &options, &page, &err))
		return command_fail(&err);
	if (!output || strcmp(output, "-") == 0)
		return command_output(buf_str(&page));
	return save_file(output, buf_str(&page), 0666, &err) ? 0 : command_fail(&err);
}
