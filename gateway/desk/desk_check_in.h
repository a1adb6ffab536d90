/*
 * desk_check_in: a check-in as staff write it by mail.
 *
 *            CHECKIN: What is your morning weight?      the question, then one line for each
 *            When: weekdays 8:00                        Cuando, Days, Dias
 *            Unit: lb                                   Unidad
 *            Kind: scale                                Tipo: number, scale, yes/no, words; numero, escala, si/no, palabras
 *            Limits: 60 to 700                          Limites
 *            Look: under 90, over 200                   Mirar: menos de 90, mas de 200
 *            Tag: heart                                 Etiqueta
 *            Totals: yes                                Totales: si
 *            Spanish: ¿Cuánto pesa hoy?                 Espanol
 *
 * Owns     Strings live in mem.
 * Errors   RC_INPUT  it has no question or no time, or a line that is none of these
 * State    None.
 */
#ifndef GATEWAY_DESK_DESK_CHECK_IN_H
#define GATEWAY_DESK_DESK_CHECK_IN_H

#include "gateway/people/check_in.h"

MUST_CHECK enum rc desk_check_in_read(const char *text, struct arena *mem, struct check_in *ret, struct err *err);
/* The n-th open check-in of a group, as CHECKIN lists them from 1 on; RC_NOT_FOUND. */
MUST_CHECK enum rc desk_check_in_find(struct gate *gate, struct group_id group, int64_t n, struct arena *mem,
                                      struct check_in *ret, struct err *err);

#endif
