#include "core/engine/usage.h"

#include "tests/core/os/scratch.h"

/* Two builds on one base, one of them replaced; a container that is over; build cache in a
 * chain and one record that runs; a volume.  Times count back from 2026-11-21 10:00 UTC. */
#define NOW 1795255200.0
static const char images[] =
	"[{\"Id\":\"sha256:ba5e\",\"RepoTags\":[\"base:12\"],\"ParentId\":\"\",\"Size\":100,"
	"\"Created\":1795200000,\"Labels\":null},"
	"{\"Id\":\"sha256:01d0\",\"RepoTags\":[\"<none>:<none>\"],\"ParentId\":\"sha256:1d1e\","
	"\"Size\":160,\"Created\":1795210000,\"Labels\":{\"who\":\"me\",\"x\":\"1\"}},"
	"{\"Id\":\"sha256:1d1e\",\"RepoTags\":null,\"ParentId\":\"sha256:ba5e\",\"Size\":130,"
	"\"Created\":1795209000},"
	"{\"Id\":\"sha256:00e1\",\"RepoTags\":[\"svc:1\",\"svc:latest\"],\"ParentId\":\"\","
	"\"Size\":150,\"Created\":1795220000},"
	"{\"Id\":\"sha256:0000e2\",\"RepoTags\":[\"docker.io/library/lone:latest\"],\"ParentId\":\"\","
	"\"Size\":70,\"Created\":1795255190}]";
static const char df[] =
	"{\"LayersSize\":280,\"Images\":[{\"Id\":\"sha256:ba5e\",\"SharedSize\":100},"
	"{\"Id\":\"sha256:01d0\",\"SharedSize\":100},{\"Id\":\"sha256:00e1\",\"SharedSize\":100},"
	"{\"Id\":\"sha256:0000e2\",\"SharedSize\":0}],"
	"\"Containers\":[{\"Id\":\"c0ffee000001\",\"Names\":[\"/over\"],\"State\":\"exited\","
	"\"ImageID\":\"sha256:01d0\",\"SizeRw\":5,\"Created\":1795240000},"
	"{\"Id\":\"c0ffee000002\",\"Names\":[\"/runs\"],\"State\":\"running\","
	"\"ImageID\":\"sha256:00e1\",\"Created\":1795240000}],"
	"\"BuildCache\":[{\"ID\":\"rec1\",\"Parent\":\"\",\"Type\":\"regular\",\"Description\":\"a\","
	"\"InUse\":false,\"Shared\":false,\"Size\":10,\"LastUsedAt\":\"2026-11-20T10:00:00Z\"},"
	"{\"ID\":\"rec2\",\"Parent\":\"rec1\",\"Type\":\"regular\",\"InUse\":false,\"Size\":20,"
	"\"LastUsedAt\":\"2026-11-21T09:00:00.5+00:00\"},"
	"{\"ID\":\"rec3\",\"Parent\":\"rec1\",\"Type\":\"regular\",\"InUse\":false,\"Size\":40,"
	"\"LastUsedAt\":\"2026-11-19T09:00:00Z\"},"
	"{\"ID\":\"rec4\",\"Type\":\"internal\",\"Size\":80,\"CreatedAt\":\"2026-11-01T09:00:00Z\"},"
	"{\"ID\":\"rec5\",\"Type\":\"regular\",\"Shared\":true,\"Size\":7},"
	"{\"ID\":\"rec6\",\"Type\":\"regular\",\"InUse\":true,\"Size\":3}],"
	"\"Volumes\":[{\"Name\":\"precious\",\"Driver\":\"local\",\"UsageData\":{\"Size\":9,"
	"\"RefCount\":0}},{\"Name\":\"held\",\"UsageData\":{\"Size\":9,\"RefCount\":1}}]}";

static struct usage usage_of(struct scratch *s)
{
	struct usage u;
	if (!usage_read_images(s->arena, STR(images), STR(df), &u, &s->err) ||
	    !usage_read_df(s->arena, STR(df), &u, &s->err))
		fail_msg("%s", s->err.text);
	return u;
}

