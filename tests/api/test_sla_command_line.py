"""What is promised, on the command line: policy files, versions, explanations, and what might have been."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.cli.sla import correct
from domain.ids import new_id
from domain.ticket.commands import AddNote, ReceiveMessage, ResolveTicket, SendReply
from projections.what_if.verdict_corrections import ProposedCorrection, corrections
from tests.support.command_line import Answer, Run
from tests.support.told import Told, march, told

POLICY = """
[policy]
name = "Office hours"
rules = [{ resolution = { duration = "8h", calendar = "Office" } }]
[[calendars]]
name = "Office"
zone = "Asia/Ho_Chi_Minh"
week = { mon-fri = ["08:00-12:00", "13:00-17:00"] }
[[examples]]
name = "Over the weekend"
zone = "Asia/Ho_Chi_Minh"
story = ["2026-03-06 16:00 received", "2026-03-09 09:00 resolved"]
resolution = { verdict = "met", elapsed = "2h" }
"""


@pytest.fixture
def run(run: Run, tmp_path: Path) -> Run:
    """The command line in a folder that holds a policy file."""
    (tmp_path / "office.toml").write_text(POLICY, encoding="utf-8")
    return run


@pytest.fixture
def desk(database_url: str) -> Iterator[Told]:
    with told(database_url) as teller:
        yield teller


def publish(run: Run, *more: str) -> Answer:
    return run("sla", "publish", "office.toml", "--effective-from", "2026-01-01", "--reason", "new hours", *more)


@pytest.mark.parametrize("group", ["sla", "policy"])
def test_a_file_whose_examples_hold_passes(run: Run, group: str) -> None:
    answer = run(group, "check", "office.toml")
    assert (answer.code, answer.out) == (0, "ok    office.toml:9: Over the weekend\n")
    assert run(group, "check", "office-hours-vn").code == 0


def test_an_example_that_does_not_hold_is_told_with_its_line_and_fails(run: Run, tmp_path: Path) -> None:
    (tmp_path / "office.toml").write_text(POLICY.replace('"2h"', '"3h"'))
    answer = run("sla", "check", "office.toml")
    assert answer.code == 1
    assert answer.out == "FAIL  office.toml:9: Over the weekend\n      resolution took 2h, not 3h\n"
    (example,) = run("sla", "check", "office.toml", "--json").json["examples"]
    assert example["differences"] == ["resolution took 2h, not 3h"]
    refused = publish(run)
    assert (refused.code, "examples of office.toml do not hold" in refused.err) == (2, True)


def test_what_can_never_match_is_warned_of_and_refuses_nothing(run: Run, tmp_path: Path) -> None:
    first = '{ priority = ["P9"], resolution = "1h" }, '
    (tmp_path / "office.toml").write_text(POLICY.replace("rules = [", f"rules = [{first}"))
    reason = "policy, rules 1, priority 1: no ticket has the priority 'P9', unless it was imported"
    answer = run("sla", "check", "office.toml")
    assert (answer.code, f"warn  office.toml:4: {reason}" in answer.out) == (0, True)
    (warning,) = run("sla", "check", "office.toml", "--json").json["warnings"]
    assert (warning["line"], warning["reason"].startswith(reason)) == (4, True)
    assert publish(run).code == 0


def test_a_file_that_cannot_be_used_is_refused_with_every_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "office.toml").write_text(POLICY.replace("Asia/Ho_Chi_Minh", "Hanoi", 1).replace("8h", "0h"))
    answer = run("sla", "check", "office.toml")
    assert answer.code == 2
    assert [line.split(": ")[0] for line in answer.err.splitlines()[1:]] == ["office.toml:4", "office.toml:7"]
    missing = run("sla", "check", "nothing")
    assert (missing.code, "handbook, office-hours-vn" in missing.err) == (2, True)


def test_a_file_is_published_listed_and_compared(run: Run, tmp_path: Path) -> None:
    assert "policy: version 1, effective from 2026-01-01" in publish(run, "--actor", "lan").err
    assert publish(run).err.count("unchanged") == 2
    changed = POLICY.replace("8h", "6h").replace('"13:00-17:00"', '"13:00-18:00"').replace('"2h"', '"3h"')
    (tmp_path / "office.toml").write_text(changed)
    assert publish(run).code == 0
    versions = run("sla", "versions")
    assert [word in versions.out for word in ("mặc định", "Office hours", "lan", "new hours")] == [True] * 4
    assert [version["version"] for version in run("sla", "versions", "--json").json] == [0, 1, 2]
    assert [version["version"] for version in run("sla", "versions", "--calendar", "Office", "--json").json] == [1, 2]
    assert run("sla", "diff", "1", "2", "--json").json == [
        {"path": "rules[0].resolution.duration", "old": 28_800, "new": 21_600}
    ]
    hours = run("sla", "diff", "1", "2", "--calendar", "Office")
    assert "week.mon" in hours.out
    assert "13:00-18:00" in hours.out
    assert run("sla", "diff", "1", "3").code == 2
    assert run("sla", "versions", "--calendar", "Nowhere").code == 2


def test_a_ticket_is_explained_in_english_and_vietnamese(run: Run, desk: Told) -> None:
    publish(run)
    ticket = desk.ticket(march(6, 9))
    desk.send(ticket, SendReply(body="!", occurred_at=march(6, 9, 30)))
    desk.send(ticket, ResolveTicket(resolution="done", occurred_at=march(9, 2)))
    words = ("sla", "explain", str(ticket), "--zone", "Asia/Ho_Chi_Minh")
    english, vietnamese = run(*words, "--language", "en"), run(*words, "--lang", "vi")
    assert "Resolution 1: 8 h on calendar Office (version 1), policy Office hours (version 1)" in english.out
    assert "2 h of 8 h counted" in english.out
    tenants = run("sla", "explain", str(ticket), "--language", "vi")
    assert "16:00:00 06/03/2026" in tenants.out
    assert "giờ theo Asia/Ho_Chi_Minh" in tenants.out
    assert "Giải quyết 1: 8 giờ theo lịch Office (phiên bản 1)" in vietnamese.out
    (clock,) = run(*words, "--at", "2026-03-06T16:30:00", "--json").json
    assert (clock["elapsed_us"], clock["state"]) == (1_800_000_000, "running")
    assert run(*words, "--target", "first_response").out.startswith("Không có cam kết nào.\n\nTính đến ")
    assert run("sla", "explain", "INC7").code == 2
    unknown = run("sla", "explain", str(new_id()))
    assert (unknown.code, unknown.out) == (2, "")
    assert "Không có phiếu" in unknown.err


def test_a_file_that_is_not_there_is_refused_in_the_language_of_the_answer(run: Run) -> None:
    answer = run("whatif", "--policy", "gone.toml")
    said = "Không có tệp gone.toml: hãy ghi một tệp TOML, hoặc một tệp có sẵn: handbook, office-hours-vn."
    assert (answer.code, said in " ".join(answer.err.split())) == (2, True)


def test_what_is_due_next_is_listed(run: Run, desk: Told) -> None:
    desk.follow()
    assert "nothing is due" in run("sla", "due", "--language", "en").out
    desk.policy({"name": "Long", "rules": [{"resolution": "200000h"}]})
    ticket = desk.ticket(march(2))
    desk.follow()
    assert str(ticket) in run("sla", "due").out
    assert [clock["ticket"] for clock in run("sla", "due", "--json").json] == [str(ticket)]


def test_clocks_that_are_late_already_are_counted_beside_those_that_are_due(run: Run, desk: Told) -> None:
    desk.follow()
    assert "Late already" not in run("sla", "due", "--language", "en").err
    desk.policy({"name": "Short", "rules": [{"resolution": "1h"}]})
    desk.ticket(march(2))
    desk.follow()
    answer = run("sla", "due", "--language", "en")
    assert "nothing is due" in answer.out
    assert "Late already: 1." in answer.err


def test_history_is_judged_under_a_file_and_down_a_ladder(run: Run, desk: Told) -> None:
    ticket = desk.ticket(march(2))
    desk.send(ticket, ReceiveMessage(body="?", occurred_at=march(2, 1)))
    desk.send(ticket, ResolveTicket(resolution="done", occurred_at=march(2, 20)))
    before = desk.head()
    answer = run("whatif", "--policy", "office.toml", "--ladder", "48h,24h,12h", "--json")
    assert answer.json["sides"] == ["as recorded", "Office hours", "48h", "24h", "12h"]
    handbook = run("whatif", "--ladder", "48h,24h,12h", "--json").json
    resolution = next(row for row in handbook["groups"] if row["by"] == "target" and row["target"] == "resolution")
    assert [(side["name"], side["met"]) for side in resolution["sides"]] == [
        ("as recorded", 1),
        ("48h", 1),
        ("24h", 1),
        ("12h", 0),
    ]
    march_alone = ("--ladder", "12h", "--from", "2026-03-01", "--to", "2026-03-31")
    shown = run("whatif", *march_alone, "--language", "en")
    assert [word in shown.out for word in ("By target", "100 % (1 of 1)", "By month", str(ticket))] == [
        True,
        True,
        False,
        False,
    ]
    assert shown.out.index("Changed tickets") < shown.out.index("Verdicts that would change") < shown.out.index("By ta")
    more = run("whatif", "--ladder", "12h", "--by", "month", "--by", "team", "--listed", "20").out
    assert [word in more for word in ("Theo tháng", "2026-03", "Theo nhóm", str(ticket))] == [True] * 4
    assert "as if each had been in effect always" in shown.err
    vietnamese = run("whatif", *march_alone)
    words = ("Theo cam kết", "phản hồi đầu tiên", "như đã ghi", "100 % (1 trên 1)")
    assert [word in vietnamese.out for word in words] == [True] * 4
    assert run("whatif", "--ladder", "12h", "--to", "2026-03-01", "--json").json["groups"] == []
    assert desk.head() == before


def test_what_the_clocks_said_is_corrected_once_and_a_dry_run_records_nothing(run: Run, desk: Told) -> None:
    ticket = desk.ticket(march(6, 9), priority="P1")
    desk.send(ticket, ResolveTicket(resolution="done", occurred_at=march(9, 2)))
    publish(run)
    before = desk.head()
    words = ("sla", "correct", "--policy", "office.toml", "--reason", "the flood", "--actor", "hoa")
    (correction,) = run(*words, "--dry-run", "--json").json
    assert (correction["ticket"], correction["target"], correction["instance"]) == (str(ticket), "resolution", 1)
    assert (correction["was"]["verdict"], correction["now"]["verdict"], correction["recorded"]) == (
        "breached",
        "met",
        False,
    )
    assert "1 results would be corrected; nothing is recorded." in run(*words, "--dry-run").err
    assert run(*words, "--to", "2026-03-08", "--json").json == []
    assert desk.head() == before

    shown = run(*words, "--from", "2026-03-09", "--to", "2026-03-09")
    assert (shown.code, "1 results are corrected." in shown.err, str(ticket) in shown.out) == (0, True, True)
    assert desk.head() == before + 1
    assert "Corrected: nothing differs" in run(*words).out
    assert run(*words, "--json").json == []
    assert desk.head() == before + 1

    desk.follow()
    report = run("report", "sla", "--from", "2026-03-01", "--to", "2026-03-31", "--json").json
    resolution = next(row for row in report["Promises kept"] if row["target"] == "resolution")
    assert (resolution["met"], resolution["breached"], resolution["corrected"]) == (1, 0, 1)
    explained = run("sla", "explain", str(ticket), "--target", "resolution", "--language", "en").out.splitlines()
    assert explained[-4].startswith("Breached: ")
    assert "by hoa (the flood): Met, due" in explained[-3]
    history = run("history", str(ticket), "--language", "en").out
    assert "hoa corrected resolution target 1" in history
    assert "the flood" in history


def test_a_ticket_that_goes_on_while_it_is_corrected_is_left_alone(
    run: Run, desk: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    tickets = [desk.ticket(march(6, 9), priority="P1") for _ in range(2)]
    for ticket in tickets:
        desk.send(ticket, ResolveTicket(resolution="done", occurred_at=march(9, 2)))
    publish(run)

    def judged_too_early(*arguments: Any) -> list[list[ProposedCorrection]]:
        proposed = list(corrections(*arguments))
        desk.send(tickets[0], AddNote(body="called back"))
        return proposed

    words = ("sla", "correct", "--policy", "office.toml", "--reason", "the flood")
    with monkeypatch.context() as patch:
        patch.setattr(correct, "corrections", judged_too_early)
        answer = run(*words)
    assert "1 results are corrected." in answer.err
    assert "1 are of tickets that went on meanwhile" in answer.err
    assert [correction["ticket"] for correction in run(*words, "--json").json] == [str(tickets[0])]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("--reason", "r"), "No published version says what office.toml says of the policy 'Office hours'"),
        (("--reason", " "), "--reason cho biết vì sao"),
        (("--reason", "r", "--from", "2026-03-02", "--to", "2026-03-01"), "ở trước --from"),
    ],
)
def test_what_cannot_be_corrected_is_refused_in_a_sentence(run: Run, words: tuple[str, ...], expected: str) -> None:
    answer = run("sla", "correct", "--policy", "office.toml", *words)
    assert (answer.code, expected in answer.err) == (2, True)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ((), "--policy TỆP, hoặc --ladder"),
        (("--language", "en"), "--policy FILE, or --ladder"),
        (("--ladder", "soon"), "ví dụ 48h,24h,12h: 'soon' không phải"),
        (("--ladder", "soon", "--language", "en"), "such as 48h,24h,12h: 'soon' is not a duration"),
        (("--ladder", "12h", "--from", "2026-03-02", "--to", "2026-03-01"), "ở trước --from"),
    ],
)
def test_what_cannot_be_judged_is_refused_in_a_sentence(run: Run, words: tuple[str, ...], expected: str) -> None:
    answer = run("whatif", *words)
    assert (answer.code, expected in answer.err) == (2, True)
