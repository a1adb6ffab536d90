#include "gateway/say/entry.h"

#include "base/text.h"
#include "gateway/practice/job_title.h"
#include "schedules/said.h"
#include "store/membership.h"

enum rc entry_author(struct gate *gate, const struct post *post, enum person_language language, struct arena *mem,
                     const char **ret_name, struct err *err)
{
    struct membership member;
    struct person person;
    enum rc rc;

    if (post->is_anonymous) {
        *ret_name = language == LANGUAGE_SPANISH ? "Alguien del grupo" : "A member";
        return RC_OK;
    }
    rc = membership_find(&gate->store, post->group, post->author, mem, &member, err);
    if (rc == RC_OK) {
        *ret_name = member.label ? arena_printf(mem, "%s (%s)", member.name, member.label) : member.name;
        return RC_OK;
    }
    if (rc != RC_NOT_FOUND)
        return rc;
    rc = person_get(&gate->store, post->author, mem, &person, err); /* staff who write from the desk */
    if (!rc)
        *ret_name = person.name;
    return rc;
}

enum rc entry_who(struct gate *gate, const struct entry_reader *r, const struct post *post, struct arena *mem,
                  const char **ret_who, struct err *err)
{
    struct slot_meaning meaning = { .kind = SLOT_WHO, .id = post->author.v };
    enum rc rc = entry_author(gate, post, r->language, mem, &meaning.name, err);

    if (rc)
        return rc;
    meaning.own = r->language == LANGUAGE_SPANISH ? "Usted" : "You";
    *ret_who = slots_mark(r->slots, meaning);
    return RC_OK;
}

enum rc entry_when(const struct entry_reader *r, int64_t ms, struct arena *mem, char **ret_text, struct err *err)
{
    const struct said_in in = { .language = r->language, .zone = r->group->zone, .now_ms = r->now_ms };

    return said_moment(&in, ms, mem, ret_text, err);
}

int64_t entry_written_ms(const struct post *post)
{
    return post->kind != POST_ANNOUNCEMENT && post->letter.v && post->created_ms ? post->created_ms
                                                                                 : post->published_ms;
}

enum rc entry_note(const struct gate *gate, enum person_language language, const char *note, struct json **ret_note,
                   struct err *err)
{
    CLEANUP(json_free) struct json *stored = NULL;
    CLEANUP(strbuf_done) struct strbuf who = STRBUF(4096);
    struct json *values;
    const char *role;

    if (json_parse(note, strlen(note), &stored, err))
        return err_set(err, RC_CORRUPT, "a note is no JSON");
    role = job_title_say(gate, language, json_get_str(stored, "role", ""));
    strbuf_str(&who, json_get_str(stored, "name", ""));
    if (*role)
        strbuf_printf(&who, ", %s", role);
    values = json_object_new();
    json_set_str(values, "note_text", json_get_str(stored, "text", ""));
    json_set_str(values, "note_who", strbuf_peek(&who));
    json_set_str(values, "note_source", json_get_str(stored, "source", ""));
    *ret_note = values;
    return RC_OK;
}

static enum rc notes_of(const struct gate *gate, enum person_language language, const struct post *post,
                        struct json **ret_notes, struct err *err)
{
    struct json *notes = json_array_new(), *note = NULL;

    if (post->note && entry_note(gate, language, post->note, &note, err)) {
        json_free(&notes);
        return err_wrap(err, "post %" PRId64, post->id.v);
    }
    if (note)
        json_push(notes, &note);
    *ret_notes = notes;
    return RC_OK;
}

/* What stands around its words. */
struct about {
    const char *who;
    char *when;
    struct json *notes; /* of the care team */
};

/* Also notes down that the letter holds the post: whole, or an excerpt of it. */
static enum rc about_of(struct gate *gate, const struct entry_reader *r, const struct post *post, bool is_whole,
                        struct arena *mem, struct about *ret, struct err *err)
{
    if (entry_who(gate, r, post, mem, &ret->who, err) || entry_when(r, entry_written_ms(post), mem, &ret->when, err) ||
        notes_of(gate, r->language, post, &ret->notes, err))
        return err->rc;
    slots_note_post(r->slots, (struct mailing_post){ post->id, post->version, is_whole });
    return RC_OK;
}

enum rc entry_values(struct gate *gate, const struct entry_reader *r, const struct post *post, struct arena *mem,
                     struct json **ret_entry, struct err *err)
{
    struct about about;
    struct json *entry;

    if (about_of(gate, r, post, true, mem, &about, err))
        return err->rc;
    entry = json_object_new();
    json_set_str(entry, "who", about.who);
    json_set_str(entry, "when", about.when);
    json_set_str(entry, "text", post->text);
    json_set(entry, "notes", &about.notes);
    *ret_entry = entry;
    return RC_OK;
}

enum rc entry_add_photos(struct gate *gate, const struct entry_reader *r, const struct post *post, struct arena *mem,
                         struct json *entry, struct err *err)
{
    const char *name = "";

    if (post->flags & POST_FLAG_WITH_PHOTO && entry_author(gate, post, r->language, mem, &name, err))
        return err->rc;
    return pictures_add(gate, slots_pictures(r->slots), post, name, r->language, mem, entry, err);
}

enum rc entry_set_excerpt(struct gate *gate, const struct entry_reader *r, const struct post *post, struct json *values,
                          struct arena *mem, struct err *err)
{
    struct about about;

    if (about_of(gate, r, post, false, mem, &about, err))
        return err->rc;
    json_set_str(values, "excerpt",
                 text_excerpt(mem, text_clean_line(mem, post->text, strlen(post->text)), ENTRY_EXCERPT_CHARS));
    json_set_str(values, "excerpt_who", about.who);
    json_set_str(values, "excerpt_when", about.when);
    json_set(values, "excerpt_notes", &about.notes);
    return RC_OK;
}
