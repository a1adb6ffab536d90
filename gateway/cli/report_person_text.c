#include "gateway/cli/report_person_text.h"

#include "gateway/cli/sheet.h"
#include "store/accounting_text.h"
#include "store/text_consent.h"

struct texts {
    struct cli *cli;
    struct json *list;
};

/* Of a phone that several use: what is theirs, and what holds for everybody there. */
static enum rc put_phone(struct cli *cli, struct own *own, const struct person *person, const struct address *phone,
                         struct json *list, struct err *err)
{
    struct text_consent_entry *log;
    size_t n;

    if (text_consent_log(&cli->gate->store, phone->id, cli->mem, &log, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++) {
        const bool is_theirs = log[i].person.v == person->id.v, is_own = is_theirs && log[i].way == TEXT_BY_TEXT;
        struct json *one;

        if (log[i].person.v && !is_theirs)
            continue;
        one = json_object_new();
        json_set_str(one, "at", sheet_time(cli, log[i].at_ms));
        json_set_str(one, "number", phone->value);
        json_set_str(one, "state", text_consent_state_name(log[i].after));
        json_set_int(one, "level", log[i].new_level);
        json_set_str(one, "way", text_consent_way_name(log[i].way));
        json_set_str(one, "your_words", is_own && log[i].words ? own_words(own, log[i].words, cli->mem) : NULL);
        cli_say(cli, "  %s  %s: %s, level %d, by %s\n", sheet_time(cli, log[i].at_ms), phone->value,
                text_consent_state_name(log[i].after), log[i].new_level, text_consent_way_name(log[i].way));
        json_push(list, &one);
    }
    return RC_OK;
}

static enum rc put_text(void *ctx, const struct accounting_text *row, struct err *err)
{
    struct texts *const t = ctx;
    struct json *one = json_object_new();

    (void)err;
    json_set_str(one, "sent", sheet_time(t->cli, row->handed_ms));
    json_set_str(one, "state", text_state_name(row->state));
    json_set_str(one, "kind", mailing_template_name(row->kind));
    json_set_str(one, "number", row->number);
    json_push(t->list, &one);
    cli_say(t->cli, "  %-20s  %-9s %-16s %s\n", sheet_time(t->cli, row->handed_ms), text_state_name(row->state),
            mailing_template_name(row->kind), row->number);
    return RC_OK;
}

enum rc report_person_text(struct cli *cli, struct own *own, const struct person *person, struct json *root,
                           struct err *err)
{
    const struct accounting_filter filter = { .person = person->id };
    struct json *consents = json_array_new();
    struct texts texts = { cli, json_array_new() };
    struct address *list;
    size_t n = 0;
    enum rc rc = person_addresses(&cli->gate->store, person->id, cli->mem, &list, &n, err);

    cli_say(cli, "\n%s\n", "What your phone agreed to");
    for (size_t i = 0; !rc && i < n; i++)
        if (list[i].kind == ADDRESS_PHONE)
            rc = put_phone(cli, own, person, &list[i], consents, err);
    cli_say(cli, "\n%s\n", "Texts to you");
    if (!rc)
        rc = accounting_text_walk(&cli->gate->store, &filter, put_text, &texts, err);
    json_set(root, "text_consents", &consents);
    json_set(root, "texts", &texts.list);
    return rc;
}
