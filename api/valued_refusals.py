"""The rules that name values, in Vietnamese, by their English sentence with ``{}`` in the place of each value.

Those of procedures and of erasure stand in files of their own.
"""

from api.translated_sentences import TranslatedSentences
from projections.audit.vocabularies import VOCABULARIES

VALUED_REFUSALS = TranslatedSentences(
    {
        # tickets
        "only an open ticket can be {}": "Chỉ làm được với phiếu đang mở.",
        "resolve the ticket before closing it": "Hãy giải quyết phiếu trước khi đóng.",
        "only a resolved or closed ticket can be reopened": "Chỉ mở lại được phiếu đã giải quyết hoặc đã đóng.",
        "satisfaction is rated once the ticket is resolved": "Chỉ đánh giá được sau khi phiếu đã giải quyết.",
        "only an assigned ticket or one in progress can be put on hold; resume a waiting one first": (
            "Chỉ tạm dừng được phiếu đã phân công hoặc đang xử lý; phiếu đang chờ thì tiếp tục trước."
        ),
        "occurred_at lies before the state that it would end began ({})": (
            "Thời điểm xảy ra trước khi trạng thái hiện tại bắt đầu ({})."
        ),
        "a closed ticket takes no messages; receive a follow-up ticket for the same customer": (
            "Phiếu đã đóng không nhận tin nhắn; hãy tiếp nhận phiếu mới cho khách hàng này."
        ),
        "the ticket is resolved already, with another text or code; reopen it first, or add a note": (
            "Phiếu đã giải quyết với nội dung hoặc mã khác; hãy mở lại trước, hoặc thêm ghi chú."
        ),
        **{
            f"the ticket is cancelled already, as {code}; add a note": f"Phiếu đã hủy: {words}; hãy thêm ghi chú."
            for code, words in {"duplicate": "trùng lặp", "spam": "thư rác", "other": "lý do khác"}.items()
        },
        "a reply to this ticket needs a review: propose it, and let another person approve it": (
            "Trả lời của loại phiếu này phải được người khác duyệt trước; hãy đề xuất trả lời."
        ),
        "event {} of the ticket is no message that was taken for thanks": (
            "Sự kiện {} của phiếu không phải tin nhắn được coi là lời cảm ơn."
        ),
        "event {} of the ticket promises no call": "Sự kiện {} của phiếu không hẹn cuộc gọi nào.",
        "event {} of the ticket proposes no reply": "Sự kiện {} của phiếu không đề xuất trả lời nào.",
        "{} proposed replies wait for a review already; approve or reject one first": (
            "Phiếu đã có {} trả lời chờ duyệt; hãy duyệt hoặc từ chối bớt trước."
        ),
        "{} calls are promised already; keep or withdraw one first": (
            "Phiếu đã có {} cuộc gọi đã hẹn; hãy thực hiện hoặc hủy bớt trước."
        ),
        "{} takes no new work; choose another agent": "{} không nhận việc mới; hãy chọn nhân viên khác.",
        "the stream is not that of the agent {}": "Lịch sử này không phải của nhân viên {}.",
        "name the ticket of that merge": "Hãy nêu đúng phiếu đã gộp.",
        # tasks
        **{
            f"only an open task can be {done}; reopen it first": f"Chỉ {words} được việc đang mở; hãy mở lại trước."
            for done, words in {
                "rescheduled": "dời hạn",
                "done": "hoàn thành",
                "cancelled": "hủy",
                "assigned": "giao",
            }.items()
        },
        # customers
        "one of the two was merged or taken apart at {}; give a later occurred_at": (
            "Một trong hai đã được gộp hoặc tách lúc {}; hãy ghi thời điểm muộn hơn."
        ),
        "the customer was merged into {}; name that one": "Khách hàng đã gộp vào {}; hãy nêu khách hàng đó.",
        "the organisation was merged into {}; name that one": "Tổ chức đã gộp vào {}; hãy nêu tổ chức đó.",
        "{} is not an organisation; register it with the party organisation": (
            "{} không phải tổ chức; hãy đăng ký với loại khách là tổ chức."
        ),
        "there is no such customer; search for it (GET /v1/customers), or register it (POST /v1/customers)": (
            "Không có khách hàng này; hãy tìm lại, hoặc đăng ký khách hàng mới."
        ),
        "the customer was merged into {}; address that one, or undo the merge": (
            "Khách hàng đã gộp vào {}; hãy làm trên khách hàng đó, hoặc tách ra."
        ),
        "the address is that of customer {}: remove it there, or add it to each of them again with shared = true": (
            "Địa chỉ này thuộc về khách hàng {}: hãy gỡ ở đó, hoặc thêm lại cho từng người là địa chỉ dùng chung."
        ),
        "the address is shared with {}: remove it there first": (
            "Địa chỉ này được dùng chung với {}: hãy gỡ ở đó trước."
        ),
        "the customer has this handle as another address; remove it there, or write the country code": (
            "Khách hàng đã có số này ở một địa chỉ khác; hãy gỡ ở đó, hoặc ghi mã quốc gia."
        ),
        "the customer has {} addresses of this channel already; a person must look at it": (
            "Khách hàng đã có {} địa chỉ của kênh này; một người phải xem lại."
        ),
        "a purchase with this id is recorded already, with another content; correct it, or use a new id": (
            "Lần mua có mã này đã ghi nhận với nội dung khác; hãy sửa lại, hoặc dùng mã mới."
        ),
        "{} {} were given back: the currency cannot change any more": (
            "Đã trả lại {} {}: không đổi đơn vị tiền được nữa."
        ),
        "{} {} were given back: the total cannot be less": "Đã trả lại {} {}: tổng tiền không thể ít hơn.",
        "at most {} {} of the purchase are left to give back": "Lần mua này chỉ còn {} {} có thể trả lại.",
        **{
            f"the offer is {state} already; make a new one": f"Báo giá {words} rồi; hãy lập báo giá mới."
            for state, words in {"accepted": "đã được chấp nhận", "declined": "đã bị từ chối"}.items()
        },
        "both customers must be registered": "Cả hai khách hàng phải được đăng ký trước.",
        # contracts
        **{
            f"the contract is {state}; sign a new one": f"Hợp đồng {words}; hãy ký hợp đồng mới."
            for state, words in {"terminated": "đã chấm dứt", "lapsed": "đã hết hiệu lực"}.items()
        },
        "the grace ended on {}; sign a new contract that wins this one back": (
            "Thời gian ân hạn đã hết ngày {}; hãy ký hợp đồng mới thay cho hợp đồng này."
        ),
        "the contract that is won back can be renewed until {}; renew it instead": (
            "Hợp đồng cũ còn gia hạn được đến {}; hãy gia hạn hợp đồng đó."
        ),
        "the term starts on {}": "Kỳ hợp đồng bắt đầu ngày {}.",
        "the next term starts on {}": "Kỳ tiếp theo bắt đầu ngày {}.",
        "a term ends on {} at the latest": "Kỳ hợp đồng kết thúc muộn nhất ngày {}.",
        "term {} has begun; the next one is {}": "Kỳ {} đã bắt đầu; kỳ tiếp theo là {}.",
        "the next term is {}": "Kỳ tiếp theo là {}.",
        "the contract runs from {} to {}; terminate it on one of these days": (
            "Hợp đồng chạy từ {} đến {}; hãy chọn một ngày trong khoảng đó."
        ),
        "term {} was renewed": "Kỳ {} đã được gia hạn.",
        "term {} ends on {} and lapses on {}": "Kỳ {} kết thúc ngày {} và hết hiệu lực ngày {}.",
        # notifications and texts
        "only a notification that failed, is uncertain or was not sent is sent again; request another one": (
            "Chỉ gửi lại được thông báo không gửi được, không rõ hoặc chưa gửi; hãy yêu cầu thông báo khác."
        ),
        "nothing was handed over since the request or the last resend; check the id": (
            "Từ khi yêu cầu hoặc gửi lại lần cuối chưa chuyển gì; hãy kiểm tra mã."
        ),
        "the next attempt does not begin before {}": "Lần gửi tiếp theo không bắt đầu trước {}.",
        "no attempt of this notification follows by itself": "Thông báo này không tự gửi lại nữa.",
        "attempt {} is the last one; its outcome or a later attempt is recorded already": (
            "Lần gửi {} là lần cuối; kết quả của nó hoặc một lần gửi sau đã được ghi nhận."
        ),
        "there is no such version of the template {}; publish it first": (
            "Mẫu {} không có phiên bản này; hãy ban hành trước."
        ),
        "the template {} is for the purpose {}; choose that or another template": (
            "Mẫu {} dành cho mục đích {}; hãy chọn mục đích đó hoặc mẫu khác."
        ),
        "the template {} needs a value for {}: give it in `data`": "Mẫu {} cần giá trị cho {}: hãy ghi trong `data`.",
        # definitions, reports and switches
        "there are {} versions of this {} already: no more are taken": (
            "Đã có {} phiên bản của loại {}: không nhận thêm nữa."
        ),
        "there are {} versions of the policy already: no more are taken": (
            "Chính sách đã có {} phiên bản: không nhận thêm nữa."
        ),
        "there are {} versions of a calendar already: publish it under another name": (
            "Lịch đã có {} phiên bản: hãy ban hành với tên khác."
        ),
        "there are {} calendars of a tenant already: give one of them new hours": (
            "Đơn vị đã có {} lịch làm việc: hãy đổi giờ của một lịch đã có."
        ),
        "publish every calendar first that is named here: {}": "Hãy ban hành trước các lịch được nêu ở đây: {}.",
        "it was issued at position {} with other figures: give a reason to issue it again": (
            "Kỳ này đã phát hành ở vị trí {} với số liệu khác: hãy nêu lý do phát hành lại."
        ),
        "the switch of the tenant has the name {}: leave the name out": (
            "Công tắc của toàn đơn vị có tên {}; hãy bỏ trống tên."
        ),
        **{
            f"there is no {what} {{}}: choose one of {{}}": f"Không có {words} {{}}: hãy chọn một trong {{}}."
            for what, (_, words) in VOCABULARIES["what"].items()
        },
        **{
            f"there is no {what} {{}}, and no other": f"Không có {words} {{}}, và chưa có {words} nào."
            for what, (_, words) in VOCABULARIES["what"].items()
        },
        "the rule {} is not suspended for {}; list the suspended rules to see where one is": (
            "Quy tắc {} không tạm ngưng cho {}; hãy xem danh sách quy tắc tạm ngưng."
        ),
        # ids of something else
        **{
            f"{{}} is the id of a {{}}; give that of a {kind}": (
                f"{{}} không phải mã của {words}; hãy ghi mã của {words}."
            )
            for kind, (_, words) in VOCABULARIES["stream kind"].items()
        },
        **{
            f"there is no such {kind}, so that no rule has it for a subject": (
                f"Không có {words} này nên không quy tắc nào áp dụng cho nó."
            )
            for kind, (_, words) in VOCABULARIES["stream kind"].items()
        },
    }
)
