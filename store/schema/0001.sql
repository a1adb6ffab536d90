-- The first schema. One text for SQLite and PostgreSQL: BIGINT, TEXT and BLOB only (BLOB is a domain over bytea there).
--
-- practice_id comes first in every key, so that a distributed PostgreSQL can place a practice's rows together. Columns named *_sealed hold
-- values of base/seal; *_ms are UTC milliseconds; local times are minutes of the day beside an IANA zone. States are BIGINT with a
-- CHECK; the enum stands in the store file named at each table.

-- global ------------------------------------------------------------------------------------------------------------------------

CREATE TABLE installation (            -- store/keys
    name  TEXT PRIMARY KEY,            -- arrival_public_key, key_check, made_for
    value BLOB NOT NULL
);

CREATE TABLE node (                    -- store/id: a number of 10 bits, leased
    id             BIGINT PRIMARY KEY CHECK (id BETWEEN 0 AND 1023),
    lease          BIGINT NOT NULL,
    lease_until_ms BIGINT NOT NULL
);

CREATE TABLE practice (                -- store/practice
    id         BIGINT PRIMARY KEY,
    state      BIGINT NOT NULL CHECK (state IN (1, 2)),  -- 1 open, 2 closed
    created_ms BIGINT NOT NULL
);

CREATE TABLE domain (                  -- store/practice: a mail domain belongs to exactly one practice
    name        TEXT PRIMARY KEY,      -- lower-case A-labels
    practice_id BIGINT NOT NULL,
    kind        BIGINT NOT NULL CHECK (kind IN (1, 2))  -- 1 groups live here, 2 TOKEN@ only
);

CREATE TABLE due_practice (            -- store/due: which practice a role looks at next
    role        BIGINT NOT NULL,
    practice_id BIGINT NOT NULL,
    next_due_ms BIGINT NOT NULL,
    PRIMARY KEY (role, practice_id)
);
CREATE INDEX due_practice_next ON due_practice (role, next_due_ms);

-- keys, settings, audit ---------------------------------------------------------------------------------------------------------

CREATE TABLE practice_key (            -- store/keys
    practice_id BIGINT NOT NULL,
    id          BIGINT NOT NULL,
    use_        BIGINT NOT NULL CHECK (use_ BETWEEN 1 AND 6),
    epoch       BIGINT NOT NULL,
    state       BIGINT NOT NULL CHECK (state IN (1, 2, 3)),  -- 1 current, 2 old (reads only), 3 destroyed (wrapped is NULL)
    wrapped     BLOB,
    created_ms  BIGINT NOT NULL,
    PRIMARY KEY (practice_id, id),
    UNIQUE (practice_id, use_, epoch)
);

CREATE TABLE rekey_step (              -- store/keys: how far a re-sealing has come
    practice_id BIGINT NOT NULL,
    step        BIGINT NOT NULL,       -- index of the sealed column
    last_id     BIGINT NOT NULL,
    PRIMARY KEY (practice_id, step)
);

CREATE TABLE setting (                 -- store/setting
    practice_id  BIGINT NOT NULL,
    id           BIGINT NOT NULL,      -- enum setting
    value_sealed BLOB NOT NULL,
    PRIMARY KEY (practice_id, id)
);

CREATE TABLE audit (                   -- store/audit: append only
    practice_id BIGINT NOT NULL,
    seq         BIGINT NOT NULL,
    at_ms       BIGINT NOT NULL,
    actor_kind  BIGINT NOT NULL,
    actor_id    BIGINT NOT NULL,
    verb        BIGINT NOT NULL,
    item_kind   BIGINT NOT NULL,
    item_id     BIGINT NOT NULL,
    way         BIGINT NOT NULL,
    old_commit  BLOB,
    new_commit  BLOB,
    key_id      BIGINT NOT NULL,
    mac         BLOB NOT NULL,
    PRIMARY KEY (practice_id, seq)
);
CREATE INDEX audit_item ON audit (practice_id, item_kind, item_id, seq);

