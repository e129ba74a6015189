#include "common/base/arena.h"
#include "common/base/buf.h"
#include "common/base/clock.h"
#include "common/base/config.h"
#include "common/base/random.h"
#include "common/base/reference.h"
#include "common/base/split.h"
#include "common/base/text.h"
#include "common/base/uuid.h"
#include "common/base/zone.h"
#include "tests/unit/suites.h"
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct arena *arena;

static void set_up(void)
{
	arena = arena_new();
}

static void tear_down(void)
{
	arena_free(arena);
}

START_TEST(arena_gives_zeroed_aligned_memory)
{
	for (size_t size = 0; size < 100000; size = size * 3 + 1) {
		unsigned char *p = arena_alloc(arena, size);

		ck_assert_uint_eq((uintptr_t)p % 16, 0);
		for (size_t i = 0; i < size; i++)
			ck_assert_uint_eq(p[i], 0);
		memset(p, 0xff, size);
	}
	arena_reset(arena);
	ck_assert_uint_eq(*(unsigned char *)arena_alloc(arena, 1), 0);
}
END_TEST

static char deferred[8];

static void note(void *object)
{
	strncat(deferred, object, 1);
}

START_TEST(arena_runs_what_was_deferred_in_reverse)
{
	static char one[] = "1", two[] = "2";

	arena_defer(arena, note, one);
	arena_defer(arena, note, two);
	arena_reset(arena);
	ck_assert_str_eq(deferred, "21");
}
END_TEST

START_TEST(buf_grows)
{
	struct buf b = BUF(arena);

	ck_assert_str_eq(buf_text(&b), "");
	for (int i = 0; i < 1000; i++)
		buf_printf(&b, "%03d,", i);
	ck_assert_uint_eq(b.len, 4000);
	ck_assert_str_eq(b.bytes + 3996, "999,");
}
END_TEST

static const struct {
	const char *bytes;
	size_t len;
	bool good;
} utf8[] = {
    {"", 0, true},
    {"plain", 5, true},
    {"\xc3\xa9", 2, true},
    {"\xe2\x82\xac", 3, true},
    {"\xf0\x9f\x8e\xab", 4, true},
    {"\0", 1, false},
    {"a\0b", 3, false},
    {"\xc0\xaf", 2, false},         /* overlong */
    {"\xe0\x80\xaf", 3, false},     /* overlong */
    {"\xed\xa0\x80", 3, false},     /* surrogate */
    {"\xf4\x90\x80\x80", 4, false}, /* above U+10FFFF */
    {"\xc3", 1, false},             /* cut */
    {"\x80", 1, false},
    {"\xff", 1, false},
};

START_TEST(utf8_is_told_from_what_is_not)
{
	ck_assert_int_eq(text_is_utf8(utf8[_i].bytes, utf8[_i].len), utf8[_i].good);
}
END_TEST

START_TEST(base64url_round_trips_and_is_strict)
{
	uint8_t bytes[64], *back;
	size_t len;

	for (size_t n = 0; n < sizeof bytes; n++) {
		char *text;

		for (size_t i = 0; i < n; i++)
			bytes[i] = (uint8_t)(i * 37 + n);
		text = text_base64url(arena, bytes, n);
		ck_assert_uint_eq(strlen(text), (n * 4 + 2) / 3);
		ck_assert_int_eq(text_unbase64url(arena, text, strlen(text), &back, &len), OK);
		ck_assert_uint_eq(len, n);
		ck_assert_mem_eq(back, bytes, n);
	}
	ck_assert_str_eq(text_base64url(arena, "\xfb\xff", 2), "-_8");
	ck_assert_int_eq(text_unbase64url(arena, "-_9", 3, &back, &len), ERR_MALFORMED); /* unused bits set */
	ck_assert_int_eq(text_unbase64url(arena, "-_8=", 4, &back, &len), ERR_MALFORMED);
	ck_assert_int_eq(text_unbase64url(arena, "a", 1, &back, &len), ERR_MALFORMED);
	ck_assert_int_eq(text_unbase64url(arena, "a+b/", 4, &back, &len), ERR_MALFORMED);
	ck_assert_int_eq(text_unbase64url(arena, "-_8 ", 4, &back, &len), ERR_MALFORMED);
	ck_assert_int_eq(text_unbase64url(arena, "-_\n8", 4, &back, &len), ERR_MALFORMED);
	ck_assert_int_eq(text_unbase64url(arena, "AA\0A", 4, &back, &len), ERR_MALFORMED);
	ck_assert_int_eq(text_unbase64url(arena, "AAAAA", 5, &back, &len),
			 ERR_MALFORMED); /* a single character has only six bits */
	ck_assert_int_eq(text_unbase64url(arena, "AB", 2, &back, &len), ERR_MALFORMED);
	ck_assert_int_eq(text_unbase64url(arena, "\xc3\xa4", 2, &back, &len), ERR_MALFORMED);
	ck_assert_int_eq(text_unbase64url(arena, "AQ????", 2, &back, &len), OK); /* only len counts */
	ck_assert_uint_eq(len, 1);
	ck_assert_uint_eq(back[0], 1);
}
END_TEST

