/* postcircle group card: a hand-out to print on both sides of one sheet (A4 or Letter). Outside: what strangers may see, and the numbers to call.
 * Inside: how to write. The texts are templates/LANGUAGE/card.html. */
#include "base/io.h"
#include "gateway/cli/cli.h"
#include "gateway/say/phrase.h"
#include "gateway/say/print_page.h"
#include "schedules/said.h"

static struct json *values_of(const struct cli *cli, const struct care_group *g, enum person_language language)
{
    const struct practice_facts *const f = &cli->gate->facts;
    struct json *values = json_object_new();
    struct json *rules = phrase_rules(g);

    json_set_str(values, "group_name", g->alias);
    json_set_str(values, "group_address", arena_printf(cli->mem, "%s@%s", g->slug, f->domain));
    json_set_str(values, "practice_name", f->name);
    json_set_str(values, "office_phone", f->office_phone);
    json_set_str(values, "office_hours", phrase_hours(cli->gate, language, cli->mem));
    json_set_str(values, "emergency_line", *f->emergency_line ? f->emergency_line : "911");
    json_set_str(values, "digest_days", phrase_digest_days(language, RHYTHM_DAILY, g->digest_weekday, cli->mem));
    json_set_str(values, "digest_hour", said_minute(language, g->digest_minute, cli->mem));
    json_set_bool(values, "has_rules", *g->rules != '\0');
    json_set(values, "rules", &rules);
    return values;
}

static enum rc render(struct cli *cli, const struct care_group *g, enum person_language language, struct strbuf *out,
                      struct err *err)
{
    CLEANUP(json_free) struct json *values = values_of(cli, g, language);

    return print_page_render("card.html", language, values, out, err);
}

int cli_group_card(struct cli *cli, int argc, char **argv)
{
    CLEANUP(strbuf_done) struct strbuf out = STRBUF(PRINT_PAGE_MAX_BYTES);
    const char *group, *file = NULL, *words = "en";
    const struct cli_option options[] = {
        { .name = "html", .value = "FILE", .help = "where to write it: open it in a browser and print", .to = &file },
        { .name = "language", .value = "en|es", .help = "of the hand-out; en", .to = &words },
    };
    struct care_group g;
    struct err err;
    int code =
        cli_options(cli, "GROUP --html FILE [--language en|es]", options, COUNT_OF(options), argc, argv, &group, 1);

    if (code == CLI_GO_ON && (!group || !file || (strcmp(words, "en") && strcmp(words, "es"))))
        code = cli_usage(cli, "group card needs a group and --html FILE; --language takes en or es");
    if (code == CLI_GO_ON)
        code = cli_gate(cli);
    if (code != CLI_GO_ON)
        return code;
    if (cli_find_group(cli, group, &g, &err) ||
        render(cli, &g, !strcmp(words, "es") ? LANGUAGE_SPANISH : LANGUAGE_ENGLISH, &out, &err) ||
        io_write_file(file, strbuf_peek(&out), out.len, 0644, &err))
        return cli_fail(cli, &err);
    return cli_done(cli);
}
