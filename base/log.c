#include "base/log.h"

#include "base/clock.h"
#include "base/strbuf.h"

#include <syslog.h>
#include <unistd.h>

#define LOG_LINE_MAX 1024

static enum log_level log_level = LOG_INFO;
static char log_role[24] = "cli";

static const char *const key_names[LOG_KEY_COUNT] = {
#define LOG_KEY_NAME(name) [LOG_KEY_##name] = #name,
    LOG_KEYS(LOG_KEY_NAME)
#undef LOG_KEY_NAME
};

static const char *const level_names[] = { "debug", "info", "warn", "error" };

void log_setup(enum log_level level, const char *role)
{
    log_level = level;
    snprintf(log_role, sizeof log_role, "%s", role);
}

/* A name of one of our enums; a value that could hold a person's data is not one. */
static bool is_enum_name(const char *s)
{
    size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.:/-");

    return n > 0 && n <= 40 && s[n] == '\0';
}

void log_emit(enum log_level level, const char *event, const struct err *err, const struct log_kv *kv)
{
    CLEANUP(strbuf_done) struct strbuf b = STRBUF(LOG_LINE_MAX);
    char stamp[CLOCK_STAMP_SIZE];

    if (level < log_level)
        return;
    clock_stamp(clock_real()->now_ms(NULL), stamp);
    strbuf_printf(&b, "%s %s role=%s %s", stamp, level_names[level], log_role, event);
    for (; !kv->is_end; kv++) {
        if (kv->is_name)
            strbuf_printf(&b, " %s=%s", key_names[kv->key], kv->name && is_enum_name(kv->name) ? kv->name : "?");
        else
            strbuf_printf(&b, " %s=%" PRId64, key_names[kv->key], kv->num);
    }
    if (err)
        strbuf_printf(&b, " rc=%s msg=\"%s\"", rc_name(err->rc), err->msg);
    strbuf_char(&b, '\n');
    /* One write, so that lines of several roles do not mix. A full disk under the log must not stop the role. */
    if (write(STDERR_FILENO, strbuf_peek(&b), b.len) < 0)
        return;
}

void log_call_for_help(void)
{
    syslog(LOG_DAEMON | LOG_CRIT, "postcircle cannot read or send mail; look at it now (postcircle doctor)");
}
