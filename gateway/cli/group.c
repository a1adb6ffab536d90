/* postcircle group add|set|list|show|end */
#include "base/text.h"
#include "gateway/cli/cli.h"
#include "gateway/cli/group_alias.h"
#include "gateway/office/address_check.h"
#include "gateway/office/ending.h"
#include "gateway/people/courtesies.h"
#include "gateway/people/enroll.h"
#include "gateway/practice/ours.h"
#include "gateway/practice/record.h"
#include "schedules/zone.h"
#include "store/due.h"
#include "store/membership.h"
#include "store/post.h"

#define INVITED_PAGE 500
#define WAITING_MAX 500

static const char *const weekday_words[] = { "",          "sunday",   "monday", "tuesday",
                                             "wednesday", "thursday", "friday", "saturday" };
static const char *const review_words[] = { "", "hold", "two-people" };
static const char *const files_words[] = { "", "none", "photos", "photos+pdf" };

struct group_words {
    const char *name, *alias, *short_text, *long_text, *zone, *hour, *weekday, *review, *files, *start, *end,
        *courtesies;
    struct cli_many rules, forbidden;
    bool is_address_checked; /* set alone */
};

#define GROUP_OPTIONS(w)                                                                                               \
    { .name = "name", .value = "NAME", .help = "what members call it", .to = &(w).name },                              \
        { .name = "alias",                                                                                             \
          .value = "WORDS",                                                                                            \
          .help = "neutral: strangers may see it; gives the address",                                                  \
          .to = &(w).alias },                                                                                          \
        { .name = "short", .value = "TEXT", .help = "one line about it", .to = &(w).short_text },                      \
        { .name = "long", .value = "TEXT", .help = "what the invitation says about it", .to = &(w).long_text },        \
        { .name = "rule", .value = "TEXT", .help = "a house rule", .many = &(w).rules },                               \
        { .name = "forbidden", .value = "WORD", .help = "no header may show it", .many = &(w).forbidden },             \
        { .name = "digest-hour", .value = "HH:MM", .help = "when the letter goes; 09:00", .to = &(w).hour },           \
        { .name = "weekday", .value = "DAY", .help = "of the weekly letter; tuesday", .to = &(w).weekday },            \
        { .name = "zone", .value = "ZONE", .help = "the practice's", .to = &(w).zone },                                \
        { .name = "review", .value = "POLICY", .help = "hold, or two-people for every release", .to = &(w).review },   \
        { .name = "files",                                                                                             \
          .value = "POLICY",                                                                                           \
          .help = "what members may send along: none, photos, photos+pdf",                                             \
          .to = &(w).files },                                                                                          \
        { .name = "start", .value = "YYYY-MM-DD", .help = "first day", .to = &(w).start },                             \
        { .name = "courtesies",                                                                                        \
          .value = "WORDS",                                                                                            \
          .help = "hello,milestones,thanks: what it does for members who say yes; or none",                            \
          .to = &(w).courtesies },                                                                                     \
    {                                                                                                                  \
        .name = "end", .value = "YYYY-MM-DD", .help = "last day: a closing letter goes out after it", .to = &(w).end   \
    }

static enum rc read_date(const char *text, int64_t *ret_day, struct err *err)
{
    int64_t year, month, day;
    char part[3][5] = { "", "", "" };

    if (!*text) {
        *ret_day = 0;
        return RC_OK;
    }
    if (strlen(text) == 10 && text[4] == '-' && text[7] == '-') {
        memcpy(part[0], text, 4);
        memcpy(part[1], text + 5, 2);
        memcpy(part[2], text + 8, 2);
    }
    if (text_to_int(part[0], ZONE_YEAR_MIN, ZONE_YEAR_MAX, &year, err) || text_to_int(part[1], 1, 12, &month, err) ||
        text_to_int(part[2], 1, 31, &day, err) || !zone_is_date((int)year, (int)month, (int)day))
        return err_set(err, RC_INPUT, "a date is expected, as 2026-12-31");
    *ret_day = clock_days_from_civil((int)year, (int)month, (int)day);
    return RC_OK;
}

