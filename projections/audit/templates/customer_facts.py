"""The sentences of what customers do and give: facts, usage, feedback and files."""

from collections.abc import Mapping
from types import MappingProxyType

from domain.readable import ByLanguage

CUSTOMER_FACTS: Mapping[str, ByLanguage] = MappingProxyType(
    {
        "customer.purchase_recorded": {
            "en": "{actor} recorded the purchase {purchase_id}: {items}, {total} {currency}"
            "[, warranty until {warranty_until}][, months between services: {service_every}]",
            "vi": "{actor} ghi nhận đơn mua {purchase_id}: {items}, {total} {currency}"
            "[, bảo hành đến {warranty_until}][, số tháng giữa hai lần bảo dưỡng: {service_every}]",
        },
        "customer.purchase_corrected": {
            "en": "{actor} corrected the purchase {purchase_id}: {items}, {total} {currency}"
            "[, warranty until {warranty_until}][, months between services: {service_every}]",
            "vi": "{actor} sửa đơn mua {purchase_id}: {items}, {total} {currency}"
            "[, bảo hành đến {warranty_until}][, số tháng giữa hai lần bảo dưỡng: {service_every}]",
        },
        "customer.purchase_returned": {
            "en": "{actor} recorded a return of the purchase {purchase_id}: {total} given back"
            " ({whole:the whole purchase|a part of it})",
            "vi": "{actor} ghi nhận trả hàng của đơn mua {purchase_id}: hoàn lại {total} ({whole:toàn bộ|một phần})",
        },
        "customer.purchase_serviced": {
            "en": "{actor} recorded a service of the purchase {purchase_id} on {on}",
            "vi": "{actor} ghi nhận bảo dưỡng đơn mua {purchase_id} ngày {on}",
        },
        "customer.offer_made": {
            "en": "{actor} made the offer {offer_id}: {product}[, {value} {currency}]"
            " ({recurring:every year|once}[, valid until {valid_until}])",
            "vi": "{actor} gửi báo giá {offer_id}: {product}[, {value} {currency}]"
            " ({recurring:hằng năm|một lần}[, hiệu lực đến {valid_until}])",
        },
        "customer.offer_accepted": {
            "en": "{actor} recorded that the offer {offer_id} was accepted[ (other value: {value})]",
            "vi": "{actor} ghi nhận báo giá {offer_id} được chấp nhận[ (giá trị khác: {value})]",
        },
        "customer.offer_declined": {
            "en": "{actor} recorded that the offer {offer_id} was declined",
            "vi": "{actor} ghi nhận báo giá {offer_id} bị từ chối",
        },
        "customer.nps_answered": {
            "en": "{actor} recorded an NPS answer of {score} out of 10[, wave: {wave}][, ticket: {ticket}][; comment:"
            " {comment}]",
            "vi": "{actor} ghi nhận điểm NPS {score} trên 10[, đợt: {wave}][, phiếu: {ticket}][; nhận xét: {comment}]",
        },
        "customer.check_in_recorded": {
            "en": "{actor} recorded a check-in ({channel}): {summary}",
            "vi": "{actor} ghi nhận lần liên hệ chăm sóc ({channel}): {summary}",
        },
        "customer.note_added": {
            "en": "{actor} added a note ({about}): {body}",
            "vi": "{actor} thêm ghi chú ({about}): {body}",
        },
        "customer.consent_given": {
            "en": "{actor} recorded a consent to {purpose} (channels: {channels}[, valid until {valid_until}]);"
            " evidence: {evidence}",
            "vi": "{actor} ghi nhận đồng ý cho {purpose} (kênh: {channels}[, hiệu lực đến {valid_until}]);"
            " bằng chứng: {evidence}",
        },
        "customer.consent_withdrawn": {
            "en": "{actor} recorded that the consent to {purpose} was withdrawn (channels: {channels})",
            "vi": "{actor} ghi nhận rút lại đồng ý cho {purpose} (kênh: {channels})",
        },
        "customer.date_recorded": {
            "en": "{actor} recorded the date {name}: day {day}, month {month}[, year {year}] ({lunar:lunar|solar})",
            "vi": "{actor} ghi nhận ngày {name}: ngày {day}, tháng {month}[, năm {year}] ({lunar:âm|dương} lịch)",
        },
        "customer.date_removed": {
            "en": "{actor} removed the date {name}",
            "vi": "{actor} xóa ngày {name}",
        },
        "customer.activity_recorded": {
            "en": "{actor} recorded the activity {external_id} of {source} ({kind}): {title}; data: {data}",
            "vi": "{actor} ghi nhận hoạt động {external_id} từ {source} ({kind}): {title}; dữ liệu: {data}",
        },
        "usage.recorded": {
            "en": "{actor} recorded the usage of {product} on {day}: {metric} = {value}[ (limit: {limit})]",
            "vi": "{actor} ghi nhận mức sử dụng {product} ngày {day}: {metric} = {value}[ (hạn mức: {limit})]",
        },
        "feedback.noted": {
            "en": "{actor} noted {polarity} feedback on {theme}[ (ticket: {ticket})][: {quote}]",
            "vi": "{actor} ghi nhận phản hồi {polarity} về {theme}[ (phiếu: {ticket})][: {quote}]",
        },
        "file.attached": {
            "en": "{actor} attached the file {name} ({media_type}, {size} bytes, SHA-256 {sha256}) to the {of}"
            " {stream}[, message {message}]; it is at {where}",
            "vi": "{actor} đính kèm tệp {name} ({media_type}, {size} byte, SHA-256 {sha256}) vào {of} {stream}"
            "[, tin nhắn {message}]; nằm tại {where}",
        },
        "file.scanned": {
            "en": "{actor} recorded the verdict of the scanner {scanner}: {verdict}",
            "vi": "{actor} ghi nhận kết quả quét của {scanner}: {verdict}",
        },
        "file.withdrawn": {"en": "{actor} withdrew the file", "vi": "{actor} thu hồi tệp"},
    }
)
