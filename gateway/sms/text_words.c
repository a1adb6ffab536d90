#include "gateway/sms/text_words.h"

#include "base/strbuf.h"
#include "base/text.h"

/* A paragraph becomes a line. */
static const char *as_lines(const char *text, struct arena *mem)
{
    CLEANUP(strbuf_done) struct strbuf out = STRBUF(strlen(text) + 1);

    while (*text) {
        const char *const end = strstr(text, "\n\n");
        const size_t n = end ? (size_t)(end - text) : strlen(text);
        const char *const line = text_clean_line(mem, text, n);

        if (*line && out.len)
            strbuf_str(&out, "\n");
        strbuf_str(&out, line);
        text += n + strspn(text + n, "\n");
    }
    return arena_strdup(mem, strbuf_peek(&out));
}

enum rc text_words_named(struct gate *gate, const char *name, enum person_language language, struct json **values,
                         struct arena *mem, const char **ret_words, struct err *err)
{
    CLEANUP(json_free) struct json *all = values && *values ? MOVE(*values) : json_object_new();
    struct template_out out;

    json_set_str(all, "practice_name", gate->facts.name);
    json_set_str(all, "office_phone", gate->facts.office_phone);
    json_set_str(all, "emergency_line", *gate->facts.emergency_line ? gate->facts.emergency_line : "911");
    if (template_render(gate->templates, person_language_name(language), name, TEMPLATE_NORMAL, all, mem, &out, err))
        return err_wrap(err, "words of a text");
    *ret_words = as_lines(out.text, mem);
    return RC_OK;
}

enum rc text_words(struct gate *gate, enum mailing_kind kind, enum person_language language, struct json **values,
                   struct arena *mem, const char **ret_words, struct err *err)
{
    const char *const name = mailing_template_name(kind), *const twin = arena_printf(mem, "text_%s", name);
    const bool has_twin = template_has(gate->templates, person_language_name(language), twin);

    return text_words_named(gate, has_twin ? twin : name, language, values, mem, ret_words, err);
}
