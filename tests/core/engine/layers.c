#include "core/engine/layers_diff.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/value/json.h"
#include "tests/core/engine/image_tar.h"

struct pieces {
	struct str rest;
	size_t piece;
};

static bool give(void *data, struct str *ret_bytes, struct error *err)
{
	struct pieces *p = data;
	size_t n = p->piece < p->rest.n ? p->piece : p->rest.n;
	(void)err;
	*ret_bytes = str_slice(p->rest, 0, n);
	p->rest = str_slice(p->rest, n, p->rest.n);
	return true;
}

static bool read_tar(struct arena *a, const struct buf *tar, struct layers_limits limits,
                     struct image_layers *ret, struct error *err)
{
	struct pieces p = { buf_str(tar), 700 };
	return layers_read(a, give, &p, limits, ret, err);
}

static struct image_layers read_well(struct arena *a, const struct buf *tar)
{
	struct image_layers layers;
	struct error err;
	if (!read_tar(a, tar, LAYERS_LIMITS, &layers, &err))
		fail_msg("%s", err.text);
	return layers;
}

/* ---- images ---- */

static void lower(struct buf *out)
{
	tar_put(out, '5', "./", NULL, 0755, STR(""));
	tar_put(out, '5', "etc/", NULL, 0755, STR(""));
	tar_file(out, "etc/keep", 0644, "keep");
	tar_file(out, "etc/over", 0644, "0123456789");
	tar_file(out, "etc/gone", 0644, "01234567");
	tar_put(out, '5', "dir", NULL, 0755, STR(""));
	tar_file(out, "dir/a", 0644, "aaaa");
	tar_file(out, "dir/sub/b", 0644, "bb");
	tar_put(out, '2', "link", "../../outside", 0777, STR(""));
	tar_put(out, '1', "hard", "etc/keep", 0644, STR(""));
	tar_put(out, '3', "dev", NULL, 0600, STR(""));
	tar_end(out);
}

static void upper(struct buf *out)
{
	tar_file(out, "etc/over", 0644, "9876543210");
	tar_file(out, "etc/.wh.gone", 0644, "");
	tar_file(out, "dir/.wh..wh..opq", 0644, "");
	tar_file(out, "dir/new", 0644, "n");
	tar_file(out, ".wh..wh.plnk", 0644, "");
	tar_end(out);
}

static const char config[] = "{\"history\":[{\"created_by\":\"FROM\"},{\"created_by\":\"ENV A=1\","
	"\"empty_layer\":true},{\"created_by\":\"RUN x\"}]}";

/* docker save as it was up to 24: a folder a layer, the manifest behind them. */
static void old_layout(struct buf *out)
{
	owned_buf struct buf one = { 0 }, two = { 0 };
	lower(&one);
	upper(&two);
	tar_put(out, '5', "bbb/", NULL, 0755, STR(""));
	tar_file(out, "bbb/VERSION", 0644, "1.0");
	tar_file(out, "bbb/json", 0644, "{}");
	tar_put(out, '0', "bbb/layer.tar", NULL, 0644, buf_str(&two));
	tar_put(out, '0', "ccc/layer.tar", NULL, 0644, buf_str(&one));
	tar_put(out, '2', "aaa/layer.tar", "../ccc/layer.tar", 0777, STR(""));
	tar_file(out, "conf.json", 0644, config);
	tar_file(out, "manifest.json", 0644, "[{\"Config\":\"conf.json\",\"RepoTags\":null,\"Layers\":"
	         "[\"aaa/layer.tar\",\"bbb/layer.tar\"]}]");
	tar_file(out, "repositories", 0644, "{}");
	tar_end(out);
}

/* The OCI image layout, with an index of an index before the layers. */
static void oci_layout(struct buf *out)
{
	owned_buf struct buf one = { 0 }, two = { 0 };
	lower(&one);
	upper(&two);
	tar_file(out, "oci-layout", 0644, "{\"imageLayoutVersion\":\"1.0.0\"}");
	tar_file(out, "index.json", 0644, "{\"manifests\":[{\"digest\":\"sha256:1d\"}]}");
	tar_file(out, "blobs/sha256/1d", 0644, "{\"manifests\":[{\"digest\":\"sha256:3a\"}]}");
	tar_file(out, "blobs/sha256/3a", 0644, "{\"config\":{\"digest\":\"sha256:cf\"},\"layers\":"
	         "[{\"digest\":\"sha256:01\"},{\"digest\":\"sha256:02\"}]}");
	tar_file(out, "blobs/sha256/cf", 0644, config);
	tar_put(out, '0', "blobs/sha256/01", NULL, 0644, buf_str(&one));
	tar_put(out, '0', "blobs/sha256/02", NULL, 0644, buf_str(&two));
	tar_end(out);
}

static const struct layer_file *seen(const struct image_layers *l, const char *path)
{
	for (size_t i = 0; i < l->nfiles; i++)
		if (strcmp(l->files[i].file->path, path) == 0)
			return l->files[i].file;
	return NULL;
}

