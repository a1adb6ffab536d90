#include "gateway/sorting.h"

#include "gateway/tell.h"

bool sorting_has_alarm(const struct sorting *s)
{
    return s->triage.tier <= 2 && s->outcome != OUTCOME_OURS && s->outcome != OUTCOME_DECISION;
}

enum rc sorting_tell(const struct sorting *s, const char *what, struct err *err)
{
    const struct tell tell = { .what = what,
                               .of = &s->sender.person,
                               .group = s->sender.group.id,
                               .subject_id = s->arrival.id.v,
                               .text = s->letter.text,
                               .has_alarm = sorting_has_alarm(s) };

    return tell_staff(s->gate, &tell, err);
}
