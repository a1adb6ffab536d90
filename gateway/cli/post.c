/* postcircle post announce|topic: what staff say to a group. Nothing goes out by this alone: an announcement waits for SEND, a topic for a
 * moderator, like everything else. */
#include "base/io.h"
#include "gateway/cli/post.h"
#include "gateway/home/context.h"
#include "gateway/note/announce.h"
#include "gateway/note/mark.h"
#include "gateway/note/topic.h"
#include "gateway/note/topic_again.h"
#include "gateway/note/triage_people.h"
#include "gateway/say/phrase.h"
#include "gateway/triage/triage_files.h"
#include "schedules/zone.h"

#include "base/text.h"

#include <unistd.h>

#define TEXT_MAX ((size_t)64 << 10)

struct post_words {
    const char *group, *by, *tag, *text, *title;
    const char *on, *rule, *ahead;
    struct cli_many skip;
    bool is_weekly, is_news;
    struct care_group found;
    struct person author;
};

enum rc cli_post_text(struct cli *cli, const char *text, const char **ret, struct err *err)
{
    char *bytes = arena_alloc(cli->mem, TEXT_MAX + 1);
    size_t n = 0;

    if (!text) {
        if (io_read_full(STDIN_FILENO, bytes, TEXT_MAX + 1, &n, err))
            return err->rc;
        if (n > TEXT_MAX)
            return err_set(err, RC_LIMIT, "over %zu bytes of text", TEXT_MAX);
        text = bytes;
    }
    n = strlen(text);
    if (!text_is_utf8(text, n))
        return err_set(err, RC_INPUT, "the text is not UTF-8");
    *ret = text_clean(cli->mem, text, n);
    return **ret ? RC_OK : err_set(err, RC_INPUT, "there is no text");
}

static enum rc read_words(struct cli *cli, struct post_words *w, struct err *err)
{
    if (cli_find_group(cli, w->group, &w->found, err) || cli_find_staff(cli, w->by, &w->author, err))
        return err->rc;
    return cli_post_text(cli, w->text, &w->text, err);
}

static int start(struct cli *cli, struct post_words *w, const struct cli_option *options, size_t count, int argc,
                 char **argv)
{
    struct err err;
    int code = cli_options(cli, "GROUP --by ADDRESS [options] (the text: --text, or standard input)", options, count,
                           argc, argv, &w->group, 1);

    if (code == CLI_GO_ON && (!w->group || !w->by))
        code = cli_usage(cli, "%s needs a group and --by", cli->words);
    if (code == CLI_GO_ON)
        code = cli_gate(cli);
    if (code == CLI_GO_ON && read_words(cli, w, &err))
        code = cli_fail(cli, &err);
    return code;
}

/* As a letter of this author to this group is scored. */
static enum rc score(struct cli *cli, const struct care_group *g, const char *text, struct triage_result *ret,
                     struct triage_lexicon **lexicon, struct err *err)
{
    struct triage_found found;
    struct triage_setting setting;

    if (triage_files_find(cli->home->path, cli->mem, &found, err) || triage_open(&found.sources, lexicon, err) ||
        triage_people_read(cli->gate, g, cli->mem, &setting, err))
        return err->rc;
    triage_score_in(*lexicon, &setting, text, NULL, cli->mem, ret);
    return RC_OK;
}

static enum rc draft(struct cli *cli, const struct post_words *w, struct post *ret_post, struct err *err)
{
    CLEANUP(triage_close_lexicon) struct triage_lexicon *lexicon = NULL;
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct triage_result triage;
    struct announcement a = {
        .group = w->found.id, .author = &w->author, .text = w->text, .tag = w->tag, .triage = &triage
    };

    if (score(cli, &w->found, w->text, &triage, &lexicon, err) || db_begin(cli->gate->store.db, &tx, err) ||
        announce_draft(cli->gate, &a, ret_post, err))
        return err->rc;
    return db_commit(&tx, err);
}

static void put_post(struct cli *cli, const struct post *post, const char *say)
{
    struct json *out = json_object_new();

    json_set_int(out, "post", post->id.v);
    cli_put(cli, &out);
    cli_say(cli, "%s\n", say);
}

