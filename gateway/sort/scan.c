#include "gateway/sort/scan.h"

#include "gateway/note/names.h"
#include "gateway/say/tell.h"
#include "inbound/clamd.h"
#include "inbound/command.h"
#include "store/audit.h"
#include "store/setting.h"

#define AGAIN_MS (20 * MS_SECOND)

static bool is_desk(const struct sorting *s)
{
    return s->sender.token.purpose == TOKEN_REVIEW || s->sender.token.purpose == TOKEN_DESK;
}

/* Somebody would see what is in its files. */
static bool has_use(const struct sorting *s)
{
    return s->sender.person.id.v && s->sender.group.id.v && s->sender.group.files >= GROUP_FILES_PHOTOS && !is_desk(s);
}

/* "STOP" acts at once, whatever a mail program hangs on it. */
static enum rc is_command(struct sorting *s, bool *ret_is, struct err *err)
{
    struct command_input in = { .subject = s->letter.subject, .text = s->letter.text };
    struct command c;

    if (names_known(s->gate, &s->sender, s->mem, &s->names, err))
        return err->rc;
    in.names = s->names;
    c = command_read(&in, s->mem);
    *ret_is = c.kind != COMMAND_NONE && c.kind != COMMAND_ANON && c.strength == COMMAND_SURE;
    return RC_OK;
}

static enum rc without_clamd(struct sorting *s, struct err *err)
{
    bool is_word = false;

    if (has_use(s) && is_command(s, &is_word, err))
        return err->rc;
    s->scan = has_use(s) && !is_word && s->triage.tier > 2 ? SCAN_WAITS : SCAN_LEFT_OUT;
    s->photos.has_dropped = s->scan == SCAN_LEFT_OUT && darkroom_has_files(&s->letter);
    return RC_OK;
}

/* clamd is there and says nothing of this one letter: others must not wait behind it for ever, nor it for itself. */
static enum rc without_verdict(struct sorting *s, struct err *err)
{
    if (without_clamd(s, err))
        return err->rc;
    if (s->scan == SCAN_WAITS && s->arrival.tries >= ARRIVAL_MAX_TRIES) {
        s->scan = SCAN_UNJUDGED;
        s->photos.has_dropped = true;
    }
    return RC_OK;
}

static enum rc ask(struct sorting *s, const char *path, const struct darkroom_source *raw, struct scan_run *run,
                   enum clamd_verdict *ret_verdict, struct err *err)
{
    const int64_t since_ms = clock_steady_ms();
    struct sandbox_source source;
    struct err why;

    if (!run->is_down && run->spent_ms < SCAN_BATCH_MS)
        run->is_down = clamd_ping(path, &why) != RC_OK;
    if (run->is_down || run->spent_ms >= SCAN_BATCH_MS)
        return without_clamd(s, err);
    s->was_scanned = true;
    if (raw->open(raw->ctx, &source, err))
        return err->rc;
    if (clamd_scan(path, &source, ret_verdict, &why) == RC_OK)
        return RC_OK;
    run->spent_ms += clock_steady_ms() - since_ms;
    return why.rc == RC_TEMP ? without_verdict(s, err) : err_set(err, why.rc, "%s", why.msg);
}

enum rc scan_letter(struct sorting *s, const struct darkroom_source *raw, struct scan_run *run, struct err *err)
{
    enum clamd_verdict verdict = CLAMD_CLEAN;
    const char *path;

    s->scan = SCAN_NOT_NEEDED;
    if (!s->letter.attachment_count || (s->letter.kind != LETTER_POST && s->letter.kind != LETTER_REPLY))
        return RC_OK;
    if (setting_get(&s->gate->store, SETTING_CLAMD, s->mem, &path, err))
        return err->rc;
    if (!path || !*path)
        return RC_OK;
    if (ask(s, path, raw, run, &verdict, err))
        return err->rc;
    if (verdict != CLAMD_CLEAN) {
        s->scan = verdict == CLAMD_INFECTED ? SCAN_INFECTED : SCAN_LEFT_OUT;
        s->photos.has_dropped = true;
    }
    return RC_OK;
}

enum rc scan_put_off(struct sorting *s, const struct scan_run *run, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    const struct tell tell = { .what = TELL_SCANNER_DOWN, .subject_id = SETTING_CLAMD, .is_once_a_day = true };
    struct store *st = &s->gate->store;

    if (db_begin(st->db, &tx, err) || (run->is_down && tell_staff(s->gate, &tell, err)) ||
        arrival_put_off(st->db, st->practice, s->arrival.id, s->lease, AGAIN_MS, s->was_scanned, err))
        return err->rc;
    return db_commit(&tx, err);
}

enum rc scan_tell(struct sorting *s, struct err *err)
{
    const struct audit_entry entry = { .who = { AUDIT_SYSTEM, 0, AUDIT_WAY_RULE },
                                       .verb = AUDIT_FILES_INFECTED,
                                       .item_kind = AUDIT_ITEM_LETTER,
                                       .item_id = s->arrival.id.v };
    const struct tell tell = { .what = s->scan == SCAN_INFECTED ? TELL_INFECTED : TELL_UNJUDGED,
                               .of = s->sender.person.id.v ? &s->sender.person : NULL,
                               .group = s->sender.group.id,
                               .subject_id = s->arrival.id.v };

    if (s->scan != SCAN_INFECTED && s->scan != SCAN_UNJUDGED)
        return RC_OK;
    if (s->scan == SCAN_INFECTED && audit_append(&s->gate->store, &entry, err))
        return err->rc;
    if (!tell.of) /* a stranger's */
        return RC_OK;
    return tell_staff(s->gate, &tell, err);
}
