/* postcircle review list|show|decide: the same grammar and the same function as by mail. */
#include "gateway/cli/cli.h"
#include "gateway/cli/photo_files.h"
#include "gateway/home/context.h"
#include "gateway/note/review.h"
#include "gateway/note/two_oks.h"
#include "gateway/practice/record.h"

#include "base/io.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "store/conversation.h"

#define LIST_MAX 500
#define EXCERPT_MAX 60
#define PLACES_MAX 9
#define DECISION_WORDS_MAX 64
#define DECISION_TEXT_MAX 65536

static const char *const state_words[POST_STATE_END] = { "",          "held",          "asked",
                                                         "referred",  "half released", "published",
                                                         "corrected", "rejected",      "returned",
                                                         "withdrawn", "private" };

static enum rc find_post(struct cli *cli, const char *text, struct post *ret_post, struct err *err)
{
    struct post_id id;
    enum rc rc;

    if (!text || text_to_int(text, 1, INT64_MAX, &id.v, err))
        return err_set(err, RC_INPUT, "which post? Name it by its number; `postcircle review list` shows them");
    rc = post_get(&cli->gate->store, id, cli->mem, ret_post, err);
    return rc == RC_NOT_FOUND ? err_set(err, rc, "there is no post %" PRId64, id.v) : rc;
}

static const char *age_of(const struct cli *cli, int64_t since_ms)
{
    const int64_t minutes = (gate_now_ms(cli->gate) - since_ms) / MS_MINUTE;

    if (minutes < 120)
        return arena_printf(cli->mem, "%" PRId64 " min", minutes);
    return minutes < 48 * 60 ? arena_printf(cli->mem, "%" PRId64 " h", minutes / 60)
                             : arena_printf(cli->mem, "%" PRId64 " days", minutes / 60 / 24);
}

static const char *name_of(struct cli *cli, struct person_id id)
{
    struct person person;
    struct err err;

    return person_get(&cli->gate->store, id, cli->mem, &person, &err) ? "" : person.name;
}

static const char *group_of(struct cli *cli, struct group_id id)
{
    struct care_group group;
    struct err err;

    return group_get(&cli->gate->store, id, cli->mem, &group, &err) ? "" : group.slug;
}

int cli_review_list(struct cli *cli, int argc, char **argv)
{
    static const char *const header[] = { "post", "tier", "state", "waits", "group", "author", "begins" };
    int code = cli_options(cli, "", NULL, 0, argc, argv, NULL, 0);
    struct cli_table *table;
    struct post *posts;
    struct err err;
    size_t n;

    if (code != CLI_GO_ON || (code = cli_gate(cli)) != CLI_GO_ON)
        return code;
    if (post_waiting(&cli->gate->store, LIST_MAX, cli->mem, &posts, &n, &err))
        return cli_fail(cli, &err);
    if (!n)
        cli_say(cli, "Nothing waits for review.\n");
    table = cli_table_new(cli->mem, header, COUNT_OF(header));
    cli_table_numbers(table, 0);
    cli_table_numbers(table, 1);
    for (size_t i = 0; i < n; i++) {
        const char *const text = posts[i].text;
        const char *const cells[] = { arena_printf(cli->mem, "%" PRId64, posts[i].id.v),
                                      arena_printf(cli->mem, "%d", posts[i].tier),
                                      state_words[posts[i].state],
                                      age_of(cli, posts[i].created_ms),
                                      group_of(cli, posts[i].group),
                                      name_of(cli, posts[i].author),
                                      text_excerpt(cli->mem, text_clean_line(cli->mem, text, strlen(text)),
                                                   EXCERPT_MAX) };

        cli_table_row(table, cells);
    }
    if (n || cli->is_json)
        cli_table_print(cli, table);
    return EX_OK;
}

/* ---- show ---- */

/* The conversations that MOVE's numbers mean: the newest of the group. */
static enum rc find_places(struct cli *cli, struct group_id group, struct conversation **ret, size_t *ret_n,
                           struct err *err)
{
    return conversation_recent(&cli->gate->store, group, PLACES_MAX, cli->mem, ret, ret_n, err);
}

static void show_places(struct cli *cli, struct json *root, const struct conversation *places, size_t n)
{
    CLEANUP(json_free) struct json *list = json_array_new();

    for (size_t i = 0; i < n; i++) {
        json_push_str(list, places[i].title);
        cli_say(cli, "%-18s %s\n", arena_printf(cli->mem, "MOVE %zu", i + 1), places[i].title);
    }
    json_set(root, "places", &list);
}

static void show_context(struct cli *cli, struct json *root, const struct context *c)
{
    CLEANUP(json_free) struct json *why = json_array_new();

    for (size_t i = 0; i < c->hit_count; i++) {
        json_push_str(why, c->hits[i].flag);
        cli_say(cli, "%-18s %s: %s\n", "flagged", c->hits[i].flag, c->hits[i].phrase);
    }
    json_set(root, "flags", &why);
    cli_pair(cli, root, "subject", "subject", c->subject);
    if (c->is_other_address)
        cli_say(cli, "%-18s it came from an address that we do not have on file\n", "note");
}