/* Ids of what goes, in order, then what was named and stays. */
static const char *usage_choice_of(struct scratch *s, const struct usage *u,
                                   struct usage_wish wish)
{
	owned_buf struct buf out = { 0 };
	struct usage_choice c;
	wish.now = wish.now > 0 ? wish.now : NOW;
	if (!usage_choose(s->arena, u, &wish, &c, &s->err))
		return s->err.text;
	for (size_t i = 0; i < c.n; i++) {
		buf_printf(&out, "%s%s", i ? " " : "", u->items[c.goes[i]].id);
		assert_true(c.is_going[c.goes[i]]);
	}
	for (size_t i = 0; i < c.nkept; i++)
		buf_printf(&out, "; %s: %s", u->items[c.kept[i].item].id, c.kept[i].why);
	return arena_text(s->arena, buf_str(&out));
}

#define CHOICE(wanted, ...) assert_string_equal(usage_choice_of(s, &u, \
	(struct usage_wish){ __VA_ARGS__ }), wanted)
#define KIND(k) (1u << USAGE_##k)

static void test_usage__reads_what_dockerd_tells(void **state)
{
	struct scratch *s = *state;
	struct usage u = usage_of(s);
	assert_int_equal(u.n, 15);
	assert_true(u.has_total && u.total == 280 && u.holds_layers);
	assert_string_equal(u.items[1].state, "dangling");
	assert_string_equal(u.items[2].state, "intermediate");
	assert_string_equal(u.items[3].name, "svc:1");
	assert_true(u.items[3].in_use && u.items[3].has_shared && u.items[3].shared == 100);
	assert_false(u.items[2].has_shared);
	assert_string_equal(u.items[5].name, "over");
	assert_true(!u.items[5].in_use && u.items[6].in_use);
	assert_true(u.items[8].used == NOW - 3600 + 0.5);
	assert_true(u.items[13].by_name && !u.items[13].in_use && u.items[14].in_use);
}

static void test_usage__by_default_only_what_nobody_needs_goes(void **state)
{
	struct scratch *s = *state;
	struct usage u = usage_of(s);
	/* The image that only a container has which stays is kept by it. */
	CHOICE("", .kinds = KIND(IMAGE));
	CHOICE("c0ffee000001", .kinds = KIND(CONTAINER));
	CHOICE("c0ffee000001 sha256:01d0 sha256:1d1e", .kinds = KIND(CONTAINER) | KIND(IMAGE));
	/* Children before parents; neither internal nor shared nor in use. */
	CHOICE("rec2 rec3 rec1", .kinds = KIND(CACHE));
	CHOICE("rec2 rec3 rec4 rec5 rec1", .kinds = KIND(CACHE), .all = true);
	CHOICE("sha256:0000e2", .kinds = KIND(IMAGE), .all = true);
	/* Never volumes, whatever is asked. */
	CHOICE("", .kinds = KIND(VOLUME), .all = true);
}

static void test_usage__age_size_and_filters(void **state)
{
	struct scratch *s = *state;
	struct usage u = usage_of(s);
	/* rec1 stays as long as rec2 does. */
	CHOICE("rec3", .kinds = KIND(CACHE), .older = 86400);
	CHOICE("rec3", .kinds = KIND(CACHE), .has_keep = true, .keep = 113);
	CHOICE("rec2 rec3 rec1", .kinds = KIND(CACHE), .has_keep = true, .keep = 112);
	CHOICE("", .kinds = KIND(CACHE), .has_keep = true, .keep = 153);
	CHOICE("rec2 rec3 rec1", .kinds = KIND(CACHE), .has_keep = true, .keep = 0);
	struct usage_filter f[2];
	assert_true(usage_filter_parse(STR("label=who=me"), &f[0], &s->err));
	CHOICE("c0ffee000001", .kinds = KIND(CONTAINER), .filters = f, .nfilters = 0);
	CHOICE("", .kinds = KIND(CONTAINER), .filters = f, .nfilters = 1);
	assert_true(usage_filter_parse(STR("name!=o*"), &f[1], &s->err));
	CHOICE("", .kinds = KIND(CONTAINER), .filters = f + 1, .nfilters = 1);
	assert_true(usage_filter_parse(STR("type=internal"), &f[1], &s->err));
	CHOICE("rec4", .kinds = KIND(CACHE), .all = true, .filters = f + 1, .nfilters = 1);
	static const char *const bad[] = { "", "label", "label=", "color=red", "=x", "name!" };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_false(usage_filter_parse(str_of(bad[i]), f, &s->err));
		assert_int_equal(s->err.code, ERROR_USAGE);
	}
}

