/* Commands by text: what they do is gateway/people/member's, as by mail. */
#include "gateway/text/talk.h"

#include "gateway/people/courtesies.h"
#include "gateway/people/member.h"
#include "gateway/practice/record.h"
#include "gateway/say/talk.h"
#include "gateway/say/tell.h"
#include "store/delivery.h"
#include "store/post.h"
#include "store/question.h"
#include "store/undo.h"

#define UNDO_NOTE_MS MS_DAY /* a note by text is taken back by UNDO for a day, while it waits */

/* ---- those of gateway/people/member ---- */

static enum rc run_in(struct talk *t, const struct command *command, struct membership_id seat, bool is_quiet,
                      struct err *err)
{
    const struct text_item *const item = command->number ? talk_item(t, command->number) : NULL;
    const struct member_act act = { .command = command,
                                    .person = t->writer.id,
                                    .membership = seat,
                                    .address = t->line.address,
                                    .letter = { t->in->id.v },
                                    .item = item ? item->target : 0,
                                    .is_by_text = true,
                                    .is_unanswered = t->is_silent || is_quiet };
    bool is_done = false;
    const enum rc rc = member_command(t->gate, &act, &is_done, err);

    if (rc != RC_NOT_FOUND && rc != RC_INPUT && (rc || is_done))
        return rc;
    if (talk_tell(t, TELL_TEXT_CAME, err)) /* not a thing of theirs to do by text: staff know them */
        return err->rc;
    return t->living_count ? talk_say_flag(t, MAILING_TEXT_SAY, "is_to_staff", err) : RC_OK;
}

/* Who is in several groups and names none means all of them. */
static bool is_for_all(enum command_kind kind)
{
    return kind == COMMAND_PAUSE || kind == COMMAND_RESUME || kind == COMMAND_DAILY || kind == COMMAND_WEEKLY ||
           kind == COMMAND_EACH || kind == COMMAND_NEWS || kind == COMMAND_NAME || kind == COMMAND_STATUS;
}

static bool needs_no_group(const struct command *c)
{
    return c->kind == COMMAND_UNDO || c->kind == COMMAND_ENGLISH || c->kind == COMMAND_SPANISH ||
           c->kind == COMMAND_BIG || (c->kind == COMMAND_LEAVE && c->text && *c->text);
}

static enum rc run(struct talk *t, const struct command *c, struct err *err)
{
    const struct text_item *const item = c->number ? talk_item(t, c->number) : NULL;
    const struct talk_seat *const seat = item ? talk_seat_of(t, item->group) : NULL;

    if (seat)
        return run_in(t, c, seat->m.id, false, err);
    if (t->living_count <= 1 || needs_no_group(c))
        return run_in(t, c, t->living_count == 1 ? t->seats[0].m.id : (struct membership_id){ 0 }, false, err);
    if (!is_for_all(c->kind) && c->kind == COMMAND_LEAVE && t->is_silent && talk_tell(t, TELL_FREE_STOP, err))
        return err->rc;
    if (!is_for_all(c->kind))
        return talk_say_flag(t, MAILING_TEXT_SAY, c->kind == COMMAND_LEAVE ? "is_which_to_leave" : "is_which_group",
                             err);
    for (size_t i = 0; i < t->living_count; i++)
        if (run_in(t, c, t->seats[i].m.id, i > 0 && c->kind != COMMAND_STATUS, err))
            return err->rc;
    return RC_OK;
}

/* ---- UNDO of a note that waits ---- */

static enum rc newest_note(struct talk *t, struct post *ret_post, bool *ret_is, struct err *err)
{
    const int64_t since = gate_now_ms(t->gate) - UNDO_NOTE_MS;
    struct text_in text;
    struct undo undo;
    struct post *posts;
    size_t n;
    enum rc rc;

    *ret_is = false;
    if (post_waiting_by(&t->gate->store, t->writer.id, t->mem, &posts, &n, err))
        return err->rc;
    if (!n || posts[n - 1].created_ms < since)
        return RC_OK;
    rc = text_in_get(&t->gate->store, (struct text_in_id){ posts[n - 1].letter.v }, t->mem, &text, err);
    if (rc)
        return rc == RC_NOT_FOUND ? RC_OK : rc; /* it came by mail */
    rc = undo_newest(&t->gate->store, t->writer.id, t->mem, &undo, err);
    if (rc && rc != RC_NOT_FOUND)
        return rc;
    *ret_post = posts[n - 1];
    *ret_is = rc == RC_NOT_FOUND || undo.id < posts[n - 1].id.v; /* what was done last is undone first */
    return RC_OK;
}

static enum rc take_back(struct talk *t, struct post *post, struct err *err)
{
    const struct audit_who who = { AUDIT_PATIENT, t->writer.id.v, AUDIT_WAY_TEXT };

