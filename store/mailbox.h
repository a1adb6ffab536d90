/*
 * mailbox: what was taken out of the mailboxes that are read by IMAP, so that nothing is lost or doubled when the role dies between fetch and move.
 *
 * Shape    A folder is known by the mailbox's name in postcircle.ini and its own. A letter of it is new when it has no row; the row is written in the transaction of its
 *          arrival, and stays when it was moved, for MAILBOX_KEEP_MS: a server may list it a while longer, or bring it back from a backup.
 *
 *            (no row) ── taken ──┬─▸ moved to Done: settled
 *                     ├─ bad ────┴─▸ moved to Trouble: settled        is_copied: a server without MOVE has it there already
 *                     └─ asked (from Junk) ── the sorter: taken, or settled and left where it is
 *
 *          After a change of UIDVALIDITY letters are known again by their print: a hash over what a server says of them and their first bytes.
 * Units    *_ms are real time.
 * Errors   RC_NOT_FOUND  no such row; else those of the store
 * State    The caller's transaction. These tables belong to the installation, as node and domain do: a mailbox may serve several practices.
 */
#ifndef STORE_MAILBOX_H
#define STORE_MAILBOX_H

#include "store/arrival.h"
#include "store/db.h"

#define MAILBOX_PRINT_BYTES 32
#define MAILBOX_KEEP_MS (INT64_C(60) * 24 * 3600 * 1000)

enum mailbox_letter_state { MAILBOX_TAKEN = 1, MAILBOX_BAD, MAILBOX_ASKED, MAILBOX_SETTLED };

struct mailbox_folder {
    int64_t id, validity, first_uid, start_ms, dated_uid, try_uid, tries, looked_ms;
};

struct mailbox_letter {
    int64_t uid;
    enum mailbox_letter_state state;
    bool is_copied;
};

extern const struct db_domain mailbox_domain;

MUST_CHECK enum rc mailbox_folder_find(struct db *db, const char *mailbox, const char *folder,
                                       struct mailbox_folder *ret_folder, struct err *err);
MUST_CHECK enum rc mailbox_folder_add(struct db *db, const char *mailbox, const char *folder,
                                      const struct mailbox_folder *row, struct err *err);
/* validity, first_uid, dated_uid, try_uid and tries as they are now. */
MUST_CHECK enum rc mailbox_folder_set(struct db *db, const struct mailbox_folder *row, struct err *err);
MUST_CHECK enum rc mailbox_folder_looked(struct db *db, int64_t id, int64_t now_ms, struct err *err);

struct mailbox_entry {
    int64_t folder, validity, uid;
    enum mailbox_letter_state state;
    unsigned char print[MAILBOX_PRINT_BYTES];
    struct practice_id practice; /* of MAILBOX_ASKED; else 0 */
    struct arrival_id arrival;
    int64_t at_ms;
};
MUST_CHECK enum rc mailbox_letter_add(struct db *db, const struct mailbox_entry *entry, struct err *err);
MUST_CHECK enum rc mailbox_letter_get(struct db *db, int64_t folder, int64_t validity, int64_t uid,
                                      struct mailbox_letter *ret_letter, struct err *err);
/* Those that are taken or bad and not settled; at most max, rising. */
MUST_CHECK enum rc mailbox_letter_open(struct db *db, int64_t folder, int64_t validity, size_t max, struct arena *mem,
                                       struct mailbox_letter **ret, size_t *ret_n, struct err *err);
MUST_CHECK enum rc mailbox_letter_copied(struct db *db, int64_t folder, int64_t validity, int64_t uid, struct err *err);
MUST_CHECK enum rc mailbox_letter_settle(struct db *db, int64_t folder, int64_t validity, int64_t uid, int64_t now_ms,
                                         struct err *err);
/* The same letter under another validity; RC_NOT_FOUND: there was none. */
MUST_CHECK enum rc mailbox_letter_by_print(struct db *db, int64_t folder, int64_t validity,
                                           const unsigned char print[MAILBOX_PRINT_BYTES], struct err *err);
/* For doctor: those that should have been moved before, of a mailbox. */
MUST_CHECK enum rc mailbox_letter_stuck(struct db *db, const char *mailbox, int64_t before_ms, int64_t *ret_n,
                                        struct err *err);

/* For the sorter: whether this arrival is from Junk and was not decided on. */
MUST_CHECK enum rc mailbox_is_asked(struct db *db, struct practice_id practice, struct arrival_id arrival,
                                    bool *ret_is_asked, struct err *err);
/* It is ours: the role may move it. Else it stays where it is. */
MUST_CHECK enum rc mailbox_answer(struct db *db, struct practice_id practice, struct arrival_id arrival, bool is_ours,
                                  int64_t now_ms, struct err *err);

/* Settled ones from before; at most max. */
MUST_CHECK enum rc mailbox_purge(struct db *db, int64_t before_ms, size_t max, int64_t *ret_n, struct err *err);

#endif
