/* postcircle report person: the right of access: what is about a person, and nobody else's words or names (gateway/office/own says what is theirs). */
#include "gateway/cli/report_person_text.h"
#include "gateway/cli/sheet.h"
#include "gateway/cli/visit.h"

#include "base/io.h"
#include "base/text.h"
#include "gateway/cli/photo_files.h"
#include "gateway/note/poll.h"
#include "gateway/office/own.h"
#include "gateway/people/check_in_say.h"
#include "gateway/practice/record.h"
#include "store/accounting.h"
#include "store/consent.h"
#include "store/private.h"

#define NOTES_MAX 1000 /* of one page */
#define ALL ((size_t)INT32_MAX)
#define ACTS_MAX 20000
#define ANSWERS_MAX 20000

struct report {
    struct cli *cli;
    const struct person *person;
    struct own *own;
    struct json *root;
    const char *folder; /* for photos; NULL: they are only named */
};

static void say_heading(struct cli *cli, const char *title)
{
    cli_say(cli, "\n%s\n", title);
}

/* ---- who ---- */

static enum rc put_person(struct report *r, struct err *err)
{
    struct cli *const cli = r->cli;
    const struct person *const p = r->person;
    struct json *list = json_array_new();
    struct address *addresses = NULL;
    size_t n = 0;
    enum rc rc;

    cli_say(cli, "What the practice's support groups hold about you\n");
    cli_pair(cli, r->root, "name", "Name:", p->name);
    cli_pair(cli, r->root, "phone", "Phone:", p->phone);
    cli_pair(cli, r->root, "emergency", "Emergency contact:", p->emergency);
    cli_pair(cli, r->root, "chart", "Chart:", p->chart);
    cli_pair(cli, r->root, "language", "Language:", person_language_name(p->language));
    cli_pair(cli, r->root, "since", "Since:", sheet_time(cli, p->created_ms));
    rc = person_addresses(&cli->gate->store, p->id, cli->mem, &addresses, &n, err);
    for (size_t i = 0; !rc && i < n; i++) {
        json_push_str(list, addresses[i].value);
        cli_say(cli, "%-18s %s\n", "Address:", addresses[i].value);
    }
    json_set(r->root, "addresses", &list);
    return rc;
}

static enum rc put_seat(struct report *r, const struct membership *m, struct json *list, struct err *err)
{
    struct cli *const cli = r->cli;
    struct json *seat = json_object_new();
    struct care_group group;
    const enum rc rc = group_get(&cli->gate->store, m->group, cli->mem, &group, err);

    if (!rc) {
        json_set_str(seat, "group", group.alias);
        json_set_str(seat, "shown_name", m->name);
        json_set_str(seat, "role", member_role_name(m->role));
        json_set_str(seat, "state", member_state_name(m->state));
        json_set_str(seat, "rhythm", member_rhythm_name(m->rhythm));
        json_set_str(seat, "joined", sheet_time(cli, m->joined_ms));
        json_set_str(seat, "left", sheet_time(cli, m->left_ms));
        cli_say(cli, "  %s: %s, as \"%s\", %s, letters %s\n", group.alias, member_role_name(m->role), m->name,
                member_state_name(m->state), member_rhythm_name(m->rhythm));
    }
    json_push(list, &seat);
    return rc;
}

static enum rc put_seats(struct report *r, struct err *err)
{
    struct json *list = json_array_new();
    struct membership *seats = NULL;
    size_t n = 0;
    enum rc rc = membership_of_person(&r->cli->gate->store, r->person->id, r->cli->mem, &seats, &n, err);

    say_heading(r->cli, "Groups");
    for (size_t i = 0; !rc && i < n; i++)
        rc = put_seat(r, &seats[i], list, err);
    json_set(r->root, "groups", &list);
    return rc;
}

/* What staff wrote beside a consent on paper or by phone is theirs, not the person's. */
static enum rc put_consents(struct report *r, struct err *err)
{
    struct cli *const cli = r->cli;
    struct json *list = json_array_new();
    struct consent *consents = NULL;
    size_t n = 0;
    const enum rc rc = consent_of_person(&cli->gate->store, r->person->id, cli->mem, &consents, &n, err);

