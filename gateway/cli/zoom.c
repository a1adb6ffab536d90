/* postcircle zoom set|show, and what doctor says of it: the account of visits whose link is "zoom" (gateway/visit/meeting). */
#include "base/io.h"
#include "base/text.h"
#include "gateway/cli/cli.h"
#include "gateway/cli/doctor.h"
#include "gateway/practice/record.h"
#include "gateway/visit/meeting.h"

#include <unistd.h>

#define SECRET_MAX ((size_t)4096)

struct zoom_words {
    const char *account, *client, *secret, *user, *api, *token, *ca;
    bool is_off;
};

/* From a file of its owner's, or standard input: never from the command line, which everybody on this machine can read. */
static enum rc read_secret(struct cli *cli, const char *from, const char **ret, struct err *err)
{
    char *bytes;
    size_t n;

    if (!strcmp(from, "-")) {
        bytes = arena_alloc(cli->mem, SECRET_MAX + 1);
        if (io_read_full(STDIN_FILENO, bytes, SECRET_MAX, &n, err))
            return err_wrap(err, "secret");
        bytes[n] = '\0';
    } else if (io_read_file(from, SECRET_MAX, cli->mem, &bytes, &n, err)) {
        return err_wrap(err, "secret");
    }
    *ret = text_clean_line(cli->mem, bytes, n);
    crypt_wipe(bytes, n);
    return **ret ? RC_OK : err_set(err, RC_INPUT, "--secret: the file is empty");
}

static enum rc check_url(const char *name, const char *url, struct err *err)
{
    return text_starts(url, "https://") && !strpbrk(url, " \t\"<>")
               ? RC_OK
               : err_set(err, RC_INPUT, "--%s takes an https address", name);
}

static enum rc read_words(struct cli *cli, const struct zoom_words *w, struct zoom_account *ret, struct err *err)
{
    *ret = (struct zoom_account){ .account_id = w->account,
                                  .client_id = w->client,
                                  .user = w->user ? w->user : "me",
                                  .token_url = w->token ? w->token : ZOOM_TOKEN_URL,
                                  .api_url = w->api ? w->api : ZOOM_API_URL,
                                  .ca_file = w->ca ? w->ca : "" };
    if (check_url("token-url", ret->token_url, err) || check_url("api-url", ret->api_url, err))
        return err->rc;
    return read_secret(cli, w->secret, &ret->client_secret, err);
}

static const char *as_values(struct cli *cli, const struct zoom_account *a)
{
    CLEANUP(strbuf_done) struct strbuf text = STRBUF((size_t)32 << 10);
    CLEANUP(json_free) struct json *values = json_object_new();

#define WRITE_FIELD(member, name) json_set_str(values, name, a->member);
    ZOOM_ACCOUNT_FIELDS(WRITE_FIELD)
#undef WRITE_FIELD
    json_print(values, false, &text);
    return arena_strdup(cli->mem, strbuf_peek(&text));
}

static enum rc write_account(struct cli *cli, const char *values, const char *what, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct store *const st = &cli->gate->store;

    if (db_begin(st->db, &tx, err) || video_account_set(st, values, err) ||
        record_act(cli->gate, &cli->who, AUDIT_VIDEO_ACCOUNT_SET, AUDIT_ITEM_PRACTICE, st->practice.v, NULL, what, err))
        return err->rc;
    return db_commit(&tx, err);
}

