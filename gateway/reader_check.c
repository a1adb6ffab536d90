#include "gateway/reader_check.h"

#include "base/json.h"
#include "inbound/sandbox.h"

enum rc reader_check(struct arena *mem, const char **ret_missing, struct err *err)
{
    static const char *const parts[] = { "no_new_privs", "undumpable", "rlimits", "landlock", "seccomp" };
    CLEANUP(json_free) struct json *root = NULL;
    const char *missing = "";

    if (sandbox_protections(NULL, &root, err))
        return err_set(err, RC_TEMP, "the reader of mail does not say whether it is closed");
    for (size_t i = 0; i < COUNT_OF(parts); i++)
        if (!json_get_bool(root, parts[i], false))
            missing = arena_printf(mem, "%s%s%s", missing, *missing ? ", " : "", parts[i]);
    *ret_missing = missing;
    return RC_OK;
}
