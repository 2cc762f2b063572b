#include <stdint.h>

#include "core/base/check.h"
#include "core/kind/kind.h"
#include "core/lint/fix.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { TURNS = 40 };

/* A folder with a Dockerfile and, behind a line "%%", an ignore file and settings. */
struct folder {
	struct files *files;
	struct problems *problems;
	struct preferences *preferences;
	struct settings *settings;
	struct plan *plan;
};

static void folder_free(struct folder *f)
{
	plan_free(f->plan);
	settings_free(f->settings);
	problems_free(f->problems);
	preferences_free(f->preferences);
	files_free(f->files);
}

static void folder_read(struct folder *f, struct arena *arena, struct str dockerfile,
                        const struct str more[2])
{
	static const struct pair options[] = { { STR("platform"), STR("linux/amd64") },
	                                       { STR("strict"), STR("true") } };
	const struct selection selection = { .options = options, .noptions = 2 };
	struct target target = { .root = "/p", .file = "Dockerfile", .name = "p" };
	const struct kind *kind = kind_find("dockerfile");
	*f = (struct folder){ .files = files_memory(NULL), .problems = problems_new() };
	files_memory_put(f->files, "/p/Dockerfile", dockerfile);
	if (more[0].p)
		files_memory_put(f->files, "/p/.dockerignore", more[0]);
	if (more[1].p)
		files_memory_put(f->files, "/p/.mortar.toml", more[1]);
	f->preferences = preferences_read(f->files, NULL, "/p", f->problems);
	f->settings = kind->settings(&target, &selection, f->files, f->problems);
	f->plan = kind->plan(f->settings, &selection, f->files, f->problems);
	lint_run(kind->rules,
	         &(struct subject){ .settings = f->settings, .plan = f->plan,
	                            .selection = &selection, .preferences = f->preferences,
	                            .known = kind_rules(arena) },
	         f->problems);
}

/* Takes the part up to a line "%%" off; p NULL: there was none. */
static struct str part_next(struct str *text)
{
	size_t at = text->p ? str_find_str(*text, STR("\n%%\n")) : STR_NONE;
	struct str part = text->p ? str_slice(*text, 0, at == STR_NONE ? at : at + 1)
	                          : (struct str){ 0 };
	*text = at == STR_NONE ? (struct str){ 0 } : str_slice(*text, at + 4, STR_NONE);
	return part;
}

/* The folder with one turn of fixes; false: there is nothing to mend. */
static bool folder_fix(struct folder *f, struct arena *arena, struct str *dockerfile)
{
	owned_buf struct buf out = { 0 }, diff = { 0 };
	const struct source *source = f->plan->recipe->instructions[0].at.source;
	if (!fix_apply(f->problems, source, &out))
		return false;
	fix_append_diff(&diff, STR("Dockerfile"), *dockerfile, buf_str(&out));
	CHECK(diff.n || str_eq(*dockerfile, buf_str(&out)));
	*dockerfile = arena_str(arena, buf_str(&out));
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	owned(arena) struct arena *arena = arena_new();
	struct str rest = { (const char *)data, size }, dockerfile = part_next(&rest);
	const struct str more[2] = { part_next(&rest), part_next(&rest) };
	struct folder f;
	owned_buf struct buf out = { 0 };
	folder_read(&f, arena, dockerfile, more);
	for (size_t i = 0; i < problems_count(f.problems); i++)
		problem_print(&out, problems_get(f.problems, i));
	/* With its fixes it is a Dockerfile still, and some day nothing is left to mend. */
	for (unsigned turn = 0; f.plan && folder_fix(&f, arena, &dockerfile); turn++) {
		size_t instructions = f.plan->recipe->ninstructions;
		folder_free(&f);
		folder_read(&f, arena, dockerfile, more);
		CHECK(f.plan && f.plan->recipe->ninstructions == instructions && turn < TURNS);
	}
	folder_free(&f);
	return 0;
}
