/* The key under which a daemon keeps what it has of a folder. */
#include <stdio.h>
#include <string.h>

#include "core/base/check.h"
#include "core/base/map.h"
#include "core/engine/session.h"
#include "core/ext/crypto.h"
#include "core/os/files.h"
#include "core/os/save.h"

enum { KEY_BYTES = 16 };

/* What nobody else knows, so that nobody else gets at our copies, or spoils them.  Made once
 * (in the manner of docker's ~/.docker/.buildNodeID). */
static bool key_node(struct arena *a, struct str *ret_node, struct error *err)
{
	unsigned char bytes[KEY_BYTES];
	owned_buf struct buf hex = { 0 };
	owned(files) struct files *disk = files_disk("/");
	struct error ignored;
	const char *dir = save_state_dir("", err);
	if (!dir)
		return false;
	const char *path = files_join(a, dir, "node");
	if (files_read(disk, path, a, ret_node, &ignored) == FILES_OK && ret_node->n)
		return true;
	crypto_random(bytes, sizeof bytes);
	for (size_t i = 0; i < sizeof bytes; i++)
		buf_printf(&hex, "%02x", bytes[i]);
	*ret_node = arena_str(a, buf_str(&hex));
	return save_derived(path, *ret_node, 0600, err);
}

/* The trees that a context is made of, in the order of its entries. */
static void key_append_trees(struct sha256 *hash, const struct context *c)
{
	owned_map struct map seen = { 0 };
	for (size_t i = 0; i < context_count(c); i++) {
		const struct entry *e = context_entry(c, i);
		if (!e->dir || map_has(&seen, str_of(e->dir)))
			continue;
		map_set(&seen, str_of(e->dir), &seen);
		sha256_append(hash, (struct str){ e->dir, strlen(e->dir) + 1 });
	}
}

bool session_shared_key(const struct session_options *o, char ret_key[SESSION_KEY_SIZE],
                        struct error *err)
{
	owned(arena) struct arena *a = arena_new();
	owned(sha256) struct sha256 *hash = sha256_new();
	struct str node;
	if (!key_node(a, &node, err))
		return false;
	sha256_append(hash, node);
	/* The daemon tells folders apart by their names as well, so the first one will do. */
	for (size_t i = 0; i < o->ndirs; i++) {
		if (!o->dirs[i].context)
			continue;
		key_append_trees(hash, o->dirs[i].context);
		break;
	}
	sha256_finish_hex(hash, ret_key);
	return true;
}
