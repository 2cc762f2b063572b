#include "tui/document.h"

#include <string.h>

#include "core/base/utf8.h"
#include "tui/command.h"

const struct document *document_find(const struct project *p, struct arena *arena,
                                     const char *file)
{
	const char *path = files_clean(arena, file);
	const struct document *d = settings_document(p->settings, str_of(path));
	const char *root = files_absolute(arena, p->settings->root);
	const char *absolute = files_absolute(arena, file);
	size_t n = strcmp(root, "/") == 0 ? 0 : strlen(root);
	if (!d && str_has_prefix(str_of(absolute), str_of(root)) && absolute[n] == '/')
		d = settings_document(p->settings, str_of(absolute + n + 1));
	return d;
}

int document_unknown(const struct project *p, const char *file)
{
	owned_buf struct buf known = { 0 };
	struct error err;
	for (size_t i = 0; i < p->settings->ndocuments; i++) {
		buf_append(&known, STR("\n  "));
		utf8_append_visible(&known, str_of(p->settings->documents[i].path));
	}
	error_set(&err, ERROR_USAGE, "'%s' is no configuration file of this project; there are:", file);
	int code = command_fail(&err);
	command_say("%s", buf_text(&known) + 1);
	return code;
}

const char *document_path(const struct project *p, struct arena *arena, const char *file)
{
	return strcmp(p->target.root, ".") == 0 ? file : files_join(arena, p->target.root, file);
}
