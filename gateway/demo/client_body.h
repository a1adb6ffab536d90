/*
 * client_body: the words, the signature and the quoted letter, as each mail program lays them out in text and in HTML.
 *
 * Shape    A table of one text writer and one HTML writer per program. Lines end with LF.
 * Errors   RC_NOT_FOUND  the time zone; a line to write below is not in the quoted letter   RC_LIMIT  over CLIENT_MAX_BYTES
 * State    None.
 */
#ifndef GATEWAY_DEMO_CLIENT_BODY_H
#define GATEWAY_DEMO_CLIENT_BODY_H

#include "gateway/demo/client.h"

struct client_body {
    const char *text, *html;
};

MUST_CHECK enum rc client_write_body(const struct client_mail *mail, struct arena *mem, struct client_body *ret_body,
                                     struct err *err);

#endif
