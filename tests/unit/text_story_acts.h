/*
 * text_story_acts: what people, staff, the provider and the clock do in a random story of texts. Each act plays against what is there, and notes in the
 * model (struct known, said, heard) what it entitles to; text_story_check.h holds the wire and the rows against that.
 */
#ifndef TESTS_UNIT_TEXT_STORY_ACTS_H
#define TESTS_UNIT_TEXT_STORY_ACTS_H

#include "text_story_check.h"

/* --- a text comes -------------------------------------------------------------------------------------------------------------------------------- */

/* One call of the provider, proved: stored, or (RC_CONFLICT) known already. */
static inline enum rc take(struct clinic *k, const char *id, const char *from, const char *words, bool is_tried,
                           struct text_in_id *ret_in)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    const struct sms_event event = { .kind = PROVIDER_EVENT_MO,
                                     .id = id,
                                     .from = from,
                                     .to = k->ours,
                                     .text = words,
                                     .ref = "",
                                     .state = "",
                                     .err = "",
                                     .cost_micro = -1 };
    struct text_provider provider;
    struct err err = { .rc = RC_OK };
    enum rc rc = text_provider_open(&k->c.g.gate, k->account.id, k->tale->mem, &provider, &err);

    if (!rc)
        rc = db_begin(k->c.g.h.db, &tx, &err);
    if (!rc)
        rc = text_take(&k->c.g.gate, &provider, &event, NULL, 0, ret_in, &err);
    if (!rc)
        rc = db_commit(&tx, &err);
    RULE(k->tale, "kept", is_tried || !rc || rc == RC_CONFLICT, "a text was refused: %s", err.msg);
    return rc;
}

/* What it means for what may leave from now on. */
static inline void note_taken(struct clinic *k, const struct heard *h)
{
    struct known *const n = &k->known[h->phone];
    struct address a;
    struct err err;

    if (!n->address.v) {
        HELP_OK(address_find(&k->c.g.gate.store, ADDRESS_PHONE, number_of(k, h->phone), k->tale->mem, &a, &err));
        n->address = a.id;
    }
    n->heard_ms = h->at_ms;
    switch (h->means) {
    case MEANS_STOP:
    case MEANS_STOP_ABROAD:
    case MEANS_WRONG:
        n->stop_ms = h->at_ms;
        n->is_wrong = h->means == MEANS_WRONG;
        n->is_theirs = is_theirs(k, h->words);
        n->is_stopped = true;
        n->has_yes = false;
        return;
    case MEANS_START:
    case MEANS_YES:
        n->is_stopped = n->is_stopped && !leads_back(k, h->words);
        n->is_bad = n->is_bad && h->means == MEANS_YES;
        n->has_yes = n->has_yes || !n->is_stopped;
        return;
    default:
        return;
    }
}

static inline void text_comes(struct clinic *k, int phone, enum means means, const char *words)
{
    struct tale *const t = k->tale;
    struct heard *const h = &t->heard[t->heard_count++];
    struct before before;

    assert_true(t->heard_count <= HEARD_MAX);
    *h = (struct heard){ .clinic = k->index,
                         .phone = phone,
                         .means = means,
                         .id = arena_printf(t->mem, "MO%zu", t->heard_count),
                         .words = words,
                         .at_ms = now_of(t) };
    look_before(k, phone, &before);
    if (t->die_after && t->die_in == ROLE_WEB) { /* it was not answered: the provider calls again */
        db_die_after(k->c.g.h.db, t->die_after);
        t->die_after = 0;
        rc_ignore(take(k, h->id, number_of(k, phone), words, true, &h->in), "it dies");
        t->died[ROLE_WEB] += db_is_dead(k->c.g.h.db);
        db_fail_after(k->c.g.h.db, 0);
        open_again(t);
    }
    if (take(k, h->id, number_of(k, phone), words, false, &h->in) == RC_CONFLICT)
        RULE(t, "kept", h->in.v, "a text is known that never came");
    note_taken(k, h);
    check_taken(k, h, &before);
}

