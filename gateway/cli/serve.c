/* postcircle serve, and the processes it starts: postcircle role ROLE */
#include "gateway/cli/cli.h"

#include "base/log.h"
#include "base/text.h"
#include "gateway/home/process.h"
#include "gateway/intake/imap_role.h"
#include "gateway/intake/lmtp_role.h"
#include "gateway/serve/role.h"
#include "gateway/serve/serve.h"
#include "gateway/web/web_role.h"

int cli_serve(struct cli *cli, int argc, char **argv)
{
    bool may_read_open = false;
    const struct cli_option options[] = {
        { .name = "allow-open-reader",
          .help = "go on where the kernel cannot close the reader of mail",
          .flag = &may_read_open },
    };
    const int code = cli_options(cli, "", options, COUNT_OF(options), argc, argv, NULL, 0);
    const char *path;
    struct err err;

    if (code != CLI_GO_ON)
        return code;
    log_setup(LOG_INFO, "serve");
    if (home_find_path(cli->home_option, cli->mem, &path, &err) || serve_run(path, may_read_open, &err))
        return cli_fail(cli, &err);
    return EX_OK;
}

static enum rc run_role(struct cli *cli, const char *name, const char *worker, struct err *err)
{
    CLEANUP(role_close) struct role *role = NULL;
    enum role_kind kind;
    const char *path;
    int64_t number = 0;

    if (role_find(name, &kind, err) || (worker && text_to_int(worker, 0, 99, &number, err)))
        return err->rc;
    log_setup(LOG_INFO, role_name(kind));
    if (process_catch(err) || home_find_path(cli->home_option, cli->mem, &path, err) ||
        home_open(path, kind == ROLE_LMTP || kind == ROLE_IMAP ? HOME_WITHOUT_KEYS : HOME_WITH_KEYS, &cli->home, err) ||
        home_check_time(cli->home, err))
        return err->rc;
    if (kind == ROLE_LMTP)
        return lmtp_role_run(cli->home, err);
    if (kind == ROLE_IMAP)
        return imap_role_run(cli->home, number, err);
    if (kind == ROLE_WEB)
        return web_role_run(cli->home, err);
    if (role_open(cli->home, kind, &role, err))
        return err->rc;
    return role_run(role, (int)number, err);
}

/* serve starts these; by hand for looking at one alone. */
int cli_role(struct cli *cli, int argc, char **argv)
{
    const char *name = NULL, *worker = NULL;
    const struct cli_option options[] = {
        { .name = "worker",
          .value = "N",
          .help = "tells several of one role apart; imap: which mailbox",
          .to = &worker },
    };
    const int code =
        cli_options(cli, "sort|clock|urgent|mail|text|lmtp|imap|web", options, COUNT_OF(options), argc, argv, &name, 1);
    struct err err;

    if (code != CLI_GO_ON)
        return code;
    if (!name)
        return cli_usage(cli, "which role? sort, clock, urgent, mail, text, lmtp, imap or web");
    if (run_role(cli, name, worker, &err)) {
        log_err("role_failed", &err);
        return cli_exit_code(err.rc);
    }
    return EX_OK;
}
