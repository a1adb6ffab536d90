#include "inbound/mime.h"

#include "base/text.h"

static const struct mime_field *find_field(const struct mime *mime, const char *name)
{
    for (size_t i = 0; i < mime->field_count; i++)
        if (text_equals(mime->fields[i].name, name))
            return &mime->fields[i];
    return NULL;
}

const char *mime_value(const struct mime *mime, const char *name)
{
    const struct mime_field *f = find_field(mime, name);

    return f ? f->value : NULL;
}

const char *mime_raw(const struct mime *mime, const char *name)
{
    const struct mime_field *f = find_field(mime, name);

    return f ? f->raw : NULL;
}

size_t mime_count(const struct mime *mime, const char *name)
{
    size_t n = 0;

    for (size_t i = 0; i < mime->field_count; i++)
        n += text_equals(mime->fields[i].name, name);
    return n;
}
