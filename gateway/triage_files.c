#include "gateway/triage_files.h"

#include "base/crypt.h"
#include "base/io.h"
#include "base/log.h"
#include "gateway/home.h"

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

enum rc triage_files_find(const char *home, struct arena *mem, struct triage_sources *ret_sources, struct err *err)
{
    const char *model;
    const char **paths = ARENA_ARRAY(mem, FILES_MAX + 1, const char *);
    size_t count = 2;

    if (home_data_path("gateway/lexicon/en.txt", mem, &paths[0], err) ||
        home_data_path("gateway/lexicon/es.txt", mem, &paths[1], err) ||
        home_data_path("gateway/lexicon/model.txt", mem, &model, err))
        return err->rc;
    if (home && find_own(home, mem, paths, &count, err))
        return err->rc;
    *ret_sources = (struct triage_sources){ .lists = paths, .own_from = 2, .model = model };
    return RC_OK;
}

static uint64_t mix(uint64_t h, uint64_t n)
{
    return (h ^ n) * 1099511628211u;
}

static uint64_t stamp_file(uint64_t h, const char *path)
{
    struct stat st;

    for (const char *p = path; *p; p++)
        h = mix(h, (unsigned char)*p);
    if (stat(path, &st))
        return h;
    h = mix(h, (uint64_t)st.st_mtim.tv_sec);
    h = mix(h, (uint64_t)st.st_mtim.tv_nsec);
    h = mix(h, (uint64_t)st.st_size);
    return mix(h, (uint64_t)st.st_ino);
}

static uint64_t stamp_of(const struct triage_sources *sources)
{
    uint64_t h = stamp_file(1469598103934665603u, sources->model);

    for (size_t i = 0; sources->lists[i]; i++)
        h = stamp_file(h, sources->lists[i]);
    return h;
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
    unsigned char hash[CRYPT_HASH_BYTES], all[(FILES_MAX + 1) * CRYPT_HASH_BYTES];
    size_t count = 0;

    for (size_t i = 0; sources->lists[i]; i++)
        if (hash_file(sources->lists[i], mem, all + count++ * CRYPT_HASH_BYTES, err))
            return err->rc;
    if (hash_file(sources->model, mem, all + count++ * CRYPT_HASH_BYTES, err))
        return err->rc;
    crypt_hash(all, count * CRYPT_HASH_BYTES, hash);
    for (size_t i = 0; i < TRIAGE_HASH_CHARS / 2; i++)
        snprintf(hex + 2 * i, 3, "%02x", hash[i]);
    return RC_OK;
}

enum rc triage_files_open(const char *home, struct triage_watch *ret_watch, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("lists");
    struct triage_watch watch = { .home = home };
    struct triage_sources sources;

    if (triage_files_find(home, mem, &sources, err))
        return err->rc;
    watch.stamp = stamp_of(&sources);
    if (hash_of(&sources, mem, watch.hash, err) || triage_open(&sources, &watch.lexicon, err))
        return err->rc;
    *ret_watch = watch;
    return RC_OK;
}

void triage_files_close(struct triage_watch *watch)
{
    triage_close_lexicon(&watch->lexicon);
}

void triage_files_refresh(struct triage_watch *watch)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("lists");
    struct triage_watch again;
    struct triage_sources sources;
    uint64_t stamp;
    struct err err;

    if (triage_files_find(watch->home, mem, &sources, &err) || (stamp = stamp_of(&sources)) == watch->stamp)
        return;
    watch->stamp = stamp; /* so that a bad file is told once */
    if (triage_files_open(watch->home, &again, &err)) {
        log_err("lists_refused", &err);
        return;
    }
    triage_files_close(watch);
    *watch = again;
    log_info("lists_read");
}
