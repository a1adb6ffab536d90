/*
 * command: plain commands by email, in English and Spanish.
 *
 * Rule     The whole new text, less courtesy and signature (words_core), is the command; any case. An empty text lets the subject speak.
 *            sure    act and confirm
 *            likely  ask back once: "please stop sending me these", "quiero salir", "can I take a break?", PAUSE until March
 *            prose   the words stand in a longer text: never act; staff see the flag
 * Words    HELP AYUDA | STOP ALTO PARAR BAJA UNSUBSCRIBE | LEAVE SALIR [group] | PAUSE PAUSA [n [days weeks months]] | RESUME REANUDAR |
 *          DAILY DIARIO | WEEKLY SEMANAL | EACH "CADA UNO" | NEWS AVISOS | RULES REGLAS | INFO | NAME NOMBRE x | ANON ANONIMO |
 *          REPORT REPORTAR n [why] | MORE MAS [n] | BIG GRANDE | ENGLISH INGLES | SPANISH ESPAÑOL | STATUS ESTADO | UNDO DESHACER |
 *          POLL ENCUESTA VOTE VOTO [n] | CHECKIN CHEQUEO | STOP CHECKIN, ALTO CHEQUEO | THANKS GRACIAS n, with
 *          nothing between them; THANKS alone in capitals (words_core would take it for courtesy)
 *          PHONE TELEFONO n, and how people say that they want texts there (inbound/phone_words)
 *          "Who is this?" is INFO. How people say it, with the tier of each: tests/data/command/phrases.tsv.
 *          ANON stands alone on the first line or before a colon; the rest is the post.
 * Owns     Results live in mem.
 * State    None.
 */
#ifndef INBOUND_COMMAND_H
#define INBOUND_COMMAND_H

#include "base/arena.h"
#include "base/err.h"

enum command_kind {
    COMMAND_NONE,
    COMMAND_HELP,
    COMMAND_STOP,
    COMMAND_LEAVE,
    COMMAND_PAUSE,
    COMMAND_RESUME,
    COMMAND_DAILY,
    COMMAND_WEEKLY,
    COMMAND_EACH,
    COMMAND_NEWS,
    COMMAND_RULES,
    COMMAND_INFO,
    COMMAND_NAME,
    COMMAND_ANON,
    COMMAND_REPORT,
    COMMAND_MORE,
    COMMAND_BIG,
    COMMAND_ENGLISH,
    COMMAND_SPANISH,
    COMMAND_STATUS,
    COMMAND_UNDO,
    COMMAND_POLL,
    COMMAND_CHECK_IN,
    COMMAND_CHECK_IN_STOP,
    COMMAND_THANKS,
    COMMAND_PHONE,
    COMMAND_COUNT
};

enum command_strength { COMMAND_SURE, COMMAND_LIKELY, COMMAND_PROSE };

#define COMMAND_PAUSE_DEFAULT_DAYS 14
#define COMMAND_PAUSE_MAX_DAYS 365
#define COMMAND_NAME_MAX 40 /* code points */

struct command {
    enum command_kind kind;
    enum command_strength strength;
    int days;   /* PAUSE: 1 to COMMAND_PAUSE_MAX_DAYS */
    int number; /* REPORT, MORE, THANKS: the item's number; POLL: what is chosen; 0 when none was given */
    const char *
        text; /* LEAVE: the group's name as given by the caller; NAME: the name; REPORT: why; ANON: the post; PHONE: the number as written. Otherwise "" */
};

struct words_core;
struct command_input {
    const char *subject;       /* NULL is allowed */
    const char *text;          /* the new words */
    const char *const *names;  /* known names, ended by NULL; may be NULL */
    const char *const *groups; /* names of the person's groups, ended by NULL; may be NULL. LEAVE takes no other name */
    const struct words_core *core; /* of text and names, where the caller has it; NULL */
};

struct command command_read(const struct command_input *in, struct arena *mem);
/* "help", "stop", … ; "" for COMMAND_NONE. */
const char *command_name(enum command_kind kind);

#endif
