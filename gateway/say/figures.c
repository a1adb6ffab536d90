#include "gateway/say/figures.h"

#include "gateway/say/phrase.h"
#include "store/engagement.h"

int64_t figures_percentile(const int64_t *sorted, size_t n, size_t p)
{
    return sorted[(n * p + 99) / 100 - 1];
}

static void set_waits(struct json *v, const int64_t *wait_ms, size_t n, enum person_language language,
                      struct arena *mem)
{
    json_set_int(v, "count", (int64_t)n);
    json_set_str(v, "wait_median", n ? phrase_span(language, figures_percentile(wait_ms, n, 50), mem) : "");
    json_set_str(v, "wait_most", n ? phrase_span(language, figures_percentile(wait_ms, n, 95), mem) : "");
}

/* One line for each tier that had a note. */
static void add_wait(struct json *v, const struct engagement *e, enum person_language language, struct arena *mem)
{
    static const char *const names[ENGAGEMENT_TIERS] = { "is_tier_0", "is_tier_1", "is_tier_2", "is_tier_3",
                                                         "is_tier_4" };
    struct json *tiers = json_array_new();

    json_set_bool(v, "has_wait", e->wait_count > 0);
    for (size_t tier = 0; tier < ENGAGEMENT_TIERS; tier++) {
        struct json *line;

        if (!e->tier_wait_count[tier])
            continue;
        line = json_object_new();
        json_set_bool(line, names[tier], true);
        set_waits(line, e->tier_wait_ms[tier], e->tier_wait_count[tier], language, mem);
        json_push(tiers, &line);
    }
    if (json_count(tiers) > 1) {
        struct json *line = json_object_new();

        json_set_bool(line, "is_all", true);
        set_waits(line, e->wait_ms, e->wait_count, language, mem);
        json_push(tiers, &line);
    }
    json_set(v, "tiers", &tiers);
}

/* At least one block for what is not nothing. */
static const char *bar_of(int64_t count, int64_t most, struct arena *mem)
{
    const int64_t n = most <= FIGURES_BAR_MAX ? count : (count * FIGURES_BAR_MAX + most - 1) / most;
    const char *bar = "";

    for (int64_t i = 0; i < n; i++)
        bar = arena_printf(mem, "%s\u2588", bar);
    return bar;
}

static struct json *weeks_json(const struct gate *gate, const struct engagement *e, int64_t from_ms,
                               enum person_language language, struct arena *mem)
{
    struct json *weeks = json_array_new();
    int64_t most = 0;

    for (size_t i = 0; i < e->week_count; i++)
        most = e->weeks[i].notes > most ? e->weeks[i].notes : most;
    for (size_t i = 0; i < e->week_count; i++) {
        struct json *week = json_object_new();

        json_set_str(week, "date", phrase_day(gate, language, NULL, from_ms + (int64_t)i * 7 * MS_DAY, mem));
        json_set_int(week, "count", e->weeks[i].notes);
        json_set_str(week, "bar", bar_of(e->weeks[i].notes, most, mem));
        json_push(weeks, &week);
    }
    return weeks;
}

enum rc figures_of_group(struct gate *gate, const struct care_group *group, enum person_language language,
                         struct arena *mem, struct json **ret_values, struct err *err)
{
    const int64_t now_ms = gate_now_ms(gate), from_ms = now_ms - FIGURES_WEEKS * 7 * MS_DAY;
    struct engagement *week = ARENA_NEW(mem, struct engagement), *weeks = ARENA_NEW(mem, struct engagement);
    struct json *v, *list;

    if (engagement_read(&gate->store, group->id, now_ms - 7 * MS_DAY, now_ms, mem, week, err) ||
        engagement_read(&gate->store, group->id, from_ms, now_ms, mem, weeks, err))
        return err->rc;
    v = json_object_new();
    json_set_str(v, "group_name", group->alias);
    json_set_int(v, "member_count", week->members[MEMBER_ACTIVE] + week->members[MEMBER_PAUSED]);
    json_set_int(v, "note_count", week->week_count ? week->weeks[0].notes : 0);
    json_set_int(v, "writer_count", week->authors);
    json_set_int(v, "replier_count", week->repliers);
    json_set_int(v, "joined_count", week->joined);
    json_set_int(v, "left_count", week->left);
    add_wait(v, week, language, mem);
    list = weeks_json(gate, weeks, from_ms, language, mem);
    json_set(v, "weeks", &list);
    *ret_values = v;
    return RC_OK;
}

enum rc figures_all(struct gate *gate, enum person_language language, struct arena *mem, struct json **ret_list,
                    struct err *err)
{
    CLEANUP(json_free) struct json *list = json_array_new();
    struct care_group *groups;
    size_t n;

    if (group_list(&gate->store, mem, &groups, &n, err))
        return err->rc;
    for (size_t i = 0; i < n && groups[i].state == GROUP_OPEN; i++) {
        struct json *one;

        if (figures_of_group(gate, &groups[i], language, mem, &one, err))
            return err->rc;
        json_push(list, &one);
    }
    *ret_list = MOVE(list);
    return RC_OK;
}
