#include "gateway/visit/plan_check.h"

#include "base/text.h"
#include "gateway/say/phrase.h"
#include "gateway/visit/meeting.h"
#include "schedules/invitation.h"
#include "schedules/moment.h"
#include "schedules/zone.h"
#include "store/group.h"
#include "store/membership.h"

/* RFC 3986: what a calendar takes (schedules/invitation). */
#define LINK_LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:/?#[]@!$&'()*+,;=%"
#define DAY_LONG_MS ((int64_t)VISIT_MINUTES_MAX * MS_MINUTE)
#define CHANGE_MS (3 * MS_HOUR) /* no zone's clocks go further */

enum rc plan_check_because(struct planner *p, enum planner_why why, enum rc rc)
{
    p->why = why;
    return rc;
}

/* ---- what a plan must be ---- */

static bool is_line(const char *text, size_t max)
{
    return !strchr(text, '\n') && text_length(text) <= max;
}

static size_t count_lines(const char *text)
{
    size_t n = 0, len;
    const char *line;

    while (text_next_line(&text, &line, &len))
        n += len > 0;
    return n;
}

static enum rc check_words(const struct visit_words *w, struct err *err)
{
    if (!*w->title || !is_line(w->title, PLANNER_TITLE_MAX) || !is_line(w->neutral, PLANNER_TITLE_MAX))
        return err_set(err, RC_INPUT, "a visit needs a title, one line of at most %d characters", PLANNER_TITLE_MAX);
    if (strlen(w->neutral) > INVITATION_LINE_MAX)
        return err_set(err, RC_INPUT, "the calendar title is too long: at most %d bytes", INVITATION_LINE_MAX);
    if (*w->link && strcmp(w->link, VIDEO_LINK) != 0 &&
        (!text_starts(w->link, "https://") || strlen(w->link) > INVITATION_LINK_MAX ||
         w->link[strspn(w->link, LINK_LETTERS)]))
        return err_set(err, RC_INPUT, "the link to join must begin with https:// and hold characters of links only");
    if (!is_line(w->dial_in, INVITATION_LINE_MAX / 4))
        return err_set(err, RC_INPUT, "the number to dial in is one line of at most %d characters",
                       INVITATION_LINE_MAX / 4);
    if (text_length(w->notes) > PLANNER_NOTES_MAX)
        return err_set(err, RC_INPUT, "notes have at most %d characters", PLANNER_NOTES_MAX);
    if (count_lines(w->questions) > PLANNER_QUESTIONS_MAX)
        return err_set(err, RC_INPUT, "at most %d questions before a visit", PLANNER_QUESTIONS_MAX);
    return RC_OK;
}

static enum rc check_staff(struct planner *p, struct person_id id, const char *as, struct err *err)
{
    struct person person;

    if (!id.v)
        return RC_OK;
    if (person_get(&p->gate->store, id, p->mem, &person, err))
        return err->rc;
    if (person.kind != PERSON_STAFF || person.state != PERSON_ACTIVE)
        return plan_check_because(p, PLANNER_WHY_STAFF,
                                  err_set(err, RC_INPUT, "the %s must be an active staff member", as));
    return RC_OK;
}

static enum rc check_meeting(struct planner *p, const char *link, struct err *err)
{
    struct zoom_account ignored;
    enum rc rc;

    if (strcmp(link, VIDEO_LINK) != 0)
        return RC_OK;
    rc = meeting_account(p->gate, p->mem, &ignored, err);
    return rc == RC_NOT_FOUND
               ? plan_check_because(
                     p, PLANNER_WHY_NO_ZOOM,
                     err_set(err, RC_INPUT, "there is no Zoom account: postcircle zoom set, or give a link"))
               : rc;
}

static enum rc check_plan(struct planner *p, const struct visit_plan *plan, struct err *err)
{
    struct care_group g;

