#include "gateway/cli/seat.h"

#include "base/text.h"
#include "gateway/people/text_ask.h"

const char *const seat_names[SEAT_WORD_COUNT] = { "name",        "email",  "phone",    "emergency", "chart",
                                                  "role",        "rhythm", "language", "zone",      "hour",
                                                  "shown-name",  "label",  "tags",     "consent",   "evidence",
                                                  "require-tls", "text" };

static const char *const role_words[] = { "", "patient", "caregiver", "provider", "moderator", "manager" };
static const char *const rhythm_words[] = { "", "each", "daily", "weekly", "announcements" };
static const char *const language_words[] = { "", "en", "es" };
static const char *const yes_words[] = { "", "yes", "no" };
static const char *const way_words[] = { "", "-", "paper", "phone" };

static const char *given(const char *const words[SEAT_WORD_COUNT], enum seat_word w)
{
    return words[w] && *words[w] ? words[w] : NULL;
}

static enum rc read_word(const char *const words[SEAT_WORD_COUNT], enum seat_word w, const char *const *names,
                         size_t count, int *ret, struct err *err)
{
    const char *const word = given(words, w);
    char list[128] = "";

    *ret = 0;
    if (!word)
        return RC_OK;
    *ret = cli_find_word(word, names, count);
    if (*ret > 0)
        return RC_OK;
    for (size_t i = 1; i < count; i++) {
        const size_t n = strlen(list);

        snprintf(list + n, sizeof list - n, "%s%s", i > 1 ? ", " : "", names[i]);
    }
    return err_set(err, RC_INPUT, "%s: one of these words is expected: %s", seat_names[w], list);
}

static enum rc read_tags(const char *text, struct arena *mem, struct enroll_seat *seat, struct err *err)
{
    while (text && *text) {
        const size_t n = strcspn(text, " ;,");

        if (n && seat->tag_count == ENROLL_TAGS_MAX)
            return err_set(err, RC_INPUT, "tags: over %d", ENROLL_TAGS_MAX);
        if (n)
            seat->tags[seat->tag_count++] = arena_strndup(mem, text, n);
        text += n + (text[n] != '\0');
    }
    return RC_OK;
}

enum rc seat_read(const char *const words[SEAT_WORD_COUNT], struct arena *mem, struct seat *ret_seat, struct err *err)
{
    struct seat s = {
        .person = { .name = given(words, SEAT_NAME),
                    .email = given(words, SEAT_EMAIL),
                    .text = given(words, SEAT_TEXT),
                    .phone = given(words, SEAT_PHONE),
                    .emergency = given(words, SEAT_EMERGENCY),
                    .chart = given(words, SEAT_CHART),
                    .zone = given(words, SEAT_ZONE) },
        .seat = { .hour_minute = -1, .shown_name = given(words, SEAT_SHOWN_NAME), .label = given(words, SEAT_LABEL) },
        .evidence = given(words, SEAT_EVIDENCE)
    };
    int role, rhythm, language, way, tls;

    if (read_word(words, SEAT_ROLE, role_words, COUNT_OF(role_words), &role, err) ||
        read_word(words, SEAT_RHYTHM, rhythm_words, COUNT_OF(rhythm_words), &rhythm, err) ||
        read_word(words, SEAT_LANGUAGE, language_words, COUNT_OF(language_words), &language, err) ||
        read_word(words, SEAT_CONSENT, way_words, COUNT_OF(way_words), &way, err) ||
        read_word(words, SEAT_REQUIRE_TLS, yes_words, COUNT_OF(yes_words), &tls, err) ||
        read_tags(given(words, SEAT_TAGS), mem, &s.seat, err))
        return err->rc;
    if (given(words, SEAT_HOUR) && enroll_check_minute(words[SEAT_HOUR], &s.seat.hour_minute, err))
        return err->rc;
    s.seat.role = (enum member_role)role;
    s.seat.rhythm = (enum member_rhythm)rhythm;
    s.person.language = (enum person_language)language;
    s.way = (enum consent_way)way;
    s.requires_tls = tls == 1;
    *ret_seat = s;
    return RC_OK;
}

/* Before the invitation is made, which is a letter too. */
static enum rc require_tls(struct cli *cli, struct address_id id, struct arena *mem, struct err *err)
{
    struct address address;

    if (address_get(&cli->gate->store, id, mem, &address, err))
        return err->rc;
    return tls_set(cli->gate, &cli->who, &address, true, err);
}

enum rc seat_check_kind(struct cli *cli, const char *email, enum person_kind kind, const char *option, struct err *err)
{
    struct person *users;
    char *value;
    size_t n;

    if (text_address(email, cli->mem, &value, err))
        return err_wrap(err, "email");
    if (person_by_value(&cli->gate->store, ADDRESS_EMAIL, value, cli->mem, &users, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++)
        if (users[i].kind == kind && users[i].state == PERSON_ACTIVE)
            return err_set(err, RC_CONFLICT, "email: a %s has this address; if they are both: %s",
                           kind == PERSON_STAFF ? "staff member" : "patient", option);
    return RC_OK;
}

enum rc seat_take(struct cli *cli, const struct care_group *group, struct person_id invited_by, struct seat *seat,
                  struct arena *mem, struct membership *ret_membership, struct err *err)
{
    struct invite invite = { .invited_by = invited_by, .paper_way = seat->way, .evidence = seat->evidence };

    if (seat->seat.role < MEMBER_PROVIDER && !seat->is_also_staff && seat->person.email &&
        seat_check_kind(cli, seat->person.email, PERSON_STAFF, "postcircle member add --also-staff", err))
        return err->rc;
    if (enroll_member(cli->gate, &cli->who, group, &seat->person, &seat->seat, mem, ret_membership, err))
        return err->rc;
    if (seat->requires_tls && require_tls(cli, ret_membership->address, mem, err))
        return err->rc;
    invite.person = ret_membership->person;
    invite.membership = ret_membership->id;
    if (invite_send(cli->gate, &cli->who, &invite, err))
        return err->rc;
    return seat->person.email && seat->person.text
               ? seat_add_text(cli, ret_membership, seat->person.text, invited_by, seat->way, NULL, err)
               : RC_OK;
}

enum rc seat_add_text(struct cli *cli, const struct membership *m, const char *number, struct person_id by,
                      enum consent_way way, const char *reason, struct err *err)
{
    struct text_ask ask = { .person = m->person, .staff = by, .paper_way = way, .reason = reason };
    struct address phone;

    if (enroll_phone(cli->gate, &cli->who, m->person, number, cli->mem, &phone, err))
        return err->rc;
    ask.phone = phone.id;
    return text_ask_member(cli->gate, m, &ask, err) ? err_wrap(err, "text") : RC_OK;
}

enum rc seat_inviter(struct cli *cli, const char *by, struct person_id *ret_id, struct err *err)
{
    struct person *staff, named;
    size_t n;

    *ret_id = (struct person_id){ 0 };
    if (by) {
        if (cli_find_person(cli, by, PERSON_STAFF, &named, err))
            return err_wrap(err, "--by");
        *ret_id = named.id;
        return RC_OK;
    }
    if (person_staff(&cli->gate->store, cli->mem, &staff, &n, err))
        return err->rc;
    if (n)
        *ret_id = staff[0].id;
    return RC_OK;
}

void seat_say_waiting(const struct cli *cli, const struct care_group *group)
{
    if (group->address == GROUP_ADDRESS_WAITS)
        cli_say(cli, "The invitation waits until mail to the group's address has come back to us: %s\n",
                cli_called(cli, arena_printf(cli->mem, "postcircle group check %s", group->slug)));
}
