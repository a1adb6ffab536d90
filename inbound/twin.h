/*
 * twin: what the HTML of a letter says about its plain text: which lines are quoted, introduce a quotation or are a signature.
 *
 * Rule     Mail programs write the same words twice. The plain text is what we show, for its line breaks are the writer's; the HTML knows what
 *          is quoted. Words are laid beside each other in their order; a line whose words stand in quoted HTML is quoted too, and a line with a
 *          ">" that stands in the writer's own part of it is the writer's own. A line of which too little is found stays as it was.
 * Limits   TWIN_MAX_WORDS words of each; a longer letter is left as it is. Linear but for TWIN_WINDOW words at each difference.
 * Owns     Lines of both are changed in place; new texts live in their arenas.
 * Errors   None.
 * State    None.
 */
#ifndef INBOUND_TWIN_H
#define INBOUND_TWIN_H

#include "inbound/body.h"

#define TWIN_MAX_WORDS 40000
#define TWIN_WINDOW 40

void twin_mark(struct body *plain, struct body *html);

#endif
