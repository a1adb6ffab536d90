/* The files of an export: the part of export.h that reads and writes rows. */
#include "gateway/cli/export.h"

#include "gateway/cli/photo_files.h"
#include "gateway/cli/sheet.h"
#include "gateway/home/mbox.h"
#include "gateway/people/check_in_say.h"
#include "gateway/send/outbox.h"
#include "store/accounting.h"
#include "store/conversation.h"
#include "store/rows.h"

#define PAGE 500
#define ANSWERS_MAX 20000 /* of one person and check-in */
#define PROGRESS_EVERY 5000

const char *const export_part_names[EXPORT_PART_COUNT] = { "members", "posts",     "audit", "deliveries",
                                                           "mbox",    "check-ins", "photos" };
const char *const export_file_names[EXPORT_PART_COUNT] = { "members.csv",    "posts.csv",    "audit.csv",
                                                           "deliveries.csv", "letters.mbox", "check-ins.csv",
                                                           "photos.csv" };

/* One file on its way. */
struct file {
    struct export *x;
    enum export_part part;
    struct csv_file *csv;
    struct mbox *mbox;
    struct outbox *outbox;
    struct wire *wire;
    int64_t *seen; /* renderings that are in the mbox */
    size_t seen_count, seen_cap;
    struct delivery **copies; /* to be written when the walk is over: filling one reads the store too */
    size_t copy_count, copy_cap;
};

static void count_row(struct file *f)
{
    const int64_t n = ++f->x->rows[f->part];

    if (!f->x->cli->is_json && n % PROGRESS_EVERY == 0)
        fprintf(stderr, "%s: %" PRId64 "\n", export_part_names[f->part], n);
}

static void put(struct file *f, const char *const *cells, size_t n)
{
    csv_file_row(f->csv, cells, n);
    count_row(f);
}

/* ---- members ---- */

static const char *const member_columns[] = { "person",    "group", "shown_name", "name",   "email",  "phone", "chart",
                                              "emergency", "role",  "state",      "rhythm", "joined", "left" };

static enum rc put_member(struct file *f, const struct care_group *group, const struct membership *m, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("export_member");
    struct cli *const cli = f->x->cli;
    struct address address = { .value = "" };
    struct person p;

    if (person_get(&cli->gate->store, m->person, mem, &p, err) ||
        address_get(&cli->gate->store, m->address, mem, &address, err))
        return err->rc;
    const char *const cells[] = { sheet_number(cli, p.id.v),
                                  group->slug,
                                  m->name,
                                  p.name,
                                  address.value,
                                  p.phone,
                                  p.chart,
                                  p.emergency,
                                  member_role_name(m->role),
                                  member_state_name(m->state),
                                  member_rhythm_name(m->rhythm),
                                  sheet_time(cli, m->joined_ms),
                                  sheet_time(cli, m->left_ms) };

    put(f, cells, COUNT_OF(cells));
    return RC_OK;
}

static enum rc put_members(struct file *f, const struct care_group *group, struct err *err)
{
    struct membership_id after = { 0 };
    size_t n;

    do {
        CLEANUP(arena_free) struct arena *mem = arena_new("export_members");
        struct membership *list = NULL;

        if (membership_page(&f->x->cli->gate->store, group->id, after, PAGE, mem, &list, &n, err))
            return err->rc;
        for (size_t i = 0; i < n; i++)
            if ((!f->x->person || list[i].person.v == f->x->person->id.v) && put_member(f, group, &list[i], err))
                return err->rc;
        if (n)
            after = list[n - 1].id;
    } while (n == PAGE);
    return RC_OK;
}

/* ---- posts ---- */

static const char *const post_columns[] = { "post",    "group",     "person", "kind", "state", "tier",
                                            "created", "published", "title",  "text", "note" };

static enum rc put_post(struct file *f, const struct care_group *group, const struct post *p, struct arena *mem,
                        struct err *err)
{
    static const char *const kinds[] = { "", "post", "comment", "announcement" };
    struct cli *const cli = f->x->cli;
    struct own_note own = { .written = p->text };
    struct conversation c = { .title = "" };

