#include "gateway/text/talk_ask.h"

#include "base/strbuf.h"
#include "gateway/say/tell.h"
#include "gateway/sms/text_person.h"

#define OVER_MAX 50

/* A text that waited for the answer: staff read it. */
static enum rc give_up(struct gate *gate, const struct text_line *line, const struct text_question *question,
                       struct arena *mem, struct err *err)
{
    struct tell tell = { .what = TELL_TEXT_CAME, .subject_id = question->subject_id };
    struct person writer;
    struct text_in text;
    size_t users;
    enum rc rc;

    if (question->kind != TEXT_ASK_WHICH_GROUP && question->kind != TEXT_ASK_WHO)
        return RC_OK;
    rc = text_in_get(&gate->store, (struct text_in_id){ question->subject_id }, mem, &text, err);
    if (rc || !text.words)
        return rc == RC_NOT_FOUND ? RC_OK : rc;
    if (text_person_of(gate, line->address, mem, &writer, &users, err))
        return err->rc;
    tell.of = users == 1 ? &writer : NULL;
    tell.text = text.words;
    return tell_staff(gate, &tell, err);
}

static struct json *list_of(const struct talk_choice *choices, size_t n)
{
    struct json *list = json_array_new();

    for (size_t i = 0; i < n; i++) {
        struct json *choice = json_object_new();

        json_set_int(choice, "number", (int64_t)i + 1);
        json_set_str(choice, "name", choices[i].name);
        json_set_int(choice, "id", choices[i].id);
        json_push(list, &choice);
    }
    return list;
}

static bool is_by_name(const struct talk *t, enum text_question_kind kind)
{
    return kind == TEXT_ASK_WHO && t->hides_names;
}

static enum rc put(struct talk *t, struct text_question *question, const struct talk_choice *choices, size_t n,
                   struct err *err)
{
    CLEANUP(json_free) struct json *data = json_object_new();
    CLEANUP(strbuf_done) struct strbuf text = STRBUF(JSON_MAX_BYTES);
    struct json *list = list_of(choices, n);

    json_set(data, "choices", &list);
    json_set_bool(data, "by_name", is_by_name(t, question->kind));
    json_print(data, false, &text);
    question->data = strbuf_peek(&text);
    return text_question_ask(&t->gate->store, &t->line, question, err);
}

enum rc talk_ask(struct talk *t, enum text_question_kind kind, int64_t subject, const struct talk_choice *choices,
                 size_t n, bool *ret_asked, struct err *err)
{
    static const char *const flags[] = {
        [TEXT_ASK_WHICH_GROUP] = "is_group", [TEXT_ASK_WHICH_ITEM] = "is_item", [TEXT_ASK_WHO] = "is_who"
    };
    struct text_question question = { .person = t->writer.id, .kind = kind, .subject_id = subject };
    struct json *values, *list;

    *ret_asked = !t->is_silent && n && n <= TALK_CHOICES_MAX;
    if (!*ret_asked)
        return RC_OK;
    if ((t->question.id && give_up(t->gate, &t->line, &t->question, t->mem, err)) || put(t, &question, choices, n, err))
        return err->rc;
    values = json_object_new();
    list = list_of(choices, is_by_name(t, kind) ? 0 : n);
    json_set(values, "items", &list);
    json_set_bool(values, is_by_name(t, kind) ? "is_who_by_name" : flags[kind], true);
    return talk_say(t, MAILING_TEXT_WHICH, &values, err);
}

enum rc talk_ask_choice(const struct talk *t, int n, int64_t *ret_id, struct err *err)
{
    CLEANUP(json_free) struct json *data = NULL;
    const struct json *list;

    *ret_id = 0;
    if (json_parse(t->question.data, strlen(t->question.data), &data, err))
        return err_wrap(err, "open question");
    list = json_get(data, "choices");
    if (n >= 1 && (size_t)n <= json_count(list))
        *ret_id = json_get_int(json_at(list, (size_t)n - 1), "id", 0);
    return RC_OK;
}

static enum rc end_one(struct gate *gate, bool *ret_is, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("ask_over");
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct text_question question;
    struct text_line line;
    enum rc rc;

    *ret_is = false;
    if (db_begin(gate->store.db, &tx, err))
        return err->rc;
    rc = text_question_over(&gate->store, mem, &line, &question, err);
    if (rc)
        return rc == RC_NOT_FOUND ? RC_OK : rc;
    if (give_up(gate, &line, &question, mem, err) || text_question_close(&gate->store, &line, err))
        return err_wrap(err, "question that is over");
    *ret_is = true;
    return db_commit(&tx, err);
}

enum rc talk_ask_over(struct gate *gate, size_t *ret_did, struct err *err)
{
    bool is = true;

    *ret_did = 0;
    while (is && *ret_did < OVER_MAX) {
        if (end_one(gate, &is, err))
            return err->rc;
        *ret_did += is;
    }
    return RC_OK;
}
