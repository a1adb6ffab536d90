/* postcircle member add, set, remove */
#include "gateway/people/member.h"

#include "base/text.h"
#include "gateway/cli/member_text.h"
#include "gateway/cli/seat.h"
#include "gateway/people/catch_up.h"
#include "gateway/practice/record.h"
#include "gateway/say/shown_name.h"

static const char *const reason_words[] = { "", "staff", "moved", "died", "rules" };
static const char *const rhythm_words[] = { "", "each", "daily", "weekly", "announcements" };

#define WORD(words, w, v, h)                                                                                           \
    {                                                                                                                  \
        .name = seat_names[w], .value = (v), .help = (h), .to = &(words)[w]                                            \
    }

static enum rc add(struct cli *cli, const char *group, const char *by, const char *const *words, bool is_also_staff,
                   struct membership *ret_m, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct person_id inviter;
    struct care_group g;
    struct seat seat;

    if (seat_read(words, cli->mem, &seat, err) || db_begin(cli->gate->store.db, &tx, err))
        return err->rc;
    seat.is_also_staff = is_also_staff;
    if (cli_find_group(cli, group, &g, err) || seat_inviter(cli, by, &inviter, err) ||
        seat_take(cli, &g, inviter, &seat, cli->mem, ret_m, err))
        return err->rc;
    return db_commit(&tx, err);
}

int cli_member_add(struct cli *cli, int argc, char **argv)
{
    const char *words[SEAT_WORD_COUNT] = { NULL }, *group = NULL, *by = NULL, *paper = NULL, *phone = NULL;
    struct cli_many tags = { 0 };
    bool is_also_staff = false;
    const struct cli_option options[] = {
        { .name = "group", .value = "GROUP", .help = "into which", .to = &group },
        WORD(words, SEAT_NAME, "NAME", "full name, for staff's eyes"),
        WORD(words, SEAT_EMAIL, "ADDRESS", "may be shared by a couple"),
        { .name = "phone", .value = "NUMBER", .help = "for staff to call", .to = &words[SEAT_PHONE] },
        WORD(words, SEAT_TEXT, "NUMBER", "takes part by text; with --email by both"),
        WORD(words, SEAT_EMERGENCY, "TEXT", "emergency contact"),
        WORD(words, SEAT_CHART, "TEXT", "chart reference"),
        WORD(words, SEAT_ROLE, "ROLE", "patient (usual), caregiver, provider, moderator, manager"),
        WORD(words, SEAT_RHYTHM, "RHYTHM", "each, daily (usual), weekly, announcements"),
        WORD(words, SEAT_LANGUAGE, "en|es", "of their letters"),
        WORD(words, SEAT_ZONE, "ZONE", "the group's"),
        WORD(words, SEAT_HOUR, "HH:MM", "when their letter comes; the group's"),
        WORD(words, SEAT_SHOWN_NAME, "NAME", "what others see; the first name"),
        WORD(words, SEAT_REQUIRE_TLS, "yes|no", "letters go there under verified TLS alone (docs/tls.md)"),
        WORD(words, SEAT_LABEL, "TEXT", "of a caregiver: \"Rose's daughter\""),
        { .name = "tag", .value = "TAG", .help = "audience tag", .many = &tags },
        { .name = "by", .value = "ADDRESS", .help = "who invites them; the first on duty", .to = &by },
        { .name = "paper", .value = "EVIDENCE", .help = "they agreed on paper: \"form of 3 May\"", .to = &paper },
        { .name = "also-staff", .help = "a patient who is staff too, at the same address", .flag = &is_also_staff },
        { .name = "by-phone", .value = "EVIDENCE", .help = "they agreed by phone", .to = &phone },
    };
    struct membership m;
    struct care_group g;
    struct json *out;
    struct err err;
    int code = cli_options(cli, "--group GROUP --name NAME --email ADDRESS|--text NUMBER", options, COUNT_OF(options),
                           argc, argv, NULL, 0);

    if (code == CLI_GO_ON && (!group || !words[SEAT_NAME] || (!words[SEAT_EMAIL] && !words[SEAT_TEXT])))
        code = cli_usage(cli, "member add needs --group, --name and --email or --text");
    if (code == CLI_GO_ON)
        code = cli_gate(cli);
    if (code != CLI_GO_ON)
        return code;
    for (size_t i = 0; i < tags.count; i++)
        words[SEAT_TAGS] = arena_printf(cli->mem, "%s %s", words[SEAT_TAGS] ? words[SEAT_TAGS] : "", tags.values[i]);
    words[SEAT_CONSENT] = paper ? "paper" : phone ? "phone" : NULL;
    words[SEAT_EVIDENCE] = paper ? paper : phone;
    if (add(cli, group, by, words, is_also_staff, &m, &err) ||
        group_get(&cli->gate->store, m.group, cli->mem, &g, &err))
        return cli_fail(cli, &err);
    out = json_object_new();
    json_set_int(out, "person", m.person.v);
    json_set_int(out, "membership", m.id.v);
    json_set_str(out, "shown_name", m.name);
    json_set_bool(out, "waits", g.address == GROUP_ADDRESS_WAITS);
    cli_put(cli, &out);
    cli_say(cli, "Invited. Others will see \"%s\". Number %" PRId64 ".\n", m.name, m.person.v);
    seat_say_waiting(cli, &g);
    return EX_OK;
}

