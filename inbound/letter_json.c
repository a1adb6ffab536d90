#include "inbound/letter.h"

#include "base/text.h"

static void set_strings(struct json *o, const char *key, const char *const *s, size_t n)
{
    struct json *array = json_array_new();

    for (size_t i = 0; i < n; i++)
        json_push_str(array, s[i]);
    json_set(o, key, &array);
}

static void set_recipients(struct json *o, const struct letter *l)
{
    struct json *array = json_array_new();

    for (size_t i = 0; i < l->recipient_count; i++) {
        struct json *r = json_object_new();

        json_set_str(r, "field", letter_field_name(l->recipients[i].field));
        json_set_str(r, "address", l->recipients[i].address);
        json_push(array, &r);
    }
    json_set(o, "recipients", &array);
}

static void set_segments(struct json *o, const struct letter *l)
{
    struct json *array = json_array_new();

    for (size_t i = 0; i < l->segment_count; i++) {
        struct json *s = json_object_new();

        json_set_str(s, "text", l->segments[i].text);
        json_set_str(s, "quoted", l->segments[i].quoted);
        json_push(array, &s);
    }
    json_set(o, "segments", &array);
}

static void set_reports(struct json *o, const struct letter *l)
{
    struct json *array = json_array_new();

    for (size_t i = 0; i < l->report_count; i++) {
        struct json *r = json_object_new();

        json_set_str(r, "recipient", l->reports[i].recipient);
        json_set_str(r, "action", letter_action_name(l->reports[i].action));
        json_set_str(r, "status", l->reports[i].status);
        json_set_str(r, "class", letter_class_name(l->reports[i].why));
        json_push(array, &r);
    }
    json_set(o, "report", &array);
}

static void set_calendar(struct json *o, const struct letter_calendar *c)
{
    struct json *j;

    if (!*c->method) {
        json_set_str(o, "calendar", NULL);
        return;
    }
    j = json_object_new();
    json_set_str(j, "method", c->method);
    json_set_str(j, "uid", c->uid);
    json_set_str(j, "attendee", c->attendee);
    json_set_str(j, "partstat", c->partstat);
    json_set_str(j, "comment", c->comment);
    json_set_int(j, "sequence", c->sequence);
    json_set_str(j, "stamp", c->stamp);
    json_set_str(j, "start", c->start);
    json_set_str(j, "zone", c->zone);
    json_set_bool(j, "mixed", c->is_mixed);
    json_set(o, "calendar", &j);
}

static void set_attachments(struct json *o, const struct letter *l)
{
    struct json *array = json_array_new();

    for (size_t i = 0; i < l->attachment_count; i++) {
        struct json *a = json_object_new();

        json_set_str(a, "type", l->attachments[i].type);
        json_set_int(a, "bytes", l->attachments[i].bytes);
        json_set_int(a, "part", l->attachments[i].part);
        json_push(array, &a);
    }
    json_set(o, "attachments", &array);
}

struct json *letter_to_json(const struct letter *l)
{
    struct json *o = json_object_new(), *auth = json_object_new();

    json_set_str(o, "kind", letter_kind_name(l->kind));
    json_set_str(o, "from", l->from);
    json_set_str(o, "from_name", l->from_name);
    set_recipients(o, l);
    json_set_str(o, "return_path", l->return_path);
    json_set_bool(o, "null_return_path", l->has_null_return_path);
    json_set_str(o, "subject", l->subject);
    json_set_str(o, "message_id", l->message_id);
    json_set_str(o, "in_reply_to", l->in_reply_to);
    set_strings(o, "references", l->references, l->reference_count);
    json_set_int(o, "date_ms", l->date_ms);
    json_set_str(o, "body", l->body);
    json_set_str(o, "text", l->text);
    set_segments(o, l);
    json_set_str(o, "trimmed", l->trimmed);
    json_set_str(o, "command", NULL);
    set_reports(o, l);
    set_calendar(o, &l->calendar);
    json_set_str(o, "robot", *l->robot ? l->robot : NULL);
    set_attachments(o, l);
    if (*l->file_names)
        json_set_str(o, "file_names", l->file_names);
    json_set_bool(o, "forwarded", l->is_forwarded);
    json_set_str(auth, "verdict", letter_auth_name(l->auth));
    json_set_str(auth, "domain", l->auth_domain);
    json_set(o, "auth", &auth);
    json_set_str(o, "list_id", l->list_id);
    json_set_str(o, "precedence", l->precedence);
    set_strings(o, "warnings", l->warnings, l->warning_count);
    return o;
}

/* The reader keeps the first fault and goes on with harmless values, so that the calls below need no checks of their own. */
struct reader {
    struct arena *mem;
    struct err *err;
    enum rc rc;
};

static void fault(struct reader *r, const char *key)
{
    if (!r->rc)
        r->rc = err_set(r->err, RC_CORRUPT, "letter: bad member %s", key);
}