CREATE TABLE audit_value (             -- store/audit: what a commitment stands for; erasure deletes the row
    practice_id BIGINT NOT NULL,
    seq         BIGINT NOT NULL,
    salt        BLOB NOT NULL,
    old_sealed  BLOB,
    new_sealed  BLOB,
    PRIMARY KEY (practice_id, seq)
);

-- people ------------------------------------------------------------------------------------------------------------------------

CREATE TABLE person (                  -- store/person
    practice_id      BIGINT NOT NULL,
    id               BIGINT NOT NULL,
    kind             BIGINT NOT NULL CHECK (kind IN (1, 2)),           -- 1 patient or caregiver, 2 staff
    state            BIGINT NOT NULL CHECK (state IN (1, 2, 3)),       -- 1 active, 2 gone, 3 died
    staff_role       BIGINT NOT NULL CHECK (staff_role BETWEEN 0 AND 3), -- 0 none, 1 provider, 2 moderator, 3 manager
    duty_rank        BIGINT,                                           -- order on duty and for pages; NULL is not on duty
    language         BIGINT NOT NULL CHECK (language IN (1, 2)),       -- 1 English, 2 Spanish
    format           BIGINT NOT NULL CHECK (format IN (1, 2)),         -- 1 normal, 2 big
    zone             TEXT,                                             -- NULL is the group's
    name_sealed      BLOB NOT NULL,
    phone_sealed     BLOB,
    emergency_sealed BLOB,
    chart_sealed     BLOB,
    note_sealed      BLOB,                                             -- of staff: title ("your nurse")
    created_ms       BIGINT NOT NULL,
    PRIMARY KEY (practice_id, id)
);
CREATE INDEX person_staff ON person (practice_id, kind, duty_rank);

CREATE TABLE address (                 -- store/person
    practice_id  BIGINT NOT NULL,
    id           BIGINT NOT NULL,
    kind         BIGINT NOT NULL CHECK (kind IN (1, 2)),               -- 1 email, 2 phone
    state        BIGINT NOT NULL CHECK (state IN (1, 2, 3)),           -- 1 unproved, 2 proved by a round trip, 3 suspended
    hash         BLOB NOT NULL,                                        -- keyed hash of the normalised value
    value_sealed BLOB NOT NULL,
    proved_ms    BIGINT,
    created_ms   BIGINT NOT NULL,
    PRIMARY KEY (practice_id, id),
    UNIQUE (practice_id, kind, hash)
);

CREATE TABLE person_address (          -- store/person: many to many, couples and caregivers share
    practice_id BIGINT NOT NULL,
    person_id   BIGINT NOT NULL,
    address_id  BIGINT NOT NULL,
    rank        BIGINT NOT NULL,       -- 1 is where we write
    added_ms    BIGINT NOT NULL,
    PRIMARY KEY (practice_id, person_id, address_id)
);
CREATE INDEX person_address_by ON person_address (practice_id, address_id);

CREATE TABLE suppression (             -- store/person: an address that must get nothing of a kind
    practice_id BIGINT NOT NULL,
    address_id  BIGINT NOT NULL,
    reason      BIGINT NOT NULL,       -- 1 stop, 2 bounced, 3 complaint, 4 died, 5 staff
    since_ms    BIGINT NOT NULL,
    PRIMARY KEY (practice_id, address_id)
);

-- groups ------------------------------------------------------------------------------------------------------------------------

CREATE TABLE care_group (              -- store/group ("group" is a word of SQL)
    practice_id    BIGINT NOT NULL,
    id             BIGINT NOT NULL,
    state          BIGINT NOT NULL CHECK (state IN (1, 2)),            -- 1 open, 2 ended
    slug           TEXT NOT NULL,
    zone           TEXT NOT NULL,
    digest_minute  BIGINT NOT NULL,                                    -- local minute of the day
    digest_weekday BIGINT NOT NULL CHECK (digest_weekday BETWEEN 0 AND 6),
    review_policy  BIGINT NOT NULL CHECK (review_policy IN (1, 2)),    -- 1 hold all, 2 hold all and two people for every release
    texts_sealed   BLOB NOT NULL,
    texts_version  BIGINT NOT NULL,
    post_seq       BIGINT NOT NULL,                                    -- the last published sequence number
    issue_no       BIGINT NOT NULL,
    start_day      BIGINT,                                             -- civil days in the group's zone
    end_day        BIGINT,
    created_ms     BIGINT NOT NULL,
    PRIMARY KEY (practice_id, id),
    UNIQUE (practice_id, slug)
);

