/* postcircle topic hour|list|cancel: topics that have a date (gateway/note/topic). */
#include "base/text.h"
#include "gateway/cli/cli.h"
#include "gateway/note/topic.h"
#include "gateway/say/phrase.h"

static enum rc set_hour(struct cli *cli, const char *group, const char *text, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct care_group g;
    struct topic_hour hour;

    if (topic_read_hour(text, &hour, err) || db_begin(cli->gate->store.db, &tx, err) ||
        cli_find_group(cli, group, &g, err) || topic_set_hour(cli->gate, &cli->who, g.id, &hour, err))
        return err->rc;
    return db_commit(&tx, err);
}

int cli_topic_hour(struct cli *cli, int argc, char **argv)
{
    const char *args[2];
    struct err err;
    int code = cli_options(cli, "GROUP \"Tue 9:00\" | GROUP none", NULL, 0, argc, argv, args, 2);

    if (code == CLI_GO_ON)
        code = cli_gate(cli);
    if (code != CLI_GO_ON)
        return code;
    return set_hour(cli, args[0], args[1], &err) ? cli_fail(cli, &err) : cli_done(cli);
}

int cli_topic_list(struct cli *cli, int argc, char **argv)
{
    static const char *const header[] = { "topic", "when", "state", "by", "title" };
    struct cli_table *table;
    struct topic_line *lines;
    struct care_group g;
    const char *group;
    size_t n;
    struct err err;
    int code = cli_options(cli, "GROUP", NULL, 0, argc, argv, &group, 1);

    if (code == CLI_GO_ON)
        code = cli_gate(cli);
    if (code != CLI_GO_ON)
        return code;
    if (cli_find_group(cli, group, &g, &err) || topic_list(cli->gate, g.id, cli->mem, &lines, &n, &err))
        return cli_fail(cli, &err);
    table = cli_table_new(cli->mem, header, COUNT_OF(header));
    for (size_t i = 0; i < n; i++)
        cli_table_row(table, (const char *[]){
                                 arena_printf(cli->mem, "%" PRId64, lines[i].topic.post.v),
                                 phrase_moment_there(cli->gate, LANGUAGE_ENGLISH, g.zone, lines[i].due_ms, cli->mem),
                                 topic_state_name(lines[i].topic.state), lines[i].author, lines[i].title });
    cli_table_print(cli, table);
    return EX_OK;
}

static enum rc cancel(struct cli *cli, const char *number, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    int64_t id;

    if (text_to_int(number, 1, INT64_MAX, &id, err))
        return err_set(err, RC_INPUT, "a topic is named by its number; `postcircle topic list` shows it");
    if (db_begin(cli->gate->store.db, &tx, err) || topic_cancel(cli->gate, &cli->who, (struct post_id){ id }, err))
        return err->rc;
    return db_commit(&tx, err);
}

int cli_topic_cancel(struct cli *cli, int argc, char **argv)
{
    const char *number;
    struct err err;
    int code = cli_options(cli, "NUMBER", NULL, 0, argc, argv, &number, 1);

    if (code == CLI_GO_ON)
        code = cli_gate(cli);
    if (code != CLI_GO_ON)
        return code;
    return cancel(cli, number, &err) ? cli_fail(cli, &err) : cli_done(cli);
}
