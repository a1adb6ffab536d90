#include "gateway/text/text_letter.h"

#include "gateway/say/tell.h"
#include "gateway/text/text_alarm.h"
#include "gateway/sms/text_person.h"
#include "inbound/text_noise.h"

enum rc text_letter(struct gate *gate, const struct triage_lexicon *lexicon, const struct text_in *text,
                    enum text_in_state *ret_end, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("text_letter");
    struct tell tell = { .what = TELL_TEXT_CAME, .subject_id = text->id.v, .text = text->words };
    struct text_writer writer = { .person = { .language = gate->facts.language } };

    *ret_end = TEXT_IN_DONE;
    if (text->address.v && text_person_of(gate, text->address, mem, &writer.person, &writer.users, err))
        return err->rc;
    if (text_alarm(gate, lexicon, text, &writer, &tell.has_alarm, err))
        return err->rc;
    if (text->word != TEXT_WORD_NONE || (!tell.has_alarm && text->words && text_noise_read(text->words, mem).kind))
        return RC_OK;
    if (writer.users == 1)
        tell.of = &writer.person;
    else
        *ret_end = TEXT_IN_PARKED;
    return tell_staff(gate, &tell, err);
}
