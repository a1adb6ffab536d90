/* postcircle purge person WHO: forgets a person; purge old: does now what the clock does every day. */
#include "gateway/cli/cli.h"

#include "base/io.h"
#include "gateway/office/erase.h"
#include "gateway/serve/clock_work.h"
#include "store/retention.h"

#include <unistd.h>

#define BACKUPS_MAX 20000
#define PROGRESS_EVERY 20000

/* ---- what still holds them ---- */

/* A later copy has its name: it took its place. */
static bool is_replaced(const struct audit_entry *entries, size_t n, size_t at)
{
    const char *const path = entries[at].new_value;

    for (size_t i = at + 1; path && i < n; i++)
        if (entries[i].verb == AUDIT_BACKUP_MADE && entries[i].new_value && !strcmp(entries[i].new_value, path))
            return true;
    return false;
}

/* Copies made of this home, as the record tells. */
static enum rc list_backups(struct cli *cli, struct json *root, struct err *err)
{
    struct json *list = json_array_new();
    struct audit_entry *entries = NULL;
    size_t n = 0;
    const enum rc rc = audit_list(&cli->gate->store, AUDIT_ITEM_PRACTICE, cli->gate->store.practice.v, 0, BACKUPS_MAX,
                                  cli->mem, &entries, &n, err);

    for (size_t i = 0; !rc && i < n; i++) {
        char stamp[CLOCK_STAMP_SIZE];

        if (entries[i].verb != AUDIT_BACKUP_MADE || is_replaced(entries, n, i))
            continue;
        clock_stamp(entries[i].at_ms, stamp);
        json_push_str(list,
                      arena_printf(cli->mem, "%.10s %s", stamp, entries[i].new_value ? entries[i].new_value : ""));
    }
    json_set(root, "backups", &list);
    return rc;
}

static void say_what_stays(struct cli *cli, const struct json *root, const struct erase_result *r)
{
    const struct json *const backups = json_get(root, "backups");

    cli_say(cli, "\nStill held elsewhere, out of our reach:\n"
                 "  letters that have left: in members' mailboxes, and on the relay until it has passed them on\n"
                 "  the mail server's log: addresses and times\n");
    for (size_t i = 0; i < json_count(backups); i++)
        cli_say(cli, "  a backup: %s\n", json_text(json_at(backups, i)));
    cli_say(cli, json_count(backups)
                     ? "Delete these backups and every copy of them; restoring one brings the person back.\n"
                     : "  backups made by other means, if there are any\n");
    if (r->parked)
        cli_say(cli, "%" PRId64 " parked mails could not be read, so nobody knows what they hold.\n", r->parked);
    if (r->unsorted)
        cli_say(cli, "%" PRId64 " mails came in that were not sorted yet: run `work --once`, then this again.\n",
                r->unsorted);
}

/* ---- person ---- */

static void put_counts(struct cli *cli, struct json *root, const struct erase_result *r)
{
    const struct {
        const char *key, *label;
        int64_t n;
    } lines[] = {
        { "posts", "notes they wrote", r->counts.posts },
        { "withdrawn", "of them published, now taken back", r->withdrawn },
        { "letters", "letters emptied (theirs, and answers that quote them)", r->counts.letters },
        { "raw_mails", "raw mails deleted", r->counts.raw_mails },
        { "renderings", "renderings emptied", r->counts.renderings },
        { "made_again", "unsent copies of others' notes to be made anew", r->counts.made_again },
        { "scrubbed", "other texts without their words now", r->counts.scrubbed },
        { "audit_values", "values of the record deleted", r->counts.audit_values },
        { "memberships", "memberships without a name", r->counts.memberships },
        { "addresses", "addresses deleted", r->counts.addresses },
        { "deliveries", "deliveries to them, kept as numbers and times", r->counts.deliveries },
    };

    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        json_set_int(root, lines[i].key, lines[i].n);
        cli_say(cli, "  %6" PRId64 "  %s\n", lines[i].n, lines[i].label);
    }
    json_set_int(root, "parked", r->parked);
    json_set_int(root, "unsorted", r->unsorted);
}

static void tell_progress(void *ctx, size_t seen)
{
    const struct cli *const cli = ctx;

    if (!cli->is_json && seen % PROGRESS_EVERY == 0)
        fprintf(stderr, "%zu values looked through\n", seen);
}

