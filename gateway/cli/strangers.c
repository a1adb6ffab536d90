/* postcircle review strangers: what people wrote whom nobody knows: list it, read one of it. */
#include "base/text.h"
#include "gateway/cli/cli.h"
#include "gateway/duty/message.h"
#include "gateway/practice/record.h"
#include "store/letter.h"

#define STRANGERS_MAX 500

static const char *stamp(struct cli *cli, int64_t ms)
{
    char at[CLOCK_STAMP_SIZE];

    clock_stamp(ms, at);
    return arena_strdup(cli->mem, at);
}

static const char *visible(struct cli *cli, const char *s)
{
    return text_visible(cli->mem, s, strlen(s));
}

/* Nothing of the mail itself: that is shown to a named person only. */
static enum rc list(struct cli *cli, struct err *err)
{
    static const char *const header[] = { "mail", "came", "tier" };
    struct cli_table *const table = cli_table_new(cli->mem, header, COUNT_OF(header));
    struct letter_row *rows;
    size_t n;

    if (letter_of_strangers(&cli->gate->store, STRANGERS_MAX, cli->mem, &rows, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++)
        cli_table_row(table,
                      (const char *[]){ arena_printf(cli->mem, "%" PRId64, rows[i].id.v),
                                        stamp(cli, rows[i].received_ms), arena_printf(cli->mem, "%d", rows[i].tier) });
    if (!n)
        cli_say(cli, "There is no mail from people nobody knows.\n");
    if (n || cli->is_json)
        cli_table_print(cli, table);
    return RC_OK;
}

/* Only what `list` shows: a member's letter is read where its note is. */
static enum rc find(struct cli *cli, const char *number, struct arrival_id *ret_id, struct err *err)
{
    struct letter_row row;
    enum rc rc;

    if (text_to_int(number, 1, INT64_MAX, &ret_id->v, err))
        return err_set(err, RC_INPUT, "which mail? Name it by its number; `postcircle review strangers` shows them");
    rc = letter_get(&cli->gate->store, *ret_id, cli->mem, &row, err);
    if (rc == RC_NOT_FOUND || (!rc && row.person.v))
        return err_set(err, RC_NOT_FOUND, "no mail of a stranger has the number %" PRId64, ret_id->v);
    return rc;
}

static enum rc show(struct cli *cli, const char *number, const char *as, struct err *err)
{
    struct arrival_id id = { 0 };
    struct person staff;
    struct message m;
    struct json *out;

    if (find(cli, number, &id, err) || cli_find_staff(cli, as, &staff, err) ||
        message_get(cli->gate, id, cli->mem, &m, err) ||
        record_alone(cli->gate, &(struct audit_who){ AUDIT_STAFF, staff.id.v, AUDIT_WAY_CLI }, AUDIT_STRANGER_READ,
                     AUDIT_ITEM_LETTER, id.v, NULL, err))
        return err->rc;
    out = json_object_new();
    json_set_int(out, "mail", id.v);
    cli_pair(cli, out, "came", "Came:", stamp(cli, m.at_ms));
    cli_pair(cli, out, "from",
             "From:", visible(cli, *m.from_name ? arena_printf(cli->mem, "%s <%s>", m.from_name, m.from) : m.from));
    cli_pair(cli, out, "subject", "Subject:", visible(cli, m.subject));
    cli_say(cli, "\n%s\n", *m.words ? visible(cli, m.words) : "(no words)");
    json_set_str(out, "text", m.words);
    cli_put(cli, &out);
    return RC_OK;
}

int cli_review_strangers(struct cli *cli, int argc, char **argv)
{
    const char *number = NULL, *as = NULL;
    const struct cli_option options[] = {
        { .name = "as", .value = "STAFF", .help = "who looks: email address or number", .to = &as },
    };
    struct err err;
    int code = cli_options(cli, "[MAIL --as STAFF]", options, COUNT_OF(options), argc, argv, &number, 1);

    if (code == CLI_GO_ON && !number != !as)
        code = cli_usage(cli, "a mail and --as go together: who looks at it?");
    if (code == CLI_GO_ON)
        code = cli_gate(cli);
    if (code != CLI_GO_ON)
        return code;
    return (number ? show(cli, number, as, &err) : list(cli, &err)) ? cli_fail(cli, &err) : EX_OK;
}