static enum rc join_lines(struct cli *cli, const char *what, const struct cli_many *many, const char **text,
                          struct err *err)
{
    const char *joined = "";

    for (size_t i = 0; i < many->count; i++) {
        const char *const line = text_clean_line(cli->mem, many->values[i], strlen(many->values[i]));

        if (text_length(line) > 500)
            return err_set(err, RC_INPUT, "--%s: over 500 characters", what);
        joined = arena_printf(cli->mem, "%s%s%s", joined, *joined ? "\n" : "", line);
    }
    if (many->count)
        *text = joined;
    return RC_OK;
}

static enum rc read_schedule(const struct group_words *w, struct care_group *g, struct err *err)
{
    int word;

    if (w->hour && enroll_check_minute(w->hour, &g->digest_minute, err))
        return err_wrap(err, "--digest-hour");
    if (w->zone && enroll_check_zone(w->zone, err))
        return err->rc;
    if (w->zone)
        g->zone = w->zone;
    if (w->weekday) {
        if ((word = cli_find_word(w->weekday, weekday_words, COUNT_OF(weekday_words))) < 0)
            return err_set(err, RC_INPUT, "--weekday takes sunday to saturday");
        g->digest_weekday = word - 1;
    }
    if (w->review) {
        if ((word = cli_find_word(w->review, review_words, COUNT_OF(review_words))) < 0)
            return err_set(err, RC_INPUT, "--review takes hold or two-people");
        g->review = (enum group_review)word;
    }
    if (w->files) {
        if ((word = cli_find_word(w->files, files_words, COUNT_OF(files_words))) < 0)
            return err_set(err, RC_INPUT, "--files takes none, photos or photos+pdf");
        g->files = (enum group_files)word;
    }
    if ((w->start && read_date(w->start, &g->start_day, err)) || (w->end && read_date(w->end, &g->end_day, err)))
        return err->rc;
    return g->end_day && g->end_day < g->start_day ? err_set(err, RC_INPUT, "--end lies before --start") : RC_OK;
}

/* What strangers see must not say what members may not want said. */
static enum rc check_alias(struct cli *cli, const struct care_group *g, struct err *err)
{
    const char *const alias = text_fold_plain(cli->mem, g->alias);
    const char *at = g->forbidden, *line;
    size_t n;

    if (!*g->name || !*g->alias || text_length(g->name) > 80 || text_length(g->alias) > 60)
        return err_set(err, RC_INPUT, "--name and --alias: 1 to 80 and 60 characters");
    if (strpbrk(g->alias, "@<>\""))
        return err_set(err, RC_INPUT, "--alias: letters, digits and blanks");
    while (text_next_line(&at, &line, &n))
        if (n && strstr(alias, text_fold_plain(cli->mem, arena_strndup(cli->mem, line, n))))
            return err_set(err, RC_INPUT, "--alias holds a forbidden word; strangers see the alias");
    return RC_OK;
}

static enum rc read_words(struct cli *cli, const struct group_words *w, struct care_group *g, struct err *err)
{
    const struct {
        const char *from, **to;
    } texts[] = { { w->name, &g->name }, { w->alias, &g->alias }, { w->short_text, &g->short_text } };

    for (size_t i = 0; i < COUNT_OF(texts); i++)
        if (texts[i].from)
            *texts[i].to = text_clean_line(cli->mem, texts[i].from, strlen(texts[i].from));
    if (w->long_text)
        g->long_text = text_clean(cli->mem, w->long_text, strlen(w->long_text));
    if (text_length(g->long_text) > 2000 || text_length(g->short_text) > 200)
        return err_set(err, RC_INPUT, "--short and --long: at most 200 and 2000 characters");
    if (join_lines(cli, "rule", &w->rules, &g->rules, err) ||
        join_lines(cli, "forbidden", &w->forbidden, &g->forbidden, err) || read_schedule(w, g, err))
        return err->rc;
    return check_alias(cli, g, err);
}