/* ---- with a date, or dates by a rule ---- */

#define DATE_OPTIONS(w)                                                                                                \
    { .name = "on",                                                                                                    \
      .value = "DATE",                                                                                                 \
      .help = "goes out then, if it has its OK: \"2026-03-10 09:00\", local",                                          \
      .to = &(w).on },                                                                                                 \
        { .name = "rule",                                                                                              \
          .value = "RRULE",                                                                                            \
          .help = "again and again from --on, as FREQ=WEEKLY;COUNT=8",                                                 \
          .to = &(w).rule },                                                                                           \
        { .name = "skip", .value = "DATE", .help = "not on this day of the rule", .many = &(w).skip },                 \
    {                                                                                                                  \
        .name = "ahead", .value = "DAYS", .help = "a moderator is asked so long before each date; 7", .to = &(w).ahead \
    }

enum rc cli_post_flags(struct cli *cli, const struct care_group *g, const char *text, bool is_news, int64_t *ret_flags,
                       struct err *err)
{
    CLEANUP(triage_close_lexicon) struct triage_lexicon *lexicon = NULL;
    struct triage_result triage;

    if (score(cli, g, text, &triage, &lexicon, err))
        return err->rc;
    *ret_flags = (is_news ? mark_flags(&triage) : mark_flags(&triage) & TOPIC_FLAGS) |
                 (triage.flags & TRIAGE_UNREAD ? POST_FLAG_MEDICAL : 0);
    return RC_OK;
}

static enum rc read_series(struct cli *cli, const struct post_words *w, int64_t first_ms, struct topic_series *s,
                           struct err *err)
{
    struct local_time at;

    *s = (struct topic_series){ .group = w->found.id,
                                .author = w->author.id,
                                .is_news = w->is_news,
                                .rule = w->rule,
                                .ahead_days = TOPIC_AGAIN_USUAL_DAYS,
                                .title = w->title ? w->title : "",
                                .text = w->text,
                                .tag = w->tag ? w->tag : "" };
    if (zone_local_from_utc(w->found.zone, first_ms, &at, err) ||
        cli_post_flags(cli, &w->found, w->text, w->is_news, &s->flags, err))
        return err->rc;
    s->day = clock_days_from_civil(at.year, at.month, at.day);
    s->minute = at.hour * 60 + at.minute;
    if (w->ahead && text_to_int(w->ahead, TOPIC_AGAIN_MIN_DAYS, TOPIC_AGAIN_MAX_DAYS, &s->ahead_days, err))
        return err_set(err, RC_INPUT, "--ahead takes %d to %d days", TOPIC_AGAIN_MIN_DAYS, TOPIC_AGAIN_MAX_DAYS);
    return RC_OK;
}

static enum rc add_series(struct cli *cli, const struct post_words *w, int64_t first_ms, struct topic_series *s,
                          struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    int64_t *skipped = arena_array(cli->mem, w->skip.count + 1, sizeof *skipped);

    for (size_t i = 0; i < w->skip.count; i++)
        if (cli_read_date(w->skip.values[i], &skipped[i], err))
            return err_wrap(err, "--skip");
    if (read_series(cli, w, first_ms, s, err) || db_begin(cli->gate->store.db, &tx, err) ||
        topic_again_add(cli->gate, &cli->who, s, skipped, w->skip.count, err))
        return err->rc;
    return db_commit(&tx, err);
}

static int repeat(struct cli *cli, const struct post_words *w)
{
    struct json *out = json_object_new();
    struct topic_series s;
    int64_t first_ms;
    struct err err;

    if (cli_read_moment(w->on, w->found.zone, &first_ms, &err) || add_series(cli, w, first_ms, &s, &err)) {
        json_free(&out);
        return cli_fail(cli, &err);
    }
    json_set_int(out, "series", s.id.v);
    cli_put(cli, &out);
    cli_say(cli,
            "Series %" PRId64 ". A moderator is asked %" PRId64
            " days before each date; without an OK it does not go out. `postcircle topic series` shows the dates.\n",
            s.id.v, s.ahead_days);
    return EX_OK;
}

