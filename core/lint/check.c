#include "core/lint/check.h"

#include <stdarg.h>

#include "core/base/utf8.h"

#define CHECK_PAGE "https://docs.docker.com/go/dockerfile/rule/"

/* In the order of BuildKit's ruleset (frontend/dockerfile/linter/ruleset.go, 2026-08), whose
 * descriptions are the sentences. */
const struct rule lint_check_rules[] = {
	{ "StageNameCasing", "Names are compared without case, so two spellings look like two stages.",
	  SEVERITY_WARNING, check_stage_name_casing, "Stage names should be lowercase",
	  .url = CHECK_PAGE "stage-name-casing/" },
	{ "FromAsCasing", "One line in two spellings is harder to read.", SEVERITY_WARNING,
	  check_from_as_casing, "The 'as' keyword should match the case of the 'from' keyword",
	  .url = CHECK_PAGE "from-as-casing/" },
	{ "NoEmptyContinuation", "What follows the empty line still belongs to the instruction, which "
	  "nobody sees.", SEVERITY_WARNING, check_empty_continuation,
	  "Empty continuation lines will become errors in a future release",
	  .url = CHECK_PAGE "no-empty-continuation/", .is_global = true },
	{ "ConsistentInstructionCasing", "Instructions in one spelling are found at a glance.",
	  SEVERITY_WARNING, check_instruction_casing,
	  "All commands within the Dockerfile should use the same casing (either upper or lower)",
	  .url = CHECK_PAGE "consistent-instruction-casing/", .is_global = true },
	{ "DuplicateStageName", "COPY --from and --target then mean one of them, and not the one you "
	  "look at.", SEVERITY_WARNING, check_duplicate_stage, "Stage names should be unique",
	  .url = CHECK_PAGE "duplicate-stage-name/", .is_global = true },
	{ "ReservedStageName", "The builder has a meaning of its own for the name.", SEVERITY_WARNING,
	  check_reserved_stage, "Reserved words should not be used as stage names",
	  .url = CHECK_PAGE "reserved-stage-name/", .is_global = true },
	{ "JSONArgsRecommended", "A shell stands between the container and the program and passes no "
	  "signal on, so that stopping it takes ten seconds and a kill.", SEVERITY_WARNING,
	  check_json_args, "JSON arguments recommended for ENTRYPOINT/CMD to prevent unintended "
	  "behavior related to OS signals", .url = CHECK_PAGE "json-args-recommended/" },
	{ "MaintainerDeprecated", "A label can be asked for like any other.", SEVERITY_WARNING,
	  check_maintainer, "The MAINTAINER instruction is deprecated, use a label instead to define "
	  "an image author", .url = CHECK_PAGE "maintainer-deprecated/" },
	{ "UndefinedArgInFrom", "What is not declared is empty, and the base image another one.",
	  SEVERITY_WARNING, check_undefined_from, "FROM command must use declared ARGs",
	  .url = CHECK_PAGE "undefined-arg-in-from/" },
	{ "WorkdirRelativePath", "It lies below whatever working directory the base image has.",
	  SEVERITY_WARNING, check_relative_workdir, "Relative workdir without an absolute workdir "
	  "declared within the build can have unexpected results if the base image changes",
	  .url = CHECK_PAGE "workdir-relative-path/" },
	{ "UndefinedVar", "What is not declared is empty.  A note where the base image may set it.",
	  SEVERITY_WARNING, check_undefined_variable, "Variables should be defined before their use",
	  .url = CHECK_PAGE "undefined-var/" },
	{ "MultipleInstructionsDisallowed", "Only the last one counts.", SEVERITY_WARNING,
	  check_multiple_instructions, "Multiple instructions of the same type should not be used in "
	  "the same stage", .url = CHECK_PAGE "multiple-instructions-disallowed/" },
	{ "LegacyKeyValueFormat", "All the rest of the line is the value, which surprises when a "
	  "second pair is added.", SEVERITY_WARNING, check_legacy_pairs,
	  "Legacy key/value format with whitespace separator should not be used",
	  .url = CHECK_PAGE "legacy-key-value-format/" },
	{ "InvalidBaseImagePlatform", "Its programs are for another machine.  Known where the image's "
	  "name says its platform, as in arm64v8/alpine.", SEVERITY_WARNING, check_base_platform,
	  "Base image platform does not match expected target platform", NULL, .is_global = true },
	{ "RedundantTargetPlatform", "It says what is so without it.", SEVERITY_WARNING,
	  check_redundant_platform, "Setting platform to predefined $TARGETPLATFORM in FROM is "
	  "redundant as this is the default behavior", .url = CHECK_PAGE "redundant-target-platform/" },
	{ "SecretsUsedInArgOrEnv", "The value stays in the image's history, for everybody who has the "
	  "image; RUN --mount=type=secret leaves nothing behind.", SEVERITY_WARNING, check_secrets,
	  "Sensitive data should not be used in the ARG or ENV commands",
	  .url = CHECK_PAGE "secrets-used-in-arg-or-env/" },
	{ "InvalidDefaultArgInFrom", "Without a build-arg the build fails at its first line.",
	  SEVERITY_WARNING, check_default_from, "Default value for global ARG results in an empty or "
	  "invalid base image name", .url = CHECK_PAGE "invalid-default-arg-in-from/",
	  .is_global = true },
	{ "FromPlatformFlagConstDisallowed", "The image is for that platform whatever --platform "
	  "asks for; a stage that means it has the platform in its name.", SEVERITY_WARNING,
	  check_const_platform, "FROM --platform flag should not use a constant value",
	  .url = CHECK_PAGE "from-platform-flag-const-disallowed/" },
	{ "CopyIgnoredFile", "The builder never gets the file, and the build fails.",
	  SEVERITY_WARNING, check_copy_ignored,
	  "Attempting to Copy file that is excluded by .dockerignore",
	  .url = CHECK_PAGE "copy-ignored-file/" },
	{ "InvalidDefinitionDescription", "docker build --call=outline shows the comment as the "
	  "description.", SEVERITY_WARNING, check_description, "Comment for build stage or argument "
	  "should follow the format: `# <arg/stage name> <description>`. If this is not intended to "
	  "be a description comment, add an empty line or comment between the instruction and the "
	  "comment.", .url = CHECK_PAGE "invalid-definition-description/", .is_off = true },
	{ "ExposeProtoCasing", "Tools compare the port as written.", SEVERITY_WARNING,
	  check_expose_casing, "Protocol in EXPOSE instruction should be lowercase",
	  .url = CHECK_PAGE "expose-proto-casing/" },
	{ "ExposeInvalidFormat", "Only whoever runs the container says where its port goes; the "
	  "builder drops the rest.", SEVERITY_WARNING, check_expose_format,
	  "IP address and host-port mapping should not be used in EXPOSE instruction. This will "
	  "become an error in a future release", .url = CHECK_PAGE "expose-invalid-format/" },
	{ .id = NULL },
};

