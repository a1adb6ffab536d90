#include "gateway/sms/text_words.h"

#include "base/text.h"

enum rc text_words(struct gate *gate, enum mailing_kind kind, enum person_language language, struct json **values,
                   struct arena *mem, const char **ret_words, struct err *err)
{
    CLEANUP(json_free) struct json *all = values && *values ? MOVE(*values) : json_object_new();
    struct template_out out;

    json_set_str(all, "practice_name", gate->facts.name);
    json_set_str(all, "office_phone", gate->facts.office_phone);
    json_set_str(all, "emergency_line", *gate->facts.emergency_line ? gate->facts.emergency_line : "911");
    if (template_render(gate->templates, person_language_name(language), mailing_template_name(kind), TEMPLATE_NORMAL,
                        all, mem, &out, err))
        return err_wrap(err, "words of a text");
    *ret_words = text_clean_line(mem, out.text, strlen(out.text));
    return RC_OK;
}
