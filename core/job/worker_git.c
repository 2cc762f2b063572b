/* {"dir": PATH, "describe": BOOL} → one line with what git says of it. */
#include "core/job/worker.h"
#include "core/project/git.h"

static void git_set(struct arena *a, struct value *o, const char *key, const char *text)
{
	if (text)
		value_set(a, o, key, value_new_string(a, str_of(text)));
}

bool worker_git(struct worker_io *io, struct error *err)
{
	static const char *const states[] = { "clean", "modified", "untracked", "ignored" };
	struct arena *a = io->arena;
	struct git_facts facts;
	const char *dir = worker_text(io, "dir");
	if (!dir)
		return error_set(err, ERROR_USAGE, "the worker git needs a 'dir'");
	if (!git_read(a, dir, &facts, err))
		return false;
	struct value *line = value_new_object(a), *files = value_new_array(a);
	value_set(a, line, "repository", value_new_bool(a, facts.is_repository));
	git_set(a, line, "branch", facts.branch);
	git_set(a, line, "commit", facts.commit);
	git_set(a, line, "source", facts.source);
	if (facts.commit)
		value_set(a, line, "time", value_new_integer(a, facts.time));
	value_set(a, line, "dirty", value_new_bool(a, facts.dirty));
	for (size_t i = 0; i < facts.nfiles; i++) {
		struct value *file = value_new_object(a);
		git_set(a, file, "path", facts.files[i].path);
		git_set(a, file, "state", states[facts.files[i].state]);
		value_append(files, (struct str){ 0 }, (struct span){ 0 }, file);
	}
	value_set(a, line, "files", files);
	const struct value *wanted = value_get(io->argument, STR("describe"));
	const char *described = NULL;
	if (wanted && value_is_true(wanted) && !git_describe(a, dir, &described, err))
		return false;
	git_set(a, line, "described", described);
	worker_say(line);
	return true;
}
