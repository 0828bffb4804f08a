"""The rules of procedures that refuse a command, in Vietnamese, by their English sentence with its values."""

from api.translated_sentences import TranslatedSentences

PROCEDURE_REFUSALS = TranslatedSentences(
    {
        "there is no such procedure; start it first": "Không có quy trình này; hãy bắt đầu trước.",
        "no procedure {} is in effect; publish it first": (
            "Không có quy trình {} đang hiệu lực; hãy ban hành quy trình đó trước."
        ),
        "the procedure {} is not enabled; publish a version that is": (
            "Quy trình {} đang tắt; hãy ban hành một phiên bản đang bật."
        ),
        "the procedure {} is about a ticket; start it for one": (
            "Quy trình {} dành cho phiếu; hãy bắt đầu cho một phiếu."
        ),
        "the procedure {} is about a customer; start it for one": (
            "Quy trình {} dành cho khách hàng; hãy bắt đầu cho một khách hàng."
        ),
        "the procedure {} is about a contract; start it for one": (
            "Quy trình {} dành cho hợp đồng; hãy bắt đầu cho một hợp đồng."
        ),
        "the procedure is about a ticket; name one as its subject": "Quy trình dành cho phiếu; hãy nêu một phiếu.",
        "the procedure is about a customer; name one as its subject": (
            "Quy trình dành cho khách hàng; hãy nêu một khách hàng."
        ),
        "the procedure is about a contract; name one as its subject": (
            "Quy trình dành cho hợp đồng; hãy nêu một hợp đồng."
        ),
        "the procedure {} runs for this subject already; complete or abandon it first": (
            "Quy trình {} đang chạy cho đối tượng này; hãy hoàn tất hoặc dừng nó trước."
        ),
        "the procedure {} has no version {}; choose a published one": (
            "Quy trình {} không có phiên bản {}; hãy chọn một phiên bản đã ban hành."
        ),
        "the procedure has no step {}: {}": "Quy trình không có bước {}; các bước là: {}.",
        "the step {} is not open; the open steps are: {}": "Bước {} không mở; các bước đang mở là: {}.",
        "the step {} is not open; the open steps are: none": "Bước {} không mở; không bước nào đang mở.",
        "the step {} is a decision; answer it: {}": "Bước {} là một quyết định; hãy trả lời: {}.",
        "{} is no answer of {}: it is no decision": "{} không phải câu trả lời của bước {}: bước này không hỏi gì.",
        "{} is no answer of {}: {}": "{} không phải câu trả lời của bước {}; hãy chọn: {}.",
        "the step {} tells the customer and ends by {}; skip it with a reason, or wait": (
            "Bước {} báo cho khách hàng và kết thúc khi có {}; hãy chờ, hoặc bỏ qua và nêu lý do."
        ),
        "the step {} tells the customer and ends by no event; skip it with a reason, or wait": (
            "Bước {} báo cho khách hàng và không sự kiện nào kết thúc bước này; hãy bỏ qua và nêu lý do."
        ),
        "give these details too: {}": "Còn thiếu thông tin, hãy ghi thêm: {}.",
        "the step {} is due at {}": "Bước {} đến hạn lúc {}.",
    }
)
