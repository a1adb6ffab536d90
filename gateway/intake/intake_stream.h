/*
 * intake_stream: one letter that comes by and by, to several recipients: one sealed arrival for each.
 *
 * Shape    intake_stream_to asks, for each recipient, whether we know it: a group's slug (open or ended), the desk, postmaster, or what has the form of a
 *          token behind a plus or alone; the same behind the plus of any mailbox (circles+tuesday, circles+tuesday+TOKEN: gateway/practice/ours); whose token it is, the sorter finds out, which has the keys. Then begin, add …, finish. Over the
 *          size limit of [receive] only the beginning of a letter is kept and the arrival marked, as everywhere (gateway/intake/intake).
 *          Whoever wants several letters in one commit opens the transaction himself, at the latest when intake_stream_will_write says so, and before finish.
 * Owns     A stream that is freed before its transaction was committed leaves nothing that counts.
 * Errors   RC_NOT_FOUND  nobody has this address   RC_INPUT  it is in no domain of ours
 *          else those of the store: nothing is certain to be on disk; the stream can only be freed
 * State    Needs no keys. finish needs an open transaction; what it wrote counts when that is committed, and then intake_stream_wake tells the sorter.
 */
#ifndef GATEWAY_INTAKE_INTAKE_STREAM_H
#define GATEWAY_INTAKE_INTAKE_STREAM_H

#include "gateway/intake/intake.h"

struct intake_stream;
struct intake_stream *intake_stream_new(struct home *home, enum arrival_source source);
void intake_stream_free(struct intake_stream **stream);

MUST_CHECK enum rc intake_stream_to(struct intake_stream *stream, const char *address, struct err *err);
/* Where the transport tells no recipient: what the fields on top say (intake_read_head). An address that has the form of a token goes before all others; then what the
 * delivering server wrote, where we know it; then whom the writer named and we know: one arrival for each. What is left is the practice's whose domain it names, or
 * the only one's. RC_NOT_FOUND: nobody's. */
MUST_CHECK enum rc intake_stream_to_head(struct intake_stream *stream, const struct intake_head *head, struct err *err);
/* Only to an address that has the form of a token. RC_NOT_FOUND: there is none. */
MUST_CHECK enum rc intake_stream_to_token(struct intake_stream *stream, const struct intake_head *head,
                                          struct err *err);
/* What names the letter at its source: the second of that name is a duplicate (arrival_meta). Before begin. */
void intake_stream_name(struct intake_stream *stream, const char *source_key);
size_t intake_stream_count(const struct intake_stream *stream);

MUST_CHECK enum rc intake_stream_begin(struct intake_stream *stream, const char *sender, struct err *err);
bool intake_stream_will_write(const struct intake_stream *stream, size_t n);
MUST_CHECK enum rc intake_stream_add(struct intake_stream *stream, const char *bytes, size_t n, struct err *err);
/* Also puts the practices into the sorter's line. */
MUST_CHECK enum rc intake_stream_finish(struct intake_stream *stream, struct err *err);

/* Its transaction was rolled back: free it next. */
void intake_stream_rolled_back(struct intake_stream *stream);

/* Of one recipient, after finish. */
struct intake_result intake_stream_result(const struct intake_stream *stream, size_t i);
void intake_stream_wake(struct home *home);

#endif