/* RFC 4648 section 10 */
START_TEST(base64_is_padded)
{
	ck_assert_str_eq(text_base64(arena, "", 0), "");
	ck_assert_str_eq(text_base64(arena, "f", 1), "Zg==");
	ck_assert_str_eq(text_base64(arena, "fo", 2), "Zm8=");
	ck_assert_str_eq(text_base64(arena, "foobar", 6), "Zm9vYmFy");
	ck_assert_str_eq(text_base64(arena, "\xfb\xff", 2), "+/8=");
}
END_TEST

START_TEST(hexadecimal_is_exact)
{
	const uint8_t bytes[] = {0x00, 0x9f, 0xf0};
	uint8_t back[] = {1, 2, 3};
	char text[7];

	text_hex(bytes, sizeof bytes, text);
	ck_assert_str_eq(text, "009ff0");
	text_hex(bytes, 0, text);
	ck_assert_str_eq(text, "");
	ck_assert_int_eq(text_unhex("009ff", back, 3), ERR_MALFORMED);
	ck_assert_int_eq(text_unhex("009ff0a", back, 3), ERR_MALFORMED);
	ck_assert_int_eq(text_unhex("009ff0ab", back, 3), ERR_MALFORMED);
	ck_assert_int_eq(text_unhex("009fg0", back, 3), ERR_MALFORMED);
	ck_assert_int_eq(text_unhex("00 9ff0", back, 3), ERR_MALFORMED);
	ck_assert_int_eq(text_unhex("", back, 3), ERR_MALFORMED);
	ck_assert_uint_eq(back[0], 1); /* not touched */
	ck_assert_int_eq(text_unhex("009FF0", back, 3), OK);
	ck_assert_mem_eq(back, bytes, 3);
	ck_assert_int_eq(text_unhex("", back, 0), OK);
	ck_assert_int_eq(text_hex_byte("0a"), 10);
	ck_assert_int_eq(text_hex_byte("Ffx"), 255);
	ck_assert_int_eq(text_hex_byte("f"), -1);
	ck_assert_int_eq(text_hex_byte("g0"), -1);
	ck_assert_int_eq(text_hex_byte("0g"), -1);
	ck_assert_int_eq(text_hex_byte(" 1"), -1);
	ck_assert_int_eq(text_hex_byte("+1"), -1);
}
END_TEST

START_TEST(random_numbers_reach_every_value_below_the_bound)
{
	unsigned seen[3] = {0};

	ck_assert_uint_eq(random_below(0), 0);
	ck_assert_uint_eq(random_below(1), 0);
	for (int i = 0; i < 3000; i++) {
		uint32_t n = random_below(3);

		ck_assert_uint_lt(n, 3);
		seen[n]++;
	}
	for (int i = 0; i < 3; i++)
		ck_assert_uint_gt(seen[i], 700);
}
END_TEST

START_TEST(secrets_are_compared_whole)
{
	ck_assert(text_same_secret("abc", "abc", 3));
	ck_assert(!text_same_secret("abc", "abd", 3));
	ck_assert(!text_same_secret("xbc", "abc", 3));
	ck_assert(text_same_secret("abc", "abd", 2));
	ck_assert(text_same_secret("a", "b", 0));
	ck_assert(!text_same_secret("a\0b", "a\0c", 3));
}
END_TEST

