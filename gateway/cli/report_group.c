/* postcircle report group: what a group did, as numbers: nobody is named, no words. */
#include "gateway/cli/sheet.h"

#include "gateway/say/figures.h"
#include "store/engagement.h"

#define WEEKS_DEFAULT 4
#define BAR_MAX 40

static const char *const columns[] = { "what", "count" };
static const struct sheet_form form = { columns, COUNT_OF(columns), COUNT_OF(columns) };

static void put(struct cli *cli, struct sheet *sheet, const char *what, int64_t n)
{
    const char *const cells[] = { what, arena_printf(cli->mem, "%" PRId64, n) };

    sheet_row(sheet, cells);
}

/* The time from arrival to release, in minutes: half of the notes, and 95 of 100, waited no longer. */
static void put_waits(struct cli *cli, struct sheet *sheet, const char *of, const int64_t *wait_ms, size_t n)
{
    if (!n)
        return;
    put(cli, sheet, arena_printf(cli->mem, "minutes to release%s, median", of),
        figures_percentile(wait_ms, n, 50) / MS_MINUTE);
    put(cli, sheet, arena_printf(cli->mem, "minutes to release%s, 95 of 100", of),
        figures_percentile(wait_ms, n, 95) / MS_MINUTE);
}

static void put_members(struct cli *cli, struct sheet *sheet, const struct engagement *e)
{
    for (enum member_state state = MEMBER_INVITED; state < MEMBER_STATE_END; state++)
        put(cli, sheet, arena_printf(cli->mem, "members %s", member_state_name(state)), e->members[state]);
    for (enum member_rhythm rhythm = RHYTHM_EACH; rhythm < RHYTHM_END; rhythm++)
        put(cli, sheet, arena_printf(cli->mem, "active who read %s", member_rhythm_name(rhythm)), e->rhythms[rhythm]);
    put(cli, sheet, "joined", e->joined);
    put(cli, sheet, "left", e->left);
}

static void put_notes(struct cli *cli, struct sheet *sheet, const struct engagement *e)
{
    const int64_t published = e->states[POST_PUBLISHED] + e->states[POST_CORRECTED];
    const int64_t waiting =
        e->states[POST_HELD] + e->states[POST_ASKED] + e->states[POST_REFERRED] + e->states[POST_HALF_RELEASED];

    put(cli, sheet, "new talks", e->came[POST_POST]);
    put(cli, sheet, "answers", e->came[POST_COMMENT]);
    put(cli, sheet, "announcements", e->came[POST_ANNOUNCEMENT]);
    put(cli, sheet, "people who wrote", e->authors);
    put(cli, sheet, "people who answered", e->repliers);
    put(cli, sheet, "published", published);
    put(cli, sheet, "corrected by a note", e->states[POST_CORRECTED]);
    put(cli, sheet, "refused", e->states[POST_REJECTED] + e->states[POST_RETURNED]);
    put(cli, sheet, "answered privately", e->states[POST_PRIVATE]);
    put(cli, sheet, "withdrawn", e->states[POST_WITHDRAWN]);
    put(cli, sheet, "waiting", waiting);
    for (size_t tier = 0; tier < ENGAGEMENT_TIERS; tier++)
        put(cli, sheet, arena_printf(cli->mem, "notes of tier %zu", tier), e->tiers[tier]);
    put_waits(cli, sheet, "", e->wait_ms, e->wait_count);
    for (size_t tier = 0; tier < ENGAGEMENT_TIERS; tier++)
        put_waits(cli, sheet, arena_printf(cli->mem, " of tier %zu", tier), e->tier_wait_ms[tier],
                  e->tier_wait_count[tier]);
    put(cli, sheet, "digests closed", e->issues);
    put(cli, sheet, "letters sent", e->letters[DELIVERY_SENT]);
    put(cli, sheet, "letters refused", e->letters[DELIVERY_FAILED]);
    put(cli, sheet, "letters not sent for want of TLS", e->letters[DELIVERY_NO_TLS]);
}

