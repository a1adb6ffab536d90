#include "gateway/practice/gate.h"

#include "base/text.h"
#include "gateway/home/home.h"
#include "gateway/triage/triage_model.h"
#include "gateway/triage/wording.h"
#include "inbound/authres.h"
#include "store/setting.h"

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

enum rc gate_read_facts(struct gate *gate, struct err *err)
{
    const char *v[SETTING_END] = { NULL };
    struct practice_facts *const f = &gate->facts;

    if (setting_all(&gate->store, gate->mem, v, err) ||
        setting_get_int(&gate->store, SETTING_TRUST, 0, &f->trust, err) ||
        setting_get_int(&gate->store, SETTING_REVIEW_HOURS_3, 0, &f->review_hours[0], err) ||
        setting_get_int(&gate->store, SETTING_REVIEW_HOURS_4, 0, &f->review_hours[1], err) ||
        setting_get_yes(&gate->store, SETTING_SOLO_RELEASE, false, &f->has_solo_release, err))
        return err_wrap(err, "settings of practice %" PRId64, gate->store.practice.v);
    f->name = or_empty(v[SETTING_NAME]);
    f->office_phone = or_empty(v[SETTING_OFFICE_PHONE]);
    f->office_hours = or_empty(v[SETTING_OFFICE_HOURS]);
    f->holidays = or_empty(v[SETTING_HOLIDAYS]);
    f->emergency_line = v[SETTING_EMERGENCY_LINE] ? v[SETTING_EMERGENCY_LINE] : "911";
    f->domain = or_empty(v[SETTING_DOMAIN]);
    f->mailbox = or_empty(v[SETTING_MAILBOX]);
    f->relay = or_empty(v[SETTING_RELAY]);
    f->zone = v[SETTING_ZONE] ? v[SETTING_ZONE] : "UTC";
    f->authserv_id = or_empty(v[SETTING_AUTHSERV_ID]);
    f->has_plain_envelope = text_equals(or_empty(v[SETTING_BOUNCES]), SETTING_BOUNCES_MESSAGE_ID);
    f->tenant_domains = or_empty(v[SETTING_TENANT_DOMAINS]);
    if (!f->trust)
        f->trust = *f->authserv_id ? AUTHRES_BY_ID : AUTHRES_NOTHING;
    f->page_command = or_empty(v[SETTING_PAGE_COMMAND]);
    for (int tier = 0; tier < 3; tier++)
        f->page_clock[tier] = or_empty(v[SETTING_PAGE_CLOCK_0 + tier]);
    f->triage_page = triage_model_page(v[SETTING_TRIAGE_MODEL]);
    f->test_page = or_empty(v[SETTING_TEST_PAGE]);
    f->public_url = or_empty(v[SETTING_PUBLIC_URL]);
    f->require_tls_domains = or_empty(v[SETTING_REQUIRE_TLS_DOMAINS]);
    f->relay_enforces_tls = or_empty(v[SETTING_RELAY_ENFORCES_TLS]);
    f->has_tls_notice = !text_equals(or_empty(v[SETTING_TLS_NOTICE]), "no");
    f->language = text_equals(or_empty(v[SETTING_LANGUAGE]), "es") ? LANGUAGE_SPANISH : LANGUAGE_ENGLISH;
    return RC_OK;
}

static enum rc load_templates(struct gate *gate, struct err *err)
{
    const char *english, *dir, *own;

    if (home_data_path("templates/en", gate->mem, &english, err) ||
        setting_get(&gate->store, SETTING_TEMPLATES, gate->mem, &own, err))
        return err->rc;
    dir = arena_strndup(gate->mem, english, strlen(english) - strlen("/en"));
    if (!own)
        own = arena_printf(gate->mem, "%s/templates", gate->home->path);
    return template_set_load(dir, own, &gate->templates, err);
}

const struct wording *gate_wording(struct gate *gate)
{
    if (!gate->wording)
        gate->wording = wording_read(gate->templates, gate->mem);
    return gate->wording;
}

enum rc gate_open(struct home *home, struct practice_id practice, struct gate *ret_gate, struct err *err)
{
    CLEANUP(gate_close) struct gate gate = { .home = home, .mem = arena_new("gate") };
    struct keyring *ring = NULL;

    if (keys_load(home->db, home->keys, practice, &ring, err))
        return err_wrap(err, "practice %" PRId64, practice.v);
    gate.store =
        (struct store){ .db = home->db, .practice = practice, .ring = ring, .clock = &home->clock, .ids = &home->ids };
    if (gate_read_facts(&gate, err) || load_templates(&gate, err))
        return err->rc;
    *ret_gate = gate;
    gate = (struct gate){ .home = NULL };
    return RC_OK;
}

enum rc gate_refresh_keys(struct gate *gate, struct err *err)
{
    CLEANUP(keyring_free) struct keyring *ring = NULL;
    const struct keyring *const old = gate->store.ring;
    bool is_fresh;

    if (keys_is_fresh(gate->store.db, old, &is_fresh, err))
        return err->rc;
    if (is_fresh)
        return RC_OK;
    if (keys_load(gate->store.db, gate->home->keys, gate->store.practice, &ring, err))
        return err->rc;
    gate->store.ring = MOVE(ring);
    ring = (struct keyring *)old;
    return RC_OK;
}

void gate_close(struct gate *gate)
{
    struct keyring *ring = (struct keyring *)gate->store.ring;

    template_set_free(&gate->templates);
    keyring_free(&ring);
    arena_free(&gate->mem);
    *gate = (struct gate){ .home = NULL };
}
