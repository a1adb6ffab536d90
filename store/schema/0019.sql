-- What waits for RESUME has a mark of its own in due_ms, 2^53; that of 2^52 stays with invitations, which wait for mail to the group's address.

UPDATE delivery SET due_ms = due_ms + 4503599627370496 WHERE due_ms >= 4503599627370496 AND (issue_id IS NOT NULL
    OR (SELECT kind FROM mailing WHERE mailing.practice_id = delivery.practice_id AND mailing.id = delivery.mailing_id) BETWEEN 2 AND 5);
