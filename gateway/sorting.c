#include "gateway/sorting.h"

#include "gateway/tell.h"

enum rc sorting_tell(const struct sorting *s, const char *what, struct err *err)
{
    const struct tell tell = { .what = what,
                               .of = &s->sender.person,
                               .group = s->sender.group.id,
                               .subject_id = s->arrival.id.v,
                               .text = s->letter.text };

    return tell_staff(s->gate, &tell, err);
}
