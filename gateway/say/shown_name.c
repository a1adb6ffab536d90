#include "gateway/say/shown_name.h"

#include "base/text.h"
#include "gateway/say/likeness.h"
#include "gateway/say/render.h"
#include "inbound/command.h"

#define NUMBER_MAX 999 /* "Maria 999" */
#define DIGITS_MAX 4   /* more look like a phone number */

enum rc shown_name_check(const char *name, struct arena *mem, const char **ret_name, struct err *err)
{
    const char *const clean = text_clean_line(mem, name, strlen(name));

    if (!text_has_letter(clean) || text_length(clean) > COMMAND_NAME_MAX)
        return err_set(err, RC_INPUT, "shown name: 1 to %d characters with a letter", COMMAND_NAME_MAX);
    if (strpbrk(clean, "@<>\"") || strstr(clean, "://") || text_count_digits(clean) > DIGITS_MAX)
        return err_set(err, RC_INPUT, "shown name: no address and no number");
    *ret_name = clean;
    return RC_OK;
}

enum rc shown_name_is_free(struct gate *gate, const struct membership *of, const char *name, bool *ret_free,
                           struct err *err)
{
    bool is_taken, is_of_staff = false;

    if (membership_is_name_taken(&gate->store, of->group, name, of->id, &is_taken, err))
        return err->rc;
    if (!is_taken && of->role < MEMBER_PROVIDER && likeness_is_of_staff(gate, name, &is_of_staff, err))
        return err->rc;
    *ret_free = !is_taken && !is_of_staff;
    return RC_OK;
}

/* The initial of the last word: "S" of "Maria Santos"; "" when there is one word only. */
static const char *last_initial(const char *full_name, struct arena *mem)
{
    const char *const last = strrchr(full_name, ' ');
    const char *end;

    if (!last || !last[1])
        return "";
    end = last + 1;
    text_next(&end);
    return arena_strndup(mem, last + 1, (size_t)(end - last - 1));
}

enum rc shown_name_choose(struct gate *gate, const struct membership *of, const char *full_name, struct arena *mem,
                          const char **ret_name, struct err *err)
{
    const char *const clean = text_clean_line(mem, full_name, strlen(full_name));
    const char *const first = render_first_name(clean, mem), *const initial = last_initial(clean, mem);
    const char *name = first;
    bool is_free = false;

    if (!*first)
        return err_set(err, RC_INPUT, "the name is empty");
    if (of->role < MEMBER_PROVIDER && likeness_is_of_practice(gate, clean, mem))
        return err_set(err, RC_CONFLICT, "shown name: this is the practice's name; give a person's");
    if (shown_name_is_free(gate, of, name, &is_free, err))
        return err->rc;
    if (!is_free && *initial) {
        name = arena_printf(mem, "%s %s.", first, initial);
        if (shown_name_is_free(gate, of, name, &is_free, err))
            return err->rc;
    }
    for (int n = 2; !is_free && n <= NUMBER_MAX; n++) {
        name = arena_printf(mem, "%s %d", first, n);
        if (shown_name_is_free(gate, of, name, &is_free, err))
            return err->rc;
    }
    if (!is_free)
        return err_set(err, RC_CONFLICT, "shown name: every name made from this one looks like staff's; give another");
    *ret_name = name;
    return RC_OK;
}

enum rc shown_name_keep(struct gate *gate, struct membership *m, struct arena *mem, struct err *err)
{
    bool is_taken;

    if (membership_is_name_taken(&gate->store, m->group, m->name, m->id, &is_taken, err))
        return err->rc;
    if (is_taken && shown_name_choose(gate, m, m->name, mem, &m->name, err) && err->rc != RC_CONFLICT)
        return err->rc;
    return RC_OK;
}
