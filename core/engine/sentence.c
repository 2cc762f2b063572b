#include "core/engine/sentence.h"

#include <limits.h>

#include "core/recipe/insert.h"
#include "core/value/json.h"

/* SENTENCE_TEXT: as much of an instruction as names it; SENTENCE_REASON: of a reason. */
enum { SENTENCE_TEXT = 90, SENTENCE_REASON = 240 };

#define PART(literal) { (literal), sizeof(literal) - 1 }

int sentence_exit_code(struct str message)
{
	static const struct str marks[] = {
		PART("exit code: "), PART("non-zero code: "), PART("exit status "),
	};
	unsigned long long code;
	message = str_trim(message);
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
		size_t digits = 0;
		while (digits < message.n && message.p[message.n - 1 - digits] >= '0' &&
		       message.p[message.n - 1 - digits] <= '9')
			digits++;
		struct str head = str_slice(message, 0, message.n - digits);
		if (str_has_suffix(head, marks[i]) &&
		    str_number(str_slice(message, head.n, digits), 255, &code))
			return (int)code;
	}
	return -1;
}

struct str sentence_image(struct str reference)
{
	static const struct str usual[] = {
		PART("docker.io/library/"), PART("docker.io/"), PART("localhost/"),
	};
	for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
		if (str_has_prefix(reference, usual[i]))
			return str_slice(reference, usual[i].n, reference.n);
	return reference;
}

static bool sentence_says(struct str message, const char *part)
{
	return str_find_str(message, str_of(part)) != STR_NONE;
}

struct str sentence_reason(struct str message)
{
	static const struct str heads[] = {
		PART("Error: "),
		PART("failed to solve with frontend dockerfile.v0: "),
		PART("failed to solve: "),
		PART("failed to create LLB definition: "),
		PART("failed to compute cache key: "),
		PART("rpc error: code = Unknown desc = "),
		PART("rpc error: code = NotFound desc = "),
		PART("failed to do request: "),
		PART("creating build container: "),
	};
	message = str_trim(message);
	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
		if (str_has_prefix(message, heads[i]))
			message = str_slice(message, heads[i].n, message.n);
	if (str_has_prefix(message, STR("building at STEP \""))) {
		size_t end = str_find_str(message, STR("\": "));
		if (end != STR_NONE)
			message = str_slice(message, end + 3, message.n);
	}
	if (str_has_prefix(message, STR("while running runtime: ")))
		message = str_slice(message, 23, message.n);
	/* buildah prints its own structure after what it has to say. */
	size_t leak = str_find_str(message, STR(" &imagebuilder."));
	return leak == STR_NONE ? message : str_slice(message, 0, leak);
}

bool sentence_is_failure(struct str line)
{
	static const char *const words[] = {
		"ERROR: ", "Error: ", "error: ", "Error response from daemon", "error during connect",
		"Cannot connect to", "failed", "denied", "unauthorized", "not found", "manifest unknown",
		"no such host", "toomanyrequests", "invalid ", "unable to ", "cannot ",
		"connection refused", "deadline exceeded", "context canceled", "no space left",
		"returned a non-zero code: ",
	};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (sentence_says(line, words[i]))
			return true;
	return false;
}

/* The last two links of a chain of errors say what happened. */
static struct str sentence_tail(struct str message)
{
	size_t at = message.n;
	for (int links = 0; at > 1; at--) {
		if (message.p[at - 1] == ' ' && message.p[at - 2] == ':' && ++links == 2)
			break;
	}
	return at > 1 ? str_slice(message, at, message.n) : message;
}

