#include "core/recipe/mount.h"

#include "core/base/buf.h"
#include "core/recipe/text.h"

/* Takes one field off the front; quotes around it are taken off, "" inside
 * them is one quote. */
static bool mount_next(struct arena *arena, struct str *rest, struct str *ret_field)
{
	if (!rest->p)
		return false;
	if (rest->n == 0 || rest->p[0] != '"')
		return str_next(rest, ',', ret_field);
	struct buf field owned_buf = { 0 };
	size_t at = 1;
	for (; at < rest->n; at++) {
		if (rest->p[at] == '"' && !(at + 1 < rest->n && rest->p[at + 1] == '"'))
			break;
		at += rest->p[at] == '"';
		buf_append_char(&field, rest->p[at]);
	}
	struct str behind = str_slice(*rest, at + 1, STR_NONE), dropped;
	*ret_field = arena_str(arena, buf_str(&field));
	*rest = behind.n ? behind : (struct str){ 0 };
	if (behind.n)
		str_next(rest, ',', &dropped);
	return true;
}

static struct str mount_key(struct str field, struct str *ret_value)
{
	size_t n = str_find(field, '=');
	*ret_value = n == STR_NONE ? (struct str){ "", 0 } : str_slice(field, n + 1, STR_NONE);
	return str_slice(field, 0, n);
}

struct str mount_get(struct arena *arena, struct str mount, const char *key)
{
	for (struct str field, value; mount_next(arena, &mount, &field);)
		if (text_eq_fold(mount_key(field, &value), str_of(key)))
			return value;
	return (struct str){ 0 };
}

static bool mount_is_one_of(struct str s, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (text_eq_fold(s, str_of(words[i])))
			return true;
	return false;
}
#define COUNT(array) (sizeof(array) / sizeof *(array))

static bool mount_check_field(struct str key, struct str value, bool has_value, struct error *err)
{
	static const char *const types[] = { "bind", "cache", "tmpfs", "secret", "ssh" };
	static const char *const sharings[] = { "shared", "private", "locked" };
	static const char *const alone[] = { "readonly", "ro", "readwrite", "rw", "required" };
	static const char *const keys[] = { "type", "from", "source", "src", "target", "dst",
		"destination", "readonly", "ro", "readwrite", "rw", "required", "size", "id", "sharing",
		"mode", "uid", "gid", "env", "relabel", "z", "bind-propagation" };
	if (!mount_is_one_of(key, keys, COUNT(keys))) {
		const char *close = text_closest(key, keys, COUNT(keys));
		return error_set(err, ERROR_SYNTAX, "--mount has no key '%.*s'%s%s%s", STR_ARG(key),
		                 close ? "; did you mean '" : "", close ? close : "", close ? "'?" : "");
	}
	if (!has_value && !mount_is_one_of(key, alone, COUNT(alone)) && !text_eq_fold(key, STR("z")))
		return error_set(err, ERROR_SYNTAX, "--mount's key '%.*s' needs a value: %.*s=…",
		                 STR_ARG(key), STR_ARG(key));
	if (str_find(value, '$') != STR_NONE) {
		if (text_eq_fold(key, STR("from")))
			return error_set(err, ERROR_SYNTAX, "--mount's 'from' takes no variable: name a stage "
			                 "whose FROM has it");
		return true;
	}
	if (text_eq_fold(key, STR("type")) && !mount_is_one_of(value, types, COUNT(types)))
		return error_set(err, ERROR_SYNTAX, "--mount has no type '%.*s': it is bind, cache, tmpfs, "
		                 "secret or ssh", STR_ARG(value));
	if (text_eq_fold(key, STR("sharing")) && !mount_is_one_of(value, sharings, COUNT(sharings)))
		return error_set(err, ERROR_SYNTAX, "--mount has no sharing '%.*s': it is shared, private "
		                 "or locked", STR_ARG(value));
	return true;
}

bool mount_check(struct arena *arena, struct str mount, struct error *err)
{
	for (struct str field, value; mount_next(arena, &mount, &field);) {
		struct str key = mount_key(field, &value);
		if (!mount_check_field(key, value, key.n != field.n, err))
			return false;
	}
	return true;
}
