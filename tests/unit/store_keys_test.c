/* store/keys and store/rekey. */
#include "tests/unit/store_help.h"

#include "store/backup.h"
#include "store/rekey.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#define CANARY "Wilhelmina Quackenbush"
enum { ROWS = 12, PRACTICE = 5 };

struct keys_case {
    struct help h;
    struct keys *keys;
    struct id_source ids;
    char key_path[160], home[128];
};

enum { K_SETTING, K_CONVERSATION, K_PERSON, K_READ_SETTING, K_READ_TITLE, K_READ_PHONE };
static const char *const k_sql[] = {
    [K_SETTING] = "INSERT INTO setting (practice_id, id, value_sealed) VALUES ($1, $2, $3)",
    [K_CONVERSATION] =
        "INSERT INTO conversation (practice_id, id, group_id, first_post_id, title_sealed, last_seq, created_ms)"
        " VALUES ($1, $2, 1, 1, $3, 0, 0)",
    [K_PERSON] =
        "INSERT INTO person (practice_id, id, kind, state, staff_role, language, format, name_sealed, phone_sealed,"
        " created_ms) VALUES ($1, $2, 1, 1, 0, 1, 1, $3, $4, 0)",
    [K_READ_SETTING] = "SELECT value_sealed FROM setting WHERE practice_id = $1 AND id = $2",
    [K_READ_TITLE] = "SELECT title_sealed FROM conversation WHERE practice_id = $1 AND id = $2",
    [K_READ_PHONE] = "SELECT phone_sealed FROM person WHERE practice_id = $1 AND id = $2",
};

static int start(void **state)
{
    static struct keys_case c;
    struct practice_id p = { PRACTICE };
    struct err err;

    memset(&c, 0, sizeof c);
    help_start(&c.h);
    id_source_init(&c.ids, 1);
    snprintf(c.home, sizeof c.home, "%s/home", c.h.dir);
    snprintf(c.key_path, sizeof c.key_path, "%s/key", c.h.dir);
    HELP_OK(io_make_dir(c.home, 0700, &err));
    HELP_OK(keys_create_file(c.key_path, c.home, &err));
    HELP_OK(keys_from_file(c.key_path, &c.keys, &err));

    struct db_tx tx = { 0 };
    HELP_OK(db_begin(c.h.db, &tx, &err));
    HELP_OK(keys_add_installation(c.h.db, c.keys, &err));
    HELP_OK(keys_add_practice(c.h.db, c.keys, p, &c.ids, &err));
    HELP_OK(db_commit(&tx, &err));
    *state = &c;
    return 0;
}

static int stop(void **state)
{
    struct keys_case *c = *state;

    keys_free(&c->keys);
    help_stop(&c->h);
    return 0;
}

static struct keyring *load(struct keys_case *c)
{
    struct keyring *ring = NULL;
    struct err err;

    HELP_OK(keys_load(c->h.db, c->keys, (struct practice_id){ PRACTICE }, &ring, &err));
    return ring;
}

static void insert(struct store *st, int stmt, enum column column, enum column second, int64_t id)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    CLEANUP(db_query_done) struct db_query *q = NULL;
    struct err err;

    HELP_OK(db_query(st->db, k_sql[stmt], &q, &err));
    db_bind_int(q, 1, PRACTICE);
    db_bind_int(q, 2, id);
    store_bind_sealed(st, q, 3, column, id, CANARY, mem);
    if (second)
        store_bind_sealed(st, q, 4, second, id, id % 2 ? CANARY : NULL, mem);
    HELP_OK(db_run(q, NULL, &err));
}

static void fill(struct keys_case *c)
{
    CLEANUP(keyring_free) struct keyring *ring = load(c);
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct store st = { .db = c->h.db, .practice = { PRACTICE }, .ring = ring };
    struct err err;

    HELP_OK(db_begin(c->h.db, &tx, &err));
    for (int64_t id = 1; id <= ROWS; id++) {
        insert(&st, K_SETTING, COL_SETTING_VALUE, 0, id);
        insert(&st, K_CONVERSATION, COL_CONVERSATION_TITLE, 0, id);
        insert(&st, K_PERSON, COL_PERSON_NAME, COL_PERSON_PHONE, id);
    }
    HELP_OK(db_commit(&tx, &err));
}

