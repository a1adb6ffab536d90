#include "mailer/provider.h"

#include "base/text.h"
#include "mailer/provider_parts.h"

#include <errno.h>
#include <ini.h>

#define LINE_MAX_BYTES 190
#define LINES_MAX 400
#define TOKEN_CHARS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"

struct reader {
    FILE *file;
    const char *path;
    int line;
    bool is_too_long, has_failed, has_send, has_verify;
    struct provider *p;
    struct arena *mem;
    struct err *err;
};

static const char *const state_names[] = {
    [PROVIDER_STATE_UNKNOWN] = "",      [PROVIDER_ACCEPTED] = "ACCEPTED", [PROVIDER_SENT] = "SENT",
    [PROVIDER_DELIVERED] = "DELIVERED", [PROVIDER_FAILED] = "FAILED",     [PROVIDER_EXPIRED] = "EXPIRED"
};
static const char *const class_names[] = {
    [PROVIDER_OTHER] = "OTHER",    [PROVIDER_OPTOUT] = "OPTOUT",     [PROVIDER_BAD_NUMBER] = "BAD_NUMBER",
    [PROVIDER_TEMPORARY] = "TEMP", [PROVIDER_FILTERED] = "FILTERED", [PROVIDER_THROTTLE] = "THROTTLE",
    [PROVIDER_SETUP] = "SETUP",
};
static const char *const content_names[] = {
    [CONTENT_FORM] = "form", [CONTENT_JSON] = "json", [CONTENT_QUERY] = "query"
};
static const char *const number_names[] = {
    [NUMBER_E164] = "e164", [NUMBER_DIGITS] = "digits", [NUMBER_NATIONAL] = "national"
};
static const char *const rule_names[PROVIDER_RULE_COUNT] = {
    [PROVIDER_RULE_OK] = "ok",
    [PROVIDER_RULE_ID] = "id",
    [PROVIDER_RULE_PARTS] = "parts",
    [PROVIDER_RULE_COST] = "cost",
    [PROVIDER_RULE_ERR] = "err",
    [PROVIDER_RULE_EVENTS] = "events",
    [PROVIDER_RULE_MO_WHEN] = "mo.when",
    [PROVIDER_RULE_DLR_WHEN] = "dlr.when",
    [PROVIDER_RULE_REPLY] = "reply",
    [PROVIDER_RULE_CHECK_OK] = "check.ok",
    [PROVIDER_RULE_AUTOREPLY] = "autoreply",
};
static const char *const map_fields[PROVIDER_FIELDS] = {
    "id", "from", "to", "text", "media", "ref", "state", "err", "cost", "concat", "part", "parts", "keyword", "charset"
};

/* The first mistake is the one that is told. Returns what inih calls failure. */
static int fail(struct reader *r, const char *what, const char *expected)
{
    if (!r->has_failed)
        err_fill(r->err, RC_INPUT, "%s:%d: %s, expected %s", r->path, r->line, what, expected);
    r->has_failed = true;
    return 0;
}

static char *read_line(char *to, int size, void *stream)
{
    struct reader *const r = stream;
    char *const line = r->has_failed ? NULL : fgets(to, size, r->file);

    if (!line)
        return NULL;
    r->line++;
    r->is_too_long = strlen(line) > LINE_MAX_BYTES || r->line > LINES_MAX;
    return r->is_too_long ? NULL : line;
}

static int find(const char *const *list, size_t count, const char *word)
{
    for (size_t i = 0; i < count; i++)
        if (!strcmp(list[i], word))
            return (int)i;
    return -1;
}

/* The next word of a line, "" at the end. */
static char *next_word(struct reader *r, const char **rest)
{
    const size_t skip = strspn(*rest, " \t"), n = strcspn(*rest + skip, " \t");
    char *const word = arena_strndup(r->mem, *rest + skip, n);

    *rest += skip + n;
    *rest += strspn(*rest, " \t");
    return word;
}

static int take_template(struct reader *r, const char *text, struct provider_template *ret)
{
    const char *why = NULL;

    return provider_read_template(text, r->mem, ret, &why) ? 1 : fail(r, why, "names as in docs/text-providers.md");
}

