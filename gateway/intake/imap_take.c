#include "gateway/intake/imap_take.h"

#include "base/log.h"
#include "gateway/home/process.h"
#include "gateway/intake/intake_stream.h"
#include "store/mailbox.h"

#include <assert.h>

#define OPEN_MAX 1000  /* letters to be moved, of one look */
#define PURGE_MAX 1000 /* rows, of one look */
#define LOOKED_MS (30 * MS_SECOND)

struct look {
    struct imap_look *told;
    struct home *home;
    struct imap *imap;
    struct mailbox_folder row;
    bool is_announced;    /* row.try_uid is the next one, by the commit of the last */
    bool is_move_refused; /* the server said no, so this look asks no more */
};

/* A connection that is lost, or a store that fails: this look is over. Else it is about one letter. */
static bool ends_look(enum rc rc)
{
    return rc && rc != RC_NOT_FOUND && rc != RC_PERM;
}

static int64_t now_ms(void)
{
    return clock_now_ms(clock_real());
}

/* ---- the folder ---- */

static enum rc save_row(struct look *look, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };

    if (db_begin(look->home->db, &tx, err) || mailbox_folder_set(look->home->db, &look->row, err))
        return err->rc;
    return db_commit(&tx, err);
}

static enum rc begin_folder(struct look *look, const struct imap_folder *found, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    const bool takes_all = !strcmp(look->told->box->start, "all");

    if (!takes_all && !found->next_uid)
        return err_set(err, RC_TEMP, "the mailbox's server does not tell where new letters begin (UIDNEXT)");
    look->row = (struct mailbox_folder){ .id = id_next(&look->home->ids),
                                         .validity = found->validity,
                                         .first_uid = takes_all ? 1 : found->next_uid,
                                         .dated_uid = 0,
                                         .start_ms = takes_all ? 0 : now_ms() };
    if (db_begin(look->home->db, &tx, err) ||
        mailbox_folder_add(look->home->db, look->told->box->name, look->told->folder, &look->row, err))
        return err->rc;
    log_info("mailbox_begun", KV(count, found->count));
    return db_commit(&tx, err);
}

/* The server made all UIDs void. What lies there from before our first look is still none of ours. */
static enum rc renew_folder(struct look *look, const struct imap_folder *found, struct err *err)
{
    enum rc rc = RC_OK;

    log_warn("mailbox_renumbered", KV(count, found->count));
    look->row.validity = found->validity;
    look->row.try_uid = look->row.tries = 0;
    look->row.first_uid = 1;
    look->row.dated_uid = found->next_uid ? found->next_uid : IMAP_UID_MAX;
    if (look->row.start_ms)
        rc = imap_first_since(look->imap, look->row.start_ms, &look->row.first_uid, err);
    if (rc == RC_NOT_FOUND)
        look->row.first_uid = found->next_uid ? found->next_uid : 1;
    else if (rc)
        return rc;
    return save_row(look, err);
}

static enum rc open_folder(struct look *look, struct imap_folder *found, struct err *err)
{
    enum rc rc;

    if (imap_select(look->imap, look->told->folder, found, err))
        return err->rc;
    rc = mailbox_folder_find(look->home->db, look->told->box->name, look->told->folder, &look->row, err);
    if (rc == RC_NOT_FOUND)
        return begin_folder(look, found, err);
    if (!rc && look->row.validity != found->validity)
        return renew_folder(look, found, err);
    return rc;
}

/* ---- moving what is committed ---- */

static enum rc settle(struct look *look, int64_t uid, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };

    if (db_begin(look->home->db, &tx, err) ||
        mailbox_letter_settle(look->home->db, look->row.id, look->row.validity, uid, now_ms(), err))
        return err->rc;
    look->told->moved++;
    return db_commit(&tx, err);
}

static enum rc remember_copy(struct look *look, int64_t uid, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };

    if (db_begin(look->home->db, &tx, err) ||
        mailbox_letter_copied(look->home->db, look->row.id, look->row.validity, uid, err))
        return err->rc;
    return db_commit(&tx, err);
}

static enum rc put_elsewhere(struct look *look, const struct mailbox_letter *letter, const char *folder,
                             struct err *err)
{
    if (imap_can_move(look->imap))
        return imap_move(look->imap, letter->uid, folder, err);
    if (!letter->is_copied &&
        (imap_copy(look->imap, letter->uid, folder, err) || remember_copy(look, letter->uid, err)))
        return err->rc;
    return imap_delete(look->imap, letter->uid, err);
}

