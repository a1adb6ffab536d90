#include "gateway/home/home.h"

#include "base/io.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "store/migrate.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#define HOME_DATA_LEVELS 5 /* build/release/tests/unit/x_test stands five folders below the tree's root */

static const char *const home_folders[] = { "run", "templates", "lexicon" };
static const char *const made_for_names[] = { "", "real", "demo", "test" };

/* ---- paths ---- */

static enum rc make_absolute(const char *path, struct arena *mem, const char **ret_path, struct err *err)
{
    char cwd[PATH_MAX];

    if (*path == '/') {
        *ret_path = arena_strdup(mem, path);
        return RC_OK;
    }
    if (!*path)
        return err_set(err, RC_INPUT, "the home's path is empty");
    if (!getcwd(cwd, sizeof cwd))
        return err_errno(err, RC_TEMP, "current folder");
    *ret_path = arena_printf(mem, "%s/%s", cwd, path);
    return RC_OK;
}

enum rc home_find_path(const char *option, struct arena *mem, const char **ret_path, struct err *err)
{
    const char *const path = option ? option : getenv("POSTCIRCLE_HOME");

    if (!path)
        return err_set(err, RC_NOT_FOUND, "which home? Say --home DIR or set POSTCIRCLE_HOME");
    return make_absolute(path, mem, ret_path, err);
}

static bool try_path(const char *folder, const char *name, struct arena *mem, const char **ret_path)
{
    const char *const path = arena_printf(mem, "%s/%s", folder, name);

    if (access(path, R_OK))
        return false;
    *ret_path = path;
    return true;
}

enum rc home_data_path(const char *name, struct arena *mem, const char **ret_path, struct err *err)
{
    const char *const said = getenv("POSTCIRCLE_DATA");
    char folder[PATH_MAX];
    const ssize_t n = readlink("/proc/self/exe", folder, sizeof folder - 1);
    char *slash;

    if (said)
        return try_path(said, name, mem, ret_path) ? RC_OK
                                                   : err_set(err, RC_NOT_FOUND, "POSTCIRCLE_DATA has no %s", name);
    folder[n > 0 ? n : 0] = '\0';
    for (int level = 0; level < HOME_DATA_LEVELS && (slash = strrchr(folder, '/')); level++) {
        *slash = '\0';
        if (try_path(folder, name, mem, ret_path) ||
            try_path(arena_printf(mem, "%s/share/postcircle", folder), name, mem, ret_path))
            return RC_OK;
    }
    if (try_path(POSTCIRCLE_DATA, name, mem, ret_path))
        return RC_OK;
    return err_set(err, RC_NOT_FOUND, "%s is neither beside the program nor in %s", name, POSTCIRCLE_DATA);
}

/* ---- making one ---- */

static enum rc make_folders(const char *path, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("folders");
    enum rc rc = io_make_dir(path, 0700, err);

    if (!rc && chmod(path, 0700))
        rc = err_errno(err, RC_TEMP, "chmod of the home");
    for (size_t i = 0; !rc && i < COUNT_OF(home_folders); i++)
        rc = io_make_dir(arena_printf(mem, "%s/%s", path, home_folders[i]), 0700, err);
    return rc;
}

static enum rc write_settings(const struct home_plan *plan, struct arena *mem, struct err *err)
{
    CLEANUP(strbuf_done) struct strbuf out = STRBUF(8192);
    const char *const url = plan->database_url ? plan->database_url : "sqlite:postcircle.db";
    char *text;

    strbuf_str(&out, "; What is particular to this machine. What the practice decides is in the database:\n"
                     "; postcircle practice show\n\n");
    strbuf_printf(&out, "[database]\nurl = %s\n\n[keys]\nkey_file = %s\n\n[mail]\n", url, plan->key_file);
    strbuf_str(&out, "workers = 2\n\n[receive]\nmax_letter_mb = 25\n");
    if (strbuf_take(&out, mem, &text, err))
        return err->rc;
    return io_write_file(arena_printf(mem, "%s/postcircle.ini", plan->path), text, strlen(text), 0600, err);
}

static enum rc fill_database(struct db *db, const struct keys *keys, enum home_made_for made_for, struct id_source *ids,
                             struct practice_id *practice, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    const char *const purpose = made_for_names[made_for];

    practice->v = id_next(ids);
    if (db_begin(db, &tx, err) || keys_add_installation(db, keys, err) ||
        installation_put(db, "made_for", purpose, strlen(purpose), err) ||
        practice_add(db, *practice, clock_now_ms(clock_real()), err) ||
        keys_add_practice(db, keys, *practice, ids, err))
        return err->rc;
    return db_commit(&tx, err);
}

/* A PostgreSQL database outlives a home that was thrown away; its key is gone with it. */
static enum rc check_unused(struct db *db, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("unused");
    const void *value;
    size_t n;
    const enum rc rc = installation_get(db, "made_for", mem, &value, &n, err);

    if (rc == RC_NOT_FOUND)
        return RC_OK;
    return rc ? rc
              : err_set(err, RC_CONFLICT,
                        "the database holds an installation already: make an empty one for this home");
}

