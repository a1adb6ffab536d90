/* Texts cut into parts: the sizes that networks have, nothing split that a reader sees as one, and joined parts give the text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/strbuf.h"
#include "base/text.h"
#include "mailer/gsm.h"
#include "mailer/segment.h"
#include "mailer/translit.h"

#define EURO "€"
#define FACE "😀"
#define HAN "中"
#define FAMILY "👨‍👩‍👧‍👦"

struct piece {
    size_t times;
    const char *text;
};

static const struct {
    const char *name;
    struct piece pieces[4];
    enum segment_encoding encoding;
    size_t units[4];
} vectors[] = {
    { "empty", { { 0 } }, SEGMENT_GSM7, { 0 } },
    { "160 a", { { 160, "a" } }, SEGMENT_GSM7, { 160 } },
    { "161 a", { { 161, "a" } }, SEGMENT_GSM7, { 153, 8 } },
    { "306 a", { { 306, "a" } }, SEGMENT_GSM7, { 153, 153 } },
    { "307 a", { { 307, "a" } }, SEGMENT_GSM7, { 153, 153, 1 } },
    { "80 euro", { { 80, EURO } }, SEGMENT_GSM7, { 160 } },
    { "81 euro", { { 81, EURO } }, SEGMENT_GSM7, { 152, 10 } },
    { "158 a, euro", { { 158, "a" }, { 1, EURO } }, SEGMENT_GSM7, { 160 } },
    { "159 a, euro", { { 159, "a" }, { 1, EURO } }, SEGMENT_GSM7, { 153, 8 } },
    { "152 a, [, 100 a", { { 152, "a" }, { 1, "[" }, { 100, "a" } }, SEGMENT_GSM7, { 152, 102 } },
    { "304 a, euro", { { 304, "a" }, { 1, EURO } }, SEGMENT_GSM7, { 153, 153 } },
    { "305 a, euro", { { 305, "a" }, { 1, EURO } }, SEGMENT_GSM7, { 153, 152, 2 } },
    { "152 a, euro, 152 a", { { 152, "a" }, { 1, EURO }, { 152, "a" } }, SEGMENT_GSM7, { 152, 153, 1 } },
    { "70 han", { { 70, HAN } }, SEGMENT_UCS2, { 70 } },
    { "71 han", { { 71, HAN } }, SEGMENT_UCS2, { 67, 4 } },
    { "134 han", { { 134, HAN } }, SEGMENT_UCS2, { 67, 67 } },
    { "135 han", { { 135, HAN } }, SEGMENT_UCS2, { 67, 67, 1 } },
    { "35 faces", { { 35, FACE } }, SEGMENT_UCS2, { 70 } },
    { "36 faces", { { 36, FACE } }, SEGMENT_UCS2, { 66, 6 } },
    { "66 han, face, 5 han", { { 66, HAN }, { 1, FACE }, { 5, HAN } }, SEGMENT_UCS2, { 66, 7 } },
    { "69 han, face", { { 69, HAN }, { 1, FACE } }, SEGMENT_UCS2, { 67, 4 } },
    { "7 families", { { 7, FAMILY } }, SEGMENT_UCS2, { 66, 11 } },
    { "2 han, 7 families", { { 2, HAN }, { 7, FAMILY } }, SEGMENT_UCS2, { 57, 22 } },
    { "66 han, x and a mark, 3 han", { { 66, HAN }, { 1, "x\xCC\x81" }, { 3, HAN } }, SEGMENT_UCS2, { 66, 5 } },
    { "65 han, a flag, 3 han", { { 65, HAN }, { 1, "🇪🇸" }, { 3, HAN } }, SEGMENT_UCS2, { 65, 7 } },
    { "e and a mark", { { 1, "e\xCC\x81" } }, SEGMENT_GSM7, { 1 } },
    { "x and a mark", { { 1, "x\xCC\x81" } }, SEGMENT_UCS2, { 2 } },
    { "brackets", { { 1, "{}[]~|^\\" } }, SEGMENT_GSM7, { 16 } },
    { "line ends", { { 1, "a\r\nb\rc\n" } }, SEGMENT_GSM7, { 6 } },
    { "Spanish that GSM has", { { 1, "¿Qué? ¡Ñandú! ñ ü É" } }, SEGMENT_UCS2, { 19 } },
    { "Spanish without ú", { { 1, "¿Qué? ¡Ñandu! ñ ü É" } }, SEGMENT_GSM7, { 19 } },
};

static int setup(void **state)
{
    *state = arena_new("segment_test");
    return 0;
}

static int teardown(void **state)
{
    struct arena *mem = *state;

    arena_free(&mem);
    return 0;
}

static const struct segments *split(struct arena *mem, const char *text)
{
    const struct segments *s = NULL;
    struct err err = { .rc = RC_OK };

    assert_int_equal(segment_split(text, strlen(text), mem, &s, &err), RC_OK);
    return s;
}

static void the_published_vectors(void **state)
{
    struct arena *mem = *state;

    for (size_t i = 0; i < COUNT_OF(vectors); i++) {
        CLEANUP(strbuf_done) struct strbuf text = STRBUF(65536);
        const struct segments *s;
        size_t count = 0;

        for (size_t k = 0; k < COUNT_OF(vectors[i].pieces); k++)
            for (size_t n = 0; n < vectors[i].pieces[k].times; n++)
                strbuf_str(&text, vectors[i].pieces[k].text);
        s = split(mem, strbuf_peek(&text));
        if (s->encoding != vectors[i].encoding)
            fail_msg("%s: encoding %d", vectors[i].name, s->encoding);
        for (; count < COUNT_OF(vectors[i].units) && vectors[i].units[count]; count++)
            if (count >= s->count || s->parts[count].units != vectors[i].units[count])
                fail_msg("%s: part %zu has %zu units", vectors[i].name, count,
                         count < s->count ? s->parts[count].units : 0);
        if (s->count != count)
            fail_msg("%s: %zu parts", vectors[i].name, s->count);
    }
}

static void what_is_left_is_told(void **state)
{
    assert_int_equal(split(*state, "")->left, 160);
    assert_int_equal(split(*state, "Hi")->left, 158);
    assert_int_equal(split(*state, HAN)->left, 69);
}

static const char *times(struct arena *mem, const char *text, size_t n)
{
    CLEANUP(strbuf_done) struct strbuf b = STRBUF(1 << 20);

    while (n--)
        strbuf_str(&b, text);
    return arena_strdup(mem, strbuf_peek(&b));
}

static void a_cluster_longer_than_a_part_goes_by_characters(void **state)
{
    const struct segments *const s = split(*state, times(*state, "q\xCC\x84\xCC\xA3\xCC\x81", 1));
    const struct segments *const l = split(*state, arena_printf(*state, "a%s", times(*state, "\xCC\xB6", 200)));

    assert_int_equal(s->count, 1);
    assert_int_equal(l->units, 201);
    assert_int_equal(l->count, 3);
    assert_int_equal(l->parts[0].units, 67);
    assert_int_equal(l->left, 0);
}

static void what_cannot_be_sent_is_refused(void **state)
{
    const struct segments *s = NULL;
    struct arena *mem = *state;
    const char *const big = times(mem, "a", SEGMENT_TEXT_MAX + 1), *const many = times(mem, "a", 153 * 255);
    struct err err;

    assert_int_equal(segment_split("a\xFFz", 3, mem, &s, &err), RC_INPUT);
    assert_int_equal(segment_split("\xED\xA0\xBD", 3, mem, &s, &err), RC_INPUT); /* half a pair */
    assert_int_equal(segment_split("a\0z", 3, mem, &s, &err), RC_INPUT);
    assert_int_equal(segment_split(big, strlen(big), mem, &s, &err), RC_LIMIT);
    assert_int_equal(split(mem, many)->count, 255);
    assert_int_equal(segment_split(arena_printf(mem, "%sa", many), 153 * 255 + 1, mem, &s, &err), RC_LIMIT);
}