/* ---- set ---- */

struct set_words {
    const char *group, *rhythm, *name, *label, *hour, *again, *by, *paper, *phone_consent;
    const char *full_name, *phone, *emergency, *chart, *language, *tls, *text, *text_level, *warned;
    struct cli_many tags, untags;
};

static const char *describe(const struct membership *m, struct arena *mem)
{
    return arena_printf(mem, "%s | %s | %s | %" PRId64 " | %s", m->name, member_state_name(m->state),
                        member_rhythm_name(m->rhythm), m->hour_minute, m->label ? m->label : "");
}

static enum rc change_name(struct cli *cli, const char *wanted, struct membership *m, struct err *err)
{
    bool is_free;

    if (shown_name_check(wanted, cli->mem, &m->name, err) || shown_name_is_free(cli->gate, m, m->name, &is_free, err))
        return err->rc;
    return is_free ? RC_OK : err_set(err, RC_CONFLICT, "--shown-name: somebody of the group or of staff has it");
}

static enum rc change_seat(struct cli *cli, const struct set_words *w, struct membership *m, struct err *err)
{
    const char *const old = describe(m, cli->mem);

    if (w->rhythm) {
        const int rhythm = cli_find_word(w->rhythm, rhythm_words, COUNT_OF(rhythm_words));

        if (rhythm < 0)
            return err_set(err, RC_INPUT, "--rhythm takes each, daily, weekly or announcements");
        m->rhythm = (enum member_rhythm)rhythm;
    }
    if ((w->name && change_name(cli, w->name, m, err)) ||
        (w->hour && enroll_check_minute(w->hour, &m->hour_minute, err)))
        return err->rc;
    if (w->label)
        m->label = text_clean_line(cli->mem, w->label, strlen(w->label));
    for (size_t i = 0; i < w->tags.count; i++)
        if (membership_add_tag(&cli->gate->store, m->id, w->tags.values[i], err))
            return err->rc;
    for (size_t i = 0; i < w->untags.count; i++)
        if (membership_remove_tag(&cli->gate->store, m->id, w->untags.values[i], err))
            return err->rc;
    if (membership_change(&cli->gate->store, m, m->state, err))
        return err->rc;
    if (record_act(cli->gate, &cli->who, AUDIT_MEMBER_CHANGED, AUDIT_ITEM_MEMBERSHIP, m->id.v, old,
                   describe(m, cli->mem), err))
        return err->rc;
    return catch_up_queue(cli->gate, m->id, err);
}

static enum rc change_person(struct cli *cli, const struct set_words *w, struct person *p, struct err *err)
{
    struct enroll e = { .name = w->full_name ? w->full_name : p->name,
                        .email = "x@example.org",
                        .phone = w->phone,
                        .emergency = w->emergency,
                        .chart = w->chart };
    const char *const old = p->name;

