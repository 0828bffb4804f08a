"""Assignment and availability on the command line."""

from collections.abc import Iterator
from typing import Any

import pytest

from domain.command_context import Actor
from domain.definitions.commands import PublishDefinition
from domain.definitions.state import definition_stream
from domain.ticket.commands import AssignTicket
from tests.support.command_line import Run
from tests.support.told import LONG_AGO, Told, march, told

WORKFORCE = {"teams": [{"name": "Support"}], "agents": [{"name": "lan", "team": "Support", "capacity": 2}]}


@pytest.fixture
def desk(database_url: str) -> Iterator[Told]:
    with told(database_url) as desk:
        yield desk


def routed(desk: Told, **more: Any) -> None:
    body: dict[str, Any] = {"default_team": "Support", **more}
    facts = {"kind": "routing", "effective_from": LONG_AGO, "body": body, "reason": "decided"}
    desk.workforce(WORKFORCE)
    desk.send(definition_stream("routing"), PublishDefinition.model_validate(facts))


def test_who_would_be_next_is_listed_and_explained(run: Run, desk: Told) -> None:
    ticket = desk.ticket(march(2))
    desk.follow()
    assert "No routing is published" in run("assign", "queue", "--language", "en").err
    routed(desk)
    desk.follow()
    (first,) = run("assign", "queue", "--json").json["tickets"]
    assert (first["ticket"], first["choice"]["agent"]) == (str(ticket), "lan")
    assert "ứng viên duy nhất" in run("assign", "queue").out
    explained = run("assign", "explain", str(ticket), "--language", "en")
    assert "Routing would choose lan of Support" in explained.out
    assert "được chọn" in run("assign", "explain", str(ticket)).out
    assert run("assign", "explain", "nobody's").code == 2
    desk.send(ticket, AssignTicket(team="Support", agent="lan"), Actor(id="assigner", kind="system"))
    desk.follow()
    desk.send(ticket, AssignTicket(team="Support", agent="mai"), Actor(id="sender", kind="agent"))
    desk.follow()
    shown = run("assign", "explain", str(ticket)).out
    assert ("bộ phân công tự động" in shown, "sender" in shown) == (True, True)
    assert "bộ gửi" not in shown, "a person's name is no program"


def test_an_absence_is_listed_off_shift_too(run: Run, desk: Told) -> None:
    desk.calendar(
        {"name": "never", "week": {}, "zone": "Asia/Ho_Chi_Minh", "special_days": {"2020-01-02": ["08:00-09:00"]}}
    )
    agents = [{"name": name, "team": "Support", "calendar": "never"} for name in ("lan", "mai")]
    desk.workforce({"teams": [{"name": "Support"}], "agents": agents})
    run("availability", "away", "lan", "--until", "2099-03-02T07:30:00+07:00")
    desk.follow()
    lan, mai = run("availability", "list", "--json").json
    assert (lan["absent"], lan["absence"], lan["absence_until"]) == ("off_shift", "away", "2099-03-02T00:30:00Z")
    assert (mai["absent"], mai["absence"], mai["absence_until"]) == ("off_shift", None, None)
    listed = " ".join(run("availability", "list").out.replace("│", " ").split())
    assert "ngoài ca, vắng mặt 07:30:00 02/03/2099" in listed, listed


def test_absences_are_recorded_once_and_listed(run: Run, desk: Told) -> None:
    for language, fix in (("vi", "hãy ban hành danh sách bằng"), ("en", "publish one that names agents, with")):
        unknown = run("availability", "away", "lan", "--language", language)
        assert (unknown.code, f"{fix} `definition publish`" in unknown.err) == (2, True)
    routed(desk)
    assert "hãy chọn một trong lan." in run("availability", "away", "mai").err
    assert "Đã ghi nhận" in run("availability", "away", "lan").err
    assert "Không có gì thay đổi" in run("availability", "away", "lan").err
    desk.follow()
    (lan,) = run("availability", "list", "--json").json
    assert (lan["agent"], lan["absent"], lan["over_capacity"]) == ("lan", "away", False)
    for word in ("available", "begin-call", "end-call"):
        assert "Đã ghi nhận" in run("availability", word, "lan").err
    desk.follow()
    assert "lan" in run("availability", "list").out
    refused = run("availability", "away", "lan", "--until", "2020-01-01")
    assert (refused.code, "thời điểm muộn hơn" in refused.err) == (2, True)


def test_the_list_shows_the_capacity_that_a_channel_with_a_weight_takes(run: Run, desk: Told) -> None:
    routed(desk, weights={"email": 100})
    desk.send(desk.ticket(march(2)), AssignTicket(team="Support", agent="lan", occurred_at=march(2)))
    desk.follow()
    shown = " ".join(run("availability", "list", "--language", "en").out.replace("│", " ").split())
    for words in ("tickets 0", "by weight 100 %", "capacity 2", "load 100 %", "over capacity no"):
        assert f" {words} " in shown, shown