static uint64_t draw(uint64_t *lot)
{
    *lot ^= *lot << 13;
    *lot ^= *lot >> 7;
    *lot ^= *lot << 17;
    return *lot;
}

static void add_code_point(struct strbuf *b, uint32_t cp)
{
    if (cp < 0x80) {
        strbuf_char(b, (char)cp);
    } else if (cp < 0x800) {
        strbuf_char(b, (char)(0xC0 | cp >> 6));
        strbuf_char(b, (char)(0x80 | (cp & 0x3F)));
    } else {
        if (cp < 0x10000) {
            strbuf_char(b, (char)(0xE0 | cp >> 12));
        } else {
            strbuf_char(b, (char)(0xF0 | cp >> 18));
            strbuf_char(b, (char)(0x80 | (cp >> 12 & 0x3F)));
        }
        strbuf_char(b, (char)(0x80 | (cp >> 6 & 0x3F)));
        strbuf_char(b, (char)(0x80 | (cp & 0x3F)));
    }
}

/* Mostly of one kind, so that both encodings and long clusters come up. */
static void add_random_text(struct strbuf *b, uint64_t *lot)
{
    static const char *const odd[] = { EURO,           "[",    FACE, HAN,           FAMILY, "\xCC\x81",
                                       "\xE2\x80\x8D", "\r\n", "🇪🇸", "\xEF\xB8\x8F" };
    const size_t n = draw(lot) % 600;
    const unsigned kind = (unsigned)(draw(lot) % 4);

    for (size_t i = 0; i < n; i++) {
        uint32_t cp = (uint32_t)(1 + draw(lot) % 0x10FFFF);

        if (cp >= 0xD800 && cp < 0xE000)
            cp = 0x41;
        if (kind == 0)
            strbuf_str(b, draw(lot) % 4 ? "a" : odd[draw(lot) % 2]);
        else if (kind == 1)
            strbuf_str(b, odd[draw(lot) % COUNT_OF(odd)]);
        else
            add_code_point(b, kind == 2 ? cp : cp % 0x250 + 1);
    }
}