static enum rc make_database(const char *url, const struct keys *keys, enum home_made_for made_for,
                             struct practice_id *ret_practice, struct err *err)
{
    CLEANUP(db_close) struct db *db = NULL;
    struct node_lease node = { 0 };
    struct id_source ids;
    struct err later;

    if (db_open(url, DB_OPEN_CREATE, &db, err) || migrate_run(db, err) || check_unused(db, err) ||
        node_take(db, &node, err))
        return err->rc;
    id_source_init(&ids, node.node);
    if (fill_database(db, keys, made_for, &ids, ret_practice, err))
        return err->rc;
    rc_ignore(node_give_back(db, &node, &later), "the lease ends by itself");
    return RC_OK;
}

static enum rc make_all(const struct home_plan *plan, const struct home_settings *settings,
                        struct practice_id *ret_practice, struct err *err)
{
    CLEANUP(keys_free) struct keys *keys = NULL;

    if (keys_from_file(settings->key_file, &keys, err))
        return err->rc;
    return make_database(settings->database_url, keys, plan->made_for, ret_practice, err);
}

static void remove_folders(const struct home_plan *plan, struct arena *mem)
{
    for (size_t i = 0; i < COUNT_OF(home_folders); i++)
        (void)rmdir(arena_printf(mem, "%s/%s", plan->path, home_folders[i]));
    if (!plan->has_folder)
        (void)rmdir(plan->path);
}

/* A database on a server is not ours to drop: it is left with its empty tables. Only what this very key made is forgotten. */
static enum rc forget(const struct home_plan *plan, struct err *err)
{
    CLEANUP(db_close) struct db *db = NULL;
    CLEANUP(keys_free) struct keys *keys = NULL;
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };

    if (keys_from_file(plan->key_file, &keys, err) || db_open(plan->database_url, DB_OPEN_EXISTING, &db, err) ||
        db_begin(db, &tx, err) || keys_check_installation(db, keys, err) || installation_forget(db, err))
        return err->rc;
    return db_commit(&tx, err);
}

static void remove_files(const struct home_plan *plan, struct arena *mem)
{
    static const char *const files[] = { "postcircle.ini", "postcircle.db", "postcircle.db-wal", "postcircle.db-shm" };

    for (size_t i = 0; i < COUNT_OF(files); i++)
        (void)unlink(arena_printf(mem, "%s/%s", plan->path, files[i]));
    (void)unlink(plan->key_file);
    remove_folders(plan, mem);
}

enum rc home_unmake(const struct home_plan *plan, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("unmake");
    const enum rc rc = plan->database_url && !text_starts(plan->database_url, "sqlite:") ? forget(plan, err) : RC_OK;

    remove_files(plan, mem);
    return rc;
}

/* Says what stands in the way before anything is made. */
static enum rc check_plan(const struct home_plan *plan, struct arena *mem, struct err *err)
{
    const char *const slash = strrchr(plan->path, '/');
    const char *const above = slash > plan->path ? arena_strndup(mem, plan->path, (size_t)(slash - plan->path)) : "/";

    if (!access(arena_printf(mem, "%s/postcircle.ini", plan->path), F_OK))
        return err_set(
            err, RC_CONFLICT,
            "there is a home at %s already: `postcircle --home %s status` looks at it; for one more practice "
            "in it, `practice add`; for another home, another --home",
            plan->path, plan->path);
    if (access(above, F_OK))
        return err_set(err, RC_INPUT, "there is no folder %s to make the home in: make it first", above);
    return RC_OK;
}

/* The settings file is written before the database, so that both are read from one place. A key file that was there before is not ours. */
enum rc home_make(const struct home_plan *plan, struct practice_id *ret_practice, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("home");
    struct home_settings settings;
    enum rc rc;

    assert(*plan->path == '/' && *plan->key_file == '/');
    if (check_plan(plan, mem, err))
        return err->rc;
    if (crypt_init(err) || make_folders(plan->path, err) || keys_create_file(plan->key_file, plan->path, err)) {
        remove_folders(plan, mem);
        return err->rc;
    }
    rc = write_settings(plan, mem, err);
    if (!rc)
        rc = home_read_settings(plan->path, mem, &settings, err);
    if (!rc)
        rc = make_all(plan, &settings, ret_practice, err);
    if (!rc)
        return RC_OK;
    remove_files(plan, mem); /* of the database nothing was committed */
    return err_wrap(err, "make home");
}

enum rc home_add_practice(struct home *home, struct practice_id *ret_practice, struct err *err)
{
    const struct practice_id id = { id_next(&home->ids) };

    assert(db_in_tx(home->db));
    if (practice_add(home->db, id, clock_now_ms(clock_real()), err) ||
        keys_add_practice(home->db, home->keys, id, &home->ids, err))
        return err_wrap(err, "add a practice");
    *ret_practice = id;
    return RC_OK;
}

/* ---- opening one ---- */

