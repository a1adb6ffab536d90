#include "gateway/note/sorting.h"

#include "gateway/say/tell.h"

void sorting_score(const struct sorting *s, const char *trimmed, const char *whole, struct triage_result *ret)
{
    const struct triage_setting setting = { .wording = gate_wording(s->gate), .page_from = s->gate->facts.triage_page };

    triage_score_in(s->lexicon, &setting, trimmed, whole, s->mem, ret);
}

bool sorting_has_alarm(const struct sorting *s)
{
    return s->triage.tier <= 2 && s->outcome != OUTCOME_DECISION;
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