    say_heading(cli, "What you agreed to");
    for (size_t i = 0; !rc && i < n; i++) {
        const struct consent *const c = &consents[i];
        const bool is_own = c->way == CONSENT_BY_REPLY && c->evidence;
        const char *const kind =
            c->kind == CONSENT_RECEIVE ? "to receive letters" : "to have your notes sent to others";
        struct json *one = json_object_new();

        json_set_str(one, "at", sheet_time(cli, c->at_ms));
        json_set_str(one, "kind", kind);
        json_set_bool(one, "is_given", c->is_given);
        json_set_str(one, "way", consent_way_name(c->way));
        json_set_str(one, "your_words", is_own ? own_words(r->own, c->evidence, cli->mem) : NULL);
        cli_say(cli, "  %s  %s %s, by %s\n", sheet_time(cli, c->at_ms), c->is_given ? "yes" : "no", kind,
                consent_way_name(c->way));
        json_push(list, &one);
    }
    json_set(r->root, "consents", &list);
    return rc;
}

/* ---- notes ---- */

static const char *fate_of(enum post_state state)
{
    static const char *const names[POST_STATE_END] = {
        [POST_HELD] = "waits for a person to read it",
        [POST_ASKED] = "waits for your answer",
        [POST_REFERRED] = "waits for a second opinion",
        [POST_HALF_RELEASED] = "waits for a second person",
        [POST_PUBLISHED] = "sent to the group",
        [POST_CORRECTED] = "sent to the group, with a note from the care team",
        [POST_REJECTED] = "not sent",
        [POST_RETURNED] = "given back to you",
        [POST_WITHDRAWN] = "withdrawn",
        [POST_PRIVATE] = "answered privately",
    };

    return state > 0 && state < POST_STATE_END && names[state] ? names[state] : "?";
}

static void say_words(struct cli *cli, const char *label, const char *words)
{
    const char *line;
    size_t n;

    cli_say(cli, "    %s\n", label);
    while (text_next_line(&words, &line, &n))
        cli_say(cli, "      %.*s\n", (int)n, line);
}

/* As they were made anew: what came in is in the raw mail, which goes by itself. */
static enum rc put_photos(struct report *r, const struct post *post, struct json *note, struct err *err)
{
    struct cli *const cli = r->cli;
    struct json *list = json_array_new();
    struct photo_row *photos = NULL;
    size_t n = 0;
    const enum rc rc = photo_files_save(cli, post->id, r->folder, cli->mem, &photos, &n, err);

    for (size_t i = 0; !rc && i < n; i++) {
        const char *const file =
            r->folder ? arena_printf(cli->mem, "%s/%s", r->folder, photo_files_name(&photos[i], cli->mem)) : "";
        const char *const shows = own_words(r->own, photos[i].alt, cli->mem);
        struct json *one = json_object_new();

        json_set_int(one, "width", photos[i].width);
        json_set_int(one, "height", photos[i].height);
        json_set_str(one, "shows", shows);
        json_set_str(one, "file", file);
        json_push(list, &one);
        cli_say(cli, "    With a photo, %" PRId64 " x %" PRId64 "%s%s%s%s\n", photos[i].width, photos[i].height,
                *shows ? ": " : "", shows, *file ? ", in " : "", file);
    }
    json_set(note, "photos", &list);
    return rc;
}

static enum rc put_note(struct report *r, const struct post *post, struct json *list, struct err *err)
{
    struct cli *const cli = r->cli;
    struct json *one = json_object_new();
    struct own_note note = { .written = "" };
    enum rc rc = own_note(cli->gate, r->own, post, cli->mem, &note, err);

    if (!rc) {
        json_set_str(one, "at", sheet_time(cli, post->created_ms));
        json_set_str(one, "state", fate_of(post->state));
        json_set_str(one, "sent", sheet_time(cli, post->published_ms));
        json_set_str(one, "title", note.title);
        json_set_str(one, "written", note.written);
        json_set_str(one, "published", note.published);
        cli_say(cli, "  %s  %s%s%s\n", sheet_time(cli, post->created_ms), fate_of(post->state),
                note.title                   ? ": "
                : post->kind == POST_COMMENT ? ", an answer in a talk"
                                             : "",
                note.title ? note.title : "");
        say_words(cli, "You wrote:", note.written);
        if (note.published)
            say_words(cli, "It went out as:", note.published);
    }
    if (!rc && post->flags & POST_FLAG_WITH_PHOTO)
        rc = put_photos(r, post, one, err);
    json_push(list, &one);
    return rc;
}

static enum rc put_notes(struct report *r, struct err *err)
{
    struct json *list = json_array_new();
    struct post_id last = { 0 };
    int64_t since_ms = 0;
    size_t n = 0;
    enum rc rc;

    say_heading(r->cli, "Your notes");
    do {
        struct post *posts = NULL;

        rc = post_by_since(&r->cli->gate->store, r->person->id, since_ms, r->cli->mem, &posts, &n, err);
        for (size_t i = 0; !rc && i < n; i++) {
            if (posts[i].id.v <= last.v)
                continue;
            rc = put_note(r, &posts[i], list, err);
            last = posts[i].id;
            since_ms = posts[i].created_ms;
        }
    } while (!rc && n == NOTES_MAX);
    json_set(r->root, "notes", &list);
    return rc;
}

