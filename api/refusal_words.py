"""The rules that refuse a command, in Vietnamese.

In English a rule says itself.
"""

from collections.abc import Mapping
from types import MappingProxyType

from api.erasure_refusals import ERASURE_REFUSALS, kept_by_law
from api.procedure_refusals import PROCEDURE_REFUSALS
from api.valued_refusals import VALUED_REFUSALS
from domain.readable import Language, as_sentence
from domain.refusal import Refusal

RULES_IN_VIETNAMESE: Mapping[str, str] = MappingProxyType(
    {
        "occurred_in_the_future": "Thời điểm xảy ra nằm ở tương lai; hãy kiểm tra đồng hồ hoặc múi giờ.",
        "back_dated": "Khóa này không được ghi lùi ngày xa như vậy.",
        "erased": "Dữ liệu cá nhân đã bị xóa; không ghi thêm được nữa.",
        "ticket_unknown": "Không có phiếu này; hãy kiểm tra mã phiếu.",
        "ticket_exists": "Phiếu này đã được tiếp nhận; hãy ghi tin nhắn vào phiếu đó.",
        "ticket_not_open": "Chỉ làm được với phiếu đang mở.",
        "ticket_not_resolved": "Chỉ làm được với phiếu đã giải quyết.",
        "ticket_not_merged": "Chỉ tách được phiếu đã gộp.",
        "ticket_merged": "Phiếu đã gộp vào phiếu khác; hãy làm trên phiếu còn lại.",
        "ticket_cancelled": "Phiếu đã hủy không nhận tin nhắn; hãy tiếp nhận phiếu mới.",
        "ticket_closed_follow_up": "Phiếu đã đóng không nhận tin nhắn; hãy tiếp nhận phiếu mới cho khách hàng này.",
        "ticket_unassigned": "Hãy phân công phiếu cho một nhân viên trước, hoặc để nhân viên bắt đầu xử lý.",
        "work_not_startable": "Chỉ bắt đầu xử lý được phiếu mới tiếp nhận hoặc đã phân công.",
        "not_holdable": "Chỉ tạm dừng được phiếu đã phân công hoặc đang xử lý; phiếu đang chờ thì tiếp tục trước.",
        "not_waiting": "Chỉ tiếp tục được phiếu đang tạm dừng.",
        "already_resolved": "Phiếu đã giải quyết với nội dung hoặc mã khác; hãy mở lại trước, hoặc thêm ghi chú.",
        "already_cancelled": "Phiếu đã hủy với lý do khác; hãy thêm ghi chú.",
        "precedes_what_it_ends": "Thời điểm xảy ra trước khi trạng thái hiện tại bắt đầu.",
        "merge_into_itself": "Hãy chọn một phiếu hoặc khách hàng khác để gộp vào.",
        "target_not_open": "Chỉ gộp được vào một phiếu đang mở.",
        "merged_elsewhere": "Phiếu hoặc khách hàng đã gộp vào nơi khác với nơi đã nêu.",
        "reply_needs_review": "Trả lời của loại phiếu này phải được người khác duyệt trước; hãy đề xuất trả lời.",
        "no_thanks": "Sự kiện này không phải là lời cảm ơn.",
        "too_many_proposals": "Phiếu có quá nhiều trả lời chờ duyệt.",
        "proposal_unknown": "Phiếu không có trả lời đề xuất này.",
        "proposal_rejected": "Trả lời đã bị từ chối; hãy đề xuất trả lời khác.",
        "proposal_approved": "Trả lời đã được duyệt và gửi.",
        "own_proposal": "Người khác với người đề xuất phải duyệt trả lời.",
        "not_a_person": "Chỉ một người làm được: người duyệt trả lời, hoặc thành viên của tổ chức, phải là cá nhân.",
        "too_many_promises": "Phiếu có quá nhiều cuộc gọi đã hẹn.",
        "promise_unknown": "Phiếu không có cuộc gọi đã hẹn này.",
        "promise_withdrawn": "Cuộc gọi đã hẹn đã hủy.",
        "promise_kept": "Cuộc gọi đã hẹn đã thực hiện.",
        "customer_unknown": "Không có khách hàng này.",
        "task_exists": "Công việc này đã mở; hãy mở công việc khác.",
        "task_unknown": "Không có công việc này.",
        "task_not_open": "Chỉ làm được với công việc đang mở; hãy mở lại trước.",
        "procedure_unknown": "Không có quy trình này.",
        "procedure_exists": "Quy trình này đã bắt đầu; hãy bắt đầu quy trình khác.",
        "procedure_running": "Một quy trình cùng tên đang chạy cho đối tượng này.",
        "procedure_disabled": "Quy trình này đang tắt.",
        "procedure_ended": "Quy trình đã kết thúc; hãy bắt đầu lại.",
        "version_unknown": "Không có phiên bản này của quy trình.",
        "step_unknown": "Quy trình không có bước này.",
        "step_not_open": "Bước này không mở; hãy làm các bước đang mở trước.",
        "answer_unknown": "Bước này không có câu trả lời đó.",
        "answer_needed": "Bước này cần một câu trả lời trong danh sách.",
        "details_missing": "Còn thiếu thông tin mà bước này yêu cầu.",
        "not_told": "Bước này chờ một sự kiện.",
        "not_due_yet": "Bước này chưa đến hạn.",
        "subject_of_another_kind": "Quy trình này dành cho loại đối tượng khác.",
        "customer_exists": "Khách hàng này đã đăng ký; hãy sửa thông tin.",
        "customer_merged": "Khách hàng này đã gộp vào khách hàng khác; hãy làm trên khách hàng còn lại.",
        "customer_not_merged": "Chỉ tách được khách hàng đã gộp.",
        "merge_before_the_last": "Một trong hai đã được gộp hoặc tách sau thời điểm này; hãy ghi thời điểm muộn hơn.",
        "match_not_proposed": "Không có đề xuất trùng nào đang chờ cho hai khách hàng này; hãy gộp trực tiếp.",
        "match_refused": "Hai khách hàng này đã được xác định là khác nhau; nếu không phải, hãy gộp trực tiếp.",
        "match_with_itself": "Hãy chọn một khách hàng khác.",
        "address_identifies_nobody": "Địa chỉ này không thuộc về ai, hoặc đã bị chặn.",
        "address_is_another": "Khách hàng đã có địa chỉ này với khóa khác, do vùng hoặc thời điểm khác.",
        "address_shared": "Địa chỉ này được nhiều khách hàng dùng chung.",
        "address_taken": "Địa chỉ này đã thuộc về khách hàng khác.",
        "too_many_addresses": "Khách hàng đã có quá nhiều địa chỉ của kênh này.",
        "not_an_agent": "Chỉ nhân viên mới được xác nhận địa chỉ bằng lý do.",
        "erasure_state": "Yêu cầu xóa không ở trạng thái cho phép việc này; hãy xem bước tiếp theo của yêu cầu.",
        "erasure_unknown": "Chưa có yêu cầu xóa cho khách hàng này; hãy ghi nhận yêu cầu trước.",
        "hold_is_past": "Ngày cuối của lệnh lưu giữ đã qua.",
        "hold_unknown": "Khách hàng không có lệnh lưu giữ này.",
        "no_key_missing": "Kho khóa có đủ các khóa mà nhật ký nêu.",
        "loss_unknown": "Chưa ai báo mất các khóa này.",
        "another_key_store": "Báo cáo nói về kho khóa khác với kho đang dùng; hãy dùng kho đó, hoặc báo lại.",
        "loss_changed": "Các khóa đang thiếu không còn là các khóa đã báo; hãy báo lại.",
        "legal_hold": "Một lệnh lưu giữ không cho phép xóa.",
        "retention": "Thời hạn lưu giữ chưa hết nên chưa được xóa.",
        "second_person_needed": "Người duyệt phải khác người yêu cầu và người xác minh.",
        "contract_unknown": "Không có hợp đồng này.",
        "deadline_out_of_range": "Hạn nằm ngoài các năm của lịch.",
        "agent_unavailable": "Nhân viên này đang vắng mặt; hãy chọn người khác.",
        "another_agent": "Mã này không phải của nhân viên đó.",
        "until_in_the_past": "Thời điểm kết thúc nằm ở quá khứ; hãy ghi thời điểm muộn hơn.",
        "notification_unknown": "Không có thông báo này; hãy kiểm tra mã.",
        "notification_not_waiting": "Thông báo này không còn chờ gửi.",
        "not_resendable": "Chỉ gửi lại được thông báo không gửi được hoặc không rõ kết quả.",
        "not_handed_over": "Thông báo này chưa được chuyển cho nhà cung cấp.",
        "attempt_not_due": "Lần gửi này chưa đến hạn.",
        "attempt_superseded": "Đã có lần gửi khác thay thế.",
        "template_unknown": "Không có mẫu này; hãy ban hành mẫu trước.",
        "purpose_differs": "Mẫu này dành cho mục đích khác.",
        "placeholder_missing": "Mẫu cần thêm giá trị để điền.",
        "report_issued": "Kỳ này đã phát hành với số liệu khác; hãy nêu lý do phát hành lại.",
        "rule_not_suspended": "Quy tắc này không tạm ngưng cho đối tượng đó.",
        "switch_unknown": "Công tắc của toàn đơn vị không có tên riêng; hãy bỏ trống tên.",
        "too_many_versions": "Đã có quá nhiều phiên bản.",
        "too_many_calendars": "Đã có quá nhiều lịch.",
        "calendar_unknown": "Chính sách dùng một lịch chưa được ban hành; hãy ban hành lịch đó trước.",
        "key_not_usable": "Khóa này không còn dùng được: đã hết hạn, đã thu hồi hoặc không có.",
        "contract_exists": "Hợp đồng này đã được ký; hãy gia hạn hoặc sửa đổi.",
        "contract_ended": "Hợp đồng đã kết thúc; hãy ký hợp đồng mới.",
        "contract_not_ended": "Hợp đồng cũ chưa kết thúc hẳn; hãy gia hạn hợp đồng đó.",
        "contract_of_another": "Hợp đồng cũ là của khách hàng khác.",
        "contract_terminated": "Hợp đồng đã chấm dứt; hãy ký hợp đồng mới.",
        "term_exists": "Kỳ hợp đồng này đã bắt đầu.",
        "term_ahead": "Phải gia hạn lần lượt từng kỳ hợp đồng.",
        "term_renewed": "Kỳ hợp đồng này đã được gia hạn.",
        "grace_over": "Thời gian ân hạn đã hết; hãy ký hợp đồng mới.",
        "grace_not_over": "Thời gian ân hạn chưa hết.",
        "ends_before_it_starts": "Ngày kết thúc ở trước ngày bắt đầu của kỳ hợp đồng.",
        "ends_too_late": "Ngày kết thúc của kỳ hợp đồng quá xa.",
        "not_a_day_of_the_contract": "Ngày này không thuộc kỳ hợp đồng.",
        "currency_without_value": "Hãy ghi cả giá trị theo đơn vị tiền mới.",
        "value_without_currency": "Báo giá không có giá trị và đơn vị tiền.",
        "currency_differs": "Đơn vị tiền khác với lần mua đã ghi nhận.",
        "offer_exists": "Báo giá có mã này đã ghi nhận với nội dung khác; hãy dùng mã mới.",
        "offer_unknown": "Khách hàng không có báo giá này; hãy ghi nhận báo giá trước.",
        "offer_answered": "Báo giá đã được trả lời; hãy lập báo giá mới.",
        "purchase_exists": "Lần mua có mã này đã ghi nhận với nội dung khác.",
        "purchase_unknown": "Khách hàng không có lần mua này; hãy ghi nhận trước.",
        "purchase_returned": "Lần mua này đã trả lại toàn bộ.",
        "returned_more_than_bought": "Không thể trả lại nhiều hơn đã mua.",
        "organisation_unknown": "Không có tổ chức này; hãy đăng ký trước.",
        "feedback_exists": "Phản hồi này đã ghi nhận; hãy ghi phản hồi khác.",
        "file_exists": "Tệp này đã đính kèm; hãy đính kèm tệp khác.",
        "file_unknown": "Không có tệp này; hãy đính kèm trước.",
        "cannot_be_tried": (
            "Quy tắc xét nhiều lịch sử cùng lúc nên không chạy giả định được: hãy ban hành với `shadow = true`."
        ),
        "file_withdrawn": "Tệp đã rút thì không quét nữa.",
    }
)
"""The sentence of each code of a refusal."""
_SENTENCES: Mapping[str, str] = MappingProxyType(
    {
        "give a team, an agent or both": "Hãy điền nhóm, nhân viên hoặc cả hai.",
        "write a UUID as 01890a5d-ac96-774b-bcce-b302099a8057": (
            "Hãy điền mã dạng 01890a5d-ac96-774b-bcce-b302099a8057."
        ),
    }
)
"""The sentences of rules without a code."""
SAYS_ALL = frozenset(
    [
        "address_identifies_nobody",
        "contract_exists",
        "contract_of_another",
        "contract_terminated",
        "contract_unknown",
        "currency_without_value",
        "customer_exists",
        "customer_not_merged",
        "deadline_out_of_range",
        "erasure_unknown",
        "feedback_exists",
        "file_exists",
        "file_unknown",
        "file_withdrawn",
        "loss_changed",
        "loss_unknown",
        "match_not_proposed",
        "match_refused",
        "match_with_itself",
        "merge_into_itself",
        "no_key_missing",
        "not_a_person",
        "not_an_agent",
        "not_waiting",
        "notification_unknown",
        "occurred_in_the_future",
        "offer_exists",
        "offer_unknown",
        "own_proposal",
        "procedure_ended",
        "procedure_exists",
        "promise_kept",
        "promise_withdrawn",
        "proposal_approved",
        "proposal_rejected",
        "purchase_returned",
        "purchase_unknown",
        "target_not_open",
        "task_exists",
        "task_unknown",
        "ticket_cancelled",
        "ticket_exists",
        "ticket_merged",
        "ticket_not_merged",
        "ticket_not_resolved",
        "ticket_unassigned",
        "ticket_unknown",
        "until_in_the_past",
        "value_without_currency",
        "work_not_startable",
    ]
)
"""The codes whose English sentence names no value, so that the Vietnamese one says all of it."""
_MERGED = "; it was merged into "
"""What stands behind the rule of a merged ticket, before the ticket that goes on."""


