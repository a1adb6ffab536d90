/*
 * phones: phones that are files, for trying texts without a carrier. A provider's file with `send = PHONES` hands over here; nothing leaves this machine.
 *
 * Shape    DIR/+15555550101  what one phone shows: a line of JSON for each text, oldest first. What broke off in the middle of a line is passed over
 *          DIR/new/ID        what is to be taken in, each under its id and whole: a text that somebody wrote on a phone, or the receipt of one that came
 *                            to it. Ids sort by time
 *          The folder and its files are their owner's alone, and hold words in clear: for invented people.
 * Units    at_ms as the caller's clock says. Words are UTF-8, clean, at most PHONES_WORDS_MAX bytes.
 * Owns     What is read lives in mem.
 * Errors   RC_NOT_FOUND  phones_thread: nothing ever came to this phone, or left it
 *          RC_INPUT      no number of a phone, no words    RC_LIMIT  too many words    RC_TEMP  the folder or a file
 * State    None; several processes may write at a time.
 */
#ifndef MAILER_PHONES_H
#define MAILER_PHONES_H

#include "mailer/sms_answer.h"
#include "mailer/sms_http.h"

#define PHONES_WORDS_MAX ((size_t)6400)
#define PHONES_TAKE_MAX 32

/* The result is what a provider would have answered: 200 and {"id": …}, or SMS_NOT_SENT. */
void phones_put(const char *dir, const struct provider_request *request, int64_t now_ms, struct arena *mem,
                struct sms_http_result *ret);
/* Somebody writes on the phone `from`. */
MUST_CHECK enum rc phones_say(const char *dir, const char *from, const char *to, const char *words, int64_t now_ms,
                              struct err *err);

struct phones_item {
    const char *id;
    struct sms_event event; /* a text or a receipt; "" where it says nothing */
    const char *raw;        /* NULL: it was read; else what nobody could read */
    size_t raw_len;
};
/* Up to PHONES_TAKE_MAX, oldest first; none is RC_OK with 0, also where there is no such folder. */
MUST_CHECK enum rc phones_waiting(const char *dir, struct arena *mem, struct phones_item **ret, size_t *ret_n,
                                  struct err *err);
/* It is stored. */
MUST_CHECK enum rc phones_taken(const char *dir, const char *id, struct err *err);

struct phones_line {
    int64_t at_ms;
    bool is_theirs; /* written on this phone */
    const char *other, *words;
};
/* The phones of the folder, the one with the newest line first. */
MUST_CHECK enum rc phones_list(const char *dir, struct arena *mem, const char ***ret, size_t *ret_n, struct err *err);
MUST_CHECK enum rc phones_thread(const char *dir, const char *number, struct arena *mem, struct phones_line **ret,
                                 size_t *ret_n, struct err *err);
/* Takes the folder away, with all that stands in it. */
MUST_CHECK enum rc phones_forget(const char *dir, struct err *err);

#endif