static enum rc read_made_for(struct home *home, struct err *err)
{
    const void *value;
    size_t n;

    if (installation_get(home->db, "made_for", home->mem, &value, &n, err))
        return err_wrap(err, "the database holds no home");
    for (size_t i = HOME_FOR_REAL; i < COUNT_OF(made_for_names); i++)
        if (n == strlen(made_for_names[i]) && !memcmp(value, made_for_names[i], n))
            home->made_for = (enum home_made_for)i;
    return home->made_for ? RC_OK : err_set(err, RC_CORRUPT, "made_for has no known value");
}

static enum rc set_clock(struct home *home, struct err *err)
{
    const char *const now = getenv("POSTCIRCLE_NOW");
    int64_t ms;

    home->clock = *clock_real();
    if (!now || !*now)
        return RC_OK;
    if (clock_parse(now, &ms, err))
        return err_wrap(err, "POSTCIRCLE_NOW");
    home_set_time(home, ms);
    return RC_OK;
}

void home_set_time(struct home *home, int64_t now_ms)
{
    home->fixed_now_ms = now_ms;
    home->clock = clock_manual(&home->fixed_now_ms);
}

static enum rc open_keys(struct home *home, struct err *err)
{
    if (keys_from_file(home->settings.key_file, &home->keys, err))
        return err->rc;
    return keys_check_installation(home->db, home->keys, err);
}

/* receive is called by the mail server at any moment, also while a new version is being installed: it leaves the schema alone. */
static enum rc bring_up(struct db *db, enum home_need need, struct err *err)
{
    return need == HOME_WITH_KEYS ? migrate_run(db, err) : migrate_check(db, err);
}

static enum rc open_all(struct home *home, const char *path, enum home_need need, struct err *err)
{
    if (crypt_init(err) || make_absolute(path, home->mem, &home->path, err) ||
        home_read_settings(home->path, home->mem, &home->settings, err) ||
        db_open(home->settings.database_url, DB_OPEN_EXISTING, &home->db, err) || bring_up(home->db, need, err) ||
        read_made_for(home, err) || set_clock(home, err))
        return err->rc;
    if (need == HOME_WITH_KEYS && open_keys(home, err))
        return err->rc;
    if (node_take(home->db, &home->node, err))
        return err->rc;
    id_source_init(&home->ids, home->node.node);
    return RC_OK;
}

enum rc home_open(const char *path, enum home_need need, struct home **ret_home, struct err *err)
{
    struct arena *mem = arena_new("home");
    CLEANUP(home_close) struct home *home = ARENA_NEW(mem, struct home);

    home->mem = mem;
    if (open_all(home, path, need, err))
        return err->rc; /* it says itself what is wrong with which file */
    *ret_home = MOVE(home);
    return RC_OK;
}

void home_close(struct home **home)
{
    struct arena *mem;
    struct err err;

    if (!*home)
        return;
    if ((*home)->node.lease)
        rc_ignore(node_give_back((*home)->db, &(*home)->node, &err), "the lease ends by itself");
    keys_free(&(*home)->keys);
    db_close(&(*home)->db);
    mem = (*home)->mem;
    arena_free(&mem);
    *home = NULL;
}

enum rc home_check_time(const struct home *home, struct err *err)
{
    if (home->fixed_now_ms && home->made_for == HOME_FOR_REAL)
        return err_set(err, RC_DENIED, "POSTCIRCLE_NOW is set, but this home was made for real use");
    return RC_OK;
}

enum rc home_tick(struct home *home, struct err *err)
{
    if (clock_now_ms(clock_real()) < home->node.until_ms - NODE_LEASE_MS / 2)
        return RC_OK;
    return node_renew(home->db, &home->node, err);
}

static enum rc list_domains(struct home *home, struct arena *mem, const char **ret_list, struct err *err)
{
    const char **names;
    size_t n;

    if (practice_domains(home->db, mem, &names, &n, err))
        return err->rc;
    *ret_list = "";
    for (size_t i = 0; i < n; i++)
        *ret_list = arena_printf(mem, "%s%s%s", *ret_list, i ? ", " : "", names[i]);
    return RC_OK;
}

enum rc home_practice(struct home *home, const char *domain, struct practice_id *ret_id, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("practices");
    struct practice_id *ids;
    const char *list = "";
    size_t n;

    if (domain && practice_by_domain(home->db, domain, ret_id, NULL, err) == RC_OK)
        return RC_OK;
    if (domain && err->rc != RC_NOT_FOUND)
        return err->rc;
    if (list_domains(home, mem, &list, err) || (!domain && practice_list(home->db, mem, &ids, &n, err)))
        return err->rc;
    if (domain)
        return err_set(err, RC_NOT_FOUND, "no practice of this home has that domain: --practice takes %.150s", list);
    if (n != 1)
        return err_set(err, n ? RC_INPUT : RC_NOT_FOUND,
                       "this home has %zu practices: say which with --practice, %.150s", n, list);
    *ret_id = ids[0];
    return RC_OK;
}
