#include "inbound/charset.h"

#include "base/strbuf.h"
#include "base/text.h"
#include "inbound/charset_guess.h"

#include <errno.h>
#include <iconv.h>

#define CHARSET_MAX_OUT ((size_t)128 << 20)
#define CHARSET_LABEL_MAX 40
#define CHARSET_HZ "HZ"
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
    { "IBM852", "ibm852 cp852 " },
    { "IBM855", "ibm855 cp855 " },
    { "MACINTOSH", "macintosh x-mac-roman mac " },
    { "MAC-CYRILLIC", "mac-cyrillic x-mac-cyrillic " },
    { "VISCII", "viscii " },
    { "TCVN", "tcvn " },
    { "GB18030", "gb18030 gb2312 gbk cp936 x-gbk gb_2312-80 euc-cn " },
    { CHARSET_HZ, "hz-gb-2312 hz " }, /* taken apart by us, then GB18030 */
    { "BIG5-HKSCS", "big5 big5-hkscs cp950 x-x-big5 " },
    { "EUC-TW", "euc-tw x-euc-tw " },
    { "EUC-JP", "euc-jp x-euc-jp " },
    { "CP932", "shift_jis shift-jis sjis cp932 windows-31j x-sjis ms_kanji " },
    { "ISO-2022-JP-2", "iso-2022-jp iso-2022-jp-1 iso-2022-jp-2 iso-2022-jp-ms cp50220 cp50221 " },
    { "UHC", "euc-kr ks_c_5601-1987 ks_c_5601 cp949 uhc windows-949 " },
    { "ISO-2022-KR", "iso-2022-kr " },
    { "ISO-2022-CN", "iso-2022-cn " },
    { "JOHAB", "johab " },
    { "UTF-7", "utf-7 unicode-1-1-utf-7 " },
    { "UTF-16LE", "utf-16le " },
    { "UTF-16BE", "utf-16be utf-16 ucs-2 iso-10646-ucs-2 unicode " }, /* RFC 2781: big end first unless marked */
    { "UTF-32LE", "utf-32le " },
    { "UTF-32BE", "utf-32be utf-32 ucs-4 iso-10646-ucs-4 " },
};

static iconv_t converters[COUNT_OF(charsets)];
static bool is_open;

static iconv_t open_row(size_t row)
{
    const char *name = charsets[row].name;

    return iconv_open("UTF-8", strcmp(name, CHARSET_HZ) == 0 ? "GB18030" : name);
}

