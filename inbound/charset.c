#include "inbound/charset.h"

#include "base/strbuf.h"
#include "base/text.h"

#include <errno.h>
#include <iconv.h>

#define CHARSET_MAX_OUT ((size_t)128 << 20)
#define CHARSET_LABEL_MAX 40
#define NOT_OPEN ((iconv_t)-1)

/* What iconv calls it, and the labels that mean it, each ended by a blank. */
static const struct {
    const char *name, *labels;
} charsets[] = {
    { "CP1252", "iso-8859-1 iso8859-1 iso_8859-1 latin1 latin-1 l1 windows-1252 cp1252 x-cp1252 "
                "iso-8859-1-windows-3.1-latin-1 " },
    { "CP1250", "windows-1250 cp1250 " },
    { "CP1251", "windows-1251 cp1251 " },
    { "CP1253", "windows-1253 cp1253 " },
    { "CP1254", "windows-1254 cp1254 iso-8859-9 latin5 " },
    { "CP1255", "windows-1255 cp1255 " },
    { "CP1256", "windows-1256 cp1256 " },
    { "CP1257", "windows-1257 cp1257 " },
    { "CP1258", "windows-1258 cp1258 " },
    { "CP874", "windows-874 cp874 tis-620 iso-8859-11 " },
    { "ISO-8859-2", "iso-8859-2 latin2 " },
    { "ISO-8859-3", "iso-8859-3 " },
    { "ISO-8859-4", "iso-8859-4 " },
    { "ISO-8859-5", "iso-8859-5 cyrillic " },
    { "ISO-8859-6", "iso-8859-6 arabic " },
    { "ISO-8859-7", "iso-8859-7 greek " },
    { "ISO-8859-8", "iso-8859-8 iso-8859-8-i hebrew " },
    { "ISO-8859-10", "iso-8859-10 " },
    { "ISO-8859-13", "iso-8859-13 " },
    { "ISO-8859-14", "iso-8859-14 " },
    { "ISO-8859-15", "iso-8859-15 latin-9 latin9 " },
    { "ISO-8859-16", "iso-8859-16 " },
    { "KOI8-R", "koi8-r koi8 " },
    { "KOI8-U", "koi8-u " },
    { "IBM866", "ibm866 cp866 " },
    { "IBM437", "ibm437 cp437 " },
    { "IBM850", "ibm850 cp850 " },
    { "MACINTOSH", "macintosh x-mac-roman mac " },
    { "GB18030", "gb18030 gb2312 gbk cp936 x-gbk gb_2312-80 euc-cn hz-gb-2312 " },
    { "BIG5-HKSCS", "big5 big5-hkscs cp950 x-x-big5 " },
    { "EUC-JP", "euc-jp x-euc-jp " },
    { "CP932", "shift_jis shift-jis sjis cp932 windows-31j x-sjis ms_kanji " },
    { "ISO-2022-JP-2", "iso-2022-jp iso-2022-jp-1 iso-2022-jp-2 iso-2022-jp-ms cp50220 cp50221 " },
    { "UHC", "euc-kr ks_c_5601-1987 ks_c_5601 cp949 uhc windows-949 " },
    { "ISO-2022-KR", "iso-2022-kr " },
    { "UTF-7", "utf-7 unicode-1-1-utf-7 " },
    { "UTF-16", "utf-16 ucs-2 unicode " },
    { "UTF-16LE", "utf-16le " },
    { "UTF-16BE", "utf-16be " },
    { "UTF-32", "utf-32 ucs-4 " },
};

static iconv_t converters[COUNT_OF(charsets)];
static bool is_open;

size_t charset_open_all(void)
{
    size_t n = 0;

    if (is_open)
        return COUNT_OF(charsets);
    for (size_t i = 0; i < COUNT_OF(charsets); i++) {
        converters[i] = iconv_open("UTF-8", charsets[i].name);
        n += converters[i] != NOT_OPEN;
    }
    is_open = true;
    return n;
}

/* The row of a label, or -1. */
static int find(const char *label)
{
    char key[CHARSET_LABEL_MAX + 2];
    size_t n = 0;

    for (; *label && n < CHARSET_LABEL_MAX; label++)
        if (*label > ' ' && *label != '"' && *label != '\'')
            key[n++] = (char)(*label >= 'A' && *label <= 'Z' ? *label + 32 : *label);
    key[n++] = ' ';
    key[n] = '\0';
    if (n == 1)
        return -1;
    for (size_t i = 0; i < COUNT_OF(charsets); i++) {
        const char *at = strstr(charsets[i].labels, key);

        if (at && (at == charsets[i].labels || at[-1] == ' '))
            return (int)i;
    }
    return -1;
}

static bool is_ascii_label(const char *label)
{
    return !*label || text_equals(label, "us-ascii") || text_equals(label, "ascii") ||
           text_equals(label, "ansi_x3.4-1968") || text_equals(label, "default") || text_equals(label, "unknown-8bit");
}

/* Converts everything; a byte that cannot be converted becomes U+FFFD. False when nothing was convertible at all. */
static void run(iconv_t cd, const char *bytes, size_t n, struct strbuf *out, size_t *ret_bad)
{
    char *in = (char *)(uintptr_t)bytes, chunk[4096];

    *ret_bad = 0;
    iconv(cd, NULL, NULL, NULL, NULL);
    while (n) {
        char *to = chunk;
        size_t left = sizeof chunk;
        const size_t k = iconv(cd, &in, &n, &to, &left);

        strbuf_add(out, chunk, sizeof chunk - left);
        if (k == (size_t)-1 && errno != E2BIG) {
            strbuf_str(out, "\xEF\xBF\xBD");
            ++*ret_bad;
            in++;
            n--;
        }
    }
    iconv(cd, NULL, NULL, NULL, NULL);
}

static char *convert(struct arena *mem, int row, const char *bytes, size_t n, bool *ret_is_guessed)
{
    CLEANUP(strbuf_done) struct strbuf out = STRBUF(CHARSET_MAX_OUT);
    const iconv_t cd = is_open ? converters[row] : iconv_open("UTF-8", charsets[row].name);
    size_t bad;

    if (cd == NOT_OPEN) {
        *ret_is_guessed = true;
        return text_clean(mem, bytes, n);
    }
    run(cd, bytes, n, &out, &bad);
    if (!is_open)
        iconv_close(cd);
    *ret_is_guessed |= bad > 0;
    return text_clean(mem, strbuf_peek(&out), out.len);
}

static bool has_high(const char *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)bytes[i] >= 0x80)
            return true;
    return false;
}

char *charset_to_utf8(struct arena *mem, const char *label, const char *bytes, size_t n, bool *ret_is_guessed)
{
    const int row = find(label);
    const bool is_utf8 = text_is_utf8(bytes, n), is_single_byte = row >= 0 && strcmp(charsets[row].name, "CP1252") == 0;

    *ret_is_guessed = false;
    if (text_equals(label, "utf-8") || text_equals(label, "utf8") || is_ascii_label(label) || row < 0 ||
        is_single_byte) {
        *ret_is_guessed = row < 0 && has_high(bytes, n) && !(text_starts(label, "utf") && is_utf8);
        /* Text of more than a few letters is never UTF-8 by accident: the label is wrong. */
        if (is_utf8) {
            *ret_is_guessed |= is_single_byte && has_high(bytes, n);
            return text_clean(mem, bytes, n);
        }
        return convert(mem, 0, bytes, n, ret_is_guessed);
    }
    return convert(mem, row, bytes, n, ret_is_guessed);
}
