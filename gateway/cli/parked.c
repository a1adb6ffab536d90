/* postcircle review parked: mail that nobody could read: list it, look at it, save it, try it again, drop it. */
#include "base/io.h"
#include "base/text.h"
#include "gateway/cli/parked_view.h"
#include "gateway/practice/record.h"
#include "store/arrival.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define PARKED_MAX 500

struct parked {
    struct cli *cli;
    struct arrival arrival;
    struct audit_who who;
};

struct parked_words {
    const char *id, *as, *raw, *reason;
    bool again, drop;
};

static const char *why_of(enum arrival_reason reason)
{
    static const char *const names[] = { "",
                                         "its reader died on it three times",
                                         "too large: the first 64 KiB are kept",
                                         "nothing in it could be read",
                                         "for a group that we do not know",
                                         "its stored bytes are damaged",
                                         "a rule failed on it" };

    return (size_t)reason < COUNT_OF(names) ? names[reason] : "";
}

static const char *stamp(struct cli *cli, int64_t ms)
{
    char at[CLOCK_STAMP_SIZE];

    clock_stamp(ms, at);
    return arena_strdup(cli->mem, at);
}

/* Nothing of the mail itself: that is shown to a named person only. */
static enum rc list(struct cli *cli, struct err *err)
{
    static const char *const header[] = { "mail", "came", "bytes", "why" };
    struct cli_table *table = cli_table_new(cli->mem, header, COUNT_OF(header));
    struct store *const st = &cli->gate->store;
    struct arrival *rows;
    size_t n;

    if (arrival_list(st->db, st->practice, ARRIVAL_PARKED, PARKED_MAX, cli->mem, &rows, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++) {
        const char *const cells[] = { arena_printf(cli->mem, "%" PRId64, rows[i].id.v), stamp(cli, rows[i].received_ms),
                                      arena_printf(cli->mem, "%" PRId64, rows[i].bytes), why_of(rows[i].reason) };

        cli_table_row(table, cells);
    }
    if (!n)
        cli_say(cli, "No mail is parked.\n");
    if (n || cli->is_json)
        cli_table_print(cli, table);
    return RC_OK;
}

/* Every look and every act stands in the audit log, in the act's own transaction. */
static enum rc note(const struct parked *p, enum audit_verb verb, const char *value, struct err *err)
{
    return record_act(p->cli->gate, &p->who, verb, AUDIT_ITEM_LETTER, p->arrival.id.v, NULL, value, err);
}

static enum rc note_alone(const struct parked *p, enum audit_verb verb, struct err *err)
{
    return record_alone(p->cli->gate, &p->who, verb, AUDIT_ITEM_LETTER, p->arrival.id.v, NULL, err);
}

static enum rc open_raw(const struct parked *p, struct arrival_reader **ret_reader, struct err *err)
{
    const struct store *const st = &p->cli->gate->store;

    return arrival_open(st->db, p->cli->home->keys, st->practice, p->arrival.id, ret_reader, err);
}

static enum rc show(struct parked *p, struct err *err)
{
    CLEANUP(arrival_reader_free) struct arrival_reader *reader = NULL;
    struct cli *const cli = p->cli;
    unsigned char *const chunk = arena_alloc(cli->mem, ARRIVAL_CHUNK_BYTES);
    struct json *out;
    size_t n = 0;

    if (open_raw(p, &reader, err) || arrival_read(reader, chunk, &n, err) || note_alone(p, AUDIT_PARKED_READ, err))
        return err->rc;
    out = json_object_new();
    json_set_int(out, "mail", p->arrival.id.v);
    cli_pair(cli, out, "came", "Came:", stamp(cli, p->arrival.received_ms));
    cli_pair(cli, out, "why", "Parked:", why_of(p->arrival.reason));
    cli_pair(cli, out, "bytes", "Bytes:", arena_printf(cli->mem, "%" PRId64, p->arrival.bytes));
    cli_pair(cli, out, "sender",
             "Sent by:", text_clean_line(cli->mem, arrival_from(reader), strlen(arrival_from(reader))));
    cli_pair(cli, out, "recipient",
             "Sent to:", text_clean_line(cli->mem, arrival_to(reader), strlen(arrival_to(reader))));
    parked_view(cli, (const char *)chunk, n, out);
    cli_say(cli, "\nAll of it, as it came: --raw FILE\n");
    cli_put(cli, &out);
    return RC_OK;
}

static enum rc copy_to(struct arrival_reader *reader, int fd, struct arena *mem, struct err *err)
{
    unsigned char *const chunk = arena_alloc(mem, ARRIVAL_CHUNK_BYTES);
    size_t n = 1;

