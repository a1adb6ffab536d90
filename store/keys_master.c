/* The installation's key: one line in a file outside the home, or printed by a command; never in the database. */
#include "store/keys_master.h"

#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINE_START "postcircle-key-1:"
#define SUM_BYTES 5
#define LINE_BYTES (CRYPT_KEY_BYTES + SUM_BYTES)
#define LINE_CHARS ((LINE_BYTES * 8 + 4) / 5)
#define LINE_MAX_BYTES 256

static void sum_of(const struct crypt_key *key, unsigned char sum[CRYPT_MAC_BYTES])
{
    const struct crypt_span label = CRYPT_SPAN("key file", 8);

    crypt_mac(key, &label, 1, sum);
}

static struct keys *keys_new(const struct crypt_key *master)
{
    CLEANUP(crypt_key_wipe) struct crypt_key seed, check;
    const struct crypt_span label = CRYPT_SPAN("key check", 9);
    struct keys *k = calloc(1, sizeof *k);

    if (!k)
        abort();
    crypt_derive(master, "wrap", &k->wrap);
    crypt_derive(master, "arrival", &seed);
    crypt_box_pair(&seed, &k->box_public, &k->box_secret);
    crypt_derive(master, "check", &check);
    crypt_mac(&check, &label, 1, k->check);
    return k;
}

void keys_free(struct keys **keys)
{
    if (!*keys)
        return;
    crypt_wipe(*keys, sizeof **keys);
    free(*keys);
    *keys = NULL;
}

/* line ends with a NUL; what stands behind its first line end is ignored */
static enum rc read_line(const char *line, struct keys **ret_keys, struct err *err)
{
    const size_t start = strlen(LINE_START), n = strcspn(line, "\r\n");
    unsigned char bytes[LINE_BYTES], sum[CRYPT_MAC_BYTES];
    CLEANUP(crypt_key_wipe) struct crypt_key master;
    bool is_good;

    if (n != start + LINE_CHARS || memcmp(line, LINE_START, start) != 0 ||
        !crypt_base32_decode(line + start, LINE_CHARS, bytes, sizeof bytes))
        return err_set(err, RC_CORRUPT, "the key is damaged: it is no line that init wrote");
    memcpy(master.b, bytes, sizeof master.b);
    sum_of(&master, sum);
    is_good = crypt_is_equal(sum, bytes + CRYPT_KEY_BYTES, SUM_BYTES);
    crypt_wipe(bytes, sizeof bytes);
    if (!is_good)
        return err_set(err, RC_CORRUPT,
                       "the key is damaged: its check sum is wrong; take the copy that you keep apart");
    *ret_keys = keys_new(&master);
    return RC_OK;
}

/* Both paths may not exist yet: the folder of each must. */
static enum rc is_outside(const char *path, const char *home, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("keys");
    char folder[PATH_MAX], place[PATH_MAX];
    size_t n;

    if (!realpath(home, place))
        return err_errno(err, RC_INPUT, "the home %s", home);
    if (!realpath(dirname(arena_strdup(mem, path)), folder) && errno == ENOENT)
        return err_set(err, RC_INPUT, "the folder of the key file is not there; make it: install -d -m 700 %s",
                       dirname(arena_strdup(mem, path)));
    if (!realpath(dirname(arena_strdup(mem, path)), folder))
        return err_errno(err, RC_INPUT, "the folder of the key file %s", path);
    n = strlen(place);
    if (strncmp(folder, place, n) == 0 && (folder[n] == '/' || folder[n] == '\0'))
        return err_set(err, RC_INPUT, "the key file %s lies inside the home: a backup would hold it", path);
    return RC_OK;
}

static enum rc write_key(int fd, struct err *err)
{
    CLEANUP(crypt_key_wipe) struct crypt_key master;
    unsigned char bytes[LINE_BYTES], sum[CRYPT_MAC_BYTES];
    char line[sizeof LINE_START + LINE_CHARS + 1];
    enum rc rc;