/* It stands on every envelope; a practice may mean it all the same. */
static void warn_of_alias(const struct cli *cli, const struct care_group *g)
{
    const char *const word = group_alias_telling(g->alias, g->name, cli->mem);

    if (word)
        cli_warn(
            cli,
            "strangers see the alias on every envelope, and \"%s\" in it may tell what the group is about. A day or a "
            "place tells nothing: %s",
            word,
            cli_called(cli, arena_printf(cli->mem, "postcircle group set %s --alias \"Tuesday\" (its address stays)",
                                         g->slug)));
}

/* The day after the last one, at the group's hour. */
static enum rc set_end_job(struct cli *cli, const struct care_group *g, struct err *err)
{
    int64_t at_ms;
    int year, month, day;

    if (!g->end_day)
        return due_clear(&cli->gate->store, JOB_GROUP_END, g->id.v, err);
    clock_civil_from_days(g->end_day + 1, &year, &month, &day);
    if (zone_utc_from_local(g->zone, year, month, day, (int)(g->digest_minute / 60), (int)(g->digest_minute % 60),
                            &at_ms, err))
        return err->rc;
    return due_set(&cli->gate->store, JOB_GROUP_END, g->id.v, at_ms, err);
}

static const char *describe(const struct care_group *g, struct arena *mem)
{
    return arena_printf(
        mem, "%s | %s | %s | %s | %s | %s | %s | %s %" PRId64 " %" PRId64 " | %d %s | %" PRId64 "-%" PRId64, g->name,
        g->alias, g->slug, g->short_text, g->long_text, g->rules, g->forbidden, g->zone, g->digest_minute,
        g->digest_weekday, g->review, files_words[g->files], g->start_day, g->end_day);
}

static enum rc set_courtesies(struct cli *cli, const struct group_words *w, struct group_id group, struct err *err)
{
    int64_t customs;

    if (!w->courtesies)
        return RC_OK;
    if (courtesies_read(w->courtesies, &customs, err))
        return err_wrap(err, "--courtesies");
    return courtesies_set(cli->gate, &cli->who, group, customs, err);
}

static enum rc add(struct cli *cli, const struct group_words *w, struct care_group *g, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    char slug[GROUP_SLUG_SIZE];

    if (read_words(cli, w, g, err) || group_make_slug(g->alias, slug, err))
        return err->rc;
    if (!strcmp(slug, "desk") || !strcmp(slug, "postmaster") || !strcmp(slug, "abuse") || !strcmp(slug, "bounce"))
        return err_set(err, RC_INPUT, "--alias: this address has a use of its own");
    g->slug = arena_strdup(cli->mem, slug);
    g->address = address_check_is_needed(cli->gate) ? GROUP_ADDRESS_WAITS : GROUP_ADDRESS_FREE;
    if (db_begin(cli->gate->store.db, &tx, err))
        return err->rc;
    if (group_add(&cli->gate->store, g, err))
        return err->rc == RC_CONFLICT ? err_set(err, RC_CONFLICT, "another group has the address %s", slug) : err->rc;
    if (record_act(cli->gate, &cli->who, AUDIT_GROUP_ADDED, AUDIT_ITEM_GROUP, g->id.v, NULL, describe(g, cli->mem),
                   err) ||
        set_end_job(cli, g, err) || set_courtesies(cli, w, g->id, err))
        return err->rc;
    return db_commit(&tx, err);
}

