#include <stdint.h>

#include "core/base/check.h"
#include "core/kind/kind.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define ROOT "docs/examples/ship-detector"

/* What the bytes may stand for: every document, and overlays of the profile gpu. */
static const char *const documents[] = {
	"pesto/build/build.json", "pesto/build/requirements.json", "pesto/build/requirements.gpu.json",
	"pesto/api/description.json", "pesto/api/description.gpu.json", "pesto/api/input_schema.json",
	"pesto/api/output_schema.json", "pesto/api/config_schema.json", "pesto/api/config.json",
	"pesto/api/config.gpu.json", "pesto/api/version.json", "pesto/api/user_definitions.json",
	".dockerignore",
};
enum { NDOCUMENTS = sizeof documents / sizeof *documents };

/* Each is told inside its text, and can be told while the settings live. */
static void project_tell(struct problems *problems)
{
	owned_buf struct buf out = { 0 };
	problems_sort(problems);
	for (size_t i = 0; i < problems_count(problems); i++) {
		const struct problem *p = problems_get(problems, i);
		CHECK(!p->at.source || !p->at.source->text.p ||
		      (size_t)p->at.at + p->at.size <= p->at.source->text.n);
		problem_print(&out, p);
	}
}

static void project_check(struct files *files, unsigned how, struct problems *problems)
{
	static const char *const profiles[] = { "gpu" };
	/* The secret is not there: one more error, which stands in no file. */
	static const struct pair options[] = {
		{ { "builder", 7 }, { "classic", 7 } }, { { "secret:pip_config", 17 }, { "/nowhere", 8 } },
	};
	const struct kind *kind = kind_find("pesto");
	const struct target target = { .root = ROOT, .file = documents[0], .name = "x" };
	const struct selection selection = {
		.profiles = profiles, .nprofiles = how & 1, .level = kind->levels[how >> 2 & 3].name,
		.rule = how & 2 ? CASCADE_DEEP : CASCADE_ROOT,
		.options = options, .noptions = (how >> 5 & 3) % 3,
	};
	owned(settings) struct settings *settings =
		kind->settings(&target, &selection, files, problems);
	if (!settings)
		return;
	owned(plan) struct plan *plan = kind->plan(settings, &selection, files, problems);
	CHECK(!plan || problems_errors(problems) == 0);
	lint_run(kind->rules, &(struct subject){ .settings = settings, .plan = plan,
		                                            .selection = &selection }, problems);
	project_tell(problems);
}

/* A byte that says which document of the example the rest is, and one how it is read:
 * whatever it holds, there are errors or a plan. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	owned(files) struct files *disk = files_disk(".");
	owned(files) struct files *files = files_memory(disk);
	owned(problems) struct problems *problems = problems_new();
	if (size < 2)
		return 0;
	owned(arena) struct arena *a = arena_new();
	files_memory_put(files, files_join(a, ROOT, documents[data[0] % NDOCUMENTS]),
	                 (struct str){ (const char *)data + 2, size - 2 });
	project_check(files, data[1], problems);
	return 0;
}