CREATE TABLE membership (              -- store/membership
    practice_id     BIGINT NOT NULL,
    id              BIGINT NOT NULL,
    group_id        BIGINT NOT NULL,
    person_id       BIGINT NOT NULL,
    address_id      BIGINT NOT NULL,                                   -- where this membership is written to
    role            BIGINT NOT NULL CHECK (role BETWEEN 1 AND 5),      -- 1 patient 2 caregiver 3 provider 4 moderator 5 manager
    state           BIGINT NOT NULL CHECK (state BETWEEN 1 AND 5),     -- 1 invited 2 active 3 paused 4 left 5 removed
    rhythm          BIGINT NOT NULL CHECK (rhythm BETWEEN 1 AND 4),    -- 1 each 2 daily 3 weekly 4 announcements
    channel         BIGINT NOT NULL CHECK (channel BETWEEN 1 AND 3),   -- 1 email 2 text 3 both
    hour_minute     BIGINT,                                            -- chosen local minute; NULL is the group's
    name_sealed     BLOB NOT NULL,
    name_hash       BLOB NOT NULL,                                     -- of the folded name, unique among living memberships
    label_sealed    BLOB,
    cursor_seq      BIGINT NOT NULL,                                   -- the last published sequence number sent to this person
    has_posted      BIGINT NOT NULL CHECK (has_posted IN (0, 1)),
    paused_until_ms BIGINT,
    joined_ms       BIGINT,
    left_ms         BIGINT,
    created_ms      BIGINT NOT NULL,
    PRIMARY KEY (practice_id, id),
    UNIQUE (practice_id, group_id, person_id)
);
CREATE INDEX membership_roster ON membership (practice_id, group_id, state, id);
CREATE INDEX membership_person ON membership (practice_id, person_id);
CREATE INDEX membership_name ON membership (practice_id, group_id, name_hash);
CREATE INDEX membership_paused ON membership (practice_id, state, paused_until_ms);

CREATE TABLE membership_tag (          -- store/membership: audience tags
    practice_id   BIGINT NOT NULL,
    membership_id BIGINT NOT NULL,
    tag           TEXT NOT NULL,
    PRIMARY KEY (practice_id, membership_id, tag)
);

CREATE TABLE consent (                 -- store/consent: one row per act, never changed
    practice_id     BIGINT NOT NULL,
    id              BIGINT NOT NULL,
    person_id       BIGINT NOT NULL,
    membership_id   BIGINT NOT NULL,
    address_id      BIGINT NOT NULL,
    channel         BIGINT NOT NULL CHECK (channel IN (1, 2)),
    kind            BIGINT NOT NULL CHECK (kind IN (1, 2)),            -- 1 to receive, 2 to have one's notes sent to others
    is_given        BIGINT NOT NULL CHECK (is_given IN (0, 1)),        -- 0 is a withdrawal
    way             BIGINT NOT NULL CHECK (way BETWEEN 1 AND 4),       -- 1 reply 2 paper 3 phone 4 staff
    text_version    TEXT NOT NULL,
    evidence_id     BIGINT NOT NULL,                                   -- arrival or staff person
    evidence_sealed BLOB,
    at_ms           BIGINT NOT NULL,
    PRIMARY KEY (practice_id, id)
);
CREATE INDEX consent_person ON consent (practice_id, person_id, membership_id, channel, kind, id);