/* The group is there either way. */
static void begin_check(struct cli *cli, const struct care_group *g)
{
    struct err err;

    if (address_check_send(cli->gate, g, &err))
        cli_warn(cli, "A mail to that address could not be sent: %s.\n", err.msg);
    else
        cli_say(cli, "A mail to it is on its way. ");
    cli_say(cli, "%s",
            cli_called(cli, arena_printf(cli->mem,
                                         "Invitations wait until one has come back to us; look with: postcircle group "
                                         "show %s\nTry again with: postcircle group check %s\n",
                                         g->slug, g->slug)));
}

int cli_group_add(struct cli *cli, int argc, char **argv)
{
    struct group_words w = { 0 };
    const struct cli_option options[] = { GROUP_OPTIONS(w) };
    struct care_group g = { .digest_minute = 9 * 60,
                            .digest_weekday = 2,
                            .name = "",
                            .alias = "",
                            .short_text = "",
                            .long_text = "",
                            .rules = "",
                            .forbidden = "" };
    struct json *out;
    struct err err;
    int code = cli_options(cli, "--name NAME --alias WORDS [options]", options, COUNT_OF(options), argc, argv, NULL, 0);

    if (code == CLI_GO_ON && (!w.name || !w.alias))
        code = cli_usage(cli, "group add needs --name and --alias");
    if (code == CLI_GO_ON)
        code = cli_gate(cli);
    if (code != CLI_GO_ON)
        return code;
    g.zone = cli->gate->facts.zone;
    if (add(cli, &w, &g, &err))
        return cli_fail(cli, &err);
    out = json_object_new();
    json_set_int(out, "id", g.id.v);
    json_set_str(out, "slug", g.slug);
    json_set_str(out, "address", ours_write(cli->gate, g.slug, NULL, cli->mem));
    json_set_bool(out, "address_waits", g.address == GROUP_ADDRESS_WAITS);
    cli_put(cli, &out);
    cli_say(cli, "Added. Its address is %s\n", ours_write(cli->gate, g.slug, NULL, cli->mem));
    warn_of_alias(cli, &g);
    if (g.address == GROUP_ADDRESS_WAITS)
        begin_check(cli, &g);
    return EX_OK;
}

static enum rc set(struct cli *cli, const char *which, const struct group_words *w, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct care_group g;
    const char *old;

    if (db_begin(cli->gate->store.db, &tx, err) || cli_find_group(cli, which, &g, err))
        return err->rc;
    old = describe(&g, cli->mem);
    if (read_words(cli, w, &g, err) || group_change(&cli->gate->store, &g, err) ||
        record_act(cli->gate, &cli->who, AUDIT_GROUP_CHANGED, AUDIT_ITEM_GROUP, g.id.v, old, describe(&g, cli->mem),
                   err) ||
        (g.state == GROUP_OPEN && set_end_job(cli, &g, err)) || set_courtesies(cli, w, g.id, err) ||
        (w->is_address_checked && address_check_vouch(cli->gate, &cli->who, g.id, err)) || db_commit(&tx, err))
        return err->rc;
    if (w->name || w->alias)
        warn_of_alias(cli, &g);
    return RC_OK;
}

int cli_group_set(struct cli *cli, int argc, char **argv)
{
    struct group_words w = { 0 };
    const struct cli_option options[] = {
        GROUP_OPTIONS(w),
        { .name = "address-checked",
          .help = "you know that mail to its address comes here: invitations wait no more",
          .flag = &w.is_address_checked },
    };
    const char *which;
    struct err err;
    int code = cli_options(cli, "GROUP [options]", options, COUNT_OF(options), argc, argv, &which, 1);

    if (code == CLI_GO_ON && argc < 2)
        code = cli_usage(cli, "group set needs a group and what to change");
    if (code == CLI_GO_ON)
        code = cli_gate(cli);
    if (code != CLI_GO_ON)
        return code;
    return set(cli, which, &w, &err) ? cli_fail(cli, &err) : cli_done_set(cli, options, COUNT_OF(options));
}

