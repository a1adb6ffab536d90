#include "store/retention.h"

enum retention_stmt {
    PURGE_DELIVERIES,
    PURGE_ISSUE_ITEMS,
    PURGE_ISSUES,
    PURGE_MAILINGS,
    PURGE_MAILING_POSTS,
    PURGE_REPEATS,
    PURGE_ANSWERED,
    PURGE_UNDO,
    PURGE_CONSENTS,
    PURGE_AUDIT_VALUES,
    PURGE_PAGES,
    PURGE_PAGE_CALLS,
    PURGE_PAGE_JOINED,
    PURGE_CHECK_IN_VALUES,
    PURGE_CHECK_IN_ROUNDS,
    PURGE_THANKS,
    PURGE_TEXTS_OUT,
    PURGE_TEXT_POSTS,
    PURGE_TEXTS_IN,
    PURGE_TEXT_COSTS,
    PURGE_TEXT_REPEATS,
    PURGE_TEXT_RECEIPTS,
    PURGE_TEXT_ITEMS,
    PURGE_TEXT_CONSENTS,
    PURGE_COUNT,
    NOTE = PURGE_COUNT,
    READ,
    RETENTION_STMT_COUNT
};
enum retention_arg { RT_PRACTICE = 1, RT_BEFORE, RT_MAX };

/* clang-format off */
/* The first rows by id are the oldest, so only those are looked at: nothing walks through a whole table. */
#define OLDEST(table, which) "id IN (SELECT id FROM " table " WHERE practice_id = $1 AND " which " ORDER BY id LIMIT $3)"
#define OLD_ISSUES "SELECT id FROM issue WHERE practice_id = $1 AND state = 3 AND closed_ms < $2 ORDER BY id LIMIT $3"

