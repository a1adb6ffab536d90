#include "store/domains.h"

#include "store/accounting.h"
#include "store/accounting_text.h"
#include "store/answered.h"
#include "store/approval.h"
#include "store/arrival.h"
#include "store/audit.h"
#include "store/calendar_feed.h"
#include "store/check_in.h"
#include "store/consent.h"
#include "store/conversation.h"
#include "store/custom.h"
#include "store/delivery.h"
#include "store/due.h"
#include "store/engagement.h"
#include "store/erase.h"
#include "store/goodbye.h"
#include "store/group.h"
#include "store/health.h"
#include "store/invitation.h"
#include "store/issue.h"
#include "store/keys.h"
#include "store/letter.h"
#include "store/mailbox.h"
#include "store/mailing.h"
#include "store/membership.h"
#include "store/node.h"
#include "store/page.h"
#include "store/page_call.h"
#include "store/page_joined.h"
#include "store/person.h"
#include "store/photo.h"
#include "store/poll.h"
#include "store/post.h"
#include "store/practice.h"
#include "store/private.h"
#include "store/question.h"
#include "store/rekey.h"
#include "store/retention.h"
#include "store/review.h"
#include "store/setting.h"
#include "store/shift.h"
#include "store/text_account.h"
#include "store/text_bucket.h"
#include "store/text_consent.h"
#include "store/text_cost.h"
#include "store/text_in.h"
#include "store/text_line.h"
#include "store/text_out.h"
#include "store/text_owed.h"
#include "store/text_staff.h"
#include "store/topic.h"
#include "store/topic_series.h"
#include "store/undo.h"
#include "store/video.h"
#include "store/visit.h"
#include "store/visit_record.h"
#include "store/visit_seat.h"

/* one a line, so that additions do not collide */
// clang-format off
const struct db_domain *const store_domains[] = {
    &accounting_domain,
    &accounting_text_domain,
    &address_domain,
    &answered_domain,
    &approval_domain,
    &arrival_domain,
    &audit_domain,
    &calendar_feed_domain,
    &calendar_feed_domain,
    &check_in_answer_domain,
    &check_in_domain,
    &consent_domain,
    &conversation_domain,
    &custom_domain,
    &delivery_domain,
    &delivery_wait_domain,
    &delivery_work_domain,
    &due_domain,
    &engagement_domain,
    &erase_domain,
    &erase_person_domain,
    &goodbye_domain,
    &group_domain,
    &health_domain,
    &invitation_domain,
    &issue_domain,
    &keys_domain,
    &letter_domain,
    &mailbox_domain,
    &mailing_domain,
    &membership_domain,
    &membership_tag_domain,
    &node_domain,
    &page_call_domain,
    &page_joined_domain,
    &page_domain,
    &person_domain,
    &photo_domain,
    &poll_domain,
    &post_domain,
    &post_list_domain,
    &practice_domain,
    &private_domain,
    &question_domain,
    &rekey_domain,
    &retention_domain,
    &review_domain,
    &roster_domain,
    &setting_domain,
    &shift_domain,
    &text_account_domain,
    &text_bucket_domain,
    &text_consent_domain,
    &text_cost_domain,
    &text_in_domain,
    &text_line_domain,
    &text_out_domain,
    &text_owed_domain,
    &text_receipt_domain,
    &text_staff_domain,
    &text_work_domain,
    &topic_domain,
    &topic_series_domain,
    &undo_domain,
    &video_domain,
    &visit_domain,
    &visit_record_domain,
    &visit_seat_domain,
    &visit_series_domain,
};
// clang-format on
const size_t store_domains_count = COUNT_OF(store_domains);
