/* Every SQL text of store/ against SQLite's plan for it: what is said for each letter, mail or tick finds its rows by an index on more than the
 * practice, so that nothing costs more where a practice has 100,000 members. What may walk through a table stands below with its reason. */
#include "tests/unit/store_help.h"

#include "store/domains.h"

/* These hold few rows however many members there are. */
static const char *const small_tables[] = { "installation",  "node",        "practice",     "domain",
                                            "practice_key",  "rekey_step",  "setting",      "due_practice",
                                            "due_job",       "care_group",  "shift",        "restored",
                                            "check_in",      "text_number", "text_account", "text_sender",
                                            "text_campaign", "text_bucket", "text_budget",  "visit_series",
                                            "video_account", "topic_series" };

/* The domain, and what the text holds. */
static const struct {
    const char *domain, *holds, *why;
} may_walk[] = {
    { "address", "tls_told_ms IS NOT NULL", "once for each change of a setting" },
    { "address", "a.require_tls = 1", "doctor, said by people" },
    { "accounting", "d.id > $2", "everything that left, asked for by people" },
    { "accounting_text", "t.id > $2", "everything that left, asked for by people" },
    { "audit", "ORDER BY seq DESC LIMIT 1", "ends at the first row" },
    { "audit", "a.seq > $2 ORDER BY a.seq LIMIT $3", "verify reads all of it, in pages" },
    { "check_in_answer", "check_in_id = $2 AND id > $3", "export, said by people" },
    { "delivery", "state = 5 AND sent_ms", "an index of failed ones alone" },
    { "delivery_wait", "state = 5 AND failed_ms", "an index of failed ones alone, once for each RESUME" },
    { "delivery_wait", "state = 8 AND created_ms",
      "an index of failed ones alone, for members who ask for verified TLS" },
    { "delivery", "GROUP BY state", "status and doctor, said by people" },
    { "delivery", "SET state = 7", "once after a restore" },
    { "delivery", "state = 7", "once after a restore" },
    { "delivery_wait", "state = 7", "once for each breaker, RESUME or check of an address" },
    { "engagement", "", "asked for by people, a group at a time" },
    { "erase", "", "once for a person, through every value" },
    { "erase_person", "", "once for a person, through every table" },
    { "health", "FROM suppression", "status and doctor, said by people" },
    { "health", "FROM delivery", "status and doctor, said by people" },
    { "membership", "left_ms >=", "once a day, for the daily mail" },
    { "membership", "group_id = $2 AND id > $3 ORDER BY id LIMIT", "member list, said by people" },
    { "person", "kind = $2 AND id > $3", "staff list and export, said by people" },
    { "video", "WHERE practice_id = $1 AND trouble <>", "doctor and zoom show, said by people" },
    { "private", "WHERE practice_id = $1 ORDER BY id DESC LIMIT $2", "ends after the newest, asked for by people" },
    { "post_list", "group_id = $2 AND id > $3 ORDER BY id LIMIT $4", "export, said by people" },
    { "text_out", "GROUP BY state", "status and doctor, said by people" },
    { "text_out", "SET state = 4", "once after a restore" },
    { "rekey", "", "it changes every row" },
    { "visit", "MAX(number)", "ends at the last of an index" },
    { "retention", "", "once a day, a batch of the oldest" },
};

static bool is_small(const char *plan_line)
{
    for (size_t i = 0; i < COUNT_OF(small_tables); i++) {
        const size_t n = strlen(small_tables[i]);
        const char *table = strchr(plan_line, ' ') + 1;

        if (strncmp(table, small_tables[i], n) == 0 && (table[n] == ' ' || table[n] == '\0'))
            return true;
    }
    return false;
}

/* "SCAN post", "SEARCH post USING INDEX x (practice_id=?)", and the same with nothing but a page of the key behind it. */
static bool walks(const char *line)
{
    static const char *const only_practice[] = { "(practice_id=?)", "(practice_id=? AND id>?)",
                                                 "(practice_id=? AND id<?)", "(practice_id=? AND seq>?)" };

    if (strncmp(line, "SCAN ", 5) == 0)
        return strcmp(line, "SCAN picked") != 0 && strcmp(line, "SCAN recent") != 0 &&
               strcmp(line, "SCAN unsent") != 0 && strcmp(line, "SCAN seen") != 0 && !strstr(line, "CONSTANT ROW");
    for (size_t i = 0; i < COUNT_OF(only_practice); i++)
        if (strstr(line, only_practice[i]))
            return true;
    return false;
}

static bool is_allowed(const char *domain, const char *sql)
{
    for (size_t i = 0; i < COUNT_OF(may_walk); i++)
        if (strcmp(may_walk[i].domain, domain) == 0 && strstr(sql, may_walk[i].holds))
            return true;
    return false;
}

/* How many lines of a text's plan walk where they may not. */
static size_t bad_lines(struct db *db, const char *domain, const char *sql, bool is_told)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("plan");
    struct err err;
    char *plan = NULL;
    size_t bad = 0;

    HELP_OK(db_explain(db, sql, mem, &plan, &err));
    for (char *line = plan, *end; *line; line = end) {
        end = line + strcspn(line, "\n");
        if (*end)
            *end++ = '\0';
        if (!walks(line) || is_small(line) || is_allowed(domain, sql))
            continue;
        if (is_told)
            print_error("%s: %s\n    %s\n", domain, line, sql);
        bad++;
    }
    return bad;
}

static void nothing_walks(void **state)
{
    struct help h;
    size_t bad = 0, texts = 0;

    (void)state;
    if (help_is_pg())
        return; /* it plans by what stands in the tables */
    help_start(&h);
    for (size_t i = 0; i < store_domains_count; i++)
        for (size_t k = 0; k < store_domains[i]->count; k++, texts++)
            bad += bad_lines(h.db, store_domains[i]->name, store_domains[i]->sql[k], true);
    assert_int_equal(bad, 0);
    assert_true(texts > 200);
    help_stop(&h);
}

/* Texts that once stood in store/ and walked. */
static void walking_is_seen(void **state)
{
    static const char *const walking[] = {
        "SELECT id FROM letter WHERE practice_id = $1 AND dedupe_hash = $2 ORDER BY id LIMIT 1",
        "SELECT id FROM membership WHERE practice_id = $1 AND person_id = $2 ORDER BY id",
        "SELECT id FROM arrival WHERE practice_id = $1 AND (state = 2 OR (state = 3 AND lease_until_ms < $2)) ORDER BY "
        "id LIMIT $3",
        "SELECT id FROM person WHERE practice_id = $1 AND id IN"
        " (SELECT person_id FROM person_address WHERE practice_id = $1 AND address_id = $2)",
        "SELECT id FROM post WHERE published_ms > $1",
    };
    struct help h;

    (void)state;
    if (help_is_pg())
        return;
    help_start(&h);
    for (size_t i = 0; i < COUNT_OF(walking); i++)
        assert_true(bad_lines(h.db, "test", walking[i], false) > 0);
    help_stop(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_walks),
        cmocka_unit_test(walking_is_seen),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
