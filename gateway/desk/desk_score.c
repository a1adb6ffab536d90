#include "gateway/desk/desk_score.h"

#include "gateway/note/triage_people.h"

enum rc desk_score(struct gate *gate, const struct desk_letter *in, struct group_id group, const char *text,
                   struct arena *mem, struct triage_result *ret, struct err *err)
{
    struct triage_setting setting;
    struct care_group g;
    struct triage_result r;

    if (group_get(&gate->store, group, mem, &g, err) || triage_people_read(gate, &g, mem, &setting, err))
        return err_wrap(err, "scoring words of the desk");
    triage_score_in(in->lexicon, &setting, text, NULL, mem, &r);
    r.tier = in->triage->tier < r.tier ? in->triage->tier : r.tier;
    r.flags |= in->triage->flags;
    if (!r.hit_count) {
        r.hits = in->triage->hits;
        r.hit_count = in->triage->hit_count;
    }
    *ret = r;
    return RC_OK;
}
