/* postcircle triage show|accept|score: what calls a person, and the changes of it that two staff members must agree to. */
#include "gateway/cli/cli.h"
#include "gateway/duty/two_people.h"
#include "gateway/office/policy.h"
#include "gateway/office/policy_form.h"
#include "gateway/practice/record.h"
#include "gateway/triage/triage_files.h"
#include "gateway/triage/triage_model.h"

#define CODES 2

struct pair {
    const char *first, *second;
    struct cli_many codes;
};

#define PAIR_OPTIONS(p)                                                                                                \
    { .name = "first", .value = "ADDRESS", .help = "one of the two staff members who agree", .to = &(p).first },       \
        { .name = "second", .value = "ADDRESS", .help = "the other", .to = &(p).second },                              \
    {                                                                                                                  \
        .name = "code", .value = "DIGITS", .help = "what each of the two was mailed", .many = &(p).codes               \
    }

static enum rc ask(struct cli *cli, const struct pair *pair, const char *scope, struct err *err)
{
    struct person first, second;

    if (!pair->first || !pair->second)
        return err_set(err, RC_DENIED,
                       "fewer alarms take two staff members: name them with --first ADDRESS and --second ADDRESS, and "
                       "each gets a code");
    if (cli_find_person(cli, pair->first, PERSON_STAFF, &first, err) ||
        cli_find_person(cli, pair->second, PERSON_STAFF, &second, err) ||
        two_people_ask(cli->gate, &cli->who, TWO_PEOPLE_FEWER_ALARMS, &first, &second, scope, scope, err))
        return err->rc;
    cli_say(cli, "A code was mailed to each of the two. Run this again within 24 hours with --code and --code in place "
                 "of --first and --second.\n");
    return RC_OK;
}

/* *ret_agreed: the two have agreed by now; otherwise they were asked. */
static enum rc agree(struct cli *cli, const struct pair *pair, const char *scope, bool *ret_agreed,
                     const char **ret_who, struct err *err)
{
    *ret_agreed = pair->codes.count == CODES;
    if (!*ret_agreed)
        return ask(cli, pair, scope, err);
    return two_people_check(cli->gate, &cli->who, TWO_PEOPLE_FEWER_ALARMS, scope, pair->codes.values[0],
                            pair->codes.values[1], cli->mem, ret_who, err);
}

static enum rc accept(struct cli *cli, const struct pair *pair, struct err *err)
{
    struct triage_found found;
    const char *scope, *who = "";
    bool is_agreed;

    if (triage_files_find(cli->home->path, cli->mem, &found, err))
        return err->rc;
    if (!found.held)
        return err_set(err, RC_CONFLICT, "no change of the word lists waits; `postcircle triage show`");
    scope = arena_printf(cli->mem, "word lists %s", found.mark);
    if (agree(cli, pair, scope, &is_agreed, &who, err))
        return err->rc;
    if (!is_agreed)
        return RC_OK;
    if (record_alone(cli->gate, &cli->who, AUDIT_LISTS_AGREED, AUDIT_ITEM_PRACTICE, cli->gate->store.practice.v,
                     arena_printf(cli->mem, "%s; agreed: %s", scope, who), err) ||
        triage_files_accept(cli->home->path, found.mark, err))
        return err->rc;
    cli_say(cli, "The lists count as they are now, within seconds.\n");
    return RC_OK;
}

int cli_triage_accept(struct cli *cli, int argc, char **argv)
{
    struct pair pair = { 0 };
    const struct cli_option options[] = { PAIR_OPTIONS(pair) };
    struct err err = { .rc = RC_OK };
    int code = cli_options(cli, "[options]", options, COUNT_OF(options), argc, argv, NULL, 0);

    if (code == CLI_GO_ON)
        code = cli_gate(cli);
    if (code != CLI_GO_ON)
        return code;
    return accept(cli, &pair, &err) ? cli_fail(cli, &err) : cli_done(cli);
}

static bool is_weaker(const struct cli *cli, const char *value)
{
    const int now = cli->gate->facts.triage_page, page = triage_model_page(value);

    return (page ? page : TRIAGE_PAGE_USUAL) > (now ? now : TRIAGE_PAGE_USUAL);
}

static enum rc set_score(struct cli *cli, const struct pair *pair, const char *value, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    const char *who = "";
    bool is_agreed = true;

    if (policy_form_check_alone(SETTING_TRIAGE_MODEL, value, err) ||
        (is_weaker(cli, value) &&
         agree(cli, pair, arena_printf(cli->mem, "triage-model %s", value), &is_agreed, &who, err)))
        return err->rc;
    if (!is_agreed)
        return RC_OK;
    if (db_begin(cli->gate->store.db, &tx, err) ||
        policy_set_agreed(cli->gate, &cli->who, SETTING_TRIAGE_MODEL, value, err))
        return err->rc;
    return db_commit(&tx, err);
}

int cli_triage_score(struct cli *cli, int argc, char **argv)
{
    struct pair pair = { 0 };
    const struct cli_option options[] = { PAIR_OPTIONS(pair) };
    struct err err = { .rc = RC_OK };
    const char *value = NULL;
    int code = cli_options(cli, "SCORE|off [options]", options, COUNT_OF(options), argc, argv, &value, 1);

    if (code == CLI_GO_ON && !value)
        code = cli_usage(cli, "which score? 1 to 100, or off");
    if (code == CLI_GO_ON)
        code = cli_gate(cli);
    if (code != CLI_GO_ON)
        return code;
    return set_score(cli, &pair, value, &err) ? cli_fail(cli, &err) : cli_done(cli);
}

int cli_triage_show(struct cli *cli, int argc, char **argv)
{
    struct triage_found found;
    struct json *out;
    struct err err;
    int code = cli_options(cli, "", NULL, 0, argc, argv, NULL, 0), page;

    if (code == CLI_GO_ON)
        code = cli_gate(cli);
    if (code != CLI_GO_ON)
        return code;
    if (triage_files_find(cli->home->path, cli->mem, &found, &err))
        return cli_fail(cli, &err);
    page = cli->gate->facts.triage_page;
    out = json_object_new();
    for (size_t i = 0; found.sources.lists[i]; i++)
        cli_pair(cli, out, arena_printf(cli->mem, "list-%zu", i + 1), "word list", found.sources.lists[i]);
    cli_pair(cli, out, "score", "a note calls a person from the score",
             page == TRIAGE_MODEL_OFF ? "off" : arena_printf(cli->mem, "%d", page ? page : TRIAGE_PAGE_USUAL));
    if (found.held)
        cli_pair(cli, out, "held", "a change waits for two people (triage accept); its first line", found.held);
    cli_put(cli, &out);
    return EX_OK;
}
