#include "gateway/desk/desk_order.h"

#include "base/text.h"
#include "gateway/desk/desk_find.h"
#include "gateway/desk/desk_name.h"

#include <ctype.h>

/* " first" of "Ana first", not of "Ana Firstenberg". */
static bool is_whole(const char *at, const char *word)
{
    const size_t n = strlen(word);
    const unsigned char next = (unsigned char)at[n];

    return !isalpha((unsigned char)word[n - 1]) || !(isalpha(next) || next >= 0x80);
}

/* "Ana and Lee, then Tom": a line each. */
static char *on_lines(const char *text, struct arena *mem)
{
    static const char *const between[] = { ",",   ";",   " and ",   " then ",    " & ",    " -> ",     " > ",
                                           " y ", " e ", " luego ", " después ", " first", " primero", " primera" };
    char *lines = arena_strdup(mem, text);

    for (size_t i = 0; i < COUNT_OF(between); i++)
        for (char *at = strcasestr(lines, between[i]); at; at = strcasestr(at + 1, between[i]))
            if (is_whole(at, between[i]))
                memset(at, '\n', strlen(between[i]));
    return lines;
}

static enum rc whom_it_could_be(struct gate *gate, const struct person *people, size_t n, struct arena *mem,
                                struct json **ret, struct err *err)
{
    CLEANUP(json_free) struct json *list = json_array_new();

    for (size_t i = 0; i < n; i++) {
        struct json *line;
        struct address *addresses;
        const char *email = "";
        size_t count;

        if (person_addresses(&gate->store, people[i].id, mem, &addresses, &count, err))
            return err->rc;
        for (size_t a = 0; a < count && !*email; a++)
            if (addresses[a].kind == ADDRESS_EMAIL)
                email = addresses[a].value;
        line = json_object_new();
        json_set_str(line, "name", people[i].name);
        json_set_str(line, "address", email);
        json_push(list, &line);
    }
    *ret = MOVE(list);
    return RC_OK;
}

static bool has_place(const struct desk_act *act, struct person_id id)
{
    for (size_t i = 0; i < act->order_count; i++)
        if (act->order[i].v == id.v)
            return true;
    return false;
}

/* A title behind a name belongs to it, unless somebody is called so. */
static enum rc is_only_title(struct gate *gate, const char *said, struct arena *mem, bool *ret_is, struct err *err)
{
    struct person *staff;
    size_t n;

    *ret_is = desk_name_is_title(said, mem);
    if (!*ret_is)
        return RC_OK;
    if (person_staff(&gate->store, mem, &staff, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++)
        *ret_is = *ret_is && !desk_name_holds(staff[i].name, said, mem);
    return RC_OK;
}

/* *ret_n: how many it could be; 1 has its place then. */
static enum rc take_one(struct gate *gate, struct desk_act *act, const char *said, struct arena *mem,
                        struct person **ret_found, size_t *ret_n, struct err *err)
{
    if (desk_find_staff(gate, said, mem, ret_found, ret_n, err))
        return err->rc;
    if (*ret_n == 1 && !has_place(act, (*ret_found)[0].id))
        act->order[act->order_count++] = (*ret_found)[0].id;
    return RC_OK;
}

enum rc desk_order_read(struct gate *gate, struct desk_act *act, struct arena *mem, enum desk_problem *ret_problem,
                        struct json **ret_people, struct err *err)
{
    char *rest = on_lines(act->text, mem), *line;

    *ret_problem = DESK_NO_PROBLEM;
    *ret_people = NULL;
    while ((line = strsep(&rest, "\n"))) {
        const char *said = text_clean_line(mem, line, strlen(line));
        struct person *found;
        bool is_title = false;
        size_t n;

        said += strspn(said, "0123456789.):- ");
        if (act->order_count && is_only_title(gate, said, mem, &is_title, err))
            return err->rc;
        if (!*said || is_title)
            continue;
        if (act->order_count == DESK_ORDER_MAX) {
            *ret_problem = DESK_UNCLEAR;
            return RC_OK;
        }
        if (take_one(gate, act, said, mem, &found, &n, err))
            return err->rc;
        if (n == 1)
            continue;
        act->name = said;
        *ret_problem = n ? DESK_WHICH_STAFF : DESK_NO_STAFF;
        if (!n && person_staff(&gate->store, mem, &found, &n, err))
            return err->rc;
        return whom_it_could_be(gate, found, n, mem, ret_people, err);
    }
    return RC_OK;
}
