/*
 * HOME/postcircle.ini, read with inih.
 *
 * inih counts a continued line as one more value and never tells the line of a value, so the reader below counts lines itself, and the
 * handler takes the number from there. Lines over SETTINGS_LINE_MAX would be split by inih: the reader refuses them.
 */
#include "gateway/home.h"

#include "base/text.h"
#include "gateway/lmtp_listen.h"

#include <errno.h>
#include <ini.h>

#define SETTINGS_LINE_MAX 190 /* inih's buffer is 200 */
#define SETTINGS_LINES_MAX 2000

enum value_kind { VALUE_TEXT, VALUE_PATH, VALUE_URL, VALUE_LISTEN, VALUE_NUMBER, VALUE_FLAG };

struct setting_key {
    const char *section, *name;
    enum value_kind kind;
    size_t at; /* offset in struct home_settings */
    int64_t min, max;
    const char *expected;
};

#define AT(member) offsetof(struct home_settings, member)

static const struct setting_key setting_keys[] = {
    { "database", "url", VALUE_URL, AT(database_url), 0, 0, "sqlite:PATH or postgresql://…" },
    { "keys", "key_file", VALUE_PATH, AT(key_file), 0, 0, "a path" },
    { "mail", "relay_password_file", VALUE_PATH, AT(relay_password_file), 0, 0, "a path" },
    { "mail", "relay_ca_file", VALUE_PATH, AT(relay_ca_file), 0, 0, "a path" },
    { "mail", "hello_name", VALUE_TEXT, AT(hello_name), 0, 0, "a host name" },
    { "mail", "workers", VALUE_NUMBER, AT(mail_workers), 1, 32, "a number from 1 to 32" },
    { "receive", "maildir", VALUE_PATH, AT(receive_maildir), 0, 0, "a path" },
    { "receive", "max_letter_mb", VALUE_NUMBER, AT(max_letter_bytes), 1, HOME_LETTER_MAX_MB, "a number from 1 to 25" },
    { "lmtp", "listen", VALUE_LISTEN, AT(lmtp_listen), 0, 0, LMTP_LISTEN_FORMS },
    { "lmtp", "max_mb", VALUE_NUMBER, AT(lmtp_max_bytes), 1, 1024, "a number from 1 to 1024" },
    { "lmtp", "recipients", VALUE_NUMBER, AT(lmtp_recipients), 1, 1000, "a number from 1 to 1000" },
    { "lmtp", "connections", VALUE_NUMBER, AT(lmtp_connections), 1, 500, "a number from 1 to 500" },
    { "lmtp", "timeout_seconds", VALUE_NUMBER, AT(lmtp_timeout_seconds), 1, 3600, "a number from 1 to 3600" },
    { "limits", "allow_open_reader", VALUE_FLAG, AT(allow_open_reader), 0, 0, "yes or no" },
    { "limits", "parser_seconds", VALUE_NUMBER, AT(parser_seconds), 1, 300, "a number from 1 to 300" },
};

struct settings_reader {
    FILE *file;
    int line;
    bool is_too_long;
    const char *path, *home;
    struct arena *mem;
    struct home_settings *settings;
    bool seen[COUNT_OF(setting_keys)];
    struct err *err;
    bool has_failed;
};

static char *read_line(char *to, int size, void *stream)
{
    struct settings_reader *r = stream;
    char *const line = fgets(to, size, r->file);

    if (line)
        r->line++;
    if (line && strlen(line) > SETTINGS_LINE_MAX)
        r->is_too_long = true;
    return r->is_too_long || r->line > SETTINGS_LINES_MAX ? NULL : line;
}

/* The first mistake is the one that is told. */
static int fail(struct settings_reader *r, const char *what, const char *expected)
{
    if (!r->has_failed)
        err_fill(r->err, RC_INPUT, "%s:%d: %s, expected %s", r->path, r->line, what, expected);
    r->has_failed = true;
    return 0;
}

static const char *absolute(const struct settings_reader *r, const char *path)
{
    return *path == '/' || !*path ? arena_strdup(r->mem, path) : arena_printf(r->mem, "%s/%s", r->home, path);
}