    if (f->x->person ? own_note(cli->gate, f->x->own, p, mem, &own, err)
                     : p->conversation.v && conversation_get(&cli->gate->store, p->conversation, mem, &c, err))
        return err->rc;
    const char *const cells[] = { sheet_number(cli, p->id.v),         group->slug,
                                  sheet_number(cli, p->author.v),     kinds[p->kind],
                                  post_state_name(p->state),          arena_printf(mem, "%d", p->tier),
                                  sheet_time(cli, p->created_ms),     sheet_time(cli, p->published_ms),
                                  f->x->person ? own.title : c.title, own.written,
                                  f->x->person ? "" : p->note };

    put(f, cells, COUNT_OF(cells));
    return RC_OK;
}

static enum rc put_own_letter(struct file *f, const struct care_group *group, const struct post *p, struct arena *mem,
                              struct err *err);

static enum rc put_posts(struct file *f, const struct care_group *group, struct err *err)
{
    struct post_id after = { 0 };
    size_t n;

    do {
        CLEANUP(arena_free) struct arena *mem = arena_new("export_posts");
        struct post *posts = NULL;

        if (post_page(&f->x->cli->gate->store, group->id, after, PAGE, mem, &posts, &n, err))
            return err->rc;
        for (size_t i = 0; i < n; i++) {
            if (f->x->person && posts[i].author.v != f->x->person->id.v)
                continue;
            if (f->part == EXPORT_MBOX ? put_own_letter(f, group, &posts[i], mem, err)
                                       : put_post(f, group, &posts[i], mem, err))
                return err->rc;
        }
        if (n)
            after = posts[n - 1].id;
    } while (n == PAGE);
    return RC_OK;
}

/* ---- audit ---- */

static const char *const audit_columns[] = { "seq", "at", "actor", "actor_id", "act", "item", "way", "old", "new" };

static enum rc put_audit(struct file *f, struct err *err)
{
    struct cli *const cli = f->x->cli;
    const struct person *const p = f->x->person;
    int64_t after = 0;
    size_t n;

    do {
        CLEANUP(arena_free) struct arena *mem = arena_new("export_audit");
        struct audit_entry *list = NULL;

        if (audit_list(&cli->gate->store, p ? AUDIT_ITEM_PERSON : (enum audit_item)0, p ? p->id.v : 0, after, PAGE, mem,
                       &list, &n, err))
            return err->rc;
        for (size_t i = 0; i < n; i++) {
            const struct audit_entry *const e = &list[i];
            const char *const cells[] = { sheet_number(cli, e->seq),      sheet_time(cli, e->at_ms),
                                          audit_actor_name(e->who.actor), p ? "" : sheet_number(cli, e->who.id),
                                          audit_verb_name(e->verb),       sheet_number(cli, e->item_id),
                                          audit_way_name(e->who.way),     p ? "" : e->old_value,
                                          p ? "" : e->new_value };

            put(f, cells, COUNT_OF(cells));
            after = e->seq;
        }
    } while (n == PAGE);
    return RC_OK;
}

/* ---- deliveries and letters ---- */

static const char *const delivery_columns[] = { "delivery", "sent",    "state",     "kind",  "person",
                                                "name",     "address", "group",     "issue", "version",
                                                "mailing",  "answer",  "message_id" };

static enum rc put_delivery(void *ctx, const struct accounting_row *row, struct err *err)
{
    struct file *const f = ctx;
    struct cli *const cli = f->x->cli;
    const struct delivery *const d = &row->delivery;
    const char *const cells[] = { sheet_number(cli, d->id.v),
                                  sheet_time(cli, d->sent_ms),
                                  delivery_state_name(d->state),
                                  row->kind ? mailing_template_name(row->kind) : "",
                                  sheet_number(cli, d->person.v),
                                  row->name,
                                  row->address,
                                  row->slug,
                                  sheet_number(cli, row->issue_number),
                                  sheet_number(cli, row->issue_version),
                                  sheet_number(cli, d->mailing.v),
                                  sheet_number(cli, d->code),
                                  message_id_text(d->message_key, cli->gate->facts.domain, cli->mem) };

    (void)err;
    put(f, cells, COUNT_OF(cells));
    return RC_OK;
}

/* ---- check-ins ---- */

static const char *const check_in_columns[] = { "checkin", "group", "person", "at", "question", "answer" };