/* --- what members write ---------------------------------------------------------------------------------------------------------------------- */

static inline struct clinic *a_clinic(struct tale *t)
{
    return &t->clinics[draw(t, 2)];
}

/* A live number of this phone; 0: it has none. */
static inline int64_t a_number(struct clinic *k, int phone)
{
    const struct text_line line = { k->known[phone].address, k->sender.id };
    struct text_item *items;
    struct err err;
    size_t n;

    if (!line.address.v)
        return 0;
    HELP_OK(text_item_list(&k->c.g.gate.store, &line, k->tale->mem, &items, &n, &err));
    return n ? items[draw(k->tale, n)].n : 0;
}

static inline void act_stop(struct tale *t)
{
    static const char *const words[] = { "STOP",        "stop",        "Stop.",     "QUIT",     "END",
                                         "CANCEL",      "UNSUBSCRIBE", "revoke",    "opt out",  "STOPALL",
                                         "stop all",    "Opt-out",     "REMOVE",    "\"STOP\"", "please stop",
                                         "take me off", "remove me",   "STOP STOP", "stopp",    "stop texting me" };
    static const char *const abroad[] = { "BAJA",        "ALTO",   "parar",       "no mas", "cancelar",
                                          "dar de baja", "no más", "\u00a1Alto!", "basta",  "por favor paren",
                                          "ARRET",       "sair" };
    const bool is_abroad = chance(t, 30);

    text_comes(a_clinic(t), (int)draw(t, PHONES), is_abroad ? MEANS_STOP_ABROAD : MEANS_STOP,
               is_abroad ? ONE_OF(t, abroad) : ONE_OF(t, words));
}

static inline void act_wrong_number(struct tale *t)
{
    text_comes(a_clinic(t), (int)draw(t, PHONES), MEANS_WRONG, chance(t, 50) ? "wrong number" : "Wrong number!");
}

static inline void act_start(struct tale *t)
{
    static const char *const words[] = { "START", "start", "UNSTOP", "Start!", "INICIAR" };

    text_comes(a_clinic(t), (int)draw(t, PHONES), MEANS_START, ONE_OF(t, words));
}

static inline void act_yes(struct tale *t)
{
    static const char *const words[] = { "YES", "Yes", "yes!", "Yes, thank you", "Si" };

    text_comes(a_clinic(t), (int)draw(t, PHONES), MEANS_YES, ONE_OF(t, words));
}

static inline void act_no(struct tale *t)
{
    text_comes(a_clinic(t), (int)draw(t, PHONES), MEANS_NO, chance(t, 50) ? "NO" : "No thanks");
}

static inline void act_help(struct tale *t)
{
    static const char *const words[] = { "HELP", "help", "INFO", "AYUDA", "Help!" };

    text_comes(a_clinic(t), (int)draw(t, PHONES), MEANS_HELP, ONE_OF(t, words));
}

static inline void act_prose(struct tale *t)
{
    static const char *const words[] = { "I can't stop laughing about the %s, it was so good",
                                         "Please cancel my Tuesday visit because of the %s",
                                         "My doctor said I should end the walk at the %s" };
    struct clinic *const k = a_clinic(t);
    const int phone = (int)draw(t, PHONES);
    const size_t which = draw(t, COUNT_OF(words));
    struct said *said;
    const char *note = tale_note(t, k, phone, &said);
    const char *const form = words[which];
    const char *const at = strstr(form, "%s");

    note = strchr(note, ' ') + 1;
    text_comes(k, phone, MEANS_PROSE, arena_printf(t->mem, "%.*s%.11s%s", (int)(at - form), form, note, at + 2));
}

static inline void act_noise(struct tale *t)
{
    static const char *const words[] = { "Liked \"Tuesday Circle: 2 new. HELP for help, STOP to end.\"",
                                         "Loved \"STOP\"", "I'm driving right now. I'll get back to you later.",
                                         "Thanks!", "\xe2\x9d\xa4" };

    text_comes(a_clinic(t), (int)draw(t, PHONES), MEANS_NOISE, ONE_OF(t, words));
}

