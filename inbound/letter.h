/*
 * letter: what the reader understood of one raw message.
 *
 * Shape    Plain data. Every string is clean NUL-terminated UTF-8 (text_clean) and never NULL: "" is "not there". Addresses are bare
 *          and in the form of text_address_in. Arrays are (pointer, count), NULL and 0 when empty.
 * Units    date_ms is UTC milliseconds since 1970, 0 when the field is missing or unreadable. depth counts quote marks.
 * Owns     Everything lives in the arena of whoever read the letter.
 * Errors   letter_from_json judges its text as hostile input:
 *          RC_CORRUPT  not this form: a wrong type, an unknown name, more members or bytes than the limits below
 * State    None.
 * Source   DESIGN.md section 8: the JSON form is at once the sandboxed child's answer and what `inspect --json` prints.
 */
#ifndef INBOUND_LETTER_H
#define INBOUND_LETTER_H

#include "base/arena.h"
#include "base/json.h"

#define LETTER_MAX_BYTES ((size_t)25 << 20) /* raw message */
#define LETTER_HEADER_MAX_BYTES ((size_t)64 << 10)
#define LETTER_TEXT_MAX_BYTES ((size_t)1 << 20) /* decoded body, and its HTML */
#define LETTER_JSON_MAX_BYTES ((size_t)16 << 20)
#define LETTER_NESTING_MAX 50
#define LETTER_PARTS_MAX 1000
#define LETTER_RECIPIENTS_MAX 64
#define LETTER_REFERENCES_MAX 64
#define LETTER_ID_MAX_BYTES 998    /* one line of RFC 5322 */
#define LETTER_LINE_MAX_BYTES 4096 /* subject, names, comments */
#define LETTER_SEGMENTS_MAX 500
#define LETTER_REPORTS_MAX 100
#define LETTER_WARNINGS_MAX 32

/* Numbers are stored: append only. */
enum letter_kind {
    LETTER_POST = 1,  /* new words, about nothing earlier; forwarded mail too */
    LETTER_REPLY,     /* new words in answer to a message */
    LETTER_REPORT,    /* a delivery report: never posted, never answered */
    LETTER_COMPLAINT, /* somebody pressed "this is spam" (ARF) */
    LETTER_ROBOT,     /* an automatic answer */
    LETTER_CALENDAR,  /* an answer to an invitation */
    LETTER_COMMAND,   /* set later, by inbound/words */
    LETTER_EMPTY,     /* neither words nor attachments */
    LETTER_KIND_COUNT
};

/* What the border's Authentication-Results prove about the From address. Numbers are stored: append only. */
enum letter_auth {
    LETTER_AUTH_NONE = 1, /* nothing that we may trust was said */
    LETTER_AUTH_PASS,     /* dmarc=pass for the From domain */
    LETTER_AUTH_ALIGNED,  /* no DMARC verdict, but DKIM or SPF passed for the From domain */
    LETTER_AUTH_FAIL,     /* dmarc=fail */
    LETTER_AUTH_INSIDE,   /* written in a mailbox of the practice's own tenant */
    LETTER_AUTH_COUNT
};

enum letter_action {
    LETTER_FAILED = 1,
    LETTER_DELAYED,
    LETTER_DELIVERED,
    LETTER_RELAYED,
    LETTER_EXPANDED,
    LETTER_ACTION_COUNT
};

/* Why a report says what it says; report_class_is_about_address tells which speak about the member's address. */
enum letter_class {
    LETTER_CLASS_UNKNOWN = 1, /* nothing more can be read */
    LETTER_CLASS_NO_USER,     /* no such mailbox */
    LETTER_CLASS_NO_HOST,     /* no such domain, or it takes no mail */
    LETTER_CLASS_SUSPENDED,   /* mailbox closed or inactive */
    LETTER_CLASS_FULL,        /* mailbox over quota */
    LETTER_CLASS_SIZE,        /* message too big */
    LETTER_CLASS_POLICY,      /* rejected by any other rule: relay, block list, sender not allowed */
    LETTER_CLASS_SPAM,        /* taken for unsolicited mail */
    LETTER_CLASS_NETWORK,     /* timeouts, routing, host down */
    LETTER_CLASS_OK,          /* delivered, relayed or expanded */
    LETTER_CLASS_MOVED,       /* the person has another address now */
    LETTER_CLASS_CONTENT,     /* a virus, an attachment or a kind of content that is not wanted */
    LETTER_CLASS_AUTH,        /* SPF, DKIM or DMARC */
    LETTER_CLASS_RATE,        /* too many at once, throttled, greylisted */
    LETTER_CLASS_COUNT
};