CREATE TABLE invitation (              -- store/invitation
    practice_id   BIGINT NOT NULL,
    id            BIGINT NOT NULL,
    membership_id BIGINT NOT NULL,                                     -- 0 when staff are asked to opt in
    person_id     BIGINT NOT NULL,
    address_id    BIGINT NOT NULL,
    invited_by    BIGINT NOT NULL,                                     -- staff person
    state         BIGINT NOT NULL CHECK (state BETWEEN 1 AND 7),       -- 1 sent 2 repeated 3 listed 4 yes 5 no 6 other 7 withdrawn
    paper_way     BIGINT NOT NULL CHECK (paper_way IN (0, 2, 3)),      -- consent recorded by staff, to be proved by one reply
    text_version  TEXT NOT NULL,
    reason_sealed BLOB,                                                -- of AGAIN
    sent_ms       BIGINT NOT NULL,
    next_ms       BIGINT,                                              -- when to repeat or list
    answered_ms   BIGINT,
    PRIMARY KEY (practice_id, id)
);
CREATE INDEX invitation_due ON invitation (practice_id, state, next_ms);
CREATE INDEX invitation_person ON invitation (practice_id, person_id, membership_id, id);

-- what arrives --------------------------------------------------------------------------------------------------------------------

CREATE TABLE arrival (                 -- store/arrival
    practice_id    BIGINT NOT NULL,
    id             BIGINT NOT NULL,
    state          BIGINT NOT NULL CHECK (state BETWEEN 1 AND 5),      -- 1 receiving 2 new 3 claimed 4 done 5 parked
    source         BIGINT NOT NULL CHECK (source BETWEEN 1 AND 5),     -- 1 pipe 2 maildir 3 lmtp 4 imap 5 hook
    source_hash    BLOB,                                               -- transport duplicates
    bytes          BIGINT NOT NULL,
    is_oversize    BIGINT NOT NULL CHECK (is_oversize IN (0, 1)),
    head_box       BLOB NOT NULL,                                      -- stream key and envelope, boxed to the installation's public key
    tries          BIGINT NOT NULL,
    lease          BIGINT,
    lease_until_ms BIGINT,
    reason         BIGINT,                                             -- why parked
    received_ms    BIGINT NOT NULL,
    decided_ms     BIGINT,
    PRIMARY KEY (practice_id, id)
);
CREATE UNIQUE INDEX arrival_source ON arrival (practice_id, source_hash) WHERE source_hash IS NOT NULL;
CREATE INDEX arrival_work ON arrival (practice_id, state, id);

CREATE TABLE arrival_chunk (           -- store/arrival
    practice_id BIGINT NOT NULL,
    arrival_id  BIGINT NOT NULL,
    n           BIGINT NOT NULL,
    bytes       BLOB NOT NULL,
    PRIMARY KEY (practice_id, arrival_id, n)
);

CREATE TABLE letter (                  -- store/letter: an arrival understood; same id
    practice_id   BIGINT NOT NULL,
    id            BIGINT NOT NULL,
    kind          BIGINT NOT NULL,
    outcome       BIGINT NOT NULL,                                     -- enum letter_outcome: what the rules did with it
    proof         BIGINT NOT NULL,                                     -- enum letter_proof
    token_purpose BIGINT NOT NULL,                                     -- 0 none
    tier          BIGINT NOT NULL CHECK (tier BETWEEN 0 AND 4),
    group_id      BIGINT,
    person_id     BIGINT,
    address_id    BIGINT,
    delivery_id   BIGINT,                                              -- what it answers
    id_hash       BLOB,                                                -- keyed hash of the sender's Message-ID
    dedupe_hash   BLOB,
    json_sealed   BLOB NOT NULL,
    received_ms   BIGINT NOT NULL,
    PRIMARY KEY (practice_id, id)
);
CREATE INDEX letter_dedupe ON letter (practice_id, dedupe_hash);
CREATE INDEX letter_msgid ON letter (practice_id, id_hash);
CREATE INDEX letter_person ON letter (practice_id, person_id, id);