/* A staff member's words: held and reviewed as anybody's. */
static enum rc plan_topic(struct cli *cli, const struct post_words *w, struct post *ret_post, int64_t *ret_due_ms,
                          struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct topic_draft draft = { .group = w->found.id,
                                 .author = w->author.id,
                                 .is_news = w->is_news,
                                 .tag = w->tag,
                                 .title = w->title,
                                 .text = w->text,
                                 .when_ms = w->is_weekly ? TOPIC_NEXT : TOPIC_NOW,
                                 .who = cli->who };

    if ((w->on && cli_read_moment(w->on, w->found.zone, &draft.when_ms, err)) ||
        cli_post_flags(cli, &w->found, w->text, w->is_news, &draft.flags, err) ||
        db_begin(cli->gate->store.db, &tx, err) ||
        (w->is_news && topic_check_audience(cli->gate, w->found.id, w->tag, err)) ||
        topic_plan(cli->gate, &draft, ret_post, ret_due_ms, err))
        return err->rc;
    return db_commit(&tx, err);
}

static int plan(struct cli *cli, const struct post_words *w)
{
    struct post post;
    int64_t due_ms = 0;
    struct err err;

    if (w->rule)
        return repeat(cli, w);
    if (plan_topic(cli, w, &post, &due_ms, &err))
        return cli_fail(cli, &err);
    put_post(cli, &post,
             due_ms ? arena_printf(cli->mem, "It waits for a moderator, and goes out on %s if it has its OK by then.",
                                   phrase_moment_there(cli->gate, LANGUAGE_ENGLISH, w->found.zone, due_ms, cli->mem))
                    : "It waits for a moderator, and opens a conversation with the next letter.");
    return EX_OK;
}

static int check_dates(struct cli *cli, const struct post_words *w)
{
    if (w->on && w->is_weekly)
        return cli_usage(cli, "--on or --weekly, not both");
    if ((w->rule && !w->on) || ((w->skip.count || w->ahead) && !w->rule))
        return cli_usage(cli, "--rule needs --on, its first date; --skip and --ahead go with --rule");
    return CLI_GO_ON;
}

int cli_post_announce(struct cli *cli, int argc, char **argv)
{
    struct post_words w = { .is_news = true };
    const struct cli_option options[] = {
        { .name = "by", .value = "ADDRESS", .help = "who announces", .to = &w.by },
        { .name = "tag", .value = "TAG", .help = "only to members with this tag", .to = &w.tag },
        { .name = "text", .value = "TEXT", .help = "the words", .to = &w.text },
        DATE_OPTIONS(w),
    };
    struct post post;
    struct err err;
    int code = start(cli, &w, options, COUNT_OF(options), argc, argv);

    if (code == CLI_GO_ON)
        code = check_dates(cli, &w);
    if (code != CLI_GO_ON)
        return code;
    if (w.on)
        return plan(cli, &w);
    if (draft(cli, &w, &post, &err))
        return cli_fail(cli, &err);
    put_post(cli, &post, "A preview went to its author: the answer SEND releases it.");
    return EX_OK;
}

int cli_post_topic(struct cli *cli, int argc, char **argv)
{
    struct post_words w = { 0 };
    const struct cli_option options[] = {
        { .name = "by", .value = "ADDRESS", .help = "who opens it", .to = &w.by },
        { .name = "title", .value = "TITLE", .help = "else its first words", .to = &w.title },
        { .name = "text", .value = "TEXT", .help = "the words", .to = &w.text },
        DATE_OPTIONS(w),
        { .name = "weekly", .help = "takes the next free weekly hour of the group (topic hour)", .flag = &w.is_weekly },
    };
    int code = start(cli, &w, options, COUNT_OF(options), argc, argv);

    if (code == CLI_GO_ON)
        code = check_dates(cli, &w);
    if (code != CLI_GO_ON)
        return code;
    if (w.title)
        w.title = text_excerpt(cli->mem, text_clean_line(cli->mem, w.title, strlen(w.title)), 60);
    return plan(cli, &w);
}
