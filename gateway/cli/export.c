/* postcircle export DIR: CSV and mbox files of a person, a group or all, into a new folder. More than one person takes two staff members. */
#include "gateway/cli/export.h"

#include "base/io.h"
#include "base/text.h"
#include "gateway/duty/two_people.h"
#include "gateway/practice/record.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define CODES 2

struct words {
    const char *folder, *what, *group, *person, *first, *second;
    struct cli_many codes;
    bool parts[EXPORT_PART_COUNT];
};

/* ---- what is asked for ---- */

static enum rc read_parts(struct cli *cli, struct words *w, struct err *err)
{
    char *list = arena_strdup(cli->mem, w->what ? w->what : "members,posts,audit,deliveries,check-ins,mbox,photos");

    while (*list) {
        const size_t n = strcspn(list, ",");
        size_t part = 0;

        while (part < EXPORT_PART_COUNT &&
               (strlen(export_part_names[part]) != n || strncmp(export_part_names[part], list, n)))
            part++;
        if (part == EXPORT_PART_COUNT)
            return err_set(
                err, RC_INPUT,
                "--what takes members, posts, audit, deliveries, check-ins, mbox and photos, with commas between");
        w->parts[part] = true;
        list += n + (list[n] == ',');
    }
    return RC_OK;
}

static enum rc read_subject(struct cli *cli, const struct words *w, struct export *x, struct person *person,
                            struct err *err)
{
    struct care_group *one = ARENA_NEW(cli->mem, struct care_group), *all = NULL;

    if (w->group) {
        if (cli_find_group(cli, w->group, one, err))
            return err->rc;
        x->groups = one;
        x->group_count = 1;
    } else if (group_list(&cli->gate->store, cli->mem, &all, &x->group_count, err)) {
        return err->rc;
    } else {
        x->groups = all;
    }
    x->is_all = !w->group && !w->person;
    if (!w->person)
        return RC_OK;
    if (cli_find_person(cli, w->person, PERSON_PATIENT, person, err))
        return err->rc;
    x->person = person;
    return own_read(cli->gate, person, cli->mem, &x->own, err);
}

/* What two people agree to: said in the mail and the log, and bound to their codes. */
static const char *scope_of(struct cli *cli, const struct words *w, const struct export *x)
{
    const char *scope = "";

    for (size_t part = 0; part < EXPORT_PART_COUNT; part++)
        if (w->parts[part])
            scope = arena_printf(cli->mem, "%s%s%s", scope, *scope ? ", " : "", export_part_names[part]);
    return arena_printf(cli->mem, "%s: %s", x->is_all ? cli->gate->facts.domain : x->groups[0].slug, scope);
}

/* ---- two people ---- */

static int ask(struct cli *cli, const struct words *w, const char *scope)
{
    CLEANUP(json_free) struct json *root = json_object_new();
    struct person first, second;
    struct err err;

    if (cli_find_person(cli, w->first, PERSON_STAFF, &first, &err) ||
        cli_find_person(cli, w->second, PERSON_STAFF, &second, &err) ||
        two_people_ask(cli->gate, &cli->who, TWO_PEOPLE_EXPORT, &first, &second, scope, scope, &err))
        return cli_fail(cli, &err);
    json_set_str(root, "asked", scope);
    cli_say(cli,
            "A code was mailed to each of the two. Run this again within 24 hours with --code and --code in place of "
            "--first and --second.\n");
    cli_put(cli, &root);
    return EX_OK;
}

static enum rc check_allowed(struct cli *cli, const struct words *w, const struct export *x, const char *scope,
                             const char **ret_who, struct err *err)
{
    *ret_who = "";
    if (x->person)
        return RC_OK;
    if (w->codes.count != CODES)
        return err_set(err, RC_DENIED,
                       "what names many people takes two staff members: name them with --first ADDRESS and "
                       "--second ADDRESS, and each gets a code");
    return two_people_check(cli->gate, &cli->who, TWO_PEOPLE_EXPORT, scope, w->codes.values[0], w->codes.values[1],
                            cli->mem, ret_who, err);
}

/* ---- the folder ---- */

static void remove_half(const struct export *x, const struct words *w)
{
    for (size_t part = 0; part < EXPORT_PART_COUNT; part++)
        if (w->parts[part])
            unlink(arena_printf(x->cli->mem, "%s/%s", x->folder, export_file_names[part]));
    export_remove_photos(x);
    rmdir(x->folder);
}

static enum rc check_target(const char *folder, struct err *err)
{
    struct stat st;

