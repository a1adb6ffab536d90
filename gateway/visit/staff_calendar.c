#include "gateway/visit/staff_calendar.h"

#include "base/text.h"
#include "base/token.h"
#include "gateway/visit/saying.h"
#include "schedules/feed.h"
#include "store/calendar_feed.h"
#include "store/consent.h"
#include "store/group.h"
#include "store/visit_seat.h"

#define PATH_START "/calendar/"
#define PATH_END ".ics"

/* ---- the link ---- */

enum rc staff_calendar_open(struct gate *gate, const struct audit_who *who, struct person_id staff, struct arena *mem,
                            const char **ret_url, struct err *err)
{
    struct calendar_feed feed = { .person = staff };
    char token[TOKEN_SIZE];
    enum rc rc = RC_OK;

    if (!*gate->facts.public_url)
        return err_set(err, RC_INPUT,
                       "calendars need the practice's public URL: postcircle practice set public-url https://…");
    rc = calendar_feed_of(&gate->store, staff, &feed, err);
    if (rc == RC_NOT_FOUND) {
        rc = calendar_feed_add(&gate->store, &feed, err);
        if (!rc)
            rc = record_act(gate, who, AUDIT_CALENDAR_OPENED, AUDIT_ITEM_PERSON, staff.v, NULL, NULL, err);
    }
    if (rc)
        return rc;
    token_write(gate->store.ring, &(struct token){ .purpose = TOKEN_FEED, .row_id = feed.id.v }, token);
    *ret_url = arena_printf(mem, "%s" PATH_START "%" PRId64 "/%s" PATH_END, gate->facts.public_url,
                            gate->store.practice.v, token);
    return RC_OK;
}

enum rc staff_calendar_end(struct gate *gate, const struct audit_who *who, struct person_id staff, struct err *err)
{
    struct calendar_feed feed;

    if (calendar_feed_of(&gate->store, staff, &feed, err) || calendar_feed_end(&gate->store, feed.id, err))
        return err->rc;
    return record_act(gate, who, AUDIT_CALENDAR_ENDED, AUDIT_ITEM_PERSON, staff.v, NULL, NULL, err);
}

bool staff_calendar_path(const char *path, struct practice_id *ret_practice, const char **ret_token)
{
    const char *const practice = path + strlen(PATH_START);
    char digits[24];
    struct err ignored;
    size_t n;

    if (!text_starts(path, PATH_START))
        return false;
    n = strcspn(practice, "/");
    if (n >= sizeof digits || !practice[n])
        return false;
    snprintf(digits, sizeof digits, "%.*s", (int)n, practice);
    *ret_token = practice + n + 1;
    return !text_to_int(digits, 1, INT64_MAX, &ret_practice->v, &ignored) &&
           strlen(*ret_token) == TOKEN_CHARS + strlen(PATH_END) && strcmp(*ret_token + TOKEN_CHARS, PATH_END) == 0;
}

/* ---- what it shows ---- */

struct reading {
    struct gate *gate;
    struct calendar_feed feed;
    struct person staff;
    struct arena *mem;
};

/* The same for one visit and reader whenever it is fetched; says nothing to whoever sees it. */
static const char *uid_of(const struct reading *r, const struct visit *v)
{
    const struct crypt_span spans[] = { { &r->feed.id.v, sizeof r->feed.id.v }, { &v->id.v, sizeof v->id.v } };
    unsigned char hash[CRYPT_MAC_BYTES];
    char text[(sizeof hash * 8 + 4) / 5 + 1];

    seal_hash(keyring_current(r->gate->store.ring, SEAL_DEDUPE), "calendar", spans, COUNT_OF(spans), hash);
    crypt_base32_encode(hash, sizeof hash, text);
    return arena_printf(r->mem, "%s@%s", text, r->gate->facts.domain);
}

