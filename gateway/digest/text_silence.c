#include "gateway/digest/text_silence.h"

#include "gateway/practice/record.h"
#include "gateway/say/tell.h"
#include "gateway/sms/text_queue.h"
#include "gateway/sms/text_words.h"

static enum rc ask(struct gate *gate, const struct roster_row *row, const struct care_group *group, struct arena *mem,
                   struct err *err)
{
    struct text_say say = { .kind = MAILING_TEXT_STILL,
                            .lane = -1,
                            .needs = TEXT_NEEDS_NO_STOP,
                            .person = row->person,
                            .membership = row->membership,
                            .group = group->id,
                            .address = row->address };
    struct json *values = json_object_new();
    enum rc rc;

    json_set_str(values, "group_name", group->alias);
    if (text_words(gate, say.kind, row->language, &values, mem, &say.words, err))
        return err->rc;
    rc = text_queue(gate, &say, NULL, err);
    if (rc)
        return rc == RC_DENIED ? RC_OK : rc; /* no money: staff have heard of both */
    return text_consent_asked(&gate->store, row->address, err);
}

static enum rc tell(struct gate *gate, const struct roster_row *row, const struct care_group *group, struct arena *mem,
                    struct err *err)
{
    struct person person;

    if (person_get(&gate->store, row->person, mem, &person, err))
        return err->rc;
    return tell_staff(
        gate,
        &(struct tell){ .what = TELL_TEXT_SILENT, .of = &person, .group = group->id, .subject_id = row->address.v },
        err);
}

enum rc text_silence(struct gate *gate, const struct roster_row *row, const struct care_group *group,
                     const struct text_consent *consent, bool *ret_is_asked, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("text_silence");
    const struct text_consent_change change = {
        .address = row->address, .person = row->person, .state = TEXT_ASKED, .level = 0, .way = TEXT_BY_RULE
    };
    const int64_t last = consent->heard_ms > consent->since_ms ? consent->heard_ms : consent->since_ms;
    const struct audit_who who = record_rule();

    *ret_is_asked = gate_now_ms(gate) - last >= TEXT_SILENCE_MS;
    if (!*ret_is_asked)
        return RC_OK;
    if (text_consent_set(&gate->store, &change, err) ||
        text_out_cancel_address(&gate->store, row->address, NULL, err) || ask(gate, row, group, mem, err) ||
        record_act(gate, &who, AUDIT_TEXT_STOPPED, AUDIT_ITEM_ADDRESS, row->address.v,
                   text_consent_state_name(TEXT_YES), text_consent_state_name(TEXT_ASKED), err))
        return err_wrap(err, "silent number");
    return tell(gate, row, group, mem, err);
}
