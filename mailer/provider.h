/*
 * provider: a text provider with an HTTP interface, described by a file: what to ask it for a message, and what its words and codes mean.
 *
 * Shape    mailer/providers/NAME.conf holds one section [NAME]; docs/text-providers.md tells every key. A value may hold {names}; they are read
 *          when the file is, and filled in once: what a message says is never looked at for names again. Fields are escaped by their
 *          content (form, json, query); header values must be printable ASCII; what stands first in a URL must be https://HOST, or
 *          http:// on this machine.
 * Owns     a provider and its requests live in the arena that they were made in
 * Errors   provider_load    RC_NOT_FOUND, RC_TEMP (no file, unreadable), RC_INPUT ("FILE:LINE: what, expected …")
 *          provider_build   RC_INPUT  a value is missing or malformed: the message names it, and never shows it
 *                           RC_LIMIT  the request is over PROVIDER_REQUEST_MAX bytes
 * State    None: a provider does not change after loading.
 * Source   the providers' pages of their message interfaces; the classes are ours
 */
#ifndef MAILER_PROVIDER_H
#define MAILER_PROVIDER_H

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "mailer/segment.h"
#include "mailer/sms_sign.h"

#define PROVIDER_REQUEST_MAX ((size_t)64 << 10)

struct provider;

/* How far a text is. A word of a lower rank never replaces a higher one; the last three are ends of one rank. */
enum provider_state {
    PROVIDER_STATE_UNKNOWN, /* a word that the file does not list: nothing changes */
    PROVIDER_ACCEPTED,
    PROVIDER_SENT,
    PROVIDER_DELIVERED,
    PROVIDER_FAILED,
    PROVIDER_EXPIRED
};

/* What an error means; provider_action_of says what follows. */
enum provider_class {
    PROVIDER_OTHER, /* a code that nothing lists: this text failed, nothing more is known */
    PROVIDER_OPTOUT,
    PROVIDER_BAD_NUMBER,
    PROVIDER_TEMPORARY,
    PROVIDER_FILTERED,
    PROVIDER_THROTTLE,
    PROVIDER_SETUP,
    PROVIDER_CLASS_COUNT
};

struct provider_action {
    bool ends_consent;   /* opted out: cancel what waits for the number, of the whole practice */
    bool goes_to_email;  /* texts to this number stop, email takes over */
    bool may_go_again;   /* the provider did not take it: the same text may be sent later */
    bool halves_rate;    /* of the sender, for a while */
    bool counts_as_spam; /* too many of them stop the sender */
    bool stops_sender;   /* nothing gets through until somebody mends the settings */
    bool tells_moderator, tells_operator;
};

/* Names in {secret.NAME} and {setting.NAME}, as "secret.NAME" and "setting.NAME". */
struct provider_value {
    const char *name, *value;
};

/* The least and the most that every provider takes as the time that a text may live. */
#define PROVIDER_TTL_MIN_MS MS_MINUTE
#define PROVIDER_TTL_MAX_MS (10 * MS_HOUR)

struct provider_text {
    const char *to;       /* E.164, "+" and 7 to 15 digits */
    const char *from;     /* the same, or a short code; "" where a setting names the sender */
    const char *text;     /* UTF-8; one part where provider_splits says false, else the whole */
    const char *callback; /* URL for receipts, with ref in it; "" for none */
    const char *ref;      /* ours: letters and digits */
    enum segment_encoding encoding;
    const unsigned char *udh; /* SEGMENT_UDH_BYTES; NULL when the text is whole */
    int64_t now_ms, expires_ms;
};

struct provider_request {
    const char *method; /* "GET", "POST", "PHONES" */
    const char *url;
    const char *const *headers; /* "Name: value" */
    size_t header_count;
    const char *body; /* NULL with GET */
    size_t body_len;
};

/* Parts of the file that readers of answers and events use; "" when it does not name them. */
enum provider_rule {
    PROVIDER_RULE_OK, /* HTTP statuses, "200-299" */
    PROVIDER_RULE_ID, /* paths into the answer: steps with dots between them, numbers count from 0 */
    PROVIDER_RULE_PARTS,
    PROVIDER_RULE_COST,
    PROVIDER_RULE_ERR,
    PROVIDER_RULE_EVENTS, /* where events stand in a call of the hook: a path, root, or [] */
    PROVIDER_RULE_MO_WHEN,
    PROVIDER_RULE_DLR_WHEN,
    PROVIDER_RULE_REPLY,     /* what the hook answers: status, type, body */
    PROVIDER_RULE_CHECK_OK,  /* as OK, for the answer to provider_build_check; "" is 200-299 */
    PROVIDER_RULE_AUTOREPLY, /* texts that the provider answers itself: "STOP,STOP ALL,HELP" */
    PROVIDER_RULE_COUNT
};

enum provider_event { PROVIDER_EVENT_MO, PROVIDER_EVENT_DLR, PROVIDER_EVENT_COUNT };

MUST_CHECK enum rc provider_load(const char *path, struct arena *mem, const struct provider **ret_provider,
                                 struct err *err);
const char *provider_name(const struct provider *p);
/* Does it split long texts itself? */
bool provider_splits(const struct provider *p);
/* Are its phones files (mailer/phones)? Requests then have the method "PHONES", JSON, and no URL. */
bool provider_is_phones(const struct provider *p);
const char *provider_rule(const struct provider *p, enum provider_rule rule);
/* The path of "id", "from", "to", "text", "media", "ref", "state", "err" or "cost" in an event; "" when the file names none. */
const char *provider_event_path(const struct provider *p, enum provider_event event, const char *field);

MUST_CHECK enum rc provider_build(const struct provider *p, const struct provider_text *text,
                                  const struct provider_value *values, size_t value_count, struct arena *mem,
                                  const struct provider_request **ret_request, struct err *err);
/* A question that costs nothing and that only our key gets an answer to. RC_NOT_FOUND: the file knows none. */
MUST_CHECK enum rc provider_build_check(const struct provider *p, const struct provider_value *values,
                                        size_t value_count, struct arena *mem,
                                        const struct provider_request **ret_request, struct err *err);
/* sms_sign_check with the verifier and the keys that the file names; RC_INPUT when values lacks one. */
MUST_CHECK enum rc provider_check_hook(const struct provider *p, const struct provider_value *values,
                                       size_t value_count, const struct sms_hook *hook, struct err *err);

/* Are the keys there that provider_check_hook needs? RC_INPUT names one that is missing. */
MUST_CHECK enum rc provider_check_keys(const struct provider *p, const struct provider_value *values,
                                       size_t value_count, struct err *err);
/* "setting.api, secret.key": what provider_build lacks and, with_keys, provider_check_keys; "" nothing. */
const char *provider_missing(const struct provider *p, const struct provider_value *values, size_t value_count,
                             bool with_keys, struct arena *mem);
/* Does the file name this value ("setting.account") anywhere? */
bool provider_knows(const struct provider *p, const char *name);
/* https://HOST/…, or http:// on this machine; nothing in it that ends a host or starts a query. */
bool provider_is_base_url(const char *url);

enum provider_state provider_state_of(const struct provider *p, const char *word);
/* For an answer to a request: the code in it ("" for none), else the HTTP status as the file lists it, else 429, 401 and 403 as everywhere. */
enum provider_class provider_class_of(const struct provider *p, int http_status, const char *code);
/* For a receipt: its own list, or that of answers where the file has none. */
enum provider_class provider_receipt_class_of(const struct provider *p, const char *code);
const char *provider_class_name(enum provider_class class);
struct provider_action provider_action_of(enum provider_class class);

#endif