    if (!lstat(folder, &st))
        return err_set(err, RC_CONFLICT, "%s is there already, and no export is written over: name a new folder",
                       folder);
    return errno == ENOENT ? RC_OK : err_errno(err, RC_TEMP, "%s", folder);
}

/* Written beside its name, which it gets when all of it is there. */
static enum rc write_all(struct export *x, const struct words *w, struct err *err)
{
    x->folder = arena_printf(x->cli->mem, "%s.part-%d", w->folder, (int)getpid());
    if (mkdir(x->folder, 0700))
        return err_errno(err, RC_TEMP, "%s", x->folder);
    for (size_t part = 0; part < EXPORT_PART_COUNT; part++)
        if (w->parts[part] && export_write(x, (enum export_part)part, err)) {
            remove_half(x, w);
            return err->rc;
        }
    if (renameat2(AT_FDCWD, x->folder, AT_FDCWD, w->folder, RENAME_NOREPLACE)) {
        const enum rc rc = err_errno(err, RC_TEMP, "%s", w->folder);

        remove_half(x, w);
        return rc;
    }
    return RC_OK;
}

static enum rc note(struct cli *cli, const struct export *x, const char *scope, const char *who, struct err *err)
{
    const enum audit_item kind = x->person ? AUDIT_ITEM_PERSON : AUDIT_ITEM_PRACTICE;
    const int64_t id = x->person ? x->person->id.v : cli->gate->store.practice.v;

    return record_alone(cli->gate, &cli->who, AUDIT_EXPORTED, kind, id,
                        arena_printf(cli->mem, "%s%s%s", scope, *who ? "; agreed: " : "", who), err);
}

static int write_export(struct cli *cli, const struct words *w, struct export *x, const char *scope)
{
    CLEANUP(json_free) struct json *root = json_object_new();
    const char *who;
    struct err err;

    /* the act is written down before a file exists: a crash leaves a row too many, never a copy that nobody knows of */
    if (check_target(w->folder, &err) || check_allowed(cli, w, x, scope, &who, &err) ||
        note(cli, x, scope, who, &err) || write_all(x, w, &err))
        return cli_fail(cli, &err);
    json_set_str(root, "folder", w->folder);
    for (size_t part = 0; part < EXPORT_PART_COUNT; part++)
        if (w->parts[part]) {
            json_set_int(root, export_part_names[part], x->rows[part]);
            if (part != EXPORT_PHOTOS || x->rows[part])
                cli_say(cli, "%8" PRId64 "  %s/%s\n", x->rows[part], w->folder, export_file_names[part]);
        }
    cli_say(cli, "These files are in clear. Hand them over, then delete them.\n");
    cli_put(cli, &root);
    return EX_OK;
}

int cli_export(struct cli *cli, int argc, char **argv)
{
    struct words w = { 0 };
    const struct cli_option options[] = {
        { .name = "what",
          .value = "LIST",
          .help = "members,posts,audit,deliveries,check-ins,mbox,photos (all)",
          .to = &w.what },
        { .name = "group",
          .value = "GROUP",
          .help = "of one group (all; the audit is the practice's)",
          .to = &w.group },
        { .name = "person", .value = "WHO", .help = "what is a person's own, for them", .to = &w.person },
        { .name = "first", .value = "ADDRESS", .help = "one of the two staff members who agree", .to = &w.first },
        { .name = "second", .value = "ADDRESS", .help = "the other", .to = &w.second },
        { .name = "code", .value = "DIGITS", .help = "what each of the two was mailed", .many = &w.codes },
    };
    int code = cli_options(cli, "DIR [options]", options, COUNT_OF(options), argc, argv, &w.folder, 1);
    struct export x = { .cli = cli };
    struct person person;
    const char *scope;
    struct err err;

    if (code != CLI_GO_ON)
        return code;
    if (!w.folder)
        return cli_usage(cli, "into which folder? It must not exist yet");
    if (!!w.first != !!w.second || (w.group && w.person) || (w.first && w.codes.count))
        return cli_usage(cli,
                         "--first and --second go together, --group and --person do not; codes come in a second call");
    code = cli_gate(cli);
    if (code != CLI_GO_ON)
        return code;
    if (read_parts(cli, &w, &err) || read_subject(cli, &w, &x, &person, &err))
        return cli_fail(cli, &err);
    scope = scope_of(cli, &w, &x);
    return w.first ? ask(cli, &w, scope) : write_export(cli, &w, &x, scope);
}
