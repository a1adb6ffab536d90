/*
 * own: which words of a person's record are the person's own: what `report person` and an export of one person may hold.
 *
 * Shape    Right of access (45 CFR 164.524) gives a person what is about them, and nobody else's words or names. So:
 *            theirs        name, numbers, contacts and chart reference; addresses; memberships; consents, with the words of their own answer; the
 *                          notes that they wrote, as they wrote them and as they went out; titles that came from their own words; what they
 *                          and staff wrote to each other alone; their votes while a poll is open; what was sent to them and what was
 *                          done about them, as kinds and times; who read their record, as "staff"
 *            not theirs    lines they quoted (> …) and other people's sentences inside their notes: OWN_WORDS_OF_OTHERS; names of members and
 *                          staff: OWN_NAME; titles of talks that others opened; notes of the care team, and reasons that staff gave
 *          A sentence counts as somebody else's when ERASE_WINDOW words in a row stand in a note of another member of their groups.
 * Owns     All in the arena given.
 * Errors   Those of the store.
 * State    Reads only.
 */
#ifndef GATEWAY_OFFICE_OWN_H
#define GATEWAY_OFFICE_OWN_H

#include "gateway/practice/gate.h"
#include "store/membership.h"
#include "store/post.h"

#define OWN_WORDS_OF_OTHERS "[words of others]"
#define OWN_NAME "[name]"

struct own;
MUST_CHECK enum rc own_read(struct gate *gate, const struct person *person, struct arena *mem, struct own **ret_own,
                            struct err *err);
/* The text without what is others'. */
const char *own_words(const struct own *own, const char *text, struct arena *mem);

/* A note of the person: what may be handed out of it. */
struct own_note {
    const char *written, *published; /* published: NULL when it never was, or is the same */
    const char *title;               /* NULL: others' words */
};
MUST_CHECK enum rc own_note(struct gate *gate, const struct own *own, const struct post *post, struct arena *mem,
                            struct own_note *ret_note, struct err *err);

#endif
