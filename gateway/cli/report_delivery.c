/* postcircle report delivery: who got exactly what, when, in which version. The answer when something went to the wrong people. */
#include "gateway/cli/report_delivery_text.h"
#include "gateway/cli/report_story.h"
#include "gateway/cli/sheet.h"

#include "base/text.h"
#include "gateway/send/outbox.h"
#include "store/accounting.h"
#include "store/issue.h"
#include "store/post.h"

#define HASH_CHARS (2 * CRYPT_HASH_BYTES)

struct report {
    struct cli *cli;
    struct sheet *sheet;
    int64_t sent, failed, unsent;
};

static const char *const columns[] = { "delivery", "sent",         "state",  "kind",        "version",
                                       "name",     "address",      "answer", "group",       "issue",
                                       "mailing",  "post_version", "said",   "copy_sha256", "message_id" };
static const struct sheet_form form = { columns, COUNT_OF(columns), 8 };

static const char *hash_text(struct cli *cli, const struct delivery *d)
{
    char text[HASH_CHARS + 1];

    if (!d->copy_ms)
        return "";
    for (size_t i = 0; i < CRYPT_HASH_BYTES; i++)
        snprintf(text + 2 * i, 3, "%02x", d->copy_hash[i]);
    return arena_strdup(cli->mem, text);
}

static const char *answer_text(struct cli *cli, const struct delivery *d)
{
    if (!d->code)
        return "";
    return arena_printf(cli->mem, "%" PRId64 "%s%s", d->code, d->status_code ? " " : "",
                        d->status_code ? d->status_code : "");
}

/* Which version of the post it held. */
static const char *held_text(struct cli *cli, const struct accounting_row *row)
{
    if (!row->post_version)
        return "";
    return arena_printf(cli->mem, "%" PRId64 "%s", row->post_version, row->is_whole ? "" : " (excerpt)");
}

static enum rc take_row(void *ctx, const struct accounting_row *row, struct err *err)
{
    struct report *r = ctx;
    struct cli *const cli = r->cli;
    const struct delivery *const d = &row->delivery;
    const char *const cells[] = {
        sheet_number(cli, d->id.v),
        sheet_time(cli, d->sent_ms),
        delivery_state_name(d->state),
        row->kind ? mailing_template_name(row->kind) : "",
        sheet_number(cli, row->issue_version),
        row->name,
        row->address,
        answer_text(cli, d),
        row->slug,
        sheet_number(cli, row->issue_number),
        sheet_number(cli, d->mailing.v),
        held_text(cli, row),
        row->remote,
        hash_text(cli, d),
        message_id_text(d->message_key, cli->gate->facts.domain, cli->mem),
    };

    (void)err;
    _Static_assert(COUNT_OF(cells) == COUNT_OF(columns), "a cell for each column");
    sheet_row(r->sheet, cells);
    r->sent += d->state == DELIVERY_SENT;
    r->failed += d->state == DELIVERY_FAILED || d->state == DELIVERY_NO_TLS;
    r->unsent += d->state != DELIVERY_SENT && d->state != DELIVERY_FAILED && d->state != DELIVERY_NO_TLS &&
                 d->state != DELIVERY_CANCELLED;
    return RC_OK;
}

/* ---- what is asked about ---- */

struct words {
    const char *delivery, *mailing, *issue, *post, *person, *group, *from, *until, *csv;
    bool is_show;
};

static enum rc read_number(const char *name, const char *text, int64_t *ret, struct err *err)
{
    if (text && text_to_int(text, 1, INT64_MAX, ret, err))
        return err_set(err, RC_INPUT, "--%s takes a number", name);
    return RC_OK;
}

static enum rc read_filter(struct cli *cli, const struct words *w, struct accounting_filter *f, struct err *err)
{
    struct care_group group;
    struct person person;
    struct sheet_span span;

    if (read_number("delivery", w->delivery, &f->delivery.v, err) ||
        read_number("mailing", w->mailing, &f->mailing.v, err) || read_number("issue", w->issue, &f->issue.v, err) ||
        read_number("post", w->post, &f->post.v, err) || sheet_read_span(cli, w->from, w->until, &span, err))
        return err->rc;
    f->from_ms = span.from_ms;
    f->until_ms = span.until_ms;
    if (w->person) {
        if (cli_find_person(cli, w->person, PERSON_PATIENT, &person, err) &&
            cli_find_person(cli, w->person, PERSON_STAFF, &person, err))
            return err->rc;
        f->person = person.id;
    }
    if (w->group) {
        if (cli_find_group(cli, w->group, &group, err))
            return err->rc;
        f->group = group.id;
    }
    return RC_OK;
}

/* A number that names nothing is a mistake, and no empty answer. */
static enum rc find_subject(struct cli *cli, const struct accounting_filter *f, struct err *err)
{
    struct store *const st = &cli->gate->store;
    struct delivery d;
    struct issue issue;
    struct post post;

    if (f->delivery.v)
        return delivery_get(st, f->delivery, cli->mem, &d, err);
    if (f->issue.v)
        return issue_get(st, f->issue, &issue, err);
    return f->post.v ? post_get(st, f->post, cli->mem, &post, err) : RC_OK;
}

static enum rc check_subject(struct cli *cli, const struct accounting_filter *f, struct err *err)
{
    const enum rc rc = find_subject(cli, f, err);

    if (rc != RC_NOT_FOUND)
        return rc;
    return err_set(err, RC_NOT_FOUND, "there is no such %s",
                   f->delivery.v ? "delivery"
                   : f->issue.v  ? "issue"
                                 : "post");
}

static enum rc note(struct cli *cli, const struct accounting_filter *f, size_t rows, struct err *err)
{
    const char *const what = arena_printf(cli->mem, "deliveries: %zu rows", rows);

