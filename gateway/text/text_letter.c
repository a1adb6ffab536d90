#include "gateway/text/text_letter.h"

#include "gateway/tell.h"
#include "gateway/text/text_take.h"
#include "inbound/text_word.h"

enum rc text_letter(struct gate *gate, const struct text_in *text, enum text_in_state *ret_end, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("text_letter");
    struct tell tell = { .what = TELL_TEXT_CAME, .subject_id = text->id.v, .text = text->words };
    struct person person = { .id = { 0 } };
    size_t users = 0;

    *ret_end = TEXT_IN_DONE;
    if (text->word != TEXT_WORD_NONE || text_word_is_echo(text->words, mem))
        return RC_OK;
    if (text->address.v && text_person_of(gate, text->address, mem, &person, &users, err))
        return err->rc;
    if (users == 1)
        tell.of = &person;
    else
        *ret_end = TEXT_IN_PARKED;
    return tell_staff(gate, &tell, err);
}
