/* postcircle demo [--out DIR] [--check DIR] */
#include "gateway/cli/cli.h"

#include "base/log.h"
#include "gateway/demo/play.h"
#include "gateway/demo/recount.h"
#include "gateway/demo/view.h"
#include "store/post.h"

#include <errno.h>
#include <unistd.h>

#define EX_LEAK 1
#define ANSWER_MAX 2000
#define WAITING_MAX 20
#define DAY_CHARS 10 /* of "Tue Nov  3  9:40" */
#define THREAD_DAYS 5

/* ---- the log of the two weeks ---- */

static void say_step(const struct play *play, const struct play_step *step)
{
    const struct story_event *const e = step->event;
    const char *const name = story_people[e->who].name;
    const size_t n = e->who == LEE ? strlen(name) : strcspn(name, " ");

    if (!e->says)
        return;
    if (strchr("=?!", *e->says))
        printf("%s  %s\n", play_moment(play, step->at_ms), e->says + 2);
    else
        printf("%s  %.*s %s\n", play_moment(play, step->at_ms), (int)n, name, e->says);
    fflush(stdout);
}

static void print_recount(const struct recount *r)
{
    printf("\nCounted again from the files: %" PRId64 " mails in %" PRId64 " mailboxes, %" PRId64 " texts on %" PRId64
           " phones\n",
           r->messages, r->people, r->texts, r->phones);
    printf("  %4" PRId64 "  with two recipients\n", r->two_recipients);
    printf("  %4" PRId64 "  with another's address\n", r->other_data);
    printf("  %4" PRId64 "  with words that nobody let out\n", r->unreviewed);
    printf("  %4" PRId64 "  texts before a yes or after STOP\n", r->unasked);
    for (size_t i = 0; i < r->finding_count; i++)
        printf("        %s: %s\n", r->findings[i].path, r->findings[i].what);
}

static void print_letter(const struct demo_letter *letter)
{
    if (!letter)
        return;
    printf("    From: %s\n    Subject: %s\n\n", eml_get(&letter->mail, "From"), eml_get(&letter->mail, "Subject"));
    for (const char *p = letter->mail.text, *end; *p; p = *end ? end + 1 : end) {
        end = strchrnul(p, '\n');
        printf("%s%.*s\n", end > p ? "    " : "", (int)(end - p), p);
    }
}

/* Lines of a text are indented, those that were written on the phone further. */
static void put_text(const struct demo_text *t)
{
    for (const char *p = t->words, *end; *p; p = *end ? end + 1 : end) {
        end = strchrnul(p, '\n');
        printf("    %s%.*s\n", t->is_theirs ? "                > " : p == t->words ? "< " : "  ", (int)(end - p), p);
    }
}

/* What stood on Earl's phone around the text that reached everybody's letter. */
static void print_thread(const struct play *play)
{
    const struct demo_text *last = NULL;

    printf("\nOn Earl's flip phone:\n\n");
    for (size_t i = 0; i < play->threads.count; i++) {
        const struct demo_text *const t = &play->threads.v[i];

        if (t->who != EARL || t->at_ms > play->first_day * MS_DAY + THREAD_DAYS * MS_DAY)
            continue;
        if (!last || strncmp(play_moment(play, t->at_ms), play_moment(play, last->at_ms), DAY_CHARS))
            printf("    %.*s\n", DAY_CHARS, play_moment(play, t->at_ms));
        last = t;
        put_text(t);
    }
}

/* ---- the end: you are the nurse ---- */

/* How many notes wait, and the routine one of them, which the commands below name. */
static size_t waiting_posts(struct play *play, int64_t *ret_last)
{
    CLEANUP(gate_close) struct gate gate = { 0 };
    struct practice_id practice;
    struct post *posts;
    struct err err;
    size_t n;

    *ret_last = 0;
    if (home_practice(play->home, NULL, &practice, &err) || gate_open(play->home, practice, &gate, &err) ||
        post_waiting(&gate.store, WAITING_MAX, play->mem, &posts, &n, &err) || !n)
        return 0;
    *ret_last = posts[n - 1].id.v;
    return n;
}

static enum rc ask(struct play *play, struct err *err)
{
    const struct demo_letter *const letter = letters_find(&play->letters, ANA, "May this note go out?", 0);
    const size_t before = play->letters.count;
    char line[ANSWER_MAX];

