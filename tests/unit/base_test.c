/* base: errors, arenas, buffers, clock, seal, token, text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "base/seal.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "base/token.h"

static struct keyring *make_ring(int64_t practice, int64_t epoch)
{
    struct keyring *ring = keyring_new(practice);
    struct err err;

    assert_int_equal(crypt_init(&err), RC_OK);
    for (int use = SEAL_DATA; use < SEAL_USE_COUNT; use++) {
        struct seal_key key = {
            .id = 100 + use + 50 * epoch, .use = (enum seal_use)use, .epoch = epoch, .is_current = true
        };

        memset(key.key.b, use + (int)epoch, sizeof key.key.b);
        keyring_add(ring, &key);
    }
    return ring;
}

static void err_wrap_keeps_cause(void **state)
{
    struct err err;

    (void)state;
    assert_int_equal(err_set(&err, RC_LIMIT, "over %d", 5), RC_LIMIT);
    assert_int_equal(err_wrap(&err, "part %d", 2), RC_LIMIT);
    assert_string_equal(err.msg, "part 2: over 5");
}

static void strbuf_is_whole_or_absent(void **state)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    CLEANUP(strbuf_done) struct strbuf b = STRBUF(8);
    struct err err;
    char *text;

    (void)state;
    strbuf_str(&b, "12345678");
    assert_string_equal(strbuf_peek(&b), "12345678");
    strbuf_char(&b, '9');
    assert_string_equal(strbuf_peek(&b), "");
    assert_int_equal(strbuf_take(&b, mem, &text, &err), RC_LIMIT);
    strbuf_clear(&b);
    strbuf_printf(&b, "%d", 77);
    assert_int_equal(strbuf_take(&b, mem, &text, &err), RC_OK);
    assert_string_equal(text, "77");
}

static void clock_reads_and_writes(void **state)
{
    char stamp[CLOCK_STAMP_SIZE];
    struct err err;
    int64_t ms;

    (void)state;
    assert_int_equal(clock_parse("2026-11-22T02:10:00.123Z", &ms, &err), RC_OK);
    assert_int_equal(ms, INT64_C(1795313400123));
    clock_stamp(ms, stamp);
    assert_string_equal(stamp, "2026-11-22T02:10:00.123Z");
    assert_int_equal(clock_parse("2026-11-22T04:10:00+02:00", &ms, &err), RC_OK);
    assert_int_equal(ms, INT64_C(1795313400000));
    clock_stamp(-1, stamp);
    assert_string_equal(stamp, "1969-12-31T23:59:59.999Z");
    assert_int_equal(clock_parse("yesterday", &ms, &err), RC_INPUT);
    assert_int_equal(clock_parse("2026-13-01T00:00:00Z", &ms, &err), RC_INPUT);
}

static void seal_opens_only_in_its_place(void **state)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    CLEANUP(keyring_free) struct keyring *ring = make_ring(7, 1);
    CLEANUP(keyring_free) struct keyring *other = make_ring(7, 2);
    const struct seal_place place = { 7, 3, 99 };
    unsigned char *sealed;
    char *plain;
    size_t n, m;
    struct err err;

    (void)state;
    seal_value(ring, place, "Maria", 5, mem, &sealed, &n);
    assert_int_equal(n, 5 + SEAL_OVERHEAD);
    assert_int_equal(seal_open(ring, place, sealed, n, mem, &plain, &m, &err), RC_OK);
    assert_string_equal(plain, "Maria");
    assert_int_equal(seal_open(ring, (struct seal_place){ 7, 3, 98 }, sealed, n, mem, &plain, &m, &err), RC_CORRUPT);
    assert_int_equal(seal_open(ring, (struct seal_place){ 7, 4, 99 }, sealed, n, mem, &plain, &m, &err), RC_CORRUPT);
    assert_int_equal(seal_open(ring, (struct seal_place){ 8, 3, 99 }, sealed, n, mem, &plain, &m, &err), RC_CORRUPT);
    assert_int_equal(seal_open(other, place, sealed, n, mem, &plain, &m, &err), RC_NOT_FOUND);
    for (size_t i = 0; i < n; i++) {
        sealed[i] ^= 1;
        assert_int_not_equal(seal_open(ring, place, sealed, n, mem, &plain, &m, &err), RC_OK);
        sealed[i] ^= 1;
    }
}

static void token_round_trip_and_forgery(void **state)
{
    CLEANUP(keyring_free) struct keyring *ring = make_ring(7, 1);
    CLEANUP(keyring_free) struct keyring *other = make_ring(7, 2);
    const struct token t = { TOKEN_ITEM, INT64_MAX, TOKEN_ORDINAL_MAX };
    struct token back;
    char text[TOKEN_SIZE];
    struct err err;

    (void)state;
    token_write(ring, &t, text);
    assert_int_equal(strlen(text), TOKEN_CHARS);
    assert_int_equal(token_read(ring, text, TOKEN_CHARS, &back, &err), RC_OK);
    assert_true(back.purpose == t.purpose && back.row_id == t.row_id && back.ordinal == t.ordinal);
    assert_int_equal(token_read(other, text, TOKEN_CHARS, &back, &err), RC_NOT_FOUND);
    for (int i = 0; i < TOKEN_CHARS; i++) {
        const char was = text[i];

        text[i] = was == 'a' ? 'b' : 'a';
        assert_int_equal(token_read(ring, text, TOKEN_CHARS, &back, &err), RC_NOT_FOUND);
        text[i] = was;
    }
    for (int i = 0; i < TOKEN_CHARS; i++)
        if (text[i] >= 'a')
            text[i] = (char)(text[i] - 32);
    assert_int_equal(token_read(ring, text, TOKEN_CHARS, &back, &err), RC_OK);
    assert_int_equal(token_read(ring, text, TOKEN_CHARS - 1, &back, &err), RC_NOT_FOUND);
}

/* RFC 4231, test case 1 with its key filled up to 32 bytes by the zeros that HMAC fills it with. */
static void a_key_taken_in_before_hashes_the_same(void **state)
{
    static const unsigned char want[CRYPT_MAC_BYTES] = { 0xb0, 0x34, 0x4c, 0x61, 0xd8, 0xdb, 0x38, 0x53,
                                                         0x5c, 0xa8, 0xaf, 0xce, 0xaf, 0x0b, 0xf1, 0x2b,
                                                         0x88, 0x1d, 0xc2, 0x00, 0xc9, 0x83, 0x3d, 0xa7,
                                                         0x26, 0xe9, 0x37, 0x6c, 0x2e, 0x32, 0xcf, 0xf7 };
    const struct crypt_span spans[] = { CRYPT_SPAN("Hi ", 3), CRYPT_SPAN("There", 5) };
    unsigned char mac[CRYPT_MAC_BYTES];
    struct crypt_key key = { { 0 } };
    struct crypt_mac_key taken;

    (void)state;
    memset(key.b, 0x0b, 20);
    crypt_mac(&key, spans, COUNT_OF(spans), mac);
    assert_memory_equal(mac, want, sizeof want);
    crypt_mac_key(&key, &taken);
    for (int i = 0; i < 2; i++) { /* it serves again */
        memset(mac, 0, sizeof mac);
        crypt_mac_under(&taken, spans, COUNT_OF(spans), mac);
        assert_memory_equal(mac, want, sizeof want);
    }
}

