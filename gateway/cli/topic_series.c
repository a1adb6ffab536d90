/* postcircle topic series|change|skip|end: words of staff that come again by a rule (gateway/note/topic_again). */
#include "base/text.h"
#include "gateway/cli/post.h"
#include "gateway/note/topic.h"
#include "gateway/note/topic_again.h"
#include "gateway/say/phrase.h"

#define SHOWN_DAYS 60

static enum rc find_series(struct cli *cli, const char *number, struct topic_series *ret, struct err *err)
{
    int64_t id;
    enum rc rc;

    if (!number || text_to_int(number, 1, INT64_MAX, &id, err))
        return err_set(err, RC_INPUT, "a series is named by its number; `postcircle topic series` shows it");
    rc = topic_series_get(&cli->gate->store, (struct topic_series_id){ id }, cli->mem, ret, err);
    return rc == RC_NOT_FOUND ? err_set(err, rc, "there is no series of this number") : rc;
}

/* ---- series ---- */

static enum rc state_of(struct cli *cli, const struct topic_again_date *date, const char **ret, struct err *err)
{
    struct topic topic;
    struct post post;

    *ret = date->is_left_out ? "left out" : "not drafted yet";
    if (!date->post.v)
        return RC_OK;
    if (topic_get(&cli->gate->store, date->post, &topic, err) ||
        post_get(&cli->gate->store, date->post, cli->mem, &post, err))
        return err->rc;
    *ret =
        topic.state == TOPIC_PLANNED && !post_state_is_waiting(post.state) ? "refused" : topic_state_name(topic.state);
    return RC_OK;
}

static const char *number_of(struct cli *cli, int64_t n)
{
    return n ? arena_printf(cli->mem, "%" PRId64, n) : "";
}

/* A line for each date to come; one without a date where there is none. */
static enum rc add_lines(struct cli *cli, struct cli_table *table, const struct topic_series *s, struct err *err)
{
    static const struct topic_again_date none = { .is_left_out = false };
    const char *const title = *s->title ? s->title : text_excerpt(cli->mem, s->text, 60);
    struct topic_again_date *dates;
    struct care_group g;
    size_t n;

    if (group_get(&cli->gate->store, s->group, cli->mem, &g, err) ||
        topic_again_dates(cli->gate, s, SHOWN_DAYS, cli->mem, &dates, &n, err))
        return err->rc;
    for (size_t i = 0; i < (n ? n : 1); i++) {
        const struct topic_again_date *const date = n ? &dates[i] : &none;
        const char *state = s->state == TOPIC_SERIES_OPEN ? "no date near" : "ended";

        if (n && state_of(cli, date, &state, err))
            return err->rc;
        cli_table_row(
            table,
            (const char *[]){ number_of(cli, s->id.v), g.slug, s->is_news ? "announcement" : "topic", s->rule,
                              n ? phrase_moment_there(cli->gate, LANGUAGE_ENGLISH, g.zone, date->due_ms, cli->mem) : "",
                              state, number_of(cli, date->post.v), title });
    }
    return RC_OK;
}

int cli_topic_series(struct cli *cli, int argc, char **argv)
{
    static const char *const header[] = { "series", "group", "kind", "rule", "when", "state", "topic", "title" };
    struct cli_table *table;
    struct topic_series *list;
    struct care_group g = { .id = { 0 } };
    const char *group = NULL;
    size_t n;
    struct err err;
    int code = cli_options(cli, "[GROUP]", NULL, 0, argc, argv, &group, 1);

    if (code == CLI_GO_ON)
        code = cli_gate(cli);
    if (code != CLI_GO_ON)
        return code;
    if ((group && cli_find_group(cli, group, &g, &err)) ||
        topic_series_list(&cli->gate->store, g.id, cli->mem, &list, &n, &err))
        return cli_fail(cli, &err);
    table = cli_table_new(cli->mem, header, COUNT_OF(header));
    for (size_t i = 0; i < n; i++)
        if (add_lines(cli, table, &list[i], &err))
            return cli_fail(cli, &err);
    cli_table_print(cli, table);
    return EX_OK;
}

/* ---- change, skip, end ---- */

static enum rc change(struct cli *cli, const char *number, const char *title, const char *text, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct topic_series s;
    struct care_group g;

    if (find_series(cli, number, &s, err) || group_get(&cli->gate->store, s.group, cli->mem, &g, err))
        return err->rc;
    if (title)
        s.title = text_excerpt(cli->mem, text_clean_line(cli->mem, title, strlen(title)), 60);
    if ((text && cli_post_text(cli, text, &s.text, err)) || cli_post_flags(cli, &g, s.text, s.is_news, &s.flags, err) ||
        db_begin(cli->gate->store.db, &tx, err) || topic_again_change(cli->gate, &cli->who, &s, err))
        return err->rc;
    return db_commit(&tx, err);
}

int cli_topic_change(struct cli *cli, int argc, char **argv)
{
    const char *number, *title = NULL, *text = NULL;
    const struct cli_option options[] = {
        { .name = "title", .value = "TITLE", .help = "its title", .to = &title },
        { .name = "text", .value = "TEXT", .help = "the words", .to = &text },
    };
    struct err err;
    int code = cli_options(cli, "SERIES", options, COUNT_OF(options), argc, argv, &number, 1);

    if (code == CLI_GO_ON && !title && !text)
        code = cli_usage(cli, "topic change needs --text or --title");
    if (code == CLI_GO_ON)
        code = cli_gate(cli);
    if (code != CLI_GO_ON)
        return code;
    return change(cli, number, title, text, &err) ? cli_fail(cli, &err) : cli_done(cli);
}

/* date NULL: all of it. */
static enum rc leave_out(struct cli *cli, const char *number, const char *date, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct topic_series s;
    int64_t day = 0;

    if (find_series(cli, number, &s, err) || (date && cli_read_date(date, &day, err)) ||
        db_begin(cli->gate->store.db, &tx, err) ||
        (date ? topic_again_skip(cli->gate, &cli->who, s.id, day, err)
              : topic_again_end(cli->gate, &cli->who, s.id, err)))
        return err->rc;
    return db_commit(&tx, err);
}

int cli_topic_skip(struct cli *cli, int argc, char **argv)
{
    const char *args[2];
    struct err err;
    int code = cli_options(cli, "SERIES DATE", NULL, 0, argc, argv, args, 2);

    if (code == CLI_GO_ON && !args[1])
        code = cli_usage(cli, "topic skip needs a series and a date, as 2026-12-25");
    if (code == CLI_GO_ON)
        code = cli_gate(cli);
    if (code != CLI_GO_ON)
        return code;
    return leave_out(cli, args[0], args[1], &err) ? cli_fail(cli, &err) : cli_done(cli);
}

int cli_topic_end(struct cli *cli, int argc, char **argv)
{
    const char *number;
    struct err err;
    int code = cli_options(cli, "SERIES", NULL, 0, argc, argv, &number, 1);

    if (code == CLI_GO_ON)
        code = cli_gate(cli);
    if (code != CLI_GO_ON)
        return code;
    return leave_out(cli, number, NULL, &err) ? cli_fail(cli, &err) : cli_done(cli);
}
