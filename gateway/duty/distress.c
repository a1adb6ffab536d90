#include "gateway/duty/distress.h"

#include "base/crypt.h"
#include "base/log.h"
#include "gateway/home/process.h"
#include "gateway/home/program.h"
#include "gateway/practice/mail_relay.h"
#include "gateway/say/office.h"
#include "gateway/say/render.h"
#include "mailer/relay.h"
#include "mailer/serial.h"
#include "store/person.h"

#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PRACTICES_MAX 8
#define CONTACTS_MAX 32
#define CHILD_SECONDS 90

struct contact {
    const char *address;
    const struct serial_built *letter;
};

struct known {
    struct practice_id practice;
    struct arena *mem; /* NULL: free place */
    const char *page_command, *domain;
    struct relay_settings relay;
    struct contact contacts[CONTACTS_MAX];
    size_t count;
};

struct distress {
    const char *home_path;
    int64_t called_ms; /* steady; 0: never. Used where the file of faults is of no use */
    struct known known[PRACTICES_MAX];
};

struct distress *distress_new(const char *home_path)
{
    struct distress *d = calloc(1, sizeof *d);

    if (!d)
        abort();
    d->home_path = home_path;
    return d;
}

void distress_free(struct distress **distress)
{
    if (!*distress)
        return;
    for (size_t i = 0; i < PRACTICES_MAX; i++)
        arena_free(&(*distress)->known[i].mem);
    free(*distress);
    *distress = NULL;
}

/* ---- while all is well ---- */

static enum rc make_letter(const struct gate *gate, const struct person *staff, struct arena *mem,
                           const struct serial_built **ret_letter, struct err *err)
{
    struct render render = { .kind = MAILING_FAULT,
                             .language = staff->language,
                             .format = staff->format,
                             .slots = slots_new(mem),
                             .values = json_object_new() };
    struct mailing mailing;
    const enum rc rc = render_mailing(gate, &render, mem, &mailing, err);

    return rc ? rc : serial_load(mailing.built, mailing.built_len, mem, ret_letter, err);
}

/* All email addresses of one contact: it is no time to choose. */
static enum rc add_contact(struct gate *gate, const struct person *staff, struct known *k, struct err *err)
{
    const struct serial_built *letter = NULL;
    struct address *addresses;
    size_t n;
    enum rc rc = make_letter(gate, staff, k->mem, &letter, err);

    if (!rc)
        rc = person_addresses(&gate->store, staff->id, k->mem, &addresses, &n, err);
    for (size_t i = 0; !rc && i < n && k->count < CONTACTS_MAX; i++)
        if (addresses[i].kind == ADDRESS_EMAIL && addresses[i].state != ADDRESS_SUSPENDED)
            k->contacts[k->count++] = (struct contact){ addresses[i].value, letter };
    return rc;
}

static const char *copy_or_null(const char *text, struct arena *mem)
{
    return text ? arena_strdup(mem, text) : NULL;
}

static enum rc learn(struct gate *gate, struct known *k, struct err *err)
{
    const struct relay_settings relay = mail_relay_settings(gate, k->mem);
    struct person *staff;
    size_t n;
    enum rc rc = office_contacts(gate, k->mem, &staff, &n, err);

    k->practice = gate->store.practice;
    k->page_command = arena_strdup(k->mem, gate->facts.page_command);
    k->domain = arena_strdup(k->mem, gate->facts.domain);
    k->relay = (struct relay_settings){ .url = arena_strdup(k->mem, relay.url),
                                        .password_file = copy_or_null(relay.password_file, k->mem),
                                        .oauth = relay.oauth ? oauth_copy(relay.oauth, k->mem) : NULL,
                                        .ca_file = copy_or_null(relay.ca_file, k->mem),
                                        .helo = copy_or_null(relay.helo, k->mem),
                                        .timeout_ms = 20 * MS_SECOND };
    for (size_t i = 0; !rc && i < n; i++)
        rc = add_contact(gate, &staff[i], k, err);
    return rc;
}

void distress_learn(struct distress *d, struct gate *gate)
{
    struct known fresh = { .mem = arena_new("distress") }, *place = &d->known[0];
    struct err err;

    for (size_t i = PRACTICES_MAX; i-- > 0;)
        if (!d->known[i].mem)
            place = &d->known[i];
    for (size_t i = 0; i < PRACTICES_MAX; i++)
        if (d->known[i].mem && d->known[i].practice.v == gate->store.practice.v)
            place = &d->known[i];
    if (learn(gate, &fresh, &err)) {
        log_err("distress_not_learned", &err, KV(practice, gate->store.practice.v));
        arena_free(&fresh.mem);
        return;
    }
    arena_free(&place->mem);
    *place = fresh;
}

