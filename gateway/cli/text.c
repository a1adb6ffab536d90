/* postcircle text add|set|list */
#include "base/text.h"
#include "gateway/cli/cli.h"
#include "gateway/cli/text_values.h"
#include "gateway/home/wake.h"
#include "gateway/practice/record.h"
#include "gateway/serve/serve.h"
#include "gateway/sms/text_budget.h"
#include "gateway/text/text_phones.h"
#include "gateway/text/text_poll.h"
#include "mailer/phones.h"
#include "gateway/sms/text_provider.h"
#include "gateway/sms/text_person.h"
#include "store/text_out.h"

#include <signal.h>
#include <unistd.h>

static const char *const kind_words[] = { "", "long", "toll-free", "short", "modem" };
/* Parts a second, in thousandths, that a number of the kind is usually let through with. */
static const int64_t usual_rates[] = { 0, 1000, 2000, 50000, 5000 };

struct text_words {
    const char *provider, *number, *kind, *rate, *campaign, *campaign_rate, *account, *budget, *group;
    struct text_values values;
    bool is_polled, is_hooked, must_stop, must_start, must_end;
};

/* "4.5" parts a second into thousandths. */
static enum rc read_rate(const char *text, int64_t *ret_milli, struct err *err)
{
    char *end;
    const double v = strtod(text, &end);

    if (end == text || *end || !(v >= 0 && v <= 1000))
        return err_set(err, RC_INPUT, "--rate takes parts a second, as 1 or 0.1; 0 is no limit");
    *ret_milli = (int64_t)(v * 1000 + 0.5);
    return RC_OK;
}

/* ---- numbers ---- */

static enum rc put_sender(struct cli *cli, const struct text_words *w, struct text_sender *s, struct err *err)
{
    struct text_campaign campaign = { .code = w->campaign };

    if (w->kind) {
        const int kind = cli_find_word(w->kind, kind_words, COUNT_OF(kind_words));

        if (kind < 1)
            return err_set(err, RC_INPUT, "--kind takes long, toll-free, short or modem");
        s->kind = (enum text_sender_kind)kind;
        s->rate_milli = usual_rates[kind];
    }
    if (w->rate && read_rate(w->rate, &s->rate_milli, err))
        return err->rc;
    if (!w->campaign)
        return RC_OK;
    if (w->campaign_rate && text_to_int(w->campaign_rate, 0, 100000, &campaign.parts_per_minute, err))
        return err_wrap(err, "--campaign-rate takes parts a minute");
    if (text_campaign_put(&cli->gate->store, &campaign, err))
        return err->rc;
    s->campaign = campaign.id;
    return RC_OK;
}

static enum rc record(struct cli *cli, int64_t item, const char *what, struct err *err)
{
    return record_act(cli->gate, &cli->who, AUDIT_TEXT_ACCOUNT_SET, AUDIT_ITEM_PRACTICE, item, NULL, what, err);
}

/* The roles look again; the supervisor starts the one of texts when this is the first number. */
static void tell_roles(const struct cli *cli)
{
    const int64_t pid = serve_pid(cli->home->path);

    if (pid > 0)
        (void)kill((pid_t)pid, SIGHUP);
    else
        wake_all(cli->home->path, WAKE_RELOAD);
}

/* ---- add ---- */

/* What is meant for people must not land in files, and the other way round. */
static enum rc check_mix(struct cli *cli, bool is_phones, struct err *err)
{
    struct text_account *accounts;
    size_t n;

    if (text_account_list(&cli->gate->store, cli->mem, &accounts, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++) {
        const struct provider *p;

        if (accounts[i].state == TEXT_GIVEN_UP ||
            text_provider_load(cli->gate, accounts[i].provider, cli->mem, &p, err) ||
            provider_is_phones(p) == is_phones)
            continue;
        return is_phones
                   ? err_set(err, RC_CONFLICT, "this practice has a real number: a demo number would take its texts")
                   : err_set(err, RC_CONFLICT,
                             "give up the demo number first: postcircle text set --account %" PRId64 " --end",
                             accounts[i].id.v);
    }
    return RC_OK;
}

static enum rc find_account(struct cli *cli, const char *id, struct text_account *ret, struct err *err)
{
    int64_t v;
    const enum rc rc = text_to_int(id, 1, INT64_MAX, &v, err)
                           ? RC_NOT_FOUND
                           : text_account_get(&cli->gate->store, (struct text_account_id){ v }, cli->mem, ret, err);