    if (!w->full_name && !w->phone && !w->emergency && !w->chart && !w->language)
        return RC_OK;
    if (w->language && strcmp(w->language, "es") != 0 && strcmp(w->language, "en") != 0)
        return err_set(err, RC_INPUT, "--language takes en or es");
    if (enroll_check(&e, cli->mem, err))
        return err->rc;
    p->name = e.name;
    p->phone = w->phone ? e.phone : p->phone;
    p->emergency = w->emergency ? e.emergency : p->emergency;
    p->chart = w->chart ? e.chart : p->chart;
    if (w->language)
        p->language = !strcmp(w->language, "es") ? LANGUAGE_SPANISH : LANGUAGE_ENGLISH;
    if (person_change(&cli->gate->store, p, err))
        return err->rc;
    return record_act(cli->gate, &cli->who, AUDIT_PERSON_CHANGED, AUDIT_ITEM_PERSON, p->id.v, old, p->name, err);
}

/* Of all their email addresses: which one is written to may change. */
static enum rc change_tls(struct cli *cli, const char *word, const struct person *p, struct err *err)
{
    struct address *list;
    size_t n;

    if (!word)
        return RC_OK;
    if (strcmp(word, "yes") != 0 && strcmp(word, "no") != 0)
        return err_set(err, RC_INPUT, "--require-tls takes yes or no");
    if (person_addresses(&cli->gate->store, p->id, cli->mem, &list, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++)
        if (list[i].kind == ADDRESS_EMAIL && tls_set(cli->gate, &cli->who, &list[i], !strcmp(word, "yes"), err))
            return err->rc;
    return RC_OK;
}

static enum rc add_text(struct cli *cli, const struct set_words *w, const struct membership *m, struct err *err)
{
    struct person_id by;

    if (!w->text)
        return RC_OK;
    if (seat_inviter(cli, w->by, &by, err))
        return err->rc;
    return seat_add_text(cli, m, w->text, by, w->paper ? CONSENT_BY_PAPER : 0, w->again, err);
}

static enum rc ask_again(struct cli *cli, const struct set_words *w, const struct membership *m, struct err *err)
{
    struct invite invite = { .membership = m->id,
                             .person = m->person,
                             .reason = w->again,
                             .paper_way = w->paper           ? CONSENT_BY_PAPER
                                          : w->phone_consent ? CONSENT_BY_PHONE
                                                             : 0,
                             .evidence = w->paper ? w->paper : w->phone_consent };

    if (w->text || (!w->again && !invite.paper_way))
        return RC_OK;
    if (!invite.reason)
        invite.reason = invite.evidence;
    if (seat_inviter(cli, w->by, &invite.invited_by, err))
        return err->rc;
    return invite_send(cli->gate, &cli->who, &invite, err);
}

/* The membership of a person in the group named, or their only one. */
static enum rc find_seat(struct cli *cli, const char *group, const struct person *p, struct membership *ret_m,
                         struct err *err)
{
    struct membership *list;
    struct care_group g;
    size_t n;

