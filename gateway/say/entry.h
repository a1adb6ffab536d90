/*
 * entry: a published post as readers see it: who, when, the words, the care team's notes.
 *
 * Shape    Values for the templates `digest`, `more`, `single` and `correction` (templates/KINDS.md). `who` is a slot where the author is a
 *          reader too: "You" for the author, the shown name for everybody else. An anonymous post says "A member".
 * Owns     Returned JSON is the caller's; strings live in mem.
 * Errors   Those of the store; RC_CORRUPT for a note that is not of its form.
 * State    Reads only.
 */
#ifndef GATEWAY_SAY_ENTRY_H
#define GATEWAY_SAY_ENTRY_H

#include "base/json.h"
#include "gateway/practice/gate.h"
#include "gateway/say/slots.h"
#include "store/group.h"
#include "store/person.h"
#include "store/post.h"

#define ENTRY_EXCERPT_CHARS 160 /* two lines */

struct entry_reader {
    const struct care_group *group;
    enum person_language language;
    struct slots *slots;
    int64_t now_ms;
};

/* The name that others read. */
MUST_CHECK enum rc entry_author(struct gate *gate, const struct post *post, enum person_language language,
                                struct arena *mem, const char **ret_name, struct err *err);
/* "who": the author as a slot. */
MUST_CHECK enum rc entry_who(struct gate *gate, const struct entry_reader *r, const struct post *post,
                             struct arena *mem, const char **ret_who, struct err *err);
/* When the words came to us, not when they got their OK; of what staff say from the desk, which may wait for its date, when they went out. */
int64_t entry_written_ms(const struct post *post);
/* "when" */
MUST_CHECK enum rc entry_when(const struct entry_reader *r, int64_t ms, struct arena *mem, char **ret_text,
                              struct err *err);
/* { who, when, text, notes } */
MUST_CHECK enum rc entry_values(struct gate *gate, const struct entry_reader *r, const struct post *post,
                                struct arena *mem, struct json **ret_entry, struct err *err);
/* Sets photos (gateway/say/pictures): for templates that show them. */
MUST_CHECK enum rc entry_add_photos(struct gate *gate, const struct entry_reader *r, const struct post *post,
                                    struct arena *mem, struct json *entry, struct err *err);
/* Sets excerpt, excerpt_who, excerpt_when and excerpt_notes. */
MUST_CHECK enum rc entry_set_excerpt(struct gate *gate, const struct entry_reader *r, const struct post *post,
                                     struct json *values, struct arena *mem, struct err *err);
/* { note_text, note_who, note_source } of a note's JSON. */
MUST_CHECK enum rc entry_note(const struct gate *gate, enum person_language language, const char *note,
                              struct json **ret_note, struct err *err);

#endif
