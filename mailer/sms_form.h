/*
 * sms_form: the parameters of a query, a form or a flat JSON object, as signatures see them.
 *
 * Shape    Names and values decoded (%XX, and + as a blank), in bytes as they came; a name may come more than once.
 * Owns     everything lives in mem
 * Errors   RC_LIMIT  more than `max` pairs   RC_INPUT  JSON that is no flat object
 *          A broken %XX stays as it is written; a NUL (%00) is kept: lengths count.
 * Source   WHATWG URL, application/x-www-form-urlencoded
 */
#ifndef MAILER_SMS_FORM_H
#define MAILER_SMS_FORM_H

#include "base/arena.h"
#include "base/err.h"

struct sms_span {
    const char *p; /* a NUL follows */
    size_t n;
};

struct sms_pair {
    struct sms_span name, value;
};

struct sms_form {
    struct sms_pair *pairs;
    size_t count, room, max;
};

/* An empty form of at most max pairs. */
struct sms_form sms_form_make(size_t max);
/* Each call adds what it reads. */
MUST_CHECK enum rc sms_form_read(struct sms_form *form, const char *text, size_t n, struct arena *mem, struct err *err);
MUST_CHECK enum rc sms_form_read_json(struct sms_form *form, const char *text, size_t n, struct arena *mem,
                                      struct err *err);
/* By name, then by value, byte by byte. */
void sms_form_sort(struct sms_form *form);
/* The value of the one parameter of this name; NULL when there is none, or more than one.
 * Valid until the form is sorted or added to. */
const struct sms_span *sms_form_only(const struct sms_form *form, const char *name);
/* UTF-16 with the big end first, as UTF-8; what pairs with nothing is U+FFFD. */
const char *sms_span_from_utf16(const struct sms_span *utf16, struct arena *mem);
bool sms_span_equals(const struct sms_span *a, const struct sms_span *b);

#endif