    return rc == RC_NOT_FOUND
               ? err_set(err, rc, "there is no such account; `%s` shows them", cli_called(cli, "postcircle text list"))
               : rc;
}

static enum rc add(struct cli *cli, const struct text_words *w, struct text_account *account, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct text_sender sender = { .kind = TEXT_LONG_CODE, .rate_milli = usual_rates[TEXT_LONG_CODE] };
    const struct provider *p;
    char number[24];

    if (text_provider_load(cli->gate, w->provider, cli->mem, &p, err) || check_mix(cli, provider_is_phones(p), err))
        return err->rc;
    if (w->is_polled && !text_poll_can(w->provider))
        return err_set(err, RC_INPUT, "--poll is for twilio (and SignalWire): this provider must call us");
    sender.number = text_number_read(w->number, number) ? number : w->number;
    if (sender.number != number && strspn(w->number, "0123456789") != strlen(w->number))
        return err_set(err, RC_INPUT, "--number takes +15551234567, or a short code of digits");
    *account = (struct text_account){ .provider = w->provider, .is_polled = w->is_polled || provider_is_phones(p) };
    if (db_begin(cli->gate->store.db, &tx, err))
        return err->rc;
    if (w->account ? find_account(cli, w->account, account, err)
                   : text_values_make(cli, p, &w->values, "{}", &account->values, err) ||
                         text_account_add(&cli->gate->store, account, err))
        return err->rc;
    sender.account = account->id;
    if (provider_is_phones(p))
        sender.rate_milli = 0;
    if (put_sender(cli, w, &sender, err) || text_sender_add(&cli->gate->store, &sender, err) ||
        text_values_try(cli, account->id, sender.number, err) ||
        record(cli, cli->gate->store.practice.v, arena_printf(cli->mem, "%s added", w->provider), err))
        return err->rc;
    return db_commit(&tx, err);
}

#define TEXT_OPTIONS(w)                                                                                                \
    { .name = "setting",                                                                                               \
      .value = "NAME=VALUE",                                                                                           \
      .help = "of the provider's file: account=AC…",                                                                   \
      .many = &(w).values.settings },                                                                                  \
        { .name = "secrets",                                                                                           \
          .value = "FILE|-",                                                                                           \
          .help = "lines NAME=VALUE, from a file or standard input",                                                   \
          .to = &(w).values.secrets },                                                                                 \
        { .name = "kind",                                                                                              \
          .value = "KIND",                                                                                             \
          .help = "of the number: long (usual), toll-free, short, modem",                                              \
          .to = &(w).kind },                                                                                           \
        { .name = "rate", .value = "N", .help = "parts a second that it may send; 0 no limit", .to = &(w).rate },      \
        { .name = "campaign", .value = "CODE", .help = "its registered campaign", .to = &(w).campaign },               \
        { .name = "campaign-rate", .value = "N", .help = "parts a minute of the campaign", .to = &(w).campaign_rate }, \
    {                                                                                                                  \
        .name = "poll", .help = "ask for what came; without a public URL (twilio)", .flag = &(w).is_polled             \
    }

static void say_hook(struct cli *cli, const struct text_provider *p)
{
    if (provider_is_phones(p->p))
        cli_say(cli, "Nobody is reached by it: its phones are files. `%s` plays them.\n",
                cli_called(cli, "postcircle phones"));
    if (p->account.is_polled)
        return;
    if (!*p->hook)
        cli_say(cli, "No public URL is set, so nothing can come in: postcircle practice set public-url https://…\n");
    else
        cli_say(cli, "Give the provider this address for incoming texts and receipts:\n  %s%s\n", p->hook,
                *text_provider_value(p, "secret.hook_token") ? "?tok=HOOK_TOKEN" : "");
}

int cli_text_add(struct cli *cli, int argc, char **argv)
{
    const char *values[CLI_MANY_MAX];
    struct text_words w = { .values = { .settings = { .values = values } } };
    const struct cli_option options[] = {
        TEXT_OPTIONS(w),
        { .name = "number", .value = "NUMBER", .help = "ours: +15551234567", .to = &w.number },
        { .name = "account", .value = "ID", .help = "another number of an account that is here", .to = &w.account },
    };
    struct text_account account;
    struct text_provider provider;
    struct json *out;
    struct err err;
    int code =
        cli_options(cli, "PROVIDER --number NUMBER [options]", options, COUNT_OF(options), argc, argv, &w.provider, 1);

    if (code == CLI_GO_ON && (!w.provider || !w.number))
        code = cli_usage(
            cli, "text add needs a provider (twilio, telnyx, bandwidth, kannel …; demo: no carrier) and --number");
    if (code == CLI_GO_ON)
        code = cli_gate(cli);
    if (code != CLI_GO_ON)
        return code;
    if (add(cli, &w, &account, &err) || text_provider_open(cli->gate, account.id, cli->mem, &provider, &err))
        return cli_fail(cli, &err);
    tell_roles(cli);
    out = json_object_new();
    json_set_int(out, "account", account.id.v);
    json_set_str(out, "hook", provider.hook);
    cli_put(cli, &out);
    cli_say(cli, "Added as account %" PRId64 ".\n", account.id.v);
    say_hook(cli, &provider);
    return EX_OK;
}

/* ---- set ---- */

static enum rc set_account(struct cli *cli, const struct text_words *w, struct err *err)
{
    const struct provider *p;
    struct text_account a;
    struct store *const st = &cli->gate->store;
    const bool has_news = w->values.settings.count || w->values.secrets || w->is_polled || w->is_hooked;

