/* What doctor looks at of the practice: its record, texts and lists, people, alarms, notes. */
#include "gateway/cli/doctor.h"

#include "gateway/duty/test_page.h"
#include "gateway/home/program.h"
#include "gateway/say/office.h"
#include "gateway/say/staff_phone.h"
#include "gateway/triage/triage_files.h"
#include "gateway/triage/triage_model.h"
#include "store/consent.h"
#include "store/health.h"
#include "store/page.h"
#include "store/post.h"
#include "store/setting.h"
#include "store/text_account.h"
#include "store/text_staff.h"

#define WAITING_MAX 500

void doctor_audit(struct doctor *d)
{
    struct audit_report report = { 0 };
    struct err err;

    if (audit_verify(&d->cli->gate->store, d->anchor, &report, &err)) {
        doctor_tell(d, DOCTOR_RED, "audit log", err.msg,
                    "somebody changed the record: keep everything and compare with a backup");
        return;
    }
    doctor_tell(
        d, d->anchor && !report.is_tail_proven ? DOCTOR_WARN : DOCTOR_OK, "audit log",
        arena_printf(d->cli->mem, "%" PRId64 " rows verify; %s", report.rows,
                     report.is_tail_proven ? "the newest row is proven" : "without an anchor its end is not proven"),
        "verify with the newest head that was mailed: postcircle audit verify --anchor FILE");
}

/* The set was loaded with the gate; what is wrong in it, gate_open has told with file and line. */
void doctor_templates(struct doctor *d)
{
    doctor_tell_if(d, d->cli->gate->templates != NULL, DOCTOR_RED, "texts", "they load, the practice's own too",
                   "they do not load", "look at HOME/templates");
}

/* Without them `sort` does not start, and no note comes further than the door. */
void doctor_lexicon(struct doctor *d)
{
    struct triage_watch watch = { .lexicon = NULL };
    struct triage_counts n;
    const char *told = NULL;
    int page;
    struct err err;

    if (triage_files_open(d->cli->home->path, &watch, &err)) {
        doctor_tell(d, DOCTOR_RED, "word lists", err.msg,
                    "mend the line it names in HOME/lexicon, or run make install again");
        return;
    }
    n = triage_count(watch.lexicon);
    triage_files_close(&watch);
    rc_ignore(setting_get(&d->cli->gate->store, SETTING_WORD_LISTS, d->cli->mem, &told, &err), "then none was told");
    page = d->cli->gate->facts.triage_page;
    doctor_tell_if(d, !*watch.held, DOCTOR_WARN, "change of word lists", "none waits",
                   arena_printf(d->cli->mem, "one waits for two people; its first line: %s", watch.held_line),
                   "postcircle triage accept --first ADDRESS --second ADDRESS, or take the change back");
    doctor_tell_if(
        d, page != TRIAGE_MODEL_OFF, DOCTOR_WARN, "model of triage",
        arena_printf(d->cli->mem, "a note that scores %d and more calls a person", page ? page : TRIAGE_PAGE_USUAL),
        "is off: only the word lists call a person", "turn it on: postcircle practice set triage-model \"\"");
    doctor_tell_if(
        d, !told || !strcmp(told, watch.hash), DOCTOR_WARN, "word lists",
        arena_printf(d->cli->mem, "%zu phrases, %zu classes, %zu words, mark %s", n.phrases, n.classes, n.words,
                     watch.hash),
        arena_printf(d->cli->mem, "mark %s: others than staff were told of (%s)", watch.hash, told ? told : ""),
        "two people look at the change; serve tells staff as soon as it reads them");
}

/* "; no alarm reaches 12 (said STOP, or no address), 14 (letters came back)": by number, what doctor says may be pasted anywhere. */
static const char *unreached(struct doctor *d, const struct office_contact *roll, size_t n)
{
    struct arena *const mem = d->cli->mem;
    const char *text = "";

    for (size_t i = 0; i < n; i++)
        if (roll[i].reach != OFFICE_REACHED)
            text = arena_printf(mem, "%s%s%" PRId64 " (%s)", text, *text ? ", " : "; no alarm is sure to reach ",
                                roll[i].person.id.v, office_reach_words(roll[i].reach));
    return text;
}

