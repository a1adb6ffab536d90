/*
 * marks: why an alarm was raised about something that nothing was held of: its words are looked at again, by the lists and the model of now.
 *
 * Owns     marks_open opens the word lists and the model; marks_close frees them.
 * Errors   None: where the lists do not open nothing is named, and no alarm waits for it.
 * State    Reads files only.
 */
#ifndef GATEWAY_DUTY_MARKS_H
#define GATEWAY_DUTY_MARKS_H

#include "gateway/duty/message.h"
#include "gateway/triage/triage_files.h"

struct marks {
    struct triage_watch lists; /* lexicon NULL: not open */
    struct triage_setting setting;
};

void marks_open(struct gate *gate, struct marks *ret_marks);
void marks_close(struct marks *marks);
/* The values `flags`: list of `flag`, `phrase`, of what calls people. */
struct json *marks_read(const struct marks *marks, const struct message *m, enum person_language language,
                        struct arena *mem);

#endif
