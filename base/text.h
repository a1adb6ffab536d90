/*
 * text: Unicode and plain-text helpers that every folder needs. The only file of base/ that includes utf8proc.
 *
 * Shape    Outside bytes are (pointer, length) until checked; afterwards text is NUL-terminated UTF-8.
 * Errors   RC_INPUT  not what was asked for; the message names the form, never the value
 * Source   Unicode 15 as in utf8proc 2.8; RFC 5322 3.4.1 (addr-spec, dot-atom form only), RFC 5890 for A-labels.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include "base/arena.h"
#include "base/err.h"

#define TEXT_ADDRESS_MAX 254 /* RFC 5321 4.5.3.1.3, without the angle brackets */
#define TEXT_LOCAL_MAX 64

bool text_is_utf8(const char *s, size_t n);
/* Bad bytes and NUL become U+FFFD; CRLF and bare CR become LF; other control characters but tab go; private-use
 * characters go (templates use them as marks), byte order marks and U+2061 to U+2064 too. */
char *text_clean(struct arena *mem, const char *s, size_t n);
/* The same on one line: white space runs become one blank, ends trimmed. For names, subjects, titles. */
char *text_clean_line(struct arena *mem, const char *s, size_t n);
/* For terminals: what is not plain text is written out, as \x1b (a control character or a bad byte) and \u{202e} (what no eye sees: direction
 * marks, zero widths, private use). Line feeds and tabs stay; CRLF and CR become LF. */
char *text_visible(struct arena *mem, const char *s, size_t n);
/* NFKC, case folded, accents kept: "É" = "é". Returns clean text unchanged in meaning. */
char *text_fold(struct arena *mem, const char *s);
/* The same with accents and marks taken off: "Sí" = "si". For comparing words. */
char *text_fold_plain(struct arena *mem, const char *s);
/* What a name looks like: folded letters and digits, with what looks like Latin letters in other alphabets, and 0 and 1, as these. For comparing only. */
char *text_likeness(struct arena *mem, const char *s);
/* Code points and display columns; the text must be UTF-8. */
size_t text_length(const char *s);
/* The longest start of s that is at most max code points and ends between words; "…" added when something was cut. */
char *text_excerpt(struct arena *mem, const char *s, size_t max);
/* Steps over one code point; 0 at the end. */
int32_t text_next(const char **s);
bool text_is_letter(int32_t cp);
bool text_has_letter(const char *s);
/* 0 to 9 alone. */
size_t text_count_digits(const char *s);
bool text_is_digit(int32_t cp);

/* Another that lives until free(); NULL of NULL. Without memory the program ends. */
char *text_copy(const char *s);
/* Case-insensitive for ASCII only: header names, keywords. */
static inline char text_lower(char c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}
static inline bool text_equals(const char *a, const char *b)
{
    while (*a && text_lower(*a) == text_lower(*b)) {
        a++;
        b++;
    }
    return *a == *b;
}
static inline bool text_starts(const char *s, const char *prefix)
{
    while (*prefix && text_lower(*s) == text_lower(*prefix)) {
        s++;
        prefix++;
    }
    return !*prefix;
}
/* A span into lines: returns the next line (without its end) and steps past it; false at the end. */
bool text_next_line(const char **s, const char **ret_line, size_t *ret_len);

/* Whole text is a decimal number within [min, max]. */
MUST_CHECK enum rc text_to_int(const char *s, int64_t min, int64_t max, int64_t *ret, struct err *err);

/* An address as we store and compare it: domain lower-case A-label, local part NFC and case-folded, no dot or plus folding.
 * RC_INPUT with the reason when it cannot be an address we may write to (non-ASCII local part: "… needs SMTPUTF8"). */
MUST_CHECK enum rc text_address(const char *s, struct arena *mem, char **ret_address, struct err *err);
/* The same for a sender we only read: a non-ASCII local part is kept. */
MUST_CHECK enum rc text_address_in(const char *s, struct arena *mem, char **ret_address, struct err *err);

#endif
