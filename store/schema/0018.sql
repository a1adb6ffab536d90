-- Text messages: accounts at providers, our numbers, what leaves and what comes in, who said yes, numbers of items, cost, and pace.

-- global: a number of ours belongs to exactly one practice
CREATE TABLE text_number (             -- store/text_account
    number      TEXT PRIMARY KEY,                                      -- E.164
    practice_id BIGINT NOT NULL
);

CREATE TABLE text_account (            -- store/text_account: an account at a provider
    practice_id   BIGINT NOT NULL,
    id            BIGINT NOT NULL,
    state         BIGINT NOT NULL CHECK (state BETWEEN 1 AND 3),       -- 1 in use 2 stopped: settings must be mended 3 given up
    provider      TEXT NOT NULL,                                       -- mailer/providers/NAME.conf
    is_polled     BIGINT NOT NULL CHECK (is_polled IN (0, 1)),         -- 1: asked for what came, there is no public URL
    values_sealed BLOB NOT NULL,                                       -- JSON: secret.NAME and setting.NAME
    stop_code     TEXT,
    stopped_ms    BIGINT,
    polled_ms     BIGINT,                                              -- everything that came before has been asked for
    heard_ms      BIGINT,                                              -- last call of the hook that was the provider's
    refused       BIGINT NOT NULL,                                     -- calls of the hook that were not
    created_ms    BIGINT NOT NULL,
    PRIMARY KEY (practice_id, id)
);

CREATE TABLE text_campaign (           -- store/text_account: a registered use of numbers, paced together
    practice_id      BIGINT NOT NULL,
    id               BIGINT NOT NULL,
    code             TEXT NOT NULL,                                    -- the registry's
    parts_per_minute BIGINT NOT NULL,                                  -- 0: no limit of its own
    PRIMARY KEY (practice_id, id),
    UNIQUE (practice_id, code)
);

CREATE TABLE text_sender (             -- store/text_account: a number of ours
    practice_id BIGINT NOT NULL,
    id          BIGINT NOT NULL,
    account_id  BIGINT NOT NULL,
    state       BIGINT NOT NULL CHECK (state BETWEEN 1 AND 3),         -- 1 in use 2 stopped: too much was filtered 3 given up
    kind        BIGINT NOT NULL CHECK (kind BETWEEN 1 AND 4),          -- 1 long code 2 toll-free 3 short code 4 modem or own gateway
    number      TEXT NOT NULL,
    rate_milli  BIGINT NOT NULL,                                       -- thousandths of a part a second; 0: no limit
    campaign_id BIGINT NOT NULL,                                       -- 0: none
    stop_code   TEXT,
    stopped_ms  BIGINT,
    created_ms  BIGINT NOT NULL,
    PRIMARY KEY (practice_id, id),
    UNIQUE (practice_id, number)
);

