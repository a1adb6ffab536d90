#include "gateway/intake/maildir_in.h"

#include "base/hash.h"
#include "base/io.h"
#include "base/log.h"
#include "gateway/intake/intake.h"
#include "store/rows.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

struct maildir_in {
    int new_dir, cur_dir, watch;
    uint64_t key;  /* tells this folder's names from another one's */
    bool has_told; /* of files that are nobody's */
};

void maildir_in_close(struct maildir_in **in)
{
    if (!*in)
        return;
    io_close(&(*in)->new_dir);
    io_close(&(*in)->cur_dir);
    io_close(&(*in)->watch);
    free(*in);
    *in = NULL;
}

static enum rc open_folder(const char *path, const char *name, struct arena *mem, int *ret_fd, struct err *err)
{
    *ret_fd = open(arena_printf(mem, "%s/%s", path, name), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (*ret_fd < 0)
        return err_errno(err, errno == ENOENT ? RC_NOT_FOUND : RC_TEMP, "open the Maildir's folder %s", name);
    return RC_OK;
}

/* Names are unique in one Maildir; another Maildir of the same home could repeat one. */
static uint64_t hash_path(const char *path)
{
    return hash_str(HASH_START, path);
}

enum rc maildir_in_open(const char *path, struct maildir_in **ret_in, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("maildir_in");
    CLEANUP(maildir_in_close) struct maildir_in *in = calloc(1, sizeof *in);

    if (!in)
        abort();
    in->new_dir = in->cur_dir = in->watch = -1;
    in->key = hash_path(path);
    if (open_folder(path, "new", mem, &in->new_dir, err) || open_folder(path, "cur", mem, &in->cur_dir, err))
        return err->rc;
    in->watch = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (in->watch < 0 ||
        inotify_add_watch(in->watch, arena_printf(mem, "%s/new", path), IN_MOVED_TO | IN_CREATE | IN_ONLYDIR) < 0)
        return err_errno(err, RC_TEMP, "watch the Maildir");
    *ret_in = MOVE(in);
    return RC_OK;
}

int maildir_in_fd(const struct maildir_in *in)
{
    return in->watch;
}

static void drain(const struct maildir_in *in)
{
    char events[4096] __attribute__((aligned(__alignof__(struct inotify_event))));

    while (read(in->watch, events, sizeof events) > 0)
        continue;
}

static void close_folder(DIR **folder)
{
    if (*folder)
        closedir(*folder);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Maildir names begin with the time of delivery, so their order is about the order of arrival. */
static enum rc list_new(const struct maildir_in *in, struct arena *mem, const char ***ret_names, size_t *ret_n,
                        struct err *err)
{
    const int fd = openat(in->new_dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    CLEANUP(close_folder) DIR *folder = fd < 0 ? NULL : fdopendir(fd);
    const char **names = NULL;
    size_t n = 0, cap = 0;
    const struct dirent *entry;

    if (!folder)
        return err_errno(err, RC_TEMP, "read the Maildir");
    while (n < MAILDIR_IN_SCAN_MAX && (entry = readdir(folder))) {
        if (*entry->d_name == '.')
            continue;
        names = rows_room(mem, names, n, &cap, sizeof *names);
        names[n++] = arena_strdup(mem, entry->d_name);
    }
    if (n)
        qsort(names, n, sizeof *names, by_name);
    *ret_names = names;
    *ret_n = n;
    return RC_OK;
}

/* After the commit: it is on disk, so it may leave new/. A name that has flags already keeps its base. */
static enum rc mark_seen(const struct maildir_in *in, const char *name, struct arena *mem, struct err *err)
{
    const char *const seen = arena_printf(mem, "%.*s:2,S", (int)strcspn(name, ":"), name);

    if (renameat(in->new_dir, name, in->cur_dir, seen) && errno != ENOENT)
        return err_errno(err, RC_TEMP, "move a file of the Maildir to cur");
    return RC_OK;
}

/* RC_NOT_FOUND: gone meanwhile, no plain file, or nobody's. */
static enum rc take_file(const struct maildir_in *in, struct home *home, const char *name, bool *ret_is_new,
                         struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("maildir_in");
    CLEANUP(io_close) int fd = openat(in->new_dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    const struct intake intake = { .source = ARRIVAL_MAILDIR,
                                   .source_key = arena_printf(mem, "maildir %016" PRIx64 " %s", in->key, name) };
    struct intake_result result;
    struct stat st;

    if (fd < 0)
        return err_errno(err, errno == ENOENT || errno == ELOOP ? RC_NOT_FOUND : RC_TEMP, "open a file of the Maildir");
    if (fstat(fd, &st) || !S_ISREG(st.st_mode))
        return err_set(err, RC_NOT_FOUND, "it is no plain file");
    if (intake_take(home, &intake, fd, &result, err) || mark_seen(in, name, mem, err))
        return err->rc;
    *ret_is_new = !result.is_duplicate;
    if (*ret_is_new)
        log_info("arrival_taken", KV(arrival, result.arrival.v), KV(practice, result.practice.v),
                 KV(bytes, result.bytes));
    return RC_OK;
}

enum rc maildir_in_scan(struct maildir_in *in, struct home *home, size_t *ret_did, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("maildir_in");
    const char **names = NULL;
    size_t n = 0, did = 0;
    int64_t strangers = 0;

    drain(in);
    if (list_new(in, mem, &names, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++) {
        bool is_new = false;
        const enum rc rc = take_file(in, home, names[i], &is_new, err);

        if (rc && rc != RC_NOT_FOUND)
            return rc;
        strangers += rc == RC_NOT_FOUND;
        did += is_new;
    }
    if (strangers && !in->has_told)
        log_warn("maildir_not_ours", KV(count, strangers));
    in->has_told = strangers > 0;
    *ret_did = did;
    return RC_OK;
}

enum rc maildir_in_count(const char *path, struct home *home, struct maildir_in_counts *ret_counts, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("maildir_in");
    CLEANUP(maildir_in_close) struct maildir_in *in = NULL;
    const char **names = NULL;
    size_t n = 0;

    if (maildir_in_open(path, &in, err) || list_new(in, mem, &names, &n, err))
        return err->rc;
    *ret_counts = (struct maildir_in_counts){ 0 };
    for (size_t i = 0; i < n; i++) {
        CLEANUP(io_close) int fd = openat(in->new_dir, names[i], O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
        struct practice_id practice;
        struct stat st;
        enum rc rc = RC_NOT_FOUND;

        if (fd < 0 && errno == ENOENT)
            continue;
        if (fd >= 0 && !fstat(fd, &st) && S_ISREG(st.st_mode))
            rc = intake_whose(home, fd, &practice, err);
        if (rc && rc != RC_NOT_FOUND)
            return rc;
        ret_counts->waiting += !rc;
        ret_counts->nobodys += rc == RC_NOT_FOUND;
    }
    return RC_OK;
}
