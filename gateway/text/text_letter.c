#include "gateway/text/text_letter.h"

#include "gateway/say/tell.h"
#include "gateway/sms/text_person.h"
#include "gateway/text/talk.h"
#include "gateway/text/text_alarm.h"
#include "inbound/text_noise.h"
#include "inbound/words.h"

#define STOP_WORDS 7 /* tokens: with so many it says something else too */

/* A short code, or letters: nobody can be answered there. */
static enum rc keep(struct gate *gate, const struct text_in *text, const struct triage_result *triage,
                    struct arena *mem, enum text_in_state *ret_end, struct err *err)
{
    struct talk t = { .gate = gate, .in = text, .triage = triage, .mem = mem };

    if (triage->tier > 2 && text_noise_read(text->words, mem).kind)
        return RC_OK;
    *ret_end = TEXT_IN_PARKED;
    return talk_tell(&t, TELL_TEXT_CAME, err);
}

/* STOP was done when it was stored. "My mother passed away please stop texting": what else it says, staff read. */
static enum rc show_rest(struct gate *gate, const struct text_in *text, const struct text_writer *writer,
                         const struct triage_result *triage, struct arena *mem, struct err *err)
{
    struct talk t = { .gate = gate, .in = text, .triage = triage, .writer = writer->person, .mem = mem };

    if (text->word != TEXT_WORD_STOP || words_split(text->words, STOP_WORDS, mem).count < STOP_WORDS)
        return RC_OK;
    return talk_tell(&t, TELL_TEXT_CAME, err);
}

enum rc text_letter(struct gate *gate, const struct triage_lexicon *lexicon, const struct text_in *text,
                    enum text_in_state *ret_end, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("text_letter");
    struct text_writer writer = { .person = { .language = gate->facts.language } };
    struct triage_result triage;
    struct talk t;

    *ret_end = TEXT_IN_DONE;
    if (text->address.v && text_person_of(gate, text->address, mem, &writer.person, &writer.users, err))
        return err->rc;
    if (text_alarm(gate, lexicon, text, &writer, mem, &triage, err))
        return err->rc;
    if (!text->words)
        return RC_OK;
    if (text->word != TEXT_WORD_NONE && text->word != TEXT_WORD_START)
        return show_rest(gate, text, &writer, &triage, mem, err);
    if (!text->address.v)
        return keep(gate, text, &triage, mem, ret_end, err);
    if (talk_open(gate, lexicon, text, &triage, mem, &t, err))
        return err->rc;
    return talk_run(&t, ret_end, err);
}
