/* postcircle init: a home, the practice, and the first two people who answer for it. */
#include "base/strbuf.h"
#include "base/text.h"
#include "gateway/cli/cli.h"
#include "gateway/enroll.h"
#include "gateway/invite.h"
#include "gateway/policy.h"
#include "gateway/record.h"
#include "store/due.h"

#include <unistd.h>

struct init_answers {
    const char *name, *phone, *hours, *emergency, *domain, *relay, *zone, *language;
    const char *moderator, *moderator_title, *second, *second_title, *second_role;
    const char *key_file, *database, *made_for;
};

struct init_question {
    size_t at; /* in struct init_answers */
    const char *text, *or_else;
    bool is_needed;
    enum setting setting; /* whose form it must have; 0: a mailbox or free words */
    bool is_mailbox;
};

#define ANSWER(member) offsetof(struct init_answers, member)

static const struct init_question questions[] = {
    { ANSWER(name), "Name of the practice, as patients know it", NULL, true, SETTING_NAME, false },
    { ANSWER(phone), "Office phone", NULL, true, SETTING_OFFICE_PHONE, false },
    { ANSWER(hours), "Office hours", "Mon-Fri 08:00-17:00", false, SETTING_OFFICE_HOURS, false },
    { ANSWER(emergency), "Emergency line", "911", false, SETTING_EMERGENCY_LINE, false },
    { ANSWER(domain), "Mail domain of the groups (groups.example.org)", NULL, true, SETTING_DOMAIN, false },
    { ANSWER(relay), "Mail relay", "smtp://127.0.0.1:25", false, SETTING_RELAY, false },
    { ANSWER(zone), "Time zone", "America/New_York", false, SETTING_ZONE, false },
    { ANSWER(moderator), "First moderator (Ana Ruiz <ana@example.org>)", NULL, true, 0, true },
    { ANSWER(moderator_title), "Their role, as patients know it", "nurse", false, 0, false },
    { ANSWER(second), "Second person, who is paged too and releases what needs two (empty: none)", "", false, 0, true },
};

static const char *const made_for_words[] = { "", "real", "demo", "test" };
static const char *const role_words[] = { "", "provider", "moderator", "manager" };

static const char **answer_at(struct init_answers *a, const struct init_question *q)
{
    return (const char **)(void *)((char *)a + q->at);
}

/* A wrong answer is told at once, in one line, and asked again. */
static bool is_good(const struct cli *cli, const struct init_question *q, const char *text)
{
    const char *name, *address;
    struct err err;

    if (!q->setting && !q->is_mailbox)
        return true;
    if (!(q->setting ? policy_check(q->setting, text, &err) : cli_read_mailbox(cli, text, &name, &address, &err)))
        return true;
    printf("  %s\n", err.msg);
    return false;
}

static const char *ask(const struct cli *cli, const struct init_question *q)
{
    char line[1024];
    const char *text;

    for (;;) {
        printf("%s%s%s%s: ", q->text, q->or_else && *q->or_else ? " [" : "", q->or_else ? q->or_else : "",
               q->or_else && *q->or_else ? "]" : "");
        fflush(stdout);
        if (!fgets(line, sizeof line, stdin))
            return NULL;
        text = text_clean_line(cli->mem, line, strlen(line));
        if (*text && is_good(cli, q, text))
            return text;
        if (*text)
            continue;
        if (!q->is_needed)
            return q->or_else;
    }
}

/* Asks on a terminal; otherwise takes what may be left open and refuses what may not. */
static int complete(struct cli *cli, struct init_answers *a)
{
    const bool is_terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && !cli->is_json;

    for (size_t i = 0; i < COUNT_OF(questions); i++) {
        const char **const answer = answer_at(a, &questions[i]);

        if (*answer)
            continue;
        if (is_terminal)
            *answer = ask(cli, &questions[i]);
        else if (!questions[i].is_needed)
            *answer = questions[i].or_else;
        if (!*answer)
            return cli_usage(cli, "init needs: %s", questions[i].text);
    }
    return CLI_GO_ON;
}

