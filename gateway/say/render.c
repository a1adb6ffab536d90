#include "gateway/say/render.h"

#include "base/text.h"
#include "gateway/practice/ours.h"
#include "gateway/say/phrase.h"
#include "schedules/said.h"

#include <assert.h>

const char *render_first_name(const char *full_name, struct arena *mem)
{
    static const char *const titles[] = { "dr", "dr.", "dra", "dra.", "nurse" };
    static const char *const courtesies[] = { "mr", "mr.", "mrs", "mrs.", "ms",   "ms.",  "miss",
                                              "sr", "sr.", "sra", "sra.", "srta", "srta." };
    const char *blank = strchr(full_name, ' ');
    char *first;

    if (!blank)
        return full_name;
    first = arena_strndup(mem, full_name, (size_t)(blank - full_name));
    for (size_t i = 0; i < COUNT_OF(titles); i++)
        if (text_equals(first, titles[i]))
            return full_name;
    for (size_t i = 0; i < COUNT_OF(courtesies); i++)
        if (text_equals(first, courtesies[i])) /* "Mrs. Marsh" has no first name */
            return strchr(blank + 1, ' ') ? render_first_name(blank + 1, mem) : full_name;
    return first;
}

static void set_unless(struct json *values, const char *key, const char *text)
{
    if (!json_find(values, key))
        json_set_str(values, key, text ? text : "");
}

static enum rc add_common_values(const struct gate *gate, const struct render *r, struct json *values,
                                 struct arena *mem, struct err *err)
{
    const struct practice_facts *f = &gate->facts;
    const struct said_in in = { .language = r->language,
                                .zone = r->group ? r->group->zone : f->zone,
                                .now_ms = gate_now_ms(gate) };
    char *today = NULL;

    set_unless(values, "practice_name", f->name);
    set_unless(values, "office_phone", f->office_phone);
    set_unless(values, "office_hours", phrase_hours(gate, r->language, mem));
    set_unless(values, "emergency_line", f->emergency_line);
    set_unless(values, "group_name", r->group ? r->group->alias : f->name);
    set_unless(values, "group_address", ours_write(gate, r->group ? r->group->slug : NULL, NULL, mem));
    set_unless(values, "desk_address", ours_write(gate, NULL, NULL, mem));
    set_unless(values, "first_name", slots_mark(r->slots, (struct slot_meaning){ .kind = SLOT_FIRST_NAME }));
    set_unless(values, "letter_code", slots_mark(r->slots, (struct slot_meaning){ .kind = SLOT_CODE }));
    set_unless(values, "reply_address", slots_mark(r->slots, (struct slot_meaning){ .kind = SLOT_REPLY }));
    if (json_find(values, "date"))
        return RC_OK;
    if (said_day(&in, in.now_ms, mem, &today, err))
        return err->rc;
    json_set_str(values, "date", today);
    return RC_OK;
}

/* "Maria via Tuesday Circle" */
static const char *from_name(const struct gate *gate, const struct render *r, struct arena *mem)
{
    const char *who = r->group ? r->group->alias : gate->facts.name;

    if (!r->writer)
        return who;
    return arena_printf(mem, r->language == LANGUAGE_SPANISH ? "%s en %s" : "%s via %s", r->writer, who);
}

static enum serial_auto automatic(const struct render *r)
{
    if (r->writer)
        return SERIAL_AUTO_NO; /* RFC 3834: a person wrote it */
    return slots_head(r->slots)->is_answer ? SERIAL_AUTO_REPLIED : SERIAL_AUTO_GENERATED;
}

static void add_list_fields(const struct gate *gate, const struct render *r, struct serial_message *m,
                            struct arena *mem)
{
    const char *address = m->from_address;

    if (!r->group)
        return;
    m->list_id = arena_printf(mem, "%s.%s", r->group->slug, gate->facts.domain);
    m->list_post = arena_printf(mem, "mailto:%s", address);
    m->list_help = arena_printf(mem, "mailto:%s?subject=HELP", address);
    m->list_owner = arena_printf(mem, "mailto:%s", ours_write(gate, NULL, NULL, mem));
}

static enum rc build(const struct gate *gate, const struct render *r, const struct template_out *text,
                     struct arena *mem, struct mailing *m, struct err *err)
{
    const struct serial_built *built = NULL;
    struct serial_message message = {
        .from_name = from_name(gate, r, mem),
        .from_address = ours_write(gate, r->group ? r->group->slug : NULL, NULL, mem),
        .subject = text->subject,
        .text = text->text,
        .html = text->html,
        .automatic = automatic(r),
        .images = slots_pictures(r->slots)->v,
        .image_count = slots_pictures(r->slots)->n,
        .calendar = r->calendar,
    };
    enum rc rc;

    add_list_fields(gate, r, &message, mem);
    rc = serial_build(&message, mem, &built, err);
    if (!rc)
        m->built = serial_save(built, &m->built_len);
    return rc;
}

enum rc render_text(const struct gate *gate, struct render *render, struct arena *mem, struct template_out *ret_text,
                    struct err *err)
{
    CLEANUP(json_free) struct json *values = render->values ? MOVE(render->values) : json_object_new();
    const char *kind = mailing_template_name(render->kind);
    const enum template_format format = render->format == FORMAT_BIG ? TEMPLATE_BIG : TEMPLATE_NORMAL;
    enum rc rc;

    assert(kind);
    rc = add_common_values(gate, render, values, mem, err);
    if (!rc)
        rc = template_render(gate->templates, person_language_name(render->language), kind, format, values, mem,
                             ret_text, err);
    return rc ? err_wrap(err, "render %s", kind) : RC_OK;
}

enum rc render_mailing(const struct gate *gate, struct render *render, struct arena *mem, struct mailing *ret_mailing,
                       struct err *err)
{
    struct mailing m = { .kind = render->kind, .language = render->language, .format = render->format };
    struct template_out text;
    enum rc rc;

    slots_head(render->slots)->slug = render->group ? render->group->slug : "";
    m.group.v = render->group ? render->group->id.v : 0;
    rc = render_text(gate, render, mem, &text, err);
    if (!rc)
        rc = slots_check(render->slots, err);
    if (!rc)
        rc = build(gate, render, &text, mem, &m, err);
    if (rc)
        return err_wrap(err, "mailing of kind %d", (int)render->kind);
    m.slots = slots_write(render->slots, mem);
    m.posts = slots_posts(render->slots, &m.post_count);
    *ret_mailing = m;
    return RC_OK;
}

enum rc render_store(struct gate *gate, struct render *render, int64_t subject_id, struct arena *mem,
                     struct mailing_id *ret_id, struct err *err)
{
    struct mailing mailing;

    if (render_mailing(gate, render, mem, &mailing, err))
        return err->rc;
    mailing.subject_id = subject_id;
    if (mailing_add(&gate->store, &mailing, err))
        return err->rc;
    *ret_id = mailing.id;
    return RC_OK;
}
