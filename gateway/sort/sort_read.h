/*
 * sort_read: an arrival becomes a letter: its bytes are opened and given to the reader of mail in its sandbox.
 *
 * Shape    Fills s->letter, s->reader and s->envelope_to. What the transport said of the envelope's sender stands above the letter's own fields, so that
 *          nobody's Return-Path but the server's counts. is_head_only: of one that is too big, the fields alone.
 * Errors   Those of the store, the keys and inbound/sandbox.
 * State    The reader of s stays open until sorting_done or sort_read_again.
 */
#ifndef GATEWAY_SORT_SORT_READ_H
#define GATEWAY_SORT_SORT_READ_H

#include "gateway/note/sorting.h"
#include "inbound/sandbox.h"

MUST_CHECK enum rc sort_read(struct sorting *s, struct sandbox *sandbox, bool is_head_only, struct err *err);
/* ctx is a struct sorting: another reading of its raw letter, from the beginning (gateway/note/darkroom). */
MUST_CHECK enum rc sort_read_again(void *ctx, struct sandbox_source *ret_source, struct err *err);

#endif
