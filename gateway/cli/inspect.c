/* postcircle inspect: one message on standard input → what we understood. Needs no home and changes nothing; reads in the closed process, as
 * the sorter does. */
#include "base/text.h"
#include "gateway/cli/cli.h"
#include "inbound/command.h"
#include "inbound/sandbox.h"

#include <unistd.h>

static void print_for_people(const struct cli *cli, const struct letter *l, const char *command)
{
    struct json *const none = NULL;

    cli_pair(cli, none, "kind", "kind", letter_kind_name(l->kind));
    cli_pair(cli, none, "from", "from", l->from);
    cli_pair(cli, none, "subject", "subject", l->subject);
    cli_pair(cli, none, "command", "command", command);
    cli_pair(cli, none, "robot", "robot", l->robot);
    cli_pair(cli, none, "auth", "proof", letter_auth_name(l->auth));
    for (size_t i = 0; i < l->report_count; i++)
        cli_say(cli, "%-18s %s %s %s\n", "report", l->reports[i].recipient, letter_action_name(l->reports[i].action),
                l->reports[i].status);
    for (size_t i = 0; i < l->attachment_count; i++)
        cli_say(cli, "%-18s %s, %" PRId64 " bytes\n", "attachment", l->attachments[i].type, l->attachments[i].bytes);
    for (size_t i = 0; i < l->warning_count; i++)
        cli_say(cli, "%-18s %s\n", "warning", l->warnings[i]);
    cli_say(cli, "\n%s\n", l->text);
    if (*l->trimmed)
        cli_say(cli, "\n--- taken away ---\n%s\n", l->trimmed);
}

/* The sorter asks for a command only in what a person wrote anew; so does this. */
static const char *command_of(struct letter *letter, struct arena *mem)
{
    const struct command_input in = { .subject = letter->subject, .text = letter->text };
    struct command command;

    if (letter->kind != LETTER_POST && letter->kind != LETTER_REPLY && letter->kind != LETTER_EMPTY)
        return "";
    command = command_read(&in, mem);
    if (command.kind == COMMAND_NONE || command.strength != COMMAND_SURE)
        return "";
    letter->kind = LETTER_COMMAND;
    return command_name(command.kind);
}

struct believed {
    const char *profile, *authserv_id, *tenant_domains;
};

static enum rc read_trust(const struct believed *b, struct authres_trust *ret_trust, struct err *err)
{
    int64_t profile = b->authserv_id ? AUTHRES_BY_ID : AUTHRES_NOTHING;

    if (b->profile && text_to_int(b->profile, AUTHRES_NOTHING, AUTHRES_PROFILE_COUNT - 1, &profile, err))
        return err_wrap(err, "--trust");
    *ret_trust = (struct authres_trust){ .profile = (enum authres_profile)profile,
                                         .authserv_id = b->authserv_id ? b->authserv_id : "",
                                         .tenant_domains = b->tenant_domains };
    return RC_OK;
}

static enum rc read_letter(const struct authres_trust *trust, struct arena *mem, struct letter *ret_letter,
                           struct err *err)
{
    CLEANUP(sandbox_free) struct sandbox *sandbox = sandbox_new(SANDBOX_READER, NULL, SANDBOX_DEADLINE_MS);
    int fd = STDIN_FILENO;
    const struct sandbox_source source = sandbox_from_fd(&fd);

    return sandbox_parse(sandbox, &source, trust, mem, ret_letter, err);
}

int cli_inspect(struct cli *cli, int argc, char **argv)
{
    struct believed believed = { 0 };
    const char *command;
    const struct cli_option options[] = {
        { .name = "authserv-id",
          .value = "ID",
          .help = "whose Authentication-Results to believe",
          .to = &believed.authserv_id },
        { .name = "trust",
          .value = "N",
          .help = "as the setting trust: 3 Microsoft 365, 4 Google",
          .to = &believed.profile },
        { .name = "tenant-domains",
          .value = "DOMAINS",
          .help = "as the setting, with --trust 3",
          .to = &believed.tenant_domains },
    };
    const int code = cli_options(cli, "[options] < MESSAGE", options, COUNT_OF(options), argc, argv, NULL, 0);
    CLEANUP(json_free) struct json *root = NULL;
    struct authres_trust trust;
    struct letter letter;
    struct err err;

    if (code != CLI_GO_ON)
        return code;
    if (read_trust(&believed, &trust, &err))
        return cli_fail(cli, &err);
    if (read_letter(&trust, cli->mem, &letter, &err)) {
        (void)cli_fail(cli, &err);
        return err.rc == RC_TEMP ? EX_TEMPFAIL : EX_DATAERR;
    }
    command = command_of(&letter, cli->mem);
    root = letter_to_json(&letter);
    json_set_str(root, "command", *command ? command : NULL);
    if (!cli->is_json)
        print_for_people(cli, &letter, command);
    cli_put(cli, &root);
    return EX_OK;
}
