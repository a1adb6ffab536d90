/*
 * news_by_mail: an announcement by mail to a member by text: what the month's money could not bring, when it ran out after the announcement went out.
 *
 * Shape    The copy that gateway/note/publish makes, with the same Message-ID: who has it is passed over, and a correction follows it.
 * Owns     Everything lives in mem.
 * Errors   Of the store
 * State    news_by_mail needs an open transaction; news_values reads only.
 */
#ifndef GATEWAY_DIGEST_NEWS_BY_MAIL_H
#define GATEWAY_DIGEST_NEWS_BY_MAIL_H

#include "gateway/digest/text_range.h"
#include "gateway/say/entry.h"
#include "store/group.h"
#include "store/membership.h"

/* Of MAILING_ANNOUNCEMENT. */
MUST_CHECK enum rc news_values(struct gate *gate, const struct entry_reader *r, const struct post *post,
                               struct arena *mem, struct json **ret_values, struct err *err);
/* Each announcement of the range; once a month a mail says why. ret_does false: they have no address that may be written to; nothing was done. */
MUST_CHECK enum rc news_by_mail(struct gate *gate, const struct roster_row *row, const struct care_group *group,
                                const struct text_range *range, struct arena *mem, bool *ret_does, struct err *err);

#endif
