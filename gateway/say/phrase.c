#include "gateway/say/phrase.h"

#include "base/text.h"
#include "gateway/home/context.h"
#include "schedules/hours.h"
#include "schedules/rhythm.h"
#include "schedules/said.h"

#define PICK(language, english, spanish) ((language) == LANGUAGE_SPANISH ? (spanish) : (english))

typedef enum rc said_fn(const struct said_in *in, int64_t ms, struct arena *mem, char **ret_text, struct err *err);

static const char *said(const struct gate *gate, enum person_language language, const char *zone, int64_t ms,
                        struct arena *mem, said_fn *fn)
{
    struct said_in in = { .language = language, .zone = zone ? zone : gate->facts.zone, .now_ms = gate_now_ms(gate) };
    struct err err;
    char *text = NULL;

    if (fn(&in, ms, mem, &text, &err)) {
        in.zone = "UTC";
        if (!fn(&in, ms, mem, &text, &err))
            return text;
        text = arena_alloc(mem, CLOCK_STAMP_SIZE);
        clock_stamp(ms, text);
    }
    return text;
}

const char *phrase_day(const struct gate *gate, enum person_language language, const char *zone, int64_t ms,
                       struct arena *mem)
{
    return said(gate, language, zone, ms, mem, said_day);
}

const char *phrase_short_day(const struct gate *gate, enum person_language language, const char *zone, int64_t ms,
                             struct arena *mem)
{
    return said(gate, language, zone, ms, mem, said_short_day);
}

const char *phrase_moment(const struct gate *gate, enum person_language language, const char *zone, int64_t ms,
                          struct arena *mem)
{
    return said(gate, language, zone, ms, mem, said_moment);
}

const char *phrase_zone(const struct gate *gate, enum person_language language, const char *zone, struct arena *mem)
{
    const char *const slash = strrchr(zone, '/');
    char *place = arena_strdup(mem, slash ? slash + 1 : zone);

    if (!*zone || !strcmp(zone, gate->facts.zone))
        return "";
    for (char *at = place; *at; at++)
        *at = *at == '_' ? ' ' : *at;
    return arena_printf(mem, PICK(language, "%s time", "hora de %s"), place);
}

const char *phrase_moment_there(const struct gate *gate, enum person_language language, const char *zone, int64_t ms,
                                struct arena *mem)
{
    const char *const moment = phrase_moment(gate, language, zone, ms, mem);
    const char *const there = phrase_zone(gate, language, zone, mem);

    return *there ? arena_printf(mem, "%s (%s)", moment, there) : moment;
}

const char *phrase_time(const struct gate *gate, enum person_language language, int64_t ms, struct arena *mem)
{
    const char *const today = phrase_day(gate, language, NULL, gate_now_ms(gate), mem);
    const bool is_today = !strcmp(phrase_day(gate, language, NULL, ms, mem), today);

    return said(gate, language, NULL, ms, mem, is_today ? said_time : said_moment);
}

const char *phrase_span(enum person_language language, int64_t ms, struct arena *mem)
{
    static const struct {
        int64_t ms;
        const char *one[2], *many[2];
    } units[] = {
        { MS_DAY, { "1 day", "1 día" }, { "days", "días" } },
        { MS_HOUR, { "1 hour", "1 hora" }, { "hours", "horas" } },
        { MS_MINUTE, { "1 minute", "1 minuto" }, { "minutes", "minutos" } },
    };
    const int l = language == LANGUAGE_SPANISH;

    for (size_t i = 0; i < COUNT_OF(units); i++) {
        const int64_t n = ms / units[i].ms;

        if (n == 1)
            return units[i].one[l];
        if (n > 1)
            return arena_printf(mem, "%" PRId64 " %s", n, units[i].many[l]);
    }
    return units[2].one[l];
}

int64_t phrase_number(int64_t id)
{
    return (id >> 22 ^ id) % 9000 + 1000;
}

const char *phrase_civil_day(const struct gate *gate, enum person_language language, int64_t day, struct arena *mem)
{
    return said(gate, language, "UTC", day * MS_DAY + MS_DAY / 2, mem, said_day);
}

const char *phrase_digest_days(enum person_language language, enum member_rhythm rhythm, int64_t weekday,
                               struct arena *mem)
{
    if (rhythm != RHYTHM_WEEKLY || weekday < 0 || weekday > 6)
        return PICK(language, "each day", "cada día");
    return arena_printf(mem, PICK(language, "each %s", "cada %s"), said_weekday(language, (int)weekday));
}

