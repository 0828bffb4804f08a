"""What makes something due is said in words of each language."""

import pytest

from domain.zones import zone_named
from projections.audit.due_words import clock_in_words, due_in_words

HANOI = zone_named("Asia/Ho_Chi_Minh")


@pytest.mark.parametrize(
    ("identity", "expected"),
    [
        ("resolution/7", "giải quyết"),
        ("resolution/7/1", "giải quyết, nhắc lần 1"),
        ("next_response/3/0.75", "phản hồi tiếp theo, 0.75 thời hạn"),
        ("promise/call/back/2", "cuộc gọi đã hẹn, nhắc lần 2"),
        ("hold/3", "tạm dừng"),
        ("hold/3/2", "tạm dừng, nhắc lần 2"),
        ("check-in/1", "lần thăm hỏi 1"),
        ("wave/2026-Q1/2", "đợt 2026-Q1, lời mời 2"),
        ("word/2026-03-02T02:00:00.000000Z", "trao đổi cuối lúc 09:00 02/03/2026"),
        ("term/2/30", "kỳ 2, trước khi hết 30 ngày"),
        ("term/2/ended/1", "kỳ 2 đã hết"),
        ("term/2/ended/2", "hết thời gian ân hạn của kỳ 2"),
        ("milestone/bàn giao/2", "mốc bàn giao/2"),
        ("service/HD/7/1/14", "bảo dưỡng lần 1 của lần mua HD/7, trước 14 ngày"),
        ("warranty/HD-7/30", "bảo hành của lần mua HD-7, trước khi hết 30 ngày"),
        ("purchase/HD-7/Filter", "Filter, theo lần mua HD-7"),
        ("request/1/answer", "trả lời yêu cầu"),
        ("request/1/7", "trước hạn 7 ngày"),
        ("birthday/2030", "birthday 2030"),
        ("payment: hd-7/2026-03-02/3", "payment: hd-7 ngày 02/03/2026, trước 3 ngày"),
        ("seats/2026-03/0.8", "seats, 0.8 hạn mức tháng 03/2026"),
        ("storage/gb/2026-W10", "storage/gb tuần 10 năm 2026"),
        ("first-use/7", "bước first-use"),
        ("a long name~0123456789abcdef", "a long name~0123456789abcdef"),
    ],
)
def test_an_identity_is_said_in_words(identity: str, expected: str) -> None:
    assert due_in_words(identity, "vi", HANOI) == expected


def test_days_before_are_counted_in_words() -> None:
    assert due_in_words("request/1/5", "en", HANOI) == "5 days before the deadline"
    assert due_in_words("request/1/1", "en", HANOI) == "1 day before the deadline"
    assert due_in_words("term/2/1", "en", HANOI) == "term 2, 1 day before its end"


@pytest.mark.parametrize("identity", ["visit/2026-13-45/3", "a/2026-02-30/7"])
def test_an_identity_with_a_day_that_no_calendar_has_is_said_as_it_is(identity: str) -> None:
    assert due_in_words(identity, "vi", HANOI) == identity


def test_a_clock_is_said_by_its_target_and_its_number() -> None:
    assert clock_in_words("resolution/1", "vi") == "giải quyết"
    assert clock_in_words("next_response/2", "en") == "next response 2"
    assert clock_in_words("7", "vi") == "7"
