/*
 * text_route: by which number and account a text goes, and what its buckets are asked for; read once for a batch, not for each text.
 *
 * Shape    Routes are those of one batch, until text_routes_clear. Providers stay open as long as the gate, which is opened anew each minute.
 * Owns     Routes borrow the gate. What a route points to lives in the arena of the batch, or as long as the gate.
 * Errors   RC_NOT_FOUND, RC_INPUT  no such number or account, or its file is wrong; others of the store
 * State    One process, one worker.
 */
#ifndef GATEWAY_TEXT_TEXT_ROUTE_H
#define GATEWAY_TEXT_TEXT_ROUTE_H

#include "gateway/sms/text_provider.h"
#include "store/text_bucket.h"

struct text_route {
    struct text_sender sender;
    const struct text_provider *provider;
    struct text_want want; /* less parts and is_exempt, which are the text's */
};

#define TEXT_ROUTES_MAX 8

struct text_routes {
    struct gate *gate;
    struct text_route of[TEXT_ROUTES_MAX];
    size_t count;
    const struct text_provider *providers[TEXT_ROUTES_MAX];
    size_t provider_count;
};

void text_routes_clear(struct text_routes *routes);
/* *ret_route is valid until the next call; what it points to, as said above. mem is the batch's. */
MUST_CHECK enum rc text_route_of(struct text_routes *routes, struct text_sender_id sender, struct arena *mem,
                                 const struct text_route **ret_route, struct err *err);

#endif