static inline void act_command(struct tale *t)
{
    static const char *const words[] = { "MORE",
                                         "MORE",
                                         "LIST",
                                         "GROUPS",
                                         "LEAVE",
                                         "LEAVE Walkers",
                                         "PAUSE 3",
                                         "PAUSE",
                                         "RESUME",
                                         "UNDO",
                                         "NAME Zoe",
                                         "ZONE denver",
                                         "ZONE pacific",
                                         "ZONE eastern",
                                         "ZONE chicago",
                                         "REPORT 10",
                                         "MOD hello there",
                                         "1",
                                         "2",
                                         "DAILY",
                                         "WEEKLY",
                                         "RULES",
                                         "STATUS" };

    text_comes(a_clinic(t), (int)draw(t, PHONES), MEANS_COMMAND, ONE_OF(t, words));
}

static inline void act_number_alone(struct tale *t)
{
    struct clinic *const k = a_clinic(t);
    const int phone = (int)draw(t, PHONES);
    const int64_t n = a_number(k, phone);

    text_comes(k, phone, MEANS_COMMAND, arena_printf(t->mem, "%" PRId64, n ? n : 10 + (int64_t)draw(t, 20)));
}

static inline void act_words(struct tale *t)
{
    struct clinic *const k = a_clinic(t);
    const int phone = (int)draw(t, PHONES);
    const int64_t n = chance(t, 60) ? a_number(k, phone) : 0, m = chance(t, 20) ? a_number(k, phone) : 0;
    struct said *said;
    const char *words = tale_note(t, k, phone, &said);

    if (n && m && n != m)
        words = arena_printf(t->mem, "%" PRId64 " and %" PRId64 " %s", n, m, words);
    else if (n)
        words = arena_printf(t->mem, "%" PRId64 " %s", n, words);
    said->heard = t->heard_count;
    text_comes(k, phone, MEANS_WORDS, words);
}

static inline void act_crisis(struct tale *t)
{
    static const char *const words[] = { "I want to kill myself", "I am going to end my life tonight",
                                         "Quiero suicidarme esta noche" };

    text_comes(a_clinic(t), (int)draw(t, PHONES), MEANS_CRISIS, ONE_OF(t, words));
}

/* The same call once more, from a provider that missed our answer. */
static inline void act_again(struct tale *t)
{
    const struct heard *const h = t->heard_count ? &t->heard[draw(t, t->heard_count)] : NULL;
    struct text_in_id in;

    if (!h)
        return;
    RULE(t, "kept",
         take(&t->clinics[h->clinic], h->id, number_of(&t->clinics[h->clinic], h->phone), h->words, false, &in) ==
             RC_CONFLICT,
         "a call that came before was taken as a new one");
}

/* --- staff -------------------------------------------------------------------------------------------------------------------------------------- */

/* Ana answers a number by text: with her PIN, with another one, with none. */
static inline void act_staff_text(struct tale *t)
{
    static const char *const decisions[] = { "OK", "OK", "OK", "NO 1", "CLAIM", "DONE", "CRISIS", "hello there" };
    static const char *const pins[] = { " " PIN, " " PIN, " " PIN, "", " 135791" };
    struct clinic *const k = a_clinic(t);
    const int64_t n = a_number(k, ANA_AT);
    const char *const decision = ONE_OF(t, decisions), *const pin = ONE_OF(t, pins);

    if (!strcmp(decision, "OK") && !strcmp(pin, " " PIN))
        for (size_t i = 0; i < t->said_count; i++)
            t->said[i].is_ok |= t->said[i].clinic == k->index;
    text_comes(k, ANA_AT, MEANS_STAFF,
               chance(t, 10) ? PIN : arena_printf(t->mem, "%" PRId64 " %s%s", n ? n : 10, decision, pin));
}

