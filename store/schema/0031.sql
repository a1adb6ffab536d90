-- Topics and announcements of staff that come again by a rule: each date is drafted ahead, and waits for its own OK.

CREATE TABLE topic_series (            -- store/topic_series
    practice_id    BIGINT NOT NULL,
    id             BIGINT NOT NULL,
    group_id       BIGINT NOT NULL,
    author_id      BIGINT NOT NULL,                                    -- staff, in whose name
    state          BIGINT NOT NULL CHECK (state BETWEEN 1 AND 2),      -- 1 open 2 ended
    is_news        BIGINT NOT NULL CHECK (is_news BETWEEN 0 AND 1),    -- 0 opens a conversation 1 an announcement
    flags          BIGINT NOT NULL,                                    -- what the word lists found in its words (post.flags)
    rule           TEXT NOT NULL,                                      -- value of an RRULE (schedules/ical)
    day            BIGINT NOT NULL,                                    -- first date: civil day and minute in the group's zone
    minute         BIGINT NOT NULL CHECK (minute BETWEEN 0 AND 1439),
    ahead_days     BIGINT NOT NULL CHECK (ahead_days BETWEEN 1 AND 60),
    words_sealed   BLOB NOT NULL,                                      -- JSON: title, text, tag
    created_ms     BIGINT NOT NULL,
    PRIMARY KEY (practice_id, id)
);

CREATE TABLE topic_series_day (        -- store/topic_series: dates that were drafted, or are left out
    practice_id    BIGINT NOT NULL,
    series_id      BIGINT NOT NULL,
    day            BIGINT NOT NULL,
    post_id        BIGINT NOT NULL,                                    -- 0: left out
    PRIMARY KEY (practice_id, series_id, day)
);