static void sentence_no_base(struct str image, struct str reason, struct error *ret_err)
{
	image = sentence_image(image);
	reason = sentence_reason(reason);
	struct str tail = str_slice(sentence_tail(reason), 0, SENTENCE_REASON);
	if (sentence_says(reason, "pull access denied") || sentence_says(reason, "unauthorized") ||
	    sentence_says(reason, "insufficient_scope"))
		error_set(ret_err, ERROR_BUILD, "base image '%.*s' does not exist, or its registry "
		          "wants a login: pull refused", STR_ARG(image));
	else if (sentence_says(reason, "toomanyrequests"))
		error_set(ret_err, ERROR_BUILD, "base image '%.*s' was refused by its registry: too "
		          "many requests, try again later or log in", STR_ARG(image));
	else if (sentence_says(reason, "did not resolve to an alias"))
		error_set(ret_err, ERROR_BUILD, "base image '%.*s' is not in this engine's store, "
		          "and /etc/containers/registries.conf names no registry to look in",
		          STR_ARG(image));
	else if (sentence_says(reason, "policy.json"))
		error_set(ret_err, ERROR_BUILD, "base image '%.*s' cannot be used: buildah needs "
		          "/etc/containers/policy.json (%.*s)", STR_ARG(image), STR_ARG(tail));
	else if (sentence_says(reason, "no such host") || sentence_says(reason, "dial tcp") ||
	         sentence_says(reason, "i/o timeout") || sentence_says(reason, "deadline exceeded"))
		error_set(ret_err, ERROR_BUILD, "base image '%.*s' is not on this engine, and its "
		          "registry cannot be reached (%.*s)", STR_ARG(image), STR_ARG(tail));
	else if (sentence_says(reason, "manifest unknown") || sentence_says(reason, "not found"))
		error_set(ret_err, ERROR_BUILD, "base image '%.*s' was not found, neither on this "
		          "engine nor in its registry", STR_ARG(image));
	else
		error_set(ret_err, ERROR_BUILD, "base image '%.*s' cannot be had: %.*s",
		          STR_ARG(image), STR_ARG(tail));
}

/* One line, cut. */
static void sentence_append_text(struct buf *b, struct str text)
{
	size_t eol = str_find(text, '\n');
	struct str first = str_trim(str_slice(text, 0, eol == STR_NONE ? text.n : eol));
	struct str cut = str_slice(first, 0, SENTENCE_TEXT);
	buf_append(b, cut);
	if (cut.n < first.n || eol != STR_NONE)
		buf_append(b, STR("…"));
}

/* "[internal] load metadata for IMAGE" names what BuildKit looked for. */
static struct str sentence_wanted(const struct recipe *r, const struct decoder_result *result)
{
	static const struct str marks[] = {
		PART("load metadata for "), PART("resolve image config for "),
		PART("docker-image://"),
	};
	struct str name = buf_str(&result->failed_name);
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
		size_t at = str_find_str(name, marks[i]);
		if (at != STR_NONE)
			return str_slice(name, at + marks[i].n, name.n);
	}
	if (!r || result->failed < 0 || r->instructions[result->failed].kind != INSTRUCTION_FROM)
		return (struct str){ 0 };
	int stage = r->instructions[result->failed].stage;
	return stage < 0 ? (struct str){ 0 } : r->stages[stage].base;
}

static void sentence_of_step(const struct recipe *r, const struct decoder_result *result,
                             struct error *ret_err)
{
	const struct instruction *i = &r->instructions[result->failed];
	struct str reason = str_slice(sentence_reason(buf_str(&result->error)), 0, SENTENCE_REASON);
	owned_buf struct buf text = { 0 };
	sentence_append_text(&text, i->text);
	bool copies = i->kind == INSTRUCTION_COPY || i->kind == INSTRUCTION_ADD;
	if (result->exit_code >= 0)
		error_set(ret_err, ERROR_BUILD, "Dockerfile line %u failed with exit code %d: %s",
		          i->first_line, result->exit_code, buf_text(&text));
	else if (copies && (sentence_says(reason, "not found") ||
	                    sentence_says(reason, "no such file") ||
	                    sentence_says(reason, "not exist")))
		error_set(ret_err, ERROR_BUILD, "Dockerfile line %u failed: %s: what it copies is "
		          "not there (%.*s)", i->first_line, buf_text(&text),
		          STR_ARG(sentence_tail(reason)));
	else
		error_set(ret_err, ERROR_BUILD, "Dockerfile line %u failed: %s: %.*s", i->first_line,
		          buf_text(&text), STR_ARG(reason));
	if (i->at.source)
		ret_err->at = span_origin(i->at);
}