START_TEST(numbers_are_whole_and_bounded)
{
	static const char *const bad[] = {
	    "", "-1", "+1", " 1", "1 ", "01", "1e3", "1.0", "101", "99999999999999999999", "a"};
	int64_t n = -1;

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		ck_assert_int_eq(text_number(bad[i], 100, &n), ERR_MALFORMED);
	ck_assert_int_eq(n, -1);
	ck_assert_int_eq(text_number("0", 100, &n), OK);
	ck_assert_int_eq(text_number("100", 100, &n), OK);
	ck_assert_int_eq(n, 100);
	ck_assert_int_eq(text_number("9223372036854775807", INT64_MAX, &n), OK);
	ck_assert_int_eq(n, INT64_MAX);
	/* a bound of one digit is valid */
	ck_assert_int_eq(text_number("5", 5, &n), OK);
	ck_assert_int_eq(text_number("6", 5, &n), ERR_MALFORMED);
	ck_assert_int_eq(text_number("9", 5, &n), ERR_MALFORMED);
	ck_assert_int_eq(text_number("1", 0, &n), ERR_MALFORMED);
}
END_TEST

START_TEST(text_is_trimmed_and_camelled)
{
	char name[32];

	ck_assert_str_eq(text_trim(arena, " \t a b \xc2\xa0\n"), "a b");
	ck_assert_str_eq(text_trim(arena, "  "), "");
	ck_assert_str_eq(text_trim(arena, ""), "");
	text_camel("ticket_revision", name);
	ck_assert_str_eq(name, "ticketRevision");
}
END_TEST

START_TEST(uuids_are_of_version_7_and_parse_back)
{
	uint8_t id[16], back[16];
	char text[UUID_TEXT];
	int64_t before = clock_now();

	uuid_new(id);
	uuid_print(id, text);
	ck_assert_int_eq(text[14], '7');
	ck_assert_int_eq(uuid_parse(text, back), OK);
	ck_assert_mem_eq(id, back, 16);
	ck_assert_int_ge(uuid_time(id), before - 1000);
	ck_assert_int_le(uuid_time(id), clock_now());
}
END_TEST

START_TEST(references_are_read_as_people_write_them)
{
	static const uint8_t id[UUID_BYTES] = {[11] = 0xff, [12] = 0xff, [15] = 0x21};
	static const char *const ways[] = {"ZG0-011", "zgo-oil", "ZG0011", " zg0 0 1 1", "ZGo-o1L"};
	static const char *const bad[] = {"", "ZG0-01", "ZG0-0111", "ZG0-01U", "ZG0_011", "ZG0-01\xc3\xa4"};
	int64_t read;

	ck_assert_str_eq(reference_print(arena, reference_of(id)), "ZG0-011");
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		ck_assert_int_eq(reference_parse(ways[i], &read), OK);
		ck_assert_int_eq(read, reference_of(id));
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		ck_assert_int_eq(reference_parse(bad[i], &read), ERR_MALFORMED);
}
END_TEST

START_TEST(malformed_uuids_are_refused)
{
	static const char *const bad[] = {"",
					  "0199a1b2",
					  "00000000-0000-0000-0000-000000000000",
					  "0199a1b2c3d47e5f8a9b0c1d2e3f4a5b",
					  "0199a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5",
					  "0199a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5g",
					  "0199a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5bb",
					  "0199a1b2-c3d4-7e5f-8a9b_0c1d2e3f4a5b"};
	uint8_t id[16];

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		ck_assert_int_eq(uuid_parse(bad[i], id), ERR_MALFORMED);
}
END_TEST

START_TEST(zones_know_summer_time)
{
	struct wall w = {2026, 7, 1, 19, 30, 0, 0, ""}, back;
	int64_t t;

	ck_assert(zone_is_known("Europe/London"));
	ck_assert(!zone_is_known("Europe/Nowhere"));
	ck_assert(!zone_is_known(""));
	ck_assert_int_eq(zone_time(&w, "Europe/London", &t), OK);
	ck_assert_int_eq(zone_wall(t, "UTC", &back), OK);
	ck_assert_int_eq(back.hour, 18);
	ck_assert_int_eq(zone_wall(t, "Europe/London", &back), OK);
	ck_assert_int_eq(back.hour, 19);
	ck_assert_str_eq(back.zone, "BST");
	w.day = 31, w.month = 2;
	ck_assert_int_eq(zone_time(&w, "UTC", &t), ERR_INVALID);
}
END_TEST

START_TEST(clock_is_moved_by_a_file)
{
	char path[] = "/tmp/stagedoor-clock-XXXXXX";
	int fd = mkstemp(path);
	int64_t hour = 3600 * SECOND, real = clock_now();

	ck_assert_int_eq(write(fd, &hour, sizeof hour), (ssize_t)sizeof hour);
	ck_assert_int_eq(clock_follow(path), OK);
	ck_assert_int_ge(clock_now(), real + hour);
	ck_assert_int_lt(clock_now(), real + hour + 10 * SECOND);
	close(fd);
	unlink(path);
}
END_TEST

