/*
 * text_level: how much a number is told by text, chosen by its person after a warning (R19): 0 that there is something new, 1 sixty characters, 2 the words.
 *
 * Shape    text_level_ask sends the warning and opens a question (TEXT_ASK_LEVEL) on the line, with the number of the item whose words they want (0: none
 *          was named); whoever reads the answer calls text_level_set. Several who share a phone have a level each (store/text_consent). Each change is a row in the log of the number's consent, with the version of the warning.
 * Errors   RC_INPUT      no such level, or one above 0 where the number has not said yes to texts at all
 *          RC_NOT_FOUND  text_level_ask: the number may not be written to
 * State    Needs an open transaction.
 */
#ifndef GATEWAY_SMS_TEXT_LEVEL_H
#define GATEWAY_SMS_TEXT_LEVEL_H

#include "gateway/practice/gate.h"
#include "store/audit.h"
#include "store/text_consent.h"
#include "store/text_line.h"

#define TEXT_WARNING_VERSION "texts are not private, 1"

MUST_CHECK enum rc text_level_ask(struct gate *gate, const struct text_line *line, const struct person *person,
                                  int64_t item, struct err *err);
struct text_level_change {
    struct address_id address;
    struct person_id person;
    int level;                 /* 0 to 2 */
    enum text_consent_way way; /* TEXT_BY_TEXT, or TEXT_BY_STAFF, who warned them and wrote it down */
    int64_t evidence_id;       /* the text that said so; 0 */
    const char *words;         /* what it said, or how staff warned them; NULL */
};

MUST_CHECK enum rc text_level_set(struct gate *gate, const struct audit_who *who, const struct text_level_change *level,
                                  struct err *err);

#endif
