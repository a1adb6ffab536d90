/*
 * text_by_mail: a member by text whose month of texts is used up gets the digest by mail, where they have said yes to mail too.
 *
 * Shape    One delivery of the issue to their email address, which moves the cursor as any letter does; once a month a mail before it says why
 *          (MAILING_PHONE).
 * Errors   Of the store
 * State    Needs an open transaction.
 */
#ifndef GATEWAY_DIGEST_TEXT_BY_MAIL_H
#define GATEWAY_DIGEST_TEXT_BY_MAIL_H

#include "gateway/practice/gate.h"
#include "store/issue.h"
#include "store/membership.h"

/* What lies past from_seq. ret_does false: they have no address that may be written to; nothing was done. */
MUST_CHECK enum rc text_by_mail(struct gate *gate, const struct roster_row *row, const struct issue *issue,
                                int64_t from_seq, bool *ret_does, struct err *err);
enum text_by_mail_why { TEXT_BY_MAIL_SPENT, TEXT_BY_MAIL_FAILED };
/* Tells them why at that address, once about a subject: MAILING_PHONE. */
MUST_CHECK enum rc text_by_mail_tell(struct gate *gate, const struct membership *m, struct address_id email,
                                     struct address_id phone, enum text_by_mail_why why, int64_t subject,
                                     struct err *err);

#endif