/* Those who are in the duty order or on call, and get our letters; an alarm without any goes to all, but nobody chose that. */
void doctor_staff(struct doctor *d)
{
    struct office_contact *roll;
    size_t n = 0, reached = 0;
    struct err err;

    if (office_roll(d->cli->gate, d->cli->mem, &roll, &n, &reached, &err)) {
        doctor_tell(d, DOCTOR_RED, "page contacts", err.msg, "look at the database first");
        return;
    }
    doctor_tell(d,
                reached < 2   ? DOCTOR_RED
                : reached < n ? DOCTOR_WARN
                              : DOCTOR_OK,
                "page contacts",
                arena_printf(d->cli->mem, "%s%zu %s can be called%s", reached < 2 ? "only " : "", reached,
                             reached == 1 ? "person" : "people", unreached(d, roll, n)),
                reached < n ? "they reply YES: postcircle staff set NUMBER --again REASON asks; or staff set NUMBER "
                              "--email ADDRESS, or another person: staff oncall"
                            : "two are needed, for an alarm that one does not see: postcircle staff add --duty 2, "
                              "staff oncall");
}

/* Of those who are called: how many by text too, and by number why the others are not. */
static enum rc by_text(struct doctor *d, size_t *ret_n, const char **ret_others, struct err *err)
{
    struct gate *const gate = d->cli->gate;
    struct person *staff;
    size_t n;

    *ret_n = 0;
    *ret_others = "";
    if (office_contacts(gate, d->cli->mem, &staff, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++) {
        struct staff_phone phone;

        if (staff_phone_read(gate, staff[i].id, &phone, err))
            return err->rc;
        if (phone.state == STAFF_PHONE_YES)
            ++*ret_n;
        else
            *ret_others = arena_printf(d->cli->mem, "%s%s%" PRId64 " (%s)", *ret_others, **ret_others ? ", " : "",
                                       staff[i].id.v, staff_phone_name(phone.state));
    }
    return RC_OK;
}

/* Nothing to say in a practice without texts. */
void doctor_staff_texts(struct doctor *d)
{
    struct text_sender sender;
    const char *others;
    struct err err;
    enum rc rc = text_sender_usual(&d->cli->gate->store, d->cli->mem, &sender, &err);
    size_t n;

    if (rc == RC_NOT_FOUND)
        return;
    if (rc || by_text(d, &n, &others, &err)) {
        doctor_tell(d, DOCTOR_RED, "alarms by text", err.msg, "look at the database first");
        return;
    }
    doctor_tell_if(d, !*others, DOCTOR_WARN, "alarms by text", arena_printf(d->cli->mem, "all %zu who are called", n),
                   arena_printf(d->cli->mem, "%zu of those who are called; not %s", n, others),
                   "postcircle staff set NUMBER --phone asks them; after STOP only START from that phone counts");
}

/* Who would claim alarms by text with nothing but their number, which can be forged: by number. */
static enum rc without_pin(struct doctor *d, const char **ret_who, struct err *err)
{
    struct gate *const gate = d->cli->gate;
    struct person *staff;
    size_t n;

