/*
 * undoing: notes down how things were before a command changed them, for gateway/people/undone to give back when the member says UNDO.
 *
 * Shape    Rows are noted before they change: memberships, withdrawn posts, suppressed addresses, language and format. undoing_save stores the
 *          note (sealed, store/undo).
 * Owns     undoing_done frees what was noted.
 * State    Needs an open transaction.
 */
#ifndef GATEWAY_NOTE_UNDOING_H
#define GATEWAY_NOTE_UNDOING_H

#include "base/json.h"
#include "gateway/practice/gate.h"
#include "store/membership.h"
#include "store/post.h"

struct undoing {
    struct json *root, *memberships, *posts, *addresses;
};

/* command: the word that is undone: "stop", "daily". */
struct undoing undoing_begin(const char *command);
void undoing_done(struct undoing *u);

void undoing_note_membership(struct undoing *u, const struct membership *m);
void undoing_note_post(struct undoing *u, const struct post *as_it_was);
void undoing_note_address(struct undoing *u, struct address_id suppressed);
/* Staff who said yes, from this address. */
void undoing_note_opted_in(struct undoing *u, struct address_id from);
void undoing_note_person(struct undoing *u, const struct person *p);

/* Takes the lists out of *u. Nothing noted: nothing stored. */
MUST_CHECK enum rc undoing_save(struct gate *gate, struct person_id person, struct membership_id membership,
                                struct undoing *u, struct err *err);

#endif