/* A no may mean that the folder is missing, or that the letter is gone: somebody else moved it. */
static enum rc move_or_make(struct look *look, const struct mailbox_letter *letter, struct err *err)
{
    const char *const folder = letter->state == MAILBOX_BAD ? look->told->box->trouble : look->told->box->done;
    struct imap_piece piece;
    enum rc rc = put_elsewhere(look, letter, folder, err);

    if (rc != RC_PERM)
        return rc;
    rc = imap_make_folder(look->imap, folder, err);
    if (!ends_look(rc))
        rc = put_elsewhere(look, letter, folder, err);
    if (rc == RC_PERM)
        rc = imap_fetch(look->imap, letter->uid, 0, 1, &piece, err) == RC_NOT_FOUND ? RC_OK
             : err->rc                                                              ? err->rc
                                                                                    : RC_PERM;
    return rc;
}

static enum rc move_letter(struct look *look, const struct mailbox_letter *letter, struct err *err)
{
    enum rc rc;

    if (look->is_move_refused)
        return RC_OK;
    rc = move_or_make(look, letter, err);
    if (!rc)
        return settle(look, letter->uid, err);
    if (ends_look(rc))
        return rc;
    look->is_move_refused = true; /* it is stored; doctor tells when it stays */
    log_warn("mailbox_not_moved", KV_NAME(rc, rc_name(rc)));
    return RC_OK;
}

/* What was committed and not moved: we were killed between the two, or the sorter has found its token. */
static enum rc move_open(struct look *look, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("imap_open");
    struct mailbox_letter *letters;
    size_t n;

    if (mailbox_letter_open(look->home->db, look->row.id, look->row.validity, OPEN_MAX, mem, &letters, &n, err))
        return err->rc;
    for (size_t i = 0; i < n && !process_must_stop(); i++)
        if (move_letter(look, &letters[i], err))
            return err->rc;
    return RC_OK;
}

/* ---- one letter ---- */

struct taking {
    int64_t uid, next_uid; /* 0: the last one of the list */
    struct mailbox_entry entry;
    struct intake_stream *stream;
    int64_t bytes;
};

static void taking_done(struct taking *t)
{
    intake_stream_free(&t->stream);
}

/* Before its bytes are asked for: should they kill us, the next process knows. */
static enum rc announce(struct look *look, int64_t uid, struct err *err)
{
    if (look->is_announced && look->row.try_uid == uid)
        return RC_OK;
    if (look->row.try_uid != uid)
        look->row.tries = 0;
    else if (look->told->lost_uid == uid && look->row.tries >= IMAP_TAKE_HARD)
        look->row.tries -= IMAP_TAKE_HARD - IMAP_TAKE_SOFT;
    look->told->lost_uid = 0;
    look->row.try_uid = uid;
    look->row.tries += IMAP_TAKE_HARD;
    return save_row(look, err);
}

static enum rc commit_letter(struct look *look, struct taking *t, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct db *const db = look->home->db;

    look->row.try_uid = t->next_uid;
    look->row.tries = 0;
    if (look->told->from == IMAP_TAKE_TOKENS && look->row.first_uid <= t->uid)
        look->row.first_uid = t->uid + 1;
    t->entry.at_ms = now_ms();
    if (db_begin(db, &tx, err) || (t->stream && intake_stream_finish(t->stream, err)))
        return err->rc;
    if (t->stream && t->entry.state == MAILBOX_ASKED) {
        t->entry.practice = intake_stream_result(t->stream, 0).practice;
        t->entry.arrival = intake_stream_result(t->stream, 0).arrival;
    }
    if (mailbox_letter_add(db, &t->entry, err) || mailbox_folder_set(db, &look->row, err))
        return err->rc;
    return db_commit(&tx, err);
}

static enum rc keep_letter(struct look *look, struct taking *t, struct err *err)
{
    if (commit_letter(look, t, err)) {
        if (t->stream)
            intake_stream_rolled_back(t->stream);
        return err->rc;
    }
    look->is_announced = t->next_uid != 0;
    look->told->taken++;
    for (size_t i = 0; t->stream && i < intake_stream_count(t->stream); i++) {
        const struct intake_result r = intake_stream_result(t->stream, i);

        log_info("arrival_taken", KV(arrival, r.arrival.v), KV(practice, r.practice.v), KV(bytes, r.bytes));
    }
    if (t->stream)
        intake_stream_wake(look->home);
    if (t->entry.state != MAILBOX_TAKEN && t->entry.state != MAILBOX_BAD)
        return RC_OK;
    return move_letter(look, &(struct mailbox_letter){ .uid = t->uid, .state = t->entry.state }, err);
}