static void token_survives_key_rotation(void **state)
{
    CLEANUP(keyring_free) struct keyring *ring = make_ring(7, 1);
    const struct seal_key *old = keyring_current(ring, SEAL_TOKEN);
    CLEANUP(keyring_free) struct keyring *both = make_ring(7, 2);
    struct seal_key copy = *old;
    struct token back;
    char text[TOKEN_SIZE];
    struct err err;

    (void)state;
    token_write(ring, &(struct token){ TOKEN_REPLY, 5, 0 }, text);
    copy.is_current = false;
    keyring_add(both, &copy);
    assert_int_equal(token_read(both, text, TOKEN_CHARS, &back, &err), RC_OK);
    assert_int_equal(back.row_id, 5);
}

#define X63 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

static void text_addresses(void **state)
{
    static const struct {
        const char *in, *want;
    } cases[] = {
        { "Rose@Example.ORG", "rose@example.org" },
        { " rose.m+x@example.org ", "rose.m+x@example.org" },
        { "r@b\xC3\xBC"
          "cher.example",
          "r@xn--bcher-kva.example" },
        { "r@example.org.", NULL },
        { "r@XN--BCHER-KVA.Example", "r@xn--bcher-kva.example" },
        { "r@mx-1.3.Example", "r@mx-1.3.example" },
        { "r@xn--a-ecp.example", NULL },
        { "r@mail..example", NULL },
        { "r@.example.org", NULL },
        { "r@" X63 ".example", "r@" X63 ".example" },
        { "r@x" X63 ".example", NULL },
        { "rose", NULL },
        { "@example.org", NULL },
        { "rose@", NULL },
        { "rose@localhost", NULL },
        { "ro se@example.org", NULL },
        { "rose@example.org>\r\nRCPT TO:<x@y.z", NULL },
        { "ros\xC3\xA9@example.org", NULL },
        { "a@b@example.org", NULL },
        { "\"q q\"@example.org", NULL },
    };
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    struct err err;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char *got = NULL;
        const enum rc rc = text_address(cases[i].in, mem, &got, &err);

        if (cases[i].want) {
            assert_int_equal(rc, RC_OK);
            assert_string_equal(got, cases[i].want);
        } else {
            assert_int_equal(rc, RC_INPUT);
        }
    }
}

