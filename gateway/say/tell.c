#include "gateway/say/tell.h"

#include "gateway/say/notice.h"
#include "gateway/say/phrase.h"
#include "store/group.h"

#include <assert.h>

static bool is_them(const struct tell *tell, const struct person *staff)
{
    return tell->of && staff->id.v == tell->of->id.v;
}

static struct json *values_for(const struct gate *gate, const struct tell *tell, const struct person *staff,
                               const char *group_name, const char *phone, struct arena *mem)
{
    struct json *v = json_object_new();
    const int64_t now = gate_now_ms(gate);

    json_set_bool(v, is_them(tell, staff) ? "is_was_it_you" : tell->what, true);
    json_set_str(v, "person", tell->of ? tell->of->name : "");
    json_set_str(v, "group_name", group_name);
    json_set_str(v, "date", phrase_day(gate, staff->language, NULL, now, mem));
    json_set_str(v, "when", phrase_moment(gate, staff->language, NULL, now, mem));
    json_set_str(v, "text", tell->has_alarm ? NULL : tell->text);
    json_set_bool(v, "has_alarm", tell->has_alarm);
    json_set_bool(v, "of_staff", tell->of && tell->of->kind == PERSON_STAFF);
    json_set_str(v, "reason", tell->reason);
    json_set_str(v, "reference", "");
    if (tell->of && (strcmp(tell->what, TELL_BOUNCED) == 0 || strcmp(tell->what, TELL_SUSPENDED) == 0 ||
                     strcmp(tell->what, TELL_NO_TLS) == 0 || strcmp(tell->what, TELL_TEXT_HELP) == 0 ||
                     strcmp(tell->what, TELL_FOLLOW_UP) == 0))
        json_set_str(v, "phone", phone);
    if (tell->number)
        json_set_int(v, "number", tell->number);
    return v;
}

enum rc tell_staff(struct gate *gate, const struct tell *tell, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("tell");
    struct care_group group = { .alias = gate->facts.name };
    const char *phone = "";
    struct person *staff;
    size_t n;

    assert(db_in_tx(gate->store.db));
    if (tell->group.v && group_get(&gate->store, tell->group, mem, &group, err))
        return err->rc;
    if (tell->of && person_phone(&gate->store, tell->of, mem, &phone, err))
        return err->rc;
    if (person_staff(&gate->store, mem, &staff, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++) {
        struct notice notice = { .kind = MAILING_STAFF_NOTICE,
                                 .person = staff[i].id,
                                 .group = tell->group,
                                 .subject_id = tell->subject_id,
                                 .lane = -1,
                                 .is_once_a_day = tell->is_once_a_day };
        enum rc rc;

        if (is_them(tell, &staff[i]) ? !tell->asks_them : staff[i].role < STAFF_MODERATOR)
            continue;
        notice.values = values_for(gate, tell, &staff[i], group.alias, phone, mem);
        rc = notice_queue(gate, &notice, NULL, err);
        if (rc && rc != RC_NOT_FOUND && rc != RC_CONFLICT)
            return err_wrap(err, "tell staff");
    }
    return RC_OK;
}
