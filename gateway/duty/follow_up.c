#include "gateway/duty/follow_up.h"

#include "gateway/say/office.h"
#include "gateway/say/phrase.h"
#include "gateway/say/tell.h"
#include "store/due.h"

#define NOT_BEFORE_MS (12 * MS_HOUR) /* an alarm of the night is looked after on the next morning but one at most */

enum rc follow_up_plan(struct gate *gate, const struct page *page, struct err *err)
{
    if (page->kind != PAGE_ALARM || page->tier > 1 || !page->person.v)
        return RC_OK;
    return due_set(&gate->store, JOB_FOLLOW_UP, page->id.v,
                   office_opening_after(gate, -1, gate_now_ms(gate) + NOT_BEFORE_MS), err);
}

/* One that was called anew since has its own people. */
enum rc follow_up_run(struct gate *gate, struct page_id id, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("follow_up");
    struct person who;
    struct tell tell = { .what = TELL_FOLLOW_UP, .of = &who, .subject_id = id.v };
    struct page page;

    if (page_get(&gate->store, id, mem, &page, err) || person_get(&gate->store, page.person, mem, &who, err))
        return err->rc;
    if (page.state != PAGE_DONE || who.state != PERSON_ACTIVE)
        return RC_OK;
    tell.number = phrase_number(id.v);
    return tell_staff(gate, &tell, err);
}
