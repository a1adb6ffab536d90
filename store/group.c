#include "store/group.h"

#include "base/json.h"
#include "base/text.h"
#include "store/rows.h"

#include <assert.h>

#define GROUP_COLUMNS                                                                                                  \
    "id, state, slug, zone, digest_minute, digest_weekday, review_policy, texts_sealed, texts_version, post_seq,"      \
    " issue_no, start_day, end_day, created_ms, files_policy, address_state, address_passes"
#define GROUP_TEXTS_MAX_BYTES ((size_t)256 << 10)

enum group_stmt {
    GROUP_ADD,
    GROUP_GET,
    GROUP_BY_SLUG,
    GROUP_HAS_SLUG,
    GROUP_LIST,
    GROUP_CHANGE,
    GROUP_NEXT_ISSUE,
    GROUP_SET_ADDRESS,
    GROUP_COUNT_PASS,
    GROUP_STMT_COUNT
};
enum {
    GA_PRACTICE = 1,
    GA_ID,
    GA_STATE,
    GA_SLUG,
    GA_ZONE,
    GA_MINUTE,
    GA_WEEKDAY,
    GA_REVIEW,
    GA_TEXTS,
    GA_VERSION,
    GA_POST_SEQ,
    GA_ISSUE_NO,
    GA_START,
    GA_END,
    GA_CREATED,
    GA_FILES,
    GA_ADDRESS,
    GA_PASSES
};
enum {
    GC_STATE = 1,
    GC_ZONE,
    GC_MINUTE,
    GC_WEEKDAY,
    GC_REVIEW,
    GC_TEXTS,
    GC_START,
    GC_END,
    GC_FILES,
    GC_PRACTICE,
    GC_ID,
    GC_VERSION
};

static const char *const group_sql[GROUP_STMT_COUNT] = {
    [GROUP_ADD] = "INSERT INTO care_group (practice_id, " GROUP_COLUMNS ")"
                  " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)",
    [GROUP_GET] = "SELECT " GROUP_COLUMNS " FROM care_group WHERE practice_id = $1 AND id = $2",
    [GROUP_BY_SLUG] = "SELECT " GROUP_COLUMNS " FROM care_group WHERE practice_id = $1 AND slug = $2",
    [GROUP_HAS_SLUG] = "SELECT id FROM care_group WHERE practice_id = $1 AND slug = $2",
    [GROUP_LIST] = "SELECT " GROUP_COLUMNS " FROM care_group WHERE practice_id = $1 ORDER BY state, id",
    [GROUP_CHANGE] = "UPDATE care_group SET state = $1, zone = $2, digest_minute = $3, digest_weekday = $4,"
                     " review_policy = $5, texts_sealed = $6, start_day = $7, end_day = $8,"
                     " files_policy = $9, texts_version = texts_version + 1 WHERE practice_id = $10 AND id = $11 AND "
                     "texts_version = $12",
    [GROUP_NEXT_ISSUE] =
        "UPDATE care_group SET issue_no = issue_no + 1 WHERE practice_id = $1 AND id = $2 RETURNING issue_no",
    [GROUP_SET_ADDRESS] = "UPDATE care_group SET address_state = $3 WHERE practice_id = $1 AND id = $2",
    [GROUP_COUNT_PASS] = "UPDATE care_group SET address_passes = address_passes + 1 WHERE practice_id = $1 AND id = $2",
};
const struct db_domain group_domain = { "group", group_sql, GROUP_STMT_COUNT };

/* The texts of a group are one sealed JSON object. */
static const char *const text_keys[] = { "name", "alias", "short", "long", "rules", "forbidden" };

static const char **text_member(struct care_group *g, size_t i)
{
    const char **const members[] = { &g->name, &g->alias, &g->short_text, &g->long_text, &g->rules, &g->forbidden };

    return members[i];
}

static enum rc write_texts(const struct care_group *group, struct arena *mem, char **ret_json, struct err *err)
{
    CLEANUP(strbuf_done) struct strbuf out = STRBUF(GROUP_TEXTS_MAX_BYTES);
    CLEANUP(json_free) struct json *texts = json_object_new();
    struct care_group g = *group;

    for (size_t i = 0; i < COUNT_OF(text_keys); i++) {
        const char *const text = *text_member(&g, i);

        json_set_str(texts, text_keys[i], text ? text : "");
    }
    json_print(texts, false, &out);
    return strbuf_take(&out, mem, ret_json, err);
}

static enum rc read_texts(const char *text, struct arena *mem, struct care_group *g, struct err *err)
{
    CLEANUP(json_free) struct json *texts = NULL;

