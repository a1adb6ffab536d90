#include "inbound/inspect.h"

#include "base/text.h"
#include "inbound/sandbox.h"

static void print_block(struct strbuf *out, const char *title, const char *text)
{
    const char *line;
    size_t n;

    if (!*text)
        return;
    strbuf_printf(out, "\n%s\n", title);
    while (text_next_line(&text, &line, &n)) {
        strbuf_str(out, "    ");
        strbuf_add(out, line, n);
        strbuf_char(out, '\n');
    }
}

static void print_facts(const struct letter *l, struct strbuf *out)
{
    strbuf_printf(out, "kind         %s%s\n", letter_kind_name(l->kind), l->is_forwarded ? " (forwarded)" : "");
    strbuf_printf(out, "from         %s\n", l->from);
    strbuf_printf(out, "subject      %s\n", l->subject);
    strbuf_printf(out, "identity     %s\n", letter_auth_name(l->auth));
    if (*l->robot)
        strbuf_printf(out, "robot        %s\n", l->robot);
    for (size_t i = 0; i < l->report_count; i++)
        strbuf_printf(out, "report       %s %s %s %s\n", l->reports[i].recipient,
                      letter_action_name(l->reports[i].action), l->reports[i].status,
                      letter_class_name(l->reports[i].why));
    if (*l->calendar.method)
        strbuf_printf(out, "calendar     %s %s %s\n", l->calendar.method, l->calendar.attendee, l->calendar.partstat);
    for (size_t i = 0; i < l->attachment_count; i++)
        strbuf_printf(out, "attachment   %s, %" PRId64 " bytes\n", l->attachments[i].type, l->attachments[i].bytes);
    for (size_t i = 0; i < l->warning_count; i++)
        strbuf_printf(out, "warning      %s\n", l->warnings[i]);
}

void inspect_print(const struct letter *letter, bool is_json, struct strbuf *out)
{
    CLEANUP(json_free) struct json *json = is_json ? letter_to_json(letter) : NULL;

    if (is_json) {
        json_print(json, true, out);
        strbuf_char(out, '\n');
        return;
    }
    print_facts(letter, out);
    print_block(out, "new words", letter->text);
    print_block(out, "taken away", letter->trimmed);
}

enum rc inspect_run(int fd, bool is_json, struct strbuf *out, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("inspect");
    CLEANUP(sandbox_free) struct sandbox *sandbox = sandbox_new(SANDBOX_READER, NULL, SANDBOX_DEADLINE_MS);
    const struct authres_trust trust = { .profile = AUTHRES_NOTHING, .authserv_id = "" };
    const struct sandbox_source source = sandbox_from_fd(&fd);
    struct letter letter;

    if (sandbox_parse(sandbox, &source, &trust, mem, &letter, err))
        return err_wrap(err, "inspect");
    inspect_print(&letter, is_json, out);
    return strbuf_check(out, err);
}
