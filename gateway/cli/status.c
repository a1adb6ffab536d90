/* postcircle status: what waits, where, since when; which roles run. */
#include "gateway/cli/cli.h"

#include "gateway/digest/digest.h"
#include "gateway/duty/test_page.h"
#include "gateway/home/lmtp_listen.h"
#include "gateway/home/wake.h"
#include "gateway/intake/maildir_in.h"
#include "gateway/say/phrase.h"
#include "gateway/serve/role.h"
#include "gateway/serve/serve.h"
#include "store/due.h"
#include "store/health.h"
#include "store/retention.h"

static const char *const lane_words[LANE_COUNT] = { "urgent", "review", "reply", "visit", "letter" };
static const char *const tier_words[HEALTH_TIERS] = { "0 danger now", "1 danger", "2 soon", "3 look closely",
                                                      "4 routine" };

static const char *age_of(struct cli *cli, int64_t since_ms)
{
    const int64_t minutes = since_ms ? (gate_now_ms(cli->gate) - since_ms) / MS_MINUTE : 0;

    if (minutes < 120)
        return arena_printf(cli->mem, "%" PRId64 " min", minutes);
    return minutes < 48 * 60 ? arena_printf(cli->mem, "%" PRId64 " h", minutes / 60)
                             : arena_printf(cli->mem, "%" PRId64 " days", minutes / 60 / 24);
}

/* In words, by the practice's clock. */
static const char *moment(struct cli *cli, int64_t at_ms)
{
    return phrase_moment(cli->gate, LANGUAGE_ENGLISH, NULL, at_ms, cli->mem);
}

static void put_line(struct cli *cli, struct json *list, const char *name, const struct health_line *line)
{
    struct json *object = json_object_new();

    json_set_str(object, "what", name);
    json_set_int(object, "count", line->count);
    json_set_int(object, "oldest_ms", line->oldest_ms);
    json_push(list, &object);
    if (line->count)
        cli_say(cli, "  %-18s %6" PRId64 "   oldest %s\n", name, line->count, age_of(cli, line->oldest_ms));
}

static void put_waiting(struct cli *cli, struct json *root, const struct health *h)
{
    CLEANUP(json_free) struct json *waiting = json_array_new(), *other = json_array_new();
    int64_t all = 0;

    cli_say(cli, "Notes that wait for review, by tier\n");
    for (size_t tier = 0; tier < HEALTH_TIERS; tier++) {
        put_line(cli, waiting, tier_words[tier], &h->waiting[tier]);
        all += h->waiting[tier].count;
    }
    if (!all)
        cli_say(cli, "  none\n");
    cli_say(cli, "Alarms and mail that came in\n");
    put_line(cli, other, "alarms open", &h->open_pages);
    put_line(cli, other, "alarms claimed", &h->claimed_pages);
    put_line(cli, other, "mail not sorted", &h->new_arrivals);
    put_line(cli, other, "mail parked", &h->parked_arrivals);
    put_line(cli, other, "emails suspended", &h->suspended);
    if (!h->suspended.count && !h->open_pages.count && !h->claimed_pages.count && !h->new_arrivals.count &&
        !h->parked_arrivals.count)
        cli_say(cli, "  nothing waits\n");
    json_set(root, "waiting", &waiting);
    json_set(root, "other", &other);
}

/* Only where a Maildir is watched. */
static enum rc put_maildir(struct cli *cli, struct json *root, struct err *err)
{
    const char *const path = cli->home->settings.receive_maildir;
    struct maildir_in_counts counts;
    struct json *object;

    if (!*path)
        return RC_OK;
    if (maildir_in_count(path, cli->home, &counts, err))
        return err->rc;
    object = json_object_new();
    json_set_int(object, "waiting", counts.waiting);
    json_set_int(object, "nobodys", counts.nobodys);
    json_set(root, "maildir", &object);
    cli_say(cli, "Maildir\n  not taken yet      %6" PRId64 "\n", counts.waiting);
    if (counts.nobodys)
        cli_say(cli, "  nobody's           %6" PRId64 "   they stay in %s/new; see doctor\n", counts.nobodys, path);
    return RC_OK;
}

