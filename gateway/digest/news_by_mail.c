#include "gateway/digest/news_by_mail.h"

#include "gateway/digest/text_by_mail.h"
#include "gateway/practice/job_title.h"
#include "gateway/say/notice_instead.h"
#include "gateway/say/render.h"
#include "gateway/sms/text_budget.h"
#include "schedules/said.h"
#include "store/delivery.h"
#include "store/message_id.h"

enum rc news_values(struct gate *gate, const struct entry_reader *r, const struct post *post, struct arena *mem,
                    struct json **ret_values, struct err *err)
{
    const struct said_in in = { .language = r->language, .zone = r->group->zone, .now_ms = r->now_ms };
    CLEANUP(json_free) struct json *values = NULL;
    struct person author;
    char *day;

    if (person_get(&gate->store, post->author, mem, &author, err) || entry_values(gate, r, post, mem, &values, err) ||
        said_day(&in, post->published_ms, mem, &day, err))
        return err->rc;
    json_set_str(values, "who_role", job_title_say(gate, r->language, author.title));
    json_set_str(values, "date", day);
    *ret_values = MOVE(values);
    return RC_OK;
}

static enum rc render_one(struct gate *gate, const struct roster_row *row, const struct care_group *group,
                          const struct post *post, struct arena *mem, struct mailing_id *ret_id, struct err *err)
{
    struct slots *const slots = slots_new(mem);
    const struct entry_reader reader = { group, row->language, slots, gate_now_ms(gate) };
    struct render render = {
        .kind = MAILING_ANNOUNCEMENT, .language = row->language, .format = row->format, .group = group, .slots = slots
    };

    slots_head(slots)->reply = TOKEN_REPLY;
    if (entry_author(gate, post, row->language, mem, &render.writer, err) ||
        news_values(gate, &reader, post, mem, &render.values, err))
        return err->rc;
    return render_store(gate, &render, post->id.v, mem, ret_id, err);
}

static enum rc add_copy(struct gate *gate, const struct roster_row *row, const struct care_group *group,
                        const struct post *post, struct address_id address, struct arena *mem, struct err *err)
{
    const struct message_subject subject = { .person = row->person, .about = MESSAGE_POST, .id = post->id.v };
    struct delivery d = { .person = row->person,
                          .membership = row->membership,
                          .address = address,
                          .channel = DELIVERY_EMAIL,
                          .lane = mailing_default_lane(MAILING_ANNOUNCEMENT),
                          .from_seq = row->cursor_seq,
                          .to_seq = row->rhythm == RHYTHM_NEWS ? post->published_seq : 0,
                          .due_ms = gate_now_ms(gate) };
    struct delivery had;
    enum rc rc;

    if (!message_id_key(gate->store.ring, 0, &subject, d.message_key))
        return err_set(err, RC_CORRUPT, "practice %" PRId64 " has no key for Message-IDs", gate->store.practice.v);
    rc = delivery_find_message(&gate->store, d.message_key, mem, &had, err);
    if (rc != RC_NOT_FOUND)
        return rc;
    if (render_one(gate, row, group, post, mem, &d.mailing, err))
        return err->rc;
    return delivery_add_many(&gate->store, &d, 1, NULL, err);
}

enum rc news_by_mail(struct gate *gate, const struct roster_row *row, const struct care_group *group,
                     const struct text_range *range, struct arena *mem, bool *ret_does, struct err *err)
{
    const struct membership m = { .id = row->membership, .person = row->person, .group = group->id };
    struct address_id address;
    int64_t month, from_ms;
    const enum rc rc = notice_instead(gate, row->person, row->membership, MAILING_ANNOUNCEMENT, &address, err);

    *ret_does = !rc;
    if (rc)
        return rc == RC_NOT_FOUND ? RC_OK : rc;
    if (text_budget_month(gate, &month, &from_ms, err) ||
        text_by_mail_tell(gate, &m, address, row->address, TEXT_BY_MAIL_SPENT, month, err))
        return err->rc;
    for (size_t i = 0; i < range->count; i++)
        if (range->entries[i].kind == TEXT_ITEM_ANNOUNCEMENT &&
            add_copy(gate, row, group, range->entries[i].post, address, mem, err))
            return err->rc;
    return RC_OK;
}
