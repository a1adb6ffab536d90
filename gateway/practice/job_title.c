#include "gateway/practice/job_title.h"

#include "base/text.h"

#define PICK(language, english, spanish) ((language) == LANGUAGE_SPANISH ? (spanish) : (english))

/* Folded, accents off. */
static const struct {
    const char *english, *spanish;
} from_english[] = {
    { "nurse", "profesional de enfermería" },
    { "registered nurse", "profesional de enfermería" },
    { "rn", "profesional de enfermería" },
    { "nurse practitioner", "profesional de enfermería" },
    { "head nurse", "profesional de enfermería" },
    { "doctor", "profesional de medicina" },
    { "physician", "profesional de medicina" },
    { "md", "profesional de medicina" },
    { "medical assistant", "asistente de salud" },
    { "therapist", "terapeuta" },
    { "physical therapist", "fisioterapeuta" },
    { "psychologist", "profesional de psicología" },
    { "counselor", "profesional de orientación" },
    { "social worker", "profesional de trabajo social" },
    { "pharmacist", "profesional de farmacia" },
    { "dietitian", "nutricionista" },
    { "nutritionist", "nutricionista" },
    { "case manager", "responsable de casos" },
    { "care coordinator", "responsable de coordinación" },
};

static const struct {
    const char *spanish, *english;
} from_spanish[] = {
    { "enfermera", "nurse" },
    { "enfermero", "nurse" },
    { "profesional de enfermeria", "nurse" },
    { "medica", "doctor" },
    { "medico", "doctor" },
    { "doctora", "doctor" },
    { "profesional de medicina", "doctor" },
    { "terapeuta", "therapist" },
    { "fisioterapeuta", "physical therapist" },
    { "psicologa", "psychologist" },
    { "psicologo", "psychologist" },
    { "trabajadora social", "social worker" },
    { "trabajador social", "social worker" },
    { "farmaceutica", "pharmacist" },
    { "farmaceutico", "pharmacist" },
    { "nutricionista", "nutritionist" },
};

/* What stands before or behind a name, typed as a title: with its dot it would end a sentence twice. */
static const struct {
    const char *typed, *english, *spanish;
} letters[] = {
    { "dr", "doctor", "profesional de medicina" },
    { "dr.", "doctor", "profesional de medicina" },
    { "dra", "doctor", "profesional de medicina" },
    { "dra.", "doctor", "profesional de medicina" },
    { "m.d.", "MD", "profesional de medicina" },
    { "r.n.", "RN", "profesional de enfermería" },
    { "n.p.", "nurse practitioner", "profesional de enfermería" },
};

static const char *spelt_out(enum person_language language, const char *folded)
{
    for (size_t i = 0; i < COUNT_OF(letters); i++)
        if (!strcmp(folded, letters[i].typed))
            return PICK(language, letters[i].english, letters[i].spanish);
    return NULL;
}

static const char *known(enum person_language language, const char *folded)
{
    for (size_t i = 0; language == LANGUAGE_SPANISH && i < COUNT_OF(from_english); i++)
        if (!strcmp(folded, from_english[i].english))
            return from_english[i].spanish;
    for (size_t i = 0; language != LANGUAGE_SPANISH && i < COUNT_OF(from_spanish); i++)
        if (!strcmp(folded, from_spanish[i].spanish))
            return from_spanish[i].english;
    return NULL;
}

/* "doctor" is a Spanish word too. */
static bool is_of(enum person_language language, const char *folded)
{
    for (size_t i = 0; language == LANGUAGE_SPANISH && i < COUNT_OF(from_spanish); i++)
        if (!strcmp(folded, from_spanish[i].spanish))
            return true;
    for (size_t i = 0; language != LANGUAGE_SPANISH && i < COUNT_OF(from_english); i++)
        if (!strcmp(folded, from_english[i].english))
            return true;
    return false;
}

const char *job_title_say(const struct gate *gate, enum person_language language, const char *title)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("job_title");
    const char *folded, *found;

    if (!title || !*title)
        return "";
    folded = text_fold_plain(mem, title);
    found = spelt_out(language, folded);
    if (found)
        return found;
    if (is_of(language, folded))
        return title;
    found = known(language, folded);
    if (found)
        return found;
    return gate->facts.language == (language == LANGUAGE_SPANISH ? LANGUAGE_SPANISH : LANGUAGE_ENGLISH) ? title : "";
}

const char *job_title_or_role(const struct gate *gate, enum person_language language, const struct person *staff)
{
    const char *const title = job_title_say(gate, language, staff->title);

    if (*title)
        return title;
    switch (staff->role) {
    case STAFF_PROVIDER:
        return PICK(language, "care provider", "profesional de salud");
    case STAFF_MODERATOR:
        return PICK(language, "moderator", "persona que modera");
    case STAFF_MANAGER:
        return PICK(language, "manager", "persona encargada");
    case STAFF_NONE:
        break;
    }
    return PICK(language, "care team member", "persona del equipo de salud");
}
