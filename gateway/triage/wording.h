/*
 * wording: the sentences of our templates, and a text less them: what is left was written by a person.
 *
 * Shape    A run is what stands between two slots of a template, whole sentences of it, WORDING_MIN_WORDS words and more. Words are compared as
 *          triage reads them: case, accents, quotes, line ends, marks of quoting and what Markdown adds make no difference.
 *          What is left is told as spans, one for each place between runs that holds a word: the words on both sides of a run have nothing to do
 *          with one another. A text without ours is one span.
 * Rule     Nobody's own words may go because they resemble ours. A sentence that ends with a stop in the template must begin and end so in the
 *          text: what a person took over and went on with stays whole. One in the first person ("I", "me", "quiero") is never ours, since
 *          a template may quote what people say. And "There is no one to call" is a sentence of ours that anybody may write: runs are taken
 *          away only where WORDING_SURE_WORDS words of one template, each of its runs counted once, stand in the text. Its headings and
 *          sentences of WORDING_SHORT_WORDS words and more go with them where they stand alone, but make nothing sure.
 * Units    at and len are bytes of the text.
 * Owns     All lives in mem; the set may go.
 * Limits   Those of words_split: what lies behind is left as it is.
 * State    Only read after it was made.
 */
#ifndef GATEWAY_TRIAGE_WORDING_H
#define GATEWAY_TRIAGE_WORDING_H

#include "templates/template.h"

#define WORDING_MIN_WORDS 5
#define WORDING_SHORT_WORDS 3
#define WORDING_SURE_WORDS 12

struct wording;

struct wording_span {
    size_t at, len;
    bool is_scrap; /* fewer than WORDING_SHORT_WORDS words beside ours: the value of a slot, mostly */
};

struct wording_rest {
    struct wording_span *spans;
    size_t count;
};

/* Of all files of both languages, and of those that the practice's own have replaced. */
const struct wording *wording_read(const struct template_set *set, struct arena *mem);
/* wording NULL: nothing is ours. */
struct wording_rest wording_rest_of(const struct wording *wording, const char *text, struct arena *mem);

#endif
