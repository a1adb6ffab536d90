/*
 * client: writes a mail the way a mail program writes it: its parts, encodings, marks, attribution line and signature.
 *
 * Shape    Words are paragraphs with a blank line between. An answer quotes the letter that the person really got. With is_between the words
 *          are stretches "@LINE\nwords": each goes below the quoted line that holds LINE (THUNDERBIRD only).
 *          The border's fields stand on top, as our own mail server would have written them: Authentication-Results with the verdict,
 *          Received.
 * Owns     *ret_bytes lives in mem.
 * Errors   RC_NOT_FOUND  the time zone, or a LINE that the quoted letter does not hold
 *          RC_LIMIT      over CLIENT_MAX_BYTES
 * State    None.
 * Source   Mails of these programs as of 2024 to 2026: Gmail on the web, Outlook 16 for Windows, Outlook for iOS, iPhone Mail of iOS 17, Yahoo
 *          on the web, Thunderbird 115.
 */
#ifndef GATEWAY_DEMO_CLIENT_H
#define GATEWAY_DEMO_CLIENT_H

#include "base/arena.h"
#include "base/err.h"

#define CLIENT_MAX_BYTES ((size_t)2 << 20)

enum client {
    CLIENT_GMAIL,
    CLIENT_OUTLOOK,
    CLIENT_OUTLOOK_PHONE,
    CLIENT_IPHONE,
    CLIENT_YAHOO,
    CLIENT_THUNDERBIRD,
    CLIENT_COUNT
};

/* A letter as its reader has it, to be answered. */
struct client_letter {
    const char *from_name, *from_address, *reply_to, *to, *subject, *message_id, *text, *html;
    int64_t at_ms;
};

struct client_mail {
    enum client client;
    const char *from_name, *from_address, *to, *subject;
    const char *zone;
    int64_t at_ms;
    const char *words;
    const char *signature;               /* NULL none */
    const struct client_letter *answers; /* NULL: a mail of its own */
    bool is_between, has_card, has_photo;
    bool is_robot;      /* an automatic answer */
    const char *proof;  /* what the border says of the sender: "dmarc=pass …" */
    const char *border; /* name of the border's host */
    int64_t serial;     /* makes ids of this mail differ */
};

MUST_CHECK enum rc client_write(const struct client_mail *mail, struct arena *mem, const char **ret_bytes,
                                size_t *ret_n, struct err *err);
/* "Gmail on the web" */
const char *client_name(enum client client);

#endif
