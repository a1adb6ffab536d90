/*
 * sms_answer: what a provider's answer to a request, or its call of our hook, says: read by the rules of the provider's file.
 *
 * Shape    An answer is JSON (or anything else: then only its status and the first word count). A call of the hook is JSON, a form, or a query; what
 *          stands in the query of its URL counts beside the body, so that the reference in our own callback URL is found.
 *          A path is steps with dots between them; a number counts from 0, "#" is how many there are.
 * Units    cost_micro: millionths of the provider's currency, -1 when it says nothing.
 * Owns     everything lives in mem
 * Errors   sms_events_read  RC_INPUT  nothing that can be read, or an event that is neither a text nor a receipt alone: keep the call for staff
 *                           RC_LIMIT  too many events or parameters
 * State    None.
 */
#ifndef MAILER_SMS_ANSWER_H
#define MAILER_SMS_ANSWER_H

#include "mailer/provider.h"

#define SMS_EVENTS_MAX 64
#define SMS_FORM_MAX 256
#define SMS_PARTS_MAX 32
#define SMS_CONCAT_MAX 64

struct sms_answer {
    bool is_accepted;
    const char *id; /* "" none */
    int64_t parts;  /* 0 it does not say */
    int64_t cost_micro;
    const char *code;          /* "" none */
    enum provider_class class; /* of a refusal */
};

void sms_answer_read(const struct provider *p, long status, const char *body, size_t n, struct arena *mem,
                     struct sms_answer *ret);

/* Is the answer to provider_build_check the one of somebody whose key is good? */
bool sms_answer_knows_us(const struct provider *p, long status, const char *body, size_t n, struct arena *mem);

struct sms_event {
    enum provider_event kind;
    const char *id;                /* the provider's; "" none */
    const char *from, *to, *text;  /* of a text; with number = digits in the file, a whole number gets its "+" */
    int64_t media;                 /* how many pictures */
    const char *ref, *state, *err; /* of a receipt; "" none */
    int64_t cost_micro;            /* of a receipt; -1 it does not say */
    const char *concat;            /* of a part of a longer text: what all its parts share; NULL: it is whole */
    int64_t part, parts;           /* which one, from 1, of how many */
    const char *
        keyword; /* "STOP", "START", "HELP": the provider took the text for that, and answered it; NULL or "": it does not say */
};

struct sms_call {
    const char *query; /* of the URL, without "?"; "" none */
    const char *body;
    size_t body_len;
};

/* Events that the file does not describe are passed over: *ret_n may be 0. */
MUST_CHECK enum rc sms_events_read(const struct provider *p, const struct sms_call *call, struct arena *mem,
                                   struct sms_event **ret, size_t *ret_n, struct err *err);

/* What a list of texts at the provider holds (polling): JSON, events at `list` ("messages"), each as Twilio's resource writes it. */
MUST_CHECK enum rc sms_list_read(const char *body, size_t n, struct arena *mem, struct sms_event **ret, size_t *ret_n,
                                 const char **ret_next, struct err *err);

#endif