static void is_read(const struct image_layers *l)
{
	assert_int_equal(l->n, 2);
	assert_string_equal(l->layers[0].created_by, "FROM");
	assert_string_equal(l->layers[1].created_by, "RUN x");
	assert_int_equal(l->layers[0].size, 4 + 10 + 8 + 4 + 2);
	assert_int_equal(l->layers[0].wasted, 10 + 8 + 4 + 2);
	assert_int_equal(l->wasted, l->layers[0].wasted);
	assert_int_equal(l->size, 28 + 11);
	assert_non_null(seen(l, "etc/keep"));
	assert_non_null(seen(l, "dir/new"));
	assert_non_null(seen(l, "dir"));
	assert_null(seen(l, "etc/gone"));
	assert_null(seen(l, "dir/a"));
	assert_null(seen(l, "dir/sub/b"));
	assert_null(seen(l, "plnk"));
	assert_int_equal(seen(l, "link")->kind, LAYER_LINK);
	assert_int_equal(seen(l, "dev")->kind, LAYER_OTHER);
	assert_memory_equal(seen(l, "hard")->digest, seen(l, "etc/keep")->digest, 16);
	assert_int_equal(seen(l, "hard")->size, 0);
}

static void test_layers__both_layouts_read_alike(void **state)
{
	owned(arena) struct arena *a = arena_new();
	owned_buf struct buf old = { 0 }, oci = { 0 };
	(void)state;
	old_layout(&old);
	oci_layout(&oci);
	struct image_layers x = read_well(a, &old), y = read_well(a, &oci);
	is_read(&x);
	is_read(&y);
	struct layers_diff d;
	layers_diff_make(a, &x, &y, &d);
	assert_int_equal(d.files.n, 0);
}

/* One layer of these files over nothing. */
static void one_layer(struct buf *out, const char *by, const struct buf *layer)
{
	owned_buf struct buf conf = { 0 };
	buf_printf(&conf, "{\"history\":[{\"created_by\":\"%s\"}]}", by);
	tar_put(out, '0', "l.tar", NULL, 0644, buf_str(layer));
	tar_put(out, '0', "c.json", NULL, 0644, buf_str(&conf));
	tar_file(out, "manifest.json", 0644, "[{\"Config\":\"c.json\",\"Layers\":[\"l.tar\"]}]");
	tar_end(out);
}

static void test_layers__differences_are_told_by_their_bytes(void **state)
{
	owned(arena) struct arena *a = arena_new();
	owned_buf struct buf one = { 0 }, two = { 0 }, x = { 0 }, y = { 0 };
	(void)state;
	tar_file(&one, "same", 0644, "same");
	tar_file(&one, "content", 0644, "aa");
	tar_file(&one, "mode", 0644, "m");
	tar_file(&one, "gone", 0644, "0123456789");
	tar_put(&one, '2', "link", "a", 0777, STR(""));
	tar_end(&one);
	tar_file(&two, "same", 0644, "same");
	tar_file(&two, "content", 0644, "bb");
	tar_file(&two, "mode", 0755, "m");
	tar_file(&two, "new", 0644, "0123");
	tar_put(&two, '2', "link", "b", 0777, STR(""));
	tar_file(&two, ".wh.deleted", 0644, "");
	tar_end(&two);
	one_layer(&x, "|1 MODE=dev /bin/sh -c make", &one);
	one_layer(&y, "|1 MODE=prod /bin/sh -c make", &two);
	struct image_layers p = read_well(a, &x), q = read_well(a, &y);
	struct layers_diff d;
	layers_diff_make(a, &p, &q, &d);
	assert_int_equal(d.files.n, 5);
	assert_string_equal(d.files.files[0].path, "gone");
	assert_int_equal(d.files.files[0].change, LAYERS_REMOVED);
	assert_string_equal(d.files.files[1].path, "new");
	assert_int_equal(d.files.counts[LAYERS_CHANGED], 2);
	assert_int_equal(d.files.counts[LAYERS_MODE], 1);
	assert_int_equal(d.npairs, 1);
	assert_int_equal(d.pairs[0].differences.n, 6);
	const struct value *v = layers_diff_value(a, &d, 2);
	assert_int_equal(value_count(value_at(v, STR("/files"))), 2);
	assert_string_equal(arena_text(a, value_text(value_at(v, STR("/removed")))), "1");
	assert_non_null(value_at(v, STR("/layers/0/a/created_by")));
}