def rule_in(code: str | None, rule: str, language: Language) -> str:
    """The sentence of a rule in a language; in English where it has no translation."""
    if language == "en":
        return as_sentence(rule)
    rule, _, survivor = rule.partition(_MERGED)
    of_code = _SENTENCES.get(rule, rule) if code is None else RULES_IN_VIETNAMESE.get(code, rule)
    sentence = _with_values(code, rule) or as_sentence(of_code)
    return f"{sentence} Phiếu đã gộp vào {survivor}." if survivor else sentence


def _with_values(code: str | None, rule: str) -> str | None:
    """A Vietnamese sentence that takes the values of the rule; None where there is none."""
    if code == "retention":
        return kept_by_law(rule)
    tables = (ERASURE_REFUSALS, PROCEDURE_REFUSALS, VALUED_REFUSALS)
    return next((said for table in tables if (said := table.whole(rule)) is not None), None)


def refusal_in(refusal: Refusal, language: Language) -> str:
    """The rule in a language. Without a sentence that takes its values, the English one stands behind the other one."""
    if language == "en" or refusal.code not in RULES_IN_VIETNAMESE:
        return as_sentence(str(refusal))
    sentence = rule_in(refusal.code, refusal.rule, language)
    rule, _, _ = refusal.rule.partition(_MERGED)
    says_all = refusal.code in SAYS_ALL or _with_values(refusal.code, rule) is not None
    return sentence if says_all else f"{sentence} ({refusal})"