size_t charset_open_all(void)
{
    size_t n = 0;

    if (is_open)
        return COUNT_OF(charsets);
    for (size_t i = 0; i < COUNT_OF(charsets); i++) {
        converters[i] = open_row(i);
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
    if (n == 1 || strcmp(key, "utf-8 ") == 0 || strcmp(key, "us-ascii ") == 0) /* no row, and what nearly all say */
        return -1;
    for (size_t i = 0; i < COUNT_OF(charsets); i++) {
        const char *at = strstr(charsets[i].labels, key);

        if (at && (at == charsets[i].labels || at[-1] == ' '))
            return (int)i;
    }
    return -1;
}

/* Converts everything; a byte that cannot be converted becomes U+FFFD. Returns how many. */
static size_t run(iconv_t cd, const char *bytes, size_t n, struct strbuf *out)
{
    char *in = (char *)(uintptr_t)bytes, chunk[4096];
    size_t bad = 0;

    iconv(cd, NULL, NULL, NULL, NULL);
    while (n) {
        char *to = chunk;
        size_t left = sizeof chunk;
        const size_t k = iconv(cd, &in, &n, &to, &left);

        strbuf_add(out, chunk, sizeof chunk - left);
        if (k == (size_t)-1 && errno != E2BIG) {
            strbuf_str(out, "\xEF\xBF\xBD");
            bad++;
            in++;
            n--;
        }
    }
    iconv(cd, NULL, NULL, NULL, NULL);
    return bad;
}

/* RFC 1843: between "~{" and "~}" two bytes are a character, as in GB2312 without the high bits. */
static char *without_hz(struct arena *mem, const char *bytes, size_t n, size_t *ret_n)
{
    char *out = arena_alloc(mem, n + 1);
    bool is_inside = false;
    size_t k = 0;

    for (size_t i = 0; i < n; i++) {
        const char next = i + 1 < n ? bytes[i + 1] : '\0';

        if (bytes[i] == '~' && (next == '{' || next == '}' || next == '~' || next == '\n')) {
            is_inside = next == '{' || (is_inside && next != '}');
            if (next == '~')
                out[k++] = '~';
            i++;
        } else {
            out[k++] = (char)(is_inside && bytes[i] > ' ' ? bytes[i] | 0x80 : bytes[i]);
        }
    }
    *ret_n = k;
    return out;
}

/* *ret_bad: characters that could not be converted; all of them when the system has no such converter. */
static char *convert(struct arena *mem, int row, const char *bytes, size_t n, size_t *ret_bad)
{
    CLEANUP(strbuf_done) struct strbuf out = STRBUF(CHARSET_MAX_OUT);
    const iconv_t cd = is_open ? converters[row] : open_row((size_t)row);

    *ret_bad = n;
    if (cd == NOT_OPEN)
        return text_clean(mem, bytes, n);
    if (strcmp(charsets[row].name, CHARSET_HZ) == 0)
        bytes = without_hz(mem, bytes, n, &n);
    *ret_bad = run(cd, bytes, n, &out);
    if (!is_open)
        iconv_close(cd);
    return text_clean(mem, strbuf_peek(&out), out.len);
}

/* What the bytes look like, else the charset of Western Windows. */
static char *guess(struct arena *mem, const char *bytes, size_t n, const struct charset_shape *shape)
{
    const char *name = charset_guess(bytes, n, shape);
    const int row = name ? find(name) : -1, western = find("windows-1252");
    size_t bad;
    char *text;

    if (row < 0 || row == western)
        return convert(mem, western, bytes, n, &bad);
    text = convert(mem, row, bytes, n, &bad);
    return bad * 20 <= shape->high ? text : convert(mem, western, bytes, n, &bad);
}

/* A label of two or four bytes a character: the byte-order mark, else where the zero bytes stand, else the label. */
static char *read_wide(struct arena *mem, int row, const char *bytes, size_t n, const struct charset_shape *shape,
                       bool *ret_is_guessed)
{
    const char *marked = charset_wide(bytes, n);
    size_t bad;
    char *text;

    if (!marked && shape->is_utf8 && !shape->zeros) { /* the label of another copy of the letter */
        *ret_is_guessed = true;
        return text_clean(mem, bytes, n);
    }
    text = convert(mem, marked ? find(marked) : row, bytes, n, &bad);
    *ret_is_guessed = bad > 1; /* a half character at the end is no sign */
    return text;
}

/* No label, one that is not known, or one that may say anything: UTF-8, ASCII and Western. */
static char *read_loose(struct arena *mem, const char *label, int row, const char *bytes, size_t n,
                        const struct charset_shape *shape, bool *ret_is_guessed)
{
    const bool is_western = row >= 0, is_labelled_utf8 = text_starts(label, "utf");
    size_t bad;

    *ret_is_guessed = shape->high > 0;
    if (shape->is_utf8) { /* text of more than a few letters is never UTF-8 by accident: another label is wrong */
        *ret_is_guessed &= !is_labelled_utf8;
        return text_clean(mem, bytes, n);
    }
    if (shape->sequences > shape->stray) /* one broken character does not make it another charset */
        return text_clean(mem, bytes, n);
    if (is_western && !charset_is_mostly_high(shape)) {
        char *text = convert(mem, row, bytes, n, &bad);

        *ret_is_guessed = bad > 0;
        return text;
    }
    return guess(mem, bytes, n, shape);
}

static char *read_labelled(struct arena *mem, int row, const char *bytes, size_t n, const struct charset_shape *shape,
                           bool *ret_is_guessed)
{
    size_t bad;
    char *text;

    if (shape->is_utf8 && shape->sequences >= 3) {
        *ret_is_guessed = true;
        return text_clean(mem, bytes, n);
    }
    text = convert(mem, row, bytes, n, &bad);
    *ret_is_guessed = bad > 0;
    return bad * 10 > shape->high && shape->high > 2 ? guess(mem, bytes, n, shape) : text;
}

/* Text may begin with a byte-order mark, which is no letter. */
static char *without_mark(char *text)
{
    return strncmp(text, "\xEF\xBB\xBF", 3) == 0 ? text + 3 : text;
}

char *charset_to_utf8(struct arena *mem, const char *label, const char *bytes, size_t n, bool *ret_is_guessed)
{
    const struct charset_shape shape = charset_shape(bytes, n);
    const char *wide = shape.zeros * 4 > n || shape.has_mark ? charset_wide(bytes, n) : NULL;
    const int row = find(label);
    const char *name = row >= 0 ? charsets[row].name : "";
    const bool is_western = strcmp(name, "CP1252") == 0;

    *ret_is_guessed = false;
    if (text_starts(name, "UTF-16") || text_starts(name, "UTF-32"))
        return without_mark(read_wide(mem, row, bytes, n, &shape, ret_is_guessed));
    if (wide) {
        size_t bad;

        *ret_is_guessed = true;
        return without_mark(convert(mem, find(wide), bytes, n, &bad));
    }
    if (row < 0 || is_western) {
        size_t bad;

        if (!shape.has_escapes)
            return without_mark(read_loose(mem, label, row, bytes, n, &shape, ret_is_guessed));
        *ret_is_guessed = true; /* only Japanese mail switches its alphabet so */
        return convert(mem, find("iso-2022-jp"), bytes, n, &bad);
    }
    return without_mark(read_labelled(mem, row, bytes, n, &shape, ret_is_guessed));
}
