/* postcircle staff add|set|list */
#include "base/text.h"
#include "gateway/cli/seat.h"
#include "gateway/cli/staff_text.h"
#include "gateway/duty/duty_order.h"
#include "gateway/practice/record.h"
#include "gateway/say/office.h"
#include "gateway/say/render.h"
#include "gateway/say/staff_phone.h"

static const char *const role_words[] = { "", "provider", "moderator", "manager" };
static const char *const language_words[] = { "", "en", "es" };
static const char *const way_words[] = { "", "", "paper", "phone" };

struct staff_words {
    const char *name, *email, *title, *role, *duty, *language, *phone, *by, *consent, *evidence, *again;
    bool is_gone, is_also_patient;
};

static enum rc read_words(const struct staff_words *w, struct person *p, struct err *err)
{
    if (w->role) {
        const int role = cli_find_word(w->role, role_words, COUNT_OF(role_words));

        if (role < 0)
            return err_set(err, RC_INPUT, "--role takes provider, moderator or manager");
        p->role = (enum staff_role)role;
    }
    if (w->language) {
        const int language = cli_find_word(w->language, language_words, COUNT_OF(language_words));

        if (language < 0)
            return err_set(err, RC_INPUT, "--language takes en or es");
        p->language = (enum person_language)language;
    }
    if (w->duty && text_to_int(w->duty, 0, 99, &p->duty_rank, err))
        return err_wrap(err, "--duty takes a place from 1, or 0 for none");
    return RC_OK;
}

static enum rc invite_staff(struct cli *cli, const struct staff_words *w, struct person_id person, struct err *err)
{
    struct invite invite = { .person = person,
                             .reason = w->again   ? w->again
                                       : w->email ? "new address"
                                                  : NULL,
                             .evidence = w->evidence };
    int way = 0;

    if (w->consent && (way = cli_find_word(w->consent, way_words, COUNT_OF(way_words))) < CONSENT_BY_PAPER)
        return err_set(err, RC_INPUT, "--consent takes paper or phone");
    invite.paper_way = (enum consent_way)way;
    if (seat_inviter(cli, w->by, &invite.invited_by, err))
        return err->rc;
    return invite_send(cli->gate, &cli->who, &invite, err);
}

static enum rc add(struct cli *cli, const struct staff_words *w, struct person *ret_person, const char **ret_news,
                   struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct person p = { .role = STAFF_MODERATOR, .language = LANGUAGE_ENGLISH };
    struct enroll e = { .name = w->name, .email = w->email, .phone = w->phone, .title = w->title };

    if (read_words(w, &p, err) || db_begin(cli->gate->store.db, &tx, err))
        return err->rc;
    e.staff_role = p.role;
    e.duty_rank = p.duty_rank;
    e.language = p.language;
    if (!w->is_also_patient && seat_check_kind(cli, w->email, PERSON_PATIENT, "staff add --also-patient", err))
        return err->rc;
    if (enroll_staff(cli->gate, &cli->who, &e, cli->mem, ret_person, err) || invite_staff(cli, w, ret_person->id, err))
        return err->rc;
    if (ret_person->phone && staff_text_number(cli, ret_person, ret_news, err))
        return err->rc;
    return db_commit(&tx, err);
}

#define STAFF_OPTIONS(w)                                                                                               \
    { .name = "title", .value = "TITLE", .help = "as patients know it: nurse", .to = &(w).title },                     \
        { .name = "role", .value = "ROLE", .help = "provider, moderator (usual) or manager", .to = &(w).role },        \
        { .name = "duty", .value = "N", .help = "place in the order of calls; 0 none", .to = &(w).duty },              \
        { .name = "language", .value = "en|es", .help = "of their letters", .to = &(w).language },                     \
        { .name = "phone", .value = "NUMBER", .help = "for colleagues, and for alarms by text", .to = &(w).phone },    \
        { .name = "by", .value = "ADDRESS", .help = "who asks them; the first on duty", .to = &(w).by },               \
        { .name = "name", .value = "NAME", .help = "full name", .to = &(w).name },                                     \
    {                                                                                                                  \
        .name = "email", .value = "ADDRESS", .help = "their own address", .to = &(w).email                             \
    }

/* A member was there first with a name like the new one's: no letter says which of the two is staff. */
static enum rc warn_of_namesakes(struct cli *cli, const struct person *staff, struct err *err)
{
    const char *const first = render_first_name(staff->name, cli->mem);
    struct care_group *groups;
    size_t n;

