/*
 * HOME/postcircle.ini, read with inih.
 *
 * inih counts a continued line as one more value and never tells the line of a value, so the reader below counts lines itself, and the
 * handler takes the number from there. Lines over SETTINGS_LINE_MAX would be split by inih: the reader refuses them.
 */
#include "gateway/home/home.h"

#include "base/secret.h"
#include "base/text.h"
#include "gateway/home/lmtp_listen.h"

#include <errno.h>
#include <ini.h>

#define SETTINGS_LINE_MAX 190 /* inih's buffer is 200 */
#define SETTINGS_LINES_MAX 2000

#define MAILBOX_PREFIX "imap "
#define MAILBOX_NAME_CHARS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"
#define MAILBOX_NAME_MAX 40

enum value_kind {
    VALUE_TEXT,
    VALUE_PATH,
    VALUE_URL,
    VALUE_LISTEN,
    VALUE_NUMBER,
    VALUE_FLAG,
    VALUE_IMAP_URL,
    VALUE_START,
    VALUE_HTTPS
};

struct setting_key {
    const char *section, *name;
    enum value_kind kind;
    size_t at; /* offset in struct home_settings */
    int64_t min, max;
    const char *expected;
};

#define AT(member) offsetof(struct home_settings, member)
#define BOX_AT(member) offsetof(struct home_mailbox, member)

static const struct setting_key setting_keys[] = {
    { "database", "url", VALUE_URL, AT(database_url), 0, 0, "sqlite:PATH or postgresql://…" },
    { "keys", "key_file", VALUE_PATH, AT(key_file), 0, 0, "a path" },
    { "mail", "relay_password_file", VALUE_PATH, AT(relay_password_file), 0, 0, "a path" },
    { "mail", "relay_ca_file", VALUE_PATH, AT(relay_ca_file), 0, 0, "a path" },
    { "mail", "relay_tokens_of", VALUE_TEXT, AT(relay_tokens_of), 0, 0, "the NAME of an [imap NAME]" },
    { "mail", "relay_scope", VALUE_TEXT, AT(relay_scope), 0, 0, "a text" },
    { "mail", "hello_name", VALUE_TEXT, AT(hello_name), 0, 0, "a host name" },
    { "mail", "workers", VALUE_NUMBER, AT(mail_workers), 1, 32, "a number from 1 to 32" },
    { "receive", "maildir", VALUE_PATH, AT(receive_maildir), 0, 0, "a path" },
    { "receive", "max_letter_mb", VALUE_NUMBER, AT(max_letter_bytes), 1, HOME_LETTER_MAX_MB, "a number from 1 to 25" },
    { "lmtp", "listen", VALUE_LISTEN, AT(lmtp_listen), 0, 0, LMTP_LISTEN_FORMS },
    { "lmtp", "max_mb", VALUE_NUMBER, AT(lmtp_max_bytes), 1, 1024, "a number from 1 to 1024" },
    { "lmtp", "recipients", VALUE_NUMBER, AT(lmtp_recipients), 1, 1000, "a number from 1 to 1000" },
    { "lmtp", "connections", VALUE_NUMBER, AT(lmtp_connections), 1, 500, "a number from 1 to 500" },
    { "lmtp", "timeout_seconds", VALUE_NUMBER, AT(lmtp_timeout_seconds), 1, 3600, "a number from 1 to 3600" },
    { "text", "ca_file", VALUE_PATH, AT(text_ca_file), 0, 0, "a path" },
    { "web", "listen", VALUE_LISTEN, AT(web_listen), 0, 0, LMTP_LISTEN_FORMS },
    { "limits", "allow_open_reader", VALUE_FLAG, AT(allow_open_reader), 0, 0, "yes or no" },
    { "limits", "parser_seconds", VALUE_NUMBER, AT(parser_seconds), 1, 300, "a number from 1 to 300" },
};