static const char *const retention_sql[RETENTION_STMT_COUNT] = {
    [PURGE_DELIVERIES] =
        "DELETE FROM delivery WHERE practice_id = $1 AND created_ms < $2 AND " OLDEST("delivery", "state IN (4, 5, 6, 8)"),
    [PURGE_ISSUE_ITEMS] = "DELETE FROM issue_item WHERE practice_id = $1 AND issue_id IN (" OLD_ISSUES ")",
    [PURGE_ISSUES] = "DELETE FROM issue WHERE practice_id = $1 AND id IN (" OLD_ISSUES ")",
    [PURGE_MAILINGS] =
        "DELETE FROM mailing WHERE practice_id = $1 AND created_ms < $2 AND " OLDEST("mailing", "id > 0")
        " AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.practice_id = $1 AND d.mailing_id = mailing.id)"
        " AND NOT EXISTS (SELECT 1 FROM issue i WHERE i.practice_id = $1 AND i.id = mailing.issue_id)",
    [PURGE_MAILING_POSTS] =
        "DELETE FROM mailing_post WHERE practice_id = $1 AND CAST($2 AS BIGINT) > 0 AND mailing_id IN (SELECT mailing_id FROM mailing_post"
        " WHERE practice_id = $1 ORDER BY mailing_id LIMIT $3)"
        " AND NOT EXISTS (SELECT 1 FROM mailing m WHERE m.practice_id = $1 AND m.id = mailing_post.mailing_id)",
    [PURGE_REPEATS] =
        "UPDATE letter SET dedupe_hash = NULL, id_hash = NULL WHERE practice_id = $1 AND id IN (SELECT id FROM letter WHERE practice_id = $1"
        " AND received_ms < $2 AND (dedupe_hash IS NOT NULL OR id_hash IS NOT NULL) ORDER BY received_ms LIMIT $3)",
    [PURGE_ANSWERED] =
        "DELETE FROM answered WHERE practice_id = $1 AND (person_id, kind, about_id) IN (SELECT person_id, kind, about_id FROM answered"
        " WHERE practice_id = $1 AND at_ms < $2 LIMIT $3)",
    [PURGE_UNDO] = "DELETE FROM undo WHERE practice_id = $1 AND until_ms < $2 AND " OLDEST("undo", "id > 0"),
    /* what a consent's last day was: the day of the one that replaced it; a withdrawal's own */
    [PURGE_CONSENTS] =
        "DELETE FROM consent WHERE practice_id = $1 AND id IN (SELECT c.id FROM consent c WHERE c.practice_id = $1 AND c.at_ms < $2"
        " AND (c.is_given = 0 OR EXISTS (SELECT 1 FROM consent n WHERE n.practice_id = $1 AND n.person_id = c.person_id"
        " AND n.membership_id = c.membership_id AND n.channel = c.channel AND n.kind = c.kind AND n.id > c.id AND n.at_ms < $2))"
        " AND NOT (c.is_given = 0 AND EXISTS (SELECT 1 FROM consent o WHERE o.practice_id = $1 AND o.person_id = c.person_id"
        " AND o.membership_id = c.membership_id AND o.channel = c.channel AND o.kind = c.kind AND o.id < c.id)) ORDER BY c.id LIMIT $3)",
    [PURGE_AUDIT_VALUES] =
        "DELETE FROM audit_value WHERE practice_id = $1 AND seq IN (SELECT seq FROM audit_value WHERE practice_id = $1 ORDER BY seq LIMIT $3)"
        " AND EXISTS (SELECT 1 FROM audit a WHERE a.practice_id = $1 AND a.seq = audit_value.seq AND a.at_ms < $2)",
    [PURGE_PAGES] = "DELETE FROM page WHERE practice_id = $1 AND created_ms < $2 AND " OLDEST("page", "state = 3"),
    [PURGE_PAGE_CALLS] =
        "DELETE FROM page_call WHERE practice_id = $1 AND CAST($2 AS BIGINT) > 0 AND " OLDEST("page_call", "id > 0")
        " AND NOT EXISTS (SELECT 1 FROM page p WHERE p.practice_id = $1 AND p.id = page_call.page_id)",
    [PURGE_PAGE_JOINED] =
        "DELETE FROM page_joined WHERE practice_id = $1 AND created_ms < $2 AND (page_id, letter_id) IN (SELECT page_id, letter_id FROM page_joined"
        " WHERE practice_id = $1 ORDER BY page_id, letter_id LIMIT $3)"
        " AND NOT EXISTS (SELECT 1 FROM page p WHERE p.practice_id = $1 AND p.id = page_joined.page_id)",
    [PURGE_CHECK_IN_VALUES] = "DELETE FROM check_in_value WHERE practice_id = $1 AND at_ms < $2 AND " OLDEST("check_in_value", "id > 0"),
    [PURGE_CHECK_IN_ROUNDS] =
        "DELETE FROM check_in_round WHERE practice_id = $1 AND closed_ms < $2 AND " OLDEST("check_in_round", "id > 0"),
    [PURGE_THANKS] =
        "DELETE FROM thanks WHERE practice_id = $1 AND (membership_id, person_id) IN (SELECT membership_id, person_id FROM thanks"
        " WHERE practice_id = $1 AND at_ms < $2 LIMIT $3)",
    [PURGE_TEXTS_OUT] = "DELETE FROM text_out WHERE practice_id = $1 AND created_ms < $2 AND " OLDEST("text_out", "state > 3"),
    [PURGE_TEXT_POSTS] =
        "DELETE FROM text_post WHERE practice_id = $1 AND CAST($2 AS BIGINT) > 0 AND text_id IN (SELECT text_id FROM text_post"
        " WHERE practice_id = $1 ORDER BY text_id LIMIT $3)"
        " AND NOT EXISTS (SELECT 1 FROM text_out t WHERE t.practice_id = $1 AND t.id = text_post.text_id)",
    [PURGE_TEXTS_IN] = "DELETE FROM text_in WHERE practice_id = $1 AND received_ms < $2 AND " OLDEST("text_in", "state IN (3, 4)"),
    [PURGE_TEXT_COSTS] = "DELETE FROM text_ledger WHERE practice_id = $1 AND at_ms < $2 AND " OLDEST("text_ledger", "id > 0"),
    /* what was read lives on as a note, a command or a decision */
    [PURGE_TEXT_REPEATS] =
        "UPDATE text_in SET dedupe_hash = NULL, raw_sealed = NULL WHERE practice_id = $1 AND id IN (SELECT id FROM text_in WHERE practice_id = $1"
        " AND received_ms < $2 AND state = 3 AND (dedupe_hash IS NOT NULL OR raw_sealed IS NOT NULL) ORDER BY id LIMIT $3)",
    [PURGE_TEXT_RECEIPTS] = "DELETE FROM text_receipt WHERE practice_id = $1 AND created_ms < $2 AND " OLDEST("text_receipt", "id > 0"),
    [PURGE_TEXT_ITEMS] =
        "DELETE FROM text_item WHERE practice_id = $1 AND (address_id, sender_id, n) IN (SELECT address_id, sender_id, n FROM text_item"
        " WHERE practice_id = $1 AND live_ms < $2 LIMIT $3)",
    [PURGE_TEXT_CONSENTS] =
        "DELETE FROM text_consent_log WHERE practice_id = $1 AND id IN (SELECT l.id FROM text_consent_log l WHERE l.practice_id = $1"
        " AND l.at_ms < $2 AND EXISTS (SELECT 1 FROM text_consent_log n WHERE n.practice_id = $1 AND n.address_id = l.address_id AND n.id > l.id"
        " AND n.at_ms < $2) ORDER BY l.id LIMIT $3)",
    [NOTE] =
        "INSERT INTO retention_run (practice_id, class, at_ms, row_count) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT (practice_id, class) DO UPDATE SET at_ms = excluded.at_ms, row_count = excluded.row_count",
    [READ] = "SELECT class, at_ms, row_count FROM retention_run WHERE practice_id = $1",
};
/* clang-format on */
const struct db_domain retention_domain = { "retention", retention_sql, RETENTION_STMT_COUNT };