static void test_usage__a_build_that_runs_keeps_what_is_new(void **state)
{
	struct scratch *s = *state;
	struct usage u = usage_of(s);
	CHOICE("c0ffee000001", .kinds = KIND(CONTAINER) | KIND(IMAGE), .busy_since = 1795210000);
	CHOICE("", .kinds = KIND(IMAGE), .all = true, .busy_since = 1795255180);
}

static const char *usage_named(struct scratch *s, const struct usage *u, const char *name)
{
	return usage_choice_of(s, u, (struct usage_wish){ .names = &name, .nnames = 1 });
}

static void test_usage__things_by_name(void **state)
{
	struct scratch *s = *state;
	struct usage u = usage_of(s);
	assert_string_equal(usage_named(s, &u, "lone"), "sha256:0000e2");
	assert_string_equal(usage_named(s, &u, "image:lone:latest"), "sha256:0000e2");
	assert_string_equal(usage_named(s, &u, "0000e2"), "sha256:0000e2");
	assert_string_equal(usage_named(s, &u, "over"), "c0ffee000001");
	assert_string_equal(usage_named(s, &u, "cache:rec3"), "rec3");
	assert_string_equal(usage_named(s, &u, "volume:precious"), "precious");
	/* What cannot go says why. */
	assert_string_equal(usage_named(s, &u, "cache:rec1"), "; rec1: cache rec2 stands on it");
	assert_string_equal(usage_named(s, &u, "cache:rec6"), "; rec6: it is in use");
	assert_string_equal(usage_named(s, &u, "runs"), "; c0ffee000002: it runs");
	assert_string_equal(usage_named(s, &u, "volume:held"), "; held: a container has it");
	assert_string_equal(usage_named(s, &u, "image:sha256:01d0"),
	                    "; sha256:01d0: container over (exited) has it");
	/* A name that is not the only one, two things at once, nothing at all. */
	assert_non_null(strstr(usage_named(s, &u, "svc"), "is also svc:1: name it by its id"));
	assert_non_null(strstr(usage_named(s, &u, "c0ffee00000"), "several things"));
	assert_non_null(strstr(usage_named(s, &u, "precious"), "a volume is named volume:NAME"));
	assert_int_equal(s->err.code, ERROR_MISSING);
}

/* ---- sizes ---- */

static void usage_layers(struct scratch *s, struct usage *u, struct usage_chains *c, size_t at,
                         const char *list)
{
	const char *json = arena_printf(s->arena, "{\"RootFS\":{\"Layers\":[%s]}}", list);
	assert_true(usage_read_layers(s->arena, str_of(json), u, c, at, &s->err));
}

static struct usage_sum usage_sum_of(struct scratch *s, const struct usage *u, const char *ids)
{
	bool *going = arena_array(s->arena, u->n + 1, sizeof *going);
	for (size_t i = 0; i < u->n; i++)
		going[i] = strstr(ids, u->items[i].id) != NULL;
	return usage_weigh(u, going, USAGE_KINDS);
}

#define SUM(ids, low, high) do { struct usage_sum sum = usage_sum_of(s, &u, ids); \
	assert_int_equal(sum.least, low); assert_int_equal(sum.most, high); } while (0)

static void test_usage__what_is_shared_counts_once(void **state)
{
	struct scratch *s = *state;
	struct usage u = usage_of(s);
	struct usage_chains chains = { 0 };
	u.items[11].shared = 0;         /* no record of the cache holds a layer */
	usage_layers(s, &u, &chains, 0, "\"sha256:b\"");
	usage_layers(s, &u, &chains, 1, "\"sha256:b\",\"sha256:o\",\"sha256:o2\"");
	usage_layers(s, &u, &chains, 2, "\"sha256:b\",\"sha256:o\"");
	usage_layers(s, &u, &chains, 3, "\"sha256:b\",\"sha256:n\"");
	usage_layers(s, &u, &chains, 4, "\"sha256:l\"");
	usage_chains_finish(&chains);
	usage_sum_layers(&u);
	assert_int_equal(u.nlayers, 5);
	SUM("sha256:01d0", 30, 30);
	SUM("sha256:01d0 sha256:1d1e", 60, 60);
	SUM("sha256:00e1", 50, 50);
	SUM("sha256:ba5e", 0, 0);
	SUM("sha256:01d0 sha256:1d1e sha256:00e1 sha256:ba5e", 210, 210);
	SUM("sha256:0000e2 rec1 c0ffee000001", 85, 85);
	/* What the cache may hold is not sure to be free. */
	u.items[11].shared = 7;
	SUM("sha256:01d0", 23, 30);
}

