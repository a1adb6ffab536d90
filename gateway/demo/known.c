#include "gateway/demo/known.h"

#include "base/io.h"
#include "base/json.h"

#define KNOWN_MAX_BYTES ((size_t)1 << 20)

static const char *const neutral[] = {
    "Monday Tuesday Wednesday Thursday Friday Saturday Sunday Mon Tue Wed Thu Fri Sat Sun AM PM",
    "January February March April May June July August September October November December",
    "lunes martes miércoles jueves viernes sábado domingo lun mar mié jue vie sáb dom",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre de",
    "A member Un miembro",
};

static bool is_same_mailbox(enum story_who a, enum story_who b)
{
    return !strcmp(story_people[a].folder, story_people[b].folder);
}

/* Address, phone as people and as texts write it, and the full name: what nobody else may ever see of them. */
static struct json *secrets_of(enum story_who folder_of)
{
    struct json *const list = json_array_new();

    for (int who = ANA; who < STORY_PEOPLE; who++) {
        const struct story_person *const p = &story_people[who];

        if (p->is_stranger || !is_same_mailbox(folder_of, (enum story_who)who))
            continue;
        if (p->address)
            json_push_str(list, p->address);
        json_push_str(list, p->phone + strlen("(555) "));
        if (p->number)
            json_push_str(list, p->number);
        json_push_str(list, p->name);
    }
    return list;
}

/* What they wrote, and what staff wrote to them alone: their own letters may hold it. */
static struct json *words_of(const struct play *play, enum story_who folder_of)
{
    struct json *const list = json_array_new();

    for (size_t i = 0; i < play->step_count; i++) {
        const struct story_event *const e = play->steps[i].event;

        if (play->steps[i].words && is_same_mailbox(folder_of, e->flags & STORY_PRIVATE ? e->expect_who : e->who))
            json_push_str(list, play->steps[i].words);
    }
    return list;
}

static struct json *people(const struct play *play)
{
    struct json *const list = json_array_new();

    for (int who = ANA; who < STORY_PEOPLE; who++) {
        struct json *person, *secrets, *words;

        if (story_people[who].is_stranger || who == JUNE)
            continue;
        person = json_object_new();
        secrets = secrets_of((enum story_who)who);
        words = words_of(play, (enum story_who)who);
        json_set_str(person, "folder", story_people[who].folder);
        json_set_bool(person, "is_staff", story_people[who].is_staff);
        if (story_people[who].number)
            json_set_str(person, "number", story_people[who].number);
        json_set(person, "secrets", &secrets);
        json_set(person, "wrote", &words);
        json_push(list, &person);
    }
    return list;
}

/* Without "@LINE" lines: they say where words stand, and are none. */
static void push_stretches(struct json *list, const char *words, struct arena *mem)
{
    while (*words) {
        const size_t n = strcspn(words, "\n");

        if (*words != '@')
            json_push_str(list, arena_strndup(mem, words, n));
        words += n + (words[n] != '\0');
    }
}

static struct json *released(const struct play *play)
{
    struct json *const list = json_array_new();

    for (size_t i = 0; i < play->step_count; i++) {
        const struct story_event *const e = play->steps[i].event;

        if (e->fate == FATE_RELEASED && e->subject)
            json_push_str(list, e->subject);
        if (e->fate == FATE_RELEASED && e->flags & STORY_BETWEEN)
            push_stretches(list, play->steps[i].words, play->mem);
        else if (e->fate == FATE_RELEASED)
            json_push_str(list, e->released_as ? e->released_as : play->steps[i].words);
        else if (e->flags & STORY_TOPIC)
            json_push_str(list, play->steps[i].words);
    }
    return list;
}

enum rc known_write(const struct play *play, struct err *err)
{
    CLEANUP(json_free) struct json *root = json_object_new();
    CLEANUP(strbuf_done) struct strbuf out = STRBUF(KNOWN_MAX_BYTES);
    struct json *list = people(play);

    json_set(root, "people", &list);
    json_set_str(root, "number", STORY_NUMBER);
    list = released(play);
    json_set(root, "released", &list);
    list = json_array_new();
    for (size_t i = 0; story_practice_words[i]; i++)
        json_push_str(list, story_practice_words[i]);
    json_set(root, "practice", &list);
    list = json_array_new();
    for (size_t i = 0; i < COUNT_OF(neutral); i++)
        json_push_str(list, neutral[i]);
    for (int who = ANA; who < STORY_PEOPLE; who++)
        json_push_str(list, story_people[who].name);
    json_push_str(list, "Dot Walt");
    json_set(root, "neutral", &list);
    json_print(root, true, &out);
    if (strbuf_check(&out, err))
        return err->rc;
    return io_write_file(arena_printf(play->mem, "%s/known.json", play->out), strbuf_peek(&out), out.len, 0644, err);
}
