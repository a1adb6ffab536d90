/*
 * decision: the moderator's grammar.
 *
 * Rule     A decision acts only if the whole new text, less greeting, thanks and signature (words_core), is one decision, or one per line in
 *          answer to a list mail. Anything more is unclear, and nothing of it acts.
 *
 *   decision        English                  Spanish                      what may follow
 *   OK              OK OKAY APPROVE(D)       VALE APROBAR APROBADO        nothing
 *   OK CUT          OK CUT                   OK CORTAR, OK RECORTAR       nothing
 *   NO              NO                       NO, RECHAZAR                 nothing · [rule|regla|#] n [: text] · ": reason" · reason below
 *   ASK             ASK                      PREGUNTA PREGUNTAR           question (needed)
 *   EDIT            EDIT                     EDITAR                       text (needed)
 *   FIX             FIX                      CORREGIR CORRECCION NOTA     note (needed)
 *   PRIVATE         PRIVATE                  PRIVADO                      nothing · answer
 *   DONE            DONE                     HECHO LISTO                  nothing · outcome
 *   MOVE            MOVE [to]                MOVER [a]                    n · NEW NUEVO
 *   CRISIS CLAIM PASS SEND UNDO   the same   CRISIS, TOMAR "LO TOMO", PASAR, ENVIAR, DESHACER nothing
 *   ANNOUNCE TOPIC  ANNOUNCE ANNOUNCEMENT TOPIC    ANUNCIO ANUNCIAR TEMA  text (needed)
 *   ALT             ALT                      ALT DESCRIPCION              [n:] what a photo shows, in one line (needed)
 *
 *          Text follows in one of three ways: after a colon; on the lines below when the word stands alone on its line; on the same line when
 *          the word is in capitals and the text is not ("ASK Which day was it?"). The last way is not open to NO and EDIT, nor to "FIX it":
 *          "NO problem, send it" is unclear, and so is a NO whose reason below reads on from it ("that's fine", "problem").
 *          ALT lines may stand above another decision, or below one that takes no text; in the set they come first.
 *          NO without rule and reason is a decision too; whoever acts on it may ask for the reason. PRIVATE alone answers "SEND or PRIVATE?".
 *   list mail       WORD numbers, or WORD n with its text: OK 1 2 5-9 · OK ALL (TODO, TODOS) · OK CUT 3 · NO 3 rule 4 · NO 3: reason ·
 *                   ASK 2: question · MOVE 3 to 1 · MOVE 3 NEW · PASS 4 · ALT 2 A red cat · ALT 2 3: A dog (photo 3 of note 2). A number is an item of that mail. One decision per line and each
 *                   item once, ALT aside; OK ALL is what no other line names; a line that is none makes the whole mail unclear.
 * Owns     Results live in mem.
 * State    None.
 */
#ifndef INBOUND_DECISION_H
#define INBOUND_DECISION_H

#include "base/arena.h"
#include "base/err.h"

enum decision_kind {
    DECISION_UNCLEAR,
    DECISION_OK,
    DECISION_OK_CUT,
    DECISION_EDIT,
    DECISION_NO,
    DECISION_ASK,
    DECISION_PRIVATE,
    DECISION_MOVE,
    DECISION_FIX,
    DECISION_CRISIS,
    DECISION_CLAIM,
    DECISION_PASS,
    DECISION_DONE,
    DECISION_SEND,
    DECISION_ANNOUNCE,
    DECISION_TOPIC,
    DECISION_UNDO,
    DECISION_ALT,
    DECISION_COUNT
};

#define DECISION_MAX_ITEMS 500 /* numbers that one mail may name */

struct decision {
    enum decision_kind kind;
    int rule;         /* NO: the rule's number, else 0 */
    int photo;        /* ALT: the photo's place within the note; 0: each of them */
    int move_to;      /* MOVE: the conversation's number; 0 means NEW */
    bool is_all;      /* list: OK ALL; its items are those that no other line names */
    const int *items; /* list: the items meant; none in answer to a single item */
    size_t item_count;
    const char *text; /* what follows the word; "" when nothing does */
};

struct decision_set {
    const struct decision *v;
    size_t count;            /* 0: unclear, nothing acts */
    enum decision_kind near; /* unclear: the word it began with, to show its right form; DECISION_UNCLEAR when none */
};

struct decision_input {
    const char *text;         /* the new words */
    const char *const *names; /* known names, ended by NULL; may be NULL */
    int list_max;             /* 0: answer to a single item; n: answer to a list mail with items 1 to n */
};

struct decision_set decision_read(const struct decision_input *in, struct arena *mem);
/* "ok", "ok_cut", …; "unclear", also of what is no kind */
const char *decision_name(enum decision_kind kind);
/* The same as moderators write it: "OK CUT". */
const char *decision_word(enum decision_kind kind, struct arena *mem);

#endif
