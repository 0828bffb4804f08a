"""What the rules of definitions, policies and calendars find wrong with a text, in Vietnamese, by the English text."""

from collections.abc import Mapping
from types import MappingProxyType

PROBLEMS_OF_RULES: Mapping[str, str] = MappingProxyType(
    {
        "it lies outside the years {} to {}, which calendars cover": "nằm ngoài các năm {} đến {} mà lịch hỗ trợ",
        "the {} of a tenant is one definition: name it {}": "mỗi đơn vị chỉ có một cấu hình {}: đặt tên là {}",
        "there is no kind of definitions {}: choose one of {}": "không có loại cấu hình {}: hãy chọn {}",
        "{} is no topic that rules react to: did you mean {}? docs/reference/events.md lists the topics": (
            "{} không phải sự kiện mà quy tắc phản ứng: ý bạn là {}? docs/reference/events.md liệt kê các sự kiện"
        ),
        "{} is no topic that rules react to: docs/reference/events.md lists the topics": (
            "{} không phải sự kiện mà quy tắc phản ứng: docs/reference/events.md liệt kê các sự kiện"
        ),
        "unknown time zone {}: write an IANA name, for example {}": "không có múi giờ {}: ghi tên IANA, ví dụ {}",
        "give either `on`, the topics that it reacts to, or `at`, what becomes due": (
            "ghi `on` (các sự kiện mà quy tắc phản ứng) hoặc `at` (việc đến hạn), chỉ một trong hai"
        ),
        "once_per: choose {} or subject": "once_per: hãy chọn {} hoặc subject",
        "a rule with `at` has no {}": "quy tắc có `at` thì không có {}",
        "a rule with `on` has no {}": "quy tắc có `on` thì không có {}",
        "no event of `on` has the field {}": "không sự kiện nào trong `on` có trường {}",
        "not_after is shorter than not_before": "not_after ngắn hơn not_before",
        "a field begins with event, {} and a point": "tên trường bắt đầu bằng event, {} và dấu chấm",
        "write holder, team, lead, owner, agent:NAME or team:NAME": (
            "ghi holder, team, lead, owner, agent:TÊN hoặc team:TÊN"
        ),
        "write customer, holder, team, lead, owner, agent:NAME, team:NAME or endpoint:NAME": (
            "ghi customer, holder, team, lead, owner, agent:TÊN, team:TÊN hoặc endpoint:TÊN"
        ),
        "{} is no field: write what it is of, a point and its name, as ticket.priority": (
            "{} không phải trường: ghi đối tượng, dấu chấm và tên, như ticket.priority"
        ),
        "there is no field {}.{}: choose one of {}": "không có trường {}.{}: hãy chọn {}",
        "calendar.open names a calendar, and no other field does": (
            "calendar.open phải nêu tên lịch, các trường khác thì không"
        ),
        "{} takes no parameters of customers' fields": "{} không nhận tham số của trường khách hàng",
        "say either `fires`, the effects, or `fails`, the field of the condition that fails": (
            "ghi `fires` (các tác động) hoặc `fails` (trường của điều kiện không đúng), chỉ một trong hai"
        ),
        "give an `event` or a `due`, not both": "ghi `event` hoặc `due`, không ghi cả hai",
        "{}: enter names {}, which is no step before it": "{}: enter nêu {}, không phải bước nào đứng trước",
        "{}: {} is no answer of {}: {}": "{}: {} không phải câu trả lời của {}: {}",
        "{}: steps of kind notify and survey have a `notice`, others have none": (
            "{}: bước loại notify và survey có `notice`, các loại khác không có"
        ),
        "{}: steps of kind decide have `answers`, others have none": (
            "{}: bước loại decide có `answers`, các loại khác không có"
        ),
        "{}: a step of kind wait has `due`": "{}: bước loại wait phải có `due`",
        "{}: a notice asks for nothing: ask in the step before it": (
            "{}: thông báo không hỏi gì: hãy hỏi ở bước trước đó"
        ),
        "{}: what must be told has a `notice` or `done_when`": "{}: việc phải báo có `notice` hoặc `done_when`",
        "steps: none opens at the start; leave the `enter` of the first one out": (
            "steps: không bước nào mở lúc bắt đầu; hãy bỏ `enter` của bước đầu"
        ),
        "steps: {} stands in it twice": "steps: {} có hai lần",
        "rules: {} stands in it twice": "rules: {} có hai lần",
        "{}: {} stands in it twice": "{}: {} có hai lần",
        "give one of within, open_days, days and before_end": "ghi một trong within, open_days, days và before_end",
        "a line says one of done, answer, skip and event": "mỗi dòng ghi một trong done, answer, skip và event",
        "the line of an answer has the answer as its `result`": "dòng của câu trả lời ghi câu trả lời ở `result`",
        "story: the lines stand in the order of their instants": "story: các dòng theo thứ tự thời gian",
        "give `starts`, or an event as `starts_on`": "ghi `starts`, hoặc một sự kiện ở `starts_on`",
        "thresholds: each value is greater than the one before it": "thresholds: mỗi giá trị lớn hơn giá trị trước",
        "measures: each measure stands in it once": "measures: mỗi số đo chỉ có một lần",
        "measures: the weights sum to {}, not to 100": "measures: tổng trọng số là {}, không phải 100",
        "bands: each band but the last has `below`": "bands: mỗi mức trừ mức cuối có `below`",
        "bands: each `below` is greater than the one before it": "bands: mỗi `below` lớn hơn mức trước",
        "bands: each name stands in it once, and none is {}": "bands: mỗi tên chỉ có một lần và không phải {}",
        "purpose: choose one of {}": "purpose: hãy chọn {}",
        "closes is not later than opens": "closes không muộn hơn opens",
        "unknown placeholder {{}}: choose one of {}": "không có chỗ điền {{{}}}: hãy chọn {}",
        "a brace stands alone: write a placeholder as {customer_name}, and no other braces": (
            "có dấu ngoặc nhọn lẻ: viết chỗ điền như {{customer_name}}, không dùng ngoặc nhọn nào khác"
        ),
        "write a local time such as 07:00, without a zone": "viết giờ địa phương như 07:00, không kèm múi giờ",
        "closes lies at or before opens: quiet hours begin and end on one local day": (
            "closes không sau opens: giờ yên lặng bắt đầu và kết thúc trong cùng một ngày"
        ),
        "last lies before first": "last đứng trước first",
        "agents: the team {} of {} is not one of the teams": "agents: nhóm {} của {} không nằm trong teams",
        "an example is of a team or of an agent: name one of them": "ví dụ nói về một nhóm hoặc một nhân viên: ghi một",
        "an example of a team has `elapsed` and `verdict`": "ví dụ về nhóm có `elapsed` và `verdict`",
        'a warning point should be a valid number such as 0.75, or a text such as "30m before"': (
            'điểm cảnh báo là số như 0.75, hoặc chữ như "30m before"'
        ),
        '{} is not a time before the deadline: write it like "30m before"': (
            '{} không phải thời gian trước hạn: viết như "30m before"'
        ),
        "warning point {} is not between 0 and 1: write 0.75 for three quarters": (
            "điểm cảnh báo {} không nằm giữa 0 và 1: viết 0.75 cho ba phần tư"
        ),
        "a duration is at most 100 years (36500d): shorten it": "thời lượng nhiều nhất 100 năm (36500d): hãy rút ngắn",
        '{} is not a duration: write it like "90m", "24h" or "1h 30m"': (
            '{} không phải thời lượng: viết như "90m", "24h" hoặc "1h 30m"'
        ),
        "a warning point is given twice: keep one of the two": "điểm cảnh báo ghi hai lần: hãy giữ một",
        "our own waiting does not pause a first response: take internal out of its `pauses`": (
            "việc chờ nội bộ không tạm dừng phản hồi đầu tiên: bỏ internal khỏi `pauses`"
        ),
        'the rule names no target: give it one of {}, or promise nothing: resolution = "none"': (
            'quy tắc không nêu cam kết: ghi một trong {}, hoặc không cam kết: resolution = "none"'
        ),
        "no rule matches every ticket: end with one that has no priority, category, channel or tier": (
            "không quy tắc nào khớp mọi phiếu: kết thúc bằng quy tắc không có priority, category, channel, tier"
        ),
        "rule {} matches every ticket, so rule {} is never reached: move it down": (
            "quy tắc {} khớp mọi phiếu nên không bao giờ đến quy tắc {}: hãy chuyển xuống dưới"
        ),
        '"{}" lies before a target of {} begins: shorten it': '"{}" đứng trước lúc cam kết {} bắt đầu: hãy rút ngắn',
        "only resolution can last until closed: take `until` out of {}": (
            "chỉ resolution kéo dài đến lúc đóng phiếu: bỏ `until` khỏi {}"
        ),
        '{} is not a line of a story: write it like "2026-03-02 08:00 received"': (
            '{} không phải dòng của story: viết như "2026-03-02 08:00 received"'
        ),
        "{} is no event of a story: write one of {}, or one of them by a bot": (
            "{} không phải sự kiện của story: ghi một trong {}, hoặc một trong đó do chương trình làm"
        ),
        "{} is not a {} of a story: {}": "{} không phải {} của story: {}",
        "the story begins with the ticket being received, once": "story bắt đầu bằng received, một lần",
        "{} is given twice: keep one of the two": "{} ghi hai lần: hãy giữ một",
        "{} is given twice (the second time by {}): give each day once": (
            "{} ghi hai lần (lần thứ hai bởi {}): mỗi ngày ghi một lần"
        ),
        "calendar {} is never open: give a weekday or a special day an interval": (
            "lịch {} không bao giờ mở: ghi khoảng giờ cho một thứ trong tuần hoặc một ngày riêng"
        ),
        "24x7 is the built-in calendar that never closes: give this one another name": (
            "24x7 là lịch có sẵn không bao giờ đóng: hãy đặt tên khác"
        ),
        '{} is not an interval: write it like "08:00-12:00"': '{} không phải khoảng giờ: viết như "08:00-12:00"',
        "{} starts after 23:59: an interval belongs to the day it starts on": (
            "{} bắt đầu sau 23:59: khoảng giờ thuộc ngày mà nó bắt đầu"
        ),
        '{} ends after 24:00: write a shift over midnight like "22:00-06:00"': (
            '{} kết thúc sau 24:00: viết ca qua nửa đêm như "22:00-06:00"'
        ),
        '{} starts where it ends: write "00:00-24:00" for a whole day, or leave it out': (
            '{} bắt đầu đúng lúc kết thúc: viết "00:00-24:00" cho cả ngày, hoặc bỏ đi'
        ),
        "unknown day {}: write one of {}, or a range such as mon-fri": (
            "không có ngày {}: ghi một trong {}, hoặc khoảng như mon-fri"
        ),
        "{} overlaps {}: shorten one of them, or write both as one interval": (
            "{} chồng lên {}: hãy rút ngắn một khoảng, hoặc viết thành một"
        ),
        "no public holidays known for {}: write an ISO 3166 country code, {}": (
            "không biết ngày lễ của {}: ghi mã nước theo ISO 3166, {}"
        ),
        "no holiday names in language {} for {}: there is {}": "không có tên ngày lễ bằng tiếng {} cho {}: có {}",
        "no public holidays known: {}. {}": "không biết ngày lễ: {}. {}",
        "give after or open_days, one of them": "ghi after hoặc open_days, chỉ một trong hai",
        "there is no due function {}: choose one of {}": "không có loại đến hạn {}: hãy chọn {}",
        "{}: `all`, `any` and `not` nest deeper than {} levels": "{}: `all`, `any` và `not` lồng sâu hơn {} tầng",
        "{} is compared with a {} value: write {}": "{} được so với giá trị {}: viết {}",
        "{} is compared by `is` alone": "{} chỉ so bằng `is`",
        "{} needs {}: write it beside the field": "{} cần {}: ghi bên cạnh trường",
        "{} takes no {}: leave it out": "{} không nhận {}: hãy bỏ đi",
        "write a UUID as 01890a5d-ac96-774b-bcce-b302099a8057": "viết mã UUID như 01890a5d-ac96-774b-bcce-b302099a8057",
        "a day of the week stands in it twice": "một thứ trong tuần có hai lần",
        "write a date and a time with an offset, such as 2026-03-02T08:00:00+07:00": (
            "viết ngày và giờ kèm múi giờ, ví dụ 2026-03-02T08:00:00+07:00"
        ),
        "write a day, such as 2026-03-02": "viết một ngày, ví dụ 2026-03-02",
        "choose a day from {} to {}": "chọn ngày từ {} đến {}",
        "the instant lies outside the years 1 to 9999 of UTC": "thời điểm nằm ngoài các năm 1 đến 9999",
    }
)
