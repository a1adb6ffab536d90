/* Anchors, and the walk that proves the chain of audit.h. */
#include "store/audit_chain.h"

#define PAGE_ROWS 200

/* --- anchors ----------------------------------------------------------------------------------------------------------------------- */

#define MAC_CHARS ((CRYPT_MAC_BYTES * 8 + 4) / 5)

static void write_head(const struct audit_head *h, char text[96])
{
    char mac[MAC_CHARS + 1];

    text[0] = '\0';
    if (h->seq == 0)
        return;
    crypt_base32_encode(h->mac, sizeof h->mac, mac);
    snprintf(text, 96, "%" PRId64 " %s", h->seq, mac);
}

enum rc audit_head(struct store *st, char head[96], struct err *err)
{
    struct audit_head h;
    enum rc rc = audit_last_row(st, &h, err);

    if (!rc)
        write_head(&h, head);
    return rc;
}

static enum rc read_anchor(const char *text, struct audit_head *ret, struct err *err)
{
    char *end;

    ret->seq = strtoll(text, &end, 10);
    if (end == text || ret->seq < 1 || *end != ' ')
        return err_set(err, RC_INPUT, "an anchor is a number, a blank and %d characters", MAC_CHARS);
    end++;
    if (!crypt_base32_decode(end, strcspn(end, " \r\n"), ret->mac, sizeof ret->mac))
        return err_set(err, RC_INPUT, "an anchor ends with %d characters of base32", MAC_CHARS);
    return RC_OK;
}

/* --- verifying --------------------------------------------------------------------------------------------------------------------- */

enum fault { SOUND, CHANGED, MISSING, VALUE_CHANGED, OTHER_ANCHOR, NO_KEY };
static const char *const fault_texts[] = {
    [SOUND] = "sound",
    [CHANGED] = "it was changed, or stands in another place",
    [MISSING] = "it is missing",
    [VALUE_CHANGED] = "its value is not the one that was written",
    [OTHER_ANCHOR] = "it is not the anchor's",
    [NO_KEY] = "its key is unknown",
};

struct walk {
    const struct store *st;
    const struct audit_head *anchor; /* or NULL */
    struct audit_report *report;
    enum fault fault;       /* of the row after last */
    struct audit_head last; /* the last sound row */
};

static const struct seal_key *audit_key(const struct keyring *ring, int64_t id)
{
    const struct seal_key *key;

    for (size_t i = 0; (key = keyring_nth(ring, SEAL_AUDIT, i)); i++)
        if (key->id == id)
            return key;
    return NULL;
}

/* What is kept must be what was committed to: value and salt are there for each commitment, or none is (erased). */
static bool values_fit(struct walk *w, struct db_query *q, const struct audit_link *l, const struct crypt_key *key)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("audit");
    struct audit_entry e = l->e;
    unsigned char c[CRYPT_MAC_BYTES];
    struct err err;
    size_t n;
    const unsigned char *salt = db_blob(q, C_SALT, &n);

    if (!salt) {
        w->report->erased += l->old_commit || l->new_commit;
        return true;
    }
    if (n != AUDIT_SALT_BYTES || audit_read_values(w->st, q, mem, &e, &err) || !e.old_value != !l->old_commit ||
        !e.new_value != !l->new_commit)
        return false;
    if (e.old_value) {
        audit_commit_to(key, salt, "old", e.old_value, c);
        if (!crypt_is_equal(c, l->old_commit, sizeof c))
            return false;
    }
    if (e.new_value) {
        audit_commit_to(key, salt, "new", e.new_value, c);
        if (!crypt_is_equal(c, l->new_commit, sizeof c))
            return false;
    }
    return true;
}

/* A commitment of another size counts as changed: the mac cannot fit then. */
static const unsigned char *mac_column(struct db_query *q, int col, bool *is_whole)
{
    size_t n;
    const unsigned char *p = db_blob(q, col, &n);

    if (p && n != CRYPT_MAC_BYTES)
        *is_whole = false;
    return p;
}

static enum fault check_row(struct walk *w, struct db_query *q)
{
    bool is_whole = true;
    unsigned char mac[CRYPT_MAC_BYTES];
    const unsigned char *stored = mac_column(q, C_MAC, &is_whole);
    const struct seal_key *key;
    struct audit_link l;

    audit_read_entry(q, &l.e);
    l.old_commit = mac_column(q, C_OLD_COMMIT, &is_whole);
    l.new_commit = mac_column(q, C_NEW_COMMIT, &is_whole);
    l.key_id = db_int(q, C_KEY);
    if (l.e.seq != w->last.seq + 1)
        return MISSING;
    key = audit_key(w->st->ring, l.key_id);
    if (!key)
        return NO_KEY;
    if (!stored || !is_whole)
        return CHANGED;
    audit_mac(w->st, &key->key, w->last.mac, &l, mac);
    if (!crypt_is_equal(mac, stored, sizeof mac))
        return CHANGED;
    if (w->anchor && w->anchor->seq == l.e.seq && !crypt_is_equal(mac, w->anchor->mac, sizeof mac))
        return OTHER_ANCHOR;
    if (!values_fit(w, q, &l, &key->key))
        return VALUE_CHANGED;
    w->last.seq = l.e.seq;
    memcpy(w->last.mac, mac, sizeof mac);
    return SOUND;
}

static enum rc walk_page(struct walk *w, bool *ret_is_end, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    size_t rows = 0;
    bool row;
    enum rc rc = audit_open_page(w->st, w->last.seq, PAGE_ROWS, &q, err);

    while (!rc && !w->fault && !(rc = db_step(q, &row, err)) && row) {
        w->fault = check_row(w, q);
        rows++;
    }
    *ret_is_end = rows < PAGE_ROWS;
    return rc;
}

enum rc audit_verify(struct store *st, const char *anchor_text, struct audit_report *ret_report, struct err *err)
{
    struct audit_report report = { .rows = 0 };
    struct audit_head anchor;
    struct walk w = { .st = st, .anchor = anchor_text ? &anchor : NULL, .report = &report };
    bool is_end = false;
    enum rc rc = anchor_text ? read_anchor(anchor_text, &anchor, err) : RC_OK;

    while (!rc && !is_end && !w.fault)
        rc = walk_page(&w, &is_end, err);
    if (rc)
        return rc;
    if (!w.fault && w.anchor && anchor.seq > w.last.seq)
        w.fault = MISSING;
    report.rows = w.last.seq;
    report.wrong_seq = w.fault ? w.last.seq + 1 : 0;
    report.is_tail_proven = !w.fault && w.anchor && anchor.seq == w.last.seq;
    write_head(&w.last, report.head);
    *ret_report = report;
    return w.fault ? err_set(err, RC_CORRUPT, "audit row %" PRId64 ": %s", report.wrong_seq, fault_texts[w.fault])
                   : RC_OK;
}
