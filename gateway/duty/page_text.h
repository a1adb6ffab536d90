/*
 * page_text: what page_mail tells of an alarm, by text: to staff whose number has said yes (gateway/say/staff_phone).
 *
 * Shape    The call and what became of it. Each carries the alarm's number on that person's line (store/text_line), so that `41 CLAIM` answers it; a repeat
 *          has the same number. Lane 0, before every budget and bucket, day and night; one that could not leave is superseded as the mail is.
 * Rule     No words of the post, and no name of its writer. Whoever set it for themselves (level 1 or 2 of their yes) gets the first words behind the call.
 *          What staff wrote as an outcome never goes by text.
 * Errors   Of the store. Who cannot be written to is passed over: the mail goes too.
 * State    Needs an open transaction.
 */
#ifndef GATEWAY_DUTY_PAGE_TEXT_H
#define GATEWAY_DUTY_PAGE_TEXT_H

#include "gateway/practice/gate.h"
#include "store/mailing.h"
#include "store/page.h"

MUST_CHECK enum rc page_text_call(struct gate *gate, const struct page *page, const struct person *reader,
                                  struct err *err);

struct page_text_news {
    enum mailing_kind kind; /* MAILING_PAGE_… of the mail that says the same */
    const struct person *by;
    int64_t when_ms;
    bool is_fresh; /* as in struct page_mail_news */
};
/* To the reader, who may be `by`; nothing where the mail says nothing that needs an act or an answer of theirs. */
MUST_CHECK enum rc page_text_tell(struct gate *gate, const struct page *page, const struct person *reader,
                                  const struct page_text_news *news, struct err *err);

#endif