    *ret_who = "";
    if (person_staff(&gate->store, d->cli->mem, &staff, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++) {
        struct text_staff by_text;
        struct staff_phone phone;

        if (staff_phone_read(gate, staff[i].id, &phone, err) ||
            text_staff_get(&gate->store, staff[i].id, d->cli->mem, &by_text, err))
            return err->rc;
        if (phone.state == STAFF_PHONE_YES && !by_text.pin)
            *ret_who = arena_printf(d->cli->mem, "%s%s%" PRId64, *ret_who, **ret_who ? ", " : "", staff[i].id.v);
    }
    return RC_OK;
}

/* Nothing to say where nobody acts by text. */
void doctor_staff_pins(struct doctor *d)
{
    const char *who;
    struct err err;

    if (without_pin(d, &who, &err))
        doctor_tell(d, DOCTOR_RED, "PINs", err.msg, "look at the database first");
    else if (*who)
        doctor_tell(d, DOCTOR_WARN, "PINs",
                    arena_printf(d->cli->mem, "staff without one claim alarms by text by their number alone: %s", who),
                    "a number can be forged: postcircle staff set NUMBER --pin");
}

/* By number: what doctor says may be pasted anywhere. */
void doctor_staff_yes(struct doctor *d)
{
    struct gate *const gate = d->cli->gate;
    const char *silent = "";
    struct person *staff;
    size_t n = 0, count = 0;
    struct err err;
    bool has_said_yes;

    if (person_staff(&gate->store, d->cli->mem, &staff, &n, &err)) {
        doctor_tell(d, DOCTOR_RED, "staff", err.msg, "look at the database first");
        return;
    }
    for (size_t i = 0; i < n; i++) {
        if (consent_of_staff(&gate->store, staff[i].id, &has_said_yes, &err)) {
            doctor_tell(d, DOCTOR_RED, "staff", err.msg, "look at the database first");
            return;
        }
        if (!has_said_yes)
            silent = arena_printf(d->cli->mem, "%s%s%" PRId64, silent, count++ ? ", " : "", staff[i].id.v);
    }
    doctor_tell_if(
        d, !count, count < n ? DOCTOR_WARN : DOCTOR_RED, "staff", arena_printf(d->cli->mem, "all %zu have said YES", n),
        arena_printf(d->cli->mem, "%zu of %zu have not said YES, so they get alarms alone: %s", count, n, silent),
        "they reply YES to the mail that asked them; lost? postcircle staff set NUMBER --again REASON");
}

void doctor_page_command(struct doctor *d)
{
    const char *const path = d->cli->gate->facts.page_command;
    const char *others;
    struct err err;
    size_t texted = 0;

    if (!*path)
        doctor_tell(d, DOCTOR_WARN, "page command",
                    !by_text(d, &texted, &others, &err) && texted
                        ? "none: an alarm goes by email and text, and not at all while the database is down"
                        : "none: an alarm goes by email alone, and not at all while the relay is down",
                    "postcircle practice set page-command PATH (docs/duty.md)");
    else
        doctor_tell_if(d, !program_check(path, &err), DOCTOR_RED, "page command", "it can be run", err.msg,
                       "mend the program, or postcircle practice set page-command PATH");
}

void doctor_test_page(struct doctor *d)
{
    struct test_page_state test;
    struct err err;

    if (test_page_look(d->cli->gate, d->cli->mem, &test, &err)) {
        doctor_tell(d, DOCTOR_RED, "test alarm", err.msg, "look at the database first");
        return;
    }
    doctor_tell(d, test.is_red ? DOCTOR_RED : DOCTOR_OK, "test alarm",
                test.is_red ? "for 8 days nobody has claimed the weekly test: nothing proves that an alarm would arrive"
                : test.claimed.id.v ? "one was claimed within 8 days"
                                    : "the first one is still to come",
                "answer the test alarm's mail with CLAIM; if none came, look at serve and the relay");
}

/* Tier 0 and 1, and groups that say so, take two people, or a practice that chose solo-release. */
static enum rc needs_two(struct doctor *d, const struct post *post, bool *ret_needs, struct err *err)
{
    struct care_group group;

    if (group_get(&d->cli->gate->store, post->group, d->cli->mem, &group, err))
        return err->rc;
    *ret_needs = !d->cli->gate->facts.has_solo_release && (post->tier <= 1 || group.review == GROUP_REVIEW_TWO_PEOPLE);
    return RC_OK;
}

/* The numbers of notes that nobody can release, as `review show` takes them. */
static enum rc find_stuck(struct doctor *d, size_t people, const char **ret_stuck, size_t *ret_n, struct err *err)
{
    struct post *posts;
    const char *stuck = "";

