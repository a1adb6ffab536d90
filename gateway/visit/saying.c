#include "gateway/visit/saying.h"

#include "gateway/practice/job_title.h"
#include "gateway/say/phrase.h"
#include "store/video.h"

#define PICK(s, english, spanish) ((s)->language == LANGUAGE_SPANISH ? (spanish) : (english))

static const char *zone_words(const struct saying *s, const char *zone)
{
    const char *const slash = strrchr(zone, '/');
    char *place = arena_strdup(s->mem, slash ? slash + 1 : zone);

    for (char *at = place; *at; at++)
        *at = *at == '_' ? ' ' : *at;
    return arena_printf(s->mem, PICK(s, "%s time", "hora de %s"), place);
}

const char *saying_when(const struct saying *s, const char *zone, int64_t ms)
{
    return arena_printf(s->mem, "%s (%s)", phrase_moment(s->gate, s->language, zone, ms, s->mem), zone_words(s, zone));
}

const char *saying_calendar_title(const struct saying *s)
{
    if (*s->visit->plan.words.neutral)
        return s->visit->plan.words.neutral;
    return arena_printf(s->mem, PICK(s, "Group visit – %s", "Visita en grupo – %s"), s->gate->facts.name);
}

const char *saying_part(enum visit_part part, enum person_language language)
{
    static const char *const names[][2] = { { "", "" },
                                            { "member", "miembro" },
                                            { "host", "anfitrión" },
                                            { "co-host", "coanfitrión" },
                                            { "speaker", "ponente" } };

    return names[part][language == LANGUAGE_SPANISH];
}

/* "Ana Ruiz, nurse", in the reader's language; "" of nobody. */
static enum rc staff_name(const struct saying *s, struct person_id id, const char **ret, struct err *err)
{
    struct person person;
    const char *title;

    *ret = "";
    if (!id.v)
        return RC_OK;
    if (person_get(&s->gate->store, id, s->mem, &person, err))
        return err->rc;
    title = job_title_say(s->gate, s->language, person.title);
    *ret = *title ? arena_printf(s->mem, "%s, %s", person.name, title) : person.name;
    return RC_OK;
}

/* Two zones that say the same hour need one line only. */
static bool is_elsewhere(const struct saying *s)
{
    const int64_t ms = s->visit->start_ms;

    return s->zone && *s->zone && strcmp(s->zone, s->visit->plan.zone) != 0 &&
           strcmp(phrase_moment(s->gate, s->language, s->zone, ms, s->mem),
                  phrase_moment(s->gate, s->language, s->visit->plan.zone, ms, s->mem)) != 0;
}

enum rc saying_link(const struct saying *s, const char **ret, struct err *err)
{
    struct store *const st = &s->gate->store;
    struct video_meeting meeting = { .link = NULL };
    struct video_seat seat = { .link = "" };
    enum rc rc = RC_OK;

    *ret = s->visit->plan.words.link;
    if (strcmp(*ret, VIDEO_LINK) != 0)
        return RC_OK;
    if (s->seat && s->seat->part == VISIT_MEMBER)
        rc = video_seat_get(st, s->seat->id, s->mem, &seat, err);
    else if (s->seat)
        rc = video_meeting_get(st, s->visit->id, s->mem, &meeting, err);
    *ret = meeting.link ? meeting.link : seat.link;
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc saying_put(const struct saying *s, struct json *values, struct err *err)
{
    const struct visit_plan *plan = &s->visit->plan;
    const bool is_there = is_elsewhere(s);
    const char *host, *speaker, *link = "";

    if (staff_name(s, plan->host, &host, err) || staff_name(s, plan->speaker, &speaker, err) ||
        (s->has_link && saying_link(s, &link, err)))
        return err->rc;
    json_set_str(values, "date",
                 phrase_day(s->gate, s->language, is_there ? s->zone : plan->zone, s->visit->start_ms, s->mem));
    json_set_str(values, "visit_title", plan->words.title);
    json_set_str(values, "visit_when", saying_when(s, is_there ? s->zone : plan->zone, s->visit->start_ms));
    json_set_str(values, "visit_elsewhere", is_there ? saying_when(s, plan->zone, s->visit->start_ms) : "");
    json_set_int(values, "visit_minutes", plan->minutes);
    json_set_str(values, "visit_host", host);
    json_set_str(values, "visit_speaker", speaker);
    json_set_str(values, "visit_link", link);
    json_set_str(values, "visit_dial_in", s->has_link ? plan->words.dial_in : "");
    json_set_str(values, "visit_notes", plan->words.notes);
    return RC_OK;
}

enum rc saying_send(const struct saying *s, struct notice *notice, struct err *err)
{
    enum rc rc = saying_put(s, notice->values, err);

    if (rc)
        json_free(&notice->values);
    else
        rc = notice_queue(s->gate, notice, NULL, err);
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}