    if (group_get(&p->gate->store, plan->group, p->mem, &g, err) || check_words(&plan->words, err) ||
        check_meeting(p, plan->words.link, err))
        return err->rc;
    if (g.state != GROUP_OPEN)
        return plan_check_because(p, PLANNER_WHY_GROUP_OVER, err_set(err, RC_INPUT, "this group has ended"));
    if (plan->kind <= 0 || plan->kind >= VISIT_KIND_END)
        return err_set(err, RC_INPUT, "a visit is a group visit, of a guest speaker, for questions, or a class");
    if (plan->minutes < 1 || plan->minutes > VISIT_MINUTES_MAX)
        return err_set(err, RC_INPUT, "a visit lasts 1 to %d minutes", VISIT_MINUTES_MAX);
    if (plan->capacity < 0 || plan->capacity > PLANNER_CAPACITY_MAX)
        return err_set(err, RC_INPUT, "a visit holds 1 to %d people, or has no limit", PLANNER_CAPACITY_MAX);
    if (!zone_is_name(plan->zone))
        return err_set(err, RC_INPUT, "there is no such time zone; they are named as America/New_York");
    if (check_staff(p, plan->host, "host", err) || check_staff(p, plan->cohost, "co-host", err))
        return err->rc;
    return check_staff(p, plan->speaker, "speaker", err);
}

/* ---- what is unwise ---- */

const char *plan_check_when(const struct planner *p, const struct visit *v)
{
    return phrase_moment_there(p->gate, LANGUAGE_ENGLISH, v->plan.zone, v->start_ms, p->mem);
}

static void note(struct planner *p, struct planner_warning w)
{
    if (p->warnings.n < PLANNER_WARNINGS_MAX)
        p->warnings.v[p->warnings.n++] = w;
    else
        p->warnings.more++;
}

void plan_check_note(struct planner *p, enum planner_unwise what, const char *line)
{
    note(p, (struct planner_warning){ .what = what, .line = line });
}

static bool has_staff(const struct visit_plan *plan, struct person_id who)
{
    return who.v && (plan->host.v == who.v || plan->cohost.v == who.v || plan->speaker.v == who.v);
}

static bool shares_staff(const struct visit_plan *a, const struct visit_plan *b)
{
    return has_staff(a, b->host) || has_staff(a, b->cohost) || has_staff(a, b->speaker);
}

