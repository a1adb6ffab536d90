#include "gateway/digest/text_by_mail.h"

#include "gateway/say/notice.h"
#include "gateway/say/notice_instead.h"
#include "gateway/sms/text_budget.h"
#include "store/delivery.h"
#include "store/message_id.h"
#include "store/person.h"

enum rc text_by_mail_tell(struct gate *gate, const struct membership *m, struct address_id email,
                          struct address_id phone, enum text_by_mail_why why, int64_t subject, struct err *err)
{
    static const char *const flags[] = { [TEXT_BY_MAIL_SPENT] = "is_spent", [TEXT_BY_MAIL_FAILED] = "is_failed" };
    CLEANUP(arena_free) struct arena *mem = arena_new("text_by_mail");
    struct notice notice = { .kind = MAILING_PHONE,
                             .person = m->person,
                             .membership = m->id,
                             .group = m->group,
                             .address = email,
                             .subject_id = subject,
                             .lane = -1 };
    struct address a;
    bool was_told;
    enum rc rc;

    if (delivery_was_told(&gate->store, m->person, MAILING_PHONE, subject, &was_told, err) || was_told)
        return was_told ? RC_OK : err->rc;
    if (address_get(&gate->store, phone, mem, &a, err))
        return err->rc;
    notice.values = json_object_new();
    json_set_bool(notice.values, flags[why], true);
    json_set_str(notice.values, "phone_end", strlen(a.value) > 2 ? a.value + strlen(a.value) - 2 : a.value);
    rc = notice_queue(gate, &notice, NULL, err);
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc text_by_mail(struct gate *gate, const struct roster_row *row, const struct issue *issue, int64_t from_seq,
                     bool *ret_does, struct err *err)
{
    const struct message_subject subject = { .person = row->person, .about = MESSAGE_ISSUE, .id = issue->id.v };
    const struct membership m = { .id = row->membership, .person = row->person, .group = issue->group };
    struct delivery d = { .issue = issue->id,
                          .person = row->person,
                          .membership = row->membership,
                          .channel = DELIVERY_EMAIL,
                          .lane = LANE_DIGEST,
                          .from_seq = from_seq,
                          .to_seq = issue->to_seq,
                          .due_ms = gate_now_ms(gate) };
    int64_t month, from_ms;
    enum rc rc = notice_instead(gate, row->person, row->membership, MAILING_DIGEST, &d.address, err);

    *ret_does = !rc;
    if (rc)
        return rc == RC_NOT_FOUND ? RC_OK : rc;
    if (!message_id_key(gate->store.ring, 0, &subject, d.message_key))
        return err_set(err, RC_CORRUPT, "practice %" PRId64 " has no key for Message-IDs", gate->store.practice.v);
    if (text_budget_month(gate, &month, &from_ms, err) ||
        text_by_mail_tell(gate, &m, d.address, row->address, TEXT_BY_MAIL_SPENT, month, err))
        return err->rc;
    return delivery_add_many(&gate->store, &d, 1, NULL, err);
}