/* ---- between them and staff ---- */

static void put_private_note(struct report *r, const struct private_note *note, struct json *list)
{
    struct cli *const cli = r->cli;
    const bool is_own = note->author.v == r->person->id.v, is_above = is_own && note->post.v;
    const char *const words = own_words(r->own, note->text, cli->mem);
    struct json *one = json_object_new();

    json_set_str(one, "at", sheet_time(cli, note->at_ms));
    json_set_str(one, "by", is_own ? "you" : note->author.v ? "staff" : "the program");
    json_set_bool(one, "is_note", is_above);
    json_set_str(one, "written", words);
    json_push(list, &one);
    cli_say(cli, "  %s  %s%s\n", sheet_time(cli, note->at_ms),
            is_own           ? "you, to staff alone"
            : note->author.v ? "staff, to you alone"
                             : "the program, to staff alone",
            is_above ? ": one of your notes above" : "");
    if (!is_above)
        say_words(cli, is_own ? "You wrote:" : note->author.v ? "Staff wrote:" : "Beside your answer:", words);
}

/* What they wrote to staff alone, and what staff answered: both are part of their record. Names and words of others are in neither. */
static enum rc put_private(struct report *r, struct err *err)
{
    struct cli *const cli = r->cli;
    struct store *const st = &cli->gate->store;
    struct json *list = json_array_new();
    struct private_talk *talks = NULL;
    size_t count = 0;
    enum rc rc = private_list(st, r->person->id, ALL, cli->mem, &talks, &count, err);

    say_heading(cli, "Between you and staff alone");
    for (size_t t = count; !rc && t-- > 0;) { /* oldest first */
        struct private_note *notes = NULL;
        size_t n = 0;

        rc = private_notes(st, talks[t].id, ALL, cli->mem, &notes, &n, err);
        for (size_t i = 0; !rc && i < n; i++)
            put_private_note(r, &notes[i], list);
    }
    json_set(r->root, "private", &list);
    return rc;
}

/* Closed polls hold no votes. */
static enum rc put_votes(struct report *r, struct err *err)
{
    struct cli *const cli = r->cli;
    struct json *list = json_array_new();
    struct poll_choice *votes = NULL;
    size_t n = 0;
    enum rc rc = poll_votes_of(&cli->gate->store, r->person->id, cli->mem, &votes, &n, err);

    say_heading(cli, "Your votes in polls that are open");
    for (size_t i = 0; !rc && i < n; i++) {
        const char *labels[POLL_OPTIONS_MAX + 1], *label;
        struct json *one;
        struct post post;

        rc = post_get(&cli->gate->store, votes[i].post, cli->mem, &post, err);
        if (rc)
            break;
        poll_labels(post.text, cli->mem, labels);
        label = labels[votes[i].number] ? own_words(r->own, labels[votes[i].number], cli->mem) : "";
        one = json_object_new();
        json_set_str(one, "at", sheet_time(cli, votes[i].at_ms));
        json_set_int(one, "number", votes[i].number);
        json_set_str(one, "answer", label);
        json_push(list, &one);
        cli_say(cli, "  %s  you chose %d: %s\n", sheet_time(cli, votes[i].at_ms), votes[i].number, label);
    }
    json_set(r->root, "votes", &list);
    return rc;
}

static enum rc put_check_in(struct report *r, const struct check_in_value *v, struct json *list, struct err *err)
{
    struct cli *const cli = r->cli;
    struct json *one = json_object_new();
    struct check_in c;
    const enum rc rc = check_in_get(&cli->gate->store, v->check_in, cli->mem, &c, err);

    if (!rc) {
        const char *answer = check_in_say_value(&c, v->value, LANGUAGE_ENGLISH, cli->mem);

        json_set_str(one, "at", sheet_time(cli, v->at_ms));
        json_set_str(one, "question", c.question);
        json_set_str(one, "answer", answer);
        cli_say(cli, "  %s  %s %s\n", sheet_time(cli, v->at_ms), c.question, answer);
    }
    json_push(list, &one);
    return rc;
}

static enum rc put_check_ins(struct report *r, struct err *err)
{
    struct json *list = json_array_new();
    struct check_in_value *values = NULL;
    size_t n = 0;
    enum rc rc = check_in_answers_of(&r->cli->gate->store, (struct check_in_id){ 0 }, r->person->id, ANSWERS_MAX,
                                     r->cli->mem, &values, &n, err);

    say_heading(r->cli, "Your answers to check-ins");
    for (size_t i = 0; !rc && i < n; i++)
        rc = put_check_in(r, &values[i], list, err);
    json_set(r->root, "check_ins", &list);
    return rc;
}

