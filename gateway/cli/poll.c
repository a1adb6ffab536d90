/* postcircle poll add|show: questions with answers by number (gateway/note/poll). */
#include "base/text.h"
#include "gateway/cli/cli.h"
#include "gateway/note/poll.h"
#include "gateway/say/phrase.h"
#include "gateway/say/poll_open.h"

struct poll_words {
    const char *group, *by, *question, *closes, *on;
    struct cli_many options;
    bool is_weekly;
};

static enum rc plan(struct cli *cli, struct poll_words *w, struct post *post, int64_t *ret_due_ms, const char **zone,
                    struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct poll_draft d = { .options = w->options.values,
                            .option_count = w->options.count,
                            .when_ms = w->is_weekly ? TOPIC_NEXT : TOPIC_NOW,
                            .who = cli->who };
    struct care_group g;
    struct person by;

    for (size_t i = 0; i < w->options.count; i++)
        w->options.values[i] = text_clean_line(cli->mem, w->options.values[i], strlen(w->options.values[i]));
    d.question = text_clean_line(cli->mem, w->question, strlen(w->question));
    if (db_begin(cli->gate->store.db, &tx, err) || cli_find_group(cli, w->group, &g, err) ||
        cli_find_staff(cli, w->by, &by, err))
        return err->rc;
    d.group = g.id;
    d.author = by.id;
    *zone = g.zone;
    if (cli_read_moment(w->closes, g.zone, &d.closes_ms, err) ||
        (w->on && cli_read_moment(w->on, g.zone, &d.when_ms, err)) || poll_plan(cli->gate, &d, post, ret_due_ms, err))
        return err->rc;
    return db_commit(&tx, err);
}

int cli_poll_add(struct cli *cli, int argc, char **argv)
{
    struct poll_words w = { .group = NULL };
    const struct cli_option options[] = {
        { .name = "by", .value = "ADDRESS", .help = "who asks", .to = &w.by },
        { .name = "question", .value = "TEXT", .help = "the question", .to = &w.question },
        { .name = "answer", .value = "TEXT", .help = "2 to 9 answers, in their order", .many = &w.options },
        { .name = "closes", .value = "DATE", .help = "\"2026-03-20 18:00\", local", .to = &w.closes },
        { .name = "on", .value = "DATE", .help = "goes out then, if it has its OK; else with its OK", .to = &w.on },
        { .name = "weekly", .help = "takes the next free weekly hour of the group (topic hour)", .flag = &w.is_weekly },
    };
    const char *zone = NULL;
    int64_t due_ms = 0;
    struct json *out;
    struct post post;
    struct err err;
    int code = cli_options(cli, "GROUP --by ADDRESS --question TEXT --answer TEXT --answer TEXT --closes DATE", options,
                           COUNT_OF(options), argc, argv, &w.group, 1);

    if (code == CLI_GO_ON && (!w.by || !w.question || !w.closes || (w.on && w.is_weekly)))
        code = cli_usage(cli, "poll add needs --by, --question, --closes, and at most one of --on and --weekly");
    if (code == CLI_GO_ON)
        code = cli_gate(cli);
    if (code != CLI_GO_ON)
        return code;
    if (plan(cli, &w, &post, &due_ms, &zone, &err))
        return cli_fail(cli, &err);
    out = json_object_new();
    json_set_int(out, "post", post.id.v);
    cli_put(cli, &out);
    cli_say(cli, "It waits for a moderator%s%s.\n", due_ms ? ", and goes out on " : "",
            due_ms ? phrase_moment_there(cli->gate, LANGUAGE_ENGLISH, zone, due_ms, cli->mem) : "");
    return EX_OK;
}

/* Numbers only from POLL_FLOOR voters on, for staff too. */
static void show(struct cli *cli, const struct post *post, const struct poll_totals *totals, const char *until)
{
    struct json *out = json_object_new();
    const char *labels[POLL_OPTIONS_MAX + 1];
    const bool is_shown = totals->voters >= POLL_FLOOR;

    poll_labels(post->text, cli->mem, labels);
    cli_pair(cli, out, "post", "Post:", arena_printf(cli->mem, "%" PRId64, post->id.v));
    cli_pair(cli, out, "open_until", "Open until:", until ? until : "not open");
    cli_pair(cli, out, "voters",
             "Voters:", is_shown ? arena_printf(cli->mem, "%" PRId64, totals->voters) : "fewer than five, not told");
    for (int i = 1; i <= POLL_OPTIONS_MAX; i++)
        if (labels[i])
            cli_pair(cli, out, arena_printf(cli->mem, "answer_%d", i), arena_printf(cli->mem, "%d:", i),
                     is_shown ? arena_printf(cli->mem, "%s: %" PRId64, labels[i], totals->chose[i]) : labels[i]);
    cli_put(cli, &out);
}

int cli_poll_show(struct cli *cli, int argc, char **argv)
{
    struct poll_totals totals;
    struct care_group g;
    struct poll poll;
    struct post post;
    const char *group, *until;
    struct err err;
    int code = cli_options(cli, "GROUP", NULL, 0, argc, argv, &group, 1);

    if (code == CLI_GO_ON)
        code = cli_gate(cli);
    if (code != CLI_GO_ON)
        return code;
    if (cli_find_group(cli, group, &g, &err))
        return cli_fail(cli, &err);
    if (poll_of_group(&cli->gate->store, g.id, &poll, &err))
        return cli_fail(cli, &err);
    if (post_get(&cli->gate->store, poll.post, cli->mem, &post, &err) ||
        poll_count(&cli->gate->store, poll.post, &totals, &err) ||
        poll_open_until(cli->gate, poll.post, LANGUAGE_ENGLISH, cli->mem, &until, &err))
        return cli_fail(cli, &err);
    show(cli, &post, &totals, until);
    return EX_OK;
}
