"""The sentences of what happens to a ticket."""

from collections.abc import Mapping
from types import MappingProxyType

from domain.readable import ByLanguage

TICKET: Mapping[str, ByLanguage] = MappingProxyType(
    {
        "ticket.received": {
            "en": "{actor} recorded a new ticket by {channel}: {subject}[ (category {category}, priority {priority})]",
            "vi": "{actor} ghi nhận phiếu mới qua {channel}: {subject}[ (loại {category}, độ ưu tiên {priority})]",
        },
        "ticket.customer_corrected": {
            "en": "{actor} corrected the customer of the ticket to {customer_id}[ (organisation {organisation_id})]",
            "vi": "{actor} sửa khách hàng của phiếu thành {customer_id}[ (tổ chức {organisation_id})]",
        },
        "ticket.subject_changed": {
            "en": "{actor} changed the subject to {subject}",
            "vi": "{actor} đổi tiêu đề thành {subject}",
        },
        "ticket.categorised": {
            "en": "{actor} put the ticket into category {category}",
            "vi": "{actor} xếp phiếu vào loại {category}",
        },
        "ticket.prioritised": {
            "en": "{actor} set the priority to {priority}",
            "vi": "{actor} đặt độ ưu tiên là {priority}",
        },
        "ticket.assigned": {
            "en": "{actor} assigned the ticket[: team {team}][, agent {agent}]{routing}",
            "vi": "{actor} phân công phiếu[: nhóm {team}][, nhân viên {agent}]{routing}",
        },
        "ticket.assignment_proposed": {
            "en": "{actor} proposed an assignment[: team {team}][, agent {agent}]{routing}",
            "vi": "{actor} đề xuất phân công[: nhóm {team}][, nhân viên {agent}]{routing}",
        },
        "ticket.work_started": {"en": "{actor} started work", "vi": "{actor} bắt đầu xử lý"},
        "ticket.work_stopped": {
            "en": "{actor} put the ticket back into the queue",
            "vi": "{actor} trả phiếu về hàng chờ",
        },
        "ticket.put_on_hold": {
            "en": "{actor} put the ticket on hold, waiting for: {waiting_for}[, until {until}]",
            "vi": "{actor} tạm dừng phiếu, đang chờ: {waiting_for}[, đến {until}]",
        },
        "ticket.work_resumed": {"en": "{actor} resumed work", "vi": "{actor} tiếp tục xử lý"},
        "ticket.message_received": {
            "en": "{actor} recorded a message from the customer[ (channel: {channel})]: {body}",
            "vi": "{actor} ghi nhận tin nhắn của khách hàng[ (kênh: {channel})]: {body}",
        },
        "ticket.reply_sent": {
            "en": "{actor} replied {automated:automatically |}to the customer[ (channel: {channel})]: {body}",
            "vi": "{actor} {automated:tự động |}trả lời khách hàng[ (kênh: {channel})]: {body}",
        },
        "ticket.reply_proposed": {
            "en": "{actor} proposed {automated:an automatic|a} reply for review[ (channel: {channel})]: {body}",
            "vi": "{actor} đề xuất câu trả lời {automated:tự động |}chờ duyệt[ (kênh: {channel})]: {body}",
        },
        "ticket.reply_approved": {
            "en": "{actor} approved the reply proposed by event {proposal}",
            "vi": "{actor} duyệt câu trả lời đề xuất ở sự kiện {proposal}",
        },
        "ticket.reply_rejected": {
            "en": "{actor} rejected the reply proposed by event {proposal}",
            "vi": "{actor} từ chối câu trả lời đề xuất ở sự kiện {proposal}",
        },
        "ticket.callback_promised": {
            "en": "{actor} promised the customer a call at {at}",
            "vi": "{actor} hẹn gọi lại cho khách hàng lúc {at}",
        },
        "ticket.callback_kept": {
            "en": "{actor} kept the promise of a call made by event {promise}",
            "vi": "{actor} đã gọi lại theo hẹn ở sự kiện {promise}",
        },
        "ticket.callback_withdrawn": {
            "en": "{actor} withdrew the promise of a call made by event {promise}",
            "vi": "{actor} rút lời hẹn gọi lại ở sự kiện {promise}",
        },
        "ticket.expected_by_told": {
            "en": "{actor} told the customer that the ticket will be resolved by {expected_by}",
            "vi": "{actor} báo khách hàng phiếu sẽ được giải quyết trước {expected_by}",
        },
        "ticket.thanks_recognised": {
            "en": "{actor} recorded message {message} as thanks that needs no answer (definition of thanks, version"
            " {definition})",
            "vi": "{actor} ghi nhận tin nhắn {message} là lời cảm ơn, không cần trả lời (định nghĩa lời cảm ơn,"
            " phiên bản {definition})",
        },
        "ticket.thanks_taken_back": {
            "en": "{actor} recorded that message {message} asks for more than thanks",
            "vi": "{actor} ghi nhận tin nhắn {message} không chỉ là lời cảm ơn",
        },
        "ticket.note_added": {"en": "{actor} added a note: {body}", "vi": "{actor} thêm ghi chú: {body}"},
        "ticket.escalated": {
            "en": "{actor} escalated the ticket to {to}, level {level}",
            "vi": "{actor} chuyển phiếu lên cấp {level}, đến {to}",
        },
        "ticket.effort_logged": {
            "en": "{actor} logged {seconds} of handling by {agent} ({kind})",
            "vi": "{actor} ghi nhận {seconds} xử lý của {agent} ({kind})",
        },
        "ticket.resolved": {
            "en": "{actor} resolved the ticket[ ({code})][: {resolution}]",
            "vi": "{actor} giải quyết xong phiếu[ ({code})][: {resolution}]",
        },
        "ticket.reopened": {"en": "{actor} reopened the ticket", "vi": "{actor} mở lại phiếu"},
        "ticket.closed": {
            "en": "{actor} recorded that the ticket was closed; closed by: {closed_by}",
            "vi": "{actor} ghi nhận phiếu đã đóng; người đóng: {closed_by}",
        },
        "ticket.cancelled": {
            "en": "{actor} recorded that the ticket was cancelled; cancelled by: {cancelled_by}[, as: {cancelled_as}]",
            "vi": "{actor} ghi nhận phiếu đã hủy; người hủy: {cancelled_by}[, lý do: {cancelled_as}]",
        },
        "ticket.merged": {
            "en": "{actor} merged this ticket into {into}",
            "vi": "{actor} gộp phiếu này vào phiếu {into}",
        },
        "ticket.absorbed": {
            "en": "{actor} merged ticket {ticket_id} into this one",
            "vi": "{actor} gộp phiếu {ticket_id} vào phiếu này",
        },
        "ticket.merge_undone": {
            "en": "{actor} took this ticket out of {into} again",
            "vi": "{actor} tách phiếu này khỏi phiếu {into}",
        },
        "ticket.absorption_undone": {
            "en": "{actor} took ticket {ticket_id} out of this one again",
            "vi": "{actor} tách phiếu {ticket_id} khỏi phiếu này",
        },
        "ticket.satisfaction_rated": {
            "en": "{actor} recorded a satisfaction rating of {score} out of 5[; comment: {comment}]",
            "vi": "{actor} ghi nhận mức hài lòng {score} trên 5[; nhận xét: {comment}]",
        },
        "ticket.sla_warned": {
            "en": "{actor} warned: {target} target {instance} was used to {fraction} at {reached_at},"
            " {before}due at {due_at}",
            "vi": "{actor} cảnh báo: chỉ tiêu {target} {instance} đã dùng {fraction} lúc {reached_at},"
            " {before}hạn {due_at}",
        },
        "ticket.sla_breached": {
            "en": "{actor} recorded that {target} target {instance}, due at {due_at}, was missed",
            "vi": "{actor} ghi nhận chỉ tiêu {target} {instance} quá hạn, hạn là {due_at}",
        },
        "ticket.sla_corrected": {
            "en": "{actor} corrected {target} target {instance}, ended at {ended_at}: it was {was}, it is {now}",
            "vi": "{actor} sửa kết quả chỉ tiêu {target} {instance}, kết thúc lúc {ended_at}: trước {was}, nay {now}",
        },
        "ticket.details_changed": {
            "en": "{actor} updated details[: {changes}]",
            "vi": "{actor} cập nhật chi tiết[: {changes}]",
        },
    }
)