/* Headers, addresses and keys hold what the operator set, and our reference: nothing that a message brings. */
static bool is_set_by_us(const struct provider_template *t)
{
    for (size_t i = 0; i < t->count; i++)
        if (t->pieces[i].kind > PIECE_OPTIONAL && t->pieces[i].kind != PIECE_REF)
            return false;
    return true;
}

/* Ours to fill in, and over TLS unless it is on this machine. */
static int take_url(struct reader *r, const char *url, struct provider_template *to)
{
    if (!take_template(r, url, to))
        return 0;
    if (strncmp(url, "https://", 8) && strncmp(url, "{setting.", 9))
        return fail(r, "the URL is not safe", "https://…, or {setting.NAME}…");
    return is_set_by_us(to) ? 1 : fail(r, "the URL holds what a message brings", "secrets and settings");
}

static int take_check(struct reader *r, const char *value)
{
    const char *const method = next_word(r, &value), *const url = next_word(r, &value);

    if (r->p->check.count || strcmp(method, "GET") || !*url || *value)
        return fail(r, "check is malformed", "GET URL, once");
    return take_url(r, url, &r->p->check);
}

static int take_send(struct reader *r, const char *value)
{
    const char *const method = next_word(r, &value), *const url = next_word(r, &value),
                      *const content = next_word(r, &value);
    const int kind = find(content_names, COUNT_OF(content_names), content);

    if (r->has_send)
        return fail(r, "send comes twice", "one");
    r->has_send = true;
    r->p->is_phones = !strcmp(method, "PHONES") && !*url;
    if (r->p->is_phones) {
        r->p->content = CONTENT_JSON;
        return 1;
    }
    r->p->is_post = !strcmp(method, "POST");
    r->p->content = kind < 0 ? CONTENT_FORM : (enum provider_content)kind;
    if ((!r->p->is_post && strcmp(method, "GET")) || kind < 0 || *value || (!r->p->is_post && kind != CONTENT_QUERY))
        return fail(r, "send is malformed", "POST URL form, POST URL json, GET URL query, or PHONES");
    return take_url(r, url, &r->p->url);
}

static int take_auth(struct reader *r, const char *value)
{
    const char *const kind = next_word(r, &value), *const user = next_word(r, &value),
                      *const password = next_word(r, &value);

    if (strcmp(kind, "basic") || !*password || *value || r->p->has_auth)
        return fail(r, "auth is malformed", "basic {secret.USER} {secret.PASSWORD}, once");
    r->p->has_auth = true;
    if (!take_template(r, user, &r->p->user) || !take_template(r, password, &r->p->password))
        return 0;
    return is_set_by_us(&r->p->user) && is_set_by_us(&r->p->password)
               ? 1
               : fail(r, "auth holds what a message brings", "secrets and settings");
}

static int take_header(struct reader *r, const char *value)
{
    const char *const colon = strchr(value, ':');
    struct provider_field *const h = &r->p->headers[r->p->header_count];

    if (r->p->header_count == COUNT_OF(r->p->headers))
        return fail(r, "there are too many headers", "at most 8");
    if (!colon || colon == value || strspn(value, TOKEN_CHARS) != (size_t)(colon - value) || !colon[1])
        return fail(r, "header is malformed", "Name: value");
    r->p->header_count++;
    h->name = arena_strndup(r->mem, value, (size_t)(colon - value));
    if (!take_template(r, colon + 1 + strspn(colon + 1, " "), &h->value))
        return 0;
    return is_set_by_us(&h->value) ? 1 : fail(r, "a header holds what a message brings", "secrets and settings");
}

static bool is_known_field(const struct provider *p, const char *name)
{
    for (size_t i = 0; i + 1 < p->field_count; i++)
        if (!strcmp(p->fields[i].name, name))
            return true;
    return false;
}

