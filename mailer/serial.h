/*
 * serial: the one writer of messages. Nothing else in the project can produce bytes that a transport takes.
 *
 * Shape    serial_build makes the wire bytes of one rendering (one language, format and version of an issue or notice)
 * once; serial_fill puts one person's values in and yields a struct wire. A wire has one envelope recipient, and that
 * very address, alone, in To; there is no Cc and no Bcc, and no call that could add one. The built form is bytes as
 * well (serial_save, serial_load): it is sealed into its row and filled by another process later.
 *
 *          A message is multipart/alternative of text and HTML, or text alone. Pictures that the HTML shows (cid:) stand
 * beside it in a multipart/related: JPEG only, no name, the same for everybody. Wire bytes are 7-bit with CRLF line ends
 * only, body lines are quoted-printable, no line is over 998 characters. A calendar object is the last alternative (RFC
 * 6047, what Outlook and Gmail want), has no slots, no name and no disposition, and is 7bit where it is ASCII.
 *
 *          Slots (base/slot.h) may stand in from_name, subject, text and html. A header or a body line that holds one
 * is kept as text and encoded as a whole when it is filled; all else is encoded once. Values are one line: breaks,
 * control characters and slot marks in them become blanks; in the HTML part & < > " ' are escaped. Units    date_ms is
 * UTC milliseconds. Sizes are bytes: SERIAL_*_MAX. Owns     A built message lives in the arena it was made in, and
 * serial_save's bytes are part of it. A wire belongs to its caller, is refilled without new allocations and is wiped
 * when freed. Errors   RC_INPUT    text that is not UTF-8; an address, id or URL that cannot stand in a header; a slot
 * without a value (err names the field or slot, never a value). A missing mandatory field is RC_INPUT too. RC_LIMIT
 * over a maximum below RC_CORRUPT  serial_load: bytes that serial_save did not make State    None. One wire belongs to
 * one caller. Source   RFC 5322, 2045, 2047; 2369 and 2919 (list fields), 8058 (one-click), 3834 (Auto-Submitted).
 */
#ifndef MAILER_SERIAL_H
#define MAILER_SERIAL_H

#include "base/arena.h"
#include "base/err.h"

#define SERIAL_BUILT_MAX ((size_t)1000 << 10) /* fits a sealed value */
#define SERIAL_WIRE_MAX ((size_t)1536 << 10)
#define SERIAL_PIECES_MAX 16384
#define SERIAL_LINE_MAX 65536 /* of one body line that holds slots, filled */
#define SERIAL_NAME_MAX 512
#define SERIAL_SUBJECT_MAX 998
#define SERIAL_VALUE_MAX 16384
#define SERIAL_REFERENCES_MAX 20
#define SERIAL_IMAGES_MAX 3
#define SERIAL_IMAGE_MAX ((size_t)256 << 10)

/* RFC 3834: what an automatic answerer is told. */
enum serial_auto {
    SERIAL_AUTO_NO,        /* a relayed post of a member: no field */
    SERIAL_AUTO_GENERATED, /* digests, notices, reminders, pages */
    SERIAL_AUTO_REPLIED,   /* an answer to a mail; send it with an empty envelope sender */
};

/* A picture of the HTML: <img src="cid:CID">. */
struct serial_image {
    const char *cid; /* letters, digits and inner - . @: the Content-ID */
    const void *jpeg;
    size_t n;
};

/* A calendar object: lines with CRLF, folded (schedules/invitation). Its ATTENDEE is one person, so it stands in mail to one person alone. */
struct serial_calendar {
    const char *text;
    size_t n;
    bool is_ascii;
    const char *method; /* "REQUEST", "CANCEL": as in the object */
};

/* What a rendering says to everybody. NULL leaves a field out unless it says otherwise. */
struct serial_message {
    const char *from_name;             /* may hold slots; mandatory, "" for none */
    const char *from_address;          /* mandatory */
    const char *reply_name;            /* display name in Reply-To */
    const char *subject;               /* may hold slots; mandatory */
    const char *text;                  /* may hold slots; mandatory */
    const char *html;                  /* may hold slots; NULL: text only */
    enum serial_auto automatic;        /* other than NO also writes X-Auto-Response-Suppress: All */
    const char *list_id;               /* label.domain */
    const char *list_post;             /* a mailto: or https: URL, or "NO" */
    const char *list_help;             /* a URL */
    const char *list_owner;            /* a URL */
    const struct serial_image *images; /* only with html */
    size_t image_count;
    const struct serial_calendar *calendar; /* only with html */
};

/* What the way of a copy must keep, from here to its reader's server (mailer/transport). */
enum serial_tls {
    SERIAL_TLS_ANY, /* the relay does as it does */
    SERIAL_TLS_KEPT_BY_RELAY, /* verified TLS, which the practice says its relay enforces for this recipient; REQUIRETLS too where it is offered */
    SERIAL_TLS_REQUIRED, /* verified TLS: only with REQUIRETLS (RFC 8689) */
};

/* What one person's copy says. */
struct serial_person {
    const char *to_name;           /* NULL: address alone */
    const char *to_address;        /* mandatory; the envelope recipient too */
    const char *envelope_sender;   /* "" is <>; mandatory */
    const char *reply_to;          /* an address; NULL: no field */
    const char *message_id;        /* left@domain, without brackets; mandatory */
    const char *in_reply_to;       /* the same form; NULL: no field */
    const char *const *references; /* oldest first */
    size_t reference_count;
    const char *unsubscribe_https; /* with it goes List-Unsubscribe-Post */
    const char *unsubscribe_mailto;
    enum serial_tls tls;
    int64_t date_ms;
    const char *const *values; /* values[n] belongs to slot n; NULL where there is none */
    size_t value_count;
};

struct serial_built;
struct wire;

MUST_CHECK enum rc serial_build(const struct serial_message *message, struct arena *mem,
                                const struct serial_built **ret_built, struct err *err);
/* The built form as bytes, valid as long as built. */
const void *serial_save(const struct serial_built *built, size_t *ret_n);
/* Copies the bytes into mem and checks all of them. */
MUST_CHECK enum rc serial_load(const void *bytes, size_t n, struct arena *mem, const struct serial_built **ret_built,
                               struct err *err);
/* One more than the highest slot that is used: how many values a fill needs at least. */
size_t serial_slots(const struct serial_built *built);

struct wire *wire_new(void);
void wire_free(struct wire **wire);
/* Writes one person's copy into wire, over what was there. On an error the wire is empty and no transport takes it. */
MUST_CHECK enum rc serial_fill(const struct serial_built *built, const struct serial_person *person, struct wire *wire,
                               struct err *err);

/* Reading a filled wire; "" and 0 when it is empty. sender "" means <>. */
const char *wire_bytes(const struct wire *wire, size_t *ret_n);
const char *wire_recipient(const struct wire *wire);
const char *wire_sender(const struct wire *wire);
enum serial_tls wire_tls(const struct wire *wire);
bool wire_is_filled(const struct wire *wire);

#endif
