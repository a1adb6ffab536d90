#include "gateway/practice/title.h"

#include "base/text.h"
#include "gateway/home/context.h"
#include "inbound/words.h"
#include "store/conversation.h"

char *title_of_text(const char *text, struct arena *mem)
{
    return text_excerpt(mem, text_clean_line(mem, text, strlen(text)), TITLE_MAX);
}

enum rc title_choose(const char *subject, const char *text, const char *context, struct arena *mem,
                     const char **ret_title, struct err *err)
{
    const char *plain = subject ? words_subject(subject) : "";
    struct context c;
    enum rc rc = context_read(context, mem, &c, err);

    if (!rc)
        *ret_title = title_of_text(*plain ? plain : *c.cut ? c.cut : text, mem);
    return rc;
}

/* A published title stays: people answer to it. One that the author chose as subject stays too. */
enum rc title_follow(struct gate *gate, const struct post *post, const char *old_text, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("title");
    struct conversation c;
    enum rc rc;

    if (post->kind != POST_POST || !post->conversation.v)
        return RC_OK;
    rc = conversation_get(&gate->store, post->conversation, mem, &c, err);
    if (rc || c.last_seq || strcmp(c.title, title_of_text(old_text, mem)) != 0)
        return rc;
    return conversation_set_title(&gate->store, c.id, title_of_text(post->text, mem), err);
}
