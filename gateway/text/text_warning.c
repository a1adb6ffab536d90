#include "gateway/text/text_warning.h"

#include "gateway/say/tell.h"
#include "gateway/sms/text_budget.h"

enum rc text_warning_run(struct gate *gate, struct group_id group, struct err *err)
{
    struct tell tell = { .what = TELL_TEXT_BUDGET, .group = group };

    if (text_budget_warning(gate, group, &tell.number, err))
        return err_wrap(err, "budget of texts");
    return tell.number ? tell_staff(gate, &tell, err) : RC_OK;
}
