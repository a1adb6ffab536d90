/* postcircle post announce|topic: what staff say to a group. Nothing goes out by this alone: an announcement waits for SEND, a topic for a
 * moderator, like everything else. */
#include "base/io.h"
#include "gateway/cli/cli.h"
#include "gateway/home/context.h"
#include "gateway/note/announce.h"
#include "gateway/note/topic.h"
#include "gateway/note/triage_people.h"
#include "gateway/say/phrase.h"
#include "gateway/triage/triage_files.h"

#include "base/text.h"

#include <unistd.h>

#define TEXT_MAX ((size_t)64 << 10)

struct post_words {
    const char *group, *by, *tag, *text, *title;
    struct care_group found;
    struct person author;
};

/* --text, or standard input. */
static enum rc read_text(struct cli *cli, struct post_words *w, struct err *err)
{
    char *bytes = arena_alloc(cli->mem, TEXT_MAX + 1);
    size_t n = 0;

    if (!w->text) {
        if (io_read_full(STDIN_FILENO, bytes, TEXT_MAX + 1, &n, err))
            return err->rc;
        if (n > TEXT_MAX)
            return err_set(err, RC_LIMIT, "over %zu bytes of text", TEXT_MAX);
        w->text = bytes;
    }
    n = strlen(w->text);
    if (!text_is_utf8(w->text, n))
        return err_set(err, RC_INPUT, "the text is not UTF-8");
    w->text = text_clean(cli->mem, w->text, n);
    return *w->text ? RC_OK : err_set(err, RC_INPUT, "there is no text");
}

static enum rc read_words(struct cli *cli, struct post_words *w, struct err *err)
{
    if (cli_find_group(cli, w->group, &w->found, err) || cli_find_staff(cli, w->by, &w->author, err))
        return err->rc;
    return read_text(cli, w, err);
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
static enum rc score(struct cli *cli, const struct post_words *w, struct triage_result *ret,
                     struct triage_lexicon **lexicon, struct err *err)
{
    struct triage_found found;
    struct triage_setting setting;

    if (triage_files_find(cli->home->path, cli->mem, &found, err) || triage_open(&found.sources, lexicon, err) ||
        triage_people_read(cli->gate, &w->found, cli->mem, &setting, err))
        return err->rc;
    triage_score_in(*lexicon, &setting, w->text, NULL, cli->mem, ret);
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

    if (score(cli, w, &triage, &lexicon, err) || db_begin(cli->gate->store.db, &tx, err) ||
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

int cli_post_announce(struct cli *cli, int argc, char **argv)
{
    struct post_words w = { 0 };
    const struct cli_option options[] = {
        { .name = "by", .value = "ADDRESS", .help = "who announces", .to = &w.by },
        { .name = "tag", .value = "TAG", .help = "only to members with this tag", .to = &w.tag },
        { .name = "text", .value = "TEXT", .help = "the words", .to = &w.text },
    };
    struct post post;
    struct err err;
    const int code = start(cli, &w, options, COUNT_OF(options), argc, argv);

    if (code != CLI_GO_ON)
        return code;
    if (draft(cli, &w, &post, &err))
        return cli_fail(cli, &err);
    put_post(cli, &post, "A preview went to its author: the answer SEND releases it.");
    return EX_OK;
}

/* A staff member's words that open a conversation: held and reviewed as anybody's. */
static enum rc plan_topic(struct cli *cli, const struct post_words *w, const char *on, bool is_weekly,
                          struct post *ret_post, int64_t *ret_due_ms, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct topic_draft draft = { .group = w->found.id,
                                 .author = w->author.id,
                                 .title = w->title,
                                 .text = w->text,
                                 .when_ms = is_weekly ? TOPIC_NEXT : TOPIC_NOW,
                                 .who = cli->who };

    if ((on && cli_read_moment(on, w->found.zone, &draft.when_ms, err)) || db_begin(cli->gate->store.db, &tx, err) ||
        topic_plan(cli->gate, &draft, ret_post, ret_due_ms, err))
        return err->rc;
    return db_commit(&tx, err);
}

int cli_post_topic(struct cli *cli, int argc, char **argv)
{
    struct post_words w = { 0 };
    const char *on = NULL;
    bool is_weekly = false;
    const struct cli_option options[] = {
        { .name = "by", .value = "ADDRESS", .help = "who opens it", .to = &w.by },
        { .name = "title", .value = "TITLE", .help = "else its first words", .to = &w.title },
        { .name = "text", .value = "TEXT", .help = "the words", .to = &w.text },
        { .name = "on",
          .value = "DATE",
          .help = "goes out then, if it has its OK: \"2026-03-10 09:00\", local",
          .to = &on },
        { .name = "weekly", .help = "takes the next free weekly hour of the group (topic hour)", .flag = &is_weekly },
    };
    struct post post;
    int64_t due_ms = 0;
    struct err err;
    int code = start(cli, &w, options, COUNT_OF(options), argc, argv);

    if (code == CLI_GO_ON && on && is_weekly)
        code = cli_usage(cli, "--on or --weekly, not both");
    if (code != CLI_GO_ON)
        return code;
    if (w.title)
        w.title = text_excerpt(cli->mem, text_clean_line(cli->mem, w.title, strlen(w.title)), 60);
    if (plan_topic(cli, &w, on, is_weekly, &post, &due_ms, &err))
        return cli_fail(cli, &err);
    if (!due_ms)
        put_post(cli, &post, "It waits for a moderator, and opens a conversation with the next letter.");
    else
        put_post(cli, &post,
                 arena_printf(cli->mem, "It waits for a moderator, and goes out on %s if it has its OK by then.",
                              phrase_moment_there(cli->gate, LANGUAGE_ENGLISH, w.found.zone, due_ms, cli->mem)));
    return EX_OK;
}