    crypt_random(master.b, sizeof master.b);
    sum_of(&master, sum);
    memcpy(bytes, master.b, sizeof master.b);
    memcpy(bytes + CRYPT_KEY_BYTES, sum, SUM_BYTES);
    memcpy(line, LINE_START, strlen(LINE_START));
    crypt_base32_encode(bytes, sizeof bytes, line + strlen(LINE_START));
    line[strlen(LINE_START) + LINE_CHARS] = '\n';
    rc = io_write_all(fd, line, strlen(LINE_START) + LINE_CHARS + 1, err);
    crypt_wipe(bytes, sizeof bytes);
    crypt_wipe(line, sizeof line);
    if (!rc && fsync(fd) < 0)
        rc = err_errno(err, RC_TEMP, "sync");
    return rc;
}

enum rc keys_create_file(const char *path, const char *home, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("keys");
    CLEANUP(io_close) int fd = -1;
    enum rc rc = is_outside(path, home, err);

    if (rc)
        return rc;
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0 && errno == EEXIST)
        return err_set(err, RC_CONFLICT, "key file %s is there already: does it belong to another home? Name a new one",
                       path);
    if (fd < 0)
        return err_errno(err, RC_TEMP, "key file %s", path);
    rc = write_key(fd, err);
    if (rc) {
        unlink(path);
        return err_wrap(err, "key file %s", path);
    }
    return io_sync_dir(dirname(arena_strdup(mem, path)), err);
}

/* Not "belongs to another user" alone: who reads that says chown, and then the service cannot read its key. */
static enum rc of_another(const struct stat *st, const char *path, struct err *err)
{
    const struct passwd *const owner = getpwuid(st->st_uid);

    if (!owner)
        return err_set(err, RC_DENIED, "key file %s belongs to a user (%ld) that is not known here", path,
                       (long)st->st_uid);
    return err_set(err, RC_DENIED,
                   "key file %s belongs to user %.32s: run this as that user: runuser -u %.32s -- postcircle …", path,
                   owner->pw_name, owner->pw_name);
}

static enum rc check_mode(int fd, const char *path, struct err *err)
{
    struct stat st;

    if (fstat(fd, &st) < 0)
        return err_errno(err, RC_TEMP, "key file %s", path);
    if (!S_ISREG(st.st_mode))
        return err_set(err, RC_DENIED, "key file %s is no file", path);
    if (st.st_mode & 077)
        return err_set(err, RC_DENIED, "key file %s may be read by others (mode %04o): chmod 600 it", path,
                       (unsigned)st.st_mode & 07777);
    if (st.st_uid != geteuid())
        return of_another(&st, path, err);
    return RC_OK;
}

enum rc keys_from_file(const char *path, struct keys **ret_keys, struct err *err)
{
    CLEANUP(io_close) int fd = open(path, O_RDONLY | O_CLOEXEC);
    char line[LINE_MAX_BYTES] = "";
    size_t n = 0;
    enum rc rc;

    if (fd < 0)
        return err_errno(err, errno == ENOENT ? RC_NOT_FOUND : RC_DENIED, "key file %s", path);
    rc = check_mode(fd, path, err);
    if (rc)
        return rc;
    rc = io_read_full(fd, line, sizeof line - 1, &n, err);
    if (!rc)
        rc = read_line(line, ret_keys, err);
    crypt_wipe(line, sizeof line);
    return rc ? err_wrap(err, "key file %s", path) : RC_OK;
}

enum rc keys_from_command(const char *command, struct keys **ret_keys, struct err *err)
{
    char line[LINE_MAX_BYTES] = "";
    FILE *pipe = popen(command, "re");
    enum rc rc;
    int status;

    if (!pipe)
        return err_errno(err, RC_TEMP, "key command");
    setvbuf(pipe, NULL, _IONBF, 0); /* no copy of the key in stdio's memory */
    if (fread(line, 1, sizeof line - 1, pipe) == 0)
        line[0] = '\0';
    status = pclose(pipe);
    if (status != 0)
        rc = err_set(err, RC_TEMP, "the key command ended with status %d", status);
    else
        rc = read_line(line, ret_keys, err);
    crypt_wipe(line, sizeof line);
    return rc ? err_wrap(err, "key command") : RC_OK;
}