/* The units of the character, as a reader sees it, that `at` stands inside of; 0 when `at` is between two. */
static size_t cluster_around(const char *text, const char *at)
{
    int32_t state = 0, before = text_next(&text);
    size_t units = gsm_ucs2_units(before);
    bool is_inside = false;

    while (*text) {
        const bool is_there = text == at;
        const int32_t cp = text_next(&text);

        if (gsm_is_break(before, cp, &state)) {
            if (is_there || is_inside)
                return is_inside ? units : 0;
            units = 0;
        } else {
            is_inside |= is_there;
        }
        units += gsm_ucs2_units(cp);
        before = cp;
    }
    return is_inside ? units : 0;
}

static void check_parts(const struct segments *s)
{
    const size_t room = s->encoding == SEGMENT_GSM7 ? (s->count > 1 ? 153 : 160) : (s->count > 1 ? 67 : 70);
    CLEANUP(strbuf_done) struct strbuf joined = STRBUF(1 << 20);
    size_t units = 0;

    for (size_t i = 0; i < s->count; i++) {
        const char *p = s->parts[i].text;
        size_t n = 0;

        assert_true(s->parts[i].units > 0 && s->parts[i].units <= room);
        assert_true(text_is_utf8(p, strlen(p)));
        while (*p) {
            const int32_t cp = text_next(&p);

            n += s->encoding == SEGMENT_GSM7 ? gsm_septets(cp) : gsm_ucs2_units(cp);
        }
        assert_int_equal(n, s->parts[i].units);
        if (i && s->encoding == SEGMENT_UCS2) {
            const size_t around = cluster_around(s->text, s->text + joined.len);

            assert_true(!around || around > room);
        }
        strbuf_str(&joined, s->parts[i].text);
        units += n;
    }
    assert_string_equal(strbuf_peek(&joined), s->text);
    assert_int_equal(units, s->units);
}

static void random_texts_keep_the_rules(void **state)
{
    uint64_t lot = 88172645463325252u;

    (void)state;
    for (int round = 0; round < 3000; round++) {
        CLEANUP(arena_free) struct arena *mem = arena_new("round");
        CLEANUP(strbuf_done) struct strbuf text = STRBUF(1 << 20);
        const struct segments *plain = NULL, *same = NULL, *smart = NULL;
        size_t changed = 0;
        struct err err;

        add_random_text(&text, &lot);
        plain = split(mem, strbuf_peek(&text));
        check_parts(plain);
        same = split(mem, plain->text);
        assert_string_equal(same->text, plain->text);
        assert_int_equal(
            translit_split(strbuf_peek(&text), text.len, (enum translit_mode)(round % 3), mem, &smart, &changed, &err),
            RC_OK);
        check_parts(smart);
        assert_true(smart->count <= plain->count || smart->encoding == SEGMENT_GSM7);
        assert_true(changed ? smart->encoding == SEGMENT_GSM7 : !strcmp(smart->text, plain->text));
    }
}

