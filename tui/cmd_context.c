/* mortar context: what would be sent, listed or written. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/utf8.h"
#include "core/context/folder.h"
#include "core/context/tar.h"
#include "core/job/prepare.h"
#include "core/os/spool.h"
#include "core/value/json.h"
#include "tui/command.h"
#include "tui/project.h"

static const char *context_kind(mode_t mode)
{
	return S_ISDIR(mode) ? "dir" : S_ISLNK(mode) ? "link" : "file";
}

static int context_list(const struct context *context)
{
	owned_buf struct buf out = { 0 };
	for (size_t i = 0; i < context_count(context); i++) {
		const struct entry *e = context_entry(context, i);
		buf_printf(&out, "%04o %10llu  ", (unsigned)(e->mode & 07777),
		           (unsigned long long)e->size);
		utf8_append_visible(&out, str_of(e->path));
		if (S_ISDIR(e->mode))
			buf_append_char(&out, '/');
		if (e->link) {
			buf_append(&out, STR(" -> "));
			utf8_append_visible(&out, str_of(e->link));
		}
		buf_append_char(&out, '\n');
	}
	return command_output(buf_str(&out));
}

static int context_list_json(struct arena *arena, const struct context *context)
{
	owned_buf struct buf out = { 0 };
	struct value *all = value_new_array(arena);
	for (size_t i = 0; i < context_count(context); i++) {
		const struct entry *e = context_entry(context, i);
		struct value *v = value_new_object(arena);
		value_set(arena, v, "path", value_new_string(arena, str_of(e->path)));
		value_set(arena, v, "type", value_new_string(arena, str_of(context_kind(e->mode))));
		value_set(arena, v, "mode", value_new_integer(arena, e->mode & 07777));
		value_set(arena, v, "size", value_new_integer(arena, (long long)e->size));
		if (e->link)
			value_set(arena, v, "link", value_new_string(arena, str_of(e->link)));
		value_append(all, (struct str){ 0 }, (struct span){ 0 }, v);
	}
	value_write_json(&out, all, JSON_FILE);
	buf_append_char(&out, '\n');
	return command_output(buf_str(&out));
}

static bool context_write_folder(const struct context *context, const char *dir,
                                 struct error *err)
{
	/* An empty folder may be there; nothing of anybody's is ever replaced. */
	if (rmdir(dir) < 0 && errno != ENOENT)
		return error_set(err, ERROR_USAGE, "'%s' is there and is no empty folder: name a new one",
		                 dir);
	owned(context_folder) struct context_folder *folder = context_folder_new(dir, context, err);
	enum pull pull = PULL_DATA;
	while (folder && pull == PULL_DATA)
		pull = context_folder_step(folder, err);
	if (!folder || pull != PULL_DONE)
		return false;
	context_folder_keep(folder);
	return true;
}

static bool context_write_tar(const struct context *context, const char *file, struct error *err)
{
	bool to_stdout = strcmp(file, "-") == 0;
	if (to_stdout && command_is_terminal())
		return error_set(err, ERROR_USAGE, "a tar is not for a terminal: let it go to a file or "
		                 "a pipe");
	owned(tar) struct tar *tar = tar_new(context, NULL, 0);
	owned(spool) struct spool *spool = to_stdout ? NULL : spool_new(file, 0666, err);
	if (!to_stdout && !spool)
		return false;
	struct str bytes;
	enum pull pull;
	while ((pull = tar_pull(tar, &bytes, err)) == PULL_DATA) {
		if (spool && !spool_append(spool, bytes, err))
			return false;
		if (!spool && fwrite(bytes.p, 1, bytes.n, stdout) != bytes.n)
			return error_set_errno(err, "writing the tar");
	}
	if (pull == PULL_FAILED)
		return false;
	if (!spool && fflush(stdout) != 0)
		return error_set_errno(err, "writing the tar");
	return !spool || spool_finish(spool, err);
}

int cmd_context(struct arena *arena, const struct args *args)
{
	struct error err;
	const char *dir = args_get(args, "output"), *file = args_get(args, "tar");
	int code;
	if (file && strcmp(file, "-") == 0 && command_is_terminal()) {
		error_set(&err, ERROR_USAGE, "a tar on the terminal is of no use: give --tar a file's "
		          "name, or redirect stdout");
		return command_fail(&err);
	}
	owned(project) struct project *p = project_open_planned(args, &code);
	if (!p)
		return code;
	if (!prepare_context(p->plan, &err))
		return command_fail(&err);
	const struct context *context = plan_image(p->plan)->context;
	if ((dir && !context_write_folder(context, dir, &err)) ||
	    (file && !context_write_tar(context, file, &err)))
		return command_fail(&err);
	if (dir || file)
		return 0;
	return args_has(args, "json") ? context_list_json(arena, context) : context_list(context);
}