static inline void note_released(struct tale *t, const struct clinic *k, const char *text)
{
    for (const char *p = text; (p = strstr(p, CANARY_WORD)); p++) {
        char part;
        const int i = canary_read(t, p, &part);

        if (i >= 0 && t->said[i].clinic == k->index)
            t->said[i].is_ok = true;
    }
}

static inline enum rc decide(struct clinic *k, const struct post *post, const struct decision *decision,
                             struct person_id by, struct review_result *ret)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct person who;
    const struct review_act act = {
        .post = post->id, .decision = decision, .staff = &who, .way = REVIEW_CLI, .photos_shown = REVIEW_PHOTOS_ALL
    };
    struct err err;
    enum rc rc;

    HELP_OK(person_get(&k->c.g.gate.store, by, k->tale->mem, &who, &err));
    HELP_OK(db_begin(k->c.g.h.db, &tx, &err));
    rc = review_decide(&k->c.g.gate, &act, k->tale->mem, ret, &err);
    if (!rc)
        HELP_OK(db_commit(&tx, &err));
    return rc;
}

static inline void act_decide(struct tale *t)
{
    static const struct decision decisions[] = { { .kind = DECISION_OK, .text = "" },
                                                 { .kind = DECISION_OK, .text = "" },
                                                 { .kind = DECISION_OK, .text = "" },
                                                 { .kind = DECISION_MOVE, .move_to = 0, .text = "" },
                                                 { .kind = DECISION_NO, .rule = 1, .text = "" },
                                                 { .kind = DECISION_PRIVATE, .text = "Please call us about it." } };
    struct clinic *const k = a_clinic(t);
    const struct decision *const d = &ONE_OF(t, decisions);
    struct review_result result;
    struct post *posts;
    struct err err;
    size_t n;

    HELP_OK(post_waiting(&k->c.g.gate.store, 100, t->mem, &posts, &n, &err));
    if (!n)
        return;
    const struct post *const p = &posts[draw(t, n)];
    if (decide(k, p, d, chance(t, 50) ? k->c.ana : k->c.lee, &result) == RC_OK && d->kind == DECISION_OK)
        note_released(t, k, p->text);
}

/* A note of the care team under what is out, or back with it. */
static inline void act_after(struct tale *t)
{
    struct clinic *const k = a_clinic(t);
    const int64_t id = ask(
        k, "SELECT id FROM post WHERE practice_id = $1 AND state IN (5, 6) ORDER BY published_seq DESC LIMIT 1", 0, 0);
    const struct post post = { .id = { id } };
    struct review_result result;
    struct said *said;

    if (!id)
        return;
    if (chance(t, 30)) {
        rc_ignore(decide(k, &post, &(struct decision){ .kind = DECISION_UNDO, .text = "" }, k->c.ana, &result),
                  "too late");
        return;
    }
    const struct decision fix = { .kind = DECISION_FIX, .text = tale_note(t, k, -1, &said) };

    said->is_ok = said->is_note = true;
    rc_ignore(decide(k, &post, &fix, k->c.ana, &result), "it may have changed");
}

/* A note by mail that is out, or an announcement. */
static inline void publish(struct tale *t, struct clinic *k, int group, enum post_kind kind)
{
    struct gate_help *const g = &k->c.g;
    struct said *said;
    const char *const words = tale_note(t, k, -1, &said);
    struct conversation_id talk = { 0 };
    struct post p;
    struct err err;

    g->group = k->groups[group];
    g->now_ms = now_of(t);
    said->is_ok = true;
    if (kind == POST_COMMENT)
        talk.v = ask(k, "SELECT id FROM conversation WHERE practice_id = $1 AND group_id = $2 ORDER BY id DESC LIMIT 1",
                     g->group.id.v, 0);
    CIRCLE_TX(&k->c, p = gate_help_post(g, kind == POST_ANNOUNCEMENT ? k->c.lee : k->writer.person,
                                        kind == POST_COMMENT && !talk.v ? POST_POST : kind, talk, NULL, words);
              HELP_OK(publish_post(&g->gate, &p, &err)));
    said->post = p.id;
}

