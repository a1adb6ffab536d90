/*
 * untemplate: takes our own words out of a letter that answers a mail of ours.
 *
 * Shape    The copy that this person got is filled once more from its rendering, read by the closed process like any mail, and its lines are taken out
 *          of the letter exactly (inbound/sandbox, trim): what is left is the writer's, quoted or not. So our own crisis line, quoted back,
 *          never pages, and a quotation that hides new words never hides them.
 *          ret_ours is that text, "" when there is none. A signature that the sender's last letters had too goes with it.
 *          Only of what the group reads (sender_answers_group) anything is taken out: a letter to one person may show them their own words,
 *          and "EDIT" and the text of a note as it shall be, or a note written again, repeat them on purpose.
 * Errors   those of sandbox_parse and sandbox_trim; a copy that cannot be made any more (gone, suppressed) leaves the letter as it is
 * State    Reads only; no transaction may be open, because the closed process may take its time.
 */
#ifndef GATEWAY_SORT_UNTEMPLATE_H
#define GATEWAY_SORT_UNTEMPLATE_H

#include "gateway/note/sender.h"
#include "inbound/sandbox.h"

MUST_CHECK enum rc untemplate_letter(struct gate *gate, struct sandbox *sandbox, const struct sender *sender,
                                     struct arena *mem, struct letter *letter, const char **ret_ours, struct err *err);
/* The text of a copy as its reader sees it; "" when it cannot be made any more. */
MUST_CHECK enum rc untemplate_copy(struct gate *gate, struct sandbox *sandbox, const struct delivery *d,
                                   struct arena *mem, const char **ret_text, struct err *err);

#endif