enum rc plan_check_conflicts(struct planner *p, const struct visit_plan *plan, int64_t start_ms, struct visit_id except,
                             const char *which, struct err *err)
{
    const int64_t end_ms = start_ms + plan->minutes * MS_MINUTE;
    struct visit *near;
    size_t n;

    if (visit_between(&p->gate->store, (struct group_id){ 0 }, start_ms - DAY_LONG_MS, end_ms, p->mem, &near, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++) {
        const struct visit *v = &near[i];
        const bool is_group = v->plan.group.v == plan->group.v;

        if (v->id.v == except.v || v->state != VISIT_PLANNED || v->start_ms + v->plan.minutes * MS_MINUTE <= start_ms ||
            !(is_group || shares_staff(&v->plan, plan)))
            continue;
        note(p, (struct planner_warning){
                    .what = is_group ? PLANNER_SAME_GROUP : PLANNER_SAME_STAFF,
                    .line = arena_printf(p->mem, "%svisit %" PRId64 " is at the same time (%s), %s", which, v->number,
                                         plan_check_when(p, v),
                                         is_group ? "for the same group" : "with the same staff member"),
                    .number = v->number,
                    .ms = v->start_ms,
                    .zone = v->plan.zone });
    }
    return RC_OK;
}

static enum rc warn_of_hour(struct planner *p, const struct visit_plan *plan, int64_t start_ms, struct err *err)
{
    struct local_time local;

    if (zone_local_from_utc(plan->zone, start_ms, &local, err))
        return err->rc;
    if (local.hour < 7 || local.hour >= 21)
        note(p, (struct planner_warning){
                    .what = PLANNER_AT_NIGHT,
                    .line = arena_printf(p->mem, "it begins at %02d:%02d there", local.hour, local.minute),
                    .hour = local.hour,
                    .minute = local.minute });
    if (!plan->host.v)
        note(p, (struct planner_warning){ .what = PLANNER_NO_HOST,
                                          .line = "nobody is named as its host: nobody is asked who came" });
    return RC_OK;
}

enum rc plan_check_alone(struct planner *p, const struct visit_plan *plan, int64_t start_ms, struct err *err)
{
    p->warnings.n = p->warnings.more = 0;
    p->why = PLANNER_WHY_OTHER;
    if (check_plan(p, plan, err))
        return err->rc;
    if (start_ms <= gate_now_ms(p->gate)) {
        if (!p->may_be_past)
            return plan_check_because(p, PLANNER_WHY_PAST, err_set(err, RC_INPUT, "that time is past"));
        note(p, (struct planner_warning){ .what = PLANNER_IS_PAST, .line = "that time is past: nobody is written to" });
    }
    if (start_ms > gate_now_ms(p->gate) + MOMENT_DAYS_MAX * MS_DAY)
        note(p, (struct planner_warning){ .what = PLANNER_IS_FAR, .line = "that is over a year ahead" });
    return warn_of_hour(p, plan, start_ms, err);
}

enum rc plan_check(struct planner *p, const struct visit_plan *plan, int64_t start_ms, struct visit_id except,
                   struct err *err)
{
    return plan_check_alone(p, plan, start_ms, err) ? err->rc
                                                    : plan_check_conflicts(p, plan, start_ms, except, "", err);
}

/* Whether the clocks go back over that hour a little later. */
static enum rc comes_again(const char *zone, int64_t start_ms, bool *ret_does, struct err *err)
{
    int before_s, after_s;
    int64_t change_ms;
    const enum rc rc = zone_next_change(zone, start_ms, start_ms + CHANGE_MS, &change_ms, err);

    *ret_does = false;
    if (rc)
        return rc == RC_NOT_FOUND ? RC_OK : rc;
    if (zone_offset(zone, start_ms, &before_s, err) || zone_offset(zone, change_ms, &after_s, err))
        return err->rc;
    *ret_does = change_ms - start_ms <= (before_s - after_s) * MS_SECOND;
    return RC_OK;
}

enum rc plan_check_clocks(struct planner *p, const char *zone, int minute, int64_t start_ms, struct err *err)
{
    const int hour = minute / 60;
    struct local_time local;
    bool is_twice;

    minute %= 60;
    if (zone_local_from_utc(zone, start_ms, &local, err) || comes_again(zone, start_ms, &is_twice, err))
        return err->rc;
    if (local.hour != hour || local.minute != minute)
        note(p, (struct planner_warning){
                    .what = PLANNER_SKIPPED_HOUR,
                    .line = arena_printf(p->mem,
                                         "there is no %02d:%02d there that day, as the clocks go forward: it begins at "
                                         "%02d:%02d",
                                         hour, minute, local.hour, local.minute),
                    .hour = hour,
                    .minute = minute });
    else if (is_twice)
        note(p,
             (struct planner_warning){
                 .what = PLANNER_HOUR_TWICE,
                 .line = arena_printf(p->mem,
                                      "%02d:%02d comes twice there that day, as the clocks go back: it begins at the "
                                      "first",
                                      hour, minute),
                 .hour = hour,
                 .minute = minute });
    return RC_OK;
}

enum rc plan_check_tag(struct planner *p, const struct visit_plan *plan, struct err *err)
{
    const char *const tag = plan->words.tag;
    const struct roster_filter filter = { .group = plan->group, .tag = tag };
    struct roster_count count;

    if (!*tag)
        return RC_OK;
    if (membership_count(&p->gate->store, &filter, &count, err))
        return err->rc;
    if (!count.all)
        note(p, (struct planner_warning){
                    .what = PLANNER_NO_TAG,
                    .line = arena_printf(p->mem, "nobody in this group has the tag %s: nobody is asked", tag) });
    return RC_OK;
}