    if (json_parse(text, strlen(text), &texts, err))
        return err_wrap(err, "texts of group %" PRId64, g->id.v);
    for (size_t i = 0; i < COUNT_OF(text_keys); i++)
        *text_member(g, i) = arena_strdup(mem, json_get_str(texts, text_keys[i], ""));
    return RC_OK;
}

static enum rc read_group(struct store *st, struct db_query *q, struct arena *mem, struct care_group *g,
                          struct err *err)
{
    const char *texts;

    g->id.v = db_int(q, 0);
    g->state = (enum group_state)db_int(q, 1);
    g->slug = arena_strdup(mem, db_text(q, 2));
    g->zone = arena_strdup(mem, db_text(q, 3));
    g->digest_minute = db_int(q, 4);
    g->digest_weekday = db_int(q, 5);
    g->review = (enum group_review)db_int(q, 6);
    g->texts_version = db_int(q, 8);
    g->post_seq = db_int(q, 9);
    g->issue_no = db_int(q, 10);
    g->start_day = db_int(q, 11);
    g->end_day = db_int(q, 12);
    g->created_ms = db_int(q, 13);
    g->files = (enum group_files)db_int(q, 14);
    g->address = (enum group_address)db_int(q, 15);
    g->address_passes = db_int(q, 16);
    if (store_sealed(st, q, 7, COL_GROUP_TEXTS, g->id.v, mem, &texts, err))
        return err->rc;
    return read_texts(texts, mem, g, err);
}

static void bind_day(struct db_query *q, int at, int64_t day)
{
    if (day)
        db_bind_int(q, at, day);
    else
        db_bind_null(q, at);
}

enum rc group_make_slug(const char *alias, char ret_slug[GROUP_SLUG_SIZE], struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("slug");
    char slug[GROUP_SLUG_SIZE];
    size_t n = 0;

    for (const char *s = text_fold_plain(mem, alias); *s && n < GROUP_SLUG_MAX; s++) {
        if ((*s >= 'a' && *s <= 'z') || (*s >= '0' && *s <= '9'))
            slug[n++] = *s;
        else if (n && slug[n - 1] != '-')
            slug[n++] = '-';
    }
    while (n && slug[n - 1] == '-')
        n--;
    if (!n)
        return err_set(err, RC_INPUT, "the alias needs at least one letter a-z or digit: it becomes the address");
    slug[n] = '\0';
    memcpy(ret_slug, slug, n + 1);
    return RC_OK;
}

enum rc group_add(struct store *st, struct care_group *group, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("group");
    CLEANUP(db_query_done) struct db_query *q = NULL;
    struct care_group g = *group;
    char *texts;

    assert(db_in_tx(st->db) && g.slug && g.zone);
    g.id.v = id_next(st->ids);
    g.state = GROUP_OPEN;
    g.review = g.review ? g.review : GROUP_REVIEW_HOLD;
    g.files = g.files ? g.files : GROUP_FILES_NONE;
    g.address = g.address ? g.address : GROUP_ADDRESS_FREE;
    g.address_passes = 0;
    g.texts_version = 1;
    g.post_seq = g.issue_no = 0;
    g.created_ms = clock_now_ms(st->clock);
    if (write_texts(&g, mem, &texts, err) || db_query(st->db, group_sql[GROUP_ADD], &q, err))
        return err->rc;
    db_bind_int(q, GA_PRACTICE, st->practice.v);
    db_bind_int(q, GA_ID, g.id.v);
    db_bind_int(q, GA_STATE, g.state);
    db_bind_text(q, GA_SLUG, g.slug);
    db_bind_text(q, GA_ZONE, g.zone);
    db_bind_int(q, GA_MINUTE, g.digest_minute);
    db_bind_int(q, GA_WEEKDAY, g.digest_weekday);
    db_bind_int(q, GA_REVIEW, g.review);
    store_bind_sealed(st, q, GA_TEXTS, COL_GROUP_TEXTS, g.id.v, texts, mem);
    db_bind_int(q, GA_VERSION, g.texts_version);
    db_bind_int(q, GA_POST_SEQ, 0);
    db_bind_int(q, GA_ISSUE_NO, 0);
    bind_day(q, GA_START, g.start_day);
    bind_day(q, GA_END, g.end_day);
    db_bind_int(q, GA_CREATED, g.created_ms);
    db_bind_int(q, GA_FILES, g.files);
    db_bind_int(q, GA_ADDRESS, g.address);
    db_bind_int(q, GA_PASSES, 0);
    if (db_run(q, NULL, err))
        return err_wrap(err, "add group");
    *group = g;
    return RC_OK;
}

static enum rc one_group(struct store *st, struct db_query *q, struct arena *mem, struct care_group *ret_group,
                         struct err *err)
{
    struct care_group g = { 0 };