/* A string of at most max bytes that is already clean; a missing member or null is "". */
static const char *get_clean(struct reader *r, const struct json *v, const char *key, size_t max)
{
    const char *s, *clean;

    if (!v)
        return "";
    s = json_text(v);
    if (!s || strlen(s) > max) {
        fault(r, key);
        return "";
    }
    clean = text_clean(r->mem, s, strlen(s));
    if (strcmp(clean, s) != 0)
        fault(r, key);
    return clean;
}

static const char *get_str(struct reader *r, const struct json *o, const char *key, size_t max)
{
    return get_clean(r, json_get(o, key), key, max);
}

static const char *get_line(struct reader *r, const struct json *o, const char *key, size_t max)
{
    const char *s = get_str(r, o, key, max);

    if (strchr(s, '\n'))
        fault(r, key);
    return s;
}

/* The number of the name among count names from 1 on; fault when it is none. */
static int get_enum(struct reader *r, const struct json *o, const char *key, int count, const char *(*name)(int))
{
    const char *s = get_line(r, o, key, 64);

    for (int i = 1; i < count; i++)
        if (strcmp(s, name(i)) == 0)
            return i;
    fault(r, key);
    return 1;
}

static const char *kind_at(int i)
{
    return letter_kind_name((enum letter_kind)i);
}
static const char *auth_at(int i)
{
    return letter_auth_name((enum letter_auth)i);
}
static const char *action_at(int i)
{
    return letter_action_name((enum letter_action)i);
}
static const char *class_at(int i)
{
    return letter_class_name((enum letter_class)i);
}
static const char *field_at(int i)
{
    return letter_field_name((enum letter_field)i);
}

static size_t get_array(struct reader *r, const struct json *o, const char *key, size_t max, struct json **ret_array)
{
    *ret_array = json_get(o, key);
    if (!*ret_array)
        return 0;
    if (!json_holds_array(*ret_array) || json_count(*ret_array) > max) {
        fault(r, key);
        return 0;
    }
    return json_count(*ret_array);
}

static const char *const *get_strings(struct reader *r, const struct json *o, const char *key, size_t max,
                                      size_t *ret_count)
{
    struct json *a;
    const size_t n = get_array(r, o, key, max, &a);
    const char **s = ARENA_ARRAY(r->mem, n, const char *);

    for (size_t i = 0; i < n; i++)
        s[i] = get_clean(r, json_at(a, i), key, LETTER_ID_MAX_BYTES);
    *ret_count = n;
    return s;
}

static void get_recipients(struct reader *r, const struct json *o, struct letter *l)
{
    struct json *a;
    const size_t n = get_array(r, o, "recipients", LETTER_RECIPIENTS_MAX, &a);
    struct letter_recipient *to = ARENA_ARRAY(r->mem, n, struct letter_recipient);

    for (size_t i = 0; i < n; i++) {
        to[i].field = (enum letter_field)get_enum(r, json_at(a, i), "field", LETTER_FIELD_COUNT, field_at);
        to[i].address = get_line(r, json_at(a, i), "address", LETTER_ID_MAX_BYTES);
    }
    l->recipients = to;
    l->recipient_count = n;
}

static void get_segments(struct reader *r, const struct json *o, struct letter *l)
{
    struct json *a;
    const size_t n = get_array(r, o, "segments", LETTER_SEGMENTS_MAX, &a);
    struct letter_segment *s = ARENA_ARRAY(r->mem, n, struct letter_segment);

    for (size_t i = 0; i < n; i++) {
        s[i].text = get_str(r, json_at(a, i), "text", LETTER_TEXT_MAX_BYTES);
        s[i].quoted = get_str(r, json_at(a, i), "quoted", LETTER_TEXT_MAX_BYTES);
    }
    l->segments = s;
    l->segment_count = n;
}

static void get_reports(struct reader *r, const struct json *o, struct letter *l)
{
    struct json *a;
    const size_t n = get_array(r, o, "report", LETTER_REPORTS_MAX, &a);
    struct letter_report *rep = ARENA_ARRAY(r->mem, n, struct letter_report);

    for (size_t i = 0; i < n; i++) {
        const struct json *j = json_at(a, i);

        rep[i].recipient = get_line(r, j, "recipient", LETTER_ID_MAX_BYTES);
        rep[i].action = (enum letter_action)get_enum(r, j, "action", LETTER_ACTION_COUNT, action_at);
        rep[i].status = get_line(r, j, "status", 16);
        rep[i].why = (enum letter_class)get_enum(r, j, "class", LETTER_CLASS_COUNT, class_at);
    }
    l->reports = rep;
    l->report_count = n;
}

