/*
 * desk_word: the words by which staff run a group by mail. Decisions on notes are inbound/decision's.
 *
 * Rule     The whole new text, less greeting, thanks and signature (words_core), is one word with what belongs to it. Anything more is unclear,
 *          and nothing of it acts: the caller asks back.
 *
 *   word      English            Spanish                           what follows
 *   INVITE    INVITE             INVITAR INVITA                    address and full name, in any order · [in GROUP]
 *   AGAIN     AGAIN              OTRA VEZ, DE NUEVO                name · [in GROUP] · : reason (or below)
 *   WHO       WHO, WHO IS IN     QUIEN QUIENES                     nothing · GROUP
 *   QUEUE     QUEUE              COLA PENDIENTES                   nothing · GROUP (each line names its own)
 *   PAUSE     PAUSE              PAUSA PAUSAR                      name · [n days weeks months] · [in GROUP]
 *   REMOVE    REMOVE             QUITAR RETIRAR                    name · [in GROUP] · [: reason]
 *   RULES     RULES              REGLAS                            nothing · GROUP · : the new rules, one on each line
 *   HOURS     HOURS              HORARIO HORAS                     nothing · : Mon-Fri 08:00-17:00
 *   DUTY      DUTY               GUARDIA TURNO                     nothing · : names in their order
 *   TOPIC     TOPIC              TEMA                              [in GROUP] · [at DAY TIME] · : text (or below)
 *   TOPICS    TOPICS             TEMAS                             nothing · GROUP
 *   STATS     STATS              CIFRAS ESTADISTICAS               nothing · GROUP
 *   CHECKIN   CHECKIN            CHEQUEO                           nothing · number · [in GROUP] · : question and lines (gateway/desk/desk_check_in)
 *   END       END CHECKIN        TERMINAR CHEQUEO                  number · [in GROUP]
 *   HELP      HELP               AYUDA                             nothing
 *   RESUME    RESUME             REANUDAR                          nothing · GROUP; a name · [in GROUP] is DESK_WORD_RESUME_PERSON, UNPAUSE too
 *
 *          "in" is in, to, for, from, en, a, para or de, and GROUP one of the names that the caller gives, or words of
 *          the names of one group alone ("the Thursday group"); "the group" names none. What stands behind the last "at",
 *          "on", "el" or "para el" of TOPIC is a time (schedules/moment reads it).
 * Owns     Results live in mem.
 * State    None.
 */
#ifndef INBOUND_DESK_WORD_H
#define INBOUND_DESK_WORD_H

#include "base/arena.h"
#include "base/err.h"

enum desk_word_kind {
    DESK_WORD_NONE,
    DESK_WORD_INVITE,
    DESK_WORD_AGAIN,
    DESK_WORD_WHO,
    DESK_WORD_QUEUE,
    DESK_WORD_PAUSE,
    DESK_WORD_REMOVE,
    DESK_WORD_RULES,
    DESK_WORD_HOURS,
    DESK_WORD_DUTY,
    DESK_WORD_TOPIC,
    DESK_WORD_STATS,
    DESK_WORD_HELP,
    DESK_WORD_CHECK_IN,
    DESK_WORD_CHECK_IN_END,
    DESK_WORD_RESUME,
    DESK_WORD_STRANGERS,
    DESK_WORD_TOPICS,
    DESK_WORD_RESUME_PERSON,
    DESK_WORD_COUNT
};

#define DESK_WORD_PAUSE_DAYS 14
#define DESK_WORD_PAUSE_MAX 365

struct desk_word {
    enum desk_word_kind kind; /* DESK_WORD_NONE: it begins with none of the words */
    bool is_whole;            /* false: the word, and then something that does not belong to it */
    bool is_loud;             /* the word is in capitals */
    const char *address;      /* INVITE; "" otherwise */
    const char
        *name; /* of a person, as written; of RESUME with a group: what named it, which may be a person; "" none */
    int group; /* place in the caller's list; -1: none was named */
    const char *when; /* TOPIC; "" none */
    const char *text; /* the reason, rules, hours, names, words; "" none */
    int days;         /* PAUSE */
    int number;       /* CHECKIN, END CHECKIN; 0 none */
};

struct desk_word_input {
    const char *text;          /* the new words */
    const char *const *names;  /* as in words_core */
    const char *const *groups; /* names of groups, ended by NULL */
    int names_each;            /* so many behind one another are of one group; 0: one */
};

struct desk_word desk_word_read(const struct desk_word_input *in, struct arena *mem);
/* "INVITE", "INVITAR": as staff write it. */
const char *desk_word_name(enum desk_word_kind kind, bool is_spanish);

#endif