int cli_zoom_set(struct cli *cli, int argc, char **argv)
{
    struct zoom_words w = { .account = NULL };
    const struct cli_option options[] = {
        { .name = "account",
          .value = "ID",
          .help = "of the Server-to-Server OAuth app: its account ID",
          .to = &w.account },
        { .name = "client", .value = "ID", .help = "its client ID", .to = &w.client },
        { .name = "secret",
          .value = "FILE|-",
          .help = "its client secret, from a file or standard input",
          .to = &w.secret },
        { .name = "user", .value = "EMAIL", .help = "whose meetings they are; usual: the app's own", .to = &w.user },
        { .name = "api-url", .value = "URL", .help = "usual: " ZOOM_API_URL, .to = &w.api },
        { .name = "token-url", .value = "URL", .help = "usual: " ZOOM_TOKEN_URL, .to = &w.token },
        { .name = "ca-file",
          .value = "FILE",
          .help = "who vouches for its certificate; usual: the system's list",
          .to = &w.ca },
        { .name = "off", .help = "take the account away", .flag = &w.is_off },
    };
    struct zoom_account account;
    struct zoom zoom;
    struct err err;
    int code =
        cli_options(cli, "--account ID --client ID --secret FILE", options, COUNT_OF(options), argc, argv, NULL, 0);

    if (code == CLI_GO_ON && !w.is_off && (!w.account || !w.client || !w.secret))
        code = cli_usage(cli, "zoom set needs --account, --client and --secret; or --off");
    if (code == CLI_GO_ON)
        code = cli_gate(cli);
    if (code != CLI_GO_ON)
        return code;
    if (w.is_off)
        return write_account(cli, NULL, "off", &err) ? cli_fail(cli, &err) : EX_OK;
    if (read_words(cli, &w, &account, &err) || zoom_open(&account, ZOOM_NO_END, cli->mem, &zoom, &err) ||
        write_account(cli, as_values(cli, &account), "on", &err))
        return cli_fail(cli, &err);
    cli_say(cli, "Zoom gives a token. Plan visits with --link zoom.\n");
    return EX_OK;
}

int cli_zoom_show(struct cli *cli, int argc, char **argv)
{
    CLEANUP(json_free) struct json *out = json_object_new();
    struct zoom_account account;
    const char *trouble = "";
    int64_t n = 0;
    struct err err;
    enum rc rc;
    int code = cli_options(cli, "", NULL, 0, argc, argv, NULL, 0);

    if (code == CLI_GO_ON)
        code = cli_gate(cli);
    if (code != CLI_GO_ON)
        return code;
    rc = meeting_account(cli->gate, cli->mem, &account, &err);
    if ((rc && rc != RC_NOT_FOUND) || video_meeting_troubles(&cli->gate->store, cli->mem, &n, &trouble, &err))
        return cli_fail(cli, &err);
    json_set_bool(out, "is_on", rc == RC_OK);
    json_set_str(out, "account", rc ? "" : account.account_id);
    json_set_str(out, "client", rc ? "" : account.client_id);
    json_set_str(out, "user", rc ? "" : account.user);
    json_set_int(out, "troubles", n);
    json_set_str(out, "trouble", trouble);
    cli_put(cli, &out);
    if (rc)
        cli_say(cli, "There is no Zoom account. Visits have the links that you give them.\n");
    else
        cli_say(cli, "Account %s, app %s, meetings of %s. Visits with trouble: %" PRId64 "%s%s\n", account.account_id,
                account.client_id, account.user, n, *trouble ? ": " : "", trouble);
    return EX_OK;
}

/* ---- doctor ---- */

void doctor_zoom(struct doctor *d)
{
    static const char advice[] = "look at the app in Zoom's Marketplace (docs/zoom.md), then postcircle zoom set";
    struct zoom_account account;
    const char *trouble;
    struct zoom zoom;
    struct err err;
    int64_t n;
    enum rc rc = meeting_account(d->cli->gate, d->cli->mem, &account, &err);

    if (rc == RC_NOT_FOUND)
        return;
    if (!rc)
        rc = zoom_open(&account, ZOOM_NO_END, d->cli->mem, &zoom, &err);
    if (rc) {
        doctor_tell(d, DOCTOR_RED, "Zoom", err.msg, advice);
        return;
    }
    if (video_meeting_troubles(&d->cli->gate->store, d->cli->mem, &n, &trouble, &err)) {
        doctor_tell(d, DOCTOR_RED, "Zoom", err.msg, "mend the database first");
        return;
    }
    doctor_tell_if(d, !n, DOCTOR_RED, "Zoom", "gives a token; every visit's meeting is there",
                   arena_printf(d->cli->mem, "%" PRId64 " visits have trouble there: %s", n, trouble), advice);
}
