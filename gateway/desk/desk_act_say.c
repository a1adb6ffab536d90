#include "gateway/desk/desk_act_say.h"

#include "gateway/desk/desk_check_in.h"
#include "gateway/people/check_in_say.h"
#include "gateway/say/phrase.h"
#include "schedules/said.h"

const char *desk_act_write(const struct desk_act *act, struct arena *mem)
{
    CLEANUP(json_free) struct json *data = json_object_new();
    CLEANUP(strbuf_done) struct strbuf out = STRBUF((size_t)1 << 20);
    struct json *order = json_array_new();

    for (size_t i = 0; i < act->order_count; i++) {
        struct json *person = json_object_new();

        json_set_int(person, "person", act->order[i].v);
        json_push(order, &person);
    }
    json_set_int(data, "word", act->kind);
    json_set_int(data, "group", act->group.v);
    json_set_int(data, "membership", act->membership.v);
    json_set_str(data, "address", act->address);
    json_set_str(data, "name", act->name);
    json_set_str(data, "text", act->text);
    json_set_str(data, "when", act->when);
    json_set_int(data, "at", act->at_ms);
    json_set_int(data, "days", act->days);
    json_set_int(data, "flags", act->flags);
    json_set_int(data, "why", act->why);
    json_set_int(data, "number", act->number);
    json_set_int(data, "check_in", act->check_in.v);
    json_set(data, "order", &order);
    json_set_str(data, "state", act->state);
    json_print(data, false, &out);
    return arena_strdup(mem, strbuf_peek(&out));
}

enum rc desk_act_read(const char *text, struct arena *mem, struct desk_act *ret_act, struct err *err)
{
    CLEANUP(json_free) struct json *data = NULL;
    const struct json *order;
    struct desk_act act;
    int64_t word;

    if (json_parse(text ? text : "", text ? strlen(text) : 0, &data, err))
        return err_set(err, RC_CORRUPT, "what the desk prepared cannot be read");
    word = json_get_int(data, "word", 0);
    if (word <= DESK_WORD_NONE || word >= DESK_WORD_COUNT)
        return err_set(err, RC_CORRUPT, "what the desk prepared has no word");
    act = (struct desk_act){ .kind = (enum desk_word_kind)word,
                             .group = { json_get_int(data, "group", 0) },
                             .membership = { json_get_int(data, "membership", 0) },
                             .address = arena_strdup(mem, json_get_str(data, "address", "")),
                             .name = arena_strdup(mem, json_get_str(data, "name", "")),
                             .text = arena_strdup(mem, json_get_str(data, "text", "")),
                             .when = arena_strdup(mem, json_get_str(data, "when", "")),
                             .at_ms = json_get_int(data, "at", 0),
                             .days = json_get_int(data, "days", 0),
                             .flags = json_get_int(data, "flags", 0),
                             .number = json_get_int(data, "number", 0),
                             .check_in = { json_get_int(data, "check_in", 0) },
                             .why = (enum member_reason)json_get_int(data, "why", 0),
                             .state = arena_strdup(mem, json_get_str(data, "state", "")) };
    order = json_get(data, "order");
    for (size_t i = 0; i < json_count(order) && act.order_count < DESK_ORDER_MAX; i++)
        act.order[act.order_count++].v = json_get_int(json_at(order, i), "person", 0);
    *ret_act = act;
    return RC_OK;
}

/* ---- for people ---- */

const char *desk_act_flag(enum desk_word_kind kind)
{
    static const char *const flags[DESK_WORD_COUNT] = {
        [DESK_WORD_NONE] = "",
        [DESK_WORD_INVITE] = "is_invite",
        [DESK_WORD_AGAIN] = "is_again",
        [DESK_WORD_WHO] = "is_who",
        [DESK_WORD_QUEUE] = "is_queue",
        [DESK_WORD_PAUSE] = "is_pause",
        [DESK_WORD_REMOVE] = "is_remove",
        [DESK_WORD_RULES] = "is_rules",
        [DESK_WORD_HOURS] = "is_hours",
        [DESK_WORD_DUTY] = "is_duty",
        [DESK_WORD_TOPIC] = "is_topic",
        [DESK_WORD_STATS] = "is_stats",
        [DESK_WORD_HELP] = "",
        [DESK_WORD_CHECK_IN] = "is_check_in",
        [DESK_WORD_CHECK_IN_END] = "is_check_in_end",
        [DESK_WORD_RESUME] = "is_resume",
        [DESK_WORD_STRANGERS] = "is_strangers",
        [DESK_WORD_TOPICS] = "is_topics",
        [DESK_WORD_RESUME_PERSON] = "is_resume_person",
    };

    return flags[kind];
}

static enum rc add_member(struct gate *gate, const struct desk_act *act, const struct person *reader, struct arena *mem,
                          struct json *values, struct err *err)
{
    struct membership m;
    struct person p;
    struct care_group g;

    if (membership_get(&gate->store, act->membership, mem, &m, err) ||
        person_get(&gate->store, m.person, mem, &p, err) || group_get(&gate->store, m.group, mem, &g, err))
        return err->rc;
    json_set_str(values, "person", p.name);
    json_set_str(values, "display_name", m.name);
    json_set_str(values, "group_name", g.alias);
    json_set_bool(values, "is_put_off", act->kind == DESK_WORD_AGAIN && g.address == GROUP_ADDRESS_WAITS);
    json_set_str(values, "paused_until",
                 act->days ? phrase_day(gate, reader->language, g.zone, gate_now_ms(gate) + act->days * MS_DAY, mem)
                           : "");
    json_set_bool(values, "has_died", act->kind == DESK_WORD_REMOVE && act->why == MEMBER_REASON_DIED);
    return RC_OK;
}

