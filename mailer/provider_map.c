#include "base/text.h"
#include "mailer/provider_parts.h"

static int meaning_of(const struct provider_codes *codes, const char *text, bool is_http)
{
    struct err ignored;
    int64_t number;
    const bool is_number = !text_to_int(text, 0, INT32_MAX, &number, &ignored);

    for (size_t i = 0; i < codes->count; i++) {
        const struct provider_code *const c = &codes->list[i];

        if (c->is_http == is_http &&
            (c->word ? !strcmp(c->word, text) : is_number && number >= c->from && number <= c->to))
            return c->means;
    }
    return 0;
}

enum provider_state provider_state_of(const struct provider *p, const char *word)
{
    return (enum provider_state)meaning_of(&p->states, word, false);
}

enum provider_class provider_class_of(const struct provider *p, int http_status, const char *code)
{
    char status[16];
    int means = *code ? meaning_of(&p->classes, code, false) : 0;

    snprintf(status, sizeof(status), "%d", http_status);
    if (!means)
        means = meaning_of(&p->classes, status, true);
    if (!means)
        means = http_status == 429                         ? PROVIDER_THROTTLE
                : http_status == 401 || http_status == 403 ? PROVIDER_SETUP
                                                           : PROVIDER_OTHER;
    return (enum provider_class)means;
}

enum provider_class provider_receipt_class_of(const struct provider *p, const char *code)
{
    return (enum provider_class)meaning_of(p->receipt_classes.count ? &p->receipt_classes : &p->classes, code, false);
}

struct provider_action provider_action_of(enum provider_class class)
{
    static const struct provider_action actions[PROVIDER_CLASS_COUNT] = {
        [PROVIDER_OPTOUT] = { .ends_consent = true, .tells_moderator = true },
        [PROVIDER_BAD_NUMBER] = { .goes_to_email = true, .tells_moderator = true },
        [PROVIDER_FILTERED] = { .counts_as_spam = true, .tells_operator = true },
        [PROVIDER_THROTTLE] = { .may_go_again = true, .halves_rate = true },
        [PROVIDER_SETUP] = { .stops_sender = true, .tells_operator = true },
    };

    return actions[class];
}

const char *provider_name(const struct provider *p)
{
    return p->name;
}

bool provider_is_phones(const struct provider *p)
{
    return p->is_phones;
}

bool provider_splits(const struct provider *p)
{
    return p->splits;
}

const char *provider_rule(const struct provider *p, enum provider_rule rule)
{
    return p->rules[rule];
}

const char *provider_event_path(const struct provider *p, enum provider_event event, const char *field)
{
    for (size_t i = 0; i < p->path_count[event]; i++)
        if (!strcmp(p->paths[event][i].field, field))
            return p->paths[event][i].path;
    return "";
}
