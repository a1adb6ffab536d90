#include "gateway/demo/fill.h"

#include "base/strbuf.h"
#include "gateway/demo/client.h"
#include "gateway/demo/letters.h"

#include <ctype.h>
#include "base/clock.h"

static void put_day(const char *number, int64_t first_day, struct strbuf *out)
{
    int year, month, day;

    clock_civil_from_days(first_day + strtol(number, NULL, 10), &year, &month, &day);
    strbuf_printf(out, "%04d-%02d-%02d", year, month, day);
}

/* "WORDS|WORDS}" */
static enum rc put_numbers(const char *list, const char *shown, struct arena *mem, struct strbuf *out, struct err *err)
{
    for (const char *at = list;; at++) {
        const size_t n = strcspn(at, "|}");
        const int number = letters_number_of(shown, arena_strndup(mem, at, n));

        if (!number)
            return err_set(err, RC_BUG, "what is answered has no number for %.*s", (int)n, at);
        strbuf_printf(out, "%s%d", at == list ? "" : " ", number);
        at += n;
        if (*at == '}')
            return RC_OK;
    }
}

/* "WORD}" */
static enum rc put_before(const char *word, const char *shown, struct arena *mem, struct strbuf *out, struct err *err)
{
    const size_t n = strcspn(word, "}");
    const char *const end = strstr(shown, arena_printf(mem, " %.*s", (int)n, word));
    const char *at = end;

    while (at && at > shown && isdigit((unsigned char)at[-1]))
        at--;
    if (at == end)
        return err_set(err, RC_BUG, "what is answered has no number before %.*s", (int)n, word);
    strbuf_add(out, at, (size_t)(end - at));
    return RC_OK;
}

static enum rc put_slot(const char *slot, const char *shown, int64_t first_day, struct arena *mem, struct strbuf *out,
                        struct err *err)
{
    const char *const of = strchr(slot, ' ') + 1;

    if (!strncmp(slot, "{before ", 8))
        return put_before(of, shown, mem, out, err);
    if (strncmp(slot, "{day ", 5))
        return put_numbers(of, shown, mem, out, err);
    put_day(of, first_day, out);
    return RC_OK;
}

enum rc fill_words(const char *words, const char *shown, int64_t first_day, struct arena *mem, const char **ret_words,
                   struct err *err)
{
    CLEANUP(strbuf_done) struct strbuf out = STRBUF(CLIENT_MAX_BYTES);
    char *text;

    for (const char *p = words, *close; *p;) {
        close = *p == '{' ? strchr(p, '}') : NULL;
        if (!close) {
            strbuf_char(&out, *p++);
            continue;
        }
        if (put_slot(p, shown, first_day, mem, &out, err))
            return err->rc;
        p = close + 1;
    }
    if (strbuf_take(&out, mem, &text, err))
        return err->rc;
    *ret_words = text;
    return RC_OK;
}
