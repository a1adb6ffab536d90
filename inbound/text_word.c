#include "inbound/text_word.h"

#include "inbound/text_read.h"

enum text_word text_word_of(enum text_means kind)
{
    switch (kind) {
    case TEXT_MEANS_STOP:
        return TEXT_WORD_STOP;
    case TEXT_MEANS_WRONG_NUMBER:
        return TEXT_WORD_WRONG_NUMBER;
    case TEXT_MEANS_START:
        return TEXT_WORD_START;
    case TEXT_MEANS_HELP:
        return TEXT_WORD_HELP;
    default:
        return TEXT_WORD_NONE;
    }
}

enum text_word text_word_read(const char *text, struct arena *mem)
{
    return text_word_of(text_read_word(text, mem));
}