static enum rc read_one(struct keys_case *c, const struct keyring *ring, int stmt, enum column column, int64_t id,
                        struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    CLEANUP(db_query_done) struct db_query *q = NULL;
    struct store st = { .db = c->h.db, .practice = { PRACTICE }, .ring = ring };
    const char *text = NULL;
    enum rc rc = db_query(c->h.db, k_sql[stmt], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, 1, PRACTICE);
    db_bind_int(q, 2, id);
    rc = db_one(q, err);
    if (!rc)
        rc = store_sealed(&st, q, 0, column, id, mem, &text, err);
    if (!rc && text)
        assert_string_equal(text, CANARY);
    return rc;
}

static void all_readable(struct keys_case *c)
{
    CLEANUP(keyring_free) struct keyring *ring = load(c);
    struct err err;

    for (int64_t id = 1; id <= ROWS; id++) {
        HELP_OK(read_one(c, ring, K_READ_SETTING, COL_SETTING_VALUE, id, &err));
        HELP_OK(read_one(c, ring, K_READ_TITLE, COL_CONVERSATION_TITLE, id, &err));
        HELP_OK(read_one(c, ring, K_READ_PHONE, COL_PERSON_PHONE, id, &err));
    }
}

/* --- the key file ------------------------------------------------------------------------------------------------------------- */

static void key_file_is_guarded(void **state)
{
    struct keys_case *c = *state;
    struct keys *k = NULL;
    struct stat st;
    struct err err;
    char path[256];

    assert_int_equal(stat(c->key_path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(keys_create_file(c->key_path, c->home, &err), RC_CONFLICT);
    snprintf(path, sizeof path, "%s/key", c->home);
    assert_int_equal(keys_create_file(path, c->home, &err), RC_INPUT);
    snprintf(path, sizeof path, "%s/home/../home/key", c->h.dir);
    assert_int_equal(keys_create_file(path, c->home, &err), RC_INPUT);
    snprintf(path, sizeof path, "%s/home2", c->h.dir); /* the name begins like the home */
    HELP_OK(io_make_dir(path, 0700, &err));
    snprintf(path, sizeof path, "%s/home2/key", c->h.dir);
    HELP_OK(keys_create_file(path, c->home, &err));
    assert_int_equal(keys_from_file("/nonexistent/key", &k, &err), RC_NOT_FOUND);
    chmod(c->key_path, 0640);
    assert_int_equal(keys_from_file(c->key_path, &k, &err), RC_DENIED);
    assert_non_null(strstr(err.msg, "chmod 600"));
    assert_int_equal(keys_from_file(c->home, &k, &err), RC_DENIED);
}

static void flipped_bit_of_key_file(void **state)
{
    struct keys_case *c = *state;
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    struct keys *k = NULL;
    struct err err;
    char *line;
    size_t n;

    HELP_OK(io_read_file(c->key_path, 256, mem, &line, &n, &err));
    for (size_t i = 0; i + 1 < n; i++) {
        CLEANUP(io_close) int fd = open(c->key_path, O_WRONLY);

        line[i] ^= 1;
        assert_int_equal(pwrite(fd, line, n, 0), (ssize_t)n);
        line[i] ^= 1;
        assert_int_equal(keys_from_file(c->key_path, &k, &err), RC_CORRUPT);
        assert_non_null(strstr(err.msg, "damaged"));
    }
}

static void key_by_command(void **state)
{
    struct keys_case *c = *state;
    struct keys *k = NULL;
    char command[256];
    struct err err;

    snprintf(command, sizeof command, "cat %s", c->key_path);
    HELP_OK(keys_from_command(command, &k, &err));
    HELP_OK(keys_check_installation(c->h.db, k, &err));
    keys_free(&k);
    assert_int_equal(keys_from_command("false", &k, &err), RC_TEMP);
    assert_int_equal(keys_from_command("echo hello", &k, &err), RC_CORRUPT);
}

static void wrong_key_is_refused(void **state)
{
    struct keys_case *c = *state;
    struct keys *other = NULL;
    struct keyring *ring = NULL;
    struct err err;
    char path[256];

    snprintf(path, sizeof path, "%s/other", c->h.dir);
    HELP_OK(keys_create_file(path, c->home, &err));
    HELP_OK(keys_from_file(path, &other, &err));
    HELP_OK(keys_check_installation(c->h.db, c->keys, &err));
    assert_int_equal(keys_check_installation(c->h.db, other, &err), RC_DENIED);
    assert_string_equal(err.msg, "this key belongs to another installation");
    assert_int_equal(keys_load(c->h.db, other, (struct practice_id){ PRACTICE }, &ring, &err), RC_CORRUPT);
    assert_int_equal(keys_load(c->h.db, c->keys, (struct practice_id){ 6 }, &ring, &err), RC_NOT_FOUND);
    keys_free(&other);
    help_raw(&c->h, "DELETE FROM installation");
    assert_int_equal(keys_check_installation(c->h.db, c->keys, &err), RC_NOT_FOUND);
}

/* --- a practice's keys -------------------------------------------------------------------------------------------------------- */

enum { F_GET, F_SET };
static const char *const flip_sql[] = {
    [F_GET] = "SELECT wrapped FROM practice_key WHERE practice_id = $1 AND use_ = 1",
    [F_SET] = "UPDATE practice_key SET wrapped = $2 WHERE practice_id = $1 AND use_ = 1",
};
static const char *const title_sql[] = {
    [F_GET] = "SELECT title_sealed FROM conversation WHERE practice_id = $1 AND id = 1",
    [F_SET] = "UPDATE conversation SET title_sealed = $2 WHERE practice_id = $1 AND id = 1",
};

static void set_blob(struct db *db, const char *sql, const void *p, size_t n)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    CLEANUP(db_query_done) struct db_query *q = NULL;
    struct err err;

    HELP_OK(db_begin(db, &tx, &err));
    HELP_OK(db_query(db, sql, &q, &err));
    db_bind_int(q, 1, PRACTICE);
    db_bind_blob(q, 2, p, n);
    HELP_OK(db_run(q, NULL, &err));
    HELP_OK(db_commit(&tx, &err));
}

static unsigned char *get_blob(struct db *db, const char *sql, struct arena *mem, size_t *n)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    const void *p;
    struct err err;

    HELP_OK(db_query(db, sql, &q, &err));
    db_bind_int(q, 1, PRACTICE);
    HELP_OK(db_one(q, &err));
    p = db_blob(q, 0, n);
    return (unsigned char *)arena_strndup(mem, p, *n);
}