static inline void act_note(struct tale *t)
{
    publish(t, a_clinic(t), chance(t, 25), POST_POST);
}

static inline void act_comment(struct tale *t)
{
    publish(t, a_clinic(t), chance(t, 25), POST_COMMENT);
}

static inline void act_announce(struct tale *t)
{
    publish(t, a_clinic(t), chance(t, 25), POST_ANNOUNCEMENT);
}

/* Staff put a phone down for a group; who is there already is left alone. */
static inline void invite(struct clinic *k, int phone, int group)
{
    static const char *const names[PHONES] = { "Rose Marsh", "Sam Lund", "Harold Beck", "Ines Vega", "Walter Finn" };
    static const char *const zones[PHONES] = { NULL, "America/Denver", "America/Los_Angeles", "Europe/Madrid", NULL };
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    const struct audit_who who = { AUDIT_OPERATOR, 0, AUDIT_WAY_CLI };
    struct enroll e = { .name = names[phone], .text = number_of(k, phone), .zone = zones[phone] };
    const struct enroll_seat seat = { .hour_minute = -1 };
    struct invite in = { .invited_by = k->c.ana };
    struct membership m = { .group = { 0 } };
    struct address a;
    struct err err;

    HELP_OK(db_begin(k->c.g.h.db, &tx, &err));
    if (enroll_member(&k->c.g.gate, &who, &k->groups[group], &e, &seat, k->tale->mem, &m, &err))
        return;
    in.person = m.person;
    in.membership = m.id;
    if (invite_send(&k->c.g.gate, &who, &in, &err))
        return;
    HELP_OK(db_commit(&tx, &err));
    k->seats[phone][group] = m;
    HELP_OK(address_find(&k->c.g.gate.store, ADDRESS_PHONE, number_of(k, phone), k->tale->mem, &a, &err));
    k->known[phone].address = a.id;
    if (consent_of(k, phone).state != TEXT_ASKED)
        return;
    k->known[phone].is_bad = false;
    if (k->known[phone].is_wrong) /* it is somebody else's now, and asked as a new one */
        k->known[phone].is_stopped = k->known[phone].is_wrong = false;
}

static inline void act_invite(struct tale *t)
{
    invite(a_clinic(t), (int)draw(t, PHONES), chance(t, 30));
}

/* Staff cannot take a STOP back (R6). */
static inline void act_staff_tries(struct tale *t)
{
    struct clinic *const k = a_clinic(t);
    const int phone = (int)draw(t, PHONES);
    const struct text_consent consent = consent_of(k, phone);
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    const struct text_ask asking = { .person = k->seats[phone][0].person,
                                     .phone = k->known[phone].address,
                                     .staff = k->c.ana,
                                     .reason = "they told me so" };
    const struct text_consent_change change = {
        .address = k->known[phone].address, .state = TEXT_YES, .level = -1, .way = TEXT_BY_STAFF, .actor = k->c.ana
    };
    struct err err;

    if (consent.state != TEXT_STOPPED)
        return;
    HELP_OK(db_begin(k->c.g.h.db, &tx, &err));
    RULE(t, "R6", text_ask_mark(&k->c.g.gate, &asking, &err) == RC_CONFLICT, "staff asked a number that said STOP");
    RULE(t, "R6", text_consent_set(&k->c.g.gate.store, &change, &err) == RC_DENIED, "staff took a STOP back");
}

