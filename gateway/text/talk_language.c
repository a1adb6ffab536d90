/* "¿Prefiere español?": who has written two texts in the other language is asked, once, in that language; only their YES changes it. */
#include "gateway/text/talk.h"

#include "gateway/sms/text_queue.h"
#include "gateway/sms/text_words.h"
#include "inbound/text_noise.h"
#include "inbound/text_tongue.h"

#define LOOKED_BACK_MS (30 * MS_DAY)
#define LOOKED_AT 8

static enum person_language other_of(enum person_language language)
{
    return language == LANGUAGE_SPANISH ? LANGUAGE_ENGLISH : LANGUAGE_SPANISH;
}

/* What a phone says by itself is in its own language, and quotes ours. */
static enum text_tongue tongue_of(const struct talk *t, const char *words)
{
    return text_noise_read(words, t->mem).kind ? TEXT_TONGUE_UNKNOWN : text_tongue_read(words, t->mem);
}

static bool is_in(const struct talk *t, const char *words, enum person_language language)
{
    return tongue_of(t, words) == (language == LANGUAGE_SPANISH ? TEXT_TONGUE_SPANISH : TEXT_TONGUE_ENGLISH);
}

/* This text, and the one before it that had a language at all. */
static enum rc is_second(const struct talk *t, enum person_language language, bool *ret_is, struct err *err)
{
    struct text_in *list;
    size_t n;

    *ret_is = false;
    if (!is_in(t, t->in->words, language))
        return RC_OK;
    if (text_in_of_address(&t->gate->store, t->line.address, gate_now_ms(t->gate) - LOOKED_BACK_MS, LOOKED_AT, t->mem,
                           &list, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++)
        if (list[i].id.v < t->in->id.v && list[i].words && tongue_of(t, list[i].words)) {
            *ret_is = is_in(t, list[i].words, language);
            break;
        }
    return RC_OK;
}

static enum rc ask(struct talk *t, enum person_language language, struct err *err)
{
    struct text_question question = { .person = t->writer.id, .kind = TEXT_ASK_LANGUAGE, .subject_id = language };
    struct text_say say = { .kind = MAILING_TEXT_LANGUAGE,
                            .lane = -1,
                            .needs = TEXT_NEEDS_CONSENT,
                            .person = t->writer.id,
                            .address = t->line.address,
                            .sender = t->line.sender,
                            .subject_id = t->in->id.v,
                            .once = arena_printf(t->mem, "language %d", (int)language) };
    enum rc rc = text_words(t->gate, say.kind, language, NULL, t->mem, &say.words, err);

    if (!rc)
        rc = text_queue(t->gate, &say, NULL, err);
    if (rc)
        return rc == RC_CONFLICT || rc == RC_NOT_FOUND || rc == RC_DENIED ? RC_OK : rc; /* they were asked before */
    return text_question_ask(&t->gate->store, &t->line, &question, err);
}

enum rc talk_language(struct talk *t, struct err *err)
{
    const enum person_language other = other_of(t->writer.language);
    struct text_question open;
    bool is;
    enum rc rc;

    if (!t->writer.id.v || t->writer.kind == PERSON_STAFF || t->is_former || t->consent.state != TEXT_YES ||
        t->is_silent || talk_has_alarm(t))
        return RC_OK;
    rc = text_question_get(&t->gate->store, &t->line, t->mem, &open, err);
    if (rc != RC_NOT_FOUND) /* what we asked just now comes first */
        return rc;
    if (is_second(t, other, &is, err))
        return err->rc;
    if (is && membership_in_any(&t->gate->store, t->writer.id, &is, err)) /* who left just now is asked nothing */
        return err->rc;
    return is ? ask(t, other, err) : RC_OK;
}