    printf("\nA note waits. Here is the letter about it:\n\n");
    print_letter(letter);
    printf("\nYou are Nurse Ana. Your answer? (OK, or NO and a reason; Enter alone leaves it) ");
    fflush(stdout);
    if (!letter || !fgets(line, sizeof line, stdin) || strspn(line, " \t\n") == strlen(line))
        return RC_OK;
    if (play_answer(play, ANA, letter, arena_strndup(play->mem, line, strcspn(line, "\n")), err))
        return err->rc;
    printf("\nYour mail went in. This came of it:\n");
    for (size_t i = before; i < play->letters.count; i++) {
        printf("\n  to %s\n\n", story_people[play->letters.v[i].who].name);
        print_letter(&play->letters.v[i]);
    }
    return RC_OK;
}

static const char *phone_options(const struct play *play)
{
    const char *options = "";

    for (int who = ANA; who < STORY_PEOPLE; who++)
        if (story_people[who].number)
            options = arena_printf(play->mem, "%s --phone %s", options, story_people[who].number);
    return options;
}

static void print_commands(struct play *play)
{
    static const char *const counts[] = { "no note waits", "one note waits", "two notes wait" };
    const char *const program = program_invocation_name;
    int64_t post;
    const size_t n = waiting_posts(play, &post);

    printf("\nThe home goes on living, and %s in it. These work as pasted:\n",
           n < COUNT_OF(counts) ? counts[n] : arena_printf(play->mem, "%zu notes wait", n));
    printf("  $ %s --home %s/home review list\n", program, play->out);
    if (post) {
        printf("  $ %s --home %s/home review show %" PRId64 "\n", program, play->out, post);
        printf("  $ %s --home %s/home review decide %" PRId64 " OK --as %s\n", program, play->out, post,
               story_people[ANA].address);
    }
    printf("  $ %s --home %s/home digest preview tuesday-circle\n", program, play->out);
    printf("  $ %s --home %s/home audit verify\n", program, play->out);
    printf("  $ %s --home %s/home phones --work%s\n", program, play->out, phone_options(play));
    printf("    (three phones on this terminal: Tab, write, Enter; Ctrl-C ends it)\n");
    printf("  $ %s --home %s/home status\n", program, play->out);
    printf("  $ %s --home %s/home serve\n", program, play->out);
    printf("    (Ctrl-C ends it; new letters land in %s/outbox)\n", play->out);
}

static int play_all(struct cli *cli, const char *out)
{
    CLEANUP(play_close) struct play play = { 0 };
    struct recount recount;
    struct err err;

    if (play_open(out, cli->mem, &play, &err))
        return cli_fail(cli, &err);
    printf("Tuesday Circle, two weeks of an invented group\n\n");
    play.say = say_step;
    if (play_run(&play, &err) || recount_read(out, cli->mem, &recount, &err) || view_write_story(&play, &recount, &err))
        return cli_fail(cli, &err);
    printf("\nA letter, as Rose got it:\n\n");
    print_letter(letters_find(&play.letters, ROSE, "letter 2", 0));
    print_thread(&play);
    print_recount(&recount);
    printf("\nLook at it\n  %s/index.html       everybody's letters and texts on one timeline, in any browser\n"
           "  %s/mail/rose/       each message that Rose got\n"
           "  %s/phones/          what stands on each phone\n",
           out, out, out);
    if (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && ask(&play, &err))
        return cli_fail(cli, &err);
    print_commands(&play);
    return recount_is_clean(&recount) ? EX_OK : EX_LEAK;
}

static int check(struct cli *cli, const char *dir)
{
    struct recount recount;
    struct err err;

    if (recount_read(dir, cli->mem, &recount, &err))
        return cli_fail(cli, &err);
    print_recount(&recount);
    if (view_put_recount(dir, &recount, &err))
        return cli_fail(cli, &err);
    return recount_is_clean(&recount) ? EX_OK : EX_LEAK;
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
    const int code = cli_options(cli, "", options, COUNT_OF(options), argc, argv, NULL, 0);

    if (code != CLI_GO_ON)
        return code;
    log_setup(LOG_ERROR, "demo");
    return check_dir ? check(cli, check_dir) : play_all(cli, out);
}
