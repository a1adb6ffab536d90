#include "inbound/text_word.h"

#include "base/text.h"
#include "inbound/text_noise.h"
#include "inbound/text_optout.h"

static const char *const start_words[] = { "start", "unstop", "empezar", "iniciar" };
static const char *const help_words[] = { "help", "info", "ayuda" };

/* The whole text is one of the words: case, accents, and marks around it aside. */
static bool is_word(const char *text, const char *const *words, size_t count, struct arena *mem)
{
    const char *const folded = text_fold_plain(mem, text);
    const size_t skip = strspn(folded, " \t\n\"'.!?*()");
    const size_t n = strcspn(folded + skip, " \t\n\"'.!?*()");

    if (folded[skip + n + strspn(folded + skip + n, " \t\n\"'.!?*()")])
        return false;
    for (size_t i = 0; i < count; i++)
        if (strlen(words[i]) == n && !strncmp(words[i], folded + skip, n))
            return true;
    return false;
}

bool text_word_is_echo(const char *text, struct arena *mem)
{
    return text_noise_read(text, mem).kind != TEXT_NOISE_NONE;
}

enum text_word text_word_read(const char *text, struct arena *mem)
{
    if (text_word_is_echo(text, mem))
        return TEXT_WORD_NONE;
    switch (text_optout_read(text, NULL, NULL, mem)) {
    case TEXT_OPTOUT_SURE:
    case TEXT_OPTOUT_LIKELY:
        return TEXT_WORD_STOP;
    case TEXT_OPTOUT_WRONG_NUMBER:
        return TEXT_WORD_WRONG_NUMBER;
    default:
        break;
    }
    if (is_word(text, start_words, COUNT_OF(start_words), mem))
        return TEXT_WORD_START;
    return is_word(text, help_words, COUNT_OF(help_words), mem) ? TEXT_WORD_HELP : TEXT_WORD_NONE;
}