struct letter_segment {
    const char *text;   /* new words */
    const char *quoted; /* the quoted lines standing above them, without marks; "" at the top */
};

struct letter_report {
    const char *recipient; /* "" when the report names none */
    enum letter_action action;
    const char *status; /* "5.1.1"; "" when none can be read */
    enum letter_class why;
};

struct letter_attachment {
    const char *type; /* "image/jpeg", lower case */
    int64_t bytes;    /* decoded */
    int part;         /* its number among the message's leaf parts, from 0; file names are not spread */
};

struct letter_calendar {
    const char *method; /* upper case; "" when the letter has no calendar part */
    const char *uid;
    const char *attendee;
    const char *partstat; /* upper case */
    const char *comment;
    int64_t sequence;         /* -1 when it has none */
    const char *stamp;        /* DTSTAMP as it stands, "20260303T150000Z"; "" */
    const char *start, *zone; /* DTSTART as it stands, "20260313T140000", with Z for UTC; its TZID, or "" */
    bool is_mixed; /* several people or events in it do not say the same: only a person knows which is meant */
};

/* Where a recipient was found. */
enum letter_field {
    LETTER_TO = 1,
    LETTER_CC,
    LETTER_DELIVERED_TO,
    LETTER_ORIGINAL_TO,
    LETTER_FORWARDED_TO,
    LETTER_FIELD_COUNT
};

struct letter_recipient {
    enum letter_field field;
    const char *address;
};

struct letter {
    enum letter_kind kind;
    const char *from, *from_name;
    const char *return_path; /* "" when missing or <>; see has_null_return_path */
    bool has_null_return_path;
    const struct letter_recipient *recipients;
    size_t recipient_count;
    const char *subject;
    const char *message_id, *in_reply_to; /* without angle brackets */
    const char *const *references;        /* oldest first; when there are more than fit, the newest are kept. Of a
                                           report also those of the letter that it returns */
    size_t reference_count;
    int64_t date_ms;

    const char *body;    /* the whole decoded text */
    const char *text;    /* the new words only */
    const char *trimmed; /* what was taken away */
    const struct letter_segment *segments;
    size_t segment_count;
    bool is_forwarded;

    const struct letter_report *reports;
    size_t report_count;
    struct letter_calendar calendar;
    const char *robot; /* why it is one; "" when it is none */
    const struct letter_attachment *attachments;
    size_t attachment_count;
    const char
        *file_names; /* of all that came with it, one a line, as words; "" none. For triage: they are not spread */

    enum letter_auth auth;
    const char *auth_domain;     /* the domain that the verdict speaks of */
    const char *list_id;         /* of a mailing list it came through */
    const char *precedence;      /* lower case */
    const char *const *warnings; /* names such as "kept_whole": see WARNINGS in inbound/parse.h */
    size_t warning_count;
};

const char *letter_kind_name(enum letter_kind kind);
const char *letter_auth_name(enum letter_auth auth);
const char *letter_action_name(enum letter_action action);
const char *letter_class_name(enum letter_class why);
const char *letter_field_name(enum letter_field field);

/* A letter with every string "" and kind LETTER_EMPTY. */
void letter_init(struct letter *letter);
bool letter_has_warning(const struct letter *letter, const char *name);

/* inbound/letter_json.c */
struct json *letter_to_json(const struct letter *letter);
MUST_CHECK enum rc letter_from_json(const char *json, size_t n, struct arena *mem, struct letter *ret_letter,
                                    struct err *err);

#endif