static const enum retention_class classes[PURGE_COUNT] = {
    [PURGE_DELIVERIES] = RETENTION_LETTERS,
    [PURGE_ISSUE_ITEMS] = RETENTION_LETTERS,
    [PURGE_ISSUES] = RETENTION_LETTERS,
    [PURGE_MAILINGS] = RETENTION_RENDERINGS,
    [PURGE_MAILING_POSTS] = RETENTION_RENDERINGS,
    [PURGE_REPEATS] = RETENTION_REPEATS,
    [PURGE_ANSWERED] = RETENTION_REPEATS,
    [PURGE_UNDO] = RETENTION_REPEATS,
    [PURGE_CONSENTS] = RETENTION_CONSENTS,
    [PURGE_AUDIT_VALUES] = RETENTION_AUDIT,
    [PURGE_PAGES] = RETENTION_ALARMS,
    [PURGE_PAGE_CALLS] = RETENTION_ALARMS,
    [PURGE_PAGE_JOINED] = RETENTION_ALARMS,
    [PURGE_CHECK_IN_VALUES] = RETENTION_CHECK_INS,
    [PURGE_CHECK_IN_ROUNDS] = RETENTION_CHECK_INS,
    [PURGE_THANKS] = RETENTION_CHECK_INS,
    [PURGE_TEXTS_OUT] = RETENTION_LETTERS,
    [PURGE_TEXT_POSTS] = RETENTION_LETTERS,
    [PURGE_TEXTS_IN] = RETENTION_LETTERS,
    [PURGE_TEXT_COSTS] = RETENTION_LETTERS,
    [PURGE_TEXT_REPEATS] = RETENTION_REPEATS,
    [PURGE_TEXT_RECEIPTS] = RETENTION_REPEATS,
    [PURGE_TEXT_ITEMS] = RETENTION_REPEATS,
    [PURGE_TEXT_CONSENTS] = RETENTION_CONSENTS,
};

const char *retention_class_name(enum retention_class class)
{
    static const char *const names[RETENTION_CLASS_END] = {
        [RETENTION_LETTERS] = "letters",   [RETENTION_RENDERINGS] = "renderings", [RETENTION_REPEATS] = "repeats",
        [RETENTION_CONSENTS] = "consents", [RETENTION_AUDIT] = "audit values",    [RETENTION_MAIL] = "raw mail",
        [RETENTION_ALARMS] = "alarms",     [RETENTION_CHECK_INS] = "check-ins",
    };

    return class > 0 && class < RETENTION_CLASS_END ? names[class] : "?";
}

static int64_t before_of(enum retention_class class, const struct retention *before)
{
    switch (class) {
    case RETENTION_LETTERS:
    case RETENTION_RENDERINGS:
    case RETENTION_CHECK_INS:
        return before->deliveries_before_ms;
    case RETENTION_REPEATS:
        return before->repeats_before_ms;
    default:
        return before->record_before_ms;
    }
}

static enum rc purge(struct store *st, enum retention_stmt stmt, int64_t before_ms, size_t max, int64_t *ret_n,
                     struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (db_query(st->db, retention_sql[stmt], &q, err))
        return err->rc;
    db_bind_int(q, RT_PRACTICE, st->practice.v);
    db_bind_int(q, RT_BEFORE, before_ms);
    db_bind_int(q, RT_MAX, (int64_t)max);
    return db_run(q, ret_n, err);
}

enum rc retention_purge(struct store *st, const struct retention *before, size_t max, struct retention_counts *counts,
                        int64_t *ret_n, struct err *err)
{
    int64_t all = 0, n;

    for (enum retention_stmt stmt = 0; stmt < PURGE_COUNT; stmt++) {
        if (purge(st, stmt, before_of(classes[stmt], before), max, &n, err))
            return err_wrap(err, "retention of practice %" PRId64, st->practice.v);
        counts->of[classes[stmt]] += n;
        all += n;
    }
    *ret_n = all;
    return RC_OK;
}

enum rc retention_note(struct store *st, const struct retention_counts *counts, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = db_query(st->db, retention_sql[NOTE], &q, err);

    for (int class = 1; !rc && class < RETENTION_CLASS_END; class ++) {
        if (!counts->of[class])
            continue;
        db_bind_int(q, 1, st->practice.v);
        db_bind_int(q, 2, class);
        db_bind_int(q, 3, clock_now_ms(st->clock));
        db_bind_int(q, 4, counts->of[class]);
        rc = db_run(q, NULL, err);
    }
    return rc;
}

enum rc retention_read(struct store *st, struct retention_last ret_last[RETENTION_CLASS_END], struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    bool row;
    enum rc rc = db_query(st->db, retention_sql[READ], &q, err);

    if (rc)
        return rc;
    memset(ret_last, 0, RETENTION_CLASS_END * sizeof *ret_last);
    db_bind_int(q, 1, st->practice.v);
    while (!(rc = db_step(q, &row, err)) && row) {
        const int64_t class = db_int(q, 0);

        if (class > 0 && class < RETENTION_CLASS_END)
            ret_last[class] = (struct retention_last){ db_int(q, 1), db_int(q, 2) };
    }
    return rc;
}
