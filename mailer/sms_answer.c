#include "mailer/sms_answer.h"

#include "mailer/provider_parts.h"
#include "base/json.h"
#include "base/text.h"
#include "mailer/sms_form.h"

#include <stdlib.h>

/* ---- paths ---- */

/* One step into a value; NULL: there is no such thing. *ret_count is set for "#". */
static const struct json *step_into(const struct json *at, const char *step, int64_t *ret_count)
{
    struct err ignored;
    int64_t i;

    if (!strcmp(step, "#")) {
        *ret_count = json_holds_array(at) ? (int64_t)json_count(at) : 0;
        return NULL;
    }
    if (!json_holds_array(at))
        return json_get(at, step);
    if (text_to_int(step, 0, 1000, &i, &ignored) || (size_t)i >= json_count(at))
        return NULL;
    return json_at(at, (size_t)i);
}

/* The value at a path as text; "" when there is none. */
static const char *value_at(const struct json *root, const char *path, struct arena *mem)
{
    const struct json *at = root;
    int64_t count = -1;

    if (!*path || !strcmp(path, "root"))
        return "";
    while (at && *path) {
        const size_t n = strcspn(path, ".");

        at = step_into(at, arena_strndup(mem, path, n), &count);
        path += n + (path[n] == '.');
    }
    if (count >= 0)
        return arena_printf(mem, "%" PRId64, count);
    return at ? arena_strdup(mem, json_shown(at, mem)) : ""; /* the document does not live as long */
}

/* "PATH" or "PATH == A | B". */
static bool holds(const struct json *root, const char *rule, struct arena *mem)
{
    const char *const is = strstr(rule, " == ");
    const char *value;

    if (!is)
        return *rule && *value_at(root, rule, mem);
    value = value_at(root, arena_strndup(mem, rule, (size_t)(is - rule)), mem);
    for (const char *word = is + 4; *value && *word;) {
        const char *const bar = strstr(word, " | ");
        const size_t n = bar ? (size_t)(bar - word) : strlen(word);

        if (strlen(value) == n && !strncmp(value, word, n))
            return true;
        word += n + (bar ? 3 : 0);
    }
    return false;
}

/* ---- answers ---- */

static bool is_status(const char *rule, long status)
{
    char *end;
    long from = strtol(rule, &end, 10), to = from;

    if (*end == '-')
        to = strtol(end + 1, &end, 10);
    return status >= from && status <= to;
}

/* "0.0083", also "-0.00750" as Twilio writes what it takes. */
static int64_t micro_of(const char *text)
{
    int64_t v = 0, unit = 1000000;
    bool is_behind = false;

    if (*text == '-')
        text++;
    if (!*text)
        return -1;
    for (; *text; text++) {
        if (*text == '.' && !is_behind) {
            is_behind = true;
            continue;
        }
        if (*text < '0' || *text > '9' || v > INT64_C(1000000000000))
            return -1;
        if (is_behind && (unit /= 10) == 0)
            continue;
        v = is_behind ? v + (*text - '0') * unit : v * 10 + (*text - '0') * INT64_C(1000000);
    }
    return v;
}

/* Kannel answers "3: Queued for later delivery", "Not routable. Do not try again.": the number before a colon, or the first word. */
static const char *first_word(const char *body, size_t n, struct arena *mem)
{
    size_t k = 0;

    while (k < n && k < 8 && body[k] >= '0' && body[k] <= '9')
        k++;
    if (k)
        return k < n && body[k] == ':' ? arena_strndup(mem, body, k) : "";
    while (k < n && k < 16 && ((body[k] | 0x20) >= 'a' && (body[k] | 0x20) <= 'z'))
        k++;
    return k && k < n && body[k] == ' ' ? arena_strndup(mem, body, k) : "";
}

/* At a path; "LIST[].STEPS" is the sum over a list, and not known where one of them is not. */
static int64_t cost_at(const struct json *root, const char *path, struct arena *mem)
{
    const char *const each = strstr(path, "[].");
    const struct json *list;
    int64_t sum = 0;

    if (!each)
        return micro_of(value_at(root, path, mem));
    list = json_get(root, arena_strndup(mem, path, (size_t)(each - path)));
    for (size_t i = 0; json_holds_array(list) && i < json_count(list); i++) {
        const int64_t one = micro_of(value_at(json_at(list, i), each + 3, mem));

        if (one < 0)
            return -1;
        sum += one;
    }
    return json_holds_array(list) ? sum : -1;
}

void sms_answer_read(const struct provider *p, long status, const char *body, size_t n, struct arena *mem,
                     struct sms_answer *ret)
{
    CLEANUP(json_free) struct json *root = NULL;
    const char *const ok = provider_rule(p, PROVIDER_RULE_OK);
    const char *const more = strchr(ok, ' ');
    struct err ignored;
    int64_t parts;

