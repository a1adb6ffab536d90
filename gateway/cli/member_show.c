/* postcircle member list | show: who is in a group, and who somebody is. Looking at a person stands in the audit log. */
#include "gateway/cli/cli.h"

#include "gateway/cli/member_text.h"
#include "gateway/practice/record.h"
#include "gateway/send/tls.h"
#include "store/consent.h"
#include "store/membership.h"

#define MEMBER_PAGE 500

/* ---- list ---- */

static enum rc list_page(struct cli *cli, const struct care_group *g, struct membership_id *after,
                         struct cli_table *table, size_t *ret_n, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("member_list");
    struct membership *list;

    if (membership_page(&cli->gate->store, g->id, *after, MEMBER_PAGE, mem, &list, ret_n, err))
        return err->rc;
    for (size_t i = 0; i < *ret_n; i++) {
        struct person p;

        if (person_get(&cli->gate->store, list[i].person, mem, &p, err))
            return err->rc;
        cli_table_row(table, (const char *[]){ arena_printf(mem, "%" PRId64, p.id.v), list[i].name, p.name,
                                               member_role_name(list[i].role), member_state_name(list[i].state),
                                               member_rhythm_name(list[i].rhythm) });
        *after = list[i].id;
    }
    return RC_OK;
}

int cli_member_list(struct cli *cli, int argc, char **argv)
{
    static const char *const header[] = { "person", "shown_name", "name", "role", "state", "rhythm" };
    struct membership_id after = { 0 };
    struct cli_table *table;
    struct care_group g;
    const char *which;
    struct err err;
    size_t n;
    int code = cli_options(cli, "GROUP", NULL, 0, argc, argv, &which, 1);

    if (code == CLI_GO_ON)
        code = cli_gate(cli);
    if (code != CLI_GO_ON)
        return code;
    if (cli_find_group(cli, which, &g, &err))
        return cli_fail(cli, &err);
    table = cli_table_new(cli->mem, header, COUNT_OF(header));
    do {
        if (list_page(cli, &g, &after, table, &n, &err))
            return cli_fail(cli, &err);
    } while (n == MEMBER_PAGE);
    cli_table_print(cli, table);
    return EX_OK;
}

/* ---- show ---- */

static enum rc show_seats(struct cli *cli, struct json *out, const struct person *p, struct err *err)
{
    struct json *seats = json_array_new();
    struct membership *list;
    enum rc rc;
    size_t n;

    rc = membership_of_person(&cli->gate->store, p->id, cli->mem, &list, &n, err);
    for (size_t i = 0; !rc && i < n; i++) {
        struct care_group g;
        struct json *seat;

        rc = group_get(&cli->gate->store, list[i].group, cli->mem, &g, err);
        if (rc)
            break;
        seat = json_object_new();
        json_set_str(seat, "group", g.slug);
        json_set_str(seat, "shown_name", list[i].name);
        json_set_str(seat, "role", member_role_name(list[i].role));
        json_set_str(seat, "state", member_state_name(list[i].state));
        json_set_str(seat, "rhythm", member_rhythm_name(list[i].rhythm));
        json_push(seats, &seat);
        cli_say(cli, "%-18s %s: \"%s\", %s, %s, %s\n", "Group:", g.slug, list[i].name, member_role_name(list[i].role),
                member_state_name(list[i].state), member_rhythm_name(list[i].rhythm));
    }
    json_set(out, "memberships", &seats);
    return rc;
}

static enum rc show_consents(struct cli *cli, struct json *out, const struct person *p, struct err *err)
{
    struct json *consents = json_array_new();
    struct consent *list;
    size_t n;
    const enum rc rc = consent_of_person(&cli->gate->store, p->id, cli->mem, &list, &n, err);

    for (size_t i = 0; !rc && i < n; i++) {
        const char *const kind = list[i].kind == CONSENT_RECEIVE ? "to receive" : "to have notes sent to others";
        char when[CLOCK_STAMP_SIZE];
        struct json *c = json_object_new();

        clock_stamp(list[i].at_ms, when);
        json_set_str(c, "kind", kind);
        json_set_bool(c, "is_given", list[i].is_given);
        json_set_str(c, "way", consent_way_name(list[i].way));
        json_set_str(c, "at", when);
        json_set_str(c, "text_version", list[i].text_version);
        json_set_str(c, "evidence", list[i].evidence);
        json_push(consents, &c);
        cli_say(cli, "%-18s %s %s, by %s, %s\n", "Consent:", list[i].is_given ? "yes" : "no", kind,
                consent_way_name(list[i].way), when);
    }
    json_set(out, "consents", &consents);
    return rc;
}

static enum rc show_addresses(struct cli *cli, struct json *out, const struct person *p, struct err *err)
{
    struct json *addresses = json_array_new();
    struct address *list;
    bool is_tls = false;
    size_t n;
    const enum rc rc = person_addresses(&cli->gate->store, p->id, cli->mem, &list, &n, err);

    for (size_t i = 0; !rc && i < n; i++) {
        json_push_str(addresses, list[i].value);
        cli_say(cli, "%-18s %s%s\n", "Address:", list[i].value, list[i].state == ADDRESS_PROVED ? " (proved)" : "");
        if (tls_is_required(cli->gate, p, &list[i]))
            cli_say(cli, "%-18s verified TLS alone%s\n", "",
                    list[i].tls_told_ms ? ", which cannot be kept: please call" : "");
        is_tls = is_tls || tls_is_required(cli->gate, p, &list[i]);
    }
    json_set(out, "addresses", &addresses);
    json_set_bool(out, "requires_tls", is_tls);
    return rc;
}

/* Reading who somebody is, is an act of its own in the audit log. */
static enum rc note_read(struct cli *cli, const struct person *p, struct err *err)
{
    return record_alone(cli->gate, &cli->who, AUDIT_PERSON_READ, AUDIT_ITEM_PERSON, p->id.v, NULL, err);
}

int cli_member_show(struct cli *cli, int argc, char **argv)
{
    struct json *out;
    const char *who;
    struct person p;
    struct err err;
    enum rc rc;
    int code = cli_options(cli, "ADDRESS|NUMBER", NULL, 0, argc, argv, &who, 1);

    if (code == CLI_GO_ON)
        code = cli_gate(cli);
    if (code != CLI_GO_ON)
        return code;
    if (cli_find_person(cli, who, PERSON_PATIENT, &p, &err) || note_read(cli, &p, &err))
        return cli_fail(cli, &err);
    out = json_object_new();
    cli_pair(cli, out, "person", "Number:", arena_printf(cli->mem, "%" PRId64, p.id.v));
    cli_pair(cli, out, "name", "Name:", p.name);
    cli_pair(cli, out, "state", "State:", person_state_name(p.state));
    cli_pair(cli, out, "phone", "Phone:", p.phone);
    cli_pair(cli, out, "emergency", "Emergency contact:", p.emergency);
    cli_pair(cli, out, "chart", "Chart:", p.chart);
    cli_pair(cli, out, "language", "Language:", person_language_name(p.language));
    rc = show_addresses(cli, out, &p, &err);
    rc = rc ? rc : member_text_show(cli, out, &p, &err);
    rc = rc ? rc : show_seats(cli, out, &p, &err);
    rc = rc ? rc : show_consents(cli, out, &p, &err);
    if (rc) {
        json_free(&out);
        return cli_fail(cli, &err);
    }
    cli_put(cli, &out);
    return EX_OK;
}
