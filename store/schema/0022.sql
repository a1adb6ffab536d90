-- Texts that wait: whose group's are said anew when a note changes, how many parts a number has still to send; who holds a post, by its index alone.

CREATE INDEX text_out_of_group ON text_out (practice_id, group_id) WHERE state IN (1, 2);
CREATE INDEX text_out_backlog ON text_out (practice_id, sender_id, due_ms) WHERE state = 1;
DROP INDEX text_post_of;
CREATE INDEX text_post_of ON text_post (practice_id, post_id, text_id);
