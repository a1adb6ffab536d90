/* postcircle init, practice add: a home, a practice, and the first two people who answer for it. */
#include "base/strbuf.h"
#include "base/text.h"
#include "gateway/cli/cli.h"
#include "gateway/office/policy.h"
#include "gateway/office/policy_form.h"
#include "gateway/people/enroll.h"
#include "gateway/people/invite.h"
#include "gateway/practice/record.h"
#include "store/due.h"

#include <unistd.h>

struct init_answers {
    const char *name, *phone, *hours, *emergency, *domain, *relay, *zone, *language;
    const char *moderator, *moderator_title, *second, *second_title, *second_role;
    const char *key_file, *database, *made_for;
};

struct init_question {
    size_t at; /* in struct init_answers */
    const char *option, *text, *or_else;
    bool is_needed;
    enum setting setting; /* whose form it must have; 0: a mailbox or free words */
    bool is_mailbox;
};

#define ANSWER(member) offsetof(struct init_answers, member)

static const struct init_question questions[] = {
    { ANSWER(name), "practice-name", "Name of the practice, as patients know it", NULL, true, SETTING_NAME, false },
    { ANSWER(phone), "office-phone", "Office phone", NULL, true, SETTING_OFFICE_PHONE, false },
    { ANSWER(hours), "office-hours", "Office hours", "Mon-Fri 08:00-17:00", false, SETTING_OFFICE_HOURS, false },
    { ANSWER(emergency), "emergency-line", "Emergency line", "911", false, SETTING_EMERGENCY_LINE, false },
    { ANSWER(domain), "domain", "Mail domain of the groups (groups.example.org)", NULL, true, SETTING_DOMAIN, false },
    { ANSWER(relay), "relay", "Mail relay", "smtp://127.0.0.1:25", false, SETTING_RELAY, false },
    { ANSWER(zone), "zone", "Time zone", "America/New_York", false, SETTING_ZONE, false },
    { ANSWER(moderator), "moderator", "First moderator (Ana Ruiz <ana@example.org>)", NULL, true, 0, true },
    { ANSWER(moderator_title), "moderator-title", "Their role, as patients know it", "nurse", false, 0, false },
    { ANSWER(second), "second", "Second person, who is paged too and releases what needs two (empty: none)", "", false,
      0, true },
};

static const char *const made_for_words[] = { "", "real", "demo", "test" };
static const char *const role_words[] = { "", "provider", "moderator", "manager" };

static const char **answer_at(struct init_answers *a, const struct init_question *q)
{
    return (const char **)(void *)((char *)a + q->at);
}

static enum rc check_answer(const struct cli *cli, const struct init_question *q, const char *text, struct err *err)
{
    const char *name, *address;
    char *clean;

    if (q->setting)
        return policy_form_check_alone(q->setting, text, err);
    if (!q->is_mailbox || !*text)
        return RC_OK;
    if (cli_read_mailbox(cli, text, &name, &address, err))
        return err->rc;
    return text_address(address, cli->mem, &clean, err);
}