/* They warned somebody, who wants more or fewer words. */
static inline void act_level(struct tale *t)
{
    struct clinic *const k = a_clinic(t);
    const int phone = (int)draw(t, PHONES);
    const struct audit_who who = { AUDIT_STAFF, k->c.ana.v, AUDIT_WAY_CLI };
    struct text_level_change change = { .way = TEXT_BY_STAFF, .words = "told on the phone" };
    struct err err;

    if (consent_of(k, phone).state != TEXT_YES)
        return;
    change.address = k->known[phone].address;
    change.person = k->seats[phone][0].person;
    change.level = (int)draw(t, 3);
    CIRCLE_TX(&k->c, HELP_OK(text_level_set(&k->c.g.gate, &who, &change, &err)));
}

static inline void act_remove(struct tale *t)
{
    struct clinic *const k = a_clinic(t);
    const struct membership_id id = k->seats[draw(t, PHONES)][chance(t, 30)].id;
    const struct audit_who who = { AUDIT_STAFF, k->c.ana.v, AUDIT_WAY_CLI };
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct err err;

    if (!id.v)
        return;
    HELP_OK(db_begin(k->c.g.h.db, &tx, &err));
    if (!member_remove(&k->c.g.gate, &who, id, MEMBER_REASON_STAFF, &err))
        HELP_OK(db_commit(&tx, &err));
}

/* Next to nothing may be spent this month, or everything again. */
static inline void act_budget(struct tale *t)
{
    struct clinic *const k = a_clinic(t);
    const struct text_budget budget = { .month_micro = chance(t, 50) ? 20000 : 0 };
    struct err err;

    CIRCLE_TX(&k->c, HELP_OK(text_budget_set(&k->c.g.gate.store, &budget, &err)));
}

/* What the provider had stopped runs again. */
static inline void start_again(struct clinic *k)
{
    struct err err;

    CIRCLE_TX(&k->c, HELP_OK(text_account_start(&k->c.g.gate.store, k->account.id, &err));
              HELP_OK(text_sender_start(&k->c.g.gate.store, k->sender.id, &err)));
}

static inline void act_start_again(struct tale *t)
{
    start_again(a_clinic(t));
}

/* --- the provider ------------------------------------------------------------------------------------------------------------------------------- */

/* A word about a text that left, late, twice or in any order; now and then about one that nobody knows. */
static inline void act_receipt(struct tale *t)
{
    static const char *const states[] = { "sent",        "delivered", "delivered", "failed",
                                          "undelivered", "queued",    "canceled" };
    static const char *const codes[] = { "", "", "30003", "30006", "30008", "21610" };
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    const struct wire_row *const row =
        t->looked ? &t->wire->rows[t->looked - 1 - draw(t, t->looked < 12 ? t->looked : 12)] : NULL;
    struct text_provider provider;
    struct sms_event event = { .kind = PROVIDER_EVENT_DLR, .cost_micro = -1, .from = "", .to = "", .text = "" };
    struct sent s;
    struct err err;

    if (!row || !wire_reaches(row->mood))
        return;
    find_sent(t, row, &s);
    event.ref = chance(t, 8) ? "0123456789abcdef0123456789abcdef" : row->ref;
    event.id = row->mood == WIRE_TOOK ? arena_printf(t->mem, "SM%d", row->id) : "";
    event.state = ONE_OF(t, states);
    event.err = !strcmp(event.state, "failed") || !strcmp(event.state, "undelivered") ? ONE_OF(t, codes) : "";
    HELP_OK(text_provider_open(&s.clinic->c.g.gate, s.clinic->account.id, t->mem, &provider, &err));
    HELP_OK(db_begin(s.clinic->c.g.h.db, &tx, &err));
    HELP_OK(text_take_receipt(&s.clinic->c.g.gate, &provider, &event, &err));
    HELP_OK(db_commit(&tx, &err));
}

static inline void act_minutes(struct tale *t)
{
    minutes_pass(t);
}

/* --- the clock ------------------------------------------------------------------------------------------------------------------------------------ */

static inline void move_clock(struct tale *t, int64_t ms)
{
    home_set_time(t->clinics[0].c.home, now_of(t) + ms);
}

