#include "gateway/cli/parked_view.h"

#include "base/text.h"
#include "inbound/sandbox.h"

#define DEADLINE_MS (10 * 1000)
#define TEXT_CHARS 4000
#define PLAIN_BYTES ((size_t)2 << 10) /* of the words of a mail that stays closed */

static const char *visible(struct cli *cli, const char *s)
{
    return text_visible(cli->mem, s, strlen(s));
}

/* ---- by the closed process ---- */

static void put_decoded(struct cli *cli, const struct letter *l, struct json *out)
{
    const char *to = "";
    char date[CLOCK_STAMP_SIZE] = "";
    const char *const words = visible(cli, text_excerpt(cli->mem, l->body, TEXT_CHARS));

    for (size_t i = 0; i < l->recipient_count; i++)
        if (l->recipients[i].field == LETTER_TO || l->recipients[i].field == LETTER_CC)
            to = arena_printf(cli->mem, "%s%s%s", to, *to ? ", " : "", l->recipients[i].address);
    if (l->date_ms)
        clock_stamp(l->date_ms, date);
    cli_pair(cli, out, "from", "From:", visible(cli, arena_printf(cli->mem, "%s <%s>", l->from_name, l->from)));
    cli_pair(cli, out, "to", "To:", visible(cli, to));
    cli_pair(cli, out, "date", "Date:", arena_strdup(cli->mem, date));
    cli_pair(cli, out, "subject", "Subject:", visible(cli, l->subject));
    cli_say(cli, "\n%s\n", *words ? words : "(no words)");
    for (size_t i = 0; i < l->attachment_count; i++)
        cli_say(cli, "(attachment: %s, %" PRId64 " bytes)\n", visible(cli, l->attachments[i].type),
                l->attachments[i].bytes);
    json_set_str(out, "text", words);
    json_set_bool(out, "is_decoded", true);
}

static bool read_closed(struct cli *cli, const char *bytes, size_t n, struct letter *l)
{
    CLEANUP(sandbox_free) struct sandbox *sandbox = sandbox_new(SANDBOX_READER, NULL, DEADLINE_MS);
    const struct authres_trust nothing = { .profile = AUTHRES_NOTHING, .authserv_id = "" };
    struct sandbox_bytes all = { bytes, n };
    const struct sandbox_source source = sandbox_from_bytes(&all);
    struct err ignored;

    return !sandbox_parse(sandbox, &source, &nothing, cli->mem, l, &ignored);
}

/* ---- as it came ---- */

/* The value of a field with its continuation lines; "" where it is not there. */
static const char *field_of(struct cli *cli, const char *head, const char *name)
{
    const char *value = "", *line;
    bool is_in = false;
    size_t n;

    while (text_next_line(&head, &line, &n) && n) {
        const bool is_more = *line == ' ' || *line == '\t';

        if (!is_more && is_in)
            break;
        if (!is_more && text_starts(line, name)) {
            is_in = true;
            line += strlen(name);
            n -= strlen(name);
        }
        if (is_in)
            value = arena_printf(cli->mem, "%s%.*s", value, (int)n, line);
    }
    return value + strspn(value, " \t");
}

static void put_plain(struct cli *cli, const char *bytes, size_t n, struct json *out)
{
    static const struct {
        const char *name, *key, *label;
    } fields[] = { { "From:", "from", "From:" },
                   { "To:", "to", "To:" },
                   { "Date:", "date", "Date:" },
                   { "Subject:", "subject", "Subject:" } };
    const char *const whole = text_visible(cli->mem, bytes, n), *end = strstr(whole, "\n\n");
    const char *const words = end ? end + 2 : "";
    const char *const shown = arena_strndup(cli->mem, words, strnlen(words, PLAIN_BYTES));

    for (size_t i = 0; i < COUNT_OF(fields); i++)
        cli_pair(cli, out, fields[i].key, fields[i].label, field_of(cli, whole, fields[i].name));
    cli_say(cli, "\nIts reader dies of it. It begins like this, as it came:\n\n%s\n", shown);
    json_set_str(out, "text", shown);
    json_set_bool(out, "is_decoded", false);
}

void parked_view(struct cli *cli, const char *bytes, size_t n, struct json *out)
{
    struct letter l;

    if (read_closed(cli, bytes, n, &l))
        put_decoded(cli, &l, out);
    else
        put_plain(cli, bytes, n, out);
}
