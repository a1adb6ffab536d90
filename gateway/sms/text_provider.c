#include "gateway/sms/text_provider.h"

#include "base/text.h"
#include "gateway/home/home.h"

#include <dirent.h>
#include <unistd.h>

static int is_file_of_provider(const struct dirent *entry)
{
    const char *const dot = strrchr(entry->d_name, '.');

    return dot && dot > entry->d_name && !strcmp(dot, ".conf");
}

/* list with the names of the folder behind it: "bandwidth, kannel, …". */
static const char *add_names(const char *list, const char *folder, struct arena *mem)
{
    struct dirent **entries;
    const int n = scandir(folder, &entries, is_file_of_provider, alphasort);

    for (int i = 0; i < n; i++) {
        list = arena_printf(mem, "%s%s%.*s", list, *list ? ", " : "", (int)strlen(entries[i]->d_name) - 5,
                            entries[i]->d_name);
        free(entries[i]);
    }
    if (n >= 0)
        free(entries);
    return list;
}

static enum rc refuse(const struct gate *gate, const char *name, struct arena *mem, struct err *err)
{
    const char *const own = arena_printf(mem, "%s/providers", gate->home->path);
    const char *ours = "";
    struct err ignored;

    rc_ignore(home_data_path("mailer/providers", mem, &ours, &ignored), "then there are none of ours");
    return err_set(err, RC_NOT_FOUND, "%.40s is none of: %s (docs/text-providers.md tells how to write another)", name,
                   add_names(add_names("", ours, mem), own, mem));
}

enum rc text_provider_load(struct gate *gate, const char *name, struct arena *mem, const struct provider **ret,
                           struct err *err)
{
    const char *path = arena_printf(mem, "%s/providers/%s.conf", gate->home->path, name);

    if (strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") != strlen(name) || !*name)
        return err_set(err, RC_INPUT, "a provider's name has small letters, digits and - only");
    if (access(path, F_OK) && home_data_path(arena_printf(mem, "mailer/providers/%s.conf", name), mem, &path, err))
        return refuse(gate, name, mem, err);
    return provider_load(path, mem, ret, err);
}

struct reading {
    struct text_provider *to;
    struct arena *mem;
};

static void read_value(void *ctx, const char *key, const struct json *value)
{
    const struct reading *const r = ctx;

    if (r->to->value_count < TEXT_VALUES_MAX && json_text(value))
        r->to->values[r->to->value_count++] =
            (struct provider_value){ arena_strdup(r->mem, key), arena_strdup(r->mem, json_text(value)) };
}

enum rc text_provider_open(struct gate *gate, struct text_account_id id, struct arena *mem, struct text_provider *ret,
                           struct err *err)
{
    CLEANUP(json_free) struct json *root = NULL;
    struct text_provider provider = { .hook = "" };
    struct reading reading = { &provider, mem };
    const char *base;

    if (text_account_get(&gate->store, id, mem, &provider.account, err) ||
        text_provider_load(gate, provider.account.provider, mem, &provider.p, err) ||
        json_parse(provider.account.values, strlen(provider.account.values), &root, err))
        return err_wrap(err, "provider of texts");
    json_each(root, read_value, &reading);
    base = *text_provider_value(&provider, "setting.hook") ? text_provider_value(&provider, "setting.hook")
                                                           : gate->facts.public_url;
    if (!provider.account.is_polled && *base)
        provider.hook = arena_printf(mem, "%s/text/%" PRId64 "/%" PRId64, base, gate->store.practice.v, id.v);
    *ret = provider;
    return RC_OK;
}

const char *text_provider_value(const struct text_provider *provider, const char *name)
{
    for (size_t i = 0; i < provider->value_count; i++)
        if (!strcmp(provider->values[i].name, name))
            return provider->values[i].value;
    return "";
}

const char *text_provider_callback(const struct text_provider *provider, const char *ref, struct arena *mem)
{
    const char *const token = text_provider_value(provider, "secret.hook_token");

    if (!*provider->hook)
        return "";
    return *token ? arena_printf(mem, "%s?tok=%s&ref=%s", provider->hook, token, ref)
                  : arena_printf(mem, "%s?ref=%s", provider->hook, ref);
}

bool text_provider_answers(const struct text_provider *provider, const char *words, struct arena *mem)
{
    const char *const said = text_clean_line(mem, words, strlen(words));

    for (const char *p = provider_rule(provider->p, PROVIDER_RULE_AUTOREPLY); *p;) {
        const size_t n = strcspn(p, ",");
        const char *const word = text_clean_line(mem, p, n);

        if (*word && text_equals(said, word))
            return true;
        p += n + (p[n] == ',');
    }
    return false;
}
