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

enum rc triage_files_find(const char *home, struct arena *mem, const char *const **ret_paths, struct err *err)
{
    const char **paths = ARENA_ARRAY(mem, FILES_MAX + 1, const char *);
    size_t count = 2;

    if (home_data_path("gateway/lexicon/en.txt", mem, &paths[0], err) ||
        home_data_path("gateway/lexicon/es.txt", mem, &paths[1], err))
        return err->rc;
    if (home && find_own(home, mem, paths, &count, err))
        return err->rc;
    *ret_paths = paths;
    return RC_OK;
}

static uint64_t mix(uint64_t h, uint64_t n)
{
    return (h ^ n) * 1099511628211u;
}

static uint64_t stamp_of(const char *const *paths)
{
    uint64_t h = 1469598103934665603u;
    struct stat st;

    for (; *paths; paths++) {
        for (const char *p = *paths; *p; p++)
            h = mix(h, (unsigned char)*p);
        if (stat(*paths, &st))
            continue;
        h = mix(h, (uint64_t)st.st_mtim.tv_sec);
        h = mix(h, (uint64_t)st.st_mtim.tv_nsec);
        h = mix(h, (uint64_t)st.st_size);
        h = mix(h, (uint64_t)st.st_ino);
    }
    return h;
}

/* The hash of the hashes of all files in their order. */
static enum rc hash_of(const char *const *paths, struct arena *mem, char *hex, struct err *err)
{
    unsigned char hash[CRYPT_HASH_BYTES], all[FILES_MAX * CRYPT_HASH_BYTES];
    size_t n, count = 0;
    char *bytes;

    for (; *paths; paths++) {
        if (io_read_file(*paths, TRIAGE_MAX_FILE_BYTES, mem, &bytes, &n, err))
            return err->rc;
        crypt_hash(bytes, n, all + count++ * CRYPT_HASH_BYTES);
    }
    crypt_hash(all, count * CRYPT_HASH_BYTES, hash);
    for (size_t i = 0; i < TRIAGE_HASH_CHARS / 2; i++)
        snprintf(hex + 2 * i, 3, "%02x", hash[i]);
    return RC_OK;
}

enum rc triage_files_open(const char *home, struct triage_watch *ret_watch, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("lists");
    struct triage_watch watch = { .home = home };
    const char *const *paths;

    if (triage_files_find(home, mem, &paths, err))
        return err->rc;
    watch.stamp = stamp_of(paths);
    if (hash_of(paths, mem, watch.hash, err) || triage_open_lexicon(paths, &watch.lexicon, err))
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
    const char *const *paths;
    uint64_t stamp;
    struct err err;

    if (triage_files_find(watch->home, mem, &paths, &err) || (stamp = stamp_of(paths)) == watch->stamp)
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