static int take_field(struct reader *r, const char *value)
{
    struct provider *const p = r->p;
    struct provider_field *const f = &p->fields[p->field_count];
    char *const name = next_word(r, &value);
    const size_t n = strspn(name, TOKEN_CHARS);

    if (p->field_count == COUNT_OF(p->fields))
        return fail(r, "there are too many fields", "at most 24");
    if (!n || !*value || (name[n] && strcmp(name + n, "[]") && strcmp(name + n, "#")))
        return fail(r, "field is malformed", "NAME value, NAME[] value or NAME# number");
    f->kind = !name[n] ? FIELD_TEXT : name[n] == '[' ? FIELD_LIST : FIELD_NUMBER;
    if (f->kind != FIELD_TEXT && p->content != CONTENT_JSON)
        return fail(r, "lists and numbers are for JSON", "NAME value, below send");
    name[n] = '\0';
    f->name = name;
    p->field_count++;
    return is_known_field(p, name) ? fail(r, "a field comes twice", "each name once")
                                   : take_template(r, value, &f->value);
}

static int take_verify(struct reader *r, const char *value)
{
    const char *const name = next_word(r, &value);
    size_t i = 0, kind = 0;

    while (kind < SMS_VERIFIER_COUNT && strcmp(sms_verifier_name((enum sms_verifier)kind), name))
        kind++;
    if (kind == SMS_VERIFIER_COUNT || r->has_verify)
        return fail(r, "verify is malformed",
                    "hmac-twilio, ed25519-telnyx, hmac-plivo, sig-vonage, token or basic with its keys, once");
    r->has_verify = true;
    r->p->verifier = (enum sms_verifier)kind;
    for (; i < SMS_SIGN_KEYS_MAX && *value; i++) {
        if (!take_template(r, next_word(r, &value), &r->p->keys[i]))
            return 0;
        if (!is_set_by_us(&r->p->keys[i]))
            return fail(r, "verify holds what a message brings", "secrets and settings");
    }
    return i == sms_verifier_keys(r->p->verifier) && !*value
               ? 1
               : fail(r, "verify has not its keys", "one or two, by kind");
}

/* 30005, 40004-40006, http429 or a word */
static bool read_code(struct reader *r, const char *text, struct provider_code *code)
{
    const size_t digits = strspn(text, "0123456789");
    struct err ignored;

    *code = (struct provider_code){ .is_http = !strncmp(text, "http", 4) && text[4] };
    if (code->is_http)
        return !text_to_int(text + 4, 100, 599, &code->from, &ignored) && (code->to = code->from, true);
    if (digits && !text[digits])
        return !text_to_int(text, 0, INT32_MAX, &code->from, &ignored) && (code->to = code->from, true);
    if (digits && text[digits] == '-')
        return !text_to_int(arena_strndup(r->mem, text, digits), 0, INT32_MAX, &code->from, &ignored) &&
               !text_to_int(text + digits + 1, code->from + 1, INT32_MAX, &code->to, &ignored);
    code->word = text;
    return *text && strspn(text, TOKEN_CHARS) == strlen(text);
}

static bool is_overlapping(const struct provider_code *a, const struct provider_code *b)
{
    if (a->word || b->word)
        return a->word && b->word && !strcmp(a->word, b->word);
    return a->is_http == b->is_http && a->from <= b->to && b->from <= a->to;
}

static int add_code(struct reader *r, struct provider_codes *codes, const char *text, int means)
{
    struct provider_code code;

    if (!read_code(r, text, &code))
        return fail(r, "a code is malformed", "30005, 40004-40006, http429 or a word");
    for (size_t i = 0; i < codes->count; i++)
        if (is_overlapping(&codes->list[i], &code))
            return fail(r, arena_printf(r->mem, "%s comes twice", text), "each code once");
    if (codes->count == PROVIDER_LIST_MAX)
        return fail(r, "there are too many codes", "at most 64");
    code.means = means;
    codes->list[codes->count++] = code;
    return 1;
}

/* "21610:OPTOUT 30005,30006:BAD_NUMBER" */
static int take_codes(struct reader *r, const char *value, struct provider_codes *codes, const char *const *meanings,
                      size_t count, const char *expected)
{
    while (*value) {
        char *const word = next_word(r, &value);
        char *const colon = strrchr(word, ':');
        const int means = colon ? find(meanings, count, colon + 1) : -1;
        const char *code = word;

        if (means <= 0)
            return fail(r, arena_printf(r->mem, "%s has no meaning", word), expected);
        *colon = '\0';
        for (const char *p = word; p; code = p) {
            const size_t n = strcspn(code, ",");

            p = code[n] ? code + n + 1 : NULL;
            if (!add_code(r, codes, arena_strndup(r->mem, code, n), means))
                return 0;
        }
    }
    return 1;
}