/* The proof that alarms arrive. */
static enum rc put_test(struct cli *cli, struct json *root, struct err *err)
{
    CLEANUP(json_free) struct json *object = json_object_new();
    struct test_page_state test;

    if (test_page_look(cli->gate, cli->mem, &test, err))
        return err->rc;
    json_set_int(object, "claimed_ms", test.claimed.claimed_ms);
    json_set_int(object, "open_since_ms", test.open.created_ms);
    json_set_int(object, "next_ms", test.next_ms);
    json_set_bool(object, "red", test.is_red);
    cli_say(cli, "Test alarm: %s%s; next %s\n",
            test.claimed.id.v ? arena_printf(cli->mem, "claimed %s ago", age_of(cli, test.claimed.claimed_ms))
                              : "none was claimed yet",
            test.open.id.v ? arena_printf(cli->mem, ", one waits for %s", age_of(cli, test.open.created_ms)) : "",
            test.next_ms ? moment(cli, test.next_ms) : "when serve runs");
    json_set(root, "test_alarm", &object);
    return RC_OK;
}

static void put_outbox(struct cli *cli, struct json *root, const struct health *h)
{
    CLEANUP(json_free) struct json *lanes = json_object_new();
    bool all_empty = true;

    cli_say(cli, "Outbox\n");
    for (size_t lane = 0; lane < LANE_COUNT; lane++) {
        struct json *object = json_object_new();

        bool is_empty = true;

        for (enum delivery_state state = DELIVERY_READY; state < DELIVERY_STATE_END; state++) {
            json_set_int(object, delivery_state_name(state), h->outbox[lane][state]);
            if (!h->outbox[lane][state])
                continue;
            if (is_empty)
                cli_say(cli, "  %-10s", lane_words[lane]);
            cli_say(cli, " %s %" PRId64, delivery_state_name(state), h->outbox[lane][state]);
            is_empty = false;
        }
        if (!is_empty)
            cli_say(cli, "\n");
        all_empty = all_empty && is_empty;
        json_set(lanes, lane_words[lane], &object);
    }
    if (all_empty)
        cli_say(cli, "  nothing was ever in it\n");
    json_set(root, "outbox", &lanes);
}

static void put_role(struct cli *cli, struct json *roles, const char *name, bool is_heard)
{
    json_set_bool(roles, name, is_heard);
    cli_say(cli, "  %-10s %s\n", name, is_heard ? "runs" : "does not run");
}

static void put_roles(struct cli *cli, struct json *root)
{
    CLEANUP(json_free) struct json *roles = json_object_new();
    const char *const path = cli->home->path, *const listen = cli->home->settings.lmtp_listen;
    const int64_t pid = serve_pid(path);
    struct err ignored;

    if (pid)
        cli_say(cli, "Roles (process %" PRId64 " supervises)\n", pid);
    else
        cli_say(cli, "%s", cli_called(cli, "Roles: nothing runs; `postcircle serve` starts them\n"));
    for (enum role_kind kind = 0; pid && kind < ROLE_MAIL; kind++)
        put_role(cli, roles, role_name(kind), wake_is_heard(path, role_name(kind)));
    if (pid && *listen)
        put_role(cli, roles, role_name(ROLE_LMTP), !lmtp_knock(listen, &ignored));
    for (size_t i = 0; pid && i < cli->home->settings.mailbox_count; i++)
        put_role(cli, roles,
                 arena_printf(cli->mem, "%s %s", role_name(ROLE_IMAP), cli->home->settings.mailboxes[i].name),
                 wake_is_heard(path, arena_printf(cli->mem, "%s-%zu", role_name(ROLE_IMAP), i)));
    for (int64_t i = 0; pid && i < cli->home->settings.mail_workers; i++) {
        const char *const name = arena_printf(cli->mem, "mail-%" PRId64, i);

        put_role(cli, roles, name, wake_is_heard(path, name));
    }
    json_set_int(root, "serve_pid", pid);
    json_set(root, "roles", &roles);
}