    if (f->delivery.v)
        return sheet_note_read(cli, AUDIT_ITEM_DELIVERY, f->delivery.v, what, err);
    if (f->issue.v)
        return sheet_note_read(cli, AUDIT_ITEM_ISSUE, f->issue.v, what, err);
    if (f->post.v)
        return sheet_note_read(cli, AUDIT_ITEM_POST, f->post.v, what, err);
    if (f->person.v)
        return sheet_note_read(cli, AUDIT_ITEM_PERSON, f->person.v, what, err);
    if (f->group.v)
        return sheet_note_read(cli, AUDIT_ITEM_GROUP, f->group.v, what, err);
    return sheet_note_read(cli, AUDIT_ITEM_PRACTICE, cli->gate->store.practice.v, what, err);
}

/* ---- the copy itself ---- */

static enum rc show_copy(struct cli *cli, const struct accounting_filter *f, struct json *root, struct err *err)
{
    CLEANUP(outbox_free) struct outbox *outbox = outbox_new(cli->gate);
    CLEANUP(wire_free) struct wire *wire = wire_new();
    struct delivery d;
    bool is_same = false;
    size_t n;
    enum rc rc = delivery_get(&cli->gate->store, f->delivery, cli->mem, &d, err);

    if (!rc)
        rc = outbox_refill(outbox, &d, wire, &is_same, err);
    if (rc)
        return rc;
    json_set_bool(root, "is_exact", is_same);
    json_set_str(root, "copy", wire_bytes(wire, &n));
    cli_say(cli, "\n%s\n\n%s",
            is_same ? "The copy, exactly as it left (its hash is the one above):"
                    : "The copy, made again. Not the same to the byte: a name, an address or a key "
                      "was changed since it left.",
            wire_bytes(wire, &n));
    return RC_OK;
}

/* ---- the command ---- */

static enum rc print_report(struct cli *cli, const struct words *w, struct err *err)
{
    CLEANUP(json_free) struct json *root = json_object_new();
    CLEANUP(sheet_done) struct sheet sheet = { 0 };
    struct accounting_filter f = { .from_ms = 0 };
    struct report r = { .cli = cli, .sheet = &sheet };
    int64_t waiting = 0;
    size_t texts = 0;

    if (read_filter(cli, w, &f, err) || check_subject(cli, &f, err) || sheet_begin(&sheet, cli, &form, w->csv, err) ||
        accounting_walk(&cli->gate->store, &f, take_row, &r, err) || note(cli, &f, sheet.rows, err))
        return err->rc;
    if (sheet_end(&sheet, root, "deliveries", err) || report_delivery_text(cli, &f, w->csv, root, &texts, err) ||
        (f.post.v && accounting_unsent(&cli->gate->store, f.post, &waiting, err)) ||
        (f.delivery.v && report_story(cli, f.delivery, root, err)) || (w->is_show && show_copy(cli, &f, root, err)))
        return err->rc;
    json_set_int(root, "rows", (int64_t)sheet.rows); /* of the letters */
    json_set_int(root, "sent", r.sent);
    json_set_int(root, "failed", r.failed);
    json_set_int(root, "not_sent", f.post.v ? waiting : r.unsent);
    cli_say(cli, "%zu letters: %" PRId64 " sent, %" PRId64 " refused, %" PRId64 " not sent yet. %zu texts.\n",
            sheet.rows, r.sent, r.failed, f.post.v ? waiting : r.unsent, texts);
    cli_put(cli, &root);
    return RC_OK;
}

int cli_report_delivery(struct cli *cli, int argc, char **argv)
{
    struct words w = { 0 };
    const struct cli_option options[] = {
        { .name = "post", .value = "NUMBER", .help = "who got this post, whole or as an excerpt", .to = &w.post },
        { .name = "issue", .value = "NUMBER", .help = "who got this edition of a digest", .to = &w.issue },
        { .name = "mailing", .value = "NUMBER", .help = "who got this rendering", .to = &w.mailing },
        { .name = "person", .value = "WHO", .help = "what this person got (address or number)", .to = &w.person },
        { .name = "group", .value = "GROUP", .help = "what this group got", .to = &w.group },
        { .name = "delivery", .value = "NUMBER", .help = "one copy, and what happened to it", .to = &w.delivery },
        { .name = "from", .value = "YYYY-MM-DD", .help = "sent on this day or later", .to = &w.from },
        { .name = "until", .value = "YYYY-MM-DD", .help = "sent on this day or earlier", .to = &w.until },
        { .name = "csv",
          .value = "FILE",
          .help = "the rows into a new file instead; texts into FILE-texts.csv",
          .to = &w.csv },
        { .name = "show", .help = "with --delivery: the very words that left", .flag = &w.is_show },
    };
    int code = cli_options(cli, "[options]", options, COUNT_OF(options), argc, argv, NULL, 0);
    const int named = !!w.post + !!w.issue + !!w.mailing + !!w.person + !!w.group + !!w.delivery;
    struct err err;

    if (code != CLI_GO_ON)
        return code;
    if (named > 1)
        return cli_usage(cli, "one of --post, --issue, --mailing, --person, --group and --delivery at a time");
    if (!named && !w.from)
        return cli_usage(cli, "about what? --post, --issue, --mailing, --person, --group, --delivery, or --from a day");
    if (w.is_show && !w.delivery)
        return cli_usage(cli, "--show needs --delivery: the list without it tells the numbers");
    code = cli_gate(cli);
    if (code != CLI_GO_ON)
        return code;
    return print_report(cli, &w, &err) ? cli_fail(cli, &err) : EX_OK;
}
