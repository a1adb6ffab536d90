#include "gateway/sms/text_level.h"

#include "gateway/practice/record.h"
#include "gateway/sms/text_queue.h"
#include "gateway/sms/text_words.h"
#include "store/due.h"
#include "store/text_owed.h"

enum rc text_level_ask(struct gate *gate, const struct text_line *line, const struct person *person, int64_t item,
                       struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("text_level");
    struct text_question question = { .person = person->id, .kind = TEXT_ASK_LEVEL, .subject_id = item };
    struct text_say say = { .kind = MAILING_TEXT_LEVEL,
                            .lane = -1,
                            .needs = TEXT_NEEDS_CONSENT,
                            .person = person->id,
                            .address = line->address,
                            .sender = line->sender };

    if (text_words(gate, say.kind, person->language, NULL, mem, &say.words, err) || text_queue(gate, &say, NULL, err) ||
        text_question_ask(&gate->store, line, &question, err))
        return err_wrap(err, "warning about texts");
    return RC_OK;
}

/* What was composed for more words and has not left is composed anew. */
static enum rc take_back(struct gate *gate, struct address_id address, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("text_level");
    struct membership_id *whose;
    size_t n;

    if (text_owed_take_back_words(&gate->store, address, mem, &whose, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++)
        if (due_set(&gate->store, JOB_TEXT_DIGEST, whose[i].v, gate_now_ms(gate), err))
            return err->rc;
    return RC_OK;
}

enum rc text_level_set(struct gate *gate, const struct audit_who *who, const struct text_level_change *level,
                       struct err *err)
{
    static const char *const names[] = { "count", "line", "words" };
    struct text_consent_change change = { .address = level->address,
                                          .person = level->person,
                                          .level = level->level,
                                          .way = level->way,
                                          .evidence_id = level->evidence_id,
                                          .wording = TEXT_WARNING_VERSION,
                                          .words = level->words };
    struct text_consent before;

    if (who->actor == AUDIT_STAFF)
        change.actor.v = who->id;
    if (level->level < 0 || level->level > 2)
        return err_set(err, RC_INPUT, "texts hold the count (0), a line (1) or the words (2)");
    if (text_consent_for(&gate->store, level->address, level->person, &before, err))
        return err->rc;
    if (before.state != TEXT_YES)
        return err_set(err, RC_INPUT, "this number has not said yes to texts");
    change.state = before.state;
    if (text_consent_set(&gate->store, &change, err) ||
        (level->level < before.level && take_back(gate, level->address, err)))
        return err->rc;
    return record_act(gate, who, AUDIT_TEXT_LEVEL, AUDIT_ITEM_ADDRESS, level->address.v, names[before.level],
                      names[level->level], err);
}
