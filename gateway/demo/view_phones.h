/*
 * view_phones: the texts of the story on the page: each phone as a thread that needs no script, and as data for timelines.
 *
 * Shape    put writes a figure for each phone: bubbles with their times, what was written on it on the right. Its list has the id thread-PERSON.
 *          json is [{to, at, ms, words}] of what came; what was written on phones stands with the steps.
 * Errors   None
 * State    Reads the play.
 */
#ifndef GATEWAY_DEMO_VIEW_PHONES_H
#define GATEWAY_DEMO_VIEW_PHONES_H

#include "base/json.h"
#include "base/strbuf.h"
#include "gateway/demo/play.h"

void view_phones_put(const struct play *play, struct strbuf *out);
struct json *view_phones_json(const struct play *play);
/* The lines of a phone about a step, the newest `most` of a day until its end: [{at, mine, words}]. */
struct json *view_phones_around(const struct play *play, const struct play_step *step, size_t most);

#endif