static enum rc keep_as(struct look *look, struct taking *t, enum mailbox_letter_state state, struct err *err)
{
    intake_stream_free(&t->stream);
    t->entry.state = state;
    if (state == MAILBOX_BAD)
        log_warn("mailbox_letter_bad", KV(attempt, look->row.tries));
    return keep_letter(look, t, err);
}

/* What a server says of a letter, and how it begins. */
static enum rc take_print(struct look *look, struct taking *t, const struct imap_piece *piece, struct err *err)
{
    const int64_t facts[] = { piece->size, piece->internal_ms };
    const size_t n = piece->n < (int64_t)INTAKE_HEAD_BYTES ? (size_t)piece->n : INTAKE_HEAD_BYTES;
    const struct crypt_span spans[] = { CRYPT_SPAN(facts, sizeof facts), CRYPT_SPAN(piece->bytes, n) };
    struct crypt_key public_key;

    static_assert(MAILBOX_PRINT_BYTES == CRYPT_MAC_BYTES, "a print is a MAC");
    if (keys_arrival_public(look->home->db, &public_key, err))
        return err->rc;
    crypt_mac(&public_key, spans, COUNT_OF(spans), t->entry.print);
    return RC_OK;
}

static enum rc address_stream(struct look *look, struct taking *t, const struct imap_piece *piece, struct arena *mem,
                              struct err *err)
{
    const size_t n = piece->n < (int64_t)INTAKE_HEAD_BYTES ? (size_t)piece->n : INTAKE_HEAD_BYTES;
    struct intake_head head;
    enum rc rc;

    intake_read_head(piece->bytes, n, mem, &head);
    t->stream = intake_stream_new(look->home, ARRIVAL_IMAP);
    intake_stream_name(t->stream, arena_printf(mem, "imap %" PRId64 " %" PRId64 " %" PRId64, look->row.id,
                                               look->row.validity, t->uid));
    rc = look->told->from == IMAP_TAKE_TOKENS ? intake_stream_to_token(t->stream, &head, err)
                                              : intake_stream_to_head(t->stream, &head, err);
    return rc ? rc : intake_stream_begin(t->stream, head.return_path, err);
}

/* Piece by piece to its end: less than was asked for, and either all that the server told of or nothing more. What is over the limit is not fetched. */
static enum rc stream_letter(struct look *look, struct taking *t, struct imap_piece *piece, struct err *err)
{
    const int64_t limit = look->home->settings.max_letter_bytes;

    for (;;) {
        const bool may_end = piece->n < IMAP_PIECE_BYTES;

        if (piece->n && intake_stream_add(t->stream, piece->bytes, (size_t)piece->n, err))
            return err->rc;
        t->bytes += piece->n;
        if (t->bytes > limit || (may_end && (!piece->n || t->bytes >= piece->size)))
            return RC_OK;
        if (imap_fetch(look->imap, t->uid, t->bytes, IMAP_PIECE_BYTES, piece, err))
            return err->rc;
    }
}

/* Older than our first look, though the server numbered it anew. */
static bool is_old(const struct look *look, int64_t uid, const struct imap_piece *piece)
{
    return look->row.start_ms && uid < look->row.dated_uid && piece->internal_ms &&
           piece->internal_ms < look->row.start_ms - IMAP_TAKE_SKEW_MS;
}

static enum rc fetch_letter(struct look *look, struct taking *t, struct arena *mem, struct err *err)
{
    struct imap_piece piece;
    enum rc rc;

