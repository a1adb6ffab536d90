#include "inbound/authres_read.h"

#include <ctype.h>
#include <string.h>

#define COMMENT_DEPTH_MAX 10

/* ---- tokens of RFC 8601: comments are skipped, quoted strings are read ---- */

static void skip_comment(struct authres_reader *r)
{
    int depth = 0;

    do {
        if (*r->p == '(')
            depth++;
        else if (*r->p == ')')
            depth--;
        else if (*r->p == '\\' && r->p[1])
            r->p++;
        r->p++;
    } while (*r->p && depth > 0 && depth <= COMMENT_DEPTH_MAX);
    r->is_bad |= depth != 0;
}

static void skip_space(struct authres_reader *r)
{
    while (!r->is_bad && (*r->p == ' ' || *r->p == '\t' || *r->p == '('))
        if (*r->p == '(')
            skip_comment(r);
        else
            r->p++;
}

static void put_char(char word[AUTHRES_WORD_MAX], size_t *n, char c)
{
    if (*n < AUTHRES_WORD_MAX - 1)
        word[(*n)++] = (char)tolower((unsigned char)c);
}

static void read_quoted(struct authres_reader *r, char word[AUTHRES_WORD_MAX], size_t *n)
{
    for (r->p++; *r->p && *r->p != '"'; r->p++) {
        if (*r->p == '\\' && r->p[1])
            r->p++;
        put_char(word, n, *r->p);
    }
    r->is_bad |= *r->p != '"';
    r->p += *r->p == '"';
}

/* A word ends at a blank or one of ; = ( and is lower-cased. What is quoted belongs to it: "a@example.org"@example.net is one
 * address, of example.net. */
static void read_word(struct authres_reader *r, char word[AUTHRES_WORD_MAX], bool is_value)
{
    size_t n = 0;

    skip_space(r);
    while (!r->is_bad && *r->p && !strchr(is_value ? " \t;(" : " \t;=(", *r->p))
        if (*r->p == '"')
            read_quoted(r, word, &n);
        else
            put_char(word, &n, *r->p++);
    r->is_bad |= n == AUTHRES_WORD_MAX - 1;
    word[n] = '\0';
}

static void read_property(struct authres_reader *r, struct authres_result *res)
{
    char name[AUTHRES_WORD_MAX], value[AUTHRES_WORD_MAX];

    read_word(r, name, false);
    skip_space(r);
    if (*r->p != '=') {
        r->is_bad |= !*name && *r->p && *r->p != ';';
        return;
    }
    r->p++;
    read_word(r, value, true);
    if (strcmp(name, "header.from") == 0)
        memcpy(res->from, value, sizeof value);
    else if (strcmp(name, "header.d") == 0)
        memcpy(res->domain, value, sizeof value);
    else if (strcmp(name, "header.i") == 0 && !*res->domain)
        memcpy(res->domain, value, sizeof value);
    else if (strcmp(name, "smtp.mailfrom") == 0 || strcmp(name, "smtp.mail") == 0 || strcmp(name, "smtp.from") == 0)
        memcpy(res->mailfrom, value, sizeof value);
}

bool authres_read_result(struct authres_reader *r, struct authres_result *res)
{
    *res = (struct authres_result){ 0 };
    skip_space(r);
    while (*r->p == ';') {
        r->p++;
        skip_space(r);
    }
    if (!*r->p || r->is_bad)
        return false;
    read_word(r, res->method, false);
    if (strchr(res->method, '/')) /* version of the method */
        *strchr(res->method, '/') = '\0';
    skip_space(r);
    if (*r->p == '=') {
        r->p++;
        read_word(r, res->value, true);
    }
    for (skip_space(r); *r->p && *r->p != ';' && !r->is_bad; skip_space(r))
        read_property(r, res);
    return !r->is_bad;
}

/* ---- fields ---- */

void authres_read_clause(const char *received, const char *name, char ret_word[AUTHRES_WORD_MAX])
{
    struct authres_reader r = { .p = received };
    char word[AUTHRES_WORD_MAX];

    *ret_word = '\0';
    while (*r.p && !r.is_bad) {
        const char *before = r.p;

        read_word(&r, word, true);
        if (strcmp(word, name) == 0) {
            read_word(&r, ret_word, true);
            return;
        }
        if (r.p == before)
            r.p++;
    }
}

void authres_read_id(struct authres_reader *r, char id[AUTHRES_WORD_MAX])
{
    const char *start = r->p;
    char version[AUTHRES_WORD_MAX];

    read_word(r, id, false);
    skip_space(r);
    if (*r->p == '=') { /* "spf=pass …" */
        r->p = start;
        *id = '\0';
        return;
    }
    if (isdigit((unsigned char)*r->p))
        read_word(r, version, false);
    skip_space(r);
    if (*r->p == '=' || (*r->p && *r->p != ';'))
        r->is_bad = true;
}
