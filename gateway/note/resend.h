/*
 * resend: a note that its author sends again within 72 hours, perhaps with a slip mended, joins the review item of the first.
 *
 * Rule     The newest words are shown and stand for the note; the ones before stay in its context and in their own letter. The version rises, so
 *          that an OK to the old words releases nothing. A short text ("Thank you!") joins only what goes to the same place; a longer one
 *          (gateway/note/similar) joins wherever its author put it. What nothing proves joins nothing that is proved: a forged copy must neither
 *          swallow nor replace the real note.
 * State    Needs an open transaction.
 */
#ifndef GATEWAY_NOTE_RESEND_H
#define GATEWAY_NOTE_RESEND_H

#include "gateway/note/similar.h"
#include "gateway/practice/gate.h"
#include "store/post.h"

#define RESEND_MS (72 * MS_HOUR)

enum resend_kind {
    RESEND_NONE,
    RESEND_REPEAT, /* the very same words wait already */
    RESEND_NEWER,  /* nearly the same words wait: resend_join */
    RESEND_SENT    /* the group has read it */
};

/* What of the author's posts fresh repeats (fresh has no id yet). own: posts made of the same letter, which repeat nothing. */
MUST_CHECK enum rc resend_find(struct gate *gate, const struct post *fresh, const struct post *own, size_t own_count,
                               struct arena *mem, enum resend_kind *ret_kind, struct post *ret_earlier,
                               struct err *err);
/* Puts the words of fresh into the waiting post earlier, which becomes *fresh. title: of a note that opens its talk, NULL else. */
MUST_CHECK enum rc resend_join(struct gate *gate, const struct post *earlier, const char *title, struct arena *mem,
                               struct post *fresh, struct err *err);

#endif
