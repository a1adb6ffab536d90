/*
 * visit_desk: visits by staff mail.
 *
 *            VISITS                       VISITAS                       what is ahead: answered at once
 *            MOVE 3 to 3pm                MOVER 3 a jueves 15:00        shown first (QUESTION_DESK), done by SEND
 *            CANCEL 3                     CANCELAR 3                    likewise
 *            ATTEND 3 1 2 5 · all but 3   ASISTENCIA 3 todos menos 3    likewise
 *            in answer to "Who came?"     the numbers alone             likewise
 *            RECAP: …                     RESUMEN: …                    becomes TOPIC (gateway/desk/desk_words): shown first, released by SEND
 *
 * Rule     The whole text, less courtesy and signature, is one of these; MOVE needs its "to", so that MOVE 3 stays a decision. What cannot be done is told
 *          with its reason, and nothing is done. The sorter has asked whether this person may act.
 * Errors   Those of the store.
 * State    Needs an open transaction.
 */
#ifndef GATEWAY_DESK_VISIT_DESK_H
#define GATEWAY_DESK_VISIT_DESK_H

#include "gateway/desk/desk.h"

MUST_CHECK enum rc visit_desk_take(struct gate *gate, const struct desk_letter *in, struct arena *mem,
                                   bool *ret_is_ours, enum letter_outcome *ret_outcome, struct err *err);

#endif