static void show_texts(struct cli *cli, struct json *root, const struct post *post, const struct context *c)
{
    cli_say(cli, "\n%s\n", post->text);
    if (*c->cut)
        cli_say(cli, "\n--- with OK CUT it would say ---\n%s\n", c->cut);
    if (*c->trimmed)
        cli_say(cli, "\n--- what was taken away ---\n%s\n", c->trimmed);
    json_set_str(root, "text", post->text);
    json_set_str(root, "cut", c->cut);
    json_set_str(root, "trimmed", c->trimmed);
    json_set_str(root, "original", c->original);
}

/* What would go out with it: each with its size and words, and as a file where one asks for it. */
static enum rc show_photos(struct cli *cli, struct json *root, const struct post *post, const char *folder,
                           struct err *err)
{
    CLEANUP(json_free) struct json *list = json_array_new();
    struct photo_row *photos = NULL;
    size_t n = 0;

    /* the act is written down before a file exists */
    if (folder && (io_make_dir(folder, 0700, err) ||
                   record_alone(cli->gate, &cli->who, AUDIT_PHOTO_SAVED, AUDIT_ITEM_POST, post->id.v, NULL, err)))
        return err->rc;
    if (photo_files_save(cli, post->id, folder, cli->mem, &photos, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++) {
        struct json *one = json_object_new();

        json_set_int(one, "width", photos[i].width);
        json_set_int(one, "height", photos[i].height);
        json_set_int(one, "bytes", (int64_t)photos[i].n);
        json_set_str(one, "alt", photos[i].alt);
        json_set_str(one, "file",
                     folder ? arena_printf(cli->mem, "%s/%s", folder, photo_files_name(&photos[i], cli->mem)) : "");
        json_push(list, &one);
        cli_say(cli, "%-18s %" PRId64 " x %" PRId64 ", %zu KiB; %s\n", arena_printf(cli->mem, "photo %zu", i + 1),
                photos[i].width, photos[i].height, (photos[i].n + 1023) / 1024,
                *photos[i].alt ? photos[i].alt : "nobody said what it shows (ALT)");
    }
    if (n && !folder)
        cli_say(cli, "%-18s review show %" PRId64 " --photos DIR writes them there, to be looked at\n", "", post->id.v);
    json_set(root, "photos", &list);
    if (n && folder)
        cli_say(cli, "%-18s in %s, in clear: delete them when you have looked\n", "", folder);
    return RC_OK;
}

/* Of two people: who said OK, and when. */
static enum rc show_first(struct cli *cli, struct json *root, const struct post *post, struct err *err)
{
    struct two_oks_first first;
    const enum rc rc = two_oks_first(cli->gate, post, cli->mem, &first, err);
    char at[CLOCK_STAMP_SIZE] = "";

    if (rc && rc != RC_NOT_FOUND)
        return rc;
    if (!rc)
        clock_stamp(first.at_ms, at);
    json_set_str(root, "first_ok_by", rc ? "" : first.by.name);
    json_set_str(root, "first_ok_at", at);
    if (!rc)
        cli_say(cli, "%-18s by %s, at %s%s\n", "first OK", first.by.name, at,
                post_state_is_waiting(post->state) ? "; a second person must say it too" : "");
    return RC_OK;
}

static enum rc show(struct cli *cli, const struct post *post, const char *folder, struct err *err)
{
    CLEANUP(json_free) struct json *root = json_object_new();
    struct conversation talk = { .title = "" }, *places;
    struct context c;
    size_t n;

    if (context_read(post->context, cli->mem, &c, err) || find_places(cli, post->group, &places, &n, err) ||
        (post->conversation.v && conversation_get(&cli->gate->store, post->conversation, cli->mem, &talk, err)))
        return err->rc;
    json_set_int(root, "post", post->id.v);
    json_set_int(root, "version", post->version);
    json_set_int(root, "tier", post->tier);
    cli_say(cli, "%-18s %" PRId64 ", version %" PRId64 ", tier %d\n", "post", post->id.v, post->version, post->tier);
    cli_pair(cli, root, "state", "state", state_words[post->state]);
    cli_pair(cli, root, "author", "author", name_of(cli, post->author));
    cli_pair(cli, root, "group", "group", group_of(cli, post->group));
    cli_pair(cli, root, "conversation", "conversation", talk.title);
    show_context(cli, root, &c);
    if (show_first(cli, root, post, err) || show_photos(cli, root, post, folder, err))
        return err->rc;
    show_places(cli, root, places, n);
    show_texts(cli, root, post, &c);
    cli_put(cli, &root);
    return RC_OK;
}

int cli_review_show(struct cli *cli, int argc, char **argv)
{
    const char *text = NULL, *folder = NULL;
    const struct cli_option options[] = {
        { .name = "photos", .value = "DIR", .help = "write its photos into this folder", .to = &folder },
    };
    int code = cli_options(cli, "POST", options, COUNT_OF(options), argc, argv, &text, 1);
    struct post post;
    struct err err = { .rc = RC_OK };

    if (code != CLI_GO_ON || (code = cli_gate(cli)) != CLI_GO_ON)
        return code;
    if (find_post(cli, text, &post, &err) || show(cli, &post, folder, &err))
        return cli_fail(cli, &err);
    return EX_OK;
}

/* ---- decide ---- */

static enum rc read_decision(struct cli *cli, const char *const *words, const struct decision **ret_decision,
                             struct err *err)
{
    CLEANUP(strbuf_done) struct strbuf all = STRBUF(DECISION_TEXT_MAX);
    struct decision_input in = { 0 };
    struct decision_set set;
    char *text;