    post->state = POST_WITHDRAWN;
    post->remind_ms = 0;
    if (post_change(&t->gate->store, post, err) || question_withdraw_about(&t->gate->store, post->id.v, err) ||
        delivery_cancel_subject(&t->gate->store, post->id.v, NULL, err) ||
        record_act(t->gate, &who, AUDIT_POST_WITHDRAWN, AUDIT_ITEM_POST, post->id.v, NULL, NULL, err))
        return err->rc;
    return talk_say_flag(t, MAILING_TEXT_SAY, "is_taken_back", err);
}

static enum rc undo(struct talk *t, struct err *err)
{
    struct post post;
    bool is;

    if (newest_note(t, &post, &is, err))
        return err->rc;
    return is ? take_back(t, &post, err) : run(t, &t->meaning.command, err);
}

/* ---- MOD ---- */

/* Private to the care team, never to the group. */
static enum rc to_moderators(struct talk *t, struct err *err)
{
    const struct talk_letter letter = { .arrival = { t->in->id.v },
                                        .patient = &t->writer,
                                        .group = t->living_count == 1 ? t->seats[0].m.group : (struct group_id){ 0 },
                                        .text = t->meaning.text };

    if (!*letter.text)
        return talk_say_flag(t, MAILING_TEXT_SAY, "is_mod_words", err);
    if (talk_take(t->gate, &letter, err))
        return err->rc;
    return talk_has_alarm(t) ? RC_OK : talk_say_flag(t, MAILING_TEXT_SAY, "is_to_staff", err);
}

enum rc talk_set_language(struct talk *t, enum person_language language, struct err *err)
{
    const struct command command = { .kind = language == LANGUAGE_SPANISH ? COMMAND_SPANISH : COMMAND_ENGLISH,
                                     .strength = COMMAND_SURE,
                                     .text = "" };

    return run(t, &command, err);
}

/* ---- ANON, THANKS ---- */

/* "THANKS 14": counted in private where the group does this; else it is a note under that number, as by mail. */
static enum rc thanks(struct talk *t, const struct command *c, bool *ret_is_done, struct err *err)
{
    const struct text_item *const item = talk_item(t, c->number);
    struct courtesies_thanks thanks = { .by = t->writer.id };

    *ret_is_done = false;
    if (!item || item->kind != TEXT_ITEM_CONVERSATION || !talk_seat_of(t, item->group))
        return RC_OK;
    thanks.group = item->group;
    thanks.conversation.v = item->target;
    if (courtesies_thank(t->gate, &thanks, ret_is_done, err))
        return err->rc;
    return *ret_is_done ? talk_say_flag(t, MAILING_TEXT_SAY, "is_thanks", err) : RC_OK;
}

/* ---- which it is ---- */

static enum rc likely(struct talk *t, bool *ret_is_done, struct err *err)
{
    const enum command_kind kind = t->meaning.command.kind;

    *ret_is_done = kind == COMMAND_LEAVE || kind == COMMAND_PAUSE;
    if (!*ret_is_done)
        return RC_OK; /* held as words: a moderator sees it */
    if (kind == COMMAND_LEAVE && talk_tell(t, TELL_FREE_STOP, err))
        return err->rc;
    return talk_say_flag(t, MAILING_TEXT_SAY, kind == COMMAND_LEAVE ? "is_leave_sure" : "is_pause_sure", err);
}

static enum rc command(struct talk *t, bool *ret_is_done, struct err *err)
{
    const struct command *const c = &t->meaning.command;

    if (!t->meaning.is_sure)
        return likely(t, ret_is_done, err);
    if (c->kind == COMMAND_ANON && *c->text) /* a note without a name */
        return RC_OK;
    if (c->kind == COMMAND_THANKS)
        return thanks(t, c, ret_is_done, err);
    *ret_is_done = true;
    if (c->kind == COMMAND_ANON)
        return talk_say(t, MAILING_ANON_HELP, NULL, err);
    return c->kind == COMMAND_UNDO ? undo(t, err) : run(t, c, err);
}

enum rc talk_command(struct talk *t, bool *ret_is_done, struct err *err)
{
    const enum text_means kind = t->meaning.kind;

    *ret_is_done = false;
    if (!t->writer.id.v)
        return RC_OK;
    if (kind == TEXT_MEANS_COMMAND)
        return command(t, ret_is_done, err);
    if (kind == TEXT_MEANS_MORE) /* whose writer is known only now */
        return talk_more(t, ret_is_done, err);
    *ret_is_done = kind == TEXT_MEANS_LIST || kind == TEXT_MEANS_GROUPS || kind == TEXT_MEANS_ZONE ||
                   kind == TEXT_MEANS_MOD || kind == TEXT_MEANS_LATE;
    switch (kind) {
    case TEXT_MEANS_GROUPS:
        return talk_show_groups(t, err);
    case TEXT_MEANS_LIST:
        return talk_show_list(t, err);
    case TEXT_MEANS_ZONE:
        return talk_set_zone(t, err);
    case TEXT_MEANS_LATE:
        return talk_hours(t, err);
    case TEXT_MEANS_MOD:
        return to_moderators(t, err);
    default:
        return RC_OK;
    }
}
