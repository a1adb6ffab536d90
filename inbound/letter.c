#include "inbound/letter.h"

#include "base/text.h"

#define NAME_OF(names, i) ((size_t)(i) < COUNT_OF(names) && (names)[i] ? (names)[i] : "?")

static const char *const kind_names[LETTER_KIND_COUNT] = {
    [LETTER_POST] = "post",           [LETTER_REPLY] = "reply", [LETTER_REPORT] = "report",
    [LETTER_COMPLAINT] = "complaint", [LETTER_ROBOT] = "robot", [LETTER_CALENDAR] = "calendar",
    [LETTER_COMMAND] = "command",     [LETTER_EMPTY] = "empty",
};
static const char *const auth_names[LETTER_AUTH_COUNT] = {
    [LETTER_AUTH_NONE] = "none", [LETTER_AUTH_PASS] = "pass",     [LETTER_AUTH_ALIGNED] = "aligned",
    [LETTER_AUTH_FAIL] = "fail", [LETTER_AUTH_INSIDE] = "inside",
};
static const char *const action_names[LETTER_ACTION_COUNT] = {
    [LETTER_FAILED] = "failed",   [LETTER_DELAYED] = "delayed",   [LETTER_DELIVERED] = "delivered",
    [LETTER_RELAYED] = "relayed", [LETTER_EXPANDED] = "expanded",
};
static const char *const class_names[LETTER_CLASS_COUNT] = {
    [LETTER_CLASS_UNKNOWN] = "unknown", [LETTER_CLASS_NO_USER] = "no_user",
    [LETTER_CLASS_NO_HOST] = "no_host", [LETTER_CLASS_SUSPENDED] = "suspended",
    [LETTER_CLASS_FULL] = "full",       [LETTER_CLASS_SIZE] = "size",
    [LETTER_CLASS_POLICY] = "policy",   [LETTER_CLASS_SPAM] = "spam",
    [LETTER_CLASS_NETWORK] = "network", [LETTER_CLASS_OK] = "ok",
    [LETTER_CLASS_MOVED] = "moved",     [LETTER_CLASS_CONTENT] = "content",
    [LETTER_CLASS_AUTH] = "auth",       [LETTER_CLASS_RATE] = "rate",
};
static const char *const field_names[LETTER_FIELD_COUNT] = {
    [LETTER_TO] = "to",
    [LETTER_CC] = "cc",
    [LETTER_DELIVERED_TO] = "delivered_to",
    [LETTER_ORIGINAL_TO] = "original_to",
    [LETTER_FORWARDED_TO] = "forwarded_to",
};

const char *letter_kind_name(enum letter_kind kind)
{
    return NAME_OF(kind_names, kind);
}

const char *letter_auth_name(enum letter_auth auth)
{
    return NAME_OF(auth_names, auth);
}

const char *letter_action_name(enum letter_action action)
{
    return NAME_OF(action_names, action);
}

const char *letter_class_name(enum letter_class why)
{
    return NAME_OF(class_names, why);
}

const char *letter_field_name(enum letter_field field)
{
    return NAME_OF(field_names, field);
}

void letter_init(struct letter *letter)
{
    *letter = (struct letter){
        .kind = LETTER_EMPTY,
        .from = "",
        .from_name = "",
        .return_path = "",
        .subject = "",
        .message_id = "",
        .in_reply_to = "",
        .body = "",
        .text = "",
        .trimmed = "",
        .calendar = { .method = "",
                      .uid = "",
                      .attendee = "",
                      .partstat = "",
                      .comment = "",
                      .sequence = -1,
                      .stamp = "",
                      .start = "",
                      .zone = "" },
        .robot = "",
        .file_names = "",
        .auth = LETTER_AUTH_NONE,
        .auth_domain = "",
        .list_id = "",
        .precedence = "",
    };
}

bool letter_has_warning(const struct letter *letter, const char *name)
{
    for (size_t i = 0; i < letter->warning_count; i++)
        if (text_equals(letter->warnings[i], name))
            return true;
    return false;
}