    if (find_account(cli, w->account, &a, err) || text_provider_load(cli->gate, a.provider, cli->mem, &p, err))
        return err->rc;
    if (w->is_hooked && provider_is_phones(p))
        return err_set(err, RC_INPUT, "--hook: nobody calls for a demo number");
    a.is_polled = (a.is_polled || w->is_polled) && !w->is_hooked;
    if (has_news && (text_values_make(cli, p, &w->values, a.values, &a.values, err) ||
                     text_account_change(st, &a, err) || text_values_try(cli, a.id, "+15555550101", err)))
        return err->rc;
    if ((w->must_stop && text_account_stop(st, a.id, "by hand", err)) ||
        (w->must_start && text_account_start(st, a.id, err)) || (w->must_end && text_account_give_up(st, a.id, err)))
        return err->rc;
    return record(cli, a.id.v,
                  w->must_stop    ? "stopped"
                  : w->must_end   ? "given up"
                  : w->must_start ? "started"
                                  : "changed",
                  err);
}

static enum rc set_number(struct cli *cli, const struct text_words *w, struct err *err)
{
    struct store *const st = &cli->gate->store;
    struct text_sender s;
    char number[24];
    const enum rc rc =
        text_sender_by_number(st, text_number_read(w->number, number) ? number : w->number, cli->mem, &s, err);

    if (rc == RC_NOT_FOUND)
        return err_set(err, rc, "that is no number of ours; `%s` shows them", cli_called(cli, "postcircle text list"));
    if (rc)
        return rc;
    if (put_sender(cli, w, &s, err) || text_sender_change(st, &s, err) ||
        (w->must_stop && text_sender_stop(st, s.id, "by hand", err)) ||
        (w->must_start && text_sender_start(st, s.id, err)) || (w->must_end && text_sender_give_up(st, s.id, err)))
        return err->rc;
    return record(cli, s.id.v,
                  w->must_stop  ? "number stopped"
                  : w->must_end ? "number given up"
                                : "number changed",
                  err);
}

static enum rc set_budget(struct cli *cli, const struct text_words *w, struct err *err)
{
    struct text_budget budget = { 0 };
    struct care_group group;
    int64_t cents;

    if (text_to_int(w->budget, 0, INT64_C(100000000), &cents, err))
        return err_wrap(err, "--budget takes cents a month; 0 is no limit");
    if (w->group && cli_find_group(cli, w->group, &group, err))
        return err->rc;
    if (w->group)
        budget.group = group.id;
    budget.month_micro = cents * 10000;
    if (text_budget_set(&cli->gate->store, &budget, err))
        return err->rc;
    return record_act(cli->gate, &cli->who, AUDIT_TEXT_BUDGET_SET, w->group ? AUDIT_ITEM_GROUP : AUDIT_ITEM_PRACTICE,
                      w->group ? group.id.v : cli->gate->store.practice.v, NULL, w->budget, err);
}

static enum rc set_all(struct cli *cli, const struct text_words *w, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };

    if (db_begin(cli->gate->store.db, &tx, err) || (w->account && set_account(cli, w, err)) ||
        (w->number && set_number(cli, w, err)) || (w->budget && set_budget(cli, w, err)))
        return err->rc;
    return db_commit(&tx, err);
}

/* Where the last demo number was given up, what stands on its phones goes too. */
static enum rc forget_phones(struct cli *cli, struct err *err)
{
    struct text_provider ignored;
    struct text_sender sender;
    const enum rc rc = text_phones_number(cli->gate, NULL, cli->mem, &sender, &ignored, err);