int cli_group_list(struct cli *cli, int argc, char **argv)
{
    static const char *const header[] = { "slug", "name", "state", "members", "id" };
    struct cli_table *table;
    struct care_group *groups;
    struct err err;
    size_t n;
    int code = cli_options(cli, "", NULL, 0, argc, argv, NULL, 0);

    if (code == CLI_GO_ON)
        code = cli_gate(cli);
    if (code != CLI_GO_ON)
        return code;
    if (group_list(&cli->gate->store, cli->mem, &groups, &n, &err))
        return cli_fail(cli, &err);
    table = cli_table_new(cli->mem, header, COUNT_OF(header));
    cli_table_numbers(table, 3);
    cli_table_numbers(table, 4);
    for (size_t i = 0; i < n; i++) {
        struct roster_count count;

        if (membership_count(&cli->gate->store, &(struct roster_filter){ .group = groups[i].id }, &count, &err))
            return cli_fail(cli, &err);
        cli_table_row(table, (const char *[]){ groups[i].slug, groups[i].name, group_state_name(groups[i].state),
                                               arena_printf(cli->mem, "%" PRId64, count.all),
                                               arena_printf(cli->mem, "%" PRId64, groups[i].id.v) });
    }
    cli_table_print(cli, table);
    return EX_OK;
}

static const char *date_of(int64_t day, struct arena *mem)
{
    int year, month, d;

    if (!day)
        return "";
    clock_civil_from_days(day, &year, &month, &d);
    return arena_printf(mem, "%04d-%02d-%02d", year, month, d);
}

/* Who was asked and has not said yes. */
static enum rc count_invited(struct cli *cli, struct group_id group, int64_t *ret_n, struct err *err)
{
    struct membership_id after = { 0 };
    size_t n;

    *ret_n = 0;
    do {
        CLEANUP(arena_free) struct arena *mem = arena_new("invited");
        struct membership *list;

        if (membership_page(&cli->gate->store, group, after, INVITED_PAGE, mem, &list, &n, err))
            return err->rc;
        for (size_t i = 0; i < n; i++)
            *ret_n += list[i].state == MEMBER_INVITED;
        if (n)
            after = list[n - 1].id;
    } while (n == INVITED_PAGE);
    return RC_OK;
}

static void show(const struct cli *cli, const struct care_group *g, const struct roster_count *count, int64_t invited,
                 int64_t customs)
{
    struct json *out = json_object_new();
    struct arena *const mem = cli->mem;

    cli_pair(cli, out, "id", "Number:", arena_printf(mem, "%" PRId64, g->id.v));
    cli_pair(cli, out, "address", "Address:", ours_write(cli->gate, g->slug, NULL, mem));
    cli_pair(cli, out, "address_check", "Address check:", address_check_say(g->address));
    if (g->address == GROUP_ADDRESS_WAITS)
        cli_say(cli, "→ %s\n",
                cli_called(cli, arena_printf(mem,
                                             "postcircle group check %s; or, when you know that it works, postcircle "
                                             "group set %s --address-checked",
                                             g->slug, g->slug)));
    cli_pair(cli, out, "name", "Name:", g->name);
    cli_pair(cli, out, "alias", "Seen by strangers:", g->alias);
    cli_pair(cli, out, "state", "State:", group_state_name(g->state));
    cli_pair(cli, out, "members", "Members:",
             arena_printf(mem, "%" PRId64 " (%" PRId64 " by email, %" PRId64 " by text)%s", count->all, count->by_email,
                          count->by_text, invited ? arena_printf(mem, ", invited %" PRId64, invited) : ""));
    cli_pair(cli, out, "digest_hour",
             "Letter at:", arena_printf(mem, "%02d:%02d", (int)(g->digest_minute / 60), (int)(g->digest_minute % 60)));
    cli_pair(cli, out, "weekday", "Weekly on:", weekday_words[g->digest_weekday + 1]);
    cli_pair(cli, out, "zone", "Time zone:", g->zone);
    cli_pair(cli, out, "review", "Review:", review_words[g->review]);
    cli_pair(cli, out, "courtesies", "Courtesies:", courtesies_say(customs, mem));
    cli_pair(cli, out, "files", "Files:", files_words[g->files]);
    cli_pair(cli, out, "start", "First day:", date_of(g->start_day, mem));
    cli_pair(cli, out, "end", "Last day:", date_of(g->end_day, mem));
    cli_pair(cli, out, "short", "In short:", g->short_text);
    cli_pair(cli, out, "long", "About:", g->long_text);
    cli_pair(cli, out, "rules", "House rules:", g->rules);
    cli_pair(cli, out, "forbidden", "Forbidden words:", g->forbidden);
    cli_put(cli, &out);
}

