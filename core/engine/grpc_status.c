#include "core/engine/grpc_status.h"

#include "core/engine/base64.h"

enum { GRPC_CODE_MAX = 16 };

const char *grpc_code_name(int code)
{
	static const char *const names[GRPC_CODE_MAX + 1] = {
		"OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND",
		"ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION",
		"ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS",
		"UNAUTHENTICATED",
	};
	return code >= 0 && code <= GRPC_CODE_MAX ? names[code] : "UNKNOWN";
}

static int grpc_hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* What is not %XX stays as it is. */
static struct str grpc_unescape(struct arena *arena, struct str text)
{
	char *to = arena_alloc(arena, text.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < text.n; i++) {
		bool has_two = text.p[i] == '%' && text.n - i > 2;
		int high = has_two ? grpc_hex(text.p[i + 1]) : -1;
		int low = has_two ? grpc_hex(text.p[i + 2]) : -1;
		bool is_escape = high >= 0 && low >= 0;
		to[n++] = is_escape ? (char)(high << 4 | low) : text.p[i];
		i += is_escape ? 2 : 0;
	}
	return (struct str){ to, n };
}

void grpc_status_append_escaped(struct buf *b, struct str message)
{
	for (size_t i = 0; i < message.n; i++) {
		unsigned char c = (unsigned char)message.p[i];
		if (c < 0x20 || c > 0x7e || c == '%')
			buf_printf(b, "%%%02X", c);
		else
			buf_append_char(b, (char)c);
	}
}

/* Unpadded is allowed; what is no base64 is no detail. */
static struct str grpc_decode(struct arena *arena, struct str text)
{
	owned_buf struct buf padded = { 0 }, bytes = { 0 };
	buf_append(&padded, text);
	buf_append_fill(&padded, '=', (4 - text.n % 4) % 4);
	if (!base64_decode(&bytes, buf_str(&padded)))
		return (struct str){ 0 };
	return arena_str(arena, buf_str(&bytes));
}

bool grpc_status_find(struct arena *arena, const struct pair *headers, size_t n,
                      struct grpc_status *ret_status)
{
	struct grpc_status status = { 0 };
	bool is_there = false;
	for (size_t i = 0; i < n; i++) {
		struct str value = headers[i].value;
		unsigned long long code = GRPC_UNKNOWN;
		if (str_eq(headers[i].name, STR("grpc-status"))) {
			is_there = true;
			str_number(value, GRPC_CODE_MAX, &code);
			status.code = (int)code;
		} else if (str_eq(headers[i].name, STR("grpc-message"))) {
			status.message = grpc_unescape(arena, value);
		} else if (str_eq(headers[i].name, STR("grpc-status-details-bin"))) {
			status.details = grpc_decode(arena, value);
		}
	}
	if (is_there)
		*ret_status = status;
	return is_there;
}

void grpc_status_of_http(struct arena *arena, unsigned http, struct grpc_status *ret_status)
{
	static const struct {
		unsigned http;
		int code;
	} table[] = {
		{ 400, GRPC_INTERNAL }, { 401, GRPC_UNAUTHENTICATED }, { 403, GRPC_PERMISSION_DENIED },
		{ 404, GRPC_UNIMPLEMENTED }, { 429, GRPC_UNAVAILABLE }, { 502, GRPC_UNAVAILABLE },
		{ 503, GRPC_UNAVAILABLE }, { 504, GRPC_UNAVAILABLE },
	};
	*ret_status = (struct grpc_status){ .code = GRPC_UNKNOWN };
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (table[i].http == http)
			ret_status->code = table[i].code;
	ret_status->message = str_of(arena_printf(arena, "the answer is no gRPC but HTTP status %u",
	                                          http));
}

static enum error_code grpc_error_code(int code)
{
	switch (code) {
	case GRPC_CANCELLED: return ERROR_CANCELLED;
	case GRPC_DEADLINE_EXCEEDED:
	case GRPC_UNAVAILABLE: return ERROR_UNREACHABLE;
	case GRPC_NOT_FOUND: return ERROR_MISSING;
	case GRPC_RESOURCE_EXHAUSTED: return ERROR_LIMIT;
	case GRPC_INTERNAL: return ERROR_PROTOCOL;
	default: return ERROR_REFUSED;
	}
}

void grpc_status_error(const struct grpc_status *status, const char *what, struct error *err)
{
	if (status->message.n)
		error_set(err, grpc_error_code(status->code), "%s: %.*s", what,
		          STR_ARG(status->message));
	else
		error_set(err, grpc_error_code(status->code), "%s: %s", what,
		          grpc_code_name(status->code));
}
