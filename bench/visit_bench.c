/* Group visits: invitations written per second beside libical's serialisation of the same object, and a series of ten years expanded beside its bare iterator. */
#include "base/clock.h"
#include "mailer/serial.h"
#include "schedules/invitation.h"
#include "schedules/series.h"

#include <libical/ical.h>
#include <stdlib.h>

#define SPAN_MS 500
#define ROUNDS 5
#define RULE "FREQ=WEEKLY;BYDAY=TU"

/* Something done once; how often it was done in a second is its figure. */
struct work {
    const char *name;
    void (*once)(void *with, struct arena *mem);
    void *with;
};

static double rate(const struct work *work, struct arena *mem)
{
    const int64_t start_ms = clock_steady_ms();
    int64_t n = 0, ms;

    do {
        for (int i = 0; i < 64; i++, n++) {
            arena_clear(mem);
            work->once(work->with, mem);
        }
        ms = clock_steady_ms() - start_ms;
    } while (ms < SPAN_MS);
    return (double)n * 1000.0 / (double)ms;
}

static int by_rate(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* In turns, so that a machine that slows down slows both. */
static double compare(const struct work *ours, const struct work *theirs)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("bench");
    double a[ROUNDS], b[ROUNDS];

    for (int i = 0; i < ROUNDS; i++) {
        a[i] = rate(ours, mem);
        b[i] = rate(theirs, mem);
    }
    qsort(a, ROUNDS, sizeof *a, by_rate);
    qsort(b, ROUNDS, sizeof *b, by_rate);
    printf("%-52s %10.0f /s\n%-52s %10.0f /s   ours is %.2f of it\n", ours->name, a[ROUNDS / 2], theirs->name,
           b[ROUNDS / 2], a[ROUNDS / 2] / b[ROUNDS / 2]);
    return a[ROUNDS / 2] / b[ROUNDS / 2];
}

static void write_one(void *with, struct arena *mem)
{
    struct invitation_body body;
    struct err err;

    if (invitation_write(with, mem, &body, &err))
        abort();
}

static void write_theirs(void *with, struct arena *mem)
{
    (void)mem;
    free(icalcomponent_as_ical_string_r(with));
}

static void expand(void *with, struct arena *mem)
{
    const struct series_visit *visits;
    struct err err;
    size_t n;

    if (series_expand(with, 0, INT64_MAX, mem, &visits, &n, &err) || n != 520)
        abort();
}

static void iterate(void *with, struct arena *mem)
{
    const struct icalrecurrencetype rule = icalrecurrencetype_from_string(RULE ";COUNT=520");
    icalrecur_iterator *it = icalrecur_iterator_new(rule, *(struct icaltimetype *)with);
    size_t n = 0;

    (void)mem;
    while (!icaltime_is_null_time(icalrecur_iterator_next(it)))
        n++;
    icalrecur_iterator_free(it);
    if (n != 520)
        abort();
}

/* The letter of an invitation, as it is built for one person: words, HTML and the object. */
static void build_letter(void *with, struct arena *mem)
{
    struct invitation_copy *copy = with;
    const struct serial_built *built;
    struct invitation_body body;
    struct err err;

    if (invitation_write(copy, mem, &body, &err))
        abort();
    const struct serial_calendar calendar = { body.text, body.len, body.is_ascii,
                                              invitation_method_name(copy->method) };
    const struct serial_message m = {
        .from_name = "Tuesday Circle",
        .from_address = copy->organizer,
        .reply_name = "Tuesday Circle",
        .subject = "Group visit, Thursday, March 5, 2:00 PM",
        .text = "Hello Rose,\n\nThere is a group visit on Thursday, March 5, 2:00 PM.\n\nAnswer YES or NO.\n",
        .html =
            "<p>Hello Rose,</p><p>There is a group visit on Thursday, March 5, 2:00 PM.</p><p>Answer YES or NO.</p>",
        .automatic = SERIAL_AUTO_GENERATED,
        .list_id = "tuesday.example.org",
        .calendar = &calendar
    };
    if (serial_build(&m, mem, &built, &err))
        abort();
}

int main(void)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("bench");
    struct icaltimetype first = { .year = 2026, .month = 1, .day = 6, .hour = 18, .minute = 30 };
    struct series series = { .zone = "America/New_York",
                             .rule = RULE ";COUNT=520",
                             .first = { .on = { 2026, 1, 6 }, .hour = 18, .minute = 30 } };
    struct invitation_body body;
    struct visit_time time;
    struct err err;
    icalcomponent *theirs;
    bool is_reached;

    if (visit_time_set("America/New_York", INT64_C(1772737200000), 60, &time, &err))
        abort();
    struct invitation_copy copy = { .uid = "abcdefghijklmnopqrstuvwxyz234567@example.org",
                                    .stamp_ms = INT64_C(1772000000000),
                                    .time = &time,
                                    .organizer = "tuesday@example.org",
                                    .organizer_name = "Tuesday Circle",
                                    .attendee = "rose@example.net",
                                    .title = "Group visit - Lakeside Clinic",
                                    .words = "We meet on video. Answer YES or NO to this mail.",
                                    .link = "https://video.example.org/j/1234567890?pwd=abcdefgh",
                                    .dial_in = "555-0123, code 42#" };
    if (invitation_write(&copy, mem, &body, &err) || !(theirs = icalparser_parse_string(body.text)))
        abort();
    is_reached =
        compare(&(struct work){ "invitation objects, ours", write_one, &copy },
                &(struct work){ "the same object, libical's serialisation alone", write_theirs, theirs }) >= 0.5;
    printf("%-52s %10.0f /s\n", "letters with an invitation, built",
           rate(&(struct work){ "", build_letter, &copy }, mem));
    is_reached &= compare(&(struct work){ "weekly series of ten years, expanded in its zone", expand, &series },
                          &(struct work){ "libical's bare iterator", iterate, &first }) >= 1.0 / 3;
    printf("the aims (half of libical, a third of its iterator) are %s\n", is_reached ? "reached" : "NOT reached");
    icalcomponent_free(theirs);
    return 0;
}