static void flipped_bit_fails_closed(void **state)
{
    struct keys_case *c = *state;
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    CLEANUP(keyring_free) struct keyring *ring = load(c);
    struct keyring *bad = NULL;
    struct err err;
    unsigned char *p;
    size_t n;

    fill(c);
    p = get_blob(c->h.db, flip_sql[F_GET], mem, &n);
    for (size_t i = 0; i < n; i += 7) {
        p[i] ^= 4;
        set_blob(c->h.db, flip_sql[F_SET], p, n);
        p[i] ^= 4;
        assert_int_equal(keys_load(c->h.db, c->keys, (struct practice_id){ PRACTICE }, &bad, &err), RC_CORRUPT);
    }
    set_blob(c->h.db, flip_sql[F_SET], p, n - 1);
    assert_int_equal(keys_load(c->h.db, c->keys, (struct practice_id){ PRACTICE }, &bad, &err), RC_CORRUPT);
    set_blob(c->h.db, flip_sql[F_SET], p, n);

    p = get_blob(c->h.db, title_sql[F_GET], mem, &n);
    for (size_t i = 0; i < n; i++) {
        enum rc rc;

        p[i] ^= 1;
        set_blob(c->h.db, title_sql[F_SET], p, n);
        p[i] ^= 1;
        rc = read_one(c, ring, K_READ_TITLE, COL_CONVERSATION_TITLE, 1, &err);
        assert_int_equal(rc, i >= 1 && i <= 8 ? RC_NOT_FOUND : RC_CORRUPT); /* 1 to 8: the key's id */
        assert_null(strstr(err.msg, CANARY));
    }
    /* one practice's key for another: the row moved */
    help_raw(&c->h, "INSERT INTO practice_key SELECT 6, id, use_, epoch, state, wrapped, created_ms FROM practice_key");
    assert_int_equal(keys_load(c->h.db, c->keys, (struct practice_id){ 6 }, &bad, &err), RC_CORRUPT);
}