static enum rc put_next_close(struct cli *cli, struct json *root, struct err *err)
{
    int64_t next_ms;

    if (digest_next_close(cli->gate, &next_ms, err))
        return err->rc;
    json_set_int(root, "next_letter_ms", next_ms == INT64_MAX ? 0 : next_ms);
    cli_say(cli, "Next letter closes: %s\n", next_ms == INT64_MAX ? "no open group" : moment(cli, next_ms));
    return RC_OK;
}

static void put_class(struct cli *cli, struct json *list, enum retention_class class, const struct retention_last *last)
{
    struct json *object;
    char stamp[CLOCK_STAMP_SIZE];

    if (!last->at_ms)
        return;
    object = json_object_new();
    clock_stamp(last->at_ms, stamp);
    json_set_str(object, "what", retention_class_name(class));
    json_set_int(object, "rows", last->rows);
    json_set_int(object, "at_ms", last->at_ms);
    json_push(list, &object);
    cli_say(cli, "  %-18s %6" PRId64 "   last on %.10s\n", retention_class_name(class), last->rows, stamp);
}

/* What goes by the clock: when next, and what went last. */
static enum rc put_retention(struct cli *cli, struct json *root, struct err *err)
{
    struct retention_last last[RETENTION_CLASS_END];
    struct json *list;
    int64_t next_ms = 0;
    enum rc rc = due_time_of(&cli->gate->store, JOB_PURGE, 0, &next_ms, err);

    if ((rc && rc != RC_NOT_FOUND) || retention_read(&cli->gate->store, last, err))
        return err->rc;
    cli_say(cli, "Old data goes by the clock, next: %s\n", next_ms ? moment(cli, next_ms) : "when work is done");
    list = json_array_new();
    for (int class = 1; class < RETENTION_CLASS_END; class ++)
        put_class(cli, list, (enum retention_class) class, &last[class]);
    json_set_int(root, "next_retention_ms", next_ms);
    json_set(root, "deleted", &list);
    return RC_OK;
}

static enum rc put_restored(struct cli *cli, struct json *root, struct err *err)
{
    char stamp[CLOCK_STAMP_SIZE];
    int64_t at_ms;

    if (delivery_restored_at(&cli->gate->store, &at_ms, err))
        return err->rc;
    json_set_int(root, "restored_ms", at_ms);
    clock_stamp(at_ms, stamp);
    if (at_ms)
        cli_say(cli, "RESTORED on %.10s: nothing but alarms leaves before %s\n", stamp,
                cli_called(cli, "`postcircle restore --release` or --drop"));
    return RC_OK;
}

/* The roles are the home's: told once, after the practices. */
static int put_practice(struct cli *cli, void *ctx, struct json **ret_root)
{
    CLEANUP(json_free) struct json *root = json_object_new();
    struct health h;
    struct err err;

    (void)ctx;
    cli_say_practice(cli);
    if (health_read(&cli->gate->store, &h, &err) || put_restored(cli, root, &err))
        return cli_fail(cli, &err);
    put_waiting(cli, root, &h);
    if (put_maildir(cli, root, &err) || put_test(cli, root, &err))
        return cli_fail(cli, &err);
    put_outbox(cli, root, &h);
    if (put_next_close(cli, root, &err) || put_retention(cli, root, &err))
        return cli_fail(cli, &err);
    *ret_root = MOVE(root);
    return CLI_GO_ON;
}

int cli_status(struct cli *cli, int argc, char **argv)
{
    int code = cli_options(cli, "", NULL, 0, argc, argv, NULL, 0);
    CLEANUP(json_free) struct json *root = NULL;

    if (code != CLI_GO_ON || (code = cli_each(cli, put_practice, NULL, &root)) != CLI_GO_ON)
        return code;
    if (cli->is_one_of_many)
        cli_say(cli, "\n");
    put_roles(cli, root);
    cli_put(cli, &root);
    return EX_OK;
}