/* The section is [imap NAME]; at is the offset in struct home_mailbox. */
static const struct setting_key mailbox_keys[] = {
    { "", "url", VALUE_IMAP_URL, BOX_AT(url), 0, 0, "imaps://USER@HOST[:993] or imap+starttls://USER@HOST[:143]" },
    { "", "password_file", VALUE_PATH, BOX_AT(password_file), 0, 0, "a path" },
    { "", "ca_file", VALUE_PATH, BOX_AT(ca_file), 0, 0, "a path" },
    { "", "folders", VALUE_TEXT, BOX_AT(folders), 0, 0, "names, with commas between them" },
    { "", "junk", VALUE_TEXT, BOX_AT(junk), 0, 0, "a folder's name, auto or none" },
    { "", "done", VALUE_TEXT, BOX_AT(done), 0, 0, "a folder's name" },
    { "", "trouble", VALUE_TEXT, BOX_AT(trouble), 0, 0, "a folder's name" },
    { "", "start", VALUE_START, BOX_AT(start), 0, 0, "new or all" },
    { "", "poll_seconds", VALUE_NUMBER, BOX_AT(poll_seconds), 1, 3600, "a number from 1 to 3600" },
    { "", "idle_seconds", VALUE_NUMBER, BOX_AT(idle_seconds), 1, 1740, "a number from 1 to 1740" },
    { "", "token_url", VALUE_HTTPS, BOX_AT(token_url), 0, 0, "https://…" },
    { "", "client_id", VALUE_TEXT, BOX_AT(client_id), 0, 0, "a text" },
    { "", "client_secret_file", VALUE_PATH, BOX_AT(client_secret_file), 0, 0, "a path" },
    { "", "refresh_token_file", VALUE_PATH, BOX_AT(refresh_token_file), 0, 0, "a path" },
    { "", "key_file", VALUE_PATH, BOX_AT(key_file), 0, 0, "a path" },
    { "", "scope", VALUE_TEXT, BOX_AT(scope), 0, 0, "a text" },
};

struct settings_reader {
    FILE *file;
    int line;
    bool is_too_long;
    const char *path, *home;
    struct arena *mem;
    struct home_settings *settings;
    bool seen[COUNT_OF(setting_keys)];
    struct home_mailbox mailboxes[HOME_MAILBOXES_MAX];
    bool mailbox_seen[HOME_MAILBOXES_MAX][COUNT_OF(mailbox_keys)];
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
        err_fill(r->err, RC_INPUT, "%s:%d: %s, expected %s", r->path, r->line,
                 text_clean_line(r->mem, what, strlen(what)), text_clean_line(r->mem, expected, strlen(expected)));
    r->has_failed = true;
    return 0;
}

static const char *absolute(const struct settings_reader *r, const char *path)
{
    return *path == '/' || !*path ? arena_strdup(r->mem, path) : arena_printf(r->mem, "%s/%s", r->home, path);
}

/* A user is part of it: whose mailbox would it be? */
static bool is_imap_url(struct settings_reader *r, const char *value)
{
    const char *const rest = strstr(value, "://");
    struct mail_place place;
    struct err ignored;

    return (text_starts(value, "imaps://") || text_starts(value, "imap+starttls://")) &&
           !mail_place_read(rest + 3, 993, "url", r->mem, &place, &ignored) && place.user;
}

static bool set_value(struct settings_reader *r, void *to, const struct setting_key *key, const char *value)
{
    char *const at = (char *)to + key->at;
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
    case VALUE_IMAP_URL:
        *text = arena_strdup(r->mem, value);
        return is_imap_url(r, value);
    case VALUE_START:
        *text = arena_strdup(r->mem, value);
        return !strcmp(value, "new") || !strcmp(value, "all");
    case VALUE_HTTPS:
        *text = arena_strdup(r->mem, value);
        return text_starts(value, "https://");
    case VALUE_NUMBER:
        return text_to_int(value, key->min, key->max, (int64_t *)(void *)at, &ignored) == RC_OK;
    }
    return false;
}

/* "the section [database], [keys], …, [imap NAME]" */
static const char *sections(struct settings_reader *r)
{
    const char *list = "the section";

    for (size_t i = 0; i < COUNT_OF(setting_keys); i++)
        if (i == 0 || strcmp(setting_keys[i].section, setting_keys[i - 1].section))
            list = arena_printf(r->mem, "%s [%s],", list, setting_keys[i].section);
    return arena_printf(r->mem, "%s [imap NAME]", list);
}

