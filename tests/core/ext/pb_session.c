#include "core/ext/pb_session.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static struct str written(struct arena *a, const struct pb_packet *p)
{
	owned_buf struct buf out = { 0 };
	pb_packet_write(&out, p);
	return arena_str(a, buf_str(&out));
}

/* As buildctl 0.24 and dockerd 20.10 were recorded to speak. */
static void test_pb_session__writes_packets_as_they_were_recorded(void **state)
{
	(void)state;
	owned(arena) struct arena *a = arena_new();
	const struct pb_packet stat = { .type = PB_PACKET_STAT, .has_stat = true,
		.stat = { .path = STR("Dockerfile"), .mode = 0644, .size = 62, .mtime_ns = 300 } };
	assert_true(str_eq(written(a, &stat), STR("\x12\x14\x0a\x0a" "Dockerfile\x10\xa4\x03\x28\x3e"
	                                          "\x30\xac\x02")));
	assert_int_equal(written(a, &(struct pb_packet){ .type = PB_PACKET_STAT }).n, 0);
	const struct pb_packet data = { .type = PB_PACKET_DATA, .data = STR("x\0") };
	assert_true(str_eq(written(a, &data), STR("\x08\x02\x22\x02x\0")));
	/* The first file's id is 0, which is left out. */
	assert_true(str_eq(written(a, &(struct pb_packet){ .type = PB_PACKET_DATA }),
	                   STR("\x08\x02")));
	assert_true(str_eq(written(a, &(struct pb_packet){ .type = PB_PACKET_DATA, .id = 300 }),
	                   STR("\x08\x02\x18\xac\x02")));
	assert_true(str_eq(written(a, &(struct pb_packet){ .type = PB_PACKET_FIN }), STR("\x08\x03")));
}

static void test_pb_session__reads_packets(void **state)
{
	(void)state;
	owned(arena) struct arena *a = arena_new();
	struct error err = { 0 };
	struct pb_packet p;
	assert_true(pb_packet_parse(a, STR("\x08\x01"), &p, &err));
	assert_true(p.type == PB_PACKET_REQ && p.id == 0 && !p.has_stat && p.data.n == 0);
	assert_true(pb_packet_parse(a, STR(""), &p, &err));
	assert_true(p.type == PB_PACKET_STAT && !p.has_stat);
	/* A mode with its highest bit, a time before 1970, an xattr and a field of the future. */
	assert_true(pb_packet_parse(a, STR("\x12\x1e\x0a\x01" "a\x10\xed\x83\x80\x80\x08"
		"\x30\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x52\x06\x0a\x01k\x12\x01v\x58\x01"), &p,
		&err));
	assert_true(p.has_stat && p.stat.mode == (PB_MODE_DIR | 0755));
	assert_true(p.stat.mtime_ns == -1 && str_eq(p.stat.path, STR("a")));
	/* A size below nothing is nothing. */
	assert_true(pb_packet_parse(a, STR("\x12\x0b\x28\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
	                            &p, &err));
	assert_true(p.stat.size == 0);
	static const struct str wrong[] = {
		STR("\x08"), STR("\x12\x05" "a"), STR("\xff\xff\xff\xff"), STR("\x0f"),
		STR("\x12\xff\xff\xff\xff\x0f"),
	};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		assert_false(pb_packet_parse(a, wrong[i], &p, &err));
		assert_int_equal(err.code, ERROR_PROTOCOL);
	}
}

static void test_pb_session__what_is_written_is_read(void **state)
{
	(void)state;
	owned(arena) struct arena *a = arena_new();
	owned_buf struct buf out = { 0 };
	struct error err = { 0 };
	struct str one, two;
	pb_credentials_write(&out, STR("user"), STR("pass\0word"));
	assert_true(pb_credentials_parse(a, buf_str(&out), &one, &two, &err));
	assert_true(str_eq(one, STR("user")) && str_eq(two, STR("pass\0word")));
	buf_clear(&out);
	pb_named_write(&out, STR("default"));
	assert_true(pb_named_parse(a, buf_str(&out), &one, &err) && str_eq(one, STR("default")));
	buf_clear(&out);
	pb_bytes_write(&out, STR("\0\xff"));
	assert_true(pb_bytes_parse(a, buf_str(&out), &one, &err) && str_eq(one, STR("\0\xff")));
	buf_clear(&out);
	pb_health_write(&out, 1);
	assert_true(str_eq(buf_str(&out), STR("\x08\x01")));
	assert_false(pb_named_parse(a, STR("\x0a\x05" "a"), &one, &err));
	assert_false(pb_bytes_parse(a, STR("\x0a"), &one, &err));
	assert_false(pb_credentials_parse(a, STR("\x12\x7f"), &one, &two, &err));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pb_session__writes_packets_as_they_were_recorded),
		cmocka_unit_test(test_pb_session__reads_packets),
		cmocka_unit_test(test_pb_session__what_is_written_is_read),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
