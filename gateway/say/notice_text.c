#include "gateway/say/notice_text.h"

#include "gateway/say/notice_item.h"
#include "gateway/say/text_again.h"
#include "gateway/sms/text_queue.h"
#include "gateway/sms/text_words.h"
#include "store/group.h"
#include "store/text_consent.h"

#define LEVEL_FULL 2

enum rc notice_first_phone(struct gate *gate, struct person_id person, struct arena *mem, struct address_id *ret_id,
                           struct err *err)
{
    struct address *list;
    struct text_consent consent;
    size_t n;

    if (person_addresses(&gate->store, person, mem, &list, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++) {
        if (list[i].kind != ADDRESS_PHONE)
            continue;
        if (text_consent_get(&gate->store, list[i].id, &consent, err))
            return err->rc;
        if (consent.state == TEXT_YES) {
            *ret_id = list[i].id;
            return RC_OK;
        }
    }
    return err_set(err, RC_NOT_FOUND, "person %" PRId64 " has no address", person.v);
}

/* By which template. */
static const char *template_of(struct gate *gate, enum mailing_kind kind, enum person_language language,
                               struct arena *mem)
{
    const char *const name = arena_printf(mem, "text_%s", mailing_template_name(kind));

    return template_has(gate->templates, person_language_name(language), name)
               ? name
               : mailing_template_name(MAILING_TEXT_NOTICE);
}

static enum rc words_of_notice(struct gate *gate, const struct notice *notice, enum person_language language,
                               struct arena *mem, const char **ret_words, struct err *err)
{
    struct json *values = json_object_new();
    struct care_group group = { .alias = gate->facts.name };

    if (notice->group.v && group_get(&gate->store, notice->group, mem, &group, err)) {
        json_free(&values);
        return err->rc;
    }
    json_set_str(values, "group_name", group.alias);
    json_set_bool(values, "is_too_long", true);
    return text_words(gate, MAILING_TEXT_NOTICE, language, &values, mem, ret_words, err);
}

static enum lane say_lane(const struct text_say *say)
{
    return say->lane < 0 ? mailing_default_lane(say->kind) : (enum lane)say->lane;
}

/* What waits for its hours is looked after (text_again), but not what makes no sense later: that expires. */
static enum rc set_hours(struct gate *gate, const struct notice *notice, const struct notice_phone *to,
                         const struct text_consent *consent, struct text_say *say, bool *ret_is_watched,
                         struct err *err)
{
    const bool is_awaited = to->needs == TEXT_NEEDS_NO_STOP && notice->is_answer; /* they asked for it just now */

    *ret_is_watched = false;
    if (to->needs == TEXT_NEEDS_NOTHING || is_awaited || say_lane(say) < LANE_REPLY)
        return RC_OK;
    if (text_again_hours(gate, to->person, notice->group, consent, notice->due_ms, &say->due_ms, &say->not_after_ms,
                         err))
        return err->rc;
    if (!notice->not_after_ms) {
        *ret_is_watched = say->not_after_ms != 0;
        return RC_OK;
    }
    if (!say->not_after_ms || say->not_after_ms > notice->not_after_ms)
        say->not_after_ms = notice->not_after_ms;
    return (say->due_ms ? say->due_ms : gate_now_ms(gate)) < say->not_after_ms
               ? RC_OK
               : err_set(err, RC_NOT_FOUND, "no hour for texts is left before it is too late");
}

enum rc notice_by_text(struct gate *gate, const struct notice *notice, const struct notice_phone *to,
                       struct json **values, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("notice_text");
    CLEANUP(json_free) struct json *all = MOVE(*values);
    const enum person_language language = to->person->language;
    struct text_say say = { .kind = notice->kind,
                            .lane = notice->lane > 0 ? notice->lane : -1,
                            .needs = to->needs,
                            .is_exempt = to->needs == TEXT_NEEDS_NOTHING,
                            .person = notice->person,
                            .membership = notice->membership,
                            .group = notice->group,
                            .address = to->address,
                            .subject_id = notice->subject_id,
                            .due_ms = notice->due_ms };
    bool is_watched;
    struct text_consent consent;
    struct text_id id;
    enum rc rc;

    if (text_consent_for(&gate->store, to->address, notice->person, &consent, err) ||
        set_hours(gate, notice, to, &consent, &say, &is_watched, err))
        return err->rc;
    json_set_bool(all, "is_full_text", consent.level == LEVEL_FULL);
    json_set_bool(all, "is_too_long", true); /* of text_notice, where the kind has no words for texts */
    if (!json_find(all, "group_name"))
        json_set_str(all, "group_name", gate->facts.name);
    if (notice_item_put(gate, notice, to->address, mem, all, err))
        return err->rc;
    if (text_words_named(gate, template_of(gate, notice->kind, language, mem), language, &all, mem, &say.words, err))
        return err_wrap(err, "text %s", mailing_template_name(notice->kind));
    rc = text_queue(gate, &say, &id, err);
    if (rc == RC_LIMIT) { /* longer than texts are: that there is something, and whom to call */
        if (words_of_notice(gate, notice, language, mem, &say.words, err))
            return err->rc;
        rc = text_queue(gate, &say, &id, err);
    }
    if (!rc && is_watched)
        rc = text_again_watch(gate, id, say.not_after_ms, err);
    return rc == RC_DENIED ? err_set(err, RC_NOT_FOUND, "the month's budget for texts is used up") : rc;
}