    if (group_list(&cli->gate->store, cli->mem, &groups, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++) {
        bool is_taken;

        if (membership_is_name_taken(&cli->gate->store, groups[i].id, first, (struct membership_id){ 0 }, &is_taken,
                                     err))
            return err->rc;
        if (is_taken && groups[i].state != GROUP_ENDED)
            cli_warn(cli, "a member of %s shows the name %s too: postcircle member set --shown-name gives them another",
                     groups[i].slug, first);
    }
    return RC_OK;
}

int cli_staff_add(struct cli *cli, int argc, char **argv)
{
    struct staff_words w = { 0 };
    const struct cli_option options[] = {
        STAFF_OPTIONS(w),
        { .name = "consent",
          .value = "paper|phone",
          .help = "they agreed already; one reply proves it",
          .to = &w.consent },
        { .name = "also-patient",
          .help = "a member who is staff too, at the same address",
          .flag = &w.is_also_patient },
        { .name = "evidence", .value = "TEXT", .help = "\"form of 3 May\"", .to = &w.evidence },
    };
    const char *news = "";
    struct person person;
    struct json *out;
    struct err err;
    int code =
        cli_options(cli, "--name NAME --email ADDRESS [options]", options, COUNT_OF(options), argc, argv, NULL, 0);

    if (code == CLI_GO_ON && (!w.name || !w.email))
        code = cli_usage(cli, "staff add needs --name and --email");
    if (code == CLI_GO_ON)
        code = cli_gate(cli);
    if (code != CLI_GO_ON)
        return code;
    if (add(cli, &w, &person, &news, &err) || warn_of_namesakes(cli, &person, &err))
        return cli_fail(cli, &err);
    out = json_object_new();
    json_set_int(out, "id", person.id.v);
    cli_put(cli, &out);
    cli_say(cli, "Added as %" PRId64 ". They were asked by email: until they reply YES they get alarms alone.\n%s",
            person.id.v, news);
    return EX_OK;
}

static enum rc change_address(struct cli *cli, const char *email, const struct person *p, struct err *err)
{
    struct address address, *old;
    struct person *users;
    char *value;
    size_t n;

