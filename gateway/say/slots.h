/*
 * slots: what each slot of a rendering means, and the head of the copies made from it. Stored beside the rendering (mailing.slots).
 *
 * Shape    The writer of a rendering asks for a mark per meaning and puts it among the template's values; the same meaning asked for twice is
 *          the same slot. The mail role resolves the meanings for one reader.
 *              SLOT_FIRST_NAME   the name to greet by
 *              SLOT_REPLY        the address in Reply-To          SLOT_UNSUBSCRIBE  the address that ends it all
 *              SLOT_ITEM n       the own address of item n of an issue
 *              SLOT_CODE         the letter's own code (gateway/note/letter_code)
 *              SLOT_WHO person   "You" for that person, `name` for everybody else
 *          It also notes whose words the rendering holds: mailing_add writes that down (store/mailing).
 * Owns     Marks live in the arena given to slots_new.
 * Errors   RC_CORRUPT  slots_read: not what slots_write wrote
 *          RC_LIMIT    slots_check: more meanings than SLOT_MAX
 * State    A struct slots belongs to one rendering.
 */
#ifndef GATEWAY_SAY_SLOTS_H
#define GATEWAY_SAY_SLOTS_H

#include "base/arena.h"
#include "base/slot.h"
#include "base/token.h"
#include "gateway/say/pictures.h"
#include "store/mailing.h"

enum slot_kind { SLOT_FIRST_NAME = 1, SLOT_REPLY, SLOT_UNSUBSCRIBE, SLOT_ITEM, SLOT_WHO, SLOT_CODE };

struct slot_meaning {
    enum slot_kind kind;
    int64_t id;       /* SLOT_ITEM: number; SLOT_WHO: person */
    const char *name; /* SLOT_WHO: for others */
    const char *own;  /* SLOT_WHO: for that person */
};

/* What a copy's header needs beside the built bytes. */
struct slots_head {
    const char *slug;         /* local part of our addresses; "" the desk */
    enum token_purpose reply; /* Reply-To */
    int64_t reply_row;        /* 0: the delivery */
    bool is_answer;           /* MAIL FROM:<> */
    const char *in_reply_to;  /* of an answer; left@domain or NULL */
    struct post_id thread;    /* opener whose copy this one follows; 0 none */
};

struct slots;
struct slots *slots_new(struct arena *mem);
struct slots_head *slots_head(struct slots *s);
const char *slots_mark(struct slots *s, struct slot_meaning meaning);
/* The rendering holds this version of the post, whole or an excerpt; s may be NULL. */
void slots_note_post(struct slots *s, struct mailing_post post);
const struct mailing_post *slots_posts(const struct slots *s, size_t *ret_n);
/* The pictures that the rendering shows; they are part of what is built, and not stored here. */
struct pictures *slots_pictures(struct slots *s);
MUST_CHECK enum rc slots_check(const struct slots *s, struct err *err);
char *slots_write(const struct slots *s, struct arena *mem);
MUST_CHECK enum rc slots_read(const char *json, struct arena *mem, struct slots **ret_slots, struct err *err);
size_t slots_count(const struct slots *s);
const struct slot_meaning *slots_at(const struct slots *s, size_t n);

#endif
