#include "gateway/cli/report_number.h"

#include "gateway/cli/sheet.h"
#include "gateway/sms/text_person.h"
#include "gateway/text/text_confirmed.h"
#include "store/text_consent.h"
#include "store/text_in.h"
#include "store/text_out.h"

#define ROWS_MAX 100000

static const char *const columns[] = { "time",  "what",  "kind",   "state", "seconds", "person",  "way",
                                       "level", "parts", "handed", "done",  "code",    "wording", "words" };
static const struct sheet_form form = { columns, COUNT_OF(columns), 7 };

struct line {
    int64_t at_ms, id;
    const struct text_consent_entry *consent;
    const struct text_in *in;
    const struct text_out *out;
};

struct timeline {
    struct cli *cli;
    struct line *lines;
    size_t n;
};

static void add(struct timeline *t, struct line line)
{
    t->lines[t->n++] = line;
}

static int by_time(const void *a, const void *b)
{
    const struct line *const x = a, *const y = b;

    if (x->at_ms != y->at_ms)
        return x->at_ms < y->at_ms ? -1 : 1;
    return (x->id > y->id) - (x->id < y->id);
}

static enum rc read_all(struct timeline *t, struct address_id address, struct err *err)
{
    struct store *const st = &t->cli->gate->store;
    struct arena *const mem = t->cli->mem;
    struct text_consent_entry *log;
    struct text_in *in;
    struct text_out *out;
    size_t logged, came, left;

    if (text_consent_log(st, address, mem, &log, &logged, err) ||
        text_in_of_address(st, address, 0, ROWS_MAX, mem, &in, &came, err) ||
        text_out_of_address(st, address, ROWS_MAX, mem, &out, &left, err))
        return err->rc;
    t->lines = ARENA_ARRAY(mem, logged + came + left + 1, struct line);
    for (size_t i = 0; i < logged; i++)
        add(t, (struct line){ log[i].at_ms, log[i].id, .consent = &log[i] });
    for (size_t i = 0; i < came; i++)
        add(t, (struct line){ in[i].received_ms, in[i].id.v, .in = &in[i] });
    for (size_t i = 0; i < left; i++)
        add(t, (struct line){ out[i].created_ms, out[i].id.v, .out = &out[i] });
    qsort(t->lines, t->n, sizeof *t->lines, by_time);
    return RC_OK;
}

static const char *word_name(enum text_word word)
{
    static const char *const names[TEXT_WORD_END] = { "", "STOP", "START", "HELP", "wrong number", "part" };

    return names[word];
}

/* Of the confirmation of a STOP: from its coming in to the provider's taking it. */
static const char *seconds_of(struct cli *cli, const struct text_out *t)
{
    if (t->kind != MAILING_TEXT_STOPPED)
        return "";
    if (!t->handed_ms)
        return text_confirmed_is_late(t, gate_now_ms(cli->gate)) ? "LATE" : "";
    return arena_printf(cli->mem, "%s%" PRId64, text_confirmed_is_late(t, gate_now_ms(cli->gate)) ? "LATE " : "",
                        (t->handed_ms - t->created_ms + 999) / 1000);
}

static const char *or_empty(const char *s)
{
    return s ? s : "";
}

static void put(struct sheet *sheet, const struct line *l)
{
    struct cli *const cli = sheet->cli;
    const char *const at = sheet_time(cli, l->at_ms);

    if (l->consent) {
        const struct text_consent_entry *const c = l->consent;

        sheet_row(sheet, (const char *[]){ at, "consent", text_consent_state_name(c->before),
                                           text_consent_state_name(c->after), "", sheet_number(cli, c->person.v),
                                           text_consent_way_name(c->way), arena_printf(cli->mem, "%d", c->new_level),
                                           "", "", "", "", or_empty(c->wording), or_empty(c->words) });
    } else if (l->in) {
        sheet_row(sheet, (const char *[]){ at, "came", word_name(l->in->word), "", "", "", "", "", "", "",
                                           sheet_time(cli, l->in->done_ms), "", "", or_empty(l->in->words) });
    } else {
        const struct text_out *const t = l->out;

        sheet_row(sheet, (const char *[]){ at, "sent", mailing_template_name(t->kind), text_state_name(t->state),
                                           seconds_of(cli, t), sheet_number(cli, t->person.v), "", "",
                                           sheet_number(cli, t->parts), sheet_time(cli, t->handed_ms),
                                           sheet_time(cli, t->done_ms), or_empty(t->code), "", or_empty(t->words) });
    }
}

enum rc report_number(struct cli *cli, const char *number, const char *csv, struct err *err)
{
    CLEANUP(json_free) struct json *root = json_object_new();
    CLEANUP(sheet_done) struct sheet sheet = { 0 };
    struct timeline t = { .cli = cli };
    struct address address;
    char plain[24];
    enum rc rc;

    if (!text_number_read(number, plain))
        return err_set(err, RC_INPUT, "--number takes a phone's number, such as +15551234567");
    rc = address_find(&cli->gate->store, ADDRESS_PHONE, plain, cli->mem, &address, err);
    if (rc)
        return rc == RC_NOT_FOUND ? err_set(err, rc, "no text ever came from or went to this number") : rc;
    if (read_all(&t, address.id, err) || sheet_begin(&sheet, cli, &form, csv, err))
        return err->rc;
    for (size_t i = 0; i < t.n; i++)
        put(&sheet, &t.lines[i]);
    if (sheet_note_read(cli, AUDIT_ITEM_ADDRESS, address.id.v, arena_printf(cli->mem, "texts: %zu rows", t.n), err) ||
        sheet_end(&sheet, root, "timeline", err))
        return err->rc;
    cli_put(cli, &root);
    return RC_OK;
}
