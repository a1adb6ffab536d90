/* postcircle demo [--out DIR] [--check DIR] */
#include "gateway/cli/cli.h"

#include "base/log.h"
#include "gateway/demo/play.h"
#include "gateway/demo/recount.h"

#define NAME_COLUMNS 8

static void say_step(const struct play *play, const struct play_step *step)
{
    const struct story_event *const e = step->event;
    const char *const says = e->says;
    const char *name = story_people[e->who].name;
    size_t n = strcspn(name, " ");

    if (!says)
        return;
    if (e->who == LEE)
        n = strlen(name);
    if (*says == '=')
        printf("%s  %s\n", play_moment(play, step->at_ms), says + 2);
    else if (*says == '?' || *says == '!')
        printf("%s  %s\n", play_moment(play, step->at_ms), says + 2);
    else
        printf("%s  %.*s %s\n", play_moment(play, step->at_ms), (int)n, name, says);
}

static void print_recount(const struct recount *r)
{
    printf("%" PRId64 " messages to %" PRId64 " mailboxes\n", r->messages, r->people);
    printf("  with two recipients        %" PRId64 "\n", r->two_recipients);
    printf("  with another's address     %" PRId64 "\n", r->other_data);
    printf("  with unreviewed words      %" PRId64 "\n", r->unreviewed);
    for (size_t i = 0; i < r->finding_count; i++)
        printf("  %s: %s\n", r->findings[i].path, r->findings[i].what);
}

static int check(struct cli *cli, const char *dir)
{
    struct recount recount;
    struct err err;

    if (recount_read(dir, cli->mem, &recount, &err))
        return cli_fail(cli, &err);
    print_recount(&recount);
    return recount_is_clean(&recount) ? EX_OK : 1;
}

int cli_demo(struct cli *cli, int argc, char **argv)
{
    const char *out = "demo-out", *check_dir = NULL;
    const struct cli_option options[] = {
        { .name = "out", .value = "DIR", .help = "where everything goes (demo-out)", .to = &out },
        { .name = "check",
          .value = "DIR",
          .help = "count again in an existing one; exit 1 on a leak",
          .to = &check_dir },
    };
    int code = cli_options(cli, "", options, COUNT_OF(options), argc, argv, NULL, 0);
    CLEANUP(play_close) struct play play = { 0 };
    struct err err;

    if (code != CLI_GO_ON)
        return code;
    log_setup(LOG_ERROR, "demo");
    if (check_dir)
        return check(cli, check_dir);
    if (play_open(out, cli->mem, &play, &err))
        return cli_fail(cli, &err);
    play.say = say_step;
    if (play_run(&play, &err))
        return cli_fail(cli, &err);
    return check(cli, out);
}