static enum rc add_group(struct gate *gate, const struct desk_act *act, const struct person *reader, struct arena *mem,
                         struct json *values, struct err *err)
{
    struct roster_count count;
    struct care_group g;

    if (group_get(&gate->store, act->group, mem, &g, err) ||
        membership_count(&gate->store, &(struct roster_filter){ .group = g.id }, &count, err))
        return err->rc;
    json_set_str(values, "group_name", g.alias);
    json_set_bool(values, "is_put_off", act->kind == DESK_WORD_INVITE && g.address == GROUP_ADDRESS_WAITS);
    json_set_int(values, "total_count", count.all);
    json_set_str(values, "when",
                 act->at_ms ? phrase_moment_there(gate, reader->language, g.zone, act->at_ms, mem) : "");
    if (act->kind == DESK_WORD_RULES) {
        struct json *rules, *old = phrase_rules(&g);

        g.rules = act->text;
        rules = phrase_rules(&g);
        json_set(values, "rules", &rules);
        json_set(values, "old_rules", &old);
    }
    return RC_OK;
}

/* The new order, with numbers. */
static enum rc add_order(struct gate *gate, const struct desk_act *act, struct arena *mem, struct json *values,
                         struct err *err)
{
    CLEANUP(json_free) struct json *people = json_array_new();

    for (size_t i = 0; i < act->order_count; i++) {
        struct json *line;
        struct person p;

        if (person_get(&gate->store, act->order[i], mem, &p, err))
            return err->rc;
        line = json_object_new();
        json_set_int(line, "number", (int64_t)i + 1);
        json_set_str(line, "name", p.name);
        json_push(people, &line);
    }
    json_set(values, "people", &people);
    return RC_OK;
}

static const char *range(const struct check_in *c, int64_t low, int64_t high, struct arena *mem)
{
    const char *from = low == CHECK_IN_NO_LIMIT ? NULL : check_in_say_number(c, low, mem);
    const char *to = high == CHECK_IN_NO_LIMIT ? NULL : check_in_say_number(c, high, mem);

    return from && to ? arena_printf(mem, "%s – %s", from, to)
           : from     ? arena_printf(mem, "≥ %s", from)
           : to       ? arena_printf(mem, "≤ %s", to)
                      : "";
}

static enum rc add_check_in(struct gate *gate, const struct desk_act *act, const struct person *reader,
                            struct arena *mem, struct json *values, struct err *err)
{
    const struct check_in_limits *l;
    struct check_in c;
    const enum rc rc = act->check_in.v ? check_in_get(&gate->store, act->check_in, mem, &c, err)
                                       : desk_check_in_read(act->text, mem, &c, err);

    if (rc)
        return rc;
    l = &c.limits;
    json_set_str(values, "question", c.question);
    json_set_str(values, "unit", c.unit);
    json_set_bool(values, "is_scale", c.kind == CHECK_IN_SCALE);
    json_set_bool(values, "is_yes_no", c.kind == CHECK_IN_YES_NO);
    json_set_bool(values, "is_words", c.kind == CHECK_IN_WORDS);
    json_set_str(values, "question_es", c.question_es);
    json_set_str(values, "check_in_days", check_in_say_days(c.days, reader->language, mem));
    json_set_str(values, "check_in_hour", said_minute(reader->language, c.minute, mem));
    json_set_str(values, "limits", range(&c, l->low, l->high, mem));
    json_set_str(values, "look_limits", range(&c, l->alert_low, l->alert_high, mem));
    json_set_str(values, "only_tag", c.tag);
    json_set_bool(values, "has_totals", c.has_totals);
    return add_group(gate, act, reader, mem, values, err);
}

enum rc desk_act_values(struct gate *gate, const struct desk_act *act, const struct person *reader, struct arena *mem,
                        struct json *values, struct err *err)
{
    json_set_bool(values, desk_act_flag(act->kind), true);
    json_set_str(values, "text", act->text);
    json_set_str(values, "new_text", act->text);
    json_set_str(values, "address", act->address);
    json_set_str(values, "reason", act->text);
    json_set_bool(values, "is_marked", act->flags != 0);
    switch (act->kind) {
    case DESK_WORD_INVITE:
        json_set_str(values, "person", act->name);
        return add_group(gate, act, reader, mem, values, err);
    case DESK_WORD_RULES:
    case DESK_WORD_TOPIC:
    case DESK_WORD_RESUME:
        return add_group(gate, act, reader, mem, values, err);
    case DESK_WORD_CHECK_IN:
    case DESK_WORD_CHECK_IN_END:
        return add_check_in(gate, act, reader, mem, values, err);
    case DESK_WORD_HOURS:
        json_set_str(values, "old_text", gate->facts.office_hours);
        return RC_OK;
    case DESK_WORD_DUTY:
        return add_order(gate, act, mem, values, err);
    default:
        return add_member(gate, act, reader, mem, values, err);
    }
}