static void random_bytes_are_split_or_refused(void **state)
{
    uint64_t lot = 2463534242u;

    (void)state;
    for (int round = 0; round < 5000; round++) {
        CLEANUP(arena_free) struct arena *mem = arena_new("round");
        char bytes[200];
        const struct segments *s = NULL;
        const size_t n = draw(&lot) % sizeof(bytes);
        struct err err;
        enum rc rc;

        for (size_t i = 0; i < n; i++)
            bytes[i] = (char)(draw(&lot) % (round % 2 ? 256 : 0x80));
        rc = translit_split(bytes, n, TRANSLIT_AUTO, mem, &s, NULL, &err);
        assert_int_equal(rc, text_is_utf8(bytes, n) && !memchr(bytes, 0, n) ? RC_OK : RC_INPUT);
        if (!rc)
            check_parts(s);
    }
}

static void the_udh_joins_parts(void **state)
{
    static const unsigned char want[] = { 5, 0, 3, 0x41, 2, 1 };
    unsigned char udh[SEGMENT_UDH_BYTES];

    (void)state;
    segment_udh(0x41, 2, 1, udh);
    assert_memory_equal(udh, want, sizeof(want));
}

static void all_septets_are_the_standards(void **state)
{
    size_t one = 0, two = 0;

    (void)state;
    for (int32_t cp = 0; cp < 0x110000; cp++) {
        one += gsm_septets(cp) == 1;
        two += gsm_septets(cp) == 2;
    }
    assert_int_equal(one, 127); /* 128 less the escape */
    assert_int_equal(two, 10);
    assert_int_equal(gsm_septets('`') + gsm_septets('\t') + gsm_septets(0xE7) + gsm_septets(0xE1) + gsm_septets(0x1B),
                     0);
}

static void other_characters_where_nobody_loses(void **state)
{
    static const struct {
        enum translit_mode mode;
        const char *text, *want;
        size_t changed;
    } cases[] = {
        { TRANSLIT_SMART, "“Hi” – it’s… ok\xC2\xA0• ‹b›", "\"Hi\" - it's... ok - <b>", 9 },
        { TRANSLIT_SMART, "take 1½ or ¾ tablets", "take 1 1/2 or 3/4 tablets", 2 },
        { TRANSLIT_SMART, "ＯＫ\t\xE2\x80\x8B`x`", "OK 'x'", 6 },
        { TRANSLIT_SMART, "“中”", "“中”", 0 },
        { TRANSLIT_SMART, "“día”", "“día”", 0 },
        { TRANSLIT_KEEP, "it’s", "it’s", 0 },
        { TRANSLIT_AUTO, "Mañana día", "Mañana día", 0 }, /* one part either way: the accent stays */
        { TRANSLIT_AUTO, "“Sí” señor", "“Sí” señor", 0 },
    };
    struct err err;

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct segments *s = NULL;
        size_t changed = 99;

        assert_int_equal(
            translit_split(cases[i].text, strlen(cases[i].text), cases[i].mode, *state, &s, &changed, &err), RC_OK);
        assert_string_equal(s->text, cases[i].want);
        assert_int_equal(changed, cases[i].changed);
    }
}

static void accents_go_only_where_that_saves_a_part(void **state)
{
    const char *const pad = times(*state, "ñ", 80);
    const struct segments *s = NULL;
    struct err err;

    const char *const text = arena_printf(*state, "áíóúÁçŁœ👍🏽❤️ %s", pad);

    assert_int_equal(translit_split(text, strlen(text), TRANSLIT_AUTO, *state, &s, NULL, &err), RC_OK);
    assert_int_equal(s->count, 1);
    assert_string_equal(s->text, arena_printf(*state, "aiouAcLoe(thumbs up)<3 %s", pad));
    assert_int_equal(translit_split(text, strlen(text), TRANSLIT_SMART, *state, &s, NULL, &err), RC_OK);
    assert_int_equal(s->count, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_published_vectors, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_left_is_told, setup, teardown),
        cmocka_unit_test_setup_teardown(a_cluster_longer_than_a_part_goes_by_characters, setup, teardown),
        cmocka_unit_test_setup_teardown(what_cannot_be_sent_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(random_texts_keep_the_rules, setup, teardown),
        cmocka_unit_test_setup_teardown(random_bytes_are_split_or_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(the_udh_joins_parts, setup, teardown),
        cmocka_unit_test_setup_teardown(all_septets_are_the_standards, setup, teardown),
        cmocka_unit_test_setup_teardown(other_characters_where_nobody_loses, setup, teardown),
        cmocka_unit_test_setup_teardown(accents_go_only_where_that_saves_a_part, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
