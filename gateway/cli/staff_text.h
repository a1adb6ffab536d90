/*
 * staff_text: the options of `staff add` and `staff set` about a staff member's texts, and how staff are reached by text, in words.
 *
 * Errors   those of gateway/people/staff_number; RC_INPUT a word that an option does not take, no PIN on standard input
 * State    staff_text_pin reads standard input, before any transaction. The others need an open one or read only.
 */
#ifndef GATEWAY_CLI_STAFF_TEXT_H
#define GATEWAY_CLI_STAFF_TEXT_H

#include "gateway/cli/cli.h"

struct staff_text {
    const char *words, *notes; /* of options; NULL: not given */
    bool is_pin, is_no_pin;
    const char *pin; /* read by staff_text_pin */
};

#define STAFF_TEXT_OPTIONS(t)                                                                                          \
    { .name = "text-words",                                                                                            \
      .value = "none|some|more",                                                                                       \
      .help = "words of notes in texts to them; none as usual: others can read a phone",                               \
      .to = &(t).words },                                                                                              \
        { .name = "text-notes",                                                                                        \
          .value = "yes|no",                                                                                           \
          .help = "tell them of waiting notes by text too",                                                            \
          .to = &(t).notes },                                                                                          \
        { .name = "pin", .help = "read a PIN from standard input: their texts decide with it", .flag = &(t).is_pin },  \
    {                                                                                                                  \
        .name = "no-pin", .help = "take the PIN away: by text they can claim alarms alone", .flag = &(t).is_no_pin     \
    }

/* Where --pin is given: asks at a terminal, twice and unseen; else one line. */
MUST_CHECK enum rc staff_text_pin(struct cli *cli, struct staff_text *t, struct err *err);
MUST_CHECK enum rc staff_text_change(struct cli *cli, const struct person *staff, const struct staff_text *t,
                                     struct err *err);
/* A new number, or none: what became of it stands in *ret_news, for cli_say; "" nothing to say. */
MUST_CHECK enum rc staff_text_number(struct cli *cli, const struct person *staff, const char **ret_news,
                                     struct err *err);

/* ", by text too", ", not by text (said STOP)"; "" in a practice without texts. */
MUST_CHECK enum rc staff_text_ways(struct cli *cli, struct person_id staff, const char **ret_ways, struct err *err);

#endif
