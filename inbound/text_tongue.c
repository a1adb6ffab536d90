#include "inbound/text_tongue.h"

#include "inbound/words.h"

#define WORDS_MAX 60
#define COMMAND_WEIGHT 2

static const char english[] = "the and is are was were am i i'm im i've my mine you your he she it it's we they them "
                              "this that these those what when where "
                              "who how why with for from have has had do does don't dont did didn't not can can't cant "
                              "could will would should to of on in at "
                              "be been but so if or about there their here just very good thanks thank today tomorrow "
                              "yesterday please want need feel "
                              "feeling better more after before because";
static const char spanish[] = "el la los las un una unos unas y es son soy estoy esta estan estaba fue era mi mis tu "
                              "su sus usted ustedes ella ellos "
                              "nosotros que cuando donde quien como porque con para por de del al en muy bien mal "
                              "gracias hoy ayer manana quiero quisiera "
                              "necesito tengo tiene hay lo le les se te nos pero si ya tambien mas menos bueno buena "
                              "buenos buenas dias hola favor me siento "
                              "estamos puedo puede voy vamos nada todo todos desde hasta despues antes";
static const char english_commands[] = "list groups leave pause resume undo help name zone more";
static const char spanish_commands[] = "lista grupos salir pausa seguir reanudar deshacer ayuda nombre zona mas";

enum text_tongue text_tongue_read(const char *text, struct arena *mem)
{
    const struct words_list list = words_split(text, WORDS_MAX, mem);
    size_t en = 0, es = 0, words = 0;

    for (size_t i = 0; i < list.count; i++) {
        const struct words_token *const w = &list.v[i];

        es += words_is_mark(w, "¿ ¡");
        if (w->kind != WORDS_WORD)
            continue;
        words++;
        en += words_among(w->plain, english);
        es += words_among(w->plain, spanish);
        if (words == 1) { /* a command stands first */
            en += words_among(w->plain, english_commands) ? COMMAND_WEIGHT : 0;
            es += words_among(w->plain, spanish_commands) ? COMMAND_WEIGHT : 0;
        }
    }
    if (es >= 2 && es >= 2 * en)
        return TEXT_TONGUE_SPANISH;
    return en >= 2 && en >= 2 * es ? TEXT_TONGUE_ENGLISH : TEXT_TONGUE_UNKNOWN;
}