/* "maildir, workers": what may stand in a section; the sections when there is no such one. */
static const char *names_of(struct settings_reader *r, const struct setting_key *keys, size_t count,
                            const char *section)
{
    const char *list = "";

    for (size_t i = 0; i < count; i++)
        if (!strcmp(keys[i].section, section))
            list = arena_printf(r->mem, "%s%s%s", list, *list ? ", " : "", keys[i].name);
    return *list ? list : sections(r);
}

/* keys are those of the section `kind`, which stands in the file as `section`. */
static int take_value(struct settings_reader *r, void *to, const struct setting_key *keys, bool *seen, size_t count,
                      const char *kind, const char *section, const char *name, const char *value)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(keys[i].section, kind) || strcmp(keys[i].name, name))
            continue;
        if (seen[i])
            return fail(r, arena_printf(r->mem, "[%s] %s stands here twice", section, name), "it once");
        seen[i] = true;
        if (!set_value(r, to, &keys[i], value))
            return fail(r, arena_printf(r->mem, "[%s] %s has a wrong value", section, name), keys[i].expected);
        return 1;
    }
    return fail(r, arena_printf(r->mem, "[%s] %s is no setting", section, name), names_of(r, keys, count, kind));
}

/* The mailbox of this name, new when it was not named before; HOME_MAILBOXES_MAX: there is no room. */
static size_t find_mailbox(struct settings_reader *r, const char *name)
{
    size_t i = 0;

    while (i < r->settings->mailbox_count && strcmp(r->mailboxes[i].name, name))
        i++;
    if (i < r->settings->mailbox_count || i == HOME_MAILBOXES_MAX)
        return i;
    r->settings->mailbox_count++;
    r->mailboxes[i] = (struct home_mailbox){ .name = arena_strdup(r->mem, name),
                                             .url = "",
                                             .password_file = "",
                                             .ca_file = "",
                                             .folders = "INBOX",
                                             .junk = "auto",
                                             .done = "Done",
                                             .trouble = "Trouble",
                                             .start = "new",
                                             .poll_seconds = 120,
                                             .idle_seconds = 1740,
                                             .token_url = "",
                                             .client_id = "",
                                             .client_secret_file = "",
                                             .refresh_token_file = "",
                                             .key_file = "",
                                             .scope = "" };
    return i;
}

bool home_is_mailbox_name(const char *name)
{
    const size_t n = strlen(name);

    return n && n <= MAILBOX_NAME_MAX && strspn(name, MAILBOX_NAME_CHARS) == n;
}

bool home_mailbox_takes(const char *name, const char *value, struct arena *mem, const char **ret_expected)
{
    struct settings_reader r = { .home = "", .mem = mem };
    struct home_mailbox ignored;

    *ret_expected = "a setting of [imap NAME]";
    for (size_t i = 0; i < COUNT_OF(mailbox_keys); i++) {
        if (strcmp(mailbox_keys[i].name, name))
            continue;
        *ret_expected = mailbox_keys[i].expected;
        return set_value(&r, &ignored, &mailbox_keys[i], value);
    }
    return false;
}

static int on_mailbox(struct settings_reader *r, const char *section, const char *name, const char *value)
{
    const char *const box = section + strlen(MAILBOX_PREFIX);
    size_t i;

    if (!home_is_mailbox_name(box))
        return fail(r, "[imap NAME] has no proper name", HOME_MAILBOX_NAME_FORM);
    i = find_mailbox(r, box);
    if (i == HOME_MAILBOXES_MAX)
        return fail(r, "there are too many [imap NAME]", "at most 16");
    return take_value(r, &r->mailboxes[i], mailbox_keys, r->mailbox_seen[i], COUNT_OF(mailbox_keys), "", section, name,
                      value);
}

static int on_value(void *ctx, const char *section, const char *name, const char *value)
{
    struct settings_reader *r = ctx;

    if (!strncmp(section, MAILBOX_PREFIX, strlen(MAILBOX_PREFIX)))
        return on_mailbox(r, section, name, value);
    return take_value(r, r->settings, setting_keys, r->seen, COUNT_OF(setting_keys), section, section, name, value);
}