/* ---- what they share ---- */

bool check_has_text(const struct subject *s)
{
	return s->recipe && !s->for_derived;
}

struct str check_option(const struct subject *s, const char *name)
{
	const struct image_task *image = plan_image(s->plan);
	struct str found = { 0 };
	for (size_t i = 0; i < image->noptions; i++)
		if (str_eq(image->options[i].name, str_of(name)))
			found = image->options[i].value;
	return found;
}

/* Without a target every stage is looked at, as `docker build --check` does. */
static bool check_is_selected(const struct subject *s, const struct instruction *i)
{
	return i->stage < 0 || s->recipe->stages[i->stage].reachable ||
	       !check_option(s, "target").n;
}

void check_tell(const struct rule *rule, const struct subject *s, struct problems *problems,
                const struct check_place *place, const char *fmt, ...)
{
	const struct instruction *i = &s->recipe->instructions[place->instruction];
	owned_buf struct buf text = { 0 };
	struct span at = place->at;
	va_list args;
	va_start(args, fmt);
	buf_vprintf(&text, fmt, args);
	va_end(args);
	if (!at.source)
		at = i->at.source || !i->ncauses ? i->at : value_span(i->causes[0]);
	lint_report_fix(rule, check_is_selected(s, i) && !place->is_doubtful, problems, at,
	                place->fix, place->nfix, "%s", buf_text(&text));
}

void check_append_quoted(struct buf *out, struct str s)
{
	buf_append_char(out, '"');
	for (size_t i = 0, size; i < s.n; i += size) {
		uint32_t rune = utf8_decode(str_slice(s, i, s.n), &size);
		if (rune == '"' || rune == '\\')
			buf_append_char(out, '\\');
		if (rune == UTF8_BAD)
			buf_printf(out, "\\x%02x", (unsigned char)s.p[i]);
		else
			buf_append(out, str_slice(s, i, size));
		size = rune == UTF8_BAD ? 1 : size;
	}
	buf_append_char(out, '"');
}

bool check_is_lower(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] >= 'A' && s.p[i] <= 'Z')
			return false;
	return true;
}

bool check_is_upper(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] >= 'a' && s.p[i] <= 'z')
			return false;
	return true;
}

struct str check_lower(struct arena *arena, struct str s)
{
	char *copy = arena_text(arena, s);
	for (size_t i = 0; i < s.n; i++)
		if (copy[i] >= 'A' && copy[i] <= 'Z')
			copy[i] = (char)(copy[i] + ('a' - 'A'));
	return (struct str){ copy, s.n };
}

struct str check_upper(struct arena *arena, struct str s)
{
	char *copy = arena_text(arena, s);
	for (size_t i = 0; i < s.n; i++)
		if (copy[i] >= 'a' && copy[i] <= 'z')
			copy[i] = (char)(copy[i] - ('a' - 'A'));
	return (struct str){ copy, s.n };
}

struct str check_stage_name(const struct instruction *from)
{
	const struct instruction_parts *p = from->parts;
	return from->kind == INSTRUCTION_FROM && p->nargs >= 3 ? p->args[2] : (struct str){ 0 };
}

struct str check_flag(const struct instruction *i, struct str name, struct span *ret_at)
{
	for (size_t k = 0; k < i->parts->nflags; k++)
		if (str_eq(i->parts->flags[k].name, name)) {
			*ret_at = i->parts->flags_at[k];
			return i->parts->flags[k].value;
		}
	return (struct str){ 0 };
}

void check_append_literal(struct buf *out, struct str text, char escape)
{
	buf_append_char(out, '"');
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		if (c == '"' || c == '$' || c == escape)
			buf_append_char(out, escape);
		buf_append_char(out, c);
	}
	buf_append_char(out, '"');
}
