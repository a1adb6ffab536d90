/*
 * cli: the command line: a table of commands, options, and output for people or as JSON.
 *
 * Shape    postcircle [--home DIR] [--json] COMMAND [SUBCOMMAND] [options]. A new command is one function in a file of gateway/cli/ and one line in
 *          CLI_COMMANDS. A command reads its options with cli_options, opens the practice with cli_gate, and returns an exit code.
 * Units    Exit codes of <sysexits.h>: 0 done, 64 usage, 65 wrong input, 66 no such thing, 69 gave up, 70 our fault, 73 a file cannot be made, 75 try again, 77 not allowed,
 *          78 settings or keys.
 * Errors   cli_fail prints "postcircle: …" on standard error (as {"error": …} with --json) and gives the code.
 * State    One per process.
 */
#ifndef GATEWAY_CLI_CLI_H
#define GATEWAY_CLI_CLI_H

#include "base/json.h"
#include "gateway/home/home.h"
#include "gateway/practice/gate.h"
#include "store/audit.h"
#include "store/group.h"
#include "store/person.h"

#include <sysexits.h>

struct cli {
    const char *home_option; /* --home or NULL */
    const char *domain;      /* --practice: which practice, by its domain; NULL: the only one */
    const char *program;     /* as it was called */
    bool is_json;
    const char *words;    /* "member add": what was called */
    bool is_one_of_many;  /* cli_each goes through several practices */
    struct home *home;    /* cli_home */
    struct gate *gate;    /* cli_gate */
    struct audit_who who; /* the caller, for the audit log */
    struct arena *mem;    /* as long as the command */
};