/* Typed: the person's number, which nobody types by accident. */
static bool is_confirmed(struct cli *cli, const struct person *p)
{
    char line[64];

    cli_say(cli, "\nThis cannot be undone. To erase, type their number (%" PRId64 "): ", p->id.v);
    fflush(stdout);
    if (!fgets(line, sizeof line, stdin))
        return false;
    line[strcspn(line, "\r\n")] = '\0';
    return !strcmp(line, arena_printf(cli->mem, "%" PRId64, p->id.v));
}

static int erase_now(struct cli *cli, const struct person *p, struct json *root)
{
    const struct erase_progress progress = { tell_progress, cli };
    struct erase_result result;
    struct err err;

    if (erase_run(cli->gate, &cli->who, p, false, &progress, &result, &err) || list_backups(cli, root, &err))
        return cli_fail(cli, &err);
    json_set_bool(root, "erased", true);
    cli_say(cli, "Erased:\n");
    put_counts(cli, root, &result);
    say_what_stays(cli, root, &result);
    return EX_OK;
}

static int purge_person(struct cli *cli, const char *who, bool is_dry, bool is_sure)
{
    CLEANUP(json_free) struct json *root = json_object_new();
    struct erase_result result;
    struct person p;
    struct err err;
    int code = EX_OK;

    if (cli_find_person(cli, who, PERSON_PATIENT, &p, &err))
        return cli_fail(cli, &err);
    if (!is_dry && cli_check_nobody_serves(cli->home->path, &err))
        return cli_fail(cli, &err);
    json_set_int(root, "person", p.id.v);
    if (is_dry || !is_sure) {
        if (erase_run(cli->gate, &cli->who, &p, true, NULL, &result, &err) || list_backups(cli, root, &err))
            return cli_fail(cli, &err);
        json_set_bool(root, "erased", false);
        cli_say(cli, "Would be erased:\n");
        put_counts(cli, root, &result);
        if (is_dry)
            say_what_stays(cli, root, &result);
    }
    if (!is_dry && !is_sure && !is_confirmed(cli, &p)) {
        err_fill(&err, RC_INPUT, "not confirmed: nothing was changed");
        return cli_fail(cli, &err);
    }
    if (!is_dry)
        code = erase_now(cli, &p, root);
    if (code == EX_OK)
        cli_put(cli, &root);
    return code;
}

int cli_purge_person(struct cli *cli, int argc, char **argv)
{
    const char *who = NULL;
    bool is_dry = false, is_sure = false;
    const struct cli_option options[] = {
        { .name = "dry-run", .help = "count what would go, change nothing", .flag = &is_dry },
        { .name = "yes", .help = "do not ask again", .flag = &is_sure },
    };
    int code = cli_options(cli, "ADDRESS|NUMBER [--dry-run] [--yes]", options, COUNT_OF(options), argc, argv, &who, 1);

    if (code != CLI_GO_ON)
        return code;
    if (!who)
        return cli_usage(cli, "whom? Name them by email address or number");
    if (cli->is_json && !is_dry && !is_sure)
        return cli_usage(cli, "with --json nothing is asked: say --yes, or --dry-run first");
    code = cli_gate(cli);
    return code == CLI_GO_ON ? purge_person(cli, who, is_dry, is_sure) : code;
}

/* ---- old ---- */

int cli_purge_old(struct cli *cli, int argc, char **argv)
{
    bool is_dry = false;
    const struct cli_option options[] = {
        { .name = "dry-run", .help = "count what would go, change nothing", .flag = &is_dry },
    };
    int code = cli_options(cli, "[--dry-run]", options, COUNT_OF(options), argc, argv, NULL, 0);
    CLEANUP(json_free) struct json *root = json_object_new();
    struct retention_counts counts = { { 0 } };
    struct err err;

    if (code != CLI_GO_ON || (code = cli_gate(cli)) != CLI_GO_ON)
        return code;
    if (clock_purge(cli->gate, is_dry, &counts, &err))
        return cli_fail(cli, &err);
    cli_say(cli, is_dry ? "Would be deleted, being old enough:\n" : "Deleted, being old enough:\n");
    for (int class = 1; class < RETENTION_CLASS_END; class ++) {
        const char *const name = retention_class_name((enum retention_class) class);

        json_set_int(root, name, counts.of[class]);
        cli_say(cli, "  %6" PRId64 "  %s\n", counts.of[class], name);
    }
    cli_put(cli, &root);
    return EX_OK;
}
