#include "gateway/triage/triage_files.h"

#include "base/crypt.h"
#include "base/hash.h"
#include "base/io.h"
#include "base/log.h"
#include "base/text.h"
#include "gateway/home/home.h"
#include "gateway/triage/triage_change.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define FILES_MAX 64

static int compare_paths(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool is_list(const char *name)
{
    const size_t n = strlen(name);

    return n > 4 && name[0] != '.' && !strcmp(name + n - 4, ".txt");
}

static enum rc find_own(const char *home, struct arena *mem, const char **paths, size_t *count, struct err *err)
{
    const char *const folder = arena_printf(mem, "%s/lexicon", home);
    const size_t first = *count;
    const struct dirent *entry;
    DIR *dir = opendir(folder);

    if (!dir)
        return errno == ENOENT ? RC_OK : err_set(err, RC_PERM, "word lists: HOME/lexicon cannot be listed");
    while ((entry = readdir(dir)) && *count < FILES_MAX)
        if (is_list(entry->d_name))
            paths[(*count)++] = arena_printf(mem, "%s/%s", folder, entry->d_name);
    closedir(dir);
    qsort(paths + first, *count - first, sizeof *paths, compare_paths);
    return RC_OK;
}

/* en.txt, es.txt, model.txt */
static enum rc find_ours(struct arena *mem, const char **paths, struct err *err)
{
    static const char *const names[] = { "gateway/lexicon/en.txt", "gateway/lexicon/es.txt",
                                         "gateway/lexicon/model.txt" };

    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (home_data_path(names[i], mem, &paths[i], err))
            return err->rc;
    return RC_OK;
}

/* ---- what counts ---- */

static const char *kept_path(const char *home, struct arena *mem)
{
    return arena_printf(mem, "%s/lexicon/.kept", home);
}

static void hex_of(const void *bytes, size_t n, char *hex)
{
    unsigned char hash[CRYPT_HASH_BYTES];

    crypt_hash(bytes, n, hash);
    for (size_t i = 0; i < TRIAGE_HASH_CHARS / 2; i++)
        snprintf(hex + 2 * i, 3, "%02x", hash[i]);
}

static enum rc read_texts(const char *const *paths, struct arena *mem, const char *const **ret, struct err *err)
{
    const char **texts = ARENA_ARRAY(mem, FILES_MAX + 1, const char *);
    char *bytes;
    size_t n;

    for (size_t i = 0; paths[i]; i++) {
        if (io_read_file(paths[i], TRIAGE_MAX_FILE_BYTES, mem, &bytes, &n, err))
            return err->rc;
        texts[i] = bytes;
    }
    *ret = texts;
    return RC_OK;
}

/* Whether what is there now may count, beside what counted last. */
static enum rc judge(const char *home, const char **paths, struct arena *mem, struct triage_found *found,
                     struct err *err)
{
    const char *const both[] = { paths[0], paths[1], NULL };
    const char *const *own, *const *ours, *before[2] = { NULL };
    const char *line;
    char *bytes = NULL;
    size_t n = 0;
    enum rc rc;

    if (read_texts(paths + 2, mem, &own, err) || read_texts(both, mem, &ours, err))
        return err->rc;
    found->own = "";
    for (size_t i = 0; own[i]; i++)
        found->own = arena_printf(mem, "%s%s\n", found->own, own[i]);
    hex_of(found->own, strlen(found->own), found->mark);
    rc = io_read_file(kept_path(home, mem), FILES_MAX * TRIAGE_MAX_FILE_BYTES, mem, &bytes, &n, err);
    if (rc == RC_NOT_FOUND)
        return RC_OK;
    if (rc)
        return rc;
    before[0] = bytes;
    found->is_kept = !strcmp(bytes, found->own);
    if (found->is_kept || !triage_change_is_weaker(before, own, ours, mem, &line))
        return RC_OK;
    found->held = line;
    paths[2] = kept_path(home, mem);
    paths[3] = NULL;
    return RC_OK;
}

enum rc triage_files_find(const char *home, struct arena *mem, struct triage_found *ret_found, struct err *err)
{
    const char **paths = ARENA_ARRAY(mem, FILES_MAX + 4, const char *);
    struct triage_found found = { .sources = { .lists = paths, .own_from = 2 }, .own = "" };
    size_t count = 2;

    if (find_ours(mem, paths, err))
        return err->rc;
    found.sources.model = paths[2];
    paths[2] = NULL;
    if (home && (find_own(home, mem, paths, &count, err) || judge(home, paths, mem, &found, err)))
        return err->rc;
    *ret_found = found;
    return RC_OK;
}

static enum rc keep(const char *home, const char *own, struct arena *mem, struct err *err)
{
    return io_write_file(kept_path(home, mem), own, strlen(own), 0600, err);
}

enum rc triage_files_accept(const char *home, const char *mark, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("lists");
    CLEANUP(triage_close_lexicon) struct triage_lexicon *lexicon = NULL;
    struct triage_found found;
    const char **paths = ARENA_ARRAY(mem, FILES_MAX + 1, const char *);
    size_t count = 0;

    if (triage_files_find(home, mem, &found, err))
        return err->rc;
    if (strcmp(found.mark, mark) != 0)
        return err_set(err, RC_CONFLICT, "the lists were changed again meanwhile: look at them, and ask the two again");
    if (find_own(home, mem, paths, &count, err) || triage_open_lexicon(paths, &lexicon, err))
        return err->rc;
    return keep(home, found.own, mem, err);
}

/* ---- the watch ---- */

static uint64_t stamp_file(uint64_t h, const char *path)
{
    struct stat st;

    h = hash_str(h, path);
    if (stat(path, &st))
        return h;
    h = hash_step(h, (uint64_t)st.st_mtim.tv_sec);
    h = hash_step(h, (uint64_t)st.st_mtim.tv_nsec);
    h = hash_step(h, (uint64_t)st.st_size);
    return hash_step(h, (uint64_t)st.st_ino);
}

/* Of our lists and model, of what is kept and of all that lies in the folder: by times and sizes, nothing is read. */
static enum rc stamp_of(const char *home, struct arena *mem, uint64_t *ret_stamp, struct err *err)
{
    const char **paths = ARENA_ARRAY(mem, FILES_MAX + 4, const char *);
    uint64_t h = HASH_START;
    size_t count = 3;

    if (find_ours(mem, paths, err) || (home && find_own(home, mem, paths, &count, err)))
        return err->rc;
    if (home)
        paths[count++] = kept_path(home, mem);
    for (size_t i = 0; i < count; i++)
        h = stamp_file(h, paths[i]);
    *ret_stamp = h;
    return RC_OK;
}

static enum rc hash_file(const char *path, struct arena *mem, unsigned char *hash, struct err *err)
{
    char *bytes;
    size_t n;

    if (io_read_file(path, TRIAGE_MAX_FILE_BYTES, mem, &bytes, &n, err))
        return err->rc;
    crypt_hash(bytes, n, hash);
    return RC_OK;
}

/* The hash of the hashes of all files in their order. */
static enum rc hash_of(const struct triage_sources *sources, struct arena *mem, char *hex, struct err *err)
{
    unsigned char all[(FILES_MAX + 1) * CRYPT_HASH_BYTES];
    size_t count = 0;

    for (size_t i = 0; sources->lists[i]; i++)
        if (hash_file(sources->lists[i], mem, all + count++ * CRYPT_HASH_BYTES, err))
            return err->rc;
    if (hash_file(sources->model, mem, all + count++ * CRYPT_HASH_BYTES, err))
        return err->rc;
    hex_of(all, count * CRYPT_HASH_BYTES, hex);
    return RC_OK;
}

static enum rc open_found(const char *home, const struct triage_found *found, struct arena *mem,
                          struct triage_watch *ret_watch, struct err *err)
{
    struct triage_watch watch = { .home = home, .is_kept = found->held || found->is_kept };

    if (stamp_of(home, mem, &watch.stamp, err) || hash_of(&found->sources, mem, watch.hash, err) ||
        triage_open(&found->sources, &watch.lexicon, err))
        return err->rc;
    if (found->held) {
        memcpy(watch.held, found->mark, sizeof watch.held);
        snprintf(watch.held_line, sizeof watch.held_line, "%s", text_excerpt(mem, found->held, TRIAGE_LINE_MAX - 8));
    }
    *ret_watch = watch;
    return RC_OK;
}

enum rc triage_files_open(const char *home, struct triage_watch *ret_watch, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("lists");
    struct triage_found found;

    if (triage_files_find(home, mem, &found, err))
        return err->rc;
    return open_found(home, &found, mem, ret_watch, err);
}

void triage_files_close(struct triage_watch *watch)
{
    triage_close_lexicon(&watch->lexicon);
}

/* What counts from now on; not before it could be read. */
static void keep_found(struct triage_watch *watch, const struct triage_found *found, struct arena *mem)
{
    struct err err;

    if (found->held || found->is_kept)
        return;
    watch->is_kept = true; /* what fails is told once */
    if (keep(watch->home, found->own, mem, &err) || stamp_of(watch->home, mem, &watch->stamp, &err))
        log_err("lists_not_kept", &err);
}

void triage_files_refresh(struct triage_watch *watch)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("lists");
    struct triage_watch again;
    struct triage_found found;
    struct err err;
    uint64_t stamp;

    if (stamp_of(watch->home, mem, &stamp, &err) || (stamp == watch->stamp && watch->is_kept))
        return;
    watch->stamp = stamp; /* so that a bad file is told once */
    watch->is_kept = true;
    if (triage_files_find(watch->home, mem, &found, &err) || open_found(watch->home, &found, mem, &again, &err)) {
        log_err("lists_refused", &err);
        return;
    }
    keep_found(&again, &found, mem);
    triage_files_close(watch);
    *watch = again;
    log_info("lists_read");
}
