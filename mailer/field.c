#include "mailer/field.h"

#include "base/text.h"
#include "mailer/encode.h"

#include <string.h>

#define ID_MAX 250
#define FIELD_COLUMNS 78

enum rc field_check_text(const char *field, const char *s, size_t max, struct err *err)
{
    const size_t n = s ? strlen(s) : 0;

    if (!s)
        return err_set(err, RC_INPUT, "%s is missing", field);
    if (n > max)
        return err_set(err, RC_LIMIT, "%s is over %zu bytes", field, max);
    if (!text_is_utf8(s, n))
        return err_set(err, RC_INPUT, "%s is not UTF-8", field);
    return RC_OK;
}

enum rc field_check_address(const char *field, const char *s, struct err *err)
{
    if (!s || !encode_is_address(s))
        return err_set(err, RC_INPUT, "%s is no address that can be written to", field);
    return RC_OK;
}

enum rc field_check_id(const char *field, const char *s, struct err *err)
{
    if (!s || strlen(s) > ID_MAX || !encode_is_address(s))
        return err_set(err, RC_INPUT, "%s is not left@domain", field);
    return RC_OK;
}

enum rc field_check_url(const char *field, const char *s, struct err *err)
{
    if (!s || encode_is_url(s))
        return RC_OK;
    return err_set(err, RC_INPUT, "%s is not a https or mailto URL", field);
}

static size_t column(const struct strbuf *out)
{
    size_t n = out->len;

    while (n && out->p[n - 1] != '\n')
        n--;
    return out->len - n;
}

void field_write_mailbox(const char *field, const char *name, const char *address, struct strbuf *out)
{
    strbuf_str(out, field);
    if (!*name) {
        strbuf_printf(out, "%s\r\n", address);
        return;
    }
    encode_phrase(name, out);
    strbuf_str(out, column(out) + strlen(address) + 3 > FIELD_COLUMNS ? "\r\n <" : " <");
    strbuf_str(out, address);
    strbuf_str(out, ">\r\n");
}

void field_write_subject(const char *line, struct strbuf *out)
{
    strbuf_str(out, "Subject: ");
    encode_unstructured(line, strlen("Subject: "), out);
    strbuf_str(out, "\r\n");
}