static void value_belongs_to_its_place(void **state)
{
    struct keys_case *c = *state;
    CLEANUP(keyring_free) struct keyring *ring = load(c);
    struct err err;

    fill(c);
    HELP_OK(read_one(c, ring, K_READ_TITLE, COL_CONVERSATION_TITLE, 1, &err));
    help_raw(
        &c->h,
        "UPDATE conversation SET title_sealed = (SELECT title_sealed FROM conversation WHERE id = 2) WHERE id = 1");
    assert_int_equal(read_one(c, ring, K_READ_TITLE, COL_CONVERSATION_TITLE, 1, &err), RC_CORRUPT);
    help_raw(&c->h,
             "UPDATE conversation SET title_sealed = (SELECT value_sealed FROM setting WHERE id = 1) WHERE id = 1");
    assert_int_equal(read_one(c, ring, K_READ_TITLE, COL_CONVERSATION_TITLE, 1, &err), RC_CORRUPT);
}

/* Somebody who can write the database, but has no key, exchanges what belongs to two people, or two columns of one. */
static void two_values_cannot_change_places(void **state)
{
    struct keys_case *c = *state;
    CLEANUP(keyring_free) struct keyring *ring = load(c);
    struct err err;

    fill(c);
    help_raw(&c->h, "CREATE TABLE was AS SELECT id, name_sealed, phone_sealed FROM person");
    help_raw(&c->h, "UPDATE person SET phone_sealed = (SELECT phone_sealed FROM was WHERE was.id = 4 - person.id)"
                    " WHERE id IN (1, 3)");
    assert_int_equal(read_one(c, ring, K_READ_PHONE, COL_PERSON_PHONE, 1, &err), RC_CORRUPT);
    assert_int_equal(read_one(c, ring, K_READ_PHONE, COL_PERSON_PHONE, 3, &err), RC_CORRUPT);
    help_raw(&c->h, "UPDATE person SET phone_sealed = (SELECT phone_sealed FROM was WHERE was.id = person.id)");
    HELP_OK(read_one(c, ring, K_READ_PHONE, COL_PERSON_PHONE, 1, &err));
    help_raw(&c->h, "UPDATE person SET phone_sealed = name_sealed, name_sealed = phone_sealed WHERE id = 1");
    assert_int_equal(read_one(c, ring, K_READ_PHONE, COL_PERSON_PHONE, 1, &err), RC_CORRUPT);
    assert_null(strstr(err.msg, CANARY));
    HELP_OK(read_one(c, ring, K_READ_PHONE, COL_PERSON_PHONE, 3, &err));
}

static void rotation_reads_on(void **state)
{
    struct keys_case *c = *state;
    CLEANUP(keyring_free) struct keyring *before = load(c), *after = NULL;
    struct err err;
    bool is_fresh;

    fill(c);
    HELP_OK(keys_is_fresh(c->h.db, before, &is_fresh, &err));
    assert_true(is_fresh);
    for (int use = SEAL_DATA; use < SEAL_USE_COUNT; use++) {
        CLEANUP(db_tx_done) struct db_tx tx = { 0 };

        HELP_OK(db_begin(c->h.db, &tx, &err));
        HELP_OK(keys_rotate(c->h.db, c->keys, (struct practice_id){ PRACTICE }, (enum seal_use)use, &c->ids, &err));
        HELP_OK(db_commit(&tx, &err));
    }
    HELP_OK(keys_is_fresh(c->h.db, before, &is_fresh, &err));
    assert_false(is_fresh);
    after = load(c);
    for (int use = SEAL_DATA; use < SEAL_USE_COUNT; use++) {
        assert_int_equal(keyring_current(after, (enum seal_use)use)->epoch, 2);
        assert_int_equal(keyring_nth(after, (enum seal_use)use, 1)->id,
                         keyring_current(before, (enum seal_use)use)->id);
    }
    all_readable(c);
}

/* --- rekey -------------------------------------------------------------------------------------------------------------------- */