/* clang-format off */
/* X(words, function, help): the order of `postcircle --help`. */
#define CLI_COMMANDS(X)                                                                                                \
    X("init",          cli_init,          "make a home: settings, keys, database, the practice, the first two staff")  \
    X("demo",          cli_demo,          "play two weeks of an invented group, and leave it for you to look at")      \
    X("connect",       cli_connect,       "read a mailbox at google or microsoft: the steps there, the token, a mail to ourselves") \
    X("practice add",  cli_practice_add,  "add one more practice to the home: its own domain, staff and keys")          \
    X("practice set",  cli_practice_set,  "change what the practice says of itself and how it sends")                  \
    X("practice show", cli_practice_show, "show it")                                                                   \
    X("staff add",     cli_staff_add,     "add a staff member and ask them to opt in")                                 \
    X("staff set",     cli_staff_set,     "change role, title, address, duty")                                         \
    X("staff list",    cli_staff_list,    "list staff")                                                                \
    X("staff oncall",  cli_staff_oncall,  "the rota: who is on call when, and who is called in which order")           \
    X("staff calendar", cli_staff_calendar, "the private calendar of a staff member: a link to subscribe to, or take back") \
    X("group add",     cli_group_add,     "add a group")                                                               \
    X("group set",     cli_group_set,     "change a group")                                                            \
    X("group check",   cli_group_check,   "send a mail to its address, and see whether it comes back")                  \
    X("group list",    cli_group_list,    "list groups")                                                               \
    X("group show",    cli_group_show,    "show a group")                                                              \
    X("group card",    cli_group_card,    "write a hand-out with a helpline card, to print on one sheet")             \
    X("group resume",  cli_group_resume,  "let letters go out that wait because many came back")                        \
    X("group end",     cli_group_end,     "end a group: closing letter, later posts are refused kindly")               \
    X("member add",    cli_member_add,    "invite a person into a group")                                              \
    X("member import", cli_member_import, "invite everybody of a CSV file (name, email, phone, tags …), all or nothing")\
    X("member set",    cli_member_set,    "change a member")                                                           \
    X("member list",   cli_member_list,   "list the members of a group")                                               \
    X("member show",   cli_member_show,   "show a person: memberships, consents, addresses")                           \
    X("member remove", cli_member_remove, "remove a member")                                                           \
    X("post announce", cli_post_announce, "announce to a group: a preview goes to the author, SEND releases it")        \
    X("post topic",    cli_post_topic,    "open a conversation in a staff member's name; a moderator releases it")      \
    X("poll add",      cli_poll_add,      "ask a group a question with 2 to 9 answers; a moderator releases it")       \
    X("poll show",     cli_poll_show,     "show a group's poll")                                                       \
    X("checkin add",   cli_checkin_add,   "ask members one question day by day, in private; each says first whether they want it")\
    X("checkin list",  cli_checkin_list,  "list a group's check-ins")                                                   \
    X("checkin show",  cli_checkin_show,  "show who takes part and what they answered; this is audited")               \
    X("checkin end",   cli_checkin_end,   "ask no more")                                                                \
    X("visit add",     cli_visit_add,     "plan a group visit, or a series of them")                                    \
    X("visit list",    cli_visit_list,    "list visits, and the series they are made of")                               \
    X("visit show",    cli_visit_show,    "show a visit: who was asked, who answered what, who came; this is audited")  \
    X("visit move",    cli_visit_move,    "move a visit to another time")                                               \
    X("visit set",     cli_visit_set,     "change anything else about a visit")                                         \
    X("visit cancel",  cli_visit_cancel,  "cancel a visit, or what is ahead of a series")                               \
    X("visit attend",  cli_visit_attend,  "write down who came to a visit")                                             \
    X("zoom set",      cli_zoom_set,      "the practice's Zoom account, for visits with --link zoom; or take it away")    \
    X("zoom show",     cli_zoom_show,     "say which Zoom account is used, and what does not work")                    \
    X("text add",      cli_text_add,      "add an account at a provider of text messages, with a number")               \
    X("text set",      cli_text_set,      "change an account or a number; stop it, start it again, set a budget")       \
    X("text list",     cli_text_list,     "show accounts, numbers, what waits and what it cost")                         \
    X("phones",        cli_phones,        "play the phones of a demo number, three at once: no carrier, nobody is reached")\
    X("topic hour",    cli_topic_hour,    "the group's hour of the week for topics (post topic --weekly)")             \
    X("topic list",    cli_topic_list,    "list the topics that wait for their date")                                  \
    X("topic cancel",  cli_topic_cancel,  "take a topic back before its date")                                         \
    X("topic series",  cli_topic_series,  "list what comes again by a rule (post topic --rule), with its coming dates") \
    X("topic change",  cli_topic_change,  "change the words of a series; drafted dates are asked about anew")          \
    X("topic skip",    cli_topic_skip,    "leave one date of a series out")                                            \
    X("topic end",     cli_topic_end,     "end a series: what has not gone out will not")                              \
    X("digest preview",cli_digest_preview,"show what the next digest would say")                                       \
    X("digest send",   cli_digest_send,   "close the digest now, whatever the hour")                                   \
    X("receive",       cli_receive,       "take one message from standard input, for a mail server")                   \
    X("inspect",       cli_inspect,       "say what we understand of a message on standard input")                     \
    X("review list",   cli_review_list,   "list what waits for review, most urgent first")                             \
    X("review show",   cli_review_show,   "show a post: its words, what was taken away, why it is flagged")            \
    X("review decide", cli_review_decide, "decide about a post, as by mail: OK, NO rule 4, MOVE 2 …")                  \
    X("review parked", cli_review_parked, "mail that nobody could read: list it, look, save, try again, drop")         \
    X("review strangers",cli_review_strangers,"mail of people nobody knows: list it, read one")                         \
    X("review private",cli_review_private,"private talks with patients: list, read, answer, end")                       \
    X("report person",  cli_report_person,  "right of access: all that is about a person, nobody else's words")              \
    X("report group",   cli_report_group,   "what a group did, in numbers without names")                                    \
    X("report delivery",cli_report_delivery,"who got exactly what, when, in which version")                            \
    X("report texts",   cli_report_texts,   "what texts cost, by month and group")                                          \
    X("triage show",   cli_triage_show,   "show what calls a person: lists, model, what waits for two people")         \
    X("triage accept", cli_triage_accept, "let a change of the word lists count that calls a person less often")       \
    X("triage score",  cli_triage_score,  "set the model's threshold; higher, or off, takes two people")               \
    X("audit show",    cli_audit_show,    "show who did what")                                                         \
    X("audit verify",  cli_audit_verify,  "prove that nobody changed the record")                                      \
    X("serve",         cli_serve,         "work on and on: starts the roles and keeps them running")                   \
    X("work",          cli_work,          "do what is due, then end")                                                  \
    X("role",          cli_role,          "one role in this process (serve starts these)")                             \
    X("status",        cli_status,        "say what waits, since when, and which roles run")                           \
    X("doctor",        cli_doctor,        "look at everything that must be right; exit 1 when something is not")       \
    X("backup",        cli_backup,        "copy the database into a file, while it is in use")                         \
    X("restore",       cli_restore,       "make the home's database from a copy; nothing is sent before --release")    \
    X("export",        cli_export,        "CSV and mbox files; of more than one person it takes two staff members")      \
    X("purge person",  cli_purge_person,  "forget a person: words, names, addresses; --dry-run counts first")           \
    X("purge old",     cli_purge_old,     "delete now what is old enough, as the clock does every day")                \
    X("rekey",         cli_rekey,         "seal everything with a new key and destroy the old one")
/* clang-format on */

#define CLI_DECLARE(words, function, help) int function(struct cli *cli, int argc, char **argv);
CLI_COMMANDS(CLI_DECLARE)
#undef CLI_DECLARE

/* What main calls. */
int cli_main(int argc, char **argv);

/* One option of a command. With `to` it takes a value (the last one wins), with `flag` none, with `many` it may be repeated. */
struct cli_many {
    const char **values; /* CLI_MANY_MAX at most */
    size_t count;
};
#define CLI_MANY_MAX 64
struct cli_option {
    const char *name;  /* without "--" */
    const char *value; /* "NAME", "HH:MM": for the help; NULL of a flag */
    const char *help;
    const char **to;
    bool *flag;
    struct cli_many *many;
};