/* One line a week: the number says it, the bar shows it. */
static void put_weeks(struct cli *cli, struct json *root, const struct engagement *e, int64_t from_ms)
{
    struct json *list = json_array_new();
    int64_t most = 1;

    for (size_t i = 0; i < e->week_count; i++)
        most = e->weeks[i].notes > most ? e->weeks[i].notes : most;
    cli_say(cli, "\nNotes published, by week\n");
    for (size_t i = 0; i < e->week_count; i++) {
        static const char bar[BAR_MAX + 1] = "########################################";
        struct json *week = json_object_new();
        char stamp[CLOCK_STAMP_SIZE];

        clock_stamp(from_ms + (int64_t)i * 7 * MS_DAY, stamp);
        stamp[10] = '\0';
        json_set_str(week, "from", stamp);
        json_set_int(week, "notes", e->weeks[i].notes);
        json_set_int(week, "authors", e->weeks[i].authors);
        json_push(list, &week);
        cli_say(cli, "  %s  %4" PRId64 " by %3" PRId64 "  %.*s\n", stamp, e->weeks[i].notes, e->weeks[i].authors,
                (int)(e->weeks[i].notes * BAR_MAX / most), bar);
    }
    json_set(root, "weeks", &list);
}

static enum rc print_report(struct cli *cli, const char *which, const char *from, const char *until, const char *csv,
                            struct err *err)
{
    CLEANUP(json_free) struct json *root = json_object_new();
    CLEANUP(sheet_done) struct sheet sheet = { 0 };
    struct care_group group;
    struct sheet_span span;
    struct engagement e;

    if (cli_find_group(cli, which, &group, err) || sheet_read_span(cli, from, until, &span, err))
        return err->rc;
    span.until_ms = span.until_ms ? span.until_ms : gate_now_ms(cli->gate) + 1;
    span.from_ms = span.from_ms ? span.from_ms : span.until_ms - WEEKS_DEFAULT * 7 * MS_DAY;
    if (engagement_read(&cli->gate->store, group.id, span.from_ms, span.until_ms, cli->mem, &e, err) ||
        sheet_begin(&sheet, cli, &form, csv, err))
        return err->rc;
    json_set_str(root, "group", group.slug);
    json_set_str(root, "from", sheet_time(cli, span.from_ms));
    json_set_str(root, "until", sheet_time(cli, span.until_ms));
    cli_say(cli, "%s, %s to %s\n", group.alias, sheet_time(cli, span.from_ms), sheet_time(cli, span.until_ms));
    put_members(cli, &sheet, &e);
    put_notes(cli, &sheet, &e);
    if (sheet_end(&sheet, root, "counts", err))
        return err->rc;
    put_weeks(cli, root, &e, span.from_ms);
    cli_put(cli, &root);
    return RC_OK;
}

int cli_report_group(struct cli *cli, int argc, char **argv)
{
    const char *which = NULL, *from = NULL, *until = NULL, *csv = NULL;
    const struct cli_option options[] = {
        { .name = "from", .value = "YYYY-MM-DD", .help = "the first day (four weeks ago)", .to = &from },
        { .name = "until", .value = "YYYY-MM-DD", .help = "the last day (today)", .to = &until },
        { .name = "csv", .value = "FILE", .help = "the counts into a new file instead", .to = &csv },
    };
    int code = cli_options(cli, "GROUP [options]", options, COUNT_OF(options), argc, argv, &which, 1);
    struct err err;

    if (code != CLI_GO_ON)
        return code;
    if (!which)
        return cli_usage(cli, "which group? `postcircle group list` shows them");
    code = cli_gate(cli);
    if (code != CLI_GO_ON)
        return code;
    return print_report(cli, which, from, until, csv, &err) ? cli_fail(cli, &err) : EX_OK;
}