-- posts and decisions -------------------------------------------------------------------------------------------------------------

CREATE TABLE conversation (            -- store/post
    practice_id   BIGINT NOT NULL,
    id            BIGINT NOT NULL,
    group_id      BIGINT NOT NULL,
    first_post_id BIGINT NOT NULL,
    title_sealed  BLOB NOT NULL,
    last_seq      BIGINT NOT NULL,                                     -- of its newest published post; 0 while none is
    created_ms    BIGINT NOT NULL,
    PRIMARY KEY (practice_id, id)
);
CREATE INDEX conversation_recent ON conversation (practice_id, group_id, last_seq);

CREATE TABLE post (                    -- store/post: a post, a comment or an announcement
    practice_id     BIGINT NOT NULL,
    id              BIGINT NOT NULL,
    group_id        BIGINT NOT NULL,
    conversation_id BIGINT,                                            -- NULL while nobody knows where it belongs
    kind            BIGINT NOT NULL CHECK (kind BETWEEN 1 AND 3),      -- 1 post 2 comment 3 announcement
    state           BIGINT NOT NULL CHECK (state BETWEEN 1 AND 10),    -- enum post_state
    version         BIGINT NOT NULL,                                   -- rises with every change of state, place or text
    author_id       BIGINT NOT NULL,                                   -- person
    letter_id       BIGINT,
    tier            BIGINT NOT NULL CHECK (tier BETWEEN 0 AND 4),
    flags           BIGINT NOT NULL,                                   -- enum post_flag, bits
    placed_why      BIGINT NOT NULL,                                   -- enum place_why
    is_anonymous    BIGINT NOT NULL CHECK (is_anonymous IN (0, 1)),
    audience_tag    TEXT,                                              -- of an announcement; NULL is everybody
    text_sealed     BLOB NOT NULL,
    context_sealed  BLOB NOT NULL,
    note_sealed     BLOB,
    first_review_by BIGINT,                                            -- the first of two people
    deputy_id       BIGINT,                                            -- PASS: whom it waits for
    published_seq   BIGINT,
    published_ms    BIGINT,
    remind_ms       BIGINT,                                            -- next reminder to staff
    reminders       BIGINT NOT NULL,
    created_ms      BIGINT NOT NULL,
    PRIMARY KEY (practice_id, id)
);
CREATE INDEX post_queue ON post (practice_id, state, tier, created_ms);
CREATE INDEX post_published ON post (practice_id, group_id, published_seq);
CREATE INDEX post_conversation ON post (practice_id, conversation_id, published_seq);
CREATE INDEX post_author ON post (practice_id, author_id, id);
CREATE INDEX post_remind ON post (practice_id, remind_ms);

CREATE TABLE review (                  -- store/review: one row per decision that acted
    practice_id   BIGINT NOT NULL,
    id            BIGINT NOT NULL,
    post_id       BIGINT NOT NULL,
    post_version  BIGINT NOT NULL,                                     -- the version it decided on
    staff_id      BIGINT NOT NULL,
    decision      BIGINT NOT NULL,                                     -- enum decision
    way           BIGINT NOT NULL,                                     -- 1 email 2 text 3 console 4 command line
    reason_sealed BLOB,
    at_ms         BIGINT NOT NULL,
    PRIMARY KEY (practice_id, id),
    UNIQUE (practice_id, post_id, post_version)
);

CREATE TABLE question (                -- store/question: something we asked a person, and what an answer will do
    practice_id BIGINT NOT NULL,
    id          BIGINT NOT NULL,
    kind        BIGINT NOT NULL,                                       -- enum question_kind
    state       BIGINT NOT NULL CHECK (state BETWEEN 1 AND 4),         -- 1 open 2 answered 3 expired 4 withdrawn
    person_id   BIGINT NOT NULL,
    subject_id  BIGINT NOT NULL,                                       -- post, letter, membership: by kind
    data_sealed BLOB,
    due_ms      BIGINT,
    asked_ms    BIGINT NOT NULL,
    PRIMARY KEY (practice_id, id)
);
CREATE INDEX question_due ON question (practice_id, state, due_ms);
CREATE INDEX question_person ON question (practice_id, person_id, state);
CREATE INDEX question_subject ON question (practice_id, subject_id, state);