/* What only shows when all was read. */
static void check_mailboxes(struct settings_reader *r)
{
    struct home_mailbox *const kept = ARENA_ARRAY(r->mem, r->settings->mailbox_count + 1, struct home_mailbox);

    for (size_t i = 0; i < r->settings->mailbox_count && !r->has_failed; i++) {
        const struct home_mailbox *const box = &r->mailboxes[i];

        if (!*box->url)
            fail(r, arena_printf(r->mem, "[imap %s] url is missing", box->name), "imaps://USER@HOST");
        else if (!*box->password_file && !*box->token_url)
            fail(r, arena_printf(r->mem, "[imap %s] has no way to sign in", box->name), "password_file or token_url");
        kept[i] = *box;
    }
    r->settings->mailboxes = kept;
}

/* Tokens for the relay come as those of a mailbox that gets some. */
static void check_relay_tokens(struct settings_reader *r)
{
    const char *const name = r->settings->relay_tokens_of;

    for (size_t i = 0; *name && i < r->settings->mailbox_count; i++)
        if (!strcmp(r->settings->mailboxes[i].name, name) && *r->settings->mailboxes[i].token_url)
            return;
    if (*name && !r->has_failed)
        fail(r, arena_printf(r->mem, "[mail] relay_tokens_of names no [imap %s] with a token_url", name),
             "the NAME of an [imap NAME]");
}

static void set_defaults(struct settings_reader *r)
{
    *r->settings = (struct home_settings){ .database_url = arena_printf(r->mem, "sqlite:%s/postcircle.db", r->home),
                                           .key_file = "",
                                           .relay_password_file = "",
                                           .relay_ca_file = "",
                                           .relay_tokens_of = "",
                                           .relay_scope = "",
                                           .hello_name = "",
                                           .mail_workers = 2,
                                           .receive_maildir = "",
                                           .max_letter_bytes = 25,
                                           .lmtp_listen = "",
                                           .lmtp_max_bytes = 50,
                                           .lmtp_recipients = 50,
                                           .lmtp_connections = 200,
                                           .lmtp_timeout_seconds = 300,
                                           .text_ca_file = "",
                                           .web_listen = "",
                                           .parser_seconds = 10 };
}

static void close_file(FILE **file)
{
    if (*file)
        fclose(*file);
}

static enum rc read_settings(FILE *file, const char *path, const char *home_path, struct arena *mem,
                             struct home_settings *ret_settings, struct err *err)
{
    struct home_settings settings;
    struct settings_reader r = {
        .file = file, .path = path, .home = home_path, .mem = mem, .settings = &settings, .err = err
    };
    int bad;

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
    check_mailboxes(&r);
    check_relay_tokens(&r);
    if (r.has_failed)
        return RC_INPUT;
    settings.max_letter_bytes <<= 20;
    settings.lmtp_max_bytes <<= 20;
    *ret_settings = settings;
    return RC_OK;
}

enum rc home_read_settings(const char *home_path, struct arena *mem, struct home_settings *ret_settings,
                           struct err *err)
{
    const char *const path = arena_printf(mem, "%s/postcircle.ini", home_path);
    CLEANUP(close_file) FILE *file = fopen(path, "re");

    if (!file)
        return errno == ENOENT ? err_set(err, RC_NOT_FOUND, "no home at %s (postcircle init --home %s makes one)",
                                         home_path, home_path)
                               : err_errno(err, RC_TEMP, "open %s", path);
    return read_settings(file, path, home_path, mem, ret_settings, err);
}

enum rc home_check_settings(const char *home_path, const char *text, struct arena *mem, struct err *err)
{
    CLEANUP(close_file) FILE *file = fmemopen(arena_strdup(mem, text), strlen(text), "r");
    struct home_settings settings;

    if (!file)
        return err_errno(err, RC_TEMP, "settings in memory");
    return read_settings(file, "postcircle.ini", home_path, mem, &settings, err);
}
