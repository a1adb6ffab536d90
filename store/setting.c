#include "store/setting.h"

#include "base/text.h"

#include <assert.h>

static const struct setting_info infos[SETTING_END] = {
    [SETTING_NAME] = { "name", SETTING_TEXT },
    [SETTING_OFFICE_PHONE] = { "office-phone", SETTING_TEXT },
    [SETTING_OFFICE_HOURS] = { "office-hours", SETTING_TEXT },
    [SETTING_HOLIDAYS] = { "holidays", SETTING_TEXT },
    [SETTING_EMERGENCY_LINE] = { "emergency-line", SETTING_TEXT },
    [SETTING_DOMAIN] = { "domain", SETTING_TEXT },
    [SETTING_RELAY] = { "relay", SETTING_TEXT },
    [SETTING_ZONE] = { "zone", SETTING_TEXT },
    [SETTING_AUTHSERV_ID] = { "authserv-id", SETTING_TEXT },
    [SETTING_PAGE_COMMAND] = { "page-command", SETTING_TEXT },
    [SETTING_PUBLIC_URL] = { "public-url", SETTING_TEXT },
    [SETTING_TRUST] = { "trust", SETTING_INT },
    [SETTING_SOLO_RELEASE] = { "solo-release", SETTING_YES_NO },
    [SETTING_REPLY_DOMAIN] = { "reply-domain", SETTING_TEXT },
    [SETTING_LANGUAGE] = { "language", SETTING_TEXT },
    [SETTING_TEMPLATES] = { "templates", SETTING_TEXT },
    [SETTING_PAGE_CONTACTS] = { "page-contacts", SETTING_TEXT },
    [SETTING_ROTA] = { "rota", SETTING_TEXT },
    [SETTING_SMS_NUMBER] = { "sms-number", SETTING_TEXT },
    [SETTING_SMS_PROVIDER] = { "sms-provider", SETTING_TEXT },
    [SETTING_CRISIS_LINE] = { "crisis-line", SETTING_TEXT },
    [SETTING_MODERATOR_TITLE] = { "moderator-title", SETTING_TEXT },
    [SETTING_RATE_PER_MINUTE] = { "rate-per-minute", SETTING_INT },
    [SETTING_RETENTION_DAYS] = { "retention-days", SETTING_INT },
    [SETTING_PAGE_CLOCK_0] = { "page-clock-0", SETTING_TEXT },
    [SETTING_PAGE_CLOCK_1] = { "page-clock-1", SETTING_TEXT },
    [SETTING_PAGE_CLOCK_2] = { "page-clock-2", SETTING_TEXT },
    [SETTING_TEST_PAGE] = { "test-page", SETTING_TEXT },
    [SETTING_REVIEW_HOURS_3] = { "review-hours-3", SETTING_INT },
    [SETTING_REVIEW_HOURS_4] = { "review-hours-4", SETTING_INT },
    [SETTING_WORD_LISTS] = { "word-lists", SETTING_TEXT },
    [SETTING_DAILY_MAIL] = { "daily-mail", SETTING_TEXT },
    [SETTING_TRIAGE_MODEL] = { "triage-model", SETTING_TEXT },
    [SETTING_LISTS_HELD] = { "word-lists-held", SETTING_TEXT },
    [SETTING_BOUNCE_WATCH] = { "bounce-watch", SETTING_TEXT },
    [SETTING_MAILBOX] = { "mailbox", SETTING_TEXT },
    [SETTING_BOUNCES] = { "bounces", SETTING_TEXT },
    [SETTING_TENANT_DOMAINS] = { "tenant-domains", SETTING_TEXT },
    [SETTING_CLAMD] = { "clamd", SETTING_TEXT },
    [SETTING_ASK_PHOTO_WORDS] = { "ask-photo-words", SETTING_YES_NO },
    [SETTING_REQUIRE_TLS_DOMAINS] = { "require-tls-domains", SETTING_TEXT },
    [SETTING_RELAY_ENFORCES_TLS] = { "relay-enforces-tls", SETTING_TEXT },
    [SETTING_VISIT_INVITE_DAYS] = { "visit-invite-days", SETTING_INT },
    [SETTING_VISIT_REMINDERS] = { "visit-reminders", SETTING_TEXT },
    [SETTING_TEXT_PRICE] = { "text-price", SETTING_INT },
    [SETTING_TEXT_BRAND_DAY] = { "text-brand-day", SETTING_INT },
    [SETTING_TEXT_HOURS] = { "text-hours", SETTING_TEXT },
    [SETTING_TEXT_WEEK] = { "text-week", SETTING_INT },
    [SETTING_TLS_NOTICE] = { "require-tls-notice", SETTING_YES_NO },
    [SETTING_CRISIS_TEXTS] = { "crisis-texts", SETTING_TEXT },
};