    *ret = (struct sms_answer){ .id = "", .code = "", .cost_micro = -1, .is_accepted = is_status(ok, status) };
    if (json_parse(body, n, &root, &ignored)) {
        ret->code = first_word(body, n, mem);
        ret->is_accepted = ret->is_accepted && !more;
    } else {
        ret->is_accepted = ret->is_accepted && (!more || holds(root, more + 1, mem));
        ret->id = value_at(root, provider_rule(p, PROVIDER_RULE_ID), mem);
        ret->code = value_at(root, provider_rule(p, PROVIDER_RULE_ERR), mem);
        ret->cost_micro = cost_at(root, provider_rule(p, PROVIDER_RULE_COST), mem);
        if (!text_to_int(value_at(root, provider_rule(p, PROVIDER_RULE_PARTS), mem), 1, 255, &parts, &ignored))
            ret->parts = parts;
    }
    if (!ret->is_accepted)
        ret->class = provider_class_of(p, (int)status, ret->code);
}

bool sms_answer_knows_us(const struct provider *p, long status, const char *body, size_t n, struct arena *mem)
{
    CLEANUP(json_free) struct json *root = NULL;
    const char *const rule = provider_rule(p, PROVIDER_RULE_CHECK_OK);
    const char *const more = strchr(rule, ' ');
    struct err ignored;

    if (!is_status(*rule ? rule : "200-299", status))
        return false;
    return !more || (!json_parse(body, n, &root, &ignored) && holds(root, more + 1, mem));
}

/* ---- calls of the hook ---- */

/* Kannel hands a text in UCS-2 over as it came, unless it has mo-recode. */
static const char *value_of(const struct provider *p, const struct sms_form *form, const struct sms_pair *pair,
                            struct arena *mem)
{
    const char *const charset = provider_event_path(p, PROVIDER_EVENT_MO, "charset");
    const struct sms_span *const said = *charset ? sms_form_only(form, charset) : NULL;
    const char *text;

    if (!said || !text_equals(said->p, "UTF-16BE") ||
        strcmp(pair->name.p, provider_event_path(p, PROVIDER_EVENT_MO, "text")) != 0)
        return text_clean(mem, pair->value.p, pair->value.n);
    text = sms_span_from_utf16(&pair->value, mem);
    return text_clean(mem, text, strlen(text));
}

/* First one wins: a value that came twice is the caller's doing, and the signature covers both. */
static void add_form(const struct provider *p, struct json *object, const char *text, size_t n, struct arena *mem,
                     bool *has_overrun)
{
    struct sms_form form = sms_form_make(SMS_FORM_MAX);
    struct err ignored;

    if (sms_form_read(&form, text, n, mem, &ignored))
        *has_overrun = true;
    for (size_t i = 0; i < form.count; i++) {
        const struct sms_pair *const pair = &form.pairs[i];
        const char *const name = text_clean_line(mem, pair->name.p, pair->name.n);

        if (!json_find(object, name))
            json_set_str(object, name, value_of(p, &form, pair, mem));
    }
}

static const char *field(const struct provider *p, enum provider_event kind, const char *name, const struct json *event,
                         const struct json *query, struct arena *mem)
{
    const char *const path = provider_event_path(p, kind, name);
    const char *const value = value_at(event, path, mem);

    return *value || !*path ? value : value_at(query, path, mem);
}

/* Which part of a longer text it is: one of 2 to SMS_PARTS_MAX, else it counts as whole. */
static void read_part(const struct provider *p, const struct json *event, const struct json *query, struct arena *mem,
                      struct sms_event *ret)
{
    const char *const concat = field(p, ret->kind, "concat", event, query, mem);
    int64_t part, parts;
    struct err ignored;

    if (!*concat || strlen(concat) > SMS_CONCAT_MAX ||
        text_to_int(field(p, ret->kind, "parts", event, query, mem), 2, SMS_PARTS_MAX, &parts, &ignored) ||
        text_to_int(field(p, ret->kind, "part", event, query, mem), 1, parts, &part, &ignored))
        return;
    ret->concat = concat;
    ret->part = part;
    ret->parts = parts;
}

/* Providers that write digits alone give the whole number: ten of them are no US number without its 1. */
static const char *number_of(const struct provider *p, const char *said, struct arena *mem)
{
    const size_t n = strlen(said);

    if (p->number != NUMBER_DIGITS || n < 7 || n > 15 || strspn(said, "0123456789") != n || *said == '0')
        return said;
    return arena_printf(mem, "+%s", said);
}