CREATE TABLE page (                    -- store/page: an alarm that must be claimed
    practice_id    BIGINT NOT NULL,
    id             BIGINT NOT NULL,
    letter_id      BIGINT NOT NULL,
    post_id        BIGINT,
    person_id      BIGINT,                                             -- whom it is about
    tier           BIGINT NOT NULL,
    state          BIGINT NOT NULL CHECK (state BETWEEN 1 AND 3),      -- 1 open 2 claimed 3 done
    step           BIGINT NOT NULL,                                    -- how often it was sent
    claimed_by     BIGINT,
    claimed_ms     BIGINT,
    outcome_sealed BLOB,
    next_ms        BIGINT,
    created_ms     BIGINT NOT NULL,
    PRIMARY KEY (practice_id, id)
);
CREATE INDEX page_due ON page (practice_id, state, next_ms);
CREATE UNIQUE INDEX page_letter ON page (practice_id, letter_id);

-- what leaves -----------------------------------------------------------------------------------------------------------------------

CREATE TABLE issue (                   -- store/issue: one edition of a group's digest for one rhythm
    practice_id BIGINT NOT NULL,
    id          BIGINT NOT NULL,
    group_id    BIGINT NOT NULL,
    rhythm      BIGINT NOT NULL CHECK (rhythm BETWEEN 1 AND 3),         -- 1 what one reader of single mails had missed
    number      BIGINT NOT NULL,
    version     BIGINT NOT NULL,
    state       BIGINT NOT NULL CHECK (state BETWEEN 1 AND 3),         -- 1 fanning out 2 sending 3 done
    from_seq    BIGINT NOT NULL,                                       -- items published after this …
    to_seq      BIGINT NOT NULL,                                       -- … up to this
    fanout_id   BIGINT NOT NULL,                                       -- the last membership that has its delivery
    closed_ms   BIGINT NOT NULL,
    PRIMARY KEY (practice_id, id),
    UNIQUE (practice_id, group_id, rhythm, number)
);
CREATE INDEX issue_work ON issue (practice_id, state, id);

CREATE TABLE issue_item (              -- store/issue: the numbers that a reply may name
    practice_id BIGINT NOT NULL,
    issue_id    BIGINT NOT NULL,
    number      BIGINT NOT NULL,
    kind        BIGINT NOT NULL CHECK (kind BETWEEN 1 AND 3),          -- 1 conversation 2 visit 3 announcement
    target_id   BIGINT NOT NULL,
    PRIMARY KEY (practice_id, issue_id, number)
);

CREATE TABLE mailing (                 -- store/mailing: one rendering; its bytes are filled in for each delivery
    practice_id  BIGINT NOT NULL,
    id           BIGINT NOT NULL,
    kind         BIGINT NOT NULL,                                      -- enum mailing_kind
    group_id     BIGINT,
    issue_id     BIGINT,
    issue_version BIGINT NOT NULL,
    subject_id   BIGINT,                                               -- post, question, invitation, page: by kind
    language     BIGINT NOT NULL,
    format       BIGINT NOT NULL,
    from_seq     BIGINT NOT NULL,                                      -- of a digest: the cursor it was rendered for
    audience     BIGINT NOT NULL,                                      -- bit i: with what the issue's i-th audience tag may read
    part         BIGINT NOT NULL,                                      -- what was too much for part n stands in part n + 1
    built_sealed BLOB NOT NULL,
    slots_sealed BLOB NOT NULL,
    created_ms   BIGINT NOT NULL,
    PRIMARY KEY (practice_id, id)
);
CREATE UNIQUE INDEX mailing_rendering ON mailing (practice_id, issue_id, language, format, issue_version, from_seq, audience, part)
    WHERE issue_id IS NOT NULL;
