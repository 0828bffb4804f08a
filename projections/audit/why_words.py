"""Why something was not sent, or a rule did not act, in words of each language: English, Vietnamese."""

from collections.abc import Mapping
from types import MappingProxyType

WHY: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "stale": ("what it reacts to was recorded too late", "sự việc được ghi nhận quá muộn"),
        "missed": ("nothing ran when it was due", "không có gì chạy khi đến hạn"),
        "refused": ("its commands were refused", "các lệnh của quy tắc bị từ chối"),
        "stopped": ("it is stopped", "đã bị dừng"),
        "suspended": ("it is suspended", "đang tạm ngưng"),
        "condition": ("its conditions did not hold when it was due", "điều kiện không đúng khi đến hạn"),
        "limit": ("it has fired as often as it may in an hour", "đã chạy đủ số lần cho phép trong một giờ"),
        "depth": ("too many rules lead to each other", "quá nhiều quy tắc gọi nhau"),
        "rate": ("it fires too often", "chạy quá nhiều lần"),
        "no_ticket": ("there is no ticket", "không có phiếu"),
        "no_subject": ("there is no subject", "không có đối tượng"),
        "no_customer": ("there is no customer", "không có khách hàng"),
        "nobody": ("there is nobody", "không có ai"),
        "template_unknown": ("there is no such template", "không có mẫu đó"),
        "placeholder_missing": ("a value of its template is missing", "thiếu giá trị để điền vào mẫu"),
        "command_invalid": ("its values make no valid command", "các giá trị không tạo thành lệnh hợp lệ"),
        "no_consent": ("no consent", "không có sự đồng ý"),
        "quiet_hours": ("quiet hours", "giờ yên lặng"),
        "frequency_cap": ("frequency cap", "vượt số lần cho phép"),
        "channel_window": ("channel window", "kênh đã đóng"),
        "address_unknown": ("address unknown", "không có địa chỉ"),
        "address_withdrawn": ("address withdrawn", "địa chỉ đã rút"),
        "address_bounced": ("address bounced", "địa chỉ bị trả lại"),
        "recipient_unknown": ("recipient unknown", "không có người nhận"),
        "clock_put_back": ("the clock was put back", "đồng hồ đã được chỉnh lùi"),
        "expired": ("expired", "quá hạn gửi"),
        "superseded": ("superseded", "đã có việc thay thế"),
        "template_unusable": ("template unusable", "mẫu không dùng được"),
        "bounced": ("bounced", "bị trả lại"),
        "provider_failed": ("provider failed", "nhà cung cấp báo lỗi"),
        "refused_by_receiver": ("refused by receiver", "bên nhận từ chối"),
        "receiver_unreachable": ("receiver unreachable", "không kết nối được bên nhận"),
        "receiver_failed": ("receiver failed", "bên nhận báo lỗi"),
        "too_many_requests": ("too many requests", "bên nhận quá tải"),
        "redirected": ("redirected", "bên nhận chuyển hướng"),
        "begun_too_late": ("begun too late", "bắt đầu quá muộn"),
        "endpoint_gone": ("endpoint gone", "điểm nhận đã đóng"),
        "address_not_allowed": ("address not allowed", "địa chỉ mạng không được phép"),
    }
)
