#include "inbound/phone_words.h"

#define DIGITS_MIN 7
#define DIGITS_MAX 15

static const char *const wishes[] = {
    "please? add|use my|this|the? cell|mobile|home? phone|cell|mobile|number|cellphone number? too?",
    "please? text|sms me? at|on|to my? cell|mobile? phone|cell|mobile|number?",
    "please? send me|us? the|my|your? texts|text|sms message|messages? at|on|to my? cell|mobile? "
    "phone|cell|mobile|number?",
    "i|i'd want|would|like like? to? get|have? texts|text messages? at|on|to my? cell|mobile? "
    "phone|cell|mobile|number?",
    "phone|cell|mobile|text|texts|sms number?",
    "por? favor? agregar|agregue|agrega|anadir|anada|anote|ponga|use mi|este|el? numero? de? "
    "telefono|celular|movil|numero",
    "por? favor? mandeme|mandame|mandenme|enviame|envieme|envienme los? textos|mensajes de? texto? al|a mi? "
    "telefono|celular|movil|numero?",
    "telefono|celular|movil|texto|textos",
};

static bool is_number(const char *text)
{
    size_t digits = 0;

    for (const char *p = text; *p; p++) {
        if (*p >= '0' && *p <= '9')
            digits++;
        else if (!strchr(p == text ? "+(" : " ().-", *p))
            return false;
    }
    return digits >= DIGITS_MIN && digits <= DIGITS_MAX;
}

bool phone_words_read(const struct words_core *core, struct arena *mem, const char **ret_number)
{
    const struct words_token *const v = core->list.v;
    size_t i, n;

    if (core->from == core->to)
        return false;
    n = words_longest(wishes, COUNT_OF(wishes), v + core->from, core->to - core->from);
    if (!n || n == WORDS_NONE)
        return false;
    i = core->from + n;
    while (i < core->to && (v[i].kind == WORDS_BREAK || words_among(v[i].plain, ": is es # - ,")))
        i++;
    *ret_number = words_span(core, i, core->to, mem);
    return is_number(*ret_number);
}
