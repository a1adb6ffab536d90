/* base/literal: a literal that is too long is seen where it is announced, in whatever pieces it comes, and never inside another. */
#include "base/literal.h"
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <string.h>

#define MAX 1000

static bool in_pieces(const char *text, size_t piece)
{
    struct literal l = { .inside = 0 };
    const size_t n = strlen(text);

    for (size_t i = 0; i < n; i += piece)
        if (!literal_feed(&l, text + i, piece < n - i ? piece : n - i, MAX))
            return false;
    return true;
}

static void too_long_is_seen(void **state)
{
    static const struct {
        const char *text;
        bool is_fine;
    } cases[] = {
        { "* OK ready\r\n", true },
        { "* LIST () \"/\" {5}\r\nINBOX\r\n", true },
        { "* LIST () \"/\" {1000}\r\n", true },
        { "* LIST () \"/\" {1001}\r\n", false },
        { "* LIST () \"/\" {1001}\n", false },
        { "BODY[] ~{5000}\r\n", false },
        { "{{{9999}\r\n", false },
        { "{55555555555555555555555555555555555555569}\r\n", false },
        { "{4294967296}\r\n", false },
        { "a {999} in a line\r\n", true },
        { "a {9999} in a line\r\n", false },
        { "BODY[]<0> {5555555555555555555555}ARCH 5\r\n", false },
        { "{9999}\rx\n", false },
        { "{99x99}\r\n", true },
        { "{2}\r\nab{9999999}\r\n* OK\r\n", false },
        { "{11}\r\n{9999999}\r\n* OK\r\n", true },
        { "{0}\r\n{2000}\r\n", false },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        for (size_t piece = 1; piece <= 64; piece++)
            if (in_pieces(cases[i].text, piece) != cases[i].is_fine)
                fail_msg("%s in pieces of %zu", cases[i].text, piece);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(too_long_is_seen) };

    return cmocka_run_group_tests_name("literal", tests, NULL, NULL);
}