CREATE INDEX mailing_subject ON mailing (practice_id, subject_id);

CREATE TABLE delivery (                -- store/delivery: a mailing to one person by one channel
    practice_id    BIGINT NOT NULL,
    id             BIGINT NOT NULL,
    mailing_id     BIGINT,                                             -- NULL: an issue's delivery that takes the newest rendering
    issue_id       BIGINT,
    person_id      BIGINT NOT NULL,
    membership_id  BIGINT,
    address_id     BIGINT NOT NULL,
    channel        BIGINT NOT NULL CHECK (channel IN (1, 2)),
    lane           BIGINT NOT NULL CHECK (lane BETWEEN 0 AND 4),
    state          BIGINT NOT NULL CHECK (state BETWEEN 1 AND 7),      -- enum delivery_state
    from_seq       BIGINT NOT NULL,                                    -- this member's cursor when it was queued
    to_seq         BIGINT NOT NULL,                                    -- what the cursor becomes when it is sent; 0 does not move it
    part           BIGINT NOT NULL,
    due_ms         BIGINT NOT NULL,
    lease          BIGINT,
    lease_until_ms BIGINT,
    attempt        BIGINT NOT NULL,
    code           BIGINT,                                             -- the relay's last reply code
    status_code    TEXT,                                               -- enhanced status
    remote_sealed  BLOB,
    values_sealed  BLOB,
    message_key    BLOB NOT NULL,                                      -- 16 bytes: the left part of our Message-ID is its base32
    sent_ms        BIGINT,
    created_ms     BIGINT NOT NULL,
    PRIMARY KEY (practice_id, id)
);
CREATE INDEX delivery_work ON delivery (practice_id, lane, due_ms, id) WHERE state = 1;
CREATE INDEX delivery_lease ON delivery (practice_id, lease) WHERE lease IS NOT NULL;
CREATE UNIQUE INDEX delivery_message ON delivery (practice_id, message_key);
CREATE INDEX delivery_person ON delivery (practice_id, person_id, id);
CREATE INDEX delivery_issue ON delivery (practice_id, issue_id, membership_id) WHERE issue_id IS NOT NULL;
CREATE INDEX delivery_mailing ON delivery (practice_id, mailing_id) WHERE mailing_id IS NOT NULL;
CREATE INDEX delivery_unsent ON delivery (practice_id, membership_id, to_seq) WHERE state IN (1, 2, 3);
CREATE INDEX delivery_failed ON delivery (practice_id, id) WHERE state = 5;

CREATE TABLE answered (                -- store/answered: the same automatic answer goes to a person once a day
    practice_id BIGINT NOT NULL,
    person_id   BIGINT NOT NULL,
    kind        BIGINT NOT NULL,                                       -- enum mailing_kind
    about_id    BIGINT NOT NULL,
    at_ms       BIGINT NOT NULL,
    count_      BIGINT NOT NULL,
    PRIMARY KEY (practice_id, person_id, kind, about_id)
);

CREATE TABLE undo (                    -- store/undo: what UNDO gives back, for 30 days
    practice_id   BIGINT NOT NULL,
    id            BIGINT NOT NULL,
    person_id     BIGINT NOT NULL,
    membership_id BIGINT NOT NULL,
    data_sealed   BLOB NOT NULL,
    until_ms      BIGINT NOT NULL,
    is_used       BIGINT NOT NULL CHECK (is_used IN (0, 1)),
    PRIMARY KEY (practice_id, id)
);
CREATE INDEX undo_person ON undo (practice_id, person_id, is_used, id);

CREATE TABLE due_job (                 -- store/due: clock work by name; one row per kind and subject
    practice_id BIGINT NOT NULL,
    kind        BIGINT NOT NULL,                                       -- enum job_kind
    subject_id  BIGINT NOT NULL,
    due_ms      BIGINT NOT NULL,
    PRIMARY KEY (practice_id, kind, subject_id)
);
CREATE INDEX due_job_next ON due_job (practice_id, due_ms);