    if (db_one(q, err) || read_group(st, q, mem, &g, err))
        return err_wrap(err, "group");
    *ret_group = g;
    return RC_OK;
}

enum rc group_get(struct store *st, struct group_id id, struct arena *mem, struct care_group *ret_group,
                  struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (db_query(st->db, group_sql[GROUP_GET], &q, err))
        return err->rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, id.v);
    return one_group(st, q, mem, ret_group, err);
}

enum rc group_by_slug(struct store *st, const char *slug, struct arena *mem, struct care_group *ret_group,
                      struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (db_query(st->db, group_sql[GROUP_BY_SLUG], &q, err))
        return err->rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_text(q, 2, slug);
    return one_group(st, q, mem, ret_group, err);
}

enum rc group_has_slug(struct db *db, struct practice_id practice, const char *slug, bool *ret_has, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (db_query(db, group_sql[GROUP_HAS_SLUG], &q, err))
        return err->rc;
    db_bind_int(q, 1, practice.v);
    db_bind_text(q, 2, slug);
    return db_step(q, ret_has, err);
}

enum rc group_list(struct store *st, struct arena *mem, struct care_group **ret_groups, size_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    struct care_group *list = NULL;
    size_t n = 0, cap = 0;
    bool row;

    if (db_query(st->db, group_sql[GROUP_LIST], &q, err))
        return err->rc;
    db_bind_int(q, 1, st->practice.v);
    for (;;) {
        if (db_step(q, &row, err))
            return err->rc;
        if (!row)
            break;
        list = rows_room(mem, list, n, &cap, sizeof *list);
        if (read_group(st, q, mem, &list[n++], err))
            return err->rc;
    }
    *ret_groups = list;
    *ret_n = n;
    return RC_OK;
}

enum rc group_change(struct store *st, struct care_group *group, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("group");
    CLEANUP(db_query_done) struct db_query *q = NULL;
    int64_t changes;
    char *texts;

    assert(db_in_tx(st->db));
    if (write_texts(group, mem, &texts, err) || db_query(st->db, group_sql[GROUP_CHANGE], &q, err))
        return err->rc;
    db_bind_int(q, GC_STATE, group->state);
    db_bind_text(q, GC_ZONE, group->zone);
    db_bind_int(q, GC_MINUTE, group->digest_minute);
    db_bind_int(q, GC_WEEKDAY, group->digest_weekday);
    db_bind_int(q, GC_REVIEW, group->review);
    store_bind_sealed(st, q, GC_TEXTS, COL_GROUP_TEXTS, group->id.v, texts, mem);
    bind_day(q, GC_START, group->start_day);
    bind_day(q, GC_END, group->end_day);
    db_bind_int(q, GC_PRACTICE, st->practice.v);
    db_bind_int(q, GC_ID, group->id.v);
    db_bind_int(q, GC_FILES, group->files);
    db_bind_int(q, GC_VERSION, group->texts_version);
    if (db_run(q, &changes, err))
        return err_wrap(err, "change group %" PRId64, group->id.v);
    if (!changes)
        return err_set(err, RC_CONFLICT, "group %" PRId64 " was changed meanwhile", group->id.v);
    group->texts_version++;
    return RC_OK;
}

static enum rc run_one(struct store *st, enum group_stmt stmt, struct group_id id, const int64_t *value,
                       struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    int64_t changes;

    assert(db_in_tx(st->db));
    if (db_query(st->db, group_sql[stmt], &q, err))
        return err->rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, id.v);
    if (value)
        db_bind_int(q, 3, *value);
    if (db_run(q, &changes, err))
        return err_wrap(err, "group %" PRId64, id.v);
    return changes ? RC_OK : err_set(err, RC_NOT_FOUND, "there is no group %" PRId64, id.v);
}

enum rc group_set_address(struct store *st, struct group_id id, enum group_address address, struct err *err)
{
    return run_one(st, GROUP_SET_ADDRESS, id, &(int64_t){ address }, err);
}

enum rc group_count_pass(struct store *st, struct group_id id, struct err *err)
{
    return run_one(st, GROUP_COUNT_PASS, id, NULL, err);
}

enum rc group_next_issue_no(struct store *st, struct group_id id, int64_t *ret_no, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    assert(db_in_tx(st->db));
    if (db_query(st->db, group_sql[GROUP_NEXT_ISSUE], &q, err))
        return err->rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, id.v);
    if (db_one(q, err))
        return err_wrap(err, "group %" PRId64, id.v);
    *ret_no = db_int(q, 0);
    return RC_OK;
}

const char *group_state_name(enum group_state state)
{
    return state == GROUP_OPEN ? "open" : state == GROUP_ENDED ? "ended" : "";
}