static inline void act_hours(struct tale *t)
{
    move_clock(t, (int64_t)(1 + draw(t, 10)) * MS_HOUR + (int64_t)draw(t, 3600) * MS_SECOND);
}

/* To the next time that clocks in New York show five minutes past this hour. */
static inline void go_to_hour(struct tale *t, int64_t hour)
{
    const int64_t now_ms = now_of(t), at_ms = now_ms - now_ms % MS_DAY + (hour + 4) * MS_HOUR + 5 * MS_MINUTE;

    home_set_time(t->clinics[0].c.home, at_ms > now_ms ? at_ms : at_ms + MS_DAY);
}

/* Letters close at 10 and at 18. */
static inline void act_letters_due(struct tale *t)
{
    go_to_hour(t, chance(t, 50) ? 10 : 18);
}

static inline void act_days(struct tale *t)
{
    move_clock(t, (int64_t)(1 + draw(t, 4)) * MS_DAY);
}

static inline void act_month(struct tale *t)
{
    if (now_of(t) + 40 * MS_DAY < TALE_MONTHS_END_MS)
        move_clock(t, 32 * MS_DAY);
}

static inline void act_backward(struct tale *t)
{
    t->back_ms = now_of(t) > t->back_ms ? now_of(t) : t->back_ms;
    move_clock(t, -(int64_t)(1 + draw(t, 5)) * MS_HOUR);
}

/* --- which act ------------------------------------------------------------------------------------------------------------------------------------- */

struct act {
    const char *name;
    int weight;
    void (*play)(struct tale *t);
};

static const struct act tale_acts[] = {
    { "stop", 9, act_stop },
    { "wrong number", 1, act_wrong_number },
    { "start", 10, act_start },
    { "yes", 12, act_yes },
    { "no", 2, act_no },
    { "help", 6, act_help },
    { "prose", 3, act_prose },
    { "noise", 3, act_noise },
    { "command", 16, act_command },
    { "number", 6, act_number_alone },
    { "words", 18, act_words },
    { "crisis", 1, act_crisis },
    { "again", 4, act_again },
    { "staff text", 8, act_staff_text },
    { "decide", 12, act_decide },
    { "after", 6, act_after },
    { "note", 14, act_note },
    { "comment", 6, act_comment },
    { "announce", 5, act_announce },
    { "invite", 6, act_invite },
    { "staff tries", 4, act_staff_tries },
    { "level", 6, act_level },
    { "remove", 1, act_remove },
    { "budget", 2, act_budget },
    { "start again", 3, act_start_again },
    { "receipt", 12, act_receipt },
    { "minutes", 5, act_minutes },
    { "letters due", 22, act_letters_due },
    { "hours", 14, act_hours },
    { "days", 4, act_days },
    { "month", 1, act_month },
    { "backward", 1, act_backward },
};

static inline const struct act *draw_act(struct tale *t)
{
    size_t sum = 0, at;

    for (size_t i = 0; i < COUNT_OF(tale_acts); i++)
        sum += (size_t)tale_acts[i].weight;
    at = draw(t, sum);
    for (size_t i = 0;; i++) {
        if (at < (size_t)tale_acts[i].weight)
            return &tale_acts[i];
        at -= (size_t)tale_acts[i].weight;
    }
}

static inline void draw_trouble(struct tale *t)
{
    static const enum tale_role dying[] = {
        ROLE_WEB, ROLE_WEB, ROLE_TEXT, ROLE_TEXT, ROLE_TEXT, ROLE_CLOCK, ROLE_URGENT
    };

    t->wire->salt = t->rng;
    memset(t->wire->trouble, 0, sizeof t->wire->trouble);
    if (chance(t, 30))
        for (enum wire_mood m = WIRE_LOST; m <= WIRE_TEMPORARY; m++)
            t->wire->trouble[m] = m == WIRE_OPTOUT || m == WIRE_BAD_NUMBER ? 3 : 9;
    if (chance(t, 2))
        t->wire->trouble[WIRE_SETUP] = 25;
    t->die_in = ONE_OF(t, dying);
    t->die_after = chance(t, 15) ? 1 + (int64_t)draw(t, (size_t)1 << (1 + draw(t, 8))) : 0;
}

