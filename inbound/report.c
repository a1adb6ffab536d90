#include "inbound/report.h"

#include "base/text.h"

#include <ctype.h>

/* One block of fields of a message/delivery-status part. */
struct block {
    const char *final, *original, *action, *status, *diagnostic;
};

static const char *skip_type(const char *value)
{
    const char *semicolon = strchr(value, ';');

    if (semicolon)
        value = semicolon + 1;
    while (*value == ' ' || *value == '\t' || *value == '<')
        value++;
    return value;
}

static const char *clean_address(struct arena *mem, const char *value)
{
    const char *s = skip_type(value);
    size_t n = strcspn(s, "> \t,;");
    struct err err;
    char *address;

    if (n && s[n - 1] == '.')
        n--;
    if (!memchr(s, '@', n) || text_address_in(arena_strndup(mem, s, n), mem, &address, &err))
        return "";
    return address;
}

/* The value of the field at line when its name is name, unfolded over the following lines; NULL otherwise. */
static const char *field_value(const char *line, size_t n, const char *rest, const char *name, struct arena *mem)
{
    const size_t k = strlen(name);
    const char *next;
    char *value;
    size_t m;

    if (n <= k || line[k] != ':' || !text_starts(line, name))
        return NULL;
    value = text_clean_line(mem, line + k + 1, n - k - 1);
    while ((*rest == ' ' || *rest == '\t') && text_next_line(&rest, &next, &m) && strlen(value) < LETTER_LINE_MAX_BYTES)
        value = arena_printf(mem, "%s %s", value, text_clean_line(mem, next, m));
    return value;
}

static void read_field(struct block *b, const char *line, size_t n, const char *rest, struct arena *mem)
{
    struct {
        const char *name, **to;
    } const fields[] = {
        { "final-recipient", &b->final }, { "original-recipient", &b->original }, { "action", &b->action },
        { "status", &b->status },         { "diagnostic-code", &b->diagnostic },
    };

    for (size_t i = 0; i < COUNT_OF(fields); i++) {
        const char *v = *fields[i].to ? NULL : field_value(line, n, rest, fields[i].name, mem);

        if (v)
            *fields[i].to = v;
    }
}

static enum letter_action read_action(const char *action, const char *status)
{
    size_t n = strcspn(action, " ;(\t");

    for (int i = 1; i < LETTER_ACTION_COUNT; i++) {
        const char *name = letter_action_name((enum letter_action)i);

        if (strlen(name) == n && text_starts(action, name))
            return (enum letter_action)i;
    }
    return *status == '2' ? LETTER_DELIVERED : *status == '4' ? LETTER_DELAYED : LETTER_FAILED;
}

static void add_block(struct letter *letter, struct letter_report *reports, struct block *b, struct arena *mem)
{
    const char *diagnostic = b->diagnostic ? b->diagnostic : "", *status;
    struct letter_report *r = &reports[letter->report_count];
    const bool is_recipient = b->final || b->original || b->action;

    if (!is_recipient || letter->report_count == LETTER_REPORTS_MAX) {
        *b = (struct block){ 0 };
        return;
    }
    status = b->status ? report_status_in(b->status, mem) : "";
    /* Many systems write 5.0.0 and put the real one into the diagnostic. */
    if (!*status || strcmp(status + 1, ".0.0") == 0) {
        const char *other = report_status_in(diagnostic, mem);

        status = *other && (!*status || *other == *status) ? other : status;
    }
    r->recipient = b->final ? clean_address(mem, b->final) : "";
    if (!*r->recipient && b->original)
        r->recipient = clean_address(mem, b->original);
    r->status = status;
    r->action = read_action(b->action ? b->action : "", status);
    r->why = report_class(r->action, status, report_words(diagnostic, mem));
    letter->report_count++;
    *b = (struct block){ 0 };
}

static void read_delivery_status(const char *text, struct arena *mem, struct letter *letter,
                                 struct letter_report *reports)
{
    struct block b = { 0 };
    const char *line;
    size_t n;

    while (text_next_line(&text, &line, &n)) {
        const bool is_next = b.final && b.action && field_value(line, n, "", "final-recipient", mem);

        if (n == 0 || is_next) /* some leave the blank line between two recipients out */
            add_block(letter, reports, &b, mem);
        if (n)
            read_field(&b, line, n, text, mem);
    }
    add_block(letter, reports, &b, mem);
}

static bool is_from_mail_system(const struct letter *l)
{
    static const char *const names[] = { "mailer-daemon@", "postmaster@",       "mail-daemon@",  "maildaemon@",
                                         "mailerdaemon@",  "mail.daemon@",      "mdaemon@",      "bounce@",
                                         "bounces@",       "microsoftexchange", "mailsubsystem@" };

    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (text_starts(l->from, names[i]))
            return true;
    return text_starts(l->from_name, "mail delivery s") || text_starts(l->from_name, "mailer-daemon") ||
           text_starts(l->from_name, "mail delivery system");
}

/* Exim and Gmail name the failed recipients in a field of their own. */
struct failed {
    struct letter *letter;
    struct letter_report *reports;
    struct arena *mem;
    const char *status;
    enum letter_class why;
};

static void add_failed(void *ctx, const char *name, const char *address)
{
    struct failed *f = ctx;

    (void)name;
    if (f->letter->report_count < LETTER_REPORTS_MAX)
        f->reports[f->letter->report_count++] = (struct letter_report){
            .recipient = clean_address(f->mem, address), .action = LETTER_FAILED, .status = f->status, .why = f->why
        };
}

/* X-Failed-Recipients names them surely; the text says why. */
static void add_failed_field(const struct mime *mime, const char *body, struct arena *mem, struct letter *letter,
                             struct letter_report *reports)
{
    const char *failed = mime_raw(mime, "X-Failed-Recipients"), *status, *part;
    const size_t from = letter->report_count;
    struct failed f;