static void put_answers(struct file *f, const struct care_group *group, const struct check_in *c,
                        const struct check_in_value *values, size_t n, struct arena *mem)
{
    struct cli *const cli = f->x->cli;

    for (size_t i = 0; i < n; i++) {
        const char *const cells[] = {
            sheet_number(cli, c->id.v),       group->slug, sheet_number(cli, values[i].person.v),
            sheet_time(cli, values[i].at_ms), c->question, check_in_say_value(c, values[i].value, LANGUAGE_ENGLISH, mem)
        };

        put(f, cells, COUNT_OF(cells));
    }
}

static enum rc put_check_in(struct file *f, const struct care_group *group, const struct check_in *c, struct err *err)
{
    struct store *const st = &f->x->cli->gate->store;
    int64_t after = 0;
    size_t n;

    do {
        CLEANUP(arena_free) struct arena *mem = arena_new("export_answers");
        struct check_in_value *values = NULL;

        if (f->x->person ? check_in_answers_of(st, c->id, f->x->person->id, ANSWERS_MAX, mem, &values, &n, err)
                         : check_in_answers_page(st, c->id, after, PAGE, mem, &values, &n, err))
            return err->rc;
        put_answers(f, group, c, values, n, mem);
        if (n)
            after = values[n - 1].id;
    } while (!f->x->person && n == PAGE);
    return RC_OK;
}