const char *phrase_hours(const struct gate *gate, enum person_language language, struct arena *mem)
{
    const struct practice_facts *const f = &gate->facts;
    struct hours hours;
    struct err ignored;

    if (!f->office_hours || hours_parse(f->office_hours, "", f->zone, &hours, &ignored))
        return f->office_hours ? f->office_hours : "";
    return hours_say(&hours, language, mem);
}

const char *phrase_rhythm(enum person_language language, enum member_rhythm rhythm)
{
    switch (rhythm) {
    case RHYTHM_EACH:
        return PICK(language, "one for each note", "una por cada nota");
    case RHYTHM_WEEKLY:
        return PICK(language, "one a week", "una por semana");
    case RHYTHM_NEWS:
        return PICK(language, "only news from the care team", "solo avisos del equipo de salud");
    case RHYTHM_DAILY:
    case RHYTHM_END:
        break;
    }
    return PICK(language, "one a day", "una al día");
}

const char *phrase_consent_way(enum person_language language, enum consent_way way)
{
    if (way == CONSENT_BY_PHONE)
        return PICK(language, "by phone", "por teléfono");
    return PICK(language, "on paper", "en papel");
}

const char *phrase_waiting(enum person_language language)
{
    return PICK(language, "a nurse will read it soon", "una enfermera la leerá pronto");
}

const char *phrase_some_day(enum person_language language)
{
    return PICK(language, "the day of the next note", "día en que haya algo nuevo");
}

const char *phrase_word(enum person_language language, enum phrase_word word)
{
    static const struct {
        const char *english, *spanish;
    } words[PHRASE_WORD_COUNT] = {
        [PHRASE_AS_NEWS] = { "To everybody, as news", "A todos, como aviso" },
        [PHRASE_NO_TALK_YET] = { "No talk yet. Please say MOVE", "Aún sin tema. Por favor, diga MOVER" },
        [PHRASE_NEW_TALK] = { "A new talk", "Un tema nuevo" },
        [PHRASE_IN_TALK] = { "In the talk", "En el tema" },
        [PHRASE_BY_NEW_MAIL] = { "It was a new note", "Era una nota nueva" },
        [PHRASE_BY_ADDRESS] = { "It came to the address of this talk", "Llegó a la dirección de este tema" },
        [PHRASE_BY_QUOTE] = { "It was written under the words of this talk",
                              "Fue escrita bajo las palabras de este tema" },
        [PHRASE_BY_NUMBER] = { "It began with the number of this talk", "Empezó con el número de este tema" },
        [PHRASE_BY_ONLY_ONE] = { "There was only this talk to answer", "Solo había este tema" },
        [PHRASE_BY_NOBODY] = { "Nobody could tell", "No se pudo saber" },
        [PHRASE_BY_STAFF] = { "Staff put it there", "El equipo la puso ahí" },
        [PHRASE_BY_AUTHOR] = { "We asked, and the writer said so", "Preguntamos, y así lo dijo quien la escribió" },
        [PHRASE_NEXT_LETTER] = { "In the next letter", "En la próxima carta" },
        [PHRASE_IF_OK_BEFORE] = { "if you say OK before", "si dice OK antes" },
        [PHRASE_AS_A_MEMBER] = { "to the group: a member", "para el grupo: un miembro" },
        [PHRASE_FIRST_NOTE] = { "This is the first note of this person", "Es la primera nota de esta persona" },
        [PHRASE_NOTES_WAIT] = { "Notes that wait", "Notas que esperan" },
        [PHRASE_EMAIL] = { "email", "correo" },
        [PHRASE_TEXT] = { "text", "mensaje de texto" },
    };

    return PICK(language, words[word].english, words[word].spanish);
}

const char *phrase_undone(enum person_language language, const char *command)
{
    static const struct {
        const char *command, *english, *spanish;
    } names[] = { { "stop", "your STOP. You will get our letters again", "su ALTO. Le volveremos a escribir" },
                  { "leave", "your LEAVE. You are in the group again", "su SALIR. Vuelve a estar en el grupo" },
                  { "pause", "the pause", "la pausa" },
                  { "resume", "the end of the pause", "el fin de la pausa" },
                  { "name", "your new name", "su nuevo nombre" },
                  { "big", "the size of the letters", "el tamaño de la letra" } };

    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (!strcmp(names[i].command, command))
            return PICK(language, names[i].english, names[i].spanish);
    return PICK(language, "your last change", "su último cambio");
}