enum setting_stmt { SETTING_STMT_ONE, SETTING_STMT_ALL, SETTING_STMT_PUT, SETTING_STMT_DELETE, SETTING_STMT_COUNT };
static const char *const setting_sql[SETTING_STMT_COUNT] = {
    [SETTING_STMT_ONE] = "SELECT value_sealed FROM setting WHERE practice_id = $1 AND id = $2",
    [SETTING_STMT_ALL] = "SELECT id, value_sealed FROM setting WHERE practice_id = $1",
    [SETTING_STMT_PUT] = "INSERT INTO setting (practice_id, id, value_sealed) VALUES ($1, $2, $3)"
                         " ON CONFLICT (practice_id, id) DO UPDATE SET value_sealed = excluded.value_sealed",
    [SETTING_STMT_DELETE] = "DELETE FROM setting WHERE practice_id = $1 AND id = $2",
};
const struct db_domain setting_domain = { "setting", setting_sql, SETTING_STMT_COUNT };

const struct setting_info *setting_info(enum setting setting)
{
    assert(setting >= SETTING_NAME && setting < SETTING_END);
    return &infos[setting];
}

enum rc setting_find(const char *name, enum setting *ret_setting, struct err *err)
{
    for (int i = SETTING_NAME; i < SETTING_END; i++)
        if (strcmp(infos[i].name, name) == 0) {
            *ret_setting = (enum setting)i;
            return RC_OK;
        }
    return err_set(err, RC_NOT_FOUND, "there is no such setting; `postcircle practice set --help` lists them");
}

enum rc setting_get(const struct store *st, enum setting setting, struct arena *mem, const char **ret_text,
                    struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    bool row;
    enum rc rc = db_query(st->db, setting_sql[SETTING_STMT_ONE], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, setting);
    rc = db_step(q, &row, err);
    if (rc)
        return rc;
    if (!row) {
        *ret_text = NULL;
        return RC_OK;
    }
    return store_sealed(st, q, 0, COL_SETTING_VALUE, setting, mem, ret_text, err);
}

enum rc setting_get_int(const struct store *st, enum setting setting, int64_t unset, int64_t *ret, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("setting");
    const char *text;
    enum rc rc = setting_get(st, setting, mem, &text, err);

    assert(setting_info(setting)->kind == SETTING_INT);
    if (rc)
        return rc;
    if (!text) {
        *ret = unset;
        return RC_OK;
    }
    return text_to_int(text, INT64_MIN, INT64_MAX, ret, err);
}

enum rc setting_get_yes(const struct store *st, enum setting setting, bool unset, bool *ret, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("setting");
    const char *text;
    enum rc rc = setting_get(st, setting, mem, &text, err);

    assert(setting_info(setting)->kind == SETTING_YES_NO);
    if (!rc)
        *ret = text ? strcmp(text, "yes") == 0 : unset;
    return rc;
}

enum rc setting_all(const struct store *st, struct arena *mem, const char *values[SETTING_END], struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    bool row;
    enum rc rc = db_query(st->db, setting_sql[SETTING_STMT_ALL], &q, err);

    if (rc)
        return rc;
    for (int i = 0; i < SETTING_END; i++)
        values[i] = NULL;
    db_bind_int(q, 1, st->practice.v);
    while (!(rc = db_step(q, &row, err)) && row) {
        const int64_t id = db_int(q, 0);

        if (id < SETTING_NAME || id >= SETTING_END)
            continue; /* a newer program's */
        rc = store_sealed(st, q, 1, COL_SETTING_VALUE, id, mem, &values[id], err);
        if (rc)
            return rc;
    }
    return rc;
}

static enum rc check(enum setting setting, const char *text, struct err *err)
{
    const struct setting_info *info = setting_info(setting);
    int64_t v;

    if (strlen(text) > SETTING_MAX_BYTES)
        return err_set(err, RC_INPUT, "%s is over %d bytes", info->name, SETTING_MAX_BYTES);
    if (!text_is_utf8(text, strlen(text)))
        return err_set(err, RC_INPUT, "%s is not UTF-8", info->name);
    if (info->kind == SETTING_INT && text_to_int(text, INT64_MIN, INT64_MAX, &v, err))
        return err_set(err, RC_INPUT, "%s takes a whole number", info->name);
    if (info->kind == SETTING_YES_NO && strcmp(text, "yes") != 0 && strcmp(text, "no") != 0)
        return err_set(err, RC_INPUT, "%s takes yes or no", info->name);
    return RC_OK;
}

enum rc setting_set(struct store *st, enum setting setting, const char *text, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("setting");
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = text ? check(setting, text, err) : RC_OK;

    if (!rc)
        rc = db_query(st->db, setting_sql[text ? SETTING_STMT_PUT : SETTING_STMT_DELETE], &q, err);
    if (rc)
        return rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, setting);
    if (text)
        store_bind_sealed(st, q, 3, COL_SETTING_VALUE, setting, text, mem);
    return db_run(q, NULL, err);
}