    if (!failed)
        return;
    part = report_text_part(body, mem);
    status = report_status_in(part, mem);
    f = (struct failed){ letter, reports, mem, status, report_class(LETTER_FAILED, status, report_words(part, mem)) };
    for (size_t i = 0; i < from; i++)
        if (strstr(failed, reports[i].recipient))
            return;
    letter->report_count = 0;
    mime_each_address(failed, mem, add_failed, &f);
    if (!letter->report_count)
        letter->report_count = from;
}

static bool read_people_report(const struct mime *mime, const char *body, struct arena *mem, struct letter *letter,
                               struct letter_report *reports)
{
    const bool names_failed = mime_raw(mime, "X-Failed-Recipients");
    const char *words, *subject;

    if (!names_failed && !letter->has_null_return_path && !is_from_mail_system(letter))
        return false;
    words = text_fold_plain(mem, arena_strndup(mem, body, strnlen(body, REPORT_TEXT_MAX_BYTES)));
    subject = text_fold_plain(mem, letter->subject);
    if (!names_failed && !report_text_says_undelivered(subject) && !report_text_says_undelivered(words) &&
        !report_text_says_delayed(subject) && !report_text_warns(words))
        return false;
    if (strstr(words, "\nfinal-recipient:")) /* a report whose parts lost their types on the way */
        read_delivery_status(body, mem, letter, reports);
    if (!letter->report_count)
        letter->report_count = report_read_text(body, letter, mem, reports, LETTER_REPORTS_MAX);
    add_failed_field(mime, body, mem, letter, reports);
    if (!letter->report_count) {
        const char *part = report_text_part(body, mem), *status = report_status_in(part, mem);

        reports[letter->report_count++] = (struct letter_report){
            .recipient = "",
            .action = LETTER_FAILED,
            .status = status,
            .why = report_class(LETTER_FAILED, status, report_words(part, mem)),
        };
    }
    if (report_text_says_delayed(subject) || (report_text_warns(words) && !report_text_gave_up(words)))
        for (size_t i = 0; i < letter->report_count; i++)
            reports[i].action = LETTER_DELAYED;
    return true;
}

/* A status part that says only "5.0.0" stands beside a text for people that says more. */
static void ask_text(const char *body, struct arena *mem, struct letter *letter, struct letter_report *reports)
{
    const char *words = NULL;

    for (size_t i = 0; i < letter->report_count; i++) {
        struct letter_report *r = &reports[i];

        if (r->why != LETTER_CLASS_UNKNOWN || letter->report_count > 1)
            continue;
        if (!words)
            words = report_words(report_text_part(body, mem), mem);
        r->why = report_class(r->action, r->status, words);
    }
}

/* A person sends a bounce on: such a letter can be answered (it has a return path) and is no report by its own type. What stands in it is theirs. */
static bool is_from_person(const struct mime *mime, const struct letter *l)
{
    return *l->return_path && !l->has_null_return_path && *l->from && !is_from_mail_system(l) &&
           !is_from_mail_system(&(struct letter){ .from = l->return_path, .from_name = "" }) &&
           !text_equals(mime->top_type, "multipart/report") && !text_starts(mime->top_type, "message/");
}

/* Complaints from before RFC 5965: the letter attached, its recipient in a field of Microsoft's, or a subject that names the server it came from. */
static bool is_bare_complaint(const struct mime *mime, const struct letter *letter)
{
    static const char *const starts[] = { "complaint about message from ", "email feedback report for ip " };

    if (!text_starts(letter->from, "staff@") && !text_starts(letter->from, "scomp@") && !is_from_mail_system(letter))
        return false; /* a person sends our letter on: what came through Hotmail may have that field too */
    for (size_t i = 0; i < mime->nested_field_count; i++)
        if (text_equals(mime->nested_fields[i].name, "X-HmXmrOriginalRecipient"))
            return true;
    for (size_t i = 0; mime->nested_field_count && i < COUNT_OF(starts); i++)
        if (text_starts(letter->subject, starts[i]) && isxdigit((unsigned char)letter->subject[strlen(starts[i])]) &&
            strpbrk(letter->subject, ".:"))
            return true;
    return false;
}

bool report_read(const struct mime *mime, const char *body, struct arena *mem, struct letter *letter)
{
    struct letter_report *reports;
    bool is_status = false,
         is_complaint = text_equals(mime->report_type, "feedback-report") || is_bare_complaint(mime, letter);

    if (!is_complaint && is_from_person(mime, letter))
        return false;
    reports = ARENA_ARRAY(mem, LETTER_REPORTS_MAX + 1, struct letter_report);
    for (size_t i = 0; i < mime->part_count; i++) {
        const struct mime_part *p = &mime->parts[i];

        if (p->is_in_message || !p->bytes)
            continue;
        is_complaint |= text_equals(p->type, "message/feedback-report");
        if (!text_equals(p->type, "message/delivery-status") && !text_equals(p->type, "message/global-delivery-status"))
            continue;
        is_status = true;
        read_delivery_status(text_clean(mem, p->bytes, p->n), mem, letter, reports);
    }
    is_status |= text_equals(mime->report_type, "delivery-status");
    if (is_status && !letter->report_count && !is_complaint)
        letter->report_count = report_read_text(body, letter, mem, reports, LETTER_REPORTS_MAX);
    if (is_status)
        ask_text(body, mem, letter, reports);
    if (!is_status && !is_complaint && !read_people_report(mime, body, mem, letter, reports))
        return false;
    letter->kind = is_complaint ? LETTER_COMPLAINT : LETTER_REPORT;
    letter->reports = reports;
    report_read_returned(mime, body, mem, letter);
    return true;
}
