#include "gateway/say/talk.h"

#include "gateway/say/notice.h"
#include "gateway/say/office.h"
#include "gateway/say/phrase.h"
#include "store/group.h"
#include "store/membership.h"

#define HISTORY_SHOWN 6
#define REMIND_AFTER_MS (4 * MS_HOUR) /* of working time */
#define DUE_BATCH 20

static enum rc maybe(enum rc rc)
{
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

/* How a person is called where staff read it: the shown name of a patient in the group, else the full name. */
static enum rc name_of(struct gate *gate, struct group_id group, struct person_id person, struct arena *mem,
                       const char **ret_name, struct err *err)
{
    struct membership m = { .name = NULL };
    struct person p = { .name = "" };
    enum rc rc = group.v && person.v ? maybe(membership_find(&gate->store, group, person, mem, &m, err)) : RC_OK;

    if (!rc && !m.name && person.v)
        rc = maybe(person_get(&gate->store, person, mem, &p, err));
    *ret_name = !person.v ? gate->facts.name : m.name ? m.name : p.name; /* nobody's: a remark of ours */
    return rc;
}

enum rc talk_history(struct gate *gate, const struct private_talk *talk, enum person_language language, size_t most,
                     struct arena *mem, struct json **ret_lines, struct err *err)
{
    CLEANUP(json_free) struct json *lines = json_array_new();
    struct private_note *notes;
    size_t n;

    if (private_notes(&gate->store, talk->id, most, mem, &notes, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++) {
        struct json *line;
        const char *who;

        if (name_of(gate, talk->group, notes[i].author, mem, &who, err))
            return err->rc;
        line = json_object_new();
        json_set_str(line, "who", who);
        json_set_str(line, "when", phrase_time(gate, language, notes[i].at_ms, mem));
        json_set_str(line, "text", notes[i].text);
        json_push(lines, &line);
    }
    *ret_lines = MOVE(lines);
    return RC_OK;
}

/* The open talk, or a new one that `staff` answers. */
static enum rc find_or_open(struct gate *gate, struct group_id group, struct person_id patient, struct person_id staff,
                            struct private_talk *talk, struct err *err)
{
    const enum rc rc = private_find(&gate->store, group, patient, talk, err);

    if (rc != RC_NOT_FOUND)
        return rc;
    *talk = (struct private_talk){ .group = group, .person = patient, .staff = staff };
    return private_open(&gate->store, talk, err);
}

static enum rc audit_talk(struct gate *gate, const struct audit_who *who, enum audit_verb verb, struct talk_id talk,
                          struct err *err)
{
    const struct audit_entry entry = { .who = *who, .verb = verb, .item_kind = AUDIT_ITEM_PRIVATE, .item_id = talk.v };

    return audit_append(&gate->store, &entry, err);
}

/* ---- from staff ---- */

/* The note that staff write about opens the talk with the patient's own words, once. */
static enum rc say_about(struct gate *gate, const struct private_talk *talk, const struct post *about,
                         struct arena *mem, struct err *err)
{
    struct private_note *said;
    struct private_note note = { .talk = talk->id };
    size_t n;

    if (!about || about->author.v != talk->person.v)
        return RC_OK;
    if (private_notes(&gate->store, talk->id, HISTORY_SHOWN, mem, &said, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++)
        if (said[i].post.v == about->id.v)
            return RC_OK;
    note.author = about->author;
    note.post = about->id;
    note.letter = about->letter;
    note.text = about->text;
    return private_say(&gate->store, &note, err);
}

static const char *answered_text(const struct private_note *notes, size_t n, struct person_id patient)
{
    while (n-- > 0)
        if (notes[n].author.v == patient.v)
            return notes[n].text;
    return "";
}

static enum rc send_words(struct gate *gate, const struct talk_words *w, const struct private_talk *talk,
                          struct arena *mem, struct err *err)
{
    const char *key = w->kind == MAILING_ASK ? "question" : "answer";
    struct notice notice = { .kind = w->kind,
                             .person = w->patient,
                             .group = w->group,
                             .reply = TOKEN_PRIVATE,
                             .subject_id = w->about ? w->about->id.v : talk->id.v,
                             .lane = -1 };
    struct private_note *said = NULL;
    struct membership m;
    size_t n = 0;
    enum rc rc = membership_find(&gate->store, w->group, w->patient, mem, &m, err);

