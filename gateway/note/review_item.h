/*
 * review_item: one note as a review mail shows it: what was said and left out, why it is marked, where it will stand, who wrote it, what was
 * said before. For review_mail.c, which writes the mails.
 *
 * Errors   those of the store
 */
#ifndef GATEWAY_NOTE_REVIEW_ITEM_H
#define GATEWAY_NOTE_REVIEW_ITEM_H

#include "base/json.h"
#include "gateway/practice/gate.h"
#include "gateway/say/pictures.h"
#include "store/group.h"
#include "store/person.h"
#include "store/post.h"

/* A review mail being written: one reader, one or several posts. */
struct review_writing {
    struct pictures pictures;
    struct gate *gate;
    struct arena *mem;
    const struct person *reader;
    struct json *data; /* of the question: posts, versions and talks as shown */
    struct json *data_items;
    bool is_list, is_reminder; /* a reminder names the notes and shows none */
    size_t photos_shown;       /* of the post that was filled in last */
};

/* Puts the values of templates/_review_item for one post into item. */
MUST_CHECK enum rc review_fill_item(struct review_writing *w, const struct post *p, const struct care_group *g,
                                    struct json *item, struct err *err);
/* The newest talks of the group, numbered: what MOVE may name; into values, and into the data of the question. */
MUST_CHECK enum rc review_add_places(struct review_writing *w, struct group_id group, struct json *values,
                                     struct err *err);
/* The name that the group sees; of staff their own. */
MUST_CHECK enum rc review_shown_name(struct gate *gate, struct group_id group, struct person_id person,
                                     struct arena *mem, const char **ret_name, struct err *err);

#endif