    while (n)
        if (arrival_read(reader, chunk, &n, err) || io_write_all(fd, chunk, n, err))
            return err->rc;
    return fsync(fd) ? err_errno(err, RC_TEMP, "fsync") : RC_OK;
}

/* A new file of this user alone; gone again when it could not be written whole. */
static enum rc save(struct parked *p, const char *path, struct err *err)
{
    CLEANUP(arrival_reader_free) struct arrival_reader *reader = NULL;
    CLEANUP(io_close) int fd = -1;

    if (open_raw(p, &reader, err))
        return err->rc;
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return err_errno(err, errno == EEXIST ? RC_CONFLICT : RC_INPUT, "%s", path);
    if (copy_to(reader, fd, p->cli->mem, err) || note_alone(p, AUDIT_PARKED_SAVED, err)) {
        unlink(path);
        return err->rc;
    }
    cli_say(p->cli, "Written to %s, for you alone. Delete it when you have read it.\n", path);
    return RC_OK;
}

static enum rc try_again(struct parked *p, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    const struct store *const st = &p->cli->gate->store;

    if (p->arrival.is_oversize)
        return err_set(err, RC_INPUT,
                       "of a mail that was too large only the beginning is kept: ask its sender to write again");
    if (db_begin(st->db, &tx, err) || arrival_reopen(st->db, st->practice, p->arrival.id, err) ||
        note(p, AUDIT_PARKED_RETRIED, NULL, err) || db_commit(&tx, err))
        return err->rc;
    cli_say(p->cli, "It is read again. If that fails once more it comes back here.\n");
    return RC_OK;
}

static enum rc drop(struct parked *p, const char *reason, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    const struct store *const st = &p->cli->gate->store;

    if (db_begin(st->db, &tx, err) ||
        arrival_settle(st->db, st->practice, p->arrival.id, gate_now_ms(p->cli->gate), err) ||
        note(p, AUDIT_PARKED_DROPPED, reason, err) || db_commit(&tx, err))
        return err->rc;
    cli_say(p->cli, "Dropped. Its raw bytes go with those of other mail that was dealt with.\n");
    return RC_OK;
}

static enum rc find(struct parked *p, const struct parked_words *w, struct err *err)
{
    const struct store *const st = &p->cli->gate->store;
    struct person staff;
    struct arrival_id id;

    if (text_to_int(w->id, 1, INT64_MAX, &id.v, err))
        return err_set(err, RC_INPUT, "which mail? Name it by its number; `postcircle review parked` shows them");
    if (cli_find_staff(p->cli, w->as, &staff, err))
        return err->rc;
    if (arrival_get(st->db, st->practice, id, &p->arrival, err) || p->arrival.state != ARRIVAL_PARKED)
        return err_set(err, RC_NOT_FOUND, "no parked mail has the number %" PRId64, id.v);
    p->who = (struct audit_who){ AUDIT_STAFF, staff.id.v, AUDIT_WAY_CLI };
    return RC_OK;
}

static enum rc run(struct parked *p, const struct parked_words *w, struct err *err)
{
    if (!w->id)
        return list(p->cli, err);
    if (find(p, w, err))
        return err->rc;
    return w->raw     ? save(p, w->raw, err)
           : w->again ? try_again(p, err)
           : w->drop  ? drop(p, w->reason, err)
                      : show(p, err);
}

int cli_review_parked(struct cli *cli, int argc, char **argv)
{
    struct parked_words w = { 0 };
    const struct cli_option options[] = {
        { .name = "as", .value = "STAFF", .help = "who looks: email address or number", .to = &w.as },
        { .name = "raw", .value = "FILE", .help = "write the raw mail into a new file", .to = &w.raw },
        { .name = "again", .help = "read it again, after an upgrade", .flag = &w.again },
        { .name = "drop", .help = "a person has dealt with it", .flag = &w.drop },
        { .name = "reason", .value = "TEXT", .help = "why it is dropped", .to = &w.reason },
    };
    struct parked p = { .cli = cli };
    struct err err;
    int code = cli_options(cli, "[MAIL --as STAFF]", options, COUNT_OF(options), argc, argv, &w.id, 1);

    if (code == CLI_GO_ON && !!w.raw + w.again + w.drop > 1)
        code = cli_usage(cli, "only one of --raw, --again and --drop");
    if (code == CLI_GO_ON && !w.id && (w.raw || w.again || w.drop || w.as))
        code = cli_usage(cli, "which mail? Name it by its number");
    if (code == CLI_GO_ON && w.id && !w.as)
        code = cli_usage(cli, "%s needs --as: who looks at it?", cli->words);
    if (code == CLI_GO_ON && w.drop != !!w.reason)
        code = cli_usage(cli, "--drop and --reason go together");
    if (code == CLI_GO_ON)
        code = cli_gate(cli);
    if (code != CLI_GO_ON)
        return code;
    if (run(&p, &w, &err))
        return cli_fail(cli, &err);
    return w.raw || w.again || w.drop ? cli_done(cli) : EX_OK;
}
