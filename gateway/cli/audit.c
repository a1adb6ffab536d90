/* postcircle audit show|verify */
#include "gateway/cli/cli.h"

#include "base/io.h"
#include "base/text.h"
#include "store/audit.h"
#include "store/setting.h"

#define SHOW_MAX 100000
#define SHOW_DEFAULT 100
#define ANCHOR_MAX ((size_t)1 << 20)

static const char *number(struct cli *cli, int64_t n)
{
    return arena_printf(cli->mem, "%" PRId64, n);
}

/* A setting by its name; all else by its number, as the other commands take it. */
static const char *item_of(struct cli *cli, const struct audit_entry *e)
{
    if (e->item_kind == AUDIT_ITEM_SETTING && e->item_id > 0 && e->item_id < SETTING_END)
        return setting_info((enum setting)e->item_id)->name;
    return number(cli, e->item_id);
}

static void print_entries(struct cli *cli, const struct audit_entry *entries, size_t n)
{
    static const char *const header[] = { "seq", "at", "actor", "actor_id", "act", "of", "item", "way", "old", "new" };
    struct cli_table *const table = cli_table_new(cli->mem, header, COUNT_OF(header));

    for (size_t i = 0; i < n; i++) {
        const struct audit_entry *const e = &entries[i];
        char at[CLOCK_STAMP_SIZE];
        const char *const cells[] = { number(cli, e->seq),
                                      at,
                                      audit_actor_name(e->who.actor),
                                      number(cli, e->who.id),
                                      audit_verb_name(e->verb),
                                      audit_item_name(e->item_kind),
                                      item_of(cli, e),
                                      audit_way_name(e->who.way),
                                      e->old_value,
                                      e->new_value };

        clock_stamp(e->at_ms, at);
        cli_table_row(table, cells);
    }
    cli_table_print(cli, table);
}

/* Where the newest max rows begin: behind which row. */
static enum rc find_tail(struct cli *cli, int64_t max, int64_t *ret_after, struct err *err)
{
    char head[96];
    int64_t newest = 0;

    if (audit_head(&cli->gate->store, head, err))
        return err->rc;
    head[strcspn(head, " ")] = '\0';
    if (*head && text_to_int(head, 0, INT64_MAX, &newest, err))
        return err->rc;
    *ret_after = newest > max ? newest - max : 0;
    return RC_OK;
}

int cli_audit_show(struct cli *cli, int argc, char **argv)
{
    const char *item = NULL, *after_text = NULL, *max_text = NULL;
    const struct cli_option options[] = {
        { .name = "item", .value = "NUMBER", .help = "only what was done to this post, person, group …", .to = &item },
        { .name = "after",
          .value = "SEQ",
          .help = "the rows behind this one; without it the newest are shown",
          .to = &after_text },
        { .name = "max", .value = "N", .help = "at most so many rows (100)", .to = &max_text },
    };
    int code = cli_options(cli, "[options]", options, COUNT_OF(options), argc, argv, NULL, 0);
    int64_t after = 0, max = SHOW_DEFAULT, item_id = 0;
    struct audit_entry *entries;
    struct err err;
    size_t n = 0, kept = 0;

    if (code != CLI_GO_ON)
        return code;
    if ((after_text && text_to_int(after_text, 0, INT64_MAX, &after, &err)) ||
        (max_text && text_to_int(max_text, 1, SHOW_MAX, &max, &err)) ||
        (item && text_to_int(item, 1, INT64_MAX, &item_id, &err)))
        return cli_usage(cli, "--item, --after and --max take numbers");
    code = cli_gate(cli);
    if (code != CLI_GO_ON)
        return code;
    if (!after_text && !item && find_tail(cli, max, &after, &err))
        return cli_fail(cli, &err);
    if (audit_list(&cli->gate->store, (enum audit_item)0, 0, after, item ? SHOW_MAX : (size_t)max, cli->mem, &entries,
                   &n, &err))
        return cli_fail(cli, &err);
    for (size_t i = 0; i < n && kept < (size_t)max; i++)
        if (!item || entries[i].item_id == item_id)
            entries[kept++] = entries[i];
    print_entries(cli, entries, kept);
    return EX_OK;
}

/* The last line of the file that is not empty: a file of heads may grow a line a week. */
static enum rc read_anchor(struct cli *cli, const char *path, const char **ret_anchor, struct err *err)
{
    const char *line, *last = NULL;
    char *text;
    size_t n, len;

    *ret_anchor = NULL;
    if (!path)
        return RC_OK;
    if (io_read_file(path, ANCHOR_MAX, cli->mem, &text, &n, err))
        return err_wrap(err, "--anchor");
    for (const char *at = text; text_next_line(&at, &line, &len);)
        if (len)
            last = arena_strndup(cli->mem, line, len);
    *ret_anchor = last;
    return last ? RC_OK : err_set(err, RC_INPUT, "the anchor file is empty; expected a line \"SEQ MAC\"");
}

static int tell_broken(struct cli *cli, const struct audit_report *report, const struct err *err)
{
    CLEANUP(json_free) struct json *root = json_object_new();

    json_set_bool(root, "ok", false);
    json_set_int(root, "wrong_seq", report->wrong_seq);
    json_set_str(root, "message", err->msg);
    cli_say(cli,
            "The record does not verify: %s\n"
            "Keep this home and the last backups as they are, and compare them with the heads that were mailed and "
            "logged.\n",
            err->msg);
    cli_put(cli, &root);
    return EX_DATAERR;
}

static int verify_one(struct cli *cli, void *ctx, struct json **ret_root)
{
    const char *const anchor = *(const char **)ctx;
    struct audit_report report = { 0 };
    struct json *root;
    struct err err;
    const enum rc rc = audit_verify(&cli->gate->store, anchor, &report, &err);

    cli_say_practice(cli);
    if (rc)
        return rc == RC_CORRUPT ? tell_broken(cli, &report, &err) : cli_fail(cli, &err);
    root = json_object_new();
    json_set_bool(root, "ok", true);
    json_set_int(root, "rows", report.rows);
    json_set_bool(root, "is_tail_proven", report.is_tail_proven);
    json_set_str(root, "head", report.head);
    cli_say(cli, "%" PRId64 " rows verify.\n", report.rows);
    cli_say(cli, report.is_tail_proven ? "The anchor vouches for the newest row.\n"
                                       : "Nothing proves that no newest rows are missing: verify with --anchor and a "
                                         "head that was kept elsewhere.\n");
    cli_say(cli, "%s\n", report.head);
    *ret_root = root;
    return CLI_GO_ON;
}

int cli_audit_verify(struct cli *cli, int argc, char **argv)
{
    const char *path = NULL, *anchor = NULL;
    const struct cli_option options[] = {
        { .name = "anchor", .value = "FILE", .help = "a head (\"SEQ MAC\") that was kept elsewhere", .to = &path },
    };
    int code = cli_options(cli, "[options]", options, COUNT_OF(options), argc, argv, NULL, 0);
    CLEANUP(json_free) struct json *root = NULL;
    struct err err;

    if (code != CLI_GO_ON)
        return code;
    /* an anchor is of one practice's record */
    if ((code = path ? cli_gate(cli) : cli_home(cli)) != CLI_GO_ON)
        return code;
    if (read_anchor(cli, path, &anchor, &err))
        return cli_fail(cli, &err);
    code = cli_each(cli, verify_one, &anchor, &root);
    if (code != CLI_GO_ON)
        return code;
    cli_put(cli, &root);
    return EX_OK;
}
