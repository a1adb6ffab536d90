/*
 * words: the tokens of a short text, and the text less what is only courtesy around it.
 *
 * Shape    Clean UTF-8 (text_clean). A token is a word (letters, digits, marks, inner apostrophes), one punctuation mark, a picture, or a line
 *          break. `plain` is the token folded: lower case, no accents, straight quotes, one kind of dash; "..." and "…" are one token "…".
 * Rule     The core of a text is one unbroken run of its tokens. Taken off its ends: greetings with the name they address, thanks, please,
 *          closings, names known to the caller, "Sent from my phone", a date line, a signature block, friendly pictures, blank lines and . , !
 *          A word that we do not know always stays, and so do "?" and "…": they may change what is meant.
 * Pattern  Words separated by blanks. `a|b` is either, a `?` at the end makes the word optional: "please? stop sending? me|us". A word of a
 *          pattern is plain (folded). Commas between the words of the text are passed over; no other punctuation is.
 * Owns     All results live in mem and point into the text that was given.
 * Limits   Past WORDS_MAX_TOKENS the list ends and is_cut is set: no such text is an answer or a command.
 * State    None.
 */
#ifndef INBOUND_WORDS_H
#define INBOUND_WORDS_H

#include "base/arena.h"
#include "base/err.h"

#define WORDS_MAX_TOKENS 16384
#define WORDS_NONE ((size_t)-1)

enum words_kind { WORDS_WORD, WORDS_PUNCT, WORDS_PICTURE, WORDS_BREAK };

struct words_token {
    const char *plain;
    size_t at, len; /* bytes of the text */
    enum words_kind kind;
    bool is_glued;   /* nothing stands between it and the token before */
    bool is_capital; /* a word whose first letter is upper case */
    bool is_upper;   /* a word of two or more letters, all upper case */
};

struct words_list {
    const struct words_token *v;
    size_t count;
    bool is_cut;
};

/* The core: tokens [from, to) of list. Tokens up to robot_to remain when only machine lines and signature blocks are taken off the end. */
struct words_core {
    struct words_list list;
    size_t from, to, robot_to;
    const char *text; /* the whole text that was given */
};

/* Splits up to max tokens (0 = WORDS_MAX_TOKENS). */
struct words_list words_split(const char *text, size_t max, struct arena *mem);

/* names: the known names of the author and of those who may be greeted, ended by NULL; NULL is allowed. */
struct words_core words_core(const char *text, const char *const *names, struct arena *mem);

/* The original characters of tokens [from, to); "" when there are none. */
char *words_span(const struct words_core *core, size_t from, size_t to, struct arena *mem);

/* How many tokens at the start of v match the pattern (the most), or WORDS_NONE. */
size_t words_match(const char *pattern, const struct words_token *v, size_t count);
/* The most that any of the patterns matches at the start; 0 when none does. */
size_t words_longest(const char *const *patterns, size_t n, const struct words_token *v, size_t count);
/* The core is the pattern and nothing else. */
bool words_core_is(const struct words_core *core, const char *pattern);

/* The value of a token of 1 to 4 digits, or of a number word up to twenty in English or Spanish ("a", "un" are none); -1 otherwise. */
int words_number(const struct words_token *token);
/* A line break with an empty line behind it, that may be quoted ("> "). */
bool words_ends_paragraph(const struct words_list *list, size_t i);
/* Where the last line with a word begins, of the tokens before to. */
size_t words_last_line(const struct words_list *list, size_t to);
bool words_is(const struct words_token *token, const char *plain);
/* A punctuation mark that is one of marks, separated by blanks. */
bool words_is_mark(const struct words_token *token, const char *marks);
/* A folded word in a list of words separated by blanks. */
bool words_among(const char *plain, const char *list);

/* A subject less "Re:", "Fwd:", "RV:" and their like. */
const char *words_subject(const char *subject);

#endif