static enum rc set_facts(struct cli *cli, const struct init_answers *a, struct err *err)
{
    const struct {
        enum setting setting;
        const char *value;
    } facts[] = { { SETTING_ZONE, a->zone },          { SETTING_NAME, a->name },
                  { SETTING_OFFICE_PHONE, a->phone }, { SETTING_OFFICE_HOURS, a->hours },
                  { SETTING_DOMAIN, a->domain },      { SETTING_EMERGENCY_LINE, a->emergency },
                  { SETTING_RELAY, a->relay },        { SETTING_LANGUAGE, a->language } };

    for (size_t i = 0; i < COUNT_OF(facts); i++)
        if (policy_set(cli->gate, &cli->who, facts[i].setting, facts[i].value, err))
            return err->rc;
    return RC_OK;
}

static enum rc add_staff(struct cli *cli, const char *mailbox, const char *title, enum staff_role role, int64_t rank,
                         struct person_id invited_by, struct person_id *ret_id, struct err *err)
{
    struct enroll e = { .title = title, .staff_role = role, .duty_rank = rank };
    struct invite invite = { .invited_by = invited_by };
    struct person person;

    if (cli_read_mailbox(cli, mailbox, &e.name, &e.email, err) ||
        enroll_staff(cli->gate, &cli->who, &e, cli->mem, &person, err))
        return err->rc;
    invite.person = person.id;
    *ret_id = person.id;
    return invite_send(cli->gate, &cli->who, &invite, err);
}

static enum rc fill(struct cli *cli, const struct init_answers *a, int second_role, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct store *const st = &cli->gate->store;
    struct person_id first, second;

    if (db_begin(st->db, &tx, err) || set_facts(cli, a, err) ||
        record_act(cli->gate, &cli->who, AUDIT_PRACTICE_MADE, AUDIT_ITEM_PRACTICE, st->practice.v, NULL, a->name,
                   err) ||
        add_staff(cli, a->moderator, a->moderator_title, STAFF_MODERATOR, 1, (struct person_id){ 0 }, &first, err))
        return err->rc;
    if (*a->second && add_staff(cli, a->second, a->second_title, (enum staff_role)second_role, 2, first, &second, err))
        return err_wrap(err, "second person");
    if (due_ensure(st, JOB_AUDIT_HEAD, 0, gate_now_ms(cli->gate) + MS_HOUR, err) ||
        due_ensure(st, JOB_PURGE, 0, gate_now_ms(cli->gate) + MS_DAY, err))
        return err->rc;
    return db_commit(&tx, err);
}

static void tell_next(const struct cli *cli, const struct init_answers *a, const char *path, const char *key)
{
    struct json *out = json_object_new();

    cli_pair(cli, out, "home", "Home:", path);
    cli_pair(cli, out, "key_file", "Key file:", key);
    cli_pair(cli, out, "domain", "Mail domain:", cli->gate->facts.domain);
    cli_put(cli, &out);
    cli_say(
        cli,
        "\nKeep a copy of the key file in a safe place, away from this machine: without it nobody can read\n"
        "the data, and no backup holds it.\n\nThe staff have a mail each in the outbox, and reply YES to it. Next:\n"
        "  postcircle --home %s practice set authserv-id NAME   (with which your mail server's\n"
        "      Authentication-Results begin; until then nobody is proved)\n"
        "  postcircle --home %s serve\n"
        "  postcircle --home %s doctor\n"
        "  postcircle --home %s group add --name \"Tuesday Circle\" --alias Tuesday\n",
        path, path, path, path);
    if (!*a->second)
        cli_warn(cli, "only one person can be paged, and nobody can release what needs two people.\n"
                      "Add a second one: postcircle staff add --name \"Lee Park\" --email lee@example.org --duty 2");
}