/* ---- when it is not ---- */

static void on_done(void *ctx, size_t index, const struct transport_result *result)
{
    (void)index;
    *(size_t *)ctx += result->outcome == TRANSPORT_ACCEPTED;
}

static enum rc fill(const struct known *k, const struct contact *to, struct wire *wire, struct err *err)
{
    unsigned char random[16];
    char id[2 * sizeof random + 1];
    struct serial_person person = { .to_address = to->address,
                                    .envelope_sender = "",
                                    .date_ms = clock_now_ms(clock_real()) };
    CLEANUP(arena_free) struct arena *mem = arena_new("fault_letter");

    crypt_random(random, sizeof random);
    for (size_t i = 0; i < sizeof random; i++)
        snprintf(id + 2 * i, 3, "%02x", random[i]);
    person.message_id = arena_printf(mem, "%s@%s", id, k->domain);
    return serial_fill(to->letter, &person, wire, err);
}

static void send_letters(const struct known *k)
{
    CLEANUP(transport_free) struct transport relay = { 0 };
    CLEANUP(wire_free) struct wire *wire = wire_new();
    const struct wire *const one[] = { wire };
    size_t sent = 0;
    struct err err = { .rc = RC_OK };
    enum rc rc = relay_transport(&k->relay, &relay, &err);

    for (size_t i = 0; !rc && i < k->count; i++) {
        rc = transport_open(&relay, &err);
        if (!rc && !fill(k, &k->contacts[i], wire, &err))
            rc = transport_send(&relay, one, 1, on_done, &sent, &err);
        transport_close(&relay);
    }
    if (rc)
        log_err("fault_letters_failed", &err, KV(practice, k->practice.v));
    log_info("fault_letters_sent", KV(practice, k->practice.v), KV(count, sent));
}

static void run_program(struct program_set *set, const struct known *k)
{
    char practice[24];
    const char *const words[] = { "fault", "0", "0", practice, NULL };
    struct err err;

    if (!*k->page_command)
        return;
    snprintf(practice, sizeof practice, "%" PRId64, k->practice.v);
    if (program_start(set, k->page_command, words, 0, k->practice.v, &err))
        log_err("page_command_not_started", &err, KV(practice, k->practice.v));
}

static void await_programs(struct program_set *set)
{
    const struct timespec pause = { 0, 100 * 1000000L };
    int64_t practice, code;

    while (program_is_running(set)) {
        while (program_take_ended(set, 0, &practice, &code))
            log_info("page_command_run", KV(practice, practice), KV(code, code));
        nanosleep(&pause, NULL);
    }
}

/* In a process of its own, which nobody waits for. The programs first: they need neither network nor disk of ours. */
static void call_all(const struct distress *d)
{
    CLEANUP(program_set_free) struct program_set *set = program_set_new();

    alarm(CHILD_SECONDS);
    for (size_t i = 0; i < PRACTICES_MAX; i++)
        if (d->known[i].mem)
            run_program(set, &d->known[i]);
    log_call_for_help();
    for (size_t i = 0; i < PRACTICES_MAX; i++)
        if (d->known[i].mem)
            send_letters(&d->known[i]);
    await_programs(set);
}

/* A child of a child: the first ends at once and is taken here, so that no role has children that it does not know. */
static void call_aside(const struct distress *d)
{
    const pid_t first = fork();

    if (first < 0)
        log_call_for_help();
    if (first > 0)
        (void)waitpid(first, NULL, 0);
    if (first != 0)
        return;
    if (fork() == 0) {
        process_release();
        call_all(d);
    }
    _exit(0);
}

static void call(struct distress *d)
{
    d->called_ms = clock_steady_ms();
    log_error("fault_called");
    call_aside(d);
}

void distress_look(struct distress *d)
{
    if (fault_take_call(d->home_path))
        call(d);
}

void distress_note(struct distress *d, const char *home_path, enum fault fault)
{
    if (!fault_note(home_path, fault) && d && (!d->called_ms || clock_steady_ms() - d->called_ms > FAULT_REST_MS))
        call(d);
}
