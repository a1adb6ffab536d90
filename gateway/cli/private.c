/* postcircle review private: private conversations of staff with patients: list, read, answer, end. */
#include "base/text.h"
#include "gateway/cli/cli.h"
#include "gateway/practice/record.h"
#include "gateway/say/talk.h"

#define TALKS_MAX 500
#define NOTES_MAX 1000

static const char *person_name(struct cli *cli, struct person_id id)
{
    struct person p;
    struct err err;

    return id.v && !person_get(&cli->gate->store, id, cli->mem, &p, &err) ? p.name : "";
}

static const char *stamp(struct cli *cli, int64_t ms)
{
    char at[CLOCK_STAMP_SIZE];

    if (!ms)
        return "";
    clock_stamp(ms, at);
    return arena_strdup(cli->mem, at);
}

static enum rc list(struct cli *cli, struct err *err)
{
    static const char *const header[] = { "talk", "state", "person", "with", "last", "waits since" };
    struct cli_table *table = cli_table_new(cli->mem, header, COUNT_OF(header));
    struct private_talk *talks;
    size_t n;

    if (private_list(&cli->gate->store, (struct person_id){ 0 }, TALKS_MAX, cli->mem, &talks, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++) {
        const char *const cells[] = { arena_printf(cli->mem, "%" PRId64, talks[i].id.v),
                                      talks[i].state == TALK_OPEN ? "open" : "closed",
                                      person_name(cli, talks[i].person),
                                      person_name(cli, talks[i].staff),
                                      stamp(cli, talks[i].last_ms),
                                      stamp(cli, talks[i].owed_ms) };

        cli_table_row(table, cells);
    }
    if (!n)
        cli_say(cli, "There are no private talks.\n");
    if (n || cli->is_json)
        cli_table_print(cli, table);
    return RC_OK;
}

/* Reading is an act of its own: what stands here is between two people. */
static enum rc show(struct cli *cli, const struct private_talk *talk, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    CLEANUP(json_free) struct json *root = json_object_new();
    CLEANUP(json_free) struct json *lines = json_array_new();
    struct private_note *notes;
    size_t n;

    if (private_notes(&cli->gate->store, talk->id, NOTES_MAX, cli->mem, &notes, &n, err) ||
        db_begin(cli->gate->store.db, &tx, err) ||
        record_act(cli->gate, &cli->who, AUDIT_PRIVATE_READ, AUDIT_ITEM_PRIVATE, talk->id.v, NULL, NULL, err) ||
        db_commit(&tx, err))
        return err->rc;
    json_set_int(root, "talk", talk->id.v);
    json_set_str(root, "person", person_name(cli, talk->person));
    json_set_str(root, "state", talk->state == TALK_OPEN ? "open" : "closed");
    for (size_t i = 0; i < n; i++) {
        struct json *line = json_object_new();

        cli_say(cli, "%s%s, %s:\n\n%s\n", i ? "\n" : "", person_name(cli, notes[i].author), stamp(cli, notes[i].at_ms),
                notes[i].text);
        json_set_str(line, "who", person_name(cli, notes[i].author));
        json_set_str(line, "when", stamp(cli, notes[i].at_ms));
        json_set_str(line, "text", notes[i].text);
        json_push(lines, &line);
    }
    json_set(root, "lines", &lines);
    cli_put(cli, &root);
    return RC_OK;
}

static enum rc act(struct cli *cli, const struct private_talk *talk, const char *answer, const char *as,
                   struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct person staff;
    struct talk_words words = { .staff = &staff,
                                .patient = talk->person,
                                .group = talk->group,
                                .kind = MAILING_PRIVATE_ANSWER,
                                .text = answer,
                                .way = AUDIT_WAY_CLI,
                                .verb = AUDIT_PRIVATE_WRITTEN };
    enum rc rc;

    if (!as)
        return err_set(err, RC_INPUT, "who acts? --as takes a staff member's email address or number");
    if (cli_find_staff(cli, as, &staff, err) || db_begin(cli->gate->store.db, &tx, err))
        return err->rc;
    if (answer)
        rc = talk_write(cli->gate, &words, err);
    else
        rc = talk_end(cli->gate, talk->id, &(struct audit_who){ AUDIT_STAFF, staff.id.v, AUDIT_WAY_CLI }, err);
    if (rc == RC_NOT_FOUND)
        return err_set(err, rc, "nothing was sent: there is no address that we may write to; please call");
    return rc ? rc : db_commit(&tx, err);
}

int cli_review_private(struct cli *cli, int argc, char **argv)
{
    const char *text = NULL, *answer = NULL, *as = NULL;
    bool is_end = false;
    const struct cli_option options[] = {
        { .name = "answer", .value = "TEXT", .help = "send these words to the patient alone", .to = &answer },
        { .name = "end", .help = "end the talk", .flag = &is_end },
        { .name = "as", .value = "STAFF", .help = "who acts: email address or number", .to = &as },
    };
    int code =
        cli_options(cli, "[TALK [--answer TEXT | --end] --as STAFF]", options, COUNT_OF(options), argc, argv, &text, 1);
    struct private_talk talk;
    struct talk_id id;
    struct err err = { .rc = RC_OK };

    if (code != CLI_GO_ON || (code = cli_gate(cli)) != CLI_GO_ON)
        return code;
    if (!text)
        return answer || is_end  ? cli_usage(cli, "which talk? `postcircle review private` lists them")
               : list(cli, &err) ? cli_fail(cli, &err)
                                 : EX_OK;
    if (answer && (is_end || !*answer))
        return cli_usage(cli, "--answer takes words, and does not go with --end");
    if (text_to_int(text, 1, INT64_MAX, &id.v, &err) || private_get(&cli->gate->store, id, &talk, &err)) {
        err_set(&err, RC_NOT_FOUND, "there is no private talk of that number; `postcircle review private` lists them");
        return cli_fail(cli, &err);
    }
    if (answer || is_end)
        return act(cli, &talk, answer, as, &err) ? cli_fail(cli, &err) : cli_done(cli);
    return show(cli, &talk, &err) ? cli_fail(cli, &err) : EX_OK;
}
