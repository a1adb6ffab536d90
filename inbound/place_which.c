#include "inbound/place.h"
#include "inbound/words.h"

/* "first", "2nd", "segunda" as a position from 1; 0 for no such word. */
static int ordinal(const char *plain)
{
    static const char *const words[] = { "first 1st primero primera primer 1o 1a",
                                         "second 2nd segundo segunda 2o 2a",
                                         "third 3rd tercero tercera tercer 3o 3a",
                                         "fourth 4th cuarto cuarta",
                                         "fifth 5th quinto quinta",
                                         "sixth 6th sexto sexta",
                                         "seventh 7th septimo septima",
                                         "eighth 8th octavo octava",
                                         "ninth 9th noveno novena",
                                         "tenth 10th decimo decima" };

    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (words_among(plain, words[i]))
            return (int)i + 1;
    return 0;
}

enum place_which place_read_which(const char *text, struct number_set offered, const char *const *names,
                                  struct arena *mem, int *ret_number)
{
    const struct words_core core = words_core(text, names, mem);
    const struct words_token *v = core.list.v;
    size_t i = core.from, to = core.to;
    int n, position;

    if (words_core_is(&core, "it? is|it's? a|the? new one|topic|post|conversation?") ||
        words_core_is(&core, "es? un|una|el|la? tema? nuevo|nueva"))
        return PLACE_WHICH_NEW;
    while (i < to &&
           words_among(v[i].plain, "the el la it it's is es number numero no n nr item for to para al # . : note nota"))
        i++;
    if (i < to && i + 2 == to && words_among(v[to - 1].plain, "one"))
        to--;
    if (i + 1 != to || core.list.is_cut)
        return PLACE_WHICH_UNCLEAR;
    n = words_number(&v[i]);
    position = ordinal(v[i].plain);
    if (position && (size_t)position <= offered.count)
        n = offered.v[position - 1];
    if (n < 1 || !number_has(offered, n))
        return PLACE_WHICH_UNCLEAR;
    *ret_number = n;
    return PLACE_WHICH_NUMBER;
}