/* A path is steps with dots; # at its end counts, [] goes through a list. */
static bool is_path(const char *text)
{
    return strspn(text, TOKEN_CHARS ".#[]") == strlen(text);
}

static bool is_rule(enum provider_rule rule, const char *value)
{
    switch (rule) {
    case PROVIDER_RULE_OK:
    case PROVIDER_RULE_CHECK_OK:
    case PROVIDER_RULE_REPLY:
        return strspn(value, "0123456789") == 3;
    case PROVIDER_RULE_MO_WHEN:
    case PROVIDER_RULE_DLR_WHEN:
        return strspn(value, TOKEN_CHARS ".#[]=| ") == strlen(value);
    case PROVIDER_RULE_AUTOREPLY:
        return strspn(value, TOKEN_CHARS ", ") == strlen(value);
    default:
        return is_path(value);
    }
}

static int take_map(struct reader *r, const char *value, enum provider_event event)
{
    while (*value) {
        char *const word = next_word(r, &value);
        char *const is = strchr(word, '=');
        size_t *const count = &r->p->path_count[event];

        if (!is || !is[1] || !is_path(is + 1))
            return fail(r, arena_printf(r->mem, "%s is no pair", word), "field=path");
        *is = '\0';
        if (find(map_fields, COUNT_OF(map_fields), word) < 0)
            return fail(r, arena_printf(r->mem, "%s is no field", word),
                        "id, from, to, text, media, ref, state, err, cost, concat, part, parts, keyword or charset");
        if (*provider_event_path(r->p, event, word))
            return fail(r, arena_printf(r->mem, "%s comes twice", word), "each field once");
        r->p->paths[event][(*count)++] = (struct provider_path){ word, is + 1 };
    }
    return 1;
}

static int take_choice(struct reader *r, const char *value, const char *const *list, size_t count, int *ret,
                       const char *expected)
{
    *ret = find(list, count, value);
    return *ret >= 0 ? 1 : fail(r, arena_printf(r->mem, "%s is not known", value), expected);
}

static int take_rule(struct reader *r, const char *name, const char *value)
{
    const int rule = find(rule_names, COUNT_OF(rule_names), name);

    if (rule < 0)
        return fail(r, arena_printf(r->mem, "%s is no key", name), "a key as in docs/text-providers.md");
    if (*r->p->rules[rule])
        return fail(r, arena_printf(r->mem, "%s comes twice", name), "one");
    if (!is_rule((enum provider_rule)rule, value))
        return fail(r, arena_printf(r->mem, "%s is malformed", name), "its form in docs/text-providers.md");
    r->p->rules[rule] = arena_strdup(r->mem, value);
    return 1;
}

static int take_key(struct reader *r, const char *name, const char *value)
{
    static const char *const splitters[] = { "self-udh", "provider" };
    struct provider *const p = r->p;
    int choice = 0;

    if (!strcmp(name, "send"))
        return take_send(r, value);
    if (!strcmp(name, "check"))
        return take_check(r, value);
    if (!strcmp(name, "auth"))
        return take_auth(r, value);
    if (!strcmp(name, "header"))
        return take_header(r, value);
    if (!strcmp(name, "field"))
        return take_field(r, value);
    if (!strcmp(name, "verify"))
        return take_verify(r, value);
    if (!strcmp(name, "state"))
        return take_codes(r, value, &p->states, state_names, COUNT_OF(state_names),
                          "word:ACCEPTED, SENT, DELIVERED, FAILED or EXPIRED");
    if (!strcmp(name, "class") || !strcmp(name, "dlr.class"))
        return take_codes(r, value, *name == 'c' ? &p->classes : &p->receipt_classes, class_names,
                          COUNT_OF(class_names), "code:OPTOUT, BAD_NUMBER, TEMP, FILTERED, THROTTLE or SETUP");
    if (!strcmp(name, "mo.map") || !strcmp(name, "dlr.map"))
        return take_map(r, value, *name == 'm' ? PROVIDER_EVENT_MO : PROVIDER_EVENT_DLR);
    if (!strcmp(name, "number")) {
        const int ok = take_choice(r, value, number_names, COUNT_OF(number_names), &choice, "e164, digits or national");

        p->number = choice < 0 ? NUMBER_E164 : (enum provider_number)choice;
        return ok;
    }
    if (!strcmp(name, "split")) {
        const int ok = take_choice(r, value, splitters, COUNT_OF(splitters), &choice, "provider or self-udh");

        p->splits = choice == 1;
        return ok;
    }
    return take_rule(r, name, value);
}

