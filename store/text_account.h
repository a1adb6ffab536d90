/*
 * text_account: the practice's accounts at providers of text messages, its numbers (senders), and their registered campaigns.
 *
 * Shape    An account names a file of mailer/providers and holds the values that the file asks for ("secret.api_key", "setting.account"), sealed, as
 *          one JSON object of strings. A sender is one number of ours at one account. A number belongs to one practice of the installation.
 *
 *            TEXT_IN_USE ── stop (text_account_stop, text_sender_stop: the reason's code) ── TEXT_HALTED ── text_*_start ── TEXT_IN_USE
 *                 └── text_sender_give_up, text_account_give_up: rows stay, nothing is sent; the number is free for others
 *
 *          Nothing is taken up (text_out_due) for a sender that is not in use, or whose account is not.
 * Units    rate_milli: thousandths of a part a second, 0 no limit. Times are the clock port's.
 * Owns     What is read lives in mem.
 * Errors   RC_NOT_FOUND  no such row
 *          RC_CONFLICT   text_sender_add: the number is in use, here or by another practice; text_campaign_put never
 * State    Writes need an open transaction.
 */
#ifndef STORE_TEXT_ACCOUNT_H
#define STORE_TEXT_ACCOUNT_H

#include "store/store.h"

/* Stored: append only. */
enum text_use { TEXT_IN_USE = 1, TEXT_HALTED, TEXT_GIVEN_UP };
enum text_sender_kind { TEXT_LONG_CODE = 1, TEXT_TOLL_FREE, TEXT_SHORT_CODE, TEXT_MODEM };

struct text_account {
    struct text_account_id id;
    enum text_use state;
    const char *provider;  /* "twilio" */
    bool is_polled;        /* there is no public URL: what came is asked for */
    const char *values;    /* JSON object */
    const char *stop_code; /* NULL: runs */
    int64_t stopped_ms, polled_ms, heard_ms, refused, created_ms;
};

struct text_sender {
    struct text_sender_id id;
    struct text_account_id account;
    enum text_use state;
    enum text_sender_kind kind;
    const char *number; /* E.164, or a short code */
    int64_t rate_milli;
    int64_t campaign; /* 0: none */
    const char *stop_code;
    int64_t stopped_ms, created_ms;
};

struct text_campaign {
    int64_t id;
    const char *code;
    int64_t parts_per_minute; /* 0: no limit of its own */
};

extern const struct db_domain text_account_domain;

/* Fills id and created_ms; state is in use. */
MUST_CHECK enum rc text_account_add(struct store *st, struct text_account *account, struct err *err);
/* Writes is_polled and values. */
MUST_CHECK enum rc text_account_change(struct store *st, const struct text_account *account, struct err *err);
MUST_CHECK enum rc text_account_get(struct store *st, struct text_account_id id, struct arena *mem,
                                    struct text_account *ret, struct err *err);
/* All, oldest first. */
MUST_CHECK enum rc text_account_list(struct store *st, struct arena *mem, struct text_account **ret, size_t *ret_n,
                                     struct err *err);
MUST_CHECK enum rc text_account_stop(struct store *st, struct text_account_id id, const char *code, struct err *err);
MUST_CHECK enum rc text_account_start(struct store *st, struct text_account_id id, struct err *err);
/* With its senders. */
MUST_CHECK enum rc text_account_give_up(struct store *st, struct text_account_id id, struct err *err);
/* Everything that came before polled_ms has been asked for. */
MUST_CHECK enum rc text_account_polled(struct store *st, struct text_account_id id, int64_t polled_ms, struct err *err);
/* A call of the hook: was it the provider's? Those that were not are counted since the last one that was. */
MUST_CHECK enum rc text_account_called(struct store *st, struct text_account_id id, bool is_proved, struct err *err);

MUST_CHECK enum rc text_sender_add(struct store *st, struct text_sender *sender, struct err *err);
/* Writes kind, rate_milli and campaign. */
MUST_CHECK enum rc text_sender_change(struct store *st, const struct text_sender *sender, struct err *err);
MUST_CHECK enum rc text_sender_get(struct store *st, struct text_sender_id id, struct arena *mem,
                                   struct text_sender *ret, struct err *err);
MUST_CHECK enum rc text_sender_by_number(struct store *st, const char *number, struct arena *mem,
                                         struct text_sender *ret, struct err *err);
/* The one to write from when nothing says otherwise: the oldest that can send now. RC_NOT_FOUND: the practice has no texts. */
MUST_CHECK enum rc text_sender_usual(struct store *st, struct arena *mem, struct text_sender *ret, struct err *err);
MUST_CHECK enum rc text_sender_list(struct store *st, struct arena *mem, struct text_sender **ret, size_t *ret_n,
                                    struct err *err);
MUST_CHECK enum rc text_sender_stop(struct store *st, struct text_sender_id id, const char *code, struct err *err);
MUST_CHECK enum rc text_sender_start(struct store *st, struct text_sender_id id, struct err *err);
MUST_CHECK enum rc text_sender_give_up(struct store *st, struct text_sender_id id, struct err *err);

/* Adds the campaign, or changes its pace; fills id. */
MUST_CHECK enum rc text_campaign_put(struct store *st, struct text_campaign *campaign, struct err *err);
MUST_CHECK enum rc text_campaign_get(struct store *st, int64_t id, struct arena *mem, struct text_campaign *ret,
                                     struct err *err);

const char *text_use_name(enum text_use use);                  /* "in use", "stopped", "given up" */
const char *text_sender_kind_name(enum text_sender_kind kind); /* "long", "toll-free", "short", "modem" */

#endif
