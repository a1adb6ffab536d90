/* postcircle digest preview|send */
#include "gateway/cli/cli.h"
#include "gateway/digest/digest.h"

struct digest_words {
    const char *group, *language;
    bool is_weekly;
};

static enum rc read_words(struct cli *cli, const struct digest_words *w, struct care_group *ret_group,
                          enum person_language *ret_language, struct err *err)
{
    *ret_language = LANGUAGE_ENGLISH;
    if (w->language && strcmp(w->language, "es") == 0)
        *ret_language = LANGUAGE_SPANISH;
    else if (w->language && strcmp(w->language, "en") != 0)
        return err_set(err, RC_INPUT, "--language takes en or es");
    return cli_find_group(cli, w->group, ret_group, err);
}

static int start(struct cli *cli, struct digest_words *w, int argc, char **argv)
{
    const struct cli_option options[] = {
        { .name = "weekly", .help = "the weekly digest; else the daily one", .flag = &w->is_weekly },
        { .name = "language", .value = "en|es", .help = "of the preview", .to = &w->language },
    };
    int code = cli_options(cli, "GROUP [options]", options, COUNT_OF(options), argc, argv, &w->group, 1);

    if (code == CLI_GO_ON && !w->group)
        code = cli_usage(cli, "%s needs a group", cli->words);
    return code == CLI_GO_ON ? cli_gate(cli) : code;
}

int cli_digest_preview(struct cli *cli, int argc, char **argv)
{
    struct digest_words w = { 0 };
    enum person_language language;
    struct care_group group;
    struct json *out;
    struct err err;
    char *text = NULL;
    const int code = start(cli, &w, argc, argv);

    if (code != CLI_GO_ON)
        return code;
    if (read_words(cli, &w, &group, &language, &err))
        return cli_fail(cli, &err);
    if (digest_preview(cli->gate, group.id, w.is_weekly ? RHYTHM_WEEKLY : RHYTHM_DAILY, language, cli->mem, &text,
                       &err)) {
        err_wrap(&err, "%s", group.slug);
        return cli_fail(cli, &err);
    }
    out = json_object_new();
    json_set_str(out, "text", text);
    cli_put(cli, &out);
    cli_say(cli, "%s", text);
    return EX_OK;
}

int cli_digest_send(struct cli *cli, int argc, char **argv)
{
    struct digest_words w = { 0 };
    struct delivery_counts counts;
    enum person_language language;
    struct care_group group;
    struct issue issue;
    struct json *out;
    struct err err;
    const int code = start(cli, &w, argc, argv);

    if (code != CLI_GO_ON)
        return code;
    if (read_words(cli, &w, &group, &language, &err))
        return cli_fail(cli, &err);
    if (digest_close(cli->gate, group.id, w.is_weekly ? RHYTHM_WEEKLY : RHYTHM_DAILY, &issue, &err) ||
        delivery_count(&cli->gate->store, issue.id, &counts, &err)) {
        err_wrap(&err, "%s", group.slug);
        return cli_fail(cli, &err);
    }
    out = json_object_new();
    json_set_int(out, "issue", issue.id.v);
    json_set_int(out, "number", issue.number);
    json_set_int(out, "deliveries", counts.of[DELIVERY_READY]);
    cli_put(cli, &out);
    cli_say(cli, "Letter %" PRId64 " is in the outbox for %" PRId64 " %s.\n", issue.number, counts.of[DELIVERY_READY],
            counts.of[DELIVERY_READY] == 1 ? "person" : "people");
    return EX_OK;
}