    return rc == RC_NOT_FOUND ? phones_forget(text_phones_dir(cli->gate, cli->mem), err) : rc;
}

int cli_text_set(struct cli *cli, int argc, char **argv)
{
    const char *values[CLI_MANY_MAX];
    struct text_words w = { .values = { .settings = { .values = values } } };
    const struct cli_option options[] = {
        TEXT_OPTIONS(w),
        { .name = "account", .value = "ID", .help = "which account (text list)", .to = &w.account },
        { .name = "number", .value = "NUMBER", .help = "which number of ours", .to = &w.number },
        { .name = "hook", .help = "no longer polled: the provider calls us", .flag = &w.is_hooked },
        { .name = "stop", .help = "nothing is sent by it", .flag = &w.must_stop },
        { .name = "start", .help = "sends again, also after a provider's trouble", .flag = &w.must_start },
        { .name = "end", .help = "give it up; the number is free for another practice", .flag = &w.must_end },
        { .name = "budget", .value = "CENTS", .help = "of a month; 0 no limit", .to = &w.budget },
        { .name = "group", .value = "GROUP", .help = "whose budget; without: the practice's", .to = &w.group },
    };
    struct err err;
    int code = cli_options(cli, "--account ID|--number NUMBER|--budget CENTS [options]", options, COUNT_OF(options),
                           argc, argv, NULL, 0);

    if (code == CLI_GO_ON &&
        (!!w.account + !!w.number + !!w.budget != 1 || w.must_stop + w.must_start + w.must_end > 1))
        code = cli_usage(
            cli, "text set needs one of --account, --number and --budget, and at most one of --stop, --start, --end");
    if (code == CLI_GO_ON)
        code = cli_gate(cli);
    if (code != CLI_GO_ON)
        return code;
    if (set_all(cli, &w, &err) || (w.must_end && forget_phones(cli, &err)))
        return cli_fail(cli, &err);
    tell_roles(cli);
    return cli_done(cli);
}

/* ---- list ---- */

static enum rc list_senders(struct cli *cli, struct cli_table *table, struct err *err)
{
    struct text_sender *senders;
    size_t n;

    if (text_sender_list(&cli->gate->store, cli->mem, &senders, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++) {
        const struct text_sender *const s = &senders[i];
        struct text_account account;

        if (text_account_get(&cli->gate->store, s->account, cli->mem, &account, err))
            return err->rc;
        cli_table_row(
            table,
            (const char *[]){ arena_printf(cli->mem, "%" PRId64, account.id.v), account.provider, s->number,
                              text_sender_kind_name(s->kind),
                              s->rate_milli ? arena_printf(cli->mem, "%g/s", (double)s->rate_milli / 1000) : "no limit",
                              text_use_name(account.state != TEXT_IN_USE ? account.state : s->state),
                              account.stop_code ? account.stop_code
                              : s->stop_code    ? s->stop_code
                                                : "" });
    }
    return RC_OK;
}

static enum rc list_counts(struct cli *cli, struct err *err)
{
    struct text_counts counts;
    struct text_sum sum;
    int64_t month, from_ms;

    if (text_budget_month(cli->gate, &month, &from_ms, err) ||
        text_out_tally(&cli->gate->store, from_ms, &counts, err) ||
        text_cost_sum(&cli->gate->store, (struct group_id){ 0 }, from_ms, INT64_MAX, &sum, err))
        return err->rc;
    cli_say(cli, "\nthis month: ");
    for (enum text_state s = TEXT_QUEUED; s < TEXT_STATE_END; s++)
        if (counts.of[s])
            cli_say(cli, "%" PRId64 " %s, ", counts.of[s], text_state_name(s));
    cli_say(cli, "%" PRId64 " parts in and out (%" PRId64 " of them not GSM), %.2f\n", sum.parts, sum.ucs2_parts,
            (double)sum.micro / 1e6);
    return RC_OK;
}

int cli_text_list(struct cli *cli, int argc, char **argv)
{
    static const char *const header[] = { "account", "provider", "number", "kind", "rate", "state", "code" };
    int code = cli_options(cli, "", NULL, 0, argc, argv, NULL, 0);
    struct cli_table *table;
    struct err err;

    if (code == CLI_GO_ON)
        code = cli_gate(cli);
    if (code != CLI_GO_ON)
        return code;
    table = cli_table_new(cli->mem, header, COUNT_OF(header));
    if (list_senders(cli, table, &err))
        return cli_fail(cli, &err);
    cli_table_print(cli, table);
    if (list_counts(cli, &err))
        return cli_fail(cli, &err);
    return EX_OK;
}