static enum rc put_visits(struct report *r, struct err *err)
{
    struct json *list = NULL;

    say_heading(r->cli, "Your visits");
    if (cli_visit_report(r->cli, r->person->id, &list, err))
        return err->rc;
    json_set(r->root, "visits", &list);
    return RC_OK;
}

/* ---- what was sent, what was done ---- */

static enum rc put_letter(void *ctx, const struct accounting_row *row, struct err *err)
{
    struct report *const r = ctx;
    struct cli *const cli = r->cli;
    struct json *list = json_get(r->root, "letters"), *one = json_object_new();
    const struct delivery *const d = &row->delivery;

    (void)err;
    json_set_str(one, "sent", sheet_time(cli, d->sent_ms));
    json_set_str(one, "state", delivery_state_name(d->state));
    json_set_str(one, "kind", row->kind ? mailing_template_name(row->kind) : "digest");
    json_set_str(one, "address", row->address);
    json_push(list, &one);
    cli_say(cli, "  %-20s  %-9s %-16s %s\n", sheet_time(cli, d->sent_ms), delivery_state_name(d->state),
            row->kind ? mailing_template_name(row->kind) : "digest", row->address);
    return RC_OK;
}

static enum rc put_letters(struct report *r, struct err *err)
{
    const struct accounting_filter filter = { .person = r->person->id };
    struct json *list = json_array_new();

    say_heading(r->cli, "Letters to you");
    json_set(r->root, "letters", &list);
    return accounting_walk(&r->cli->gate->store, &filter, put_letter, r, err);
}

/* Which act, when, by which kind of person: names of staff are theirs. */
static enum rc put_acts(struct report *r, struct err *err)
{
    struct cli *const cli = r->cli;
    struct json *list = json_array_new();
    struct audit_entry *acts = NULL;
    size_t n = 0;
    const enum rc rc =
        audit_list(&cli->gate->store, AUDIT_ITEM_PERSON, r->person->id.v, 0, ACTS_MAX, cli->mem, &acts, &n, err);

    say_heading(cli, "What was done about your record");
    for (size_t i = 0; !rc && i < n; i++) {
        const bool is_own = acts[i].who.actor == AUDIT_PATIENT;
        const char *const who = is_own ? "you" : acts[i].who.actor == AUDIT_SYSTEM ? "the program" : "staff";
        struct json *one = json_object_new();

        json_set_str(one, "at", sheet_time(cli, acts[i].at_ms));
        json_set_str(one, "act", audit_verb_name(acts[i].verb));
        json_set_str(one, "by", who);
        json_push(list, &one);
        cli_say(cli, "  %s  %s, by %s\n", sheet_time(cli, acts[i].at_ms), audit_verb_name(acts[i].verb), who);
    }
    json_set(r->root, "acts", &list);
    return rc;
}

/* ---- the command ---- */

static enum rc print_report(struct cli *cli, const struct person *p, const char *folder, struct err *err)
{
    CLEANUP(json_free) struct json *root = json_object_new();
    struct report r = { .cli = cli, .person = p, .root = root, .folder = folder };

    if ((folder && io_make_dir(folder, 0700, err)) || own_read(cli->gate, p, cli->mem, &r.own, err) ||
        put_person(&r, err) || put_seats(&r, err) || put_consents(&r, err) || put_notes(&r, err) ||
        put_private(&r, err) || put_votes(&r, err) || put_check_ins(&r, err) || put_visits(&r, err) ||
        put_letters(&r, err) || report_person_text(cli, r.own, p, root, err) || put_acts(&r, err))
        return err->rc;
    cli_put(cli, &root);
    return RC_OK;
}

int cli_report_person(struct cli *cli, int argc, char **argv)
{
    const char *who = NULL, *folder = NULL;
    const struct cli_option options[] = {
        { .name = "photos", .value = "DIR", .help = "write their photos into this folder", .to = &folder },
    };
    int code = cli_options(cli, "ADDRESS|NUMBER", options, COUNT_OF(options), argc, argv, &who, 1);
    struct person p;
    struct err err;

    if (code != CLI_GO_ON)
        return code;
    if (!who)
        return cli_usage(cli, "about whom? Name them by email address or number");
    code = cli_gate(cli);
    if (code != CLI_GO_ON)
        return code;
    if (cli_find_person(cli, who, PERSON_PATIENT, &p, &err) ||
        sheet_note_read(cli, AUDIT_ITEM_PERSON, p.id.v, "right of access", &err) || print_report(cli, &p, folder, &err))
        return cli_fail(cli, &err);
    return EX_OK;
}
