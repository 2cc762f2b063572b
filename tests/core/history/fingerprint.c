#include "core/history/fingerprint.h"

#include "tests/core/os/scratch.h"

static const struct pair print_args[] = { { STR("A"), STR("one \"two\"\n") },
                                          { STR("B"), STR("") } };
static const struct pair print_sources[] = { { STR("builder:/out"), STR("00ff") } };
static const uint32_t print_files[] = { 0, 1, 3 };

static struct fingerprints print_some(void)
{
	static const struct fingerprint_base bases[] = { { STR("busybox:1"), STR("sha256:ab") } };
	static const struct fingerprint_file files[] = {
		{ STR("a"), STR("11"), S_IFREG | 0644, 3 }, { STR("a/\xff\x01"), STR("22"), S_IFREG, 0 },
		{ STR("b"), STR(""), S_IFDIR | 0755, 0 },
		{ STR("c"), STR("33"), S_IFLNK | 0777, 1ull << 40 },
	};
	static const struct fingerprint_step steps[] = {
		{ .step = 2, .instruction = 0, .key = STR("0123"), .text = STR("FROM busybox:1") },
		{ .step = 4, .instruction = 2, .key = STR("4567"), .parent = STR("0123"),
		  .text = STR("COPY --from=builder /out a /x"), .args = print_args, .nargs = 2,
		  .files = print_files, .nfiles = 3, .sources = print_sources, .nsources = 1 },
	};
	return (struct fingerprints){
		.engine = STR("buildkit"), .daemon = STR("ABCD:EFGH"), .bases = bases, .nbases = 1,
		.files = files, .nfiles = 4, .steps = steps, .nsteps = 2,
	};
}

static void test_fingerprint__comes_back_as_it_was_written(void **state)
{
	struct scratch *s = *state;
	struct fingerprints f = print_some(), back;
	owned_buf struct buf text = { 0 }, again = { 0 };
	fingerprints_write(&text, &f);
	assert_true(fingerprints_parse(s->arena, buf_str(&text), &back, &s->err));
	fingerprints_write(&again, &back);
	assert_string_equal(buf_text(&again), buf_text(&text));
	assert_int_equal(back.nsteps, 2);
	assert_int_equal(back.nfiles, 4);
	const struct fingerprint_step *step = fingerprints_find(&back, 4);
	assert_non_null(step);
	assert_int_equal(step->nfiles, 3);
	assert_int_equal(step->files[2], 3);
	assert_true(str_eq(step->args[0].value, print_args[0].value));
	assert_true(str_eq(back.files[1].path, STR("a/\xff\x01")));
	assert_true(back.files[3].size == 1ull << 40);
	assert_null(fingerprints_find(&back, 3));
}

static void test_fingerprint__is_read_from_a_folder(void **state)
{
	struct scratch *s = *state;
	struct fingerprints f = print_some(), back;
	owned_buf struct buf text = { 0 };
	assert_false(fingerprints_read(s->arena, s->dir, &back, &s->err));
	assert_int_equal(s->err.code, ERROR_MISSING);
	fingerprints_write(&text, &f);
	scratch_write(s, "fingerprints", buf_text(&text));
	assert_true(fingerprints_read(s->arena, s->dir, &back, &s->err));
	assert_true(str_eq(back.daemon, STR("ABCD:EFGH")));
}

#define HEAD(steps, files) "{\"format\":1,\"engine\":\"x\",\"daemon\":\"\",\"bases\":[]," \
	"\"steps\":" #steps ",\"files\":" #files "}\n"
#define STEP(files) "{\"step\":0,\"instruction\":0,\"key\":\"\",\"parent\":\"\",\"text\":\"\"," \
	"\"args\":[],\"files\":" files ",\"sources\":[]}\n"

static void test_fingerprint__refuses_what_is_none(void **state)
{
	static const char *const broken[] = {
		"", "[]\n", "{\"format\":2}\n", HEAD(1, 0), HEAD(0, 1), HEAD(100001, 0),
		HEAD(0, 4294967296),
		HEAD(100000, 0), HEAD(0, 1) "[\"a\",\"b\",1]\n", HEAD(0, 1) "[\"a\",\"b\",-1,0]\n",
		HEAD(1, 0) STEP("[[0,0]]"), HEAD(1, 1) STEP("[[0,1]]") "[\"a\",\"b\",1,1]\n",
		HEAD(1, 2) STEP("[[1,0]]") "[\"a\",\"b\",1,1]\n[\"b\",\"b\",1,1]\n",
		HEAD(1, 1) STEP("[[0]]") "[\"a\",\"b\",1,1]\n",
		HEAD(0, 1) "[{\"bytes\":\"\\u0100\"},\"b\",1,1]\n",
		HEAD(1, 0) "{\"step\":2147483648,\"instruction\":0}\n",
	};
	struct scratch *s = *state;
	struct fingerprints back;
	for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
		s->err = (struct error){ 0 };
		assert_false(fingerprints_parse(s->arena, str_of(broken[i]), &back, &s->err));
		assert_int_equal(s->err.code, ERROR_SYNTAX);
		assert_non_null(strstr(s->err.text, "fingerprints, line "));
	}
}

/* Few bytes that stand for many files are no way to take the memory. */
static void test_fingerprint__bounds_what_runs_of_files_stand_for(void **state)
{
	struct scratch *s = *state;
	struct fingerprints back;
	owned_buf struct buf text = { 0 };
	size_t nfiles = 20000, nsteps = 4000;
	buf_printf(&text, "{\"format\":1,\"engine\":\"x\",\"daemon\":\"\",\"bases\":[],\"steps\":%zu,"
	           "\"files\":%zu}\n", nsteps, nfiles);
	for (size_t i = 0; i < nsteps; i++)
		buf_append_text(&text, STEP("[[0,19999]]"));
	for (size_t i = 0; i < nfiles; i++)
		buf_append_text(&text, "[\"a\",\"b\",1,1]\n");
	assert_false(fingerprints_parse(s->arena, buf_str(&text), &back, &s->err));
	assert_non_null(strstr(s->err.text, "too long"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_fingerprint__comes_back_as_it_was_written,
		                                scratch_setup, scratch_teardown),
		cmocka_unit_test_setup_teardown(test_fingerprint__is_read_from_a_folder, scratch_setup,
		                                scratch_teardown),
		cmocka_unit_test_setup_teardown(test_fingerprint__refuses_what_is_none, scratch_setup,
		                                scratch_teardown),
		cmocka_unit_test_setup_teardown(test_fingerprint__bounds_what_runs_of_files_stand_for,
		                                scratch_setup, scratch_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
