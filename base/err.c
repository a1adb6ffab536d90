#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const rc_names[RC_COUNT] = {
    [RC_OK] = "ok",
    [RC_NOT_FOUND] = "not_found",
    [RC_INPUT] = "input",
    [RC_LIMIT] = "limit",
    [RC_CONFLICT] = "conflict",
    [RC_DENIED] = "denied",
    [RC_TEMP] = "temp",
    [RC_PERM] = "perm",
    [RC_UNCERTAIN] = "uncertain",
    [RC_CORRUPT] = "corrupt",
    [RC_BUG] = "bug",
};

const char *rc_name(enum rc rc)
{
    return (unsigned)rc < RC_COUNT ? rc_names[rc] : "unknown";
}

void err_fill(struct err *err, enum rc rc, const char *fmt, ...)
{
    va_list ap;

    if (!err)
        return;
    err->rc = rc;
    va_start(ap, fmt);
    vsnprintf(err->msg, sizeof err->msg, fmt, ap);
    va_end(ap);
}

/* Prefixes must not lose the cause: when both do not fit, the end of the old message goes. */
enum rc err_wrap(struct err *err, const char *fmt, ...)
{
    char old[sizeof err->msg];
    va_list ap;
    int n;

    if (!err)
        return RC_BUG;
    memcpy(old, err->msg, sizeof old);
    va_start(ap, fmt);
    n = vsnprintf(err->msg, sizeof err->msg, fmt, ap);
    va_end(ap);
    if (n >= 0 && (size_t)n + 2 < sizeof err->msg)
        snprintf(err->msg + n, sizeof err->msg - (size_t)n, ": %.*s", (int)sizeof err->msg - n - 3, old);
    return err->rc;
}

enum rc err_errno(struct err *err, enum rc rc, const char *fmt, ...)
{
    const int saved = errno;
    char text[64];
    va_list ap;
    size_t n;

    if (!err)
        return rc;
    err->rc = rc;
    va_start(ap, fmt);
    vsnprintf(err->msg, sizeof err->msg, fmt, ap);
    va_end(ap);
    n = strlen(err->msg);
    snprintf(err->msg + n, sizeof err->msg - n, ": %s", strerror_r(saved, text, sizeof text));
    return rc;
}