    if (post_waiting(&d->cli->gate->store, WAITING_MAX, d->cli->mem, &posts, ret_n, err))
        return err->rc;
    for (size_t i = 0; i < *ret_n; i++) {
        bool is_for_two = false;

        if (needs_two(d, &posts[i], &is_for_two, err))
            return err->rc;
        if (people < (is_for_two ? 2u : 1u))
            stuck = arena_printf(d->cli->mem, "%s%s%" PRId64, stuck, *stuck ? ", " : "", posts[i].id.v);
    }
    *ret_stuck = stuck;
    return RC_OK;
}

void doctor_releases(struct doctor *d)
{
    struct person *staff;
    size_t people = 0, n = 0;
    const char *stuck = "";
    struct err err;

    if (office_duty(d->cli->gate, d->cli->mem, &staff, &people, &err) || find_stuck(d, people, &stuck, &n, &err)) {
        doctor_tell(d, DOCTOR_RED, "review", err.msg, "look at the database first");
        return;
    }
    doctor_tell_if(d, !*stuck && people, DOCTOR_RED, "review",
                   arena_printf(d->cli->mem, "%zu notes wait; each can be released", n),
                   *stuck ? arena_printf(d->cli->mem, "nobody can release %s", stuck) : "nobody can release a note",
                   people ? "add a second moderator, or postcircle practice set solo-release yes"
                          : "a moderator must reply YES to our mail first");
}

/* An alarm is late when its time to be claimed, in office hours, is over; an open one is red at once all the same. */
void doctor_pages(struct doctor *d)
{
    struct gate *const gate = d->cli->gate;
    struct page *pages;
    size_t n, open = 0, late = 0;
    struct err err;

    if (page_list_open(&gate->store, WAITING_MAX, d->cli->mem, &pages, &n, &err)) {
        doctor_tell(d, DOCTOR_RED, "alarms", err.msg, "look at the database first");
        return;
    }
    for (size_t i = 0; i < n; i++) {
        if (pages[i].kind != PAGE_ALARM || pages[i].state != PAGE_OPEN)
            continue;
        open++;
        late += office_between(gate, pages[i].created_ms, gate_now_ms(gate)) >
                office_page_clock(gate, pages[i].tier).claim * MS_MINUTE;
    }
    doctor_tell_if(
        d, !open, DOCTOR_RED, "alarms", "none is open",
        arena_printf(d->cli->mem, "%zu that nobody claimed, %zu of them later than the practice promises", open, late),
        "answer the alarm's mail with CLAIM, and call");
}

void doctor_waiting(struct doctor *d)
{
    struct health h;
    struct err err;

    if (health_read(&d->cli->gate->store, &h, &err)) {
        doctor_tell(d, DOCTOR_RED, "parked mail", err.msg, "look at the database first");
        return;
    }
    doctor_tell_if(d, !h.parked_arrivals.count, DOCTOR_WARN, "parked mail", "none",
                   arena_printf(d->cli->mem, "%" PRId64 " mails that could not be read", h.parked_arrivals.count),
                   "staff were told; look: `postcircle review parked`");
    doctor_tell_if(d, !h.suspended.count, DOCTOR_WARN, "suspended emails", "none",
                   arena_printf(d->cli->mem, "%" PRId64 " whose letters came back", h.suspended.count),
                   "staff were told whom to call; one that writes to us again is written to again");
}

void doctor_restored(struct doctor *d)
{
    struct err err;
    int64_t at_ms;

    if (delivery_restored_at(&d->cli->gate->store, &at_ms, &err)) {
        doctor_tell(d, DOCTOR_RED, "restored copy", err.msg, "look at the database first");
        return;
    }
    doctor_tell_if(d, !at_ms, DOCTOR_RED, "restored copy", "none waits for its release",
                   "this home was restored: nothing but alarms leaves",
                   "look at `postcircle status`, then `postcircle restore --release` or --drop");
}

/* Invitations wait for these. */
void doctor_group_addresses(struct doctor *d)
{
    struct care_group *groups;
    const char *waiting = "";
    struct err err;
    size_t n;

    if (group_list(&d->cli->gate->store, d->cli->mem, &groups, &n, &err)) {
        doctor_tell(d, DOCTOR_RED, "group addresses", err.msg, "look at the database first");
        return;
    }
    for (size_t i = 0; i < n; i++)
        if (groups[i].state == GROUP_OPEN && groups[i].address == GROUP_ADDRESS_WAITS)
            waiting = arena_printf(d->cli->mem, "%s%s%s", waiting, *waiting ? ", " : "", groups[i].slug);
    doctor_tell_if(
        d, !*waiting, DOCTOR_RED, "group addresses", "no invitation waits for them",
        arena_printf(d->cli->mem, "no mail has come back yet to %s: invitations wait", waiting),
        "postcircle group check GROUP; is mail for the domain routed here? Or group set GROUP --address-checked");
}