#define CLI_GO_ON (-1)
/* Reads "--name value" and "--name=value"; what is left over goes to args (exactly max_args of them when is_exact). Help says what stands
 * behind the command's words ("GROUP [options]"). CLI_GO_ON, or the exit code (help was shown, or the usage is wrong). */
int cli_options(struct cli *cli, const char *form, const struct cli_option *options, size_t count, int argc,
                char **argv, const char **args, int max_args);

/* Open what is needed; CLI_GO_ON or the exit code. Everything is closed when the command returns. */
int cli_home(struct cli *cli);
int cli_gate(struct cli *cli);
/* For what is about the whole home: opens each practice in turn (that of --practice, or the one that is open, else all) and runs `run` on it, which gives
 * CLI_GO_ON or an exit code that ends it, and may give an object for cli_put. Of several practices *ret_root is {"practices": […]}, each with its domain as
 * "practice". CLI_GO_ON or the exit code. */
typedef int cli_each_fn(struct cli *cli, void *ctx, struct json **ret_root);
int cli_each(struct cli *cli, cli_each_fn *run, void *ctx, struct json **ret_root);
/* Its two halves, for who goes on when a practice does not open. */
MUST_CHECK enum rc cli_practices(struct cli *cli, struct practice_id **ret_ids, size_t *ret_n, struct err *err);
MUST_CHECK enum rc cli_open_practice(struct cli *cli, struct practice_id practice, struct err *err);
/* A line with the practice's domain, where there are several. */
void cli_say_practice(const struct cli *cli);
/* Text with every "postcircle COMMAND" as this program was called, with its --home and --practice, to be pasted. */
const char *cli_called(const struct cli *cli, const char *text);

int cli_fail(const struct cli *cli, const struct err *err);
int cli_usage(const struct cli *cli, const char *fmt, ...) PRINTF_LIKE(2, 3);
int cli_exit_code(enum rc rc);

/* RC_CONFLICT while `serve` runs on the home: its roles would write into what is taken from under them. */
MUST_CHECK enum rc cli_check_nobody_serves(const char *home_path, struct err *err);

/* "Ana Ruiz <ana@example.org>" into its two parts; RC_INPUT. */
MUST_CHECK enum rc cli_read_mailbox(const struct cli *cli, const char *text, const char **ret_name,
                                    const char **ret_address, struct err *err);
/* The group of a slug or number; the person of an email address or number. */
/* After a change of the settings by which mail comes: a mail to every group that waits to be checked; says so, or what went wrong. */
void cli_check_addresses(struct cli *cli);
MUST_CHECK enum rc cli_find_group(struct cli *cli, const char *text, struct care_group *ret_group, struct err *err);
MUST_CHECK enum rc cli_find_person(struct cli *cli, const char *text, enum person_kind kind, struct person *ret_person,
                                   struct err *err);
/* A staff member who acts or whose name stands under words: at work here, and they have said YES (RC_DENIED says what to do). */
MUST_CHECK enum rc cli_find_staff(struct cli *cli, const char *text, struct person *ret_staff, struct err *err);
/* "2026-03-10 09:00", a local time of the zone; RC_INPUT. */
/* "2026-12-25", as a civil day. */
MUST_CHECK enum rc cli_read_date(const char *text, int64_t *ret_day, struct err *err);
MUST_CHECK enum rc cli_read_moment(const char *text, const char *zone, int64_t *ret_ms, struct err *err);
/* The place of a word in a list of names (names[0] is no value), or -1. */
int cli_find_word(const char *word, const char *const *names, size_t count);

/* Output. cli_put takes the object and prints it: as JSON with --json; else `say` was already used. */
void cli_say(const struct cli *cli, const char *fmt, ...) PRINTF_LIKE(2, 3);  /* nothing with --json */
void cli_warn(const struct cli *cli, const char *fmt, ...) PRINTF_LIKE(2, 3); /* standard error; red on a terminal */
void cli_put(const struct cli *cli, struct json **root);                      /* prints with --json, frees always */

/* Says nothing, or {"ok": true} with --json; EX_OK. */
int cli_done(const struct cli *cli);

/* cli_done, and in one line what a command set: each option that was given, with its value, but those that say where ("group", "by"). */
int cli_done_set(const struct cli *cli, const struct cli_option *options, size_t count);

/* An aligned table: cells of text, a header first. With --json the rows become a list of objects named by the header. */
struct cli_table;
struct cli_table *cli_table_new(struct arena *mem, const char *const *header, size_t columns);
/* The column holds whole numbers: JSON gets them as such. */
void cli_table_numbers(struct cli_table *table, size_t column);
void cli_table_row(struct cli_table *table, const char *const *cells);
void cli_table_print(const struct cli *cli, struct cli_table *table);

/* "name: value" lines, or one object. */
void cli_pair(const struct cli *cli, struct json *object, const char *key, const char *label, const char *value);

#endif