static void rekey_knows_every_column(void **state)
{
    struct keys_case *c = *state;
    CLEANUP(db_query_done) struct db_query *q = NULL;
    struct err err;
    bool row;
    size_t n = 0;

    if (help_is_pg())
        return;
    HELP_OK(db_query(c->h.db,
                     "SELECT m.name, p.name FROM sqlite_master m, pragma_table_info(m.name) p WHERE m.type = 'table'"
                     " AND p.name LIKE '%sealed'",
                     &q, &err));
    for (;; n++) {
        bool is_listed = false;

        HELP_OK(db_step(q, &row, &err));
        if (!row)
            break;
        for (size_t i = 0; i < rekey_columns_count; i++)
            is_listed |=
                strcmp(rekey_columns[i].table, db_text(q, 0)) == 0 && strcmp(rekey_columns[i].name, db_text(q, 1)) == 0;
        if (!is_listed)
            print_error("store/rekey.c does not list %s.%s\n", db_text(q, 0), db_text(q, 1));
        assert_true(is_listed);
    }
    assert_int_equal(n, rekey_columns_count);
    for (size_t i = 0; i < rekey_columns_count; i++)
        for (size_t k = 0; k < i; k++)
            assert_int_not_equal(rekey_columns[i].column, rekey_columns[k].column);
}

/* Rows of the record: 70 a new key, 71 the end of an old one. */
static int64_t recorded(struct keys_case *c, int verb)
{
    char sql[64];

    snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM audit WHERE verb = %d", verb);
    return help_int(&c->h, sql);
}

static void check_rekeyed(struct keys_case *c, int64_t old_key)
{
    CLEANUP(keyring_free) struct keyring *ring = load(c);

    assert_null(keyring_nth(ring, SEAL_DATA, 1));
    assert_int_not_equal(keyring_current(ring, SEAL_DATA)->id, old_key);
    all_readable(c);
    assert_int_equal(help_int(&c->h, "SELECT COUNT(*) FROM practice_key WHERE use_ = 1 AND wrapped IS NOT NULL"), 1);
    assert_int_equal(help_int(&c->h, "SELECT COUNT(*) FROM rekey_step"), 0);
    assert_int_equal(help_int(&c->h, "SELECT COUNT(*) FROM practice_key WHERE use_ = 1 AND wrapped IS NULL"),
                     recorded(c, 71));
    assert_int_equal(recorded(c, 70), recorded(c, 71));
}

/* Without patience: each refusal shows. */
static enum rc run_rekey(struct keys_case *c, struct db *db, size_t batch, int64_t *ret_values, struct err *err)
{
    const struct rekey_pace pace = { .batch = batch };
    const struct store st = { .db = db, .practice = { PRACTICE }, .clock = clock_real(), .ids = &c->ids };
    const struct audit_who who = { AUDIT_OPERATOR, 0, AUDIT_WAY_CLI };

    return rekey_run(&st, c->keys, &who, &pace, ret_values, err);
}

static int64_t data_key(struct keys_case *c)
{
    CLEANUP(keyring_free) struct keyring *ring = load(c);

    return keyring_current(ring, SEAL_DATA)->id;
}

static void rekey_seals_again(void **state)
{
    struct keys_case *c = *state;
    const int64_t old = data_key(c);
    struct err err;
    int64_t values;

    fill(c);
    HELP_OK(run_rekey(c, c->h.db, 5, &values, &err));
    assert_int_equal(values, ROWS * 3 + ROWS / 2);
    check_rekeyed(c, old);
}

/* Whatever call fails, the values stay readable and the next run goes on. */
static void rekey_survives_fail_points(void **state)
{
    struct keys_case *c = *state;
    const int64_t old = data_key(c);
    struct err err;
    int64_t values, n;
    enum rc rc = RC_TEMP;

    fill(c);
    for (n = 1; rc; n += 3) {
        db_fail_after(c->h.db, n);
        rc = run_rekey(c, c->h.db, 3, &values, &err);
        db_fail_after(c->h.db, 0);
        if (rc)
            assert_int_equal(rc, RC_TEMP);
        all_readable(c);
    }
    assert_true(n > 30);
    check_rekeyed(c, old);
}

static int grep_hits, grep_files;
static const char *grep_for;
static int grep_file(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    struct err err;
    char *bytes;
    size_t n;

    (void)st;
    (void)ftw;
    if (flag != FTW_F)
        return 0;
    HELP_OK(io_read_file(path, (size_t)64 << 20, mem, &bytes, &n, &err));
    grep_hits += memmem(bytes, n, grep_for, strlen(grep_for)) != NULL;
    grep_files++;
    return 0;
}