static int on_value(void *ctx, const char *section, const char *name, const char *value)
{
    struct reader *const r = ctx;

    if (r->has_failed)
        return 0;
    if (!*section || strspn(section, TOKEN_CHARS) != strlen(section))
        return fail(r, "there is no proper [NAME] above", "[NAME] with letters, digits, - and _");
    if (!r->p->name)
        r->p->name = arena_strdup(r->mem, section);
    if (strcmp(r->p->name, section))
        return fail(r, "there is a second [NAME]", "one provider in a file");
    return *value ? take_key(r, name, value) : fail(r, arena_printf(r->mem, "%s is empty", name), "a value");
}

static bool has_piece(const struct provider *p, enum provider_piece_kind kind)
{
    for (size_t i = 0; i < p->field_count; i++)
        for (size_t k = 0; k < p->fields[i].value.count; k++)
            if (p->fields[i].value.pieces[k].kind == kind)
                return true;
    return false;
}

/* What only shows when all was read. */
static void check_whole(struct reader *r)
{
    const struct provider *const p = r->p;

    if (r->has_failed)
        return;
    if (!p->name || !r->has_send)
        fail(r, "send is missing", "[NAME], and send = METHOD URL CONTENT");
    else if (!r->has_verify && !p->is_phones)
        fail(r, "verify is missing", "verify = KIND KEYS: what calls the hook must be proved");
    else if (!has_piece(p, PIECE_TO) || !has_piece(p, PIECE_BODY))
        fail(r, "the fields lack {to} or {text}", "both");
    else if (has_piece(p, PIECE_UDH) && (p->content == CONTENT_JSON || p->splits))
        fail(r, "{udh} does not go with JSON or split = provider", "form or query, and split = self-udh");
    else if (!p->splits && !has_piece(p, PIECE_UDH))
        fail(r, "split = self-udh needs {udh}", "a field with {udh}");
}

static void close_file(FILE **file)
{
    if (*file)
        fclose(*file);
}

enum rc provider_load(const char *path, struct arena *mem, const struct provider **ret_provider, struct err *err)
{
    CLEANUP(close_file) FILE *file = fopen(path, "re");
    struct provider *const p = ARENA_NEW(mem, struct provider);
    struct reader r = { .file = file, .path = path, .p = p, .mem = mem, .err = err };
    int bad;

    if (!file)
        return errno == ENOENT ? err_set(err, RC_NOT_FOUND, "there is no %s", path)
                               : err_errno(err, RC_TEMP, "open %s", path);
    p->splits = true;
    for (size_t i = 0; i < PROVIDER_RULE_COUNT; i++)
        p->rules[i] = "";
    bad = ini_parse_stream(read_line, &r, on_value, &r);
    if (r.is_too_long)
        fail(&r, "the line or the file is too long", "at most 190 bytes, and 400 lines");
    if (bad && !r.has_failed) {
        r.line = bad > 0 ? bad : r.line;
        fail(&r, "this is no setting", "[NAME] or name = value");
    }
    check_whole(&r);
    if (r.has_failed)
        return RC_INPUT;
    if (!*p->rules[PROVIDER_RULE_OK])
        p->rules[PROVIDER_RULE_OK] = "200-299";
    *ret_provider = p;
    return RC_OK;
}

const char *provider_class_name(enum provider_class class)
{
    return class_names[class];
}