/* By the engine's own word of where it was, in a Dockerfile that is not ours as it stands. */
static void sentence_of_line(const struct decoder_result *result, struct error *ret_err)
{
	struct str reason = str_slice(sentence_reason(buf_str(&result->error)), 0, SENTENCE_REASON);
	owned_buf struct buf text = { 0 };
	sentence_append_text(&text, buf_str(&result->failed_text));
	if (result->exit_code >= 0)
		error_set(ret_err, ERROR_BUILD, "Dockerfile line %u failed with exit code %d: %s",
		          result->failed_line, result->exit_code, buf_text(&text));
	else
		error_set(ret_err, ERROR_BUILD, "Dockerfile line %u failed: %s: %.*s",
		          result->failed_line, buf_text(&text), STR_ARG(reason));
}

/* Where the Dockerfile's parser says that it stopped ("dockerfile parse error line 2: …",
 * newer ones "on line 2"); -1: it does not, or no instruction of ours is there. */
static int sentence_parsed_to(const struct recipe *r, struct str reason)
{
	static const struct str marks[] = { PART("parse error line "), PART("parse error on line ") };
	unsigned long long line = 0;
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
		size_t at = str_find_str(reason, marks[i]);
		struct str rest = at == STR_NONE ? (struct str){ 0 }
		                                 : str_slice(reason, at + marks[i].n, reason.n);
		size_t end = str_find(rest, ':');
		if (end != STR_NONE)
			str_number(str_slice(rest, 0, end), UINT_MAX, &line);
	}
	line = r && line && line <= UINT_MAX ? recipe_file_line(r, (unsigned)line) : 0;
	for (size_t i = 0; r && line && i < r->ninstructions; i++)
		if (r->instructions[i].first_line <= line && line <= r->instructions[i].last_line)
			return (int)i;
	return -1;
}

void sentence_of_build(const struct recipe *r, const struct decoder_result *told,
                       struct error *ret_err)
{
	struct decoder_result own = *told;
	const struct decoder_result *result = &own;
	struct str reason = sentence_reason(buf_str(&result->error));
	struct str image = sentence_wanted(r, result);
	if (own.failed < 0 && !own.failed_line && !own.failed_name.n)
		own.failed = sentence_parsed_to(r, reason);
	if (result->cancelled)
		error_set(ret_err, ERROR_CANCELLED, "the build was cancelled");
	else if (image.n && result->exit_code < 0)
		sentence_no_base(image, buf_str(&result->error), ret_err);
	else if (r && result->failed >= 0)
		sentence_of_step(r, result, ret_err);
	else if (result->failed_line && reason.n)
		sentence_of_line(result, ret_err);
	else if (reason.n)
		error_set(ret_err, ERROR_BUILD, "the build failed: %.*s",
		          STR_ARG(str_slice(reason, 0, SENTENCE_REASON * 2)));
	else
		error_set(ret_err, ERROR_BUILD, "the build failed, and the engine does not say why");
}

void sentence_of_refusal(int status, struct str body, struct error *ret_err)
{
	owned(arena) struct arena *a = arena_new();
	const struct value *v;
	struct error ignored = { 0 };
	struct str text = str_trim(body);
	if (value_parse_json(a, text, &v, &ignored) && value_type(v) == VALUE_OBJECT) {
		const struct value *m = value_get(v, STR("message"));
		if (m && value_type(m) == VALUE_STRING)
			text = value_text(m);
	}
	bool is_recipe = status == 400 && sentence_says(text, "ockerfile");
	error_set(ret_err, is_recipe ? ERROR_BUILD : ERROR_REFUSED, "the engine refused (%d): %.*s",
	          status, STR_ARG(str_slice(sentence_reason(text), 0, SENTENCE_REASON * 2)));
}
