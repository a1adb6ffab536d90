/*
 * provider_parts: what provider.c reads from a file and provider_build.c fills in. For these two only.
 *
 * Shape    A template is a row of pieces; a piece is text as it stands, or a name. Pieces are made once, so that filling in is one pass.
 */
#ifndef MAILER_PROVIDER_PARTS_H
#define MAILER_PROVIDER_PARTS_H

#include "mailer/provider.h"

#define PROVIDER_LIST_MAX 64
#define PROVIDER_PIECES_MAX 12

enum provider_piece_kind {
    PIECE_TEXT,     /* as it stands */
    PIECE_VALUE,    /* secret.NAME, setting.NAME */
    PIECE_OPTIONAL, /* the same with ? behind it: "" when it is not set */
    PIECE_TO,
    PIECE_FROM,
    PIECE_BODY,
    PIECE_CALLBACK,
    PIECE_REF,
    PIECE_UDH,
    PIECE_TTL_S,
    PIECE_TTL_MIN,
    PIECE_TTL_MS,
    PIECE_EXPIRES,
    PIECE_ENCODING
};

struct provider_piece {
    enum provider_piece_kind kind;
    const char *text;        /* of PIECE_TEXT; the name of a value */
    const char *encoding[2]; /* by enum segment_encoding */
};

struct provider_template {
    struct provider_piece pieces[PROVIDER_PIECES_MAX];
    size_t count;
};

enum provider_content { CONTENT_FORM, CONTENT_JSON, CONTENT_QUERY };
enum provider_field_kind { FIELD_TEXT, FIELD_LIST, FIELD_NUMBER };
enum provider_number { NUMBER_E164, NUMBER_DIGITS, NUMBER_NATIONAL };

struct provider_field {
    const char *name;
    enum provider_field_kind kind;
    struct provider_template value;
};

struct provider_code {
    const char *word; /* NULL for numbers */
    int64_t from, to;
    bool is_http;
    int means; /* enum provider_class or provider_state */
};

struct provider_codes {
    struct provider_code list[PROVIDER_LIST_MAX];
    size_t count;
};

struct provider_path {
    const char *field, *path;
};

#define PROVIDER_FIELDS 14 /* that a map may name, each once */

struct provider {
    const char *name;
    bool is_post, is_phones, splits;
    enum provider_content content;
    enum provider_number number;
    struct provider_template url, check; /* no pieces in check: there is none */
    bool has_auth;
    struct provider_template user, password;
    struct provider_field headers[8], fields[24];
    size_t header_count, field_count;
    enum sms_verifier verifier;
    struct provider_template keys[SMS_SIGN_KEYS_MAX];
    const char *rules[PROVIDER_RULE_COUNT];
    struct provider_path paths[PROVIDER_EVENT_COUNT][PROVIDER_FIELDS];
    size_t path_count[PROVIDER_EVENT_COUNT];
    struct provider_codes states, classes, receipt_classes;
};

/* NULL: it is not set. */
const char *provider_find_value(const struct provider_value *values, size_t count, const char *name);

/* Reads "to {to}" and the like. why says what is wrong, for the line's fault. */
bool provider_read_template(const char *text, struct arena *mem, struct provider_template *ret, const char **why);

#endif
