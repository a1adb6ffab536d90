#include "gateway/note/triage_people.h"

#include "gateway/practice/ours.h"
#include "store/membership.h"

#define PAGE 500
#define PEOPLE_MAX 5000 /* of one group */

struct people {
    struct triage_person *v;
    size_t count, room;
    struct arena *mem;
};

static void add(struct people *p, const struct triage_person *person)
{
    if (p->count == p->room) {
        struct triage_person *wide = ARENA_ARRAY(p->mem, p->room * 2 + 64, struct triage_person);

        if (p->count)
            memcpy(wide, p->v, p->count * sizeof *wide);
        p->v = wide;
        p->room = p->room * 2 + 64;
    }
    p->v[p->count++] = *person;
}

/* "Rose Ann Whitcomb": the first word is what one is called by. */
static struct triage_person of_chart(const char *name, const char *shown, struct arena *mem)
{
    const size_t n = strcspn(name, " ");

    return (struct triage_person){ .first = arena_strndup(mem, name, n),
                                   .last = name + n + strspn(name + n, " "),
                                   .shown = shown ? shown : "" };
}

static enum rc add_members(struct gate *gate, struct group_id group, struct people *people, struct err *err)
{
    struct membership_id after = { 0 };
    size_t n;

    do {
        struct membership *list = NULL;

        if (membership_page(&gate->store, group, after, PAGE, people->mem, &list, &n, err))
            return err->rc;
        for (size_t i = 0; i < n; i++) {
            struct triage_person one;
            struct person person;

            if (person_get(&gate->store, list[i].person, people->mem, &person, err))
                return err->rc;
            one = of_chart(person.name, list[i].name, people->mem);
            add(people, &one);
            after = list[i].id;
        }
    } while (n == PAGE && people->count < PEOPLE_MAX);
    return RC_OK;
}

static enum rc add_staff(struct gate *gate, struct people *people, struct err *err)
{
    struct person *staff;
    size_t n = 0;

    if (person_staff(&gate->store, people->mem, &staff, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++)
        add(people, &(struct triage_person){ .first = "", .last = "", .shown = staff[i].name });
    return RC_OK;
}

enum rc triage_people_read(struct gate *gate, const struct care_group *group, struct arena *mem,
                           struct triage_setting *ret_setting, struct err *err)
{
    struct people people = { .mem = mem };
    const char **own = ARENA_ARRAY(mem, 4, const char *);
    size_t n = 0;

    if (group->id.v && (add_members(gate, group->id, &people, err) || add_staff(gate, &people, err)))
        return err->rc;
    if (*gate->facts.office_phone)
        own[n++] = gate->facts.office_phone;
    if (*gate->facts.public_url)
        own[n++] = gate->facts.public_url;
    if (group->id.v)
        own[n++] = ours_write(gate, group->slug, NULL, mem);
    *ret_setting = (struct triage_setting){ .people = people.v,
                                            .people_count = people.count,
                                            .own = own,
                                            .wording = gate_wording(gate),
                                            .page_from = gate->facts.triage_page };
    return RC_OK;
}
