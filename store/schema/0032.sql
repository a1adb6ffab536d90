-- The alarms about a note: that which is open, or the last one, is asked for by each decision about it.

CREATE INDEX page_post ON page (practice_id, post_id) WHERE post_id IS NOT NULL;