/* One step: the provider's mood, perhaps a death, the act, the work it makes, and the look from outside. Tells which act it was. */
static inline const char *tale_step(struct tale *t, int step)
{
    const size_t heard_before = t->heard_count;

    t->step = step;
    t->rng = tale_mix(t->seed ^ tale_mix((uint64_t)step));
    draw_trouble(t);
    const struct act *const act = draw_act(t);
    t->doing = act->name;
    act->play(t);
    work(t);
    check_all(t, heard_before);
    move_clock(t, MS_MINUTE + (int64_t)draw(t, 5) * MS_MINUTE);
    return act->name;
}

/* Two members at each practice to begin with. */
static inline void tale_begin(struct tale *t)
{
    for (int i = 0; i < 2; i++)
        for (int phone = 0; phone < 3; phone++)
            if (phone < 2 || chance(t, 40)) {
                invite(&t->clinics[i], phone, 0);
                work(t);
                text_comes(&t->clinics[i], phone, MEANS_YES, "YES");
                work(t);
                check_all(t, 0);
            }
}

/* --- the end ------------------------------------------------------------------------------------------------------------------------------------------- */

/* What a member by text was owed has reached them. */
static inline void check_owed(struct clinic *k)
{
    struct tale *const t = k->tale;

    RULE(t, "kept", !ask(k, "SELECT COUNT(*) FROM text_out WHERE practice_id = $1 AND state IN (1, 2, 3)", 0, 0),
         "a text waits for ever");
    for (int phone = 0; phone < PHONES; phone++)
        for (int g = 0; g < GROUPS; g++) {
            const struct membership_id id = k->seats[phone][g].id;
            struct membership m;
            struct err err;

            if (!id.v || consent_of(k, phone).state != TEXT_YES)
                continue;
            HELP_OK(membership_get(&k->c.g.gate.store, id, t->mem, &m, &err));
            if (m.state != MEMBER_ACTIVE || m.channel != CHANNEL_TEXT || m.rhythm == RHYTHM_NEWS)
                continue;
            const int64_t owed = ask(
                k,
                "SELECT COALESCE(MAX(to_seq), 0) FROM issue WHERE practice_id = $1 AND group_id = $2 AND rhythm = $3",
                m.group.v, m.rhythm == RHYTHM_WEEKLY ? RHYTHM_WEEKLY : RHYTHM_DAILY);
            RULE(t, "kept", m.cursor_seq >= owed,
                 "phone %d never got what stands up to %" PRId64 ", only up to %" PRId64, phone, owed, m.cursor_seq);
        }
}

static inline void tale_end(struct tale *t)
{
    static const int64_t hours[] = { 10, 13, 18 }; /* at 13 it is day wherever members are */

    t->step = -1;
    t->doing = "end";
    t->die_after = 0;
    memset(t->wire->trouble, 0, sizeof t->wire->trouble);
    for (int i = 0; i < 2; i++) {
        struct clinic *const k = &t->clinics[i];
        const struct text_budget none = { .month_micro = 0 };
        struct err err;

        start_again(k);
        CIRCLE_TX(&k->c, HELP_OK(text_budget_set(&k->c.g.gate.store, &none, &err)));
        for (int group = 0; group < GROUPS; group++) /* what did not arrive comes with the next digest: there is one */
            publish(t, k, group, POST_POST);
    }
    for (size_t i = 0; i < 9 * COUNT_OF(hours) + 2; i++) {
        go_to_hour(t, hours[i % COUNT_OF(hours)]);
        minutes_pass(t);
        work(t);
        check_all(t, t->heard_count);
    }
    check_owed(&t->clinics[0]);
    check_owed(&t->clinics[1]);
    check_words(t, 0, true);
    check_log_file(t);
}

#endif
