#include "base/secret.h"

#include "base/io.h"
#include "base/text.h"

#include <string.h>
#include <sys/stat.h>

#define SECRET_MAX 16384 /* a service account's key file has some 2.4 KB */
#define HOST_MAX 253

enum rc secret_read_all(const char *path, const char *what, struct arena *mem, char **ret_secret, struct err *err)
{
    struct stat st;
    char *secret;
    size_t n;
    enum rc rc;

    if (!stat(path, &st) && (st.st_mode & 077))
        return err_set(err, RC_INPUT, "%s may be read by others: chmod 600", what);
    rc = io_read_file(path, SECRET_MAX, mem, &secret, &n, err);
    if (rc)
        return err_set(err, RC_INPUT, "%s cannot be read (%s)", what, rc_name(rc));
    if (!*secret)
        return err_set(err, RC_INPUT, "%s is empty", what);
    *ret_secret = secret;
    return RC_OK;
}

enum rc secret_read(const char *path, const char *what, struct arena *mem, char **ret_secret, struct err *err)
{
    char *secret;

    if (secret_read_all(path, what, mem, &secret, err))
        return err->rc;
    secret[strcspn(secret, "\r\n")] = '\0';
    if (!*secret)
        return err_set(err, RC_INPUT, "%s is empty", what);
    *ret_secret = secret;
    return RC_OK;
}

static bool is_host(const char *s)
{
    const size_t n = strlen(s);

    return n && n <= HOST_MAX && strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-") == n &&
           *s != '-' && *s != '.';
}

enum rc mail_place_read(const char *text, int usual_port, const char *what, struct arena *mem,
                        struct mail_place *ret_place, struct err *err)
{
    char *const rest = arena_strdup(mem, text), *const at = strrchr(rest, '@');
    char *const host = at ? at + 1 : rest, *const colon = strchr(host, ':');
    int64_t port = usual_port;

    if (at)
        *at = '\0';
    if (colon) {
        *colon = '\0';
        if (text_to_int(colon + 1, 1, 65535, &port, NULL))
            return err_set(err, RC_INPUT, "%s: the port is no number from 1 to 65535", what);
    }
    if (!is_host(host) || (at && (!*rest || strchr(rest, ':'))))
        return err_set(err, RC_INPUT, "%s: want scheme://[user@]host[:port], and no password in it", what);
    *ret_place = (struct mail_place){ .user = at ? rest : NULL, .host = host, .port = (int)port };
    return RC_OK;
}