/* In database, journal and whatever else lies there now. */
static void no_words(const struct keys_case *c)
{
    grep_for = CANARY;
    grep_hits = grep_files = 0;
    nftw(c->h.dir, grep_file, 8, FTW_PHYS);
    assert_int_equal(grep_hits, 0);
}

/* Runs in a child whose files may not grow beyond a size, as on a full disk. Gives what it returned. */
static enum rc on_full_disk(struct keys_case *c, rlim_t bytes, enum rc (*act)(struct keys_case *c, struct db *db))
{
    const pid_t child = fork();
    int status = 0;

    if (child == 0) {
        const struct rlimit limit = { bytes, bytes };
        struct db *db = NULL;
        struct err err;

        signal(SIGXFSZ, SIG_IGN);
        if (setrlimit(RLIMIT_FSIZE, &limit) || db_open(c->h.url, DB_OPEN_EXISTING, &db, &err))
            _exit(100);
        _exit((int)act(c, db));
    }
    waitpid(child, &status, 0);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) != 100);
    return (enum rc)WEXITSTATUS(status);
}

static enum rc act_rekey(struct keys_case *c, struct db *db)
{
    struct err err;
    int64_t values;

    return run_rekey(c, db, 2, &values, &err);
}

static enum rc act_backup(struct keys_case *c, struct db *db)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    struct err err;

    return backup_write(db, arena_printf(mem, "%s/copy", c->h.dir), BACKUP_NEW, &err);
}

static void full_disk_stops_rekey_and_backup(void **state)
{
    struct keys_case *c = *state;
    char path[160];
    struct err err;
    int64_t values;
    enum rc rc = RC_OK;

    if (help_is_pg())
        return; /* its files are the server's */
    fill(c);
    HELP_OK(db_checkpoint(c->h.db, &err));
    snprintf(path, sizeof path, "%s/copy", c->h.dir);
    assert_int_equal(on_full_disk(c, 65536, act_backup), RC_TEMP);
    assert_int_equal(access(path, F_OK), -1);
    for (rlim_t kib = 8; kib < 512 && (kib == 8 || rc); kib += 24) {
        rc = on_full_disk(c, kib << 10, act_rekey);
        assert_true(rc == RC_OK || rc == RC_TEMP || rc == RC_UNCERTAIN);
        assert_true(rc || kib > 8); /* the first cannot have had room */
        all_readable(c);
        no_words(c);
    }
    HELP_OK(run_rekey(c, c->h.db, REKEY_BATCH, &values, &err));
    check_rekeyed(c, 0);
    assert_int_equal(act_backup(c, c->h.db), RC_OK);
}

static void rekey_survives_kill(void **state)
{
    struct keys_case *c = *state;
    struct err err;
    int64_t values;

    fill(c);
    for (int i = 0; i < 12; i++) {
        const pid_t child = fork();
        int status;

        if (child == 0) {
            struct db *db = NULL;

            if (db_open(c->h.url, DB_OPEN_EXISTING, &db, &err))
                _exit(1);
            for (;;)
                rc_ignore(run_rekey(c, db, 2, &values, &err), "until it is killed");
        }
        usleep(15000 + 7000 * (useconds_t)i);
        kill(child, SIGKILL);
        waitpid(child, &status, 0);
        assert_true(WIFSIGNALED(status));
        all_readable(c);
        no_words(c);
    }
    HELP_OK(run_rekey(c, c->h.db, REKEY_BATCH, &values, &err));
    check_rekeyed(c, 0);
}

static void rekey_stops_at_damage(void **state)
{
    struct keys_case *c = *state;
    struct err err;
    int64_t values;

    fill(c);
    help_raw(
        &c->h,
        "UPDATE conversation SET title_sealed = (SELECT title_sealed FROM conversation WHERE id = 2) WHERE id = 1");
    assert_int_equal(run_rekey(c, c->h.db, 5, &values, &err), RC_CORRUPT);
    assert_non_null(strstr(err.msg, "conversation.title_sealed"));
    assert_int_equal(help_int(&c->h, "SELECT COUNT(*) FROM practice_key WHERE use_ = 1 AND wrapped IS NOT NULL"), 2);
}

