"""`history`: who did what, when and why."""

from tests.support.command_line import Run


def test_a_history_tells_who_did_what_when_in_both_languages(imported: Run) -> None:
    english = imported("history", "T1")
    assert "resolved the ticket" in english.out
    assert "giải quyết" in imported("history", "T1", "--language", "vi").out
    entries = imported("history", "T1", "--json").json
    assert [entry["topic"] for entry in entries][:2] == ["ticket.received", "ticket.assigned"]
    customer = entries[0]["customer"]
    assert len(imported("history", "--customer", customer, "--json").json) == len(entries) + 1
    assert {entry["actor"] for entry in imported("history", "--actor", "huong", "--json").json} == {"huong"}


def test_a_vietnamese_history_has_vietnamese_headings(imported: Run) -> None:
    answer = imported("history", "T1", "--language", "vi", "--zone", "Asia/Ho_Chi_Minh")
    assert answer.out.startswith("Lịch sử")
    assert all(heading in answer.out for heading in ("vị trí", "xảy ra", "ghi nhận", "kênh", "sự kiện", "lý do"))
    assert "happened" not in answer.out
    assert "Thời gian theo múi giờ Asia/Ho_Chi_Minh." in answer.err


def test_the_old_spelling_of_the_language_is_understood(imported: Run) -> None:
    for words in (("history", "T1"), ("sla", "explain", "T1", "--at", "2026-03-03")):
        assert imported(*words, "--lang", "vi").out == imported(*words, "--language", "vi").out
        assert "--lang " not in imported(*words, "--help").out
