#include "gateway/say/next_letter.h"

#include "gateway/say/phrase.h"
#include "schedules/rhythm.h"
#include "schedules/said.h"

enum rc next_letter_of(const struct gate *gate, const struct care_group *group, struct next_letter *ret,
                       struct err *err)
{
    const struct rhythm daily = { .zone = group->zone,
                                  .minute = (int)group->digest_minute,
                                  .weekday = RHYTHM_EVERY_DAY };
    const int64_t now_ms = gate_now_ms(gate);
    int64_t close_ms;

    if (rhythm_next_close(&daily, now_ms, &close_ms, err))
        return err->rc;
    *ret = (struct next_letter){ .close_ms = close_ms, .deadline_ms = close_ms - NEXT_LETTER_MARGIN_MS };
    if (ret->deadline_ms <= now_ms)
        ret->deadline_ms = close_ms;
    return RC_OK;
}

/* "7:30 AM"; with its day where that is not the letter's. */
static enum rc say_deadline(const struct said_in *in, const struct next_letter *letter, const char *letter_day,
                            struct arena *mem, const char **ret, struct err *err)
{
    char *day, *time;

    if (said_relative_day(in, letter->deadline_ms, mem, &day, err) ||
        said_time(in, letter->deadline_ms, mem, &time, err))
        return err->rc;
    if (!strcmp(day, letter_day))
        *ret = time;
    else
        *ret = in->language == LANGUAGE_SPANISH ? arena_printf(mem, "%s de %s", time, day)
                                                : arena_printf(mem, "%s %s", time, day);
    return RC_OK;
}

static enum rc say(const struct said_in *in, const struct next_letter *letter, const char *zone, struct arena *mem,
                   const char **ret, struct err *err)
{
    const char *deadline = "";
    char *day, *time;

    if (said_relative_day(in, letter->close_ms, mem, &day, err) || said_time(in, letter->close_ms, mem, &time, err) ||
        say_deadline(in, letter, day, mem, &deadline, err))
        return err->rc;
    *ret = in->language == LANGUAGE_SPANISH
               ? arena_printf(mem, "En la carta de %s, %s, si se aprueba antes de las %s%s", day, time, deadline, zone)
               : arena_printf(mem, "In %s's %s letter, if approved by %s%s", day, time, deadline, zone);
    return RC_OK;
}

const char *next_letter_say(const struct gate *gate, const struct care_group *group, enum person_language language,
                            struct arena *mem)
{
    const struct said_in in = { .language = language, .zone = group->zone, .now_ms = gate_now_ms(gate) };
    const char *const zone = phrase_zone(gate, language, group->zone, mem), *text = "";
    struct next_letter letter;
    struct err ignored;

    if (next_letter_of(gate, group, &letter, &ignored) ||
        say(&in, &letter, *zone ? arena_printf(mem, " (%s)", zone) : "", mem, &text, &ignored))
        return phrase_word(language, PHRASE_NEXT_LETTER);
    return text;
}
