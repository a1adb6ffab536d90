-- What a group's letters were is found by an index (report delivery --group).

CREATE INDEX mailing_group ON mailing (practice_id, group_id, id) WHERE group_id IS NOT NULL;
