#include "gateway/receipt.h"

#include "gateway/notice.h"
#include "gateway/office.h"

#define WORKING_DAY_MS (8 * MS_HOUR)

/* Over a weekend or holiday the next working day is further than a day and a half away. */
static bool will_wait(const struct gate *gate)
{
    return office_after(gate, WORKING_DAY_MS) - gate_now_ms(gate) > 36 * MS_HOUR;
}

enum rc receipt_send(struct gate *gate, const struct post *post, const struct membership *author,
                     const char *in_reply_to, struct err *err)
{
    struct notice notice = { .kind = MAILING_RECEIPT,
                             .person = author->person,
                             .membership = author->id,
                             .group = post->group,
                             .subject_id = post->id.v,
                             .lane = -1,
                             .is_answer = true,
                             .is_once_a_day = true,
                             .in_reply_to = in_reply_to };
    enum rc rc;

    if (post->tier <= 2) /* answered with the words for such a moment, which name no group and no letter of tomorrow */
        return RC_OK;
    if (!(post->flags & POST_FLAG_FIRST) && !will_wait(gate))
        return RC_OK;
    notice.values = json_object_new();
    json_set_str(notice.values, "expected_when", "");
    json_set_bool(notice.values, "will_wait", will_wait(gate));
    rc = notice_queue(gate, &notice, NULL, err);
    return rc == RC_CONFLICT || rc == RC_NOT_FOUND ? RC_OK : rc;
}