static void read_event(const struct provider *p, enum provider_event kind, const struct json *event,
                       const struct json *query, struct arena *mem, struct sms_event *ret)
{
    const char *media;
    struct err ignored;

    *ret = (struct sms_event){ .kind = kind,
                               .id = field(p, kind, "id", event, query, mem),
                               .from = number_of(p, field(p, kind, "from", event, query, mem), mem),
                               .to = number_of(p, field(p, kind, "to", event, query, mem), mem),
                               .text = field(p, kind, "text", event, query, mem),
                               .ref = field(p, kind, "ref", event, query, mem),
                               .state = field(p, kind, "state", event, query, mem),
                               .err = field(p, kind, "err", event, query, mem),
                               .cost_micro = micro_of(field(p, kind, "cost", event, query, mem)) };
    if (!*ret->ref)
        ret->ref = value_at(query, "ref", mem); /* our own callback URL */
    media = field(p, kind, "media", event, query, mem);
    if (*media && text_to_int(media, 0, 100, &ret->media, &ignored))
        ret->media = 1;
    ret->keyword = field(p, kind, "keyword", event, query, mem);
    if (kind == PROVIDER_EVENT_MO)
        read_part(p, event, query, mem, ret);
}

/* Where events stand: root, a path, or [] for a list. */
static const struct json *event_at(const struct json *root, const char *where, size_t i, struct arena *mem)
{
    const struct json *at = root;
    int64_t ignored = 0;

    if (!strcmp(where, "[]"))
        return json_holds_array(root) && i < json_count(root) ? json_at(root, i) : NULL;
    if (i)
        return NULL;
    for (const char *path = where; at && *path && strcmp(where, "root");) {
        const size_t n = strcspn(path, ".");

        at = step_into(at, arena_strndup(mem, path, n), &ignored);
        path += n + (path[n] == '.');
    }
    return at;
}

enum rc sms_events_read(const struct provider *p, const struct sms_call *call, struct arena *mem,
                        struct sms_event **ret, size_t *ret_n, struct err *err)
{
    CLEANUP(json_free) struct json *root = NULL;
    CLEANUP(json_free) struct json *query = json_object_new();
    struct sms_event *const events = arena_array(mem, SMS_EVENTS_MAX, sizeof *events);
    const char *const where = provider_rule(p, PROVIDER_RULE_EVENTS);
    const bool is_json = call->body_len && (*call->body == '{' || *call->body == '[');
    bool has_overrun = false;
    size_t n = 0;

    add_form(p, query, call->query, strlen(call->query), mem, &has_overrun);
    if (is_json && json_parse(call->body, call->body_len, &root, err))
        return err_wrap(err, "call of the hook");
    if (!is_json) {
        root = json_object_new();
        add_form(p, root, call->body, call->body_len, mem, &has_overrun);
        if (!call->body_len)
            add_form(p, root, call->query, strlen(call->query), mem, &has_overrun);
    }
    if (has_overrun)
        return err_set(err, RC_LIMIT, "a call of the hook has too many parameters");
    for (size_t i = 0;; i++) {
        const struct json *const event = event_at(root, where, i, mem);

        if (!event)
            break;
        if (n == SMS_EVENTS_MAX)
            return err_set(err, RC_LIMIT, "a call of the hook has too many events");
        if (holds(event, provider_rule(p, PROVIDER_RULE_DLR_WHEN), mem))
            read_event(p, PROVIDER_EVENT_DLR, event, query, mem, &events[n++]);
        else if (holds(event, provider_rule(p, PROVIDER_RULE_MO_WHEN), mem))
            read_event(p, PROVIDER_EVENT_MO, event, query, mem, &events[n++]);
    }
    *ret = events;
    *ret_n = n;
    return RC_OK;
}

/* ---- polling ---- */

static bool is_inbound(const struct json *one)
{
    return text_starts(json_get_str(one, "direction", ""), "inbound");
}

enum rc sms_list_read(const char *body, size_t n, struct arena *mem, struct sms_event **ret, size_t *ret_n,
                      const char **ret_next, struct err *err)
{
    CLEANUP(json_free) struct json *root = NULL;
    const struct json *list;
    struct sms_event *events;
    size_t count, found = 0;

    if (json_parse(body, n, &root, err))
        return err_wrap(err, "list of texts");
    list = json_get(root, "messages");
    if (!json_holds_array(list))
        return err_set(err, RC_INPUT, "list of texts: no messages in it");
    count = json_count(list);
    events = arena_array(mem, count ? count : 1, sizeof *events);
    for (size_t i = 0; i < count; i++) {
        const struct json *const one = json_at(list, i);
        const char *const media = value_at(one, "num_media", mem);
        struct err ignored;
        struct sms_event *e;

        e = &events[found++];
        *e = (struct sms_event){ .kind = is_inbound(one) ? PROVIDER_EVENT_MO : PROVIDER_EVENT_DLR,
                                 .id = value_at(one, "sid", mem),
                                 .from = value_at(one, "from", mem),
                                 .to = value_at(one, "to", mem),
                                 .text = value_at(one, "body", mem),
                                 .ref = "",
                                 .state = value_at(one, "status", mem),
                                 .err = value_at(one, "error_code", mem),
                                 .cost_micro = micro_of(value_at(one, "price", mem)) };
        if (*media && text_to_int(media, 0, 100, &e->media, &ignored))
            e->media = 1;
    }
    *ret = events;
    *ret_n = found;
    *ret_next = value_at(root, "next_page_uri", mem);
    return RC_OK;
}