static bool set_value(struct settings_reader *r, const struct setting_key *key, const char *value)
{
    char *const at = (char *)r->settings + key->at;
    const char **const text = (const char **)(void *)at;
    struct err ignored;

    switch (key->kind) {
    case VALUE_TEXT:
        *text = arena_strdup(r->mem, value);
        return true;
    case VALUE_PATH:
        *text = absolute(r, value);
        return *value != '\0';
    case VALUE_URL:
        *text = text_starts(value, "sqlite:") ? arena_printf(r->mem, "sqlite:%s", absolute(r, value + 7))
                                              : arena_strdup(r->mem, value);
        return (text_starts(value, "sqlite:") && value[7]) || text_starts(value, "postgresql://");
    case VALUE_LISTEN:
        *text = text_starts(value, "unix:") ? arena_printf(r->mem, "unix:%s", absolute(r, value + 5))
                                            : arena_strdup(r->mem, value);
        return !lmtp_listen_check(*text, &ignored);
    case VALUE_FLAG:
        *(bool *)(void *)at = !strcmp(value, "yes");
        return !strcmp(value, "yes") || !strcmp(value, "no");
    case VALUE_NUMBER:
        return text_to_int(value, key->min, key->max, (int64_t *)(void *)at, &ignored) == RC_OK;
    }
    return false;
}

/* "maildir, workers": what may stand in a section; the sections when there is no such one. */
static const char *names_of(struct settings_reader *r, const char *section)
{
    const char *list = "";

    for (size_t i = 0; i < COUNT_OF(setting_keys); i++)
        if (!strcmp(setting_keys[i].section, section))
            list = arena_printf(r->mem, "%s%s%s", list, *list ? ", " : "", setting_keys[i].name);
    return *list ? list : "the section [database], [keys], [mail], [receive], [lmtp] or [limits]";
}

static int on_value(void *ctx, const char *section, const char *name, const char *value)
{
    struct settings_reader *r = ctx;

    for (size_t i = 0; i < COUNT_OF(setting_keys); i++) {
        const struct setting_key *const key = &setting_keys[i];

        if (strcmp(key->section, section) || strcmp(key->name, name))
            continue;
        if (r->seen[i])
            return fail(r, arena_printf(r->mem, "[%s] %s stands here twice", section, name), "it once");
        r->seen[i] = true;
        if (!set_value(r, key, value))
            return fail(r, arena_printf(r->mem, "[%s] %s has a wrong value", section, name), key->expected);
        return 1;
    }
    return fail(r, arena_printf(r->mem, "[%s] %s is no setting", section, name), names_of(r, section));
}

static void set_defaults(struct settings_reader *r)
{
    *r->settings = (struct home_settings){ .database_url = arena_printf(r->mem, "sqlite:%s/postcircle.db", r->home),
                                           .key_file = "",
                                           .relay_password_file = "",
                                           .relay_ca_file = "",
                                           .hello_name = "",
                                           .mail_workers = 2,
                                           .receive_maildir = "",
                                           .max_letter_bytes = 25,
                                           .lmtp_listen = "",
                                           .lmtp_max_bytes = 50,
                                           .lmtp_recipients = 50,
                                           .lmtp_connections = 200,
                                           .lmtp_timeout_seconds = 300,
                                           .parser_seconds = 10 };
}

static void close_file(FILE **file)
{
    if (*file)
        fclose(*file);
}

enum rc home_read_settings(const char *home_path, struct arena *mem, struct home_settings *ret_settings,
                           struct err *err)
{
    const char *const path = arena_printf(mem, "%s/postcircle.ini", home_path);
    CLEANUP(close_file) FILE *file = fopen(path, "re");
    struct home_settings settings;
    struct settings_reader r = {
        .file = file, .path = path, .home = home_path, .mem = mem, .settings = &settings, .err = err
    };
    int bad;

    if (!file)
        return errno == ENOENT ? err_set(err, RC_NOT_FOUND, "no home at %s (postcircle init --home %s makes one)",
                                         home_path, home_path)
                               : err_errno(err, RC_TEMP, "open %s", path);
    set_defaults(&r);
    bad = ini_parse_stream(read_line, &r, on_value, &r);
    if (r.is_too_long)
        fail(&r, "the line is too long", "at most 190 bytes");
    if (bad && !r.has_failed) {
        r.line = bad;
        fail(&r, "this is no setting", "[section] or name = value");
    }
    if (!r.has_failed && !*settings.key_file)
        fail(&r, "[keys] key_file is missing", "the path of the key file");
    if (r.has_failed)
        return RC_INPUT;
    settings.max_letter_bytes <<= 20;
    settings.lmtp_max_bytes <<= 20;
    *ret_settings = settings;
    return RC_OK;
}
