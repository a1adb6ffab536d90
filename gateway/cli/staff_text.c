#include "gateway/cli/staff_text.h"

#include "base/io.h"
#include "base/text.h"
#include "gateway/people/staff_number.h"
#include "gateway/say/staff_phone.h"
#include "store/text_account.h"

#include <termios.h>
#include <unistd.h>

#define PIN_LINE_MAX 64

/* ---- the PIN ---- */

/* One line; the PIN stays in the arena, which is wiped. */
static enum rc read_line(struct cli *cli, const char **ret, struct err *err)
{
    char line[PIN_LINE_MAX];
    const bool has_line = fgets(line, sizeof line, stdin) != NULL;

    if (has_line)
        *ret = arena_strndup(cli->mem, line, strcspn(line, "\r\n"));
    crypt_wipe(line, sizeof line);
    return has_line ? RC_OK : err_set(err, RC_INPUT, "--pin: no PIN came on standard input");
}

static enum rc ask_unseen(struct cli *cli, const char *prompt, const char **ret, struct err *err)
{
    struct termios before, unseen;
    const bool is_seen = tcgetattr(STDIN_FILENO, &before) != 0;
    enum rc rc;

    fprintf(stderr, "%s", prompt);
    unseen = before;
    unseen.c_lflag &= (tcflag_t)~ECHO;
    if (!is_seen)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &unseen);
    rc = read_line(cli, ret, err);
    if (!is_seen)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
    fprintf(stderr, "\n");
    return rc;
}

enum rc staff_text_pin(struct cli *cli, struct staff_text *t, struct err *err)
{
    const char *again = NULL;

    if (t->is_pin && t->is_no_pin)
        return err_set(err, RC_INPUT, "--pin and --no-pin: one of them");
    if (!t->is_pin)
        return RC_OK;
    setvbuf(stdin, NULL, _IONBF, 0); /* no copy of it stays behind */
    if (!isatty(STDIN_FILENO))
        return read_line(cli, &t->pin, err);
    if (ask_unseen(cli, "PIN, 6 to 10 figures: ", &t->pin, err) || ask_unseen(cli, "Once more: ", &again, err))
        return err->rc;
    return strcmp(t->pin, again) ? err_set(err, RC_INPUT, "the two were not the same") : RC_OK;
}

/* ---- options ---- */

enum rc staff_text_change(struct cli *cli, const struct person *staff, const struct staff_text *t, struct err *err)
{
    static const char *const levels[] = { "none", "some", "more" };
    static const char *const yes_no[] = { "no", "yes" };
    const int level = t->words ? cli_find_word(t->words, levels, COUNT_OF(levels)) : 0;
    const int notes = t->notes ? cli_find_word(t->notes, yes_no, COUNT_OF(yes_no)) : 0;

    if (level < 0)
        return err_set(err, RC_INPUT, "--text-words takes none, some or more");
    if (notes < 0)
        return err_set(err, RC_INPUT, "--text-notes takes yes or no");
    if (t->words && staff_number_words(cli->gate, &cli->who, staff, level, err))
        return err->rc;
    if (t->notes && staff_number_reviews(cli->gate, &cli->who, staff, notes, err))
        return err->rc;
    if ((t->pin || t->is_no_pin) && staff_number_pin(cli->gate, &cli->who, staff, t->pin, err))
        return err->rc;
    return RC_OK;
}

enum rc staff_text_number(struct cli *cli, const struct person *staff, const char **ret_news, struct err *err)
{
    static const char *const news[] = {
        [STAFF_NUMBER_KEPT] = "Their number has said YES to texts: alarms go there too.\n",
        [STAFF_NUMBER_ASKED] = "Their number was asked by text: alarms go there too once it says YES.\n",
        [STAFF_NUMBER_REFUSED] =
            "Their number said STOP, or did not answer twice: no texts go there. START, sent from it, begins them.\n",
        [STAFF_NUMBER_NO_SENDER] =
            "The practice has no number for texts yet: after `postcircle text add` set --phone again.\n",
        [STAFF_NUMBER_NONE] = "",
    };
    enum staff_number_effect effect;

    if (staff_number_set(cli->gate, &cli->who, staff, staff->phone, &effect, err))
        return err->rc;
    *ret_news = news[effect];
    return RC_OK;
}

/* ---- how they are reached ---- */

enum rc staff_text_ways(struct cli *cli, struct person_id staff, const char **ret_ways, struct err *err)
{
    static const char *const ways[] = {
        [STAFF_PHONE_NONE] = ", not by text (no number)",
        [STAFF_PHONE_NO_SENDER] = "",
        [STAFF_PHONE_NOT_ASKED] = ", not by text (not asked)",
        [STAFF_PHONE_ASKED] = ", not by text (asked, no YES yet)",
        [STAFF_PHONE_YES] = ", by text too",
        [STAFF_PHONE_STOPPED] = ", not by text (said STOP)",
        [STAFF_PHONE_FAILED] = ", not by text (texts do not arrive)",
    };
    struct text_sender sender;
    struct staff_phone phone;
    const enum rc rc = text_sender_usual(&cli->gate->store, cli->mem, &sender, err);

    *ret_ways = "";
    if (rc)
        return rc == RC_NOT_FOUND ? RC_OK : rc;
    if (staff_phone_read(cli->gate, staff, &phone, err))
        return err->rc;
    *ret_ways = ways[phone.state];
    return RC_OK;
}
