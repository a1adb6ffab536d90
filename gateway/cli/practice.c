/* postcircle practice set|show */
#include "base/text.h"
#include "gateway/cli/cli.h"
#include "gateway/duty/test_page.h"
#include "gateway/office/policy.h"
#include "gateway/office/policy_form.h"
#include "gateway/say/office.h"
#include "schedules/page_clock.h"

/* Answers to letters that are out already go to the address that stands in them. */
static enum rc check_domain_move(struct cli *cli, enum setting setting, const char *value, struct err *err)
{
    const char *old;
    struct care_group *groups;
    size_t n, open = 0;

    if (setting != SETTING_DOMAIN && setting != SETTING_REPLY_DOMAIN)
        return RC_OK;
    if (setting_get(&cli->gate->store, setting, cli->mem, &old, err) ||
        group_list(&cli->gate->store, cli->mem, &groups, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++)
        open += groups[i].state == GROUP_OPEN;
    if (!open || !old || text_equals(old, value))
        return RC_OK;
    return err_set(err, RC_CONFLICT,
                   "%s: %zu open group%s: answers to letters already sent would come back undelivered; if you mean "
                   "it: postcircle practice set --yes %s DOMAIN",
                   setting_info(setting)->name, open, open == 1 ? "" : "s", setting_info(setting)->name);
}

static int set_pairs(struct cli *cli, int argc, char **argv, bool is_sure, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    bool moves_mail = false;
    enum setting setting;

    if (db_begin(cli->gate->store.db, &tx, err))
        return cli_fail(cli, err);
    for (int i = 0; i + 1 < argc; i += 2, moves_mail |= policy_moves_mail(setting))
        if (setting_find(argv[i], &setting, err) || (!is_sure && check_domain_move(cli, setting, argv[i + 1], err)) ||
            policy_set(cli->gate, &cli->who, setting, argv[i + 1], err))
            return cli_fail(cli, err);
    if (db_commit(&tx, err))
        return cli_fail(cli, err);
    cli_say(cli, "Set: ");
    for (int i = 0; i + 1 < argc; i += 2)
        cli_say(cli, "%s%s %s", i ? ", " : "", argv[i], *argv[i + 1] ? argv[i + 1] : "(taken away)");
    cli_say(cli, "\n");
    if (moves_mail)
        cli_check_addresses(cli);
    return cli_done(cli);
}

static void print_names(void)
{
    printf("postcircle practice set [--yes] NAME VALUE [NAME VALUE …]\n  an empty VALUE takes the setting away\n"
           "  --yes: change the mail domain while groups are open\n\n");
    for (int s = 1; s < SETTING_END; s++) {
        const char *const form = policy_form_words((enum setting)s);

        if (form)
            printf("  %-19s %s\n", setting_info((enum setting)s)->name, form);
    }
}

int cli_practice_set(struct cli *cli, int argc, char **argv)
{
    const bool is_sure = argc && !strcmp(argv[0], "--yes");
    struct err err;
    int code;

    argc -= is_sure;
    argv += is_sure;
    if (argc == 1 && (!strcmp(argv[0], "--help") || !strcmp(argv[0], "-h"))) {
        print_names();
        return EX_OK;
    }
    if (!argc || argc % 2)
        return cli_usage(cli, "practice set takes NAME VALUE pairs");
    code = cli_gate(cli);
    return code == CLI_GO_ON ? set_pairs(cli, argc, argv, is_sure, &err) : code;
}

/* What holds where nothing was set, so that nobody has to look it up. */
static const char *usual(struct cli *cli, enum setting setting)
{
    struct page_clock clock;
    struct err ignored;

    if (setting == SETTING_TEST_PAGE)
        return TEST_PAGE_USUAL;
    if (setting == SETTING_REVIEW_HOURS_3 || setting == SETTING_REVIEW_HOURS_4)
        return arena_printf(cli->mem, "%d",
                            setting == SETTING_REVIEW_HOURS_3 ? OFFICE_REVIEW_HOURS_3 : OFFICE_REVIEW_HOURS_4);
    if (setting < SETTING_PAGE_CLOCK_0 || setting > SETTING_PAGE_CLOCK_2 ||
        page_clock_parse(NULL, (int)setting - SETTING_PAGE_CLOCK_0, &clock, &ignored))
        return NULL;
    return page_clock_print(&clock, cli->mem);
}

int cli_practice_show(struct cli *cli, int argc, char **argv)
{
    const char *values[SETTING_END] = { NULL };
    struct json *out;
    struct err err;
    int code = cli_options(cli, "", NULL, 0, argc, argv, NULL, 0);

    if (code == CLI_GO_ON)
        code = cli_gate(cli);
    if (code != CLI_GO_ON)
        return code;
    if (setting_all(&cli->gate->store, cli->mem, values, &err))
        return cli_fail(cli, &err);
    out = json_object_new();
    for (int s = 1; s < SETTING_END; s++)
        if (values[s] || (values[s] = usual(cli, (enum setting)s)))
            cli_pair(cli, out, setting_info((enum setting)s)->name, setting_info((enum setting)s)->name, values[s]);
    cli_put(cli, &out);
    return EX_OK;
}