int cli_group_show(struct cli *cli, int argc, char **argv)
{
    struct roster_count count;
    struct care_group g;
    const char *which;
    int64_t customs, invited;
    struct err err;
    int code = cli_options(cli, "GROUP", NULL, 0, argc, argv, &which, 1);

    if (code == CLI_GO_ON)
        code = cli_gate(cli);
    if (code != CLI_GO_ON)
        return code;
    if (cli_find_group(cli, which, &g, &err) || count_invited(cli, g.id, &invited, &err) ||
        custom_of_group(&cli->gate->store, g.id, &customs, &err) ||
        membership_count(&cli->gate->store, &(struct roster_filter){ .group = g.id }, &count, &err))
        return cli_fail(cli, &err);
    show(cli, &g, &count, invited, customs);
    return EX_OK;
}

/* What is about to happen, and cannot be taken back, is said first. */
static enum rc ask_before_end(struct cli *cli, const struct care_group *g, struct err *err)
{
    struct roster_count members;
    struct post *posts;
    size_t n, waiting = 0;

    if (g->state != GROUP_OPEN)
        return RC_OK;
    if (membership_count(&cli->gate->store, &(struct roster_filter){ .group = g->id }, &members, err) ||
        post_waiting(&cli->gate->store, WAITING_MAX, cli->mem, &posts, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++)
        waiting += posts[i].group.v == g->id.v;
    return err_set(err, RC_CONFLICT,
                   "nothing is ended yet: %" PRId64
                   " members would get a closing letter, %zu notes that wait would go back, "
                   "and it cannot be undone; if you mean it: postcircle group end %s --yes",
                   members.all, waiting, g->slug);
}

static enum rc end(struct cli *cli, const char *which, const char *message, bool is_sure, int64_t *letters,
                   struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct care_group g;

    if (db_begin(cli->gate->store.db, &tx, err) || cli_find_group(cli, which, &g, err) ||
        (!is_sure && ask_before_end(cli, &g, err)) || ending_close(cli->gate, &cli->who, g.id, message, letters, err))
        return err->rc;
    return db_commit(&tx, err);
}

int cli_group_end(struct cli *cli, int argc, char **argv)
{
    const char *message = NULL, *which;
    bool is_sure = false;
    const struct cli_option options[] = {
        { .name = "message", .value = "TEXT", .help = "a line of your own in the closing letter", .to = &message },
        { .name = "yes", .help = "end it; without, only what would happen is said", .flag = &is_sure },
    };
    struct json *out;
    int64_t letters = 0;
    struct err err;
    int code = cli_options(cli, "GROUP [options]", options, COUNT_OF(options), argc, argv, &which, 1);

    if (code == CLI_GO_ON)
        code = cli_gate(cli);
    if (code != CLI_GO_ON)
        return code;
    if (end(cli, which, message, is_sure, &letters, &err))
        return cli_fail(cli, &err);
    out = json_object_new();
    json_set_int(out, "letters", letters);
    cli_put(cli, &out);
    cli_say(cli, "Ended. %" PRId64 " closing letters go out now.\n", letters);
    return EX_OK;
}