static void text_cleans(void **state)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("t");

    (void)state;
    assert_string_equal(text_clean(mem,
                                   "a\r\nb\rc\0d\xFF"
                                   "e\x1b[0m",
                                   14),
                        "a\nb\nc\xEF\xBF\xBD"
                        "d\xEF\xBF\xBD"
                        "e[0m");
    assert_string_equal(text_clean_line(mem, " a\r\nBcc: x \xC2\xA0 y ", 16), "a Bcc: x y");
    assert_string_equal(text_clean_line(mem, "\t\xC3\xA9\xE2\x80\xA8\x7Fz\n", 8), "\xC3\xA9 z");
    assert_string_equal(text_clean(mem, "x\xEE\x80\x80y", 5), "xy");
    assert_string_equal(
        text_visible(mem, "a\r\n\tb\x1b[31m\0c\xC2\x9B\xFF\xE2\x80\xAE\xE2\x80\x8B\xEE\x80\x80\xC3\xA9", 26),
        "a\n\tb\\x1b[31m\\x00c\\x9b\\xff\\u{202e}\\u{200b}\\u{e000}\xC3\xA9");
    assert_string_equal(text_fold_plain(mem, "S\xC3\x8D, Gracias"), "si, gracias");
    assert_string_equal(text_fold(mem, "Cafe\xCC\x81 E\xCC\x81l \xC3\x89 Bo"),
                        "caf\xC3\xA9 \xC3\xA9l \xC3\xA9 bo"); /* marks join */
    assert_string_equal(text_fold_plain(mem, "\xC3\x89\xEF\xBC\xA2x \xFFY"),
                        "\xC3\x89\xEF\xBC\xA2x \xFFY"); /* no UTF-8 */
    assert_string_equal(text_excerpt(mem, "one two three", 8), "one two\xE2\x80\xA6");
}

static void json_is_strict(void **state)
{
    CLEANUP(json_free) struct json *root = NULL;
    struct err err;

    (void)state;
    assert_int_equal(json_parse("{\"a\":1,\"a\":2}", 13, &root, &err), RC_INPUT);
    assert_int_equal(json_parse("{\"a\":1} x", 9, &root, &err), RC_INPUT);
    assert_int_equal(json_parse("{\"a\":9007199254740993}", 22, &root, &err), RC_OK);
    assert_int_equal(json_get_int(root, "a", 0), INT64_C(9007199254740993));
    assert_string_equal(json_get_str(root, "a", "none"), "none");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(err_wrap_keeps_cause),
        cmocka_unit_test(strbuf_is_whole_or_absent),
        cmocka_unit_test(clock_reads_and_writes),
        cmocka_unit_test(seal_opens_only_in_its_place),
        cmocka_unit_test(token_round_trip_and_forgery),
        cmocka_unit_test(a_key_taken_in_before_hashes_the_same),
        cmocka_unit_test(token_survives_key_rotation),
        cmocka_unit_test(text_addresses),
        cmocka_unit_test(text_cleans),
        cmocka_unit_test(json_is_strict),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