/* Numbers alone: whose answers they are stands in `visit show`. */
static enum rc describe(const struct reading *r, const struct visit *v, const char **ret_words, struct err *err)
{
    struct visit_seat *seats;
    struct care_group group;
    size_t n, answers[4] = { 0 };

    if (visit_seats(&r->gate->store, v->id, r->mem, &seats, &n, err) ||
        group_get(&r->gate->store, v->plan.group, r->mem, &group, err))
        return err->rc;
    for (size_t i = 0; i < n; i++)
        if (seats[i].part == VISIT_MEMBER && seats[i].state == VISIT_SEAT_INVITED)
            answers[seats[i].answer]++;
    *ret_words = arena_printf(r->mem,
                              r->staff.language == LANGUAGE_SPANISH
                                  ? "Visita %" PRId64 " de %s. %zu sí, %zu no, %zu quizás, %zu sin respuesta.%s%s"
                                  : "Visit %" PRId64 " of %s. %zu yes, %zu no, %zu maybe, %zu have not answered.%s%s",
                              v->number, group.slug, answers[VISIT_YES], answers[VISIT_NO], answers[VISIT_MAYBE],
                              answers[VISIT_NO_ANSWER], *v->plan.words.dial_in ? "\n" : "", v->plan.words.dial_in);
    return RC_OK;
}

static enum rc show(const struct reading *r, const struct visit *v, struct feed_visit *ret, struct err *err)
{
    const struct saying saying = { .gate = r->gate, .visit = v, .language = r->staff.language, .mem = r->mem };

    *ret = (struct feed_visit){ .uid = uid_of(r, v),
                                .sequence = v->version - 1,
                                .changed_ms = gate_now_ms(r->gate),
                                .start_ms = v->start_ms,
                                .end_ms = v->start_ms + v->plan.minutes * MS_MINUTE,
                                .title = saying_calendar_title(&saying),
                                .link = v->plan.words.link,
                                .is_cancelled = v->state == VISIT_CANCELLED };
    return describe(r, v, &ret->words, err);
}

/* Does the link still hold, and for whom? */
static enum rc open_link(struct reading *r, const char *text, struct err *err)
{
    struct token token;
    bool has_said_yes;

    if (token_read(r->gate->store.ring, text, TOKEN_CHARS, &token, err))
        return err->rc;
    if (token.purpose != TOKEN_FEED)
        return err_set(err, RC_NOT_FOUND, "not a link to a calendar");
    if (calendar_feed_get(&r->gate->store, (struct feed_id){ token.row_id }, &r->feed, err) ||
        person_get(&r->gate->store, r->feed.person, r->mem, &r->staff, err) ||
        consent_of_staff(&r->gate->store, r->staff.id, &has_said_yes, err))
        return err->rc;
    if (r->staff.kind != PERSON_STAFF || r->staff.state != PERSON_ACTIVE || !has_said_yes)
        return err_set(err, RC_NOT_FOUND, "its owner may not read it any more");
    return RC_OK;
}

enum rc staff_calendar_read(struct gate *gate, const char *token, struct arena *mem, char **ret_text, struct err *err)
{
    struct reading r = { .gate = gate, .mem = mem };
    struct visit *visits;
    struct feed_visit *shown;
    size_t n;

    if (open_link(&r, token, err) ||
        visit_between(&gate->store, (struct group_id){ 0 }, gate_now_ms(gate) - STAFF_CALENDAR_BACK_DAYS * MS_DAY,
                      gate_now_ms(gate) + STAFF_CALENDAR_AHEAD_DAYS * MS_DAY, mem, &visits, &n, err))
        return err->rc;
    n = n < FEED_VISITS_MAX ? n : FEED_VISITS_MAX;
    shown = ARENA_ARRAY(mem, n + 1, struct feed_visit);
    for (size_t i = 0; i < n; i++)
        if (show(&r, &visits[i], &shown[i], err))
            return err->rc;
    return feed_write(gate->facts.name, shown, n, mem, ret_text, err);
}