    if (group) {
        if (cli_find_group(cli, group, &g, err))
            return err->rc;
        return membership_find(&cli->gate->store, g.id, p->id, cli->mem, ret_m, err);
    }
    if (membership_of_person(&cli->gate->store, p->id, cli->mem, &list, &n, err))
        return err->rc;
    if (n != 1)
        return err_set(err, n ? RC_INPUT : RC_NOT_FOUND, "they are in %zu groups: name one with --group", n);
    *ret_m = list[0];
    return RC_OK;
}

static enum rc set(struct cli *cli, const char *who, const struct set_words *w, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct membership m;
    struct person p;

    if (db_begin(cli->gate->store.db, &tx, err) || cli_find_person(cli, who, PERSON_PATIENT, &p, err) ||
        change_person(cli, w, &p, err) || change_tls(cli, w->tls, &p, err) ||
        member_text_level(cli, &p, w->text_level, w->warned, err) || find_seat(cli, w->group, &p, &m, err) ||
        change_seat(cli, w, &m, err) || add_text(cli, w, &m, err) || ask_again(cli, w, &m, err))
        return err->rc;
    return db_commit(&tx, err);
}

int cli_member_set(struct cli *cli, int argc, char **argv)
{
    struct set_words w = { 0 };
    const struct cli_option options[] = {
        { .name = "group", .value = "GROUP", .help = "in which, when they are in several", .to = &w.group },
        { .name = "shown-name", .value = "NAME", .help = "what others see", .to = &w.name },
        { .name = "rhythm", .value = "RHYTHM", .help = "each, daily, weekly, announcements", .to = &w.rhythm },
        { .name = "hour", .value = "HH:MM", .help = "when their letter comes", .to = &w.hour },
        { .name = "label", .value = "TEXT", .help = "of a caregiver", .to = &w.label },
        { .name = "tag", .value = "TAG", .help = "add an audience tag", .many = &w.tags },
        { .name = "untag", .value = "TAG", .help = "take one away", .many = &w.untags },
        { .name = "name", .value = "NAME", .help = "full name", .to = &w.full_name },
        { .name = "phone", .value = "NUMBER", .help = "for staff to call", .to = &w.phone },
        { .name = "emergency", .value = "TEXT", .help = "emergency contact", .to = &w.emergency },
        { .name = "chart", .value = "TEXT", .help = "chart reference", .to = &w.chart },
        { .name = "language", .value = "en|es", .help = "of their letters", .to = &w.language },
        { .name = "require-tls",
          .value = "yes|no",
          .help = "letters go to their addresses under verified TLS alone",
          .to = &w.tls },
        { .name = "text", .value = "NUMBER", .help = "texts to this phone too, after its own YES", .to = &w.text },
        { .name = "text-level",
          .value = "0|1|2",
          .help = "texts hold the count, a line of each, the words; 1 and 2 with --warned",
          .to = &w.text_level },
        { .name = "warned",
          .value = "EVIDENCE",
          .help = "how they were told that others can read texts",
          .to = &w.warned },
        { .name = "again", .value = "REASON", .help = "ask them once more to join", .to = &w.again },
        { .name = "by", .value = "ADDRESS", .help = "who asks", .to = &w.by },
        { .name = "paper", .value = "EVIDENCE", .help = "they agreed on paper", .to = &w.paper },
        { .name = "by-phone", .value = "EVIDENCE", .help = "they agreed by phone", .to = &w.phone_consent },
    };
    const char *who;
    struct err err;
    int code = cli_options(cli, "ADDRESS|NUMBER [options]", options, COUNT_OF(options), argc, argv, &who, 1);

    if (code == CLI_GO_ON && argc < 2)
        code = cli_usage(cli, "member set needs a person and what to change");
    if (code == CLI_GO_ON)
        code = cli_gate(cli);
    if (code != CLI_GO_ON)
        return code;
    return set(cli, who, &w, &err) ? cli_fail(cli, &err) : cli_done_set(cli, options, COUNT_OF(options));
}

/* ---- remove ---- */

static enum rc take_out(struct cli *cli, const char *who, const char *group, enum member_reason reason, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct membership m, *list;
    struct person p;
    size_t n;

    if (db_begin(cli->gate->store.db, &tx, err) || cli_find_person(cli, who, PERSON_PATIENT, &p, err))
        return err->rc;
    if (reason == MEMBER_REASON_DIED && !group) {
        if (membership_of_person(&cli->gate->store, p.id, cli->mem, &list, &n, err))
            return err->rc;
        if (!n)
            return err_set(err, RC_NOT_FOUND, "they are in no group");
        m = list[0];
    } else if (find_seat(cli, group, &p, &m, err)) {
        return err->rc;
    }
    if (member_remove(cli->gate, &cli->who, m.id, reason, err))
        return err->rc;
    return db_commit(&tx, err);
}

int cli_member_remove(struct cli *cli, int argc, char **argv)
{
    const char *group = NULL, *reason_word = NULL, *who;
    const struct cli_option options[] = {
        { .name = "group", .value = "GROUP", .help = "from which, when they are in several", .to = &group },
        { .name = "reason",
          .value = "REASON",
          .help = "staff, moved, rules; died silences everything",
          .to = &reason_word },
    };
    struct err err;
    int reason,
        code = cli_options(cli, "ADDRESS|NUMBER --reason REASON", options, COUNT_OF(options), argc, argv, &who, 1);

    if (code != CLI_GO_ON)
        return code;
    reason = reason_word ? cli_find_word(reason_word, reason_words, COUNT_OF(reason_words)) : -1;
    if (reason < 0)
        return cli_usage(cli, "member remove needs --reason staff, moved, rules or died");
    code = cli_gate(cli);
    if (code != CLI_GO_ON)
        return code;
    if (take_out(cli, who, group, (enum member_reason)reason, &err))
        return cli_fail(cli, &err);
    cli_say(cli, "Removed. Nothing more is sent.\n");
    return cli_done(cli);
}