    if (!rc)
        notice.membership = m.id;
    rc = maybe(rc);
    if (!rc && !w->about)
        rc = private_notes(&gate->store, talk->id, HISTORY_SHOWN, mem, &said, &n, err);
    if (rc)
        return rc;
    notice.values = json_object_new();
    json_set_str(notice.values, "who", w->staff->name);
    json_set_str(notice.values, key, w->text);
    json_set_str(notice.values, "text", w->about ? w->about->text : answered_text(said, n, w->patient));
    if (w->kind == MAILING_PRIVATE_ANSWER)
        json_set_bool(notice.values, "is_kept_back", w->is_kept_back);
    return notice_queue(gate, &notice, NULL, err);
}

enum rc talk_write(struct gate *gate, const struct talk_words *w, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("talk");
    const struct audit_who who = { AUDIT_STAFF, w->staff->id.v, w->way };
    struct private_note note = { .author = w->staff->id, .letter = w->letter, .text = w->text };
    struct private_talk talk;

    if (find_or_open(gate, w->group, w->patient, w->staff->id, &talk, err) ||
        say_about(gate, &talk, w->about, mem, err))
        return err->rc;
    note.talk = talk.id;
    talk.staff = w->staff->id;
    talk.owed_ms = talk.remind_ms = talk.reminders = 0;
    if (private_say(&gate->store, &note, err) || private_change(&gate->store, &talk, err) ||
        (w->verb && audit_talk(gate, &who, w->verb, talk.id, err)))
        return err->rc;
    return send_words(gate, w, &talk, mem, err);
}

/* ---- from the patient ---- */

/* Fills in who gets it: the staff member who wrote last, as long as they are here; else whoever is on duty. */
static enum rc reader_of(struct gate *gate, const struct private_talk *talk, size_t nth, struct arena *mem,
                         struct person *ret_reader, struct err *err)
{
    struct person *staff;
    size_t n;
    enum rc rc = maybe(person_get(&gate->store, talk->staff, mem, ret_reader, err));

    if (rc)
        return rc;
    if (nth == 0 && talk->staff.v && ret_reader->kind == PERSON_STAFF && ret_reader->state == PERSON_ACTIVE)
        return RC_OK;
    *ret_reader = (struct person){ .name = "" };
    rc = office_duty(gate, mem, &staff, &n, err);
    for (size_t i = 0; !rc && i < n; i++)
        if (staff[i].id.v != talk->staff.v) {
            *ret_reader = staff[i];
            break;
        }
    return rc;
}

static enum rc tell_reader(struct gate *gate, const struct private_talk *talk, const struct person *reader,
                           bool is_reminder, struct arena *mem, struct err *err)
{
    struct notice notice = { .kind = MAILING_PRIVATE_NOTE,
                             .person = reader->id,
                             .group = talk->group,
                             .reply = TOKEN_DESK,
                             .subject_id = talk->id.v,
                             .lane = -1 };
    struct care_group group = { .alias = gate->facts.name };
    struct json *lines;
    const char *name;

    if (!reader->id.v)
        return RC_OK; /* nobody is here: reminders go on, doctor shows it */
    if (name_of(gate, talk->group, talk->person, mem, &name, err) ||
        (talk->group.v && group_get(&gate->store, talk->group, mem, &group, err)) ||
        talk_history(gate, talk, reader->language, HISTORY_SHOWN, mem, &lines, err))
        return err->rc;
    notice.values = json_object_new();
    json_set_str(notice.values, "group_name", group.alias);
    json_set_str(notice.values, "person", name);
    json_set_bool(notice.values, "is_reminder", is_reminder);
    json_set_str(notice.values, "waiting",
                 talk->owed_ms ? phrase_span(reader->language, gate_now_ms(gate) - talk->owed_ms, mem) : "");
    json_set(notice.values, "lines", &lines);
    return maybe(notice_queue(gate, &notice, NULL, err));
}

/* The staff member whom this patient heard from last, when the talk is a new one. */
static enum rc last_staff(struct gate *gate, struct person_id patient, struct arena *mem, struct person_id *ret_staff,
                          struct err *err)
{
    struct private_talk *talks;
    size_t n;
    const enum rc rc = private_list(&gate->store, patient, 1, mem, &talks, &n, err);