/* A wrong answer is told at once, in one line, and asked again. */
static bool is_good(const struct cli *cli, const struct init_question *q, const char *text)
{
    struct err err;

    if (!check_answer(cli, q, text, &err))
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

/* Two people are two mailboxes. */
static int check_second(const struct cli *cli, const struct init_answers *a)
{
    const char *name, *first, *second;
    struct err err;

    if (!*a->second || cli_read_mailbox(cli, a->moderator, &name, &first, &err) ||
        cli_read_mailbox(cli, a->second, &name, &second, &err) || !text_equals(first, second))
        return CLI_GO_ON;
    err_fill(&err, RC_INPUT, "--second: this is the first one's address; each of the staff needs their own");
    return cli_fail(cli, &err);
}

/* "--zone: …"; some messages name the setting already. */
static void name_option(const char *option, struct err *err)
{
    const size_t n = strlen(option);
    struct err said = *err;

    if (!strncmp(said.msg, option, n) && said.msg[n] == ':')
        err_fill(err, said.rc, "--%s", said.msg);
    else
        err_wrap(err, "--%s", option);
}

/* Asks on a terminal; otherwise takes what may be left open and refuses what may not. Nothing is made before all of it is right. */
static int complete(struct cli *cli, struct init_answers *a)
{
    const bool is_terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && !cli->is_json;
    struct err err;

    for (size_t i = 0; i < COUNT_OF(questions); i++) {
        const struct init_question *const q = &questions[i];
        const char **const answer = answer_at(a, q);

        if (*answer && check_answer(cli, q, *answer, &err)) {
            name_option(q->option, &err);
            return cli_fail(cli, &err);
        }
        if (*answer)
            continue;
        if (is_terminal)
            *answer = ask(cli, q);
        else if (!q->is_needed)
            *answer = q->or_else;
        if (!*answer)
            return cli_usage(cli, "%s needs --%s (%s)", cli->words, q->option, q->text);
    }
    return check_second(cli, a);
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

/* In the open transaction. */
static enum rc fill(struct cli *cli, const struct init_answers *a, int second_role, struct err *err)
{
    struct store *const st = &cli->gate->store;
    struct person_id first, second;

    if (set_facts(cli, a, err) ||
        record_act(cli->gate, &cli->who, AUDIT_PRACTICE_MADE, AUDIT_ITEM_PRACTICE, st->practice.v, NULL, a->name,
                   err) ||
        add_staff(cli, a->moderator, a->moderator_title, STAFF_MODERATOR, 1, (struct person_id){ 0 }, &first, err))
        return err->rc;
    if (*a->second && add_staff(cli, a->second, a->second_title, (enum staff_role)second_role, 2, first, &second, err))
        return err_wrap(err, "second person");
    if (due_ensure(st, JOB_AUDIT_HEAD, 0, gate_now_ms(cli->gate) + MS_HOUR, err) ||
        due_ensure(st, JOB_PURGE, 0, gate_now_ms(cli->gate) + MS_DAY, err))
        return err->rc;
    return RC_OK;
}

static enum rc fill_new(struct cli *cli, const struct init_answers *a, int second_role, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };

    return db_begin(cli->home->db, &tx, err) || fill(cli, a, second_role, err) ? err->rc : db_commit(&tx, err);
}

static void tell_next(const struct cli *cli, const struct init_answers *a, const char *path, const char *key)
{
    struct json *out = json_object_new();

    cli_pair(cli, out, "home", "Home:", path);
    cli_pair(cli, out, "key_file", "Key file:", key);
    cli_pair(cli, out, "domain", "Mail domain:", cli->gate->facts.domain);
    json_set_int(out, "page_contacts", *a->second ? 2 : 1); /* two are needed */
    json_set_int(out, "staff_without_yes", *a->second ? 2 : 1);
    cli_put(cli, &out);
    cli_say(cli,
            "\nKeep a copy of the key file in a safe place, away from this machine: without it nobody can read\n"
            "the data, and no backup holds it.\n\nThe staff have a mail each in the outbox. Until they reply YES to it "
            "they get alarms\n"
            "alone, and decide nothing. Next:\n"
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

static const char *absolute(struct cli *cli, const char *path)
{
    const char *whole = path;
    struct err err;

    rc_ignore(home_find_path(path, cli->mem, &whole, &err), "home_make refuses what is not absolute");
    return whole;
}

/* The home of a practice that could not be filled is of no use: init can be run again. */
static void undo(struct cli *cli, const struct home_plan *plan)
{
    struct err err;

    if (cli->gate)
        gate_close(cli->gate);
    cli->gate = NULL;
    home_close(&cli->home);
    if (home_unmake(plan, &err))
        cli_warn(cli, "the database still holds what was begun: empty it (dropdb, createdb) before init is run again");
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
    plan.has_folder = !access(plan.path, F_OK);
    if (home_make(&plan, &practice, &err))
        return cli_fail(cli, &err);
    code = cli_gate(cli);
    if (code == CLI_GO_ON && fill_new(cli, a, second_role, &err))
        code = cli_fail(cli, &err);
    if (code != CLI_GO_ON) {
        undo(cli, &plan);
        return code;
    }
    tell_next(cli, a, plan.path, plan.key_file);
    return EX_OK;
}

/* clang-format off */
#define INIT_OPTIONS(a)                                                                                                \
    { .name = "practice-name", .value = "NAME", .help = "as patients know it", .to = &(a).name },                      \
    { .name = "office-phone", .value = "NUMBER", .help = "stands under every letter", .to = &(a).phone },              \
    { .name = "office-hours", .value = "HOURS", .help = "\"Mon-Fri 08:00-17:00\"", .to = &(a).hours },                 \
    { .name = "emergency-line", .value = "NUMBER", .help = "911", .to = &(a).emergency },                              \
    { .name = "domain", .value = "DOMAIN", .help = "mail domain of the groups", .to = &(a).domain },                   \
    { .name = "relay", .value = "URL", .help = "smtp://127.0.0.1:25, smtps://HOST …", .to = &(a).relay },              \
    { .name = "zone", .value = "ZONE", .help = "America/New_York", .to = &(a).zone },                                  \
    { .name = "language", .value = "en|es", .help = "of the practice", .to = &(a).language },                          \
    { .name = "moderator", .value = "\"NAME <ADDRESS>\"", .help = "first moderator", .to = &(a).moderator },           \
    { .name = "moderator-title", .value = "TITLE", .help = "nurse", .to = &(a).moderator_title },                      \
    { .name = "second", .value = "\"NAME <ADDRESS>\"", .help = "second person", .to = &(a).second },                   \
    { .name = "second-title", .value = "TITLE", .help = "doctor", .to = &(a).second_title },                           \
    { .name = "second-role", .value = "ROLE", .help = "provider, moderator, manager", .to = &(a).second_role }
/* clang-format on */

int cli_init(struct cli *cli, int argc, char **argv)
{
    struct init_answers a = { .second_role = "moderator", .made_for = "real", .language = "en" };
    const struct cli_option options[] = {
        INIT_OPTIONS(a),
        { .name = "key-file", .value = "PATH", .help = "outside the home; HOME.key", .to = &a.key_file },
        { .name = "database", .value = "URL", .help = "postgresql://… (sqlite in the home)", .to = &a.database },
        { .name = "made-for", .value = "PURPOSE", .help = "real, demo or test", .to = &a.made_for },
    };
    int code = cli_options(cli, "[options] (what is not given is asked on a terminal)", options, COUNT_OF(options),
                           argc, argv, NULL, 0);
    const int made_for = cli_find_word(a.made_for, made_for_words, COUNT_OF(made_for_words));
    const int second_role = cli_find_word(a.second_role, role_words, COUNT_OF(role_words));

    if (code != CLI_GO_ON)
        return code;
    if (made_for < 0 || second_role < 0)
        return cli_usage(cli, "--made-for takes real, demo or test; --second-role provider, moderator or manager");
    code = complete(cli, &a);
    return code == CLI_GO_ON ? make(cli, &a, made_for, second_role) : code;
}

/* ---- one more practice in the home ---- */

static enum rc add_practice(struct cli *cli, const struct init_answers *a, int second_role, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct gate *const gate = ARENA_NEW(cli->mem, struct gate);
    struct practice_id practice;

    if (db_begin(cli->home->db, &tx, err) || home_add_practice(cli->home, &practice, err) ||
        gate_open(cli->home, practice, gate, err))
        return err->rc;
    cli->gate = gate; /* closed with the command */
    return fill(cli, a, second_role, err) ? err->rc : db_commit(&tx, err);
}

int cli_practice_add(struct cli *cli, int argc, char **argv)
{
    struct init_answers a = { .second_role = "moderator", .language = "en" };
    const struct cli_option options[] = { INIT_OPTIONS(a) };
    int code = cli_options(cli, "[options] (what is not given is asked on a terminal)", options, COUNT_OF(options),
                           argc, argv, NULL, 0);
    const int second_role = cli_find_word(a.second_role, role_words, COUNT_OF(role_words));
    struct json *out;
    struct err err;

    if (code == CLI_GO_ON && second_role < 0)
        code = cli_usage(cli, "--second-role takes provider, moderator or manager");
    if (code == CLI_GO_ON)
        code = cli_home(cli);
    if (code == CLI_GO_ON)
        code = complete(cli, &a);
    if (code != CLI_GO_ON)
        return code;
    if (add_practice(cli, &a, second_role, &err))
        return cli_fail(cli, &err);
    out = json_object_new();
    json_set_int(out, "practice", cli->gate->store.practice.v);
    json_set_str(out, "domain", cli->gate->facts.domain);
    cli_put(cli, &out);
    cli_say(cli, "Added. From now on every command needs --practice, as in\n  postcircle --practice %s status\n",
            cli->gate->facts.domain);
    return EX_OK;
}