CREATE TABLE text_out (                -- store/text_out: a text to one person
    practice_id    BIGINT NOT NULL,
    id             BIGINT NOT NULL,
    state          BIGINT NOT NULL CHECK (state BETWEEN 1 AND 10),     -- enum text_state
    kind           BIGINT NOT NULL,                                    -- enum mailing_kind
    lane           BIGINT NOT NULL CHECK (lane BETWEEN 0 AND 4),
    needs          BIGINT NOT NULL CHECK (needs BETWEEN 1 AND 3),      -- enum text_needs: asked again at the moment of hand-off
    is_exempt      BIGINT NOT NULL CHECK (is_exempt IN (0, 1)),        -- 1: no budget and no bucket stops it
    person_id      BIGINT NOT NULL,                                    -- 0: nobody we know
    membership_id  BIGINT,
    group_id       BIGINT,
    address_id     BIGINT NOT NULL,
    sender_id      BIGINT NOT NULL,
    issue_id       BIGINT,
    subject_id     BIGINT,                                             -- post, question, page …: by kind
    from_seq       BIGINT NOT NULL,                                    -- the member's cursor before …
    to_seq         BIGINT NOT NULL,                                    -- … and once it is handed over; 0 does not move it
    ref            BLOB NOT NULL,                                      -- 16 random bytes: stands in the receipt's URL
    once_hash      BLOB,                                               -- the same thing is not queued twice for one person
    encoding       BIGINT NOT NULL CHECK (encoding BETWEEN 0 AND 1),   -- enum segment_encoding of mailer/segment
    parts          BIGINT NOT NULL,                                    -- segments, by our count
    requests       TEXT NOT NULL,                                      -- a digit for each request to the provider: its state; '' before the first try
    words_sealed   BLOB,                                               -- NULL: erased
    provider_id    TEXT,                                               -- the provider's id of its only request
    due_ms         BIGINT NOT NULL,
    not_after_ms   BIGINT NOT NULL,                                    -- later it is not handed over, and the provider is told so
    lease          BIGINT,
    lease_until_ms BIGINT,
    attempt        BIGINT NOT NULL,
    reason         BIGINT NOT NULL,                                    -- enum text_reason; 0 none
    class          BIGINT NOT NULL,                                    -- enum provider_class of the last answer or receipt
    code           TEXT,                                               -- the provider's code
    sending_ms     BIGINT,                                             -- real time
    settled_ms     BIGINT,                                             -- unknown: nobody waits for a receipt any more (real time)
    handed_ms      BIGINT,                                             -- accepted
    done_ms        BIGINT,
    created_ms     BIGINT NOT NULL,
    PRIMARY KEY (practice_id, id)
);
CREATE INDEX text_out_work ON text_out (practice_id, lane, due_ms, id) WHERE state = 1;
CREATE INDEX text_out_lease ON text_out (practice_id, lease) WHERE lease IS NOT NULL;
CREATE UNIQUE INDEX text_out_ref ON text_out (practice_id, ref);
CREATE UNIQUE INDEX text_out_once ON text_out (practice_id, once_hash) WHERE once_hash IS NOT NULL;
CREATE INDEX text_out_provider ON text_out (practice_id, provider_id) WHERE provider_id IS NOT NULL;
CREATE INDEX text_out_person ON text_out (practice_id, person_id, id);
CREATE INDEX text_out_address ON text_out (practice_id, address_id, id);
CREATE INDEX text_out_issue ON text_out (practice_id, issue_id, membership_id) WHERE issue_id IS NOT NULL;
CREATE INDEX text_out_subject ON text_out (practice_id, subject_id) WHERE subject_id IS NOT NULL;
CREATE INDEX text_out_member ON text_out (practice_id, membership_id, to_seq) WHERE membership_id IS NOT NULL;
CREATE INDEX text_out_unknown ON text_out (practice_id, sending_ms) WHERE state = 4 AND settled_ms IS NULL;
CREATE INDEX text_out_handed ON text_out (practice_id, sender_id, handed_ms) WHERE handed_ms IS NOT NULL;

CREATE TABLE text_post (               -- store/text_out: a post that a text holds
    practice_id BIGINT NOT NULL,
    text_id     BIGINT NOT NULL,
    post_id     BIGINT NOT NULL,
    version     BIGINT NOT NULL,
    is_whole    BIGINT NOT NULL CHECK (is_whole IN (0, 1)),
    PRIMARY KEY (practice_id, text_id, post_id)
);
CREATE INDEX text_post_of ON text_post (practice_id, post_id);

