/*
 * home: this machine's part: the home folder, its settings, database, keys and clock.
 *
 * Shape    HOME/postcircle.ini (0600), HOME/postcircle.db, HOME/run/, HOME/templates/ (a practice's own texts), HOME/lexicon/. The key file lies
 *          outside the home: a stolen home, or a backup of it, opens nothing. The path is --home, else POSTCIRCLE_HOME.
 *              [database]  url             sqlite:PATH (relative to the home) or postgresql://…
 *              [keys]      key_file        path
 *              [mail]      relay_password_file, relay_ca_file, hello_name, workers (the relay itself is the practice's: practice set); instead of a password
 *                          relay_tokens_of = NAME: access tokens as [imap NAME] gets them, with relay_scope where the relay wants another one
 *              [receive]   maildir         a Maildir to watch;  max_letter_mb (over it: parked, staff told)
 *              [lmtp]      listen          unix:PATH (relative to the home), 127.0.0.1:PORT;  max_mb (over it: 552);  recipients, connections (at once);
 *                          timeout_seconds (of silence)
 *              [imap NAME] a mailbox to read, one role each (gateway/intake/imap_role), at most HOME_MAILBOXES_MAX; NAME is how its state is remembered
 *                          url             imaps://USER@HOST[:993], imap+starttls://USER@HOST[:143];  password_file, ca_file
 *                          folders         "INBOX, Other";  done, trouble (where letters go);  junk (a folder, auto, none);  start (new, all)
 *                          poll_seconds (folders without a push), idle_seconds (renewal of the push)
 *                          token_url, client_id, client_secret_file, refresh_token_file, key_file, scope (access tokens instead of a password: base/oauth)
 *              [text]      ca_file         PEM: whose certificates the providers of texts must have (usual: the system's)
 *              [web]       listen          127.0.0.1:PORT: calls of providers' hooks come here, behind a TLS proxy
 *              [limits]    parser_seconds;  allow_open_reader (yes: serve where the kernel cannot close the reader of mail)
 * Owns     home_close gives back the node number, closes the database and wipes the keys. Strings live as long as the home.
 * Errors   RC_NOT_FOUND  no home at the path (the message says how to make one)
 *          RC_INPUT      "FILE:LINE: …, expected …": unknown or repeated key, wrong value; POSTCIRCLE_NOW is no time
 *          RC_CORRUPT    the key file is another installation's
 *          RC_CONFLICT   home_make: there is a home already
 *          RC_DENIED     the key file is readable by others, or lies in the home
 * State    One process, one home. home_open leases a node number for ids: home_tick renews it.
 */
#ifndef GATEWAY_HOME_HOME_H
#define GATEWAY_HOME_HOME_H

#include "store/keys.h"
#include "store/node.h"
#include "store/practice.h"
#include "store/store.h"

#define HOME_LETTER_MAX_MB 25 /* what the reader of mail takes */

enum home_made_for { HOME_FOR_REAL = 1, HOME_FOR_DEMO, HOME_FOR_TEST };

#define HOME_MAILBOXES_MAX 16

struct home_mailbox {
    const char *name, *url, *password_file, *ca_file; /* "" none */
    const char *folders, *junk, *done, *trouble;
    const char *start;
    int64_t poll_seconds, idle_seconds;
    const char *token_url, *client_id, *client_secret_file, *refresh_token_file, *key_file, *scope; /* "" none */
};

struct home_settings {
    const char *database_url;                        /* absolute */
    const char *key_file;                            /* absolute */
    const char *relay_password_file, *relay_ca_file; /* "" none */
    const char *relay_tokens_of, *relay_scope;       /* the name of a mailbox; "" none */
    const char *hello_name;                          /* EHLO; "" the host's */
    int64_t mail_workers;
    const char *receive_maildir; /* "" none */
    int64_t max_letter_bytes;
    const char *lmtp_listen; /* "" none */
    int64_t lmtp_max_bytes, lmtp_recipients, lmtp_connections, lmtp_timeout_seconds;
    const struct home_mailbox *mailboxes; /* in the order of the file */
    size_t mailbox_count;
    const char *text_ca_file; /* whose certificates providers of texts must have; "" the system's */
    const char *web_listen;   /* "" none */
    int64_t parser_seconds;
    bool allow_open_reader; /* serve goes on where the kernel cannot close the reader of mail */
};