    ret_staff->v = !rc && n ? talks[0].staff.v : 0;
    return rc;
}

static enum rc say_remark(struct gate *gate, struct talk_id talk, const char *remark, struct err *err)
{
    struct private_note note = { .talk = talk, .text = remark };

    return remark ? private_say(&gate->store, &note, err) : RC_OK;
}

enum rc talk_take(struct gate *gate, const struct talk_letter *letter, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("talk");
    struct private_note note = { .author = letter->patient->id, .letter = letter->arrival, .text = letter->text };
    struct private_talk talk;
    struct person_id staff;
    struct person reader;

    if (last_staff(gate, letter->patient->id, mem, &staff, err) ||
        find_or_open(gate, letter->group, letter->patient->id, staff, &talk, err))
        return err->rc;
    note.talk = talk.id;
    if (!talk.owed_ms) {
        talk.owed_ms = gate_now_ms(gate);
        talk.remind_ms = office_after(gate, REMIND_AFTER_MS);
    }
    if (private_say(&gate->store, &note, err) || say_remark(gate, talk.id, letter->remark, err) ||
        private_change(&gate->store, &talk, err) || reader_of(gate, &talk, 0, mem, &reader, err))
        return err->rc;
    return tell_reader(gate, &talk, &reader, false, mem, err);
}

/* ---- ending, passing on, reminding ---- */

enum rc talk_end(struct gate *gate, struct talk_id talk, const struct audit_who *who, struct err *err)
{
    const enum rc rc = private_close(&gate->store, talk, err);

    return rc ? rc : audit_talk(gate, who, AUDIT_PRIVATE_CLOSED, talk, err);
}

enum rc talk_pass(struct gate *gate, struct talk_id id, const struct audit_who *who, struct arena *mem,
                  struct person *ret_next, struct err *err)
{
    struct private_talk talk;

    if (private_get(&gate->store, id, &talk, err))
        return err->rc;
    talk.staff.v = who->id;
    if (reader_of(gate, &talk, 1, mem, ret_next, err))
        return err->rc;
    if (!ret_next->id.v)
        return err_set(err, RC_INPUT, "there is nobody else to pass it to");
    talk.staff = ret_next->id;
    if (private_change(&gate->store, &talk, err) || audit_talk(gate, who, AUDIT_PRIVATE_PASSED, id, err))
        return err->rc;
    return tell_reader(gate, &talk, ret_next, false, mem, err);
}

static enum rc remind(struct gate *gate, struct private_talk *talk, struct arena *mem, struct err *err)
{
    struct person_id told = { 0 };
    struct person reader;

    for (size_t i = 0; i < (talk->reminders ? 2u : 1u); i++) {
        if (reader_of(gate, talk, i, mem, &reader, err))
            return err->rc;
        if (reader.id.v != told.v && tell_reader(gate, talk, &reader, true, mem, err))
            return err->rc;
        told = reader.id;
    }
    talk->reminders++;
    talk->remind_ms = gate_now_ms(gate) + MS_DAY;
    return private_change(&gate->store, talk, err);
}

enum rc talk_tick(struct gate *gate, size_t *ret_did, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("talk_tick");
    struct private_talk *due;
    size_t n;

    *ret_did = 0;
    if (private_due(&gate->store, gate_now_ms(gate), DUE_BATCH, mem, &due, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++, ++*ret_did)
        if (remind(gate, &due[i], mem, err))
            return err_wrap(err, "private talk %" PRId64, due[i].id.v);
    return RC_OK;
}