CREATE TABLE text_in (                 -- store/text_in: a text that came
    practice_id    BIGINT NOT NULL,
    id             BIGINT NOT NULL,
    state          BIGINT NOT NULL CHECK (state BETWEEN 1 AND 4),      -- 1 new 2 claimed 3 done 4 parked: staff look
    account_id     BIGINT NOT NULL,
    sender_id      BIGINT NOT NULL,                                    -- our number; 0: none that we know
    address_id     BIGINT,                                             -- theirs; NULL: no number we could read
    word           BIGINT NOT NULL,                                    -- enum text_word: what it did when it was stored
    media          BIGINT NOT NULL,                                    -- pictures, which are not kept
    dedupe_hash    BLOB,                                               -- provider's account and id, keyed; NULL after a while
    words_sealed   BLOB,
    raw_sealed     BLOB,                                               -- the call as it came
    tries          BIGINT NOT NULL,
    lease          BIGINT,
    lease_until_ms BIGINT,
    received_ms    BIGINT NOT NULL,
    done_ms        BIGINT,
    PRIMARY KEY (practice_id, id)
);
CREATE UNIQUE INDEX text_in_dedupe ON text_in (practice_id, dedupe_hash) WHERE dedupe_hash IS NOT NULL;
CREATE INDEX text_in_work ON text_in (practice_id, state, id) WHERE state IN (1, 2);
CREATE INDEX text_in_address ON text_in (practice_id, address_id, id);

CREATE TABLE text_receipt (            -- store/text_in: a provider's word about a text of ours, until the role has looked at it
    practice_id BIGINT NOT NULL,
    id          BIGINT NOT NULL,
    account_id  BIGINT NOT NULL,
    ref         TEXT,                                                  -- ours, with the number of the request
    provider_id TEXT,
    word        TEXT NOT NULL,                                         -- as the provider says it
    code        TEXT NOT NULL,
    tries       BIGINT NOT NULL,
    due_ms      BIGINT NOT NULL,                                       -- real time: nobody knew its text yet
    created_ms  BIGINT NOT NULL,
    PRIMARY KEY (practice_id, id)
);
CREATE INDEX text_receipt_due ON text_receipt (practice_id, due_ms, id);

CREATE TABLE text_consent (            -- store/text_consent: what a number has said, for all texts of the practice
    practice_id  BIGINT NOT NULL,
    address_id   BIGINT NOT NULL,
    state        BIGINT NOT NULL CHECK (state BETWEEN 1 AND 5),        -- 1 asked 2 yes 3 stopped 4 wrong number 5 nothing arrives; no row: never asked
    since_ms     BIGINT NOT NULL,
    level        BIGINT NOT NULL CHECK (level BETWEEN 0 AND 2),        -- 0 that there is something 1 alias and sixty characters 2 everything
    asked        BIGINT NOT NULL,                                      -- requests sent since the last answer
    reminded_ms  BIGINT,                                               -- how to stop was last said
    reminded_n   BIGINT NOT NULL,                                      -- digests since
    stopped_ms   BIGINT,                                               -- last STOP that was confirmed
    heard_ms     BIGINT,                                               -- last text from there
    failures     BIGINT NOT NULL,                                      -- temporary ones within failures_ms
    failures_ms  BIGINT,
    PRIMARY KEY (practice_id, address_id)
);

CREATE TABLE text_consent_log (        -- store/text_consent: one row per change, never changed
    practice_id  BIGINT NOT NULL,
    id           BIGINT NOT NULL,
    address_id   BIGINT NOT NULL,
    person_id    BIGINT NOT NULL,                                      -- 0: whoever uses the number
    old_state    BIGINT NOT NULL,                                      -- 0 none
    new_state    BIGINT NOT NULL,
    old_level    BIGINT NOT NULL,
    new_level    BIGINT NOT NULL,
    way          BIGINT NOT NULL CHECK (way BETWEEN 1 AND 6),          -- 1 text 2 email 3 paper 4 staff 5 provider 6 a rule of ours
    actor_id     BIGINT NOT NULL,                                      -- staff; 0 none
    evidence_id  BIGINT NOT NULL,                                      -- text_in, letter, text_out: by way
    wording      TEXT NOT NULL,                                        -- version of what was shown; '' nothing was
    words_sealed BLOB,                                                 -- what was answered or noted
    at_ms        BIGINT NOT NULL,
    PRIMARY KEY (practice_id, id)
);
CREATE INDEX text_consent_log_of ON text_consent_log (practice_id, address_id, id);