/* --- canary ------------------------------------------------------------------------------------------------------------------- */

static void files_hold_no_words(void **state)
{
    struct keys_case *c = *state;
    struct err err;

    if (help_is_pg())
        return;
    fill(c);
    grep_for = CANARY;
    grep_hits = grep_files = 0;
    nftw(c->h.dir, grep_file, 8, FTW_PHYS);
    assert_int_equal(grep_hits, 0);
    assert_true(grep_files >= 3); /* database, journal, key */
    HELP_OK(io_write_file(c->key_path, CANARY, strlen(CANARY), 0600, &err));
    nftw(c->h.dir, grep_file, 8, FTW_PHYS);
    assert_int_equal(grep_hits, 1); /* the search can find */
}

static void backup_holds_no_key(void **state)
{
    struct keys_case *c = *state;
    CLEANUP(db_close) struct db *db = NULL;
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    char path[160], restored[160], url[180];
    struct keyring *ring = NULL;
    struct stat st;
    struct err err;
    char *bytes, *key;
    size_t n, key_n;
    int64_t held;

    snprintf(path, sizeof path, "%s/copy", c->h.dir);
    snprintf(restored, sizeof restored, "%s/restored.db", c->home);
    if (help_is_pg()) {
        assert_int_equal(backup_write(c->h.db, path, BACKUP_NEW, &err), RC_PERM);
        return;
    }
    fill(c);
    help_raw(&c->h, "INSERT INTO practice VALUES (5, 1, 0)");
    help_raw(
        &c->h,
        "INSERT INTO delivery (practice_id, id, person_id, address_id, channel, lane, state, from_seq, due_ms, attempt,"
        " message_key, created_ms, part, to_seq) VALUES (5, 1, 1, 1, 1, 1, 1, 0, 0, 0, x'00', 0, 0, 0),"
        " (5, 2, 1, 1, 1, 1, 4, 0, 0, 0, x'01', 0, 0, 0)");
    HELP_OK(backup_write(c->h.db, path, BACKUP_NEW, &err));
    assert_int_equal(backup_write(c->h.db, path, BACKUP_NEW, &err), RC_CONFLICT);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    HELP_OK(io_read_file(path, (size_t)64 << 20, mem, &bytes, &n, &err));
    HELP_OK(io_read_file(c->key_path, 256, mem, &key, &key_n, &err));
    assert_null(memmem(bytes, n, key, key_n - 1));
    assert_null(memmem(bytes, n, CANARY, strlen(CANARY)));
    HELP_OK(backup_restore(path, restored, &held, &err));
    assert_int_equal(held, 1);
    assert_int_equal(backup_restore(path, restored, &held, &err), RC_CONFLICT);
    snprintf(url, sizeof url, "sqlite:%s", restored);
    HELP_OK(db_open(url, DB_OPEN_EXISTING, &db, &err));
    HELP_OK(keys_check_installation(db, c->keys, &err));
    HELP_OK(keys_load(db, c->keys, (struct practice_id){ PRACTICE }, &ring, &err));
    keyring_free(&ring);
}

int main(void)
{
#define KEYS_TEST(f) cmocka_unit_test_setup_teardown(f, start, stop)
    const struct CMUnitTest tests[] = {
        KEYS_TEST(key_file_is_guarded),
        KEYS_TEST(flipped_bit_of_key_file),
        KEYS_TEST(key_by_command),
        KEYS_TEST(wrong_key_is_refused),
        KEYS_TEST(flipped_bit_fails_closed),
        KEYS_TEST(value_belongs_to_its_place),
        KEYS_TEST(two_values_cannot_change_places),
        KEYS_TEST(rotation_reads_on),
        KEYS_TEST(rekey_knows_every_column),
        KEYS_TEST(rekey_seals_again),
        KEYS_TEST(rekey_survives_fail_points),
        KEYS_TEST(rekey_survives_kill),
        KEYS_TEST(full_disk_stops_rekey_and_backup),
        KEYS_TEST(rekey_stops_at_damage),
        KEYS_TEST(files_hold_no_words),
        KEYS_TEST(backup_holds_no_key),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