struct home {
    const char *path; /* absolute */
    struct home_settings settings;
    enum home_made_for made_for;
    struct db *db;
    struct keys *keys; /* the installation's; NULL: HOME_WITHOUT_KEYS */
    struct clock clock;
    int64_t fixed_now_ms; /* what clock reads when POSTCIRCLE_NOW is set, else 0 */
    struct node_lease node;
    struct id_source ids;
    struct arena *mem;
};

/* What init decides. */
struct home_plan {
    const char *path;
    const char *key_file;     /* made new, 0600; its folder too */
    const char *database_url; /* NULL: sqlite in the home */
    enum home_made_for made_for;
    bool has_folder; /* it was there before: it stays when init fails */
};

/* The path of a home from an option (may be NULL) and the environment; RC_NOT_FOUND when neither says. */
MUST_CHECK enum rc home_find_path(const char *option, struct arena *mem, const char **ret_path, struct err *err);
/* Makes folder, settings, key, database with its schema, and the first practice with its keys. */
MUST_CHECK enum rc home_make(const struct home_plan *plan, struct practice_id *ret_practice, struct err *err);
/* Takes away what home_make made, so that init can be run again: before anything else has happened in it, and when it is closed. Fails when
 * a database on a server still holds it; the files are gone in any case. */
MUST_CHECK enum rc home_unmake(const struct home_plan *plan, struct err *err);
/* One more practice with its keys, in the open transaction. */
MUST_CHECK enum rc home_add_practice(struct home *home, struct practice_id *ret_practice, struct err *err);
/* What receives mail holds no secret: it opens the home without keys (and then without a gate). */
enum home_need { HOME_WITH_KEYS, HOME_WITHOUT_KEYS };
MUST_CHECK enum rc home_open(const char *path, enum home_need need, struct home **ret_home, struct err *err);
void home_close(struct home **home);

/* RC_DENIED when POSTCIRCLE_NOW is set and the home was not made for demo or test: serve asks first. */
MUST_CHECK enum rc home_check_time(const struct home *home, struct err *err);
/* The demo and tests move time: *home's clock stands at now_ms from now on. */
void home_set_time(struct home *home, int64_t now_ms);
MUST_CHECK enum rc home_tick(struct home *home, struct err *err);
/* The practice of the domain; without one the only practice of this home. RC_INPUT when there are several: the message names their domains. */
MUST_CHECK enum rc home_practice(struct home *home, const char *domain, struct practice_id *ret_id, struct err *err);

/* Where our own files are (templates, lexicon): POSTCIRCLE_DATA, else above the program (a build folder, or bin/ beside share/), else as installed.
 * RC_NOT_FOUND when name is in none of them. */
MUST_CHECK enum rc home_data_path(const char *name, struct arena *mem, const char **ret_path, struct err *err);

/* Reads a settings file alone: for doctor and tests. */
MUST_CHECK enum rc home_read_settings(const char *home_path, struct arena *mem, struct home_settings *ret_settings,
                                      struct err *err);
/* The same for a text that is to become the file. */
MUST_CHECK enum rc home_check_settings(const char *home_path, const char *text, struct arena *mem, struct err *err);

/* What the name and a value of [imap NAME] may be, before they stand in a file. */
#define HOME_MAILBOX_NAME_FORM "letters, digits, dots and dashes, at most 40"
bool home_is_mailbox_name(const char *name);
bool home_mailbox_takes(const char *name, const char *value, struct arena *mem, const char **ret_expected);

#endif
