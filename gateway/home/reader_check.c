#include "gateway/home/reader_check.h"

#include "base/json.h"
#include "inbound/sandbox.h"

static enum rc check_one(enum sandbox_program program, struct arena *mem, const char **missing, struct err *err)
{
    static const char *const parts[] = { "no_new_privs", "undumpable", "rlimits", "landlock", "seccomp" };
    CLEANUP(json_free) struct json *root = NULL;

    if (sandbox_protections(program, NULL, &root, err))
        return err_set(err, RC_TEMP, "the reader of %s does not say whether it is closed",
                       program == SANDBOX_PHOTO ? "photos" : "mail");
    for (size_t i = 0; i < COUNT_OF(parts); i++)
        if (!json_get_bool(root, parts[i], false) && !strstr(*missing, parts[i]))
            *missing = arena_printf(mem, "%s%s%s", *missing, **missing ? ", " : "", parts[i]);
    return RC_OK;
}

enum rc reader_check(struct arena *mem, const char **ret_missing, struct err *err)
{
    const char *missing = "";

    if (check_one(SANDBOX_READER, mem, &missing, err) || check_one(SANDBOX_PHOTO, mem, &missing, err))
        return err->rc;
    *ret_missing = missing;
    return RC_OK;
}
