/*
 * line: what one line of a letter looks like: attribution, header of older mail, signature mark, mobile footer, disclaimer.
 *
 * Shape    Text goes in folded (text_fold_plain): lower case, no accents, so the word lists are short. Patterns say what a line looks
 *          like; reply.c decides what becomes of it.
 * Errors   None.
 * State    None.
 * Source   Written from the formats of Gmail, Outlook, Apple Mail, Thunderbird, Yahoo, AOL, Zoho, mail.ru and GMX in their languages.
 */
#ifndef INBOUND_LINE_H
#define INBOUND_LINE_H

#include "base/arena.h"
#include "base/err.h"

#define LINE_ATTRIBUTION_LINES_MAX 6

enum line_proof {
    LINE_NO,
    LINE_WEAK,  /* it is one if quoted lines follow */
    LINE_STRONG /* nothing a person writes looks like this */
};

/* Whether lines[0], or lines[0] to lines[*ret_used - 1] taken together, say "On … somebody wrote:". */
enum line_proof line_attribution(const char *const *lines, size_t count, size_t *ret_used);

/* Figures of an hour, "7:54"; of a year, "2026" or "16.4.26". */
bool line_has_time(const char *line);
bool line_has_year(const char *line);

/* inbound/line_header.c: "From: … Sent: … To: … Subject: …", with or without bold marks; or some of it, closed by an attribution: how many lines the block has,
 * 0 for none. No more than LINE_HEADER_LINES_MAX are looked at. */
#define LINE_HEADER_LINES_MAX 24
size_t line_header_block(const char *const *lines, size_t count);

/* "From: …", "Enviado el: …" */
bool line_is_field(const char *line);

/* The same by its shape alone, for below a titled rule: three or more fields one below the other, one with an address, one with a date. */
size_t line_titled_block(const char *const *lines, size_t count);

/* inbound/line_mark.c */
bool line_is_original_mark(const char *line); /* "-----Original Message-----" */
bool line_is_original_words(
    const char *line);                       /* the same with or without dashes: "  Original Message  " of BlackBerry */
bool line_is_forward_mark(const char *line); /* "---------- Forwarded message ----------" */
bool line_is_signature_mark(const char *line); /* "--", "-- " */
bool line_is_long_dash(const char *line);      /* "—" alone: a signature mark if only names and numbers follow */
/* Bytes of a quote mark other than ">": "| ", "RV> ", "RV>> "; 0 for none. */
size_t line_odd_mark(const char *line);
bool line_is_rule(const char *line); /* a line of five or more - _ = or * */
/* "----- Whatever -----": belongs to the header of older mail right below it */
bool line_is_titled_rule(const char *line);
bool line_has_rule(const char *line); /* begins or ends with five or more of these: "_____ Information from … _____" */

/* inbound/line_footer.c */
bool line_is_mobile_footer(const char *line); /* "Sent from my iPhone" */
bool line_is_advert(const char *line);        /* "Get the new app: www.example.org": a footer below another */
bool line_is_dash_name(const char *line);     /* "-Rose", "- Rose Miller": before folding */
bool line_is_link(const char *line);          /* nothing but an address of the web */
bool line_is_address(const char *line);       /* nothing but an address of mail */
bool line_is_placeholder(const char *line);   /* nothing but "[image: IMG_1.jpg]", "[cid:…]" */
/* Text without the place holders within its lines. */
const char *line_without_placeholders(const char *text, struct arena *mem);

/* inbound/line_notice.c: what others write round a letter. */
/* A rule above it is half the proof. */
bool line_is_disclaimer(const char *paragraph, bool is_below_rule);
bool line_is_list_footer(const char *line); /* mailing list or virus scanner */
bool line_names_list(const char *line);     /* "Circle mailing list": one only beside a rule or a link */
bool line_is_banner(const char *paragraph); /* "CAUTION: This email originated from outside of the organization." */
bool line_goes_on_banner(const char *line); /* "Do not click links …" */
/* How many of the words stand in s; whether s starts with one of them. */
int line_count_words(const char *s, const char *const *words, size_t n);
bool line_starts_with_one(const char *s, const char *const *words, size_t n);

/* inbound/line_contact.c: what a line of a signature says, before folding. */
enum line_contact {
    LINE_CONTACT_NO,
    LINE_CONTACT_NAME,  /* one to four words in capitals */
    LINE_CONTACT_LOOSE, /* an office, a place: words in capitals */
    LINE_CONTACT_REACH, /* a phone number, a street, an address */
    LINE_CONTACT_CARD   /* a name and a number between bars */
};
enum line_contact line_contact(const char *line);
/* The words before it say that an address or number is what the letter is about: "my new address is:" */
bool line_announces(const char *line);

bool line_is_blank(const char *line);
/* strncmp and strlen for what rarely begins alike: whole lists are asked for each line. */
static inline bool line_starts_with(const char *s, const char *start)
{
    while (*start && *s == *start) {
        s++;
        start++;
    }
    return !*start;
}
const char *line_skip_blanks(const char *line);
const char *line_skip_dashes(const char *line); /* also * _ and blanks */

#endif