static const struct {
    enum post_flag flag;
    const char *name; /* of a hit (struct context_hit); NULL: there are none */
    const char *english, *spanish;
} flags[] = {
    { POST_FLAG_CRISIS, "crisis", "Possible crisis", "Posible crisis" },
    { POST_FLAG_READS, "reads", "The whole note reads like ones that needed a person (from 0 to 100)",
      "La nota entera se parece a otras que necesitaron a una persona (de 0 a 100)" },
    { POST_FLAG_MEDICAL, "medical", "Possible medical problem", "Posible problema médico" },
    { POST_FLAG_CONTACT, "contact", "Contact data", "Datos de contacto" },
    { POST_FLAG_MEDICINE, "medicine", "Advice about medicine", "Consejo sobre medicinas" },
    { POST_FLAG_RESULTS, "results", "Test results", "Resultados de pruebas" },
    { POST_FLAG_FOR_DOCTOR, "doctor", "A question for the doctor", "Una pregunta para el médico" },
    { POST_FLAG_CONFLICT, "conflict", "Unkind words", "Palabras poco amables" },
    { POST_FLAG_NAME, "name", "A full name", "Un nombre completo" },
    { POST_FLAG_OWN_NAME, MARK_OWN_NAME, "It goes out with no name, but it tells whose it is",
      "Sale sin nombre, pero dice de quién es" },
    { POST_FLAG_ANON_WISH, NULL, "It may ask to go out with no name, but the name is on it",
      "Tal vez pide salir sin nombre, pero lleva el nombre" },
    { POST_FLAG_FIRST, NULL, "First note of this person", "Primera nota de esta persona" },
    { POST_FLAG_FORWARDED, NULL, "It was forwarded", "Fue reenviada" },
    { POST_FLAG_OLD_LETTER, NULL, "It answers an old letter", "Responde a una carta antigua" },
    { POST_FLAG_MAYBE_NEW, NULL, "It may be a new talk", "Tal vez es un tema nuevo" },
    { POST_FLAG_NOT_TRIMMED, NULL, "We could not tell new words from old ones",
      "No pudimos separar lo nuevo de lo viejo" },
    { POST_FLAG_OTHER_BODY, NULL, "The same mail came before with other words",
      "El mismo correo llegó antes con otras palabras" },
    { POST_FLAG_WITH_PHOTO, NULL, "A photo goes out with it", "Sale con una foto" },
    { POST_FLAG_PHOTO, NULL, "A photo or file came with it and is left out",
      "Vino con una foto o archivo, que no sale" },
    { POST_FLAG_SENT_BEFORE, NULL, "The group has read nearly the same note of this person",
      "El grupo ya leyó casi la misma nota de esta persona" },
};

const char *phrase_flag(enum person_language language, enum post_flag flag)
{
    for (size_t i = 0; i < COUNT_OF(flags); i++)
        if (flags[i].flag == flag)
            return PICK(language, flags[i].english, flags[i].spanish);
    return "";
}

const char *phrase_flag_named(enum person_language language, const char *name)
{
    for (size_t i = 0; i < COUNT_OF(flags); i++)
        if (flags[i].name && !strcmp(flags[i].name, name))
            return PICK(language, flags[i].english, flags[i].spanish);
    return "";
}

struct json *phrase_rules(const struct care_group *group)
{
    struct json *rules = json_array_new();
    const char *at = group->rules, *line;
    size_t n;

    while (text_next_line(&at, &line, &n)) {
        struct json *rule;

        if (!n)
            continue;
        rule = json_object_new();
        json_set_strn(rule, "rule", line, n);
        json_push(rules, &rule);
    }
    return rules;
}

const char *phrase_next_letter(const struct gate *gate, const struct care_group *group, const struct membership *m,
                               const struct person *person, struct arena *mem)
{
    const struct rhythm rhythm = { .zone = group->zone,
                                   .minute = (int)group->digest_minute,
                                   .weekday =
                                       m->rhythm == RHYTHM_WEEKLY ? (int)group->digest_weekday : RHYTHM_EVERY_DAY };
    const char *const zone = person->zone ? person->zone : group->zone;
    const int64_t now_ms = gate_now_ms(gate);
    const int64_t after_ms = m->state == MEMBER_PAUSED && m->paused_until_ms > now_ms ? m->paused_until_ms : now_ms;
    struct err err;
    int64_t ms;

    if (m->rhythm != RHYTHM_DAILY && m->rhythm != RHYTHM_WEEKLY)
        return NULL;
    if (rhythm_next_close(&rhythm, after_ms, &ms, &err))
        return NULL;
    if (m->hour_minute >= 0 && rhythm_due(ms, zone, (int)m->hour_minute, &ms, &err))
        return NULL;
    return phrase_moment(gate, person->language, zone, ms, mem);
}
