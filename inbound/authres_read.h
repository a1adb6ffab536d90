/*
 * authres_read: the words of an Authentication-Results field, and of a Received.
 *
 * Shape    A reader stands at a place of one unfolded field. Comments are skipped, quoted strings are read, words are lower-cased; what has no end, or a word of
 *          AUTHRES_WORD_MAX, makes it bad, and then it gives nothing more.
 * Owns     Nothing: the field must outlive the reader.
 * State    None.
 * Source   RFC 8601 2.2, RFC 5321 4.4.
 */
#ifndef INBOUND_AUTHRES_READ_H
#define INBOUND_AUTHRES_READ_H

#include <stdbool.h>

#define AUTHRES_WORD_MAX 256

struct authres_reader {
    const char *p;
    bool is_bad;
};

/* One "method=result" with the properties that matter; "" what is not there. */
struct authres_result {
    char method[AUTHRES_WORD_MAX], value[AUTHRES_WORD_MAX];
    char from[AUTHRES_WORD_MAX], domain[AUTHRES_WORD_MAX], mailfrom[AUTHRES_WORD_MAX];
};

/* The authserv-id of a field, "" when it begins with a result at once; what follows is left for the results. */
void authres_read_id(struct authres_reader *r, char id[AUTHRES_WORD_MAX]);
/* False at the end, and when nothing can be read any more: is_bad tells. */
bool authres_read_result(struct authres_reader *r, struct authres_result *res);
/* The word behind `name` ("from", "by", "with") in a Received; "" when there is none. */
void authres_read_clause(const char *received, const char *name, char ret_word[AUTHRES_WORD_MAX]);

#endif