static enum rc put_check_ins(struct file *f, const struct care_group *group, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("export_check_ins");
    struct check_in *list = NULL;
    size_t n;

    if (check_in_list(&f->x->cli->gate->store, group->id, mem, &list, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++)
        if (put_check_in(f, group, &list[i], err))
            return err->rc;
    return RC_OK;
}

/* What everybody of a group could get: no answers to one person, nothing for staff. */
static bool is_for_group(enum mailing_kind kind)
{
    return (kind >= MAILING_DIGEST && kind <= MAILING_CORRECTION) || kind == MAILING_MORE;
}

static bool is_first_of_rendering(struct file *f, int64_t mailing)
{
    for (size_t i = f->seen_count; i-- > 0;)
        if (f->seen[i] == mailing)
            return false;
    f->seen = rows_room(f->x->cli->mem, f->seen, f->seen_count, &f->seen_cap, sizeof *f->seen);
    f->seen[f->seen_count++] = mailing;
    return true;
}

/* One copy of each rendering, as the group got it. What was erased with a person is left out. */
static enum rc note_letter(void *ctx, const struct accounting_row *row, struct err *err)
{
    struct file *const f = ctx;
    const struct delivery *const d = &row->delivery;

    (void)err;
    if (d->state == DELIVERY_SENT && is_for_group(row->kind) && is_first_of_rendering(f, d->mailing.v)) {
        struct delivery *const kept = ARENA_NEW(f->x->cli->mem, struct delivery);

        *kept = *d;
        kept->values = NULL;
        f->copies = rows_room(f->x->cli->mem, f->copies, f->copy_count, &f->copy_cap, sizeof *f->copies);
        f->copies[f->copy_count++] = kept;
    }
    return RC_OK;
}

static enum rc put_letters(struct file *f, struct err *err)
{
    const char *bytes;
    size_t n;

    for (size_t i = 0; i < f->copy_count; i++) {
        const enum rc rc = outbox_show(f->outbox, f->copies[i], f->wire, err);

        if (rc == RC_NOT_FOUND)
            continue;
        if (rc)
            return rc;
        bytes = wire_bytes(f->wire, &n);
        mbox_add(f->mbox, bytes, n, f->copies[i]->copy_ms);
        count_row(f);
    }
    f->copy_count = 0;
    return RC_OK;
}

/* A line below the words for each photo: its file in the same export. */
static enum rc own_photos(struct file *f, const struct post *p, struct arena *mem, const char **text, struct err *err)
{
    struct photo_row *photos = NULL;
    size_t n = 0;

    if (photo_files_save(f->x->cli, p->id, NULL, mem, &photos, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++)
        *text = arena_printf(mem, "%s\n\n[" EXPORT_PHOTO_FOLDER "/%s]", *text, photo_files_name(&photos[i], mem));
    return RC_OK;
}

static enum rc put_own_letter(struct file *f, const struct care_group *group, const struct post *p, struct arena *mem,
                              struct err *err)
{
    struct cli *const cli = f->x->cli;
    const char *const domain = cli->gate->facts.domain;
    const struct serial_built *built = NULL;
    struct own_note own;
    struct serial_message m = { .from_name = f->x->person->name,
                                .from_address = arena_printf(mem, "%s@%s", group->slug, domain) };
    struct serial_person to = { .to_address = m.from_address,
                                .envelope_sender = "",
                                .date_ms = p->created_ms,
                                .message_id = arena_printf(mem, "note-%" PRId64 "@%s", p->id.v, domain) };
    const char *bytes;
    size_t n;

    if (own_note(cli->gate, f->x->own, p, mem, &own, err))
        return err->rc;
    m.subject = own.title ? own.title : "An answer";
    m.text = *own.written ? own.written : " ";
    if (p->flags & POST_FLAG_WITH_PHOTO && own_photos(f, p, mem, &m.text, err))
        return err->rc;
    if (serial_build(&m, mem, &built, err) || serial_fill(built, &to, f->wire, err))
        return err->rc;
    bytes = wire_bytes(f->wire, &n);
    mbox_add(f->mbox, bytes, n, p->created_ms);
    count_row(f);
    return RC_OK;
}

static enum rc put_group_rows(struct file *f, const struct care_group *group, struct err *err)
{
    const struct accounting_filter filter = { .group = group->id };

    switch (f->part) {
    case EXPORT_MEMBERS:
        return put_members(f, group, err);
    case EXPORT_POSTS:
        return put_posts(f, group, err);
    case EXPORT_CHECK_INS:
        return put_check_ins(f, group, err);
    case EXPORT_DELIVERIES:
        return accounting_walk(&f->x->cli->gate->store, &filter, put_delivery, f, err);
    case EXPORT_MBOX:
        if (f->x->person)
            return put_posts(f, group, err);
        if (accounting_walk(&f->x->cli->gate->store, &filter, note_letter, f, err))
            return err->rc;
        return put_letters(f, err);
    default:
        return RC_OK;
    }
}

static enum rc put_rows(struct file *f, struct err *err)
{
    struct store *const st = &f->x->cli->gate->store;
    struct accounting_filter filter = { .from_ms = 0 };

    if (f->part == EXPORT_AUDIT)
        return put_audit(f, err);
    if (f->part == EXPORT_DELIVERIES && (f->x->person || f->x->is_all)) {
        filter.person.v = f->x->person ? f->x->person->id.v : 0;
        return accounting_walk(st, &filter, put_delivery, f, err);
    }
    for (size_t i = 0; i < f->x->group_count; i++)
        if (put_group_rows(f, &f->x->groups[i], err))
            return err->rc;
    return RC_OK;
}

/* ---- the file ---- */

static void header(struct file *f)
{
    const struct {
        const char *const *columns;
        size_t n;
    } headers[] = {
        [EXPORT_MEMBERS] = { member_columns, COUNT_OF(member_columns) },
        [EXPORT_POSTS] = { post_columns, COUNT_OF(post_columns) },
        [EXPORT_AUDIT] = { audit_columns, COUNT_OF(audit_columns) },
        [EXPORT_CHECK_INS] = { check_in_columns, COUNT_OF(check_in_columns) },
        [EXPORT_DELIVERIES] = { delivery_columns, COUNT_OF(delivery_columns) },
    };

    csv_file_row(f->csv, headers[f->part].columns, headers[f->part].n);
}

static void file_done(struct file *f)
{
    csv_file_free(&f->csv);
    mbox_free(&f->mbox);
    outbox_free(&f->outbox);
    wire_free(&f->wire);
}

enum rc export_write(struct export *x, enum export_part part, struct err *err)
{
    CLEANUP(file_done) struct file f = { .x = x, .part = part };
    const char *const path = arena_printf(x->cli->mem, "%s/%s", x->folder, export_file_names[part]);

    if (part == EXPORT_PHOTOS)
        return export_write_photos(x, err);
    if (part == EXPORT_MBOX) {
        f.outbox = outbox_new(x->cli->gate);
        f.wire = wire_new();
        if (mbox_new(path, &f.mbox, err) || put_rows(&f, err))
            return err_wrap(err, "%s", export_file_names[part]);
        return mbox_finish(f.mbox, err);
    }
    if (csv_file_new(path, &f.csv, err))
        return err->rc;
    header(&f);
    if (put_rows(&f, err))
        return err_wrap(err, "%s", export_file_names[part]);
    return csv_file_finish(f.csv, err);
}
