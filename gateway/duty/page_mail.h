/*
 * page_mail: the letters about an alarm, and to whom they go.
 *
 * Rule     None of them but page_details holds a word of the post, and what came of it is told to staff who said yes alone, for before their yes
 *          they get these letters too. They go in lane 0, and a clock that was set back does not keep them.
 * State    Needs an open transaction.
 */
#ifndef GATEWAY_DUTY_PAGE_MAIL_H
#define GATEWAY_DUTY_PAGE_MAIL_H

#include "base/json.h"
#include "gateway/practice/gate.h"
#include "store/mailing.h"
#include "store/page.h"
#include "store/person.h"

/* The values that all of these letters share; the caller's own come on top. */
struct json *page_mail_values(const struct gate *gate, const struct page *page, enum person_language language,
                              struct arena *mem);

/* To one person's first email address. Takes values. A person who cannot be written to is passed over: the others can. */
MUST_CHECK enum rc page_mail_send(struct gate *gate, enum mailing_kind kind, const struct page *page,
                                  struct person_id person, struct json *values, struct err *err);
/* The other way: to their other email addresses. Takes values. */
MUST_CHECK enum rc page_mail_send_others(struct gate *gate, enum mailing_kind kind, const struct page *page,
                                         struct person_id person, struct json *values, struct err *err);

/* The same to all page contacts but one (0: to all), by text too (gateway/duty/page_text). by and when are who and when of the letter; outcome may be NULL. */
struct page_mail_news {
    enum mailing_kind kind;
    struct person_id not_to;
    const struct person *by;
    int64_t when_ms;
    const char *outcome;
    struct person_id outcome_by; /* who wrote it, at first */
    bool is_fresh;               /* of page_second: the first DONE has just come, so its sender is not asked yet */
};
/* ret_told counts the contacts. */
MUST_CHECK enum rc page_mail_tell(struct gate *gate, const struct page *page, const struct page_mail_news *news,
                                  size_t *ret_told, struct err *err);

#endif