/* A folder replaced by a file hides what was in it; a whiteout of a folder too. */
static void test_layers__what_hides_a_folder_hides_its_insides(void **state)
{
	owned(arena) struct arena *a = arena_new();
	owned_buf struct buf one = { 0 }, two = { 0 }, image = { 0 };
	(void)state;
	tar_put(&one, '5', "d", NULL, 0755, STR(""));
	tar_file(&one, "d/x", 0644, "xxx");
	tar_file(&one, "e/y", 0644, "yyyy");
	tar_file(&one, "ee", 0644, "z");
	tar_end(&one);
	tar_file(&two, "d", 0644, "now a file");
	tar_file(&two, ".wh.e", 0644, "");
	tar_end(&two);
	tar_put(&image, '0', "1", NULL, 0644, buf_str(&one));
	tar_put(&image, '0', "2", NULL, 0644, buf_str(&two));
	tar_file(&image, "manifest.json", 0644, "[{\"Config\":\"none\",\"Layers\":[\"1\",\"2\"]}]");
	tar_end(&image);
	struct image_layers l = read_well(a, &image);
	assert_int_equal(l.nfiles, 2);
	assert_int_equal(seen(&l, "d")->kind, LAYER_FILE);
	assert_non_null(seen(&l, "ee"));
	assert_int_equal(l.wasted, 7);
}

/* ---- hostile ---- */

static void refused(const struct buf *tar, struct layers_limits limits, enum error_code code,
                    const char *part)
{
	owned(arena) struct arena *a = arena_new();
	struct image_layers layers;
	struct error err = { 0 };
	assert_false(read_tar(a, tar, limits, &layers, &err));
	assert_int_equal(err.code, code);
	if (!strstr(err.text, part))
		fail_msg("'%s' lacks '%s'", err.text, part);
}

static void test_layers__what_is_no_image_is_an_error(void **state)
{
	static const struct { const char *manifest, *says; } wrong[] = {
		{ "[{\"Layers\":[\"none.tar\"]}]", "lacks the layer 'none.tar'" },
		{ "[{\"Layers\":[1,{}]}]", "lacks the layer" },
		{ "{\"Layers\":[]}", "names no layers" },
		{ "[]", "names no layers" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		owned_buf struct buf tar = { 0 };
		tar_file(&tar, "manifest.json", 0644, wrong[i].manifest);
		tar_end(&tar);
		refused(&tar, LAYERS_LIMITS, ERROR_PROTOCOL, wrong[i].says);
	}
	owned_buf struct buf loop = { 0 }, nothing = { 0 }, text = { 0 };
	tar_file(&loop, "index.json", 0644, "{\"manifests\":[{\"digest\":\"sha256:a\"}]}");
	tar_file(&loop, "blobs/sha256/a", 0644, "{\"manifests\":[{\"digest\":\"sha256:a\"}]}");
	tar_end(&loop);
	refused(&loop, LAYERS_LIMITS, ERROR_PROTOCOL, "leads to no layers");
	tar_end(&nothing);
	refused(&nothing, LAYERS_LIMITS, ERROR_PROTOCOL, "neither manifest.json");
	buf_append_text(&text, "{\"message\":\"no\"}");
	refused(&text, LAYERS_LIMITS, ERROR_PROTOCOL, "cannot read the image's archive");
}

static void test_layers__a_cut_archive_is_an_error(void **state)
{
	owned_buf struct buf tar = { 0 };
	(void)state;
	old_layout(&tar);
	for (size_t n = 600; n + 4096 < tar.n; n += 977) {
		owned(arena) struct arena *a = arena_new();
		struct buf cut = tar;
		struct image_layers layers;
		struct error err = { 0 };
		cut.n = n;
		assert_false(read_tar(a, &cut, LAYERS_LIMITS, &layers, &err));
		assert_true(err.code && err.text[0]);
	}
}

static void test_layers__limits_hold(void **state)
{
	owned_buf struct buf tar = { 0 };
	struct layers_limits few = LAYERS_LIMITS, small = LAYERS_LIMITS, brief = LAYERS_LIMITS;
	(void)state;
	old_layout(&tar);
	few.entries = 8;
	refused(&tar, few, ERROR_LIMIT, "more files or bytes");
	small.bytes = 20;
	refused(&tar, small, ERROR_LIMIT, "more files or bytes");
	brief.names = 40;
	refused(&tar, brief, ERROR_LIMIT, "too many entries");
}

static bool broken(void *data, struct str *ret_bytes, struct error *err)
{
	(void)data, (void)ret_bytes;
	return error_set(err, ERROR_UNREACHABLE, "the connection was cut");
}

static void test_layers__the_sources_own_fault_is_told(void **state)
{
	owned(arena) struct arena *a = arena_new();
	struct image_layers layers;
	struct error err = { 0 };
	(void)state;
	assert_false(layers_read(a, broken, NULL, LAYERS_LIMITS, &layers, &err));
	assert_int_equal(err.code, ERROR_UNREACHABLE);
	assert_string_equal(err.text, "the connection was cut");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_layers__both_layouts_read_alike),
		cmocka_unit_test(test_layers__differences_are_told_by_their_bytes),
		cmocka_unit_test(test_layers__what_hides_a_folder_hides_its_insides),
		cmocka_unit_test(test_layers__what_is_no_image_is_an_error),
		cmocka_unit_test(test_layers__a_cut_archive_is_an_error),
		cmocka_unit_test(test_layers__limits_hold),
		cmocka_unit_test(test_layers__the_sources_own_fault_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