    if (imap_fetch(look->imap, t->uid, 0, IMAP_PIECE_BYTES, &piece, err) || take_print(look, t, &piece, err))
        return err->rc;
    rc = mailbox_letter_by_print(look->home->db, look->row.id, look->row.validity, t->entry.print, err);
    if (!rc) /* we have it, under another number */
        return keep_as(look, t, MAILBOX_TAKEN, err);
    if (rc != RC_NOT_FOUND)
        return rc;
    if (is_old(look, t->uid, &piece))
        return keep_as(look, t, MAILBOX_SETTLED, err);
    rc = address_stream(look, t, &piece, mem, err);
    if (rc == RC_NOT_FOUND)
        return keep_as(look, t, look->told->from == IMAP_TAKE_TOKENS ? MAILBOX_SETTLED : MAILBOX_BAD, err);
    if (!rc)
        rc = stream_letter(look, t, &piece, err);
    if (rc)
        return rc;
    t->entry.state = look->told->from == IMAP_TAKE_TOKENS ? MAILBOX_ASKED : MAILBOX_TAKEN;
    return keep_letter(look, t, err);
}

/* Gone meanwhile is nothing. What the server refuses to give must not hide what comes behind it for ever, nor be given up at once: the look ends. */
static enum rc judge_fetch(struct look *look, int64_t uid, enum rc rc, struct err *err)
{
    if (rc == RC_NOT_FOUND)
        return RC_OK;
    if (rc == RC_TEMP && look->row.try_uid == uid)
        look->told->lost_uid = uid;
    return rc == RC_PERM ? err_set(err, RC_TEMP, "the mailbox's server refuses to give a letter") : rc;
}

static enum rc take_letter(struct look *look, int64_t uid, int64_t next_uid, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("imap_take");
    CLEANUP(taking_done)
    struct taking t = { .uid = uid,
                        .next_uid = next_uid,
                        .entry = { .folder = look->row.id, .validity = look->row.validity, .uid = uid } };
    struct mailbox_letter known;
    const enum rc rc = mailbox_letter_get(look->home->db, look->row.id, look->row.validity, uid, &known, err);

    if (rc != RC_NOT_FOUND)
        return rc;
    if (announce(look, uid, err))
        return err->rc;
    if (look->row.tries > IMAP_TAKE_TRIES)
        return keep_as(look, &t, look->told->from == IMAP_TAKE_TOKENS ? MAILBOX_SETTLED : MAILBOX_BAD, err);
    return judge_fetch(look, uid, fetch_letter(look, &t, mem, err), err);
}

/* ---- the look ---- */

static enum rc take_window(struct look *look, int64_t first, int64_t last, size_t *ret_n, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("imap_window");
    int64_t *uids;

    if (imap_list(look->imap, first, last, mem, &uids, ret_n, err))
        return err->rc;
    for (size_t i = 0; i < *ret_n && !process_must_stop(); i++)
        if (home_tick(look->home, err) || take_letter(look, uids[i], i + 1 < *ret_n ? uids[i + 1] : 0, err))
            return err->rc;
    return RC_OK;
}

/* A window that held nothing is followed by a wider one: gaps of millions between numbers take few questions. */
static enum rc take_all(struct look *look, const struct imap_folder *found, struct err *err)
{
    int64_t first = look->row.first_uid, width = IMAP_WINDOW_UIDS;
    size_t n;

    while (!process_must_stop()) {
        const bool is_last = first + width >= found->next_uid || first + width > IMAP_UID_MAX;

        if (take_window(look, first, is_last ? IMAP_UID_MAX : first + width - 1, &n, err))
            return err->rc;
        if (is_last)
            break;
        first += width;
        width = n ? IMAP_WINDOW_UIDS : width * 8;
    }
    return RC_OK;
}

/* Now and then: that all is well, and what needs not be remembered any more. */
static enum rc note_look(struct look *look, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct db *const db = look->home->db;
    const int64_t at_ms = now_ms();
    int64_t gone;

    if (at_ms - look->row.looked_ms < LOOKED_MS && at_ms >= look->row.looked_ms)
        return RC_OK;
    if (db_begin(db, &tx, err) || mailbox_folder_looked(db, look->row.id, at_ms, err) ||
        mailbox_purge(db, at_ms - MAILBOX_KEEP_MS, PURGE_MAX, &gone, err))
        return err->rc;
    return db_commit(&tx, err);
}

enum rc imap_take_look(struct imap_look *told, struct err *err)
{
    struct look look = { .told = told, .home = told->home, .imap = told->imap };
    struct imap_folder found;

    told->taken = told->moved = 0;
    if (open_folder(&look, &found, err) || move_open(&look, err) || take_all(&look, &found, err) ||
        note_look(&look, err))
        return err->rc;
    told->is_quiet = told->taken || told->moved || imap_count(told->imap) == found.count;
    return RC_OK;
}
