#include "gateway/cli/member_text.h"

#include "gateway/sms/text_level.h"
#include "store/text_consent.h"

static const char *const level_words[] = { "the count alone", "a line of each", "the words" };

/* "0" … "2" */
static bool read_level(const char *word, int *ret)
{
    *ret = word[0] >= '0' && word[0] <= '2' && !word[1] ? word[0] - '0' : -1;
    return *ret >= 0;
}

enum rc member_text_level(struct cli *cli, const struct person *person, const char *word, const char *warned,
                          struct err *err)
{
    struct text_level_change change = { .person = person->id, .way = TEXT_BY_STAFF, .words = warned };
    struct text_consent consent;
    struct address *list;
    size_t n, count = 0;

    if (!word)
        return warned ? err_set(err, RC_INPUT, "--warned goes with --text-level") : RC_OK;
    if (!read_level(word, &change.level))
        return err_set(err, RC_INPUT, "--text-level takes 0 (the count alone), 1 (a line of each) or 2 (the words)");
    if (change.level && (!warned || !*warned))
        return err_set(err, RC_INPUT,
                       "--text-level %d needs --warned: when and how they were told that others can read texts",
                       change.level);
    if (person_addresses(&cli->gate->store, person->id, cli->mem, &list, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++) {
        if (list[i].kind != ADDRESS_PHONE)
            continue;
        if (text_consent_get(&cli->gate->store, list[i].id, &consent, err))
            return err->rc;
        if (consent.state != TEXT_YES)
            continue;
        change.address = list[i].id;
        if (text_level_set(cli->gate, &cli->who, &change, err))
            return err->rc;
        count++;
    }
    return count ? RC_OK : err_set(err, RC_INPUT, "--text-level: no phone of theirs has said yes to texts");
}

/* ---- show ---- */

/* The newest entry that changed the level, theirs or for everybody at the phone; NULL: it never was another. */
static const struct text_consent_entry *newest_level(const struct text_consent_entry *log, size_t n,
                                                     struct person_id person)
{
    while (n &&
           (log[n - 1].old_level == log[n - 1].new_level || (log[n - 1].person.v && log[n - 1].person.v != person.v)))
        n--;
    return n ? &log[n - 1] : NULL;
}

static const char *way_word(enum text_consent_way way)
{
    return way == TEXT_BY_STAFF ? "staff" : "their own text";
}

static enum rc show_phone(struct cli *cli, const struct person *person, const struct address *phone, struct json *texts,
                          struct err *err)
{
    const struct text_consent_entry *change;
    struct text_consent_entry *log;
    struct text_consent consent;
    char when[CLOCK_STAMP_SIZE];
    struct json *one;
    size_t n;

    if (text_consent_for(&cli->gate->store, phone->id, person->id, &consent, err) ||
        text_consent_log(&cli->gate->store, phone->id, cli->mem, &log, &n, err))
        return err->rc;
    one = json_object_new();
    json_set_str(one, "number", phone->value);
    json_set_str(one, "state", text_consent_state_name(consent.state));
    json_set_int(one, "level", consent.level);
    cli_say(cli, "%-18s %s: %s, level %d (%s)\n", "Texts:", phone->value, text_consent_state_name(consent.state),
            consent.level, level_words[consent.level]);
    change = newest_level(log, n, person->id);
    if (change) {
        clock_stamp(change->at_ms, when);
        json_set_str(one, "level_at", when);
        json_set_str(one, "level_by", way_word(change->way));
        json_set_str(one, "warning", change->wording);
        json_set_str(one, "warned", change->words);
        cli_say(cli, "%-18s level by %s, %s%s%s\n", "", way_word(change->way), when, change->words ? ": " : "",
                change->words ? change->words : "");
    }
    json_push(texts, &one);
    return RC_OK;
}

enum rc member_text_show(struct cli *cli, struct json *out, const struct person *person, struct err *err)
{
    struct json *texts = json_array_new();
    struct address *list;
    size_t n = 0;
    enum rc rc = person_addresses(&cli->gate->store, person->id, cli->mem, &list, &n, err);

    for (size_t i = 0; !rc && i < n; i++)
        if (list[i].kind == ADDRESS_PHONE)
            rc = show_phone(cli, person, &list[i], texts, err);
    json_set(out, "texts", &texts);
    return rc;
}