static void get_calendar(struct reader *r, const struct json *o, struct letter_calendar *c)
{
    const struct json *j = json_get(o, "calendar");

    c->method = c->uid = c->attendee = c->partstat = c->comment = c->stamp = c->start = c->zone = "";
    c->sequence = -1;
    if (!j)
        return;
    if (!json_holds_object(j)) {
        fault(r, "calendar");
        return;
    }
    c->method = get_line(r, j, "method", 64);
    c->uid = get_line(r, j, "uid", LETTER_LINE_MAX_BYTES);
    c->attendee = get_line(r, j, "attendee", LETTER_ID_MAX_BYTES);
    c->partstat = get_line(r, j, "partstat", 64);
    c->comment = get_str(r, j, "comment", LETTER_LINE_MAX_BYTES);
    c->sequence = json_get_int(j, "sequence", -1);
    c->stamp = get_line(r, j, "stamp", 64);
    c->start = get_line(r, j, "start", 64);
    c->zone = get_line(r, j, "zone", 64);
    c->is_mixed = json_get_bool(j, "mixed", false);
}

static void get_attachments(struct reader *r, const struct json *o, struct letter *l)
{
    struct json *a;
    const size_t n = get_array(r, o, "attachments", LETTER_PARTS_MAX, &a);
    struct letter_attachment *at = ARENA_ARRAY(r->mem, n, struct letter_attachment);

    for (size_t i = 0; i < n; i++) {
        const int64_t part = json_get_int(json_at(a, i), "part", -1);

        at[i].type = get_line(r, json_at(a, i), "type", 256);
        at[i].bytes = json_get_int(json_at(a, i), "bytes", -1);
        if (at[i].bytes < 0 || at[i].bytes > (int64_t)LETTER_MAX_BYTES || part < 0 || part > LETTER_PARTS_MAX)
            fault(r, "attachments");
        at[i].part = (int)part;
    }
    l->attachments = at;
    l->attachment_count = n;
}

static void read_letter(struct reader *r, const struct json *o, struct letter *l)
{
    const struct json *auth = json_get(o, "auth");

    l->kind = (enum letter_kind)get_enum(r, o, "kind", LETTER_KIND_COUNT, kind_at);
    l->from = get_line(r, o, "from", LETTER_ID_MAX_BYTES);
    l->from_name = get_line(r, o, "from_name", LETTER_LINE_MAX_BYTES);
    get_recipients(r, o, l);
    l->return_path = get_line(r, o, "return_path", LETTER_ID_MAX_BYTES);
    l->has_null_return_path = json_get_bool(o, "null_return_path", false);
    l->subject = get_line(r, o, "subject", LETTER_LINE_MAX_BYTES);
    l->message_id = get_line(r, o, "message_id", LETTER_ID_MAX_BYTES);
    l->in_reply_to = get_line(r, o, "in_reply_to", LETTER_ID_MAX_BYTES);
    l->references = get_strings(r, o, "references", LETTER_REFERENCES_MAX, &l->reference_count);
    l->date_ms = json_get_int(o, "date_ms", 0);
    l->body = get_str(r, o, "body", LETTER_TEXT_MAX_BYTES);
    l->text = get_str(r, o, "text", LETTER_TEXT_MAX_BYTES);
    get_segments(r, o, l);
    l->trimmed = get_str(r, o, "trimmed", LETTER_TEXT_MAX_BYTES);
    get_reports(r, o, l);
    get_calendar(r, o, &l->calendar);
    l->robot = get_line(r, o, "robot", 64);
    get_attachments(r, o, l);
    l->file_names = get_str(r, o, "file_names", LETTER_LINE_MAX_BYTES);
    l->is_forwarded = json_get_bool(o, "forwarded", false);
    if (!auth || !json_holds_object(auth)) {
        fault(r, "auth");
        return;
    }
    l->auth = (enum letter_auth)get_enum(r, auth, "verdict", LETTER_AUTH_COUNT, auth_at);
    l->auth_domain = get_line(r, auth, "domain", LETTER_ID_MAX_BYTES);
    l->list_id = get_line(r, o, "list_id", LETTER_ID_MAX_BYTES);
    l->precedence = get_line(r, o, "precedence", 64);
    l->warnings = get_strings(r, o, "warnings", LETTER_WARNINGS_MAX, &l->warning_count);
}

enum rc letter_from_json(const char *json, size_t n, struct arena *mem, struct letter *ret_letter, struct err *err)
{
    CLEANUP(json_free) struct json *root = NULL;
    struct reader r = { .mem = mem, .err = err };
    struct letter l;

    if (n > LETTER_JSON_MAX_BYTES)
        return err_set(err, RC_CORRUPT, "letter: over %zu bytes", LETTER_JSON_MAX_BYTES);
    if (json_parse(json, n, &root, err))
        return err_set(err, RC_CORRUPT, "letter: not JSON");
    if (!json_holds_object(root))
        return err_set(err, RC_CORRUPT, "letter: not an object");
    letter_init(&l);
    read_letter(&r, root, &l);
    if (r.rc)
        return r.rc;
    *ret_letter = l;
    return RC_OK;
}