CREATE TABLE text_item (               -- store/text_line: the number that a reply may name
    practice_id BIGINT NOT NULL,
    address_id  BIGINT NOT NULL,
    sender_id   BIGINT NOT NULL,
    n           BIGINT NOT NULL CHECK (n BETWEEN 10 AND 999),
    person_id   BIGINT NOT NULL,
    kind        BIGINT NOT NULL,                                       -- enum text_item_kind
    target_id   BIGINT NOT NULL,
    group_id    BIGINT NOT NULL,                                       -- 0 none
    given_ms    BIGINT NOT NULL,
    live_ms     BIGINT NOT NULL,                                       -- answers count until then; another item may have it from then on
    PRIMARY KEY (practice_id, address_id, sender_id, n)
);
CREATE INDEX text_item_person ON text_item (practice_id, person_id);

CREATE TABLE text_asked (              -- store/text_line: the question that 1-9 and bare words answer; one per line
    practice_id BIGINT NOT NULL,
    address_id  BIGINT NOT NULL,
    sender_id   BIGINT NOT NULL,
    id          BIGINT NOT NULL,
    person_id   BIGINT NOT NULL,                                       -- 0: whoever uses the number
    kind        BIGINT NOT NULL,                                       -- enum text_question_kind
    subject_id  BIGINT NOT NULL,
    data_sealed BLOB,                                                  -- JSON: what each number stands for
    asked_ms    BIGINT NOT NULL,
    due_ms      BIGINT NOT NULL,                                       -- it gives up by itself
    PRIMARY KEY (practice_id, address_id, sender_id)
);
CREATE UNIQUE INDEX text_asked_id ON text_asked (practice_id, id);
CREATE INDEX text_asked_due ON text_asked (practice_id, due_ms);
CREATE INDEX text_asked_person ON text_asked (practice_id, person_id);

CREATE TABLE text_ledger (             -- store/text_cost: what a text cost
    practice_id     BIGINT NOT NULL,
    id              BIGINT NOT NULL,                                   -- of the text
    is_out          BIGINT NOT NULL CHECK (is_out IN (0, 1)),
    person_id       BIGINT NOT NULL,
    group_id        BIGINT NOT NULL,
    sender_id       BIGINT NOT NULL,
    kind            BIGINT NOT NULL,                                   -- enum mailing_kind; 0 of what came
    parts           BIGINT NOT NULL,
    is_ucs2         BIGINT NOT NULL CHECK (is_ucs2 IN (0, 1)),
    estimate_micro  BIGINT NOT NULL,                                   -- millionths of the currency of the rates
    actual_micro    BIGINT,                                            -- as the provider said; NULL not yet
    at_ms           BIGINT NOT NULL,
    PRIMARY KEY (practice_id, id)
);
CREATE INDEX text_ledger_time ON text_ledger (practice_id, at_ms);
CREATE INDEX text_ledger_person ON text_ledger (practice_id, person_id, at_ms);

CREATE TABLE text_budget (             -- store/text_cost: of a month
    practice_id   BIGINT NOT NULL,
    group_id      BIGINT NOT NULL,                                     -- 0: the practice
    month_micro   BIGINT NOT NULL,                                     -- 0: none
    told_month    BIGINT NOT NULL,                                     -- months since 1970 of the last warning
    told_percent  BIGINT NOT NULL,
    PRIMARY KEY (practice_id, group_id)
);

CREATE TABLE text_bucket (             -- store/text_bucket: what may leave now
    practice_id     BIGINT NOT NULL,
    kind            BIGINT NOT NULL CHECK (kind BETWEEN 1 AND 3),      -- 1 sender 2 campaign 3 the practice's brand, a day
    id              BIGINT NOT NULL,                                   -- of the sender or campaign; 0
    milli           BIGINT NOT NULL,                                   -- thousandths of a part that are left; of a brand: parts sent today
    at_ms           BIGINT NOT NULL,                                   -- real time of that; of a brand: start of its day
    halved_until_ms BIGINT NOT NULL,
    PRIMARY KEY (practice_id, kind, id)
);