/* The folder of a home whose practice could not be filled is of no use: init can be run again. */
static void discard(const char *path, const char *key, struct arena *mem)
{
    static const char *const files[] = { "postcircle.ini", "postcircle.db", "postcircle.db-wal", "postcircle.db-shm" };

    for (size_t i = 0; i < COUNT_OF(files); i++)
        (void)unlink(arena_printf(mem, "%s/%s", path, files[i]));
    (void)unlink(key);
}

static const char *absolute(struct cli *cli, const char *path)
{
    const char *whole = path;
    struct err err;

    rc_ignore(home_find_path(path, cli->mem, &whole, &err), "home_make refuses what is not absolute");
    return whole;
}

static int make(struct cli *cli, const struct init_answers *a, int made_for, int second_role)
{
    struct practice_id practice;
    struct home_plan plan = { .database_url = a->database, .made_for = (enum home_made_for)made_for };
    struct err err;
    int code;

    if (home_find_path(cli->home_option, cli->mem, &plan.path, &err))
        return cli_fail(cli, &err);
    plan.key_file = absolute(cli, a->key_file ? a->key_file : arena_printf(cli->mem, "%s.key", plan.path));
    if (home_make(&plan, &practice, &err))
        return cli_fail(cli, &err);
    code = cli_gate(cli);
    if (code == CLI_GO_ON && fill(cli, a, second_role, &err))
        code = cli_fail(cli, &err);
    if (code != CLI_GO_ON) {
        discard(plan.path, plan.key_file, cli->mem);
        return code;
    }
    tell_next(cli, a, plan.path, plan.key_file);
    return EX_OK;
}

int cli_init(struct cli *cli, int argc, char **argv)
{
    struct init_answers a = { .second_role = "moderator", .made_for = "real", .language = "en" };
    const struct cli_option options[] = {
        { .name = "practice-name", .value = "NAME", .help = "as patients know it", .to = &a.name },
        { .name = "office-phone", .value = "NUMBER", .help = "stands under every letter", .to = &a.phone },
        { .name = "office-hours", .value = "HOURS", .help = "\"Mon-Fri 08:00-17:00\"", .to = &a.hours },
        { .name = "emergency-line", .value = "NUMBER", .help = "911", .to = &a.emergency },
        { .name = "domain", .value = "DOMAIN", .help = "mail domain of the groups", .to = &a.domain },
        { .name = "relay", .value = "URL", .help = "smtp://127.0.0.1:25, smtps://HOST …", .to = &a.relay },
        { .name = "zone", .value = "ZONE", .help = "America/New_York", .to = &a.zone },
        { .name = "language", .value = "en|es", .help = "of the practice", .to = &a.language },
        { .name = "moderator", .value = "\"NAME <ADDRESS>\"", .help = "first moderator", .to = &a.moderator },
        { .name = "moderator-title", .value = "TITLE", .help = "nurse", .to = &a.moderator_title },
        { .name = "second", .value = "\"NAME <ADDRESS>\"", .help = "second person", .to = &a.second },
        { .name = "second-title", .value = "TITLE", .help = "doctor", .to = &a.second_title },
        { .name = "second-role", .value = "ROLE", .help = "provider, moderator, manager", .to = &a.second_role },
        { .name = "key-file", .value = "PATH", .help = "outside the home; HOME.key", .to = &a.key_file },
        { .name = "database", .value = "URL", .help = "postgresql://… (sqlite in the home)", .to = &a.database },
        { .name = "made-for", .value = "PURPOSE", .help = "real, demo or test", .to = &a.made_for },
    };
    int code = cli_options(cli, "", options, COUNT_OF(options), argc, argv, NULL, 0);
    const int made_for = cli_find_word(a.made_for, made_for_words, COUNT_OF(made_for_words));
    const int second_role = cli_find_word(a.second_role, role_words, COUNT_OF(role_words));

    if (code != CLI_GO_ON)
        return code;
    if (made_for < 0 || second_role < 0)
        return cli_usage(cli, "--made-for takes real, demo or test; --second-role provider, moderator or manager");
    code = complete(cli, &a);
    return code == CLI_GO_ON ? make(cli, &a, made_for, second_role) : code;
}