static void test_usage__without_layers_it_is_a_range(void **state)
{
	struct scratch *s = *state;
	struct usage u = usage_of(s);
	SUM("sha256:01d0", 60, 160);
	SUM("sha256:1d1e", 0, 130);
	SUM("sha256:01d0 sha256:1d1e rec3", 100, 330);
}

/* ---- others ---- */

static void test_usage__reads_podman_and_buildah(void **state)
{
	struct scratch *s = *state;
	struct usage u;
	/* podman: ids without sha256: in /system/df, no labels, null lists. */
	struct str list = STR("[{\"Id\":\"sha256:aa\",\"ParentId\":\"\",\"RepoTags\":"
		"[\"localhost/x:1\"],\"Size\":5},{\"Id\":\"sha256:bb\",\"ParentId\":\"aa\","
		"\"RepoTags\":null,\"Size\":6}]");
	struct str told = STR("{\"LayersSize\":0,\"Images\":[{\"Id\":\"bb\",\"SharedSize\":5}],"
		"\"Containers\":null,\"Volumes\":[],\"BuildCache\":[],\"BuilderSize\":0}");
	assert_true(usage_read_images(s->arena, list, told, &u, &s->err));
	assert_true(usage_read_df(s->arena, told, &u, &s->err));
	assert_true(u.n == 2 && !u.has_total && !u.has[USAGE_CACHE]);
	assert_true(u.items[1].has_shared && u.items[1].shared == 5);
	assert_string_equal(usage_named(s, &u, "x:1"), "; sha256:aa: image sha256:bb stands on it");
	CHOICE("sha256:bb", .kinds = KIND(IMAGE));
	assert_true(usage_read_buildah(s->arena,
		STR("[{\"id\":\"aa\",\"names\":[\"localhost/x:1\"],\"size\":\"2.13 MB\",\"created\":5},"
		    "{\"id\":\"bb\",\"names\":null,\"size\":\"147 MB\"},{\"id\":\"cc\",\"names\":null}]"),
		STR("[{\"id\":\"bb\"}]"),
		STR("[{\"id\":\"w1\",\"imageid\":\"aa0123\",\"containername\":\"x-working\"}]"), &u,
		&s->err));
	assert_true(u.is_rounded && u.items[0].size == 2130000 && u.items[0].in_use);
	assert_string_equal(u.items[2].state, "intermediate");
	/* Working containers and what others stand on go by name alone. */
	CHOICE("bb", .kinds = KIND(IMAGE) | KIND(CONTAINER), .all = true);
	assert_string_equal(usage_named(s, &u, "container:x-working"), "w1");
}

static void test_usage__hostile_answers(void **state)
{
	struct scratch *s = *state;
	struct usage u;
	static const char *const texts[] = { "", "{", "7", "{\"a\"", "[1,", "{} {}" };
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		assert_false(usage_read_images(s->arena, str_of(texts[i]), (struct str){ 0 }, &u, &s->err));
	/* Parents in a circle are in nobody's order, and nothing hangs. */
	assert_true(usage_read_images(s->arena, STR("[7,{\"Id\":3},"
		"{\"Id\":\"a\",\"ParentId\":\"b\",\"RepoTags\":{}},{\"Id\":\"b\",\"ParentId\":\"a\"},"
		"{\"Id\":\"c\",\"ParentId\":\"c\",\"Size\":-4}]"), (struct str){ 0 }, &u, &s->err));
	CHOICE("", .kinds = KIND(IMAGE), .all = true);
	assert_true(usage_read_df(s->arena, STR("{\"BuildCache\":7,\"Containers\":\"x\"}"), &u,
	                          &s->err));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_usage__reads_what_dockerd_tells),
		SCRATCH_TEST(test_usage__by_default_only_what_nobody_needs_goes),
		SCRATCH_TEST(test_usage__age_size_and_filters),
		SCRATCH_TEST(test_usage__a_build_that_runs_keeps_what_is_new),
		SCRATCH_TEST(test_usage__things_by_name),
		SCRATCH_TEST(test_usage__what_is_shared_counts_once),
		SCRATCH_TEST(test_usage__without_layers_it_is_a_range),
		SCRATCH_TEST(test_usage__reads_podman_and_buildah),
		SCRATCH_TEST(test_usage__hostile_answers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