    if (text_address(email, cli->mem, &value, err) ||
        person_by_value(&cli->gate->store, ADDRESS_EMAIL, value, cli->mem, &users, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++)
        if (users[i].kind == PERSON_STAFF && users[i].id.v != p->id.v && users[i].state == PERSON_ACTIVE)
            return err_set(err, RC_CONFLICT, "another staff member has this address; each needs their own");
    if (person_addresses(&cli->gate->store, p->id, cli->mem, &old, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++)
        if (old[i].kind == ADDRESS_EMAIL && person_unlink_address(&cli->gate->store, p->id, old[i].id, err))
            return err->rc;
    if (address_ensure(&cli->gate->store, ADDRESS_EMAIL, value, cli->mem, &address, err) ||
        person_link_address(&cli->gate->store, p->id, address.id, 1, err))
        return err->rc;
    return record_act(cli->gate, &cli->who, AUDIT_ADDRESS_CHANGED, AUDIT_ITEM_PERSON, p->id.v, NULL, value, err);
}

/* An act that a stolen mailbox may need at once is done all the same, but never in silence. */
static enum rc warn_of_few(struct cli *cli, size_t before, struct err *err)
{
    struct office_contact *roll;
    size_t all, n;

    if (office_roll(cli->gate, cli->mem, &roll, &all, &n, err))
        return err->rc;
    if (n < 2 && n < before)
        cli_warn(cli,
                 "fewer than two people can be paged now: alarms and what needs two people depend on %s; postcircle "
                 "staff add or staff set ADDRESS --duty N adds another",
                 n ? "one person" : "nobody");
    return RC_OK;
}

static enum rc change(struct cli *cli, const char *who, const struct staff_words *w, const struct staff_text *t,
                      const char **ret_news, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct enroll e = { .email = "x@example.org", .name = w->name, .phone = w->phone, .title = w->title };
    const char *old;
    struct office_contact *roll;
    struct person p;
    size_t all, before;

    if (db_begin(cli->gate->store.db, &tx, err) || cli_find_person(cli, who, PERSON_STAFF, &p, err) ||
        office_roll(cli->gate, cli->mem, &roll, &all, &before, err))
        return err->rc;
    old = duty_order_describe(&p, cli->mem);
    if (!e.name)
        e.name = p.name;
    if (read_words(w, &p, err) || enroll_check(&e, cli->mem, err))
        return err->rc;
    p.name = e.name;
    p.phone = w->phone ? e.phone : p.phone;
    p.title = w->title ? e.title : p.title;
    if (w->is_gone) {
        p.state = PERSON_GONE;
        p.duty_rank = 0;
    }
    if (person_change(&cli->gate->store, &p, err) ||
        record_act(cli->gate, &cli->who, AUDIT_STAFF_CHANGED, AUDIT_ITEM_PERSON, p.id.v, old,
                   duty_order_describe(&p, cli->mem), err))
        return err->rc;
    if (w->email && change_address(cli, w->email, &p, err))
        return err_wrap(err, "--email");
    if ((w->phone && staff_text_number(cli, &p, ret_news, err)) || staff_text_change(cli, &p, t, err))
        return err->rc;
    if ((w->again || (w->email && !w->is_gone)) && invite_staff(cli, w, p.id, err))
        return err->rc;
    return db_commit(&tx, err) ? err->rc : warn_of_few(cli, before, err);
}

int cli_staff_set(struct cli *cli, int argc, char **argv)
{
    struct staff_words w = { 0 };
    struct staff_text t = { 0 };
    const struct cli_option options[] = {
        STAFF_OPTIONS(w),
        STAFF_TEXT_OPTIONS(t),
        { .name = "again", .value = "REASON", .help = "ask them once more to opt in", .to = &w.again },
        { .name = "gone", .help = "they have left the practice", .flag = &w.is_gone },
    };
    const char *who, *news = "";
    struct err err;
    int code = cli_options(cli, "ADDRESS|NUMBER [options]", options, COUNT_OF(options), argc, argv, &who, 1);

    if (code == CLI_GO_ON && argc < 2)
        code = cli_usage(cli, "staff set needs a person and what to change");
    if (code == CLI_GO_ON)
        code = cli_gate(cli);
    if (code != CLI_GO_ON)
        return code;
    if (staff_text_pin(cli, &t, &err) || change(cli, who, &w, &t, &news, &err))
        return cli_fail(cli, &err);
    cli_say(cli, "%s", news);
    return cli_done_set(cli, options, COUNT_OF(options));
}

static enum rc add_row(struct cli *cli, struct cli_table *table, const struct person *p, size_t *silent,
                       struct err *err)
{
    struct address *addresses;
    enum office_reach reach;
    struct staff_phone phone;
    bool has_said_yes;
    size_t n;

    if (person_addresses(&cli->gate->store, p->id, cli->mem, &addresses, &n, err) ||
        consent_of_staff(&cli->gate->store, p->id, &has_said_yes, err) ||
        office_reach_of(cli->gate, p->id, &reach, err) || staff_phone_read(cli->gate, p->id, &phone, err))
        return err->rc;
    *silent += !has_said_yes;
    cli_table_row(table, (const char *[]){ arena_printf(cli->mem, "%" PRId64, p->id.v), p->name,
                                           n ? addresses[0].value : "", staff_role_name(p->role), p->title,
                                           p->duty_rank ? arena_printf(cli->mem, "%" PRId64, p->duty_rank) : "",
                                           has_said_yes ? "yes" : "asked",
                                           reach == OFFICE_REACHED ? "yes" : office_reach_words(reach),
                                           staff_phone_name(phone.state) });
    return RC_OK;
}

int cli_staff_list(struct cli *cli, int argc, char **argv)
{
    static const char *const header[] = {
        "id", "name", "email", "role", "title", "duty", "opted_in", "alarms", "texts"
    };
    struct cli_table *table;
    struct person *staff;
    struct err err;
    size_t n, silent = 0;
    int code = cli_options(cli, "", NULL, 0, argc, argv, NULL, 0);

    if (code == CLI_GO_ON)
        code = cli_gate(cli);
    if (code != CLI_GO_ON)
        return code;
    if (person_staff(&cli->gate->store, cli->mem, &staff, &n, &err))
        return cli_fail(cli, &err);
    table = cli_table_new(cli->mem, header, COUNT_OF(header));
    for (size_t i = 0; i < n; i++)
        if (add_row(cli, table, &staff[i], &silent, &err))
            return cli_fail(cli, &err);
    cli_table_print(cli, table);
    if (silent)
        cli_say(cli,
                "\n%zu of %zu have not said YES: they get alarms alone, and decide nothing. They reply YES to the mail "
                "that "
                "asked them;\nlost? %s\n",
                silent, n, cli_called(cli, "postcircle staff set ADDRESS --again \"REASON\""));
    return EX_OK;
}