    for (size_t i = 0; words[i]; i++)
        strbuf_printf(&all, "%s%s", i ? " " : "", words[i]);
    if (strbuf_take(&all, cli->mem, &text, err))
        return err_wrap(err, "decision");
    in.text = text;
    set = decision_read(&in, cli->mem);
    if (set.count != 1)
        return err_set(
            err, RC_INPUT,
            "that is no decision. One of: OK, OK CUT, NO, NO rule N, \"NO: reason\", \"ASK: question\", "
            "\"PRIVATE: answer\", \"EDIT: text\", \"FIX: note\", MOVE N, MOVE NEW, PASS, CRISIS, CLAIM, UNDO, "
            "\"ALT: what the photo shows\"");
    *ret_decision = set.v;
    return RC_OK;
}

/* Who came second is told who was first. */
static enum rc tell_first(const struct review_result *result, struct err *err)
{
    char at[CLOCK_STAMP_SIZE];

    if (!result->newest.post.v)
        return err_set(err, RC_CONFLICT, "the post has changed since; look at it again with `postcircle review show`");
    clock_stamp(result->newest.at_ms, at);
    return err_set(err, RC_CONFLICT, "staff member %" PRId64 " decided already: %s, at %s", result->newest.staff.v,
                   decision_name(review_decision_of(&result->newest)), at);
}

static enum rc decide(struct cli *cli, const struct review_act *act, struct review_result *ret_result, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct review_result result = { 0 };
    enum rc rc;

    if (db_begin(cli->gate->store.db, &tx, err))
        return err->rc;
    rc = review_decide(cli->gate, act, cli->mem, &result, err);
    if (rc)
        return rc == RC_CONFLICT ? tell_first(&result, err) : rc;
    *ret_result = result;
    return db_commit(&tx, err);
}

static enum rc prepare(struct cli *cli, const char *const *words, const char *as, const char *version,
                       struct review_act *act, struct person *staff, struct err *err)
{
    struct conversation_id *ids = ARENA_ARRAY(cli->mem, PLACES_MAX, struct conversation_id);
    struct conversation *places;
    struct post post;
    size_t n;

    if (!as)
        return err_set(err, RC_INPUT, "who decides? --as takes a staff member's email address or number");
    if (find_post(cli, words[0], &post, err) || cli_find_staff(cli, as, staff, err) ||
        read_decision(cli, words + 1, &act->decision, err) || find_places(cli, post.group, &places, &n, err) ||
        (version && text_to_int(version, 1, INT64_MAX, &act->version, err)))
        return err->rc;
    for (size_t i = 0; i < n; i++)
        ids[i] = places[i].id;
    act->post = post.id;
    act->places = ids;
    act->place_count = n;
    act->staff = staff;
    act->way = REVIEW_CLI;
    act->photos_shown = REVIEW_PHOTOS_ALL;
    return RC_OK;
}

int cli_review_decide(struct cli *cli, int argc, char **argv)
{
    const char *as = NULL, *version = NULL, *words[DECISION_WORDS_MAX + 1] = { NULL };
    const struct cli_option options[] = {
        { .name = "as", .value = "STAFF", .help = "who decides: email address or number", .to = &as },
        { .name = "version",
          .value = "N",
          .help = "only if nobody changed it since (review show tells)",
          .to = &version },
    };
    int code =
        cli_options(cli, "POST DECISION --as STAFF", options, COUNT_OF(options), argc, argv, words, DECISION_WORDS_MAX);
    CLEANUP(json_free) struct json *root = NULL;
    struct review_act act = { 0 };
    struct review_result result = { 0 };
    struct person staff;
    struct err err = { .rc = RC_OK };

    if (code != CLI_GO_ON || (code = cli_gate(cli)) != CLI_GO_ON)
        return code;
    if (prepare(cli, words, as, version, &act, &staff, &err) || decide(cli, &act, &result, &err))
        return cli_fail(cli, &err);
    root = json_object_new();
    json_set_int(root, "post", result.post.id.v);
    json_set_str(root, "effect", review_effect_name(result.effect));
    json_set_str(root, "state", state_words[result.post.state]);
    cli_say(cli, "post %" PRId64 ": %s; it is %s now\n", result.post.id.v, review_effect_name(result.effect),
            state_words[result.post.state]);
    cli_put(cli, &root);
    return EX_OK;
}