static const struct {
	const char *environment[4];
	const char *problem;
} settings[] = {
    {{"STAGEDOOR_SERVICE=orders", "STAGEDOOR_NONSENSE=1", NULL}, "unknown setting STAGEDOOR_NONSENSE"},
    {{"STAGEDOOR_LOG_LEVEL=info", NULL}, "missing setting STAGEDOOR_SERVICE"},
    {{"STAGEDOOR_SERVICE=orders", "STAGEDOOR_READY_FD=three", NULL},
     "setting STAGEDOOR_READY_FD must be a whole number"},
};

START_TEST(settings_name_what_is_wrong)
{
	struct config c;
	const char *problem = NULL;

	ck_assert_int_eq(
	    config_load(arena, (char **)(uintptr_t)settings[_i].environment, CONFIG_CORE, &c, &problem),
	    ERR_INVALID);
	ck_assert_ptr_nonnull(strstr(problem, settings[_i].problem));
}
END_TEST

START_TEST(settings_are_read)
{
	const char *environment[] = {"PATH=/bin", "STAGEDOOR_SERVICE=orders", "STAGEDOOR_HOLD_SECONDS=7",
				     NULL};
	struct config c;
	const char *problem = NULL;

	ck_assert_int_eq(
	    config_load(arena, (char **)(uintptr_t)environment, CONFIG_CORE | CONFIG_HOLD, &c, &problem), OK);
	ck_assert_str_eq(c.service, "orders");
	ck_assert_int_eq(c.hold_seconds, 7);
}
END_TEST

static const struct {
	const char *text, *words;
} splits[] = {
    {"", ""},
    {" -- ! ", ""},
    {"Winter Strings", "Winter|Strings"},
    {"AC/DC: (live) v2.0", "AC|DC|live|v2|0"},
    {"Rock'n'Roll, don\xe2\x80\x99t", "Rock|n|Roll|don|t"},
    {"Tom\xc3\xa1s_Toma\xcc\x81s", "Tom\xc3\xa1s|Toma\xcc\x81s"},
    {"\xe6\x9d\xb1\xe4\xba\xac\xe3\x80\x81\xe6\x9d\xb1", "\xe6\x9d\xb1\xe4\xba\xac|\xe6\x9d\xb1"},
    {"\xf0\x9f\x8e\xbb"
     "a\xf0\x9f\x8e\xbb",
     "a"},
    {"x\xe2\x85\xa3 \xd9\xa3", "x\xe2\x85\xa3|\xd9\xa3"},
};

START_TEST(words_are_letters_marks_and_digits)
{
	const char *const *words;
	struct buf b = BUF(arena);
	size_t count;

	text_words(arena, splits[_i].text, &words, &count);
	for (size_t i = 0; i < count; i++)
		buf_printf(&b, "%s%s", i == 0 ? "" : "|", words[i]);
	ck_assert_str_eq(buf_text(&b), splits[_i].words);
}
END_TEST

Suite *base_suite(void)
{
	Suite *s = suite_create("base");
	TCase *t = tcase_create("base");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, arena_gives_zeroed_aligned_memory);
	tcase_add_test(t, arena_runs_what_was_deferred_in_reverse);
	tcase_add_test(t, buf_grows);
	tcase_add_loop_test(t, utf8_is_told_from_what_is_not, 0, sizeof utf8 / sizeof *utf8);
	tcase_add_test(t, base64url_round_trips_and_is_strict);
	tcase_add_test(t, base64_is_padded);
	tcase_add_test(t, hexadecimal_is_exact);
	tcase_add_test(t, random_numbers_reach_every_value_below_the_bound);
	tcase_add_test(t, secrets_are_compared_whole);
	tcase_add_test(t, numbers_are_whole_and_bounded);
	tcase_add_test(t, text_is_trimmed_and_camelled);
	tcase_add_loop_test(t, words_are_letters_marks_and_digits, 0, sizeof splits / sizeof *splits);
	tcase_add_test(t, uuids_are_of_version_7_and_parse_back);
	tcase_add_test(t, references_are_read_as_people_write_them);
	tcase_add_test(t, malformed_uuids_are_refused);
	tcase_add_test(t, zones_know_summer_time);
	tcase_add_test(t, clock_is_moved_by_a_file);
	tcase_add_loop_test(t, settings_name_what_is_wrong, 0, sizeof settings / sizeof *settings);
	tcase_add_test(t, settings_are_read);
	suite_add_tcase(s, t);
	return s;
}
